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

/* The first character of `literal`, which is valid UTF-8, of at most three bytes a character. Where the literal is known when
 * compiling, so is this. */
static inline __attribute__((always_inline)) uint32_t zw_literal_first(const char *literal)
{
    const unsigned char *p = (const unsigned char *)literal;
    if (p[0] < 0x80)
        return p[0];
    if (p[0] < 0xE0)
        return (uint32_t)(p[0] & 31) << 6 | (p[1] & 63);
    return (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
}

/* The number of characters of `literal` when it stands at `i`, else 0. */
uint32_t zw_chars_whole(const zw_chars_t *s, uint32_t i, const char *literal);

/* The same. Nearly always the first character already tells. */
static inline __attribute__((always_inline)) uint32_t zw_chars_at(const zw_chars_t *s, uint32_t i, const char *literal)
{
    return zw_char(s, i) == zw_literal_first(literal) ? zw_chars_whole(s, i, literal) : 0;
}

/* The longest of `count` literals that stands at `i`; its index goes to ret_index (may be NULL). Unrolled, so that of each literal
 * only the comparison with its first character is left. */
static inline __attribute__((always_inline)) uint32_t zw_chars_any(const zw_chars_t *s, uint32_t i, const char *const *literals, size_t count,
                                                                  size_t *ret_index)
{
    uint32_t best = 0, first = zw_char(s, i);
#pragma GCC unroll 128
    for (size_t k = 0; k < count; k++) {
        if (first != zw_literal_first(literals[k]))
            continue;
        uint32_t n = zw_chars_whole(s, i, literals[k]);
        if (n > best) {
            best = n;
            if (ret_index)
                *ret_index = k;
        }
    }
    return best;
}
#define ZW_CHARS_ANY(s, i, literals, ret_index) \
    zw_chars_any(s, i, literals, sizeof(literals) / sizeof(*(literals)), ret_index)

/* The first `max` characters of `s` into cps[max], and into at[max + 1] the byte at which each starts; at[n] is where the
 * last one ends. Returns n. */
uint32_t zw_chars_cut(zw_str_t s, uint32_t max, uint32_t *cps, uint32_t *at);

/* The number of characters of `literal`, of `n` bytes, when it ends before `i`, else 0. */
uint32_t zw_chars_end(const zw_chars_t *s, uint32_t i, const char *literal, size_t n);

/* The same; with a literal that is known when compiling only the comparison with its last character is left of nearly all. */
static inline __attribute__((always_inline)) uint32_t zw_chars_before(const zw_chars_t *s, uint32_t i, const char *literal)
{
    size_t n = strlen(literal), last = n - 1;
    while (last > 0 && ((unsigned char)literal[last] & 0xC0) == 0x80)
        last--;
    return i > 0 && s->cp[i - 1] == zw_literal_first(literal + last) ? zw_chars_end(s, i, literal, n) : 0;
}

/* Whether one of the literals ends before `i`. */
static inline __attribute__((always_inline)) bool zw_chars_any_before(const zw_chars_t *s, uint32_t i, const char *const *literals, size_t count)
{
#pragma GCC unroll 128
    for (size_t k = 0; k < count; k++)
        if (zw_chars_before(s, i, literals[k]))
            return true;
    return false;
}
#define ZW_CHARS_ANY_BEFORE(s, i, literals) zw_chars_any_before(s, i, literals, sizeof(literals) / sizeof(*(literals)))

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
