/* A publisher on a store of its own, and clients of its two sockets. */
#ifndef PUBLISH_HELP_H
#define PUBLISH_HELP_H

#include "publish/publish.h"
#include "store_help.h"
#include "zw_wire.h"

#include <errno.h>
#include <time.h>
#include <zmq.h>

typedef struct pub {
    help_t *h;
    void *zmq;
    zw_publish_t *publish;
    zw_publish_options_t options;
    char facts[96], replay[96];
    const char *facts_list[1], *replay_list[1];
    zw_wire_t *wire;
    zw_buf_t out;
    zmq_msg_t in;
} pub_t;

static inline void pub_status(void *ctx, zw_buf_t *out)
{
    zw_mp_map(out, 1);
    zw_mp_key(out, "answer");
    zw_mp_uint(out, 42);
}

static inline uint64_t pub_find(void *ctx, zw_str_t source, zw_str_t id)
{
    return zw_str_eqz(source, "s") && zw_str_eqz(id, "known") ? 1 : 0;
}

/* Knows article 1 alone; the map tells what it was asked for. */
static inline int pub_similar(void *ctx, uint64_t number, uint32_t limit, zw_buf_t *out)
{
    (void)ctx;
    if (number != 1)
        return -ZW_E_NOT_FOUND;
    zw_mp_map(out, 1);
    zw_mp_key(out, "similar");
    zw_mp_uint(out, limit);
    return 0;
}

static inline int pub_cluster(void *ctx, uint64_t number, uint32_t limit, zw_buf_t *out)
{
    (void)ctx;
    if (number != 1)
        return -ZW_E_NOT_FOUND;
    zw_mp_map(out, 1);
    zw_mp_key(out, "cluster");
    zw_mp_uint(out, limit);
    return 0;
}

static inline int pub_setup(void **state)
{
    pub_t *p = calloc(1, sizeof(*p));
    void *help;
    if (help_setup(&help) < 0)
        return -1;
    p->h = help;
    help_open(p->h);
    p->zmq = zmq_ctx_new();
    p->wire = zw_wire_new();
    zmq_msg_init(&p->in);
    snprintf(p->facts, sizeof(p->facts), "ipc://%s/facts", p->h->dir);
    snprintf(p->replay, sizeof(p->replay), "ipc://%s/replay", p->h->dir);
    p->facts_list[0] = p->facts;
    p->replay_list[0] = p->replay;
    p->options = (zw_publish_options_t){ .zmq = p->zmq,
                                         .facts = { p->facts_list, 1, { .mode = 0640, .group = (gid_t)-1 } },
                                         .replay = { p->replay_list, 1, { .mode = 0640, .group = (gid_t)-1 } },
                                         .heartbeat_ms = 50,
                                         .send_hwm = 10000,
                                         .store = p->h->store,
                                         .status = pub_status,
                                         .find_article = pub_find,
                                         .similar = pub_similar,
                                         .cluster = pub_cluster };
    *state = p;
    return 0;
}

static inline int pub_teardown(void **state)
{
    pub_t *p = *state;
    void *help = p->h;
    zw_publish_stop(p->publish);
    zmq_msg_close(&p->in);
    zw_wire_free(p->wire);
    zw_buf_done(&p->out);
    zmq_ctx_term(p->zmq);
    help_teardown(&help);
    free(p);
    return 0;
}

static inline void pub_start(pub_t *p)
{
    const char *endpoint = NULL;
    assert_int_equal(zw_publish_start(&p->options, &p->publish, &endpoint), 0);
}

static inline int64_t pub_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline void *pub_connect(pub_t *p, int kind, const char *endpoint, int hwm)
{
    int timeout = 10000, linger = 0;
    void *s = zmq_socket(p->zmq, kind);
    assert_non_null(s);
    zmq_setsockopt(s, ZMQ_RCVTIMEO, &timeout, sizeof(timeout));
    zmq_setsockopt(s, ZMQ_LINGER, &linger, sizeof(linger));
    if (hwm)
        zmq_setsockopt(s, ZMQ_RCVHWM, &hwm, sizeof(hwm));
    assert_int_equal(zmq_connect(s, endpoint), 0);
    return s;
}

