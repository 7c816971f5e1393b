/* packed: numbers (LEB128, seven bits a byte) and strings (length, bytes) one behind the other. Pure.
 *
 * Writing is sticky in the buffer; reading is in `bad`, after which all that is read is 0 or empty.
 */
#ifndef ZW_PACKED_H
#define ZW_PACKED_H

#include "zw_buf.h"

static inline void zw_put_number(zw_buf_t *out, uint64_t v)
{
    while (v >= 0x80) {
        (void)zw_buf_putc(out, (char)(v | 0x80));
        v >>= 7;
    }
    (void)zw_buf_putc(out, (char)v);
}

static inline void zw_put_string(zw_buf_t *out, zw_str_t s)
{
    zw_put_number(out, s.n);
    (void)zw_buf_puts(out, s);
}

typedef struct zw_unpack {
    const unsigned char *p, *end;
    bool bad;
} zw_unpack_t;

static inline zw_unpack_t zw_unpack(zw_str_t bytes)
{
    return (zw_unpack_t){ (const unsigned char *)bytes.p, (const unsigned char *)bytes.p + bytes.n, false };
}

static inline unsigned zw_get_byte(zw_unpack_t *r)
{
    if (!r->bad && r->p < r->end)
        return *r->p++;
    r->bad = true;
    return 0;
}

static inline uint64_t zw_get_number(zw_unpack_t *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        unsigned b = zw_get_byte(r);
        v |= (uint64_t)(b & 0x7F) << shift;
        if (!(b & 0x80))
            return v;
    }
    r->bad = true;
    return 0;
}

static inline zw_str_t zw_get_bytes(zw_unpack_t *r, uint64_t n)
{
    if (r->bad || n > (uint64_t)(r->end - r->p)) {
        r->bad = true;
        return (zw_str_t){ 0 };
    }
    zw_str_t s = { (const char *)r->p, n };
    r->p += n;
    return s;
}

static inline zw_str_t zw_get_string(zw_unpack_t *r)
{
    return zw_get_bytes(r, zw_get_number(r));
}

#endif
