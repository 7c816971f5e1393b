/* Text that was decoded in the wrong charset and went on as it then looked.
 *
 * Two families. UTF-8 (or GBK) bytes read one by one as Windows-1252 or Latin-1, once or twice: runs of characters of
 * that charset whose bytes are again valid. UTF-8 read as GBK: Han that, written back as GBK, are valid UTF-8. A run
 * is changed only if the bytes are valid and the result is more Chinese, so that French names stay.
 */
#include "text/charset.h"

#include <errno.h>

#include "base/utf8.h"
#include "text/stage.h"

enum { RUN_MIN = 2, ROUNDS_MAX = 3, SAMPLE = 1000 /* Han that tell whether the text reads like Chinese */ };

static bool is_1252_high(uint32_t cp)
{
    return cp >= 0x80 && zw_1252_byte(cp) >= 0x80;
}

/* The character that the bytes of u[0…] make in UTF-8; how many units it takes, 0 if they make none. */
static size_t utf8_of_bytes(const zw_unit_t *u, size_t n, uint32_t *ret)
{
    char bytes[4];
    size_t k = 0;
    while (k < 4 && k < n) {
        int b = u[k].cp < 0x80 ? -1 : zw_1252_byte(u[k].cp);
        /* A no-break space that somebody made an ordinary one: A0 is a frequent byte of Chinese characters. */
        if (b < 0 && k > 0 && u[k].cp == ' ')
            b = 0xA0;
        if (b < 0x80)
            break;
        bytes[k++] = (char)b;
    }
    if (k < 2)
        return 0;
    unsigned len = zw_utf8_decode(bytes, bytes + k, ret);
    return len >= 2 ? len : 0;
}

/* One pass over runs of Windows-1252 characters. *ret_gained: how much more Chinese the text has become. */
static int from_1252(zw_repair_t *r, long *ret_gained)
{
    zw_unit_t *u = r->text.u;
    size_t n = r->text.n, w = 0;
    long gained = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t len = is_1252_high(u[i].cp) ? utf8_of_bytes(u + i, n - i, &cp) : 0;
        if (!len) {
            u[w++] = u[i++];
            continue;
        }
        zw_unit_t made = zw_unit_join(cp, &u[i], &u[i + len - 1]);
        zw_note_units(r, ZW_REPAIR_MOJIBAKE, u + i, len, &made, 1);
        gained++;
        u[w++] = made;
        i += len;
    }
    r->text.n = w;
    *ret_gained = gained;
    return 0;
}

/* What of the text is characters of Windows-1252 that form UTF-8, and what is some that do not (é of a name). */
static void count_1252(const zw_units_t *t, size_t *ret_valid, size_t *ret_han, size_t *ret_stray)
{
    size_t valid = 0, han = 0, stray = 0;
    for (size_t i = 0; i < t->n;) {
        if (t->u[i].cp < 0x80 || !is_1252_high(t->u[i].cp)) {
            i++;
            continue;
        }
        uint32_t cp;
        size_t len = utf8_of_bytes(t->u + i, t->n - i, &cp);
        if (!len) {
            stray += t->u[i].cp != 0xB7 && t->u[i].cp != 0x2014 && (t->u[i].cp < 0x2018 || t->u[i].cp > 0x2026);
            i++;
            continue;
        }
        valid++;
        han += len >= 3;
        i += len;
    }
    *ret_valid = valid;
    *ret_han = han;
    *ret_stray = stray;
}

