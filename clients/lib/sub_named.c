/* A named subscription: the position that zhiwend keeps, asked for once and confirmed as the user says, on a connection of its
 * own, so that neither pages nor confirmations hold each other up. */
#include "sub_priv.h"
#include "zw_mp.h"

#include <errno.h>
#include <stdlib.h>

enum { HWM = 100, PAUSE_US = 100000, MAX_DOUBLINGS = 4 };

struct zw_named {
    zw_client_t *client;
    char name[ZW_MAX_NAME + 1];
    zw_conn_t conn;
    zw_wait_t wait;
    zw_wire_t *wire;
    zmq_msg_t bytes;

    bool known;         /* whether there is one, and where it is, was answered */
    bool create;        /* there is none: the first confirmation makes it */
    uint64_t confirmed; /* on zhiwend's disk */
    uint64_t wanted;    /* as the user said */
    uint64_t handed;    /* the last event handed out */

    bool asked, asked_confirm;
    uint64_t question, asked_seq;
    int64_t answer_by_us, next_us; /* not asked before next_us */
    unsigned unanswered;
};

int zw_named_open(zw_client_t *client, const char *name, zw_named_t **ret)
{
    if (!zw_subscription_name(zw_strz(name)))
        return -EINVAL;
    zw_named_t *n = calloc(1, sizeof *n);
    if (!n)
        return -ENOMEM;
    n->client = client;
    memcpy(n->name, name, strlen(name));
    n->wait = (zw_wait_t){ -1, -1, 0 };
    (void)zmq_msg_init(&n->bytes);
    n->wire = zw_wire_new();
    int r = n->wire ? zw_wait_open(&n->wait) : -ENOMEM;
    if (r == 0)
        r = zw_conn_open(client, &n->conn, ZMQ_DEALER, client->replay, HWM);
    if (r == 0)
        r = zw_wait_add(&n->wait, &n->conn);
    if (r < 0) {
        zw_named_close(n);
        return r;
    }
    *ret = n;
    return 0;
}

void zw_named_close(zw_named_t *n)
{
    if (!n)
        return;
    zw_wait_remove(&n->wait, &n->conn);
    zw_conn_close(&n->conn);
    zw_wait_close(&n->wait);
    zw_wire_free(n->wire);
    (void)zmq_msg_close(&n->bytes);
    free(n);
}

const zw_wait_t *zw_named_wait(const zw_named_t *n)
{
    return &n->wait;
}

bool zw_named_known(const zw_named_t *n)
{
    return n->known;
}

bool zw_named_exists(const zw_named_t *n)
{
    return n->known && !n->create;
}

uint64_t zw_named_confirmed(const zw_named_t *n)
{
    return n->confirmed;
}

void zw_named_forget_log(zw_named_t *n)
{
    n->known = n->create = n->asked = false;
    n->confirmed = n->wanted = n->handed = 0;
    n->next_us = 0;
}

void zw_named_handed(zw_named_t *n, uint64_t seq)
{
    n->handed = seq;
}

int zw_named_confirm(zw_named_t *n, uint64_t seq)
{
    if (seq > n->handed)
        return -EINVAL;
    if (seq > n->wanted)
        n->wanted = seq;
    return 0;
}

/* When all that was handed out is handled, so is what came between and behind it and is none of ours. */
static uint64_t due(const zw_named_t *n, uint64_t position)
{
    return n->wanted >= n->handed && position > n->wanted ? position : n->wanted;
}

/* ---- asking */

static int send_question(zw_named_t *n, const char *instance, uint64_t position)
{
    char space[9];
    zw_buf_t _cleanup_buf_ out = { 0 };
    zw_request_t *request = calloc(1, sizeof *request);
    if (!request)
        return -ENOMEM;
    n->asked_confirm = n->known;
    n->asked_seq = due(n, position);
    request->op = n->known ? ZW_OP_CONFIRM : ZW_OP_SUBSCRIPTIONS;
    request->req = zw_req_uint(n->question + 1, space);
    request->name = zw_strz(n->name);
    if (n->known) {
        request->seq = n->asked_seq;
        request->instance = zw_strz(instance);
    }
    int r = zw_request_encode(request, &out);
    if (r == 0 && zmq_send(n->conn.socket, out.p, out.n, ZMQ_DONTWAIT) < 0)
        r = -errno;
    free(request);
    return r;
}

static bool has_question(const zw_named_t *n, bool running, uint64_t position)
{
    return !n->known || (running && (n->create || due(n, position) > n->confirmed));
}

