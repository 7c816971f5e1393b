#include "live.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct live {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    live_event_t *ring[LIVE_KEPT]; /* number n at n % LIVE_KEPT */
    uint64_t newest;
    uint64_t gone_seq; /* the greatest seq of the log that is no longer kept */
    unsigned pages;
    bool ended;
};

live_t *live_new(uint64_t seq)
{
    live_t *l = calloc(1, sizeof *l);
    pthread_condattr_t monotonic;
    if (!l)
        return NULL;
    l->gone_seq = seq;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&l->lock, NULL);
    (void)pthread_cond_init(&l->changed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return l;
}

static void unuse(live_event_t *e)
{
    if (!e || --e->users > 0)
        return;
    free(e->json);
    free(e->plain);
    free(e);
}

void live_free(live_t *l)
{
    if (!l)
        return;
    for (size_t k = 0; k < LIVE_KEPT; k++)
        unuse(l->ring[k]);
    (void)pthread_cond_destroy(&l->changed);
    (void)pthread_mutex_destroy(&l->lock);
    free(l);
}

bool live_has_pages(live_t *l)
{
    (void)pthread_mutex_lock(&l->lock);
    bool has = l->pages > 0;
    (void)pthread_mutex_unlock(&l->lock);
    return has;
}

static live_event_t *make(const char *name, json_t *json)
{
    live_event_t *e = calloc(1, sizeof *e);
    char *text = json && e ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text) {
        free(e);
        return NULL;
    }
    e->event = name;
    e->json = text;
    e->users = 1;
    return e;
}

live_event_t *live_make(const change_t *c, int64_t article)
{
    live_event_t *e = make(c->event, c->json);
    if (!e)
        return NULL;
    e->seq = c->seq;
    e->row = c->row;
    e->article = article;
    e->plain = c->plain.n ? strndup(c->plain.p, c->plain.n) : NULL;
    e->plain_n = e->plain ? strlen(e->plain) : 0;
    return e;
}

static void miss(live_t *l, uint64_t seq)
{
    if (seq > l->gone_seq)
        l->gone_seq = seq;
}

void live_put(live_t *l, live_event_t *e)
{
    (void)pthread_mutex_lock(&l->lock);
    e->number = ++l->newest;
    live_event_t **place = &l->ring[e->number % LIVE_KEPT];
    if (*place)
        miss(l, (*place)->seq);
    unuse(*place);
    *place = e;
    (void)pthread_cond_broadcast(&l->changed);
    (void)pthread_mutex_unlock(&l->lock);
}

void live_skip(live_t *l, uint64_t seq)
{
    (void)pthread_mutex_lock(&l->lock);
    miss(l, seq);
    (void)pthread_mutex_unlock(&l->lock);
}

int live_put_note(live_t *l, const char *event, json_t *json)
{
    live_event_t *e = make(event, json);
    if (!e)
        return -ENOMEM;
    live_put(l, e);
    return 0;
}

/* ---- pages */

int live_open(live_t *l, uint64_t seq, uint64_t *ret_number)
{
    (void)pthread_mutex_lock(&l->lock);
    int r = l->pages >= LIVE_PAGES_MOST || l->ended ? -EBUSY : 1;
    if (r > 0) {
        uint64_t number = l->newest, oldest = l->newest >= LIVE_KEPT ? l->newest - LIVE_KEPT + 1 : 1;
        l->pages++;
        r = seq == 0 || seq >= l->gone_seq;
        while (seq > 0 && r == 1 && number >= oldest && (l->ring[number % LIVE_KEPT]->seq > seq || l->ring[number % LIVE_KEPT]->seq == 0))
            number--;
        *ret_number = number;
    }
    (void)pthread_mutex_unlock(&l->lock);
    return r;
}

void live_close(live_t *l)
{
    (void)pthread_mutex_lock(&l->lock);
    l->pages--;
    (void)pthread_mutex_unlock(&l->lock);
}

int live_next(live_t *l, uint64_t number, int timeout_ms, live_event_t **ret)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += timeout_ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    (void)pthread_mutex_lock(&l->lock);
    int e = 0;
    while (!l->ended && l->newest <= number && e == 0)
        e = pthread_cond_timedwait(&l->changed, &l->lock, &until);
    int r = l->ended ? -EPIPE : l->newest <= number ? 0 : number + LIVE_KEPT < l->newest ? -ERANGE : 1;
    if (r == 1) {
        *ret = l->ring[(number + 1) % LIVE_KEPT];
        (*ret)->users++;
    }
    (void)pthread_mutex_unlock(&l->lock);
    return r;
}

void live_done(live_t *l, live_event_t *e)
{
    (void)pthread_mutex_lock(&l->lock);
    unuse(e);
    (void)pthread_mutex_unlock(&l->lock);
}

void live_end(live_t *l)
{
    (void)pthread_mutex_lock(&l->lock);
    l->ended = true;
    (void)pthread_cond_broadcast(&l->changed);
    (void)pthread_mutex_unlock(&l->lock);
}
