/* One point in time, as the text writes it: 2010年11月18日, 去年底, 上半年, 昨日, 上周五. */
#include "extract/time_point.h"

static bool year_is(int y)
{
    return y >= 1900 && y <= 2099;
}

/* Four digits, or four Chinese digits. */
static uint32_t four_digits(const zw_chars_t *s, uint32_t i, int *ret)
{
    int v = 0;
    for (uint32_t k = 0; k < 4; k++) {
        uint32_t cp = zw_char(s, i + k);
        int d = zw_is_digit(cp) ? (int)(cp - '0') : zw_han_digit(cp);
        if (d < 0 || cp == 0x4E24)
            return 0;
        v = v * 10 + d;
    }
    if (!year_is(v) || zw_is_digit(zw_char(s, i + 4)) || zw_han_digit(zw_char(s, i + 4)) >= 0)
        return 0;
    *ret = v;
    return 4;
}

/* Four digits right before a dash. */
static bool year_digits(const zw_chars_t *s, uint32_t i, int *ret)
{
    return zw_is_digit(zw_char(s, i)) && !(i && zw_is_ascii_alnum(s->cp[i - 1])) && four_digits(s, i, ret);
}

static bool left_is_number(const zw_chars_t *s, uint32_t i)
{
    uint32_t cp = i ? s->cp[i - 1] : 0;
    return zw_is_ascii_alnum(cp) || cp == '.' || zw_han_digit(cp) >= 0 || cp == 0x5341 || cp == 0x7B2C;
}

/* Years that are said or pointed at. */
static uint32_t year_scan(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, zw_time_point_t *p)
{
    static const struct {
        const char *word;
        int from_anchor, from_last; /* one of them applies; 99: no */
    } pointing[] = {
        { "今年", 0, 99 },   { "本年度", 0, 99 }, { "本年", 0, 99 },   { "去年", -1, 99 },   { "昨年", -1, 99 },
        { "上一年", -1, 99 },{ "上年度", -1, 99 },{ "上年", -1, 99 },  { "前年", -2, 99 },   { "明年", 1, 99 },
        { "来年", 1, 99 },   { "后年", 2, 99 },   { "次年", 99, 1 },   { "翌年", 99, 1 },    { "转年", 99, 1 },
        { "第二年", 99, 1 }, { "同年", 99, 0 },   { "当年", 99, 0 },   { "是年", 99, 0 },    { "该年", 99, 0 },
        { "那一年", 99, 0 }, { "这一年", 99, 0 }, { "当年度", 99, 0 },
    };
    uint32_t best = 0;
    int year = 0;
#pragma GCC unroll 64
    for (size_t k = 0; k < sizeof(pointing) / sizeof(*pointing); k++) {
        uint32_t n = zw_chars_at(s, i, pointing[k].word);
        if (n > best) {
            best = n;
            int base = pointing[k].from_last == 99 ? st->anchor.y : st->last.y;
            int add = pointing[k].from_last == 99 ? pointing[k].from_anchor : pointing[k].from_last;
            year = base ? base + add : 0;
        }
    }
    if (best) {
        static const char *const left[] = { "近", "历", "往", "常" };
        if (ZW_CHARS_ANY_BEFORE(s, i, left))
            return 0;
        if (zw_chars_at(s, i, "是年") && (zw_chars_at(s, i, "是年底") || zw_chars_at(s, i, "是年初") || zw_chars_at(s, i, "是年内")))
            return 0; /* 二是年底前 */
        if (zw_chars_at(s, i, "前年") && i && (zw_han_digit(s->cp[i - 1]) >= 0 || s->cp[i - 1] == 0x5E74))
            return 0;
        p->t.y = year;
        p->own_year = true;
        return best;
    }
    uint32_t n = four_digits(s, i, &year);
    if (n) {
        bool dashed = i && (s->cp[i - 1] == '-' || s->cp[i - 1] == '/');
        int first;
        if (left_is_number(s, i) || (dashed && !(i >= 5 && year_digits(s, i - 5, &first)))) /* 2006-2010年, not GB-2010 */
            return 0;
        if (zw_char(s, i + n) == 0x5E74) { /* 年 */
            n++;
            n += zw_char(s, i + n) == 0x5EA6 ? 1 : 0; /* 度 */
        } else {
            p->bare_digits = true;
        }
        p->t.y = year;
        p->own_year = true;
        return n;
    }
    /* 今(112)年, 民国112年 */
    static const char *const shortened[] = { "今(", "去(", "明(" };
    size_t which;
    n = ZW_CHARS_ANY(s, i, shortened, &which);
    if (n) {
        int roc;
        uint32_t m = zw_small_number(s, i + n, &roc);
        if (m && zw_chars_at(s, i + n + m, ")年") && roc > 30 && roc < 188) {
            p->t.y = 1911 + roc;
            p->own_year = true;
            return n + m + 2;
        }
        return 0;
    }
    n = zw_chars_at(s, i, "民国");
    if (n) {
        int roc;
        uint32_t m = zw_small_number(s, i + n, &roc);
        if (m && zw_char(s, i + n + m) == 0x5E74) {
            p->t.y = 1911 + roc;
            p->own_year = true;
            return n + m + 1;
        }
        return 0;
    }
    /* 08年, 98年3月 */
    if (zw_is_digit(zw_char(s, i)) && zw_is_digit(zw_char(s, i + 1)) && zw_char(s, i + 2) == 0x5E74 &&
        !left_is_number(s, i)) {
        int two = (int)(s->cp[i] - '0') * 10 + (int)(s->cp[i + 1] - '0');
        static const char *const behind[] = { "底", "初", "末", "年底" };
        bool month = zw_is_digit(zw_char(s, i + 3)) || ZW_CHARS_ANY(s, i + 3, behind, NULL);
        if (two < 10 || (month && (two >= 80 || two < 40))) {
            p->t.y = two < 50 ? 2000 + two : 1900 + two;
            p->own_year = true;
            return 3;
        }
    }
    return 0;
}

