/* The layer of organs: government, party and people's bodies at every level, with their place. */
#include "extract/mention_scan.h"
#include "extract/region.h"

#define PLACE_KINDS (ZW_BIT(ZW_L_REGION) | ZW_BIT(ZW_L_REGION_SHORT) | ZW_BIT(ZW_L_REGION_WEAK) | ZW_BIT(ZW_L_REGION_NICK))

/* What stands before an organ's own words. */
typedef struct prefix {
    uint32_t start;
    uint32_t region;
    bool found, by_context;
    uint8_t level;
} prefix_t;

static bool is_level_char(uint32_t cp)
{
    return cp == 0x7701 || cp == 0x5E02 || cp == 0x53BF || cp == 0x533A || cp == 0x5DDE || cp == 0x65D7 || cp == 0x9547 ||
           cp == 0x4E61;
}

static bool bounded_left(const zw_scan_t *scan, uint32_t i)
{
    return i == 0 || !zw_is_han(scan->s.cp[i - 1]) || scan->stop[i] || scan->atom[i - 1] >= 0 || scan->ends[i] >= 0 ||
           zw_chars_before(&scan->s, i, "代表") || zw_chars_before(&scan->s, i, "联合");
}

/* A place that ends at `i`: the one found, else a short form that a longer one has covered (泉州 of 泉州市场监管局). */
static prefix_t place_before(const zw_scan_t *scan, uint32_t i)
{
    if (scan->ends[i] >= 0) {
        const zw_found_t *f = &scan->found[scan->ends[i]];
        if (f->m.cls == ZW_M_REGION)
            return (prefix_t){ f->start, f->m.region, true, f->m.region_by_context, f->m.level };
    }
    for (uint32_t n = 2; n <= 5 && n <= i; n++) {
        for (uint32_t k = scan->hit_from[i - n]; k < scan->hit_from[i - n + 1]; k++) {
            const zw_hit_t *h = &scan->hits[k];
            if (h->end != i || !(h->kinds & PLACE_KINDS) || !bounded_left(scan, i - n))
                continue;
            if (zw_chars_at(&scan->s, i - n, "会同")) /* 会同网信部门: with them, not a county */
                continue;
            zw_region_want_t want = { scan->a->context->year, 0, scan->a->context->region };
            uint32_t code = zw_region_pick(scan->lex, h->first, &want, true, NULL);
            if (code)
                return (prefix_t){ i - n, code, true, false, zw_region_level(code) };
        }
    }
    return (prefix_t){ 0 };
}

static uint32_t context_region(const zw_scan_t *scan, uint32_t level_char)
{
    const zw_article_t *a = scan->a;
    uint32_t code = zw_region_around(scan->lex, a->context->region, level_char, a->context->year);
    return code ? code : zw_region_around(scan->lex, a->region_named[0], level_char, a->context->year);
}

static uint8_t level_of_char(uint32_t cp)
{
    return cp == 0x7701 ? 1 : cp == 0x5E02 || cp == 0x5DDE ? 2 : cp == 0x9547 || cp == 0x4E61 ? 4 : 3;
}

/* 两市|质监局, 三地|市场监管局: what ends before `i` counts places that were named before. */
static bool counts_places(const zw_scan_t *scan, uint32_t i)
{
    static const char *const words[] = { "地", "市", "县", "区", "省", "州", "家", "省会城市" };
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
        uint32_t n = zw_chars_before(&scan->s, i, words[k]);
        if (n && i > n && zw_han_digit(scan->s.cp[i - n - 1]) > 1)
            return true;
    }
    return false;
}