/* GBK bytes read as Windows-1252: "ÖÊÁ¿". Only where nearly all of the text is so. */
static int gbk_from_1252(zw_repair_t *r)
{
    const zw_text_tables_t *t = r->tables;
    zw_unit_t *u = r->text.u;
    size_t n = r->text.n;
    long before = 0, after = 0;
    size_t pairs = 0, strays = 0;
    for (int pass = 0; pass < 2; pass++) {
        size_t w = 0;
        for (size_t i = 0; i < n;) {
            int a = u[i].cp >= 0x80 ? zw_1252_byte(u[i].cp) : -1, b = i + 1 < n && u[i + 1].cp >= 0x40 ? zw_1252_byte(u[i + 1].cp) : -1;
            if (i + 1 < n && u[i + 1].cp == ' ' && a >= 0x81)
                b = 0xA0;
            uint32_t cp = a >= 0x81 && b >= 0x40 ? zw_gbk_char(t, (unsigned)a, (unsigned)b) : 0;
            if (!cp) {
                strays += pass == 0 && u[i].cp >= 0x80;
                if (pass == 1)
                    u[w] = u[i];
                w++, i++;
                continue;
            }
            if (pass == 0) {
                before += zw_chinese_weight(t, u[i].cp);
                after += zw_chinese_weight(t, cp);
                pairs++;
            } else {
                zw_unit_t made = zw_unit_join(cp, &u[i], &u[i + 1]);
                zw_note_units(r, ZW_REPAIR_MOJIBAKE, u + i, 2, &made, 1);
                u[w] = made;
            }
            w++;
            i += 2;
        }
        if (pass == 0 && (pairs < 4 || strays * 4 > pairs || after < 8 * (long)pairs || after <= before))
            return 0;
        if (pass == 1)
            r->text.n = w;
    }
    return 0;
}

/* The bytes of a character in GBK; how many, 0 if it has none there. */
static size_t gbk_bytes_of(const zw_text_tables_t *t, uint32_t cp, char out[2])
{
    if (cp == 0x20AC) {
        out[0] = (char)0x80;
        return 1;
    }
    uint16_t code = zw_gbk_bytes(t, cp);
    out[0] = (char)(code >> 8);
    out[1] = (char)code;
    return code ? 2 : 0;
}

enum { LOST_BYTE = 0 }; /* stands for a byte that paired with none and was replaced by U+FFFD */

/* One character of a run of GBK bytes taken as UTF-8. A character that has lost a byte is lost (U+FFFD), but those
 * behind it are not. */
static unsigned run_decode(const char *bytes, size_t at, size_t n, uint32_t *ret_cp)
{
    unsigned len = zw_utf8_decode(bytes + at, bytes + n, ret_cp);
    unsigned char lead = (unsigned char)bytes[at];
    if (*ret_cp >= 0x80 && (*ret_cp != 0xFFFD || len > 1))
        return len;
    unsigned need = lead == LOST_BYTE || (lead >= 0xE0 && lead < 0xF0) ? 3 : 1, lost = lead == LOST_BYTE, k = 1;
    for (; k < need && at + k < n; k++) {
        unsigned char c = (unsigned char)bytes[at + k];
        if (c != LOST_BYTE && (c & 0xC0) != 0x80)
            break;
        lost += c == LOST_BYTE;
    }
    *ret_cp = lost || at + k == n ? 0xFFFD : 0;
    return k;
}

/* UTF-8 read as GBK: "璐ㄩ噺" is 质量. A run of characters beyond ASCII must be valid UTF-8 but for a few lost bytes,
 * and read much better. */
