/* The body of an article as a row of tokens. */
#include <errno.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/utf8.h"
#include "dedup/tokens.h"

typedef struct {
    const zw_text_t *text;
    const zw_guard_t *guards; /* names only, by place */
    size_t guard_count, guard;
    zw_tokens_t *out;
    uint32_t last_sentence; /* token index behind the last sentence */
} walk_t;

static void end_sentence(walk_t *w)
{
    if (w->out->count == w->last_sentence)
        return;
    w->last_sentence = (uint32_t)w->out->count;
    w->out->sentence_end[w->out->sentence_count++] = w->last_sentence;
}

static void put_token(walk_t *w, uint32_t value, size_t at)
{
    w->out->token[w->out->count] = value;
    w->out->at[w->out->count++] = (uint32_t)at;
}

static void put_figure(walk_t *w, uint32_t from, uint32_t value, bool name, bool loose)
{
    w->out->figures[w->out->figure_count++] =
        (zw_figure_t){ .token = from, .end = (uint32_t)w->out->count, .value = value, .name = name, .loose = loose };
}

/* Full stops, and the like, of both widths. */
static bool ends_sentence(uint32_t cp)
{
    return cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F || cp == 0xFF1B || cp == '!' || cp == '?' || cp == ';';
}

/* What is written but not said: blanks, punctuation, symbols, private use, the mark of a lost character. '%' is said. */
static bool is_silent(uint32_t cp)
{
    if (cp < 0x80)
        return !((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || (cp >= '0' && cp <= '9') || cp == '%');
    return cp < 0xC0 || cp == 0xD7 || cp == 0xF7 || (cp >= 0x2000 && cp < 0x2C00) || (cp >= 0x2E00 && cp < 0x2E80) ||
           (cp >= 0x3000 && cp < 0x3040 && cp != 0x3007) || (cp >= 0xE000 && cp < 0xF900) || cp >= 0xFE00;
}

/* Is the single Chinese numeral at `p` a figure? 三家 and 第三 are, 再三 and 统一 are not. 一 is too common a word. */
static bool numeral_is_figure(const walk_t *w, const char *p, const char *end)
{
    bool ordinal = w->out->count && w->out->token[w->out->count - 1] == 0x7B2C;
    return ordinal || (memcmp(p, "一", 3) != 0 && zw_is_counter(p + 3, end));
}

/* The Han characters that walk_han leaves to others: numerals, and the marks of a place. The mask is a quick look: most
 * characters are not even like one of them in their last six bits. */
#define BIT(cp) (UINT64_C(1) << ((cp) & 63))
static const uint64_t SPECIAL = BIT(0x4E00) | BIT(0x4E03) | BIT(0x4E09) | BIT(0x4E24) | BIT(0x4E5D) | BIT(0x4E8C) | BIT(0x4E94) |
                                BIT(0x516B) | BIT(0x516D) | BIT(0x5341) | BIT(0x56DB) | BIT(0x96F6) | BIT(0x5E02) | BIT(0x53BF) | BIT(0x7701);

static bool may_be_number(uint32_t cp)
{
    switch (cp) {
    case '0' ... '9':
    case 0x3007: case 0x4E00: case 0x4E03: case 0x4E09: case 0x4E24: case 0x4E5D: case 0x4E8C: case 0x4E94: /* 〇一七三两九二五 */
    case 0x516B: case 0x516D: case 0x5341: case 0x56DB: case 0x96F6: /* 八六十四零 */
        return true;
    default:
        return false;
    }
}

static bool is_place_mark(uint32_t cp)
{
    return cp == 0x5E02 || cp == 0x53BF || cp == 0x7701; /* 市 县 省 */
}

/* Before 市: 本市, 上市, 各省市 name no place. */
static bool is_no_name(uint32_t cp)
{
    switch (cp) {
    case 0x5168: case 0x672C: case 0x6211: case 0x5404: case 0x8BE5: case 0x8DE8: case 0x5916: case 0x5185: case 0x57CE: case 0x4E2A: /* 全本我各该跨外内城个 */
    case 0x4E24: case 0x8D85: case 0x4E0A: case 0x591C: case 0x76F4: case 0x8F96: case 0x90BB: case 0x6BCF: case 0x67D0: case 0x5176: /* 两超上夜直辖邻每某其 */
    case 0x5728: case 0x548C: case 0x7684: case 0x7EA7: case 0x80A1: case 0x697C: case 0x5165: case 0x5F00: case 0x96C6: case 0x83DC: /* 在和的级股楼入开集菜 */
    case 0x53BF: case 0x7701: case 0x95F9: case 0x9ED1: case 0x533A: case 0x90FD: case 0x95E8: case 0x4E3A: case 0x5BF9: case 0x5230: /* 县省闹黑区都门为对到 */
    case 0x7531: case 0x662F: case 0x53CA: case 0x4E0E: /* 由是及与 */
        return true;
    default:
        return false;
    }
}

/* Where the caller found no names at all: 温州市 by the two characters before 市, unless one of these says that it
 * is no name. */
static void put_place(walk_t *w)
{
    uint32_t n = (uint32_t)w->out->count, *t = w->out->token, *at = w->out->at;
    if (n < 3 || at[n - 1] - at[n - 3] != 6) /* three Han characters without anything between them */
        return;
    if (!zw_is_han(t[n - 2]) || !zw_is_han(t[n - 3]) || is_no_name(t[n - 2]) || is_no_name(t[n - 3]))
        return;
    put_figure(w, n - 3, (uint32_t)XXH3_64bits(t + n - 3, 3 * sizeof *t), true, false);
}

/* Does a character that was lost (U+FFFD) touch the text from `from` to `to`? Then a figure or name there is the rest of one that nobody
 * knows: it says nothing for a duplicate, and nothing against. */
static bool is_torn(const walk_t *w, size_t from, size_t to)
{
    static const char lost[] = "\xEF\xBF\xBD";
    zw_str_t s = w->text->text;
    from = from < 3 ? 0 : from - 3;
    to = s.n - to < 3 ? s.n : to + 3;
    return memmem(s.p + from, to - from, lost, 3) != NULL;
}

/* A row of two or three Chinese digits without 十, 百 and the like: 两三, or what Big5, which lacks 〇, has left of a year (二〇一〇 becomes
 * 二一). Nobody knows which, so it says nothing, like a torn figure. */
static bool may_lack_zero(const char *p, size_t n, unsigned numerals)
{
    if (numerals != 2 && numerals != 3)
        return false;
    for (const char *end = p + n; p < end;) {
        uint32_t cp;
        p += zw_utf8_decode(p, end, &cp);
        if (zw_han_digit(cp) < 0)
            return false;
    }
    return true;
}

static int by_code_point(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* The hash of a name without the characters that Big5 may have lost: 秦川机床集团 is the 秦川机集团 of a page in Big5. */
static uint32_t name_hash(zw_str_t name, uint64_t seed)
{
    char kept[256];
    size_t n = 0;
    for (const char *p = name.p, *end = name.p + name.n; p < end;) {
        uint32_t cp;
        size_t bytes = zw_utf8_decode(p, end, &cp);
        uint16_t key = (uint16_t)cp;
        bool lost = cp < 0x10000 && bsearch(&key, zw_big5_lacks, zw_big5_lacks_count, sizeof key, by_code_point);
        if (!lost && n + bytes <= sizeof kept) {
            memcpy(kept + n, p, bytes);
            n += bytes;
        }
        p += bytes;
    }
    return (uint32_t)XXH3_64bits_withSeed(kept, n, seed);
}

/* Names that the caller found and that have been walked over. */
static void put_names(walk_t *w, size_t at)
{
    for (; w->guard < w->guard_count && w->guards[w->guard].span.end <= at; w->guard++) {
        const zw_guard_t *g = &w->guards[w->guard];
        uint32_t from = (uint32_t)w->out->count;
        while (from > 0 && w->out->at[from - 1] >= g->span.start)
            from--;
        if (from == w->out->count || is_torn(w, g->span.start, g->span.end))
            continue;
        put_figure(w, from, name_hash(g->canonical, g->kind), true, false);
    }
}

/* Is there a figure at p? Then *ret_n are its bytes. */
static bool figure_at(const walk_t *w, const char *p, const char *end, size_t *ret_n, uint32_t *ret_value, unsigned *ret_numerals)
{
    size_t n = zw_dedup_number(w->text->text.p, p, end, ret_value, ret_numerals);
    if (n == 0 || (*ret_numerals == 1 && !numeral_is_figure(w, p, end)))
        return false;
    *ret_n = n;
    return true;
}

/* One character that is no number. */
static void walk_character(walk_t *w, uint32_t cp, size_t at)
{
    if (!is_silent(cp)) {
        put_token(w, cp >= 'A' && cp <= 'Z' ? cp | 32 : cp, at);
        if (is_place_mark(cp) && !w->guard_count)
            put_place(w);
    } else if (ends_sentence(cp)) {
        end_sentence(w);
    }
}

/* A run of Han characters of which none is special, which is most of the text; returns where it ends. */
static const char *walk_han(walk_t *w, const char *p, const char *end)
{
    const char *base = w->text->text.p;
    uint32_t *token = w->out->token, *at = w->out->at;
    size_t count = w->out->count;
    for (; end - p >= 3; p += 3) {
        const unsigned char *s = (const unsigned char *)p;
        uint32_t cp = (uint32_t)(s[0] & 15) << 12 | (uint32_t)(s[1] & 63) << 6 | (s[2] & 63);
        if ((s[0] & 0xF0) != 0xE0 || ((s[1] ^ 0x80) & 0xC0) || ((s[2] ^ 0x80) & 0xC0) || cp < 0x4E00 || cp > 0x9FFF)
            break;
        if ((SPECIAL >> (cp & 63) & 1) && (may_be_number(cp) || is_place_mark(cp)))
            break;
        token[count] = cp;
        at[count++] = (uint32_t)(p - base);
    }
    w->out->count = count;
    return p;
}

static void walk_span(walk_t *w, zw_span_t span)
{
    const char *base = w->text->text.p, *p = base + span.start, *end = base + span.end;
    while (p < end) {
        uint32_t cp, value;
        unsigned numerals;
        const char *run_end = end;
        if (w->guard < w->guard_count) {
            put_names(w, (size_t)(p - base));
            if (w->guard < w->guard_count && base + w->guards[w->guard].span.end < end)
                run_end = base + w->guards[w->guard].span.end;
        }
        p = walk_han(w, p, run_end);
        if (p == run_end)
            continue;
        size_t at = (size_t)(p - base), n = zw_utf8_decode(p, end, &cp);
        if (cp >= 0xFF01 && cp <= 0xFF5E)
            cp -= 0xFEE0;
        if (may_be_number(cp) && figure_at(w, p, end, &n, &value, &numerals)) {
            put_token(w, ZW_TOKEN_NUMBER | value, at);
            if (!is_torn(w, at, at + n) && !may_lack_zero(p, n, numerals))
                put_figure(w, (uint32_t)w->out->count - 1, value, false, numerals == 1 || numerals == 2);
        } else {
            walk_character(w, cp, at);
        }
        p += n;
    }
    if (w->guard < w->guard_count)
        put_names(w, span.end);
    end_sentence(w);
}

/* The title and what stands above the first paragraph is no body. Without any paragraph all lines are. */
static bool is_body(const zw_text_t *text, size_t i, bool seen, bool any)
{
    const zw_line_t *line = &text->lines[i];
    zw_str_t s = zw_str(text->text.p + line->span.start, line->span.end - line->span.start);
    if (!any)
        return true;
    if (line->kind == ZW_LINE_BODY)
        return seen || !(text->title.n && zw_str_eq(s, text->title));
    return line->kind == ZW_LINE_HEADING && seen;
}

static void walk_lines(walk_t *w)
{
    const zw_text_t *text = w->text;
    bool any = false, seen = false;
    for (size_t i = 0; i < text->line_count && !any; i++)
        any = text->lines[i].kind == ZW_LINE_BODY && is_body(text, i, false, true);
    for (size_t i = 0, n = 0; i < text->line_count; i++) {
        if (!is_body(text, i, seen, any))
            continue;
        seen = true;
        walk_span(w, zw_body_trim(text->text, text->lines[i].span, n++ < 3));
    }
}

static void walk_whole(walk_t *w)
{
    zw_str_t s = w->text->text;
    size_t n = 0;
    for (size_t from = 0; from < s.n;) {
        const char *lf = memchr(s.p + from, '\n', s.n - from);
        size_t to = lf ? (size_t)(lf - s.p) : s.n;
        zw_span_t line = { (uint32_t)from, (uint32_t)to };
        walk_span(w, zw_body_trim(s, line, n++ < 3));
        from = to + 1;
    }
}

/* A number that the text ends with may be the half of one. */
static void drop_torn_figure(walk_t *w)
{
    zw_tokens_t *t = w->out;
    if (!t->figure_count || t->figures[t->figure_count - 1].end != t->count)
        return;
    zw_str_t s = w->text->text;
    size_t end = s.n;
    while (end && (s.p[end - 1] == '\n' || s.p[end - 1] == ' '))
        end--;
    if (end && s.p[end - 1] >= '0' && s.p[end - 1] <= '9')
        t->figure_count--;
}

/* Names of the guards, in the order of their ends; insertion sort, for they come nearly sorted. */
static zw_guard_t *names_of(const zw_guard_t *guards, size_t count, zw_arena_t *arena, size_t *ret_count)
{
    zw_guard_t *out = zw_arena_calloc(arena, count, sizeof *out);
    size_t n = 0;
    if (!out)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (guards[i].kind == ZW_GUARD_NUMBER || guards[i].kind == ZW_GUARD_DATE || !guards[i].canonical.n)
            continue;
        size_t at = n++;
        for (; at && out[at - 1].span.end > guards[i].span.end; at--)
            out[at] = out[at - 1];
        out[at] = guards[i];
    }
    *ret_count = n;
    return out;
}

/* Bytes that do not continue a character, eight at a time. */
static size_t count_characters(zw_str_t s)
{
    const uint64_t ONES = UINT64_C(0x0101010101010101);
    size_t i = 0, continued = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t x;
        memcpy(&x, s.p + i, 8);
        continued += (size_t)((((x >> 7 & ~(x >> 6)) & ONES) * ONES) >> 56);
    }
    for (; i < s.n; i++)
        continued += ((unsigned char)s.p[i] & 0xC0) == 0x80;
    return s.n - continued;
}

int zw_tokens_make(const zw_text_t *text, const zw_guard_t *guards, size_t guard_count, zw_arena_t *arena,
                   zw_tokens_t *ret)
{
    zw_tokens_t out = { 0 };
    walk_t w = { .text = text, .out = &out };
    size_t room = count_characters(text->text) + 1; /* no more tokens than characters */
    out.token = zw_arena_alloc(arena, room * sizeof *out.token);
    out.at = zw_arena_alloc(arena, room * sizeof *out.at);
    out.sentence_end = zw_arena_alloc(arena, room * sizeof *out.sentence_end);
    out.figures = zw_arena_alloc(arena, (room + guard_count) * sizeof *out.figures);
    w.guards = names_of(guards, guard_count, arena, &w.guard_count);
    if (!out.token || !out.at || !out.sentence_end || !out.figures || !w.guards)
        return -ENOMEM;
    if (text->line_count)
        walk_lines(&w);
    else
        walk_whole(&w);
    drop_torn_figure(&w);
    *ret = out;
    return 0;
}
