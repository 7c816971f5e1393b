/* dedup: the same report, whatever it looks like; never two reports taken for one.
 *
 * Purpose. Workers make a fingerprint of the repaired text; the committer's index decides new or duplicate of which, how
 * (exact, near, contained, revision) and how similar. Two texts whose numbers, dates, names or places differ are
 * reports of their own, however alike (the guard).
 * Threading. zw_fingerprint_make is pure (any thread). A zw_dedup_t belongs to one thread (the committer), but for the
 * queries zw_dedup_find, _info, _cluster and _similar, which are safe beside it.
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

/* A fingerprint as bytes, about 4 a character of the text and 40,000 at most, for another machine to decide by; and back, into the
 * arena. -ZW_E_CORRUPT, -ENOMEM. */
int zw_fingerprint_encode(const zw_fingerprint_t *fingerprint, zw_buf_t *out);
int zw_fingerprint_decode(zw_str_t bytes, zw_arena_t *arena, const zw_fingerprint_t **ret);

typedef struct zw_dedup_options {
    uint32_t capacity;    /* articles held; default 1,000,000; at most 16 million; 444 bytes each */
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

/* Fetches what deciding about the article and inserting it will touch. Worth calling for each article of a batch a few
 * before its turn: the index is far larger than the caches. */
void zw_dedup_prefetch(const zw_dedup_t *dedup, const zw_fingerprint_t *fingerprint);

/* Decides from the index as it stands. Does not change it. What the sender says comes first: `repeat`, then a revision
 * (a known source and id, or source and url, with another text), then exact, then near and contained. `head` is 0 for
 * an article that is its own: its number is not known yet. */
void zw_dedup_decide(zw_dedup_t *dedup, const zw_fingerprint_t *fingerprint, zw_decision_t *ret);

/* Puts article `number` (ascending) in, with what was decided (head 0: its own) and when (for the window). */
void zw_dedup_insert(zw_dedup_t *dedup, uint64_t number, const zw_fingerprint_t *fingerprint, const zw_decision_t *decision,
                     int64_t time_us);

/* The compact mark (304 bytes at most) to be stored, and its way back at start, in ascending order of number.
 * Restore returns 0 or -ZW_E_CORRUPT. It keeps the newest few back until memory is there: zw_dedup_restored must be
 * called behind the last, before anything else is done with the index. */
int zw_dedup_mark_encode(const zw_fingerprint_t *fingerprint, const zw_decision_t *decision, int64_t time_us, zw_buf_t *out);
int zw_dedup_restore(zw_dedup_t *dedup, uint64_t number, zw_str_t mark);
void zw_dedup_restored(zw_dedup_t *dedup);

/* The number of the article with that source and id, 0: not (or no longer) known. Any thread. */
uint64_t zw_dedup_find(zw_dedup_t *dedup, zw_str_t source, zw_str_t id);

/* ---- queries, any thread; they hold up the committer for microseconds at a time */

typedef struct zw_dedup_cluster {
    uint64_t head;             /* its first article, which may have left the window */
    uint64_t members;          /* still held */
    int64_t first_us, last_us; /* when its members still held came; whole seconds */
} zw_dedup_cluster_t;

/* The cluster of article `number`, and up to `max` numbers of its members, ascending. Looks at every article held
 * (about 30 ms a million). Returns how many numbers were written, or -ZW_E_NOT_FOUND. */
int zw_dedup_cluster(zw_dedup_t *dedup, uint64_t number, uint64_t *members, size_t max, zw_dedup_cluster_t *ret);

typedef struct zw_similar {
    uint64_t number, head;
    double similarity; /* 0..1, of the wording alone; rough, from both articles' marks */
    bool same_report;  /* also by its figures and names, or of the same cluster */
} zw_similar_t;

/* Articles with wording like that of article `number`, the most alike first, at most `max`: up to 256 of its own cluster, and
 * a few of each other one. Looks at every article held. Returns how many, or -ZW_E_NOT_FOUND. */
int zw_dedup_similar(zw_dedup_t *dedup, uint64_t number, zw_similar_t *out, size_t max);

typedef struct zw_dedup_info {
    uint64_t held, capacity, bytes; /* articles, memory reserved */
    uint64_t oldest;                /* number of the oldest article held; 0: none */
} zw_dedup_info_t;
void zw_dedup_info(zw_dedup_t *dedup, zw_dedup_info_t *ret); /* any thread */

#endif
