#include "extract/mention_scan.h"
#include "extract/region.h"

#include <errno.h>
#include <stdlib.h>

/* ---- the article's date */

static int digits_of(zw_str_t s, size_t at, size_t n)
{
    int v = 0;
    if (at + n > s.n)
        return 0;
    for (size_t k = at; k < at + n; k++) {
        if (!zw_is_digit((unsigned char)s.p[k]))
            return 0;
        v = v * 10 + (s.p[k] - '0');
    }
    return v;
}

static void date_from_published(zw_context_t *c, zw_str_t published)
{
    c->year = digits_of(published, 0, 4);
    c->month = published.n >= 7 && published.p[4] == '-' ? digits_of(published, 5, 2) : 0;
    c->day = published.n >= 10 && published.p[7] == '-' ? digits_of(published, 8, 2) : 0;
    if (c->month < 1 || c->month > 12)
        c->month = c->day = 0;
    if (c->day > 31)
        c->day = 0;
}

/* Without `published`: the latest year that the text tells of (not one that it looks ahead to, nor one in a title), and
 * the latest day without a year in it, which is then of that year. */
static void date_from_chain(zw_context_t *c, const zw_text_t *text)
{
    static const char *const ahead[] = { "到", "至", "力争", "争取", "—", "-", "~", "于", "《" };
    int year = 0, month = 0, day = 0, depth = 0;
    zw_str_t t = text->text;
    for (size_t i = 0; i < t.n; i++) {
        zw_str_t here = { t.p + i, t.n - i };
        if (zw_str_starts(here, ZW_STR_LIT("《")))
            depth++;
        else if (zw_str_starts(here, ZW_STR_LIT("》")) && depth)
            depth--;
        if (depth || (i && zw_is_digit((unsigned char)t.p[i - 1])) || !zw_is_digit((unsigned char)t.p[i]))
            continue;
        zw_str_t before = { t.p, i };
        int y = digits_of(t, i, 4);
        if (y >= 1949 && y <= 2099 && zw_str_starts(zw_str(t.p + i + 4, t.n - i - 4), ZW_STR_LIT("年"))) {
            bool looks = false;
            for (size_t k = 0; k < sizeof(ahead) / sizeof(*ahead); k++)
                looks |= k != 7 && zw_str_ends(before, zw_strz(ahead[k]));
            if (!looks && y > year)
                year = y;
            continue;
        }
        size_t n = zw_is_digit((unsigned char)t.p[i + (i + 1 < t.n)]) && i + 1 < t.n ? 2 : 1;
        int m = digits_of(t, i, n);
        if (m < 1 || m > 12 || !zw_str_starts(zw_str(t.p + i + n, t.n - i - n), ZW_STR_LIT("月")) ||
            zw_str_ends(before, ZW_STR_LIT("年")) || zw_str_ends(before, ZW_STR_LIT("将于")))
            continue;
        size_t k = i + n + 3;
        size_t dn = k + 1 < t.n && zw_is_digit((unsigned char)t.p[k + 1]) ? 2 : 1;
        int d = digits_of(t, k, dn);
        bool full = d >= 1 && d <= 31 && k + dn < t.n && zw_str_starts(zw_str(t.p + k + dn, t.n - k - dn), ZW_STR_LIT("日"));
        if (full && (m > month || (m == month && d > day))) {
            month = m;
            day = d;
        }
    }
    c->year = year;
    c->month = year ? month : 0;
    c->day = year ? day : 0;
}

/* ---- the article's place */

enum { MAX_PLACES = 96 };

typedef struct votes {
    const zw_lexicon_t *lexicon;
    int year;
    struct {
        uint32_t code;
        double weight;
    } place[MAX_PLACES];
    size_t count;
    double level[4]; /* of 我省 我市 我县 我区: how often such words stand in the text */
    double total;
} votes_t;

static void vote(votes_t *v, uint32_t code, double weight)
{
    if (!code)
        return;
    v->total += weight;
    for (size_t k = 0; k < v->count; k++) {
        if (v->place[k].code == code) {
            v->place[k].weight += weight;
            return;
        }
    }
    if (v->count < MAX_PLACES) {
        v->place[v->count].code = code;
        v->place[v->count++].weight = weight;
    }
}

