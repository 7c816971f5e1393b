/* zhiwen rules check: rule packs looked over, and their examples run. */
#include "local.h"

#include <string.h>

static const char help[] =
    "usage: zhiwen rules check [OPTION...] [FOLDER...]\n"
    "       zhiwen rules calibrate [OPTION...] ANNOTATED.jsonl...   (see zhiwen rules calibrate --help)\n"
    "Check rule packs (*.yaml) and run their examples. Without a folder, the shipped packs. Mistakes are told as\n"
    "file:line:column: message.\n\n"
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
    if (optind == argc || strcmp(argv[optind], "check") != 0)
        return cli_usage(&cli, "rules can be checked (check) and calibrated (calibrate)");
    return check(&cli, (const char *const *)argv + optind + 1, (size_t)(argc - optind - 1));
}