/* Parts of a year: 上半年, 第三季度, 前8个月, 年底. `bare`: no year stands before, so 底 needs its 年. */
static uint32_t part_scan(const zw_chars_t *s, uint32_t i, bool bare, zw_time_point_t *p)
{
    static const struct {
        const char *word;
        int from, to;
    } parts[] = {
        { "上半年", 1, 6 },      { "下半年", 7, 12 },    { "一季度", 1, 3 },     { "二季度", 4, 6 },
        { "三季度", 7, 9 },      { "四季度", 10, 12 },   { "第一季度", 1, 3 },   { "第二季度", 4, 6 },
        { "第三季度", 7, 9 },    { "第四季度", 10, 12 }, { "1季度", 1, 3 },      { "2季度", 4, 6 },
        { "3季度", 7, 9 },       { "4季度", 10, 12 },    { "第1季度", 1, 3 },    { "第2季度", 4, 6 },
        { "第3季度", 7, 9 },     { "第4季度", 10, 12 },  { "前三季度", 1, 9 },   { "前两季度", 1, 6 },
        { "前3季度", 1, 9 },     { "前三个季度", 1, 9 }, { "前两个季度", 1, 6 },
    };
    uint32_t best = 0;
    size_t which = 0;
#pragma GCC unroll 64
    for (size_t k = 0; k < sizeof(parts) / sizeof(*parts); k++) {
        uint32_t n = zw_chars_at(s, i, parts[k].word);
        if (n > best) {
            best = n;
            which = k;
        }
    }
    if (best) {
        if (bare && left_is_number(s, i))
            return 0;
        p->t.m = parts[which].from;
        p->end = (zw_moment_t){ p->t.y, parts[which].to, 0 };
        p->quarter = parts[which].to / 3;
        return best;
    }
    int months;
    bool first = zw_char(s, i) == 0x524D || zw_char(s, i) == 0x5934; /* 前8个月, 头8个月 */
    uint32_t n = first ? zw_small_number(s, i + 1, &months) : 0;
    if (n && months >= 1 && months <= 12) {
        uint32_t m = zw_chars_at(s, i + 1 + n, "个月");
        if (!m)
            m = zw_chars_at(s, i + 1 + n, "月");
        if (m) {
            p->t.m = 1;
            p->end = (zw_moment_t){ p->t.y, months, 0 };
            return 1 + n + m;
        }
    }
    static const struct {
        const char *word, *bare;
        int month;
    } points[] = { { "底", "年底", 12 }, { "末", "年末", 12 }, { "初", "年初", 1 },  { "年底", "岁末", 12 },
                   { "年末", "岁末", 12 }, { "年初", "岁初", 1 }, { "中", "年中", 6 }, { "年中", "年中", 6 },
                   { "内", "年内", 0 }, { "全年", "全年", 0 } };
#pragma GCC unroll 64
    for (size_t k = 0; k < sizeof(points) / sizeof(*points); k++) {
        n = zw_chars_at(s, i, bare ? points[k].bare : points[k].word);
        if (!n || (zw_chars_at(s, i, "中") && !zw_chars_at(s, i, "中,")) || zw_chars_at(s, i, "初步") ||
            zw_chars_at(s, i, "初级") || zw_chars_at(s, i, "年初步") || zw_chars_at(s, i, "内部") ||
            zw_chars_at(s, i, "内蒙") || zw_chars_at(s, i, "年内蒙") || zw_chars_at(s, i, "年中国"))
            continue;
        if (bare && i && (left_is_number(s, i) || zw_chars_before(s, i, "半")))
            continue;
        p->t.m = points[k].month;
        return n;
    }
    return 0;
}