/* The bytes of the longest word of `kinds` at `p`, and its first sense; 0 for none. */
static size_t longest(const votes_t *v, const char *p, const char *end, uint32_t kinds, uint32_t *ret_first)
{
    uint32_t node = 1, cp;
    size_t best = 0;
    for (const char *q = p; q < end;) {
        q += zw_utf8_decode(q, end, &cp);
        node = zw_lex_step(v->lexicon, node, cp);
        if (!node || !(zw_lex_under(v->lexicon, node) & kinds))
            break;
        if (zw_lex_kinds(v->lexicon, node) & kinds) {
            best = (size_t)(q - p);
            *ret_first = zw_lex_first(v->lexicon, node);
        }
    }
    return best;
}

/* The longest place name at `p`. */
static size_t place_at(const votes_t *v, const char *p, const char *end, uint32_t within, uint32_t near, uint32_t *ret)
{
    uint32_t first = 0;
    size_t best = longest(v, p, end, ZW_BIT(ZW_L_REGION) | ZW_BIT(ZW_L_REGION_SHORT) | ZW_BIT(ZW_L_REGION_NICK), &first);
    if (best) {
        zw_region_want_t want = { v->year, within, near };
        *ret = zw_region_pick(v->lexicon, first, &want, false, NULL);
    }
    return best;
}

static void vote_level_words(votes_t *v, zw_str_t here)
{
    static const struct {
        const char *word;
        int level;
    } words[] = { { "我省", 0 }, { "全省", 0 }, { "省政府", 0 }, { "省委", 0 }, { "我市", 1 }, { "全市", 1 }, { "市政府", 1 },
                  { "市委", 1 }, { "我县", 2 }, { "全县", 2 }, { "县政府", 2 }, { "县委", 2 }, { "我区", 3 }, { "全区", 3 },
                  { "区政府", 3 }, { "区委", 3 } };
    static const double weight[] = { 2, 1, 0.5, 0.5 };
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
        if (zw_str_starts(here, zw_strz(words[k].word)))
            v->level[words[k].level] += weight[k % 4];
}

static void vote_text(votes_t *v, zw_str_t s, double weight, double first_weight)
{
    uint32_t near = 0, before = 0, cp;
    bool first = true, behind = false;
    for (const char *p = s.p, *end = s.p + s.n; p < end;) {
        uint32_t code = 0;
        size_t n = place_at(v, p, end, 0, near, &code);
        if (n && !behind && zw_region_in_word(zw_str(p, n), before))
            n = 0;
        behind = n > 0;
        if (n) {
            uint32_t inner = 0;
            size_t m = code && p + n < end ? place_at(v, p + n, end, code, code, &inner) : 0;
            if (m && inner && inner != code) { /* 浙江温州 speaks of 温州 */
                code = inner;
                n += m;
            }
            vote(v, code, weight + (first && code ? first_weight : 0));
            first &= !code;
            near = code ? code : near;
            p += n;
            continue;
        }
        zw_str_t here = { p, (size_t)(end - p) };
        uint32_t sense;
        size_t word = longest(v, p, end, ZW_BIT(ZW_L_WORD), &sense); /* no 合肥 in 复合肥 */
        unsigned width = zw_utf8_decode(p, end, &cp);
        before = word ? 0 : cp;
        p += word > width ? word : width;
        if (cp == 0x6211 || cp == 0x5168 || cp == 0x7701 || cp == 0x5E02 || cp == 0x53BF || cp == 0x533A) /* 我全省市县区 */
            vote_level_words(v, here);
    }
}

/* 本报温州11月18日电, 本报包头讯: the place behind 本报 or 新华社. */
static void vote_dateline(votes_t *v, zw_str_t body)
{
    static const char *const heads[] = { "本报", "本刊", "新华社", "中新社", "中新网", "本网", "人民网" };
    size_t limit = body.n < 400 ? body.n : 400;
    for (size_t i = 0; i < limit; i++) {
        if (((unsigned char)body.p[i] & 0xC0) == 0x80)
            continue;
        for (size_t k = 0; k < 7; k++) {
            zw_str_t head = zw_strz(heads[k]);
            if (!zw_str_starts(zw_str(body.p + i, body.n - i), head))
                continue;
            uint32_t code = 0;
            size_t n = place_at(v, body.p + i + head.n, body.p + body.n, 0, 0, &code);
            if (n && code != 110000)
                vote(v, code, 5);
            else if (n)
                vote(v, code, -1); /* where news of the whole country is written */
            return;
        }
    }
}

