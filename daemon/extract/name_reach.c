#include "extract/name.h"

uint32_t zw_quote_open(const zw_chars_t *s, uint32_t i)
{
    enum { REACH = 26 };
    if (i < 3 || !zw_is_close_quote(s->cp[i - 1]))
        return UINT32_MAX;
    for (uint32_t k = i - 1; k > 0 && i - k < REACH; k--) {
        uint32_t cp = s->cp[k - 1];
        if (zw_is_open_quote(cp))
            return k - 1 < i - 2 ? k - 1 : UINT32_MAX;
        if (zw_is_close_quote(cp) || cp == 0x3002 || cp == 0xFF1B || cp == ';')
            return UINT32_MAX;
    }
    return UINT32_MAX;
}

static uint32_t limit_of(zw_mention_class_t cls)
{
    switch (cls) {
    case ZW_M_MEETING: return 22;
    case ZW_M_BODY: case ZW_M_STATUS: return 18;
    case ZW_M_AWARD: case ZW_M_INIT: case ZW_M_AGREEMENT: return 16;
    case ZW_M_CERT: return 6;
    default: return 14;
    }
}

/* Names of places that a name takes in at its left end. */
static bool place_is_part(const zw_scan_t *scan, const zw_found_t *place, zw_mention_class_t cls)
{
    static const char *const never[] = { "我", "该", "本", "国内" };
    static const char *const all[] = { "全" };
    if (ZW_CHARS_ANY(&scan->s, place->start, never, NULL))
        return false;
    if (place->m.level == 4 && (cls == ZW_M_AWARD || cls == ZW_M_STATUS || cls == ZW_M_MEETING))
        return false;
    bool whole = ZW_CHARS_ANY(&scan->s, place->start, all, NULL) > 0;
    bool of_place = cls == ZW_M_FIRM || cls == ZW_M_CERT || cls == ZW_M_BODY || cls == ZW_M_STATUS;
    return !(whole && of_place && !zw_chars_at(&scan->s, place->start, "全国"));
}

static bool takes_in(const zw_scan_t *scan, const zw_found_t *f, zw_mention_class_t cls)
{
    if (f->way == ZW_POINTS_BACK)
        return false;
    if (cls == ZW_M_CERT)
        return f->m.cls == ZW_M_CERT || (f->m.cls == ZW_M_REGION && f->m.region == 0);
    switch (f->m.cls) {
    case ZW_M_REGION:
        return place_is_part(scan, f, cls);
    case ZW_M_GOV:
        return cls != ZW_M_FIRM && cls != ZW_M_CERT && cls != ZW_M_STATUS;
    case ZW_M_FIRM: case ZW_M_ASSOC:
        return cls == ZW_M_BODY || cls == ZW_M_MEETING || cls == ZW_M_FIRM || cls == ZW_M_ASSOC;
    default:
        return true;
    }
}

/* An edition behind 暨 goes on: 质量工作会议暨首届三峡质量奖颁奖大会. */
static bool atom_is_part(const zw_scan_t *scan, const zw_found_t *atom, zw_mention_class_t cls)
{
    if (atom->m.cls == ZW_M_NUMBER) /* 优质大奖2015颁奖典礼 */
        return cls == ZW_M_MEETING && atom->end - atom->start == 4;
    if (atom->m.cls == ZW_M_COUNT) /* 三年行动 */
        return cls == ZW_M_INIT && zw_str_eqz(atom->m.quantity.unit, "年");
    if (atom->m.cls == ZW_M_EDITION)
        return cls == ZW_M_MEETING && atom->start > 0 && scan->s.cp[atom->start - 1] == 0x66A8;
    return atom->m.cls == ZW_M_STDNUM && cls == ZW_M_CERT;
}

/* (中国) inside a firm's name: its opening bracket. */
static uint32_t bracket_open(const zw_scan_t *scan, uint32_t i)
{
    for (uint32_t k = i - 1; k > 0 && i - k <= 6; k--) {
        uint32_t cp = scan->s.cp[k - 1];
        if (cp == '(')
            return k - 1;
        if (!zw_is_han(cp))
            break;
    }
    return UINT32_MAX;
}

