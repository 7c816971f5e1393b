#include "daemon.h"

#include "base/log.h"
#include "base/log_id.h"
#include "related.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(int e, const char *what, const char *name)
{
    zw_log_with(ZW_LOG_ERROR, &(zw_log_fields_t){ .reason = zw_error_name(e), .id = ZW_LOG_ID_START_FAILED }, "%s %s: %s", what, name, zw_error_text(e));
    return e;
}

static int open_store(zw_daemon_t *d)
{
    const zw_config_t *c = d->config;
    zw_store_options_t o = { .dir = c->state_dir, .map_bytes = c->store_map, .quarantine_bytes = c->store_quarantine };
    if (mkdir(c->state_dir, 0750) < 0 && errno != EEXIST)
        return failed(-errno, "state directory", c->state_dir);
    int e = zw_store_open(&o, &d->store);
    uint32_t schema;
    if (e == -ZW_E_SCHEMA && zw_store_schema(c->state_dir, &schema) == 0 && schema > ZW_STORE_SCHEMA)
        zw_log(ZW_LOG_ERROR, "the store in %s was written by a newer zhiwend: it has schema %u, this one knows those up to %u", c->state_dir,
               schema, ZW_STORE_SCHEMA);
    if (e == 0)
        e = zw_subscriptions_open(d->store, c->max_subscriptions, &d->subscriptions);
    return e < 0 ? failed(e, "store in", c->state_dir) : 0;
}

/* ---- rules */

static void tell_rules(void *ctx, const char *file, unsigned line, unsigned column, const char *message)
{
    (void)ctx;
    zw_log(ZW_LOG_ERROR, "%s:%u:%u: %s", file, line, column, message);
}

static int load_rules(zw_daemon_t *d, const char *id_of_success)
{
    const zw_config_list_t *dirs = &d->config->rules_dirs;
    zw_rules_t *rules = NULL;
    int e = zw_rules_load(dirs->n ? dirs->items : NULL, dirs->n, tell_rules, NULL, &rules);
    if (e < 0)
        return e;
    zw_log_with(ZW_LOG_NOTICE, &(zw_log_fields_t){ .id = id_of_success }, "%zu rules, version %s", zw_rules_count(rules), zw_rules_version(rules));
    zw_rulebook_set(&d->rules, rules);
    return 0;
}

/* Keys before rules, which take longer: who is to be shut out is shut out at once. */
static int reload_keys(zw_daemon_t *d)
{
    int e = zw_zap_reload(d->access.zap);
    if (e < 0)
        return failed(e, "the keys of clients in", d->config->curve_clients);
    if (e > 0) {
        zw_log(ZW_LOG_NOTICE, "a key was taken away: connections on tcp are cut, and made again by those who may");
        zw_intake_rebind(d->intake);
        zw_publish_rebind(d->publish);
    }
    return 0;
}

int zw_daemon_reload(zw_daemon_t *d)
{
    int keys = reload_keys(d), rules = load_rules(d, ZW_LOG_ID_RELOADED);
    if (rules < 0)
        zw_log_with(ZW_LOG_WARNING, &(zw_log_fields_t){ .reason = zw_error_name(rules), .id = ZW_LOG_ID_RELOAD_FAILED },
                    "rules: %s; those that were in force stay in force", zw_error_text(rules));
    int e = rules < 0 ? rules : keys;
    zw_count(e < 0 ? &d->stats.reload_failures : &d->stats.reloads, 1);
    atomic_store(&d->stats.reload_failed, e < 0);
    return e;
}

static int open_knowledge(zw_daemon_t *d)
{
    int e = zw_text_tables_open(&d->tables);
    if (e < 0)
        return failed(e, "tables of", "text");
    e = load_rules(d, NULL);
    return e < 0 ? failed(e, "rules", "") : 0;
}

/* ---- indexes and the flow between the threads */

static int open_indexes(zw_daemon_t *d)
{
    const zw_config_t *c = d->config;
    int64_t began = zw_monotonic_us();
    zw_dedup_options_t o = { .capacity = (uint32_t)c->dedup_capacity, .window_days = (uint32_t)c->dedup_window_days };
    int e = zw_indexes_open(&o, c->facts_capacity, d->store, &d->indexes);
    if (e < 0)
        return failed(e, "indexes", "in memory");
    zw_log(ZW_LOG_INFO, "indexes rebuilt from %" PRIu64 " articles in %" PRId64 " ms", zw_store_next_number(d->store) - 1,
           (zw_monotonic_us() - began) / 1000);
    return 0;
}

static int open_flow(zw_daemon_t *d)
{
    const zw_config_t *c = d->config;
    d->watchdog = zw_watchdog_new();
    d->trouble_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    d->zmq = zmq_ctx_new();
    if (!d->watchdog || d->trouble_fd < 0 || !d->zmq)
        return failed(-ENOMEM, "threads", "");
    int e = zw_flow_new(c->max_in_flight, c->max_in_flight_bytes, c->max_article_memory, &d->flow);
    return e < 0 ? failed(e, "queue", "") : 0;
}

