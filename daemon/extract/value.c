#include "extract/value.h"

#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* ---- constants of packs */

static bool parse_number(zw_str_t text, double *ret)
{
    char digits[64], *end;
    if (text.n == 0 || text.n >= sizeof(digits))
        return false;
    memcpy(digits, text.p, text.n);
    digits[text.n] = '\0';
    *ret = strtod(digits, &end);
    return *end == '\0' && isfinite(*ret);
}

zw_value_t zw_value_constant(zw_kind_t kind, zw_str_t text)
{
    zw_value_t value = { .kind = ZW_V_NULL };
    switch (kind) {
    case ZW_K_NUMBER:
    case ZW_K_MEASURE:
        if (parse_number(text, &value.num))
            value.kind = ZW_V_NUM;
        break;
    case ZW_K_BOOL:
        if (zw_str_eqz(text, "true") || zw_str_eqz(text, "false")) {
            value.kind = ZW_V_BOOL;
            value.flag = zw_str_eqz(text, "true");
        }
        break;
    case ZW_K_STRING:
    case ZW_K_WORD:
    case ZW_K_LIST:
    case ZW_K_TIME:
        value.kind = ZW_V_STR;
        value.str = text;
        break;
    case ZW_K_QUANTITY:
    case ZW_K_MAP:
        break;
    }
    return value;
}

bool zw_value_share(zw_str_t text, double *ret)
{
    double share;
    if (!parse_number(text, &share) || share < 0 || share > 1)
        return false;
    *ret = share;
    return true;
}

/* ---- pieces of the skeleton */

static const struct {
    const char *open, *close;
} QUOTES[] = { { "“", "”" }, { "‘", "’" }, { "《", "》" }, { "\"", "\"" } };

static bool ends_at(const zw_paragraph_t *p, uint32_t start, uint32_t end, const char *what)
{
    size_t n = strlen(what);
    return end - start >= n && memcmp(p->skeleton.p + end - n, what, n) == 0;
}

static bool begins_at(const zw_paragraph_t *p, uint32_t start, uint32_t end, const char *what)
{
    size_t n = strlen(what);
    return end - start >= n && memcmp(p->skeleton.p + start, what, n) == 0;
}

