#include "zw_fields.h"
#include "zw_mp.h"

static const char *const op_names[] = { "submit", "replay", "status", "article", "ping", "similar", "cluster",
                                        "withdraw", "confirm", "subscriptions", "forget", "quarantine" };
enum { OP_COUNT = 12, PEEK_KEYS = 64 };

/* ---- reading */

/* Takes op, req and the article's id from a message that may be refused, as far as its bytes can be followed. */
static void peek_map(zw_str_t bytes, zw_request_t *ret, bool inner)
{
    zw_tok_t head, key, value;
    if (zw_tok_next(&bytes, &head) < 0 || head.kind != ZW_TOK_MAP)
        return;
    uint32_t pairs = head.count < PEEK_KEYS ? head.count : PEEK_KEYS;
    for (uint32_t k = 0; k < pairs; k++) {
        zw_str_t raw;
        if (zw_tok_next(&bytes, &key) < 0 || key.kind != ZW_TOK_STR)
            return;
        zw_str_t at = bytes;
        bool scalar = zw_tok_next(&at, &value) == 0;
        if (scalar && !inner && value.kind == ZW_TOK_MAP && zw_str_eqz(key.bytes, "article"))
            peek_map(bytes, ret, true); /* before the skip: the article may be the part that is cut off */
        if (zw_tok_skip(&bytes, &raw) < 0)
            return;
        if (inner && zw_str_eqz(key.bytes, "id") && value.kind == ZW_TOK_STR &&
            value.bytes.n <= ZW_WIRE_DEFAULTS.string_bytes && zw_wire_utf8(value.bytes))
            ret->article.id = value.bytes;
        if (inner)
            continue;
        int op = value.kind == ZW_TOK_STR && zw_str_eqz(key.bytes, "op") ? zw_name_index(value.bytes, op_names, OP_COUNT) : -1;
        if (op >= 0)
            ret->op = (zw_op_t)op;
        bool is_req = value.kind == ZW_TOK_UINT ||
                      (value.kind == ZW_TOK_STR && value.bytes.n <= ZW_MAX_REQ && zw_wire_utf8(value.bytes));
        if (is_req && zw_str_eqz(key.bytes, "req"))
            ret->req = raw;
    }
}

typedef struct article_fields {
    zw_article_t a;
    zw_sub_t body;
} article_fields_t;

static const zw_field_t article_table[] = {
    { "id", ZW_F_NAME, offsetof(article_fields_t, a.id), false },
    { "source", ZW_F_NAME, offsetof(article_fields_t, a.source), false },
    { "url", ZW_F_STR, offsetof(article_fields_t, a.url), false },
    { "title", ZW_F_STR, offsetof(article_fields_t, a.title), false },
    { "published", ZW_F_STR, offsetof(article_fields_t, a.published), false },
    { "charset", ZW_F_STR, offsetof(article_fields_t, a.charset), false },
    { "format", ZW_F_STR, offsetof(article_fields_t, a.format), false },
    { "body", ZW_F_BODY, offsetof(article_fields_t, body), true },
    { "meta", ZW_F_RAW_MAP, offsetof(article_fields_t, a.meta), false },
};

static int read_body(const msgpack_object *body, const zw_wire_limits_t *limits, zw_article_t *article, zw_reject_t *why)
{
    bool is_text = body->type == MSGPACK_OBJECT_STR;
    zw_str_t s = is_text ? zw_str(body->via.str.ptr, body->via.str.size) : zw_str(body->via.bin.ptr, body->via.bin.size);
    if (s.n > limits->body_bytes)
        return zw_refuse(why, -ZW_E_TOO_LARGE, "article.body", "%zu bytes, the limit is %zu", s.n, limits->body_bytes);
    if (s.n == 0)
        return zw_refuse(why, -ZW_E_EMPTY, "article.body", "is empty");
    if (is_text && !zw_wire_utf8(s))
        return zw_refuse(why, -ZW_E_ENCODING, "article.body",
                         "a str must be valid UTF-8; send text in other charsets as bin");
    article->body = s;
    article->body_is_text = is_text;
    return 0;
}

static int read_article(zw_sub_t map, const zw_wire_limits_t *limits, zw_article_t *ret, zw_reject_t *why)
{
    article_fields_t f = { 0 };
    int r = zw_fields_read(map, "article.", article_table, sizeof article_table / sizeof *article_table, limits, &f, why);
    if (r == 0)
        r = read_body(f.body.object, limits, &f.a, why);
    if (r < 0)
        return r;
    if (f.a.format.n > 0 && !zw_str_eqz(f.a.format, "text") && !zw_str_eqz(f.a.format, "html"))
        return zw_refuse(why, -ZW_E_VALUE, "article.format", "must be \"text\" or \"html\"");
    *ret = f.a;
    return 0;
}

