/* fake_daemon: a small zhiwend for the tests of libzhiwen, with a memory for a store and faults on demand.
 *
 * It speaks the protocol by the codec, on ipc sockets in a folder of its own, in one thread. `facts` can drop, double and
 * swap; `replay` and `submit` can leave questions unanswered; all can be stopped and started again with the same log or
 * another. One fake_t at a time is driven by the test's thread; its fields are read and written under `lock`.
 */
#ifndef ZW_FAKE_DAEMON_H
#define ZW_FAKE_DAEMON_H

#include "wire_assert.h"
#include "zw_wire.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum { FAKE_MAX_EVENTS = 20000, FAKE_MAX_IDS = 20000 };

typedef struct fake_event {
    char topic[48];
    uint64_t prev;
} fake_event_t;

typedef struct fake {
    char dir[64];
    pthread_t thread;
    pthread_mutex_t lock;
    bool running, stop;
    /* the log: event k has seq k + 1 */
    fake_event_t *events;
    uint64_t count, published, oldest;
    const char *instance; /* NULL: does not name it */
    /* articles taken, by id */
    char (*ids)[24];
    size_t id_count;
    uint64_t submits, asks;
    /* faults, in per cent */
    unsigned drop, twice, swap, no_answer, busy;
    bool silent;        /* `facts` says nothing at all, not even heartbeats */
    bool mute;          /* `submit` reads and does not answer */
    unsigned page;      /* events an answer */
    /* the one named subscription that it keeps */
    char name[ZW_MAX_NAME + 1];
    uint64_t confirmed, confirms;
    bool no_names; /* takes none */
    uint64_t seed;
} fake_t;

static unsigned fake_random(fake_t *f, unsigned below)
{
    f->seed ^= f->seed << 13;
    f->seed ^= f->seed >> 7;
    f->seed ^= f->seed << 17;
    return (unsigned)(f->seed >> 20) % below;
}

static bool fake_chance(fake_t *f, unsigned per_cent)
{
    return fake_random(f, 100) < per_cent;
}

