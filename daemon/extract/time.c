#include "extract/time.h"

#include "base/arena.h"
#include "extract/time_point.h"

/* “十一五”期间, 十四五末: the N-th five-year plan begins in 1951 + 5N (from the sixth on) and lasts five years. */
static uint32_t plan_scan(const zw_chars_t *s, uint32_t i, zw_when_t *w)
{
    uint32_t k = i;
    bool quoted = zw_char(s, k) == 0x201C || zw_char(s, k) == '"';
    k += quoted;
    int number;
    uint32_t n = zw_small_number(s, k, &number);
    /* 十一五 reads as 十一 and 五 */
    if (!n || zw_is_digit(zw_char(s, k)))
        return 0;
    if (number >= 6 && number <= 20 && zw_char(s, k + n) == 0x4E94)
        n++;
    else if (number == 15 && (quoted || zw_chars_at(s, k + n, "期间") || zw_chars_at(s, k + n, "时期")))
        number = 10; /* 十五 is the tenth */
    else
        return 0;
    k += n;
    if (quoted) {
        if (zw_char(s, k) != 0x201D && zw_char(s, k) != '"')
            return 0;
        k++;
    } else if (i && (zw_han_digit(s->cp[i - 1]) >= 0 || s->cp[i - 1] == 0x7B2C)) {
        return 0;
    }
    static const char *const names[] = { "规划", "计划", "纲要", "发展规划", "国家" };
    if (!quoted && ZW_CHARS_ANY(s, k, names, NULL))
        return 0;
    int from = 1951 + 5 * number;
    w->from = (zw_moment_t){ from, 0, 0 };
    w->to = (zw_moment_t){ from + 4, 0, 0 };
    w->interval = true;
    w->own_year = true;
    static const char *const ends[] = { "末期", "末", "期末" };
    uint32_t m = ZW_CHARS_ANY(s, k, ends, NULL);
    if (m) {
        w->from = w->to;
        w->interval = false;
        return k + m - i;
    }
    m = zw_chars_at(s, k, "初期");
    m = m ? m : zw_chars_at(s, k, "初");
    if (m) {
        w->interval = false;
        return k + m - i;
    }
    static const char *const spans[] = { "期间", "时期", "以来", "规划期", "期" };
    return k + ZW_CHARS_ANY(s, k, spans, NULL) - i;
}

static uint32_t vague_scan(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, zw_when_t *w)
{
    static const char *const deictic[] = { "截至目前为止", "截止目前为止", "截至目前", "截止目前", "截至现在", "截至今日", "到目前为止",
                                           "截至当前", "目前为止", "目前", "当前", "眼下", "现阶段", "迄今为止", "迄今", "时下", "现如今", "如今", "现在",
                                           "而今" };
    static const char *const events[] = { "近日", "日前", "最近", "近期", "不久前", "近来", "前不久", "连日来", "近段时间" };
    static const char *const not_before[] = { "最近的", "最近邻", "近期内", "日前后", "目前后" };
    if (ZW_CHARS_ANY(s, i, not_before, NULL) || (zw_chars_at(s, i, "日前") && i && zw_is_digit(s->cp[i - 1])) ||
        (zw_chars_at(s, i, "近日") && zw_chars_before(s, i, "最")) || (zw_chars_at(s, i, "目前") && zw_chars_before(s, i, "项")))
        return 0;
    uint32_t n = ZW_CHARS_ANY(s, i, deictic, NULL);
    w->vague = n > 0;
    if (!n)
        n = ZW_CHARS_ANY(s, i, events, NULL);
    if (n) {
        w->from = (zw_moment_t){ st->anchor.y, st->anchor.m, 0 };
        w->approximate = true;
    }
    return n;
}

