#include "publish/subscriptions.h"

#include "store/store_positions.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

typedef struct entry {
    zw_subscription_t durable; /* as it is on disk; of a new one: where it began */
    uint64_t seq;              /* as its client has said last */
    int64_t time_us;
    bool changed, gone;
} entry_t;

struct zw_subscriptions {
    zw_store_t *store;
    size_t most;
    pthread_mutex_t lock; /* guards what follows */
    entry_t *entries;     /* by name */
    size_t n, cap;
    uint64_t change, written; /* changes so far, and those on disk */
    zw_store_position_t *batch; /* what is being written; its names and `taken` are the committer's */
    size_t batch_cap;
    zw_subscription_t *taken;
};

static int compare(const entry_t *e, zw_str_t name)
{
    size_t n = strlen(e->durable.name), least = n < name.n ? n : name.n;
    int d = memcmp(e->durable.name, name.p, least);
    return d ? d : (n > name.n) - (n < name.n);
}

/* Where the name is, or belongs. */
static size_t place(const zw_subscriptions_t *s, zw_str_t name, bool *ret_there)
{
    size_t low = 0, high = s->n;
    *ret_there = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int d = compare(&s->entries[middle], name);
        if (d == 0) {
            *ret_there = true;
            return middle;
        }
        if (d < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int insert(zw_subscriptions_t *s, size_t at, zw_str_t name, uint64_t seq, int64_t time_us)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 16;
        entry_t *entries = realloc(s->entries, cap * sizeof(*entries));
        if (!entries)
            return -ENOMEM;
        s->entries = entries;
        s->cap = cap;
    }
    memmove(&s->entries[at + 1], &s->entries[at], (s->n - at) * sizeof(*s->entries));
    s->entries[at] = (entry_t){ .durable = { .seq = seq, .time_us = time_us }, .seq = seq, .time_us = time_us };
    memcpy(s->entries[at].durable.name, name.p, name.n);
    s->n++;
    return 0;
}

static int take_stored(void *ctx, const zw_store_position_t *position)
{
    zw_subscriptions_t *s = ctx;
    bool there;
    return insert(s, place(s, position->name, &there), position->name, position->seq, position->time_us);
}

int zw_subscriptions_open(zw_store_t *store, size_t most, zw_subscriptions_t **ret)
{
    zw_subscriptions_t *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->store = store;
    s->most = most;
    (void)pthread_mutex_init(&s->lock, NULL);
    int r = zw_store_positions(store, take_stored, s);
    if (r < 0) {
        zw_subscriptions_close(s);
        return r;
    }
    *ret = s;
    return 0;
}

void zw_subscriptions_close(zw_subscriptions_t *s)
{
    if (!s)
        return;
    free(s->entries);
    free(s->batch);
    free(s->taken);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}

uint64_t zw_subscriptions_needed(zw_subscriptions_t *s)
{
    uint64_t needed = UINT64_MAX;
    (void)pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n; i++)
        if (s->entries[i].durable.seq + 1 < needed)
            needed = s->entries[i].durable.seq + 1;
    (void)pthread_mutex_unlock(&s->lock);
    return needed;
}

static void mark(zw_subscriptions_t *s, entry_t *e)
{
    e->changed = true;
    s->change++;
}

static int confirm(zw_subscriptions_t *s, zw_str_t name, uint64_t seq, int64_t now_us)
{
    bool there;
    size_t at = place(s, name, &there);
    if (!there) {
        if (s->n >= s->most)
            return -ZW_E_TOO_MANY;
        int r = insert(s, at, name, seq, now_us);
        if (r < 0)
            return r;
    }
    entry_t *e = &s->entries[at];
    if (there && !e->gone && seq <= e->seq)
        return 0;
    if (seq < e->durable.seq) /* it had ended, and begins anew further back */
        e->durable.seq = seq;
    e->seq = seq;
    e->time_us = now_us;
    e->gone = false;
    mark(s, e);
    return 0;
}

