/* What is special about firms: weak suffixes, kinds of firms, and the short forms of a firm named in full. */
#include "extract/name.h"

bool zw_firm_is_kind(const zw_scan_t *scan, uint32_t start, uint32_t head)
{
    static const char *const kinds[] = {
        "上市", "外国", "国有", "民营", "大型", "跨国", "保险", "物业", "快递", "电商", "网络", "汽车", "家电", "食品", "贸易", "相关",
        "涉事", "涉案", "当地", "代理", "检测", "认证", "咨询", "供电", "持证", "生产", "销售", "经营", "龙头", "骨干", "知名", "股份",
        "有限", "外资", "房地产", "建筑", "施工", "监理", "担保", "证券", "基金", "燃气", "供水", "自来水", "烟草", "石油", "运输",
        "旅游", "广告", "软件", "农业", "投资", "科技", "三级", "二级", "一级", "定点", "公立", "县级", "区级", "外贸", "进出口", "第三方", "检验", "企业", "产业", "制造业", "国家", "中国",
        "大集团", "企业集团", "工业", "乡镇", "城市", "农村", "社会", "专业", "综合", "国内", "国际", "省级", "市级", "本土", "大中型",
        "各大", "部分", "多", "分", "子", "总", "母", "新", "老", "大", "小", "几", "农民", "村级", "社区", "公立", "高等", "中等",
        "商业", "农村商业", "电信", "家具", "制鞋", "服装", "水泥", "钢铁", "供货", "中标", "参保", "承保", "地方",
    };
    zw_str_t mods = zw_scan_str(scan, start, head);
    for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
        if (zw_str_eqz(mods, kinds[k]))
            return true;
    return false;
}

bool zw_firm_is_shown(const zw_scan_t *scan, const zw_reach_t *reach, uint32_t head, uint32_t end)
{
    static const char *const institutions[] = { "大学", "学院", "医院", "银行", "党校" };
    static const char *const wins[] = { "获", "荣获", "获得", "夺", "被授予", "被评", "被命名", "被认定", "摘", "捧", "入选", "等",
                                        "喜获", "召回", "宣布", "申报", "斩获", "成功", "问鼎" };
    static const char *const gives[] = { "授予", "由", "表彰" };
    const zw_chars_t *s = &scan->s;
    bool placed = reach->owner >= 0 && scan->found[reach->owner].m.cls == ZW_M_REGION;
    uint32_t mods = head - reach->start - (placed ? reach->place : 0);
    if (end < s->n && zw_is_han(s->cp[end]) && !zw_scan_hit(scan, end, ZW_BIT(ZW_L_STOP) | ZW_BIT(ZW_L_POST) | ZW_BIT(ZW_L_SAY)))
        return false;
    static const char *const by_place[] = { "大学", "银行" }; /* 苏州大学, 温州银行: the place is the name */
    if (placed && mods == 0 && ZW_CHARS_ANY(s, head, by_place, NULL))
        return !scan->found[reach->owner].m.region_by_context && scan->found[reach->owner].m.region != 0 && reach->place <= 3;
    if (ZW_CHARS_ANY(s, head, institutions, NULL))
        return (mods >= 2 || (placed && mods >= 1)) && !zw_firm_is_kind(scan, reach->start, head);
    if (zw_chars_at(s, head, "厂") && placed && mods >= 2 && mods <= 9)
        return true;
    if (mods < 2 || mods > 6)
        return false;
    /* 郎泉酒业 at the head of a clause, before its verb */
    static const char *const trades[] = { "酒业", "药业", "乳业", "鞋业", "服饰", "重工", "实业", "控股", "股份", "置业", "地产", "电器" };
    bool opens = reach->start == 0 || !zw_is_han(s->cp[reach->start - 1]);
    if (opens && mods == 2 && ZW_CHARS_ANY(s, head, trades, NULL) && zw_scan_hit(scan, end, ZW_BIT(ZW_L_STOP)))
        return true;
    if (ZW_CHARS_ANY(s, end, wins, NULL))
        return true;
    if (ZW_CHARS_ANY_BEFORE(s, reach->start, gives) && !zw_scan_hit(scan, reach->start, ZW_BIT(ZW_L_WORD)))
        return placed;
    /* in a list with a firm: 甲公司、乙电器 */
    int32_t left = reach->start > 1 && s->cp[reach->start - 1] == 0x3001 ? scan->ends[reach->start - 1] : -1;
    return left >= 0 && scan->found[left].m.cls == ZW_M_FIRM;
}

