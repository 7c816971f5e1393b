/* fact_index: how many articles state each fact.
 *
 * Memory. Reserved and touched at opening. Two generations: when the young one is full, the old one is forgotten and they change
 * places, so the facts seen last stay, at least `capacity` of them. What was forgotten counts as new when it comes again.
 * The same calls in the same order give the same answers, so that rebuilding from marks restores the state exactly.
 * Threading. One thread, but for zw_fact_index_held.
 */
#ifndef ZW_FACT_INDEX_H
#define ZW_FACT_INDEX_H

#include "zw_str.h"

typedef struct zw_fact_index zw_fact_index_t;

int zw_fact_index_open(uint64_t capacity, zw_fact_index_t **ret); /* 0, -ENOMEM */
void zw_fact_index_close(zw_fact_index_t *index);                   /* takes NULL */

/* Says that the fact will be looked up soon: several under way at once hide the memory's latency. */
void zw_fact_index_prefetch(const zw_fact_index_t *index, const uint8_t id[16]);

/* Counts one more article, `number`, for the fact and returns how many there are now: 1 at first sight. */
uint32_t zw_fact_index_add(zw_fact_index_t *index, const uint8_t id[16], uint64_t number);
/* The same at start, where it is known how many there were then. */
void zw_fact_index_restore(zw_fact_index_t *index, const uint8_t id[16], uint64_t number, uint32_t support, bool turned);
/* One article less states it. Returns how many are left; 0 also when none was remembered. It comes anew (1) when it is stated again. */
uint32_t zw_fact_index_remove(zw_fact_index_t *index, const uint8_t id[16]);

/* How often the generations have changed places. What was `turned` by an addition must be told to zw_fact_index_restore: then it
 * may begin with any article up to zw_fact_index_from. */
uint64_t zw_fact_index_turns(const zw_fact_index_t *index);
/* How many articles state it; 0: none that is remembered. */
uint32_t zw_fact_index_get(const zw_fact_index_t *index, const uint8_t id[16]);

/* The first article of those whose facts are remembered; from it on the index can be rebuilt. UINT64_MAX: there is none. */
uint64_t zw_fact_index_from(const zw_fact_index_t *index);

uint64_t zw_fact_index_held(const zw_fact_index_t *index);  /* any thread */
uint64_t zw_fact_index_bytes(const zw_fact_index_t *index); /* any thread */

#endif
