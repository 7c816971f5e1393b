/* articles: articles out of files, for `send` and `extract`. One thread; blocks on the disk.
 *
 * What a file is shows in its content: text or a web page (one article), JSON Lines, an RSS or Atom feed, WARC, an archive
 * (tar, zip) of such files, or any of these packed by gzip, zstd, bzip2, xz or lz4; archives may hold archives, up to 4 deep.
 * What cannot be read is told with its place, and the rest goes on.
 * Memory: no file is held as a whole but as the body of one article, which `max_bytes` bounds.
 */
#ifndef ZW_ARTICLES_H
#define ZW_ARTICLES_H

#include "zw_buf.h"

/* Where in a file: a line (from 1), the byte at which a record begins (in the file as it is, packed or not), or an item of a
 * feed (from 1). */
typedef struct place {
    enum { PLACE_FILE, PLACE_LINE, PLACE_OFFSET, PLACE_ITEM } in;
    uint64_t at;
} place_t;

/* Everything is borrowed for the call. */
typedef struct article {
    zw_str_t id, title, source, url, published, charset, format, body;
    bool body_is_text;
    const char *file; /* "-" for standard input; "news.tar:a/b.html" inside an archive */
    place_t place;
} article_t;

typedef struct articles_reader {
    bool jsonl;            /* every file is JSON Lines */
    size_t max_bytes;      /* of an article, line or record */
    /* A negative return ends the reading and is returned. */
    int (*article)(void *ctx, const article_t *article);
    /* A file, or a place in it, that gives no article. */
    int (*bad)(void *ctx, const char *file, place_t place, const char *message);
    void *ctx;
    /* How far it is, for progress: of all bytes, where known (else total 0). */
    uint64_t bytes_done, bytes_total;
    size_t files;          /* named or found in folders */
    uint64_t passed_over;  /* records of WARC that hold no article: pictures, redirections, what was asked */
} articles_reader_t;

/* Reads the paths in order ("-": standard input; folders are walked in the order of names; none: standard input). */
int articles_read(articles_reader_t *reader, char *const *paths, size_t count);

/* "file", "file:12" (a line), "file@345" (a byte), "file#6" (an item). */
void place_put(const char *file, place_t place, zw_buf_t *out);
/* "line", "offset" or "item"; NULL for a file as a whole. */
const char *place_name(place_t place);

/* An id for an article that has none, from everything that it is: the same article gets the same again. `out`: 33 bytes. */
void article_make_id(const article_t *article, char out[33]);

#endif