static bool is_name_char(uint32_t cp)
{
    return zw_is_han(cp) || cp == 0xB7 || cp == 0x30FB || cp == '&' || cp == '+';
}

/* Letters and digits count as part when a letter is among them: 3C认证, CNAS实验室, Q唛; 12315 is a name by itself. */
static uint32_t letters_start(const zw_scan_t *scan, uint32_t i)
{
    uint32_t k = i;
    bool letter = false;
    while (k > 0 && (zw_is_ascii_alnum(scan->s.cp[k - 1]) || ((scan->s.cp[k - 1] == '/' || scan->s.cp[k - 1] == '-') && k < i))) {
        letter |= !zw_is_digit(scan->s.cp[k - 1]);
        k--;
    }
    if (!letter && !zw_chars_at(&scan->s, k, "12315") && !zw_chars_at(&scan->s, k, "12365"))
        return i;
    return k;
}

/* Verbs and adverbs that do not open a name. */
static uint32_t strip_soft(const zw_scan_t *scan, uint32_t start, uint32_t head)
{
    for (;;) {
        const zw_hit_t *h = zw_scan_hit(scan, start, ZW_BIT(ZW_L_SOFT));
        if (!h || (h->end + 2 > head && h->end != head))
            return start;
        const zw_hit_t *longer = zw_scan_hit(scan, start, ~(ZW_BIT(ZW_L_SOFT) | ZW_BIT(ZW_L_STOP) | ZW_BIT(ZW_L_NOT_NAME) |
                                                            ZW_BIT(ZW_L_SURNAME) | ZW_BIT(ZW_L_SAY) | ZW_BIT(ZW_L_FIELD) | ZW_BIT(ZW_L_GOES_ON)));
        if (longer && longer->end > h->end)
            return start;
        start = h->end;
    }
}

/* In a firm's name nearly any character may stand; these do not. */
static bool firm_ends_behind(uint32_t cp)
{
    static const char strict[] = "的了着在对由将从向与和及被把给是该某各个所到等经获授或";
    uint32_t c;
    for (const char *p = strict, *end = strict + sizeof(strict) - 1; p < end;) {
        p += zw_utf8_decode(p, end, &c);
        if (c == cp)
            return true;
    }
    return false;
}

/* 调研正泰集团, 支持海锋公司: what one does to a firm is no part of its name; 联合, 应用, 运用 begin names. */
static uint32_t strip_verb(const zw_scan_t *scan, uint32_t start, uint32_t head)
{
    static const char *const names[] = { "联合", "应用", "运用", "集中", "全新", "合力", "共创", "共建", "第一", "主要", "持续", "弘扬",
                                         "发扬", "树立", "优化" };
    const zw_hit_t *h = zw_scan_hit(scan, start, ZW_BIT(ZW_L_SOFT));
    bool verb = h && h->end - start >= 2 && h->end + 2 <= head && !ZW_CHARS_ANY(&scan->s, start, names, NULL);
    return verb ? h->end : start;
}

/* 温州企业正泰集团: the kind is not the name. */
static bool ends_as_kind(const zw_chars_t *s, uint32_t p)
{
    static const char *const kinds[] = { "企业", "公司", "厂家", "厂商", "单位", "品牌", "业主" };
    return ZW_CHARS_ANY_BEFORE(s, p, kinds) && !zw_chars_at(s, p, "集团") && !zw_chars_at(s, p, "管理") && !zw_chars_at(s, p, "孵化") &&
           !zw_chars_at(s, p, "服务");
}

/* 甲商会|联合乙集团: they act together; 联合 is no part of the second name. */
static bool acts_with(const zw_scan_t *scan, uint32_t p)
{
    uint32_t n = zw_chars_before(&scan->s, p, "联合");
    int32_t left = n ? scan->ends[p - n] : -1;
    static const char *const names[] = { "会", "体", "社", "国", "总", "实验" };
    return left >= 0 && scan->found[left].m.cls >= ZW_M_GOV && scan->found[left].m.cls <= ZW_M_BODY &&
           !ZW_CHARS_ANY(&scan->s, p, names, NULL);
}

/* 江苏省质量|和标准化研究院: a place and what it is an institute of, on the left of 和. Returns where the walk to the left
 * goes on, UINT32_MAX when two things are joined there. */
