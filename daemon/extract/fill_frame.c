/* The frame: who and where an article speaks of, sentence by sentence. */
#include "extract/engine.h"
#include "extract/lexicon.h"
#include "extract/region.h"

#include "base/utf8.h"

#include <stdlib.h>

enum { MAX_BACK = 24 }; /* clauses that a subject is carried over */

zw_str_t zw_frame_place_name(const zw_run_t *run, uint32_t code)
{
    const zw_region_row_t *row = code ? zw_lex_region_of(run->rules->lexicon, code, run->context.year) : NULL;
    static const char *const brief[] = { "自治区", "特别行政区", "台湾省" }; /* called by their short names */
    for (size_t k = 0; row && code % 10000 == 0 && k < sizeof(brief) / sizeof(*brief); k++)
        if (zw_str_ends(row->name, zw_strz(brief[k])))
            return row->brief.n > 0 ? row->brief : row->name;
    return row ? row->name : zw_str("", 0);
}

zw_str_t zw_frame_name(const zw_run_t *run, int mention)
{
    const zw_mention_t *m = &run->mentions[mention];
    if (m->cls == ZW_M_REGION && m->region_by_context && m->region) {
        zw_str_t name = zw_frame_place_name(run, m->region);
        if (name.n > 0)
            return name;
    }
    if (m->canonical.n > 0)
        return m->canonical;
    return zw_str(run->text->text.p + m->inner.start, m->inner.end - m->inner.start);
}

static int mention_at(const zw_paragraph_t *p, uint32_t at, uint32_t end)
{
    return at < end ? p->mention[at] : -1;
}

static bool here(const zw_paragraph_t *p, uint32_t at, uint32_t end, const char *what)
{
    size_t n = strlen(what);
    return end - at >= n && memcmp(p->skeleton.p + at, what, n) == 0;
}

static uint32_t separator(const zw_paragraph_t *p, uint32_t at, uint32_t end)
{
    static const char *const SEPARATORS[] = { "、", "和", "与", "及", "以及", "暨", "联合", "会同" };
    for (size_t i = 0; i < sizeof(SEPARATORS) / sizeof(*SEPARATORS); i++)
        if (here(p, at, end, SEPARATORS[i]))
            return (uint32_t)strlen(SEPARATORS[i]);
    return 0;
}

/* The subject of a clause: the person, body or place that it begins with, behind times and the like. */
static void find_subject(zw_run_t *run, const zw_paragraph_t *p, zw_clause_t *clause)
{
    uint32_t at = clause->sk.start, end = clause->sk.end, used = 0;
    const uint32_t posts = ZW_CLASS_BIT(ZW_M_POST);
    if (zw_engine_test(run, run->rules->signals[ZW_SIG_LEAD], zw_str(p->skeleton.p + at, end - at), &used))
        at += used;
    int mention = mention_at(p, at, end);
    while (zw_is_class(run, mention, posts)) { /* 局长王某: the post stands first */
        at += 3;
        mention = mention_at(p, at, end);
    }
    if (!zw_is_class(run, mention, at > clause->sk.start + used ? ZW_CLASS_BIT(ZW_M_PERSON) : ZW_WHO_CLASSES))
        return;
    int first = mention, count = 1;
    at += 3;
    for (;;) {
        mention = mention_at(p, at, end);
        if (zw_is_class(run, mention, ZW_WHO_CLASSES)) { /* 温州市质监局局长王某: the last is meant */
            first = mention;
            count = 1;
            at += 3;
        } else if (zw_is_class(run, mention, posts)) {
            at += 3;
        } else {
            uint32_t width = separator(p, at, end);
            int next = width ? mention_at(p, at + width, end) : -1;
            if (!zw_is_class(run, next, ZW_WHO_CLASSES) || next != first + count)
                break;
            count++;
            at += width + 3;
        }
    }
    bool owner = here(p, at, end, "的") && !zw_is_class(run, first, ZW_CLASS_BIT(ZW_M_REGION));
    if (owner)
        return;
    clause->subject = first;
    clause->subject_count = count;
}