/* 市质监局, 自治区政府, 县市区政府. */
static prefix_t level_before(const zw_scan_t *scan, uint32_t i)
{
    const zw_chars_t *s = &scan->s;
    uint32_t n = zw_chars_before(s, i, "自治区");
    if (n) {
        uint32_t code = context_region(scan, 0x533A);
        return (prefix_t){ i - n, zw_region_province(code), true, true, 1 };
    }
    if (i == 0 || !is_level_char(s->cp[i - 1]) || scan->atom[i - 1] >= 0 || zw_chars_at(s, i - 1, "市场"))
        return (prefix_t){ 0 };
    uint32_t k = i - 1;
    while (k > 0 && is_level_char(s->cp[k - 1]) && i - k < 4)
        k--;
    if (i - k > 1) /* several levels: none of them */
        return (prefix_t){ k, 0, true, true, 3 };
    if (zw_chars_before(s, k, "各")) /* of every city, so of none */
        return (prefix_t){ k - 1, 0, true, true, level_of_char(s->cp[k]) };
    if (k > 0 && zw_han_digit(s->cp[k - 1]) >= 0) /* 两市质监局 */
        return (prefix_t){ k, 0, true, true, level_of_char(s->cp[k]) };
    static const char *const words[] = { "城", "都", "超", "股", "上", "门", "地", "社", "园", "景", "山", "小", "片", "新", "城", "集", "乡" };
    if (ZW_CHARS_ANY_BEFORE(s, k, words) && !bounded_left(scan, k))
        return (prefix_t){ 0 };
    return (prefix_t){ k, context_region(scan, s->cp[k]), true, true, level_of_char(s->cp[k]) };
}

/* 质量管理处, 执法司 behind an organ: the characters of the unit, 0 for none. */
static uint32_t unit_behind(const zw_scan_t *scan, uint32_t i)
{
    static const char *const heads[] = { "处", "科", "司", "分局", "办公室", "支队", "大队", "总队", "中心", "所", "室", "办", "局", "中队",
                                         "网站" };
    const zw_chars_t *s = &scan->s;
    uint32_t best = 0;
    static const char *const with[] = { "联合", "会同", "联手", "携手" };
    if (ZW_CHARS_ANY(s, i, with, NULL)) /* 省质监局|联合省工商局 */
        return 0;
    for (uint32_t k = i; k < s->n && k - i <= 14; k++) {
        if (!zw_is_han(s->cp[k]) || scan->atom[k] >= 0 || (k > i && scan->stop[k] && scan->stop[k] <= k - i))
            break;
        const zw_hit_t *post = zw_scan_hit(scan, k, ZW_BIT(ZW_L_POST));
        size_t which;
        uint32_t n = post ? 0 : ZW_CHARS_ANY(s, k, heads, &which);
        if (post)
            break;
        if (!n || (k == i && which != 4 && which != 3 && which != 5 && which != 6) || (k > i && k - i < 2))
            continue;
        uint32_t end = k + n;
        const zw_hit_t *next = zw_scan_hit(scan, end, ZW_BIT(ZW_L_STOP) | ZW_BIT(ZW_L_POST) | ZW_BIT(ZW_L_SOFT));
        bool ends = end >= s->n || !zw_is_han(s->cp[end]) || next || scan->atom[end] >= 0;
        const zw_hit_t *word = zw_scan_hit(scan, k, ZW_BIT(ZW_L_WORD));
        const zw_hit_t *across = k > i ? zw_scan_hit(scan, k - 1, ZW_BIT(ZW_L_WORD) | ZW_BIT(ZW_L_STOP)) : NULL;
        if (ends && !word && !(across && across->end > k))
            best = end - i;
    }
    return best;
}

static zw_str_t identity_of(const zw_scan_t *scan, uint32_t region, zw_str_t canonical, zw_str_t unit)
{
    zw_str_t place = region ? zw_region_name(scan->lex, region, scan->a->context->year) : (zw_str_t){ 0 };
    zw_str_t made = zw_arena_printf(scan->a->arena, "%.*s%.*s%.*s", ZW_STR_ARGS(place), ZW_STR_ARGS(canonical),
                                    ZW_STR_ARGS(unit));
    scan->a->failed |= !made.p;
    return made;
}

static void add_organ(zw_scan_t *scan, const prefix_t *p, uint32_t end, zw_str_t canonical)
{
    uint32_t unit = unit_behind(scan, end);
    zw_str_t identity = identity_of(scan, p->region, canonical, zw_scan_str(scan, end, end + unit));
    zw_found_t *f = zw_found_add(scan, ZW_M_GOV, p->start, end + unit);
    if (!f)
        return;
    f->m.region = p->region;
    f->m.region_by_context = p->by_context;
    f->m.level = p->level;
    f->m.identity = identity;
    f->weight = 6;
    scan->ends[end + unit] = (int32_t)scan->count - 1;
    if (unit && scan->ends[end] < 0)
        scan->ends[end] = (int32_t)scan->count - 1;
}

