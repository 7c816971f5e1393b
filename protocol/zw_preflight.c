#include "zw_fields.h"
#include "zw_mp.h"

#include <stdarg.h>
#include <stdio.h>

const zw_wire_limits_t ZW_WIRE_DEFAULTS = {
    .message_bytes = (4u << 20) + (64u << 10),
    .body_bytes = 4u << 20,
    .string_bytes = 4096,
    .depth = 8,
    .elements = 4096,
};

/* However a caller sets `depth`, MessagePack-c's own stack (32) must not be reached. */
enum { MAX_DEPTH = 30 };

int zw_refuse(zw_reject_t *why, int code, const char *field, const char *format, ...)
{
    why->code = code;
    (void)snprintf(why->field, sizeof why->field, "%s", field);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why->message, sizeof why->message, format, args);
    va_end(args);
    return code;
}

typedef struct walk {
    uint64_t left[MAX_DEPTH]; /* objects that each open container still waits for */
    unsigned depth;
    uint64_t pending;         /* their sum */
    uint64_t elements;        /* all declared so far */
} walk_t;

static int enter(walk_t *w, uint64_t count, size_t bytes_left, const zw_wire_limits_t *limits, zw_reject_t *why)
{
    unsigned max_depth = limits->depth < MAX_DEPTH ? limits->depth : MAX_DEPTH;
    if (w->depth >= max_depth)
        return zw_refuse(why, -ZW_E_TOO_DEEP, "", "nested deeper than %u", max_depth);
    w->elements += count;
    w->pending += count;
    if (w->elements > limits->elements)
        return zw_refuse(why, -ZW_E_TOO_MANY, "", "more than %u elements", limits->elements);
    if (w->pending > bytes_left)
        return zw_refuse(why, -ZW_E_TOO_MANY, "", "more elements declared than bytes sent");
    w->left[w->depth++] = count;
    return 0;
}

int zw_preflight(zw_str_t bytes, const zw_wire_limits_t *limits, zw_reject_t *ret_why)
{
    if (bytes.n > limits->message_bytes)
        return zw_refuse(ret_why, -ZW_E_TOO_LARGE, "", "message of %zu bytes, the limit is %zu", bytes.n,
                         limits->message_bytes);
    walk_t w = { 0 };
    zw_str_t rest = bytes;
    do {
        zw_tok_t tok;
        if (zw_tok_next(&rest, &tok) < 0)
            return zw_refuse(ret_why, -ZW_E_MALFORMED, "", bytes.n ? "not MessagePack, or cut off, at byte %zu" : "empty message",
                             bytes.n - rest.n);
        if (w.depth > 0) {
            w.left[w.depth - 1]--;
            w.pending--;
        }
        if (tok.kind == ZW_TOK_ARRAY || tok.kind == ZW_TOK_MAP) {
            uint64_t count = tok.kind == ZW_TOK_MAP ? 2 * (uint64_t)tok.count : tok.count;
            int r = enter(&w, count, rest.n, limits, ret_why);
            if (r < 0)
                return r;
        }
        while (w.depth > 0 && w.left[w.depth - 1] == 0)
            w.depth--;
    } while (w.depth > 0);
    if (rest.n > 0)
        return zw_refuse(ret_why, -ZW_E_MALFORMED, "", "%zu bytes behind the object", rest.n);
    return 0;
}
