#include "follow.h"

#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BATCH_EVENTS = 5000, BATCH_US = 500000, WAIT_MS = 250, ASK_MS = 1000, PAUSE_US = 200000, SHOWN_BEHIND = 1000 };

struct follow {
    zw_client_t *client;
    store_t *store;
    live_t *live;
    void (*on_trouble)(void *ctx);
    void *ctx;
    pthread_t thread;
    atomic_bool stop;

    zw_query_t *query;
    zw_subscriber_t *sub;
    live_event_t **batch; /* for the pages, when it is committed */
    size_t batch_count;
    uint64_t applied;     /* the last seq that is in the transaction */
    size_t uncommitted;
    int64_t began_us;

    pthread_mutex_t lock; /* of info */
    follow_info_t info;
};

static int64_t now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void note(follow_t *f)
{
    const zw_subscriber_info_t *info = f->sub ? zw_subscriber_info(f->sub) : NULL;
    (void)pthread_mutex_lock(&f->lock);
    f->info.position = store_position(f->store);
    f->info.connected = info && info->connected;
    if (info && info->newest > f->info.newest)
        f->info.newest = info->newest;
    if (f->info.position > f->info.newest)
        f->info.newest = f->info.position;
    (void)pthread_mutex_unlock(&f->lock);
}

static int commit(follow_t *f)
{
    int r = store_commit(f->store, f->applied);
    for (size_t k = 0; k < f->batch_count; k++)
        live_put(f->live, f->batch[k]);
    f->batch_count = f->uncommitted = 0;
    note(f);
    return r;
}

/* ---- events */

static int take_event(follow_t *f, const zw_item_t *item, uint64_t newest)
{
    change_t change;
    uint64_t number = 0;
    bool show = !item->replayed || newest - item->seq < SHOWN_BEHIND;
    int r = store_apply(f->store, item, show, &change);
    if (r < 0)
        return r;
    (void)zw_get_uint(item->article, "number", &number);
    live_event_t *event = change.event && change.json ? live_make(&change, (int64_t)number) : NULL;
    if (event)
        f->batch[f->batch_count++] = event;
    else
        live_skip(f->live, item->seq);
    return 0;
}

static int take_item(follow_t *f, const zw_item_t *item)
{
    if (item->kind == ZW_ITEM_RESET)
        return -ESTALE;
    if (f->uncommitted++ == 0)
        f->began_us = now_us();
    if (item->kind == ZW_ITEM_LOST) {
        zw_log(ZW_LOG_WARNING, "zhiwend no longer keeps the events from %llu to %llu", (unsigned long long)item->seq, (unsigned long long)item->last);
        (void)pthread_mutex_lock(&f->lock);
        f->info.lost += item->last - item->seq + 1;
        (void)pthread_mutex_unlock(&f->lock);
        f->applied = item->last;
        return 0;
    }
    int r = take_event(f, item, zw_subscriber_info(f->sub)->newest);
    if (r == 0)
        f->applied = item->seq;
    return r;
}

/* ---- where to begin */

/* Which log is it? -EAGAIN: nobody answers. */
static int ask_log(follow_t *f, char instance[80], uint64_t *ret_oldest, uint64_t *ret_newest)
{
    zw_str_t map, text = { 0 };
    int r = f->query ? 0 : zw_query_open(f->client, &f->query);
    if (r == 0)
        r = zw_query_status(f->query, ASK_MS, &map);
    if (r < 0)
        return r == -ENOMEM ? r : -EAGAIN;
    (void)zw_get_str(map, "instance", &text);
    (void)zw_get_uint(map, "seq.oldest", ret_oldest);
    (void)zw_get_uint(map, "seq.newest", ret_newest);
    (void)snprintf(instance, 80, "%.*s", ZW_STR_ARGS(text));
    return 0;
}

