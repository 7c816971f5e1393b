/* Annotations: the readings themselves, the evidence of the article, and the walk in step. */
#include "text/pinyin.h"

#include <errno.h>

#include "base/utf8.h"

enum { READING_MAX = 7, MANY = 3, DOUBT = 12, BUDGET = 3000000, BUDGET_A_UNIT = 30 };

/* A letter of a reading: 1-26, 27 for ü, and its tone mark; 0 if it is none. */
static unsigned reading_letter(uint32_t cp, unsigned *ret_tone)
{
    static const struct {
        uint16_t cp;
        uint8_t letter, tone;
    } MARKED[] = {
        { 0xE0, 1, 4 }, { 0xE1, 1, 2 }, { 0xE8, 5, 4 }, { 0xE9, 5, 2 }, { 0xEA, 5, 0 }, { 0xEC, 9, 4 }, { 0xED, 9, 2 },
        { 0xF2, 15, 4 }, { 0xF3, 15, 2 }, { 0xF9, 21, 4 }, { 0xFA, 21, 2 }, { 0xFC, 27, 0 }, { 0x101, 1, 1 }, { 0x103, 1, 3 },
        { 0x113, 5, 1 }, { 0x115, 5, 3 }, { 0x11B, 5, 3 }, { 0x12B, 9, 1 }, { 0x12D, 9, 3 }, { 0x144, 14, 2 }, { 0x148, 14, 3 }, { 0x14D, 15, 1 },
        { 0x14F, 15, 3 }, { 0x16B, 21, 1 }, { 0x16D, 21, 3 }, { 0x1CE, 1, 3 }, { 0x1D0, 9, 3 }, { 0x1D2, 15, 3 },
        { 0x1D4, 21, 3 }, { 0x1D6, 27, 1 }, { 0x1D8, 27, 2 }, { 0x1DA, 27, 3 }, { 0x1DC, 27, 4 }, { 0x1F9, 14, 4 },
        { 0x251, 1, 0 }, { 0x261, 7, 0 }, { 0x1E3F, 13, 2 },
    };
    *ret_tone = 0;
    if (cp >= 0xFF41 && cp <= 0xFF5A)
        cp -= 0xFEE0;
    if (cp >= 'a' && cp <= 'z')
        return cp == 'v' ? 27 : cp - 'a' + 1;
    if (cp < 0xE0 || cp > 0x1E3F)
        return 0;
    for (size_t i = 0; i < sizeof MARKED / sizeof *MARKED; i++)
        if (MARKED[i].cp == cp) {
            *ret_tone = MARKED[i].tone;
            return MARKED[i].letter;
        }
    return 0;
}

zw_reading_t zw_pinyin_reading(const zw_pinyin_t *s, size_t i)
{
    uint64_t packed = 0;
    unsigned tone = 0, letters = 0;
    size_t k = i;
    for (; k < s->n && letters < READING_MAX; k++) {
        unsigned mark, letter = reading_letter(s->in[k].cp, &mark);
        if (!letter) {
            /* A combining mark behind its vowel: the same four tones. */
            uint32_t cp = s->in[k].cp;
            mark = cp == 0x304 ? 1 : cp == 0x301 ? 2 : cp == 0x30C || cp == 0x306 ? 3 : cp == 0x300 ? 4 : 0;
            if (mark && letters && !tone) {
                tone = mark;
                continue;
            }
            break;
        }
        if (mark && tone)
            return (zw_reading_t){ 0 };
        tone = tone ? tone : mark;
        packed = packed << 5 | letter;
        letters++;
    }
    if (letters == 0 || letters > 6)
        return (zw_reading_t){ 0 };
    if (!tone && k < s->n && s->in[k].cp >= '1' && s->in[k].cp <= '5') {
        tone = s->in[k].cp - '0';
        tone = tone == 5 ? 0 : tone;
        k++;
    }
    bool toned = tone != 0;
    uint16_t syllable = zw_syllable_find(s->t, packed << 3 | tone);
    for (tone = 0; syllable == ZW_NO_READING && tone <= 4; tone++)
        syllable = zw_syllable_find(s->t, packed << 3 | tone);
    if (syllable == ZW_NO_READING)
        return (zw_reading_t){ 0 };
    return (zw_reading_t){ k - i, syllable, toned };
}