static bool trim_once(const zw_paragraph_t *p, uint32_t *start, uint32_t *end)
{
    static const char *const EDGES[] = { " ", ",", ";", ":", "、", "。", "\n", "!" };
    for (size_t i = 0; i < sizeof(EDGES) / sizeof(*EDGES); i++) {
        if (begins_at(p, *start, *end, EDGES[i])) {
            *start += (uint32_t)strlen(EDGES[i]);
            return true;
        }
        if (ends_at(p, *start, *end, EDGES[i])) {
            *end -= (uint32_t)strlen(EDGES[i]);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof(QUOTES) / sizeof(*QUOTES); i++) {
        uint32_t a = (uint32_t)strlen(QUOTES[i].open), b = (uint32_t)strlen(QUOTES[i].close);
        if (*end - *start <= a + b || !begins_at(p, *start, *end, QUOTES[i].open) || !ends_at(p, *start, *end, QUOTES[i].close))
            continue;
        /* “甲”和“乙” begins and ends with quotes that are no pair */
        zw_str_t inner = zw_str(p->skeleton.p + *start + a, *end - *start - a - b);
        if (memmem(inner.p, inner.n, QUOTES[i].close, b))
            continue;
        *start += a;
        *end -= b;
        return true;
    }
    return false;
}

zw_piece_t zw_piece(const zw_paragraph_t *p, uint32_t start, uint32_t end)
{
    while (start < end && trim_once(p, &start, &end))
        ;
    zw_piece_t piece = { .sk = { start, end }, .text = zw_paragraph_span(p, start, end), .mention = -1 };
    if (end - start == 3)
        piece.mention = p->mention[start];
    return piece;
}

static size_t separator_at(const zw_paragraph_t *p, uint32_t at, uint32_t end)
{
    static const char *const SEPARATORS[] = { "以及", "、", "和", "与", "及", "暨", "," };
    for (size_t i = 0; i < sizeof(SEPARATORS) / sizeof(*SEPARATORS); i++)
        if (begins_at(p, at, end, SEPARATORS[i]))
            return strlen(SEPARATORS[i]);
    return 0;
}

/* 和 与 及 inside a word are no separators: they need a mention, a quote or 、 lists around them. */
static bool splits_words(const zw_paragraph_t *p, uint32_t at, uint32_t width, zw_span_t whole)
{
    if (begins_at(p, at, whole.end, "、") || begins_at(p, at, whole.end, ",") || width > 3)
        return true;
    /* 嘉和电器公司: one character alone is no member */
    bool lone = at >= whole.start + 3 && p->mention[at - 3] < 0 && begins_at(p, at - 3, at, "”") == false;
    for (uint32_t back = 6; lone && back <= 9 && at >= whole.start + back; back += 3)
        lone = false;
    if (lone)
        return false;
    /* 和平, 与会, 及格, 涉及, 以及: a lone character between words may belong to one */
    static const char *const WORDS[] = { "和平", "和谐", "与会", "参与", "及格", "及时", "涉及", "普及", "温和", "总和", "和田", "共和",
                                         "以及", "遍及", "危及", "波及", "顾及", "与时俱进", "饱和", "缓和", "和睦" };
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(*WORDS); i++) {
        size_t n = strlen(WORDS[i]);
        for (uint32_t back = 0; back < n; back += 3)
            if (at >= whole.start + back && begins_at(p, at - back, whole.end, WORDS[i]))
                return false;
    }
    return true;
}

/* 区 of 各县(市)、区: a kind of place and nothing more. */
static bool level_alone(const zw_paragraph_t *p, uint32_t at, uint32_t end)
{
    static const char *const kinds[] = { "区", "县", "市", "旗" };
    for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
        uint32_t n = (uint32_t)strlen(kinds[k]);
        if (begins_at(p, at, end, kinds[k]) && (at + n == end || separator_at(p, at + n, end)))
            return true;
    }
    return false;
}

size_t zw_piece_split(const zw_paragraph_t *p, zw_piece_t whole, zw_piece_t *ret, size_t max)
{
    enum { HAN = 3 };
    size_t n = 0;
    int depth = 0;
    uint32_t start = whole.sk.start, at = start;
    if (whole.mention >= 0) {
        ret[0] = whole;
        return max > 0 ? 1 : 0;
    }
    while (at < whole.sk.end && n < max) {
        uint32_t cp;
        unsigned width = zw_utf8_decode(p->skeleton.p + at, p->skeleton.p + whole.sk.end, &cp);
        if (cp == '(' || cp == 0x300A || cp == 0x201C || cp == 0x2018)
            depth++;
        else if (cp == ')' || cp == 0x300B || cp == 0x201D || cp == 0x2019)
            depth -= depth > 0;
        if (depth == 0 && cp == 0x201D && at + width < whole.sk.end && begins_at(p, at + width, whole.sk.end, "“")) {
            ret[n++] = zw_piece(p, start, at + width); /* “甲”“乙” */
            start = at += width;
            continue;
        }
        size_t separator = depth == 0 ? separator_at(p, at, whole.sk.end) : 0;
        if (separator && cp != 0x3001 && at - start == HAN && at + separator + HAN < whole.sk.end && p->mention[start] < 0 &&
            (unsigned char)p->skeleton.p[start] >= 0xE0)
            separator = 0; /* 政|和工夫: one character is no name where more stands behind it */
        if (separator && cp == 0x3001 && level_alone(p, at + (uint32_t)separator, whole.sk.end))
            separator = 0; /* 各县(市)、区 */
        if (separator && at > start && splits_words(p, at, (uint32_t)separator, whole.sk)) {
            ret[n++] = zw_piece(p, start, at);
            at += (uint32_t)separator;
            start = at;
            continue;
        }
        at += width;
    }
    if (start < whole.sk.end && n < max)
        ret[n++] = zw_piece(p, start, whole.sk.end);
    return n;
}