static int utf8_from_gbk(zw_repair_t *r)
{
    const zw_text_tables_t *t = r->tables;
    zw_unit_t *u = r->text.u;
    size_t n = r->text.n, w = 0, converted = 0;
    char *bytes = zw_arena_alloc(r->arena, 2 * n + 1);
    uint32_t *from = zw_arena_alloc(r->arena, (2 * n + 1) * sizeof *from);
    zw_unit_t *made = zw_arena_alloc(r->arena, (n + 1) * sizeof *made);
    if (!bytes || !from || !made)
        return -ENOMEM;
    for (size_t i = 0; i < n;) {
        if (u[i].cp < 0x80) {
            u[w++] = u[i++];
            continue;
        }
        size_t end = i, bytes_n = 0, chars = 0, bad = 0, lost = 0;
        long before = 0, after = 0;
        bool all = true;
        for (; end < n && u[end].cp >= 0x80; end++) {
            before += zw_chinese_weight(t, u[end].cp);
            size_t len = gbk_bytes_of(t, u[end].cp, bytes + bytes_n);
            if (u[end].cp == 0xFFFD)
                bytes[bytes_n] = LOST_BYTE, len = 1;
            all &= len > 0;
            for (size_t j = 0; j < len; j++)
                from[bytes_n++] = (uint32_t)end;
        }
        for (size_t k = 0; all && k < bytes_n && chars <= n; chars++) {
            uint32_t cp;
            unsigned len = run_decode(bytes, k, bytes_n, &cp);
            after += cp == 0xFFFD ? 0 : zw_chinese_weight(t, cp);
            bad += cp < 0x80;
            lost += cp == 0xFFFD;
            made[chars] = zw_unit_join(cp, &u[from[k]], k + len == bytes_n ? &u[end - 1] : &u[from[k + len - 1]]);
            k += len;
        }
        bool more = converted > 0; /* where one run was so, a short one is too */
        bool better = after >= 6 * (long)(chars - lost) && lost * 2 <= chars + more && after * (long)(end - i) > before * (long)chars;
        if (!all || bad || (chars < RUN_MIN && !more) || !better) {
            while (i < end)
                u[w++] = u[i++];
            continue;
        }
        zw_note_units(r, ZW_REPAIR_MOJIBAKE, u + i, end - i, made, chars);
        r->counts[ZW_REPAIR_LOST] += (uint32_t)lost;
        converted++;
        memcpy(u + w, made, chars * sizeof *made); /* three bytes a character, two a unit: fewer than before */
        w += chars;
        i = end;
    }
    r->text.n = w;
    return 0;
}

int zw_mojibake_repair(zw_repair_t *r)
{
    const zw_text_tables_t *t = r->tables;
    size_t high = 0, pairs = 0, han = 0, common = 0; /* pairs: of which one could make a character in UTF-8 */
    bool may_be_high = r->seen & ZW_IS_HIGH, before_high = false;
    for (size_t i = 0; i < r->text.n && (may_be_high || han < SAMPLE); i++) {
        uint32_t cp = r->text.u[i].cp;
        uint16_t kind = zw_kind(t, cp);
        bool is_high = false;
        if (kind & ZW_IS_HAN)
            common += ++han <= SAMPLE && kind & ZW_IS_USUAL;
        else if (kind & ZW_IS_HIGH) {
            is_high = is_1252_high(cp);
            high += is_high;
            pairs += before_high && is_high;
        } else
            pairs += before_high && cp == ' ';
        before_high = is_high;
    }
    uint32_t before = r->counts[ZW_REPAIR_MOJIBAKE];
    int e = 0;
    for (int round = 0; pairs > 0 && round < ROUNDS_MAX && e >= 0; round++) {
        size_t valid, valid_han, stray;
        long gained = 0;
        count_1252(&r->text, &valid, &valid_han, &stray);
        /* A chance pair such as Ã© makes no Han; a text with é and no more stays. */
        bool twice = valid > 8 && valid > 4 * stray;
        if (valid_han * 4 < valid && !twice)
            break;
        if (valid == 0 || stray > valid)
            break;
        e = from_1252(r, &gained);
        if (gained == 0)
            break;
    }
    if (e >= 0 && high > 8 && high > 4 * han && r->counts[ZW_REPAIR_MOJIBAKE] == 0)
        e = gbk_from_1252(r);
    if (e >= 0 && han > 4 && common * 4 < (han < SAMPLE ? han : SAMPLE) * 3)
        e = utf8_from_gbk(r);
    if (r->counts[ZW_REPAIR_MOJIBAKE] != before)
        r->seen = (uint32_t)ZW_SEEN_ALL;
    return e;
}