unsigned zw_pinyin_bytes(const zw_pinyin_t *s, size_t i, uint8_t ret[2], uint8_t *ret_other)
{
    uint32_t cp = s->in[i].cp;
    *ret_other = 0;
    if (cp < 0x80) {
        ret[0] = (uint8_t)cp;
        return 1;
    }
    if (cp == 0x20AC || cp == 0x80) {
        ret[0] = 0x80;
        return 1;
    }
    uint16_t code = zw_gbk_bytes(s->t, cp);
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        *ret_other = (uint8_t)(cp - 0xFEE0);
    if (!code && cp >= 0xE000 && cp <= 0xE765) {
        /* The user-defined zones of GBK, as browsers decode them. */
        uint32_t k = cp - 0xE000;
        if (k < 564)
            code = (uint16_t)((0xAA + k / 94) << 8 | (0xA1 + k % 94));
        else if (k < 1222)
            code = (uint16_t)((0xF8 + (k - 564) / 94) << 8 | (0xA1 + (k - 564) % 94));
        else {
            uint32_t trail = 0x40 + (k - 1222) % 96;
            code = (uint16_t)((0xA1 + (k - 1222) / 96) << 8 | (trail >= 0x7F ? trail + 1 : trail));
        }
    }
    if (!code && cp < 0x10000 && s->t->form_of[cp])
        code = zw_gbk_bytes(s->t, s->t->form_pool[s->t->forms[3 * (s->t->form_of[cp] - 1) + 1]]);
    if (!code)
        return 0;
    ret[0] = (uint8_t)(code >> 8);
    ret[1] = (uint8_t)code;
    return 2;
}

/* An annotation in brackets at in[i]: its length with both brackets, 0 if there is none. */
static size_t annotation_at(const zw_pinyin_t *s, size_t i, zw_reading_t *ret)
{
    if (!zw_pinyin_opens(s->in[i].cp))
        return 0;
    size_t start = i + 1 + (i + 1 < s->n && s->in[i + 1].cp == ' ');
    *ret = zw_pinyin_reading(s, start);
    size_t end = start + ret->n;
    end += ret->n && end < s->n && s->in[end].cp == ' ';
    if (!ret->n || end >= s->n || !zw_pinyin_closes(s->in[end].cp))
        return 0;
    return end + 1 - i;
}

static bool ignorable(uint32_t cp)
{
    return cp == 0x3000;
}

static size_t run_slot(const zw_evidence_t *e, uint64_t run)
{
    return (size_t)((run * 0x9E3779B97F4A7C15u) >> 32) & e->pair_mask;
}

bool zw_pinyin_run_seen(const zw_evidence_t *e, uint64_t run)
{
    for (size_t slot = run_slot(e, run), i = 0; e->pairs[slot] && i < 64; slot = (slot + 1) & e->pair_mask, i++)
        if (e->pairs[slot] == run)
            return true;
    return false;
}

static void run_add(zw_evidence_t *e, uint64_t run)
{
    size_t slot = run_slot(e, run);
    for (size_t i = 0; i < 64; i++, slot = (slot + 1) & e->pair_mask)
        if (!e->pairs[slot] || e->pairs[slot] == run) {
            e->pairs[slot] = run;
            return;
        }
}

/* `before`: the two characters before `code`, 0 where there is none. Returns the two before the next. */
static uint32_t neighbours_add(zw_evidence_t *e, uint32_t before, uint32_t code)
{
    if (before & 0xFFFF)
        run_add(e, (before & 0xFFFF) << 16 | code);
    if (before >> 16)
        run_add(e, (uint64_t)before << 16 | code);
    return before << 16 | code;
}

static void bump(uint16_t *count)
{
    if (*count < UINT16_MAX)
        (*count)++;
}

