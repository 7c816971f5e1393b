/* The time of a fact: the one that its words give, else the nearest that is its own, else the type's default. */
#include "base/utf8.h"
#include "extract/engine.h"

#include <string.h>

static unsigned digits(zw_str_t s, size_t from, size_t n)
{
    unsigned value = 0;
    for (size_t i = from; i < from + n; i++) {
        if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
            return 0;
        value = value * 10 + (unsigned)(s.p[i] - '0');
    }
    return value;
}

/* One date, without interval: year, year-month or year-month-day. */
static uint32_t point(zw_str_t s, bool last)
{
    unsigned year = digits(s, 0, 4), month = s.n >= 7 ? digits(s, 5, 2) : 0, day = s.n >= 10 ? digits(s, 8, 2) : 0;
    if (year == 0)
        return 0;
    if (month == 0)
        month = last ? 12 : 1;
    if (day == 0)
        day = last ? 31 : 1;
    return year * 10000 + month * 100 + day;
}

uint32_t zw_time_first(zw_str_t edtf)
{
    return point(edtf, false);
}

uint32_t zw_time_last(zw_str_t edtf)
{
    const char *slash = edtf.n > 0 ? memchr(edtf.p, '/', edtf.n) : NULL;
    if (slash) {
        edtf.n -= (size_t)(slash + 1 - edtf.p);
        edtf.p = slash + 1;
    }
    return point(edtf, true);
}

/* ---- candidates */

enum { AT_THE_EVENT = -2 }; /* instead of a mention: the article's own day */

typedef struct {
    zw_run_t *run;
    const zw_draft_t *d;
} finder_t;

static bool is_own(const finder_t *f, uint32_t at)
{
    const zw_paragraph_t *p = f->d->paragraph;
    const zw_match_t *match = f->d->match;
    for (size_t i = 0; i < match->capture_count; i++) { /* 由2002年的31.5%: taken for another slot */
        const zw_capture_t *c = &match->captures[i];
        if (c->group->slot != ZW_G_TIME && c->group->slot != ZW_G_ITEMS && c->group->slot != ZW_G_NEXT &&
            c->group->slot != ZW_G_VERB && at >= c->piece.sk.start && at < c->piece.sk.end)
            return false;
    }
    zw_str_t behind = zw_str(p->skeleton.p + at + 3, p->skeleton.n - at - 3);
    if (behind.n > 200)
        behind.n = (size_t)(zw_utf8_back(behind.p + 200, behind.p) - behind.p);
    uint32_t from = at > 24 ? at - 24 : 0;
    while (from < at && ((unsigned char)p->skeleton.p[from] & 0xC0) == 0x80)
        from++;
    zw_str_t before = zw_str(p->skeleton.p + from, at - from);
    return !zw_engine_test(f->run, f->run->rules->signals[ZW_SIG_NOT_TIME], behind, NULL) &&
           !zw_engine_test(f->run, f->run->rules->signals[ZW_SIG_COMPARED], before, NULL);
}

/* The last (or first) time of its own in [from, to). */
static int find_time(const finder_t *f, uint32_t from, uint32_t to, bool last)
{
    const zw_paragraph_t *p = f->d->paragraph;
    int found = -1;
    for (uint32_t i = from; i < to; i++) {
        int m = p->mention[i];
        bool first_byte = m >= 0 && (i == 0 || p->mention[i - 1] != m);
        if (!first_byte || f->run->mentions[m].cls != ZW_M_TIME || f->run->mentions[m].canonical.n == 0 || !is_own(f, i))
            continue;
        found = m;
        if (!last)
            break;
    }
    return found;
}

static uint32_t anchor(const zw_draft_t *d)
{
    for (size_t i = 0; i < d->match->capture_count; i++)
        if (d->match->captures[i].group->slot == ZW_G_VERB)
            return d->match->captures[i].piece.sk.start;
    return d->match->core.start;
}