static int begin(follow_t *f)
{
    char instance[80];
    uint64_t oldest = 0, newest = 0;
    int r = ask_log(f, instance, &oldest, &newest);
    if (r < 0)
        return r;
    if (strcmp(instance, store_instance(f->store)) != 0 || store_position(f->store) > newest) {
        if (*store_instance(f->store))
            zw_log(ZW_LOG_NOTICE, "zhiwend has another log than before: its facts take the place of ours");
        r = store_reset(f->store, instance);
        (void)live_put_note(f->live, "reset", json_object());
        (void)pthread_mutex_lock(&f->lock);
        f->info.newest = f->info.lost = 0;
        (void)pthread_mutex_unlock(&f->lock);
    }
    uint64_t from = store_position(f->store) + 1;
    if (r == 0 && oldest > from) {
        (void)pthread_mutex_lock(&f->lock);
        f->info.lost += oldest - from;
        (void)pthread_mutex_unlock(&f->lock);
        from = oldest;
    }
    f->applied = from - 1;
    return r < 0 ? r : zw_subscribe(f->client, ZW_FROM_SEQ(from), NULL, 0, &f->sub);
}

static void begin_anew(follow_t *f)
{
    zw_subscriber_close(f->sub);
    f->sub = NULL;
}

/* ---- the thread */

static int step(follow_t *f)
{
    const zw_item_t *item;
    int r = f->sub ? 0 : begin(f);
    if (r == -EAGAIN) {
        (void)usleep(PAUSE_US);
        return 0;
    }
    if (r < 0)
        return r;
    r = zw_subscriber_next(f->sub, f->uncommitted ? 0 : WAIT_MS, &item);
    bool idle = r == 0;
    if (r == 1)
        r = take_item(f, item);
    if (r == -ESTALE || r == -ZW_E_TOO_NEW || r == -ZW_E_TOO_OLD) {
        r = f->uncommitted ? commit(f) : 0;
        begin_anew(f);
        return r;
    }
    if (r == -EINTR)
        r = 0;
    bool full = f->uncommitted >= BATCH_EVENTS || (f->uncommitted && now_us() - f->began_us > BATCH_US);
    if (r == 0 && f->uncommitted && (idle || full))
        r = commit(f);
    else if (idle)
        note(f);
    return r;
}

static void *run(void *arg)
{
    follow_t *f = arg;
    int r = 0;
    while (r == 0 && !atomic_load(&f->stop)) {
        r = step(f);
        (void)pthread_mutex_lock(&f->lock);
        f->info.turns++;
        (void)pthread_mutex_unlock(&f->lock);
    }
    if (r == 0 && f->uncommitted)
        r = commit(f);
    if (r < 0) {
        (void)pthread_mutex_lock(&f->lock);
        (void)snprintf(f->info.trouble, sizeof f->info.trouble, "%s", r == -EIO ? store_error(f->store) : zw_error_text(r));
        zw_log(ZW_LOG_ERROR, "cannot keep facts any more: %s", f->info.trouble);
        (void)pthread_mutex_unlock(&f->lock);
        f->on_trouble(f->ctx);
    }
    for (size_t k = 0; k < f->batch_count; k++)
        live_put(f->live, f->batch[k]);
    zw_subscriber_close(f->sub);
    zw_query_close(f->query);
    return NULL;
}

int follow_start(zw_client_t *client, store_t *store, live_t *live, void (*on_trouble)(void *ctx), void *ctx, follow_t **ret)
{
    follow_t *f = calloc(1, sizeof *f);
    if (!f)
        return -ENOMEM;
    *f = (follow_t){ .client = client, .store = store, .live = live, .on_trouble = on_trouble, .ctx = ctx };
    f->batch = calloc(BATCH_EVENTS + 1, sizeof(live_event_t *));
    (void)pthread_mutex_init(&f->lock, NULL);
    f->info.position = f->info.newest = store_position(store);
    int e = f->batch ? pthread_create(&f->thread, NULL, run, f) : ENOMEM;
    if (e) {
        (void)pthread_mutex_destroy(&f->lock);
        free(f->batch);
        free(f);
        return -e;
    }
    *ret = f;
    return 0;
}

void follow_info(follow_t *f, follow_info_t *ret)
{
    (void)pthread_mutex_lock(&f->lock);
    *ret = f->info;
    (void)pthread_mutex_unlock(&f->lock);
}

void follow_stop(follow_t *f)
{
    if (!f)
        return;
    atomic_store(&f->stop, true);
    (void)pthread_join(f->thread, NULL);
    (void)pthread_mutex_destroy(&f->lock);
    free(f->batch);
    free(f);
}