/* Without a place or level only what is clearly an organ: 质监局, not 海关 or 政府. */
static bool stands_alone(const zw_scan_t *scan, uint32_t start, uint32_t end)
{
    static const char *const tails[] = { "局", "厅", "署", "消保委", "消委会", "质检院", "特检院", "管委会", "检疫局" };
    if (end - start < 3 || !bounded_left(scan, start))
        return false;
    return ZW_CHARS_ANY_BEFORE(&scan->s, end, tails);
}

static bool goes_on_as_word(const zw_scan_t *scan, uint32_t i, uint32_t end)
{
    static const char *const tails[] = { "长质量", "员", "主席质量", "质量奖", "派" };
    size_t which;
    if (zw_chars_before(&scan->s, end, "委") && (zw_chars_at(&scan->s, end, "员") || zw_chars_at(&scan->s, end, "托") ||
                                                 zw_chars_at(&scan->s, end, "派")))
        return true;
    if (zw_chars_before(&scan->s, end, "部") && zw_chars_at(&scan->s, end, "门"))
        return true; /* 财政部门 */
    if (zw_chars_before(&scan->s, end, "财政")) {
        static const char *const money[] = { "收", "支", "总", "资", "政", "体", "预", "专", "性", "部", "供养", "年", "补助" };
        return ZW_CHARS_ANY(&scan->s, end, money, NULL) > 0;
    }
    return ZW_CHARS_ANY(&scan->s, end, tails, &which) && which == 1;
}

/* One form of an organ at `i`. */
static bool organ_at(zw_scan_t *scan, const zw_hit_t *h)
{
    uint32_t i = h->start;
    if (scan->atom[i] >= 0 || scan->atom[h->end - 1] >= 0 || goes_on_as_word(scan, i, h->end))
        return false;
    const zw_organ_row_t *local = NULL, *nation = NULL;
    for (uint32_t e = h->first; e; e = zw_lex_entry(scan->lex, e)->next) {
        if (zw_lex_entry(scan->lex, e)->kind != ZW_L_ORGAN)
            continue;
        const zw_organ_row_t *row = zw_lex_organ(scan->lex, zw_lex_entry(scan->lex, e)->value);
        if (row->levels & 1)
            nation = row;
        if (row->levels & ~1)
            local = row;
    }
    if (nation && !local) {
        prefix_t p = { .start = i, .found = true };
        uint32_t led = zw_chars_before(&scan->s, i, "国家") && zw_chars_at(&scan->s, i, "国家") == 0 ? 2 : 0;
        if (i && zw_is_han(scan->s.cp[i - 1]) && h->end - i == 2 && !bounded_left(scan, i))
            return false;
        p.start -= led;
        add_organ(scan, &p, h->end, nation->canonical);
        return true;
    }
    if (!local)
        return false;
    prefix_t p = place_before(scan, i);
    if (!p.found)
        p = level_before(scan, i);
    bool single = h->end - i == 1;
    if (single && !p.found)
        return false;
    if (!p.found) {
        if (!stands_alone(scan, i, h->end) && (single || !counts_places(scan, i)))
            return false;
        p = (prefix_t){ .start = i, .found = true, .by_context = true, .level = 3 };
    }
    add_organ(scan, &p, h->end, local->canonical);
    return true;
}