int zw_frame_subject(const zw_run_t *run, const zw_paragraph_t *p, size_t sentence, size_t clause, uint32_t classes,
                     int *ret_count)
{
    size_t s = sentence + 1, c = clause + 1;
    for (int back = 0; back < MAX_BACK && s > 0; back++) {
        while (s > 0 && c == 0) {
            s--;
            c = s > 0 ? p->sentences[s - 1].clause_count : 0;
        }
        if (s == 0)
            break;
        const zw_clause_t *clauses = p->sentences[s - 1].clauses;
        c--;
        /* an organ of the nation is not what the next sentence of an article about a place is about */
        bool among = c < p->sentences[s - 1].clause_count && (s - 1 != sentence || c != clause) &&
                     here(p, clauses[c].sk.start, clauses[c].sk.end, "其中"); /* 其中浠水县一家…: one of them, not what goes on */
        bool passing = s - 1 != sentence && run->context.region != 0 && c < p->sentences[s - 1].clause_count &&
                       zw_is_class(run, clauses[c].subject, ZW_CLASS_BIT(ZW_M_GOV)) && run->mentions[clauses[c].subject].region == 0 &&
                       !run->mentions[clauses[c].subject].region_by_context;
        if (!passing && !among && c < p->sentences[s - 1].clause_count && zw_is_class(run, clauses[c].subject, classes)) {
            *ret_count = clauses[c].subject_count;
            return clauses[c].subject;
        }
    }
    bool far = run->context.region != 0 && zw_is_class(run, run->frame.head, ZW_CLASS_BIT(ZW_M_GOV)) &&
               (run->mentions[run->frame.head].region == 0 || /* of the nation, or the province, where the article is of a place in it */
                (run->mentions[run->frame.head].region != run->context.region &&
                 zw_region_within(run->context.region, run->mentions[run->frame.head].region)));
    if (!far && zw_is_class(run, run->frame.head, classes)) {
        *ret_count = run->frame.head_count;
        return run->frame.head;
    }
    return -1;
}

/* ---- the article's own day */

static uint32_t days(uint32_t date)
{
    return date / 10000 * 372 + date / 100 % 100 * 31 + date % 100;
}

/* 关于开展…活动的通知, …工作方案: its lists say what is to be done. */
static bool is_notice(zw_str_t title)
{
    static const char *const ends[] = { "的通知", "通知", "方案", "工作要点", "工作计划", "行动计划", "工作安排" };
    const char *bracket = memchr(title.p ? title.p : "", '(', title.n);
    if (bracket)
        title.n = (size_t)(bracket - title.p);
    for (size_t k = 0; title.n > 0 && k < sizeof(ends) / sizeof(*ends); k++)
        if (zw_str_ends(title, zw_strz(ends[k])))
            return true;
    return false;
}

/* 昨日, 今天: a day as the writer counts it. */
static bool told_from_now(const zw_run_t *run, const zw_mention_t *m)
{
    static const char *const words[] = { "昨日", "昨天", "昨晚", "今日", "今天", "昨(", "今(", "前天", "前日" };
    zw_str_t text = zw_str(run->text->text.p + m->span.start, m->span.end - m->span.start);
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
        if (zw_str_starts(text, zw_strz(words[k])))
            return true;
    return false;
}

/* A day named in the first paragraphs, at most ten days before publication, is the day that the article tells of; one that is
 * told from now (昨日) before a date, unless that stands at the very beginning. */
