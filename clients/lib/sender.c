/* The sender: a ring of articles that wait for their answer, and a connection that may come and go beneath it. */
#include "client_priv.h"
#include "zw_mp.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

enum { QUEUE = 1000, MAX_DOUBLINGS = 3, BUSY_US = 100000, MAX_BUSY_DOUBLINGS = 6 };

typedef struct entry {
    char *message; /* NULL: answered */
    size_t n;
    uint64_t tag;
    int64_t sent_us;       /* 0: not sent on this connection */
    int64_t not_before_us; /* zhiwend was busy */
    unsigned tries;
} entry_t;

struct zw_sender {
    zw_client_t *client;
    zw_conn_t conn;
    zw_wait_t wait;
    zw_wire_t *wire;
    entry_t *ring;
    size_t mask;
    uint64_t base, next; /* requests in the ring: base <= req < next */
    uint64_t scan;       /* none before this one is unsent */
    uint64_t acked_max;  /* the latest that zhiwend has committed */
    size_t bytes;
    int64_t progress_us; /* last answer, or when something was first sent */
    int64_t retry_us;    /* the first not_before of all; INT64_MAX: none */
    unsigned stalls;     /* in a row */
    char prefix[24];
    uint64_t made_up;    /* ids */
    zmq_msg_t answer;    /* of the outcome handed out last */
    zw_outcome_t outcome;
    zw_sender_info_t info;
};

static entry_t *entry_of(zw_sender_t *s, uint64_t req)
{
    return &s->ring[req & s->mask];
}

/* ---- opening and closing */

static int connect_anew(zw_sender_t *s)
{
    int r = zw_conn_open(s->client, &s->conn, ZMQ_DEALER, s->client->submit, QUEUE);
    if (r == 0)
        r = zw_wait_add(&s->wait, &s->conn);
    return r;
}

static int make_prefix(zw_sender_t *s)
{
    unsigned char random[8];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        return -EIO;
    static const char digits[] = "0123456789abcdef";
    for (size_t k = 0; k < sizeof random; k++) {
        s->prefix[2 * k] = digits[random[k] >> 4];
        s->prefix[2 * k + 1] = digits[random[k] & 15];
    }
    return 0;
}

int zw_sender_open(zw_client_t *client, zw_sender_t **ret)
{
    zw_sender_t *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    (void)zmq_msg_init(&s->answer);
    s->client = client;
    s->base = s->next = s->scan = 1;
    s->retry_us = INT64_MAX;
    s->wait = (zw_wait_t){ -1, -1, 0 };
    size_t size = 1;
    while (size < (size_t)client->window)
        size *= 2;
    s->mask = size - 1;
    s->ring = calloc(size, sizeof *s->ring);
    s->wire = zw_wire_new();
    int r = s->ring && s->wire ? make_prefix(s) : -ENOMEM;
    if (r == 0)
        r = zw_wait_open(&s->wait);
    if (r == 0)
        r = connect_anew(s);
    if (r < 0) {
        zw_sender_close(s);
        return r;
    }
    *ret = s;
    return 0;
}

void zw_sender_close(zw_sender_t *s)
{
    if (!s)
        return;
    zw_wait_remove(&s->wait, &s->conn);
    zw_conn_close(&s->conn);
    zw_wait_close(&s->wait);
    for (size_t k = 0; s->ring && k <= s->mask; k++)
        free(s->ring[k].message);
    free(s->ring);
    zw_wire_free(s->wire);
    (void)zmq_msg_close(&s->answer);
    free(s);
}

int zw_sender_fd(const zw_sender_t *s)
{
    return s->wait.epoll;
}

const zw_sender_info_t *zw_sender_info(zw_sender_t *s)
{
    s->info.connected = s->conn.up;
    return &s->info;
}

/* ---- sending */

static void send_again(zw_sender_t *s, entry_t *e)
{
    if (e->message && e->sent_us) {
        e->sent_us = 0;
        e->tries++;
        s->info.resent++;
    }
}

static void send_all_again(zw_sender_t *s)
{
    for (uint64_t req = s->base; req < s->next; req++)
        send_again(s, entry_of(s, req));
    s->scan = s->base;
}

static void watch(zw_sender_t *s)
{
    unsigned changes = zw_conn_watch(&s->conn);
    if (changes & ZW_CONN_LOST)
        send_all_again(s);
    if (changes & ZW_CONN_MADE) {
        s->info.connects++;
        s->progress_us = zw_now_us();
    }
}

