#include "indexes.h"

#include "mark.h"

#include <errno.h>
#include <pthread.h>

typedef struct {
    zw_indexes_t *indexes;
    zw_buf_t space;
    zw_store_t *store; /* this and what follows: rebuild_dedup */
    const zw_dedup_options_t *options;
    int error;
} rebuild_t;

/* Marks before this one may be gone: how many articles state the fact is in the mark, but for those of the first stores. */
static void count_fact(zw_indexes_t *x, const zw_mark_fact_t *f, uint64_t number)
{
    if (f->support)
        zw_fact_index_restore(x->facts, f->id, number, f->support, f->turned);
    else
        (void)zw_fact_index_add(x->facts, f->id, number);
}

/* What zw_batch_plan did when the article came, again: all but the fingerprint. */
static int restore(void *ctx, uint64_t number, zw_str_t bytes)
{
    rebuild_t *r = ctx;
    zw_indexes_t *x = r->indexes;
    zw_mark_t mark;
    char topic[128];
    int e = zw_mark_decode(bytes, &r->space, &mark);
    if (e == 0)
        e = zw_topic_index_reserve(x->topics, mark.fact_count + 1);
    if (e == 0 && mark.of)
        e = mark.of < number ? zw_standings_reserve(x->standings, mark.of) : -ZW_E_CORRUPT;
    if (e < 0)
        return e;
    uint64_t seq = mark.seq;
    for (size_t i = 0; i < mark.fact_count; i++)
        zw_fact_index_prefetch(x->facts, mark.facts[i].id);
    for (size_t i = 0; i < mark.fact_count; i++)
        seq -= zw_mark_event(mark.facts[i].kind) != ZW_EV_OTHER;
    for (size_t i = 0; i < mark.fact_count; i++) {
        const zw_mark_fact_t *f = &mark.facts[i];
        zw_event_kind_t kind = zw_mark_event(f->kind);
        if (kind == ZW_EV_OTHER)
            continue;
        if (kind == ZW_EV_FACT || kind == ZW_EV_SUPPORT)
            count_fact(x, f, number);
        else
            (void)zw_fact_index_remove(x->facts, f->id);
        size_t n = zw_topic_fact(kind, f->type, f->region, topic);
        (void)zw_topic_index_set(x->topics, zw_str(topic, n), seq++);
    }
    if (mark.status == ZW_ST_WITHDRAWN)
        zw_standings_set(x->standings, mark.of, ZW_WITHDRAWN);
    else if (mark.dup == ZW_DUP_REVISION)
        zw_standings_set(x->standings, mark.of, ZW_SUPERSEDED);
    size_t n = zw_topic_article(mark.status, mark.dup, topic);
    (void)zw_topic_index_set(x->topics, zw_str(topic, n), mark.seq);
    return 0;
}

static int restore_fingerprint(void *ctx, uint64_t number, zw_str_t bytes)
{
    rebuild_t *r = ctx;
    zw_mark_t mark;
    int e = zw_mark_decode(bytes, &r->space, &mark);
    return e < 0 || mark.status == ZW_ST_WITHDRAWN ? e : zw_dedup_restore(r->indexes->dedup, number, mark.dedup);
}

/* The index of duplicates takes as long as all else together, and shares nothing with it: so both read the marks. */
static void *rebuild_dedup(void *arg)
{
    rebuild_t *r = arg;
    r->error = zw_dedup_open(r->options, &r->indexes->dedup);
    if (r->error == 0) {
        r->error = zw_store_marks(r->store, 1, restore_fingerprint, r);
        zw_dedup_restored(r->indexes->dedup);
    }
    zw_buf_done(&r->space);
    return NULL;
}

int zw_indexes_open(const zw_dedup_options_t *dedup, uint64_t facts_capacity, zw_store_t *store, zw_indexes_t *ret)
{
    zw_indexes_t x = { .topics = zw_topic_index_new(), .standings = zw_standings_new() };
    rebuild_t prints = { .indexes = &x, .store = store, .options = dedup }, r = { .indexes = &x };
    pthread_t thread;
    bool started = x.topics && x.standings && pthread_create(&thread, NULL, rebuild_dedup, &prints) == 0;
    int e = started ? zw_fact_index_open(facts_capacity, &x.facts) : -ENOMEM;
    if (e == 0)
        e = zw_store_marks(store, 1, restore, &r);
    zw_buf_done(&r.space);
    if (started && (errno = pthread_join(thread, NULL)) != 0 && e == 0)
        e = -errno;
    if (e == 0)
        e = prints.error;
    if (e < 0)
        zw_indexes_close(&x);
    *ret = x;
    return e;
}

uint64_t zw_indexes_find(const zw_indexes_t *x, const zw_store_t *store, zw_str_t source, zw_str_t id)
{
    uint64_t number = zw_dedup_find(x->dedup, source, id);
    if (number || !zw_str_starts(id, ZW_STR_LIT("zw-")) || id.n < 4 || id.n > 22)
        return number;
    for (size_t i = 3; i < id.n; i++) {
        if (id.p[i] < '0' || id.p[i] > '9')
            return 0;
        number = number * 10 + (uint64_t)(id.p[i] - '0');
    }
    return number < zw_store_next_number(store) ? number : 0;
}

void zw_indexes_close(zw_indexes_t *x)
{
    zw_dedup_close(x->dedup);
    zw_fact_index_close(x->facts);
    zw_topic_index_free(x->topics);
    zw_standings_free(x->standings);
    *x = (zw_indexes_t){ 0 };
}
