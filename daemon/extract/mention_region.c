/* The layer of places: names of all levels, chains (浙江省温州市), and words that point (我市, 全省, 该县). */
#include "extract/mention_scan.h"
#include "extract/name.h"
#include "extract/region.h"

#define PLACE_KINDS (ZW_BIT(ZW_L_REGION) | ZW_BIT(ZW_L_REGION_SHORT) | ZW_BIT(ZW_L_REGION_WEAK) | ZW_BIT(ZW_L_REGION_NICK))

static bool free_of_atoms(const zw_scan_t *scan, uint32_t start, uint32_t end)
{
    for (uint32_t k = start; k < end; k++)
        if (scan->atom[k] >= 0)
            return false;
    return true;
}

/* An everyday word holds the beginning of [i, end) together with what stands before it, or all of it and more. */
static bool covered_by_word(const zw_scan_t *scan, uint32_t i, uint32_t end)
{
    enum { REACH = 4 };
    for (uint32_t from = i > REACH ? i - REACH : 0; from <= i; from++) {
        const zw_hit_t *h = zw_scan_hit(scan, from, ZW_BIT(ZW_L_WORD) | (from < i ? ZW_BIT(ZW_L_STOP) : 0));
        if (h && ((from < i && h->end > i) || (from == i && h->end > end)))
            return true;
    }
    return false;
}

/* Streets, stations, rivers and firms that bear a place's name are not the place. */
static bool goes_on_as_other(const zw_scan_t *scan, uint32_t end)
{
    static const char *const tails[] = { "路", "大道", "大街", "街道", "火车站", "站", "河", "山路", "机场", "大桥", "牌", "话", "菜",
                                         "西路", "东路", "南路", "北路", "中路" };
    size_t which = 0;
    uint32_t n = ZW_CHARS_ANY(&scan->s, end, tails, &which);
    if (!n)
        return false;
    return !zw_chars_at(&scan->s, end, "路线") && !zw_chars_at(&scan->s, end, "站在") && !zw_chars_at(&scan->s, end, "路桥") &&
           !zw_chars_at(&scan->s, end, "牌子") && which != 3;
}

static bool place_begins(const zw_scan_t *scan, uint32_t i)
{
    const zw_hit_t *h = zw_scan_hit(scan, i, PLACE_KINDS);
    return h != NULL;
}

/* Weak names hold in a list of places. */
static bool in_list(const zw_scan_t *scan, uint32_t start, uint32_t end)
{
    if (start && scan->s.cp[start - 1] == 0x3001 && start > 1 && scan->ends[start - 1] >= 0)
        return true;
    return zw_char(&scan->s, end) == 0x3001 && place_begins(scan, end + 1);
}

static void name_region(zw_article_t *a, uint32_t code)
{
    if (code) {
        a->region_named[0] = code;
        a->region_named[zw_region_level(code)] = code;
    }
}

/* 陈埭镇 behind its county: the characters of the township, 0 for none. */
static uint32_t township_scan(const zw_scan_t *scan, uint32_t i)
{
    for (uint32_t n = 1; n <= 5 && i + n < scan->s.n; n++) {
        uint32_t k = i + n;
        if (!zw_is_han(scan->s.cp[k - 1]) || scan->atom[k - 1] >= 0 || (scan->stop[k] && scan->stop[k] <= n))
            return 0;
        if (n < 2)
            continue;
        uint32_t m = zw_chars_at(&scan->s, k, "街道");
        if (m && !zw_chars_at(&scan->s, k, "街道办"))
            return n + m;
        uint32_t cp = scan->s.cp[k];
        if ((cp == 0x9547 || cp == 0x4E61) && zw_char(&scan->s, k + 1) != 0x9547 && zw_char(&scan->s, k + 1) != 0x6751 &&
            scan->s.cp[k - 1] != 0x4E61 && scan->s.cp[k - 1] != 0x57CE) /* 镇 乡, not 乡镇 城镇 乡村 */
            return n + 1;
    }
    return 0;
}

/* “福山咖啡” in an article about 海南, 西湖|龙井, 江|河源杯: within a name, the short name of a place in another province is
 * chance. */
static bool by_chance(const zw_scan_t *scan, uint32_t i, uint32_t code)
{
    uint32_t here = zw_region_province(scan->a->context->region), before = i ? scan->s.cp[i - 1] : 0;
    bool county = zw_region_level(code) == 3;
    if (zw_region_level(code) < 2 || !here || zw_region_province(code) == here || i == 0)
        return false;
    int32_t left = scan->ends[i];
    bool name = left >= 0 && scan->found[left].m.cls == ZW_M_REGION && zw_region_province(scan->found[left].m.region) != zw_region_province(code);
    return (county && (name || zw_is_open_quote(before))) ||
           (left < 0 && zw_is_han(before) && !scan->stop[i] && scan->atom[i - 1] < 0);
}

