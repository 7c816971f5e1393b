/* One message from a socket → a job with its ticket. */
#include "base/log.h"
#include "intake/intake_priv.h"

#include <stdio.h>

/* Reads the frames of one message that are left, behind its first one. The payload ends up in job->message; what is too
 * much is read and forgotten. Returns how many there were. */
static int read_frames(void *socket, zw_job_t *job, bool allow_delimiter)
{
    int frames = 0;
    zmq_msg_t rest;
    (void)zmq_msg_init(&rest);
    for (bool more = true; more;) {
        zmq_msg_t *into = frames == 0 ? &job->message : &rest;
        if (zmq_msg_recv(into, socket, ZMQ_DONTWAIT) < 0)
            break; /* frames of one message arrive together */
        more = zmq_msg_more(into);
        if (allow_delimiter && frames == 0 && more && !job->delimiter && zmq_msg_size(into) == 0)
            job->delimiter = true;
        else
            frames++;
    }
    (void)zmq_msg_close(&rest);
    return frames;
}

/* The decoder may know the operation; whether this socket serves it is ours to say. */
static void check_operation(zw_job_t *job)
{
    bool also = job->origin == ZW_FROM_SUBMIT && (job->request.op == ZW_OP_PING || job->request.op == ZW_OP_WITHDRAW);
    if (job->request.op == ZW_OP_SUBMIT || also)
        return;
    zw_job_reject(job, -ZW_E_UNKNOWN_OP, "op", job->origin == ZW_FROM_SUBMIT ? "`submit` takes only \"submit\", \"withdraw\" and \"ping\""
                                                                             : "`feed` takes only \"submit\"");
}

static void decode(zw_intake_t *in, zw_job_t *job, int frames)
{
    if (frames != 1) {
        char text[80];
        (void)snprintf(text, sizeof(text), "one frame with one message is expected, %d came", frames);
        zw_job_reject(job, -ZW_E_MALFORMED, "", text);
        job->request = (zw_request_t){ 0 };
        return;
    }
    int e = zw_request_decode(job->wire, zw_job_raw(job), &in->limits, &job->request, &job->reject);
    if (e < 0)
        job->reject.code = e;
    else
        check_operation(job);
}

static void pong(zw_intake_t *in, zw_job_t *job)
{
    zw_answer_t answer = { .kind = ZW_ANSWER_PONG, .req = job->request.req };
    zw_buf_clear(&in->pong);
    if (zw_answer_encode(&answer, &in->pong) == 0)
        (void)zw_intake_send(in, job, zw_buf_str(&in->pong)); /* one that has gone asks again */
    zw_count(&in->stats->pings, 1);
}

static void enter(zw_intake_t *in, zw_job_t *job, int frames)
{
    zw_count(&in->stats->received_bytes, zw_job_raw(job).n);
    decode(in, job, frames);
    if (!zw_job_rejected(job) && job->request.op == ZW_OP_PING) {
        pong(in, job);
        zw_job_clear(job);
        zw_flow_recycle(in->flow, job);
        return;
    }
    zw_flow_enter(in->flow, job);
}

int zw_intake_read_submit(zw_intake_t *in, int max)
{
    int n = 0;
    for (; n < max; n++) {
        zw_job_t *job = zw_flow_take(in->flow);
        if (!job)
            break;
        zmq_msg_t peer;
        (void)zmq_msg_init(&peer);
        if (zmq_msg_recv(&peer, in->submit, ZMQ_DONTWAIT) < 0) {
            (void)zmq_msg_close(&peer);
            zw_flow_recycle(in->flow, job);
            break;
        }
        job->origin = ZW_FROM_SUBMIT;
        job->delimiter = false;
        job->peer_bytes = zmq_msg_size(&peer) < sizeof(job->peer) ? zmq_msg_size(&peer) : sizeof(job->peer);
        memcpy(job->peer, zmq_msg_data(&peer), job->peer_bytes);
        int frames = zmq_msg_more(&peer) ? read_frames(in->submit, job, true) : 0;
        (void)zmq_msg_close(&peer);
        zw_count(&in->stats->received_submit, 1);
        enter(in, job, frames);
    }
    return n;
}

/* A publisher sends its topic in a frame of its own, or the message alone. */
int zw_intake_read_feed(zw_intake_t *in, int max)
{
    int n = 0;
    for (; n < max; n++) {
        zw_job_t *job = zw_flow_take(in->flow);
        if (!job)
            break;
        if (zmq_msg_recv(&job->message, in->feed, ZMQ_DONTWAIT) < 0) {
            zw_flow_recycle(in->flow, job);
            break;
        }
        job->origin = ZW_FROM_FEED;
        job->delimiter = false;
        job->peer_bytes = 0;
        int frames = zmq_msg_more(&job->message) ? read_frames(in->feed, job, false) : 1;
        zw_count(&in->stats->received_feed, 1);
        enter(in, job, frames);
    }
    return n;
}