typedef struct request_fields {
    zw_str_t op, req;
    zw_sub_t article, topics;
    uint64_t from, to, number;
    int64_t since;
    uint32_t limit;
    zw_str_t source, id, reason, name, instance;
    uint64_t seq;
} request_fields_t;

static const zw_field_t head_table[] = {
    { "op", ZW_F_STR, offsetof(request_fields_t, op), false },
    { "req", ZW_F_REQ, offsetof(request_fields_t, req), false },
};
static const zw_field_t submit_table[] = { { "article", ZW_F_MAP, offsetof(request_fields_t, article), true } };
static const zw_field_t replay_table[] = {
    { "from", ZW_F_U64, offsetof(request_fields_t, from), false },
    { "to", ZW_F_U64, offsetof(request_fields_t, to), false },
    { "since", ZW_F_TIME, offsetof(request_fields_t, since), false },
    { "limit", ZW_F_U32, offsetof(request_fields_t, limit), false },
    { "topics", ZW_F_ARRAY, offsetof(request_fields_t, topics), false },
};
/* The last is for `similar` and `cluster` alone. */
static const zw_field_t article_ask_table[] = {
    { "number", ZW_F_U64, offsetof(request_fields_t, number), false },
    { "source", ZW_F_NAME, offsetof(request_fields_t, source), false },
    { "id", ZW_F_NAME, offsetof(request_fields_t, id), false },
    { "limit", ZW_F_U32, offsetof(request_fields_t, limit), false },
};
static const zw_field_t withdraw_table[] = {
    { "number", ZW_F_U64, offsetof(request_fields_t, number), false },
    { "source", ZW_F_NAME, offsetof(request_fields_t, source), false },
    { "id", ZW_F_NAME, offsetof(request_fields_t, id), false },
    { "reason", ZW_F_STR, offsetof(request_fields_t, reason), false },
};
static const zw_field_t confirm_table[] = {
    { "name", ZW_F_STR, offsetof(request_fields_t, name), true },
    { "seq", ZW_F_U64, offsetof(request_fields_t, seq), true },
    { "instance", ZW_F_STR, offsetof(request_fields_t, instance), false },
};
static const zw_field_t quarantine_table[] = { { "limit", ZW_F_U32, offsetof(request_fields_t, limit), false } };
static const zw_field_t name_table[] = { { "name", ZW_F_STR, offsetof(request_fields_t, name), false } };
#define ZW_TABLE(t) (t), sizeof(t) / sizeof *(t)

static int read_topics(const msgpack_object *list, zw_request_t *ret, zw_reject_t *why)
{
    if (list->via.array.size > ZW_MAX_TOPICS)
        return zw_refuse(why, -ZW_E_TOO_MANY, "topics", "at most %d", ZW_MAX_TOPICS);
    for (uint32_t k = 0; k < list->via.array.size; k++) {
        const msgpack_object *o = &list->via.array.ptr[k];
        if (o->type != MSGPACK_OBJECT_STR)
            return zw_refuse(why, -ZW_E_TYPE, "topics", "each must be a str");
        zw_str_t topic = zw_str(o->via.str.ptr, o->via.str.size);
        if (topic.n > ZW_MAX_TOPIC)
            return zw_refuse(why, -ZW_E_TOO_LARGE, "topics", "each at most %d bytes", ZW_MAX_TOPIC);
        if (!zw_wire_utf8(topic))
            return zw_refuse(why, -ZW_E_ENCODING, "topics", "a str must be valid UTF-8");
        ret->topics[k] = topic;
    }
    ret->topic_count = list->via.array.size;
    return 0;
}

static int read_replay(zw_sub_t map, const zw_wire_limits_t *limits, zw_request_t *ret, zw_reject_t *why)
{
    request_fields_t f = { 0 };
    int r = zw_fields_read(map, "", ZW_TABLE(replay_table), limits, &f, why);
    if (r == 0 && f.topics.object)
        r = read_topics(f.topics.object, ret, why);
    if (r < 0)
        return r;
    if (f.from == 0 && f.since == 0)
        return zw_refuse(why, -ZW_E_MISSING, "from", "a position from 1 on is required, or since");
    if (f.from != 0 && f.since != 0)
        return zw_refuse(why, -ZW_E_VALUE, "since", "not together with from");
    if (f.to != 0 && f.to < f.from)
        return zw_refuse(why, -ZW_E_VALUE, "to", "is before from");
    ret->from = f.from;
    ret->to = f.to;
    ret->since_us = f.since;
    ret->limit = f.limit;
    return 0;
}

