#include "extract/number.h"

#include "extract/figure.h"

#include <math.h>

/* ---- units */

static const char *const UNITS[] = {
    "家次", "人次", "批次", "车次", "台次", "件次", "场次", "户次", "家", "个", "项", "件", "起", "批", "人", "名", "户",
    "位", "种", "类", "台", "辆", "套", "只", "条", "张", "枚", "块", "片", "支", "根", "双", "瓶", "箱", "袋", "份", "册",
    "篇", "座", "所", "处", "间", "组", "次", "场", "例", "宗", "株", "头", "羽", "吨", "公斤", "千克", "克", "米", "公里",
    "千米", "平方米", "立方米", "亩", "公顷", "升", "毫升", "年", "天", "个月", "小时", "分钟", "分", "倍", "级", "道",
    "门", "期", "本", "部", "款", "字", "岁", "度", "层", "万吨",
};
static const char *const MONEY[] = {
    "元人民币", "人民币元", "新台币元", "块钱", "元港币", "元", "美元", "美金", "港元", "港币", "欧元", "日元", "英镑", "澳元", "澳门元",
    "新台币", "韩元", "加元", "卢布", "台币",
};
static const char *const MONEY_UNIT[] = {
    "元", "元", "新台币元", "元", "港元", "元", "美元", "美元", "港元", "港元", "欧元", "日元", "英镑", "澳元", "澳门元",
    "新台币元", "韩元", "加元", "卢布", "新台币元",
};

/* Behind one Chinese numeral these are grades, adverbs or parts of words rather than measures. */
static bool weak_after_numeral(const zw_chars_t *s, uint32_t i, uint32_t n)
{
    static const char *const weak[] = { "级", "度", "分", "面", "道", "层", "步", "点", "班", "队", "星", "成", "口", "把",
                                        "对", "折", "番", "期", "届", "等", "旬", "眼", "头", "本", "字", "门", "支部",
                                        "角", "副", "单", "行", "安", "瓦", "伏", "米", "升", "克", "斤", "丈", "尺", "寸", "担",
                                        "顶", "票", "包", "套路", "体", "流", "致", "片", "处", "路", "线", "地" };
    for (size_t k = 0; k < sizeof(weak) / sizeof(*weak); k++)
        if (zw_chars_at(s, i, weak[k]) == n)
            return true;
    return false;
}

static uint32_t unit_scan(const zw_lexicon_t *lexicon, const zw_chars_t *s, uint32_t i, zw_str_t *ret)
{
    size_t which;
    uint32_t best = ZW_CHARS_ANY(s, i, UNITS, &which);
    if (best)
        *ret = zw_strz(UNITS[which]);
    if (!lexicon)
        return best;
    uint32_t node = 1;
    for (uint32_t k = i; k < s->n; k++) {
        node = zw_lex_step(lexicon, node, s->cp[k]);
        if (!node)
            break;
        for (uint32_t e = zw_lex_first(lexicon, node); e; e = zw_lex_entry(lexicon, e)->next)
            if (zw_lex_entry(lexicon, e)->kind == ZW_L_UNIT && k + 1 - i > best) {
                best = k + 1 - i;
                *ret = zw_lex_word(lexicon, zw_lex_entry(lexicon, e)->value);
            }
    }
    return best;
}

/* ---- comparators */

typedef struct word_comparator {
    const char *word;
    zw_comparator_t comparator;
} word_comparator_t;

