#include "publish_answer.h"
#include "publish_priv.h"
#include "zw_mp.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

typedef struct place {
    size_t topic_n, payload_n; /* in `bytes`, one behind the other */
} place_t;

struct zw_answerer {
    const zw_publish_options_t *options;
    zw_publish_counters_t *counters;
    zw_wire_t *wire;
    zw_request_t request;
    zw_buf_t bytes, out;
    place_t places[ZW_ANSWER_EVENTS];
    zw_page_event_t events[ZW_ANSWER_EVENTS];
};

static const zw_wire_limits_t LIMITS = {
    .message_bytes = ZW_REQUEST_BYTES, .body_bytes = ZW_REQUEST_BYTES, .string_bytes = 4096, .depth = 8, .elements = 1024
};

zw_answerer_t *zw_answerer_new(const zw_publish_options_t *options, zw_publish_counters_t *counters)
{
    zw_answerer_t *a = calloc(1, sizeof(*a));
    if (!a)
        return NULL;
    a->options = options;
    a->counters = counters;
    a->wire = zw_wire_new();
    if (!a->wire) {
        zw_answerer_free(a);
        return NULL;
    }
    return a;
}

void zw_answerer_free(zw_answerer_t *a)
{
    if (!a)
        return;
    zw_wire_free(a->wire);
    zw_buf_done(&a->bytes);
    zw_buf_done(&a->out);
    free(a);
}

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int encode(zw_answerer_t *a, const zw_answer_t *answer)
{
    zw_buf_clear(&a->out);
    return zw_answer_encode(answer, &a->out);
}

static int refuse(zw_answerer_t *a, int code, const char *field, const char *message)
{
    zw_answer_t answer = {
        .kind = ZW_ANSWER_ERROR,
        .req = a->request.req,
        .error = zw_strz(zw_error_name(code)),
        .field = zw_strz(field),
        .message = zw_strz(message && *message ? message : zw_error_text(code)),
    };
    if (code == -ZW_E_TOO_OLD || code == -ZW_E_TOO_NEW) {
        answer.page.oldest = zw_store_oldest_seq(a->options->store);
        answer.page.newest = zw_store_next_seq(a->options->store) - 1;
        answer.page.instance = zw_strz(zw_store_instance(a->options->store));
    }
    a->counters->replay_refused++;
    return encode(a, &answer);
}

/* ---- replay */

typedef struct scan {
    zw_answerer_t *a;
    size_t limit, count, seen;
    uint64_t next;      /* where an event that did not fit lies; 0: all fitted */
    int64_t until_ms;
} scan_t;

static bool wanted(const zw_request_t *request, zw_str_t topic)
{
    for (size_t i = 0; i < request->topic_count; i++)
        if (zw_str_starts(topic, request->topics[i]))
            return true;
    return request->topic_count == 0;
}

static int scan_event(void *ctx, const zw_store_event_t *event)
{
    scan_t *scan = ctx;
    zw_answerer_t *a = scan->a;
    scan->seen++;
    if (wanted(&a->request, event->topic)) {
        if (scan->count && a->bytes.n + event->topic.n + event->payload.n > ZW_ANSWER_BYTES) {
            scan->next = event->seq;
            return 1;
        }
        a->places[scan->count++] = (place_t){ event->topic.n, event->payload.n };
        (void)zw_buf_puts(&a->bytes, event->topic);
        if (zw_buf_puts(&a->bytes, event->payload) < 0)
            return -ENOMEM;
    }
    if (scan->count >= scan->limit || scan->seen >= ZW_ANSWER_SCAN)
        return 1;
    return scan->seen % 1024 == 0 && zw_publish_now_ms() >= scan->until_ms;
}