/* One published message; false on timeout. `payload` is borrowed from p->in. */
static inline bool pub_receive(pub_t *p, void *sub, char *topic, size_t room, zw_str_t *payload)
{
    *payload = zw_str(NULL, 0);
    int n = zmq_recv(sub, topic, room - 1, 0);
    if (n < 0)
        return false;
    topic[n] = '\0';
    assert_true(zmq_msg_recv(&p->in, sub, 0) >= 0);
    assert_false(zmq_msg_more(&p->in));
    *payload = zw_str(zmq_msg_data(&p->in), zmq_msg_size(&p->in));
    return true;
}

/* A subscriber that is known to be connected: it has had a heartbeat. */
static inline void *pub_subscribe(pub_t *p, const char *prefix, int hwm)
{
    char topic[128];
    zw_str_t payload;
    void *sub = pub_connect(p, ZMQ_SUB, p->facts, hwm);
    zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "heartbeat", 9);
    zmq_setsockopt(sub, ZMQ_SUBSCRIBE, prefix, strlen(prefix));
    do
        assert_true(pub_receive(p, sub, topic, sizeof(topic), &payload));
    while (strcmp(topic, "heartbeat") != 0);
    return sub;
}

static inline uint64_t pub_heartbeat_seq(pub_t *p, zw_str_t payload)
{
    zw_event_t event;
    assert_int_equal(zw_event_decode(p->wire, payload, &event), 0);
    assert_int_equal(event.kind, ZW_EV_HEARTBEAT);
    assert_true(zw_str_eqz(event.instance, zw_store_instance(p->h->store)));
    return event.seq;
}

/* Commits events seq..seq+count-1 and hands them to the publisher. Payload: the seq's digits, then `pad` bytes. */
static inline void pub_commit(pub_t *p, size_t count, size_t pad)
{
    zw_store_event_t *events = calloc(count, sizeof(*events));
    char *space = malloc(count * (pad + 24)), *at = space;
    uint64_t seq = zw_store_next_seq(p->h->store);
    for (size_t i = 0; i < count; i++, seq++) {
        int n = snprintf(at, 24, "%llu;", (unsigned long long)seq);
        memset(at + n, 'p', pad);
        events[i] = (zw_store_event_t){ .seq = seq,
                                        .topic = help_topic(seq),
                                        .time_us = help_time(seq),
                                        .payload = zw_str(at, (size_t)n + pad) };
        at += (size_t)n + pad;
    }
    zw_store_article_t article = { .number = zw_store_next_number(p->h->store),
                                   .record = ZW_STR_LIT("\x81\xa1r\x01"),
                                   .mark = ZW_STR_LIT("m"),
                                   .events = events,
                                   .event_count = count };
    assert_int_equal(zw_store_commit(p->h->store, &article, 1, NULL, 0), 0);
    if (p->publish)
        assert_int_equal(zw_publish_batch(p->publish, events, count), 0);
    free(space);
    free(events);
}

static inline uint64_t pub_payload_seq(zw_str_t payload)
{
    return payload.n ? strtoull(payload.p, NULL, 10) : 0;
}

/* Sends a request and gives the answer, which lives until the next call. */
static inline zw_answer_t pub_ask(pub_t *p, void *dealer, zw_request_t request)
{
    zw_answer_t answer;
    char space[16];
    if (!request.req.n)
        request.req = zw_req_uint(7, space);
    zw_buf_clear(&p->out);
    assert_int_equal(zw_request_encode(&request, &p->out), 0);
    assert_true(zmq_send(dealer, p->out.p, p->out.n, 0) >= 0);
    assert_true(zmq_msg_recv(&p->in, dealer, 0) >= 0);
    assert_false(zmq_msg_more(&p->in));
    assert_int_equal(zw_answer_decode(p->wire, zw_str(zmq_msg_data(&p->in), zmq_msg_size(&p->in)), &answer), 0);
    assert_true(zw_str_eq(answer.req, request.req));
    return answer;
}

#endif
