/* mention_chars: a run of text as characters, for grammars that look at single characters. Internal to extract. */
#ifndef ZW_EXTRACT_MENTION_CHARS_H
#define ZW_EXTRACT_MENTION_CHARS_H

#include "base/utf8.h"

typedef struct zw_chars {
    const uint32_t *cp;
    uint32_t n;
} zw_chars_t;

/* The character at `i`, 0 outside. */
static inline uint32_t zw_char(const zw_chars_t *s, uint32_t i)
{
    return i < s->n ? s->cp[i] : 0;
}

/* Whether `literal` can begin with `cp`: rules out nearly all without decoding. */
static inline bool zw_literal_may_begin(const char *literal, uint32_t cp)
{
    if (cp < 0x800 || cp > 0xFFFF)
        return true;
    return (unsigned char)literal[0] == (0xE0 | cp >> 12) && (unsigned char)literal[1] == (0x80 | (cp >> 6 & 63)) &&
           (unsigned char)literal[2] == (0x80 | (cp & 63));
}

/* The number of characters of `literal` when it stands at `i`, else 0. */
static inline uint32_t zw_chars_at(const zw_chars_t *s, uint32_t i, const char *literal)
{
    uint32_t k = i, cp;
    if (!zw_literal_may_begin(literal, zw_char(s, i)))
        return 0;
    for (const char *p = literal; *p; k++) {
        p += zw_utf8_decode(p, p + 4, &cp); /* a literal is valid UTF-8: no character of it reaches over its NUL */
        if (zw_char(s, k) != cp)
            return 0;
    }
    return k - i;
}

/* The longest of `count` literals that stands at `i`; its index goes to ret_index (may be NULL). */
uint32_t zw_chars_any(const zw_chars_t *s, uint32_t i, const char *const *literals, size_t count, size_t *ret_index);
#define ZW_CHARS_ANY(s, i, literals, ret_index) \
    zw_chars_any(s, i, literals, sizeof(literals) / sizeof(*(literals)), ret_index)

/* The first `max` characters of `s` into cps[max], and into at[max + 1] the byte at which each starts; at[n] is where the
 * last one ends. Returns n. */
uint32_t zw_chars_cut(zw_str_t s, uint32_t max, uint32_t *cps, uint32_t *at);

/* Whether `literal` of `n` bytes can end with `cp`: the same at its other end. */
static inline bool zw_literal_may_end(const char *literal, size_t n, uint32_t cp)
{
    if (cp < 0x800 || cp > 0xFFFF)
        return true;
    return n >= 3 && (unsigned char)literal[n - 1] == (0x80 | (cp & 63)) &&
           (unsigned char)literal[n - 2] == (0x80 | (cp >> 6 & 63)) && (unsigned char)literal[n - 3] == (0xE0 | cp >> 12);
}

/* The number of characters of `literal`, of `n` bytes, when it ends before `i`, else 0. */
uint32_t zw_chars_end(const zw_chars_t *s, uint32_t i, const char *literal, size_t n);

/* The same; the length is known when compiling where the literal is. */
static inline uint32_t zw_chars_before(const zw_chars_t *s, uint32_t i, const char *literal)
{
    size_t n = strlen(literal);
    return i > 0 && zw_literal_may_end(literal, n, s->cp[i - 1]) ? zw_chars_end(s, i, literal, n) : 0;
}

static inline bool zw_is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

static inline bool zw_is_ascii_alnum(uint32_t cp)
{
    return zw_is_digit(cp) || (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z');
}

/* - ~ – — ～ － ： how a range is written; 至 and 到 are not among them. */
bool zw_is_dash(uint32_t cp);

/* A whole number of at most four digits, or of Chinese numerals up to 99 (positional or with 十). Returns the
 * characters used, 0 for none. */
uint32_t zw_small_number(const zw_chars_t *s, uint32_t i, int *ret);

#endif
