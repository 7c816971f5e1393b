#include "batch_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int zw_batch_new(size_t max, zw_store_t *store, zw_indexes_t *indexes, zw_batch_t **ret)
{
    zw_batch_t *b = calloc(1, sizeof(*b));
    if (!b)
        return -ENOMEM;
    b->max = max;
    b->store = store;
    b->indexes = indexes;
    b->time_us = zw_store_newest_time(store);
    b->plans = calloc(max, sizeof(b->plans[0]));
    b->articles = calloc(max, sizeof(b->articles[0]));
    b->rejects = calloc(max, sizeof(b->rejects[0]));
    if (!b->plans || !b->articles || !b->rejects) {
        zw_batch_free(b);
        return -ENOMEM;
    }
    *ret = b;
    return 0;
}

void zw_batch_free(zw_batch_t *b)
{
    if (!b)
        return;
    zw_buf_t *bufs[] = { &b->names, &b->out, &b->map, &b->events, &b->facts, &b->mark_space, &b->earlier };
    for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
        zw_buf_done(bufs[i]);
    free(b->plans);
    free(b->articles);
    free(b->rejects);
    free(b->store_events);
    free(b);
}

void zw_batch_begin(zw_batch_t *b, int64_t now_us)
{
    enum { KEEP_BYTES = 8 << 20 };
    zw_buf_t *bufs[] = { &b->names, &b->out, &b->map, &b->events, &b->facts };
    for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++) {
        if (bufs[i]->cap > KEEP_BYTES)
            zw_buf_done(bufs[i]);
        zw_buf_clear(bufs[i]);
    }
    b->n = b->event_count = b->fact_count = b->article_count = b->reject_count = 0;
    b->settled = false;
    if (now_us > b->time_us) /* a clock that was set back does not turn the order of events round */
        b->time_us = now_us;
    b->first_number = b->next_number = zw_store_next_number(b->store);
    b->next_seq = zw_store_next_seq(b->store);
}

/* ---- looking back */

static int take_mark(void *ctx, uint64_t number, zw_str_t mark)
{
    zw_buf_t *copy = ctx;
    zw_buf_clear(copy);
    return zw_buf_puts(copy, mark) < 0 ? -ENOMEM : -ECANCELED; /* one is enough */
}

/* The mark of an article that was committed before this batch. Valid until the next call. */
static int stored_mark(zw_batch_t *b, uint64_t number, zw_mark_t *ret)
{
    int e = zw_store_marks(b->store, number, take_mark, &b->map);
    if (e != -ECANCELED)
        return e < 0 ? e : -ZW_E_NOT_FOUND;
    return zw_mark_decode(zw_buf_str(&b->map), &b->mark_space, ret);
}

/* What is known of an earlier article, in this batch or in the store. */
static int look_back(zw_batch_t *b, uint64_t number, zw_mark_t *ret)
{
    if (number < b->first_number)
        return stored_mark(b, number, ret);
    for (size_t i = 0; i < b->n; i++) {
        const zw_plan_t *p = &b->plans[i];
        if ((p->kind != ZW_PLAN_ARTICLE && p->kind != ZW_PLAN_WITHDRAW) || p->number != number)
            continue;
        *ret = (zw_mark_t){ .status = p->status, .dup = p->dup, .similarity = p->similarity, .seq = p->seq, .of = p->of,
                            .head = p->head, .published = p->published, .id = zw_run_in(&b->names, p->id),
                            .facts = zw_batch_fact(b, p->fact), .fact_count = p->fact_count };
        return 0;
    }
    return -ZW_E_NOT_FOUND;
}

/* The id of an earlier article, appended to names. One that is forgotten has its number for a name. */
static zw_run_t keep_id(zw_batch_t *b, uint64_t number)
{
    zw_mark_t mark;
    size_t at = b->names.n;
    char given[32];
    if (number == 0)
        return (zw_run_t){ at, 0 };
    if (look_back(b, number, &mark) == 0 && zw_buf_reserve(&b->names, mark.id.n) == 0) {
        if (number >= b->first_number && look_back(b, number, &mark) < 0) /* again: names may have moved */
            return (zw_run_t){ at, 0 };
        (void)zw_buf_puts(&b->names, mark.id);
    } else {
        (void)snprintf(given, sizeof(given), "zw-%" PRIu64, number);
        (void)zw_buf_puts(&b->names, zw_strz(given));
    }
    return (zw_run_t){ at, b->names.n - at };
}

