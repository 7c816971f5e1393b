/* Character references: &#36136; &#x8D28; &nbsp; &amp;ldquo; (escaped twice), also without their semicolon. */
#include "text/stage.h"

#include <errno.h>

#include "text/charset.h"

enum { NAME_MAX_UNITS = 32, TWICE_MAX = 4 };

/* A numeric reference whose '#' is at u[2 - 1]; returns its units, 0 if it is none. */
static size_t numeric(const zw_unit_t *u, size_t n, uint32_t *ret)
{
    size_t i = 2;
    uint32_t value = 0, base = 10;
    if (i < n && (u[i].cp | 32) == 'x')
        base = 16, i++;
    size_t start = i;
    for (; i < n && i - start < 8; i++) {
        uint32_t c = u[i].cp, digit = zw_is_digit(c) ? c - '0' : base == 16 && (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : 99;
        if (digit == 99)
            break;
        value = value * base + digit;
        if (value > 0x10FFFF)
            return 0;
    }
    if (i == start || value == 0 || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *ret = value >= 0x80 && value < 0xA0 ? zw_1252_char((unsigned char)value) : value; /* as browsers do */
    return i < n && u[i].cp == ';' ? i + 1 : i;
}

/* The reference at u[0] == '&': its units, 0 if it is none; writes one or two characters. */
static size_t reference(const zw_text_tables_t *t, const zw_unit_t *u, size_t n, uint32_t ret[2], unsigned *ret_count)
{
    char name[NAME_MAX_UNITS];
    size_t len = 0;
    if (n < 3)
        return 0;
    *ret_count = 1;
    if (u[1].cp == '#')
        return numeric(u, n, ret);
    while (len + 1 < n && len < NAME_MAX_UNITS && (zw_is_letter(u[len + 1].cp) || zw_is_digit(u[len + 1].cp))) {
        name[len] = (char)u[len + 1].cp;
        len++;
    }
    if (len < 2 || len == NAME_MAX_UNITS)
        return 0;
    bool closed = len + 1 < n && u[len + 1].cp == ';';
    /* Without its semicolon only what is written so in earnest: a link's &copy=1 is none. */
    if (!closed && !(len == 4 && memcmp(name, "nbsp", 4) == 0))
        return 0;
    *ret_count = zw_entity_find(t, zw_str(name, len), ret);
    return *ret_count ? len + 1 + closed : 0;
}

int zw_entities_resolve(zw_repair_t *r)
{
    const zw_text_tables_t *t = r->tables;
    zw_unit_t *u = r->text.u;
    size_t n = r->text.n, w = 0, i = 0;
    if (!(r->seen & ZW_SEEN_REFERENCE))
        return 0;
    while (i < n && u[i].cp != '&')
        i++;
    if (i < n)
        r->seen = (uint32_t)ZW_SEEN_ALL;
    for (w = i; i < n;) {
        uint32_t made[2];
        unsigned count = 0;
        size_t len = u[i].cp == '&' ? reference(t, u + i, n - i, made, &count) : 0;
        if (!len) {
            u[w++] = u[i++];
            continue;
        }
        /* &amp;nbsp; was escaped twice: the ampersand goes on as part of the next one. A few times over, no more, so
         * that &amp;amp;amp;… takes linear time. */
        zw_unit_t whole = zw_unit_join(made[0], &u[i], &u[i + len - 1]);
        for (int k = 0; k < TWICE_MAX && count == 1 && made[0] == '&' && i + len < n; k++) {
            zw_unit_t *last = &u[i + len - 1], saved = *last;
            last->cp = '&';
            uint32_t inner[2];
            unsigned inner_count = 0;
            size_t more = reference(t, last, n - (i + len - 1), inner, &inner_count);
            *last = saved;
            if (!more)
                break;
            len += more - 1;
            made[0] = inner[0];
            made[1] = inner[1];
            count = inner_count;
            whole = zw_unit_join(made[0], &u[i], &u[i + len - 1]);
        }
        whole.cp = made[0] & 0x1FFFFF;
        whole.flags = u[i].flags;
        zw_unit_t pair[2] = { whole, whole };
        pair[1].cp = made[1] & 0x1FFFFF;
        zw_note_units(r, ZW_REPAIR_ENTITIES, u + i, len, pair, count);
        i += len;
        u[w++] = pair[0];
        if (count == 2) /* a reference has at least three units, so there is room */
            u[w++] = pair[1];
    }
    r->text.n = w;
    return 0;
}