/* Where in the paragraph a mention stands, or UINT32_MAX; *ret_sentence is its sentence. */
static uint32_t place_of(const zw_paragraph_t *p, int mention, size_t *ret_sentence)
{
    for (size_t i = 0; i < p->sentence_count; i++)
        for (uint32_t at = p->sentences[i].sk.start; at < p->sentences[i].sk.end; at++)
            if (p->mention[at] == mention) {
                *ret_sentence = i;
                return at;
            }
    return UINT32_MAX;
}

static bool stands_before(const zw_paragraph_t *p, uint32_t at, const char *const *words)
{
    for (; *words; words++) {
        size_t n = strlen(*words);
        if (at >= n && memcmp(p->skeleton.p + at - n, *words, n) == 0)
            return true;
    }
    return false;
}

/* 力争到2015年…,并申报…: a goal's year is no other act's; 将于2015年实施。某市发布了…: nor is a day to come that of what has
 * happened. */
static bool reaches(const finder_t *f, int time)
{
    static const char *const goal[] = { "到", "至", NULL }, *const done[] = { "已", "了", "曾" };
    const zw_draft_t *d = f->d;
    const zw_paragraph_t *p = d->paragraph;
    uint32_t published = zw_time_last(f->run->context.published);
    if (!published || zw_time_first(f->run->mentions[time].canonical) <= published)
        return true;
    const zw_sentence_t *sentence = &p->sentences[d->sentence];
    zw_span_t clause = sentence->clause_count > 0 ? sentence->clauses[d->clause].sk : sentence->sk;
    uint32_t end = d->match->sk.end > clause.end ? d->match->sk.end : clause.end;
    for (size_t k = 0; k < sizeof(done) / sizeof(*done); k++)
        if (memmem(p->skeleton.p + clause.start, end - clause.start, done[k], strlen(done[k])))
            return false;
    size_t unused;
    uint32_t at = place_of(p, time, &unused);
    return d->match->rule->type->time == ZW_TIME_LAST || at < sentence->sk.start + 6 || !stands_before(p, at, goal);
}

/* 双方同意自10月1日起扩大范围。 says nothing of when the next sentence happened. */
static bool begins_later(const finder_t *f, const zw_span_t sentence, int time)
{
    static const char *const from[] = { "自", "从" };
    const zw_paragraph_t *p = f->d->paragraph;
    uint32_t published = zw_time_last(f->run->context.published), at = sentence.start;
    if (!published || zw_time_first(f->run->mentions[time].canonical) <= published)
        return false;
    while (at < sentence.end && p->mention[at] != time)
        at++;
    for (size_t i = 0; i < sizeof(from) / sizeof(*from); i++)
        if (at >= sentence.start + strlen(from[i]) && memcmp(p->skeleton.p + at - strlen(from[i]), from[i], strlen(from[i])) == 0)
            return true;
    return false;
}

/* 8月起征求意见。全市在用电梯1876部: what is counted is not counted in a month to come, unless it is a goal. */
static bool lies_ahead(const finder_t *f, int time)
{
    const zw_draft_t *d = f->d;
    const zw_sentence_t *sentence = &d->paragraph->sentences[d->sentence];
    uint32_t published = zw_time_last(f->run->context.published);
    if (!published || zw_time_first(f->run->mentions[time].canonical) <= published || d->match->rule->type->time != ZW_TIME_LAST)
        return false;
    zw_str_t words = zw_str(d->paragraph->skeleton.p + sentence->sk.start, sentence->sk.end - sentence->sk.start);
    return !zw_engine_test(f->run, f->run->rules->signals[ZW_SIG_PLANNED], words, NULL) &&
           !zw_engine_test(f->run, f->run->rules->signals[ZW_SIG_REQUIRED], words, NULL) &&
           f->run->mentions[time].canonical.n > 4;
}

