/* zhiwen quarantine: the messages that zhiwend refused, looked at and dealt with in its state directory, beside the daemon or not. */
#include "cli.h"

#include "client_priv.h"
#include "store/store.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: zhiwen quarantine list [OPTION...]\n"
    "       zhiwen quarantine show [OPTION...] NUMBER\n"
    "       zhiwen quarantine retry [OPTION...] NUMBER... | --all\n"
    "       zhiwen quarantine drop [OPTION...] NUMBER... | --all\n"
    "The messages that zhiwend refused, with the reason: list them, show one, send them again (after a limit was raised, or a charset\n"
    "became readable), or drop them. What is taken, or refused anew and so kept anew, leaves its old place. Messages are kept up\n"
    "to 64 KiB; a longer one is cut and cannot be sent again. They lie in the state directory: run this as its user, or as root.\n\n"
    "      --state-dir DIR   zhiwend's state directory (default " CLI_STATE_DIR ")\n"
    "      --all             every one\n"
    "      --raw             show: the message's bytes as they came\n"
    "      --timeout S       retry: give up when zhiwend does not answer for S seconds (10)\n"
    "      --json            JSON Lines\n" CLI_WHERE "  -h, --help\n\n" CLI_EXITS;

enum { OPT_STATE_DIR = CLI_OPT_OWN, OPT_ALL, OPT_RAW, RAW_MOST = 64 << 10 };

static const struct option options[] = {
    CLI_OPTIONS_WHERE,
    { "state-dir", required_argument, NULL, OPT_STATE_DIR },
    { "all", no_argument, NULL, OPT_ALL },
    { "raw", no_argument, NULL, OPT_RAW },
    { 0 },
};

typedef struct ward {
    cli_t cli;
    const char *dir;
    bool all, raw;
    zw_store_t *store;
    zw_client_t *client;
    zw_conn_t conn;
    zw_wire_t *wire;
    uint64_t *numbers; /* to be dealt with */
    size_t count, capacity;
    zw_buf_t message; /* a copy of one */
    zw_buf_t line;
} ward_t;

/* ---- showing */

static const char *when(int64_t time_us, char *out, size_t size)
{
    struct tm tm;
    time_t s = (time_t)(time_us / 1000000);
    if (!localtime_r(&s, &tm) || strftime(out, size, "%Y-%m-%d %H:%M:%S", &tm) == 0)
        out[0] = '\0';
    return out;
}

static int show_row(void *ctx, uint64_t number, const zw_store_reject_t *r)
{
    ward_t *w = ctx;
    char time[32];
    zw_buf_clear(&w->line);
    if (w->cli.json) {
        (void)zw_buf_putc(&w->line, '{');
        cli_json_uint(&w->line, "number", number);
        cli_json_uint(&w->line, "time", (uint64_t)r->time_us);
        cli_json_str(&w->line, "origin", r->origin);
        cli_json_str(&w->line, "error", r->reason);
        cli_json_str(&w->line, "field", r->field);
        cli_json_str(&w->line, "message", r->message);
        cli_json_uint(&w->line, "bytes", r->raw.n);
        (void)zw_buf_putc(&w->line, '}');
    } else {
        (void)zw_buf_printf(&w->line, "%8llu  %s  %-6.*s  %-10.*s %6zu bytes  ", (unsigned long long)number, when(r->time_us, time, sizeof time),
                            ZW_STR_ARGS(r->origin), ZW_STR_ARGS(r->reason), r->raw.n);
        cli_plain(r->field, &w->line);
        (void)zw_buf_puts(&w->line, r->field.n ? ZW_STR_LIT(": ") : (zw_str_t){ 0 });
        cli_plain(r->message, &w->line);
    }
    (void)printf("%.*s\n", ZW_STR_ARGS(zw_buf_str(&w->line)));
    return ferror(stdout) ? -EIO : 0;
}

static void show_hex(zw_str_t raw)
{
    for (size_t at = 0; at < raw.n; at += 16) {
        size_t n = raw.n - at < 16 ? raw.n - at : 16;
        (void)printf("%06zx ", at);
        for (size_t i = 0; i < 16; i++)
            (void)(i < n ? printf(" %02x", (unsigned char)raw.p[at + i]) : printf("   "));
        (void)printf("  ");
        for (size_t i = 0; i < n; i++)
            (void)putchar(isprint((unsigned char)raw.p[at + i]) ? raw.p[at + i] : '.');
        (void)putchar('\n');
    }
}

static int show_one(void *ctx, uint64_t number, const zw_store_reject_t *r)
{
    ward_t *w = ctx;
    if (w->raw)
        return fwrite(r->raw.p, 1, r->raw.n, stdout) == r->raw.n ? 1 : -EIO;
    int e = show_row(w, number, r);
    zw_buf_clear(&w->line);
    if (zw_mp_to_json(r->raw, &w->line) == 0) {
        zw_buf_t plain = { 0 };
        if (w->cli.json)
            (void)zw_buf_puts(&plain, zw_buf_str(&w->line));
        else
            cli_plain(zw_buf_str(&w->line), &plain);
        (void)printf("%.*s\n", ZW_STR_ARGS(zw_buf_str(&plain)));
        zw_buf_done(&plain);
    } else if (!w->cli.json) {
        show_hex(r->raw);
    }
    return e < 0 ? e : 1;
}

