/* status: the map that `zhiwen status` shows, and the one line that systemd does. Any thread; blocks on nothing but short locks
 * and a read of the store's own counters.
 */
#ifndef ZW_STATUS_H
#define ZW_STATUS_H

#include "committer.h"
#include "flow.h"
#include "indexes.h"
#include "pairs.h"
#include "publish/publish.h"
#include "rulebook.h"
#include "stats.h"
#include "zap.h"

/* All borrowed; what is NULL or 0 is not there yet. */
typedef struct zw_status_source {
    zw_stats_t *stats;
    zw_flow_t *flow;
    zw_store_t *store;
    zw_indexes_t *indexes;
    zw_rulebook_t *rules;
    zw_subscriptions_t *subscriptions;
    zw_zap_t *zap;
    atomic_size_t workers;
    _Atomic(zw_publish_t *) publish;
    _Atomic(zw_committer_t *) committer;
    void (*cluster)(void *ctx, zw_pairs_out_t *top); /* appends the pair "cluster"; NULL: there is none */
    void *ctx;
} zw_status_source_t;

/* Appends the map (PROTOCOL.md, "status"). */
void zw_status_encode(zw_status_source_t *source, zw_buf_t *out);

/* Refreshes the rates; call it about once a second, from one thread. */
typedef struct zw_rates {
    struct {
        int64_t at_us;
        uint64_t articles, facts;
    } samples[11];
    unsigned next;
} zw_rates_t;
void zw_rates_sample(zw_rates_t *rates, zw_stats_t *stats);

/* Articles taken in since the start, whatever became of them. */
uint64_t zw_stats_articles(const zw_stats_t *stats);

#endif
