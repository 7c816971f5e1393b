/* Lines to mentions: the walk of the trie, the layers, and which of several candidates holds. */
#include "extract/mention_scan.h"
#include "extract/region.h"
#include "zw_error.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

const char *const ZW_MENTION_NAMES[ZW_M_CLASSES] = {
    "REGION", "GOV",  "FIRM",    "ASSOC", "BODY", "PERSON",  "POST",  "DOC",    "DOCNUM", "STDNUM",  "TIME",   "COUNT",
    "PERCENT", "MONEY", "RANK", "EDITION", "AWARD", "STATUS", "CERT", "MEETING", "INIT",  "AGREEMENT", "NUMBER",
};
const char *const ZW_COMPARATOR_NAMES[] = { "eq", "ge", "le", "gt", "lt", "approx" };

zw_str_t zw_scan_str(const zw_scan_t *scan, uint32_t start, uint32_t end)
{
    return zw_str(scan->text.p + scan->at[start], scan->at[end] - scan->at[start]);
}

zw_found_t *zw_found_add(zw_scan_t *scan, zw_mention_class_t cls, uint32_t start, uint32_t end)
{
    if (scan->count == scan->cap) {
        uint32_t cap = scan->cap ? scan->cap * 2 : 64;
        zw_found_t *grown = zw_arena_grow(scan->a->arena, scan->found, scan->count * sizeof(*grown), cap * sizeof(*grown));
        if (!grown) {
            scan->a->failed = true;
            return NULL;
        }
        scan->found = grown;
        scan->cap = cap;
    }
    zw_found_t *f = &scan->found[scan->count++];
    *f = (zw_found_t){ .start = start, .end = end, .inner_start = start, .inner_end = end };
    f->m.cls = cls;
    f->m.quantity.value_max = NAN;
    return f;
}

bool zw_hit_has(const zw_hit_t *hit, zw_lex_kind_t kind)
{
    return hit->kinds & ZW_BIT(kind);
}

const zw_hit_t *zw_scan_hit_longest(const zw_scan_t *scan, uint32_t i, uint32_t kinds)
{
    for (uint32_t k = scan->hit_from[i + 1]; k > scan->hit_from[i]; k--)
        if (scan->hits[k - 1].kinds & kinds)
            return &scan->hits[k - 1];
    return NULL;
}

/* ---- the walk of the trie */

static int decode_line(zw_scan_t *scan)
{
    zw_arena_t *arena = scan->a->arena;
    size_t n = scan->text.n;
    uint32_t *cp = zw_arena_alloc(arena, (n + 1) * sizeof(*cp)), *at = zw_arena_alloc(arena, (n + 1) * sizeof(*at));
    if (!cp || !at)
        return -ENOMEM;
    uint32_t count = 0;
    for (const char *p = scan->text.p, *end = p + n; p < end; count++) {
        at[count] = (uint32_t)(p - scan->text.p);
        p += zw_utf8_decode(p, end, &cp[count]);
    }
    at[count] = (uint32_t)n;
    scan->s = (zw_chars_t){ cp, count };
    scan->at = at;
    return 0;
}

static int find_hits(zw_scan_t *scan)
{
    zw_arena_t *arena = scan->a->arena;
    uint32_t n = scan->s.n, cap = n * 2 + 64;
    uint32_t *from = zw_arena_alloc(arena, (n + 2) * sizeof(*from)), *all = zw_arena_calloc(arena, n + 1, sizeof(*all));
    zw_hit_t *hits = zw_arena_alloc(arena, cap * sizeof(*hits));
    if (!from || !all || !hits)
        return -ENOMEM;
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        from[i] = count;
        uint32_t node = 1;
        for (uint32_t k = i; k < n && (node = zw_lex_step(scan->lex, node, scan->s.cp[k])) != 0; k++) {
            uint32_t first = zw_lex_first(scan->lex, node);
            if (!first)
                continue;
            if (count == cap) {
                zw_hit_t *grown = zw_arena_grow(arena, hits, cap * sizeof(*hits), (size_t)cap * 2 * sizeof(*hits));
                if (!grown)
                    return -ENOMEM;
                hits = grown;
                cap *= 2;
            }
            uint32_t kinds = zw_lex_kinds(scan->lex, node);
            hits[count++] = (zw_hit_t){ i, k + 1, first, kinds };
            all[i] |= kinds;
        }
    }
    from[n] = from[n + 1] = count;
    scan->hits = hits;
    scan->hit_count = count;
    scan->hit_from = from;
    scan->hit_kinds = all;
    return 0;
}

