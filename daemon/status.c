#include "status.h"

#include "pairs.h"

#include <unistd.h>

/* A map in a map: its pairs are gathered in a buffer of their own, since their number goes first. */
typedef struct {
    zw_buf_t buf;
    zw_pairs_out_t pairs;
} section_t;

static zw_pairs_out_t *begin(section_t *s)
{
    zw_buf_clear(&s->buf);
    s->pairs = zw_pairs_start(&s->buf);
    return &s->pairs;
}

static void end(section_t *s, const char *key, zw_pairs_out_t *into)
{
    zw_buf_t *out = zw_pair(into, key);
    zw_mp_map(out, s->pairs.count);
    (void)zw_buf_puts(out, zw_buf_str(&s->buf));
}

static void count_pair(zw_pairs_out_t *p, const char *key, const zw_count_t *counter)
{
    zw_pair_uint(p, key, zw_count_get(counter));
}

static uint64_t rejected(const zw_stats_t *stats)
{
    uint64_t n = 0;
    for (size_t i = 0; i < sizeof(stats->rejected) / sizeof(stats->rejected[0]); i++)
        n += zw_count_get(&stats->rejected[i]);
    return n;
}

static uint64_t duplicates(const zw_stats_t *stats)
{
    return zw_count_get(&stats->duplicates[ZW_DUP_EXACT]) + zw_count_get(&stats->duplicates[ZW_DUP_NEAR]) +
           zw_count_get(&stats->duplicates[ZW_DUP_CONTAINED]);
}

uint64_t zw_stats_articles(const zw_stats_t *stats)
{
    return zw_count_get(&stats->fresh) + duplicates(stats) + zw_count_get(&stats->repeats) + rejected(stats);
}

static void put_counters(section_t *s, const zw_stats_t *stats, zw_pairs_out_t *top)
{
    zw_pairs_out_t *p = begin(s);
    count_pair(p, "new", &stats->fresh);
    zw_pair_uint(p, "duplicate", duplicates(stats));
    zw_pair_uint(p, "rejected", rejected(stats));
    count_pair(p, "repeat", &stats->repeats);
    count_pair(p, "withdrawn", &stats->withdrawals);
    end(s, "articles", top);

    p = begin(s);
    for (int i = ZW_DUP_EXACT; i <= ZW_DUP_REVISION; i++)
        count_pair(p, ZW_DUP_NAMES[i], &stats->duplicates[i]);
    end(s, "duplicates", top);

    p = begin(s);
    for (int i = 0; i < ZW_E_LAST - ZW_E_FIRST; i++)
        if (zw_count_get(&stats->rejected[i]))
            count_pair(p, zw_error_name(-ZW_E_FIRST - i), &stats->rejected[i]);
    end(s, "rejected", top);

    p = begin(s);
    for (int i = 0; i < ZW_REPAIR_COUNT; i++)
        if (zw_count_get(&stats->repairs[i]))
            count_pair(p, ZW_REPAIR_NAMES[i], &stats->repairs[i]);
    end(s, "repairs", top);
    count_pair(top, "facts", &stats->facts);
    count_pair(top, "supports", &stats->supports);
    count_pair(top, "retracts", &stats->retracts);
    count_pair(top, "unsupports", &stats->unsupports);
}