static int answer_page(zw_answerer_t *a, const scan_t *scan, uint64_t next)
{
    const char *p = a->bytes.p;
    for (size_t i = 0; i < scan->count; i++) {
        const place_t *place = &a->places[i];
        a->events[i].topic = zw_str(p, place->topic_n);
        a->events[i].payload = zw_str(p + place->topic_n, place->payload_n);
        p += place->topic_n + place->payload_n;
    }
    const zw_page_t page = {
        .req = a->request.req,
        .next = next,
        .oldest = zw_store_oldest_seq(a->options->store),
        .newest = zw_store_next_seq(a->options->store) - 1,
        .instance = zw_strz(zw_store_instance(a->options->store)),
        .events = a->events,
        .event_count = scan->count,
    };
    zw_buf_clear(&a->out);
    int r = zw_page_encode(&page, &a->out);
    if (r == 0)
        a->counters->replay_events += scan->count;
    return r;
}

static int answer_replay(zw_answerer_t *a)
{
    const zw_request_t *request = &a->request;
    zw_store_t *store = a->options->store;
    uint64_t end = zw_store_next_seq(store), oldest = zw_store_oldest_seq(store), from = request->from, next;
    if (from == 0 && request->since_us != 0) {
        int r = zw_store_seek_time(store, request->since_us, &from);
        if (r < 0)
            return refuse(a, r, "since", NULL);
    } else if (from == 0) {
        from = oldest ? oldest : end;
    }
    if (from > end)
        return refuse(a, -ZW_E_TOO_NEW, "from", NULL);
    if (request->to && request->to < from && request->since_us == 0)
        return refuse(a, -ZW_E_VALUE, "to", "`to` is before `from`");
    scan_t scan = { .a = a, .until_ms = zw_publish_now_ms() + ZW_ANSWER_SCAN_MS };
    scan.limit = request->limit && request->limit < ZW_ANSWER_EVENTS ? request->limit : ZW_ANSWER_EVENTS;
    zw_buf_clear(&a->bytes);
    int r = zw_store_events(store, from, request->to ? request->to : UINT64_MAX, scan_event, &scan, &next);
    if (r < 0)
        return refuse(a, r, r == -ZW_E_TOO_OLD ? "from" : "", NULL);
    return answer_page(a, &scan, scan.next ? scan.next : next);
}

/* ---- the other operations */

/* The record as it was stored, and one pair more when the article does not stand any more. */
static int look_up_article(zw_answerer_t *a, uint64_t number)
{
    const zw_publish_options_t *o = a->options;
    _cleanup_buf_ zw_buf_t record = { 0 };
    const char *standing = o->standing ? o->standing(o->ctx, number) : NULL;
    if (!standing)
        return zw_store_article(o->store, number, &a->bytes);
    zw_tok_t head;
    int r = zw_store_article(o->store, number, &record);
    zw_str_t rest = zw_buf_str(&record);
    if (r == 0 && (zw_tok_next(&rest, &head) < 0 || head.kind != ZW_TOK_MAP))
        r = -ZW_E_CORRUPT;
    if (r < 0)
        return r;
    zw_mp_map(&a->bytes, head.count + 1);
    (void)zw_buf_puts(&a->bytes, rest);
    zw_mp_key(&a->bytes, "standing");
    zw_mp_str(&a->bytes, zw_strz(standing));
    return a->bytes.failed ? -ENOMEM : 0;
}

/* Appends to `bytes` what is asked about an article. 0, or an error to refuse with. */
static int look_up(zw_answerer_t *a, uint64_t number)
{
    const zw_publish_options_t *o = a->options;
    if (a->request.op == ZW_OP_ARTICLE)
        return look_up_article(a, number);
    zw_related_fn related = a->request.op == ZW_OP_SIMILAR ? o->similar : o->cluster;
    int r = related ? related(o->ctx, number, a->request.limit, &a->bytes) : -ZW_E_NOT_FOUND;
    return r == 0 && a->bytes.failed ? -ENOMEM : r;
}