/* False: there is something to ask, and it cannot be sent yet. */
static bool ask(zw_named_t *n, const zw_subscriber_t *sub, bool now_at_once, int64_t now)
{
    bool running = sub->state == ZW_SUB_RUNNING;
    if (n->asked && now >= n->answer_by_us) {
        n->asked = false;
        n->unanswered += n->unanswered < MAX_DOUBLINGS;
    }
    if (n->asked || (now < n->next_us && !(now_at_once && n->known)) || !has_question(n, running, sub->info.position))
        return true;
    if (send_question(n, sub->instance, sub->info.position) < 0)
        return false;
    n->asked = true;
    n->question++;
    n->answer_by_us = now + ((int64_t)n->client->answer_ms * 1000 << n->unanswered);
    return true;
}

/* ---- answers */

static int take_refusal(zw_named_t *n, int code, int64_t now)
{
    switch (code) {
    case -ZW_E_NOT_FOUND:
        n->known = n->create = true;
        return 0;
    case -ZW_E_TOO_MANY:
    case -ZW_E_VERSION:
    case -ZW_E_UNKNOWN_OP:
        return code; /* it would be refused again */
    default: /* busy, closing; or the log is another one, which the subscriber finds out by itself */
        n->next_us = now + 5 * PAUSE_US;
        return 0;
    }
}

static int take(zw_named_t *n, const zw_answer_t *answer, int64_t now)
{
    uint64_t seq;
    n->asked = false;
    n->unanswered = 0;
    if (answer->kind == ZW_ANSWER_ERROR)
        return take_refusal(n, zw_error_code(answer->error), now);
    if (answer->kind != ZW_ANSWER_SUBSCRIPTION || !zw_get_uint(answer->map, "seq", &seq))
        return 0;
    if (n->asked_confirm) {
        n->create = false;
        n->next_us = now + (int64_t)n->client->confirm_ms * 1000;
        seq = n->asked_seq > seq ? n->asked_seq : seq;
    } else {
        n->known = true;
        n->wanted = seq;
    }
    n->confirmed = seq;
    return 0;
}

static bool is_ours(const zw_named_t *n, const zw_answer_t *answer)
{
    zw_str_t raw = answer->req;
    zw_tok_t req;
    return n->asked && zw_tok_next(&raw, &req) == 0 && req.kind == ZW_TOK_UINT && req.u == n->question;
}

static int take_answers(zw_named_t *n, int64_t now)
{
    if (zw_conn_watch(&n->conn) & ZW_CONN_LOST)
        n->asked = false;
    for (;;) {
        zw_answer_t answer;
        int r = zw_conn_take(&n->conn, &n->bytes);
        if (r <= 0)
            return r;
        if (zmq_msg_more(&n->bytes) ||
            zw_answer_decode(n->wire, zw_str(zmq_msg_data(&n->bytes), zmq_msg_size(&n->bytes)), &answer) < 0 || !is_ours(n, &answer))
            continue;
        r = take(n, &answer, now);
        if (r < 0)
            return r;
    }
}

int zw_named_work(zw_named_t *n, const zw_subscriber_t *sub, bool at_once, int64_t now)
{
    for (;;) {
        int r = take_answers(n, now);
        if (r < 0)
            return r;
        bool sent = ask(n, sub, at_once, now);
        int64_t deadline = n->asked ? n->answer_by_us : INT64_MAX;
        if (!n->asked && n->next_us > now && has_question(n, sub->state == ZW_SUB_RUNNING, sub->info.position))
            deadline = n->next_us;
        zw_wait_deadline(&n->wait, deadline);
        if (!zw_conn_ready(&n->conn, !sent))
            return 0;
    }
}

int zw_subscriber_confirm(zw_subscriber_t *sub, uint64_t seq)
{
    return sub->named ? zw_named_confirm(sub->named, seq) : -EINVAL;
}

int zw_subscriber_flush(zw_subscriber_t *sub, int timeout_ms)
{
    int64_t until = timeout_ms < 0 ? INT64_MAX : zw_now_us() + (int64_t)timeout_ms * 1000;
    if (!sub->named)
        return -EINVAL;
    while (sub->named->confirmed < sub->named->wanted) {
        int r = zw_named_work(sub->named, sub, true, zw_now_us());
        if (r < 0)
            return r;
        if (sub->named->confirmed >= sub->named->wanted)
            break;
        r = zw_wait_for(&sub->named->wait, until);
        if (r <= 0)
            return r == 0 ? -ETIMEDOUT : r;
    }
    return 0;
}