/* ---- which */

static int add_number(ward_t *w, uint64_t number)
{
    if (w->count == w->capacity) {
        size_t capacity = w->capacity ? 2 * w->capacity : 64;
        uint64_t *grown = realloc(w->numbers, capacity * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        w->numbers = grown;
        w->capacity = capacity;
    }
    w->numbers[w->count++] = number;
    return 0;
}

static int add_row(void *ctx, uint64_t number, const zw_store_reject_t *reject)
{
    (void)reject;
    return add_number(ctx, number);
}

/* -1 to go on. */
static int choose(ward_t *w, int argc, char **argv)
{
    if (w->all == (argc > 0))
        return cli_usage(&w->cli, "numbers are expected, or --all");
    for (int i = 0; i < argc; i++) {
        char *end;
        errno = 0;
        uint64_t number = strtoull(argv[i], &end, 10);
        if (errno || *end || argv[i][0] < '0' || argv[i][0] > '9' || number == 0)
            return cli_usage(&w->cli, "\"%s\" is no number of a message; list shows them", argv[i]);
        if (add_number(w, number) < 0)
            return CLI_TROUBLE;
    }
    return -1;
}

/* ---- sending again */

static int copy_one(void *ctx, uint64_t number, const zw_store_reject_t *reject)
{
    (void)number;
    ward_t *w = ctx;
    zw_buf_clear(&w->message);
    int r = zw_buf_puts(&w->message, reject->raw);
    return r < 0 ? r : 1;
}

/* Sends it and waits for the answer. 0, -ETIMEDOUT, -EINTR, -errno. */
static int exchange(ward_t *w, zmq_msg_t *answer)
{
    zw_wait_t wait;
    int64_t until = zw_now_us() + (int64_t)(w->cli.timeout_s * 1e6);
    int r = zw_wait_open(&wait);
    if (r < 0)
        return r;
    r = zw_wait_add(&wait, &w->conn);
    bool sent = false;
    while (r == 0) {
        (void)zw_conn_watch(&w->conn);
        sent = sent || zmq_send(w->conn.socket, w->message.p, w->message.n, ZMQ_DONTWAIT) >= 0;
        if ((r = zw_conn_take(&w->conn, answer)) != 0 || cli_stop)
            break;
        r = zw_conn_ready(&w->conn, !sent) ? 1 : zw_wait_for(&wait, until);
        if (r == 0)
            r = -ETIMEDOUT;
        else if (r > 0)
            r = 0;
    }
    zw_wait_remove(&wait, &w->conn);
    zw_wait_close(&wait);
    return cli_stop ? -EINTR : r < 0 ? r : 0;
}

/* Whether the old copy may go: it was taken, or refused for good (and is kept anew by that). */
static int judge(ward_t *w, uint64_t number, zmq_msg_t *answer, bool *ret_settled)
{
    zw_ack_t ack;
    int r = zw_ack_decode(w->wire, zw_str(zmq_msg_data(answer), zmq_msg_size(answer)), &ack);
    if (r < 0) {
        cli_error(&w->cli, "%llu: the answer cannot be read: %s", (unsigned long long)number, zw_error_text(r));
        return CLI_TROUBLE;
    }
    bool refused = ack.status == ZW_ST_REJECTED, later = zw_str_eqz(ack.error, "busy") || zw_str_eqz(ack.error, "closed");
    *ret_settled = !refused || !later;
    zw_buf_clear(&w->line);
    if (w->cli.json) {
        (void)zw_buf_putc(&w->line, '{');
        cli_json_uint(&w->line, "number", number);
        cli_json_str(&w->line, "status", zw_strz(ZW_STATUS_NAMES[ack.status]));
        cli_json_str(&w->line, "id", ack.id);
        cli_json_str(&w->line, "error", ack.error);
        cli_json_str(&w->line, "message", ack.message);
        (void)zw_buf_putc(&w->line, '}');
    } else {
        (void)zw_buf_printf(&w->line, "%llu: %s", (unsigned long long)number, ZW_STATUS_NAMES[ack.status]);
        (void)zw_buf_puts(&w->line, refused ? ZW_STR_LIT(" again: ") : ack.id.n ? ZW_STR_LIT(", ") : (zw_str_t){ 0 });
        cli_plain(refused ? ack.message : ack.id, &w->line);
    }
    (void)printf("%.*s\n", ZW_STR_ARGS(zw_buf_str(&w->line)));
    return refused ? CLI_SOME_FAILED : CLI_OK;
}

static int retry_one(ward_t *w, uint64_t number, bool *ret_settled)
{
    zmq_msg_t answer;
    int r = zw_store_quarantine_get(w->store, number, copy_one, w);
    if (r < 0) {
        cli_error(&w->cli, "%llu: %s", (unsigned long long)number, r == -ZW_E_NOT_FOUND ? "no such message" : zw_error_text(r));
        return CLI_SOME_FAILED;
    }
    if (w->message.n == 0 || w->message.n >= RAW_MOST) {
        cli_error(&w->cli, "%llu: %s", (unsigned long long)number, w->message.n ? "was cut when it was kept, and cannot be sent again" : "is empty");
        return CLI_SOME_FAILED;
    }
    (void)zmq_msg_init(&answer);
    r = exchange(w, &answer);
    int status = r < 0 ? cli_refused(&w->cli, r) : judge(w, number, &answer, ret_settled);
    (void)zmq_msg_close(&answer);
    return status;
}

static int drop_one(ward_t *w, uint64_t number)
{
    int r = zw_store_quarantine_drop(w->store, number);
    if (r >= 0)
        return CLI_OK;
    cli_error(&w->cli, "%llu: %s", (unsigned long long)number, r == -ZW_E_NOT_FOUND ? "no such message" : zw_error_text(r));
    return r == -ZW_E_NOT_FOUND ? CLI_SOME_FAILED : CLI_TROUBLE;
}

static int worse(int a, int b)
{
    return a > b ? a : b;
}

static int retry(ward_t *w)
{
    int status = cli_connect(&w->cli, &w->client);
    if (status != CLI_OK)
        return status;
    cli_catch_signals();
    w->wire = zw_wire_new();
    int r = w->wire ? zw_conn_open(w->client, &w->conn, ZMQ_DEALER, w->client->submit, 0) : -ENOMEM;
    if (r < 0)
        return cli_refused(&w->cli, r);
    for (size_t i = 0; i < w->count && status < CLI_NO_CONNECTION; i++) {
        bool settled = false;
        status = worse(status, retry_one(w, w->numbers[i], &settled));
        if (settled)
            status = worse(status, drop_one(w, w->numbers[i]));
    }
    return status;
}

static int drop(ward_t *w)
{
    int status = CLI_OK;
    size_t dropped = 0;
    for (size_t i = 0; i < w->count && status < CLI_NO_CONNECTION; i++) {
        int one = drop_one(w, w->numbers[i]);
        dropped += one == CLI_OK;
        status = worse(status, one);
    }
    (void)printf(w->cli.json ? "{\"dropped\":%zu}\n" : "%zu dropped\n", dropped);
    return status;
}

/* ---- */

static int work(ward_t *w, const char *what)
{
    int r = 0;
    if (strcmp(what, "list") == 0)
        r = zw_store_quarantine(w->store, show_row, w);
    else if (strcmp(what, "show") == 0)
        r = zw_store_quarantine_get(w->store, w->numbers[0], show_one, w);
    else if (w->all)
        r = zw_store_quarantine(w->store, add_row, w);
    if (r == -ZW_E_NOT_FOUND)
        return cli_error(&w->cli, "no such message"), CLI_SOME_FAILED;
    if (r < 0)
        return cli_error(&w->cli, "%s: %s", w->dir, zw_error_text(r)), CLI_TROUBLE;
    return strcmp(what, "retry") == 0 ? retry(w) : strcmp(what, "drop") == 0 ? drop(w) : CLI_OK;
}

static void done(ward_t *w)
{
    zw_conn_close(&w->conn);
    zw_client_close(w->client);
    zw_wire_free(w->wire);
    zw_store_close(w->store);
    zw_buf_done(&w->message);
    zw_buf_done(&w->line);
    free(w->numbers);
}

static int parse(ward_t *w, int argc, char **argv, const char **ret_what)
{
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = -1;
        if (option == OPT_STATE_DIR)
            w->dir = optarg;
        else if (option == OPT_ALL)
            w->all = true;
        else if (option == OPT_RAW)
            w->raw = true;
        else
            status = cli_option(&w->cli, option);
        if (status >= 0)
            return status;
    }
    const char *what = optind < argc ? argv[optind++] : "";
    bool list = strcmp(what, "list") == 0, show = strcmp(what, "show") == 0;
    *ret_what = what;
    if (!list && !show && strcmp(what, "retry") != 0 && strcmp(what, "drop") != 0)
        return cli_usage(&w->cli, "list, show, retry or drop is expected");
    if (list ? optind < argc : show && argc - optind != 1)
        return cli_usage(&w->cli, list ? "list takes no further argument" : "show takes one number");
    return list ? -1 : choose(w, argc - optind, argv + optind);
}

int cli_quarantine(int argc, char **argv)
{
    ward_t w = { .cli = { .command = "quarantine", .help = help, .timeout_s = 10 }, .dir = CLI_STATE_DIR };
    const char *what = "";
    int status = parse(&w, argc, argv, &what);
    if (status < 0) {
        bool reads = strcmp(what, "list") == 0 || strcmp(what, "show") == 0;
        int r = zw_store_open(&(zw_store_options_t){ .dir = w.dir, .read_only = reads, .beside = !reads }, &w.store);
        if (r < 0)
            cli_error(&w.cli, "%s: %s", w.dir, zw_error_text(r));
        status = r < 0 ? CLI_TROUBLE : work(&w, what);
    }
    done(&w);
    return status;
}
