/* zhiwen watch: events as they come, each once and in order, through restarts of zhiwend. */
#include "cli.h"
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: zhiwen watch [OPTION...]\n"
    "Show facts as they come: each once, in order, without a gap, also while zhiwend is restarted. A fact that no article\n"
    "states any more, after a withdrawal or a correction, is shown as a retraction.\n\n"
    "      --from WHERE      start: the oldest that is kept; now: only what is yet to come (default); a seq;\n"
    "                        a time as 2026-11-01, 2026-11-01T08:30, 2026-11-01T08:30:00+08:00\n"
    "      --since WHEN      the same as --from with a time\n"
    "      --as NAME         under a name: zhiwend keeps the position, and goes on from there the next time (--from counts\n"
    "                        only for a new name). Shown at least once, through restarts of both; see zhiwen subscriptions\n"
    "      --type TYPE       only facts of this type, such as award; may be given several times\n"
    "      --region CODE     only facts of this place, by the beginning of its GB/T 2260 code: 33, 3303, 330302\n"
    "      --supports        also every further article that states a fact, and every one less\n"
    "      --articles        also the outcome of every article, and its withdrawal\n"
    "      --topic PREFIX    events of these topics, instead of the above; may be given several times\n"
    "      --count N         stop after N events\n"
    "      --until-idle S    stop when all that there is has been shown and nothing came for S seconds\n"
    "      --timeout S       with --until-idle: give up when zhiwend does not answer for S seconds (10)\n"
    "      --json            JSON Lines: {\"topic\", \"seq\", \"event\", \"article\", \"fact\", …} (PROTOCOL.md)\n" CLI_WHERE
    "  -h, --help\n\n"
    "The last seq shown plus 1 goes on from there: zhiwen watch --from SEQ.\n" CLI_EXITS;

enum { MAX_TOPICS = 60, KINDS = 4, FLUSH_MS = 3000, CONFIRM_EVERY = 100, OPT_FROM = CLI_OPT_OWN, OPT_TYPE, OPT_REGION, OPT_SUPPORTS, OPT_ARTICLES, OPT_TOPIC, OPT_COUNT, OPT_IDLE, OPT_AS, OPT_SINCE };

static const struct option options[] = {
    CLI_OPTIONS_WHERE,
    { "from", required_argument, NULL, OPT_FROM },
    { "since", required_argument, NULL, OPT_SINCE },
    { "as", required_argument, NULL, OPT_AS },
    { "type", required_argument, NULL, OPT_TYPE },
    { "region", required_argument, NULL, OPT_REGION },
    { "supports", no_argument, NULL, OPT_SUPPORTS },
    { "articles", no_argument, NULL, OPT_ARTICLES },
    { "topic", required_argument, NULL, OPT_TOPIC },
    { "count", required_argument, NULL, OPT_COUNT },
    { "until-idle", required_argument, NULL, OPT_IDLE },
    { 0 },
};

typedef struct watch {
    cli_t cli;
    zw_position_t from;
    const char *name; /* or NULL */
    const char *types[MAX_TOPICS], *given[MAX_TOPICS];
    size_t type_count, given_count;
    const char *region; /* or "" */
    bool supports, articles;
    uint64_t count; /* 0: no end */
    double idle_s;  /* negative: no end */
    /* what is subscribed to */
    char *topics[KINDS * MAX_TOPICS + 1];
    size_t topic_count;
    /* at work */
    table_t *table;
    zw_buf_t line;
    uint64_t shown, seen; /* seen: seq of the last event */
} watch_t;

/* ---- options */

static int take_option(watch_t *w, int option)
{
    char *end;
    switch (option) {
    case OPT_FROM:
        return zw_position_parse(optarg, &w->from) == 0
                   ? -1
                   : cli_usage(&w->cli, "--from takes start, now, a seq or a time, not \"%s\"", optarg);
    case OPT_SINCE:
        return zw_position_parse(optarg, &w->from) == 0 && w->from.at == ZW_AT_TIME
                   ? -1
                   : cli_usage(&w->cli, "--since takes a date or a time, not \"%s\"", optarg);
    case OPT_AS:
        w->name = optarg;
        return -1;
    case OPT_TYPE:
    case OPT_TOPIC:
        if (w->type_count == MAX_TOPICS || w->given_count == MAX_TOPICS)
            return cli_usage(&w->cli, "at most %d types or topics", MAX_TOPICS);
        if (option == OPT_TYPE)
            w->types[w->type_count++] = optarg;
        else
            w->given[w->given_count++] = optarg;
        return -1;
    case OPT_REGION:
        w->region = optarg;
        if (strlen(optarg) > 6 || strspn(optarg, "0123456789") != strlen(optarg))
            return cli_usage(&w->cli, "--region takes up to six digits, not \"%s\"", optarg);
        return -1;
    case OPT_SUPPORTS:
        w->supports = true;
        return -1;
    case OPT_ARTICLES:
        w->articles = true;
        return -1;
    case OPT_COUNT:
        errno = 0;
        w->count = strtoull(optarg, &end, 10);
        return errno || *end || w->count == 0 ? cli_usage(&w->cli, "--count takes a number from 1 on, not %s", optarg) : -1;
    case OPT_IDLE:
        return cli_seconds(optarg, &w->idle_s) ? -1 : cli_usage(&w->cli, "--until-idle takes seconds, not %s", optarg);
    default:
        return cli_option(&w->cli, option);
    }
}