/* 早上8时30分: moved over, not kept. */
static uint32_t clock_scan(const zw_chars_t *s, uint32_t i)
{
    static const char *const parts[] = { "凌晨", "清晨", "早上", "早晨", "上午", "中午", "下午", "傍晚", "晚上", "晚间", "夜间",
                                         "夜里", "深夜", "早", "晚" };
    uint32_t n = ZW_CHARS_ANY(s, i, parts, NULL);
    int hour, minute;
    uint32_t m = zw_small_number(s, i + n, &hour);
    if (!m || hour > 24)
        return n;
    uint32_t k = i + n + m;
    if (zw_chars_at(s, k, "时") || zw_chars_at(s, k, "点") || zw_char(s, k) == ':') {
        bool colon = zw_char(s, k) == ':';
        if (zw_chars_at(s, k, "点钟"))
            k++;
        k++;
        uint32_t q = zw_small_number(s, k, &minute);
        if (q && (colon || zw_chars_at(s, k + q, "分")))
            k += q + !colon;
        else if (!q && zw_chars_at(s, k, "许"))
            k++;
        return k - i;
    }
    return n;
}

/* D日 or D号 behind a month. */
static uint32_t day_scan(const zw_chars_t *s, uint32_t i, zw_time_point_t *p)
{
    int day;
    uint32_t n = zw_small_number(s, i, &day);
    if (!n || day < 1 || day > 31)
        return 0;
    uint32_t cp = zw_char(s, i + n);
    if (cp != 0x65E5 && cp != 0x53F7) /* 日 号 */
        return 0;
    p->t.d = day;
    n++;
    return n + clock_scan(s, i + n);
}

static uint32_t month_tail(const zw_chars_t *s, uint32_t i)
{
    static const char *const words[] = { "份", "底", "末", "初", "上旬", "中旬", "下旬", "中下旬", "上中旬", "份底", "间", "中" };
    uint32_t n = ZW_CHARS_ANY(s, i, words, NULL);
    if (n == 1 && (zw_chars_at(s, i, "中国") || zw_chars_at(s, i, "中旬") || zw_chars_at(s, i, "初步") ||
                   zw_chars_at(s, i, "份额") || zw_chars_at(s, i, "中央") || zw_chars_at(s, i, "间接")))
        return 0;
    return n;
}

/* M月, M月D日. */
static uint32_t month_scan(const zw_chars_t *s, uint32_t i, zw_time_point_t *p)
{
    int month;
    uint32_t n = zw_small_number(s, i, &month);
    if (!n || month < 1 || month > 12 || zw_char(s, i + n) != 0x6708)
        return 0;
    n++;
    p->t.m = month;
    uint32_t d = day_scan(s, i + n, p);
    return n + (d ? d : month_tail(s, i + n));
}

