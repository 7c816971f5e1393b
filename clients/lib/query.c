/* Questions that wait for their answer. */
#include "client_priv.h"
#include "zw_mp.h"

#include <errno.h>
#include <stdlib.h>

enum { HWM = 100 };

struct zw_query {
    zw_client_t *client;
    zw_conn_t submit, replay; /* opened when first used */
    zw_wait_t wait;
    zw_wire_t *wire;
    zmq_msg_t answer_bytes;
    zw_answer_t answer;
    uint64_t question;
};

int zw_query_open(zw_client_t *client, zw_query_t **ret)
{
    zw_query_t *q = calloc(1, sizeof *q);
    if (!q)
        return -ENOMEM;
    q->client = client;
    q->wait = (zw_wait_t){ -1, -1, 0 };
    (void)zmq_msg_init(&q->answer_bytes);
    q->wire = zw_wire_new();
    int r = q->wire ? zw_wait_open(&q->wait) : -ENOMEM;
    if (r < 0) {
        zw_query_close(q);
        return r;
    }
    *ret = q;
    return 0;
}

void zw_query_close(zw_query_t *q)
{
    if (!q)
        return;
    zw_wait_remove(&q->wait, &q->submit);
    zw_wait_remove(&q->wait, &q->replay);
    zw_conn_close(&q->submit);
    zw_conn_close(&q->replay);
    zw_wait_close(&q->wait);
    zw_wire_free(q->wire);
    (void)zmq_msg_close(&q->answer_bytes);
    free(q);
}

static int open_once(zw_query_t *q, zw_conn_t *conn, const char *endpoint)
{
    if (conn->socket)
        return 0;
    int r = zw_conn_open(q->client, conn, ZMQ_DEALER, endpoint, HWM);
    return r < 0 ? r : zw_wait_add(&q->wait, conn);
}

static bool is_answer(zw_query_t *q)
{
    zw_str_t bytes = zw_str(zmq_msg_data(&q->answer_bytes), zmq_msg_size(&q->answer_bytes));
    zw_tok_t req;
    if (zw_answer_decode(q->wire, bytes, &q->answer) < 0)
        return false;
    zw_str_t raw = q->answer.req;
    return zw_tok_next(&raw, &req) == 0 && req.kind == ZW_TOK_UINT && req.u == q->question;
}

/* Takes answers until ours is there. 1, 0 (not yet), -errno. */
static int take_answer(zw_query_t *q, zw_conn_t *conn)
{
    for (;;) {
        int r = zw_conn_take(conn, &q->answer_bytes);
        if (r <= 0)
            return r;
        if (!zmq_msg_more(&q->answer_bytes) && is_answer(q))
            return 1;
    }
}

static int exchange(zw_query_t *q, zw_conn_t *conn, zw_str_t question, int64_t until)
{
    bool sent = false;
    for (;;) {
        if (zw_conn_watch(conn) & ZW_CONN_LOST)
            sent = false; /* nothing that is asked here changes anything: ask again */
        if (!sent)
            sent = zmq_send(conn->socket, question.p, question.n, ZMQ_DONTWAIT) >= 0;
        int r = take_answer(q, conn);
        if (r == 0)
            r = zw_conn_ready(conn, !sent) ? 2 : zw_wait_for(&q->wait, until);
        else if (r == 1)
            return 0;
        if (r < 0)
            return r;
        if (r == 0)
            return -ETIMEDOUT;
    }
}

static int ask(zw_query_t *q, zw_conn_t *conn, const char *endpoint, zw_request_t *request, int timeout_ms)
{
    char space[9];
    zw_buf_t _cleanup_buf_ out = { 0 };
    int64_t until = timeout_ms < 0 ? INT64_MAX : zw_now_us() + (int64_t)timeout_ms * 1000;
    int r = open_once(q, conn, endpoint);
    if (r < 0)
        return r;
    request->req = zw_req_uint(++q->question, space);
    r = zw_request_encode(request, &out);
    if (r == 0)
        r = exchange(q, conn, zw_buf_str(&out), until);
    if (r == 0 && q->answer.kind == ZW_ANSWER_ERROR)
        r = zw_error_code(q->answer.error);
    return r;
}

static int ask_map(zw_query_t *q, zw_request_t *request, zw_answer_kind_t kind, int timeout_ms, zw_str_t *ret_map)
{
    int r = ask(q, &q->replay, q->client->replay, request, timeout_ms);
    if (r < 0)
        return r;
    if (q->answer.kind != kind)
        return -ZW_E_TYPE;
    *ret_map = q->answer.map;
    return 0;
}