static int read_article_ask(zw_sub_t map, const zw_wire_limits_t *limits, zw_request_t *ret, zw_reject_t *why)
{
    request_fields_t f = { 0 };
    size_t known = sizeof article_ask_table / sizeof *article_ask_table - (ret->op == ZW_OP_ARTICLE);
    int r = ret->op == ZW_OP_WITHDRAW ? zw_fields_read(map, "", ZW_TABLE(withdraw_table), limits, &f, why)
                                      : zw_fields_read(map, "", article_ask_table, known, limits, &f, why);
    if (r < 0)
        return r;
    if (f.number == 0 && f.id.n == 0)
        return zw_refuse(why, -ZW_E_MISSING, "number", "a number from 1 on, or an id, is required");
    ret->number = f.number;
    ret->source = f.source;
    ret->id = f.id;
    ret->reason = f.reason;
    ret->limit = f.limit;
    return 0;
}

bool zw_subscription_name(zw_str_t name)
{
    static const char also[] = "._-@";
    for (size_t k = 0; k < name.n; k++) {
        char c = name.p[k];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || memchr(also, c, sizeof also - 1)))
            return false;
    }
    return name.n > 0 && name.n <= ZW_MAX_NAME;
}

/* `confirm`, `forget`, `subscriptions`: all about a name, which only the last may leave out. */
static int read_named(zw_sub_t map, const zw_wire_limits_t *limits, zw_request_t *ret, zw_reject_t *why)
{
    request_fields_t f = { 0 };
    int r = ret->op == ZW_OP_CONFIRM ? zw_fields_read(map, "", ZW_TABLE(confirm_table), limits, &f, why)
                                     : zw_fields_read(map, "", ZW_TABLE(name_table), limits, &f, why);
    if (r < 0)
        return r;
    if (f.name.n == 0 && ret->op == ZW_OP_FORGET)
        return zw_refuse(why, -ZW_E_MISSING, "name", "is required");
    if (f.name.n > ZW_MAX_NAME)
        return zw_refuse(why, -ZW_E_TOO_LARGE, "name", "at most %d bytes", ZW_MAX_NAME);
    if (f.name.n == 0 ? ret->op == ZW_OP_CONFIRM : !zw_subscription_name(f.name))
        return zw_refuse(why, -ZW_E_VALUE, "name", "must be letters, digits and . _ - @");
    ret->name = f.name;
    ret->seq = f.seq;
    ret->instance = f.instance;
    return 0;
}

static int read_request(zw_wire_t *wire, zw_str_t message, const zw_wire_limits_t *limits, zw_request_t *ret,
                        zw_reject_t *why)
{
    zw_sub_t map;
    request_fields_t f = { 0 };
    int r = zw_wire_open(wire, message, limits, &map, why);
    if (r == 0)
        r = zw_fields_read(map, "", ZW_TABLE(head_table), limits, &f, why);
    if (r < 0)
        return r;
    int op = f.op.n > 0 ? zw_name_index(f.op, op_names, OP_COUNT) : ZW_OP_SUBMIT;
    if (op < 0)
        return zw_refuse(why, -ZW_E_UNKNOWN_OP, "op", "\"%.*s\" is no operation", (int)(f.op.n < 40 ? f.op.n : 40), f.op.p);
    ret->op = (zw_op_t)op;
    ret->req = f.req;
    switch (ret->op) {
    case ZW_OP_SUBMIT:
        r = zw_fields_read(map, "", ZW_TABLE(submit_table), limits, &f, why);
        return r < 0 ? r : read_article(f.article, limits, &ret->article, why);
    case ZW_OP_REPLAY:
        return read_replay(map, limits, ret, why);
    case ZW_OP_ARTICLE:
    case ZW_OP_SIMILAR:
    case ZW_OP_CLUSTER:
    case ZW_OP_WITHDRAW:
        return read_article_ask(map, limits, ret, why);
    case ZW_OP_CONFIRM:
    case ZW_OP_SUBSCRIPTIONS:
    case ZW_OP_FORGET:
        return read_named(map, limits, ret, why);
    case ZW_OP_QUARANTINE:
        r = zw_fields_read(map, "", ZW_TABLE(quarantine_table), limits, &f, why);
        ret->limit = f.limit;
        return r;
    case ZW_OP_STATUS:
    case ZW_OP_PING:
        return 0;
    }
    return -ZW_E_UNKNOWN_OP;
}

