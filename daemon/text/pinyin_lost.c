/* Bytes that nothing names: a torn-off trail byte that paired with no byte behind it shows as one '?' with it. */
#include "text/pinyin_search.h"

#include "base/utf8.h"

enum { EATEN_MAX = 4, LOST_MAX = 12 /* unknown bytes in one place */, LIKELY = 12 * ZW_BIT /* worth a guess at two bytes */ };

/* What a '?' swallowed with a lost trail byte: the ASCII character, and how unlikely that is by what follows. */
typedef struct eaten {
    uint32_t cp;
    uint32_t class; /* as zw_judge_before asks for it */
    int cost;
} eaten_t;

/* What counts, or is a part of a figure: a figure stands before it. In simplified script. */
static bool is_counter(uint32_t cp)
{
    static const uint16_t COUNTERS[] = { 0x4E2A, 0x5E74, 0x6708, 0x65E5, 0x5BB6, 0x9879, 0x540D, 0x4E07, 0x4EBF, 0x4EF6, 0x53F0, 0x6279, 0x6B21,
                                         0x79CD, 0x4F59, 0x5143, 0x5428, 0x8F86, 0x8D77, 0x6761, 0x6B3E, 0x6237, 0x5206, 0x5C81, 0x5957, 0x5EA7 };
    for (size_t i = 0; i < sizeof COUNTERS / sizeof *COUNTERS; i++)
        if (COUNTERS[i] == cp)
            return true;
    return cp == '%' || cp == 0xFF05 || cp == '.' || cp == 0x2103 || zw_is_letter(cp);
}

/* Whether a bracket closes that was not opened: its opening was swallowed at in[i - 1]. */
static bool closes_later(const zw_pinyin_t *s, size_t i)
{
    for (size_t k = i; k < s->n && k < i + 40 && s->in[k].cp != '\n'; k++) {
        if (zw_pinyin_opens(s->in[k].cp))
            return false;
        if (zw_pinyin_closes(s->in[k].cp))
            return k == i || !zw_pinyin_reading(s, k - 1).n;
    }
    return false;
}

static size_t guess_eaten(const zw_pinyin_t *s, size_t i, eaten_t list[EATEN_MAX])
{
    enum { BIT = ZW_BIT };
    if (i >= s->n)
        return 0;
    uint32_t cp = s->in[i].cp;
    bool comma = s->evidence.commas > 0;
    if (cp == '\n') {
        list[0] = (eaten_t){ '?', '(', 0 };
        return 1;
    }
    bool figure = zw_is_digit(cp), counter = is_counter(zw_simplified(s->t, cp));
    uint32_t digit = 0xFFFD;
    /* Of a year the first figure is known by the second. */
    if (figure && (cp == '0' || cp == '9') && i + 3 < s->n && zw_is_digit(s->in[i + 1].cp) && zw_is_digit(s->in[i + 2].cp) && s->in[i + 3].cp == 0x5E74)
        digit = cp == '9' ? '1' : '2';
    list[0] = (eaten_t){ digit, '0', (digit != 0xFFFD ? 0 : figure || counter ? 2 : comma ? 9 : 6) * BIT };
    bool within = cp == '%' || cp == '.'; /* a figure cannot begin so */
    list[1] = (eaten_t){ ',', ',', (within ? 20 : !comma ? 12 : counter ? 9 : figure ? 5 : 1) * BIT };
    list[2] = (eaten_t){ '\n', '\n', (within ? 20 : counter ? 8 : 5) * BIT };
    list[3] = (eaten_t){ '(', '(', (closes_later(s, i) ? 0 : 14) * BIT };
    return EATEN_MAX;
}

/* What stands behind a torn-off trail byte, for zw_judge_before. */
static uint32_t class_of(const zw_pinyin_t *s, size_t i)
{
    uint32_t cp = i < s->n ? s->in[i].cp : '\n';
    return zw_is_digit(cp) ? '0' : cp == '\n' || cp == ',' ? cp : '(';
}

static uint8_t first_byte(const zw_pinyin_t *s, size_t i)
{
    uint8_t b[2], other;
    return i < s->n && zw_pinyin_bytes(s, i, b, &other) ? b[0] : 0;
}

/* Two bytes that are no pair: the second begins the next character. */
static void lost_pair(zw_search_t *x, const zw_node_t *m, const zw_unit_t *u, size_t next)
{
    zw_node_t l = *m;
    l.b1 = m->b2;
    l.b2 = 0;
    l.pending = true;
    l.lead_src = u->src;
    l.lead_end = u->src + u->src_len;
    zw_paths_push(x, next, &l);
}

void zw_step_lost(zw_search_t *x, int32_t self, size_t i)
{
    zw_pinyin_t *s = x->s;
    zw_node_t n = s->nodes[self];
    if (n.lost >= LOST_MAX || (!n.b2 && n.cost > x->best + LIKELY))
        return;
    eaten_t eaten[EATEN_MAX] = { { 0, class_of(s, i + 1), 0 } };
    bool swallows = s->in[i].cp == '?';
    uint8_t next_byte = first_byte(s, i + 1);
    size_t ways = swallows ? guess_eaten(s, i + 1, eaten) : 1;
    if (swallows && !ways)
        eaten[0] = (eaten_t){ 0, '\n', 0 }; /* nothing, at the end of the text */
    zw_candidate_t list[ZW_CANDIDATES + 1];
    size_t found = zw_close_candidates(x, &n, 0, ZW_NO_READING, false, list);
    for (size_t c = 0; c < found; c++) {
        zw_node_t m = zw_paths_follow(&n, self);
        m.cost += list[c].cost;
        m.lost++;
        zw_close_char(s, &m, list[c].code, &s->in[i], 1);
        if (swallows && m.b2 >= 0x81 && s->t->has_holes[m.b2 - 0x81])
            lost_pair(x, &m, &s->in[i], i + 1);
        /* Had the two bytes been a pair, it would have been shown. */
        if (m.b2 < 0x80 || (!swallows && next_byte && zw_gbk_char(s->t, m.b2, next_byte)))
            continue;
        for (size_t k = 0; k < (ways ? ways : 1); k++) {
            zw_node_t w = m;
            w.cost += eaten[k].cost + zw_judge_before(s, m.emit[0].cp, eaten[k].class) + ZW_BIT;
            if (swallows && eaten[k].cp) {
                w.emit[w.emit_n++] = (zw_unit_t){ .cp = eaten[k].cp & 0x1FFFFF, .src = s->in[i].src, .src_len = s->in[i].src_len };
                w.cost += zw_judge_add(s, &w.sense, eaten[k].cp < 0x80 ? (uint16_t)eaten[k].cp : '0');
                w.b1 = w.b2 = 0;
            }
            zw_paths_push(x, i + 1, &w);
        }
    }
}
