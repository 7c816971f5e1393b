/* utf8: code points in and out of bytes, and what kind of character one is. Pure functions, any thread. */
#ifndef ZW_UTF8_H
#define ZW_UTF8_H

#include "zw_str.h"

/* Decodes the code point at p (p < end). Returns its length in bytes (1-4) and sets *ret_cp; an invalid sequence
 * gives length 1 and *ret_cp = 0xFFFD. Overlong forms, surrogates and values over 0x10FFFF are invalid. */
static inline unsigned zw_utf8_decode(const char *p, const char *end, uint32_t *ret_cp)
{
    const unsigned char *s = (const unsigned char *)p;
    size_t left = (size_t)(end - p);
    if (s[0] < 0x80) {
        *ret_cp = s[0];
        return 1;
    }
    if (s[0] >= 0xE0 && s[0] < 0xF0 && left >= 3 && (s[1] & 0xC0) == 0x80 && (s[2] & 0xC0) == 0x80) {
        uint32_t cp = (uint32_t)(s[0] & 15) << 12 | (uint32_t)(s[1] & 63) << 6 | (s[2] & 63);
        if (cp >= 0x800 && (cp < 0xD800 || cp > 0xDFFF)) {
            *ret_cp = cp;
            return 3;
        }
    } else if (s[0] >= 0xC2 && s[0] < 0xE0 && left >= 2 && (s[1] & 0xC0) == 0x80) {
        *ret_cp = (uint32_t)(s[0] & 31) << 6 | (s[1] & 63);
        return 2;
    } else if (s[0] >= 0xF0 && s[0] < 0xF5 && left >= 4 && (s[1] & 0xC0) == 0x80 && (s[2] & 0xC0) == 0x80 &&
               (s[3] & 0xC0) == 0x80) {
        uint32_t cp = (uint32_t)(s[0] & 7) << 18 | (uint32_t)(s[1] & 63) << 12 | (uint32_t)(s[2] & 63) << 6 | (s[3] & 63);
        if (cp >= 0x10000 && cp <= 0x10FFFF) {
            *ret_cp = cp;
            return 4;
        }
    }
    *ret_cp = 0xFFFD;
    return 1;
}

/* Writes cp (<= 0x10FFFF, no surrogate) to out (room for 4). Returns the length. */
static inline unsigned zw_utf8_encode(uint32_t cp, char *out)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 63));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 63));
        out[2] = (char)(0x80 | (cp & 63));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 63));
    out[2] = (char)(0x80 | (cp >> 6 & 63));
    out[3] = (char)(0x80 | (cp & 63));
    return 4;
}

/* The start of the code point that ends right before p (begin < p), in valid UTF-8. */
static inline const char *zw_utf8_back(const char *p, const char *begin)
{
    do
        p--;
    while (p > begin && ((unsigned char)*p & 0xC0) == 0x80);
    return p;
}

static inline bool zw_is_han(uint32_t cp)
{
    return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF) || (cp >= 0x20000 && cp <= 0x323AF) ||
           (cp >= 0xF900 && cp <= 0xFAFF) || cp == 0x3007;
}

/* What begins an item of a list: geometric shapes, stars, ※, •. Not '-', '*' and '·', which mean other things, too. */
static inline bool zw_is_list_mark(uint32_t cp)
{
    return (cp >= 0x25A0 && cp <= 0x25FF) || cp == 0x2605 || cp == 0x2606 || cp == 0x203B || cp == 0x2022;
}

/* The value of the Chinese numerals 〇一…九, 零 and 两; -1 for other characters. */
int zw_han_digit(uint32_t cp);

/* True when all of `s` is valid UTF-8; else *ret_at (may be NULL) is the offset of the first bad byte. */
bool zw_utf8_valid(zw_str_t s, size_t *ret_at);

#endif