/* 2010-11-18, 2010/11/18, 2010.11.18 */
static uint32_t iso_scan(const zw_chars_t *s, uint32_t i, zw_time_point_t *p)
{
    int y, m, d;
    if (left_is_number(s, i) || !zw_is_digit(zw_char(s, i)) || !four_digits(s, i, &y))
        return 0;
    uint32_t sep = zw_char(s, i + 4), k = i + 5;
    if (sep != '-' && sep != '/' && sep != '.')
        return 0;
    uint32_t n = zw_small_number(s, k, &m);
    if (!n || n > 2 || m < 1 || m > 12 || zw_char(s, k + n) != sep)
        return 0;
    k += n + 1;
    n = zw_small_number(s, k, &d);
    if (!n || n > 2 || d < 1 || d > 31)
        return 0;
    p->t = (zw_moment_t){ y, m, d };
    p->own_year = true;
    return k + n - i;
}

/* ---- months and days that are pointed at */

static zw_moment_t month_add(zw_moment_t t, int months)
{
    int n = t.y * 12 + t.m - 1 + months;
    return (zw_moment_t){ n / 12, n % 12 + 1, 0 };
}

static uint32_t month_word_scan(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, zw_time_point_t *p)
{
    static const struct {
        const char *word;
        int add;
        bool last;
    } words[] = { { "本月份", 0, false }, { "本月", 0, false },  { "当月", 0, true },  { "同月", 0, true },  { "上月", -1, false },
                  { "上个月", -1, false }, { "下月", 1, false }, { "下个月", 1, false }, { "次月", 1, true }, { "这个月", 0, false } };
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
        uint32_t n = zw_chars_at(s, i, words[k].word);
        if (!n)
            continue;
        zw_moment_t base = words[k].last ? st->last : st->anchor;
        if (base.y && base.m)
            p->t = month_add(base, words[k].add);
        p->own_year = true;
        uint32_t d = day_scan(s, i + n, p);
        return n + (d ? d : month_tail(s, i + n));
    }
    return 0;
}

static uint32_t day_word_scan(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, zw_time_point_t *p)
{
    static const struct {
        const char *word;
        int add;
        bool last;
    } words[] = { { "今日", 0, false },  { "今天", 0, false },  { "今早", 0, false }, { "今晨", 0, false }, { "今晚", 0, false },
                  { "昨日", -1, false }, { "昨天", -1, false }, { "昨晚", -1, false }, { "昨晨", -1, false }, { "前日", -2, false },
                  { "前天", -2, false }, { "明日", 1, false },  { "明天", 1, false }, { "后天", 2, false }, { "即日", 0, false },
                  { "当日", 0, true },   { "当天", 0, true },   { "同日", 0, true },  { "当晚", 0, true },  { "次日", 1, true },
                  { "翌日", 1, true },   { "第二天", 1, true } };
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
        uint32_t n = zw_chars_at(s, i, words[k].word);
        if (!n || zw_chars_before(s, i, "以") || (zw_chars_at(s, i, "前") && left_is_number(s, i)) ||
            (zw_chars_at(s, i, "后天") && zw_chars_before(s, i, "先")))
            continue;
        zw_moment_t base = words[k].last ? st->day : st->anchor;
        if (base.y && base.m && base.d)
            p->t = zw_date_of(zw_days_of(base) + words[k].add);
        p->own_year = true;
        if (zw_char(s, i + n) == '(' ) {
            int day;
            uint32_t m = zw_small_number(s, i + n + 1, &day);
            if (m && zw_char(s, i + n + 1 + m) == ')')
                n += m + 2;
            else if (m && zw_chars_at(s, i + n + 1 + m, "日)"))
                n += m + 3;
        }
        return n + clock_scan(s, i + n);
    }
    /* 昨(13)日 */
    static const char *const opened[] = { "昨(", "今(", "前(", "明(" };
    static const int add[] = { -1, 0, -2, 1 };
    size_t which;
    int day;
    uint32_t n = ZW_CHARS_ANY(s, i, opened, &which), m = n ? zw_small_number(s, i + n, &day) : 0;
    if (m && (zw_chars_at(s, i + n + m, ")日") || zw_chars_at(s, i + n + m, ")天"))) {
        if (st->anchor.y && st->anchor.d)
            p->t = zw_date_of(zw_days_of(st->anchor) + add[which]);
        p->own_year = true;
        return n + m + 2;
    }
    return 0;
}