static int answer_about_article(zw_answerer_t *a, zw_answer_kind_t kind)
{
    const zw_request_t *request = &a->request;
    uint64_t number = request->number;
    const char *field = number ? "number" : "id";
    if (!number && a->options->find_article)
        number = a->options->find_article(a->options->ctx, request->source, request->id);
    if (!number)
        return refuse(a, -ZW_E_NOT_FOUND, field, NULL);
    zw_buf_clear(&a->bytes);
    int r = look_up(a, number);
    if (r < 0)
        return refuse(a, r, field, NULL);
    zw_answer_t answer = { .kind = kind, .req = request->req, .map = zw_buf_str(&a->bytes) };
    return encode(a, &answer);
}

/* ---- quarantine */

enum { QUARANTINE_USUAL = 20, QUARANTINE_MOST = 200 };

typedef struct quarantine {
    zw_buf_t list;
    uint32_t count, limit;
} quarantine_t;

static void put_text(zw_buf_t *out, const char *key, zw_str_t value)
{
    zw_mp_key(out, key);
    zw_mp_str(out, value);
}

static int put_reject(void *ctx, uint64_t number, const zw_store_reject_t *reject)
{
    quarantine_t *q = ctx;
    if (q->count == q->limit)
        return 1;
    q->count++;
    zw_mp_map(&q->list, 7);
    zw_mp_key(&q->list, "number");
    zw_mp_uint(&q->list, number);
    zw_mp_key(&q->list, "time");
    zw_mp_int(&q->list, reject->time_us);
    put_text(&q->list, "origin", reject->origin);
    put_text(&q->list, "error", reject->reason);
    put_text(&q->list, "field", reject->field);
    put_text(&q->list, "message", reject->message);
    zw_mp_key(&q->list, "bytes");
    zw_mp_uint(&q->list, reject->raw.n);
    return 0;
}

static int answer_quarantine(zw_answerer_t *a)
{
    uint32_t limit = a->request.limit ? a->request.limit : QUARANTINE_USUAL;
    quarantine_t q = { .limit = limit < QUARANTINE_MOST ? limit : QUARANTINE_MOST };
    zw_store_info_t info;
    int r = zw_store_quarantine_newest(a->options->store, put_reject, &q);
    if (r == 0)
        r = zw_store_info(a->options->store, &info);
    zw_buf_clear(&a->bytes);
    if (r == 0) {
        zw_mp_map(&a->bytes, 2);
        zw_mp_key(&a->bytes, "count");
        zw_mp_uint(&a->bytes, info.quarantined);
        zw_mp_key(&a->bytes, "messages");
        zw_mp_array(&a->bytes, q.count);
        (void)zw_buf_puts(&a->bytes, zw_buf_str(&q.list));
        r = q.list.failed || a->bytes.failed ? -ENOMEM : 0;
    }
    zw_buf_done(&q.list);
    if (r < 0)
        return refuse(a, r, "", NULL);
    zw_answer_t answer = { .kind = ZW_ANSWER_QUARANTINE, .req = a->request.req, .map = zw_buf_str(&a->bytes) };
    return encode(a, &answer);
}

static int answer_status(zw_answerer_t *a)
{
    zw_buf_clear(&a->bytes);
    if (a->options->status)
        a->options->status(a->options->ctx, &a->bytes);
    else
        zw_mp_map(&a->bytes, 0);
    if (a->bytes.failed)
        return -ENOMEM;
    zw_answer_t answer = { .kind = ZW_ANSWER_STATUS, .req = a->request.req, .map = zw_buf_str(&a->bytes) };
    return encode(a, &answer);
}

/* ---- named subscriptions */

static uint64_t newest(const zw_answerer_t *a)
{
    return zw_store_next_seq(a->options->store) - 1;
}

