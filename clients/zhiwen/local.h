/* local: the daemon's rooms in this process, for the commands that need no daemon. One thread. */
#ifndef ZW_LOCAL_H
#define ZW_LOCAL_H

#include "articles.h"
#include "cli.h"
#include "extract/extract.h"

typedef struct local {
    const cli_t *cli;
    zw_text_tables_t *tables;
    zw_rules_t *rules; /* only when asked for */
    zw_extractor_t *extractor;
    zw_arena_t *arena;
} local_t;

/* Loads tables, and the rules of `dirs` (none: the shipped ones) when with_rules. CLI_OK or the exit status, told. */
int local_open(local_t *local, const cli_t *cli, bool with_rules, const char *const *dirs, size_t dir_count);
void local_close(local_t *local);

/* Complaints of rule packs: "file:line:column: message" to stderr, or a JSON line to stdout. ctx: the cli_t. */
void local_diag(void *ctx, const char *file, unsigned line, unsigned column, const char *message);

zw_raw_t local_raw(const article_t *article);

#endif