static double level_bonus(const votes_t *v, uint32_t code)
{
    zw_str_t name = zw_region_name(v->lexicon, code, v->year);
    static const char *const ends[] = { "省", "市", "县", "区" };
    for (size_t k = 0; k < 4; k++)
        if (zw_str_ends(name, zw_strz(ends[k])))
            return v->level[k] > 8 ? 8 : v->level[k];
    return 0;
}

/* A place is spoken of through what it lies in and what lies in it too. */
static double place_score(const votes_t *v, size_t which)
{
    uint32_t code = v->place[which].code;
    double score = v->place[which].weight + level_bonus(v, code);
    for (size_t k = 0; k < v->count; k++) {
        uint32_t other = v->place[k].code;
        if (other == code || v->place[k].weight <= 0)
            continue;
        if (zw_region_within(code, other))
            score += v->place[k].weight * (zw_region_level(code) - zw_region_level(other) == 1 ? 0.5 : 0.25);
        else if (zw_region_within(other, code))
            score += v->place[k].weight * 0.4;
    }
    return score;
}

static uint32_t elect(const votes_t *v)
{
    uint32_t best = 0;
    double best_score = 0;
    for (size_t k = 0; k < v->count; k++) {
        double score = place_score(v, k);
        if (score > best_score) {
            best_score = score;
            best = v->place[k].code;
        }
    }
    /* an article on many places is about none; one that names few is about the place that most of them lie in */
    bool many = best_score >= 3 && best_score >= 0.4 * v->total, few = best_score >= 2 && best_score >= 0.6 * v->total;
    return many || few ? best : 0;
}

static int find_place(const zw_lexicon_t *lexicon, const zw_text_t *text, zw_context_t *c, zw_arena_t *arena)
{
    votes_t *v = zw_arena_calloc(arena, 1, sizeof(*v));
    if (!v)
        return -ENOMEM;
    v->lexicon = lexicon;
    v->year = c->year;
    vote_text(v, text->title, 4, 2);
    vote_text(v, c->source, 4, 0);
    vote_dateline(v, text->text);
    bool first = true;
    for (size_t k = 0; k < text->line_count; k++) {
        const zw_line_t *line = &text->lines[k];
        if (line->kind != ZW_LINE_BODY && line->kind != ZW_LINE_HEADING)
            continue;
        vote_text(v, zw_str(text->text.p + line->span.start, line->span.end - line->span.start), 1, first ? 1 : 0);
        first = false;
    }
    c->region = elect(v);
    return 0;
}

/* ---- abbreviations, and who writes */

static bool is_organisation(zw_mention_class_t cls)
{
    return cls == ZW_M_GOV || cls == ZW_M_FIRM || cls == ZW_M_ASSOC || cls == ZW_M_BODY;
}

/* (以下简称X) at `at`: the X, without quotation marks; *ret_doc where it stands in 《》. */
static zw_str_t brief_of(zw_str_t text, size_t at, bool *ret_doc)
{
    static const char *const words[] = { "以下统称", "以下简称为", "以下简称", "下简称", "下称", "简称为", "简称" };
    static const char *const opens[] = { ":", "：", "“", "「", "《", "为" };
    static const char *const closes[] = { "》", "”", "」" };
    zw_str_t rest = { text.p + at, text.n - at };
    size_t skip = 0;
    for (size_t k = 0; !skip && k < sizeof(words) / sizeof(*words); k++)
        if (zw_str_starts(rest, zw_strz(words[k])))
            skip = strlen(words[k]);
    if (!skip)
        return (zw_str_t){ 0 };
    rest = zw_str(rest.p + skip, rest.n - skip);
    for (size_t k = 0; k < sizeof(opens) / sizeof(*opens); k++) {
        if (zw_str_starts(rest, zw_strz(opens[k]))) {
            *ret_doc |= k == 4;
            rest = zw_str(rest.p + strlen(opens[k]), rest.n - strlen(opens[k]));
        }
    }
    const char *close = memchr(rest.p, ')', rest.n < 90 ? rest.n : 90);
    if (!close)
        return (zw_str_t){ 0 };
    rest.n = (size_t)(close - rest.p);
    for (size_t k = 0; k < sizeof(closes) / sizeof(*closes); k++)
        if (zw_str_ends(rest, zw_strz(closes[k])))
            rest.n -= strlen(closes[k]);
    return rest;
}

