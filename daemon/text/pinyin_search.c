/* The search through a torn place: every reading of the bytes side by side, until all are in step again. */
#include "text/pinyin_search.h"

#include <errno.h>
#include <limits.h>

#include "base/utf8.h"

enum {
    BIT = ZW_BIT,
    SPAN_MAX = 1500,       /* units; nobody is out of step for longer */
    COST_GIVE_UP = 90 * BIT, /* dearer than taking the place as it stands */
    COST_SKIP = 5 * BIT,
    COST_STRAY_READING = 30 * BIT,
    COST_STRAY_LETTER = 14 * BIT,
    COST_STRADDLES_ASCII = 16 * BIT,
    COST_A_UNIT = 20 * BIT,  /* no character of running text costs so much */
    CONTEXT = 6              /* characters before the place that are looked at */
};

static void open_char(zw_node_t *m, uint8_t lead, const zw_unit_t *u)
{
    m->b1 = m->b2;
    m->b2 = lead;
    m->pending = true;
    m->lead_src = u->src;
    m->lead_end = u->src + u->src_len;
}

/* '?' or U+FFFD at in[i] (or nothing: lost 0 units) and "reading)" behind it: the reading names the lost byte. */
static bool step_torn(zw_search_t *x, int32_t self, size_t i, size_t lost_n)
{
    zw_pinyin_t *s = x->s;
    zw_node_t n = s->nodes[self];
    size_t k = i + lost_n;
    if (k < s->n && zw_pinyin_opens(s->in[k].cp))
        k++;
    if (k >= s->n)
        return false;
    zw_reading_t reading = zw_pinyin_reading(s, k);
    size_t end = k + reading.n;
    if (!reading.n || end >= s->n || !zw_pinyin_closes(s->in[end].cp) || end + 1 - i >= ZW_RING)
        return false;
    if (!n.pending) {
        /* The annotated pair straddles: trail byte of the last character, lead byte of the next. */
        for (unsigned b = 0x81; b <= 0xFE; b++) {
            if (!zw_gbk_char(s->t, n.b2, b) || !zw_has_reading(s->t, n.b2, b, reading.syllable, !reading.toned))
                continue;
            zw_node_t m = zw_paths_follow(&n, self);
            m.cost += zw_judge_unlisted(s, (uint16_t)(n.b2 << 8 | b));
            open_char(&m, (uint8_t)b, &s->in[i]);
            m.lead_end = s->in[end].src + s->in[end].src_len;
            m.split = true;
            zw_paths_push(x, end + 1, &m);
        }
        return true;
    }
    zw_candidate_t list[ZW_CANDIDATES + 1];
    size_t found = zw_close_candidates(x, &n, 0, reading.syllable, !reading.toned, list);
    for (size_t c = 0; c < found; c++) {
        zw_node_t m = zw_paths_follow(&n, self);
        m.cost += list[c].cost;
        zw_close_char(s, &m, list[c].code, &s->in[i], end + 1 - i);
        zw_paths_push(x, end + 1, &m);
    }
    return true;
}

/* What speaks against taking in[i] as it stands: an annotation behind the wrong character, a lone letter in Chinese. */
static int stray(const zw_pinyin_t *s, size_t i, const zw_node_t *n)
{
    uint32_t cp = s->in[i].cp;
    unsigned settled = n->settled;
    if (cp == '?' && n->emit_n && n->emit[n->emit_n - 1].cp < 0x80)
        return COST_STRAY_LETTER; /* a question ends with a word */
    if (zw_pinyin_opens(cp)) {
        zw_reading_t reading = zw_pinyin_reading(s, i + 1);
        size_t end = i + 1 + reading.n;
        return reading.n && reading.toned && end < s->n && zw_pinyin_closes(s->in[end].cp) ? COST_STRAY_READING : 0;
    }
    if (cp == '@' || (cp >= '[' && cp <= '`') || (cp >= '{' && cp <= '~'))
        return COST_STRAY_LETTER;
    if (!settled && zw_is_letter(cp) && (i + 1 == s->n || !(zw_is_letter(s->in[i + 1].cp) || zw_is_digit(s->in[i + 1].cp))))
        return COST_STRAY_LETTER;
    return 0;
}

