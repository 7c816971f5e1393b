/* The time of a fact: the one that its words give, else the nearest that is its own, else the type's default. */
#include "extract/engine.h"

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
    zw_str_t behind = zw_str(p->skeleton.p + at + 3, p->skeleton.n - at - 3 < 200 ? p->skeleton.n - at - 3 : 200);
    uint32_t from = at > 24 ? at - 24 : 0;
    while (from < at && ((unsigned char)p->skeleton.p[from] & 0xC0) == 0x80)
        from++;
    zw_str_t before = zw_str(p->skeleton.p + from, at - from);
    return !zw_engine_test(f->run, f->run->rules->signals[ZW_SIG_NOT_TIME], behind, true, NULL) &&
           !zw_engine_test(f->run, f->run->rules->signals[ZW_SIG_COMPARED], before, false, NULL);
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

static int search(const finder_t *f, const char **ret_why, bool *ret_far)
{
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
    found = find_time(f, sentence->sk.start, clause.start, true);
    if (found >= 0)
        return found;
    if (d->lead && d->match->rule->follows)
        return -1;
    *ret_why = "in a sentence before";
    size_t least = d->lead && d->lead->paragraph == d->paragraph ? d->lead->sentence + 1 : 0;
    for (size_t s = d->sentence, back = 0; s > least && back < 6 && found < 0; s--, back++) {
        found = find_time(f, d->paragraph->sentences[s - 1].sk.start, d->paragraph->sentences[s - 1].sk.end, true);
        if (found >= 0 && (f->run->mentions[found].vague || begins_later(f, d->paragraph->sentences[s - 1].sk, found)))
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

/* 截至7月底,今年…; 今年以来,截至7月底…: the year as far as that month. Empty: no such pair. */
static zw_str_t so_far(const finder_t *f, int found)
{
    static const char *const until[] = { "截至", "截止", NULL }, *const year[] = { "今年", "去年", "本年", NULL };
    const zw_paragraph_t *p = f->d->paragraph;
    const zw_mention_t *m = &f->run->mentions[found];
    bool ends = begins(f->run, found, until);
    if (!ends && (m->canonical.n != 4 || !begins(f->run, found, year)))
        return zw_str("", 0);
    for (size_t i = 0; i < p->sentence_count; i++) {
        zw_span_t sk = p->sentences[i].sk;
        for (uint32_t at = sk.start; at < sk.end; at++) {
            if (p->mention[at] != found)
                continue;
            int other = find_time(f, sk.start, at, true);
            if (other < 0 || !begins(f->run, other, ends ? year : until))
                return zw_str("", 0);
            zw_str_t whole = ends ? f->run->mentions[other].canonical : m->canonical;
            zw_str_t last = ends ? m->canonical : f->run->mentions[other].canonical;
            bool fits = whole.n == 4 && last.n == 7 && memcmp(whole.p, last.p, 4) == 0;
            return fits ? zw_arena_printf(f->run->arena, "%.4s-01/%.7s", whole.p, last.p) : zw_str("", 0);
        }
    }
    return zw_str("", 0);
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
    } else if ((plan == ZW_TIME_ARTICLE || plan == ZW_TIME_LAST) && run->frame.period.n > 0) {
        d->time_why = "the period that the article reports on";
        d->time = run->frame.period;
    } else if ((plan == ZW_TIME_ARTICLE || plan == ZW_TIME_LAST || plan == ZW_TIME_NOW) && run->frame.day.n > 0) {
        d->time_why = "the article's own day";
        d->time = run->frame.day;
    } else if (plan == ZW_TIME_DAY) {
        d->time_why = "the day of publication";
        d->time = run->context.published;
    } else {
        d->time = month_of(run);
    }
}

void zw_fill_time_open(zw_run_t *run, zw_draft_t *d)
{
    d->time_open = true;
    d->time_why = "the month of publication";
    d->time = month_of(run);
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
    if (plan != ZW_TIME_NONE && plan != ZW_TIME_CAPTURED && plan != ZW_TIME_NOW)
        found = search(&f, &d->time_why, &d->time_far);
    if (found >= 0) {
        zw_str_t pair = so_far(&f, found);
        d->time = pair.n > 0 ? pair : run->mentions[found].canonical;
    } else if (d->lead && plan != ZW_TIME_NONE && plan != ZW_TIME_CAPTURED) {
        d->time = d->lead->time;
        d->time_why = "that of the fact it follows";
    } else {
        set_default(run, d, plan);
    }
}
