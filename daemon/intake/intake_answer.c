/* Answers to senders. An answer that cannot be delivered is counted and forgotten: the article is in the store, and the
 * sender gets the same answer when it sends the article again. */
#include "base/frames.h"
#include "intake/intake_priv.h"

bool zw_intake_send(zw_intake_t *in, const zw_job_t *job, zw_str_t answer)
{
    zw_str_t frames[] = { zw_str((const char *)job->peer, job->peer_bytes), zw_str("", 0), answer };
    if (!job->delimiter)
        frames[1] = answer;
    return zw_frames_send(in->submit, frames, job->delimiter ? 3 : 2) == 0;
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