/* 香江电子 in an article about 北海: a by-name of a place elsewhere with more of a name behind it. */
static bool in_a_name(const zw_scan_t *scan, uint32_t end, uint32_t code)
{
    uint32_t here = zw_region_province(scan->a->context->region);
    return here && zw_region_province(code) != here && end < scan->s.n && zw_is_han(scan->s.cp[end]) &&
           !zw_scan_hit(scan, end, ZW_BIT(ZW_L_STOP));
}

static uint32_t region_name_at(zw_scan_t *scan, uint32_t i)
{
    zw_article_t *a = scan->a;
    const zw_hit_t *h = NULL;
    uint32_t code = 0, end = i;
    bool full = false, nick = false;
    for (;;) { /* a chain: each in the one before */
        h = zw_scan_hit(scan, end, PLACE_KINDS);
        if (!h || !free_of_atoms(scan, end, h->end))
            break;
        bool inside = end > i, any;
        bool whole = zw_hit_has(h, ZW_L_REGION);
        bool apart = i == 0 || scan->ends[i] >= 0 || scan->stop[i];
        if (!inside && zw_region_in_word(zw_scan_str(scan, end, h->end), apart ? 0 : scan->s.cp[i - 1]))
            break;
        if ((!whole || h->end - end <= 2) && (covered_by_word(scan, end, h->end) || (goes_on_as_other(scan, h->end))))
            break;
        zw_region_want_t want = { a->context->year, inside ? code : 0, a->context->region };
        uint32_t next = zw_region_pick(scan->lex, h->first, &want, inside || in_list(scan, end, h->end), &any);
        if (!any || (inside && (!next || next == code)))
            break;
        if (!next && a->region_named[0]) { /* told apart by what was named last */
            want.near = a->region_named[0];
            next = zw_region_pick(scan->lex, h->first, &want, inside, &any);
        }
        code = next;
        full = whole;
        nick = zw_hit_has(h, ZW_L_REGION_NICK);
        end = h->end;
    }
    if (end == i)
        return 0;
    uint32_t kind = zw_char(&scan->s, end); /* 宁洱|县: what an autonomous county goes by */
    if (!full && code && (kind == 0x53BF || kind == 0x65D7 || kind == 0x5DDE) &&
        zw_region_around(scan->lex, code, kind, a->context->year) == code && free_of_atoms(scan, end, end + 1))
        end++;
    if (!full && (by_chance(scan, i, code) || (nick && in_a_name(scan, end, code))))
        return 0;
    uint8_t level = zw_region_level(code);
    uint32_t town = code ? township_scan(scan, end) : 0;
    if (town && level >= 2) {
        end += town;
        level = 4;
    }
    zw_found_t *f = zw_found_add(scan, ZW_M_REGION, i, end);
    if (!f)
        return 0;
    f->m.region = code;
    f->m.level = level;
    f->weight = full ? 5 : 4;
    name_region(a, code);
    return end - i;
}

/* 我市 全省 该县 本区: what it means in this article. */
static uint32_t pointed(const zw_scan_t *scan, uint32_t pointer, uint32_t kind)
{
    const zw_article_t *a = scan->a;
    int year = a->context->year;
    uint32_t around = zw_region_around(scan->lex, a->context->region, kind, year);
    if (pointer == 0x8BE5) { /* 该: the last one named */
        uint8_t level = kind == 0x7701 ? 1 : kind == 0x53BF || kind == 0x65D7 ? 3 : 0;
        uint32_t last = level ? a->region_named[level] : zw_region_around(scan->lex, a->region_named[0], kind, year);
        if (last)
            return last;
    }
    if (!around)
        around = zw_region_around(scan->lex, a->region_named[0], kind, year);
    return around;
}

