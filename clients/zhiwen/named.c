/* zhiwen subscriptions: the positions that zhiwend keeps for named subscriptions, and to end one. */
#include "cli.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: zhiwen subscriptions [OPTION...]\n"
    "       zhiwen subscriptions [OPTION...] forget NAME...\n"
    "Show the named subscriptions (zhiwen watch --as NAME): up to which seq each has confirmed everything, how many events it\n"
    "is behind, and when it said so last. `forget` ends some: zhiwend keeps nothing back for them any more.\n\n"
    "      --timeout S       give up when zhiwend does not answer for S seconds (5)\n"
    "      --json            as one JSON object, with the keys of PROTOCOL.md\n" CLI_WHERE "  -h, --help\n\n" CLI_EXITS;

static const struct option options[] = { CLI_OPTIONS_WHERE, { 0 } };

static void print_one(const char *name, json_t *one)
{
    char when[32];
    time_t s = (time_t)(json_integer_value(json_object_get(one, "time")) / 1000000);
    struct tm t;
    (void)strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", localtime_r(&s, &t));
    (void)printf("%-24s %12lld %12lld  %s\n", name, json_integer_value(json_object_get(one, "seq")),
                 json_integer_value(json_object_get(one, "behind")), when);
}

static void print_all(json_t *answer)
{
    json_t *one;
    size_t k;
    (void)printf("%-24s %12s %12s  %s\n", "name", "confirmed", "behind", "last said so");
    json_array_foreach(json_object_get(answer, "named"), k, one)
        print_one(json_string_value(json_object_get(one, "name")), one);
}

static int forget(const cli_t *cli, zw_query_t *query, char *const *names, size_t count)
{
    int worst = CLI_OK;
    for (size_t k = 0; k < count; k++) {
        zw_str_t map;
        int r = zw_query_forget(query, names[k], (int)(cli->timeout_s * 1000), &map);
        if (r == -ZW_E_NOT_FOUND) {
            cli_error(cli, "no subscription is called %s", names[k]);
            worst = CLI_SOME_FAILED;
        } else if (r < 0) {
            return cli_refused(cli, r);
        } else if (cli->json) {
            char *text = zw_json(map);
            (void)puts(text ? text : "{}");
            free(text);
        }
    }
    return worst;
}

int cli_subscriptions(int argc, char **argv)
{
    cli_t cli = { .command = "subscriptions", .help = help, .timeout_s = 5 };
    zw_client_t *client;
    zw_query_t *query = NULL;
    zw_str_t map;
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = cli_option(&cli, option);
        if (status >= 0)
            return status;
    }
    bool forgets = optind < argc && strcmp(argv[optind], "forget") == 0;
    if (optind < argc && !forgets)
        return cli_usage(&cli, "takes \"forget NAME\" or nothing, not \"%s\"", argv[optind]);
    if (forgets && optind + 1 == argc)
        return cli_usage(&cli, "forget takes a name");
    int status = cli_connect(&cli, &client);
    if (status != CLI_OK)
        return status;
    int r = zw_query_open(client, &query);
    if (r == 0 && forgets)
        status = forget(&cli, query, argv + optind + 1, (size_t)(argc - optind - 1));
    else if (r == 0 && (r = zw_query_subscriptions(query, (int)(cli.timeout_s * 1000), &map)) == 0)
        status = cli_answer(&cli, map, print_all);
    if (r < 0)
        status = cli_refused(&cli, r);
    zw_query_close(query);
    zw_client_close(client);
    return status;
}
