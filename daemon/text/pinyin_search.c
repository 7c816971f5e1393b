/* The search through a torn place: every reading of the bytes side by side, until all are in step again. */
#include "text/pinyin.h"

#include <errno.h>
#include <limits.h>

#include "base/utf8.h"

enum {
    BIT = 4,               /* costs are quarters of a bit, see pinyin.h */
    BEAM = 48,             /* paths kept at one place */
    RING = 16,             /* a step goes at most so far ahead: '?', '(', six letters, a tone, ')' */
    SPAN_MAX = 1500,       /* units; nobody is out of step for longer */
    LOST_MAX = 12,         /* unknown bytes in one place */
    CANDIDATES = 40,
    FREQUENCY_MIN = 60,    /* rarer characters are not guessed */
    FREQUENCY_COMMON = 84,
    COST_GIVE_UP = 90 * BIT, /* dearer than taking the place as it stands */
    COST_PRUNE = 45 * BIT,   /* so much dearer than the best: dropped */
    COST_EATEN_ASCII = 1 * BIT,
    COST_SKIP = 5 * BIT,
    COST_STRAY_READING = 30 * BIT,
    COST_STRAY_LETTER = 14 * BIT,
    COST_STRADDLES_ASCII = 16 * BIT,
    COST_A_UNIT = 20 * BIT,  /* no character of running text costs so much */
    SURE = 2 * BIT,          /* how much dearer the next must be for a guess to be taken */
    CONTEXT = 6,             /* characters before the place that are looked at */
    NONE = -1
};

typedef struct zw_pinyin_node {
    int32_t parent, next, cost;
    uint32_t lead_src, lead_end;
    zw_sense_t sense;       /* the text so far */
    uint8_t b1, b2;         /* the last two true bytes; b2 0 while a lead byte is pending that nobody names */
    bool pending;           /* b2 is a lead byte, its trail byte comes next */
    bool split;             /* the pending character has an annotation between its bytes */
    uint8_t settled;        /* characters in step since the last that was not */
    uint8_t lost;           /* unknown bytes so far */
    uint8_t emit_n;
    zw_unit_t emit[2];
} node_t;

typedef struct search {
    zw_pinyin_t *s;
    size_t at, pos;
    int32_t count;
    int32_t heads[RING];
    int best;               /* cost at the place looked at */
    bool failed;
} search_t;

typedef struct candidate {
    uint16_t code;
    int cost;
} candidate_t;

static int32_t node_new(search_t *x)
{
    zw_pinyin_t *s = x->s;
    if ((size_t)x->count == s->node_cap) {
        size_t cap = s->node_cap ? 2 * s->node_cap : 1024;
        node_t *p = zw_arena_alloc(s->r->arena, cap * sizeof *p);
        if (!p) {
            x->failed = true;
            return NONE;
        }
        if (s->node_cap)
            memcpy(p, s->nodes, s->node_cap * sizeof *p);
        s->nodes = p;
        s->node_cap = cap;
    }
    return x->count++;
}

/* Puts `node` among the paths at `pos`, unless one in the same state is there that is not dearer. */
static void push(search_t *x, size_t pos, const node_t *node)
{
    int32_t *head = &x->heads[pos % RING], worst = NONE;
    int kept = 0;
    for (int32_t i = *head; i != NONE; i = x->s->nodes[i].next, kept++) {
        node_t *o = &x->s->nodes[i];
        if (o->pending == node->pending && o->b1 == node->b1 && o->b2 == node->b2 && o->sense.prev == node->sense.prev &&
            o->sense.before == node->sense.before) {
            if (node->cost < o->cost) {
                int32_t next = o->next;
                *o = *node;
                o->next = next;
            }
            return;
        }
        if (worst == NONE || o->cost > x->s->nodes[worst].cost)
            worst = i;
    }
    if (kept >= BEAM) {
        node_t *o = &x->s->nodes[worst];
        if (o->cost > node->cost) {
            int32_t next = o->next;
            *o = *node;
            o->next = next;
        }
        return;
    }
    int32_t i = node_new(x);
    if (i == NONE)
        return;
    x->s->nodes[i] = *node;
    x->s->nodes[i].next = *head;
    *head = i;
}

static void keep_candidate(candidate_t *list, size_t *n, candidate_t c)
{
    size_t i = *n;
    while (i > 0 && list[i - 1].cost > c.cost)
        i--;
    if (i >= CANDIDATES)
        return;
    if (*n < CANDIDATES)
        (*n)++;
    memmove(list + i + 1, list + i, (*n - 1 - i) * sizeof *list);
    list[i] = c;
}

