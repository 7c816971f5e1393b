/* Characters: blanks and zero-width marks, normal forms, and the one canonical punctuation.
 *
 * Canonical is what most of the corpus prints: figures, letters and , : ; ( ) ! ? % in half width, 。、《》“” as they
 * are. NFKC is applied where it does no harm; make_tables.py lists what is left alone and why.
 */
#include "text/stage.h"

#include <errno.h>

#include "base/utf8.h"

/* Marks that Chinese shares with other scripts: a blank between two of them is none. */
static bool is_shared_mark(uint32_t cp)
{
    return (cp >= 0x2018 && cp <= 0x201D) || cp == 0xB7 || cp == 0x2014 || cp == 0x2026;
}

/* Punctuation in half width, which Chinese has without a blank behind it. */
static bool is_clause_mark(uint32_t cp)
{
    return cp == ',' || cp == ':' || cp == ';' || cp == '!' || cp == '?' || cp == ')';
}

/* Zero-width characters go, and blanks that touch a Chinese character; other runs of blanks become one. U+3000 stays
 * in the first pass (`wide` false): two bytes of torn characters can look like one. */
static void blanks(zw_repair_t *r, bool wide)
{
    const zw_text_tables_t *t = r->tables;
    zw_unit_t *u = r->text.u;
    size_t n = r->text.n, w = 0, removed = 0;
    for (size_t i = 0; i < n;) {
        size_t start = i, keep = n;
        while (i < n && !(zw_kind(t, u[i].cp) & (ZW_IS_BLANK | ZW_IS_NOTHING)))
            i++;
        if (w != start)
            memmove(u + w, u + start, (i - start) * sizeof *u);
        w += i - start;
        bool structural = false;
        for (start = i; i < n && zw_kind(t, u[i].cp) & (ZW_IS_BLANK | ZW_IS_NOTHING); i++) {
            if (!wide && (u[i].cp == 0x3000 || u[i].cp == 0x80))
                break;
            if (zw_kind(t, u[i].cp) & ZW_IS_BLANK && keep == n)
                keep = i;
            if (u[i].flags & ZW_UNIT_KEEP) {
                keep = i;
                structural = true;
            }
        }
        if (i == start) {
            if (i < n)
                u[w++] = u[i++];
            continue;
        }
        uint32_t before = w > 0 ? u[w - 1].cp : '\n', after = i < n ? u[i].cp : '\n';
        bool chinese = (zw_kind(t, before) | zw_kind(t, after)) & ZW_IS_CJK || (is_shared_mark(before) && is_shared_mark(after)) ||
                       (w > 1 && is_clause_mark(before) && (zw_kind(t, u[w - 2].cp) & ZW_IS_CJK || is_shared_mark(u[w - 2].cp)) && !zw_is_letter(after));
        bool edge = before == '\n' || after == '\n';
        if (keep < i && !edge && (structural || !chinese)) {
            zw_unit_t blank = u[keep];
            blank.cp = ' ';
            if (i - start > 1 || u[keep].cp != ' ')
                removed++;
            u[w++] = blank;
            continue;
        }
        if (edge)
            removed++;
        else
            zw_note_units(r, ZW_REPAIR_BLANKS, u + start, i - start, NULL, 0);
    }
    r->counts[ZW_REPAIR_BLANKS] += (uint32_t)removed;
    r->text.n = w;
}

int zw_chars_blanks(zw_repair_t *r)
{
    if (r->seen & (ZW_IS_BLANK | ZW_IS_NOTHING))
        blanks(r, false);
    return 0;
}

static bool has_form(const zw_text_tables_t *t, uint32_t cp)
{
    return cp >= 0x10000 ? cp >= 0x2F800 && cp < 0x2FA20 : (t->kind[cp] & ZW_HAS_FORM) != 0;
}

