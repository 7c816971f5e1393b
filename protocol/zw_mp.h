/* zw_mp: MessagePack bytes, token by token. Internal to protocol/.
 *
 * Purpose. The one reader that never allocates: the preflight, the peek at refused messages, raw spans and JSON stand
 * on it. Unpacking proper is MessagePack-c's, and only of what has passed the preflight.
 * Threading: pure functions. Ownership: tokens borrow the bytes.
 */
#ifndef ZW_MP_H
#define ZW_MP_H

#include "zw_wire.h"

typedef enum {
    ZW_TOK_NIL,
    ZW_TOK_BOOL,
    ZW_TOK_UINT,
    ZW_TOK_INT, /* negative */
    ZW_TOK_DOUBLE,
    ZW_TOK_STR,
    ZW_TOK_BIN,
    ZW_TOK_EXT,
    ZW_TOK_ARRAY,
    ZW_TOK_MAP
} zw_tok_kind_t;

typedef struct zw_tok {
    zw_tok_kind_t kind;
    uint32_t count; /* ARRAY: items, MAP: pairs; they follow as tokens of their own */
    int8_t ext;
    bool flag;
    uint64_t u;
    int64_t i;
    double d;
    zw_str_t bytes; /* STR, BIN, EXT */
} zw_tok_t;

/* Takes the next token off the front of *in. 0, or -ZW_E_MALFORMED (bytes end too soon, or 0xc1); then *in is as it was. */
int zw_tok_next(zw_str_t *in, zw_tok_t *ret);

/* Takes one whole object off the front of *in, however deep, in time linear to its bytes. 0 or -ZW_E_MALFORMED. */
int zw_tok_skip(zw_str_t *in, zw_str_t *ret_raw);

/* True when all of `s` is valid UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF). */
bool zw_wire_utf8(zw_str_t s);

#endif