static void fake_init(fake_t *f, uint64_t seed)
{
    *f = (fake_t){ .seed = seed * 0x9E3779B97F4A7C15u + 1, .oldest = 1, .page = 50, .instance = "one" };
    (void)snprintf(f->dir, sizeof f->dir, "/tmp/zw-fake-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->events = calloc(FAKE_MAX_EVENTS, sizeof *f->events);
    f->ids = calloc(FAKE_MAX_IDS, sizeof *f->ids);
    assert_true(f->events && f->ids);
    assert_int_equal(pthread_mutex_init(&f->lock, NULL), 0);
}

static void __attribute__((unused)) fake_append(fake_t *f, const char *topic)
{
    (void)pthread_mutex_lock(&f->lock);
    assert_true(f->count < FAKE_MAX_EVENTS);
    fake_event_t *e = &f->events[f->count];
    (void)snprintf(e->topic, sizeof e->topic, "%s", topic);
    e->prev = 0;
    for (uint64_t k = f->count; k > 0 && !e->prev; k--)
        if (strcmp(f->events[k - 1].topic, topic) == 0)
            e->prev = k;
    f->count++;
    (void)pthread_mutex_unlock(&f->lock);
}

static void fake_payload(const fake_t *f, uint64_t seq, zw_buf_t *out)
{
    static const char fact[] = "\x81\xa4type\xa5" "award";
    zw_event_t event = { .seq = seq,
                         .prev = f->events[seq - 1].prev,
                         .kind = ZW_EV_FACT,
                         .time_us = (int64_t)seq * 1000000,
                         .support = 1,
                         .article = ZW_STR_LIT("\x80"),
                         .fact = zw_str(fact, sizeof fact - 1) };
    assert_int_equal(zw_event_encode(&event, out), 0);
}

static void fake_send_event(fake_t *f, void *facts, uint64_t seq)
{
    zw_buf_t payload = { 0 };
    const char *topic = f->events[seq - 1].topic;
    fake_payload(f, seq, &payload);
    for (int times = fake_chance(f, f->twice) ? 2 : 1; times > 0; times--)
        if (!fake_chance(f, f->drop)) {
            (void)zmq_send(facts, topic, strlen(topic), ZMQ_SNDMORE);
            (void)zmq_send(facts, payload.p, payload.n, 0);
        }
    zw_buf_done(&payload);
}

static void fake_publish(fake_t *f, void *facts)
{
    while (f->published < f->count) {
        bool swapped = f->published + 1 < f->count && fake_chance(f, f->swap);
        uint64_t first = ++f->published;
        if (f->silent)
            continue;
        if (swapped)
            fake_send_event(f, facts, ++f->published);
        fake_send_event(f, facts, first);
    }
}

static void fake_heartbeat(fake_t *f, void *facts)
{
    zw_buf_t payload = { 0 };
    zw_event_t event = { .seq = f->published, .kind = ZW_EV_HEARTBEAT, .instance = zw_strz(f->instance) };
    assert_int_equal(zw_event_encode(&event, &payload), 0);
    (void)zmq_send(facts, "heartbeat", 9, ZMQ_SNDMORE);
    (void)zmq_send(facts, payload.p, payload.n, 0);
    zw_buf_done(&payload);
}

/* ---- replay */

static bool fake_wanted(const zw_request_t *request, const char *topic)
{
    for (size_t k = 0; k < request->topic_count; k++)
        if (zw_str_starts(zw_strz(topic), request->topics[k]))
            return true;
    return request->topic_count == 0;
}

static void fake_page(fake_t *f, const zw_request_t *request, zw_buf_t *out)
{
    uint64_t from = request->since_us ? (uint64_t)(request->since_us + 999999) / 1000000 : request->from;
    uint64_t to = request->to && request->to < f->count ? request->to : f->count;
    size_t n = 0, limit = request->limit && request->limit < f->page ? request->limit : f->page;
    zw_page_event_t *list = calloc(limit, sizeof *list);
    zw_buf_t *payloads = calloc(limit, sizeof *payloads);
    assert_true(list && payloads);
    if (from < f->oldest)
        from = f->oldest;
    for (; from <= to && n < limit; from++) {
        if (!fake_wanted(request, f->events[from - 1].topic))
            continue;
        fake_payload(f, from, &payloads[n]);
        list[n] = (zw_page_event_t){ zw_strz(f->events[from - 1].topic), zw_buf_str(&payloads[n]) };
        n++;
    }
    zw_page_t page = { .req = request->req, .next = from, .oldest = f->oldest, .newest = f->count,
                       .instance = zw_strz(f->instance), .events = list, .event_count = n };
    assert_int_equal(zw_page_encode(&page, out), 0);
    for (size_t k = 0; k < n; k++)
        zw_buf_done(&payloads[k]);
    free(payloads);
    free(list);
}

static void fake_subscription(fake_t *f, const zw_request_t *request, zw_answer_t *answer, zw_buf_t *map)
{
    bool known = f->name[0] && zw_str_eqz(request->name, f->name);
    if (request->op == ZW_OP_CONFIRM) {
        f->confirms++;
        if (f->no_names || (f->name[0] && !known)) {
            answer->error = zw_strz("too_many");
            return;
        }
        if (request->seq > f->count || (request->instance.n > 0 && !zw_str_eqz(request->instance, f->instance))) {
            answer->error = zw_strz("value");
            return;
        }
        (void)snprintf(f->name, sizeof f->name, "%.*s", ZW_STR_ARGS(request->name));
        f->confirmed = request->seq > f->confirmed || !known ? request->seq : f->confirmed;
    } else if (!known) {
        answer->error = zw_strz("not_found");
        return;
    }
    zw_mp_map(map, 2);
    zw_mp_key(map, "name");
    zw_mp_str(map, zw_strz(f->name));
    zw_mp_key(map, "seq");
    zw_mp_uint(map, f->confirmed);
    answer->kind = ZW_ANSWER_SUBSCRIPTION;
    answer->map = zw_buf_str(map);
}

static void fake_answer(fake_t *f, const zw_request_t *request, zw_buf_t *out)
{
    zw_buf_t _cleanup_buf_ map = { 0 };
    zw_answer_t answer = { .kind = ZW_ANSWER_ERROR, .req = request->req,
                           .page = { .oldest = f->oldest, .newest = f->count, .instance = zw_strz(f->instance) } };
    static const char status[] = "\x81\xa8" "articles\x07";
    if (request->op == ZW_OP_REPLAY && !request->since_us && request->from < f->oldest)
        answer.error = zw_strz("too_old");
    else if (request->op == ZW_OP_REPLAY && request->from > f->count + 1)
        answer.error = zw_strz("too_new");
    else if (request->op == ZW_OP_REPLAY)
        fake_page(f, request, out);
    else if (request->op == ZW_OP_STATUS)
        answer.kind = ZW_ANSWER_STATUS, answer.map = zw_str(status, sizeof status - 1);
    else if (request->op == ZW_OP_PING)
        answer.kind = ZW_ANSWER_PONG;
    else if (request->op == ZW_OP_CONFIRM || request->op == ZW_OP_SUBSCRIPTIONS)
        fake_subscription(f, request, &answer, &map);
    else
        answer.error = zw_strz("not_found");
    if (out->n == 0)
        assert_int_equal(zw_answer_encode(&answer, out), 0);
}

/* ---- submit */

static void fake_take(fake_t *f, const zw_request_t *request, zw_buf_t *out)
{
    char id[24];
    (void)snprintf(id, sizeof id, "%.*s", ZW_STR_ARGS(request->article.id));
    zw_ack_t ack = { .req = request->req, .id = request->article.id, .status = ZW_ST_NEW };
    if (fake_chance(f, f->busy)) {
        ack.status = ZW_ST_REJECTED;
        ack.error = zw_strz("busy");
        assert_int_equal(zw_ack_encode(&ack, out), 0);
        return;
    }
    size_t k = 0;
    while (k < f->id_count && strcmp(f->ids[k], id) != 0)
        k++;
    ack.repeat = k < f->id_count;
    if (!ack.repeat) {
        assert_true(f->id_count < FAKE_MAX_IDS);
        (void)snprintf(f->ids[f->id_count++], sizeof *f->ids, "%s", id);
    }
    ack.number = ack.seq = k + 1;
    assert_int_equal(zw_ack_encode(&ack, out), 0);
}

static void fake_serve(fake_t *f, void *router, zw_wire_t *wire, zw_request_t *request)
{
    zmq_msg_t peer, body;
    for (int k = 0; k < 200; k++) {
        (void)zmq_msg_init(&peer);
        (void)zmq_msg_init(&body);
        bool got = zmq_msg_recv(&peer, router, ZMQ_DONTWAIT) >= 0 && zmq_msg_recv(&body, router, ZMQ_DONTWAIT) >= 0;
        zw_buf_t out = { 0 };
        zw_reject_t why;
        zw_str_t bytes = zw_str(zmq_msg_data(&body), zmq_msg_size(&body));
        if (got && zw_request_decode(wire, bytes, &ZW_WIRE_DEFAULTS, request, &why) == 0) {
            bool submit = request->op == ZW_OP_SUBMIT;
            submit ? f->submits++ : f->asks++;
            if (!(submit && f->mute))
                submit ? fake_take(f, request, &out) : fake_answer(f, request, &out);
            if (out.n > 0 && !fake_chance(f, f->no_answer)) {
                (void)zmq_msg_send(&peer, router, ZMQ_SNDMORE | ZMQ_DONTWAIT);
                (void)zmq_send(router, out.p, out.n, ZMQ_DONTWAIT);
            }
        }
        zw_buf_done(&out);
        (void)zmq_msg_close(&peer);
        (void)zmq_msg_close(&body);
        if (!got)
            return;
    }
}

/* ---- life */

static void *fake_bind(void *zmq, int type, const char *dir, const char *name)
{
    char endpoint[96];
    int zero = 0;
    void *socket = zmq_socket(zmq, type);
    assert_non_null(socket);
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/%s.sock", dir, name);
    assert_int_equal(zmq_setsockopt(socket, ZMQ_LINGER, &zero, sizeof zero), 0);
    assert_int_equal(zmq_bind(socket, endpoint), 0);
    return socket;
}

static void *fake_run(void *arg)
{
    fake_t *f = arg;
    void *zmq = zmq_ctx_new();
    void *facts = fake_bind(zmq, ZMQ_XPUB, f->dir, "facts");
    void *replay = fake_bind(zmq, ZMQ_ROUTER, f->dir, "replay");
    void *submit = fake_bind(zmq, ZMQ_ROUTER, f->dir, "submit");
    zw_wire_t *wire = zw_wire_new();
    zw_request_t *request = calloc(1, sizeof *request);
    assert_true(wire && request);
    for (unsigned round = 0;; round++) {
        zmq_pollitem_t items[] = { { replay, 0, ZMQ_POLLIN, 0 }, { submit, 0, ZMQ_POLLIN, 0 }, { facts, 0, ZMQ_POLLIN, 0 } };
        (void)zmq_poll(items, 3, 1);
        char space[128];
        while (zmq_recv(facts, space, sizeof space, ZMQ_DONTWAIT) >= 0)
            ;
        (void)pthread_mutex_lock(&f->lock);
        bool stop = f->stop;
        if (!stop) {
            fake_publish(f, facts);
            if (round % 10 == 0 && !f->silent)
                fake_heartbeat(f, facts);
            fake_serve(f, replay, wire, request);
            fake_serve(f, submit, wire, request);
        }
        (void)pthread_mutex_unlock(&f->lock);
        if (stop)
            break;
    }
    free(request);
    zw_wire_free(wire);
    (void)zmq_close(facts);
    (void)zmq_close(replay);
    (void)zmq_close(submit);
    (void)zmq_ctx_term(zmq);
    return NULL;
}

static void fake_start(fake_t *f)
{
    f->stop = false;
    f->running = true;
    assert_int_equal(pthread_create(&f->thread, NULL, fake_run, f), 0);
}

static void fake_stop(fake_t *f)
{
    if (!f->running)
        return;
    (void)pthread_mutex_lock(&f->lock);
    f->stop = true;
    (void)pthread_mutex_unlock(&f->lock);
    (void)pthread_join(f->thread, NULL);
    f->running = false;
}

static void fake_done(fake_t *f)
{
    fake_stop(f);
    (void)rmdir(f->dir);
    free(f->events);
    free(f->ids);
    (void)pthread_mutex_destroy(&f->lock);
}

#endif
