/* flow: how jobs move from intake to the workers, to the committer and back.
 *
 * Purpose. A pool of jobs, a queue for the workers and a ring in order of arrival for the committer, who gets a job
 * only when all before it were handed over: that makes results independent of the number of workers.
 * Memory. At most `jobs` messages and about `bytes` of them are inside at a time; then zw_flow_take gives NULL, intake stops
 * reading its sockets and senders wait. Nothing is dropped.
 * Threading. zw_flow_take, _enter, _answered and _recycle are intake's; _work and _finish the workers'; _collect and _answer the
 * committer's. All are safe beside each other.
 * Shutdown. zw_flow_close once intake reads no more: workers get what is queued, then NULL; the committer gets the rest, then
 * -ZW_E_CLOSED. Intake's side stays usable for the last answers.
 */
#ifndef ZW_FLOW_H
#define ZW_FLOW_H

#include "source.h"

typedef struct zw_flow zw_flow_t;

/* arena_bytes as for zw_job_new. 0, -ENOMEM, -errno. */
int zw_flow_new(size_t jobs, size_t bytes, size_t arena_bytes, zw_flow_t **ret);
void zw_flow_free(zw_flow_t *flow); /* takes NULL; no thread may be inside */

/* From now on all jobs go straight to who collects them, past the workers, whose work it is not. Before any is entered. */
void zw_flow_straight(zw_flow_t *flow);

/* A job to read into, or NULL when the flow is full (or without memory). */
zw_job_t *zw_flow_take(zw_flow_t *flow);
bool zw_flow_full(zw_flow_t *flow);

/* Gives the job its ticket and sends it on; one that is rejected, or a withdrawal, goes straight to the committer. */
void zw_flow_enter(zw_flow_t *flow, zw_job_t *job);

/* Puts a job back: one that was not entered, or that was answered. It must be cleared (zw_job_clear). */
void zw_flow_recycle(zw_flow_t *flow, zw_job_t *job);

/* The next job to work on; blocks. NULL: closed, and nothing is left. */
zw_job_t *zw_flow_work(zw_flow_t *flow);
void zw_flow_finish(zw_flow_t *flow, zw_job_t *job);

/* Writes the finished jobs at the head of the order to `jobs`, at most `max` and, but for the first, `bytes` of messages.
 * Blocks until there is one, `timeout_ms` is over or zw_flow_poke is called (then 0). -ZW_E_CLOSED when closed and empty. */
int zw_flow_collect(zw_flow_t *flow, zw_job_t **jobs, size_t max, size_t bytes, int timeout_ms);

/* Makes zw_flow_collect return, if it waits, or the next one that would. Any thread. */
void zw_flow_poke(zw_flow_t *flow);

/* Hands jobs back to intake, which sends their acks. */
void zw_flow_answer(zw_flow_t *flow, zw_job_t **jobs, size_t count);

/* All jobs answered since the last call, as a list through `next`, in order. */
zw_job_t *zw_flow_answered(zw_flow_t *flow);

/* Readable when there is something for zw_flow_answered; zw_flow_wake makes it so for other reasons. */
int zw_flow_fd(const zw_flow_t *flow);
void zw_flow_wake(zw_flow_t *flow);

void zw_flow_close(zw_flow_t *flow);

/* The committer's side of it. */
zw_source_t zw_flow_source(zw_flow_t *flow);

typedef struct zw_flow_info {
    size_t queued;    /* waiting for a worker */
    size_t in_flight; /* all that were taken in and not yet answered */
    size_t bytes, max_jobs, max_bytes;
} zw_flow_info_t;
void zw_flow_info(zw_flow_t *flow, zw_flow_info_t *ret);

#endif