/* Whether `code` may close the pending character of n, and at what cost. */
static bool weigh(const zw_pinyin_t *s, const node_t *n, uint16_t code, bool open_trail, uint16_t syllable, bool loose, candidate_t *ret)
{
    uint32_t i;
    if (!zw_gbk_index(code >> 8, code & 0xFF, &i) || !s->t->gbk[i])
        return false;
    uint32_t cp = s->t->gbk[i];
    if (syllable != ZW_NO_READING) {
        if (!zw_has_reading(s->t, code >> 8, code & 0xFF, syllable, loose))
            return false;
    } else if (open_trail && !s->evidence.seen[i] && !zw_judge_is_mark(cp) && !zw_judge_in_print(s, i, FREQUENCY_MIN))
        return false;
    ret->code = code;
    zw_sense_t sense = n->sense;
    ret->cost = zw_judge_add(s, &sense, code);
    if (syllable != ZW_NO_READING)
        ret->cost += zw_judge_unlisted(s, code);
    else if (!n->split)
        ret->cost += zw_judge_bare(s, code);
    if (!n->b2)
        ret->cost += zw_judge_before(s, cp, '(');
    return true;
}

/* The characters of some frequency, and those of the article. */
static bool make_common(zw_pinyin_t *s)
{
    s->common = zw_arena_alloc(s->r->arena, ZW_DBCS_CODES * sizeof *s->common);
    if (!s->common)
        return false;
    for (uint32_t i = 0; i < ZW_DBCS_CODES; i++)
        if (s->t->gbk[i] && (s->evidence.seen[i] || s->evidence.annotated[i] || zw_judge_in_print(s, i, FREQUENCY_COMMON)))
            s->common[s->common_n++] = (uint16_t)((i / ZW_DBCS_TRAILS + 0x81) << 8 | (i % ZW_DBCS_TRAILS + 0x40));
    return true;
}

/* The likeliest characters that can close here. `trail` 0: not known; `syllable` ZW_NO_READING: not annotated. A
 * pending lead byte that is not known must not form a character with the byte before it, or it would not be lost. */
static size_t close_candidates(search_t *x, const node_t *n, uint8_t trail, uint16_t syllable, bool loose, candidate_t *list)
{
    zw_pinyin_t *s = x->s;
    size_t found = 0;
    candidate_t c;
    if (s->budget <= 0)
        return 0;
    if (n->b2 && trail) {
        if (weigh(s, n, (uint16_t)(n->b2 << 8 | trail), false, syllable, loose, &c))
            keep_candidate(list, &found, c);
        return found;
    }
    if (!n->b2 && !trail) {
        if (!s->common && !make_common(s)) {
            x->failed = true;
            return 0;
        }
        s->budget -= (int64_t)s->common_n;
        for (size_t i = 0; i < s->common_n; i++)
            if (!zw_gbk_char(s->t, n->b1, s->common[i] >> 8) && weigh(s, n, s->common[i], true, syllable, loose, &c))
                keep_candidate(list, &found, c);
        return found;
    }
    s->budget -= ZW_DBCS_TRAILS;
    for (unsigned k = n->b2 ? 0x80 : 0x81; k <= 0xFE; k++) {
        if (!n->b2 && zw_gbk_char(s->t, n->b1, k))
            continue;
        uint16_t code = (uint16_t)(n->b2 ? n->b2 << 8 | k : k << 8 | trail);
        if (weigh(s, n, code, !trail, syllable, loose, &c))
            keep_candidate(list, &found, c);
    }
    return found;
}

/* What a '?' swallowed with a lost trail byte: the ASCII character, and how unlikely that is by what follows. */
typedef struct eaten {
    uint32_t cp;
    uint32_t class; /* as zw_judge_before asks for it */
    int cost;
} eaten_t;
enum { EATEN_MAX = 4 };

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

static node_t follow(const node_t *n, int32_t self)
{
    node_t m = *n;
    m.parent = self;
    m.emit_n = 0;
    return m;
}

/* Closes the pending character of m with `code`, whose last byte stood in unit `u`. */
static void close_char(const zw_pinyin_t *s, node_t *m, uint16_t code, const zw_unit_t *u, size_t u_n)
{
    const zw_unit_t *last = u + u_n - 1;
    uint32_t end = last->src + last->src_len;
    m->emit[m->emit_n++] = (zw_unit_t){ .cp = zw_gbk_char(s->t, code >> 8, code & 0xFF), .src = m->lead_src,
                                        .src_len = (end > m->lead_end ? end : m->lead_end) - m->lead_src };
    (void)zw_judge_add(s, &m->sense, code);
    m->b1 = (uint8_t)(code >> 8);
    m->b2 = (uint8_t)code;
    m->pending = m->split = false;
    m->settled = 0;
}

