#include "zw_fields.h"

#include <stdio.h>

const char *const ZW_EVENT_NAMES[] = { "fact", "support", "article", "heartbeat", "retract", "unsupport", "withdraw", "other" };

int zw_event_encode(const zw_event_t *event, zw_buf_t *out)
{
    zw_pairs_t p = zw_pairs_begin(out);
    zw_pairs_uint(&p, "v", ZW_PROTOCOL_VERSION);
    zw_pairs_uint(&p, "seq", event->seq);
    zw_pairs_uint(&p, "prev", event->prev);
    zw_pairs_text(&p, "event", zw_strz(ZW_EVENT_NAMES[event->kind]));
    zw_pairs_uint(&p, "time", (uint64_t)event->time_us);
    zw_pairs_text(&p, "instance", event->instance);
    if (event->kind == ZW_EV_FACT || event->kind == ZW_EV_SUPPORT || event->fact.n > 0)
        zw_pairs_uint(&p, "support", event->support);
    zw_pairs_raw(&p, "article", event->article);
    zw_pairs_raw(&p, "fact", event->fact);
    return zw_pairs_end(&p);
}

typedef struct event_fields {
    zw_event_t event;
    zw_str_t kind;
} event_fields_t;

static const zw_field_t event_table[] = {
    { "seq", ZW_F_U64, offsetof(event_fields_t, event.seq), true },
    { "prev", ZW_F_U64, offsetof(event_fields_t, event.prev), false },
    { "event", ZW_F_STR, offsetof(event_fields_t, kind), true },
    { "time", ZW_F_TIME, offsetof(event_fields_t, event.time_us), false },
    { "instance", ZW_F_STR, offsetof(event_fields_t, event.instance), false },
    { "support", ZW_F_U32, offsetof(event_fields_t, event.support), false },
    { "article", ZW_F_RAW_MAP, offsetof(event_fields_t, event.article), false },
    { "fact", ZW_F_RAW_MAP, offsetof(event_fields_t, event.fact), false },
};

int zw_event_decode(zw_wire_t *wire, zw_str_t message, zw_event_t *ret)
{
    zw_reject_t why;
    zw_sub_t map;
    event_fields_t f = { 0 };
    int r = zw_wire_open(wire, message, &ZW_WIRE_ANSWER_LIMITS, &map, &why);
    if (r == 0)
        r = zw_fields_read(map, "", event_table, sizeof event_table / sizeof *event_table, &ZW_WIRE_ANSWER_LIMITS, &f,
                           &why);
    if (r < 0)
        return r;
    int kind = zw_name_index(f.kind, ZW_EVENT_NAMES, ZW_EV_OTHER);
    f.event.kind = kind < 0 ? ZW_EV_OTHER : (zw_event_kind_t)kind;
    if ((f.event.kind == ZW_EV_FACT || f.event.kind == ZW_EV_SUPPORT) && f.event.fact.n == 0)
        return -ZW_E_MISSING;
    *ret = f.event;
    return 0;
}

/* ---- topics */

/* A type is a name of a rule pack; what could break the grammar of topics becomes '_'. */
static size_t put_word(zw_str_t word, char *out)
{
    size_t n = word.n < 64 ? word.n : 64;
    for (size_t k = 0; k < n; k++) {
        unsigned char c = (unsigned char)word.p[k];
        out[k] = (char)(c <= ' ' || c == '.' || c == 0x7f ? '_' : c);
    }
    return n;
}

size_t zw_topic_fact(zw_event_kind_t kind, zw_str_t type, uint32_t region, char *out)
{
    size_t n = (size_t)sprintf(out, "%s.", ZW_EVENT_NAMES[kind]);
    n += put_word(type, out + n);
    n += (size_t)snprintf(out + n, 12, ".%06u", region % 1000000);
    return n;
}

size_t zw_topic_article(zw_status_t status, zw_dup_t dup, char *out)
{
    const char *outcome = dup == ZW_DUP_REVISION ? "revision" : ZW_STATUS_NAMES[status];
    return (size_t)sprintf(out, "article.%s", outcome);
}
