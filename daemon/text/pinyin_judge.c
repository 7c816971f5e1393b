/* How likely Chinese is: the text before a character is divided into words in the way that costs least, by how often
 * each word stands in print (jieba's list), or the character behind its neighbour (open-gram's), and what the article itself says elsewhere counts for more than that.
 */
#include <limits.h>

#include "base/utf8.h"
#include "text/pinyin.h"

enum {
    NEVER = INT_MAX / 16,
    BIT = 4,
    SEEN_TRIPLE = 6,        /* behind the two characters that it stands behind elsewhere in the article */
    APART = 4 * BIT,        /* few of the characters of an article are words by themselves */
    FREQUENCY_MIN = 60,     /* rarer characters are not guessed, unless they are more common in words */
    FREQUENCY_COMMON = 120,
    IN_PRINT = 19 * BIT,
    COMMON_IN_PRINT = 14 * BIT,
    ONLY_ANNOTATED = 16 * BIT,
    WRONG_SCRIPT = 8 * BIT,
    RARE_FORM = 5 * BIT,
    HALF_DASH = 9 * BIT,    /* a dash fills two characters */
    BIGRAM = BIT / 2,       /* one of several models is right */
    STRANGERS = 1 * BIT     /* two that print has hardly ever seen side by side */
};

enum { DASH = 0x2014, DASH_CODE = 0xA1AA };

bool zw_judge_is_mark(uint32_t cp)
{
    return (cp >= 0x3001 && cp <= 0x3002) || cp == 0x2018 || cp == 0x2019 || (cp >= 0x300A && cp <= 0x3011) || cp == 0x201C || cp == 0x201D || cp == 0x2014 || cp == 0xFF0C ||
           cp == 0xFF1A || cp == 0xFF1B || cp == 0xFF08 || cp == 0xFF09 || cp == 0xB7;
}

/* In quarters, between the powers of two along a straight line. */
static int log2_of(size_t n)
{
    int bits = 63 - __builtin_clzll(n | 1);
    return BIT * bits + (int)(bits >= 2 ? n >> (bits - 2) & 3 : bits == 1 ? (n & 1) * 2 : 0);
}

/* Simplified characters are rare in an article in traditional script, and so are unusual traditional ones. */
static int other_script(const zw_pinyin_t *s, uint32_t i, uint32_t cp)
{
    return !s->evidence.trad ? 0 : zw_kind(s->t, cp) & ZW_IS_SIMP ? WRONG_SCRIPT : s->t->rare[i] ? RARE_FORM : 0;
}

static size_t occurrences(const zw_pinyin_t *s, uint32_t i)
{
    return (size_t)s->evidence.seen[i] + s->evidence.annotated[i];
}

static int alone(const zw_pinyin_t *s, uint32_t i, uint32_t cp, size_t seen)
{
    const zw_evidence_t *e = &s->evidence;
    bool han = s->t->plain[i] != 0;
    int cost = han ? s->t->plain_cost[i] + other_script(s, i, cp) : zw_judge_is_mark(cp) ? (cp == 0x3002 ? 5 : 8) * BIT : 30 * BIT;
    if (!seen)
        return cost;
    int here = (han ? APART : BIT) + log2_of(e->total) - log2_of(seen);
    return here < cost ? here : cost;
}

/* The punctuation that print has where text in half width has this. */
static uint16_t full_width(uint32_t ascii)
{
    switch (ascii) {
    case ',': return 0xFF0C;
    case ':': return 0xFF1A;
    case ';': return 0xFF1B;
    case '?': return 0xFF1F;
    case '!': return 0xFF01;
    case '\n': return 0x3002;
    default: return 0;
    }
}