/* Walks the text once as if nothing were torn and counts what fits. Where nothing does, the stage is over. */
static int evidence_gather(zw_pinyin_t *s, bool *ret_any)
{
    zw_evidence_t *e = &s->evidence;
    bool any = false;
    for (size_t i = 0; i < s->n && !any; i++) {
        uint32_t cp = s->in[i].cp;
        zw_reading_t reading;
        if (zw_pinyin_opens(cp))
            any = annotation_at(s, i, &reading) > 0;
        else if (zw_pinyin_closes(cp) && i > 0 && zw_pinyin_reading(s, i - 1).n)
            any = true; /* an annotation that has lost its opening bracket */
        else
            any = cp == 0xFFFD;
    }
    *ret_any = any;
    if (!any)
        return 0;
    size_t slots = 1024;
    while (slots < 4 * s->n && slots < 1u << 21)
        slots *= 2;
    e->pair_mask = slots - 1;
    e->pairs = zw_arena_calloc(s->r->arena, slots, sizeof *e->pairs);
    e->seen = zw_arena_calloc(s->r->arena, ZW_DBCS_CODES, sizeof *e->seen);
    e->annotated = zw_arena_calloc(s->r->arena, ZW_DBCS_CODES, sizeof *e->annotated);
    if (!e->pairs || !e->seen || !e->annotated)
        return -ENOMEM;
    uint32_t before = 0, trad = 0, simp = 0, doubt = 0;
    for (size_t i = 0; i < s->n;) {
        uint32_t cp = s->in[i].cp, code = zw_gbk_bytes(s->t, cp), index;
        /* Behind a torn place nothing is evidence until something tells that the bytes are in step again. */
        if (zw_pinyin_is_lost(cp))
            doubt = DOUBT;
        else if (cp == ',' || cp == '\n' || cp == 0x3002)
            doubt = 0;
        else if (doubt)
            doubt--;
        e->commas += cp == ',';
        trad += (zw_kind(s->t, cp) & ZW_IS_TRAD) != 0;
        simp += (zw_kind(s->t, cp) & ZW_IS_SIMP) != 0;
        i++;
        if (!code || !zw_gbk_index(code >> 8, code & 0xFF, &index)) {
            before = ignorable(cp) ? before : 0;
            continue;
        }
        zw_reading_t reading;
        size_t k = i;
        while (k < s->n && ignorable(s->in[k].cp))
            k++;
        size_t n = k < s->n ? annotation_at(s, k, &reading) : 0;
        if (n && reading.toned && zw_has_reading(s->t, code >> 8, code & 0xFF, reading.syllable, false))
            e->strict++;
        else if (n && zw_has_reading(s->t, code >> 8, code & 0xFF, reading.syllable, true))
            e->loose++;
        else {
            if (n && reading.toned)
                doubt = DOUBT;
            if (!doubt) {
                e->total++;
                bump(&e->seen[index]);
                before = neighbours_add(e, before, code);
            } else
                before = 0;
            continue;
        }
        before = doubt ? code : neighbours_add(e, before, code);
        doubt = 0;
        e->total++;
        bump(&e->annotated[index]);
        i = k + n;
    }
    e->trad = trad > simp;
    return 0;
}

/* Whether the annotation behind this character is one. A wrong or old reading counts where the article is full of
 * annotations; a reading without any tone must fit and not be alone (千克(ke) is none). */
static bool is_annotation(const zw_pinyin_t *s, const uint8_t last[2], bool straddles, const zw_reading_t *reading)
{
    if (straddles) /* trail byte and an ASCII letter that together are a character of the list */
        return reading->toned && zw_has_reading(s->t, last[0], last[1], reading->syllable, false);
    bool many = s->evidence.strict + s->evidence.loose >= MANY;
    if (reading->toned)
        return zw_has_reading(s->t, last[0], last[1], reading->syllable, true) || many;
    return many && zw_has_reading(s->t, last[0], last[1], reading->syllable, true);
}

