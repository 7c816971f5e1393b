#include "zw_mp.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_DEPTH = 64 };

static void put_string(zw_str_t s, zw_buf_t *out)
{
    (void)zw_buf_putc(out, '"');
    size_t done = 0;
    for (size_t k = 0; k < s.n; k++) {
        unsigned char c = (unsigned char)s.p[k];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        (void)zw_buf_put(out, s.p + done, k - done);
        done = k + 1;
        if (c == '"' || c == '\\')
            (void)zw_buf_printf(out, "\\%c", c);
        else if (c == '\n')
            (void)zw_buf_put(out, "\\n", 2);
        else if (c == '\t')
            (void)zw_buf_put(out, "\\t", 2);
        else if (c == '\r')
            (void)zw_buf_put(out, "\\r", 2);
        else
            (void)zw_buf_printf(out, "\\u%04x", c);
    }
    (void)zw_buf_put(out, s.p + done, s.n - done);
    (void)zw_buf_putc(out, '"');
}

static void put_base64(zw_str_t s, zw_buf_t *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)s.p;
    (void)zw_buf_putc(out, '"');
    for (size_t k = 0; k < s.n; k += 3) {
        size_t left = s.n - k;
        uint32_t v = (uint32_t)p[k] << 16 | (left > 1 ? (uint32_t)p[k + 1] << 8 : 0) | (left > 2 ? p[k + 2] : 0);
        char four[4] = { digits[v >> 18], digits[v >> 12 & 63], left > 1 ? digits[v >> 6 & 63] : '=',
                         left > 2 ? digits[v & 63] : '=' };
        (void)zw_buf_put(out, four, 4);
    }
    (void)zw_buf_putc(out, '"');
}

static void put_double(double d, zw_buf_t *out)
{
    char text[40];
    if (!isfinite(d)) {
        (void)zw_buf_put(out, "null", 4); /* JSON has no word for it */
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, d);
        if (strtod(text, NULL) == d)
            break;
    }
    /* The decimal point of the caller's locale, whatever it is, becomes JSON's. */
    for (char *c = text; *c; c++)
        if (!strchr("0123456789+-e", *c))
            *c = '.';
    (void)zw_buf_puts(out, zw_strz(text));
}

static int put_object(zw_str_t *in, unsigned depth, zw_buf_t *out);

static int put_key(zw_str_t *in, zw_buf_t *out)
{
    zw_tok_t tok;
    if (zw_tok_next(in, &tok) < 0)
        return -ZW_E_MALFORMED;
    switch (tok.kind) {
    case ZW_TOK_STR:
        if (!zw_wire_utf8(tok.bytes))
            return -ZW_E_MALFORMED;
        put_string(tok.bytes, out);
        return 0;
    case ZW_TOK_UINT:
        return zw_buf_printf(out, "\"%" PRIu64 "\"", tok.u);
    case ZW_TOK_INT:
        return zw_buf_printf(out, "\"%" PRId64 "\"", tok.i);
    default:
        return -ZW_E_MALFORMED;
    }
}

static int put_children(zw_str_t *in, const zw_tok_t *tok, unsigned depth, zw_buf_t *out)
{
    bool map = tok->kind == ZW_TOK_MAP;
    if (depth >= MAX_DEPTH)
        return -ZW_E_MALFORMED;
    (void)zw_buf_putc(out, map ? '{' : '[');
    for (uint32_t k = 0; k < tok->count; k++) {
        if (k > 0)
            (void)zw_buf_putc(out, ',');
        int r = 0;
        if (map) {
            r = put_key(in, out);
            (void)zw_buf_putc(out, ':');
        }
        if (r == 0)
            r = put_object(in, depth + 1, out);
        if (r < 0)
            return r;
    }
    return zw_buf_putc(out, map ? '}' : ']');
}

static int put_object(zw_str_t *in, unsigned depth, zw_buf_t *out)
{
    zw_tok_t tok;
    if (zw_tok_next(in, &tok) < 0)
        return -ZW_E_MALFORMED;
    switch (tok.kind) {
    case ZW_TOK_NIL:
        return zw_buf_put(out, "null", 4);
    case ZW_TOK_BOOL:
        return zw_buf_puts(out, zw_strz(tok.flag ? "true" : "false"));
    case ZW_TOK_UINT:
        return zw_buf_printf(out, "%" PRIu64, tok.u);
    case ZW_TOK_INT:
        return zw_buf_printf(out, "%" PRId64, tok.i);
    case ZW_TOK_DOUBLE:
        put_double(tok.d, out);
        break;
    case ZW_TOK_STR:
        if (!zw_wire_utf8(tok.bytes))
            return -ZW_E_MALFORMED;
        put_string(tok.bytes, out);
        break;
    case ZW_TOK_BIN:
        put_base64(tok.bytes, out);
        break;
    case ZW_TOK_EXT:
        (void)zw_buf_printf(out, "{\"ext\":%d,\"data\":", tok.ext);
        put_base64(tok.bytes, out);
        return zw_buf_putc(out, '}');
    case ZW_TOK_ARRAY:
    case ZW_TOK_MAP:
        return put_children(in, &tok, depth, out);
    }
    return out->failed ? -ENOMEM : 0;
}

int zw_mp_to_json(zw_str_t object, zw_buf_t *out)
{
    zw_str_t rest = object;
    int r = put_object(&rest, 0, out);
    if (r < 0)
        return r;
    if (rest.n > 0)
        return -ZW_E_MALFORMED;
    return out->failed ? -ENOMEM : 0;
}
