#include "zw_fields.h"

const char *const ZW_STATUS_NAMES[] = { "new", "duplicate", "rejected", "withdrawn" };
const char *const ZW_DUP_NAMES[] = { "", "exact", "near", "contained", "revision" };

int zw_ack_encode(const zw_ack_t *ack, zw_buf_t *out)
{
    zw_pairs_t p = zw_pairs_begin(out);
    zw_pairs_uint(&p, "v", ZW_PROTOCOL_VERSION);
    zw_pairs_raw(&p, "req", ack->req);
    zw_pairs_text(&p, "id", ack->id);
    zw_pairs_text(&p, "status", zw_strz(ZW_STATUS_NAMES[ack->status]));
    if (ack->status == ZW_ST_REJECTED) {
        zw_pairs_text(&p, "error", ack->error);
        zw_pairs_text(&p, "field", ack->field);
        zw_pairs_text(&p, "message", ack->message);
        return zw_pairs_end(&p);
    }
    zw_pairs_uint(&p, "number", ack->number);
    zw_pairs_uint(&p, "seq", ack->seq);
    zw_pairs_uint(&p, "facts", ack->facts);
    if (ack->repeat) {
        zw_pairs_key(&p, "repeat");
        zw_mp_bool(out, true);
    }
    if (ack->dup != ZW_DUP_NONE) {
        zw_pairs_text(&p, "kind", zw_strz(ZW_DUP_NAMES[ack->dup]));
        zw_pairs_text(&p, "of", ack->of);
        zw_pairs_key(&p, "similarity");
        zw_mp_double(out, ack->similarity);
    }
    return zw_pairs_end(&p);
}

typedef struct ack_fields {
    zw_ack_t ack;
    zw_str_t status, kind;
} ack_fields_t;

static const zw_field_t ack_table[] = {
    { "req", ZW_F_REQ, offsetof(ack_fields_t, ack.req), false },
    { "id", ZW_F_STR, offsetof(ack_fields_t, ack.id), false },
    { "status", ZW_F_STR, offsetof(ack_fields_t, status), true },
    { "number", ZW_F_U64, offsetof(ack_fields_t, ack.number), false },
    { "seq", ZW_F_U64, offsetof(ack_fields_t, ack.seq), false },
    { "facts", ZW_F_U32, offsetof(ack_fields_t, ack.facts), false },
    { "repeat", ZW_F_BOOL, offsetof(ack_fields_t, ack.repeat), false },
    { "kind", ZW_F_STR, offsetof(ack_fields_t, kind), false },
    { "of", ZW_F_STR, offsetof(ack_fields_t, ack.of), false },
    { "similarity", ZW_F_DOUBLE, offsetof(ack_fields_t, ack.similarity), false },
    { "error", ZW_F_STR, offsetof(ack_fields_t, ack.error), false },
    { "field", ZW_F_STR, offsetof(ack_fields_t, ack.field), false },
    { "message", ZW_F_STR, offsetof(ack_fields_t, ack.message), false },
};

int zw_ack_decode(zw_wire_t *wire, zw_str_t message, zw_ack_t *ret)
{
    zw_reject_t why;
    zw_sub_t map;
    ack_fields_t f = { 0 };
    int r = zw_wire_open(wire, message, &ZW_WIRE_ANSWER_LIMITS, &map, &why);
    if (r == 0)
        r = zw_fields_read(map, "", ack_table, sizeof ack_table / sizeof *ack_table, &ZW_WIRE_ANSWER_LIMITS, &f, &why);
    if (r < 0)
        return r;
    int status = zw_name_index(f.status, ZW_STATUS_NAMES, 4);
    if (status < 0)
        return -ZW_E_VALUE;
    /* A kind that a later daemon may name is left out rather than the answer refused. */
    int dup = zw_name_index(f.kind, ZW_DUP_NAMES, 5);
    f.ack.status = (zw_status_t)status;
    f.ack.dup = dup < 0 ? ZW_DUP_NONE : (zw_dup_t)dup;
    *ret = f.ack;
    return 0;
}