/* The cost of the i-th character of GBK behind m, by the article, by words and by its neighbour. */
static int cost_of(const zw_pinyin_t *s, const zw_sense_t *m, uint16_t code, uint32_t i, uint32_t cp, uint16_t face)
{
    uint32_t before;
    size_t seen = occurrences(s, i);
    unsigned neighbours = m->face && face ? zw_bigram_cost(s->t, m->face, face) : 0;
    int best = alone(s, i, cp, seen) + (!neighbours && m->face && s->t->plain[i] ? STRANGERS : 0);
    if (seen && m->prev && zw_gbk_index(m->prev >> 8, m->prev & 0xFF, &before)) {
        uint64_t run = (uint64_t)m->prev << 16 | code;
        int pair = BIT + log2_of(occurrences(s, before));
        if ((pair < best || m->before) && zw_pinyin_run_seen(&s->evidence, run)) {
            best = best < pair ? best : pair;
            if (m->before && best > SEEN_TRIPLE && zw_pinyin_run_seen(&s->evidence, (uint64_t)m->before << 32 | run))
                best = SEEN_TRIPLE;
        }
    }
    if (neighbours) {
        int cost = (int)neighbours + BIGRAM + other_script(s, i, cp);
        best = cost < best ? cost : best;
    }
    uint64_t last = m->last << 16 | s->t->plain[i];
    if (s->t->plain[i] && last >> 16 & 0xFFFF && zw_word_maybe(s->t, (uint32_t)last)) {
        int other = other_script(s, i, cp);
        for (unsigned n = 2; n <= 4 && last >> (16 * (n - 1)) & 0xFFFF; n++) {
            if (n > 2 && !zw_word_maybe(s->t, (uint32_t)(last >> (16 * (n - 2)))))
                break;
            int cost = (int)zw_word_cost(s->t, n == 4 ? last : last & ((UINT64_C(1) << 16 * n) - 1));
            if (cost && cost + other + m->back[n - 2] < best)
                best = cost + other + m->back[n - 2];
        }
    }
    if (cp == DASH && m->prev == DASH_CODE)
        best = BIT;
    else if (m->prev == DASH_CODE && m->before != DASH_CODE && !(m->before >= '0' && m->before <= '9'))
        best += HALF_DASH;
    return best;
}

static uint16_t face_of(const zw_pinyin_t *s, uint32_t i, uint32_t cp)
{
    return s->t->plain[i] ? s->t->plain[i] : zw_judge_is_mark(cp) ? (uint16_t)cp : 0;
}

int zw_judge_cost(const zw_pinyin_t *s, const zw_sense_t *m, uint16_t code, uint32_t i)
{
    uint32_t cp = s->t->gbk[i];
    return cost_of(s, m, code, i, cp, face_of(s, i, cp));
}

int zw_judge_add(const zw_pinyin_t *s, zw_sense_t *m, uint16_t code)
{
    uint32_t i;
    if (code < 0x80) {
        int cost = m->prev == DASH_CODE && m->before != DASH_CODE && !(code >= '0' && code <= '9') ? HALF_DASH : 0;
        *m = (zw_sense_t){ .prev = code, .face = full_width(code) };
        return cost;
    }
    if (!zw_gbk_index(code >> 8, code & 0xFF, &i) || !s->t->gbk[i])
        return NEVER;
    uint32_t cp = s->t->gbk[i];
    uint16_t face = face_of(s, i, cp);
    int best = cost_of(s, m, code, i, cp, face);
    *m = (zw_sense_t){ .last = s->t->plain[i] ? m->last << 16 | s->t->plain[i] : 0, .prev = code, .before = m->prev, .face = face,
                       .back = { (int16_t)-best, (int16_t)(m->back[0] - best), (int16_t)(m->back[1] - best) } };
    return best;
}

int zw_judge_unlisted(const zw_pinyin_t *s, uint16_t code)
{
    uint32_t i;
    if (!zw_gbk_index(code >> 8, code & 0xFF, &i))
        return NEVER;
    int cost = (255 - s->t->frequency[i]) / 8;
    if (s->evidence.annotated[i] > 0)
        return 0;
    if (s->evidence.seen[i] > 0)
        return 14 * BIT + cost;
    return cost + 3 * BIT + (zw_kind(s->t, s->t->gbk[i]) & (ZW_IS_TRAD | ZW_IS_AMBIGUOUS) ? 0 : 8 * BIT);
}

int zw_judge_bare(const zw_pinyin_t *s, uint16_t code)
{
    uint32_t i;
    return zw_gbk_index(code >> 8, code & 0xFF, &i) && s->evidence.annotated[i] > 0 && s->evidence.seen[i] == 0 ? ONLY_ANNOTATED : 0;
}

bool zw_judge_guessable(const zw_pinyin_t *s, uint32_t i, bool common)
{
    return s->t->frequency[i] >= (common ? FREQUENCY_COMMON : FREQUENCY_MIN) ||
           (s->t->plain[i] && s->t->in_words[i] < (common ? COMMON_IN_PRINT : IN_PRINT)) || occurrences(s, i) > 0 ||
           zw_judge_is_mark(s->t->gbk[i]);
}

