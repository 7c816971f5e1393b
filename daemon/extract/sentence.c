#include "extract/sentence.h"

#include "base/utf8.h"
#include "extract/rules.h"

#include <errno.h>

enum { LOOK_AHEAD_CHARS = 40, QUOTED_BYTES = 2400 };

uint32_t zw_skeleton_char(uint32_t cp)
{
    switch (cp) {
    case 0xFF0C: return ',';
    case 0xFF1B: return ';';
    case 0xFF1A: return ':';
    case 0xFF01: return '!';
    case 0xFF1F: return '?';
    case 0xFF08: return '(';
    case 0xFF09: return ')';
    case 0xFF05: return '%';
    case 0x300C: case 0x300E: return 0x201C; /* 「『 → “ */
    case 0x300D: case 0x300F: return 0x201D;
    default: return cp >= 0xE000 && cp <= 0xF8FF ? 0xFFFD : cp;
    }
}

/* ---- the skeleton */

typedef struct {
    zw_arena_t *arena;
    char *sk;
    uint32_t *at;
    int32_t *mention;
    size_t n;
} builder_t;

static void put(builder_t *b, uint32_t cp, uint32_t at, int32_t mention)
{
    unsigned width = zw_utf8_encode(cp, b->sk + b->n);
    for (unsigned i = 0; i < width; i++) {
        b->at[b->n + i] = at;
        b->mention[b->n + i] = mention;
    }
    b->n += width;
}

/* The mention behind an opening quote when a closing one follows it at once: “质量月” is one thing, as 质量月 is. */
static bool quotes_one(const zw_text_t *text, zw_span_t line, uint32_t at, const zw_mention_t *m)
{
    static const struct {
        const char *open, *close;
    } PAIRS[] = { { "“", "”" }, { "「", "」" }, { "『", "』" } };
    for (size_t i = 0; i < sizeof(PAIRS) / sizeof(*PAIRS); i++)
        if (m->span.start == at + 3 && m->span.end + 3 <= line.end && memcmp(text->text.p + at, PAIRS[i].open, 3) == 0 &&
            memcmp(text->text.p + m->span.end, PAIRS[i].close, 3) == 0)
            return true;
    return false;
}

static int build(const zw_text_t *text, zw_span_t line, const zw_mention_t *mentions, size_t from, size_t to,
                 zw_arena_t *arena, zw_paragraph_t *ret)
{
    size_t room = (size_t)(line.end - line.start) + 4 * (to - from) + 8;
    builder_t b = { .arena = arena, .sk = zw_arena_alloc(arena, room), .at = zw_arena_alloc(arena, room * sizeof(*b.at)),
                    .mention = zw_arena_alloc(arena, room * sizeof(*b.mention)) };
    if (!b.sk || !b.at || !b.mention)
        return -ENOMEM;
    uint32_t at = line.start;
    size_t m = from;
    while (at < line.end) {
        if (m < to && mentions[m].span.start == at) {
            put(&b, ZW_PUA + mentions[m].cls, at, (int32_t)m);
            at = mentions[m].span.end;
            m++;
            continue;
        }
        if (m < to && quotes_one(text, line, at, &mentions[m])) {
            put(&b, ZW_PUA + mentions[m].cls, at, (int32_t)m);
            at = mentions[m].span.end + 3;
            m++;
            continue;
        }
        uint32_t cp;
        unsigned width = zw_utf8_decode(text->text.p + at, text->text.p + line.end, &cp);
        put(&b, zw_skeleton_char(cp), at, -1);
        at += width;
    }
    b.at[b.n] = line.end;
    b.mention[b.n] = -1;
    b.sk[b.n] = '\0';
    *ret = (zw_paragraph_t){ .text = line, .skeleton = { b.sk, b.n }, .at = b.at, .mention = b.mention,
                             .mention_from = from, .mention_to = to };
    return 0;
}

/* ---- sentences */

static bool starts(const char *p, const char *end, const char *what)
{
    size_t n = strlen(what);
    return (size_t)(end - p) >= n && memcmp(p, what, n) == 0;
}

