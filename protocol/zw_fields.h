/* zw_fields: a message's map read into a struct by a table. Internal to protocol/.
 *
 * Every message of the protocol is read by zw_fields_read, so that types, limits, doubled keys and encodings are
 * refused in one way, with the field's dotted name.
 */
#ifndef ZW_FIELDS_H
#define ZW_FIELDS_H

#include "zw_wire.h"

#include <errno.h>
#include <msgpack.h>

struct zw_wire {
    msgpack_unpacked unpacked;
    zw_page_event_t *events; /* of the last page */
    size_t event_cap;
};

/* A value that is looked into by a further table: MessagePack-c's object and the bytes that it stands in. */
typedef struct zw_sub {
    const msgpack_object *object;
    zw_str_t raw;
} zw_sub_t;

typedef enum {
    ZW_F_STR,     /* zw_str_t, UTF-8, at most string_bytes */
    ZW_F_NAME,    /* the same, without control characters */
    ZW_F_U64,     /* uint64_t */
    ZW_F_U32,     /* uint32_t */
    ZW_F_TIME,    /* int64_t microseconds, not negative */
    ZW_F_BOOL,    /* bool */
    ZW_F_DOUBLE,  /* double; integers are taken too */
    ZW_F_REQ,     /* zw_str_t: raw bytes of an unsigned integer or a str of at most ZW_MAX_REQ bytes */
    ZW_F_MAP,     /* zw_sub_t */
    ZW_F_ARRAY,   /* zw_sub_t */
    ZW_F_RAW_MAP, /* zw_str_t: raw bytes of a map */
    ZW_F_BODY     /* zw_sub_t of a str or bin; its checks are the caller's */
} zw_field_kind_t;

enum { ZW_MAX_REQ = 64 };

typedef struct zw_field {
    const char *name;
    zw_field_kind_t kind;
    size_t offset; /* in the struct that is filled */
    bool required;
} zw_field_t;

/* Fills `base` from the map; nil counts as absent, unknown keys are skipped. `prefix` ("article." or "") goes before
 * names in refusals. Returns 0 or the code in *why. */
int zw_fields_read(zw_sub_t map, const char *prefix, const zw_field_t *table, size_t count,
                   const zw_wire_limits_t *limits, void *base, zw_reject_t *why);

/* Preflight and unpack; the message must be a map and its `v` ours. Forgets what the wire held before. */
int zw_wire_open(zw_wire_t *wire, zw_str_t message, const zw_wire_limits_t *limits, zw_sub_t *ret_map, zw_reject_t *why);

/* What clients in C accept from a daemon. */
extern const zw_wire_limits_t ZW_WIRE_ANSWER_LIMITS;

/* Index of `name` in `names`, or -1. */
int zw_name_index(zw_str_t name, const char *const *names, int count);

int zw_refuse(zw_reject_t *why, int code, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- writing a map of at most 15 pairs whose optional ones are left out: its count is put in at the end */
typedef struct zw_pairs {
    zw_buf_t *out;
    size_t at; /* of the map's first byte */
    unsigned count;
} zw_pairs_t;

zw_pairs_t zw_pairs_begin(zw_buf_t *out);
void zw_pairs_key(zw_pairs_t *pairs, const char *key); /* the value is the caller's to write */
void zw_pairs_text(zw_pairs_t *pairs, const char *key, zw_str_t value); /* nothing when empty */
void zw_pairs_uint(zw_pairs_t *pairs, const char *key, uint64_t value);
void zw_pairs_raw(zw_pairs_t *pairs, const char *key, zw_str_t raw); /* MessagePack bytes; nothing when empty */
/* 0, or -ENOMEM when any write to `out` failed. */
int zw_pairs_end(zw_pairs_t *pairs);

#endif