/* Everything but the topics, which only topic_count makes valid: the struct is large, and this is on every article's way. */
static void clear_request(zw_request_t *r)
{
    r->op = ZW_OP_SUBMIT;
    r->req = r->source = r->id = r->reason = r->name = r->instance = (zw_str_t){ 0 };
    r->article = (zw_article_t){ 0 };
    r->from = r->to = r->number = r->seq = 0;
    r->since_us = 0;
    r->limit = 0;
    r->topic_count = 0;
}

int zw_request_decode(zw_wire_t *wire, zw_str_t message, const zw_wire_limits_t *limits, zw_request_t *ret,
                      zw_reject_t *ret_why)
{
    clear_request(ret);
    int r = read_request(wire, message, limits, ret, ret_why);
    if (r < 0) {
        clear_request(ret);
        peek_map(message, ret, false);
    }
    return r;
}

/* ---- writing */

static void put_article(const zw_article_t *a, zw_buf_t *out)
{
    zw_pairs_t p = zw_pairs_begin(out);
    zw_pairs_text(&p, "id", a->id);
    zw_pairs_text(&p, "source", a->source);
    zw_pairs_text(&p, "url", a->url);
    zw_pairs_text(&p, "title", a->title);
    zw_pairs_text(&p, "published", a->published);
    zw_pairs_text(&p, "charset", a->charset);
    zw_pairs_text(&p, "format", a->format);
    zw_pairs_key(&p, "body");
    if (a->body_is_text)
        zw_mp_str(out, a->body);
    else
        zw_mp_bin(out, a->body);
    zw_pairs_raw(&p, "meta", a->meta);
    (void)zw_pairs_end(&p);
}

static void put_replay(zw_pairs_t *p, const zw_request_t *request, zw_buf_t *out)
{
    if (request->since_us > 0)
        zw_pairs_uint(p, "since", (uint64_t)request->since_us);
    else
        zw_pairs_uint(p, "from", request->from);
    if (request->to > 0)
        zw_pairs_uint(p, "to", request->to);
    if (request->limit > 0)
        zw_pairs_uint(p, "limit", request->limit);
    if (request->topic_count == 0)
        return;
    zw_pairs_key(p, "topics");
    zw_mp_array(out, (uint32_t)request->topic_count);
    for (size_t k = 0; k < request->topic_count; k++)
        zw_mp_str(out, request->topics[k]);
}

static void put_article_ask(zw_pairs_t *p, const zw_request_t *request)
{
    if (request->number > 0)
        zw_pairs_uint(p, "number", request->number);
    zw_pairs_text(p, "source", request->source);
    zw_pairs_text(p, "id", request->id);
    if ((request->op == ZW_OP_SIMILAR || request->op == ZW_OP_CLUSTER) && request->limit > 0)
        zw_pairs_uint(p, "limit", request->limit);
}

static void put_named(zw_pairs_t *p, const zw_request_t *request)
{
    zw_pairs_text(p, "name", request->name);
    if (request->op == ZW_OP_CONFIRM) {
        zw_pairs_uint(p, "seq", request->seq);
        zw_pairs_text(p, "instance", request->instance);
    }
}

int zw_request_encode(const zw_request_t *request, zw_buf_t *out)
{
    zw_pairs_t p = zw_pairs_begin(out);
    zw_pairs_uint(&p, "v", ZW_PROTOCOL_VERSION);
    zw_pairs_text(&p, "op", zw_strz(op_names[request->op]));
    zw_pairs_raw(&p, "req", request->req);
    if (request->op == ZW_OP_SUBMIT) {
        zw_pairs_key(&p, "article");
        put_article(&request->article, out);
    } else if (request->op == ZW_OP_REPLAY) {
        put_replay(&p, request, out);
    } else if (request->op == ZW_OP_ARTICLE || request->op == ZW_OP_SIMILAR || request->op == ZW_OP_CLUSTER) {
        put_article_ask(&p, request);
    } else if (request->op == ZW_OP_WITHDRAW) {
        put_article_ask(&p, request);
        zw_pairs_text(&p, "reason", request->reason);
    } else if (request->op == ZW_OP_CONFIRM || request->op == ZW_OP_SUBSCRIPTIONS || request->op == ZW_OP_FORGET) {
        put_named(&p, request);
    } else if (request->op == ZW_OP_QUARANTINE && request->limit > 0) {
        zw_pairs_uint(&p, "limit", request->limit);
    }
    return zw_pairs_end(&p);
}
