/* Answers to senders. An answer that cannot be delivered is counted and forgotten: the article is in the store, and the
 * sender gets the same answer when it sends the article again. */
#include "intake/intake_priv.h"

/* libzmq would wait for a peer that does not read, were it not for DONTWAIT. */
static bool send_frame(void *socket, const void *bytes, size_t n, int flags)
{
    return zmq_send(socket, bytes, n, flags | ZMQ_DONTWAIT) >= 0;
}

bool zw_intake_send(zw_intake_t *in, const zw_job_t *job, zw_str_t answer)
{
    return send_frame(in->submit, job->peer, job->peer_bytes, ZMQ_SNDMORE) &&
           (!job->delimiter || send_frame(in->submit, "", 0, ZMQ_SNDMORE)) &&
           send_frame(in->submit, answer.p, answer.n, 0);
}

void zw_intake_answer(zw_intake_t *in)
{
    for (zw_job_t *job = zw_flow_answered(in->flow), *next; job; job = next) {
        next = job->next;
        if (job->origin == ZW_FROM_SUBMIT && job->ack.n > 0)
            zw_count(zw_intake_send(in, job, zw_buf_str(&job->ack)) ? &in->stats->acks : &in->stats->acks_unroutable, 1);
        zw_buf_clear(&job->ack);
        zw_flow_recycle(in->flow, job);
    }
}