/* Behind “…。”: do the next words name who said it (省质监局局长王某说。)? */
static bool speaker_follows(const char *p, const char *end)
{
    static const char *const SAYS[] = { "说", "表示", "介绍", "指出", "强调", "认为", "坦言", "透露", "告诉", "称", "呼吁", "解释",
                                        "回忆", "感慨", "道", "提醒", "要求", "回应", "谈到", "如是", "答", "直言", "坦承", "建议",
                                        "补充", "点评", "感叹", "打了", "发言", "告诫", "总结", "评价", "笑称", "笑言", "打趣",
                                        "反问", "自嘲", "叮嘱", "勉励", "承诺", "表态", "证实", "澄清" };
    for (int i = 0; i < LOOK_AHEAD_CHARS && p < end; i++) {
        if (starts(p, end, "。") || starts(p, end, "“") || *p == '!' || *p == '?' || *p == ';')
            return false;
        for (size_t j = 0; j < sizeof(SAYS) / sizeof(*SAYS); j++)
            if (starts(p, end, SAYS[j]) && i > 0)
                return true;
        uint32_t cp;
        p += zw_utf8_decode(p, end, &cp);
    }
    return false;
}

/* True when the quotes of the paragraph open and close in turn; else their depth means nothing. */
static bool quotes_pair(zw_str_t s)
{
    int depth = 0;
    const char *p = s.p, *end = s.p + s.n;
    while (p < end) {
        uint32_t cp;
        p += zw_utf8_decode(p, end, &cp);
        if (cp == 0x201C && ++depth > 2)
            return false;
        if (cp == 0x201D && --depth < 0)
            return false;
    }
    return depth == 0;
}

typedef struct {
    zw_arena_t *arena;
    zw_sentence_t *items;
    size_t n, cap;
} list_t;

static int add_sentence(list_t *list, uint32_t start, uint32_t end)
{
    if (start >= end)
        return 0;
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        zw_sentence_t *items = zw_arena_grow(list->arena, list->items, list->n * sizeof(*items), cap * sizeof(*items));
        if (!items)
            return -ENOMEM;
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n++] = (zw_sentence_t){ .sk = { start, end } };
    return 0;
}

typedef struct {
    const char *begin, *end, *p;
    bool use_quotes;
    int quotes, brackets;
    const char *quote_from;
} splitter_t;

/* Looks at the character at s->p and steps over it; true when a sentence ends behind it. */
static bool step(splitter_t *s)
{
    uint32_t cp;
    unsigned width = zw_utf8_decode(s->p, s->end, &cp);
    bool quoted_end = s->p > s->begin && cp == 0x201D &&
                      (starts(s->p - 3 < s->begin ? s->begin : s->p - 3, s->end, "。") || s->p[-1] == '!' || s->p[-1] == '?');
    if (cp == 0x201C && s->quotes++ == 0)
        s->quote_from = s->p;
    if (cp == 0x201D && s->quotes > 0)
        s->quotes--;
    if (cp == '(')
        s->brackets++;
    if (cp == ')' && s->brackets > 0)
        s->brackets--;
    s->p += width;
    if (s->use_quotes && quoted_end && s->quotes == 0)
        return !speaker_follows(s->p, s->end);
    if (cp == 0x3002)
        s->brackets = 0; /* a bracket that is never closed ends with its sentence */
    if (cp != 0x3002 && cp != '!' && cp != '?' && cp != ';')
        return false;
    bool inside = s->use_quotes && s->quotes > 0 && s->p - s->quote_from < QUOTED_BYTES;
    return !inside && s->brackets == 0;
}

/* Where to cut a sentence that is too long: behind the last comma, else before the next character. */
static uint32_t cut_at(zw_str_t s, uint32_t start, uint32_t end)
{
    for (uint32_t i = end; i > start + (end - start) / 2; i--)
        if (s.p[i - 1] == ',')
            return i;
    while (end > start && ((unsigned char)s.p[end] & 0xC0) == 0x80)
        end--;
    return end;
}