zw_str_t zw_piece_text(const zw_text_t *text, const zw_mention_t *mentions, const zw_piece_t *piece)
{
    if (piece->mention >= 0 && mentions[piece->mention].canonical.n > 0)
        return mentions[piece->mention].canonical;
    return zw_str(text->text.p + piece->text.start, piece->text.end - piece->text.start);
}

/* 最高奖励20万元, 不超过购置费的三成, 以50万元为限, 减半: a bound or a share that stands apart from its number. */
static bool bounded_quantity(zw_str_t s, zw_quantity_t *ret)
{
    enum { REACH = 12 };
    static const char *const BOUNDS[] = { "最高", "最多", "至多", "不超过", "上限", "封顶" };
    static const char *const ENDS[] = { "为限", "封顶", "为上限" };
    if (zw_str_eqz(s, "减半")) {
        *ret = (zw_quantity_t){ .value = 50, .value_max = NAN, .unit = zw_strz("%") };
        return true;
    }
    bool bound = false;
    for (size_t i = 0; i < sizeof(BOUNDS) / sizeof(*BOUNDS) && !bound; i++)
        bound = zw_str_starts(s, zw_strz(BOUNDS[i]));
    for (size_t i = 0; i < sizeof(ENDS) / sizeof(*ENDS); i++)
        if (zw_str_ends(s, zw_strz(ENDS[i]))) {
            bound = true;
            s.n -= strlen(ENDS[i]);
        }
    const char *end = s.p + s.n;
    for (int i = 0; bound && i < REACH && s.n > 0; i++) {
        uint32_t cp;
        unsigned width = zw_utf8_decode(s.p, end, &cp);
        s = zw_str(s.p + width, s.n - width);
        if (zw_quantity_parse(s, ret) == s.n && s.n > 0) {
            ret->comparator = ZW_LE;
            return true;
        }
    }
    return false;
}

bool zw_piece_quantity(const zw_text_t *text, const zw_mention_t *mentions, const zw_piece_t *piece, zw_quantity_t *ret)
{
    if (piece->mention >= 0) {
        zw_mention_class_t cls = mentions[piece->mention].cls;
        if (cls != ZW_M_COUNT && cls != ZW_M_PERCENT && cls != ZW_M_MONEY && cls != ZW_M_NUMBER && cls != ZW_M_RANK)
            return false;
        *ret = mentions[piece->mention].quantity;
        return true;
    }
    zw_str_t s = zw_str(text->text.p + piece->text.start, piece->text.end - piece->text.start);
    return s.n > 0 && (zw_quantity_parse(s, ret) > 0 || bounded_quantity(s, ret));
}

zw_str_t zw_piece_time(const zw_context_t *context, const zw_mention_t *mentions, const zw_piece_t *piece, zw_arena_t *arena)
{
    if (piece->mention >= 0 && mentions[piece->mention].cls == ZW_M_TIME)
        return mentions[piece->mention].canonical;
    zw_str_t s = zw_str(context->text->text.p + piece->text.start, piece->text.end - piece->text.start), edtf;
    return s.n > 0 && zw_time_parse(context, s, arena, &edtf) > 0 ? edtf : zw_str("", 0);
}

