/* zhiwen status, zhiwen ping: questions to a running zhiwend. */
#include "cli.h"
#include "health.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char status_help[] =
    "usage: zhiwen status [OPTION...]\n"
    "Show zhiwend's counters: articles, facts, queues, rates, positions.\n\n"
    "      --check           one line for monitoring, exit status 0 all well, 1 warning (queue full, rules out of date, store\n"
    "                        nearly full), 2 critical (no answer, nothing can be committed), 3 unknown\n"
    "      --timeout S       give up when zhiwend does not answer for S seconds (5)\n"
    "      --json            as one JSON object\n" CLI_WHERE "  -h, --help\n\n" CLI_EXITS;

static const char ping_help[] =
    "usage: zhiwen ping [OPTION...]\n"
    "See whether zhiwend answers on its two sockets for questions, and how fast.\n\n"
    "      --timeout S       give up when it does not answer for S seconds (2)\n"
    "      --json            as one JSON object\n" CLI_WHERE "  -h, --help\n\n" CLI_EXITS;

static const struct option options[] = { CLI_OPTIONS_WHERE, { 0 } };

static int parse(cli_t *cli, int argc, char **argv)
{
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = cli_option(cli, option);
        if (status >= 0)
            return status;
    }
    return optind < argc ? cli_usage(cli, "takes no argument \"%s\"", argv[optind]) : -1;
}

int cli_refused(const cli_t *cli, int code)
{
    if (code == -ETIMEDOUT) {
        cli_error(cli, "no answer from zhiwend");
        return CLI_NO_CONNECTION;
    }
    cli_error(cli, "%s", code == -ZW_E_NOT_FOUND ? "no such article, or not held any more" : zw_error_text(code));
    if (code == -ZW_E_NOT_FOUND)
        return CLI_SOME_FAILED;
    return code == -EINTR ? CLI_INTERRUPTED : CLI_TROUBLE;
}

json_t *cli_map(zw_str_t map)
{
    char *text = map.n ? zw_json(map) : NULL;
    json_t *json = text ? json_loads(text, 0, NULL) : NULL;
    free(text);
    return json;
}

int cli_answer(const cli_t *cli, zw_str_t map, void (*print)(json_t *answer))
{
    char *text = zw_json(map);
    json_t *answer = text ? json_loads(text, 0, NULL) : NULL;
    if (!answer)
        cli_error(cli, "zhiwend's answer cannot be read");
    else if (cli->json)
        (void)puts(text);
    else
        print(answer);
    int status = answer ? CLI_OK : CLI_TROUBLE;
    json_decref(answer);
    free(text);
    return status;
}

/* ---- status */

static void print_map(json_t *map, const char *prefix)
{
    const char *key;
    json_t *value;
    json_object_foreach(map, key, value) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "." : "", key);
        if (json_is_object(value)) {
            print_map(value, name);
            continue;
        }
        char *text = json_is_string(value) ? strdup(json_string_value(value)) : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(4));
        if (text)
            (void)printf("%-32s %s\n", name, text);
        free(text);
    }
}

static void print_status(json_t *status)
{
    print_map(status, "");
}

int cli_status(int argc, char **argv)
{
    enum { CHECK = CLI_OPT_OWN };
    static const struct option own[] = { { "check", no_argument, NULL, CHECK }, CLI_OPTIONS_WHERE, { 0 } };
    cli_t cli = { .command = "status", .help = status_help, .timeout_s = 5 };
    zw_client_t *client = NULL;
    zw_query_t *query = NULL;
    zw_str_t map = { 0 };
    bool check = false;
    for (int option; (option = getopt_long(argc, argv, "h", own, NULL)) != -1;) {
        int status = option == CHECK ? -1 : cli_option(&cli, option);
        check |= option == CHECK;
        if (status >= 0)
            return check && status ? HEALTH_UNKNOWN : status;
    }
    int status = optind < argc ? cli_usage(&cli, "takes no argument \"%s\"", argv[optind]) : cli_connect(&cli, &client);
    if (status != CLI_OK)
        return check ? HEALTH_UNKNOWN : status;
    int r = zw_query_open(client, &query);
    if (r == 0)
        r = zw_query_status(query, (int)(cli.timeout_s * 1000), &map);
    if (check) {
        json_t *answer = r < 0 ? NULL : cli_map(map);
        status = cli_health(answer, r == -ETIMEDOUT ? "zhiwend does not answer" : r < 0 ? zw_error_text(r) : "the answer cannot be read");
        json_decref(answer);
    } else
        status = r < 0 ? cli_refused(&cli, r) : cli_answer(&cli, map, print_status);
    zw_query_close(query);
    zw_client_close(client);
    return status;
}

/* ---- ping */

static int ping_both(const cli_t *cli, zw_query_t *query)
{
    static const char *const sockets[] = { "submit", "replay" };
    int64_t us[2];
    for (size_t k = 0; k < 2; k++) {
        int r = zw_query_ping(query, sockets[k], (int)(cli->timeout_s * 1000), &us[k]);
        if (r < 0)
            return r;
    }
    if (cli->json)
        (void)printf("{\"submit_us\":%lld,\"replay_us\":%lld}\n", (long long)us[0], (long long)us[1]);
    else
        (void)printf("submit %.2f ms, replay %.2f ms\n", (double)us[0] / 1000, (double)us[1] / 1000);
    return 0;
}

int cli_ping(int argc, char **argv)
{
    cli_t cli = { .command = "ping", .help = ping_help, .timeout_s = 2 };
    zw_client_t *client;
    zw_query_t *query = NULL;
    int status = parse(&cli, argc, argv);
    if (status >= 0)
        return status;
    status = cli_connect(&cli, &client);
    if (status != CLI_OK)
        return status;
    int r = zw_query_open(client, &query);
    if (r == 0)
        r = ping_both(&cli, query);
    status = r < 0 ? cli_refused(&cli, r) : CLI_OK;
    zw_query_close(query);
    zw_client_close(client);
    return status;
}