/* 上周五, 本周, 周三. */
static uint32_t week_scan(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, zw_time_point_t *p)
{
    static const char *const words[] = { "上周", "本周", "下周", "上星期", "本星期", "下星期", "这周", "上上周" };
    static const int add[] = { -7, 0, 7, -7, 0, 7, 0, -14 };
    size_t which;
    uint32_t n = ZW_CHARS_ANY(s, i, words, &which);
    if (!n || zw_chars_at(s, i + n, "年") || zw_chars_at(s, i + n, "期") || zw_chars_at(s, i + n, "边"))
        return 0;
    int day = zw_han_digit(zw_char(s, i + n));
    if (zw_chars_at(s, i + n, "日") || zw_chars_at(s, i + n, "天"))
        day = 7;
    p->own_year = true;
    bool known = st->anchor.y && st->anchor.d;
    long monday = 0;
    if (known) {
        long today = zw_days_of(st->anchor);
        monday = today - ((today + 3) % 7 + 7) % 7 + add[which];
    }
    if (day >= 1 && day <= 7) {
        if (known)
            p->t = zw_date_of(monday + day - 1);
        return n + 1 + clock_scan(s, i + n + 1);
    }
    bool weekend = zw_chars_at(s, i + n, "末") > 0;
    if (known) {
        p->t = zw_date_of(monday + (weekend ? 5 : 0));
        p->end = zw_date_of(monday + 6);
    }
    return n + weekend;
}

/* 将 拟 要 in the same clause: what it speaks of lies ahead. */
static bool clause_looks_ahead(const zw_chars_t *s, uint32_t i)
{
    static const char *const cues[] = { "将", "拟", "预计", "计划", "力争", "争取", "定于", "务必", "确保", "有望", "须", "必须",
                                        "应于", "应在", "应当", "届时", "下一步", "截止", "要在", "之前", "底前", "日前" };
    enum { REACH = 40 };
    uint32_t from = i, to = i;
    while (from > 0 && i - from < REACH && s->cp[from - 1] != ',' && s->cp[from - 1] != 0xFF0C &&
           s->cp[from - 1] != 0x3002 && s->cp[from - 1] != ';' && s->cp[from - 1] != 0xFF1B)
        from--;
    while (to < s->n && to - i < REACH && s->cp[to] != ',' && s->cp[to] != 0xFF0C && s->cp[to] != 0x3002 &&
           s->cp[to] != ';' && s->cp[to] != 0xFF1B)
        to++;
    for (uint32_t k = from; k < to; k++) {
        size_t which;
        uint32_t n = ZW_CHARS_ANY(s, k, cues, &which);
        if (n && k + n <= to && !(which == 0 && (zw_chars_at(s, k, "将近") || zw_chars_before(s, k, "麻"))) &&
            !zw_chars_at(s, k, "日前"))
            return true;
    }
    return false;
}

/* The year of a month or day that names none. */
static int year_for(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, zw_moment_t t)
{
    if (st->sentence.y)
        return st->sentence.y;
    if (!st->anchor.y)
        return st->last.y;
    if (!st->anchor.m)
        return st->anchor.y;
    int ahead = (t.m - st->anchor.m) * 31 + (t.d && st->anchor.d ? t.d - st->anchor.d : 0);
    if (ahead <= 0)
        return st->anchor.y - (ahead < 0 && st->anchor.m >= 11 && t.m <= 2 && clause_looks_ahead(s, i) ? -1 : 0);
    if (clause_looks_ahead(s, i))
        return st->anchor.y;
    /* Without a sign, what lies a few weeks ahead is announced; what lies further is of last year. */
    return st->last.y == st->anchor.y - 1 && st->anchor.m <= 3 ? st->anchor.y - 1
           : ahead <= 62                                       ? st->anchor.y
                                                               : st->anchor.y - 1;
}

static void quarter_of(zw_time_point_t *p, int quarter)
{
    p->t.m = quarter * 3 - 2;
    p->end = (zw_moment_t){ p->t.y, quarter * 3, 0 };
    p->quarter = quarter;
}