static const word_comparator_t BEFORE[] = {
    { "近", ZW_APPROX },     { "约", ZW_APPROX },     { "大约", ZW_APPROX },   { "将近", ZW_APPROX },
    { "接近", ZW_APPROX },   { "约为", ZW_APPROX },   { "约占", ZW_APPROX },   { "大概", ZW_APPROX },
    { "逾", ZW_GT },         { "超", ZW_GT },         { "超过", ZW_GT },       { "突破", ZW_GT },
    { "超出", ZW_GT },       { "已过", ZW_GT },       { "多于", ZW_GT },
    { "高于", ZW_GT },       { "大于", ZW_GT },       { "不足", ZW_LT },       { "不到", ZW_LT },
    { "低于", ZW_LT },       { "少于", ZW_LT },       { "小于", ZW_LT },       { "未满", ZW_LT },
    { "不低于", ZW_GE },     { "不少于", ZW_GE },     { "不小于", ZW_GE },     { "至少", ZW_GE },
    { "最少", ZW_GE },       { "最低", ZW_GE },       { "达到", ZW_EQ },       { "达", ZW_EQ },
    { "高达", ZW_EQ },       { "多达", ZW_EQ },       { "不超过", ZW_LE },     { "不高于", ZW_LE },
    { "不大于", ZW_LE },     { "不多于", ZW_LE },     { "最高", ZW_LE },       { "最多", ZW_LE },
    { "至多", ZW_LE },       { "上", ZW_GE },         { "超过了", ZW_GT },     { "突破了", ZW_GT },
    { "达到了", ZW_EQ },     { "最高可达", ZW_LE },   { "最高达", ZW_LE },     { "不得低于", ZW_GE },
    { "不得少于", ZW_GE },   { "不得超过", ZW_LE },   { "最高不超过", ZW_LE }, { "达到近", ZW_APPROX },
    { "达近", ZW_APPROX },   { "达到约", ZW_APPROX }, { "达约", ZW_APPROX },   { "超过近", ZW_APPROX },
    { "无限接近", ZW_APPROX },
};
static const word_comparator_t BEHIND[] = {
    { "以上", ZW_GE },   { "及以上", ZW_GE }, { "或以上", ZW_GE }, { "以下", ZW_LE },   { "及以下", ZW_LE },
    { "以内", ZW_LE },   { "之内", ZW_LE },   { "左右", ZW_APPROX }, { "上下", ZW_APPROX }, { "有余", ZW_GT },
    { "之多", ZW_EQ },   { "余", ZW_GT },     { "多", ZW_GT },
};

static inline __attribute__((always_inline)) uint32_t comparator_scan(const zw_chars_t *s, uint32_t i, const word_comparator_t *words,
                                                                     size_t count, zw_comparator_t *ret)
{
    uint32_t best = 0;
#pragma GCC unroll 128
    for (size_t k = 0; k < count; k++) {
        uint32_t n = zw_chars_at(s, i, words[k].word);
        if (n > best) {
            best = n;
            *ret = words[k].comparator;
        }
    }
    return best;
}

/* The comparator word before a number: not the 约 of 节约, nor the 上 of 以上. */
static uint32_t prefix_scan(const zw_chars_t *s, uint32_t i, zw_comparator_t *ret)
{
    static const struct {
        const char *word, *left;
    } split[] = { { "约", "节签预契制公合违履大续" }, { "近", "附最接将临邻靠远" }, { "达", "到表发传抵通送转下" }, { "超", "赶高" },
                  { "逾", "" }, { "上", "以身线网市" }, { "低于", "不" }, { "少于", "不" }, { "高于", "不" }, { "超过", "不" } };
    uint32_t n = comparator_scan(s, i, BEFORE, sizeof(BEFORE) / sizeof(*BEFORE), ret);
    for (size_t k = 0; n && i > 0 && k < sizeof(split) / sizeof(*split); k++) {
        if (zw_chars_at(s, i, split[k].word) != n)
            continue;
        uint32_t cp;
        for (const char *p = split[k].left, *end = p + strlen(p); p < end;) {
            p += zw_utf8_decode(p, end, &cp);
            if (s->cp[i - 1] == cp)
                return 0;
        }
    }
    if (n && zw_chars_at(s, i, "上") && zw_figure_scale(zw_char(s, i + 1)) < 100)
        return 0;
    return n;
}

/* ---- shares: 八成, 百分之八十五, 三分之二, 一半, 过半 */

/* 成 of 成立, 成为 is no tenth. */
static bool tenth_follows(const zw_chars_t *s, uint32_t i)
{
    static const char *const words[] = { "成立", "成为", "成员", "成果", "成绩", "成效", "成本", "成功", "成长", "成型",
                                         "成品", "成熟", "成都", "成交", "成分", "成套", "成就", "成形", "成批", "成活",
                                         "成人", "成年", "成组", "成因", "成语", "成像" };
    return zw_char(s, i) == 0x6210 && !ZW_CHARS_ANY(s, i, words, NULL);
}