static zw_mark_fact_t *earlier(const zw_batch_t *b, size_t *ret_count)
{
    *ret_count = b->earlier.n / sizeof(zw_mark_fact_t);
    return (zw_mark_fact_t *)(void *)b->earlier.p;
}

/* The facts that article `number` holds, into `earlier`: none when a later version or a withdrawal has taken them already. Their types
 * are put where the job keeps its own. */
static int gather_earlier(zw_batch_t *b, const zw_job_t *job, uint64_t number)
{
    zw_mark_t mark;
    zw_buf_clear(&b->earlier);
    if (zw_standings_get(b->indexes->standings, number) != ZW_STANDS)
        return 0;
    int e = look_back(b, number, &mark);
    if (e < 0)
        return e == -ENOMEM ? e : 0;
    for (size_t k = 0; k < mark.fact_count; k++) {
        zw_mark_fact_t fact = mark.facts[k];
        if (!zw_mark_states(fact.kind))
            continue;
        if (fact.type.n > 0 && !(fact.type = zw_arena_str(job->arena, fact.type)).p)
            return -ENOMEM;
        (void)zw_buf_put(&b->earlier, &fact, sizeof(fact));
    }
    return b->earlier.failed ? -ENOMEM : 0;
}

static bool stated_earlier(const zw_batch_t *b, const uint8_t id[16])
{
    size_t n;
    const zw_mark_fact_t *facts = earlier(b, &n);
    for (size_t i = 0; i < n; i++)
        if (memcmp(facts[i].id, id, 16) == 0)
            return true;
    return false;
}

static bool stated_now(const zw_job_t *job, const uint8_t id[16])
{
    for (size_t i = 0; i < job->fact_count; i++)
        if (memcmp(job->facts[i].id, id, 16) == 0)
            return true;
    return false;
}

/* ---- deciding */

static zw_run_t keep_topic(zw_batch_t *b, const char *topic, size_t n)
{
    zw_run_t run = { b->names.n, n };
    (void)zw_buf_put(&b->names, topic, n); /* room was reserved */
    return run;
}

static void add_event(zw_batch_t *b, zw_plan_t *p, zw_plan_event_t event, const char *topic, size_t topic_bytes)
{
    event.seq = b->next_seq++;
    event.prev = zw_topic_index_set(b->indexes->topics, zw_str(topic, topic_bytes), event.seq);
    event.topic = keep_topic(b, topic, topic_bytes);
    *zw_batch_event(b, b->event_count++) = event;
    b->events.n = b->event_count * sizeof(event);
    p->event_count++;
}

static void add_fact(zw_batch_t *b, zw_plan_t *p, const zw_mark_fact_t *fact)
{
    *zw_batch_fact(b, b->fact_count++) = *fact;
    b->facts.n = b->fact_count * sizeof(*fact);
    p->fact_count++;
}

/* First sight is a fact, every further article support; what the version before states is neither. */
static void plan_fact(zw_batch_t *b, zw_plan_t *p, size_t i)
{
    const zw_job_fact_t *f = &p->job->facts[i];
    zw_mark_fact_t mark = { .kind = ZW_MARK_KEPT, .type = f->type, .region = f->region };
    memcpy(mark.id, f->id, 16);
    if (p->dup != ZW_DUP_REVISION || !stated_earlier(b, f->id)) {
        char topic[128];
        uint64_t turns = zw_fact_index_turns(b->indexes->facts);
        uint32_t support = zw_fact_index_add(b->indexes->facts, f->id, p->number);
        zw_event_kind_t kind = support == 1 ? ZW_EV_FACT : ZW_EV_SUPPORT;
        mark.kind = support == 1 ? ZW_MARK_FACT : ZW_MARK_SUPPORT;
        mark.support = support;
        mark.turned = zw_fact_index_turns(b->indexes->facts) != turns;
        add_event(b, p, (zw_plan_event_t){ .kind = kind, .fact = i, .support = support }, topic,
                  zw_topic_fact(kind, f->type, f->region, topic));
        p->published++;
    }
    add_fact(b, p, &mark);
}

/* What the version before stated, or the article that is withdrawn, and is stated by it no more: it loses that source. */
static void plan_lost(zw_batch_t *b, zw_plan_t *p)
{
    size_t n;
    const zw_mark_fact_t *facts = earlier(b, &n);
    for (size_t i = 0; i < n; i++) {
        zw_mark_fact_t mark = facts[i];
        char topic[128];
        if (mark.type.n == 0 || (p->kind == ZW_PLAN_ARTICLE && stated_now(p->job, mark.id)))
            continue;
        uint32_t support = zw_fact_index_remove(b->indexes->facts, mark.id);
        zw_event_kind_t kind = support == 0 ? ZW_EV_RETRACT : ZW_EV_UNSUPPORT;
        mark.kind = support == 0 ? ZW_MARK_RETRACT : ZW_MARK_UNSUPPORT;
        add_event(b, p, (zw_plan_event_t){ .kind = kind, .fact = p->fact_count, .support = support }, topic,
                  zw_topic_fact(kind, mark.type, mark.region, topic));
        add_fact(b, p, &mark);
        p->lost++;
    }
}