static uint32_t legal_suffix(const zw_scan_t *scan, uint32_t start, uint32_t end)
{
    static const char *const legal[] = { "集团股份有限公司", "集团有限责任公司", "集团有限公司", "股份有限公司", "有限责任公司", "控股有限公司",
                                         "有限公司", "集团公司", "公司" };
    for (size_t k = 0; k < sizeof(legal) / sizeof(*legal); k++) {
        uint32_t n = zw_chars_before(&scan->s, end, legal[k]);
        if (n && end - n > start)
            return end - n;
    }
    return end;
}

void zw_firm_introduce(zw_scan_t *scan, const zw_found_t *firm, uint32_t place)
{
    static const char *const tails[] = { "公司", "集团", "集团公司", "股份" };
    zw_str_t full = zw_scan_str(scan, firm->start, firm->end);
    uint32_t from = firm->start + place, to = legal_suffix(scan, from, firm->end);
    if (zw_char(&scan->s, from) == '(')
        return;
    if (to == firm->end || to - from < 2)
        return;
    uint32_t region = firm->m.region;
    if (to - from >= 4 && to - from <= 8) {
        zw_str_t core = zw_scan_str(scan, from, to);
        zw_known_add(scan->a, core, ZW_M_FIRM, core, full, region);
    }
    enum { BARE = 2 }; /* 玉柴 of 广西玉柴机器股份有限公司, unless it is a word */
    zw_str_t bare = zw_scan_str(scan, from, from + BARE);
    if (to - from > BARE && !zw_lex_find(scan->lex, bare))
        zw_known_add(scan->a, bare, ZW_M_FIRM, bare, full, region);
    for (uint32_t n = 2; n <= 4 && n <= to - from; n++) {
        zw_str_t brand = zw_scan_str(scan, from, from + n);
        for (size_t k = 0; k < sizeof(tails) / sizeof(*tails); k++) {
            zw_str_t brief = zw_arena_printf(scan->a->arena, "%.*s%s", ZW_STR_ARGS(brand), tails[k]);
            if (!brief.p) {
                scan->a->failed = true;
                return;
            }
            zw_known_add(scan->a, brief, ZW_M_FIRM, brief, full, region);
        }
    }
}

/* One item of a list that ends at `end`: its start, UINT32_MAX when it is no name. */
static uint32_t item_start(const zw_scan_t *scan, uint32_t end)
{
    uint32_t k = end;
    while (k > 0 && end - k <= 14 && zw_is_han(scan->s.cp[k - 1]) && scan->atom[k - 1] < 0 &&
           !(scan->stop[k] > 1 || (scan->stop[k] == 1 && zw_chars_before(&scan->s, k, "由"))) &&
           !zw_chars_before(&scan->s, k, "和"))
        k--;
    uint32_t n = end - k;
    bool pointed = scan->ends[end] >= 0 && scan->found[scan->ends[end]].start == k;
    return n >= 4 && n <= 14 && !pointed ? k : UINT32_MAX;
}

void zw_firm_lists(zw_scan_t *scan)
{
    static const char *const counted[] = { "企业", "公司", "厂家" };
    uint32_t atoms = scan->count;
    for (uint32_t a = 0; a < atoms; a++) {
        const zw_found_t *count = &scan->found[a];
        uint32_t end = count->start;
        if (count->m.cls != ZW_M_COUNT || !zw_str_eqz(count->m.quantity.unit, "家") || count->m.quantity.value < 2 ||
            !ZW_CHARS_ANY(&scan->s, count->end, counted, NULL))
            continue;
        uint32_t starts[12], ends[12], n = 0;
        while (n < 12) {
            uint32_t start = item_start(scan, end);
            if (start == UINT32_MAX)
                break;
            starts[n] = start;
            ends[n++] = end;
            uint32_t sep = start ? scan->s.cp[start - 1] : 0;
            if (sep != 0x3001 && sep != 0x548C)
                break;
            end = start - 1;
        }
        /* as many items as were counted, or it is no list of them */
        if (n < 2 || (double)n != scan->found[a].m.quantity.value)
            continue;
        for (uint32_t k = 0; k < n; k++) {
            zw_found_t *f = zw_found_add(scan, ZW_M_FIRM, starts[k], ends[k]);
            if (!f)
                return;
            f->weight = 3;
            scan->ends[ends[k]] = (int32_t)scan->count - 1;
        }
    }
}
