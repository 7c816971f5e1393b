/* articles: articles out of files, for `send` and `extract`. One thread; blocks on the disk. */
#ifndef ZW_ARTICLES_H
#define ZW_ARTICLES_H

#include "zw_buf.h"

/* Everything is borrowed for the call. */
typedef struct article {
    zw_str_t id, title, source, url, published, charset, format, body;
    bool body_is_text;
    const char *file; /* "-" for standard input */
    unsigned line;    /* of a JSON Lines file; 0 otherwise */
} article_t;

typedef struct articles_reader {
    bool jsonl;            /* every file is JSON Lines */
    size_t max_bytes;      /* of a file or line */
    /* A negative return ends the reading and is returned. */
    int (*article)(void *ctx, const article_t *article);
    /* A file or line that gives no article. */
    int (*bad)(void *ctx, const char *file, unsigned line, const char *message);
    void *ctx;
    /* How far it is, for progress: of all bytes, where known (else total 0). */
    uint64_t bytes_done, bytes_total;
    size_t files;
} articles_reader_t;

/* Reads the paths in order ("-": standard input; folders are walked in the order of names; none: standard input). */
int articles_read(articles_reader_t *reader, char *const *paths, size_t count);

#endif