void zw_frame_begin(zw_run_t *run)
{
    enum { FIRST_BYTES = 900, OPENING_BYTES = 200, TOLD_BYTES = 3000, NEAR_DAYS = 10 };
    run->frame = (zw_frame_t){ .head = -1, .speaker = -1, .notice = is_notice(run->text->title) };
    uint32_t published = zw_time_first(run->context.published);
    for (size_t i = 0; i < run->mention_count && run->context.day && published; i++) {
        const zw_mention_t *m = &run->mentions[i];
        if (m->cls != ZW_M_TIME || m->approximate || m->canonical.n != 10 || m->canonical.p[4] != '-')
            continue;
        uint32_t day = zw_time_first(m->canonical);
        bool near = day > 0 && day <= published && days(published) - days(day) <= NEAR_DAYS, told = told_from_now(run, m);
        if (!near || m->span.start > (told ? TOLD_BYTES : FIRST_BYTES) || (run->frame.day.n > 0 && !told))
            continue;
        run->frame.day = m->canonical;
        if (told || m->span.start < OPENING_BYTES)
            return;
    }
}

/* ---- one paragraph */

/* 2007年,…。2008年,…。 tells a history: none of its years is what the article reports on. */
static bool is_history(const zw_run_t *run, const zw_paragraph_t *p, zw_str_t first)
{
    for (size_t i = 1; i < p->sentence_count; i++) {
        int m = p->sentences[i].sk.start < p->sentences[i].sk.end ? p->mention[p->sentences[i].sk.start] : -1;
        if (zw_is_class(run, m, ZW_CLASS_BIT(ZW_M_TIME)) && run->mentions[m].canonical.n == 4 &&
            !zw_str_eq(run->mentions[m].canonical, first))
            return true;
    }
    return false;
}

static bool holds_word(zw_str_t s, const char *const *words)
{
    for (; *words; words++)
        if (memmem(s.p, s.n, *words, strlen(*words)))
            return true;
    return false;
}

/* A line that is no sentence: 二、2012年工作安排. */
static bool is_heading(const zw_paragraph_t *p)
{
    enum { MOST_BYTES = 90 };
    return p->skeleton.n > 0 && p->skeleton.n <= MOST_BYTES && !zw_str_ends(p->skeleton, ZW_STR_LIT("。")) &&
           !zw_str_ends(p->skeleton, ZW_STR_LIT(";"));
}

/* 一是 (二) 3. : what the lines of a list begin with. */
static bool is_item(const zw_paragraph_t *p)
{
    static const char *const digits[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "0", "1", "2", "3", "4", "5", "6",
                                          "7", "8", "9" };
    static const char *const ends[] = { "、", "是", ".", ")", "," };
    uint32_t at = 0, end = (uint32_t)p->skeleton.n;
    at += here(p, at, end, "(") ? 1 : here(p, at, end, "第") || here(p, at, end, "其") ? 3 : 0;
    uint32_t from = at;
    for (size_t k = 0; k < sizeof(digits) / sizeof(*digits) && at - from < 9; k++)
        if (here(p, at, end, digits[k])) {
            at += (uint32_t)strlen(digits[k]);
            k = (size_t)-1;
        }
    for (size_t k = 0; at > from && k < sizeof(ends) / sizeof(*ends); k++)
        if (here(p, at, end, ends[k]))
            return true;
    return false;
}

/* What stands before the year that a paragraph is about: nothing, a number, an address, 回顾. */
static bool leads_in(const zw_paragraph_t *p, uint32_t at, bool heading)
{
    enum { MOST_BYTES = 36 };
    static const char *const ends[] = { ":", "!", "、", ")", ".", "回顾", "回首", "过去的", "刚刚过去的" };
    if (at == 0 || (heading && at <= MOST_BYTES))
        return true;
    for (uint32_t i = 0; i < at; i++)
        if (p->mention[i] >= 0)
            return false;
    for (size_t k = 0; at <= MOST_BYTES && k < sizeof(ends) / sizeof(*ends); k++)
        if (zw_str_ends(zw_str(p->skeleton.p, at), zw_strz(ends[k])))
            return true;
    return false;
}

