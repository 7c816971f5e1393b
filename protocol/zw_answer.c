#include "zw_fields.h"

#include <stdlib.h>

static const char *const answer_names[] = { "page", "status", "article", "pong", "error", "similar", "cluster",
                                            "subscription", "subscriptions", "quarantine" };
enum { ANSWER_COUNT = 10 };

static zw_pairs_t begin(zw_answer_kind_t kind, zw_str_t req, zw_buf_t *out)
{
    zw_pairs_t p = zw_pairs_begin(out);
    zw_pairs_uint(&p, "v", ZW_PROTOCOL_VERSION);
    zw_pairs_raw(&p, "req", req);
    zw_pairs_text(&p, "answer", zw_strz(answer_names[kind]));
    return p;
}

int zw_page_encode(const zw_page_t *page, zw_buf_t *out)
{
    zw_pairs_t p = begin(ZW_ANSWER_PAGE, page->req, out);
    zw_pairs_uint(&p, "next", page->next);
    zw_pairs_uint(&p, "oldest", page->oldest);
    zw_pairs_uint(&p, "newest", page->newest);
    zw_pairs_text(&p, "instance", page->instance);
    zw_pairs_key(&p, "events");
    zw_mp_array(out, (uint32_t)page->event_count);
    for (size_t k = 0; k < page->event_count; k++) {
        zw_mp_array(out, 2);
        zw_mp_str(out, page->events[k].topic);
        zw_mp_bin(out, page->events[k].payload);
    }
    return zw_pairs_end(&p);
}

int zw_answer_encode(const zw_answer_t *answer, zw_buf_t *out)
{
    zw_pairs_t p = begin(answer->kind, answer->req, out);
    switch (answer->kind) {
    case ZW_ANSWER_STATUS:
    case ZW_ANSWER_ARTICLE:
    case ZW_ANSWER_SIMILAR:
    case ZW_ANSWER_CLUSTER:
    case ZW_ANSWER_SUBSCRIPTION:
    case ZW_ANSWER_SUBSCRIPTIONS:
    case ZW_ANSWER_QUARANTINE:
        zw_pairs_raw(&p, answer_names[answer->kind], answer->map);
        break;
    case ZW_ANSWER_ERROR:
        zw_pairs_text(&p, "error", answer->error);
        zw_pairs_text(&p, "field", answer->field);
        zw_pairs_text(&p, "message", answer->message);
        if (answer->page.newest > 0 || answer->page.oldest > 0) {
            zw_pairs_uint(&p, "oldest", answer->page.oldest);
            zw_pairs_uint(&p, "newest", answer->page.newest);
        }
        zw_pairs_text(&p, "instance", answer->page.instance);
        break;
    case ZW_ANSWER_PAGE:
    case ZW_ANSWER_PONG:
        break;
    }
    return zw_pairs_end(&p);
}

typedef struct answer_fields {
    zw_answer_t answer;
    zw_str_t kind, status, article, similar, cluster, subscription, subscriptions, quarantine;
    zw_sub_t events;
} answer_fields_t;

static const zw_field_t answer_table[] = {
    { "req", ZW_F_REQ, offsetof(answer_fields_t, answer.req), false },
    { "answer", ZW_F_STR, offsetof(answer_fields_t, kind), true },
    { "next", ZW_F_U64, offsetof(answer_fields_t, answer.page.next), false },
    { "oldest", ZW_F_U64, offsetof(answer_fields_t, answer.page.oldest), false },
    { "newest", ZW_F_U64, offsetof(answer_fields_t, answer.page.newest), false },
    { "instance", ZW_F_STR, offsetof(answer_fields_t, answer.page.instance), false },
    { "events", ZW_F_ARRAY, offsetof(answer_fields_t, events), false },
    { "status", ZW_F_RAW_MAP, offsetof(answer_fields_t, status), false },
    { "article", ZW_F_RAW_MAP, offsetof(answer_fields_t, article), false },
    { "similar", ZW_F_RAW_MAP, offsetof(answer_fields_t, similar), false },
    { "cluster", ZW_F_RAW_MAP, offsetof(answer_fields_t, cluster), false },
    { "subscription", ZW_F_RAW_MAP, offsetof(answer_fields_t, subscription), false },
    { "subscriptions", ZW_F_RAW_MAP, offsetof(answer_fields_t, subscriptions), false },
    { "quarantine", ZW_F_RAW_MAP, offsetof(answer_fields_t, quarantine), false },
    { "error", ZW_F_STR, offsetof(answer_fields_t, answer.error), false },
    { "field", ZW_F_STR, offsetof(answer_fields_t, answer.field), false },
    { "message", ZW_F_STR, offsetof(answer_fields_t, answer.message), false },
};

