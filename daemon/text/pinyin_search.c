/* The search through a torn place: every reading of the bytes side by side, until all are in step again. */
#include "text/pinyin.h"

#include <errno.h>
#include <limits.h>

#include "base/utf8.h"

enum {
    BEAM = 48,             /* paths kept at one place */
    RING = 16,             /* a step goes at most so far ahead: '?', '(', six letters, a tone, ')' */
    SPAN_MAX = 1500,       /* units; nobody is out of step for longer */
    LOST_MAX = 12,         /* unknown bytes in one place */
    CANDIDATES = 40,
    FREQUENCY_MIN = 60,    /* rarer characters are not guessed */
    FREQUENCY_COMMON = 84,
    COST_GIVE_UP = 90,     /* dearer than taking the place as it stands */
    COST_PRUNE = 45,       /* so much dearer than the best: dropped */
    COST_EATEN_ASCII = 3,  /* few characters stand before a comma or figure */
    COST_SKIP = 5,
    COST_STRAY_READING = 30,
    COST_STRAY_LETTER = 14,
    COST_STRADDLES_ASCII = 16,
    COST_A_UNIT = 20,      /* no character of running text costs so much */
    NONE = -1
};

typedef struct zw_pinyin_node {
    int32_t parent, next, cost;
    uint32_t lead_src, lead_end;
    uint16_t prev;          /* last whole character, lead << 8 | trail; 0 after anything else */
    uint8_t b1, b2;         /* the last two true bytes; b2 0 while a lead byte is pending that nobody names */
    bool pending;           /* b2 is a lead byte, its trail byte comes next */
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
    bool known;             /* the article has this character behind the one before it */
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
        if (o->pending == node->pending && o->b1 == node->b1 && o->b2 == node->b2 && o->prev == node->prev) {
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

/* The two-byte punctuation of running text. */
static bool is_mark(uint32_t cp)
{
    return (cp >= 0x3001 && cp <= 0x3002) || (cp >= 0x300A && cp <= 0x3011) || cp == 0x201C || cp == 0x201D || cp == 0x2014 || cp == 0xFF0C ||
           cp == 0xFF1A || cp == 0xFF1B || cp == 0xFF08 || cp == 0xFF09 || cp == 0xB7;
}

static int log2_of(size_t n)
{
    int bits = 0;
    while (n > 1)
        n /= 2, bits++;
    return bits;
}

/* How unlikely this character is here, in bits: by its frequency in print, by the article's own characters, and by the
 * character before it, in this article or in a word. */
static int unlikely(const zw_pinyin_t *s, uint16_t prev, uint16_t code, bool *ret_known)
{
    const zw_evidence_t *e = &s->evidence;
    uint32_t i;
    *ret_known = false;
    if (!zw_gbk_index(code >> 8, code & 0xFF, &i) || !s->t->gbk[i])
        return INT_MAX / 4;
    uint32_t cp = s->t->gbk[i];
    int cost = zw_is_han(cp) ? 21 - s->t->frequency[i] / 12 : cp == 0x3002 ? 5 : is_mark(cp) ? 8 : 30;
    if (e->trad && zw_kind(s->t, cp) & ZW_IS_SIMP)
        cost += 8;
    size_t seen = (size_t)e->seen[i] + e->annotated[i];
    int here = seen ? 1 + log2_of(e->total / seen) : cost;
    cost = here < cost ? here : cost;
    if (!prev)
        return cost;
    size_t followers;
    if (zw_pinyin_pair_seen(e, prev, code)) {
        *ret_known = true;
        return cost < 8 ? 2 : cost < 12 ? 3 : 4;
    }
    if (zw_word_pair(s->t, prev, code, &followers)) {
        *ret_known = true;
        here = 3 + log2_of(followers);
        cost = here < cost - 2 ? here : cost - 2;
    }
    return cost < 2 ? 2 : cost;
}

/* How unlikely it is that the annotator has this character on its list: it puts a reading behind each occurrence. */
static int unlisted(const zw_pinyin_t *s, uint16_t code)
{
    uint32_t i;
    if (!zw_gbk_index(code >> 8, code & 0xFF, &i))
        return INT_MAX / 4;
    int cost = (255 - s->t->frequency[i]) / 32;
    if (s->evidence.annotated[i] > 0)
        return 0;
    if (s->evidence.seen[i] > 0)
        return 14 + cost;
    return cost + 3 + (zw_kind(s->t, s->t->gbk[i]) & (ZW_IS_TRAD | ZW_IS_AMBIGUOUS) ? 0 : 8);
}

/* Which of the marks with lead byte A1 stands before a swallowed comma or line break: one that closes what is open. */
static int mark_cost(const zw_pinyin_t *s, uint32_t cp)
{
    int quote = 0, title = 0;
    for (size_t k = s->out_n; k-- > 0 && s->out_n - k < 60 && s->out[k].cp != '\n';) {
        uint32_t c = s->out[k].cp;
        quote += c == 0x201C ? 1 : c == 0x201D ? -1 : 0;
        title += c == 0x300A ? 1 : c == 0x300B ? -1 : 0;
    }
    switch (cp) {
    case 0x3002:
        return quote > 0 || title > 0 ? 9 : 0;
    case 0x201D:
        return quote > 0 ? 0 : 10;
    case 0x300B:
        return title > 0 ? 0 : 10;
    default:
        return is_mark(cp) ? 6 : 0;
    }
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
    } else if (open_trail && s->t->frequency[i] < FREQUENCY_MIN && !s->evidence.seen[i] && !is_mark(cp))
        return false;
    ret->code = code;
    ret->cost = unlikely(s, n->prev, code, &ret->known);
    if (syllable != ZW_NO_READING)
        ret->cost += unlisted(s, code);
    else if (open_trail)
        ret->cost += mark_cost(s, cp);
    return true;
}

/* The characters of some frequency, and those of the article. */
static bool make_common(zw_pinyin_t *s)
{
    s->common = zw_arena_alloc(s->r->arena, ZW_DBCS_CODES * sizeof *s->common);
    if (!s->common)
        return false;
    for (uint32_t i = 0; i < ZW_DBCS_CODES; i++)
        if (s->t->gbk[i] && (s->t->frequency[i] >= FREQUENCY_COMMON || s->evidence.seen[i] || s->evidence.annotated[i]))
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

/* What the lost trail byte's neighbour, swallowed with it, most likely was. */
static uint32_t guess_eaten(const zw_pinyin_t *s, size_t i, uint32_t before)
{
    uint32_t cp = i < s->n ? s->in[i].cp : '\n';
    if (before == 0x3002) /* behind a full stop: the line break */
        return '\n';
    if (cp == '\n')
        return '?';
    if (cp == '%' || cp == '.' || zw_is_letter(cp))
        return 0xFFFD; /* a figure or letter, and nobody knows which */
    if (zw_is_digit(cp)) {
        if (i + 3 < s->n && zw_is_digit(s->in[i + 1].cp) && zw_is_digit(s->in[i + 2].cp) && s->in[i + 3].cp == 0x5E74 && (cp == '0' || cp == '9'))
            return cp == '9' ? '1' : '2';
        return 0xFFFD;
    }
    for (size_t k = i; k < s->n && k < i + 40 && s->in[k].cp != '\n'; k++) {
        if (zw_pinyin_opens(s->in[k].cp))
            break;
        if (zw_pinyin_closes(s->in[k].cp))
            return k > i && zw_pinyin_reading(s, k - 1).n ? ',' : '(';
    }
    return ',';
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
    m->prev = code;
    m->b1 = (uint8_t)(code >> 8);
    m->b2 = (uint8_t)code;
    m->pending = false;
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
            m.cost += unlisted(s, (uint16_t)(n.b2 << 8 | b));
            open_char(&m, (uint8_t)b, &s->in[i]);
            m.lead_end = s->in[end].src + s->in[end].src_len;
            push(x, end + 1, &m);
        }
        return true;
    }
    if (!n.b2)
        return true;
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

/* A '?' with nothing behind it that names the bytes: a trail byte and what it swallowed. */
static void step_lost(search_t *x, int32_t self, size_t i)
{
    zw_pinyin_t *s = x->s;
    node_t n = s->nodes[self];
    if (n.lost >= LOST_MAX)
        return;
    bool swallows = s->in[i].cp == '?';
    candidate_t list[CANDIDATES + 1];
    size_t found = close_candidates(x, &n, 0, ZW_NO_READING, false, list);
    bool sure = found == 1 || (found > 1 && (list[1].cost - list[0].cost >= 2 || (list[0].known && !list[1].known)));
    for (size_t c = 0; c < found; c++) {
        node_t m = follow(&n, self);
        m.cost += list[c].cost;
        m.lost++;
        close_char(s, &m, list[c].code, &s->in[i], 1);
        if (swallows && (m.b2 >= 0x81)) {
            /* Two bytes that are no pair: the second begins the next character. */
            node_t l = m;
            l.b1 = m.b2;
            l.b2 = 0;
            l.pending = true;
            l.lead_src = s->in[i].src;
            l.lead_end = s->in[i].src + s->in[i].src_len;
            push(x, i + 1, &l);
        }
        m.cost += COST_EATEN_ASCII;
        if (!sure && c == 0)
            m.emit[0].cp = 0xFFFD;
        if (swallows)
            m.emit[m.emit_n++] = (zw_unit_t){ .cp = guess_eaten(s, i + 1, zw_gbk_char(s->t, list[c].code >> 8, list[c].code & 0xFF)), .src = s->in[i].src, .src_len = s->in[i].src_len };
        if (swallows)
            m.prev = m.b1 = m.b2 = 0;
        if (sure || c == 0)
            push(x, i + 1, &m);
    }
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
        uint16_t code = bytes == 2 ? (uint16_t)(b[0] << 8 | b[1]) : 0;
        bool known;
        if (code)
            m.cost += unlikely(s, n.prev, code, &known);
        m.cost += stray(s, i, n.settled);
        m.settled = n.settled < 9 ? n.settled + 1 : 9;
        m.prev = code;
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
            k.cost += list[c].cost + way;
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
                m.cost += unlisted(s, (uint16_t)(n.b1 << 8 | n.b2));
                m.lead_end = s->in[end].src + s->in[end].src_len;
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
    node_t root = { .parent = NONE, .next = NONE, .b1 = last[0], .b2 = last[1], .prev = (uint16_t)(last[0] << 8 | last[1]),
                    .lead_src = s->in[at].src, .lead_end = s->in[at].src };
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
