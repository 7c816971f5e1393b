/* zhiwen similar, zhiwen cluster: which articles are like one, and which are one report with it. */
#include "cli.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RELATED_ARGUMENTS \
    "ID is the number that zhiwend gave to the article, or its id.\n\n" \
    "      --id ID           the article's id, also when it looks like a number\n" \
    "      --source S        the id's source, as the article was sent with\n" \
    "      --limit N         list at most so many articles, up to 200 (20)\n" \
    "      --timeout S       give up when zhiwend does not answer for S seconds (5)\n" \
    "      --json            as one JSON object, with the keys of PROTOCOL.md\n" CLI_WHERE "  -h, --help\n\n" CLI_EXITS

static const char similar_help[] =
    "usage: zhiwen similar [OPTION...] ID\n"
    "       zhiwen similar [OPTION...] --source S --id ID\n"
    "Show articles whose wording is like that of one, the most alike first, and whether they are the same report (`=`)\n"
    "or one of their own by their figures and names (`-`).\n" RELATED_ARGUMENTS;

static const char cluster_help[] =
    "usage: zhiwen cluster [OPTION...] ID\n"
    "       zhiwen cluster [OPTION...] --source S --id ID\n"
    "Show the articles that are one report with one: its head, its members, when the first and the last of them came.\n"
    RELATED_ARGUMENTS;

enum { OPT_ID = CLI_OPT_OWN, OPT_SOURCE, OPT_LIMIT, MAX_LIMIT = 200, ID_COLUMNS = 24, SOURCE_COLUMNS = 16 };

static const struct option options[] = { CLI_OPTIONS_WHERE,
                                         { "id", required_argument, NULL, OPT_ID },
                                         { "source", required_argument, NULL, OPT_SOURCE },
                                         { "limit", required_argument, NULL, OPT_LIMIT },
                                         { 0 } };

typedef int (*question_t)(zw_query_t *query, uint64_t number, zw_str_t source, zw_str_t id, uint32_t limit, int timeout_ms,
                          zw_str_t *ret_map);

typedef struct asked {
    uint64_t number;
    const char *id, *source;
    uint32_t limit;
} asked_t;

/* ---- what is asked */

static bool digits(const char *text, uint64_t most, uint64_t *ret)
{
    size_t n = strlen(text);
    if (n == 0 || n > 18 || strspn(text, "0123456789") != n)
        return false;
    *ret = strtoull(text, NULL, 10);
    return *ret > 0 && *ret <= most;
}

static int own_option(cli_t *cli, int option, asked_t *asked)
{
    uint64_t limit;
    switch (option) {
    case OPT_ID: asked->id = optarg; return -1;
    case OPT_SOURCE: asked->source = optarg; return -1;
    case OPT_LIMIT:
        if (!digits(optarg, MAX_LIMIT, &limit))
            return cli_usage(cli, "--limit takes a number from 1 to %d, not %s", MAX_LIMIT, optarg);
        asked->limit = (uint32_t)limit;
        return -1;
    default: return cli_option(cli, option);
    }
}

static int parse(cli_t *cli, int argc, char **argv, asked_t *ret)
{
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = own_option(cli, option, ret);
        if (status >= 0)
            return status;
    }
    int left = argc - optind;
    if (left > 1 || (left == 1 && ret->id))
        return cli_usage(cli, "takes one article, not \"%s\" as well", argv[argc - 1]);
    if (left == 1 && (ret->source || !digits(argv[optind], UINT64_MAX, &ret->number)))
        ret->id = argv[optind];
    if (ret->number == 0 && (!ret->id || !*ret->id))
        return cli_usage(cli, "which article? its number, or --source and --id");
    return -1;
}

/* ---- what is shown */

static const char *text_of(json_t *article, const char *key)
{
    const char *text = json_string_value(json_object_get(article, key));
    return text ? text : "";
}

static uint64_t uint_of(json_t *article, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(article, key));
}

/* In so many columns at least; a longer one is not cut: it may have to be copied. */
static void print_column(const char *text, size_t columns)
{
    zw_buf_t _cleanup_buf_ plain = { 0 };
    cli_plain(zw_strz(*text ? text : "-"), &plain);
    zw_str_t shown = zw_buf_str(&plain);
    (void)printf("%.*s ", ZW_STR_ARGS(shown));
    for (size_t used = table_columns(shown); used < columns; used++)
        (void)putchar(' ');
}

static void print_article(json_t *article)
{
    (void)printf("%9llu ", (unsigned long long)uint_of(article, "number"));
    print_column(text_of(article, "id"), ID_COLUMNS);
    print_column(text_of(article, "source"), SOURCE_COLUMNS);
    print_column(text_of(article, "title"), 0);
    (void)putchar('\n');
}

static void print_time(const char *name, json_t *cluster, const char *key)
{
    char text[32] = "";
    struct tm t;
    time_t seconds = (time_t)(json_integer_value(json_object_get(cluster, key)) / 1000000);
    if (localtime_r(&seconds, &t))
        (void)strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &t);
    (void)printf("%-12s %s\n", name, text);
}

static void print_answer(json_t *answer)
{
    size_t k;
    json_t *article, *list = json_object_get(answer, "articles");
    if (json_object_get(answer, "members")) {
        (void)printf("%-12s %llu %s\n", "head", (unsigned long long)uint_of(answer, "head"), text_of(answer, "head_id"));
        (void)printf("%-12s %llu\n", "members", (unsigned long long)uint_of(answer, "members"));
        print_time("first seen", answer, "first_seen");
        print_time("last seen", answer, "last_seen");
    }
    json_array_foreach(list, k, article) {
        json_t *similarity = json_object_get(article, "similarity");
        if (similarity)
            (void)printf("%5.3f %c ", json_number_value(similarity), json_is_true(json_object_get(article, "same_report")) ? '=' : '-');
        print_article(article);
    }
}

static int run(cli_t *cli, int argc, char **argv, question_t question)
{
    asked_t asked = { 0 };
    zw_client_t *client;
    zw_query_t *query = NULL;
    zw_str_t map;
    int status = parse(cli, argc, argv, &asked);
    if (status >= 0)
        return status;
    status = cli_connect(cli, &client);
    if (status != CLI_OK)
        return status;
    int r = zw_query_open(client, &query);
    if (r == 0)
        r = question(query, asked.number, zw_strz(asked.source ? asked.source : ""), zw_strz(asked.id ? asked.id : ""),
                     asked.limit, (int)(cli->timeout_s * 1000), &map);
    status = r < 0 ? cli_refused(cli, r) : cli_answer(cli, map, print_answer);
    zw_query_close(query);
    zw_client_close(client);
    return status;
}

int cli_similar(int argc, char **argv)
{
    cli_t cli = { .command = "similar", .help = similar_help, .timeout_s = 5 };
    return run(&cli, argc, argv, zw_query_similar);
}

int cli_cluster(int argc, char **argv)
{
    cli_t cli = { .command = "cluster", .help = cluster_help, .timeout_s = 5 };
    return run(&cli, argc, argv, zw_query_cluster);
}
