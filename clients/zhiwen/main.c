/* zhiwen: the command line. `send`, `watch`, `export`, `status`, `metrics`, `ping`, `similar` and `cluster` are built on libzhiwen alone; `repair`, `extract`,
 * `explain` and `rules` run the daemon's rooms in this process. */
#include "cli.h"

#include <locale.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *what;
} commands[] = {
    { "send", cli_send, "send articles to zhiwend" },
    { "watch", cli_watch, "show facts as they come, from any point on" },
    { "subscriptions", cli_subscriptions, "the named subscriptions, and to end one" },
    { "withdraw", cli_withdraw, "take an article back; its facts lose it as a source" },
    { "export", cli_export, "write facts to a file: JSON Lines, CSV, SQLite" },
    { "status", cli_status, "show zhiwend's counters" },
    { "metrics", cli_metrics, "the counters for Prometheus, printed or served" },
    { "ping", cli_ping, "see whether zhiwend answers" },
    { "similar", cli_similar, "articles with wording like that of one" },
    { "cluster", cli_cluster, "the articles that are one report with one" },
    { "store", cli_store, "check, back up, restore and compact what zhiwend keeps" },
    { "quarantine", cli_quarantine, "look at what zhiwend refused, send it again or drop it" },
    { "extract", cli_extract, "facts of articles, without a daemon" },
    { "explain", cli_explain, "why an article gives the facts that it gives" },
    { "repair", cli_repair, "repair a damaged text, without a daemon" },
    { "keygen", cli_keygen, "make keys for tcp" },
    { "rules", cli_rules, "check rule packs, measure how often rules are right" },
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int usage(FILE *to, int status)
{
    (void)fputs("usage: zhiwen COMMAND [OPTION...] [ARGUMENT...]\n\n", to);
    for (size_t k = 0; k < COMMANDS; k++)
        (void)fprintf(to, "  %-13s %s\n", commands[k].name, commands[k].what);
    (void)fputs("\nzhiwen COMMAND --help tells more. zhiwen --version tells the version.\n\n" CLI_EXITS, to);
    return status;
}

int main(int argc, char **argv)
{
    (void)setlocale(LC_CTYPE, "");
    if (argc < 2)
        return usage(stderr, CLI_USAGE);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return usage(stdout, CLI_OK);
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("zhiwen %s\n", zw_client_version());
        return CLI_OK;
    }
    for (size_t k = 0; k < COMMANDS; k++) {
        if (strcmp(commands[k].name, argv[1]) != 0)
            continue;
        int status = commands[k].run(argc - 1, argv + 1);
        if (fflush(stdout) != 0 || ferror(stdout)) {
            (void)fprintf(stderr, "zhiwen: cannot write to standard output\n");
            return CLI_TROUBLE;
        }
        return status;
    }
    (void)fprintf(stderr, "zhiwen: no command \"%s\"\n", argv[1]);
    return usage(stderr, CLI_USAGE);
}