/* 该局, 本会, 我厅, 该公司; 总局; 省局. */
static bool pointing_at(zw_scan_t *scan, uint32_t i)
{
    static const struct {
        const char *word;
        zw_mention_class_t cls;
        const char *not_before;
    } kinds[] = {
        { "局", ZW_M_GOV, "长部面" },      { "厅", ZW_M_GOV, "长" },        { "署", ZW_M_GOV, "长" },
        { "总局", ZW_M_GOV, "长" },        { "委", ZW_M_GOV, "员托" },      { "办", ZW_M_GOV, "公法理事" },
        { "院", ZW_M_FIRM, "长校士" },     { "所", ZW_M_BODY, "有在属长需" }, { "中心", ZW_M_BODY, "城工任" },
        { "公司", ZW_M_FIRM, "" },         { "集团", ZW_M_FIRM, "" },       { "企业", ZW_M_FIRM, "家" },
        { "厂", ZW_M_FIRM, "家长区房" },   { "协会", ZW_M_ASSOC, "" },      { "商会", ZW_M_ASSOC, "" },
        { "联盟", ZW_M_ASSOC, "" },        { "委员会", ZW_M_BODY, "" },     { "合作社", ZW_M_FIRM, "" },
        { "医院", ZW_M_FIRM, "" },         { "大学", ZW_M_FIRM, "" },       { "学院", ZW_M_FIRM, "" },
        { "研究院", ZW_M_FIRM, "" },       { "海关", ZW_M_GOV, "" },        { "实验室", ZW_M_BODY, "" },
    };
    uint32_t cp = scan->s.cp[i];
    if (cp != 0x8BE5 && cp != 0x6211 && cp != 0x672C) /* 该 我 本 */
        return false;
    uint32_t best = 0;
    size_t which = 0;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
        uint32_t n = zw_chars_at(&scan->s, i + 1, kinds[k].word);
        if (n > best) {
            best = n;
            which = k;
        }
    }
    if (!best)
        return false;
    uint32_t after = zw_char(&scan->s, i + 1 + best), c;
    for (const char *p = kinds[which].not_before, *end = p + strlen(p); p < end;) {
        p += zw_utf8_decode(p, end, &c);
        if (c == after)
            return false;
    }
    uint32_t end = i + 1 + best;
    zw_found_t *f = zw_found_add(scan, kinds[which].cls, i, end);
    if (!f)
        return false;
    f->way = ZW_POINTS_BACK;
    f->weight = 6;
    f->m.region_by_context = true;
    scan->ends[end] = (int32_t)scan->count - 1;
    return true;
}

static bool general_at(zw_scan_t *scan, uint32_t i)
{
    if (!zw_chars_at(&scan->s, i, "总局") || zw_chars_at(&scan->s, i, "总局长") || scan->ends[i + 2] >= 0)
        return false;
    uint32_t unit = unit_behind(scan, i + 2);
    zw_found_t *f = zw_found_add(scan, ZW_M_GOV, i, i + 2 + unit);
    if (!f)
        return false;
    f->way = unit ? ZW_PLAIN : ZW_POINTS_BACK;
    f->weight = 6;
    scan->ends[i + 2 + unit] = (int32_t)scan->count - 1;
    return true;
}

/* 质监部门, 公安机关, 全国质监系统. */
static bool field_at(zw_scan_t *scan, uint32_t i)
{
    static const char *const tails[] = { "部门", "机关", "系统", "行政部门", "主管部门", "管理部门", "行政主管部门", "行政管理部门", "监管部门",
                                         "机构" };
    const zw_hit_t *h = zw_scan_hit(scan, i, ZW_BIT(ZW_L_FIELD));
    size_t which;
    uint32_t n = h ? ZW_CHARS_ANY(&scan->s, h->end, tails, &which) : 0;
    if (!n || scan->atom[i] >= 0)
        return false;
    prefix_t p = place_before(scan, i);
    if (!p.found && i && is_level_char(scan->s.cp[i - 1]))
        p = level_before(scan, i);
    static const char *const heads[] = { "地方", "各地", "各级", "当地", "基层" };
    if (!p.found && ZW_CHARS_ANY_BEFORE(&scan->s, i, heads))
        p = (prefix_t){ i - 2, 0, true, true, 3 };
    if (!p.found)
        p = (prefix_t){ .start = i, .found = true, .by_context = true, .level = 3 };
    zw_found_t *f = zw_found_add(scan, ZW_M_GOV, p.start, h->end + n);
    if (!f)
        return false;
    f->m.region = p.region;
    f->m.region_by_context = p.by_context;
    f->m.level = p.level;
    f->weight = 5;
    scan->ends[h->end + n] = (int32_t)scan->count - 1;
    return true;
}

