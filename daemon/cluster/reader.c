/* The topic of results, from where the store stands → the committer, at every instance alike. */
#include "cluster/cluster_priv.h"

#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum { PLACE_BYTES = 16 * ZW_ORDER_PARTITIONS + 256, NAP_MS = 100 };

/* ---- what does not count for the committer, but says something */

static void note_writer(zw_cluster_t *c, const zw_result_t *r, int64_t time_us)
{
    char name[sizeof(c->peers[0].name)];
    (void)snprintf(name, sizeof(name), "%.*s", ZW_STR_ARGS(r->writer));
    pthread_mutex_lock(&c->lock);
    size_t i = 0;
    while (i < c->peer_count && strcmp(c->peers[i].name, name) != 0)
        i++;
    if (i == c->peer_count && c->peer_count == ZW_CLUSTER_INSTANCES) /* the one not heard of for longest makes room */
        for (size_t k = i = 0; k < c->peer_count; k++)
            i = c->peers[k].seen_us < c->peers[i].seen_us ? k : i;
    else if (i == c->peer_count)
        c->peer_count++;
    memcpy(c->peers[i].name, name, sizeof(name));
    if (r->rules.n > 0)
        (void)snprintf(c->peers[i].rules, sizeof(c->peers[i].rules), "%.*s", ZW_STR_ARGS(r->rules));
    c->peers[i].seen_us = time_us;
    pthread_mutex_unlock(&c->lock);
}

static void check_agreement(zw_cluster_t *c, const zw_result_t *r, int64_t offset)
{
    if (zw_order_agrees(&c->order, r) || c->diverged_told)
        return;
    c->diverged_told = true;
    atomic_store(&c->diverged, true);
    zw_log(ZW_LOG_ERROR, "cluster: instance %.*s has decided otherwise than this one (%s) somewhere up to result %" PRId64 ", as its result %" PRId64
                         " shows: one of the two stores is damaged or was put together by hand. Stop the one that the others contradict, "
                         "and give it a copy of another's store", ZW_STR_ARGS(r->writer), c->name, r->known, offset);
}

/* Terms that came into force and are not ours: what we decide from now on is not what the others decide. */
static int check_terms(const zw_cluster_t *c)
{
    const zw_terms_t *a = &c->order.terms, *b = &c->terms;
    if (b->generation > a->generation || memcmp(a, b, sizeof(*a)) == 0)
        return 0;
    zw_log(ZW_LOG_ERROR, "cluster: dedup.capacity, dedup.window_days, dedup.facts are %" PRIu64 ", %" PRIu64 ", %" PRIu64 " in generation %" PRIu64
                         " of the cluster, and %" PRIu64 ", %" PRIu64 ", %" PRIu64 " in generation %" PRIu64 " here. All instances must have them "
                         "alike; to change them, stop all and raise cluster.generation",
           a->capacity, a->window_days, a->facts, a->generation, b->capacity, b->window_days, b->facts, b->generation);
    return -EINVAL;
}

/* ---- a result → a job */

static void fill(const zw_result_t *r, zw_job_t *job)
{
    int e;
    while ((e = zw_result_job(r, job)) == -ENOMEM) { /* it counts, so there is no way past it */
        zw_job_clear(job);
        zw_cluster_nap(NAP_MS);
    }
    if (e < 0)
        zw_job_reject(job, e, "", "a result that cannot be read"); /* at all instances alike */
}

/* Which of our senders waits for it? */
static void find_sender(zw_cluster_t *c, const zw_result_t *r, zw_job_t *job)
{
    job->asked = r->ref.asker == c->self ? zw_pending_take(c, r->ref.ticket) : NULL;
    job->request.req = job->asked ? job->asked->request.req : (zw_str_t){ 0 };
    if (job->asked && zw_job_rejected(job)) /* what refused it may not have known its id */
        job->request.article.id = job->asked->request.article.id;
}

static int take_error(zw_cluster_t *c, const rd_kafka_message_t *m)
{
    switch ((int)m->err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        atomic_store(&c->end, c->order.next);
        atomic_store(&c->caught_up, true);
        return 0;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        zw_log(ZW_LOG_ERROR, "cluster: %s does not hold result %" PRId64 ", which this store comes to next: it was away for longer than the topic "
                             "keeps, or the topic is another one. Give this instance a copy of another's store", c->results, c->order.next);
        return -EINVAL;
    default:
        zw_log(ZW_LOG_WARNING, "cluster: %s: %s", c->results, rd_kafka_message_errstr(m));
        return 0;
    }
}

/* 1: *job is filled; 0: nothing for the committer; an error that cannot get better. */
static int take(zw_cluster_t *c, const rd_kafka_message_t *m, zw_job_t *job)
{
    zw_result_t r;
    int64_t low, high, time_us = rd_kafka_message_timestamp(m, NULL) * 1000;
    if (m->err)
        return take_error(c, m);
    if (m->offset < c->order.next)
        return 0;
    zw_count(&c->read, 1);
    int e = zw_result_decode(zw_str(m->payload, m->len), &r);
    if (e == -ZW_E_VERSION) {
        zw_log(ZW_LOG_ERROR, "cluster: result %" PRId64 " is of a newer zhiwend; bring this one up to date", m->offset);
        return e;
    }
    bool counts = e == 0 && zw_order_take(&c->order, &r, m->offset);
    c->order.next = m->offset + 1;
    atomic_store(&c->generation, c->order.terms.generation);
    atomic_store(&c->next, c->order.next);
    if (rd_kafka_get_watermark_offsets(c->consumer, c->results, 0, &low, &high) == 0 && high > atomic_load(&c->end))
        atomic_store(&c->end, high);
    if (e < 0) {
        zw_log(ZW_LOG_ERROR, "cluster: message %" PRId64 " of %s is no result and does not count: who writes there?", m->offset, c->results);
        return 0;
    }
    note_writer(c, &r, time_us);
    check_agreement(c, &r, m->offset);
    if (!counts) {
        zw_count(&c->uncounted, r.kind != ZW_RESULT_FOUNDED);
        return check_terms(c);
    }
    if ((e = check_terms(c)) < 0)
        return e;
    fill(&r, job);
    find_sender(c, &r, job);
    job->time_us = time_us;
    return 1;
}