static uint32_t share_scan(const zw_chars_t *s, uint32_t i, zw_quantity_t *q)
{
    static const char *const halves[] = { "一半", "半数", "过半数", "过半", "近半数", "近半" };
    static const char *const not_half[] = { "近半年", "近半个", "近半天", "近半月", "近半小时", "过半年", "过半个",
                                            "过半天", "过半月", "过半小时" };
    size_t which;
    uint32_t n = ZW_CHARS_ANY(s, i, halves, &which);
    if (n && !ZW_CHARS_ANY(s, i, not_half, NULL)) {
        q->value = 50;
        q->comparator = which < 2 ? ZW_EQ : which < 4 ? ZW_GT : ZW_APPROX;
        return n;
    }
    zw_figure_t f;
    n = zw_figure_scan(s, i, &f);
    if (!n)
        return 0;
    if (tenth_follows(s, i + n) && f.value >= 1 && f.value <= 10) {
        q->value = f.value * 10;
        uint32_t k = i + n + 1;
        int half = zw_han_digit(zw_char(s, k));
        if (half > 0 && !zw_chars_at(s, k, "一") && zw_figure_scale(zw_char(s, k + 1)) == 0) { /* 八成五 */
            q->value += half;
            k++;
        } else if (zw_char(s, k) == 0x534A) { /* 半 */
            q->value += 5;
            k++;
        }
        return k - i;
    }
    return 0;
}

/* 百分之八十五, 万分之三, 三分之二: in per cent. */
static uint32_t fraction_scan(const zw_chars_t *s, uint32_t i, zw_quantity_t *q)
{
    static const char *const heads[] = { "百分之", "千分之", "万分之" };
    static const double parts[] = { 100, 1000, 10000 };
    size_t which;
    zw_figure_t f, g;
    uint32_t n = ZW_CHARS_ANY(s, i, heads, &which);
    double whole;
    if (n) {
        whole = parts[which];
    } else {
        n = zw_figure_scan(s, i, &f);
        if (!n || zw_char(s, i + n) != 0x5206 || zw_char(s, i + n + 1) != 0x4E4B || f.value < 2) /* 分之 */
            return 0;
        whole = f.value;
        n += 2;
    }
    uint32_t m = zw_char(s, i + n) == 0x767E ? 1 : 0; /* 百分之百 */
    if (m)
        g.value = 100;
    else
        m = zw_figure_scan(s, i + n, &g);
    if (!m)
        return 0;
    q->value = g.value / whole * 100;
    n += m;
    if (zw_char(s, i + n) == 0x70B9) { /* 点: 八十五点六 */
        double unit = 0.1;
        uint32_t k = i + n + 1;
        for (; zw_han_digit(zw_char(s, k)) >= 0; k++, unit /= 10)
            q->value += zw_han_digit(zw_char(s, k)) * unit * 100 / whole;
        if (k > i + n + 1)
            n = k - i;
    }
    return n;
}

/* ---- the whole */

static uint32_t percent_sign(const zw_chars_t *s, uint32_t i, double *factor, const char **unit)
{
    *factor = 1;
    *unit = "%";
    switch (zw_char(s, i)) {
    case '%': case 0xFF05:
        return 1;
    case 0x2030: /* ‰ */
        *factor = 0.1;
        return 1;
    default: break;
    }
    *unit = "个百分点";
    uint32_t n = zw_chars_at(s, i, "个百分点");
    return n ? n : zw_chars_at(s, i, "百分点");
}

/* What may not stand right before a run of digits that is a quantity. */
static bool digits_bounded(const zw_chars_t *s, uint32_t i)
{
    uint32_t before = i ? s->cp[i - 1] : 0;
    if (zw_is_ascii_alnum(before) || before == '.' || before == '/' || before == '_' || before == 0x7B2C /* 第 */)
        return false;
    if (zw_is_dash(before) && i > 1 && (zw_is_ascii_alnum(s->cp[i - 2])))
        return false;
    if (zw_figure_separates(before) && before != ' ' && i > 1 && zw_is_digit(s->cp[i - 2]) && before == ',')
        return true;
    return before != 0x3014; /* 〔 */
}