/* True when something could not be sent: there is no connection, or its queue is full. */
static bool send_unsent(zw_sender_t *s, int64_t now)
{
    if (now >= s->retry_us) {
        s->scan = s->base;
        s->retry_us = INT64_MAX;
    }
    for (; s->scan < s->next; s->scan++) {
        entry_t *e = entry_of(s, s->scan);
        if (!e->message || e->sent_us)
            continue;
        if (e->not_before_us > now) {
            if (e->not_before_us < s->retry_us)
                s->retry_us = e->not_before_us;
            continue;
        }
        if (zmq_send(s->conn.socket, e->message, e->n, ZMQ_DONTWAIT) < 0)
            return true;
        e->sent_us = now;
    }
    return false;
}

static int make_request(zw_sender_t *s, const zw_submission_t *a, zw_buf_t *out)
{
    char space[9], made_up[64];
    zw_request_t *request = calloc(1, sizeof *request);
    if (!request)
        return -ENOMEM;
    request->op = ZW_OP_SUBMIT;
    request->req = zw_req_uint(s->next, space);
    request->article = (zw_article_t){ .id = a->id,
                                       .source = a->source,
                                       .url = a->url,
                                       .title = a->title,
                                       .published = a->published,
                                       .charset = a->charset,
                                       .format = a->format,
                                       .body = a->body,
                                       .body_is_text = a->body_is_text };
    if (a->id.n == 0) {
        int n = snprintf(made_up, sizeof made_up, "%s-%llu", s->prefix, (unsigned long long)++s->made_up);
        request->article.id = zw_str(made_up, (size_t)n);
    }
    int r = zw_request_encode(request, out);
    free(request);
    return r;
}

static bool window_full(const zw_sender_t *s, size_t bytes)
{
    return s->next - s->base >= (uint64_t)s->client->window ||
           (s->info.outstanding > 0 && s->bytes + bytes > (size_t)s->client->window_bytes);
}

/* Takes the message into the ring, and sends what can be sent. */
static void enter(zw_sender_t *s, zw_buf_t *out, uint64_t tag)
{
    int64_t now = zw_now_us();
    if (s->info.outstanding == 0)
        s->progress_us = now;
    *entry_of(s, s->next++) = (entry_t){ .message = out->p, .n = out->n, .tag = tag };
    s->bytes += out->n;
    s->info.outstanding++;
    s->info.submitted++;
    watch(s);
    bool unsent = send_unsent(s, now);
    /* Sending may have taken the news of an answer off the descriptor: make it readable again by the timer. */
    if (zw_conn_ready(&s->conn, unsent))
        zw_wait_deadline(&s->wait, now);
}

int zw_sender_submit(zw_sender_t *s, const zw_submission_t *article)
{
    zw_buf_t out = { 0 };
    if (article->size < sizeof *article)
        return -EINVAL;
    if (article->body.n > (size_t)s->client->body_bytes)
        return -ZW_E_TOO_LARGE;
    if (window_full(s, article->body.n))
        return -EAGAIN;
    int r = make_request(s, article, &out);
    if (r < 0)
        zw_buf_done(&out);
    else
        enter(s, &out, article->tag);
    return r;
}

int zw_sender_withdraw(zw_sender_t *s, const zw_withdrawal_t *w)
{
    char space[9];
    zw_buf_t out = { 0 };
    if (w->size < sizeof *w)
        return -EINVAL;
    if (window_full(s, w->reason.n))
        return -EAGAIN;
    zw_request_t *request = calloc(1, sizeof *request);
    if (!request)
        return -ENOMEM;
    request->op = ZW_OP_WITHDRAW;
    request->req = zw_req_uint(s->next, space);
    request->number = w->number;
    request->source = w->source;
    request->id = w->id;
    request->reason = w->reason;
    int r = zw_request_encode(request, &out);
    free(request);
    if (r < 0)
        zw_buf_done(&out);
    else
        enter(s, &out, w->tag);
    return r;
}

/* ---- answers */

static void forget(zw_sender_t *s, entry_t *e)
{
    free(e->message);
    s->bytes -= e->n;
    *e = (entry_t){ 0 };
    s->info.outstanding--;
    while (s->base < s->next && !entry_of(s, s->base)->message)
        s->base++;
    if (s->scan < s->base)
        s->scan = s->base;
}

static bool wants_it_later(const zw_ack_t *ack)
{
    return ack->status == ZW_ST_REJECTED && (zw_str_eqz(ack->error, "busy") || zw_str_eqz(ack->error, "closed"));
}

static void put_off(zw_sender_t *s, entry_t *e, int64_t now)
{
    unsigned doublings = e->tries < MAX_BUSY_DOUBLINGS ? e->tries : MAX_BUSY_DOUBLINGS;
    send_again(s, e);
    e->not_before_us = now + ((int64_t)BUSY_US << doublings);
    if (e->not_before_us < s->retry_us)
        s->retry_us = e->not_before_us;
}