int zw_subscriptions_confirm(zw_subscriptions_t *s, zw_str_t name, uint64_t seq, int64_t now_us, uint64_t *ret_change)
{
    (void)pthread_mutex_lock(&s->lock);
    int r = confirm(s, name, seq, now_us);
    if (r == 0)
        *ret_change = s->change; /* also of what was said before: it may not be on disk yet */
    (void)pthread_mutex_unlock(&s->lock);
    return r;
}

int zw_subscriptions_forget(zw_subscriptions_t *s, zw_str_t name, uint64_t *ret_change)
{
    bool there;
    (void)pthread_mutex_lock(&s->lock);
    size_t at = place(s, name, &there);
    there = there && !s->entries[at].gone;
    if (there) {
        s->entries[at].gone = true;
        mark(s, &s->entries[at]);
        *ret_change = s->change;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return there ? 0 : -ZW_E_NOT_FOUND;
}

uint64_t zw_subscriptions_durable(zw_subscriptions_t *s)
{
    (void)pthread_mutex_lock(&s->lock);
    uint64_t written = s->written;
    (void)pthread_mutex_unlock(&s->lock);
    return written;
}

bool zw_subscriptions_at(zw_subscriptions_t *s, size_t i, zw_subscription_t *ret)
{
    (void)pthread_mutex_lock(&s->lock);
    bool there = i < s->n;
    if (there)
        *ret = s->entries[i].durable;
    (void)pthread_mutex_unlock(&s->lock);
    return there;
}

bool zw_subscriptions_find(zw_subscriptions_t *s, zw_str_t name, zw_subscription_t *ret)
{
    bool there;
    (void)pthread_mutex_lock(&s->lock);
    size_t at = place(s, name, &there);
    if (there)
        *ret = s->entries[at].durable;
    (void)pthread_mutex_unlock(&s->lock);
    return there;
}

size_t zw_subscriptions_most(const zw_subscriptions_t *s)
{
    return s->most;
}

/* ---- the committer */

bool zw_subscriptions_changed(zw_subscriptions_t *s)
{
    (void)pthread_mutex_lock(&s->lock);
    bool changed = s->written < s->change;
    (void)pthread_mutex_unlock(&s->lock);
    return changed;
}

/* Copies what has changed, so that nobody waits for the disk. */
static int take_changed(zw_subscriptions_t *s, size_t *ret_count)
{
    if (s->batch_cap < s->n) {
        free(s->batch);
        free(s->taken);
        s->batch = calloc(s->n, sizeof(*s->batch));
        s->taken = calloc(s->n, sizeof(*s->taken));
        s->batch_cap = s->batch && s->taken ? s->n : 0;
        if (!s->batch_cap)
            return -ENOMEM;
    }
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const entry_t *e = &s->entries[i];
        if (!e->changed)
            continue;
        s->taken[n] = e->durable;
        s->batch[n] = (zw_store_position_t){ .name = zw_strz(s->taken[n].name), .seq = e->seq, .time_us = e->time_us, .gone = e->gone };
        n++;
    }
    *ret_count = n;
    return 0;
}

/* What was written is what is; what has been said meanwhile is still to be written. */
static void settle(zw_subscriptions_t *s, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        const zw_store_position_t *p = &s->batch[k];
        bool there;
        size_t at = place(s, p->name, &there);
        if (!there)
            continue;
        entry_t *e = &s->entries[at];
        bool same = e->seq == p->seq && e->gone == p->gone;
        e->changed = !same;
        if (!p->gone) {
            e->durable.seq = p->seq;
            e->durable.time_us = p->time_us;
        } else if (same) {
            memmove(e, e + 1, (s->n - at - 1) * sizeof(*e));
            s->n--;
        }
    }
}

int zw_subscriptions_write(zw_subscriptions_t *s)
{
    size_t count = 0;
    (void)pthread_mutex_lock(&s->lock);
    uint64_t change = s->change;
    int r = take_changed(s, &count);
    (void)pthread_mutex_unlock(&s->lock);
    if (r == 0 && count > 0)
        r = zw_store_positions_set(s->store, s->batch, count);
    if (r < 0)
        return r;
    (void)pthread_mutex_lock(&s->lock);
    settle(s, count);
    s->written = change;
    (void)pthread_mutex_unlock(&s->lock);
    return 0;
}
