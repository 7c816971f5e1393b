#include "extract/mention_chars.h"

uint32_t zw_chars_whole(const zw_chars_t *s, uint32_t i, const char *literal)
{
    uint32_t k = i, cp;
    for (const char *p = literal; *p; k++) {
        p += zw_utf8_decode(p, p + 4, &cp); /* a literal is valid UTF-8: no character of it reaches over its NUL */
        if (zw_char(s, k) != cp)
            return 0;
    }
    return k - i;
}

uint32_t zw_chars_cut(zw_str_t s, uint32_t max, uint32_t *cps, uint32_t *at)
{
    uint32_t n = 0;
    const char *p = s.p, *end = s.p + s.n;
    for (at[0] = 0; p < end && n < max; n++) {
        p += zw_utf8_decode(p, end, &cps[n]);
        at[n + 1] = (uint32_t)(p - s.p);
    }
    return n;
}

uint32_t zw_chars_end(const zw_chars_t *s, uint32_t i, const char *literal, size_t n)
{
    uint32_t count = 0;
    for (size_t k = 0; k < n; k++)
        count += ((unsigned char)literal[k] & 0xC0) != 0x80;
    return count <= i && zw_chars_at(s, i - count, literal) ? count : 0;
}

bool zw_is_dash(uint32_t cp)
{
    return cp == '-' || cp == '~' || cp == 0x2013 || cp == 0x2014 || cp == 0xFF5E || cp == 0xFF0D || cp == 0x2212 ||
           cp == 0x2500 || cp == 0x301C || cp == 0x2015;
}

uint32_t zw_small_number(const zw_chars_t *s, uint32_t i, int *ret)
{
    uint32_t k = i;
    int v = 0;
    while (k - i < 5 && zw_is_digit(zw_char(s, k)))
        v = v * 10 + (int)(s->cp[k++] - '0');
    if (k > i) {
        *ret = v;
        return k - i <= 4 ? k - i : 0;
    }
    int d = zw_han_digit(zw_char(s, k));
    if (d >= 0)
        k++;
    if (zw_char(s, k) == 0x5341) { /* 十 */
        k++;
        int unit = zw_han_digit(zw_char(s, k));
        v = (d < 0 ? 1 : d) * 10;
        if (unit > 0) {
            v += unit;
            k++;
        }
    } else if (d >= 0) {
        v = d;
    }
    if (k > i)
        *ret = v;
    return k - i;
}
