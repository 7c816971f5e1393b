/* zhiwen rules check: rule packs looked over, and their examples run. zhiwen rules new: a pack to start from. */
#include "local.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: zhiwen rules check [OPTION...] [FOLDER...]\n"
    "       zhiwen rules new [FILE]\n"
    "       zhiwen rules calibrate [OPTION...] ANNOTATED.jsonl...   (see zhiwen rules calibrate --help)\n"
    "check: look rule packs (*.yaml) over and run their examples. Without a folder, the shipped packs. Mistakes are told\n"
    "as file:line:column: message.\n"
    "new: write a pack to start from, with comments and examples, to FILE (which must not be there yet) or standard\n"
    "output.\n\n"
    "      --json            mistakes as JSON Lines, {\"file\", \"line\", \"column\", \"message\"}, and a last line\n"
    "                        {\"rules\", \"examples\", \"failed\", \"version\"}\n"
    "  -h, --help\n\n" CLI_EXITS;

static const struct option options[] = { CLI_OPTIONS, { 0 } };

static int check(const cli_t *cli, const char *const *dirs, size_t count)
{
    zw_rules_t *rules;
    size_t run = 0;
    int r = zw_rules_load(count ? dirs : NULL, count, local_diag, (void *)cli, &rules);
    if (r < 0) {
        cli_error(cli, "%s", zw_error_text(r));
        return r == -ZW_E_RULES ? CLI_SOME_FAILED : CLI_TROUBLE;
    }
    int failed = zw_rules_test(rules, local_diag, (void *)cli, &run);
    if (failed < 0)
        cli_error(cli, "%s", zw_error_text(failed));
    else if (cli->json)
        (void)printf("{\"rules\":%zu,\"examples\":%zu,\"failed\":%d,\"version\":\"%s\"}\n", zw_rules_count(rules), run, failed,
                     zw_rules_version(rules));
    else
        (void)printf("%zu rules, %zu examples, %d failed; version %s\n", zw_rules_count(rules), run, failed,
                     zw_rules_version(rules));
    zw_rules_unref(rules);
    return failed < 0 ? CLI_TROUBLE : failed > 0 ? CLI_SOME_FAILED : CLI_OK;
}

/* Writes all of `data`; returns 0 or -errno. */
static int write_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, data, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        data += written;
        n -= (size_t)written;
    }
    return 0;
}

static int new_pack(const cli_t *cli, const char *path)
{
    char from[PATH_MAX];
    zw_buf_t pack = { 0 };
    int fd = STDOUT_FILENO, r = zw_data_path("rules/new/pack.yaml", from, sizeof(from));
    if (r == 0)
        r = zw_file_read(from, 1 << 20, &pack);
    if (r < 0) {
        cli_error(cli, "the pack to start from cannot be read: %s", zw_error_text(r));
        zw_buf_done(&pack);
        return CLI_TROUBLE;
    }
    if (path)
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    r = fd < 0 ? -errno : write_all(fd, pack.p, pack.n);
    if (path && fd >= 0 && close(fd) < 0 && r == 0)
        r = -errno;
    zw_buf_done(&pack);
    if (r < 0)
        cli_error(cli, "%s: %s", path ? path : "standard output", zw_error_text(r));
    return r < 0 ? CLI_TROUBLE : CLI_OK;
}

int cli_rules(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "calibrate") == 0)
        return cli_calibrate(argc - 1, argv + 1);
    cli_t cli = { .command = "rules", .help = help };
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = cli_option(&cli, option);
        if (status >= 0)
            return status;
    }
    if (optind < argc && argc - optind <= 2 && strcmp(argv[optind], "new") == 0)
        return new_pack(&cli, argv[optind + 1]);
    if (optind == argc || strcmp(argv[optind], "check") != 0)
        return cli_usage(&cli, "rules can be checked (check), begun (new FILE) and calibrated (calibrate)");
    return check(&cli, (const char *const *)argv + optind + 1, (size_t)(argc - optind - 1));
}
