#include "options.h"

#include "zw_error.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
    const char *config, *state_dir, *socket_dir;
    bool check;
} flags_t;

static void usage(FILE *to)
{
    (void)fprintf(to,
                  "Usage: zhiwend [OPTION]...\n"
                  "Takes in Chinese news articles and publishes the facts that they state.\n\n"
                  "  -c, --config FILE      configuration (default: %s, if it exists)\n"
                  "  -s, --state-dir DIR    where articles, facts and events are kept\n"
                  "  -r, --socket-dir DIR   where the four ipc sockets are made\n"
                  "      --check            check the configuration, print what it comes to, and end\n"
                  "      --version          print the version and end\n"
                  "  -h, --help             print this and end\n\n"
                  "SIGTERM and SIGINT end it once all that was taken in is committed and published; SIGHUP reloads the rules.\n"
                  "Exit status: 0 ended as told, 1 failed while running, 2 wrong command line or configuration.\n",
                  ZW_CONFIG_PATH);
}

static void tell(void *ctx, const char *file, unsigned line, unsigned column, const char *message)
{
    (void)ctx;
    (void)column;
    if (line)
        (void)fprintf(stderr, "%s:%u: %s\n", file, line, message);
    else
        (void)fprintf(stderr, "%s: %s\n", file, message);
}

/* True to go on. */
static bool read_flags(int argc, char **argv, flags_t *ret, int *ret_exit)
{
    enum { CHECK = 256, VERSION };
    static const struct option longs[] = { { "config", required_argument, NULL, 'c' },
                                           { "state-dir", required_argument, NULL, 's' },
                                           { "socket-dir", required_argument, NULL, 'r' },
                                           { "check", no_argument, NULL, CHECK },
                                           { "version", no_argument, NULL, VERSION },
                                           { "help", no_argument, NULL, 'h' },
                                           { 0 } };
    for (int c; (c = getopt_long(argc, argv, "c:s:r:h", longs, NULL)) != -1;) {
        *ret_exit = ZW_EXIT_OK;
        switch (c) {
        case 'c':
            ret->config = optarg;
            break;
        case 's':
            ret->state_dir = optarg;
            break;
        case 'r':
            ret->socket_dir = optarg;
            break;
        case CHECK:
            ret->check = true;
            break;
        case VERSION:
            (void)printf("zhiwend %s\n", ZW_VERSION);
            return false;
        case 'h':
            usage(stdout);
            return false;
        default:
            (void)fprintf(stderr, "Try 'zhiwend --help'.\n");
            *ret_exit = ZW_EXIT_USAGE;
            return false;
        }
    }
    if (optind == argc)
        return true;
    (void)fprintf(stderr, "zhiwend: unexpected argument '%s'\nTry 'zhiwend --help'.\n", argv[optind]);
    *ret_exit = ZW_EXIT_USAGE;
    return false;
}

static int read_config(const flags_t *flags, zw_config_t *config)
{
    int e = zw_config_init(config);
    const char *path = flags->config ? flags->config : access(ZW_CONFIG_PATH, F_OK) == 0 ? ZW_CONFIG_PATH : NULL;
    if (e == 0 && path) {
        e = zw_config_load(config, path, tell, NULL);
        if (e < 0 && e != -ZW_E_CONFIG)
            (void)fprintf(stderr, "%s: %s\n", path, zw_error_text(e));
        if (e < 0)
            return e;
    }
    if (e == 0 && flags->state_dir)
        config->state_dir = flags->state_dir;
    if (e == 0 && flags->socket_dir)
        e = zw_config_socket_dir(config, flags->socket_dir);
    if (e == 0)
        e = zw_config_inherit(config, tell, NULL);
    if (e < 0 && e != -ZW_E_CONFIG)
        (void)fprintf(stderr, "zhiwend: %s\n", zw_error_text(e));
    if (e < 0)
        return e;
    return zw_config_check(config, tell, NULL);
}

static int print_config(const zw_config_t *config)
{
    _cleanup_buf_ zw_buf_t out = { 0 };
    for (size_t i = 0; zw_config_key(i); i++) {
        (void)zw_buf_printf(&out, "%s: ", zw_config_key(i));
        (void)zw_config_describe(config, i, &out);
        (void)zw_buf_putc(&out, '\n');
    }
    if (out.failed || fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0)
        return ZW_EXIT_FAILURE;
    return ZW_EXIT_OK;
}

bool zw_options_read(int argc, char **argv, zw_config_t *ret, int *ret_exit)
{
    flags_t flags = { 0 };
    zw_config_t config = { 0 };
    if (!read_flags(argc, argv, &flags, ret_exit))
        return false;
    if (read_config(&flags, &config) < 0) {
        zw_config_free(&config);
        *ret_exit = ZW_EXIT_USAGE;
        return false;
    }
    if (flags.check) {
        *ret_exit = print_config(&config);
        zw_config_free(&config);
        return false;
    }
    *ret = config;
    return true;
}
