/* The first layer: what is found by its own form, whatever stands around it. */
#include "extract/mention_scan.h"
#include "extract/number.h"

#include <math.h>

static void own(zw_scan_t *scan, uint32_t start, uint32_t end)
{
    for (uint32_t k = start; k < end; k++)
        scan->atom[k] = (int32_t)scan->count - 1;
}

static const struct zw_abbreviation *abbreviated(const zw_scan_t *scan, zw_str_t brief, zw_mention_class_t cls)
{
    const zw_context_t *c = scan->a->context;
    for (size_t k = 0; k < c->abbreviation_count; k++)
        if (c->abbreviations[k].cls == cls && zw_str_eq(c->abbreviations[k].brief, brief))
            return &c->abbreviations[k];
    return NULL;
}

static uint32_t atom_doc(zw_scan_t *scan, uint32_t i)
{
    uint32_t from, to, n = zw_doc_scan(&scan->s, i, &from, &to);
    if (!n)
        return 0;
    zw_found_t *f = zw_found_add(scan, ZW_M_DOC, i, i + n);
    if (!f)
        return n;
    f->inner_start = from;
    f->inner_end = to;
    zw_str_t inner = zw_scan_str(scan, from, to);
    f->dropped = zw_doc_is_periodical(inner);
    f->weight = 9;
    const struct zw_abbreviation *full = abbreviated(scan, inner, ZW_M_DOC);
    f->m.canonical = full ? full->full : inner;
    own(scan, i, i + n);
    return n;
}

static uint32_t atom_number_of(zw_scan_t *scan, uint32_t i)
{
    const zw_chars_t *s = &scan->s;
    /* the office's letters begin behind a bracket, a mark, a document or a verb */
    uint32_t before = i ? s->cp[i - 1] : 0;
    bool bounded = (!zw_is_han(before) && !zw_is_ascii_alnum(before)) || scan->stop[i];
    uint32_t n = bounded ? zw_docnum_scan(s, i) : 0;
    zw_mention_class_t cls = ZW_M_DOCNUM;
    if (!n) {
        n = zw_stdnum_scan(s, i);
        cls = ZW_M_STDNUM;
    }
    if (n && zw_found_add(scan, cls, i, i + n))
        own(scan, i, i + n);
    return n;
}

static uint32_t atom_time(zw_scan_t *scan, uint32_t i)
{
    zw_when_t w;
    char edtf[48];
    uint32_t n = zw_time_scan(&scan->s, i, &scan->a->time, &w);
    if (!n)
        return 0;
    zw_found_t *f = zw_found_add(scan, ZW_M_TIME, i, i + n);
    if (!f)
        return n;
    size_t length = zw_time_format(&w, edtf, sizeof(edtf));
    f->m.canonical = zw_arena_str(scan->a->arena, zw_str(edtf, length));
    scan->a->failed |= !f->m.canonical.p;
    f->m.approximate = w.approximate;
    f->m.vague = w.vague;
    f->weight = 8;
    own(scan, i, i + n);
    /* 到2015年 looks ahead and says nothing of the years around it */
    bool ahead = i && (scan->s.cp[i - 1] == 0x5230 || scan->s.cp[i - 1] == 0x81F3) && w.from.y > scan->a->time.anchor.y;
    if (!ahead)
        zw_time_commit(&scan->a->time, &w);
    return n;
}

/* 第三 with the field before it: 全省第一, 全国家具行业首位. */
static uint32_t rank_start(const zw_scan_t *scan, uint32_t i)
{
    static const char *const fields[] = { "全国", "全省", "全市", "全县", "全区", "世界", "全球", "国内", "省内", "市内", "亚洲", "同行业",
                                          "国际", "行业", "全自治区", "全州", "中国" };
    for (uint32_t back = i < 10 ? i : 10; back >= 2; back--) {
        uint32_t from = i - back;
        uint32_t n = ZW_CHARS_ANY(&scan->s, from, fields, NULL);
        if (!n)
            continue;
        bool clean = true;
        for (uint32_t k = from + n; k < i; k++)
            clean &= zw_is_han(scan->s.cp[k]) && scan->stop[k + 1] == 0 && scan->atom[k] < 0;
        if (clean)
            return from;
    }
    return i;
}