/* A stop word holds unless a longer word of any list but the stops' own covers it. */
static int find_stops(zw_scan_t *scan)
{
    enum { REACH = 6 };
    const uint32_t shields = ~(ZW_BIT(ZW_L_STOP) | ZW_BIT(ZW_L_SOFT) | ZW_BIT(ZW_L_NOT_NAME) | ZW_BIT(ZW_L_SURNAME) |
                               ZW_BIT(ZW_L_SAY) | ZW_BIT(ZW_L_UNIT) | ZW_BIT(ZW_L_REGION_WEAK) | ZW_BIT(ZW_L_GENERIC) |
                               ZW_BIT(ZW_L_FIELD) | ZW_BIT(ZW_L_REGION_MANY) | ZW_BIT(ZW_L_DOC) | ZW_BIT(ZW_L_GOES_ON));
    uint32_t n = scan->s.n;
    scan->stop = zw_arena_calloc(scan->a->arena, n + 1, sizeof(*scan->stop));
    scan->post = zw_arena_calloc(scan->a->arena, n + 1, sizeof(*scan->post));
    if (!scan->stop || !scan->post)
        return -ENOMEM;
    for (uint32_t k = 0; k < scan->hit_count; k++) {
        const zw_hit_t *h = &scan->hits[k];
        uint32_t length = h->end - h->start;
        if (zw_hit_has(h, ZW_L_POST) && length > scan->post[h->end] && length < 255)
            scan->post[h->end] = (uint8_t)length;
        if (!zw_hit_has(h, ZW_L_STOP))
            continue;
        bool covered = false;
        for (uint32_t from = h->start > REACH ? h->start - REACH : 0; from <= h->start && !covered; from++) {
            const zw_hit_t *w = zw_scan_hit(scan, from, shields);
            covered = w && w->end >= h->end && w->end - w->start > length;
        }
        if (!covered && length > scan->stop[h->end])
            scan->stop[h->end] = (uint8_t)(length > 255 ? 255 : length);
    }
    return 0;
}

static int scan_prepare(zw_scan_t *scan)
{
    int r = decode_line(scan);
    if (r == 0)
        r = find_hits(scan);
    if (r == 0)
        r = find_stops(scan);
    if (r < 0)
        return r;
    size_t n = scan->s.n + 1;
    scan->atom = zw_arena_alloc(scan->a->arena, n * sizeof(*scan->atom));
    scan->ends = zw_arena_alloc(scan->a->arena, n * sizeof(*scan->ends));
    if (!scan->atom || !scan->ends)
        return -ENOMEM;
    for (size_t k = 0; k < n; k++)
        scan->atom[k] = scan->ends[k] = -1;
    return 0;
}

/* ---- which candidates hold */

static int by_length(const void *va, const void *vb)
{
    const zw_found_t *a = *(zw_found_t *const *)va, *b = *(zw_found_t *const *)vb;
    uint32_t la = a->end - a->start, lb = b->end - b->start;
    if (la != lb)
        return la > lb ? -1 : 1;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->m.cls < b->m.cls ? -1 : a->m.cls > b->m.cls;
}

static int by_start(const void *va, const void *vb)
{
    const zw_found_t *a = *(zw_found_t *const *)va, *b = *(zw_found_t *const *)vb;
    return a->start < b->start ? -1 : a->start > b->start;
}

static bool same_last_char(zw_str_t a, zw_str_t b)
{
    return a.n >= 3 && b.n >= 3 && memcmp(a.p + a.n - 3, b.p + b.n - 3, 3) == 0;
}

static bool ends_alike(zw_str_t name, zw_str_t written)
{
    static const char *const whole[] = { "总局", "中心", "协会", "商会", "联盟", "委员会", "领导小组", "研究院", "研究所" };
    for (size_t k = 0; k < sizeof(whole) / sizeof(*whole); k++)
        if (zw_str_ends(written, zw_strz(whole[k])))
            return zw_str_ends(name, zw_strz(whole[k]));
    return same_last_char(name, written);
}

/* The part of an organ's name that `written` can mean: of 省质监局法规处, 该局 means 省质监局. Empty: none. */
static zw_str_t organ_stem(const zw_mention_t *m, zw_str_t written)
{
    if (m->cls != ZW_M_GOV && m->cls != ZW_M_ASSOC && m->cls != ZW_M_BODY && m->cls != ZW_M_FIRM)
        return (zw_str_t){ 0 };
    if (ends_alike(m->canonical, written))
        return m->canonical;
    if (m->cls != ZW_M_GOV || written.n != 6)
        return (zw_str_t){ 0 };
    for (size_t n = m->canonical.n; n >= 9; n -= 3)
        if (memcmp(m->canonical.p + n - 3, written.p + 3, 3) == 0)
            return zw_str(m->canonical.p, n);
    return (zw_str_t){ 0 };
}