typedef struct finding {
    const zw_lexicon_t *lexicon;
    zw_context_t *c;
    zw_arena_t *arena;
    size_t cap;
} finding_t;

static int add_abbreviation(finding_t *f, zw_str_t brief, zw_str_t full, zw_mention_class_t cls, uint32_t region)
{
    zw_context_t *c = f->c;
    if (c->abbreviation_count == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 8;
        struct zw_abbreviation *grown = zw_arena_grow(f->arena, c->abbreviations, f->cap * sizeof(*grown),
                                                      cap * sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        c->abbreviations = grown;
        f->cap = cap;
    }
    c->abbreviations[c->abbreviation_count++] = (struct zw_abbreviation){ brief, full, cls, region };
    return 0;
}

/* All abbreviations of one line; `scanned` are its mentions, taken when the first is needed. */
static int line_abbreviations(finding_t *f, const zw_line_t *line)
{
    zw_str_t text = { f->c->text->text.p + line->span.start, line->span.end - line->span.start };
    zw_article_t a = { 0 };
    bool scanned = false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '(' || i == 0)
            continue;
        bool doc = false;
        zw_str_t brief = brief_of(text, i + 1, &doc);
        if (brief.n < 6)
            continue;
        if (!scanned) {
            zw_article_begin(&a, f->lexicon, f->c, f->arena);
            zw_scan_text(&a, text, 0);
            scanned = true;
            if (a.failed)
                return -ENOMEM;
        }
        for (size_t k = 0; k < a.out_count; k++) {
            const zw_mention_t *m = &a.out[k];
            if (m->span.end != i || !(m->cls == ZW_M_DOC || is_organisation(m->cls) || m->cls >= ZW_M_AWARD))
                continue;
            zw_str_t full = m->identity.n && m->cls == ZW_M_GOV ? m->identity : m->canonical;
            int r = add_abbreviation(f, brief, full, m->cls, m->region);
            if (r < 0)
                return r;
            break;
        }
    }
    return 0;
}

static int find_self(const zw_lexicon_t *lexicon, zw_context_t *c, zw_str_t where, zw_arena_t *arena)
{
    zw_article_t a;
    if (c->self.n || where.n == 0)
        return 0;
    zw_article_begin(&a, lexicon, c, arena);
    zw_scan_text(&a, where, 0);
    if (a.failed)
        return -ENOMEM;
    for (size_t k = 0; k < a.out_count; k++) {
        if (a.out[k].cls != ZW_M_GOV)
            continue;
        static const char site[] = "网站";
        zw_str_t name = a.out[k].canonical;
        if (zw_str_ends(name, ZW_STR_LIT("网站")))
            name.n -= sizeof(site) - 1;
        c->self = name;
        c->self_identity = a.out[k].identity;
        c->self_region = a.out[k].region;
        return 0;
    }
    return 0;
}

int zw_context_make(const zw_lexicon_t *lexicon, const zw_text_t *text, zw_str_t source, zw_arena_t *arena,
                    zw_context_t *ret)
{
    zw_context_t c = { .text = text, .source = source };
    date_from_published(&c, text->published);
    if (c.year) {
        c.published = text->published;
    } else {
        date_from_chain(&c, text);
        if (c.year) {
            c.published = c.day     ? zw_arena_printf(arena, "%04d-%02d-%02d", c.year, c.month, c.day)
                          : c.month ? zw_arena_printf(arena, "%04d-%02d", c.year, c.month)
                                    : zw_arena_printf(arena, "%04d", c.year);
            if (!c.published.p)
                return -ENOMEM;
        }
    }
    int r = find_place(lexicon, text, &c, arena);
    if (r == 0)
        r = find_self(lexicon, &c, text->title, arena);
    if (r == 0)
        r = find_self(lexicon, &c, source, arena);
    finding_t f = { lexicon, &c, arena, 0 };
    for (size_t k = 0; r == 0 && k < text->line_count; k++)
        if (text->lines[k].kind == ZW_LINE_BODY || text->lines[k].kind == ZW_LINE_HEADING)
            r = line_abbreviations(&f, &text->lines[k]);
    if (r == 0)
        *ret = c;
    return r;
}
