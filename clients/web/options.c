#include "options.h"

#include <stdlib.h>

static const char help[] =
    "usage: zhiwen-web [OPTION...]\n"
    "Facts to look at, in a browser: as they come, where, since when, and why. Subscribes to zhiwend, keeps the facts in an SQLite\n"
    "file, and serves them and a page at http://127.0.0.1:8470/. While zhiwend is away it shows what it has.\n\n"
    "      --listen HOST:PORT  listen here (127.0.0.1:8470); port 0: any. What others than this machine can reach needs --token-file\n"
    "      --token-file FILE  only who has the token in it may ask: open /?token=TOKEN once, or send \"Authorization: Bearer TOKEN\"\n"
    "      --host NAME       a name under which browsers may ask for this server, besides localhost; may be given several times\n"
    "      --state-dir DIR   where the facts are kept (default $STATE_DIRECTORY, else /var/lib/zhiwen-web)\n"
    "      --page DIR        the built page (default: as installed)\n" CLI_WHERE
    "      --version\n"
    "  -h, --help\n\n"
    "Exit status: 0 it was told to end; 2 wrong usage; 4 trouble (files, memory, the address is taken).\n";

enum { OPT_LISTEN = CLI_OPT_OWN, OPT_TOKEN_FILE, OPT_HOST, OPT_STATE_DIR, OPT_PAGE, OPT_VERSION };

static const struct option options[] = {
    CLI_OPTION_HELP,
    CLI_OPTIONS_PLACE,
    { "listen", required_argument, NULL, OPT_LISTEN },
    { "token-file", required_argument, NULL, OPT_TOKEN_FILE },
    { "host", required_argument, NULL, OPT_HOST },
    { "state-dir", required_argument, NULL, OPT_STATE_DIR },
    { "page", required_argument, NULL, OPT_PAGE },
    { "version", no_argument, NULL, OPT_VERSION },
    { 0 },
};

static int take(options_t *o, int option)
{
    switch (option) {
    case OPT_LISTEN:
        o->listen = optarg;
        return -1;
    case OPT_TOKEN_FILE:
        o->token_file = optarg;
        return -1;
    case OPT_HOST:
        if (o->host_count == HOSTS_MOST)
            return cli_usage(&o->cli, "--host: at most %d names", HOSTS_MOST);
        o->hosts[o->host_count++] = optarg;
        return -1;
    case OPT_STATE_DIR:
        o->state_dir = optarg;
        return -1;
    case OPT_PAGE:
        o->page = optarg;
        return -1;
    case OPT_VERSION:
        (void)printf("zhiwen-web %s\n", ZW_VERSION);
        return CLI_OK;
    default:
        return cli_option(&o->cli, option);
    }
}

int options_read(int argc, char **argv, options_t *o)
{
    const char *state = getenv("STATE_DIRECTORY");
    *o = (options_t){ .cli = { .program = "zhiwen-web", .help = help, .timeout_s = 5 }, .listen = "127.0.0.1:8470",
                      .state_dir = state && *state ? state : "/var/lib/zhiwen-web" };
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = take(o, option);
        if (status >= 0)
            return status;
    }
    return optind < argc ? cli_usage(&o->cli, "takes no argument \"%s\"", argv[optind]) : -1;
}