/* 此前,…: some time before, which is not said. */
static bool long_before(const finder_t *f)
{
    static const char *const words[] = { "此前", "早前", "先前", "早先" };
    const zw_draft_t *d = f->d;
    uint32_t start = d->paragraph->sentences[d->sentence].sk.start, at = anchor(d);
    zw_str_t before = zw_str(d->paragraph->skeleton.p + start, at > start ? at - start : 0);
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
        if (memmem(before.p, before.n, words[k], strlen(words[k])) && find_time(f, start, at, true) < 0)
            return true;
    return false;
}

/* 会上还成立了…: the day that the article tells of, whatever year the sentence before speaks of. */
static bool at_the_event(const finder_t *f)
{
    static const char *const words[] = { "会上", "仪式上", "活动上", "典礼上", "现场会上", "活动现场", "论坛上", "会议还", "会后", "会前" };
    const zw_draft_t *d = f->d;
    const zw_paragraph_t *p = d->paragraph;
    uint32_t start = p->sentences[d->sentence].sk.start, at = anchor(d);
    zw_str_t before = zw_str(p->skeleton.p + start, at > start ? at - start : 0);
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
        if (memmem(before.p, before.n, words[k], strlen(words[k])))
            return true;
    return false;
}

/* 去年获批试点。该县正在申报…: what is going on is not of the year before. */
static bool goes_on(const finder_t *f)
{
    static const char *const words[] = { "正在", "正积极", "正全力", "正着手", "至今", "仍在" };
    const zw_draft_t *d = f->d;
    const zw_sentence_t *sentence = &d->paragraph->sentences[d->sentence];
    zw_span_t clause = sentence->clause_count > 0 ? sentence->clauses[d->clause].sk : sentence->sk;
    uint32_t at = anchor(d);
    zw_str_t before = zw_str(d->paragraph->skeleton.p + clause.start, at > clause.start ? at - clause.start : 0);
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
        if (memmem(before.p, before.n, words[k], strlen(words[k])))
            return true;
    return false;
}

static int search(const finder_t *f, const char **ret_why, bool *ret_far)
{
    enum { MAX_TRIES = 6 }; /* times that do not reach over, before the look at this sentence ends */
    *ret_far = false;
    const zw_draft_t *d = f->d;
    const zw_sentence_t *sentence = &d->paragraph->sentences[d->sentence];
    zw_span_t clause = sentence->clause_count > 0 ? sentence->clauses[d->clause].sk : sentence->sk;
    uint32_t at = anchor(d);
    *ret_why = "before it in the clause";
    int found = find_time(f, clause.start, at, true);
    if (found >= 0)
        return found;
    *ret_why = "in the match";
    found = find_time(f, at, d->match->sk.end, false);
    if (found >= 0)
        return found;
    *ret_why = "in a clause before";
    uint32_t end = clause.start;
    for (int tries = 0; tries < MAX_TRIES && (found = find_time(f, sentence->sk.start, end, true)) >= 0; tries++) {
        if (reaches(f, found))
            return found;
        size_t unused;
        end = place_of(d->paragraph, found, &unused);
        found = -1;
    }
    if (d->lead && d->match->rule->follows)
        return -1;
    bool event = at_the_event(f);
    if (event && f->run->frame.day.n > 0)
        return AT_THE_EVENT;
    for (size_t s = d->sentence; event && s > 0; s--) { /* the day that the paragraph gave it */
        found = find_time(f, d->paragraph->sentences[s - 1].sk.start, d->paragraph->sentences[s - 1].sk.end, false);
        if (found >= 0 && f->run->mentions[found].canonical.n == 10 && reaches(f, found)) {
            *ret_why = "in a sentence before";
            return found;
        }
        found = -1;
    }
    *ret_why = "in a sentence before";
    if (goes_on(f))
        return -1;
    size_t least = d->lead && d->lead->paragraph == d->paragraph ? d->lead->sentence + 1 : 0;
    for (size_t s = d->sentence, back = 0; s > least && back < 6 && found < 0; s--, back++) {
        found = find_time(f, d->paragraph->sentences[s - 1].sk.start, d->paragraph->sentences[s - 1].sk.end, true);
        if (found >= 0 && (f->run->mentions[found].vague || lies_ahead(f, found) || begins_later(f, d->paragraph->sentences[s - 1].sk, found) ||
                           !reaches(f, found)))
            found = -1;
    }
    *ret_far = found >= 0;
    return found;
}