static void put_subscription(const zw_answerer_t *a, const zw_subscription_t *s, zw_buf_t *out)
{
    uint64_t end = newest(a);
    zw_mp_map(out, 4);
    zw_mp_key(out, "name");
    zw_mp_str(out, zw_strz(s->name));
    zw_mp_key(out, "seq");
    zw_mp_uint(out, s->seq);
    zw_mp_key(out, "time");
    zw_mp_int(out, s->time_us);
    zw_mp_key(out, "behind");
    zw_mp_uint(out, end > s->seq ? end - s->seq : 0);
}

/* The one that is asked for by name. */
static int answer_subscription(zw_answerer_t *a)
{
    zw_subscription_t s;
    if (!zw_subscriptions_find(a->options->subscriptions, a->request.name, &s))
        return refuse(a, -ZW_E_NOT_FOUND, "name", "no subscription has this name");
    zw_buf_clear(&a->bytes);
    put_subscription(a, &s, &a->bytes);
    zw_answer_t answer = { .kind = ZW_ANSWER_SUBSCRIPTION, .req = a->request.req, .map = zw_buf_str(&a->bytes) };
    return a->bytes.failed ? -ENOMEM : encode(a, &answer);
}

static int answer_subscriptions(zw_answerer_t *a)
{
    _cleanup_buf_ zw_buf_t items = { 0 };
    zw_subscription_t s;
    uint32_t n = 0;
    for (; zw_subscriptions_at(a->options->subscriptions, n, &s); n++)
        put_subscription(a, &s, &items);
    zw_buf_clear(&a->bytes);
    zw_mp_map(&a->bytes, 5);
    zw_mp_key(&a->bytes, "named");
    zw_mp_array(&a->bytes, n);
    (void)zw_buf_puts(&a->bytes, zw_buf_str(&items));
    zw_mp_key(&a->bytes, "most");
    zw_mp_uint(&a->bytes, zw_subscriptions_most(a->options->subscriptions));
    zw_mp_key(&a->bytes, "oldest");
    zw_mp_uint(&a->bytes, zw_store_oldest_seq(a->options->store));
    zw_mp_key(&a->bytes, "newest");
    zw_mp_uint(&a->bytes, newest(a));
    zw_mp_key(&a->bytes, "instance");
    zw_mp_str(&a->bytes, zw_strz(zw_store_instance(a->options->store)));
    if (items.failed || a->bytes.failed)
        return -ENOMEM;
    zw_answer_t answer = { .kind = ZW_ANSWER_SUBSCRIPTIONS, .req = a->request.req, .map = zw_buf_str(&a->bytes) };
    return encode(a, &answer);
}

/* Confirm and forget: taken note of here, answered once it is on disk. */
static int change_subscription(zw_answerer_t *a, zw_answer_later_t *later)
{
    const zw_request_t *r = &a->request;
    zw_subscriptions_t *list = a->options->subscriptions;
    uint64_t change = 0;
    int e;
    if (r->op == ZW_OP_FORGET) {
        e = zw_subscriptions_find(list, r->name, &later->subscription) ? zw_subscriptions_forget(list, r->name, &change) : -ZW_E_NOT_FOUND;
    } else {
        if (r->instance.n > 0 && !zw_str_eqz(r->instance, zw_store_instance(a->options->store)))
            return refuse(a, -ZW_E_VALUE, "instance", "the position is of another log");
        if (r->seq > newest(a))
            return refuse(a, -ZW_E_TOO_NEW, "seq", NULL);
        e = zw_subscriptions_confirm(list, r->name, r->seq, now_us(), &change);
    }
    if (e == -ZW_E_TOO_MANY)
        return refuse(a, e, "name", "as many names are kept as limits.subscriptions allows");
    if (e < 0)
        return refuse(a, e, "name", e == -ZW_E_NOT_FOUND ? "no subscription has this name" : NULL);
    a->counters->confirms++;
    later->change = change;
    (void)memcpy(later->subscription.name, r->name.p, r->name.n);
    later->subscription.name[r->name.n] = '\0';
    later->req_bytes = r->req.n < sizeof(later->req) ? r->req.n : 0;
    if (later->req_bytes)
        (void)memcpy(later->req, r->req.p, later->req_bytes);
    if (a->options->subscriptions_changed)
        a->options->subscriptions_changed(a->options->ctx);
    zw_buf_clear(&a->out);
    return 0;
}

