/* cluster: many zhiwend share the work through Apache Kafka and decide as one.
 *
 * Purpose. The way of an article in a cluster (CLUSTER.md says why it is so):
 *   entrance   what `submit` and `feed` of this instance took in goes into the topic of articles
 *   share      this instance's part of that topic's partitions → the workers' flow
 *   report     what the workers made → the topic of results, one partition, hence one order
 *   reader     that topic, from where the store stands → the committer, at every instance alike (a zw_source_t)
 * What is committed, published and answered is then the same everywhere: articles, events, seq, and which is a duplicate of which.
 * Promises. A sender is answered after its message is in both topics (acks=all) and decided and durable here. Each message of the topic
 * of articles is decided once, whoever dies (order.h). An instance that was away goes on where its store stands.
 * Failure. While too few brokers are there, nothing gets on and nothing is lost: producing waits, the flows fill, intake stops reading.
 * What cannot get better by waiting (settings that differ, a topic that is another one, a producer that is fenced) ends the daemon.
 * Threading. Open, start, leave, end, close: main's thread; the source: the committer's; info: any.
 * Shutdown, between intake's stop and its finish, with intake's flow closed: zw_cluster_leave, join the workers, zw_cluster_end,
 * join the committer, zw_cluster_close.
 * Without librdkafka the room is built from none.c: zw_cluster_open then refuses.
 */
#ifndef ZW_CLUSTER_H
#define ZW_CLUSTER_H

#include "flow.h"
#include "pairs.h"
#include "stats.h"
#include "store/store.h"
#include "watchdog.h"

typedef struct zw_cluster zw_cluster_t;

typedef struct zw_cluster_options {
    const char *const *brokers; /* HOST:PORT; borrowed until zw_cluster_close, like all here */
    size_t broker_count;
    const char *const *properties; /* "name=value" of librdkafka */
    size_t property_count;
    const char *properties_file; /* one to a line, '#' for comments; empty: none */
    const char *name;            /* of this instance, empty: the host's */
    const char *topics;          /* prefix: topics PREFIX.articles and PREFIX.results */
    const char *group;           /* consumer group, empty: as `topics` */
    uint64_t generation, capacity, window_days, facts; /* the terms: order.h */
    size_t max_in_flight, batch_articles;
    zw_wire_limits_t limits; /* of messages in the topic of articles */
    zw_flow_t *intake;       /* straight (flow.h): what came in here */
    zw_flow_t *work;         /* for the workers: what is this instance's to do */
    zw_store_t *store;
    zw_watchdog_t *watchdog;
    int trouble_fd; /* an eventfd that is written to when the daemon must end */
} zw_cluster_options_t;

/* Joins: reads where the store stands or, with a store that never was in a cluster, founds or adopts the log that the topics are of, for
 * which brokers must answer within a minute. Logs what is wrong. 0, -ZW_E_CONFIG, -ZW_E_CLOSED (no broker), -EINVAL (a store of
 * another log, terms that differ), -ENOMEM, store errors. */
int zw_cluster_open(const zw_cluster_options_t *options, zw_cluster_t **ret);

/* Starts its threads; the instance takes partitions once it has read all results there were. 0 or -errno. */
int zw_cluster_start(zw_cluster_t *cluster);

zw_source_t zw_cluster_source(zw_cluster_t *cluster);

/* Sends what was taken in, waits up to ten seconds for its answers, gives up its partitions and closes the workers' flow. Takes NULL. */
void zw_cluster_leave(zw_cluster_t *cluster);

/* Once the workers have ended: reports what they made; the source is then at its end. Takes NULL. */
void zw_cluster_end(zw_cluster_t *cluster);

/* Once the committer has ended: hands back what was not answered; frees. Takes NULL. */
void zw_cluster_close(zw_cluster_t *cluster);

enum { ZW_CLUSTER_INSTANCES = 128 };
typedef struct zw_cluster_peer {
    char name[64], rules[40]; /* its newest result was made with this version of the rule packs */
    int64_t seen_us;          /* when that result was written */
} zw_cluster_peer_t;

typedef struct zw_cluster_info {
    const char *state; /* "catching up", "following", "waiting for brokers", "failed" */
    const char *name, *topics;
    uint64_t generation;
    char trouble[256]; /* what the brokers said in the last minute; empty: all is well */
    uint64_t partitions; /* that are this instance's */
    int64_t next, behind; /* result to be read next; how many there are from it on */
    double waiting_s;  /* since nothing was acknowledged that should have been; 0: all is well */
    uint64_t unanswered, sent, reported, read, uncounted, gone_back;
    bool diverged;     /* an instance has decided otherwise than this one */
    zw_cluster_peer_t peers[ZW_CLUSTER_INSTANCES];
    size_t peer_count;
} zw_cluster_info_t;
void zw_cluster_info(zw_cluster_t *cluster, zw_cluster_info_t *ret);

/* Appends the pair "cluster"; `rules`: the version of the rule packs in force here. Any thread. */
void zw_cluster_status(zw_cluster_t *cluster, const char *rules, zw_pairs_out_t *top);

#endif
