/* What came in here → the topic of articles. Each sender waits in a numbered place until the reader meets its message's result. */
#include "cluster/cluster_priv.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>

enum { BATCH = 256, BATCH_BYTES = 8 << 20 };

/* ---- who waits */

static uint64_t wait_here(zw_cluster_t *c, zw_job_t *job)
{
    pthread_mutex_lock(&c->lock);
    uint32_t at = c->pending_free; /* there is one: the flow lets no more in than there are places */
    zw_pending_t *p = &c->pending[at];
    c->pending_free = p->next;
    c->pending_count++;
    p->job = job;
    p->use++;
    uint64_t ticket = (uint64_t)p->use << 32 | at;
    pthread_mutex_unlock(&c->lock);
    return ticket;
}

zw_job_t *zw_pending_take(zw_cluster_t *c, uint64_t ticket)
{
    uint32_t at = (uint32_t)ticket;
    zw_job_t *job = NULL;
    if (at >= c->o.max_in_flight)
        return NULL;
    pthread_mutex_lock(&c->lock);
    zw_pending_t *p = &c->pending[at];
    if (p->job && p->use == ticket >> 32) {
        job = p->job;
        p->job = NULL;
        p->next = c->pending_free;
        c->pending_free = at;
        c->pending_count--;
    }
    pthread_mutex_unlock(&c->lock);
    return job;
}

/* ---- what is refused here: it goes to this instance's quarantine and no further */

static void hand_on(zw_cluster_t *c, zw_job_t *job)
{
    pthread_mutex_lock(&c->lock);
    job->next = NULL;
    *c->refused_end = job;
    c->refused_end = &job->next;
    pthread_mutex_unlock(&c->lock);
    rd_kafka_queue_yield(c->order_queue);
}

static void refuse(zw_cluster_t *c, zw_job_t *job, bool too_large, const char *why)
{
    char text[sizeof(job->reject.message)];
    (void)snprintf(text, sizeof(text), "the cluster's brokers do not take it: %s", why);
    zw_job_reject(job, too_large ? -ZW_E_TOO_LARGE : -ZW_E_CLOSED, "", text);
    hand_on(c, job);
}

void zw_entrance_refused(zw_cluster_t *c, uint64_t ticket, rd_kafka_resp_err_t error)
{
    zw_job_t *job = zw_pending_take(c, ticket);
    if (job)
        refuse(c, job, error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, rd_kafka_err2str(error));
}

/* ---- sending */

/* Versions of an article and its withdrawal have one key, hence one partition, hence an order. */
static int make_key(const zw_request_t *r, zw_buf_t *out)
{
    bool withdraw = r->op == ZW_OP_WITHDRAW;
    zw_str_t source = withdraw ? r->source : r->article.source, id = withdraw ? r->id : r->article.id;
    zw_buf_clear(out);
    if (id.n == 0)
        return 0;
    (void)zw_buf_puts(out, source);
    (void)zw_buf_putc(out, '\t');
    return zw_buf_puts(out, id);
}

/* 0, or why it cannot be sent. */
static int send_on(zw_cluster_t *c, zw_job_t *job, uint64_t ticket, zw_buf_t *key)
{
    zw_sent_t sent = { .ref.ticket = ticket };
    uint64_t numbers[2] = { htole64(c->self), htole64(ticket) };
    char asker[ZW_ASKER_BYTES];
    memcpy(asker, numbers, sizeof(numbers));
    asker[sizeof(numbers)] = (char)job->origin;
    zw_str_t header = { asker, sizeof(asker) };
    int e = make_key(&job->request, key);
    return e < 0 ? e : zw_cluster_produce(c, &sent, zw_buf_str(key), zw_job_raw(job), &header);
}

static void enter(zw_cluster_t *c, zw_job_t *job, zw_buf_t *key)
{
    uint64_t ticket = wait_here(c, job);
    int e = send_on(c, job, ticket, key);
    if (e == 0)
        zw_count(&c->sent, 1);
    else if (e != -ZW_E_CLOSED && zw_pending_take(c, ticket)) /* closed: the daemon ends, and it is not answered */
        refuse(c, job, e == -ZW_E_TOO_LARGE, zw_error_text(e));
}

/* Under a new ticket, since the old one is taken up while the message is read; whatever comes of the lost one is nobody's. */
void zw_entrance_again(zw_cluster_t *c, uint64_t ticket)
{
    _cleanup_buf_ zw_buf_t key = { 0 };
    zw_job_t *job = zw_pending_take(c, ticket);
    if (job)
        enter(c, job, &key);
}

void *zw_cluster_entrance(void *arg)
{
    zw_cluster_t *c = arg;
    _cleanup_buf_ zw_buf_t key = { 0 };
    zw_job_t *jobs[BATCH];
    for (int n; (n = zw_flow_collect(c->o.intake, jobs, BATCH, BATCH_BYTES, ZW_TURN_MS)) != -ZW_E_CLOSED;) {
        atomic_fetch_add(&c->progress[0], 1);
        for (int i = 0; i < n; i++) {
            if (zw_job_rejected(jobs[i]))
                hand_on(c, jobs[i]);
            else
                enter(c, jobs[i], &key);
        }
    }
    return NULL;
}