/* 我局于3月15日至7月31日开展了行动,现将情况简报如下: the interval or year that a report announces. False: it announces none. */
static bool announces_period(zw_run_t *run, const zw_paragraph_t *p)
{
    static const char *const marks[] = { "现将", "现就", "汇报如下", "通报如下", "通告如下", "简报如下", "总结如下" };
    bool report = false;
    for (size_t k = 0; k < sizeof(marks) / sizeof(*marks); k++)
        report |= memmem(p->skeleton.p, p->skeleton.n, marks[k], strlen(marks[k])) != NULL;
    for (uint32_t i = (uint32_t)p->skeleton.n; report && i > 0; i--) {
        if (!zw_is_class(run, p->mention[i - 1], ZW_CLASS_BIT(ZW_M_TIME)) || run->mentions[p->mention[i - 1]].approximate)
            continue;
        zw_str_t time = run->mentions[p->mention[i - 1]].canonical;
        if ((time.n == 4 || (time.n > 4 && memchr(time.p, '/', time.n))) && !zw_str_ends(time, ZW_STR_LIT(".."))) {
            run->frame.period = time;
            return true;
        }
    }
    return false;
}

/* A report says once, at the head of a paragraph or in a heading, which year it is about. */
static void find_period(zw_run_t *run, const zw_paragraph_t *p)
{
    if (announces_period(run, p))
        return;
    uint32_t at = 0;
    while (at < p->skeleton.n && !zw_is_class(run, p->mention[at], ZW_CLASS_BIT(ZW_M_TIME)))
        at++;
    if (at == p->skeleton.n || run->mentions[p->mention[at]].approximate || !leads_in(p, at, is_heading(p)))
        return;
    uint32_t behind = at;
    while (behind < p->skeleton.n && p->mention[behind] == p->mention[at])
        behind++;
    if (at > 0 && zw_is_class(run, mention_at(p, behind, (uint32_t)p->skeleton.n), ZW_CLASS_BIT(ZW_M_AWARD)))
        return; /* 关于表彰2017年度州长质量奖获奖单位的通报 */
    zw_str_t time = run->mentions[p->mention[at]].canonical;
    bool open = zw_str_ends(time, ZW_STR_LIT("..")) || (at > 0 && time.n != 9); /* behind other words only whole years */
    bool year = time.n == 4 && !is_history(run, p, time);
    if (year || (time.n > 4 && !open && memchr(time.p, '/', time.n)))
        run->frame.period = time;
    else if (at == 0)
        run->frame.period = zw_str("", 0);
}

/* 国务院新闻办举行新闻发布会: who invites the press is not who has done what is told there. */
static bool tells_news(const zw_run_t *run, int mention)
{
    return mention >= 0 && (zw_str_ends(run->mentions[mention].canonical, ZW_STR_LIT("新闻办")) ||
                            zw_str_ends(run->mentions[mention].canonical, ZW_STR_LIT("新闻办公室")));
}

/* Whether what follows is to be done: after 2012年工作安排, or in the list behind 将重点抓好以下工作:. */
static void find_plans(zw_run_t *run, const zw_paragraph_t *p)
{
    static const char *const planned[] = { "安排", "打算", "任务", "目标", "计划", "思路", "展望", "部署", "下一步", NULL };
    static const char *const done[] = { "回顾", "总结", "成绩", "成效", "完成", "情况", "做法", "问题", NULL };
    if (is_heading(p) && !zw_str_ends(p->skeleton, ZW_STR_LIT(":"))) {
        if (holds_word(p->skeleton, done))
            run->frame.plans = run->frame.plans_list = false;
        else if (holds_word(p->skeleton, planned) && (is_item(p) || zw_is_class(run, p->mention[0], ZW_CLASS_BIT(ZW_M_TIME))))
            run->frame.plans = true;
        return;
    }
    if (!is_item(p))
        run->frame.plans_list = false;
    zw_span_t last = p->sentence_count > 0 ? p->sentences[p->sentence_count - 1].sk : (zw_span_t){ 0 };
    zw_str_t words = zw_str(p->skeleton.p + last.start, last.end - last.start);
    if (zw_str_ends(p->skeleton, ZW_STR_LIT(":")) && !zw_engine_test(run, run->rules->signals[ZW_SIG_DONE], words, NULL))
        run->frame.plans_list = zw_engine_test(run, run->rules->signals[ZW_SIG_PLANNED], words, NULL);
}

