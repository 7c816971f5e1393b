/* source: where the committer gets its jobs from, in the order in which it decides, and where the answers go.
 *
 * On one machine that is the flow (flow.h): order of arrival here. In a cluster it is the topic of results (cluster/cluster.h): the
 * one order that all instances read. What the committer does with a job is the same for both.
 * Threading. All but `poke` are called by the committer's thread.
 */
#ifndef ZW_SOURCE_H
#define ZW_SOURCE_H

#include "job.h"

typedef struct zw_source {
    /* The next jobs, at most `max` and, but for the first, `bytes` of messages; blocks until there is one, `timeout_ms` is over or
     * poke was called (then 0). -ZW_E_CLOSED: nothing more will come. Other errors: the order cannot be followed any further. */
    int (*collect)(void *ctx, zw_job_t **jobs, size_t max, size_t bytes, int timeout_ms);
    /* Where the jobs collected last came from, to be committed with what they give; valid until the next collect. Called once they
     * are planned. NULL: the order is the store's own. */
    zw_str_t (*place)(void *ctx);
    /* Takes the jobs back, cleared, with the acks of their senders: committed, or (acks empty) given up. */
    void (*answer)(void *ctx, zw_job_t **jobs, size_t count);
    void (*poke)(void *ctx); /* makes collect return, if it waits, or the next one that would; any thread */
    void *ctx;
    bool own_time; /* jobs bring the time of their events */
} zw_source_t;

#endif