static bool is_range_word(const zw_chars_t *s, uint32_t i)
{
    return zw_is_dash(zw_char(s, i)) || zw_char(s, i) == 0x81F3 || zw_char(s, i) == 0x5230; /* 至 到 */
}

/* The measure behind a figure. Sets class and unit; 0 with ZW_M_NUMBER when there is none. */
static uint32_t measure_scan(const zw_lexicon_t *lexicon, const zw_chars_t *s, uint32_t i, const zw_figure_t *f,
                             zw_quantity_t *q, zw_mention_class_t *cls, double *factor)
{
    const char *unit;
    size_t which;
    uint32_t n = percent_sign(s, i, factor, &unit);
    if (n) {
        q->unit = zw_strz(unit);
        *cls = ZW_M_PERCENT;
        return n;
    }
    *factor = 1;
    n = ZW_CHARS_ANY(s, i, MONEY, &which);
    if (n && !zw_chars_at(s, i, "元素") && !zw_chars_at(s, i, "元月") && !zw_chars_at(s, i, "元旦")) {
        uint32_t more = zw_chars_at(s, i + n, "(人民币)");
        q->unit = zw_strz(MONEY_UNIT[which]);
        *cls = ZW_M_MONEY;
        return n + more;
    }
    /* a measure that begins a longer word is none: 六部门 */
    static const char *const words[] = {
        "部门", "个体", "家庭", "名牌", "名单", "种植", "位于", "台湾", "台风", "支持", "支队", "只有", "只要", "起诉", "起草",
        "人民", "人员", "场所", "处理", "处罚", "处以", "所有", "部分", "面向", "分别", "分局", "分公司", "本地", "本市", "口岸",
        "单位", "人均", "条例", "起来", "人才", "所属", "个性", "家具", "家电", "家居", "种子", "门店", "层面", "级别", "日均",
        "车间", "车辆", "车主", "车型", "车企", "车险", "车床", "车用", "车站", "车牌", "车队" };
    zw_str_t word = { 0 };
    static const char *const two[] = { "家电商", "家电力", "家电子", "家电影", "家电动", "家电线", "家电缆", "家电池", "家电梯",
                                       "家电器", "家电信", "家电网", "家具有", "家具备", "家居民" }; /* 12家|电商平台 */
    bool longer = ZW_CHARS_ANY(s, i, words, NULL) && !ZW_CHARS_ANY(s, i, two, NULL);
    n = longer ? 0 : unit_scan(lexicon, s, i, &word);
    if (n && f->single && (weak_after_numeral(s, i, n) || ((word.n == 3) && zw_chars_at(s, i, "家庭"))))
        n = 0;
    *cls = n ? ZW_M_COUNT : ZW_M_NUMBER;
    q->unit = n ? word : (zw_str_t){ 0 };
    return n;
}

static uint32_t range_scan(const zw_lexicon_t *lexicon, const zw_chars_t *s, uint32_t i, const zw_figure_t *first,
                           zw_quantity_t *q, zw_mention_class_t *cls)
{
    zw_figure_t second;
    double factor;
    if (!is_range_word(s, i))
        return 0;
    uint32_t k = i + 1;
    if (zw_is_dash(zw_char(s, i)) && zw_is_dash(zw_char(s, k)))
        k++;
    uint32_t n = zw_figure_scan(s, k, &second);
    if (!n || second.digits != first->digits)
        return 0;
    zw_quantity_t probe = *q;
    zw_mention_class_t probe_class;
    uint32_t m = measure_scan(lexicon, s, k + n, &second, &probe, &probe_class, &factor);
    if (probe_class == ZW_M_NUMBER)
        return 0;
    if (q->unit.n && !zw_str_eq(q->unit, probe.unit))
        return 0;
    double low = q->value;
    if (!q->unit.n)
        low *= factor * (first->scale <= 1 && second.scale > 1 ? second.scale : 1);
    double high = second.value * factor;
    if (high <= low)
        return 0;
    q->value = low;
    q->value_max = high;
    q->unit = probe.unit;
    *cls = probe_class;
    return k + n + m - i;
}