static void put_traffic(section_t *s, const zw_status_source_t *src, zw_pairs_out_t *top)
{
    const zw_stats_t *stats = src->stats;
    zw_flow_info_t flow;
    zw_flow_info(src->flow, &flow);
    zw_pairs_out_t *p = begin(s);
    zw_pair_uint(p, "queued", flow.queued);
    zw_pair_uint(p, "in_flight", flow.in_flight);
    zw_pair_uint(p, "in_flight_bytes", flow.bytes);
    zw_pair_uint(p, "max_in_flight", flow.max_jobs);
    zw_pair_uint(p, "max_in_flight_bytes", flow.max_bytes);
    count_pair(p, "times_full", &stats->full);
    end(s, "queue", top);

    p = begin(s);
    count_pair(p, "submit", &stats->received_submit);
    count_pair(p, "feed", &stats->received_feed);
    count_pair(p, "bytes", &stats->received_bytes);
    count_pair(p, "pings", &stats->pings);
    count_pair(p, "rejected_feed", &stats->rejected_feed);
    count_pair(p, "acks", &stats->acks);
    count_pair(p, "ack_unroutable", &stats->acks_unroutable);
    end(s, "intake", top);

    p = begin(s);
    zw_pair_uint(p, "workers", atomic_load(&src->workers));
    count_pair(p, "articles", &stats->worked);
    count_pair(p, "busy_us", &stats->work_us);
    count_pair(p, "match_limits", &stats->limited);
    end(s, "work", top);

    p = begin(s);
    zw_mp_double(zw_pair(p, "articles_per_s"), (double)zw_count_get(&stats->articles_rate) / 1000);
    zw_mp_double(zw_pair(p, "facts_per_s"), (double)zw_count_get(&stats->facts_rate) / 1000);
    end(s, "rates", top);
}

static void put_store(section_t *s, const zw_status_source_t *src, zw_pairs_out_t *top)
{
    const zw_stats_t *stats = src->stats;
    zw_store_info_t info = { 0 };
    bool known = zw_store_info(src->store, &info) == 0;
    zw_pairs_out_t *p = begin(s);
    uint64_t next = zw_store_next_seq(src->store);
    zw_pair_uint(p, "newest", next > 0 ? next - 1 : 0);
    zw_pair_uint(p, "oldest", zw_store_oldest_seq(src->store));
    end(s, "seq", top);

    p = begin(s);
    if (known) {
        zw_pair_uint(p, "articles", info.articles);
        zw_pair_uint(p, "events", info.events);
        zw_pair_uint(p, "quarantined", info.quarantined);
        zw_pair_uint(p, "bytes_used", info.bytes_used);
        zw_pair_uint(p, "bytes_map", info.bytes_map);
    }
    count_pair(p, "commits", &stats->commits);
    count_pair(p, "commit_us", &stats->commit_us);
    count_pair(p, "commit_max_us", &stats->commit_max_us);
    count_pair(p, "commit_failures", &stats->commit_failures);
    count_pair(p, "trimmed_articles", &stats->trimmed_articles);
    count_pair(p, "trimmed_events", &stats->trimmed_events);
    zw_committer_t *committer = atomic_load(&src->committer);
    int trouble = committer ? zw_committer_trouble(committer) : 0;
    zw_pair_str(p, "trouble", trouble ? zw_strz(zw_error_text(trouble)) : (zw_str_t){ 0 });
    end(s, "store", top);
}

static void put_indexes(section_t *s, const zw_status_source_t *src, zw_pairs_out_t *top)
{
    zw_dedup_info_t dedup;
    zw_dedup_info(src->indexes->dedup, &dedup);
    zw_pairs_out_t *p = begin(s);
    zw_pair_uint(p, "held", dedup.held);
    zw_pair_uint(p, "capacity", dedup.capacity);
    zw_pair_uint(p, "bytes", dedup.bytes);
    zw_pair_uint(p, "facts_held", zw_fact_index_held(src->indexes->facts));
    zw_pair_uint(p, "facts_bytes", zw_fact_index_bytes(src->indexes->facts));
    end(s, "dedup", top);

    zw_rules_t *rules = zw_rulebook_get(src->rules);
    p = begin(s);
    zw_pair_str(p, "version", zw_strz(zw_rules_version(rules)));
    zw_pair_uint(p, "count", zw_rules_count(rules));
    count_pair(p, "reloads", &src->stats->reloads);
    count_pair(p, "reload_failures", &src->stats->reload_failures);
    zw_mp_bool(zw_pair(p, "reload_failed"), atomic_load(&src->stats->reload_failed));
    end(s, "rules", top);
    zw_rules_unref(rules);
}