uint32_t zw_time_point(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, zw_time_point_t *p)
{
    *p = (zw_time_point_t){ 0 };
    uint32_t n = iso_scan(s, i, p);
    if (n)
        return n;
    n = year_scan(s, i, st, p);
    if (n) {
        if (p->bare_digits)
            return n;
        if (zw_chars_at(s, i + n, "同期")) {
            if (st->quarter && p->t.y)
                quarter_of(p, st->quarter);
            return n + 2;
        }
        uint32_t de = zw_chars_at(s, i + n, "的") ? 1 : 0;
        uint32_t m = month_scan(s, i + n, p);
        if (!m && (m = part_scan(s, i + n, false, p)) == 0 && de && (m = part_scan(s, i + n + 1, false, p)) > 0)
            m++;
        if (!m && zw_chars_at(s, i + n, "一年"))
            m = 2;
        if (m && p->end.m)
            p->end.y = p->t.y;
        return n + m;
    }
    n = month_word_scan(s, i, st, p);
    if (!n)
        n = day_word_scan(s, i, st, p);
    if (!n)
        n = week_scan(s, i, st, p);
    if (n)
        return n;
    if (!left_is_number(s, i) && (n = month_scan(s, i, p)) > 0) {
        if (zw_chars_before(s, i, "正") || zw_chars_before(s, i, "农历"))
            return 0;
        p->t.y = year_for(s, i, st, p->t);
        return n;
    }
    n = part_scan(s, i, true, p);
    if (n) {
        int base = zw_chars_at(s, i, "全年") && st->last.y ? st->last.y : st->anchor.y ? st->anchor.y : st->last.y;
        /* what is to be done by the end of the year is to be done this year */
        bool ahead = st->anchor.y && clause_looks_ahead(s, i);
        p->t.y = st->sentence.y && !ahead ? st->sentence.y : base;
        /* 全年受理… told in January is last year's, unless a year was named */
        if (zw_chars_at(s, i, "全年") && !st->sentence.y && st->anchor.m && st->anchor.m <= 2 && p->t.y == st->anchor.y && !ahead)
            p->t.y--;
        /* 至年末 told in January as well */
        if (!st->sentence.y && st->anchor.m && st->anchor.m <= 2 && p->t.m == 12 && !p->end.m && p->t.y == st->anchor.y && !ahead &&
            (zw_chars_before(s, i, "至") || zw_chars_before(s, i, "到")))
            p->t.y--;
        /* 第三季度 told in January is last year's */
        if (!st->sentence.y && p->quarter && st->anchor.m && p->t.y == st->anchor.y && p->t.m > st->anchor.m &&
            !clause_looks_ahead(s, i))
            p->t.y--;
        if (p->end.m)
            p->end.y = p->t.y;
        return n;
    }
    static const char *const quarters[] = { "上一季度", "上季度", "上个季度" };
    if ((n = ZW_CHARS_ANY(s, i, quarters, NULL)) > 0) {
        int q = st->quarter ? st->quarter - 1 : st->anchor.m ? (st->anchor.m + 2) / 3 - 1 : 0, y = st->last.y;
        if (q == 0) {
            q = 4;
            y--;
        }
        if (y > 0) {
            p->t = (zw_moment_t){ y, q * 3 - 2, 0 };
            p->end = (zw_moment_t){ y, q * 3, 0 };
        }
        p->own_year = true;
        return n;
    }
    return 0;
}

/* 15日 with the month that was named last, or the article's. */
uint32_t zw_time_bare_day(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, zw_time_point_t *p)
{
    *p = (zw_time_point_t){ 0 };
    static const char *const behind[] = { "内", "游", "后", "前", "期", "均", "常", "间", "用", "报", "产", "本", "元", "线", "剂" };
    if (left_is_number(s, i) || (i && zw_is_dash(s->cp[i - 1])))
        return 0;
    uint32_t n = day_scan(s, i, p);
    if (!n || ZW_CHARS_ANY(s, i + n, behind, NULL) || !zw_is_digit(s->cp[i]))
        return 0;
    zw_moment_t base = st->sentence.m ? st->sentence : st->last.m ? st->last : st->anchor;
    if (!base.y || !base.m)
        return 0;
    p->t.y = base.y;
    p->t.m = base.m;
    return n;
}

uint32_t zw_time_month_or_day(const zw_chars_t *s, uint32_t i, zw_time_point_t *p)
{
    *p = (zw_time_point_t){ 0 };
    uint32_t n = month_scan(s, i, p);
    return n ? n : day_scan(s, i, p);
}