static uint32_t region_word_at(zw_scan_t *scan, uint32_t i)
{
    static const char *const nation[] = { "全国", "我国", "中国", "国内" };
    const zw_chars_t *s = &scan->s;
    size_t which;
    uint32_t cp = s->cp[i], kind = zw_char(s, i + 1), after = zw_char(s, i + 2);
    bool may = cp == 0x5168 || cp == 0x6211 || cp == 0x4E2D || cp == 0x56FD; /* 全 我 中 国 */
    uint32_t n = may ? ZW_CHARS_ANY(s, i, nation, &which) : 0;
    if (n) {
        if (covered_by_word(scan, i, i + n))
            return 0;
        zw_found_t *f = zw_found_add(scan, ZW_M_REGION, i, i + n);
        if (f)
            f->weight = 3;
        return n;
    }
    uint32_t end = i + 2;
    bool points = cp == 0x6211 || cp == 0x5168 || cp == 0x672C || cp == 0x8BE5; /* 我 全 本 该 */
    if (points && zw_chars_at(s, i + 1, "自治区")) {
        kind = 0x533A;
        end = i + 4;
        after = zw_char(s, end);
    }
    uint32_t code = 0;
    if (points && (kind == 0x7701 || kind == 0x5E02 || kind == 0x53BF || kind == 0x533A || kind == 0x5DDE || kind == 0x65D7)) {
        if (after == 0x573A || after == 0x57DF || after == 0x7EA7 || (kind == 0x533A && after == 0x95F4) || /* 场 域 级 间 */
            (kind == 0x5E02 && cp == 0x672C && after == 0x503C))
            return 0;
        code = pointed(scan, cp, kind);
    } else if ((cp == 0x7701 || cp == 0x5E02 || cp == 0x53BF || cp == 0x533A || cp == 0x5DDE) &&
               (kind == 0x91CC || (kind == 0x4E0A && cp == 0x53BF) || (kind == 0x5185 && cp != 0x5E02))) { /* 市里 县上 省内 */
        uint32_t before = i ? s->cp[i - 1] : 0;
        if (zw_is_han(before) && !scan->stop[i] && scan->atom[i - 1] < 0)
            return 0;
        code = pointed(scan, 0, cp);
    } else {
        return 0;
    }
    zw_found_t *f = zw_found_add(scan, ZW_M_REGION, i, end);
    if (!f)
        return 0;
    f->m.region = code;
    f->m.region_by_context = true;
    f->m.level = zw_region_level(code);
    f->weight = 4;
    return end - i;
}

/* 在京, 赴沪: one character is a place behind such a verb, when a verb or mark follows. */
static uint32_t region_letter_at(zw_scan_t *scan, uint32_t i)
{
    static const char verbs[] = "在赴来抵进驻离由";
    if (i == 0)
        return 0;
    const zw_hit_t *h = zw_scan_hit(scan, i, ZW_BIT(ZW_L_REGION_ABBR));
    if (!h || h->end != i + 1)
        return 0;
    uint32_t cp;
    bool led = false;
    for (const char *p = verbs, *end = verbs + sizeof(verbs) - 1; p < end && !led;) {
        p += zw_utf8_decode(p, end, &cp);
        led = cp == scan->s.cp[i - 1];
    }
    if (!led)
        return 0;
    if (scan->hit_from[i + 1] > scan->hit_from[i] && scan->hits[scan->hit_from[i + 1] - 1].end > i + 1)
        return 0; /* 申请 */
    const zw_hit_t *next = i + 1 < scan->s.n ? zw_scan_hit(scan, i + 1, ZW_BIT(ZW_L_STOP)) : NULL;
    if (i + 1 < scan->s.n && zw_is_han(scan->s.cp[i + 1]) && !next)
        return 0;
    for (uint32_t e = h->first; e; e = zw_lex_entry(scan->lex, e)->next) {
        if (zw_lex_entry(scan->lex, e)->kind != ZW_L_REGION_ABBR)
            continue;
        zw_found_t *f = zw_found_add(scan, ZW_M_REGION, i, i + 1);
        if (!f)
            return 0;
        f->m.region = zw_lex_entry(scan->lex, e)->value;
        f->m.level = zw_region_level(f->m.region);
        return 1;
    }
    return 0;
}

/* A township that stands alone at a boundary: 陈埭镇的鞋材市场. */
static uint32_t township_at(zw_scan_t *scan, uint32_t i)
{
    uint32_t before = i ? scan->s.cp[i - 1] : 0;
    if ((i && zw_is_han(before) && !scan->stop[i]) || zw_is_ascii_alnum(before))
        return 0;
    uint32_t n = township_scan(scan, i);
    if (n < 3 || n > 5)
        return 0;
    uint32_t code = scan->a->context->region;
    zw_found_t *f = zw_found_add(scan, ZW_M_REGION, i, i + n);
    if (!f)
        return 0;
    f->m.region = zw_region_level(code) == 3 ? code : 0;
    f->m.level = 4;
    f->m.region_by_context = true;
    return n;
}

void zw_scan_regions(zw_scan_t *scan)
{
    for (uint32_t i = 0; i < scan->s.n;) {
        int32_t atom = scan->atom[i];
        if (atom >= 0) {
            i = scan->found[atom].end > i ? scan->found[atom].end : i + 1;
            continue;
        }
        uint32_t n = region_name_at(scan, i);
        if (!n)
            n = region_word_at(scan, i);
        if (!n)
            n = region_letter_at(scan, i);
        if (!n)
            n = township_at(scan, i);
        if (n)
            scan->ends[i + n] = (int32_t)scan->count - 1;
        i += n ? n : 1;
    }
}
