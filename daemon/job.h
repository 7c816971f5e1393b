/* job: one message on its way through the daemon, and what each stage hands on to the next.
 *
 * Intake fills the first part, a worker the second, the committer the third. A job belongs to one thread at a time; zw_flow_t
 * (flow.h) moves it on. It owns the message as received, its decoder and an arena, so everything that the rooms make
 * of the message lives until zw_job_clear.
 */
#ifndef ZW_JOB_H
#define ZW_JOB_H

#include "dedup/dedup.h"
#include "extract/extract.h"

#include <zmq.h>

/* CLUSTER: of the topic of articles, whoever put it there; such a job is worked on here for all instances. */
typedef enum { ZW_FROM_SUBMIT, ZW_FROM_FEED, ZW_FROM_CLUSTER } zw_origin_t;
extern const char *const ZW_FROM_NAMES[]; /* "submit" "feed" "cluster" */

/* A fact ready for the committer. */
typedef struct zw_job_fact {
    uint8_t id[16];
    zw_str_t type;
    uint32_t region;
    zw_str_t map; /* MessagePack, as zw_fact_encode writes it */
} zw_job_fact_t;

/* Pairs of a map whose header the committer writes, with its own pairs before them. */
typedef struct zw_job_pairs {
    zw_str_t bytes;
    uint32_t count;
} zw_job_pairs_t;

/* A message's place in the topic of articles, and who waits for its answer (cluster/cluster.h). */
typedef struct zw_job_ref {
    int32_t partition;
    int64_t offset, prev;   /* prev: of the message of the partition that was read before it, -1: none */
    uint64_t asker, ticket; /* 0: nobody; else an instance's number, and what it knows the sender by */
} zw_job_ref_t;

typedef struct zw_job {
    struct zw_job *next; /* in the list of zw_flow_t that holds it */
    uint64_t ticket;     /* order of arrival, gapless */
    bool done;           /* the worker's part is over; guarded by the flow's lock */

    /* ---- intake */
    zw_origin_t origin;
    unsigned char peer[256]; /* routing id of the sender on `submit` */
    size_t peer_bytes;
    bool delimiter;          /* the sender (a REQ socket) put an empty frame before its message */
    zmq_msg_t message;
    size_t bytes;            /* of the message, as counted against the bound of the flow */
    zw_wire_t *wire;
    zw_request_t request;
    zw_reject_t reject;      /* code 0: good so far */

    /* ---- worker */
    zw_arena_t *arena;
    zw_rules_t *rules;       /* the pack that it was read with; facts borrow from it */
    zw_text_t text;
    zw_extraction_t extraction;
    const zw_fingerprint_t *fingerprint;
    zw_job_fact_t *facts;    /* each id once */
    size_t fact_count;
    zw_buf_t encoded;        /* holds the maps of the facts and the next three */
    zw_job_pairs_t brief;    /* the article as every event names it … */
    zw_job_pairs_t detail;   /* … as its own event does … */
    zw_job_pairs_t record;   /* … and as it is stored; each begins with the one before */

    /* ---- cluster */
    zw_job_ref_t ref;
    struct zw_job *asked;    /* the job that the message came in by at this instance, which is answered; NULL: none */

    /* ---- committer */
    int64_t time_us;         /* of its events, 0: when the batch begins */
    uint64_t outcome;        /* what was decided, in a hash */
    zw_buf_t ack;            /* what the sender is told; empty for `feed` */
} zw_job_t;

/* arena_bytes: what one article may use at most. NULL without memory. */
zw_job_t *zw_job_new(size_t arena_bytes);
void zw_job_free(zw_job_t *job); /* takes NULL */

/* Gives back the message and all that was made of it; keeps peer, origin and ack. */
void zw_job_clear(zw_job_t *job);

/* Refuses the message: `code` is -ZW_E_*, `message` NULL takes the code's own sentence. */
void zw_job_reject(zw_job_t *job, int code, const char *field, const char *message);

static inline zw_str_t zw_job_raw(zw_job_t *job)
{
    return zw_str(zmq_msg_data(&job->message), zmq_msg_size(&job->message));
}

static inline bool zw_job_rejected(const zw_job_t *job)
{
    return job->reject.code < 0;
}

#endif