/* 三四十, 五六个: two neighbouring numerals. */
static uint32_t neighbours_scan(const zw_chars_t *s, uint32_t i, zw_quantity_t *q)
{
    int a = zw_han_digit(zw_char(s, i)), b = zw_han_digit(zw_char(s, i + 1));
    if (a < 1 || b < 1 || (b != a + 1 && !(a == 3 && b == 5)) || zw_han_digit(zw_char(s, i + 2)) >= 0)
        return 0;
    if (i > 0 && (zw_han_digit(s->cp[i - 1]) >= 0 || zw_figure_scale(s->cp[i - 1]) > 0))
        return 0;
    double scale = 1;
    uint32_t k = i + 2;
    while (zw_figure_scale(zw_char(s, k)) > 0 && !zw_figure_scale_is_word(s, k))
        scale *= zw_figure_scale(s->cp[k++]);
    q->value = a * scale;
    q->value_max = b * scale;
    return k - i;
}

static bool figure_is_plausible(const zw_chars_t *s, uint32_t i, uint32_t end, const zw_figure_t *f, zw_mention_class_t cls)
{
    uint32_t after = zw_char(s, end);
    if (!f->digits)
        return cls != ZW_M_NUMBER;
    if (!digits_bounded(s, i))
        return false;
    if (cls != ZW_M_NUMBER)
        return true;
    static const char *const calls[] = { "热线", "电话", "专线" };
    static const char *const callers[] = { "拨打", "电话", "热线", "请打", "致电", "电话:", "编号", "编号:", "QQ", "邮编" };
    if (f->leading_zero || f->digit_run > 12 || zw_is_ascii_alnum(after) || after == '*' || after == '@' ||
        (zw_is_dash(after) && zw_is_ascii_alnum(zw_char(s, end + 1))) ||
        (after == '.' && zw_is_digit(zw_char(s, end + 1))) || (after == '/' && zw_is_ascii_alnum(zw_char(s, end + 1))))
        return false;
    if (zw_chars_before(s, i, "之"))
        return false;
    if (zw_chars_at(s, end, "型") || zw_chars_at(s, end, "号") || zw_chars_at(s, end, "系列") || zw_chars_at(s, end, "标准"))
        return false;
    if (ZW_CHARS_ANY(s, end, calls, NULL))
        return false;
    return !ZW_CHARS_ANY_BEFORE(s, i, callers);
}

/* Chinese numerals inside an everyday word: 统一, 唯一, 之一. */
static bool numeral_belongs_left(const zw_chars_t *s, uint32_t i)
{
    static const char *const left[] = { "第", "统", "唯", "单", "逐", "之", "同", "专", "独", "万", "划", "归", "合", "如",
                                        "十", "百", "千", "亿", "星期", "周", "初", "礼拜", "双", "数", "老", "进", "致",
                                        "·", "“十" };
    if (ZW_CHARS_ANY_BEFORE(s, i, left))
        return true;
    return i > 0 && (zw_han_digit(s->cp[i - 1]) >= 0 || zw_is_digit(s->cp[i - 1]));
}

