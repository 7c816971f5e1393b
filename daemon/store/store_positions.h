/* store_positions: the positions of named subscriptions, in the same environment as the log. Part of the store.
 *
 * Small and few: each is a checksummed value in the table of metadata. Threading as in store.h: the committer's thread sets.
 */
#ifndef ZW_STORE_POSITIONS_H
#define ZW_STORE_POSITIONS_H

#include "store/store.h"

typedef struct zw_store_position {
    zw_str_t name;   /* at most ZW_MAX_NAME bytes */
    uint64_t seq;    /* everything up to it is handled */
    int64_t time_us; /* when that was confirmed */
    bool gone;       /* to be removed */
} zw_store_position_t;

/* Writes them in one transaction and syncs it. 0 or as zw_store_commit. */
int zw_store_positions_set(zw_store_t *store, const zw_store_position_t *positions, size_t count);

/* Calls fn for each. A negative return ends the walk and is returned; -ZW_E_CORRUPT for a damaged one. */
typedef int (*zw_store_position_fn)(void *ctx, const zw_store_position_t *position);
int zw_store_positions(zw_store_t *store, zw_store_position_fn fn, void *ctx);

#endif
