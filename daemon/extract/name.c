/* The layer of names that are known by their right end: firms, associations, bodies, awards, statuses, certificates,
 * meetings, programmes, agreements. */
#include "extract/name.h"
#include "extract/region.h"

static const struct {
    zw_lex_kind_t kind;
    zw_mention_class_t cls;
    uint8_t weight;
} HEADS[] = {
    { ZW_L_AWARD, ZW_M_AWARD, 6 },     { ZW_L_STATUS, ZW_M_STATUS, 5 },   { ZW_L_CERT, ZW_M_CERT, 6 },
    { ZW_L_FIRM, ZW_M_FIRM, 5 },       { ZW_L_FIRM_WEAK, ZW_M_FIRM, 3 },  { ZW_L_ASSOC, ZW_M_ASSOC, 5 },
    { ZW_L_BODY, ZW_M_BODY, 4 },       { ZW_L_MEETING, ZW_M_MEETING, 4 }, { ZW_L_INIT, ZW_M_INIT, 3 },
    { ZW_L_AGREEMENT, ZW_M_AGREEMENT, 4 },
};

static bool is_level_char(uint32_t cp)
{
    return cp == 0x7701 || cp == 0x5E02 || cp == 0x53BF || cp == 0x533A || cp == 0x5DDE || cp == 0x65D7;
}

/* Heads that are a name without anything before them. */
static bool head_stands_alone(const zw_scan_t *scan, const zw_hit_t *h, zw_mention_class_t cls)
{
    uint32_t n = h->end - h->start;
    if (zw_hit_has(h, ZW_L_GENERIC))
        return false;
    switch (cls) {
    case ZW_M_AWARD: return n >= 3;
    case ZW_M_STATUS: return n >= 4;
    case ZW_M_CERT: return n >= 4;
    case ZW_M_MEETING: return n >= 4;
    case ZW_M_AGREEMENT: return n >= 3;
    case ZW_M_BODY: {
        static const char *const bodies[] = { "领导小组", "工作领导小组", "联席会议", "组委会", "管委会", "评审委员会", "专家组", "指挥部" };
        size_t which;
        return ZW_CHARS_ANY(&scan->s, h->start, bodies, &which) == n;
    }
    case ZW_M_INIT: {
        static const char *const starts[] = { "质量", "品牌", "名牌", "商标", "标准化", "首席", "放心", "中国", "全国", "世界", "双打",
                                              "浙江制造", "品字标", "诚信计量", "知名品牌", "政府质量", "食品安全城市", "企业标准" };
        return n >= 3 && ZW_CHARS_ANY(&scan->s, h->start, starts, NULL);
    }
    default: return false;
    }
}

/* The head is not the end of a name where a longer word holds its end: 活动 of 活动室, 质量奖 of 质量奖金. */
static bool head_goes_on(const zw_scan_t *scan, const zw_hit_t *h)
{
    uint32_t n = h->end - h->start;
    static const char *const prize[] = { "励", "金", "项", "牌", "章", "杯", "品", "惩", "罚", "状" };
    if (zw_chars_before(&scan->s, h->end, "奖") && ZW_CHARS_ANY(&scan->s, h->end, prize, NULL))
        return true;
    /* 实验室计划2012年建成: a verb */
    if (n == 2 && zw_chars_at(&scan->s, h->start, "计划") && h->end < scan->s.n) {
        static const char *const verbs[] = { "在", "将", "于", "到", "用", "投", "从", "年" };
        int32_t atom = scan->atom[h->end];
        if ((atom >= 0 && scan->found[atom].m.cls == ZW_M_TIME) || ZW_CHARS_ANY(&scan->s, h->end, verbs, NULL))
            return true;
    }
    for (uint32_t from = h->start; from < h->end; from++) {
        const zw_hit_t *word = zw_scan_hit(scan, from, ZW_BIT(ZW_L_GOES_ON));
        if (word && word->end > h->end && h->end - from >= 2)
            return true;
    }
    return false;
}

/* (市、区) behind 先进县, (江西) behind a centre. */
static uint32_t bracket_behind(const zw_scan_t *scan, uint32_t end, zw_mention_class_t cls)
{
    static const char *const levels[] = { "(市、区)", "(区、市)", "(市区)", "(县、市)", "(县、区)", "(市、县)", "(区)", "(市)" };
    if (cls == ZW_M_AWARD || cls == ZW_M_STATUS)
        return ZW_CHARS_ANY(&scan->s, end, levels, NULL);
    if (cls != ZW_M_BODY || zw_char(&scan->s, end) != '(')
        return 0;
    for (uint32_t k = end + 3; k < scan->s.n && k - end <= 6; k++)
        if (scan->s.cp[k] == ')' && scan->ends[k] >= 0 && scan->found[scan->ends[k]].start == end + 1)
            return k + 1 - end;
    return 0;
}

static uint32_t context_region(const zw_scan_t *scan, uint32_t level_char)
{
    const zw_article_t *a = scan->a;
    uint32_t code = zw_region_around(scan->lex, a->context->region, level_char, a->context->year);
    return code ? code : zw_region_around(scan->lex, a->region_named[0], level_char, a->context->year);
}