static bool begins(const zw_run_t *run, int mention, const char *const *heads)
{
    const zw_mention_t *m = &run->mentions[mention];
    zw_str_t text = zw_str(run->text->text.p + m->span.start, m->span.end - m->span.start);
    for (; *heads; heads++)
        if (text.n >= strlen(*heads) && memcmp(text.p, *heads, strlen(*heads)) == 0)
            return true;
    return false;
}

/* Dates of one precision, that of the coarser, as an interval. Empty when there is none between them. */
static zw_str_t between(zw_run_t *run, zw_str_t from, zw_str_t to)
{
    const char *slash = memchr(from.p, '/', from.n);
    if (slash)
        from.n = (size_t)(slash - from.p);
    while (to.n > 0 && to.p[to.n - 1] == '~')
        to.n--;
    int n = (int)(from.n < to.n ? from.n : to.n);
    if (memchr(to.p, '/', to.n) || n < 4 || memcmp(from.p, to.p, (size_t)n) >= 0)
        return zw_str("", 0);
    zw_str_t made = zw_arena_printf(run->arena, "%.*s/%.*s", n, from.p, n, to.p);
    run->no_memory = run->no_memory || !made.p;
    return made;
}

/* Work counted up to a day has begun on one: 自3月15日起,…,到4月15日,已…; 该行动自4月启动。截至10月底,…; 截至7月底,今年….
 * Empty: nothing says when it began, or it is a stock (截至8月底,共有…), which has no beginning. */
static zw_str_t so_far(const finder_t *f, int found)
{
    static const char *const until[] = { "截至", "截止", "到目前", NULL }, *const year[] = { "今年", "去年", "本年", NULL };
    static const char *const to[] = { "到", "至", "截至", NULL }, *const from[] = { "自", "从", NULL };
    static const char *const stock[] = { "共有", "拥有", "现有", "保有" };
    const zw_paragraph_t *p = f->d->paragraph;
    const zw_mention_t *m = &f->run->mentions[found];
    size_t sentence;
    uint32_t at = place_of(p, found, &sentence);
    if (at == UINT32_MAX)
        return zw_str("", 0);
    zw_str_t words = zw_str(p->skeleton.p + at, f->d->match->sk.end > at ? f->d->match->sk.end - at : 0);
    for (size_t k = 0; k < sizeof(stock) / sizeof(*stock); k++)
        if (memmem(words.p, words.n, stock[k], strlen(stock[k])))
            return zw_str("", 0);
    bool ends = begins(f->run, found, until) || stands_before(p, at, to);
    int other = find_time(f, p->sentences[sentence].sk.start, at, true);
    if (!ends) { /* 今年…,截至… before it */
        bool pair = other >= 0 && m->canonical.n == 4 && begins(f->run, found, year) && begins(f->run, other, until);
        return pair ? between(f->run, zw_arena_printf(f->run->arena, "%.4s-01", m->canonical.p), f->run->mentions[other].canonical)
                    : zw_str("", 0);
    }
    if (zw_time_first(m->canonical) > zw_time_last(f->run->context.published) && f->run->context.published.n > 0)
        return zw_str("", 0);
    if (other >= 0 && begins(f->run, other, year) && f->run->mentions[other].canonical.n == 4)
        return between(f->run, zw_arena_printf(f->run->arena, "%.4s-01", f->run->mentions[other].canonical.p), m->canonical);
    if (f->d->match->rule->type->time != ZW_TIME_LAST) /* what happened by then did not happen all the while */
        return zw_str("", 0);
    if (other < 0 && sentence > 0) {
        const zw_span_t before = p->sentences[sentence - 1].sk;
        other = find_time(f, before.start, before.end, true);
        size_t unused;
        uint32_t there = other >= 0 ? place_of(p, other, &unused) : UINT32_MAX;
        if (there == UINT32_MAX || !stands_before(p, there, from))
            return zw_str("", 0);
    }
    return other >= 0 && f->run->mentions[other].canonical.n >= 7 ? between(f->run, f->run->mentions[other].canonical, m->canonical)
                                                                  : zw_str("", 0);
}

