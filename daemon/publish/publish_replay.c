#include "base/frames.h"
#include "publish_answer.h"
#include "publish_priv.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { REQUESTS_A_ROUND = 64, FRAMES = 3, WAITING_MOST = 256, PEER_BYTES = 256, PATIENCE = 20, PATIENCE_A_ROUND = 200 /* times a millisecond */ };

/* A client whose answer is due once its change is on disk. */
typedef struct waiting {
    char peer[PEER_BYTES];
    size_t peer_bytes;
    bool delimited;
    zw_answer_later_t later;
} waiting_t;

typedef struct replay {
    zw_publish_t *p;
    zw_answerer_t *answerer;
    zmq_msg_t frames[FRAMES]; /* who asks, an empty delimiter if the client is a REQ, the request */
    int count;                /* frames that came; those beyond FRAMES are read and forgotten */
    bool over;
    waiting_t waiting[WAITING_MOST]; /* a ring, by change */
    size_t first, waiting_count;
    char deaf[PEER_BYTES]; /* the client that last lost an answer; it is not waited for again */
    size_t deaf_bytes;
    int patience; /* left in this round, for all clients together */
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

/* A queue may be full although its client reads: libzmq looks only now and then for word of what has been read, when it is not asked
 * for its events, and its own thread may not have come to it yet. So a full queue is tried again for some milliseconds. */
static int send_patiently(replay_t *r, zw_str_t peer, const zw_str_t *frames, size_t count)
{
    static const struct timespec PAUSE = { .tv_nsec = 1000000 };
    bool deaf = zw_str_eq(peer, zw_str(r->deaf, r->deaf_bytes));
    int e = zw_frames_send(r->p->replay, frames, count);
    for (int i = 0; e == -EAGAIN && i <= (deaf ? 0 : PATIENCE) && r->patience > 0; i++) {
        int events;
        size_t size = sizeof(events);
        if (i > 0) {
            r->patience--;
            (void)nanosleep(&PAUSE, NULL);
        }
        (void)zmq_getsockopt(r->p->replay, ZMQ_EVENTS, &events, &size);
        e = zw_frames_send(r->p->replay, frames, count);
    }
    if (e == -EAGAIN && peer.n <= PEER_BYTES) {
        memcpy(r->deaf, peer.p, peer.n);
        r->deaf_bytes = peer.n;
    } else if (e == 0 && deaf) {
        r->deaf_bytes = 0;
    }
    return e;
}

/* A client that has gone or does not read loses its answer, and asks again. */
static void send_answer(replay_t *r, zw_str_t peer, bool delimited, zw_str_t out)
{
    zw_str_t frames[] = { peer, zw_str("", 0), out };
    if (!delimited)
        frames[1] = out;
    int e = out.n ? send_patiently(r, peer, frames, delimited ? 3 : 2) : -ENOMEM;
    r->over = r->over || e == -ETERM;
    if (e < 0)
        r->p->counters.replies_dropped++;
}

/* Holds the answer back; false when too many wait. */
static bool wait_for_disk(replay_t *r, zw_str_t peer, bool delimited, const zw_answer_later_t *later)
{
    if (r->waiting_count == WAITING_MOST || peer.n > PEER_BYTES)
        return false;
    waiting_t *w = &r->waiting[(r->first + r->waiting_count++) % WAITING_MOST];
    w->delimited = delimited;
    w->later = *later;
    w->peer_bytes = peer.n;
    memcpy(w->peer, peer.p, peer.n);
    return true;
}

static void answer_waiting(replay_t *r)
{
    if (r->waiting_count == 0)
        return;
    uint64_t durable = zw_subscriptions_durable(r->p->options.subscriptions);
    while (r->waiting_count > 0 && r->waiting[r->first].later.change <= durable) {
        const waiting_t *w = &r->waiting[r->first];
        send_answer(r, zw_str(w->peer, w->peer_bytes), w->delimited, zw_answerer_answer_later(r->answerer, &w->later));
        r->first = (r->first + 1) % WAITING_MOST;
        r->waiting_count--;
    }
}

static void answer(replay_t *r)
{
    bool delimited = r->count >= 3 && zmq_msg_size(&r->frames[1]) == 0;
    zw_str_t out, peer = frame_str(&r->frames[0]);
    zw_answer_later_t later = { 0 };
    if (r->count == 2)
        out = zw_answerer_answer(r->answerer, frame_str(&r->frames[1]), &later);
    else if (r->count == 3 && delimited)
        out = zw_answerer_answer(r->answerer, frame_str(&r->frames[2]), &later);
    else
        out = zw_answerer_refuse(r->answerer, -ZW_E_MALFORMED, "",
                                 "a request is one frame, behind an empty one if you like");
    if (later.change && wait_for_disk(r, peer, delimited, &later))
        return;
    if (later.change)
        out = zw_answerer_busy(r->answerer, &later);
    send_answer(r, peer, delimited, out);
}

static void round_of_requests(replay_t *r)
{
    zw_publish_t *p = r->p;
    r->patience = PATIENCE_A_ROUND;
    answer_waiting(r);
    for (int i = 0; i < REQUESTS_A_ROUND && !p->stop && receive(r); i++) {
        answer(r);
        zw_publish_progress(p, &p->replay_rounds);
    }
    zw_publish_progress(p, &p->replay_rounds);
}

static void wait_for_requests(replay_t *r)
{
    zw_publish_t *p = r->p;
    zmq_pollitem_t items[] = { { p->replay, 0, ZMQ_POLLIN, 0 }, { NULL, p->replay_fd, ZMQ_POLLIN, 0 } };
    if (zmq_poll(items, 2, ZW_PUBLISH_WAKE_MS) < 0) {
        r->over = r->over || errno == ETERM;
        return;
    }
    if (items[1].revents) {
        uint64_t count;
        (void)!read(p->replay_fd, &count, sizeof(count));
    }
}

void *zw_publish_replay_loop(void *arg)
{
    zw_publish_t *p = arg;
    replay_t r;
    memset(&r, 0, sizeof(r));
    r.p = p;
    r.answerer = p->answerer;
    for (int i = 0; i < FRAMES; i++)
        (void)zmq_msg_init(&r.frames[i]);
    while (!p->stop && !r.over) {
        wait_for_requests(&r);
        if (atomic_exchange(&p->replay_rebind, false))
            zw_publish_socket_rebind(p->replay, &p->options.replay);
        round_of_requests(&r);
    }
    answer_waiting(&r);
    for (int i = 0; i < FRAMES; i++)
        (void)zmq_msg_close(&r.frames[i]);
    zw_listen_close(p->replay, p->options.replay.endpoints, p->options.replay.count);
    return NULL;
}