bool zw_frame_plans(const zw_run_t *run, const zw_paragraph_t *p)
{
    return run->frame.plans || run->frame.plans_list || (run->frame.notice && is_item(p));
}

/* 各市人民政府,省直各单位: is whom a notice or report is sent to. */
static bool is_addressed(const zw_run_t *run, const zw_paragraph_t *p)
{
    enum { MOST_BYTES = 150 };
    static const char *const verbs[] = { "说", "问", "答", "示", "绍", "调", "出", "为", "是", "有", "了", "下", "括", "布", "讯" };
    if (p->skeleton.n > MOST_BYTES || p->sentence_count != 1 || !zw_str_ends(p->skeleton, ZW_STR_LIT(":")))
        return false;
    for (size_t k = 0; k < sizeof(verbs) / sizeof(*verbs); k++)
        if (memmem(p->skeleton.p, p->skeleton.n, verbs[k], strlen(verbs[k])))
            return false;
    for (uint32_t i = 0; i < p->skeleton.n; i++)
        if (zw_is_class(run, p->mention[i], ZW_ORG_CLASSES))
            return !zw_is_class(run, p->mention[0], ZW_CLASS_BIT(ZW_M_PERSON) | ZW_CLASS_BIT(ZW_M_TIME));
    return false;
}

void zw_frame_paragraph(zw_run_t *run, zw_paragraph_t *p)
{
    bool addressed = is_addressed(run, p);
    find_period(run, p);
    find_plans(run, p);
    for (size_t i = 0; i < p->sentence_count; i++)
        for (size_t j = 0; j < p->sentences[i].clause_count; j++) {
            zw_clause_t *clause = &p->sentences[i].clauses[j];
            find_subject(run, p, clause);
            if (addressed || tells_news(run, clause->subject))
                clause->subject = -1;
            /* a firm that comes up in the course of it is not what the article is about */
            enum { OPENING_BYTES = 600 };
            bool late = zw_is_class(run, clause->subject, ZW_CLASS_BIT(ZW_M_FIRM)) && run->context.region != 0 &&
                        run->mentions[clause->subject].span.start > OPENING_BYTES;
            if (run->frame.head < 0 && !late && !tells_news(run, clause->subject) && zw_is_class(run, clause->subject, ZW_ORG_CLASSES)) {
                run->frame.head = clause->subject;
                run->frame.head_count = clause->subject_count;
            }
        }
}

void zw_frame_close(zw_run_t *run, const zw_paragraph_t *p)
{
    for (size_t i = 0; i < p->sentence_count; i++)
        for (size_t j = 0; j < p->sentences[i].clause_count; j++) {
            const zw_clause_t *clause = &p->sentences[i].clauses[j];
            zw_str_t words = zw_str(p->skeleton.p + clause->sk.start, clause->sk.end - clause->sk.start);
            if (zw_is_class(run, clause->subject, ZW_ORG_CLASSES | ZW_CLASS_BIT(ZW_M_PERSON)) &&
                zw_engine_test(run, run->rules->signals[ZW_SIG_SPEAKS], words, NULL))
                run->frame.speaker = clause->subject;
        }
    for (size_t i = p->mention_from; i < p->mention_to; i++)
        if (run->mentions[i].cls == ZW_M_REGION && run->mentions[i].region && run->mentions[i].level > 0)
            run->frame.place = run->mentions[i].region;
}
