/* export: what zhiwen export was asked for. One thread. */
#ifndef ZW_EXPORT_H
#define ZW_EXPORT_H

#include "cli.h"

typedef enum { EXPORT_JSONL, EXPORT_CSV, EXPORT_SQLITE, EXPORT_BY_NAME } export_format_t;
enum { EXPORT_MAX_TYPES = 60, EXPORT_MAX_FOLDERS = 32, EXPORT_MODALITY_COUNT = 4 };
extern const char *const EXPORT_MODALITIES[EXPORT_MODALITY_COUNT];

/* Strings are those of the command line. */
typedef struct export_how {
    cli_t cli;
    export_format_t format;
    const char *output; /* NULL: standard output */
    const char *types[EXPORT_MAX_TYPES], *folders[EXPORT_MAX_FOLDERS];
    size_t type_count, folder_count;
    const char *region; /* the beginning of a code */
    unsigned modalities; /* bit mask over EXPORT_MODALITIES; 0: all */
    char since[11], until[11]; /* days, or empty */
    bool published, bom, raw, quiet;
    uint64_t from; /* 0: from the beginning */
} export_how_t;

/* -1: go on; else exit with this status. */
int export_options(int argc, char **argv, export_how_t *ret);

/* The number of a name in a list, or -1. */
int export_name(const char *const *names, size_t count, const char *name);

#endif
