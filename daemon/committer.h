/* committer: the one thread that decides, writes and tells.
 *
 * Takes finished jobs strictly in the order of their source, as many as there are (one when idle, for latency; up to the bounds under
 * load, for throughput), commits them in one transaction, and only then answers the senders and publishes.
 * Failure. A commit that fails is tried again with the very same batch (see batch.h), with growing pauses, for as long as
 * it takes; nobody is answered meanwhile and intake stops by itself once the flow is full. When the store says that
 * it must be opened again (EIO), or when the daemon is to stop, it gives up: nothing of the batch was told to anyone.
 * It also writes what named subscriptions have confirmed, between two batches; a failure there is logged and tried again.
 * Upkeep. Between two batches, and while nothing comes, it removes what retention gives up, a step at a time; and when a commit
 * fails for want of room, so that a full store helps itself.
 * Shutdown. It ends by itself once its source is closed and empty; zw_committer_join waits for that. Logs.
 */
#ifndef ZW_COMMITTER_H
#define ZW_COMMITTER_H

#include "indexes.h"
#include "retention.h"
#include "publish/publish.h"
#include "source.h"
#include "stats.h"
#include "watchdog.h"

typedef struct zw_committer zw_committer_t;

typedef struct zw_committer_options {
    size_t batch_articles, batch_bytes;
    zw_source_t source;
    zw_store_t *store; /* all borrowed until zw_committer_join */
    zw_indexes_t *indexes;
    zw_publish_t *publish;
    zw_subscriptions_t *subscriptions;
    zw_retention_t *retention;
    zw_stats_t *stats;
    zw_watchdog_t *watchdog;
    int trouble_fd;  /* an eventfd that is written to when it had to give up and the daemon should end */
} zw_committer_options_t;

int zw_committer_start(const zw_committer_options_t *options, zw_committer_t **ret); /* 0, -ENOMEM, -errno */

/* What the store last failed with and has not got over yet; 0: all is well. Any thread. */
int zw_committer_trouble(const zw_committer_t *committer);

/* From now on a failing commit is tried for a few seconds only. */
void zw_committer_hurry(zw_committer_t *committer);

/* Waits for its end. 0, or the error that it gave up with. Takes NULL. */
int zw_committer_join(zw_committer_t *committer);
void zw_committer_free(zw_committer_t *committer); /* once joined; takes NULL */

#endif