/* ---- cluster */

static zw_wire_limits_t limits(const zw_config_t *c)
{
    return (zw_wire_limits_t){ .message_bytes = c->max_message, .body_bytes = c->max_body, .string_bytes = c->max_string,
                               .depth = (unsigned)c->max_depth, .elements = (unsigned)c->max_elements };
}

/* Before the indexes, which decisions of the cluster will move, and before anyone hears which log this is. */
static int open_cluster(zw_daemon_t *d)
{
    const zw_config_t *c = d->config;
    d->work = d->flow;
    if (c->cluster_brokers.n == 0)
        return 0;
    int e = zw_flow_new(c->max_in_flight, c->max_in_flight_bytes, c->max_article_memory, &d->work);
    if (e < 0) {
        d->work = NULL;
        return failed(e, "queue", "");
    }
    zw_flow_straight(d->flow);
    zw_cluster_options_t o = { .brokers = c->cluster_brokers.items,
                               .broker_count = c->cluster_brokers.n,
                               .properties = c->cluster_properties.items,
                               .property_count = c->cluster_properties.n,
                               .properties_file = c->cluster_properties_file,
                               .name = c->cluster_name,
                               .topics = c->cluster_topics,
                               .group = c->cluster_group,
                               .generation = c->cluster_generation,
                               .capacity = c->dedup_capacity,
                               .window_days = c->dedup_window_days,
                               .facts = c->facts_capacity,
                               .max_in_flight = c->max_in_flight,
                               .batch_articles = c->commit_articles,
                               .limits = limits(c),
                               .intake = d->flow,
                               .work = d->work,
                               .store = d->store,
                               .watchdog = d->watchdog,
                               .trouble_fd = d->trouble_fd };
    e = zw_cluster_open(&o, &d->cluster);
    return e < 0 ? failed(e, "cluster of topics", c->cluster_topics) : 0;
}

static void put_cluster(void *ctx, zw_pairs_out_t *top)
{
    zw_daemon_t *d = ctx;
    zw_rules_t *rules = zw_rulebook_get(&d->rules);
    zw_cluster_status(d->cluster, zw_rules_version(rules), top);
    zw_rules_unref(rules);
}

static zw_source_t source(zw_daemon_t *d)
{
    return d->cluster ? zw_cluster_source(d->cluster) : zw_flow_source(d->flow);
}

/* ---- sockets */

static int open_access(zw_daemon_t *d)
{
    return zw_access_open(d->config, d->zmq, &d->access);
}

static int open_intake(zw_daemon_t *d)
{
    const zw_config_t *c = d->config;
    const char *endpoint = NULL;
    zw_intake_options_t o = {
        .zmq = d->zmq,
        .submit_bind = c->submit_bind.items,
        .submit_bind_count = c->submit_bind.n,
        .feed_bind = c->feed_bind.items,
        .feed_bind_count = c->feed_bind.n,
        .feed_connect = c->feed_connect.items,
        .feed_connect_count = c->feed_connect.n,
        .feed_topics = c->feed_topics.items,
        .feed_topic_count = c->feed_topics.n,
        .submit_access = d->access.submit,
        .feed_access = d->access.feed,
        .feed_server_key = d->access.feed_server_key[0] ? d->access.feed_server_key : NULL,
        .queue = (int)c->socket_queue,
        .limits = limits(c),
        .flow = d->flow,
        .stats = &d->stats,
    };
    int e = zw_intake_open(&o, &d->intake, &endpoint);
    return e < 0 ? failed(e, "socket", endpoint) : 0;
}

static void answer_status(void *ctx, zw_buf_t *out)
{
    zw_status_encode(&((zw_daemon_t *)ctx)->status, out);
}

static uint64_t find_article(void *ctx, zw_str_t source, zw_str_t id)
{
    zw_daemon_t *d = ctx;
    return zw_indexes_find(&d->indexes, d->store, source, id);
}

static const char *article_standing(void *ctx, uint64_t number)
{
    static const char *const names[] = { [ZW_STANDS] = NULL, [ZW_SUPERSEDED] = "superseded", [ZW_WITHDRAWN] = "withdrawn" };
    return names[zw_standings_get(((zw_daemon_t *)ctx)->indexes.standings, number)];
}

static int answer_similar(void *ctx, uint64_t number, uint32_t limit, zw_buf_t *out)
{
    zw_daemon_t *d = ctx;
    return zw_related_similar(d->indexes.dedup, d->store, number, limit, out);
}

static int answer_cluster(void *ctx, uint64_t number, uint32_t limit, zw_buf_t *out)
{
    zw_daemon_t *d = ctx;
    return zw_related_cluster(d->indexes.dedup, d->store, number, limit, out);
}

static void subscriptions_changed(void *ctx)
{
    zw_source_t from = source(ctx);
    from.poke(from.ctx);
}

