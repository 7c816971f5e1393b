/* mark: the few bytes of an article that the indexes in memory are rebuilt from, and its first answer is given again from.
 *
 * Layout, version 2 (integers are LEB128 unless a size is given): version (1 byte) · status and dup (1) · similarity in 1/10000 (2) ·
 * seq of the article event · of · head · published facts · id of the article (length, bytes) · types (count; length and
 * bytes each) · facts (count; kind, and 128 when turned (1), id (16), then unless SILENT: type index, region, support) · the mark
 * of dedup (the rest). Version 1, which is read too, has neither support nor turned.
 * Threading. Pure.
 */
#ifndef ZW_MARK_H
#define ZW_MARK_H

#include "zw_wire.h"

typedef enum {
    ZW_MARK_FACT,    /* published at first sight */
    ZW_MARK_SUPPORT, /* published as support */
    ZW_MARK_SILENT,  /* as KEPT, without its type: of stores that were written before there was KEPT */
    ZW_MARK_KEPT,    /* not published: the version before states it already */
    ZW_MARK_RETRACT, /* published as retract: the article stated it and does no more, and no other does */
    ZW_MARK_UNSUPPORT /* the same, and others do */
} zw_mark_kind_t;

typedef struct zw_mark_fact {
    zw_mark_kind_t kind;
    uint8_t id[16];
    zw_str_t type;   /* empty when silent */
    uint32_t region;
    uint32_t support; /* articles that stated it, with this one; 0: not known */
    bool turned;      /* with it the index of facts turned to its next generation */
} zw_mark_fact_t;

typedef struct zw_mark {
    zw_status_t status;
    zw_dup_t dup;
    double similarity; /* of four decimals */
    uint64_t seq, of, head; /* of a withdrawal, which has a number of its own (status WITHDRAWN): `of` is the article */
    uint32_t published; /* facts and supports */
    zw_str_t id;
    const zw_mark_fact_t *facts;
    size_t fact_count;
    zw_str_t dedup; /* opaque: zw_dedup_mark_encode */
} zw_mark_t;

/* The event that a fact of this kind was published with; ZW_EV_OTHER: with none. */
static inline zw_event_kind_t zw_mark_event(zw_mark_kind_t kind)
{
    static const zw_event_kind_t events[] = { [ZW_MARK_FACT] = ZW_EV_FACT,       [ZW_MARK_SUPPORT] = ZW_EV_SUPPORT,
                                              [ZW_MARK_SILENT] = ZW_EV_OTHER,    [ZW_MARK_KEPT] = ZW_EV_OTHER,
                                              [ZW_MARK_RETRACT] = ZW_EV_RETRACT, [ZW_MARK_UNSUPPORT] = ZW_EV_UNSUPPORT };
    return events[kind];
}

/* The article states it, as of this version. */
static inline bool zw_mark_states(zw_mark_kind_t kind)
{
    return kind <= ZW_MARK_KEPT;
}

/* Appends all but the mark of dedup, which the caller appends behind it. 0 or -ENOMEM. */
int zw_mark_encode(const zw_mark_t *mark, zw_buf_t *out);

/* Reads back. Facts are put into `space` (grown as needed, kept by the caller between calls). 0, -ZW_E_CORRUPT, -ENOMEM. */
int zw_mark_decode(zw_str_t bytes, zw_buf_t *space, zw_mark_t *ret);

#endif