/* A character that is whole: in step it stands as it is, out of step its bytes belong to two. */
static void step_known(zw_search_t *x, int32_t self, size_t i)
{
    zw_pinyin_t *s = x->s;
    zw_node_t n = s->nodes[self];
    uint8_t b[2], other;
    uint32_t cp = s->in[i].cp;
    unsigned bytes = zw_pinyin_bytes(s, i, b, &other);
    zw_node_t m = zw_paths_follow(&n, self);
    if (!n.pending) {
        m.emit[m.emit_n++] = s->in[i];
        m.cost += zw_judge_add(s, &m.sense, bytes == 2 ? (uint16_t)(b[0] << 8 | b[1]) : bytes ? b[0] : 0);
        m.cost += stray(s, i, &n);
        m.settled = n.settled < 9 ? n.settled + 1 : 9;
        m.b1 = bytes == 2 ? b[0] : n.b2;
        m.b2 = bytes == 2 ? b[1] : b[0];
        zw_paths_push(x, i + 1, &m);
        return;
    }
    if (cp == ' ' || cp == '\n' || cp == 0x3000) {
        /* No true byte: put there after the damage, by a line break or a blank. */
        zw_node_t skip = m;
        skip.cost += COST_SKIP;
        zw_paths_push(x, i + 1, &skip);
    }
    for (int way = 0; way < 2; way++) {
        uint8_t first = way == 0 ? b[0] : other;
        if ((way == 0 && !bytes) || (way == 1 && !other) || first < 0x40)
            continue;
        zw_candidate_t list[ZW_CANDIDATES + 1];
        size_t found = zw_close_candidates(x, &n, first, ZW_NO_READING, false, list);
        for (size_t c = 0; c < found; c++) {
            zw_node_t k = zw_paths_follow(&n, self);
            k.cost += list[c].cost + way * BIT;
            zw_close_char(s, &k, list[c].code, &s->in[i], 1);
            if (way == 0 && bytes == 2) {
                if (b[1] < 0x81 || b[1] > 0xFE)
                    continue;
                open_char(&k, b[1], &s->in[i]);
            }
            zw_paths_push(x, i + 1, &k);
        }
    }
}

static void step(zw_search_t *x, int32_t self)
{
    zw_pinyin_t *s = x->s;
    size_t i = x->pos;
    zw_node_t n = s->nodes[self];
    uint32_t cp = s->in[i].cp;
    if (zw_pinyin_opens(cp)) {
        zw_reading_t reading = zw_pinyin_reading(s, i + 1);
        size_t end = i + 1 + reading.n;
        if (reading.n && end < s->n && zw_pinyin_closes(s->in[end].cp) && n.b2 &&
            zw_has_reading(s->t, n.b1, n.b2, reading.syllable, !n.pending || !reading.toned)) {
            zw_node_t m = zw_paths_follow(&n, self);
            if (!n.pending && n.b2 < 0x80)
                m.cost += COST_STRADDLES_ASCII;
            if (n.pending) {
                m.cost += zw_judge_unlisted(s, (uint16_t)(n.b1 << 8 | n.b2));
                m.lead_end = s->in[end].src + s->in[end].src_len;
                m.split = true;
            }
            zw_paths_push(x, end + 1, &m);
            return;
        }
        if (reading.toned && n.b2 >= 0x81)
            (void)step_torn(x, self, i, 0);
    }
    if (zw_pinyin_may_be_lost(cp) && (n.b2 || n.pending) && step_torn(x, self, i, 1))
        return;
    if (zw_pinyin_is_lost(cp)) {
        if (n.pending)
            zw_step_lost(x, self, i);
        else
            step_known(x, self, i);
        return;
    }
    if (n.b2 >= 0x81 && cp != '(' && zw_pinyin_reading(s, i).toned)
        (void)step_torn(x, self, i, 0);
    step_known(x, self, i);
}

