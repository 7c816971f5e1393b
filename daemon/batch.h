/* batch: finished jobs in order of arrival → what is written, published and answered.
 *
 * For each job: zw_batch_plan decides (new or duplicate, fact or support, what a withdrawal or a later version takes away) and moves the indexes on, so that jobs of the same
 * batch see each other; zw_batch_encode writes it down. Once planned, a batch must be committed, unchanged, however
 * often that has to be tried: the indexes are ahead of the store until then, and nothing was told to anyone.
 * Both leave all as it was when memory is short, and may be called again.
 * Threading. One thread: the committer. Ownership. Borrows the jobs until zw_batch_begin.
 */
#ifndef ZW_BATCH_H
#define ZW_BATCH_H

#include "indexes.h"
#include "job.h"
#include "stats.h"

typedef struct zw_batch zw_batch_t;

/* At most `max` jobs. Store and indexes are borrowed. 0 or -ENOMEM. */
int zw_batch_new(size_t max, zw_store_t *store, zw_indexes_t *indexes, zw_batch_t **ret);
void zw_batch_free(zw_batch_t *batch); /* takes NULL */

/* Empties it. `now_us` becomes the time of its events, unless the newest event is later; jobs with a time of their own keep
 * to the same rule. */
void zw_batch_begin(zw_batch_t *batch, int64_t now_us);

/* A job that zw_batch_plan will soon be called with: fetches what it will look at. */
void zw_batch_expect(const zw_batch_t *batch, const zw_job_t *job);

/* 0 or -ENOMEM. A job whose answer stands already (a repeat) needs its mark: -ZW_E_CORRUPT and the like are not fatal, the
 * answer then says less. */
int zw_batch_plan(zw_batch_t *batch, zw_job_t *job);
int zw_batch_encode(zw_batch_t *batch); /* the job planned last, and its ack; 0 or -ENOMEM */

/* One transaction, with `place` (zw_store_commit) where there is anything to write. 0, or as zw_store_commit; then call it again. */
int zw_batch_commit(zw_batch_t *batch, zw_str_t place);

/* After the commit: its events in seq order, borrowed until zw_batch_begin; and what it adds to the counters. */
const zw_store_event_t *zw_batch_events(const zw_batch_t *batch, size_t *ret_count);
void zw_batch_count(const zw_batch_t *batch, zw_stats_t *stats);

#endif