static int split(zw_paragraph_t *p, zw_arena_t *arena)
{
    list_t list = { .arena = arena };
    zw_str_t s = p->skeleton;
    splitter_t w = { .begin = s.p, .end = s.p + s.n, .p = s.p, .use_quotes = quotes_pair(s) };
    uint32_t start = 0;
    int r = 0;
    while (w.p < w.end && r == 0) {
        bool ends = step(&w);
        uint32_t here = (uint32_t)(w.p - s.p);
        /* closing quotes and brackets belong to the sentence */
        while (ends && w.p < w.end && (starts(w.p, w.end, "”") || *w.p == ')') && !w.use_quotes)
            w.p += *w.p == ')' ? 1 : 3;
        here = (uint32_t)(w.p - s.p);
        if (!ends && here - start > ZW_SENTENCE_BYTES) {
            uint32_t cut = cut_at(s, start, here);
            r = add_sentence(&list, start, cut);
            start = cut;
        } else if (ends) {
            r = add_sentence(&list, start, here);
            start = here;
        }
    }
    if (r == 0)
        r = add_sentence(&list, start, (uint32_t)s.n);
    p->sentences = list.items;
    p->sentence_count = list.n;
    return r;
}

/* ---- clauses */

static bool clause_ends(uint32_t cp)
{
    return cp == ',' || cp == ';' || cp == ':' || cp == 0x3002 || cp == '!' || cp == '?';
}

static int find_clauses(const zw_paragraph_t *p, zw_sentence_t *sentence, zw_arena_t *arena)
{
    const char *s = p->skeleton.p;
    size_t count = 1;
    for (uint32_t i = sentence->sk.start; i < sentence->sk.end; i++)
        count += s[i] == ',' || s[i] == ';' || s[i] == ':' || s[i] == '!' || s[i] == '?' || (unsigned char)s[i] == 0xE3;
    sentence->clauses = zw_arena_alloc(arena, count * sizeof(*sentence->clauses));
    if (!sentence->clauses)
        return -ENOMEM;
    uint32_t start = sentence->sk.start, at = start;
    while (at < sentence->sk.end) {
        uint32_t cp;
        unsigned width = zw_utf8_decode(s + at, s + sentence->sk.end, &cp);
        if (clause_ends(cp)) {
            if (at > start)
                sentence->clauses[sentence->clause_count++] = (zw_clause_t){ .sk = { start, at }, .subject = -1 };
            start = at + width;
        }
        at += width;
    }
    if (sentence->sk.end > start)
        sentence->clauses[sentence->clause_count++] = (zw_clause_t){ .sk = { start, sentence->sk.end }, .subject = -1 };
    return 0;
}

/* Where the sentences of a line begin: behind its list marks, and behind a label (【本报讯】, 【扩项】) in which no mention is. */
static uint32_t lead_end(const zw_text_t *text, zw_span_t line, const zw_mention_t *first)
{
    enum { LABEL_MAX = 8 };
    uint32_t at = line.start, cp = 0;
    unsigned width = 0;
    for (; at < line.end; at += width) {
        width = zw_utf8_decode(text->text.p + at, text->text.p + line.end, &cp);
        if (!zw_is_list_mark(cp) && !(cp == ' ' && at > line.start))
            break;
    }
    if (at == line.end || cp != 0x3010)
        return at < line.end ? at : line.start;
    uint32_t k = at + width;
    for (unsigned n = 0; k < line.end && n <= LABEL_MAX; n++, k += width) {
        if (first && k == first->span.start)
            return at;
        width = zw_utf8_decode(text->text.p + k, text->text.p + line.end, &cp);
        if (cp == 0x3011)
            return k + width < line.end ? k + width : at;
    }
    return at;
}

int zw_paragraph_make(const zw_text_t *text, zw_span_t line, const zw_mention_t *mentions, size_t mention_count,
                      size_t *from, zw_arena_t *arena, zw_paragraph_t *ret)
{
    zw_paragraph_t p;
    while (*from < mention_count && mentions[*from].span.start < line.start)
        (*from)++;
    line.start = lead_end(text, line, *from < mention_count ? &mentions[*from] : NULL);
    size_t to = *from;
    while (to < mention_count && mentions[to].span.end <= line.end)
        to++;
    int r = build(text, line, mentions, *from, to, arena, &p);
    if (r == 0)
        r = split(&p, arena);
    for (size_t i = 0; r == 0 && i < p.sentence_count; i++)
        r = find_clauses(&p, &p.sentences[i], arena);
    if (r == 0) {
        *from = to;
        *ret = p;
    }
    return r;
}