/* 总局 that no longer name came before. */
static void resolve_general(const zw_article_t *a, zw_found_t *f)
{
    bool market = a->context->year >= 2018;
    f->m.canonical = market ? ZW_STR_LIT("市场监管总局") : ZW_STR_LIT("国家质检总局");
    f->m.identity = market ? ZW_STR_LIT("国家市场监督管理总局") : ZW_STR_LIT("国家质量监督检验检疫总局");
}

/* Whom the article is about, by the longest name that its text has for it: the head says 包头质监局 for 包头市质监局. */
static zw_str_t self_name(const zw_article_t *a)
{
    zw_str_t name = a->context->self;
    for (size_t k = 0; k < a->out_count; k++)
        if (a->out[k].canonical.n > name.n && zw_str_eq(a->out[k].identity, a->context->self_identity))
            name = a->out[k].canonical;
    return name;
}

/* Does out[k] begin a clause, at most a time before it? */
static bool leads_clause(const zw_article_t *a, size_t k)
{
    const zw_mention_t *m = &a->out[k];
    size_t start = m->span.start;
    if (k > 0 && a->out[k - 1].cls == ZW_M_TIME && a->out[k - 1].span.end >= start)
        return true;
    if (start == a->line_start)
        return true;
    zw_str_t before = zw_str(a->context->text->text.p, start);
    return zw_str_ends(before, ZW_STR_LIT(",")) || zw_str_ends(before, ZW_STR_LIT(";")) || zw_str_ends(before, ZW_STR_LIT("。"));
}

/* Does the article name one firm only so far, or does `m` stand in the paragraph before? Else 该公司 may be any of them. */
static bool firm_is_plain(const zw_article_t *a, const zw_mention_t *m)
{
    bool only = true;
    for (size_t k = 0; k < a->out_count && only; k++)
        only = a->out[k].cls != ZW_M_FIRM || zw_str_eq(a->out[k].canonical, m->canonical);
    size_t breaks = 0;
    for (size_t i = m->span.end; i < a->line_start; i++)
        breaks += a->context->text->text.p[i] == '\n';
    return only || breaks <= 1;
}

/* 该局, 该公司: the last organ or firm whose name ends the same way, of those in its paragraph
 * rather one that a clause is about. 我局: the one that writes. */
static bool resolve_back(const zw_article_t *a, zw_found_t *f, zw_str_t written)
{
    bool firm = f->m.cls == ZW_M_FIRM;
    bool self = zw_str_starts(written, ZW_STR_LIT("我")) || zw_str_starts(written, ZW_STR_LIT("本"));
    if (self && a->context->self.n && ends_alike(a->context->self, written)) {
        f->m.canonical = a->context->self;
        f->m.identity = a->context->self_identity;
        f->m.region = a->context->self_region;
        f->m.region_by_context = true;
        return true;
    }
    const zw_mention_t *last = NULL;
    zw_str_t name = { 0 };
    for (size_t k = a->out_count; k > 0; k--) {
        const zw_mention_t *m = &a->out[k - 1];
        bool here = m->span.start >= a->line_start;
        bool pointing = here && zw_str_eq(zw_str(a->context->text->text.p + m->span.start, m->span.end - m->span.start), written);
        bool many = m->region_by_context && m->region == 0 && m->level > 0; /* 三市质监局 */
        zw_str_t stem = firm ? m->canonical : organ_stem(m, written);
        if ((firm ? m->cls != ZW_M_FIRM : !stem.n) || (many && !pointing))
            continue;
        if (!here && a->context->self.n && !firm && ends_alike(a->context->self, written)) {
            f->m.canonical = self_name(a); /* at the head of a paragraph: whom the article is about */
            f->m.identity = a->context->self_identity;
            f->m.region = a->context->self_region;
            f->m.region_by_context = true;
            return true;
        }
        bool about = here && leads_clause(a, k - 1);
        if (!here && (last || (firm && !firm_is_plain(a, m))))
            break;
        if (!last || pointing || about) {
            last = m;
            name = stem;
        }
        if (pointing || about || !here)
            break;
    }
    if (last) {
        zw_span_t span = f->m.span;
        f->m = *last;
        f->m.span = f->m.inner = span;
        if (name.n < last->canonical.n) { /* without the unit behind it */
            f->m.canonical = name;
            f->m.identity = (zw_str_t){ 0 };
        }
        f->m.region_by_context = true;
        return true;
    }
    if (zw_str_eqz(written, "总局")) {
        resolve_general(a, f);
        return true;
    }
    return self; /* 我局 of an unknown writer stands as it is */
}