/* True when the answer is an outcome to be handed out. Answers to what is not (or no longer) waited for are passed over. */
static bool take_answer(zw_sender_t *s, int64_t now)
{
    zw_ack_t ack;
    zw_str_t bytes = zw_str(zmq_msg_data(&s->answer), zmq_msg_size(&s->answer));
    zw_tok_t req;
    if (zw_ack_decode(s->wire, bytes, &ack) < 0 || zw_tok_next(&ack.req, &req) < 0 || req.kind != ZW_TOK_UINT ||
        req.u < s->base || req.u >= s->next || !entry_of(s, req.u)->message)
        return false;
    entry_t *e = entry_of(s, req.u);
    s->progress_us = now;
    s->stalls = 0;
    if (wants_it_later(&ack)) {
        put_off(s, e, now);
        return false;
    }
    if (ack.status != ZW_ST_REJECTED && req.u > s->acked_max)
        s->acked_max = req.u;
    s->outcome = (zw_outcome_t){ .tag = e->tag,
                                 .status = (zw_outcome_status_t)ack.status,
                                 .status_name = ZW_STATUS_NAMES[ack.status],
                                 .id = ack.id,
                                 .number = ack.number,
                                 .seq = ack.seq,
                                 .facts = ack.facts,
                                 .repeat = ack.repeat,
                                 .kind = ZW_DUP_NAMES[ack.dup],
                                 .of = ack.of,
                                 .similarity = ack.similarity,
                                 .error = ack.error,
                                 .field = ack.field,
                                 .message = ack.message };
    s->info.answered++;
    forget(s, e);
    return true;
}

static int next_answer(zw_sender_t *s, int64_t now)
{
    for (;;) {
        int r = zw_conn_take(&s->conn, &s->answer);
        if (r <= 0)
            return r;
        bool whole = true;
        while (zmq_msg_more(&s->answer)) { /* an answer is one frame */
            whole = false;
            if (zw_conn_take(&s->conn, &s->answer) <= 0)
                break;
        }
        if (whole && take_answer(s, now))
            return 1;
    }
}

/* ---- when answers fail to come */

static int64_t patience_us(const zw_sender_t *s, unsigned tries)
{
    return (int64_t)s->client->resend_ms * 1000 << (tries < MAX_DOUBLINGS ? tries : MAX_DOUBLINGS);
}

/* zhiwend commits in the order of arrival, so an article that is passed by later ones has lost its answer, and only
 * that one is sent again. When nothing at all is answered, the connection itself is not trusted any more. */
static int check_overdue(zw_sender_t *s, int64_t now)
{
    if (!s->conn.up || s->info.outstanding == 0)
        return 0;
    if (now >= s->progress_us + patience_us(s, s->stalls)) {
        send_all_again(s);
        s->stalls++;
        s->progress_us = now;
        zw_wait_remove(&s->wait, &s->conn);
        zw_conn_close(&s->conn);
        return connect_anew(s);
    }
    entry_t *oldest = entry_of(s, s->base);
    if (s->acked_max > s->base && oldest->sent_us && now >= oldest->sent_us + patience_us(s, oldest->tries))
        for (uint64_t req = s->base; req < s->acked_max; req++)
            if (entry_of(s, req)->sent_us + patience_us(s, entry_of(s, req)->tries) <= now)
                send_again(s, entry_of(s, req));
    if (s->scan > s->base && !oldest->sent_us)
        s->scan = s->base;
    return 0;
}

static int64_t next_deadline(zw_sender_t *s)
{
    int64_t deadline = s->retry_us;
    if (!s->conn.up || s->info.outstanding == 0)
        return deadline;
    int64_t stall = s->progress_us + patience_us(s, s->stalls);
    if (stall < deadline)
        deadline = stall;
    entry_t *oldest = entry_of(s, s->base);
    if (s->acked_max > s->base && oldest->sent_us && oldest->sent_us + patience_us(s, oldest->tries) < deadline)
        deadline = oldest->sent_us + patience_us(s, oldest->tries);
    return deadline;
}

int zw_sender_next(zw_sender_t *s, int timeout_ms, const zw_outcome_t **ret)
{
    int64_t until = timeout_ms < 0 ? INT64_MAX : zw_now_us() + (int64_t)timeout_ms * 1000;
    for (;;) {
        int64_t now = zw_now_us();
        watch(s);
        int r = next_answer(s, now);
        if (r == 0)
            r = check_overdue(s, now);
        if (r < 0)
            return r;
        bool unsent = send_unsent(s, now);
        if (r > 0) {
            *ret = &s->outcome;
            return 1;
        }
        if (zw_conn_ready(&s->conn, unsent)) /* came while we were sending */
            continue;
        zw_wait_deadline(&s->wait, next_deadline(s));
        if (s->info.outstanding == 0)
            return 0;
        r = zw_wait_for(&s->wait, until);
        if (r <= 0)
            return r;
    }
}