static void set_place(const zw_scan_t *scan, zw_found_t *f, const zw_reach_t *r, uint32_t head)
{
    if (r->owner >= 0) {
        const zw_mention_t *m = &scan->found[r->owner].m;
        f->m.region = m->region;
        f->m.region_by_context = m->region_by_context;
        f->m.level = m->level;
    } else if (is_level_char(scan->s.cp[f->start]) && f->start + 2 < f->end && f->start < head) {
        f->m.region = context_region(scan, scan->s.cp[f->start]);
        f->m.region_by_context = true;
        f->m.level = zw_region_level(f->m.region);
    }
}

static void note_end(zw_scan_t *scan, uint32_t end)
{
    int32_t mine = (int32_t)scan->count - 1, old = scan->ends[end];
    if (old < 0 || scan->found[old].start > scan->found[mine].start)
        scan->ends[end] = mine;
}

static bool reach_suffices(const zw_scan_t *scan, const zw_hit_t *h, zw_mention_class_t cls, bool weak, zw_reach_t *r)
{
    uint32_t mods = h->start - r->start;
    uint32_t own = r->owner >= 0 ? mods - r->place : mods;
    if (r->ran_out && r->owner >= 0 && r->start < h->start && scan->found[r->owner].end > h->start)
        return false; /* 该市 and 市名牌 */
    if (r->ran_out) {
        r->start = h->start;
        r->owner = -1;
        return cls != ZW_M_FIRM && cls != ZW_M_ASSOC && head_stands_alone(scan, h, cls);
    }
    if (cls == ZW_M_FIRM) {
        if (weak)
            return zw_firm_is_shown(scan, r, h->start, h->end);
        return own >= 2 && !zw_firm_is_kind(scan, r->start, h->start);
    }
    if (cls == ZW_M_ASSOC)
        return mods >= 2 || (mods == 1 && is_level_char(scan->s.cp[r->start]));
    if (mods >= 2) {
        /* 全市活动 names nothing more than 活动 does */
        bool pointed = r->owner >= 0 && own == 0 && scan->found[r->owner].m.region_by_context;
        return !pointed || head_stands_alone(scan, h, cls);
    }
    r->start = h->start;
    r->owner = -1;
    return head_stands_alone(scan, h, cls);
}

static void name_at(zw_scan_t *scan, const zw_hit_t *h, size_t kind)
{
    zw_mention_class_t cls = HEADS[kind].cls;
    bool weak = HEADS[kind].kind == ZW_L_FIRM_WEAK;
    zw_reach_t r = zw_name_reach(scan, h->start, cls, head_stands_alone(scan, h, cls));
    if (!reach_suffices(scan, h, cls, weak, &r))
        return;
    uint32_t end = h->end + bracket_behind(scan, h->end, cls);
    zw_found_t *f = zw_found_add(scan, cls, r.start, end);
    if (!f)
        return;
    f->weight = HEADS[kind].weight;
    set_place(scan, f, &r, h->start);
    note_end(scan, end);
    if (cls == ZW_M_FIRM && !weak && h->end - h->start >= 4)
        zw_firm_introduce(scan, f, r.owner >= 0 ? r.place : 0);
    /* quotation marks around all of it belong to the mention, not to the name */
    if (r.start > 0 && zw_is_open_quote(scan->s.cp[r.start - 1]) && zw_is_close_quote(zw_char(&scan->s, end))) {
        f = &scan->found[scan->count - 1];
        f->start--;
        f->end++;
        note_end(scan, f->end);
    }
}

void zw_scan_names(zw_scan_t *scan, bool firms)
{
    uint32_t heads = firms ? ZW_BIT(ZW_L_LAW) : 0;
    for (size_t k = 0; k < sizeof(HEADS) / sizeof(*HEADS); k++)
        heads |= ZW_BIT(HEADS[k].kind);
    if (firms)
        zw_firm_lists(scan);
    for (uint32_t i = 0; i < scan->s.n; i++) {
        int32_t atom = scan->atom[i];
        uint32_t kinds = scan->hit_kinds[i];
        if (!(kinds & heads) || (atom >= 0 && scan->found[atom].m.cls != ZW_M_STDNUM))
            continue;
        const zw_hit_t *law = firms ? zw_scan_hit(scan, i, ZW_BIT(ZW_L_LAW)) : NULL;
        if (law && scan->atom[law->end - 1] < 0) {
            zw_found_t *f = zw_found_add(scan, ZW_M_DOC, i, law->end);
            if (f)
                f->weight = 7;
        }
        for (size_t k = 0; k < sizeof(HEADS) / sizeof(*HEADS); k++) {
            if (!(kinds & ZW_BIT(HEADS[k].kind)))
                continue;
            bool firm = HEADS[k].cls == ZW_M_FIRM || HEADS[k].cls == ZW_M_ASSOC;
            const zw_hit_t *h = firm == firms ? zw_scan_hit(scan, i, ZW_BIT(HEADS[k].kind)) : NULL;
            if (h && !head_goes_on(scan, h))
                name_at(scan, h, k);
        }
    }
}
