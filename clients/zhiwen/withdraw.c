/* zhiwen withdraw: takes articles back. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: zhiwen withdraw [OPTION...] ID...\n"
    "Take articles back: each fact that an article states loses it as a source, and is retracted when it was the last one. What\n"
    "was published stays in the log; the withdrawal is published behind it. An article sent again as it was stays withdrawn.\n\n"
    "ID is the number that zhiwend gave to the article or, with --source or --id, its id.\n\n"
    "      --id              every ID is an id of the sender's, also when it looks like a number\n"
    "      --source S        the ids' source, as the articles were sent with; implies --id\n"
    "      --reason TEXT     for whoever reads the withdrawal\n"
    "      --timeout S       give up when zhiwend does not answer for S seconds (30)\n"
    "      --json            JSON Lines: {\"id\", \"status\", \"number\", \"seq\", \"facts\", …}\n" CLI_WHERE "  -h, --help\n\n" CLI_EXITS;

enum { OPT_ID = CLI_OPT_OWN, OPT_SOURCE, OPT_REASON, TURN_MS = 100 };
static const struct option options[] = { CLI_OPTIONS_WHERE,
                                         { "id", no_argument, NULL, OPT_ID },
                                         { "source", required_argument, NULL, OPT_SOURCE },
                                         { "reason", required_argument, NULL, OPT_REASON },
                                         { 0 } };

typedef struct withdraw {
    cli_t cli;
    const char *source, *reason;
    bool by_id;
    char *const *ids;
    int count, refused;
    double heard_s;
} withdraw_t;

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print(withdraw_t *w, const zw_outcome_t *o)
{
    zw_str_t given = zw_strz(w->ids[o->tag]);
    bool withdrawn = o->status == ZW_OUTCOME_WITHDRAWN;
    w->refused += !withdrawn;
    if (!w->cli.json) {
        if (withdrawn)
            (void)printf("%.*s: article %llu %s, %u facts lost it as a source\n", ZW_STR_ARGS(given), (unsigned long long)o->number,
                         o->repeat ? "was withdrawn before" : "withdrawn", o->facts);
        else
            cli_error(&w->cli, "%.*s: %.*s", ZW_STR_ARGS(given), ZW_STR_ARGS(o->message));
        return;
    }
    zw_buf_t _cleanup_buf_ line = { 0 };
    (void)zw_buf_putc(&line, '{');
    cli_json_str(&line, "asked", given);
    cli_json_str(&line, "status", zw_strz(o->status_name));
    if (withdrawn) {
        cli_json_str(&line, "id", o->id);
        cli_json_uint(&line, "number", o->number);
        cli_json_uint(&line, "seq", o->seq);
        cli_json_uint(&line, "facts", o->facts);
        cli_json_raw(&line, "repeat", o->repeat ? "true" : "false");
    } else {
        cli_json_str(&line, "error", o->error);
        cli_json_str(&line, "field", o->field);
        cli_json_str(&line, "message", o->message);
    }
    (void)printf("%.*s}\n", (int)line.n, line.p);
}

/* Takes the answers that come within a moment. -1: go on; else the exit status. */
static int take(withdraw_t *w, zw_sender_t *sender)
{
    const zw_outcome_t *outcome;
    int r, ms = TURN_MS;
    while ((r = zw_sender_next(sender, ms, &outcome)) == 1) {
        print(w, outcome);
        w->heard_s = now_s();
        ms = 0;
    }
    if (cli_stop || r == -EINTR)
        return CLI_INTERRUPTED;
    if (r < 0) {
        cli_error(&w->cli, "%s", zw_error_text(r));
        return CLI_TROUBLE;
    }
    if (now_s() - w->heard_s <= w->cli.timeout_s || zw_sender_info(sender)->outstanding == 0)
        return -1;
    cli_error(&w->cli, "no answer from zhiwend");
    return CLI_NO_CONNECTION;
}

static bool is_number(const char *text, uint64_t *ret)
{
    size_t n = strlen(text);
    *ret = n > 0 && n < 19 && strspn(text, "0123456789") == n ? strtoull(text, NULL, 10) : 0;
    return *ret > 0;
}

static int run(withdraw_t *w, zw_sender_t *sender)
{
    w->heard_s = now_s();
    for (int k = 0; k < w->count; k++) {
        zw_withdrawal_t one = { .size = sizeof one, .reason = zw_strz(w->reason), .tag = (uint64_t)k };
        if (w->by_id || !is_number(w->ids[k], &one.number)) {
            one.source = zw_strz(w->source);
            one.id = zw_strz(w->ids[k]);
        }
        for (int r; (r = zw_sender_withdraw(sender, &one)) < 0;) {
            int status = r == -EAGAIN ? take(w, sender) : CLI_TROUBLE;
            if (status >= 0)
                return status;
        }
    }
    while (zw_sender_info(sender)->outstanding > 0) {
        int status = take(w, sender);
        if (status >= 0)
            return status;
    }
    return w->refused > 0 ? CLI_SOME_FAILED : CLI_OK;
}

static int own_option(withdraw_t *w, int option)
{
    switch (option) {
    case OPT_SOURCE:
        w->source = optarg;
        w->by_id = true;
        return -1;
    case OPT_ID:
        w->by_id = true;
        return -1;
    case OPT_REASON:
        w->reason = optarg;
        return -1;
    default:
        return cli_option(&w->cli, option);
    }
}

int cli_withdraw(int argc, char **argv)
{
    withdraw_t w = { .cli = { .command = "withdraw", .help = help, .timeout_s = 30 } };
    zw_client_t *client;
    zw_sender_t *sender = NULL;
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = own_option(&w, option);
        if (status >= 0)
            return status;
    }
    w.ids = argv + optind;
    w.count = argc - optind;
    if (w.count == 0)
        return cli_usage(&w.cli, "takes the number or the id of an article");
    int status = cli_connect(&w.cli, &client);
    if (status != CLI_OK)
        return status;
    cli_catch_signals();
    int r = zw_sender_open(client, &sender);
    if (r < 0)
        cli_error(&w.cli, "%s", zw_error_text(r));
    status = r < 0 ? CLI_TROUBLE : run(&w, sender);
    zw_sender_close(sender);
    zw_client_close(client);
    return status;
}