static void open_char(node_t *m, uint8_t lead, const zw_unit_t *u)
{
    m->b1 = m->b2;
    m->b2 = lead;
    m->pending = true;
    m->lead_src = u->src;
    m->lead_end = u->src + u->src_len;
}

/* '?' or U+FFFD at in[i] (or nothing: lost 0 units) and "reading)" behind it: the reading names the lost byte. */
static bool step_torn(search_t *x, int32_t self, size_t i, size_t lost_n)
{
    zw_pinyin_t *s = x->s;
    node_t n = s->nodes[self];
    size_t k = i + lost_n;
    if (k < s->n && zw_pinyin_opens(s->in[k].cp))
        k++;
    if (k >= s->n)
        return false;
    zw_reading_t reading = zw_pinyin_reading(s, k);
    size_t end = k + reading.n;
    if (!reading.n || end >= s->n || !zw_pinyin_closes(s->in[end].cp) || end + 1 - i >= RING)
        return false;
    if (!n.pending) {
        /* The annotated pair straddles: trail byte of the last character, lead byte of the next. */
        for (unsigned b = 0x81; b <= 0xFE; b++) {
            if (!zw_gbk_char(s->t, n.b2, b) || !zw_has_reading(s->t, n.b2, b, reading.syllable, !reading.toned))
                continue;
            node_t m = follow(&n, self);
            m.cost += zw_judge_unlisted(s, (uint16_t)(n.b2 << 8 | b));
            open_char(&m, (uint8_t)b, &s->in[i]);
            m.lead_end = s->in[end].src + s->in[end].src_len;
            m.split = true;
            push(x, end + 1, &m);
        }
        return true;
    }
    candidate_t list[CANDIDATES + 1];
    size_t found = close_candidates(x, &n, 0, reading.syllable, !reading.toned, list);
    for (size_t c = 0; c < found; c++) {
        node_t m = follow(&n, self);
        m.cost += list[c].cost;
        close_char(s, &m, list[c].code, &s->in[i], end + 1 - i);
        push(x, end + 1, &m);
    }
    return true;
}

static uint8_t first_byte(const zw_pinyin_t *s, size_t i)
{
    uint8_t b[2], other;
    return i < s->n && zw_pinyin_bytes(s, i, b, &other) ? b[0] : 0;
}

/* Two bytes that are no pair: the second begins the next character. */
static void step_lost_pair(search_t *x, const node_t *m, const zw_unit_t *u, size_t next)
{
    node_t l = *m;
    l.b1 = m->b2;
    l.b2 = 0;
    l.pending = true;
    l.lead_src = u->src;
    l.lead_end = u->src + u->src_len;
    push(x, next, &l);
}

/* A '?' with nothing behind it that names the bytes: a trail byte and what it swallowed. */
static void step_lost(search_t *x, int32_t self, size_t i)
{
    zw_pinyin_t *s = x->s;
    node_t n = s->nodes[self], best = { .cost = INT_MAX };
    if (n.lost >= LOST_MAX)
        return;
    eaten_t eaten[EATEN_MAX] = { { 0, class_of(s, i + 1), 0 } };
    bool swallows = s->in[i].cp == '?';
    uint8_t next_byte = first_byte(s, i + 1);
    size_t ways = swallows ? guess_eaten(s, i + 1, eaten) : 1;
    candidate_t list[CANDIDATES + 1];
    size_t found = close_candidates(x, &n, 0, ZW_NO_READING, false, list);
    int second = INT_MAX;
    for (size_t c = 0; c < found; c++) {
        node_t m = follow(&n, self);
        m.cost += list[c].cost;
        m.lost++;
        close_char(s, &m, list[c].code, &s->in[i], 1);
        if (swallows && m.b2 >= 0x81)
            step_lost_pair(x, &m, &s->in[i], i + 1);
        /* Had the two bytes been a pair, it would have been shown. */
        if (m.b2 < 0x80 || (!swallows && next_byte && zw_gbk_char(s->t, m.b2, next_byte)))
            continue;
        int least = ways ? INT_MAX : zw_judge_before(s, m.emit[0].cp, '\n'); /* nothing at the end of the text */
        uint32_t cp = 0;
        for (size_t k = 0; k < ways; k++) {
            int cost = eaten[k].cost + zw_judge_before(s, m.emit[0].cp, eaten[k].class);
            if (cost < least)
                least = cost, cp = eaten[k].cp;
        }
        m.cost += least + COST_EATEN_ASCII;
        if (swallows) {
            if (cp)
                m.emit[m.emit_n++] = (zw_unit_t){ .cp = cp, .src = s->in[i].src, .src_len = s->in[i].src_len };
            m.sense = (zw_sense_t){ 0 };
            m.b1 = m.b2 = 0;
        }
        if (!swallows && next_byte >= 0x81) { /* what follows will tell */
            push(x, i + 1, &m);
            continue;
        }
        if (m.cost < best.cost) {
            second = best.cost;
            best = m;
        } else if (m.cost < second)
            second = m.cost;
    }
    if (best.cost == INT_MAX)
        return;
    if (second - best.cost < SURE)
        best.emit[0].cp = 0xFFFD;
    push(x, i + 1, &best);
}

