/* What the files of the cluster share. */
#ifndef ZW_CLUSTER_PRIV_H
#define ZW_CLUSTER_PRIV_H

#include "cluster/kafka.h"
#include "cluster/order.h"
#include "stats.h"

#include <pthread.h>
#include <time.h>

enum { ZW_TURN_MS = 200, ZW_STALLED_US = 5000000, ZW_ASKER_BYTES = 17 };
#define ZW_ASKER_HEADER "zw-asker" /* of a message in the topic of articles: asker (8), ticket (8), origin (1), little-endian */

/* A sender that waits for its answer. */
typedef struct zw_pending {
    zw_job_t *job; /* NULL: free */
    uint32_t use;  /* how often the place was used: the upper half of the ticket */
    uint32_t next; /* free ones: the next */
} zw_pending_t;

/* A message on its way to a broker. */
typedef struct zw_sent {
    bool result;      /* else an article */
    zw_origin_t origin;
    zw_job_ref_t ref; /* of an article only the ticket */
} zw_sent_t;

/* This instance's part of the topic of articles. */
typedef struct zw_share_part {
    bool owned;
    int64_t start;   /* offset that we asked for, until the first message has come; 0: none */
    int64_t last;    /* offset of the newest message that was read, -1: none yet */
    int64_t counted; /* order_newest when we last looked … */
    int64_t moved_us; /* … and when that was another one */
    atomic_int_fast64_t at_work; /* messages between the queue of the workers and the brokers' word on their results */
} zw_share_part_t;

struct zw_cluster {
    zw_cluster_options_t o;
    char name[64], articles[256], results[256];
    uint64_t self; /* asker's number, other than 0 and than any other instance's */
    zw_terms_t terms;
    rd_kafka_t *producer, *consumer, *member; /* member of the group */
    rd_kafka_topic_t *articles_topic, *results_topic, *order_topic; /* the last is the consumer's */
    rd_kafka_queue_t *order_queue;
    pthread_t threads[4];
    unsigned thread_count;
    atomic_uint_fast64_t progress[4];
    atomic_bool leaving, ending, caught_up;
    atomic_int_fast64_t leave_by_us; /* monotonic; 0: it stays */
    atomic_int failed; /* what cannot get better by waiting; 0: nothing */

    /* ---- entrance and reader */
    pthread_mutex_t lock; /* guards what follows, up to the reader */
    zw_pending_t *pending;
    uint32_t pending_free;
    size_t pending_count;
    zw_job_t *refused, **refused_end; /* of this instance, on their way to the committer past the topics; through `next` */
    int64_t known; /* what the newest commit came from: its place and digest, for results */
    uint64_t digest;
    char trouble[256]; /* what brokers or librdkafka said last, and when */
    int64_t trouble_us;
    zw_cluster_peer_t peers[ZW_CLUSTER_INSTANCES];
    size_t peer_count;

    /* ---- reader: the committer's thread */
    zw_order_t order; /* zw_order_newest: any */
    zw_job_t **jobs;  /* of which `collected` are the committer's now, with their places in the order */
    int64_t *offsets;
    size_t collected;
    zw_buf_t place;
    bool diverged_told;

    /* ---- share and report */
    zw_share_part_t parts[ZW_ORDER_PARTITIONS];
    zw_buf_t out; /* report's */

    /* ---- for info */
    atomic_uint_fast64_t generation; /* in force */
    atomic_int_fast64_t next, end; /* of the results: to be read, and where they ended when we last heard */
    atomic_int_fast64_t outstanding, moved_us; /* messages that brokers have not acknowledged, and when that last changed for the better */
    atomic_bool stalled, diverged;
    zw_count_t partitions, sent, reported, read, uncounted, gone_back;
};

/* Less than a second. */
static inline void zw_cluster_nap(int ms)
{
    struct timespec t = { .tv_nsec = ms * 1000000L };
    (void)nanosleep(&t, NULL);
}

/* ---- cluster.c */

/* Nothing can get better: logs once, makes the daemon end. */
void zw_cluster_fail(zw_cluster_t *cluster, int error);

/* Puts a message into the producer's queue, which copies the bytes; waits while that is full, or knows no such topic. `sent` is copied. 0;
 * -ZW_E_CLOSED: the daemon ends; -ZW_E_TOO_LARGE: the producer may not send so much; -EACCES: it may not write there. */
int zw_cluster_produce(zw_cluster_t *cluster, const zw_sent_t *sent, zw_str_t key, zw_str_t bytes, const zw_str_t *asker);

/* Waits until the reader has got to where the results end, as far as it knows, or `timeout_ms` is over, or the instance leaves. True: it
 * has. (Asks no broker: rd_kafka_query_watermark_offsets may wait for one that is away far beyond its timeout, seen with librdkafka 2.0.2.) */
bool zw_cluster_read_up(zw_cluster_t *cluster, int timeout_ms);

/* ---- join.c */
int zw_cluster_join(zw_cluster_t *cluster);
/* Writes a FOUNDED result: the first one of all founds the log, a later one brings terms of a higher generation into force. */
int zw_cluster_tell_terms(zw_cluster_t *cluster);

/* ---- entrance.c */
void *zw_cluster_entrance(void *cluster);
/* The job that waits under a ticket of ours, no longer pending; NULL: none. */
zw_job_t *zw_pending_take(zw_cluster_t *cluster, uint64_t ticket);
/* The message was lost on its way: it is sent again, if its sender still waits. */
void zw_entrance_again(zw_cluster_t *cluster, uint64_t ticket);
/* Brokers do not take the message: its sender hears so. */
void zw_entrance_refused(zw_cluster_t *cluster, uint64_t ticket, rd_kafka_resp_err_t error);

/* ---- share.c */
void *zw_cluster_share(void *cluster);
void zw_share_rebalance(rd_kafka_t *kafka, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t *partitions, void *cluster);

/* ---- report.c */
void *zw_cluster_report(void *cluster);
/* Brokers do not take the result: one that says so takes its place. */
void zw_report_refused(zw_cluster_t *cluster, const zw_sent_t *sent, rd_kafka_resp_err_t error);
/* The result head of this instance, with what it knows now. */
void zw_report_head(zw_cluster_t *cluster, const char *rules, zw_result_t *ret);

/* ---- reader.c */
int zw_reader_open(zw_cluster_t *cluster); /* 0, -EINVAL (terms that differ, logged), -ENOMEM, -ZW_E_CLOSED */
void zw_reader_close(zw_cluster_t *cluster);

#endif
