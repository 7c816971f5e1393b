#include "zw_mp.h"

#include <msgpack.h>

/* ---- writing: MessagePack-c's packer over a zw_buf_t */

static int put(void *out, const char *bytes, size_t n)
{
    return zw_buf_put(out, bytes, n);
}

static msgpack_packer packer(zw_buf_t *out)
{
    msgpack_packer pk;
    msgpack_packer_init(&pk, out, put);
    return pk;
}

/* A failed write is sticky in the buffer, so the packer's own result need not be looked at. */
#define ZW_PACK(out, call, ...) \
    do { \
        msgpack_packer pk_ = packer(out); \
        (void)call(&pk_, ##__VA_ARGS__); \
    } while (0)

void zw_mp_map(zw_buf_t *out, uint32_t pairs)
{
    ZW_PACK(out, msgpack_pack_map, pairs);
}

void zw_mp_array(zw_buf_t *out, uint32_t items)
{
    ZW_PACK(out, msgpack_pack_array, items);
}

void zw_mp_str(zw_buf_t *out, zw_str_t s)
{
    ZW_PACK(out, msgpack_pack_str, s.n);
    (void)zw_buf_puts(out, s);
}

void zw_mp_bin(zw_buf_t *out, zw_str_t s)
{
    ZW_PACK(out, msgpack_pack_bin, s.n);
    (void)zw_buf_puts(out, s);
}

void zw_mp_uint(zw_buf_t *out, uint64_t v)
{
    ZW_PACK(out, msgpack_pack_uint64, v);
}

void zw_mp_int(zw_buf_t *out, int64_t v)
{
    ZW_PACK(out, msgpack_pack_int64, v);
}

void zw_mp_double(zw_buf_t *out, double v)
{
    ZW_PACK(out, msgpack_pack_double, v);
}

void zw_mp_bool(zw_buf_t *out, bool v)
{
    if (v)
        ZW_PACK(out, msgpack_pack_true);
    else
        ZW_PACK(out, msgpack_pack_false);
}

void zw_mp_nil(zw_buf_t *out)
{
    ZW_PACK(out, msgpack_pack_nil);
}

zw_str_t zw_req_uint(uint64_t req, char *space)
{
    zw_buf_t b = { .p = space, .cap = 9 }; /* the longest integer: never grows */
    zw_mp_uint(&b, req);
    return zw_buf_str(&b);
}

/* ---- reading token by token */

static uint64_t big_endian(const unsigned char *p, unsigned n)
{
    uint64_t v = 0;
    for (unsigned k = 0; k < n; k++)
        v = v << 8 | p[k];
    return v;
}

static void set_int(zw_tok_t *tok, int64_t v)
{
    if (v >= 0) {
        tok->kind = ZW_TOK_UINT;
        tok->u = (uint64_t)v;
    } else {
        tok->kind = ZW_TOK_INT;
        tok->i = v;
    }
}

static void set_float(zw_tok_t *tok, uint64_t bits, unsigned size)
{
    tok->kind = ZW_TOK_DOUBLE;
    if (size == 4) {
        uint32_t half = (uint32_t)bits;
        float f;
        memcpy(&f, &half, sizeof f);
        tok->d = (double)f;
    } else {
        memcpy(&tok->d, &bits, sizeof tok->d);
    }
}

/* What follows a first byte of 0xc0..0xdf: how many bytes of number, and what the number is. */
static const struct {
    unsigned char size;
    enum { H_NIL, H_BAD, H_FALSE, H_TRUE, H_BIN, H_EXT, H_FLOAT, H_UINT, H_INT, H_FIXEXT, H_STR, H_ARRAY, H_MAP } what;
} heads[32] = {
    { 0, H_NIL }, { 0, H_BAD }, { 0, H_FALSE }, { 0, H_TRUE }, { 1, H_BIN }, { 2, H_BIN }, { 4, H_BIN },
    { 1, H_EXT }, { 2, H_EXT }, { 4, H_EXT }, { 4, H_FLOAT }, { 8, H_FLOAT }, { 1, H_UINT }, { 2, H_UINT },
    { 4, H_UINT }, { 8, H_UINT }, { 1, H_INT }, { 2, H_INT }, { 4, H_INT }, { 8, H_INT }, { 0, H_FIXEXT },
    { 0, H_FIXEXT }, { 0, H_FIXEXT }, { 0, H_FIXEXT }, { 0, H_FIXEXT }, { 1, H_STR }, { 2, H_STR }, { 4, H_STR },
    { 2, H_ARRAY }, { 4, H_ARRAY }, { 2, H_MAP }, { 4, H_MAP },
};

static int take_bytes(zw_tok_t *tok, zw_tok_kind_t kind, zw_str_t *in, uint64_t n)
{
    if (in->n < n)
        return -ZW_E_MALFORMED;
    tok->kind = kind;
    tok->bytes = zw_str(in->p, (size_t)n);
    in->p += n;
    in->n -= (size_t)n;
    return 0;
}

static int take_ext(zw_tok_t *tok, zw_str_t *in, uint64_t n)
{
    if (in->n < 1)
        return -ZW_E_MALFORMED;
    tok->ext = (int8_t)in->p[0];
    in->p++;
    in->n--;
    return take_bytes(tok, ZW_TOK_EXT, in, n);
}

static void set_container(zw_tok_t *tok, zw_tok_kind_t kind, uint64_t count)
{
    tok->kind = kind;
    tok->count = (uint32_t)count;
}

static int take_headed(zw_tok_t *tok, zw_str_t *in, unsigned char first)
{
    unsigned size = heads[first - 0xc0].size;
    if (in->n < size)
        return -ZW_E_MALFORMED;
    uint64_t v = big_endian((const unsigned char *)in->p, size);
    in->p += size;
    in->n -= size;
    switch (heads[first - 0xc0].what) {
    case H_BAD:
        return -ZW_E_MALFORMED;
    case H_NIL:
        tok->kind = ZW_TOK_NIL;
        return 0;
    case H_FALSE:
    case H_TRUE:
        tok->kind = ZW_TOK_BOOL;
        tok->flag = first == 0xc3;
        return 0;
    case H_BIN:
        return take_bytes(tok, ZW_TOK_BIN, in, v);
    case H_STR:
        return take_bytes(tok, ZW_TOK_STR, in, v);
    case H_EXT:
        return take_ext(tok, in, v);
    case H_FIXEXT:
        return take_ext(tok, in, 1u << (first - 0xd4));
    case H_FLOAT:
        set_float(tok, v, size);
        return 0;
    case H_UINT:
        tok->kind = ZW_TOK_UINT;
        tok->u = v;
        return 0;
    case H_INT:
        set_int(tok, (int64_t)(v << (64 - 8 * size)) >> (64 - 8 * size));
        return 0;
    case H_ARRAY:
        set_container(tok, ZW_TOK_ARRAY, v);
        return 0;
    case H_MAP:
        set_container(tok, ZW_TOK_MAP, v);
        return 0;
    }
    return -ZW_E_MALFORMED;
}

int zw_tok_next(zw_str_t *in, zw_tok_t *ret)
{
    if (in->n == 0)
        return -ZW_E_MALFORMED;
    unsigned char first = (unsigned char)in->p[0];
    zw_str_t rest = zw_str(in->p + 1, in->n - 1);
    zw_tok_t tok = { 0 };
    int r = 0;
    if (first < 0x80)
        set_int(&tok, first);
    else if (first < 0x90)
        set_container(&tok, ZW_TOK_MAP, first & 15);
    else if (first < 0xa0)
        set_container(&tok, ZW_TOK_ARRAY, first & 15);
    else if (first < 0xc0)
        r = take_bytes(&tok, ZW_TOK_STR, &rest, first & 31);
    else if (first >= 0xe0)
        set_int(&tok, (int8_t)first);
    else
        r = take_headed(&tok, &rest, first);
    if (r < 0)
        return r;
    *in = rest;
    *ret = tok;
    return 0;
}

int zw_tok_skip(zw_str_t *in, zw_str_t *ret_raw)
{
    zw_str_t rest = *in;
    uint64_t pending = 1; /* objects still to come; each takes a byte at least */
    while (pending > 0) {
        zw_tok_t tok;
        if (pending > rest.n || zw_tok_next(&rest, &tok) < 0)
            return -ZW_E_MALFORMED;
        pending--;
        if (tok.kind == ZW_TOK_ARRAY)
            pending += tok.count;
        else if (tok.kind == ZW_TOK_MAP)
            pending += 2 * (uint64_t)tok.count;
    }
    *ret_raw = zw_str(in->p, in->n - rest.n);
    *in = rest;
    return 0;
}

/* ---- UTF-8 */

static unsigned utf8_length(const unsigned char *s, size_t left)
{
    if (s[0] < 0xC2 || s[0] > 0xF4)
        return 0;
    unsigned n = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (left < n)
        return 0;
    for (unsigned k = 1; k < n; k++)
        if ((s[k] & 0xC0) != 0x80)
            return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF0 && s[1] < 0x90) ||
        (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return n;
}

bool zw_wire_utf8(zw_str_t s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t at = 0;
    while (at < s.n) {
        if (p[at] < 0x80) {
            at++;
            continue;
        }
        unsigned n = utf8_length(p + at, s.n - at);
        if (n == 0)
            return false;
        at += n;
    }
    return true;
}
