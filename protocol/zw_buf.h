/* zw_buf: a byte buffer that grows.
 *
 * Ownership: the buffer owns `p` until zw_buf_done. Errors are sticky: after a failed growth every call returns
 * -ENOMEM and `failed` stays set, so a run of appends is checked once, at its end. One thread at a time.
 */
#ifndef ZW_BUF_H
#define ZW_BUF_H

#include "zw_str.h"

typedef struct zw_buf {
    char *p;
    size_t n;   /* bytes used */
    size_t cap; /* bytes allocated */
    bool failed;
} zw_buf_t;

/* Appends. Returns 0 or -ENOMEM. */
int zw_buf_put(zw_buf_t *b, const void *bytes, size_t n);
int zw_buf_puts(zw_buf_t *b, zw_str_t s);
int zw_buf_putc(zw_buf_t *b, char c);
int zw_buf_printf(zw_buf_t *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for `extra` bytes behind `n`. Returns 0 or -ENOMEM. */
int zw_buf_reserve(zw_buf_t *b, size_t extra);

/* Empties it, keeps the memory, clears `failed`. */
void zw_buf_clear(zw_buf_t *b);

/* Frees what it holds; the struct may be used again as an empty buffer. Takes NULL. */
void zw_buf_done(zw_buf_t *b);

static inline zw_str_t zw_buf_str(const zw_buf_t *b)
{
    return (zw_str_t){ b->p, b->n };
}

#define _cleanup_buf_ __attribute__((cleanup(zw_buf_done)))

#endif