/* 近三年, 三年来, 三年内: N years up to now, or from now. */
static uint32_t years_scan(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, zw_when_t *w)
{
    static const char *const heads[] = { "近", "最近", "过去", "这", "过去的", "刚刚过去的", "今后", "未来" };
    uint32_t head = ZW_CHARS_ANY(s, i, heads, NULL), k = i + head;
    int years;
    uint32_t n = zw_small_number(s, k, &years);
    if (!n || years < 1 || years > 30 || (!head && i && (zw_han_digit(s->cp[i - 1]) >= 0 || zw_is_digit(s->cp[i - 1]))))
        return 0;
    k += n;
    k += zw_char(s, k) == 0x4E2A ? 1 : 0; /* 个 */
    if (zw_char(s, k) != 0x5E74)
        return 0;
    k++;
    uint32_t come = zw_chars_at(s, k, "以来"), inside = zw_chars_at(s, k, "内");
    come = come ? come : zw_chars_at(s, k, "下来");
    come = come ? come : zw_chars_at(s, k, "来");
    if ((head == 0 && !come && !inside) || (zw_chars_at(s, i, "这") && !come))
        return 0;
    int now = st->anchor.y;
    bool ahead = zw_chars_at(s, i, "今后") || zw_chars_at(s, i, "未来");
    if (ahead && years == 1)
        return 0;
    w->own_year = true;
    w->interval = true;
    if (ahead || (inside && !head)) {
        w->from = (zw_moment_t){ now, 0, 0 };
        w->to = (zw_moment_t){ now + years - 1, 0, 0 };
        if (!ahead && (zw_chars_before(s, i, "连续") || zw_chars_before(s, i, "近")))
            return 0;
    } else {
        w->from = (zw_moment_t){ years == 1 ? now - 1 : now - years + 1, 0, 0 };
        w->to = (zw_moment_t){ now, 0, 0 };
        if (st->anchor.m >= 1 && st->anchor.m <= 3 && (years == 1 || zw_chars_at(s, i, "过去"))) {
            w->from.y = now - years; /* told at the turn of the year: the years that have ended */
            w->to.y = now - 1;
            w->interval = years > 1;
        } else if (years == 1 && st->anchor.m >= 11) {
            w->from = w->to;
            w->interval = false;
        }
    }
    if (!now)
        w->from = w->to = (zw_moment_t){ 0 };
    w->vague = true;
    return k + come + inside - i;
}

static bool moment_before(zw_moment_t a, zw_moment_t b)
{
    return a.y != b.y ? a.y < b.y : a.m && b.m && a.m != b.m ? a.m < b.m : a.d && b.d ? a.d < b.d : false;
}

static uint32_t connector(const zw_chars_t *s, uint32_t i)
{
    uint32_t cp = zw_char(s, i);
    if (zw_is_dash(cp))
        return zw_is_dash(zw_char(s, i + 1)) ? 2 : 1;
    return cp == 0x81F3 || cp == 0x5230 ? 1 : 0; /* 至 到 */
}

/* The part of a range behind its connector; what it leaves out is the first's. */
static uint32_t range_end(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, const zw_time_point_t *first,
                          zw_moment_t *ret)
{
    zw_time_point_t second;
    uint32_t n = zw_time_month_or_day(s, i, &second);
    if (n) {
        second.t.y = first->t.y;
        if (!second.t.m)
            second.t.m = first->t.m;
        if (second.t.d && !first->t.d)
            return 0;
        if (!second.t.d && first->t.d)
            second.t.d = 0;
        if (first->t.y && second.t.m < first->t.m)
            second.t.y++; /* 2009年11月至3月 */
    } else {
        n = zw_time_point(s, i, st, &second);
        if (!n || !second.t.y || (second.bare_digits && !first->bare_digits && first->t.m))
            return 0;
        if (second.end.m)
            second.t = second.end;
    }
    if (!moment_before(first->t, second.t))
        return 0;
    *ret = second.t;
    return n;
}

/* 5-8月, 5月12日至18日: the first end lacks its unit. */
static uint32_t short_range(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, zw_when_t *w)
{
    int from, to;
    uint32_t n = zw_small_number(s, i, &from), c = n ? connector(s, i + n) : 0;
    uint32_t m = c ? zw_small_number(s, i + n + c, &to) : 0, k = i + n + c + m;
    if (!m || from < 1 || to > 12 || from >= to || zw_char(s, k) != 0x6708 ||
        (i && (zw_is_ascii_alnum(s->cp[i - 1]) || zw_is_dash(s->cp[i - 1]) || s->cp[i - 1] == '.' ||
               zw_han_digit(s->cp[i - 1]) >= 0)))
        return 0;
    k++;
    if (zw_is_digit(zw_char(s, k)))
        return 0;
    k += zw_char(s, k) == 0x4EFD ? 1 : 0; /* 份 */
    int year = st->sentence.y ? st->sentence.y : st->anchor.y ? st->anchor.y : st->last.y;
    w->from = (zw_moment_t){ year, from, 0 };
    w->to = (zw_moment_t){ year, to, 0 };
    w->interval = true;
    return k - i;
}

