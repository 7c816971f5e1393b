/* What the workers made → the topic of results, in the order in which the messages were read. */
#include "cluster/cluster_priv.h"

#include "base/log.h"

#include <stdio.h>

enum { BATCH = 64, BATCH_BYTES = 8 << 20 };

void zw_report_head(zw_cluster_t *c, const char *rules, zw_result_t *ret)
{
    *ret = (zw_result_t){ .writer = zw_strz(c->name), .rules = zw_strz(rules), .terms = c->terms };
    pthread_mutex_lock(&c->lock);
    ret->known = c->known;
    ret->digest = c->digest;
    pthread_mutex_unlock(&c->lock);
}

static void report(zw_cluster_t *c, zw_job_t *job)
{
    zw_result_t head;
    zw_sent_t sent = { .result = true, .origin = job->origin, .ref = job->ref };
    zw_report_head(c, job->rules ? zw_rules_version(job->rules) : "", &head);
    zw_buf_clear(&c->out);
    int e = zw_result_encode(&head, job, &c->out);
    if (e == 0)
        e = zw_cluster_produce(c, &sent, (zw_str_t){ 0 }, zw_buf_str(&c->out), NULL);
    if (e == 0)
        zw_count(&c->reported, 1);
    else
        (void)atomic_fetch_sub(&c->parts[job->ref.partition].at_work, 1);
    if (e == -ZW_E_TOO_LARGE)
        zw_report_refused(c, &sent, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    /* Otherwise it is as if it had been lost: the share goes back to it (share.c). */
}

/* The message itself is no longer at hand: the refusal tells where it is. */
void zw_report_refused(zw_cluster_t *c, const zw_sent_t *sent, rd_kafka_resp_err_t error)
{
    char text[128];
    const zw_job_ref_t *ref = &sent->ref;
    zw_job_t job = { .ref = *ref, .origin = sent->origin };
    _cleanup_buf_ zw_buf_t out = { 0 };
    zw_result_t head;
    if (error != RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        return; /* gone back to */
    (void)zmq_msg_init(&job.message);
    (void)snprintf(text, sizeof(text), "what is made of it is larger than brokers take; it is message %lld of partition %d of the articles",
                   (long long)ref->offset, (int)ref->partition);
    zw_job_reject(&job, -ZW_E_TOO_LARGE, "article.body", text);
    zw_report_head(c, "", &head);
    if (zw_result_encode(&head, &job, &out) < 0 || zw_cluster_produce(c, sent, (zw_str_t){ 0 }, zw_buf_str(&out), NULL) < 0)
        return;
    (void)atomic_fetch_add(&c->parts[ref->partition].at_work, 1);
    zw_log(ZW_LOG_WARNING, "cluster: a result is too large for topic %s (max.message.bytes): its article is refused", c->results);
}

void *zw_cluster_report(void *arg)
{
    zw_cluster_t *c = arg;
    zw_job_t *jobs[BATCH];
    for (int n; (n = zw_flow_collect(c->o.work, jobs, BATCH, BATCH_BYTES, ZW_TURN_MS)) != -ZW_E_CLOSED;) {
        atomic_fetch_add(&c->progress[2], 1);
        for (int i = 0; i < n; i++) {
            report(c, jobs[i]);
            zw_job_clear(jobs[i]);
            zw_flow_recycle(c->o.work, jobs[i]);
        }
    }
    return NULL;
}
