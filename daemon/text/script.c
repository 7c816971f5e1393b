/* Script: traditional made simplified, passage by passage.
 *
 * A passage is a line. In one judged traditional the word rules apply, longest first, then each character's own form.
 * Elsewhere only characters that simplified text never uses are changed, so that 乾坤, 名著 and 象徵 of a mixed text
 * stay what they are. The tables are OpenCC's (TSPhrases, TSCharacters) with words_t2s.tsv over them.
 */
#include "text/stage.h"

enum { ZHE = 0x8457, ZHE_SIMPLIFIED = 0x7740 };

typedef struct balance {
    uint32_t trad, simp;
    uint32_t kinds; /* of all its characters */
} balance_t;

/* The next line from u[0] on; *ret_n: its units without the line break. */
static balance_t weigh(const zw_text_tables_t *t, const zw_unit_t *u, size_t n, size_t *ret_n)
{
    balance_t b = { 0, 0, 0 };
    size_t i = 0;
    for (; i < n && u[i].cp != '\n'; i++) {
        uint32_t kind = u[i].cp < 0x10000 ? t->kind[u[i].cp] : ZW_IS_TRAD;
        b.trad += kind & ZW_IS_TRAD;
        b.simp += (kind & (ZW_IS_SIMP | ZW_IS_TRAD)) == ZW_IS_SIMP;
        b.kinds |= kind;
    }
    *ret_n = i;
    return b;
}

static const zw_phrase_t *phrase_at(const zw_text_tables_t *t, const zw_unit_t *u, size_t n)
{
    uint32_t first = u->cp;
    if (first >= 0x10000 || !(t->kind[first] & ZW_HAS_PHRASE))
        return NULL;
    for (size_t i = (size_t)t->phrase_of[first] - 1; i < t->phrase_count && t->phrases[i].from[0] == first; i++) {
        const zw_phrase_t *p = &t->phrases[i];
        size_t k = 1;
        if (p->n > n)
            continue;
        while (k < p->n && u[k].cp == p->from[k])
            k++;
        if (k == p->n)
            return p;
    }
    return NULL;
}

static void put(zw_repair_t *r, zw_unit_t *u, uint32_t cp)
{
    if (u->cp == cp)
        return;
    zw_unit_t before = *u;
    u->cp = cp & 0x1FFFFF;
    zw_note_units(r, ZW_REPAIR_SCRIPT, &before, 1, u, 1);
}

static void simplify_line(zw_repair_t *r, zw_unit_t *u, size_t n, bool trad)
{
    const zw_text_tables_t *t = r->tables;
    for (size_t i = 0; i < n;) {
        uint16_t kind = zw_kind(t, u[i].cp);
        const zw_phrase_t *p = trad && kind & ZW_HAS_PHRASE ? phrase_at(t, u + i, n - i) : NULL;
        if (p) {
            for (uint32_t k = 0; k < p->n; k++)
                put(r, u + i + k, p->to[k]);
            i += p->n;
            continue;
        }
        if (kind & ZW_IS_TRAD || (trad && kind & ZW_IS_AMBIGUOUS) || u[i].cp >= 0x20000)
            put(r, u + i, zw_simplified(t, u[i].cp));
        if (trad && u[i].cp == ZHE)
            put(r, u + i, ZHE_SIMPLIFIED);
        i++;
    }
}

/* Whether most of the text is traditional. */
static bool is_traditional(const zw_text_tables_t *t, const zw_unit_t *u, size_t n)
{
    uint64_t trad = 0, simp = 0;
    for (size_t start = 0, length; start < n; start += length + 1) {
        balance_t b = weigh(t, u + start, n - start, &length);
        trad += b.trad;
        simp += b.simp;
    }
    return trad > simp;
}

int zw_script_simplify(zw_repair_t *r)
{
    const zw_text_tables_t *t = r->tables;
    zw_unit_t *u = r->text.u;
    size_t n = r->text.n;
    int all = -1; /* not known yet */
    if (!(r->seen & (ZW_IS_TRAD | ZW_SEEN_FAR))) /* without one no line is traditional */
        return 0;
    for (size_t start = 0, length; start < n; start += length + 1) {
        balance_t b = weigh(t, u + start, n - start, &length);
        if (b.kinds & (ZW_IS_TRAD | ZW_IS_AMBIGUOUS | ZW_HAS_PHRASE) && b.trad == 0 && b.simp == 0 && all < 0)
            all = is_traditional(t, u, n);
        /* A line without a word for either script is of the script of the whole. */
        bool trad = b.trad + b.simp > 0 ? b.trad > b.simp : all > 0;
        if (b.trad || trad)
            simplify_line(r, u + start, length, trad);
    }
    return 0;
}