static int plan_repeat(zw_batch_t *b, zw_plan_t *p)
{
    zw_mark_t mark = { .status = ZW_ST_DUPLICATE, .dup = ZW_DUP_EXACT, .similarity = 1, .of = p->decision.of };
    p->kind = ZW_PLAN_REPEAT;
    p->number = p->decision.of;
    int e = look_back(b, p->number, &mark);
    if (e == -ENOMEM)
        return e;
    p->status = mark.status;
    p->dup = mark.dup;
    p->of = mark.of;
    p->similarity = mark.similarity;
    p->seq = mark.seq;
    p->published = mark.published;
    p->id = keep_id(b, p->number);
    p->of_id = keep_id(b, p->of);
    return b->names.failed ? -ENOMEM : 0;
}

/* The last step that can fail: from here on the indexes move. */
static int plan_reserve(zw_batch_t *b, const zw_plan_t *p)
{
    size_t lost;
    (void)earlier(b, &lost);
    size_t n = p->job->fact_count + lost + 1;
    if (zw_buf_reserve(&b->events, n * sizeof(zw_plan_event_t)) < 0 || zw_buf_reserve(&b->facts, n * sizeof(zw_mark_fact_t)) < 0 ||
        zw_buf_reserve(&b->names, n * 128) < 0 || zw_standings_reserve(b->indexes->standings, p->number) < 0)
        return -ENOMEM;
    return zw_topic_index_reserve(b->indexes->topics, n);
}

/* The event of the article itself, behind those of its facts. */
static void plan_end(zw_batch_t *b, zw_plan_t *p, zw_event_kind_t kind)
{
    char topic[128];
    p->seq = b->next_seq;
    add_event(b, p, (zw_plan_event_t){ .kind = kind }, topic, zw_topic_article(p->status, p->dup, topic));
}

static int plan_article(zw_batch_t *b, zw_plan_t *p)
{
    const zw_decision_t *d = &p->decision;
    zw_str_t id = p->job->request.article.id;
    char given[32];
    p->kind = ZW_PLAN_ARTICLE;
    p->number = b->next_number;
    p->status = d->status;
    p->dup = d->dup;
    p->of = d->of;
    p->head = d->of ? d->head : p->number;
    p->similarity = round(d->similarity * 10000) / 10000; /* as the mark keeps it: a repeat gets the same answer */
    if (id.n == 0) {
        (void)snprintf(given, sizeof(given), "zw-%" PRIu64, p->number);
        id = zw_strz(given);
    }
    p->id = (zw_run_t){ b->names.n, id.n };
    (void)zw_buf_puts(&b->names, id);
    p->of_id = keep_id(b, p->of);
    p->event = b->event_count;
    p->fact = b->fact_count;
    zw_buf_clear(&b->earlier);
    int e = p->dup == ZW_DUP_REVISION ? gather_earlier(b, p->job, p->of) : 0;
    if (e == 0)
        e = plan_reserve(b, p);
    if (e < 0)
        return e;

    b->next_number++;
    b->time_us = p->time_us;
    zw_dedup_insert(b->indexes->dedup, p->number, p->job->fingerprint, d, p->time_us);
    for (size_t i = 0; i < p->job->fact_count; i++)
        plan_fact(b, p, i);
    if (p->dup == ZW_DUP_REVISION) {
        plan_lost(b, p);
        zw_standings_set(b->indexes->standings, p->of, ZW_SUPERSEDED);
    }
    plan_end(b, p, ZW_EV_ARTICLE);
    return 0;
}

/* ---- withdrawals */

static int refuse(zw_job_t *job, int code, const char *field, const char *message)
{
    zw_job_reject(job, code, field, message);
    return 0;
}

