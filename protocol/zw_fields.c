#include "zw_fields.h"
#include "zw_mp.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

const zw_wire_limits_t ZW_WIRE_ANSWER_LIMITS = {
    .message_bytes = 64u << 20,
    .body_bytes = 64u << 20,
    .string_bytes = 64u << 20,
    .depth = 16,
    .elements = 1u << 20,
};

zw_wire_t *zw_wire_new(void)
{
    zw_wire_t *wire = calloc(1, sizeof *wire);
    if (wire)
        msgpack_unpacked_init(&wire->unpacked);
    return wire;
}

void zw_wire_free(zw_wire_t *wire)
{
    if (!wire)
        return;
    msgpack_unpacked_destroy(&wire->unpacked);
    free(wire->events);
    free(wire);
}

int zw_name_index(zw_str_t name, const char *const *names, int count)
{
    for (int k = 0; k < count; k++)
        if (zw_str_eqz(name, names[k]))
            return k;
    return -1;
}

/* ---- one value */

static int read_str(const msgpack_object *o, const char *name, const zw_wire_limits_t *limits, zw_str_t *ret,
                    zw_reject_t *why)
{
    if (o->type != MSGPACK_OBJECT_STR)
        return zw_refuse(why, -ZW_E_TYPE, name, "must be a str");
    zw_str_t s = zw_str(o->via.str.ptr, o->via.str.size);
    if (s.n > limits->string_bytes)
        return zw_refuse(why, -ZW_E_TOO_LARGE, name, "%zu bytes, the limit is %zu", s.n, limits->string_bytes);
    if (!zw_wire_utf8(s))
        return zw_refuse(why, -ZW_E_ENCODING, name, "a str must be valid UTF-8");
    *ret = s;
    return 0;
}

static int read_name(const msgpack_object *o, const char *name, const zw_wire_limits_t *limits, zw_str_t *ret,
                     zw_reject_t *why)
{
    zw_str_t s;
    int r = read_str(o, name, limits, &s, why);
    if (r < 0)
        return r;
    for (size_t k = 0; k < s.n; k++)
        if ((unsigned char)s.p[k] < 0x20 || s.p[k] == 0x7f)
            return zw_refuse(why, -ZW_E_VALUE, name, "control characters are not allowed");
    *ret = s;
    return 0;
}

static int read_uint(const msgpack_object *o, const char *name, uint64_t max, uint64_t *ret, zw_reject_t *why)
{
    if (o->type != MSGPACK_OBJECT_POSITIVE_INTEGER && o->type != MSGPACK_OBJECT_NEGATIVE_INTEGER)
        return zw_refuse(why, -ZW_E_TYPE, name, "must be an integer");
    if (o->type == MSGPACK_OBJECT_NEGATIVE_INTEGER || o->via.u64 > max)
        return zw_refuse(why, -ZW_E_VALUE, name, "must be from 0 to %llu", (unsigned long long)max);
    *ret = o->via.u64;
    return 0;
}