static uint32_t atom_ordinal(zw_scan_t *scan, uint32_t i)
{
    const zw_chars_t *s = &scan->s;
    int number;
    uint32_t n = zw_edition_scan(s, i, &number);
    if (n) {
        if (zw_found_add(scan, ZW_M_EDITION, i, i + n))
            own(scan, i, i + n);
        return n;
    }
    n = zw_ordinal_scan(s, i, &number);
    if (!n)
        return 0;
    static const char *const verbs[] = { "居", "排名", "排", "列", "位列", "位居", "名列", "排在", "跃居", "稳居", "高居", "升至", "跃升至",
                                         "上升到", "上升至", "居于", "排位", "升到", "并列", "雄踞", "夺得", "获得" };
    static const char *const not_rank[] = { "第一起草", "第一责任", "第一时间", "第一书记", "第一线", "第一把", "第三方", "第一手", "第二天",
                                            "第一次", "第一个", "第一批", "第一步", "第二步", "第一张" };
    if (ZW_CHARS_ANY(s, i, not_rank, NULL))
        return n;
    uint32_t from = rank_start(scan, i);
    if (from == i && !ZW_CHARS_ANY_BEFORE(s, i, verbs))
        return n;
    zw_found_t *f = zw_found_add(scan, ZW_M_RANK, from, i + n);
    if (f) {
        f->m.quantity.value = number;
        f->weight = 8;
        own(scan, from, i + n);
    }
    return n;
}

/* A numeral at the head of a longer word or place (四川, 三峡, 一般) counts nothing. */
static bool numeral_in_word(const zw_scan_t *scan, uint32_t i, uint32_t end)
{
    enum { REACH = 4 };
    const uint32_t words = ZW_BIT(ZW_L_WORD) | ZW_BIT(ZW_L_REGION) | ZW_BIT(ZW_L_REGION_SHORT) | ZW_BIT(ZW_L_REGION_NICK);
    uint32_t figure = i;
    while (figure < end && zw_han_digit(scan->s.cp[figure]) < 0 && !zw_is_digit(scan->s.cp[figure]) &&
           scan->s.cp[figure] != 0x5341 && scan->s.cp[figure] != 0x767E && scan->s.cp[figure] != 0x5343 &&
           scan->s.cp[figure] != 0x4E07)
        figure++;
    if (figure < end && zw_is_digit(scan->s.cp[figure]))
        return false;
    /* 其中一起移送公安机关: one case, not together */
    static const char *const counts[] = { "其中", "各", "有", "仅", "处", "办", "获", "实", "案", "另" };
    if (zw_chars_at(&scan->s, figure, "一起") && ZW_CHARS_ANY_BEFORE(&scan->s, figure, counts))
        return false;
    for (uint32_t from = figure > REACH ? figure - REACH : 0; from <= figure; from++) {
        const zw_hit_t *h = zw_scan_hit(scan, from, words);
        if (h && h->end > figure && (h->end >= figure + 2 || from < figure))
            return true;
    }
    return false;
}

static uint32_t atom_quantity(zw_scan_t *scan, uint32_t i)
{
    zw_quantity_t q;
    zw_mention_class_t cls;
    uint32_t n = zw_number_scan(scan->lex, &scan->s, i, &q, &cls);
    if (!n || numeral_in_word(scan, i, i + n))
        return 0;
    zw_found_t *f = zw_found_add(scan, cls, i, i + n);
    if (!f)
        return n;
    f->m.quantity = q;
    f->weight = 7;
    own(scan, i, i + n);
    return n;
}

static void first_set(uint64_t *bits, const char *characters)
{
    uint32_t cp;
    for (const char *p = characters, *end = p + strlen(p); p < end;) {
        p += zw_utf8_decode(p, end, &cp);
        bits[cp >> 6 & 1023] |= 1ull << (cp & 63);
    }
}

static bool first_is(const uint64_t *bits, uint32_t cp)
{
    return cp > 0xFFFF ? false : bits[cp >> 6] >> (cp & 63) & 1;
}

/* Most characters begin neither a time nor a number; the grammars are asked only at the others. */
void zw_atoms_begin(zw_article_t *a)
{
    static const char digits[] = "0123456789〇零一二两三四五六七八九十";
    first_set(a->time_first, digits);
    first_set(a->time_first, "“\"今本去昨上前头刚未明来后次翌转第同当是该那这民截目眼现迄时近日最不连到下全年岁过即早");
    first_set(a->number_first, digits);
    first_set(a->number_first, "百千万亿数几近约大将接逾超突已多高小不低少未至最达上无人新港美￥¥R过半");
}

void zw_scan_atoms(zw_scan_t *scan)
{
    const zw_chars_t *s = &scan->s;
    for (uint32_t i = 0; i < s->n;) {
        uint32_t cp = s->cp[i];
        if (cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F || cp == '!' || cp == '?')
            zw_time_sentence(&scan->a->time);
        uint32_t n = atom_doc(scan, i);
        if (!n)
            n = atom_number_of(scan, i);
        if (!n && first_is(scan->a->time_first, cp))
            n = atom_time(scan, i);
        if (!n && (cp == 0x7B2C || cp == 0x9996 || cp == 0x699C)) /* 第 首 榜 */
            n = atom_ordinal(scan, i);
        if (!n && first_is(scan->a->number_first, cp))
            n = atom_quantity(scan, i);
        if (!n) /* nothing starts inside a run of digits; looking would cost its square */
            for (n = 1; zw_is_digit(cp) && zw_is_digit(zw_char(s, i + n));)
                n++;
        i += n;
    }
}