static const uint32_t *form_row(const zw_text_tables_t *t, uint32_t cp)
{
    if (cp < 0x10000)
        return t->form_of[cp] ? t->forms + 3 * (t->form_of[cp] - 1) : NULL;
    for (size_t low = 0, high = t->form_count; low < high;) {
        size_t mid = (low + high) / 2;
        if (t->forms[3 * mid] == cp)
            return t->forms + 3 * mid;
        if (t->forms[3 * mid] < cp)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* A circle among Chinese figures is a zero (二○一○年), elsewhere a mark. */
static bool is_zero(const zw_unit_t *u, size_t n, size_t i)
{
    static const uint32_t FIGURES[] = { 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D, 0x25CB, 0x3007 };
    for (size_t k = 0; k < sizeof FIGURES / sizeof *FIGURES; k++)
        if ((i > 0 && u[i - 1].cp == FIGURES[k]) || (i + 1 < n && u[i + 1].cp == FIGURES[k] && FIGURES[k] != 0x25CB))
            return true;
    return false;
}

/* How many units the forms of the text need beyond those that they replace. */
static size_t count_extra(const zw_repair_t *r)
{
    const zw_text_tables_t *t = r->tables;
    size_t extra = 0;
    for (size_t i = 0; i < r->text.n; i++) {
        uint32_t cp = r->text.u[i].cp;
        if (cp >= 0x10000 ? has_form(t, cp) : (t->kind[cp] & ZW_HAS_LONG_FORM) != 0) {
            const uint32_t *row = form_row(t, cp);
            extra += row ? row[2] - 1 : 0;
        }
    }
    return extra;
}

static int forms(zw_repair_t *r)
{
    const zw_text_tables_t *t = r->tables;
    zw_unit_t *u = r->text.u, *out = u;
    size_t w = 0, n = r->text.n;
    if (!(r->seen & (ZW_HAS_FORM | ZW_IS_ODD | ZW_SEEN_FAR)))
        return 0;
    size_t extra = r->seen & (ZW_HAS_LONG_FORM | ZW_SEEN_FAR) ? count_extra(r) : 0;
    if (extra) {
        out = zw_arena_alloc(r->arena, (n + extra) * sizeof *out);
        if (!out)
            return -ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        size_t start = i;
        while (i < n && u[i].cp < 0x10000 && !(t->kind[u[i].cp] & (ZW_HAS_FORM | ZW_IS_ODD)))
            i++;
        if (out != u || w != start)
            memmove(out + w, u + start, (i - start) * sizeof *u);
        w += i - start;
        if (i == n)
            break;
        zw_unit_t unit = u[i];
        uint32_t cp = unit.cp, composed;
        const uint32_t *row;
        if (has_form(t, cp) && (row = form_row(t, cp)) != NULL) {
            for (uint32_t k = 0; k < row[2]; k++) {
                zw_unit_t made = unit;
                made.cp = t->form_pool[row[1] + k];
                out[w++] = made;
            }
            /* Commas and brackets have one form in the result; that is no damage worth telling of. */
            if (cp < 0xFF00 || zw_is_digit(cp - 0xFEE0) || zw_is_letter(cp - 0xFEE0))
                zw_note_units(r, ZW_REPAIR_WIDTH, &unit, 1, out + w - row[2], row[2]);
            continue;
        }
        if (cp >= 0x300 && cp < 0x370 && w > 0 && (composed = zw_compose(t, out[w - 1].cp, cp)) != 0) {
            out[w - 1] = zw_unit_join(composed, &out[w - 1], &unit);
            continue;
        }
        if ((cp == 0x25CB || cp == 0x25EF) && is_zero(u, n, i))
            unit.cp = 0x3007;
        out[w++] = unit;
    }
    r->text = (zw_units_t){ out, w };
    return 0;
}

int zw_chars_normalise(zw_repair_t *r)
{
    if (r->seen & (ZW_IS_BLANK | ZW_IS_NOTHING))
        blanks(r, true);
    return forms(r);
}