/* 自4月1日行动启动以来,…: the words between keep 以来 from the date. */
static bool since(const zw_draft_t *d, int mention)
{
    static const char *const from[] = { "自", "从", "自从", NULL };
    const zw_paragraph_t *p = d->paragraph;
    size_t sentence;
    uint32_t at = place_of(p, mention, &sentence);
    if (at == UINT32_MAX || !stands_before(p, at, from))
        return false;
    zw_span_t sk = p->sentences[sentence].sk;
    const char *comma = memchr(p->skeleton.p + at, ',', sk.end - at);
    size_t n = comma ? (size_t)(comma - (p->skeleton.p + at)) : sk.end - at;
    return memmem(p->skeleton.p + at, n, "以来", strlen("以来")) != NULL;
}

/* What was counted since a day was counted up to now. */
static zw_str_t closed(const zw_draft_t *d, zw_run_t *run, int mention)
{
    zw_str_t now = run->context.published, time = run->mentions[mention].canonical;
    bool open = (time.n > 3 && memcmp(time.p + time.n - 3, "/..", 3) == 0) || since(d, mention);
    if (!open || d->match->rule->type->time != ZW_TIME_LAST || now.n < 4 || zw_time_first(time) > zw_time_last(now))
        return time;
    if (now.n > 7)
        now.n = 7;
    zw_str_t made = between(run, time, now);
    return made.n > 0 ? made : time;
}

/* 合格率连续五年保持在98%以上: of the five years that end with the one told of. */
static zw_str_t running(zw_run_t *run, const zw_draft_t *d)
{
    enum { MOST_YEARS = 20 };
    static const char word[] = "连续";
    const zw_paragraph_t *p = d->paragraph;
    unsigned year = digits(d->time, 0, 4);
    if (d->match->rule->type->time != ZW_TIME_LAST || year == 0 || memchr(d->time.p, '/', d->time.n))
        return d->time;
    for (uint32_t at = d->match->sk.start; at + sizeof(word) - 1 < d->match->sk.end; at++) {
        int m = memcmp(p->skeleton.p + at, word, sizeof(word) - 1) == 0 ? p->mention[at + sizeof(word) - 1] : -1;
        if (!zw_is_class(run, m, ZW_CLASS_BIT(ZW_M_COUNT)) || !zw_str_eqz(run->mentions[m].quantity.unit, "年"))
            continue;
        double years = run->mentions[m].quantity.value;
        if (!(years >= 2 && years <= MOST_YEARS))
            return d->time;
        zw_str_t made = zw_arena_printf(run->arena, "%04u/%04u", year - (unsigned)years + 1, year);
        run->no_memory = run->no_memory || !made.p;
        return made;
    }
    return d->time;
}

/* ---- defaults */

static zw_str_t month_of(zw_run_t *run)
{
    zw_str_t published = run->context.published;
    if (published.n < 7 || published.p[4] != '-')
        return published;
    zw_str_t month = zw_arena_printf(run->arena, "%.7s~", published.p);
    run->no_memory = run->no_memory || !month.p;
    return month;
}

static void set_default(zw_run_t *run, zw_draft_t *d, zw_time_plan_t plan)
{
    d->time_why = "the month of publication";
    d->time_open = true;
    if (plan == ZW_TIME_AUTO || plan == ZW_TIME_NONE || plan == ZW_TIME_CAPTURED) {
        d->time_why = "open";
        d->time = zw_str("", 0);
    } else if ((plan == ZW_TIME_ARTICLE || plan == ZW_TIME_LAST || plan == ZW_TIME_YEAR) && run->frame.period.n > 0) {
        d->time_why = "the period that the article reports on";
        d->time = run->frame.period;
    } else if ((plan == ZW_TIME_ARTICLE || plan == ZW_TIME_LAST || plan == ZW_TIME_NOW) && run->frame.day.n > 0) {
        d->time_why = "the article's own day";
        d->time = run->frame.day;
    } else if (plan == ZW_TIME_YEAR && run->frame.day.n > 0) {
        d->time_why = "the article's own year";
        d->time = zw_str(run->frame.day.p, 4);
    } else if (plan == ZW_TIME_DAY) {
        d->time_why = "the day of publication";
        d->time = run->context.published;
    } else {
        d->time = month_of(run);
    }
}

