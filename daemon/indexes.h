/* indexes: all that the committer looks up by random key, in memory, rebuilt from the marks at start.
 *
 * Threading. One thread (the committer's, main's before it starts), but for what dedup.h and fact_index.h allow beside it.
 */
#ifndef ZW_INDEXES_H
#define ZW_INDEXES_H

#include "dedup/dedup.h"
#include "fact_index.h"
#include "standing.h"
#include "store/store.h"
#include "topic_index.h"

typedef struct zw_indexes {
    zw_dedup_t *dedup;
    zw_fact_index_t *facts;
    zw_topic_index_t *topics;
    zw_standings_t *standings;
} zw_indexes_t;

/* Reserves the memory and reads all marks of the store in order. 0, -ENOMEM, -EINVAL, -ZW_E_CORRUPT, -errno; then *ret is empty. */
int zw_indexes_open(const zw_dedup_options_t *dedup, uint64_t facts_capacity, zw_store_t *store, zw_indexes_t *ret);
/* The number of an article by its sender's source and id, the newest version's, or by the id that an article without one was given;
 * 0: not known. Any thread. */
uint64_t zw_indexes_find(const zw_indexes_t *indexes, const zw_store_t *store, zw_str_t source, zw_str_t id);
void zw_indexes_close(zw_indexes_t *indexes); /* takes an empty one */

#endif