zw_str_t zw_answerer_answer_later(zw_answerer_t *a, const zw_answer_later_t *later)
{
    zw_subscription_t now = later->subscription;
    (void)zw_subscriptions_find(a->options->subscriptions, zw_strz(now.name), &now); /* one that has ended: as it was */
    zw_buf_clear(&a->bytes);
    put_subscription(a, &now, &a->bytes);
    zw_answer_t answer = { .kind = ZW_ANSWER_SUBSCRIPTION, .req = zw_str(later->req, later->req_bytes), .map = zw_buf_str(&a->bytes) };
    return a->bytes.failed || encode(a, &answer) < 0 ? zw_str(NULL, 0) : zw_buf_str(&a->out);
}

zw_str_t zw_answerer_busy(zw_answerer_t *a, const zw_answer_later_t *later)
{
    memset(&a->request, 0, sizeof(a->request));
    a->request.req = zw_str(later->req, later->req_bytes);
    return refuse(a, -ZW_E_BUSY, "", NULL) < 0 ? zw_str(NULL, 0) : zw_buf_str(&a->out);
}

static int answer_request(zw_answerer_t *a, zw_answer_later_t *later)
{
    switch (a->request.op) {
    case ZW_OP_REPLAY: return answer_replay(a);
    case ZW_OP_STATUS: return answer_status(a);
    case ZW_OP_QUARANTINE: return answer_quarantine(a);
    case ZW_OP_ARTICLE: return answer_about_article(a, ZW_ANSWER_ARTICLE);
    case ZW_OP_SIMILAR: return answer_about_article(a, ZW_ANSWER_SIMILAR);
    case ZW_OP_CLUSTER: return answer_about_article(a, ZW_ANSWER_CLUSTER);
    case ZW_OP_PING: {
        zw_answer_t pong = { .kind = ZW_ANSWER_PONG, .req = a->request.req };
        return encode(a, &pong);
    }
    case ZW_OP_SUBSCRIPTIONS:
    case ZW_OP_CONFIRM:
    case ZW_OP_FORGET:
        if (!a->options->subscriptions)
            return refuse(a, -ZW_E_UNKNOWN_OP, "op", NULL);
        if (a->request.op != ZW_OP_SUBSCRIPTIONS)
            return change_subscription(a, later);
        return a->request.name.n > 0 ? answer_subscription(a) : answer_subscriptions(a);
    case ZW_OP_SUBMIT:
    case ZW_OP_WITHDRAW: break;
    }
    return refuse(a, -ZW_E_UNKNOWN_OP, "op", "this socket takes no articles and no withdrawals; `submit` does");
}

zw_str_t zw_answerer_answer(zw_answerer_t *a, zw_str_t message, zw_answer_later_t *ret_later)
{
    zw_reject_t why = { 0 };
    *ret_later = (zw_answer_later_t){ 0 };
    a->counters->replay_requests++;
    memset(&a->request, 0, sizeof(a->request));
    int r = zw_request_decode(a->wire, message, &LIMITS, &a->request, &why);
    if (r == -ENOMEM)
        return zw_str(NULL, 0);
    r = r < 0 ? refuse(a, r, why.field, why.message) : answer_request(a, ret_later);
    return r < 0 ? zw_str(NULL, 0) : zw_buf_str(&a->out);
}

zw_str_t zw_answerer_refuse(zw_answerer_t *a, int code, const char *field, const char *message)
{
    a->counters->replay_requests++;
    memset(&a->request, 0, sizeof(a->request));
    return refuse(a, code, field, message) < 0 ? zw_str(NULL, 0) : zw_buf_str(&a->out);
}