zw_value_t zw_value_quantity(const zw_quantity_t *q, bool plain, zw_arena_t *arena)
{
    zw_value_t value = { .kind = ZW_V_NULL };
    zw_slot_t *slots = zw_arena_calloc(arena, 4, sizeof(*slots));
    if (!slots)
        return value;
    size_t n = 0;
    slots[n++] = (zw_slot_t){ ZW_STR_LIT("value"), { .kind = ZW_V_NUM, .num = q->value } };
    if (!isnan(q->value_max))
        slots[n++] = (zw_slot_t){ ZW_STR_LIT("value_max"), { .kind = ZW_V_NUM, .num = q->value_max } };
    if (q->unit.n > 0)
        slots[n++] = (zw_slot_t){ ZW_STR_LIT("unit"), { .kind = ZW_V_STR, .str = q->unit } };
    if (!plain)
        slots[n++] = (zw_slot_t){ ZW_STR_LIT("comparator"), { .kind = ZW_V_STR, .str = zw_strz(ZW_COMPARATOR_NAMES[q->comparator]) } };
    value.kind = ZW_V_MAP;
    value.map.slots = slots;
    value.map.n = n;
    return value;
}

/* ---- identity */

static bool counts(uint32_t cp)
{
    if (cp == '%')
        return true;
    switch (utf8proc_category((utf8proc_int32_t)cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

zw_str_t zw_value_normal(zw_str_t s, zw_arena_t *arena)
{
    utf8proc_int32_t cps[32];
    const char *p = s.p, *end = s.p + s.n;
    size_t cap = s.n * 2 + 16, n = 0;
    char *out = zw_arena_alloc(arena, cap);
    if (!out)
        return zw_str("", 0);
    while (p < end) {
        uint32_t cp;
        p += zw_utf8_decode(p, end, &cp);
        int boundary = 0;
        utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)cp, cps, 32,
                                                         UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD, &boundary);
        if (count > 32)
            continue;
        for (utf8proc_ssize_t i = 0; i < count; i++) {
            if (!counts((uint32_t)cps[i]))
                continue;
            if (n + 4 > cap) { /* one character may become up to 18 */
                char *grown = zw_arena_grow(arena, out, n, cap * 2);
                if (!grown)
                    return zw_str("", 0);
                out = grown;
                cap *= 2;
            }
            n += zw_utf8_encode((uint32_t)cps[i], out + n);
        }
    }
    return zw_str(out, n);
}

zw_str_t zw_value_template(zw_str_t text, zw_str_t (*lookup)(void *ctx, zw_str_t name), void *ctx, zw_arena_t *arena)
{
    _cleanup_buf_ zw_buf_t out = { 0 };
    size_t i = 0;
    while (i < text.n) {
        const char *close = text.p[i] == '{' ? memchr(text.p + i, '}', text.n - i) : NULL;
        if (!close) {
            zw_buf_putc(&out, text.p[i++]);
            continue;
        }
        zw_buf_puts(&out, lookup(ctx, zw_str(text.p + i + 1, (size_t)(close - text.p) - i - 1)));
        i = (size_t)(close - text.p) + 1;
    }
    return out.failed || out.n == 0 ? zw_str("", 0) : zw_arena_str(arena, zw_buf_str(&out));
}

bool zw_value_equal(const zw_value_t *a, const zw_value_t *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case ZW_V_NULL:
        return true;
    case ZW_V_STR:
        return zw_str_eq(a->str, b->str);
    case ZW_V_NUM:
        return a->num == b->num;
    case ZW_V_BOOL:
        return a->flag == b->flag;
    case ZW_V_LIST:
        if (a->list.n != b->list.n)
            return false;
        for (size_t i = 0; i < a->list.n; i++)
            if (!zw_value_equal(&a->list.items[i], &b->list.items[i]))
                return false;
        return true;
    case ZW_V_MAP:
        if (a->map.n != b->map.n)
            return false;
        for (size_t i = 0; i < a->map.n; i++)
            if (!zw_str_eq(a->map.slots[i].name, b->map.slots[i].name) ||
                !zw_value_equal(&a->map.slots[i].value, &b->map.slots[i].value))
                return false;
        return true;
    }
    return false;
}