static void append(zw_article_t *a, const zw_mention_t *m)
{
    if (a->out_count == a->out_cap) {
        size_t cap = a->out_cap ? a->out_cap * 2 : 256;
        zw_mention_t *grown = zw_arena_grow(a->arena, a->out, a->out_count * sizeof(*grown), cap * sizeof(*grown));
        if (!grown) {
            a->failed = true;
            return;
        }
        a->out = grown;
        a->out_cap = cap;
    }
    a->out[a->out_count++] = *m;
}

static void emit(zw_scan_t *scan, zw_found_t *f)
{
    zw_mention_t *m = &f->m;
    m->span = (zw_span_t){ scan->base + scan->at[f->start], scan->base + scan->at[f->end] };
    m->inner = (zw_span_t){ scan->base + scan->at[f->inner_start], scan->base + scan->at[f->inner_end] };
    if (f->way == ZW_POINTS_BACK && !resolve_back(scan->a, f, zw_scan_str(scan, f->start, f->end)))
        return;
    if (!m->canonical.p)
        m->canonical = zw_scan_str(scan, f->inner_start, f->inner_end);
    append(scan->a, m);
}

static void choose(zw_scan_t *scan)
{
    uint32_t n = scan->count, kept = 0;
    zw_found_t **order = zw_arena_alloc(scan->a->arena, (n + 1) * sizeof(zw_found_t *));
    uint8_t *taken = zw_arena_calloc(scan->a->arena, scan->s.n + 1, 1);
    if (!order || !taken) {
        scan->a->failed = true;
        return;
    }
    for (uint32_t k = 0; k < n; k++)
        order[k] = &scan->found[k];
    qsort(order, n, sizeof(zw_found_t *), by_length);
    for (uint32_t k = 0; k < n; k++) {
        const zw_found_t *f = order[k];
        /* all of its places free: it is not longer than what was taken, so looking at both ends is enough */
        if (f->start >= f->end || taken[f->start] || taken[f->end - 1])
            continue;
        memset(taken + f->start, 1, f->end - f->start);
        if (!f->dropped)
            order[kept++] = order[k];
    }
    qsort(order, kept, sizeof(zw_found_t *), by_start);
    for (uint32_t k = 0; k < kept; k++)
        emit(scan, order[k]);
}

void zw_scan_text(zw_article_t *a, zw_str_t text, uint32_t base)
{
    zw_scan_t scan = { .a = a, .lex = a->lexicon, .base = base, .text = text };
    if (a->failed || scan_prepare(&scan) < 0) {
        a->failed = true;
        return;
    }
    a->line_start = base;
    zw_time_sentence(&a->time);
    zw_scan_atoms(&scan);
    zw_scan_regions(&scan);
    zw_scan_organs(&scan);
    zw_scan_names(&scan, true);
    zw_scan_known(&scan);
    zw_scan_names(&scan, false);
    zw_scan_persons(&scan);
    zw_scan_known(&scan);
    if (!a->failed)
        choose(&scan);
}

void zw_article_begin(zw_article_t *a, const zw_lexicon_t *lexicon, const zw_context_t *context, zw_arena_t *arena)
{
    *a = (zw_article_t){ .lexicon = lexicon, .context = context, .arena = arena };
    zw_time_begin(&a->time, context);
    zw_atoms_begin(a);
    for (size_t k = 0; k < context->abbreviation_count; k++)
        if (context->abbreviations[k].cls != ZW_M_DOC)
            zw_known_add(a, context->abbreviations[k].brief, context->abbreviations[k].cls, context->abbreviations[k].brief,
                         context->abbreviations[k].full, context->abbreviations[k].region);
}

int zw_mentions_scan(const zw_lexicon_t *lexicon, const zw_context_t *context, zw_arena_t *arena, zw_mention_t **ret,
                     size_t *ret_count)
{
    zw_article_t a;
    zw_article_begin(&a, lexicon, context, arena);
    for (size_t k = 0; k < context->text->line_count && !a.failed; k++) {
        const zw_line_t *line = &context->text->lines[k];
        if (line->kind == ZW_LINE_BODY || line->kind == ZW_LINE_HEADING)
            zw_scan_text(&a, zw_str(context->text->text.p + line->span.start, line->span.end - line->span.start),
                         line->span.start);
    }
    if (a.failed)
        return -ENOMEM;
    *ret = a.out;
    *ret_count = a.out_count;
    return 0;
}
