#include "worker.h"

#include "process.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    zw_workers_t *pool;
    pthread_t thread;
    bool started;
    zw_extractor_t *extractor;
    atomic_uint_fast64_t progress;
    atomic_bool busy;
} worker_t;

struct zw_workers {
    zw_flow_t *flow;
    const zw_text_tables_t *tables;
    zw_rulebook_t *book;
    zw_stats_t *stats;
    size_t count;
    worker_t workers[];
};

static void count(zw_stats_t *stats, const zw_job_t *job, int64_t began_us)
{
    zw_count(&stats->worked, 1);
    zw_count(&stats->work_us, (uint64_t)(zw_monotonic_us() - began_us));
    if (zw_job_rejected(job))
        return;
    zw_count(&stats->limited, job->extraction.limited);
    for (int i = 0; i < ZW_REPAIR_COUNT; i++)
        if (job->text.repairs[i])
            zw_count(&stats->repairs[i], job->text.repairs[i]);
}

static void *loop(void *arg)
{
    worker_t *w = arg;
    zw_workers_t *pool = w->pool;
    for (zw_job_t *job; (job = zw_flow_work(pool->flow));) {
        atomic_store(&w->busy, true);
        int64_t began_us = zw_monotonic_us();
        zw_rules_t *rules = zw_rulebook_get(pool->book);
        zw_process(job, pool->tables, rules, w->extractor);
        zw_rules_unref(rules);
        count(pool->stats, job, began_us);
        zw_flow_finish(pool->flow, job);
        atomic_fetch_add(&w->progress, 1);
        atomic_store(&w->busy, false);
    }
    return NULL;
}

static size_t cores(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 0 ? (size_t)n : 1;
}

static int start(worker_t *w, zw_workers_t *pool, size_t index, zw_watchdog_t *watchdog)
{
    char name[16];
    w->pool = pool;
    w->extractor = zw_extractor_new();
    if (!w->extractor)
        return -ENOMEM;
    int e = -pthread_create(&w->thread, NULL, loop, w);
    if (e < 0)
        return e;
    w->started = true;
    (void)snprintf(name, sizeof(name), "worker-%u", (unsigned)index % 1000);
    (void)pthread_setname_np(w->thread, name);
    return zw_watchdog_add(watchdog, name, &w->progress, &w->busy);
}

int zw_workers_start(size_t n, zw_flow_t *flow, const zw_text_tables_t *tables, zw_rulebook_t *book, zw_stats_t *stats,
                     zw_watchdog_t *watchdog, zw_workers_t **ret)
{
    if (n == 0)
        n = cores();
    zw_workers_t *pool = calloc(1, sizeof(*pool) + n * sizeof(worker_t));
    if (!pool)
        return -ENOMEM;
    pool->flow = flow;
    pool->tables = tables;
    pool->book = book;
    pool->stats = stats;
    for (pool->count = 0; pool->count < n; pool->count++) {
        int e = start(&pool->workers[pool->count], pool, pool->count, watchdog);
        if (e < 0) {
            pool->count++;
            zw_flow_close(flow);
            zw_workers_join(pool);
            return e;
        }
    }
    *ret = pool;
    return 0;
}

size_t zw_workers_count(const zw_workers_t *pool)
{
    return pool->count;
}

void zw_workers_join(zw_workers_t *pool)
{
    if (!pool)
        return;
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->workers[i].started)
            (void)pthread_join(pool->workers[i].thread, NULL);
        zw_extractor_free(pool->workers[i].extractor);
    }
    free(pool);
}
