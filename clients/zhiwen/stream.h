/* stream: bytes read one after the other, from a file or out of something packed. One thread; blocks on the disk.
 *
 * Memory: what has been peeked at and not yet skipped is kept, nothing else; whoever peeks sets the limit.
 * Errors: 0 or positive on success; -errno, -ZW_E_CORRUPT (what is packed is damaged). `error` has words for it.
 */
#ifndef ZW_STREAM_H
#define ZW_STREAM_H

#include "zw_buf.h"

#include <sys/types.h>

typedef struct stream stream_t;

/* Puts up to `size` bytes into `space`: how many, 0 at the end, or a negative code after stream_fail. */
typedef ssize_t (*stream_source_t)(stream_t *stream, char *space, size_t size);

struct stream {
    stream_source_t source;
    void *ctx;
    char *p;           /* kept: p[from..to) */
    size_t from, to, cap;
    uint64_t offset;   /* of p[from], in bytes from the beginning of the stream */
    bool ended;
    int code;          /* of the error that ended it, 0: none */
    char error[160];
};

/* Both ways to begin; the second reads from a file descriptor, and adds what it reads to *bytes_done (may be NULL). */
stream_t stream_of(stream_source_t source, void *ctx);
typedef struct stream_file {
    int fd;
    uint64_t *bytes_done;
} stream_file_t;
stream_t stream_of_file(stream_file_t *file);
void stream_done(stream_t *stream);
/* After the source has begun something new: what is kept, the end and the error are forgotten. */
void stream_renew(stream_t *stream);

/* Notes an error, and returns its code, for sources. */
int stream_fail(stream_t *stream, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The next bytes, `want` of them or as many as there are; borrowed until the next call. An error only when none is left
 * before it. */
int stream_peek(stream_t *stream, size_t want, zw_str_t *ret);
void stream_skip(stream_t *stream, size_t n); /* of what was peeked at */
/* Puts bytes that were taken back in front of what comes next. -ENOMEM. */
int stream_put_back(stream_t *stream, zw_str_t bytes);
/* Appends the next n bytes, which must be there. */
int stream_take(stream_t *stream, size_t n, zw_buf_t *out);
/* Appends all that is left. -ZW_E_TOO_LARGE when that is more than `most`. */
int stream_rest(stream_t *stream, size_t most, zw_buf_t *out);
/* The next line without its line break, into `out`. 1; 0 at the end. -ZW_E_TOO_LARGE: longer than `most`, and passed over. */
int stream_line(stream_t *stream, size_t most, zw_buf_t *out);

#endif
