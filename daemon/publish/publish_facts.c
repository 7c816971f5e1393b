#include "base/frames.h"
#include "base/log.h"
#include "publish_priv.h"
#include "zw_wire.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SUBSCRIPTIONS_A_ROUND = 1000, ANEW_TRIES = 200 };

typedef struct facts {
    zw_publish_t *p;
    uint64_t newest;       /* published: sent, or dropped by the socket, or never queued for lack of memory */
    int64_t heartbeat_due; /* monotonic ms */
    zw_buf_t buf;
    size_t topic_bytes;    /* of all subscriptions, with a byte for each */
    bool over;             /* the context is going, or the socket cannot be made again */
} facts_t;

static zw_batch_t *next_batch(facts_t *f)
{
    zw_publish_t *p = f->p;
    (void)pthread_mutex_lock(&p->lock);
    zw_batch_t *batch = p->first;
    if (batch) {
        p->first = batch->next;
        if (!p->first)
            p->last = &p->first;
        p->queued--;
        (void)pthread_cond_signal(&p->room);
    } else if (p->lost_seq > f->newest) {
        f->newest = p->lost_seq;
    }
    (void)pthread_mutex_unlock(&p->lock);
    return batch;
}

/* XPUB never blocks: for a subscriber over its mark it drops the message, whole. */
static void send_event(facts_t *f, zw_str_t topic, zw_str_t payload)
{
    f->over = f->over || zw_frames_send(f->p->facts, (zw_str_t[]){ topic, payload }, 2) == -ETERM;
}

static void send_heartbeat(facts_t *f)
{
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_REALTIME, &now);
    zw_event_t event = {
        .seq = f->newest,
        .kind = ZW_EV_HEARTBEAT,
        .time_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000,
        .instance = zw_strz(zw_store_instance(f->p->options.store)),
    };
    zw_buf_clear(&f->buf);
    if (zw_event_encode(&event, &f->buf) < 0)
        return;
    send_event(f, ZW_STR_LIT("heartbeat"), zw_buf_str(&f->buf));
    f->p->counters.heartbeats++;
}

static void heartbeat_if_due(facts_t *f)
{
    int64_t now = zw_publish_now_ms();
    if (now < f->heartbeat_due)
        return;
    send_heartbeat(f);
    f->heartbeat_due = now + f->p->options.heartbeat_ms;
}

static void send_batches(facts_t *f)
{
    zw_batch_t *batch;
    while (!f->over && (batch = next_batch(f))) {
        for (size_t i = 0; i < batch->count; i++)
            send_event(f, batch->events[i].topic, batch->events[i].payload);
        f->newest = batch->events[batch->count - 1].seq;
        f->p->counters.events += batch->count;
        free(batch);
        heartbeat_if_due(f);
        zw_publish_progress(f->p, &f->p->facts_rounds);
    }
}

/* Too many topics: libzmq cannot be told to refuse one subscriber, but the socket can be made anew, which forgets all of them. Who
 * follows the protocol connects again and fetches what it missed. */
static void begin_anew(facts_t *f)
{
    const char *endpoint = NULL;
    const zw_publish_options_t *o = &f->p->options;
    zw_log(ZW_LOG_WARNING, "facts: subscribers ask for more than %zu bytes of topics (limits.topic_bytes); all are cut off", o->topic_bytes);
    zw_listen_close(f->p->facts, o->facts.endpoints, o->facts.count);
    f->p->facts = NULL;
    f->topic_bytes = 0;
    f->p->counters.resets++;
    int r = zw_publish_facts_socket(o, &f->p->facts, &endpoint);
    for (int tries = 0; r == -EADDRINUSE && tries < ANEW_TRIES; tries++) { /* tcp is closed by libzmq's thread */
        (void)nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
        r = zw_publish_facts_socket(o, &f->p->facts, &endpoint);
    }
    if (r < 0) {
        zw_log(ZW_LOG_ERROR, "facts: %s: %s", endpoint ? endpoint : "socket", zw_error_text(r));
        f->over = true; /* the watchdog sees it */
    }
}

/* XPUB hands subscriptions up, the first of a topic and its last end; libzmq has already heeded them. */
static void read_subscriptions(facts_t *f)
{
    char space[64];
    for (int i = 0; i < SUBSCRIPTIONS_A_ROUND; i++) {
        int n = zmq_recv(f->p->facts, space, sizeof(space), ZMQ_DONTWAIT);
        if (n < 0) {
            f->over = f->over || errno == ETERM;
            return;
        }
        if (n > 0 && space[0] == 1)
            f->topic_bytes += (size_t)n;
        else if (n > 0 && space[0] == 0 && f->topic_bytes >= (size_t)n)
            f->topic_bytes -= (size_t)n;
        if (f->p->options.topic_bytes && f->topic_bytes > f->p->options.topic_bytes) {
            begin_anew(f);
            return;
        }
    }
}

static void wait_for_work(facts_t *f)
{
    zmq_pollitem_t items[] = { { f->p->facts, 0, ZMQ_POLLIN, 0 }, { NULL, f->p->facts_fd, ZMQ_POLLIN, 0 } };
    int64_t wait = f->heartbeat_due - zw_publish_now_ms();
    if (wait < 0)
        wait = 0;
    if (wait > ZW_PUBLISH_WAKE_MS)
        wait = ZW_PUBLISH_WAKE_MS;
    if (zmq_poll(items, 2, wait) < 0) {
        f->over = f->over || errno == ETERM;
        return;
    }
    if (items[1].revents) {
        uint64_t count;
        ssize_t n = read(f->p->facts_fd, &count, sizeof(count));
        (void)n;
    }
    if (items[0].revents)
        read_subscriptions(f);
}

void *zw_publish_facts_loop(void *arg)
{
    facts_t f = { .p = arg };
    zw_publish_t *p = arg;
    f.newest = p->start_seq;
    f.heartbeat_due = zw_publish_now_ms();
    bool last = false;
    while (!f.over && !last) {
        if (atomic_exchange(&p->facts_rebind, false))
            zw_publish_socket_rebind(p->facts, &p->options.facts);
        last = p->stop; /* looked at before the queue: what was handed over before the stop is sent */
        send_batches(&f);
        if (last)
            send_heartbeat(&f);
        else
            heartbeat_if_due(&f);
        zw_publish_progress(p, &p->facts_rounds);
        if (!last)
            wait_for_work(&f);
    }
    (void)pthread_mutex_lock(&p->lock);
    p->closed = true;
    (void)pthread_cond_broadcast(&p->room);
    (void)pthread_mutex_unlock(&p->lock);
    zw_listen_close(p->facts, p->options.facts.endpoints, p->options.facts.count);
    zw_buf_done(&f.buf);
    return NULL;
}