/* Without a place: shown by its head (创新科技署署长) or by the short form that it gives itself. */
static bool unplaced_organ(zw_scan_t *scan, uint32_t start, uint32_t i)
{
    static const char *const introduced[] = { "(下称", "(以下简称", "(简称" };
    if (i - start < 3 || (!zw_scan_hit(scan, i + 1, ZW_BIT(ZW_L_POST)) && !ZW_CHARS_ANY(&scan->s, i + 1, introduced, NULL)))
        return false;
    prefix_t p = { .start = start, .found = true };
    add_organ(scan, &p, i + 1, zw_scan_str(scan, start, i + 1));
    return true;
}

/* An organ that no list knows: 县果业局, 香港优质标志局; 省局. `i` is at its last character. */
static bool unknown_organ(zw_scan_t *scan, uint32_t i)
{
    static const char *const words[] = { "结局", "布局", "格局", "全局", "大局", "当局", "开局", "出局", "书局", "邮局", "僵局", "变局",
                                         "大厅", "餐厅", "客厅", "展厅", "部署", "签署", "承办", "主办", "协办", "举办", "督办", "创办",
                                         "交办", "经办", "联办", "公办", "民办", "代办", "申办", "兴办", "查办", "快办", "速办", "通办",
                                         "新局", "上局", "总局", "平局", "时局", "政局", "歌厅", "前厅", "宴会厅", "服务厅", "办事厅" };
    uint32_t cp = scan->s.cp[i];
    if ((cp != 0x5C40 && cp != 0x5385 && cp != 0x7F72 && cp != 0x529E) || scan->atom[i] >= 0 || scan->ends[i + 1] >= 0)
        return false;
    if (zw_chars_at(&scan->s, i, "局长") || zw_chars_at(&scan->s, i, "厅长") || zw_chars_at(&scan->s, i, "署长") ||
        zw_chars_at(&scan->s, i, "局面") || zw_chars_at(&scan->s, i, "局部") || zw_chars_at(&scan->s, i, "办法") ||
        zw_chars_at(&scan->s, i, "办公") || zw_chars_at(&scan->s, i, "办理") || zw_chars_at(&scan->s, i, "办事") ||
        zw_chars_at(&scan->s, i, "署名") || zw_chars_at(&scan->s, i, "办结") || zw_chars_at(&scan->s, i, "办案") ||
        zw_chars_at(&scan->s, i, "办好"))
        return false;
    if (ZW_CHARS_ANY_BEFORE(&scan->s, i + 1, words))
        return false;
    for (uint32_t k = i; k > 0 && i - k <= 12; k--) {
        bool place = scan->ends[k] >= 0 && scan->found[scan->ends[k]].m.cls == ZW_M_REGION;
        bool level = is_level_char(scan->s.cp[k - 1]) && bounded_left(scan, k - 1) && !zw_chars_at(&scan->s, k - 1, "市场");
        if (counts_places(scan, k) || (k < i && scan->post[k] > 1))
            return false;
        if (place || level) {
            prefix_t p = place ? place_before(scan, k) : level_before(scan, k);
            if (scan->s.cp[k] == 0x7EA7) /* 县级局 */
                return false;
            if (!p.found || (cp == 0x529E && (i - k < 1 || place)) || (k == i && (place || cp == 0x529E)))
                return false;
            add_organ(scan, &p, i + 1, zw_scan_str(scan, k, i + 1));
            return true;
        }
        if (!zw_is_han(scan->s.cp[k - 1]) || scan->stop[k] || scan->atom[k - 1] >= 0)
            return unplaced_organ(scan, k, i);
    }
    return i <= 12 && unplaced_organ(scan, 0, i);
}

void zw_scan_organs(zw_scan_t *scan)
{
    for (uint32_t i = 0; i < scan->s.n; i++) {
        bool taken = false;
        for (uint32_t k = scan->hit_from[i + 1]; k > scan->hit_from[i] && !taken; k--)
            if (zw_hit_has(&scan->hits[k - 1], ZW_L_ORGAN))
                taken = organ_at(scan, &scan->hits[k - 1]);
        if (scan->atom[i] >= 0)
            continue;
        if (!taken && !pointing_at(scan, i) && !general_at(scan, i))
            (void)field_at(scan, i);
        (void)unknown_organ(scan, i);
    }
}
