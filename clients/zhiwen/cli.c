#include "cli.h"

#include "base/utf8.h"
#include "zw_wire.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

volatile sig_atomic_t cli_stop;

static void on_signal(int signal_number)
{
    cli_stop = signal_number;
}

void cli_catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static void complain(const cli_t *cli, const char *format, va_list args)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "%s%s: ", cli->program ? cli->program : "zhiwen ", cli->program ? "" : cli->command);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
}

static void try_help(const cli_t *cli)
{
    (void)fprintf(stderr, "Try: %s%s --help\n", cli->program ? cli->program : "zhiwen ", cli->program ? "" : cli->command);
}

void cli_error(const cli_t *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(cli, format, args);
    va_end(args);
}

int cli_usage(const cli_t *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(cli, format, args);
    va_end(args);
    try_help(cli);
    return CLI_USAGE;
}

bool cli_seconds(const char *text, double *ret)
{
    char *end;
    double s = strtod(text, &end);
    if (end == text || *end || !isfinite(s) || s < 0 || s > 1e6)
        return false;
    *ret = s;
    return true;
}

int cli_option(cli_t *cli, int option)
{
    switch (option) {
    case 'h':
        (void)fputs(cli->help, stdout);
        return fflush(stdout) == 0 ? CLI_OK : CLI_TROUBLE;
    case CLI_OPT_JSON:
        cli->json = true;
        return -1;
    case CLI_OPT_SOCKET_DIR:
        cli->socket_dir = optarg;
        return -1;
    case CLI_OPT_SUBMIT:
        cli->submit = optarg;
        return -1;
    case CLI_OPT_FACTS:
        cli->facts = optarg;
        return -1;
    case CLI_OPT_REPLAY:
        cli->replay = optarg;
        return -1;
    case CLI_OPT_SERVER_KEY:
        cli->server_key = optarg;
        return -1;
    case CLI_OPT_KEY:
        cli->key = optarg;
        return -1;
    case CLI_OPT_INSECURE:
        cli->insecure_plain_tcp = true;
        return -1;
    case CLI_OPT_TIMEOUT:
        return cli_seconds(optarg, &cli->timeout_s) ? -1 : cli_usage(cli, "--timeout takes a number of seconds, not %s", optarg);
    default: /* getopt has complained */
        try_help(cli);
        return CLI_USAGE;
    }
}

int cli_connect(cli_t *cli, zw_client_t **ret)
{
    zw_client_t *client;
    int r = zw_client_open(cli->socket_dir, &client);
    if (r < 0) {
        cli_error(cli, r == -ENAMETOOLONG ? "cannot use the socket folder: %s" : "cannot use the keys of the environment: %s", zw_error_text(r));
        return r == -ENOMEM ? CLI_TROUBLE : CLI_USAGE;
    }
    const struct {
        const char *name, *endpoint;
    } given[] = { { "submit", cli->submit }, { "facts", cli->facts }, { "replay", cli->replay } };
    for (size_t k = 0; k < 3; k++) {
        if (given[k].endpoint && zw_client_set(client, given[k].name, given[k].endpoint) < 0) {
            zw_client_close(client);
            return cli_usage(cli, "--%s takes an endpoint as ipc:///path or tcp://host:port, not %s", given[k].name,
                             given[k].endpoint);
        }
    }
    const struct {
        const char *name, *value;
    } keys[] = { { "server-key", cli->server_key }, { "key", cli->key }, { "insecure-plain-tcp", cli->insecure_plain_tcp ? "1" : NULL } };
    for (size_t k = 0; k < 3; k++) {
        if (keys[k].value && (r = zw_client_set(client, keys[k].name, keys[k].value)) < 0) {
            zw_client_close(client);
            return cli_usage(cli, "--%s %s: %s", keys[k].name, keys[k].value, zw_error_text(r));
        }
    }
    *ret = client;
    return CLI_OK;
}

/* ---- JSON */

static void begin_pair(zw_buf_t *out, const char *key)
{
    if (out->n > 0 && out->p[out->n - 1] != '{')
        (void)zw_buf_putc(out, ',');
    (void)zw_buf_printf(out, "\"%s\":", key);
}

/* Well-formed UTF-8 in any case: JSON knows nothing else. */
static void repair_utf8(zw_str_t s, zw_buf_t *out)
{
    for (const char *p = s.p, *end = s.p + s.n; p < end;) {
        uint32_t cp;
        char four[4];
        p += zw_utf8_decode(p, end, &cp);
        (void)zw_buf_put(out, four, zw_utf8_encode(cp, four));
    }
}

void cli_json_str(zw_buf_t *out, const char *key, zw_str_t value)
{
    zw_buf_t _cleanup_buf_ clean = { 0 }, object = { 0 };
    begin_pair(out, key);
    if (!zw_utf8_valid(value, NULL)) {
        repair_utf8(value, &clean);
        value = zw_buf_str(&clean);
    }
    zw_mp_str(&object, value);
    (void)zw_mp_to_json(zw_buf_str(&object), out);
    zw_buf_done(&object);
}

void cli_json_uint(zw_buf_t *out, const char *key, uint64_t value)
{
    begin_pair(out, key);
    (void)zw_buf_printf(out, "%llu", (unsigned long long)value);
}

void cli_json_num(zw_buf_t *out, const char *key, double value)
{
    zw_buf_t _cleanup_buf_ object = { 0 };
    begin_pair(out, key);
    zw_mp_double(&object, value);
    (void)zw_mp_to_json(zw_buf_str(&object), out);
}

void cli_json_raw(zw_buf_t *out, const char *key, const char *json)
{
    begin_pair(out, key);
    (void)zw_buf_puts(out, zw_strz(json));
}

/* ---- text for a terminal */

static bool plays_tricks(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xFFFD || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

void cli_plain(zw_str_t text, zw_buf_t *out)
{
    for (const char *p = text.p, *end = text.p + text.n; p < end;) {
        uint32_t cp;
        unsigned n = zw_utf8_decode(p, end, &cp);
        if (cp == '\n' || cp == '\t' || cp == '\r')
            (void)zw_buf_putc(out, ' ');
        else if (plays_tricks(cp))
            (void)zw_buf_put(out, "\xef\xbf\xbd", 3);
        else
            (void)zw_buf_put(out, p, n);
        p += n;
    }
}
