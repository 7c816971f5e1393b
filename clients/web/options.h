/* options: what zhiwen-web was started with. */
#ifndef WEB_OPTIONS_H
#define WEB_OPTIONS_H

#include "cli.h"

enum { HOSTS_MOST = 16 };

typedef struct options {
    cli_t cli;
    const char *listen, *state_dir, *page, *token_file;
    const char *hosts[HOSTS_MOST];
    size_t host_count;
} options_t;

/* -1: go on; else exit with this status. Strings are those of the command line and the environment. */
int options_read(int argc, char **argv, options_t *ret);

#endif
