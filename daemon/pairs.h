/* pairs: key-value pairs of a MessagePack map whose header is written later, counted as they are appended.
 *
 * An absent value (an empty string) writes nothing. Errors are sticky in the buffer. Pure.
 */
#ifndef ZW_PAIRS_H
#define ZW_PAIRS_H

#include "zw_wire.h"

typedef struct zw_pairs_out {
    zw_buf_t *out;
    size_t start; /* where in `out` they begin */
    uint32_t count;
} zw_pairs_out_t;

static inline zw_pairs_out_t zw_pairs_start(zw_buf_t *out)
{
    return (zw_pairs_out_t){ .out = out, .start = out->n };
}

/* The key; the caller appends exactly one value. */
static inline zw_buf_t *zw_pair(zw_pairs_out_t *p, const char *key)
{
    zw_mp_key(p->out, key);
    p->count++;
    return p->out;
}

static inline void zw_pair_str(zw_pairs_out_t *p, const char *key, zw_str_t value)
{
    if (value.n > 0)
        zw_mp_str(zw_pair(p, key), value);
}

static inline void zw_pair_uint(zw_pairs_out_t *p, const char *key, uint64_t value)
{
    zw_mp_uint(zw_pair(p, key), value);
}

#endif