/* The list is sized by what has been unpacked, which the preflight held against the bytes. */
static int read_events(zw_wire_t *wire, const msgpack_object *list, zw_page_t *page)
{
    size_t n = list->via.array.size;
    if (n > wire->event_cap) {
        zw_page_event_t *grown = realloc(wire->events, n * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        wire->events = grown;
        wire->event_cap = n;
    }
    for (size_t k = 0; k < n; k++) {
        const msgpack_object *pair = &list->via.array.ptr[k];
        if (pair->type != MSGPACK_OBJECT_ARRAY || pair->via.array.size < 2 ||
            pair->via.array.ptr[0].type != MSGPACK_OBJECT_STR || pair->via.array.ptr[1].type != MSGPACK_OBJECT_BIN)
            return -ZW_E_TYPE;
        const msgpack_object *topic = &pair->via.array.ptr[0], *payload = &pair->via.array.ptr[1];
        wire->events[k] = (zw_page_event_t){ zw_str(topic->via.str.ptr, topic->via.str.size),
                                             zw_str(payload->via.bin.ptr, payload->via.bin.size) };
    }
    page->events = wire->events;
    page->event_count = n;
    return 0;
}

/* The map that an answer of this kind must have; NULL: it has none. */
static const zw_str_t *map_of(const answer_fields_t *f, zw_answer_kind_t kind)
{
    switch (kind) {
    case ZW_ANSWER_STATUS: return &f->status;
    case ZW_ANSWER_ARTICLE: return &f->article;
    case ZW_ANSWER_SIMILAR: return &f->similar;
    case ZW_ANSWER_CLUSTER: return &f->cluster;
    case ZW_ANSWER_SUBSCRIPTION: return &f->subscription;
    case ZW_ANSWER_SUBSCRIPTIONS: return &f->subscriptions;
    case ZW_ANSWER_QUARANTINE: return &f->quarantine;
    case ZW_ANSWER_PAGE:
    case ZW_ANSWER_PONG:
    case ZW_ANSWER_ERROR: break;
    }
    return NULL;
}

int zw_answer_decode(zw_wire_t *wire, zw_str_t message, zw_answer_t *ret)
{
    zw_reject_t why;
    zw_sub_t map;
    answer_fields_t f = { 0 };
    int r = zw_wire_open(wire, message, &ZW_WIRE_ANSWER_LIMITS, &map, &why);
    if (r == 0)
        r = zw_fields_read(map, "", answer_table, sizeof answer_table / sizeof *answer_table, &ZW_WIRE_ANSWER_LIMITS, &f,
                           &why);
    if (r < 0)
        return r;
    int kind = zw_name_index(f.kind, answer_names, ANSWER_COUNT);
    if (kind < 0)
        return -ZW_E_VALUE;
    zw_answer_t *a = &f.answer;
    a->kind = (zw_answer_kind_t)kind;
    a->page.req = a->req;
    if (a->kind == ZW_ANSWER_PAGE) {
        r = f.events.object ? read_events(wire, f.events.object, &a->page) : -ZW_E_MISSING;
        if (r < 0)
            return r;
    }
    const zw_str_t *map_in = map_of(&f, a->kind);
    if (map_in && map_in->n == 0)
        return -ZW_E_MISSING;
    if (map_in)
        a->map = *map_in;
    *ret = *a;
    return 0;
}