static int add_topic(watch_t *w, const char *kind, const char *type)
{
    char *topic = NULL;
    int n = type ? asprintf(&topic, "%s.%s.%s", kind, type, w->region) : asprintf(&topic, "%s.", kind);
    if (n < 0)
        return -ENOMEM;
    w->topics[w->topic_count++] = topic;
    return 0;
}

static int make_topics(watch_t *w)
{
    static const struct {
        const char *name;
        bool supports;
    } kinds[KINDS] = { { "fact", false }, { "retract", false }, { "support", true }, { "unsupport", true } };
    int r = 0;
    for (size_t k = 0; k < w->given_count; k++) {
        w->topics[w->topic_count] = strdup(w->given[k]);
        if (!w->topics[w->topic_count++])
            return -ENOMEM;
    }
    if (w->given_count > 0)
        return 0;
    for (size_t kind = 0; kind < KINDS && r == 0; kind++) {
        if (kinds[kind].supports && !w->supports)
            continue;
        if (w->type_count == 0)
            r = add_topic(w, kinds[kind].name, NULL);
        for (size_t k = 0; k < w->type_count && r == 0; k++)
            r = add_topic(w, kinds[kind].name, w->types[k]);
    }
    return r == 0 && w->articles ? add_topic(w, "article", NULL) : r;
}

/* Without a type the place cannot be a prefix; it is looked at here. */
static bool wanted(const watch_t *w, zw_str_t topic)
{
    if (!*w->region || zw_str_starts(topic, ZW_STR_LIT("article.")))
        return true;
    size_t n = strlen(w->region);
    return topic.n > 7 && topic.p[topic.n - 7] == '.' && memcmp(topic.p + topic.n - 6, w->region, n) == 0;
}

/* ---- showing */

static void show_json(watch_t *w, const zw_item_t *item)
{
    zw_buf_t *out = &w->line;
    (void)zw_buf_putc(out, '{');
    if (item->kind == ZW_ITEM_EVENT) {
        char *payload = zw_json(item->payload);
        cli_json_str(out, "topic", item->topic);
        if (payload && payload[0] == '{')
            (void)zw_buf_printf(out, ",%s", payload + 1);
        else
            (void)zw_buf_printf(out, ",\"seq\":%llu,\"error\":\"malformed\"}", (unsigned long long)item->seq);
        free(payload);
    } else if (item->kind == ZW_ITEM_LOST) {
        cli_json_str(out, "event", ZW_STR_LIT("lost"));
        cli_json_uint(out, "from", item->seq);
        cli_json_uint(out, "to", item->last);
        (void)zw_buf_putc(out, '}');
    } else {
        cli_json_str(out, "event", ZW_STR_LIT("reset"));
        (void)zw_buf_putc(out, '}');
    }
    (void)zw_buf_putc(out, '\n');
}

static void show_notice(watch_t *w, const zw_item_t *item)
{
    if (item->kind == ZW_ITEM_LOST)
        cli_error(&w->cli, "zhiwend no longer keeps the events from %llu to %llu", (unsigned long long)item->seq,
                  (unsigned long long)item->last);
    else
        cli_error(&w->cli, "zhiwend has another log than before: starting from its beginning");
}

/* True when the count is reached. */
static bool show(watch_t *w, const zw_item_t *item)
{
    if (item->kind == ZW_ITEM_EVENT && !wanted(w, item->topic))
        return false;
    zw_buf_clear(&w->line);
    if (w->cli.json)
        show_json(w, item);
    else if (item->kind == ZW_ITEM_EVENT)
        table_event(w->table, item, &w->line);
    else
        show_notice(w, item);
    (void)fwrite(w->line.p, 1, w->line.n, stdout);
    w->shown += item->kind == ZW_ITEM_EVENT;
    return w->count > 0 && w->shown >= w->count;
}

/* ---- at work */

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int position_error(watch_t *w, zw_subscriber_t *sub, int code)
{
    const zw_subscriber_info_t *info = zw_subscriber_info(sub);
    if (code == -ZW_E_TOO_OLD || code == -ZW_E_TOO_NEW)
        cli_error(&w->cli, "--from: %s (kept are %llu to %llu)", zw_error_text(code), (unsigned long long)info->oldest,
                  (unsigned long long)info->newest);
    else
        cli_error(&w->cli, "%s", w->name && code == -ZW_E_TOO_MANY ? "zhiwend keeps no further name (limits.subscriptions)" : zw_error_text(code));
    return code == -ZW_E_TOO_OLD || code == -ZW_E_TOO_NEW ? CLI_SOME_FAILED : CLI_TROUBLE;
}