/* ---- as a source */

/* What was refused at this instance, and concerns no other. */
static int collect_refused(zw_cluster_t *c, zw_job_t **jobs, size_t max)
{
    size_t n = 0;
    pthread_mutex_lock(&c->lock);
    while (n < max && c->refused) {
        jobs[n] = c->refused;
        c->refused = jobs[n]->next;
        jobs[n]->asked = NULL;
        jobs[n++]->time_us = zw_now_us();
    }
    if (!c->refused)
        c->refused_end = &c->refused;
    pthread_mutex_unlock(&c->lock);
    return (int)n;
}

static int collect(void *ctx, zw_job_t **jobs, size_t max, size_t bytes, int timeout_ms)
{
    zw_cluster_t *c = ctx;
    int refused = collect_refused(c, jobs, max), e = 0;
    size_t sum = 0;
    c->collected = 0;
    if (refused > 0)
        return refused;
    if (atomic_load(&c->ending))
        return -ZW_E_CLOSED;
    if (atomic_load(&c->failed)) {
        zw_cluster_nap(NAP_MS);
        return 0;
    }
    int64_t until = zw_monotonic_us() + timeout_ms * 1000;
    while (c->collected < max && e >= 0 && (c->collected == 0 || sum < bytes)) {
        int64_t left = (until - zw_monotonic_us()) / 1000;
        rd_kafka_message_t *m = rd_kafka_consume_queue(c->order_queue, c->collected > 0 || left < 0 ? 0 : (int)left);
        if (!m)
            break;
        zw_job_t *job = c->jobs[c->collected];
        e = take(c, m, job);
        if (e > 0) {
            c->offsets[c->collected] = m->offset;
            jobs[c->collected++] = job;
            sum += job->bytes;
        }
        rd_kafka_message_destroy(m);
    }
    if (e < 0)
        zw_cluster_fail(c, e);
    return (int)c->collected;
}

static zw_str_t place(void *ctx)
{
    zw_cluster_t *c = ctx;
    for (size_t i = 0; i < c->collected; i++)
        zw_order_decided(&c->order, c->offsets[i], c->jobs[i]->outcome);
    zw_buf_clear(&c->place);
    (void)zw_order_encode(&c->order, &c->place); /* room was made at the start */
    return zw_buf_str(&c->place);
}

/* Its acks are those of the jobs that the messages came in by; what was refused here is such a job itself. */
static void answer(void *ctx, zw_job_t **jobs, size_t count)
{
    zw_cluster_t *c = ctx;
    for (size_t i = 0; i < count; i++) {
        zw_job_t *job = jobs[i], *asked = job;
        if (c->collected > 0) {
            asked = job->asked;
            job->asked = NULL;
            if (!asked)
                continue;
            zw_buf_t ack = asked->ack;
            asked->ack = job->ack;
            job->ack = ack;
            zw_job_clear(asked);
        }
        zw_flow_answer(c->o.intake, &asked, 1);
    }
    pthread_mutex_lock(&c->lock);
    c->known = c->order.decided;
    c->digest = c->order.digest;
    pthread_mutex_unlock(&c->lock);
}

static void poke(void *ctx)
{
    rd_kafka_queue_yield(((zw_cluster_t *)ctx)->order_queue);
}

zw_source_t zw_cluster_source(zw_cluster_t *c)
{
    return (zw_source_t){ .collect = collect, .place = place, .answer = answer, .poke = poke, .ctx = c, .own_time = true };
}

/* ---- beginning and end */

int zw_reader_open(zw_cluster_t *c)
{
    int e = check_terms(c);
    if (e < 0)
        return e;
    c->jobs = calloc(c->o.batch_articles, sizeof(c->jobs[0]));
    c->offsets = calloc(c->o.batch_articles, sizeof(c->offsets[0]));
    if (!c->jobs || !c->offsets || zw_buf_reserve(&c->place, PLACE_BYTES) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < c->o.batch_articles; i++)
        if (!(c->jobs[i] = zw_job_new(0)))
            return -ENOMEM;
    atomic_store(&c->generation, c->order.terms.generation);
    atomic_store(&c->next, c->order.next);
    atomic_store(&c->end, INT64_MAX);
    c->known = c->order.decided;
    c->digest = c->order.digest;
    return rd_kafka_consume_start_queue(c->order_topic, 0, c->order.next, c->order_queue) < 0 ? -ZW_E_CLOSED : 0;
}

void zw_reader_close(zw_cluster_t *c)
{
    for (size_t i = 0; c->jobs && i < c->o.batch_articles; i++)
        zw_job_free(c->jobs[i]);
    free(c->jobs);
    free(c->offsets);
    zw_buf_done(&c->place);
}
