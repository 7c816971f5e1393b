/* What batch.c (deciding) and batch_encode.c (writing down) share. */
#ifndef ZW_BATCH_PRIV_H
#define ZW_BATCH_PRIV_H

#include "batch.h"
#include "mark.h"

/* A run of a buffer that may still move. */
typedef struct {
    size_t at, n;
} zw_run_t;

typedef struct {
    zw_event_kind_t kind;
    size_t fact; /* of the plan; also of the job, unless it is lost */
    uint64_t seq, prev;
    uint32_t support;
    zw_run_t topic;   /* in names */
    zw_run_t payload; /* in out */
} zw_plan_event_t;

typedef enum { ZW_PLAN_ARTICLE, ZW_PLAN_WITHDRAW, ZW_PLAN_REPEAT, ZW_PLAN_REJECT } zw_plan_kind_t;

/* What was decided about one job. */
typedef struct {
    zw_plan_kind_t kind;
    zw_job_t *job;
    int64_t time_us; /* of its events */
    uint64_t number; /* of the article, or of the first one that a repeat repeats; a withdrawal has one of its own, and `of` */
    uint64_t seq;    /* of its article or withdraw event; 0 when not known any more */
    zw_status_t status;
    zw_dup_t dup;
    uint64_t of, head;
    double similarity;
    uint32_t published, lost; /* events of facts that it states, and of facts that it (or `of`) states no more */
    zw_decision_t decision; /* as dedup gave it */
    zw_run_t id, of_id;     /* in names */
    size_t event, event_count; /* in events */
    size_t fact, fact_count;   /* in facts */
    zw_run_t record, mark;     /* in out */
} zw_plan_t;

struct zw_batch {
    zw_store_t *store;
    zw_indexes_t *indexes;
    size_t max, n;
    zw_plan_t *plans;
    int64_t time_us; /* of the newest event planned; later ones are never earlier */
    uint64_t next_number, next_seq, first_number; /* of this batch */

    zw_buf_t names, out, map;     /* map: scratch for one article's maps */
    zw_buf_t events, facts;       /* arrays of zw_plan_event_t and zw_mark_fact_t */
    zw_buf_t mark_space, earlier; /* scratch: a decoded mark, and the facts that the version before states: zw_mark_fact_t */
    size_t event_count, fact_count;

    zw_store_event_t *store_events;
    size_t store_event_cap;
    zw_store_article_t *articles;
    zw_store_reject_t *rejects;
    size_t article_count, reject_count;
    bool settled; /* the arrays of the store are filled in */
};

static inline zw_plan_event_t *zw_batch_event(const zw_batch_t *b, size_t i)
{
    return (zw_plan_event_t *)(void *)b->events.p + i;
}

static inline zw_mark_fact_t *zw_batch_fact(const zw_batch_t *b, size_t i)
{
    return (zw_mark_fact_t *)(void *)b->facts.p + i;
}

static inline zw_str_t zw_run_in(const zw_buf_t *buf, zw_run_t run)
{
    return zw_str(buf->p + run.at, run.n);
}

#endif