static uint32_t joined_fields(const zw_scan_t *scan, uint32_t p, uint32_t head, zw_mention_class_t cls)
{
    enum { MIN = 2, MAX = 8, HEAD = 8 };
    static const char *const ands[] = { "和", "与", "及" };
    static const char *const bodies[] = { "企业", "公司", "单位", "部门", "机构", "协会", "商会", "学校", "高校", "院校", "专家", "代表",
                                          "群众", "消费者", "市民", "人员", "政府", "集团", "学会", "中心", "院", "局", "者" };
    static const char *const levels[] = { "省", "市", "县", "区", "州" };
    const zw_chars_t *s = &scan->s;
    bool institute = cls == ZW_M_BODY || cls == ZW_M_ASSOC;
    for (uint32_t k = head; cls == ZW_M_FIRM && k < head + HEAD && !institute; k++)
        institute = zw_chars_at(s, k, "院") || zw_chars_at(s, k, "所");
    if (!institute || p == 0 || !ZW_CHARS_ANY(s, p - 1, ands, NULL))
        return UINT32_MAX;
    uint32_t end = p - 1;
    if (ZW_CHARS_ANY_BEFORE(s, end, bodies))
        return UINT32_MAX;
    for (uint32_t q = end; q > 0 && end - q <= MAX; q--) {
        int32_t owner = q < end ? scan->ends[q] : -1;
        if (owner >= 0)
            return scan->found[owner].m.cls == ZW_M_REGION && end - q >= MIN && takes_in(scan, &scan->found[owner], cls) ? q
                                                                                                                       : UINT32_MAX;
        bool bounded = q == 1 || (q > 1 && (!zw_is_han(s->cp[q - 2]) || scan->stop[q - 1]));
        if (bounded && end - q >= MIN && ZW_CHARS_ANY(s, q - 1, levels, NULL))
            return q;
        if (scan->stop[q] || scan->atom[q - 1] >= 0 || !zw_is_han(s->cp[q - 1]))
            return UINT32_MAX;
    }
    return UINT32_MAX;
}

/* 打算申报|国家生态工业示范园区: what one does to come by a status is no part of it, but where it stands right before the
 * head (知名品牌创建示范区). */
static bool is_sought(const zw_chars_t *s, uint32_t p, uint32_t head)
{
    static const char *const verbs[] = { "申报", "申请", "申创", "争创", "创建", "筹建", "打造", "推荐", "冒用", "假冒", "报过", "保留", "获得", "荣获" };
    return p < head && ZW_CHARS_ANY_BEFORE(s, p, verbs);
}