/* What may stand behind a point or range: 以来, 起, 期间, 前. */
static uint32_t tail_scan(const zw_chars_t *s, uint32_t i, const zw_time_point_t *p, zw_when_t *w, bool until)
{
    static const char *const since[] = { "以来", "至今" };
    static const char *const from[] = { "起", "开始", "起始" };
    static const char *const during[] = { "期间", "之间", "前后", "之前", "以前", "前", "当天", "当日", "一整年" };
    uint32_t n = ZW_CHARS_ANY(s, i, since, NULL);
    if (n && !w->interval) {
        w->open = true;
        return n;
    }
    if (n)
        return n;
    n = ZW_CHARS_ANY(s, i, from, NULL);
    if (n && !until && !zw_chars_at(s, i, "起草") && !zw_chars_at(s, i, "起诉") && !zw_chars_at(s, i, "起步")) {
        if (!w->interval && !p->t.d)
            w->open = true; /* a day on which something begins is that day */
        return n;
    }
    size_t which;
    n = ZW_CHARS_ANY(s, i, during, &which);
    if (n && which == 5 && (zw_chars_at(s, i, "前三") || zw_chars_at(s, i, "前列") || zw_chars_at(s, i, "前来") ||
                            zw_chars_at(s, i, "前往") || zw_chars_at(s, i, "前十") || zw_chars_at(s, i, "前夕")))
        return 0;
    return n;
}

static uint32_t point_or_range(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, bool until, zw_when_t *w)
{
    zw_time_point_t p;
    uint32_t n = zw_time_point(s, i, st, &p);
    if (!n)
        n = zw_time_bare_day(s, i, st, &p);
    if (!n)
        return short_range(s, i, st, w);
    w->from = p.t;
    w->own_year = p.own_year;
    w->quarter = p.quarter;
    if (p.end.m && p.t.m && (zw_chars_at(s, i + n, "末") || zw_chars_at(s, i + n, "底"))) {
        w->from = p.end; /* 一季度末 */
        n++;
    } else if (p.end.m && p.t.m) {
        w->to = p.end;
        w->interval = true;
    } else {
        uint32_t c = connector(s, i + n), m = c ? range_end(s, i + n + c, st, &p, &w->to) : 0;
        if (m) {
            w->interval = true;
            n += c + m;
        } else if (p.bare_digits) {
            return 0;
        } else if (p.own_year && !p.t.m && p.t.y) { /* 今年1-8月, 2010年5—8月 */
            zw_time_state_t inner = *st;
            inner.sentence = p.t;
            m = short_range(s, i + n, &inner, w);
            n += m;
        }
    }
    /* 今年截至11月底 */
    if (p.own_year && !p.t.m && p.t.y && !w->interval && zw_chars_at(s, i + n, "截至")) {
        zw_time_point_t e;
        uint32_t m = zw_time_month_or_day(s, i + n + 2, &e);
        if (m && e.t.m) {
            w->from = (zw_moment_t){ p.t.y, 1, 0 };
            w->to = (zw_moment_t){ p.t.y, e.t.m, e.t.d };
            w->interval = true;
            return n + 2 + m;
        }
    }
    if (w->interval && zw_chars_at(s, i + n, "末"))
        n++;
    return n + tail_scan(s, i + n, &p, w, until);
}

uint32_t zw_time_scan(const zw_chars_t *s, uint32_t i, const zw_time_state_t *st, zw_when_t *w)
{
    *w = (zw_when_t){ 0 };
    uint32_t n = plan_scan(s, i, w);
    if (n)
        return n;
    n = vague_scan(s, i, st, w);
    if (n)
        return n;
    static const char *const untils[] = { "截至", "截止到", "截止至", "截至到", "截止" };
    uint32_t until = ZW_CHARS_ANY(s, i, untils, NULL);
    if (!until && (n = years_scan(s, i, st, w)) > 0)
        return n;
    *w = (zw_when_t){ 0 };
    n = point_or_range(s, i + until, st, until > 0, w);
    if (!n)
        return 0;
    static const char *const whole[] = { "今年以来", "今年来", "本年度以来" };
    if (ZW_CHARS_ANY(s, i, whole, NULL)) {
        w->open = false;
        w->vague = true;
    }
    return until + n;
}

size_t zw_time_parse(const zw_context_t *context, zw_str_t s, zw_arena_t *arena, zw_str_t *ret_edtf)
{
    enum { MAX = 64 };
    uint32_t cps[MAX], at[MAX + 1];
    zw_chars_t chars = { cps, zw_chars_cut(s, MAX, cps, at) };
    zw_time_state_t state;
    zw_time_begin(&state, context);
    zw_when_t when;
    char out[48];
    uint32_t used = zw_time_scan(&chars, 0, &state, &when);
    size_t length = used ? zw_time_format(&when, out, sizeof(out)) : 0;
    if (!length)
        return 0;
    zw_str_t kept = zw_arena_str(arena, zw_str(out, length));
    if (!kept.p)
        return 0;
    *ret_edtf = kept;
    return at[used];
}