static int open_publish(zw_daemon_t *d)
{
    const zw_config_t *c = d->config;
    const char *endpoint = NULL;
    zw_publish_options_t o = { .zmq = d->zmq,
                               .facts = { c->facts_bind.items, c->facts_bind.n, d->access.facts },
                               .replay = { c->replay_bind.items, c->replay_bind.n, d->access.replay },
                               .heartbeat_ms = (unsigned)(c->heartbeat_us / 1000),
                               .send_hwm = (int)c->facts_queue,
                               .store = d->store,
                               .status = answer_status,
                               .find_article = find_article,
                               .standing = article_standing,
                               .similar = answer_similar,
                               .cluster = answer_cluster,
                               .subscriptions = d->subscriptions,
                               .subscriptions_changed = subscriptions_changed,
                               .topic_bytes = c->max_topic_bytes,
                               .ctx = d };
    d->status.stats = &d->stats;
    d->status.flow = d->flow;
    d->status.store = d->store;
    d->status.indexes = &d->indexes;
    d->status.rules = &d->rules;
    d->status.subscriptions = d->subscriptions;
    d->status.zap = d->access.zap;
    d->status.cluster = d->cluster ? put_cluster : NULL;
    d->status.ctx = d;
    int e = zw_publish_start(&o, &d->publish, &endpoint);
    if (e < 0)
        return failed(e, "socket", endpoint ? endpoint : "facts");
    atomic_store(&d->status.publish, d->publish);
    return zw_watchdog_add(d->watchdog, "publish", &zw_publish_counters(d->publish)->progress, NULL);
}

/* ---- threads */

static int start(zw_daemon_t *d)
{
    const zw_config_t *c = d->config;
    int e = zw_workers_start(c->workers, d->work, d->tables, &d->rules, &d->stats, d->watchdog, &d->workers);
    if (e < 0)
        return failed(e, "workers", "");
    atomic_store(&d->status.workers, zw_workers_count(d->workers));
    zw_retention_options_t retention = { .age_us = (int64_t)c->retention_age_us, .bytes = c->retention_size,
                                         .unconfirmed_age_us = (int64_t)c->retention_unconfirmed_age_us,
                                         .unconfirmed_bytes = c->retention_unconfirmed_size, .store = d->store, .indexes = &d->indexes,
                                         .subscriptions = d->subscriptions, .stats = &d->stats };
    e = zw_retention_new(&retention, &d->retention);
    if (e < 0)
        return failed(e, "retention", "");
    zw_committer_options_t o = { .batch_articles = c->commit_articles, .batch_bytes = c->commit_bytes, .source = source(d),
                                 .store = d->store, .indexes = &d->indexes, .publish = d->publish, .subscriptions = d->subscriptions, .retention = d->retention, .stats = &d->stats,
                                 .watchdog = d->watchdog, .trouble_fd = d->trouble_fd };
    e = zw_committer_start(&o, &d->committer);
    if (e < 0)
        return failed(e, "committer", "");
    atomic_store(&d->status.committer, d->committer);
    e = zw_watchdog_add(d->watchdog, "intake", zw_intake_progress(d->intake), NULL);
    if (e == 0 && d->cluster)
        e = zw_cluster_start(d->cluster);
    if (e == 0)
        e = zw_intake_start(d->intake);
    return e < 0 ? failed(e, "intake", "") : 0;
}

int zw_daemon_open(const zw_config_t *config, zw_daemon_t *d)
{
    static int (*const steps[])(zw_daemon_t *) = { open_store, open_knowledge, open_flow, open_cluster, open_indexes,
                                                   open_access, open_intake, open_publish, start };
    *d = (zw_daemon_t){ .config = config, .trouble_fd = -1, .stats.started_us = zw_monotonic_us() };
    zw_rulebook_init(&d->rules);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        int e = steps[i](d);
        if (e < 0) {
            (void)zw_daemon_close(d);
            return e;
        }
    }
    return 0;
}

int zw_daemon_close(zw_daemon_t *d)
{
    zw_intake_stop(d->intake);
    if (d->flow)
        zw_flow_close(d->flow);
    zw_cluster_leave(d->cluster);
    zw_workers_join(d->workers);
    zw_cluster_end(d->cluster);
    if (d->committer)
        zw_committer_hurry(d->committer);
    int e = zw_committer_join(d->committer);
    zw_publish_stop(d->publish);
    zw_committer_free(d->committer); /* not before: `status` looked at it until now */
    zw_cluster_close(d->cluster);
    zw_intake_finish(d->intake);
    zw_access_close(&d->access);
    if (d->zmq)
        (void)zmq_ctx_term(d->zmq);
    if (d->work != d->flow)
        zw_flow_free(d->work);
    zw_flow_free(d->flow);
    zw_watchdog_free(d->watchdog);
    zw_retention_free(d->retention);
    zw_indexes_close(&d->indexes);
    zw_subscriptions_close(d->subscriptions);
    zw_rulebook_done(&d->rules);
    zw_text_tables_free(d->tables);
    zw_store_close(d->store);
    if (d->trouble_fd >= 0)
        (void)close(d->trouble_fd);
    return e;
}