zw_reach_t zw_name_reach(const zw_scan_t *scan, uint32_t head, zw_mention_class_t cls, bool alone)
{
    const zw_chars_t *s = &scan->s;
    zw_reach_t r = { .start = head, .owner = -1 };
    uint32_t p = head, limit = alone && cls == ZW_M_CERT ? 0 : limit_of(cls), used = 0;
    bool ended = false;
    /* a place that reaches into the head: 温州市 and 市名牌 */
    int32_t across = head + 1 < s->n && scan->ends[head + 1] >= 0 ? scan->ends[head + 1] : -1;
    if (across >= 0 && scan->found[across].m.cls == ZW_M_REGION && scan->found[across].start < head) {
        const zw_found_t *f = &scan->found[across];
        r.ran_out = !takes_in(scan, f, cls);
        p = r.start = f->start;
        r.owner = across;
        r.place = head - f->start;
        return r;
    }
    while (p > 0 && !ended) {
        int32_t owner = scan->ends[p];
        bool quoted_head = cls == ZW_M_CERT && p == head && zw_is_close_quote(s->cp[p - 1]); /* “浙江制造”认证 */
        if (owner >= 0 && !quoted_head && scan->found[owner].start < p) {
            const zw_found_t *f = &scan->found[owner];
            if (!takes_in(scan, f, cls))
                break;
            p = f->start;
            bool place = f->m.cls == ZW_M_REGION || f->m.cls == ZW_M_GOV;
            if (place) {
                r.owner = owner;
                r.place = f->end - f->start;
                /* places in a row, then the end: 浙江省温州市, 中国洛川 */
                ended = !(f->m.cls == ZW_M_REGION && scan->ends[p] >= 0 &&
                          scan->found[scan->ends[p]].m.cls == ZW_M_REGION);
            }
            continue;
        }
        uint32_t joined = scan->stop[p] == 1 ? joined_fields(scan, p, head, cls) : UINT32_MAX;
        if (joined != UINT32_MAX) {
            p = joined;
            continue;
        }
        if (acts_with(scan, p) || (cls == ZW_M_STATUS && is_sought(s, p, head)))
            break;
        if (scan->stop[p] > 1 || (scan->stop[p] && (cls != ZW_M_FIRM || firm_ends_behind(s->cp[p - 1]))))
            break;
        if (cls == ZW_M_FIRM && p < head && ends_as_kind(s, p))
            break;
        if (scan->post[p] > 1 && cls != ZW_M_AWARD && cls != ZW_M_INIT && p < head)
            break;
        int32_t atom = scan->atom[p - 1];
        if (atom >= 0) {
            if (!atom_is_part(scan, &scan->found[atom], cls))
                break;
            p = scan->found[atom].start;
            continue;
        }
        uint32_t cp = s->cp[p - 1];
        if (zw_is_close_quote(cp)) {
            uint32_t open = zw_quote_open(s, p);
            bool fits = cls != ZW_M_FIRM && cls != ZW_M_ASSOC && cls != ZW_M_STATUS && (cls != ZW_M_CERT || p == head);
            if (open == UINT32_MAX || !fits)
                break;
            p = open;
            r.quoted = true;
            continue;
        }
        if (cp == ')' && cls == ZW_M_FIRM) {
            uint32_t open = bracket_open(scan, p);
            if (open == UINT32_MAX)
                break;
            p = open;
            continue;
        }
        static const char *const kinds[] = { "市", "县", "区", "省", "地" };
        if (cls == ZW_M_ASSOC && p > 1 && zw_han_digit(s->cp[p - 2]) > 1 && ZW_CHARS_ANY(s, p - 1, kinds, NULL)) {
            p += zw_chars_at(s, p, "会城市"); /* 三县|质量协会 behind the three, 三省会城市|消协 */
            break;
        }
        if (zw_is_ascii_alnum(cp)) {
            uint32_t from = letters_start(scan, p);
            if (from == p)
                break;
            p = from;
            continue;
        }
        if (!is_name_char(cp))
            break;
        if (++used > limit) {
            r.ran_out = limit > 0;
            break;
        }
        p--;
    }
    if (cls == ZW_M_FIRM && p > 0 && p < head && zw_chars_before(s, p, "某")) { /* 丽水某环境检测公司 */
        p--;
        int32_t place = scan->ends[p];
        if (place >= 0 && scan->found[place].m.cls == ZW_M_REGION && takes_in(scan, &scan->found[place], cls)) {
            r.owner = place;
            r.place = scan->found[place].end - scan->found[place].start;
            p = scan->found[place].start;
        }
        r.start = p;
        return r;
    }
    bool placed = r.owner >= 0 && scan->found[r.owner].start == p;
    if (!placed)
        p = cls == ZW_M_FIRM ? strip_verb(scan, p, head) : strip_soft(scan, p, head);
    if (placed && (cls == ZW_M_INIT || cls == ZW_M_STATUS || cls == ZW_M_AWARD || cls == ZW_M_AGREEMENT)) {
        /* 温州推进质量强市工程: the place is who does it */
        static const char *const seeks[] = { "创建", "争创", "筹建", "申报", "申创", "申请", "打造", "创成", "建成" };
        uint32_t behind = p + r.place, bare = strip_soft(scan, behind, head);
        if (cls == ZW_M_STATUS && bare == behind) /* 青岛市创建全国质量强市示范城市 */
            bare += ZW_CHARS_ANY(s, behind, seeks, NULL);
        if (bare > behind && bare <= head)
            p = bare;
    }
    while (p < head && (s->cp[p] == 0xB7 || s->cp[p] == '&' || s->cp[p] == '+' || s->cp[p] == 0x66A8))
        p++;
    r.start = p;
    if (r.owner >= 0 && scan->found[r.owner].start != p)
        r.owner = -1;
    return r;
}