/* -1: go on; else the exit status. Called when nothing came for a moment. */
static int idle(watch_t *w, zw_subscriber_t *sub, double *ready_s, double *heard_s, bool *told)
{
    const zw_subscriber_info_t *info = zw_subscriber_info(sub);
    double now = now_s();
    if (info->connected) {
        *ready_s = now;
        *told = false;
    } else if (!*told && now - *ready_s > 1) {
        cli_error(&w->cli, "waiting for zhiwend …");
        *told = true;
    }
    if (w->idle_s < 0)
        return -1;
    if (now - *ready_s > w->cli.timeout_s) {
        cli_error(&w->cli, "no connection to zhiwend");
        return CLI_NO_CONNECTION;
    }
    /* At the end of the log, as far as anyone knows: `questions` counts at least the one that told. */
    bool at_end = info->connected && info->questions > 0 && info->position >= info->newest;
    if (!at_end)
        *heard_s = now;
    return now - *heard_s >= w->idle_s ? CLI_OK : -1;
}

/* What has been shown and written out need not come again. */
static void confirm(watch_t *w, zw_subscriber_t *sub)
{
    if (fflush(stdout) == 0 && !ferror(stdout) && w->name && w->seen > 0)
        (void)zw_subscriber_confirm(sub, w->seen);
}

static int run(watch_t *w, zw_subscriber_t *sub)
{
    double ready_s = now_s(), heard_s = ready_s;
    bool told = false;
    while (!cli_stop) {
        const zw_item_t *item;
        int r = zw_subscriber_next(sub, 0, &item);
        if (r == 0) {
            confirm(w, sub); /* once for all that had come */
            r = zw_subscriber_next(sub, 50, &item);
        }
        if (r == 1) {
            heard_s = now_s();
            bool enough = show(w, item);
            if (item->kind == ZW_ITEM_EVENT)
                w->seen = item->seq;
            if (w->name && w->shown % CONFIRM_EVERY == 0)
                confirm(w, sub); /* also while there is always more */
            if (enough)
                return CLI_OK;
        } else if (r == 0) {
            int status = idle(w, sub, &ready_s, &heard_s, &told);
            if (status >= 0)
                return status;
        } else if (r != -EINTR) {
            return position_error(w, sub, r);
        }
        if (ferror(stdout))
            return CLI_TROUBLE;
    }
    return CLI_OK;
}

/* A line that is being written when we are told to end is written whole: stdio loses what an interrupted write leaves. Told
 * twice, we end at once, also where nobody reads on. */
static void write_on(void)
{
    static const int signals[] = { SIGINT, SIGTERM };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction action;
        if (sigaction(signals[i], NULL, &action) < 0)
            continue;
        action.sa_flags |= SA_RESTART | (int)SA_RESETHAND;
        (void)sigaction(signals[i], &action, NULL);
    }
}

static int open_and_run(watch_t *w)
{
    zw_client_t *client;
    zw_subscriber_t *sub;
    int status = cli_connect(&w->cli, &client);
    if (status != CLI_OK)
        return status;
    int r = zw_subscribe_as(client, w->name, w->from, (const char *const *)w->topics, w->topic_count, &sub);
    if (r < 0) {
        cli_error(&w->cli, "cannot subscribe: %s", r == -EINVAL ? "--as takes 1 to 64 letters, digits and . _ - @" : zw_error_text(r));
        zw_client_close(client);
        return r == -EINVAL || r == -ZW_E_INSECURE || r == -ZW_E_TOO_LARGE || r == -ZW_E_TOO_MANY ? CLI_USAGE : CLI_TROUBLE;
    }
    cli_catch_signals();
    write_on();
    status = run(w, sub);
    confirm(w, sub);
    if (w->name && (r = zw_subscriber_flush(sub, FLUSH_MS)) < 0)
        cli_error(&w->cli, "the position could not be confirmed, some events will come again: %s", zw_error_text(r));
    zw_subscriber_close(sub);
    zw_client_close(client);
    return status;
}

static unsigned terminal_width(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int cli_watch(int argc, char **argv)
{
    watch_t w = { .cli = { .command = "watch", .help = help, .timeout_s = 10 }, .from = ZW_FROM_NOW, .region = "", .idle_s = -1 };
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = take_option(&w, option);
        if (status >= 0)
            return status;
    }
    if (optind < argc)
        return cli_usage(&w.cli, "takes no argument \"%s\"", argv[optind]);
    bool terminal = isatty(STDOUT_FILENO) == 1;
    int status = make_topics(&w) == 0 ? CLI_OK : CLI_TROUBLE;
    w.table = table_new(terminal ? terminal_width() : 0, terminal && !getenv("NO_COLOR"));
    if (!w.table)
        status = CLI_TROUBLE;
    if (status == CLI_OK && !w.cli.json) {
        table_heading(w.table, &w.line);
        (void)fwrite(w.line.p, 1, w.line.n, stdout);
    }
    if (status == CLI_OK)
        status = open_and_run(&w);
    for (size_t k = 0; k < w.topic_count; k++)
        free(w.topics[k]);
    table_free(w.table);
    zw_buf_done(&w.line);
    return status;
}