/* What speaks against taking in[i] as it stands: an annotation behind the wrong character, a lone letter in Chinese. */
static int stray(const zw_pinyin_t *s, size_t i, unsigned settled)
{
    uint32_t cp = s->in[i].cp;
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
static void step_known(search_t *x, int32_t self, size_t i)
{
    zw_pinyin_t *s = x->s;
    node_t n = s->nodes[self];
    uint8_t b[2], other;
    uint32_t cp = s->in[i].cp;
    unsigned bytes = zw_pinyin_bytes(s, i, b, &other);
    node_t m = follow(&n, self);
    if (!n.pending) {
        m.emit[m.emit_n++] = s->in[i];
        m.cost += zw_judge_add(s, &m.sense, bytes == 2 ? (uint16_t)(b[0] << 8 | b[1]) : 0);
        m.cost += stray(s, i, n.settled);
        m.settled = n.settled < 9 ? n.settled + 1 : 9;
        m.b1 = bytes == 2 ? b[0] : n.b2;
        m.b2 = bytes == 2 ? b[1] : b[0];
        push(x, i + 1, &m);
        return;
    }
    if (cp == ' ' || cp == '\n' || cp == 0x3000) {
        /* No true byte: put there after the damage, by a line break or a blank. */
        node_t skip = m;
        skip.cost += COST_SKIP;
        push(x, i + 1, &skip);
    }
    for (int way = 0; way < 2; way++) {
        uint8_t first = way == 0 ? b[0] : other;
        if ((way == 0 && !bytes) || (way == 1 && !other) || first < 0x40)
            continue;
        candidate_t list[CANDIDATES + 1];
        size_t found = close_candidates(x, &n, first, ZW_NO_READING, false, list);
        for (size_t c = 0; c < found; c++) {
            node_t k = follow(&n, self);
            k.cost += list[c].cost + way * BIT;
            close_char(s, &k, list[c].code, &s->in[i], 1);
            if (way == 0 && bytes == 2) {
                if (b[1] < 0x81 || b[1] > 0xFE)
                    continue;
                open_char(&k, b[1], &s->in[i]);
            }
            push(x, i + 1, &k);
        }
    }
}

static void step(search_t *x, int32_t self)
{
    zw_pinyin_t *s = x->s;
    size_t i = x->pos;
    node_t n = s->nodes[self];
    uint32_t cp = s->in[i].cp;
    if (zw_pinyin_opens(cp)) {
        zw_reading_t reading = zw_pinyin_reading(s, i + 1);
        size_t end = i + 1 + reading.n;
        if (reading.n && end < s->n && zw_pinyin_closes(s->in[end].cp) && n.b2 &&
            zw_has_reading(s->t, n.b1, n.b2, reading.syllable, !n.pending || !reading.toned)) {
            node_t m = follow(&n, self);
            if (!n.pending && n.b2 < 0x80)
                m.cost += COST_STRADDLES_ASCII;
            if (n.pending) {
                m.cost += zw_judge_unlisted(s, (uint16_t)(n.b1 << 8 | n.b2));
                m.lead_end = s->in[end].src + s->in[end].src_len;
                m.split = true;
            }
            push(x, end + 1, &m);
            return;
        }
        if (reading.toned && n.b2 >= 0x81)
            (void)step_torn(x, self, i, 0);
    }
    if (zw_pinyin_is_lost(cp)) {
        if (n.b2 || n.pending) {
            if (step_torn(x, self, i, 1))
                return;
        }
        if (n.pending)
            step_lost(x, self, i);
        else
            step_known(x, self, i);
        return;
    }
    if (n.b2 >= 0x81 && cp != '(' && zw_pinyin_reading(s, i).toned)
        (void)step_torn(x, self, i, 0);
    step_known(x, self, i);
}

/* Whether every path is in step and has been so for a character; *ret_best is then the cheapest. */
static bool settled(const search_t *x, int32_t *ret_best)
{
    int32_t best = NONE;
    for (int k = 0; k < RING; k++)
        for (int32_t i = x->heads[k]; i != NONE; i = x->s->nodes[i].next) {
            const node_t *n = &x->s->nodes[i];
            if ((size_t)k != x->pos % RING || n->pending || n->settled < 1)
                return false;
            if (best == NONE || n->cost < x->s->nodes[best].cost)
                best = i;
        }
    *ret_best = best;
    return best != NONE;
}

static void prune(search_t *x)
{
    int32_t *head = &x->heads[x->pos % RING], list = *head;
    int best = INT_MAX;
    for (int32_t i = list; i != NONE; i = x->s->nodes[i].next)
        best = x->s->nodes[i].cost < best ? x->s->nodes[i].cost : best;
    *head = NONE;
    for (int32_t i = list, next; i != NONE; i = next) {
        next = x->s->nodes[i].next;
        if (x->s->nodes[i].cost <= best + COST_PRUNE) {
            x->s->nodes[i].next = *head;
            *head = i;
        }
    }
}

/* Appends what the path to `best` made of the place. */
static int accept(search_t *x, int32_t best)
{
    zw_pinyin_t *s = x->s;
    size_t n = 0, lost = 0;
    for (int32_t i = best; i != NONE; i = s->nodes[i].parent)
        n += s->nodes[i].emit_n;
    if (s->out_n + n > s->out_cap)
        return -ENOMEM;
    size_t at = s->out_n + n;
    for (int32_t i = best; i != NONE; i = s->nodes[i].parent)
        for (unsigned k = s->nodes[i].emit_n; k-- > 0;) {
            s->out[--at] = s->nodes[i].emit[k];
            lost += s->out[at].cp == 0xFFFD;
        }
    zw_note_units(s->r, ZW_REPAIR_TORN, s->in + x->at, x->pos - x->at, s->out + s->out_n, n);
    s->r->counts[ZW_REPAIR_LOST] += (uint32_t)lost;
    s->out_n += n;
    return 0;
}

ssize_t zw_pinyin_search(zw_pinyin_t *s, size_t at, const uint8_t last[2])
{
    search_t x = { .s = s, .at = at, .pos = at };
    for (int k = 0; k < RING; k++)
        x.heads[k] = NONE;
    node_t root = { .parent = NONE, .next = NONE, .b1 = last[0], .b2 = last[1],
                    .lead_src = s->in[at].src, .lead_end = s->in[at].src };
    for (size_t k = s->out_n > CONTEXT ? s->out_n - CONTEXT : 0; k < s->out_n; k++)
        (void)zw_judge_add(s, &root.sense, zw_gbk_bytes(s->t, s->out[k].cp));
    s->open = zw_judge_open(s);
    push(&x, at, &root);
    if (x.failed)
        return -ENOMEM;
    int32_t first = x.heads[at % RING];
    x.heads[at % RING] = NONE;
    if (!step_torn(&x, first, at, zw_pinyin_is_lost(s->in[at].cp) ? 1 : 0))
        return (ssize_t)at;
    int32_t best = NONE;
    for (x.pos = at + 1; x.pos <= s->n && x.pos < at + SPAN_MAX && !x.failed; x.pos++) {
        prune(&x);
        if (settled(&x, &best))
            break;
        int32_t list = x.heads[x.pos % RING];
        bool others = false;
        for (int k = 0; k < RING && list == NONE; k++)
            others |= x.heads[k] != NONE;
        if (list == NONE && !others)
            break;
        if (x.pos == s->n) {
            for (int32_t i = list; i != NONE; i = s->nodes[i].next)
                if (!s->nodes[i].pending && (best == NONE || s->nodes[i].cost < s->nodes[best].cost))
                    best = i;
            break;
        }
        x.heads[x.pos % RING] = NONE;
        for (int32_t i = list, next; i != NONE; i = next) {
            next = s->nodes[i].next;
            step(&x, i);
        }
    }
    if (x.failed)
        return -ENOMEM;
    if (best == NONE || s->nodes[best].cost > COST_GIVE_UP + COST_A_UNIT * (int)(x.pos - at))
        return (ssize_t)at;
    int r = accept(&x, best);
    return r < 0 ? r : (ssize_t)x.pos;
}