static zw_request_t *new_request(zw_op_t op)
{
    zw_request_t *request = calloc(1, sizeof *request); /* large, for its list of topics */
    if (request)
        request->op = op;
    return request;
}

int zw_query_status(zw_query_t *q, int timeout_ms, zw_str_t *ret_map)
{
    zw_request_t *request = new_request(ZW_OP_STATUS);
    if (!request)
        return -ENOMEM;
    int r = ask_map(q, request, ZW_ANSWER_STATUS, timeout_ms, ret_map);
    free(request);
    return r;
}

/* Fills in which article is meant, asks, and frees `request`; NULL: there was no memory for it. */
static int ask_about(zw_query_t *q, zw_request_t *request, uint64_t number, zw_str_t source, zw_str_t id,
                     zw_answer_kind_t kind, int timeout_ms, zw_str_t *ret_map)
{
    if (!request)
        return -ENOMEM;
    request->number = number;
    request->source = source;
    request->id = id;
    int r = ask_map(q, request, kind, timeout_ms, ret_map);
    free(request);
    return r;
}

int zw_query_article(zw_query_t *q, uint64_t number, zw_str_t source, zw_str_t id, int timeout_ms, zw_str_t *ret_map)
{
    return ask_about(q, new_request(ZW_OP_ARTICLE), number, source, id, ZW_ANSWER_ARTICLE, timeout_ms, ret_map);
}

/* At most `limit` articles that have to do with that one. */
static int ask_related(zw_query_t *q, zw_request_t *request, uint64_t number, zw_str_t source, zw_str_t id, uint32_t limit,
                       zw_answer_kind_t answer, int timeout_ms, zw_str_t *ret_map)
{
    if (request)
        request->limit = limit;
    return ask_about(q, request, number, source, id, answer, timeout_ms, ret_map);
}

int zw_query_similar(zw_query_t *q, uint64_t number, zw_str_t source, zw_str_t id, uint32_t limit, int timeout_ms,
                     zw_str_t *ret_map)
{
    return ask_related(q, new_request(ZW_OP_SIMILAR), number, source, id, limit, ZW_ANSWER_SIMILAR, timeout_ms, ret_map);
}

int zw_query_cluster(zw_query_t *q, uint64_t number, zw_str_t source, zw_str_t id, uint32_t limit, int timeout_ms,
                     zw_str_t *ret_map)
{
    return ask_related(q, new_request(ZW_OP_CLUSTER), number, source, id, limit, ZW_ANSWER_CLUSTER, timeout_ms, ret_map);
}

int zw_query_quarantine(zw_query_t *q, uint32_t limit, int timeout_ms, zw_str_t *ret_map)
{
    return ask_related(q, new_request(ZW_OP_QUARANTINE), 0, zw_str(NULL, 0), zw_str(NULL, 0), limit, ZW_ANSWER_QUARANTINE, timeout_ms, ret_map);
}

int zw_query_subscriptions(zw_query_t *q, int timeout_ms, zw_str_t *ret_map)
{
    zw_request_t *request = new_request(ZW_OP_SUBSCRIPTIONS);
    return ask_about(q, request, 0, zw_str(NULL, 0), zw_str(NULL, 0), ZW_ANSWER_SUBSCRIPTIONS, timeout_ms, ret_map);
}

int zw_query_forget(zw_query_t *q, const char *name, int timeout_ms, zw_str_t *ret_map)
{
    zw_request_t *request = new_request(ZW_OP_FORGET);
    if (request)
        request->name = zw_strz(name);
    return ask_about(q, request, 0, zw_str(NULL, 0), zw_str(NULL, 0), ZW_ANSWER_SUBSCRIPTION, timeout_ms, ret_map);
}

int zw_query_ping(zw_query_t *q, const char *socket, int timeout_ms, int64_t *ret_us)
{
    bool submit = strcmp(socket, "submit") == 0;
    if (!submit && strcmp(socket, "replay") != 0)
        return -EINVAL;
    zw_request_t *request = new_request(ZW_OP_PING);
    if (!request)
        return -ENOMEM;
    int64_t start = zw_now_us();
    int r = ask(q, submit ? &q->submit : &q->replay, submit ? q->client->submit : q->client->replay, request, timeout_ms);
    free(request);
    if (r == 0 && q->answer.kind != ZW_ANSWER_PONG)
        r = -ZW_E_TYPE;
    if (r == 0)
        *ret_us = zw_now_us() - start;
    return r;
}
