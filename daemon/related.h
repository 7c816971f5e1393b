/* related: what `similar` and `cluster` answer: what dedup knows of an article, put together with names from the store.
 *
 * Threading. One thread at a time for each call; safe beside the committer. Bounded: at most ZW_RELATED_MAX articles are listed,
 * each of them named from its mark and its `article` event, never from its body.
 */
#ifndef ZW_RELATED_H
#define ZW_RELATED_H

#include "dedup/dedup.h"
#include "store/store.h"

enum { ZW_RELATED_DEFAULT = 20, ZW_RELATED_MAX = 200 };

/* Append the map of PROTOCOL.md about article `number`. limit 0: ZW_RELATED_DEFAULT. 0, -ZW_E_NOT_FOUND when dedup does not hold
 * the article (too old, or not known), -ENOMEM, or the store's error. */
int zw_related_similar(zw_dedup_t *dedup, zw_store_t *store, uint64_t number, uint32_t limit, zw_buf_t *out);
int zw_related_cluster(zw_dedup_t *dedup, zw_store_t *store, uint64_t number, uint32_t limit, zw_buf_t *out);

#endif