static int read_double(const msgpack_object *o, const char *name, double *ret, zw_reject_t *why)
{
    if (o->type == MSGPACK_OBJECT_FLOAT32 || o->type == MSGPACK_OBJECT_FLOAT64)
        *ret = o->via.f64;
    else if (o->type == MSGPACK_OBJECT_POSITIVE_INTEGER)
        *ret = (double)o->via.u64;
    else if (o->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
        *ret = (double)o->via.i64;
    else
        return zw_refuse(why, -ZW_E_TYPE, name, "must be a number");
    return 0;
}

static int read_req(const msgpack_object *o, zw_str_t raw, const char *name, zw_str_t *ret, zw_reject_t *why)
{
    bool is_str = o->type == MSGPACK_OBJECT_STR;
    if (!is_str && o->type != MSGPACK_OBJECT_POSITIVE_INTEGER)
        return zw_refuse(why, -ZW_E_TYPE, name, "must be an unsigned integer or a str");
    if (is_str && o->via.str.size > ZW_MAX_REQ)
        return zw_refuse(why, -ZW_E_TOO_LARGE, name, "at most %d bytes", ZW_MAX_REQ);
    if (is_str && !zw_wire_utf8(zw_str(o->via.str.ptr, o->via.str.size)))
        return zw_refuse(why, -ZW_E_ENCODING, name, "a str must be valid UTF-8");
    *ret = raw;
    return 0;
}

static int read_sub(const msgpack_object *o, zw_str_t raw, const char *name, zw_field_kind_t kind, void *to,
                    zw_reject_t *why)
{
    bool fits = kind == ZW_F_ARRAY  ? o->type == MSGPACK_OBJECT_ARRAY
                : kind == ZW_F_BODY ? o->type == MSGPACK_OBJECT_STR || o->type == MSGPACK_OBJECT_BIN
                                    : o->type == MSGPACK_OBJECT_MAP;
    if (!fits)
        return zw_refuse(why, -ZW_E_TYPE, name, "must be %s",
                         kind == ZW_F_ARRAY ? "an array" : kind == ZW_F_BODY ? "a str or bin" : "a map");
    if (kind == ZW_F_RAW_MAP)
        *(zw_str_t *)to = raw;
    else
        *(zw_sub_t *)to = (zw_sub_t){ o, raw };
    return 0;
}

static int read_value(const zw_field_t *field, const msgpack_object *o, zw_str_t raw, const char *name,
                      const zw_wire_limits_t *limits, char *base, zw_reject_t *why)
{
    void *to = base + field->offset;
    uint64_t u = 0;
    int r;
    switch (field->kind) {
    case ZW_F_STR:
        return read_str(o, name, limits, to, why);
    case ZW_F_NAME:
        return read_name(o, name, limits, to, why);
    case ZW_F_U64:
        return read_uint(o, name, UINT64_MAX, to, why);
    case ZW_F_U32:
        r = read_uint(o, name, UINT32_MAX, &u, why);
        if (r == 0)
            *(uint32_t *)to = (uint32_t)u;
        return r;
    case ZW_F_TIME:
        r = read_uint(o, name, INT64_MAX, &u, why);
        if (r == 0)
            *(int64_t *)to = (int64_t)u;
        return r;
    case ZW_F_BOOL:
        if (o->type != MSGPACK_OBJECT_BOOLEAN)
            return zw_refuse(why, -ZW_E_TYPE, name, "must be true or false");
        *(bool *)to = o->via.boolean;
        return 0;
    case ZW_F_DOUBLE:
        return read_double(o, name, to, why);
    case ZW_F_REQ:
        return read_req(o, raw, name, to, why);
    case ZW_F_MAP:
    case ZW_F_ARRAY:
    case ZW_F_RAW_MAP:
    case ZW_F_BODY:
        return read_sub(o, raw, name, field->kind, to, why);
    }
    return zw_refuse(why, -ZW_E_TYPE, name, "of no known kind");
}

/* ---- a map */

static size_t find_field(const zw_field_t *table, size_t count, zw_str_t key)
{
    size_t k = 0;
    while (k < count && !zw_str_eqz(key, table[k].name))
        k++;
    return k;
}

/* "article." names the map itself as "article". */
static const char *whole(const char *prefix, char out[static 64])
{
    size_t n = strlen(prefix);
    (void)snprintf(out, 64, "%.*s", (int)(n ? n - 1 : 0), prefix);
    return out;
}

static const char *dotted(const char *prefix, const char *name, char out[static 64])
{
    (void)snprintf(out, 64, "%s%s", prefix, name);
    return out;
}

int zw_fields_read(zw_sub_t map, const char *prefix, const zw_field_t *table, size_t count,
                   const zw_wire_limits_t *limits, void *base, zw_reject_t *why)
{
    const msgpack_object_map *m = &map.object->via.map;
    zw_str_t rest = map.raw, raw;
    zw_tok_t head;
    uint64_t seen = 0;
    char name[64];
    if (zw_tok_next(&rest, &head) < 0)
        return zw_refuse(why, -ZW_E_MALFORMED, whole(prefix, name), "not a map");
    for (uint32_t i = 0; i < m->size; i++) {
        const msgpack_object *key = &m->ptr[i].key, *value = &m->ptr[i].val;
        if (zw_tok_skip(&rest, &raw) < 0 || zw_tok_skip(&rest, &raw) < 0)
            return zw_refuse(why, -ZW_E_MALFORMED, whole(prefix, name), "cut off");
        if (key->type != MSGPACK_OBJECT_STR)
            return zw_refuse(why, -ZW_E_TYPE, whole(prefix, name), "keys must be str");
        size_t k = find_field(table, count, zw_str(key->via.str.ptr, key->via.str.size));
        if (k == count)
            continue;
        (void)dotted(prefix, table[k].name, name);
        if (seen & 1ull << k)
            return zw_refuse(why, -ZW_E_VALUE, name, "given twice");
        seen |= 1ull << k;
        if (value->type == MSGPACK_OBJECT_NIL) {
            if (table[k].required)
                return zw_refuse(why, -ZW_E_MISSING, name, "is required");
            continue;
        }
        int r = read_value(&table[k], value, raw, name, limits, base, why);
        if (r < 0)
            return r;
    }
    for (size_t k = 0; k < count; k++)
        if (table[k].required && !(seen & 1ull << k))
            return zw_refuse(why, -ZW_E_MISSING, dotted(prefix, table[k].name, name), "is required");
    return 0;
}

static int unpack(zw_wire_t *wire, zw_str_t message, zw_reject_t *why)
{
    size_t at = 0;
    msgpack_unpack_return r = msgpack_unpack_next(&wire->unpacked, message.p, message.n, &at);
    switch (r) {
    case MSGPACK_UNPACK_SUCCESS:
    case MSGPACK_UNPACK_EXTRA_BYTES:
        break;
    case MSGPACK_UNPACK_NOMEM_ERROR:
        return zw_refuse(why, -ENOMEM, "", "out of memory");
    case MSGPACK_UNPACK_CONTINUE:
    case MSGPACK_UNPACK_PARSE_ERROR:
    default:
        return zw_refuse(why, -ZW_E_MALFORMED, "", "not MessagePack");
    }
    if (at != message.n)
        return zw_refuse(why, -ZW_E_MALFORMED, "", "%zu bytes behind the object", message.n - at);
    return 0;
}

int zw_wire_open(zw_wire_t *wire, zw_str_t message, const zw_wire_limits_t *limits, zw_sub_t *ret_map, zw_reject_t *why)
{
    int r = zw_preflight(message, limits, why);
    if (r == 0)
        r = unpack(wire, message, why);
    if (r < 0)
        return r;
    zw_sub_t map = { &wire->unpacked.data, message };
    if (map.object->type != MSGPACK_OBJECT_MAP)
        return zw_refuse(why, -ZW_E_TYPE, "", "a message is a map");
    uint64_t v = 0;
    const zw_field_t field = { "v", ZW_F_U64, 0, true };
    r = zw_fields_read(map, "", &field, 1, limits, &v, why);
    if (r < 0)
        return r;
    if (v != ZW_PROTOCOL_VERSION)
        return zw_refuse(why, -ZW_E_VERSION, "v", "version %llu, this side speaks %d", (unsigned long long)v,
                         ZW_PROTOCOL_VERSION);
    *ret_map = map;
    return 0;
}

/* ---- writing */

zw_pairs_t zw_pairs_begin(zw_buf_t *out)
{
    zw_pairs_t pairs = { .out = out, .at = out->n };
    zw_mp_map(out, 0);
    return pairs;
}

void zw_pairs_key(zw_pairs_t *pairs, const char *key)
{
    pairs->count++;
    zw_mp_key(pairs->out, key);
}

void zw_pairs_text(zw_pairs_t *pairs, const char *key, zw_str_t value)
{
    if (value.n == 0)
        return;
    zw_pairs_key(pairs, key);
    zw_mp_str(pairs->out, value);
}

void zw_pairs_uint(zw_pairs_t *pairs, const char *key, uint64_t value)
{
    zw_pairs_key(pairs, key);
    zw_mp_uint(pairs->out, value);
}

void zw_pairs_raw(zw_pairs_t *pairs, const char *key, zw_str_t raw)
{
    if (raw.n == 0)
        return;
    zw_pairs_key(pairs, key);
    (void)zw_buf_puts(pairs->out, raw);
}

int zw_pairs_end(zw_pairs_t *pairs)
{
    assert(pairs->count <= 15);
    if (pairs->out->failed)
        return -ENOMEM;
    pairs->out->p[pairs->at] = (char)(0x80 | pairs->count);
    return 0;
}