static void put_publish(section_t *s, const zw_status_source_t *src, zw_pairs_out_t *top)
{
    zw_publish_t *publish = atomic_load(&src->publish);
    if (!publish)
        return;
    const zw_publish_counters_t *c = zw_publish_counters(publish);
    zw_pairs_out_t *p = begin(s);
    zw_pair_uint(p, "events", atomic_load(&c->events));
    zw_pair_uint(p, "heartbeats", atomic_load(&c->heartbeats));
    zw_pair_uint(p, "replay_requests", atomic_load(&c->replay_requests));
    zw_pair_uint(p, "replay_events", atomic_load(&c->replay_events));
    zw_pair_uint(p, "replay_refused", atomic_load(&c->replay_refused));
    zw_pair_uint(p, "replies_dropped", atomic_load(&c->replies_dropped));
    zw_pair_uint(p, "confirms", atomic_load(&c->confirms));
    zw_pair_uint(p, "resets", atomic_load(&c->resets));
    end(s, "publish", top);
}

static void put_clients(section_t *s, const zw_status_source_t *src, zw_pairs_out_t *top)
{
    zw_subscription_t one;
    uint64_t named = 0, end_seq = zw_store_next_seq(src->store), needed = zw_subscriptions_needed(src->subscriptions);
    const zw_zap_counters_t *c = zw_zap_counters(src->zap);
    while (zw_subscriptions_at(src->subscriptions, named, &one))
        named++;
    zw_pairs_out_t *p = begin(s);
    zw_pair_uint(p, "named", named);
    zw_pair_uint(p, "behind", needed < end_seq ? end_seq - needed : 0);
    end(s, "subscriptions", top);

    p = begin(s);
    zw_pair_uint(p, "allowed", atomic_load(&c->allowed));
    zw_pair_uint(p, "refused_key", atomic_load(&c->refused_key));
    zw_pair_uint(p, "refused_full", atomic_load(&c->refused_full));
    end(s, "connections", top);
}

void zw_status_encode(zw_status_source_t *src, zw_buf_t *out)
{
    _cleanup_buf_ zw_buf_t pairs = { 0 };
    section_t s = { 0 };
    zw_pairs_out_t top = zw_pairs_start(&pairs);
    zw_pair_str(&top, "version", zw_strz(ZW_VERSION));
    zw_pair_uint(&top, "protocol", ZW_PROTOCOL_VERSION);
    zw_pair_str(&top, "instance", zw_strz(zw_store_instance(src->store)));
    zw_pair_uint(&top, "pid", (uint64_t)getpid());
    zw_mp_double(zw_pair(&top, "uptime_s"), (double)(zw_monotonic_us() - src->stats->started_us) / 1e6);
    put_counters(&s, src->stats, &top);
    put_traffic(&s, src, &top);
    put_store(&s, src, &top);
    put_indexes(&s, src, &top);
    put_publish(&s, src, &top);
    put_clients(&s, src, &top);
    if (src->cluster)
        src->cluster(src->ctx, &top);
    zw_buf_done(&s.buf);
    zw_mp_map(out, top.count);
    (void)zw_buf_puts(out, zw_buf_str(&pairs));
}

void zw_rates_sample(zw_rates_t *r, zw_stats_t *stats)
{
    enum { N = sizeof(r->samples) / sizeof(r->samples[0]) };
    unsigned now = r->next++ % N, oldest = r->next > N ? r->next % N : 0;
    r->samples[now].at_us = zw_monotonic_us();
    r->samples[now].articles = zw_stats_articles(stats);
    r->samples[now].facts = zw_count_get(&stats->facts) + zw_count_get(&stats->supports);
    int64_t us = r->samples[now].at_us - r->samples[oldest].at_us;
    if (us <= 0)
        return;
    atomic_store(&stats->articles_rate, (r->samples[now].articles - r->samples[oldest].articles) * 1000000000u / (uint64_t)us);
    atomic_store(&stats->facts_rate, (r->samples[now].facts - r->samples[oldest].facts) * 1000000000u / (uint64_t)us);
}
