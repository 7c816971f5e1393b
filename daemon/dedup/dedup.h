/* dedup: the same report, whatever it looks like; never two reports taken for one.
 *
 * Purpose. Workers make a fingerprint of the repaired text; the committer's index decides new or duplicate of which, how
 * (exact, near, contained, revision) and how similar. Two texts whose numbers, dates, names or places differ are
 * reports of their own, however alike (the guard).
 * Threading. zw_fingerprint_make is pure (any thread). A zw_dedup_t belongs to one thread (the committer), but for
 * zw_dedup_find and zw_dedup_info, which are safe beside it.
 * Memory. Reserved at opening for `capacity` articles and touched then; nothing grows on the way of an article. Past
 * the capacity, or the window of days, the oldest leave in small steps.
 */
#ifndef ZW_DEDUP_H
#define ZW_DEDUP_H

#include "text/text.h"
#include "zw_wire.h"

typedef struct zw_dedup zw_dedup_t;

/* A name or figure that must be alike in duplicates; `canonical` is borrowed. Made by the caller from what extract found. */
typedef enum { ZW_GUARD_PLACE, ZW_GUARD_ORGANISATION, ZW_GUARD_PERSON, ZW_GUARD_NUMBER, ZW_GUARD_DATE } zw_guard_kind_t;
typedef struct zw_guard {
    zw_guard_kind_t kind;
    zw_span_t span; /* in the repaired text */
    zw_str_t canonical;
} zw_guard_t;

typedef struct zw_fingerprint zw_fingerprint_t; /* opaque; lives in an arena */

/* `source`, `id`, `url` are the sender's (may be empty). Returns 0 or -ENOMEM. */
int zw_fingerprint_make(const zw_text_t *text, const zw_guard_t *guards, size_t guard_count, zw_str_t source,
                        zw_str_t id, zw_str_t url, zw_arena_t *arena, const zw_fingerprint_t **ret);

typedef struct zw_dedup_options {
    uint32_t capacity;    /* articles held; default 1,000,000 */
    uint32_t window_days; /* 0: by capacity alone */
} zw_dedup_options_t;

int zw_dedup_open(const zw_dedup_options_t *options, zw_dedup_t **ret); /* 0, -ENOMEM, -EINVAL */
void zw_dedup_close(zw_dedup_t *dedup);                                  /* takes NULL */

typedef struct zw_decision {
    zw_status_t status; /* ZW_ST_NEW or ZW_ST_DUPLICATE; a revision is NEW with dup = ZW_DUP_REVISION */
    zw_dup_t dup;
    uint64_t of;        /* article number of the article duplicated or revised; 0: none */
    uint64_t head;      /* first article of its cluster; its own number for a new one */
    double similarity;  /* 0..1 */
    bool repeat;        /* same source and id, same text: taken before as article `of`, nothing to store */
} zw_decision_t;

/* Decides from the index as it stands. Does not change it. */
void zw_dedup_decide(zw_dedup_t *dedup, const zw_fingerprint_t *fingerprint, zw_decision_t *ret);

/* Puts article `number` (ascending) in, with what was decided and when (for the window). */
void zw_dedup_insert(zw_dedup_t *dedup, uint64_t number, const zw_fingerprint_t *fingerprint, const zw_decision_t *decision,
                     int64_t time_us);

/* The compact mark (about 350 bytes at most) to be stored, and its way back at start, in ascending order of number.
 * Restore returns 0 or -ZW_E_CORRUPT. */
int zw_dedup_mark_encode(const zw_fingerprint_t *fingerprint, const zw_decision_t *decision, int64_t time_us, zw_buf_t *out);
int zw_dedup_restore(zw_dedup_t *dedup, uint64_t number, zw_str_t mark);

/* The number of the article with that source and id, 0: not (or no longer) known. Any thread. */
uint64_t zw_dedup_find(zw_dedup_t *dedup, zw_str_t source, zw_str_t id);

typedef struct zw_dedup_info {
    uint64_t held, capacity, bytes; /* articles, memory reserved */
} zw_dedup_info_t;
void zw_dedup_info(zw_dedup_t *dedup, zw_dedup_info_t *ret); /* any thread */

#endif
