/* index: the state of a zw_dedup_t. Internal to dedup.
 *
 * A ring of slots, one an article, in the order of insertion, and two tables over them:
 *   unique    exact hash, (source, id), (source, url): each key in one of two buckets, so that none is lost
 *   postings  parts of the text (runs, sentences, triples of figures): lossy, at most ZW_POSTINGS entries a key. An
 *             article of a cluster that has an entry already adds none, so that the number of entries of a key is its
 *             document frequency, counted in reports and not in reprints. A key with all its entries stands in many
 *             reports and says nothing.
 * What a slot put into the tables follows from its sketch, and is taken out by it when the slot expires.
 */
#ifndef ZW_DEDUP_INDEX_H
#define ZW_DEDUP_INDEX_H

#include <pthread.h>

#include "dedup/sketch.h"
#include "dedup/table.h"

enum {
    ZW_POSTINGS = 8,
    ZW_VERSIONS = 4,     /* entries of one (source, id) or (source, url) */
    ZW_EXPIRED_A_STEP = 2 /* slots that an insertion takes out of the window */
};

typedef struct zw_slot {
    uint64_t number;
    zw_sketch_t sketch;
} zw_slot_t;

/* What is asked of many slots at a time lies apart, close together. */
typedef struct zw_member {
    uint32_t head; /* the lower half of the number of the cluster's first article */
    uint32_t time_s;
} zw_member_t;

/* A mark on its way into the index at start. Each waits for its memory while the ones before it are put in. */
typedef struct zw_arrival {
    zw_sketch_t sketch;
    uint64_t number, head;
    uint32_t time_s;
    uint8_t key_count;
    uint64_t keys[ZW_KEYS_POSTED];
} zw_arrival_t;
enum { ZW_ARRIVALS = 8, ZW_ARRIVALS_HALF = ZW_ARRIVALS / 2 };

struct zw_dedup {
    zw_slot_t *slots;
    zw_member_t *members; /* of the slots */
    zw_table_t unique, postings;
    uint64_t first, next; /* slots' running numbers: those from `first` on are held; a slot is running number % capacity */
    uint32_t capacity, newest_slot; /* the slot that `next` goes to, or went to */
    uint32_t window_s, newest_s;
    void *memory;
    size_t memory_bytes;
    zw_arrival_t *arrivals; /* a ring of ZW_ARRIVALS, while the index is rebuilt */
    uint64_t arrived, settled; /* running numbers of the next arrival, and of the next one to be put in */
    pthread_mutex_t lock; /* taken by what changes the index, and by readers on other threads */
};

static inline uint32_t zw_slot_age(const zw_dedup_t *d, uint32_t slot)
{
    return d->newest_slot >= slot ? d->newest_slot - slot : d->newest_slot + d->capacity - slot;
}

/* The head came at most 2^32 numbers before. */
static inline uint64_t zw_slot_head(const zw_dedup_t *d, uint32_t slot)
{
    uint64_t number = d->slots[slot].number;
    return number - (uint32_t)((uint32_t)number - d->members[slot].head);
}

/* Still inside the window of days? Expiry runs behind it in small steps. */
static inline bool zw_slot_fresh(const zw_dedup_t *d, uint32_t slot)
{
    uint32_t time_s = d->members[slot].time_s;
    return !d->window_s || time_s > d->newest_s || d->newest_s - time_s <= d->window_s;
}

/* Keys of the three kinds in `unique`. */
static inline uint64_t zw_unique_exact(const zw_sketch_t *s)
{
    return s->exact[0] ^ UINT64_C(0x9e3779b97f4a7c15);
}

/* Slots under `key` in either of its buckets, unverified; out: 2 * ZW_BUCKET. */
unsigned zw_unique_hits(const zw_dedup_t *d, uint64_t key, uint32_t *out);

/* Puts the sketch in the newest slot; the oldest leaves when there is no room. `keys` as by zw_sketch_keys. Under the lock. */
void zw_index_add(zw_dedup_t *d, uint64_t number, uint64_t head, uint32_t time_s, const zw_sketch_t *sketch,
                  const uint64_t *keys, size_t key_count);

/* The slot that holds article `number`, or ZW_SLOT_NONE. */
uint32_t zw_index_slot(const zw_dedup_t *d, uint64_t number);

/* Known articles that share the rarest parts, best first. `keys` as by zw_posting_key. */
enum { ZW_CANDIDATES = 16 };
typedef struct zw_candidate {
    uint32_t slot;
    uint16_t votes, rare, hits; /* weight of all parts shared; those that stand in few reports; all */
} zw_candidate_t;
size_t zw_index_candidates(const zw_dedup_t *d, const uint64_t *keys, size_t count, zw_candidate_t *out);

/* Fetches the buckets that adding or deciding about this sketch will touch; and, once they are there, the members that
 * their entries under these keys point at. */
void zw_index_prefetch(const zw_dedup_t *d, const zw_sketch_t *sketch, const uint64_t *keys, size_t count);
void zw_index_prefetch_members(const zw_dedup_t *d, const uint64_t *keys, size_t count);

#endif
