/* order: which results count, and what is known behind each. The one rule that makes many instances decide as one.
 *
 * All instances read the topic of results from its beginning (or from where their store stands) and feed every result to
 * zw_order_take. It counts if and only if
 *   - its terms are those in force (those of the newest FOUNDED whose generation is higher than all before); and
 *   - its `prev` is the offset of the newest message of its partition whose result has counted.
 * The second makes each message count once and in order, whoever dies, is slow, or works on what is no longer its own: two
 * results for one message have the same `prev`, and the first takes it away from the second. It does not matter which of them
 * it is, for a result follows from the message and the rules alone. `prev` is not offset - 1: offsets have gaps.
 * What counts is decided by the committer; zw_order_decided keeps a digest of all decisions, by which instances find out
 * when one of them has decided otherwise.
 * Threading. One thread, but for zw_order_newest, which any may call.
 */
#ifndef ZW_CLUSTER_ORDER_H
#define ZW_CLUSTER_ORDER_H

#include "cluster/result.h"

#include <stdatomic.h>

enum { ZW_ORDER_PARTITIONS = 4096, ZW_ORDER_RECENT = 1024 };

typedef struct zw_order {
    zw_terms_t terms;  /* in force */
    int64_t next;      /* offset of the result to be read next */
    int64_t decided;   /* of the newest one that was decided, -1: none … */
    uint64_t digest;   /* … and the digest of all decisions up to it */
    int32_t partitions; /* one more than the highest seen */
    atomic_int_fast64_t newest[ZW_ORDER_PARTITIONS]; /* offset + 1; 0: none */
    struct {
        int64_t offset;
        uint64_t digest;
    } recent[ZW_ORDER_RECENT]; /* digests, by offset modulo their number */
} zw_order_t;

/* Nothing has been read: the first result that counts is at or behind `next`. */
void zw_order_init(zw_order_t *order, int64_t next);

/* The result at `offset`, which is at or behind order->next. True: it counts. */
bool zw_order_take(zw_order_t *order, const zw_result_t *result, int64_t offset);

/* The one at `offset`, which counted, was decided so. In order. */
void zw_order_decided(zw_order_t *order, int64_t offset, uint64_t outcome);

/* False: the writer of this result has decided something otherwise than we have. */
bool zw_order_agrees(const zw_order_t *order, const zw_result_t *result);

/* Offset of the newest message of a partition whose result has counted, -1: none. Any thread. */
int64_t zw_order_newest(const zw_order_t *order, int32_t partition);

/* The place, as the store keeps it with what was committed; and back. -ENOMEM; -ZW_E_CORRUPT. */
int zw_order_encode(const zw_order_t *order, zw_buf_t *out);
int zw_order_decode(zw_str_t bytes, zw_order_t *ret);

#endif
