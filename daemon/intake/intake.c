#include "base/log.h"
#include "intake/intake_priv.h"

#include <errno.h>
#include <stdlib.h>

enum { TURN = 64, POLL_MS = 500, STARVED_MS = 100 }; /* TURN: messages read from one socket before the other's turn */

static void say_stopped(zw_intake_t *in)
{
    pthread_mutex_lock(&in->lock);
    in->stopped = true;
    pthread_cond_broadcast(&in->changed);
    pthread_mutex_unlock(&in->lock);
}

static void *loop(void *arg)
{
    zw_intake_t *in = arg;
    zmq_pollitem_t items[] = { { .fd = zw_flow_fd(in->flow), .events = ZMQ_POLLIN },
                               { .socket = in->submit, .events = ZMQ_POLLIN },
                               { .socket = in->feed, .events = ZMQ_POLLIN } };
    bool was_full = false, starved = false; /* starved: there was a message, but no memory to read it into */
    while (!atomic_load(&in->finish)) {
        atomic_fetch_add(&in->progress, 1);
        bool reading = !atomic_load(&in->stop), full = zw_flow_full(in->flow);
        if (!reading)
            say_stopped(in);
        if (atomic_exchange(&in->rebind, false))
            zw_intake_sockets_rebind(in);
        if (full && !was_full)
            zw_count(&in->stats->full, 1);
        was_full = full;
        reading = reading && !full && !starved;
        if (zmq_poll(items, reading ? 3 : 1, starved ? STARVED_MS : POLL_MS) < 0 && errno != EINTR) {
            zw_log(ZW_LOG_ERROR, "intake: cannot wait for messages: %s", zmq_strerror(errno));
            break;
        }
        zw_intake_answer(in);
        starved = false;
        if (reading && ((items[1].revents | items[2].revents) & ZMQ_POLLIN)) {
            int n = zw_intake_read_submit(in, TURN);
            n += zw_intake_read_feed(in, TURN);
            starved = n == 0;
        }
    }
    zw_intake_answer(in);
    say_stopped(in);
    return NULL;
}

int zw_intake_open(const zw_intake_options_t *o, zw_intake_t **ret, const char **ret_endpoint)
{
    zw_intake_t *in = calloc(1, sizeof(*in));
    *ret_endpoint = "submit";
    if (!in)
        return -ENOMEM;
    pthread_mutex_init(&in->lock, NULL);
    pthread_cond_init(&in->changed, NULL);
    in->o = *o;
    in->limits = o->limits;
    in->flow = o->flow;
    in->stats = o->stats;
    int e = zw_intake_sockets(in, o, ret_endpoint);
    if (e < 0) {
        zw_intake_finish(in);
        return e;
    }
    *ret = in;
    return 0;
}

int zw_intake_start(zw_intake_t *in)
{
    int e = pthread_create(&in->thread, NULL, loop, in);
    in->started = e == 0;
    return -e;
}

const atomic_uint_fast64_t *zw_intake_progress(const zw_intake_t *in)
{
    return &in->progress;
}

void zw_intake_rebind(zw_intake_t *in)
{
    atomic_store(&in->rebind, true);
    zw_flow_wake(in->flow);
}

void zw_intake_stop(zw_intake_t *in)
{
    if (!in || !in->started)
        return;
    atomic_store(&in->stop, true);
    zw_flow_wake(in->flow);
    pthread_mutex_lock(&in->lock);
    while (!in->stopped)
        pthread_cond_wait(&in->changed, &in->lock);
    pthread_mutex_unlock(&in->lock);
}

void zw_intake_finish(zw_intake_t *in)
{
    if (!in)
        return;
    atomic_store(&in->finish, true);
    if (in->started) {
        zw_flow_wake(in->flow);
        (void)pthread_join(in->thread, NULL);
    }
    if (in->submit)
        (void)zmq_close(in->submit);
    if (in->feed)
        (void)zmq_close(in->feed);
    zw_buf_done(&in->pong);
    pthread_cond_destroy(&in->changed);
    pthread_mutex_destroy(&in->lock);
    free(in);
}