static const uint16_t BRACKETS[][2] = { { 0x201C, 0x201D }, { 0x2018, 0x2019 }, { 0x300C, 0x300D }, { 0x300E, 0x300F },
                                        { 0x300A, 0x300B }, { 0x3010, 0x3011 }, { 0x3014, 0x3015 }, { 0xFF08, 0xFF09 } };
enum { BRACKETS_N = sizeof BRACKETS / sizeof *BRACKETS };

unsigned zw_judge_open(const zw_pinyin_t *s)
{
    int open[BRACKETS_N] = { 0 };
    unsigned mask = 0;
    for (size_t k = s->out_n; k-- > 0 && s->out_n - k < 60 && s->out[k].cp != '\n';)
        for (size_t p = 0; p < BRACKETS_N; p++)
            open[p] += s->out[k].cp == BRACKETS[p][0] ? 1 : s->out[k].cp == BRACKETS[p][1] ? -1 : 0;
    for (size_t p = 0; p < BRACKETS_N; p++)
        mask |= open[p] > 0 ? 1u << p : 0;
    return mask;
}

/* How unlikely a mark is here: one that closes what is open, and no full stop inside it. */
static int mark_cost(const zw_pinyin_t *s, uint32_t cp, uint32_t next)
{
    for (size_t p = 0; p < BRACKETS_N; p++) {
        if (cp == BRACKETS[p][1])
            return s->open >> p & 1 ? 0 : 10 * BIT;
        if (cp == BRACKETS[p][0])
            return (next == ',' || next == '\n' ? 12 : 6) * BIT;
    }
    if (cp == 0x3002)
        return (s->open ? 9 : next == ',' ? 12 : 0) * BIT;
    if (cp == DASH)
        return 0;
    return next == ',' ? 12 * BIT : cp == 0xFF0C ? 0 : cp == 0x3001 ? 2 * BIT : zw_judge_is_mark(cp) ? 6 * BIT : 10 * BIT;
}

int zw_judge_before(const zw_pinyin_t *s, uint32_t cp, uint32_t next)
{
    enum { COMMA_USUAL = 4, COMMA_RARE = 3 }; /* bits: behind characters that clauses end with; how much dearer elsewhere */
    /* What mostly stands before a figure in the news, and what often does; in simplified script. */
    static const uint16_t MOSTLY[] = { 0x6708, 0x5E74, 0x7B2C, 0x81F3, 0x5230, 0x8FBE, 0x7EA6, 0x4ECE, 0x8FD1, 0x8D85, 0x81EA, 0x903E, 0x5171, 0xFF0C },
                          OFTEN[] = { 0x4E3A, 0x6709, 0x7531, 0x4E8E, 0x7B49, 0x7387, 0x4EC5, 0x5728, 0x4E86, 0x7684, 0x662F, 0x8BA1, 0x548C, 0x3001,
                                      0x3002, 0xFF08, 0xFF1A, 0x2014 };
    bool han = zw_is_han(cp);
    if (next == '0') {
        uint32_t simple = zw_simplified(s->t, cp);
        for (size_t i = 0; i < sizeof MOSTLY / sizeof *MOSTLY; i++)
            if (MOSTLY[i] == simple)
                return 2 * BIT;
        for (size_t i = 0; i < sizeof OFTEN / sizeof *OFTEN; i++)
            if (OFTEN[i] == simple)
                return 4 * BIT;
        return (han ? 7 * BIT : 5 * BIT) + (han ? 0 : mark_cost(s, cp, next));
    }
    if (next == '\n')
        return cp == 0x3002 ? mark_cost(s, cp, next) : cp == 0xFF1A ? 4 * BIT : han ? 6 * BIT : 6 * BIT + mark_cost(s, cp, next);
    if (next == ',') {
        if (!han)
            return 2 * BIT + mark_cost(s, cp, next);
        int cost = (int)zw_bigram_cost(s->t, (uint16_t)zw_simplified(s->t, cp), 0xFF0C) - COMMA_USUAL * BIT;
        return cost == -COMMA_USUAL * BIT || cost > COMMA_RARE * BIT ? COMMA_RARE * BIT : cost > 0 ? cost : 0;
    }
    return han ? 0 : mark_cost(s, cp, next);
}
