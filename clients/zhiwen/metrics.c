/* zhiwen metrics: the counters for monitoring. */
#include "metrics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char metrics_help[] =
    "usage: zhiwen metrics [OPTION...]\n"
    "Print zhiwend's counters as OpenMetrics text, once, or serve them to Prometheus.\n\n"
    "      --listen HOST:PORT  serve http://HOST:PORT/metrics until told to end; loopback addresses only\n"
    "      --timeout S       give up when zhiwend does not answer for S seconds (5)\n" CLI_WHERE "  -h, --help\n\n" CLI_EXITS;

/* Sections whose keys are kinds of one thing. */
static const struct {
    const char *section, *label, *help;
} kinds[] = {
    { "articles", "outcome", "Articles taken in since the start" },
    { "duplicates", "kind", "Duplicates and revisions recognised since the start" },
    { "rejected", "reason", "Messages refused since the start" },
    { "repairs", "kind", "Places repaired in articles since the start" },
};

/* What only grows; all else is a gauge. A name that ends in a dot is a whole section. */
static const char *const counters[] = { "facts", "supports", "retracts", "unsupports", "intake.", "publish.", "connections.",
                                        "queue.times_full", "work.articles", "work.busy_us",
                                        "work.match_limits", "store.commits", "store.commit_us", "store.commit_failures",
                                        "rules.reloads", "rules.reload_failures",
                                        "cluster.sent", "cluster.reported", "cluster.read", "cluster.uncounted", "cluster.gone_back" };

static bool is_counter(const char *path)
{
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        size_t n = strlen(counters[i]);
        if (counters[i][n - 1] == '.' ? strncmp(path, counters[i], n) == 0 : strcmp(path, counters[i]) == 0)
            return true;
    }
    return false;
}

/* A label's value: backslash, quote and newline are escaped. */
static void put_value(zw_buf_t *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\\' || *text == '"')
            (void)zw_buf_putc(out, '\\');
        (void)zw_buf_printf(out, "%s%c", *text == '\n' ? "\\" : "", *text == '\n' ? 'n' : *text);
    }
}

static void put_family(zw_buf_t *out, const char *name, const char *type, const char *help)
{
    (void)zw_buf_printf(out, "# TYPE zhiwen_%s %s\n# HELP zhiwen_%s %s.\n", name, type, name, help);
}

static void put_kinds(zw_buf_t *out, const char *section, const char *label, const char *help, json_t *map)
{
    const char *key;
    json_t *value;
    put_family(out, section, "counter", help);
    json_object_foreach(map, key, value) {
        (void)zw_buf_printf(out, "zhiwen_%s_total{%s=\"", section, label);
        put_value(out, key);
        (void)zw_buf_printf(out, "\"} %.17g\n", json_number_value(value));
    }
}

static void put_number(zw_buf_t *out, const char *path, double value)
{
    char name[128];
    bool counter = is_counter(path);
    size_t n = strlen(path);
    (void)snprintf(name, sizeof name, "%s", path);
    for (char *p = name; *p; p++)
        *p = *p == '.' ? '_' : *p;
    if (n > 3 && n < sizeof name - 8 && strcmp(name + n - 3, "_us") == 0) {
        (void)strcpy(name + n - 2, "seconds");
        value /= 1e6;
    }
    char help[160];
    (void)snprintf(help, sizeof help, "%s of zhiwen status", path);
    put_family(out, name, counter ? "counter" : "gauge", help);
    (void)zw_buf_printf(out, "zhiwen_%s%s %.17g\n", name, counter ? "_total" : "", value);
}

static void put_map(zw_buf_t *out, json_t *map, const char *prefix)
{
    const char *key;
    json_t *value;
    json_object_foreach(map, key, value) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "." : "", key);
        const char *label = NULL, *help = NULL;
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (strcmp(kinds[i].section, path) == 0) {
                label = kinds[i].label;
                help = kinds[i].help;
            }
        if (label && json_is_object(value))
            put_kinds(out, path, label, help, value);
        else if (json_is_object(value))
            put_map(out, value, path);
        else if (json_is_number(value) && strcmp(path, "pid") != 0 && strcmp(path, "protocol") != 0)
            put_number(out, path, json_number_value(value));
        else if (json_is_boolean(value))
            put_number(out, path, json_is_true(value));
    }
}

static const char *text_of(json_t *map, const char *key)
{
    const char *text = json_string_value(json_object_get(map, key));
    return text ? text : "";
}

int cli_metrics_text(json_t *status, zw_buf_t *out)
{
    put_family(out, "up", "gauge", "Whether zhiwend answers");
    (void)zw_buf_printf(out, "zhiwen_up %d\n", status != NULL);
    if (status) {
        put_family(out, "build", "info", "What runs");
        (void)zw_buf_printf(out, "zhiwen_build_info{version=\"");
        put_value(out, text_of(status, "version"));
        (void)zw_buf_printf(out, "\",rules=\"");
        put_value(out, text_of(json_object_get(status, "rules"), "version"));
        (void)zw_buf_printf(out, "\",instance_id=\"");
        put_value(out, text_of(status, "instance"));
        (void)zw_buf_printf(out, "\"} 1\n");
        put_family(out, "store_in_trouble", "gauge", "Whether nothing can be committed");
        (void)zw_buf_printf(out, "zhiwen_store_in_trouble %d\n", *text_of(json_object_get(status, "store"), "trouble") != '\0');
        put_map(out, status, "");
    }
    (void)zw_buf_printf(out, "# EOF\n");
    return out->failed ? -ENOMEM : 0;
}

int cli_metrics_ask(zw_query_t *query, int timeout_ms, zw_buf_t *out)
{
    zw_str_t map;
    int r = zw_query_status(query, timeout_ms, &map);
    json_t *status = r < 0 ? NULL : cli_map(map);
    int e = cli_metrics_text(status, out);
    if (r == 0 && !status)
        r = -EPROTO;
    json_decref(status);
    return r < 0 ? r : e;
}

int cli_metrics(int argc, char **argv)
{
    enum { LISTEN = CLI_OPT_OWN };
    static const struct option options[] = { { "listen", required_argument, NULL, LISTEN }, CLI_OPTION_HELP, CLI_OPTIONS_PLACE, { 0 } };
    cli_t cli = { .command = "metrics", .help = metrics_help, .timeout_s = 5 };
    const char *address = NULL;
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = option == LISTEN ? -1 : cli_option(&cli, option);
        if (option == LISTEN)
            address = optarg;
        if (status >= 0)
            return status;
    }
    if (optind < argc)
        return cli_usage(&cli, "takes no argument \"%s\"", argv[optind]);
    _cleanup_buf_ zw_buf_t out = { 0 };
    zw_client_t *client = NULL;
    zw_query_t *query = NULL;
    int status = cli_connect(&cli, &client);
    if (status != CLI_OK)
        return status;
    int r = zw_query_open(client, &query);
    if (r < 0)
        status = cli_refused(&cli, r);
    else if (address)
        status = cli_metrics_serve(&cli, query, address);
    else if ((r = cli_metrics_ask(query, (int)(cli.timeout_s * 1000), &out)) < 0)
        status = cli_refused(&cli, r);
    else if (fwrite(out.p, 1, out.n, stdout) != out.n)
        status = CLI_TROUBLE;
    zw_query_close(query);
    zw_client_close(client);
    return status;
}