/* 今年以来,…。一是…4月,…。二是…: the next paragraph of a report is of its year again, not of the month that one of its facts had. */
static bool is_of_the_period(const zw_run_t *run, const zw_draft_t *d)
{
    enum { YEAR = 4 };
    zw_str_t period = run->frame.period;
    return !d->match->rule->follows && d->lead->paragraph != d->paragraph && period.n == YEAR && d->lead->time.n > YEAR &&
           memcmp(d->lead->time.p, period.p, YEAR) == 0;
}

/* A plan that says no time is not one for the day of the article. */
void zw_fill_time_planned(zw_run_t *run, zw_draft_t *d)
{
    if (!d->time_open || d->time.n != 10 || d->time.p != run->frame.day.p)
        return;
    d->time = zw_str(run->frame.day.p, 4);
    d->time_why = "the article's own year";
}

void zw_fill_time_open(zw_run_t *run, zw_draft_t *d)
{
    d->time_open = true;
    d->time_why = "the month of publication";
    d->time = month_of(run);
}

/* A day, a month or a part of one year. */
static bool is_within_a_year(zw_str_t time)
{
    const char *slash = memchr(time.p, '/', time.n);
    size_t rest = slash ? (size_t)(time.p + time.n - slash - 1) : 0;
    return time.n > 4 && (!slash || (rest >= 4 && memcmp(slash + 1, time.p, 4) == 0));
}

void zw_fill_time(zw_run_t *run, zw_draft_t *d)
{
    const zw_rule_t *rule = d->match->rule;
    zw_time_plan_t plan = rule->has_time ? rule->time : rule->type->time;
    for (size_t i = 0; i < d->match->capture_count && plan != ZW_TIME_NONE; i++) {
        const zw_capture_t *c = &d->match->captures[i];
        if (c->group->slot != ZW_G_TIME)
            continue;
        d->time = zw_piece_time(&run->context, run->mentions, &c->piece, run->arena);
        d->time_why = "group";
        if (d->time.n > 0)
            return;
    }
    finder_t f = { run, d };
    int found = -1;
    d->time_mention = -1;
    if (plan != ZW_TIME_CAPTURED && long_before(&f) && find_time(&f, d->match->sk.start, d->match->sk.end, false) < 0) {
        d->time_why = "some time before";
        d->time = zw_str("", 0);
        return;
    }
    if (plan != ZW_TIME_NONE && plan != ZW_TIME_CAPTURED && plan != ZW_TIME_NOW)
        found = search(&f, &d->time_why, &d->time_far);
    d->time_mention = found == AT_THE_EVENT ? -1 : found;
    if (found == AT_THE_EVENT) {
        d->time = run->frame.day;
        d->time_why = "the article's own day";
    } else if (found >= 0) {
        zw_str_t pair = so_far(&f, found);
        d->time = pair.n > 0 ? pair : closed(d, run, found);
        if (d->time_far && rule->type->far_year && is_within_a_year(d->time)) {
            d->time.n = 4;
            d->time_why = "the year of a sentence before";
        }
    } else if (d->lead && plan != ZW_TIME_NONE && plan != ZW_TIME_CAPTURED && !is_of_the_period(run, d)) {
        d->time = d->lead->time;
        d->time_why = "that of the fact it follows";
    } else {
        set_default(run, d, plan);
    }
    if (d->time.n >= 4)
        d->time = running(run, d);
}