/* Which article is meant; 0 and the plan's `of`, or the job is refused. */
static int find_withdrawn(zw_batch_t *b, zw_plan_t *p)
{
    zw_job_t *job = p->job;
    const zw_request_t *r = &job->request;
    const char *field = r->number ? "number" : "id";
    zw_mark_t mark;
    uint64_t number = r->number ? r->number : zw_indexes_find(b->indexes, b->store, r->source, r->id);
    int e = number && number < b->next_number ? look_back(b, number, &mark) : -ZW_E_NOT_FOUND;
    if (e == -ENOMEM)
        return e;
    if (e == 0 && mark.status == ZW_ST_WITHDRAWN)
        e = -ZW_E_NOT_FOUND; /* the number of a withdrawal */
    if (e < 0)
        return refuse(job, e, field, e == -ZW_E_NOT_FOUND ? "no such article, or not held any more" : NULL);
    if (zw_standings_get(b->indexes->standings, number) == ZW_SUPERSEDED)
        return refuse(job, -ZW_E_VALUE, field, "a later version has taken this one's place; withdraw that");
    p->of = number;
    return 0;
}

static int plan_withdraw(zw_batch_t *b, zw_plan_t *p)
{
    int e = find_withdrawn(b, p);
    if (e < 0 || zw_job_rejected(p->job))
        return e;
    p->status = ZW_ST_WITHDRAWN;
    p->of_id = p->id = keep_id(b, p->of);
    p->kind = zw_standings_get(b->indexes->standings, p->of) == ZW_WITHDRAWN ? ZW_PLAN_REPEAT : ZW_PLAN_WITHDRAW;
    if (p->kind == ZW_PLAN_REPEAT) {
        p->number = p->of;
        return b->names.failed ? -ENOMEM : 0;
    }
    p->number = b->next_number;
    p->event = b->event_count;
    p->fact = b->fact_count;
    e = gather_earlier(b, p->job, p->of);
    if (e == 0)
        e = plan_reserve(b, p);
    if (e < 0)
        return e;
    b->next_number++;
    b->time_us = p->time_us;
    plan_lost(b, p);
    zw_standings_set(b->indexes->standings, p->of, ZW_WITHDRAWN);
    plan_end(b, p, ZW_EV_WITHDRAW);
    return 0;
}

void zw_batch_expect(const zw_batch_t *b, const zw_job_t *job)
{
    if (job->fingerprint)
        zw_dedup_prefetch(b->indexes->dedup, job->fingerprint);
}

int zw_batch_plan(zw_batch_t *b, zw_job_t *job)
{
    size_t names = b->names.n;
    zw_plan_t *p = &b->plans[b->n];
    *p = (zw_plan_t){ .kind = ZW_PLAN_REJECT, .job = job, .time_us = job->time_us > b->time_us ? job->time_us : b->time_us,
                      .status = ZW_ST_REJECTED };
    int e = 0;
    if (!zw_job_rejected(job) && job->request.op == ZW_OP_WITHDRAW) {
        e = plan_withdraw(b, p);
    } else if (!zw_job_rejected(job)) {
        zw_dedup_decide(b->indexes->dedup, job->fingerprint, &p->decision);
        e = p->decision.repeat ? plan_repeat(b, p) : plan_article(b, p);
    }
    if (e < 0) {
        b->names.n = names;
        b->names.failed = b->events.failed = b->facts.failed = b->map.failed = b->earlier.failed = b->mark_space.failed = false;
        return e;
    }
    b->n++;
    return 0;
}

/* ---- afterwards */

void zw_batch_count(const zw_batch_t *b, zw_stats_t *stats)
{
    uint64_t kinds[ZW_EV_OTHER] = { 0 };
    for (size_t i = 0; i < b->n; i++) {
        const zw_plan_t *p = &b->plans[i];
        if (p->kind == ZW_PLAN_REJECT) {
            zw_count(&stats->rejected[zw_stats_reason(p->job->reject.code)], 1);
            zw_count(&stats->rejected_feed, p->job->origin == ZW_FROM_FEED);
        } else if (p->kind == ZW_PLAN_WITHDRAW) {
            zw_count(&stats->withdrawals, 1);
        } else if (p->kind == ZW_PLAN_REPEAT) {
            zw_count(&stats->repeats, 1);
        } else {
            zw_count(&stats->fresh, p->status == ZW_ST_NEW);
            zw_count(&stats->duplicates[p->dup], 1);
        }
    }
    for (size_t i = 0; i < b->event_count; i++)
        kinds[zw_batch_event(b, i)->kind]++;
    zw_count(&stats->facts, kinds[ZW_EV_FACT]);
    zw_count(&stats->supports, kinds[ZW_EV_SUPPORT]);
    zw_count(&stats->retracts, kinds[ZW_EV_RETRACT]);
    zw_count(&stats->unsupports, kinds[ZW_EV_UNSUPPORT]);
}