/* The context before the place, and the paths there: one. */
static int32_t start(zw_search_t *x, const uint8_t last[2])
{
    zw_pinyin_t *s = x->s;
    zw_node_t root = { .parent = ZW_NO_NODE, .rival = ZW_NO_NODE, .sibling = ZW_NO_NODE, .b1 = last[0], .b2 = last[1],
                       .lead_src = s->in[x->at].src, .lead_end = s->in[x->at].src };
    for (size_t k = s->out_n > CONTEXT ? s->out_n - CONTEXT : 0; k < s->out_n; k++) {
        uint32_t cp = s->out[k].cp;
        (void)zw_judge_add(s, &root.sense, cp < 0x80 ? (uint16_t)cp : zw_gbk_bytes(s->t, cp));
    }
    s->open = zw_judge_open(s);
    zw_paths_push(x, x->at, &root);
    zw_slot_t *slot = &x->slots[x->at % ZW_RING];
    slot->n = 0;
    return x->failed ? ZW_NO_NODE : slot->node[0];
}

/* Whether any path waits further on than x->pos. */
static bool others_wait(const zw_search_t *x)
{
    for (int k = 0; k < ZW_RING; k++)
        if (x->slots[k].n)
            return true;
    return false;
}

/* Goes on until all are in step; the cheapest path, or none. */
static int32_t run(zw_search_t *x)
{
    zw_pinyin_t *s = x->s;
    int32_t best = ZW_NO_NODE;
    for (x->pos = x->at + 1; x->pos <= s->n && x->pos < x->at + SPAN_MAX && !x->failed; x->pos++) {
        if (zw_paths_settled(x, &best))
            return best;
        zw_slot_t *slot = &x->slots[x->pos % ZW_RING];
        if (slot->n == 0) {
            if (!others_wait(x))
                break;
            continue;
        }
        if (x->pos == s->n) {
            for (int i = 0; i < slot->n; i++) {
                const zw_node_t *n = &s->nodes[slot->node[i]];
                if (!n->pending && (best == ZW_NO_NODE || n->cost < s->nodes[best].cost))
                    best = slot->node[i];
            }
            return best;
        }
        int32_t nodes[ZW_BEAM];
        int n = 0;
        for (int i = 0; i < slot->n; i++)
            if (slot->cost[i] <= slot->best + ZW_COST_PRUNE)
                nodes[n++] = slot->node[i];
        slot->n = 0;
        x->best = slot->best;
        for (int i = 0; i < n; i++)
            step(x, nodes[i]);
    }
    return ZW_NO_NODE;
}

ssize_t zw_pinyin_search(zw_pinyin_t *s, size_t at, const uint8_t last[2])
{
    zw_search_t x; /* the slots need no more than to be empty */
    x.s = s;
    x.at = x.pos = at;
    x.count = x.best = 0;
    x.failed = false;
    for (int k = 0; k < ZW_RING; k++)
        x.slots[k].n = 0;
    int32_t first = start(&x, last);
    if (x.failed)
        return -ENOMEM;
    if (!step_torn(&x, first, at, zw_pinyin_may_be_lost(s->in[at].cp) ? 1 : 0))
        return (ssize_t)at;
    int32_t best = run(&x);
    if (x.failed)
        return -ENOMEM;
    if (best == ZW_NO_NODE || s->nodes[best].cost > COST_GIVE_UP + COST_A_UNIT * (int)(x.pos - at))
        return (ssize_t)at;
    int r = zw_paths_accept(&x, best);
    return r < 0 ? r : (ssize_t)x.pos;
}
