#include "retention.h"

#include "mark.h"

#include <errno.h>
#include <stdlib.h>

enum { LOOK_US = 5000000, ROUND_ARTICLES = 20000, ROUND_PARTS = 8 }; /* one round removes at most that many, and an eighth of what there is */

struct zw_retention {
    zw_retention_options_t o;
    zw_store_trim_t goal;
    bool busy;
    bool cut; /* the round stops short of what there is to do */
    int64_t next_look_us; /* monotonic */
    uint64_t oldest_article, oldest_seq; /* as the round began */
    zw_retention_report_t round;
    zw_buf_t mark, space;
};

int zw_retention_new(const zw_retention_options_t *o, zw_retention_t **ret)
{
    zw_retention_t *r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->o = *o;
    *ret = r;
    return 0;
}

void zw_retention_free(zw_retention_t *r)
{
    if (!r)
        return;
    zw_buf_done(&r->mark);
    zw_buf_done(&r->space);
    free(r);
}

bool zw_retention_busy(const zw_retention_t *r)
{
    return r->busy;
}

/* ---- how far */

static int take_mark(void *ctx, uint64_t number, zw_str_t mark)
{
    (void)number;
    zw_buf_t *copy = ctx;
    zw_buf_clear(copy);
    return zw_buf_puts(copy, mark) < 0 ? -ENOMEM : -ECANCELED; /* one is enough */
}

/* The seq of an article's own event, which is the last of its events. */
static int last_seq(zw_retention_t *r, uint64_t number, uint64_t *ret)
{
    zw_mark_t mark;
    int e = zw_store_marks(r->o.store, number, take_mark, &r->mark);
    if (e >= 0)
        return -ZW_E_NOT_FOUND;
    if (e != -ECANCELED)
        return e;
    e = zw_mark_decode(zw_buf_str(&r->mark), &r->space, &mark);
    if (e < 0)
        return e;
    *ret = mark.seq;
    return 0;
}

/* The first article from `low` on that has an event from `seq` on. */
static int article_of(zw_retention_t *r, uint64_t low, uint64_t seq, uint64_t *ret)
{
    uint64_t high = zw_store_next_number(r->o.store);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2, last;
        int e = last_seq(r, middle, &last);
        if (e < 0)
            return e;
        if (last < seq)
            low = middle + 1;
        else
            high = middle;
    }
    *ret = low;
    return 0;
}

/* The first article that is to stay when nothing is older than `age_us` (0: any age), and what is held has `bytes` (0: any size). */
static int first_kept(zw_retention_t *r, const zw_store_info_t *info, int64_t now_us, int64_t age_us, uint64_t bytes, uint64_t *ret)
{
    uint64_t first = info->oldest_article;
    if (age_us && now_us > age_us) {
        uint64_t seq;
        int e = zw_store_seek_time(r->o.store, now_us - age_us, &seq);
        if (e == 0)
            e = article_of(r, first, seq, &first);
        if (e < 0)
            return e;
    }
    if (bytes && info->bytes_used > bytes && info->articles) {
        uint64_t surplus = (uint64_t)((double)(info->bytes_used - bytes) / (double)info->bytes_used * (double)info->articles) + 1;
        if (info->oldest_article + surplus > first)
            first = info->oldest_article + surplus;
    }
    *ret = first;
    return 0;
}

/* What a named subscription has yet to confirm holds back what would go, unless its own limits are passed. */
static int heed_subscriptions(zw_retention_t *r, const zw_store_info_t *info, int64_t now_us, uint64_t *first)
{
    uint64_t needed = r->o.subscriptions ? zw_subscriptions_needed(r->o.subscriptions) : UINT64_MAX, held, limit = 0;
    if (needed == UINT64_MAX)
        return 0;
    int e = article_of(r, info->oldest_article, needed, &held);
    if (e < 0 || held >= *first)
        return e;
    if (r->o.unconfirmed_age_us || r->o.unconfirmed_bytes)
        e = first_kept(r, info, now_us, r->o.unconfirmed_age_us, r->o.unconfirmed_bytes, &limit);
    if (e < 0)
        return e;
    *first = limit < *first ? limit : *first; /* no further than what would go anyway */
    if (*first > held)
        r->round.unconfirmed = needed > info->oldest_seq ? needed : info->oldest_seq;
    else
        *first = held;
    r->round.held = r->round.unconfirmed == 0;
    return 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Sets the goal of a round: up to which article everything goes. */
static int look(zw_retention_t *r, int64_t now_us)
{
    zw_store_info_t info;
    zw_dedup_info_t dedup;
    uint64_t first, last;
    r->round = (zw_retention_report_t){ 0 };
    int e = zw_store_info(r->o.store, &info);
    if (e < 0 || !info.articles)
        return e;
    e = first_kept(r, &info, now_us, r->o.age_us, r->o.bytes, &first);
    if (e == 0 && first > info.oldest_article)
        e = heed_subscriptions(r, &info, now_us, &first);
    if (e < 0)
        return e;
    first = least(first, zw_store_next_number(r->o.store) - 1); /* the newest stays */
    uint64_t most = info.oldest_article + least(info.articles / ROUND_PARTS + 1, ROUND_ARTICLES);
    r->cut = first > most;
    first = least(first, most);
    zw_dedup_info(r->o.indexes->dedup, &dedup);
    uint64_t marks = least(first, least(dedup.oldest ? dedup.oldest : first, zw_fact_index_from(r->o.indexes->facts)));
    if (first <= info.oldest_article && marks <= info.oldest_mark)
        return 0;
    r->goal = (zw_store_trim_t){ .articles_before = first, .marks_before = marks };
    if (first > info.oldest_article) {
        if ((e = last_seq(r, first - 1, &last)) < 0)
            return e;
        r->goal.events_before = last + 1;
    }
    r->oldest_article = info.oldest_article;
    r->oldest_seq = info.oldest_seq;
    r->busy = true;
    return 0;
}

/* ---- doing it */

static int end_round(zw_retention_t *r, zw_retention_report_t *ret)
{
    zw_store_info_t info;
    int e = zw_store_info(r->o.store, &info);
    if (e < 0)
        return e;
    r->busy = false;
    *ret = r->round;
    ret->articles = info.oldest_article - r->oldest_article;
    ret->events = info.oldest_seq - r->oldest_seq;
    ret->oldest_seq = info.oldest_seq;
    zw_count(&r->o.stats->trimmed_articles, ret->articles);
    zw_count(&r->o.stats->trimmed_events, ret->events);
    ret->more = r->cut;
    if (r->cut)
        r->next_look_us = 0;
    return 0;
}

int zw_retention_step(zw_retention_t *r, int64_t now_us, size_t records, bool urgent, zw_retention_report_t *ret)
{
    *ret = (zw_retention_report_t){ 0 };
    if (!r->o.age_us && !r->o.bytes)
        return 0;
    if (!r->busy) {
        int64_t now = zw_monotonic_us();
        if (now < r->next_look_us && !urgent)
            return 0;
        r->next_look_us = now + LOOK_US;
        int e = look(r, now_us);
        if (e < 0 || !r->busy) {
            *ret = r->round;
            return e;
        }
    }
    r->goal.max_records = records;
    int e = zw_store_trim(r->o.store, &r->goal);
    if (e != 0)
        return e < 0 ? e : 1;
    return end_round(r, ret);
}
