/* Hard-wrapped lines. Two shapes: lines of one length to the character, cut blind (mail, PDF, consoles), and lines of
 * about one width. Whether a text is wrapped at all is judged on the whole: most of its longer lines end without an
 * end of sentence. In a text that is not, nothing is joined.
 */
#include "text/stage.h"

#include <errno.h>

#include "base/utf8.h"

enum { LINE_MIN = 15, SPREAD = 6, PARA_END_MIN = 3 };

typedef struct wrapped {
    uint32_t start, end; /* units, without the line break */
    uint32_t n;
    bool final;          /* ends with an end of sentence */
    bool hard;           /* its line break comes from mark-up */
    bool list;           /* begins like an item, or follows an indent */
} wrapped_t;

static bool is_closing(uint32_t cp)
{
    return cp == 0x201D || cp == 0x2019 || cp == ')' || cp == 0xFF09 || cp == 0x300D || cp == 0x300F || cp == 0x300B;
}

static wrapped_t line_of(const zw_text_tables_t *t, const zw_unit_t *u, size_t start, size_t end, bool hard)
{
    wrapped_t l = { (uint32_t)start, (uint32_t)end, (uint32_t)(end - start), false, hard, false };
    size_t k = end;
    while (k > start && (zw_kind(t, u[k - 1].cp) & (ZW_IS_BLANK | ZW_IS_NOTHING) || is_closing(u[k - 1].cp)))
        k--;
    l.final = k > start && zw_is_final(u[k - 1].cp);
    /* An indent of two Chinese blanks opens a paragraph. */
    l.list = end - start >= 2 && zw_kind(t, u[start].cp) & ZW_IS_BLANK && zw_kind(t, u[start + 1].cp) & ZW_IS_BLANK;
    uint32_t first = end > start ? u[start].cp : 0;
    l.list |= first == '-' || first == '*' || first == 0x25CF || first == 0x25A0 || first == 0x25C6;
    return l;
}

/* Whether lines of one length to the character follow each other more often than chance would have it. */
static bool is_blind(const wrapped_t *l, size_t n)
{
    size_t same = 0, open = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        if (l[i].n < LINE_MIN || l[i].hard)
            continue;
        if (!l[i].final)
            open++;
        if (!l[i].final && l[i + 1].n <= l[i].n && (l[i + 1].n == l[i].n || l[i + 1].final))
            same++;
    }
    return open >= 3 && same * 4 >= open * 3;
}

static bool is_loose(const wrapped_t *l, size_t n)
{
    size_t open = 0, longer = 0;
    uint32_t widest = 0;
    for (size_t i = 0; i < n; i++)
        widest = l[i].n > widest ? l[i].n : widest;
    for (size_t i = 0; i + 1 < n; i++) {
        if (l[i].n < LINE_MIN || l[i].hard)
            continue;
        longer++;
        open += !l[i].final;
    }
    return widest <= 120 && open >= 4 && open * 2 > longer;
}

/* The shortest length that two neighbouring lines share: what is much shorter is a heading, not a full line. */
static uint32_t shortest_full(const wrapped_t *l, size_t n)
{
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i + 1 < n; i++)
        if (!l[i].final && l[i].n >= LINE_MIN && l[i].n == l[i + 1].n && l[i].n < least)
            least = l[i].n;
    return least == UINT32_MAX ? LINE_MIN : least - least / 5;
}

/* For blind cuts: whether line i goes on in line i + 1. `width` is that of the paragraph so far, 0 at its first line. */
static bool goes_on_blind(const wrapped_t *l, size_t n, size_t i, uint32_t width, uint32_t full)
{
    const wrapped_t *a = &l[i], *b = &l[i + 1];
    if (a->hard || b->n == 0 || a->n == 0 || (width == 0 && a->n < full))
        return false;
    if (width && a->n < width)
        return false;
    if (b->n > a->n)
        return false; /* the next line would not have been so long */
    if (!a->final)
        return true;
    /* A full line that happens to end a sentence: it goes on if what follows has its length, or can only be a rest. */
    if (b->n == a->n)
        return true;
    bool next_opens = i + 2 < n && !b->final && l[i + 2].n == b->n;
    return width != 0 && !next_opens && b->final;
}

static bool goes_on_loose(const wrapped_t *l, size_t i, uint32_t width)
{
    const wrapped_t *a = &l[i], *b = &l[i + 1];
    if (a->hard || a->n == 0 || b->n == 0 || b->list)
        return false;
    if (!a->final)
        return a->n + SPREAD >= width || a->n >= LINE_MIN;
    return a->n + 1 >= width && b->n > 0 && !b->list && a->n > LINE_MIN && width == a->n && b->n <= PARA_END_MIN;
}

static uint32_t common_width(const wrapped_t *l, size_t n)
{
    uint32_t counts[128] = { 0 }, best = 0;
    for (size_t i = 0; i < n; i++)
        if (l[i].n < 128 && l[i].n >= LINE_MIN && !l[i].final)
            counts[l[i].n]++;
    for (uint32_t k = 0; k < 128; k++)
        best = counts[k] > counts[best] ? k : best;
    return best;
}

int zw_wrap_join(zw_repair_t *r)
{
    const zw_text_tables_t *t = r->tables;
    zw_unit_t *u = r->text.u;
    size_t n = r->text.n, count = 1;
    for (size_t i = 0; i < n; i++)
        count += u[i].cp == '\n';
    if (count < 4)
        return 0;
    wrapped_t *l = zw_arena_alloc(r->arena, count * sizeof *l);
    if (!l)
        return -ENOMEM;
    size_t lines = 0;
    for (size_t start = 0; start <= n;) {
        size_t end = start;
        while (end < n && u[end].cp != '\n')
            end++;
        l[lines++] = line_of(t, u, start, end, end < n && u[end].flags & ZW_UNIT_PARA);
        start = end + 1;
    }
    bool blind = is_blind(l, lines), loose = !blind && is_loose(l, lines);
    if (!blind && !loose)
        return 0;
    uint32_t width = 0, usual = common_width(l, lines), full = shortest_full(l, lines);
    size_t w = 0;
    for (size_t i = 0; i < lines; i++) {
        memmove(u + w, u + l[i].start, l[i].n * sizeof *u);
        w += l[i].n;
        if (i + 1 == lines)
            break;
        bool on = blind ? goes_on_blind(l, lines, i, width, full) : goes_on_loose(l, i, usual);
        width = on ? l[i].n : 0;
        if (!on) {
            u[w++] = u[l[i].end];
            continue;
        }
        zw_note_units(r, ZW_REPAIR_WRAP, u + l[i].end, 1, NULL, 0);
        /* Cut blind, a word is cut too; else a line break between Latin words was their blank. */
        bool words = !blind && w > 0 && l[i + 1].n && zw_is_letter(u[w - 1].cp) && zw_is_letter(u[l[i + 1].start].cp);
        if (words) {
            u[w] = u[l[i].end];
            u[w++].cp = ' ';
        }
    }
    r->text.n = w;
    return 0;
}