/* Whether a place that begins here may be torn: '?' or U+FFFD, with or without '(', or nothing, then "reading)". */
static bool may_be_torn(const zw_pinyin_t *s, size_t i)
{
    bool lost = zw_pinyin_may_be_lost(s->in[i].cp);
    size_t k = lost ? i + 1 : i;
    if (lost && k < s->n && zw_pinyin_opens(s->in[k].cp))
        k++;
    if (k >= s->n)
        return false;
    zw_reading_t reading = zw_pinyin_reading(s, k);
    return reading.n && (reading.toned || s->evidence.strict >= MANY) && (reading.toned || lost) && k + reading.n < s->n &&
           zw_pinyin_closes(s->in[k + reading.n].cp);
}

/* The last two true bytes after a search. */
static void take_last(const zw_pinyin_t *s, uint8_t last[2])
{
    uint16_t code = s->out_n ? zw_gbk_bytes(s->t, s->out[s->out_n - 1].cp) : 0;
    last[0] = (uint8_t)(code >> 8);
    last[1] = (uint8_t)code;
}

static int walk(zw_pinyin_t *s)
{
    uint8_t last[2] = { 0, 0 };
    bool ascii = true; /* the last true byte is an ASCII character of its own */
    for (size_t i = 0; i < s->n;) {
        uint32_t cp = s->in[i].cp;
        zw_reading_t reading;
        if (last[1] && zw_pinyin_opens(cp)) {
            size_t n = annotation_at(s, i, &reading);
            if (n && !ascii && reading.toned && s->evidence.strict >= MANY && !zw_has_reading(s->t, last[0], last[1], reading.syllable, true)) {
                /* Not how this character is read: a decoder that leaves out what it cannot read has torn the place. */
                ssize_t next = zw_pinyin_search(s, i, last);
                if (next < 0)
                    return (int)next;
                if ((size_t)next > i) {
                    i = (size_t)next;
                    take_last(s, last);
                    continue;
                }
            }
            if (n && is_annotation(s, last, ascii, &reading)) {
                zw_note_units(s->r, ZW_REPAIR_PINYIN, s->in + i, n, NULL, 0);
                i += n;
                continue;
            }
        }
        unsigned mark;
        if (!ascii && last[1] && (zw_pinyin_may_be_lost(cp) || (cp != 'v' && reading_letter(cp, &mark))) && may_be_torn(s, i)) {
            ssize_t next = zw_pinyin_search(s, i, last);
            if (next < 0)
                return (int)next;
            if ((size_t)next > i) {
                i = (size_t)next;
                take_last(s, last);
                ascii = false;
                continue;
            }
        }
        if (cp == 0xFFFD)
            s->r->counts[ZW_REPAIR_LOST]++;
        if (s->out_n == s->out_cap)
            return -ENOMEM;
        s->out[s->out_n++] = s->in[i++];
        if (ignorable(cp))
            continue;
        ascii = cp < 0x80;
        uint16_t code = ascii ? (uint16_t)(last[1] << 8 | cp) : zw_gbk_bytes(s->t, cp);
        last[0] = (uint8_t)(code >> 8);
        last[1] = (uint8_t)code;
    }
    return 0;
}

int zw_pinyin_remove(zw_repair_t *r)
{
    zw_pinyin_t s = { .r = r, .t = r->tables, .in = r->text.u, .n = r->text.n };
    s.budget = BUDGET + (int64_t)s.n * BUDGET_A_UNIT;
    bool any;
    if (!(r->seen & ZW_IS_READING))
        return 0;
    int e = evidence_gather(&s, &any);
    if (e < 0 || !any)
        return e;
    /* A torn place gives at most one character for each of its bytes, so never more than two a unit. */
    s.out_cap = 2 * s.n + 2;
    s.out = zw_arena_alloc(r->arena, s.out_cap * sizeof *s.out);
    if (!s.out)
        return -ENOMEM;
    e = walk(&s);
    if (e < 0)
        return e;
    r->text = (zw_units_t){ s.out, s.out_n };
    r->seen = (uint32_t)ZW_SEEN_ALL;
    return 0;
}
