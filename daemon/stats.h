/* stats: what the daemon counts since its start. Atomics: any thread adds, any thread reads. */
#ifndef ZW_STATS_H
#define ZW_STATS_H

#include "text/text.h"
#include "zw_wire.h"

#include <stdatomic.h>

typedef atomic_uint_fast64_t zw_count_t;

typedef struct zw_stats {
    int64_t started_us; /* monotonic */

    /* intake */
    zw_count_t received_submit, received_feed, received_bytes, pings;
    zw_count_t acks, acks_unroutable; /* unroutable: the sender had gone or does not read */
    zw_count_t full;                  /* times that reading was stopped because the flow was full */

    /* workers */
    zw_count_t worked, work_us, limited;
    zw_count_t repairs[ZW_REPAIR_COUNT];

    /* committer */
    zw_count_t fresh, duplicates[ZW_DUP_REVISION + 1], repeats; /* revisions are new articles, too */
    zw_count_t rejected[ZW_E_LAST - ZW_E_FIRST]; /* by code; [0]: causes of the system */
    zw_count_t rejected_feed;
    zw_count_t facts, supports, retracts, unsupports, withdrawals;
    zw_count_t trimmed_articles, trimmed_events; /* by retention */
    zw_count_t commits, commit_us, commit_max_us, commit_failures;

    /* reload */
    zw_count_t reloads, reload_failures;
    atomic_bool reload_failed; /* the last one: rules that are out of date are in force */

    /* rates, refreshed by main's loop: thousandths a second over the last ten seconds */
    zw_count_t articles_rate, facts_rate;
} zw_stats_t;

static inline void zw_count(zw_count_t *counter, uint64_t n)
{
    (void)atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static inline uint64_t zw_count_get(const zw_count_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/* The counter in `rejected` for a negative code. */
static inline size_t zw_stats_reason(int code)
{
    return code <= -ZW_E_FIRST && code > -ZW_E_LAST ? (size_t)(-code - ZW_E_FIRST) : 0;
}

/* Microseconds: since 1970, and of a clock that never jumps. */
int64_t zw_now_us(void);
int64_t zw_monotonic_us(void);

#endif