uint32_t zw_number_scan(const zw_lexicon_t *lexicon, const zw_chars_t *s, uint32_t i, zw_quantity_t *ret,
                        zw_mention_class_t *ret_class)
{
    zw_quantity_t q = { .value_max = NAN };
    zw_mention_class_t cls = ZW_M_NUMBER;
    zw_figure_t f = { .scale = 1 };
    double factor = 1;
    uint32_t n = share_scan(s, i, &q), k = i;
    zw_comparator_t before = ZW_EQ, behind = ZW_EQ;
    uint32_t prefix = 0;
    if (!n) {
        prefix = prefix_scan(s, i, &before);
        k = i + prefix;
    }
    uint32_t currency = 0;
    static const char *const currencies[] = { "人民币", "新台币", "港币", "美元", "￥", "¥", "RMB" };
    static const char *const currency_units[] = { "元", "新台币元", "港元", "美元", "元", "元", "元" };
    size_t which = 0;
    if (!n && (currency = ZW_CHARS_ANY(s, k, currencies, &which)) > 0)
        k += currency;
    if (!n && (n = share_scan(s, k, &q)) == 0)
        n = fraction_scan(s, k, &q);
    if (n) {
        if (!zw_is_digit(zw_char(s, k)) && numeral_belongs_left(s, k) && !prefix)
            return 0;
        q.unit = ZW_STR_LIT("%");
        cls = ZW_M_PERCENT;
        k += n;
    } else if ((n = neighbours_scan(s, k, &q)) > 0) {
        f.scale = 10;
        uint32_t m = measure_scan(lexicon, s, k + n, &f, &q, &cls, &factor);
        if (!m || cls == ZW_M_NUMBER)
            return 0;
        k += n + m;
    } else {
        n = zw_figure_scan(s, k, &f);
        if (!n || (!f.digits && !prefix && numeral_belongs_left(s, k)))
            return 0;
        uint32_t start = k;
        k += n;
        uint32_t m = measure_scan(lexicon, s, k, &f, &q, &cls, &factor);
        q.value = f.value * factor;
        k += m;
        uint32_t range = range_scan(lexicon, s, k, &f, &q, &cls);
        k += range;
        if (!figure_is_plausible(s, start, k, &f, cls))
            return 0;
        if (f.vague)
            behind = ZW_GT;
    }
    if (currency) {
        if (cls == ZW_M_NUMBER || cls == ZW_M_MONEY) {
            q.unit = zw_strz(currency_units[which]);
            cls = ZW_M_MONEY;
        } else {
            return 0;
        }
    }
    zw_comparator_t suffix = ZW_EQ;
    uint32_t tail = comparator_scan(s, k, BEHIND, sizeof(BEHIND) / sizeof(*BEHIND), &suffix);
    if (tail == 1 && (cls != ZW_M_MONEY && !zw_chars_at(s, k - 1, "年")))
        tail = 0;
    k += tail;
    q.comparator = tail ? suffix : behind != ZW_EQ ? behind : prefix ? before : q.comparator;
    *ret = q;
    *ret_class = cls;
    return k - i;
}

size_t zw_quantity_parse(zw_str_t s, zw_quantity_t *ret)
{
    enum { MAX = 96 };
    uint32_t cps[MAX], at[MAX + 1];
    zw_chars_t chars = { cps, zw_chars_cut(s, MAX, cps, at) };
    zw_mention_class_t cls;
    uint32_t used = zw_number_scan(NULL, &chars, 0, ret, &cls);
    return at[used];
}

/* ---- ordinals */

uint32_t zw_ordinal_scan(const zw_chars_t *s, uint32_t i, int *ret)
{
    if (zw_char(s, i) == 0x7B2C) { /* 第 */
        uint32_t n = zw_small_number(s, i + 1, ret);
        if (!n)
            return 0;
        uint32_t k = i + 1 + n;
        static const char *const behind[] = { "位", "名" };
        return k + ZW_CHARS_ANY(s, k, behind, NULL) - i;
    }
    static const char *const firsts[] = { "首位", "榜首", "首名" };
    *ret = 1;
    return ZW_CHARS_ANY(s, i, firsts, NULL);
}

uint32_t zw_edition_scan(const zw_chars_t *s, uint32_t i, int *ret)
{
    static const char *const measures[] = { "届", "批", "批次", "期", "轮", "次" };
    uint32_t k = i;
    if (zw_char(s, i) == 0x9996) { /* 首 */
        *ret = 1;
        k++;
    } else if (zw_char(s, i) == 0x7B2C) {
        uint32_t n = zw_small_number(s, i + 1, ret);
        if (!n)
            return 0;
        k += 1 + n;
    } else {
        return 0;
    }
    size_t which;
    uint32_t n = ZW_CHARS_ANY(s, k, measures, &which);
    bool first = zw_char(s, i) == 0x9996;
    if (!n || (which == 5 && (first || *ret == 1))) /* 首次, 第一次: an adverb */
        return 0;
    return k + n - i;
}
