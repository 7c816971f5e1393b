/* retention: what the store gives up so that it ends somewhere: whole articles with their events, the oldest first.
 *
 * Purpose. Past an age, or a size of what the store holds, the oldest articles go, in small steps between two batches. What a named
 * subscription has not confirmed stays, up to limits of its own. An article's mark stays as long as an index
 * in memory remembers the article, so that a restart rebuilds the indexes as they were.
 * With neither age nor size nothing is ever removed.
 * Threading. One thread: the committer. The room does not log: it tells.
 */
#ifndef ZW_RETENTION_H
#define ZW_RETENTION_H

#include "indexes.h"
#include "publish/subscriptions.h"
#include "stats.h"

typedef struct zw_retention zw_retention_t;

typedef struct zw_retention_options {
    int64_t age_us;              /* 0: by age nothing goes */
    uint64_t bytes;              /* 0: by size nothing goes; of zw_store_info's bytes_used */
    int64_t unconfirmed_age_us;  /* past these, what is not confirmed goes too; 0: never */
    uint64_t unconfirmed_bytes;
    zw_store_t *store; /* borrowed, like the rest */
    zw_indexes_t *indexes;
    zw_subscriptions_t *subscriptions; /* NULL: there are none */
    zw_stats_t *stats;
} zw_retention_options_t;

int zw_retention_new(const zw_retention_options_t *options, zw_retention_t **ret); /* 0, -ENOMEM */
void zw_retention_free(zw_retention_t *retention);                                  /* takes NULL */

/* What one round came to, told by the step that ends it. */
typedef struct zw_retention_report {
    uint64_t articles, events; /* removed */
    uint64_t oldest_seq;       /* the oldest event now */
    uint64_t unconfirmed;      /* not 0: events from this one on went though a named subscription had not confirmed them */
    bool held;                 /* more would have gone, but for a named subscription */
    bool more;                 /* the next round begins at once */
} zw_retention_report_t;

/* Does the next step, when there is one: at most `records` records, in one transaction. `now_us`: since 1970, as the events' times
 * are. `urgent`: looks at once, not only every few seconds. Returns 1: there is more to do; 0: nothing for now; an error as
 * zw_store_trim. *ret is what the round that has ended came to; zeroed while there is nothing to tell. */
int zw_retention_step(zw_retention_t *retention, int64_t now_us, size_t records, bool urgent, zw_retention_report_t *ret);

/* There is more to do. */
bool zw_retention_busy(const zw_retention_t *retention);

#endif
