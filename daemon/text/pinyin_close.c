/* The characters that can close a pending one, weighed. */
#include "text/pinyin_search.h"

#include "base/utf8.h"

static void keep(zw_candidate_t *list, size_t *n, zw_candidate_t c)
{
    size_t i = *n;
    while (i > 0 && list[i - 1].cost > c.cost)
        i--;
    if (i >= ZW_CANDIDATES)
        return;
    if (*n < ZW_CANDIDATES)
        (*n)++;
    memmove(list + i + 1, list + i, (*n - 1 - i) * sizeof *list);
    list[i] = c;
}

/* Whether `code`, the i-th of GBK, may close the pending character of n, and at what cost. `open`: it is a guess. */
static bool weigh(const zw_pinyin_t *s, const zw_node_t *n, uint32_t i, uint16_t code, bool open, uint16_t syllable, bool loose,
                  zw_candidate_t *ret)
{
    uint32_t cp = s->t->gbk[i];
    if (!cp)
        return false;
    if (syllable != ZW_NO_READING) {
        if (!zw_has_reading(s->t, code >> 8, code & 0xFF, syllable, loose))
            return false;
    } else if (open && !zw_judge_guessable(s, i, false))
        return false;
    ret->code = code;
    ret->cost = zw_judge_cost(s, &n->sense, code, i);
    if (syllable != ZW_NO_READING)
        ret->cost += zw_judge_unlisted(s, code);
    else if (!n->split)
        ret->cost += zw_judge_bare(s, code);
    if (!n->b2)
        ret->cost += zw_judge_before(s, cp, '(');
    return true;
}

/* The characters of some frequency, and those of the article, by their first byte. */
static bool make_common(zw_pinyin_t *s)
{
    s->common = zw_arena_alloc(s->r->arena, ZW_DBCS_CODES * sizeof *s->common);
    if (!s->common)
        return false;
    for (uint32_t i = 0; i < ZW_DBCS_CODES; i++)
        if (s->t->gbk[i] && zw_judge_guessable(s, i, true))
            s->common[s->common_n++] = (uint16_t)i;
    return true;
}

/* Neither byte of the pending character is known, but the byte before the first: the two were no pair. */
static size_t close_unknown(zw_search_t *x, const zw_node_t *n, uint16_t syllable, bool loose, zw_candidate_t *list)
{
    zw_pinyin_t *s = x->s;
    size_t found = 0;
    zw_candidate_t c;
    if (syllable != ZW_NO_READING && !loose) {
        for (uint32_t k = s->t->read_so_at[syllable]; k < s->t->read_so_at[syllable + 1]; k++) {
            uint32_t i = s->t->read_so[k];
            unsigned lead = i / ZW_DBCS_TRAILS + 0x81;
            s->budget--;
            if (!zw_gbk_char(s->t, n->b1, lead) && weigh(s, n, i, (uint16_t)(lead << 8 | (i % ZW_DBCS_TRAILS + 0x40)), true, syllable, loose, &c))
                keep(list, &found, c);
        }
        return found;
    }
    if (!s->common && !make_common(s)) {
        x->failed = true;
        return 0;
    }
    s->budget -= (int64_t)s->common_n;
    unsigned tried = 0;
    bool pair = false;
    for (size_t k = 0; k < s->common_n; k++) {
        uint32_t i = s->common[k];
        unsigned lead = i / ZW_DBCS_TRAILS + 0x81;
        if (lead != tried) {
            tried = lead;
            pair = zw_gbk_char(s->t, n->b1, lead) != 0;
        }
        uint16_t code = (uint16_t)(lead << 8 | (i % ZW_DBCS_TRAILS + 0x40));
        if (!pair && weigh(s, n, i, code, true, syllable, loose, &c))
            keep(list, &found, c);
    }
    return found;
}

size_t zw_close_candidates(zw_search_t *x, const zw_node_t *n, uint8_t trail, uint16_t syllable, bool loose, zw_candidate_t *list)
{
    zw_pinyin_t *s = x->s;
    size_t found = 0;
    zw_candidate_t c;
    uint32_t i;
    if (s->budget <= 0)
        return 0;
    if (n->b2 && trail) {
        if (zw_gbk_index(n->b2, trail, &i) && weigh(s, n, i, (uint16_t)(n->b2 << 8 | trail), false, syllable, loose, &c))
            keep(list, &found, c);
        return found;
    }
    if (!n->b2 && !trail)
        return close_unknown(x, n, syllable, loose, list);
    s->budget -= ZW_DBCS_TRAILS;
    for (unsigned k = n->b2 ? 0x80 : 0x81; k <= 0xFE; k++) {
        if (!n->b2 && zw_gbk_char(s->t, n->b1, k))
            continue;
        uint16_t code = (uint16_t)(n->b2 ? n->b2 << 8 | k : k << 8 | trail);
        if (zw_gbk_index(code >> 8, code & 0xFF, &i) && weigh(s, n, i, code, true, syllable, loose, &c))
            keep(list, &found, c);
    }
    return found;
}

void zw_close_char(const zw_pinyin_t *s, zw_node_t *m, uint16_t code, const zw_unit_t *u, size_t u_n)
{
    const zw_unit_t *last = u + u_n - 1;
    uint32_t end = last->src + last->src_len;
    m->emit[m->emit_n++] = (zw_unit_t){ .cp = zw_gbk_char(s->t, code >> 8, code & 0xFF) & 0x1FFFFF, .src = m->lead_src,
                                        .src_len = (end > m->lead_end ? end : m->lead_end) - m->lead_src };
    (void)zw_judge_add(s, &m->sense, code);
    m->b1 = (uint8_t)(code >> 8);
    m->b2 = (uint8_t)code;
    m->pending = m->split = false;
    m->settled = 0;
}
