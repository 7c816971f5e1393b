#include "publish_answer.h"
#include "publish_priv.h"

#include <errno.h>
#include <unistd.h>

enum { REQUESTS_A_ROUND = 64, FRAMES = 3 };

typedef struct replay {
    zw_publish_t *p;
    zw_answerer_t *answerer;
    zmq_msg_t frames[FRAMES]; /* who asks, an empty delimiter if the client is a REQ, the request */
    int count;                /* frames that came; those beyond FRAMES are read and forgotten */
    bool over;
} replay_t;

/* Reads one message without waiting. Returns false when there is none. */
static bool receive(replay_t *r)
{
    zmq_msg_t extra;
    int more = 1;
    (void)zmq_msg_init(&extra);
    for (r->count = 0; more; r->count++) {
        zmq_msg_t *frame = r->count < FRAMES ? &r->frames[r->count] : &extra;
        if (zmq_msg_recv(frame, r->p->replay, ZMQ_DONTWAIT) < 0) {
            r->over = r->over || errno == ETERM;
            break;
        }
        more = zmq_msg_more(frame);
    }
    (void)zmq_msg_close(&extra);
    return !more;
}

static zw_str_t frame_str(zmq_msg_t *frame)
{
    return zw_str(zmq_msg_data(frame), zmq_msg_size(frame));
}

/* Sends one frame; never waits. A client that has gone or does not read loses its answer, and asks again. */
static bool send_frame(replay_t *r, zw_str_t bytes, int flags)
{
    while (zmq_send(r->p->replay, bytes.p, bytes.n, flags | ZMQ_DONTWAIT) < 0) {
        if (errno == EINTR)
            continue;
        r->over = r->over || errno == ETERM;
        return false;
    }
    return true;
}

static void answer(replay_t *r)
{
    bool delimited = r->count >= 3 && zmq_msg_size(&r->frames[1]) == 0;
    zw_str_t out;
    if (r->count == 2)
        out = zw_answerer_answer(r->answerer, frame_str(&r->frames[1]));
    else if (r->count == 3 && delimited)
        out = zw_answerer_answer(r->answerer, frame_str(&r->frames[2]));
    else
        out = zw_answerer_refuse(r->answerer, -ZW_E_MALFORMED, "",
                                 "a request is one frame, behind an empty one if you like");
    bool sent = out.n && send_frame(r, frame_str(&r->frames[0]), ZMQ_SNDMORE) &&
                (!delimited || send_frame(r, zw_str("", 0), ZMQ_SNDMORE)) && send_frame(r, out, 0);
    if (!sent)
        r->p->counters.replies_dropped++;
}

void *zw_publish_replay_loop(void *arg)
{
    zw_publish_t *p = arg;
    replay_t r = { .p = p, .answerer = p->answerer };
    for (int i = 0; i < FRAMES; i++)
        (void)zmq_msg_init(&r.frames[i]);
    while (!p->stop && !r.over) {
        zmq_pollitem_t items[] = { { p->replay, 0, ZMQ_POLLIN, 0 }, { NULL, p->replay_fd, ZMQ_POLLIN, 0 } };
        if (zmq_poll(items, 2, ZW_PUBLISH_WAKE_MS) < 0 && errno == ETERM)
            break;
        if (items[1].revents) {
            uint64_t count;
            (void)!read(p->replay_fd, &count, sizeof(count));
        }
        if (atomic_exchange(&p->replay_rebind, false))
            zw_publish_socket_rebind(p->replay, &p->options.replay);
        for (int i = 0; i < REQUESTS_A_ROUND && !p->stop && receive(&r); i++) {
            answer(&r);
            zw_publish_progress(p, &p->replay_rounds);
        }
        zw_publish_progress(p, &p->replay_rounds);
    }
    for (int i = 0; i < FRAMES; i++)
        (void)zmq_msg_close(&r.frames[i]);
    zw_listen_close(p->replay, p->options.replay.endpoints, p->options.replay.count);
    return NULL;
}
