#include "publish_priv.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

int64_t zw_publish_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void zw_publish_progress(zw_publish_t *publish, atomic_uint_fast64_t *rounds)
{
    atomic_fetch_add(rounds, 1);
    uint64_t facts = publish->facts_rounds, replay = publish->replay_rounds;
    uint64_t both = facts < replay ? facts : replay, seen = publish->counters.progress;
    while (seen < both && !atomic_compare_exchange_weak(&publish->counters.progress, &seen, both))
        ;
}

static void wake(int fd)
{
    const uint64_t one = 1;
    ssize_t n = write(fd, &one, sizeof(one));
    (void)n; /* EAGAIN: it is awake already */
}

/* Threads of ours leave every signal to the one that main has chosen. */
static int start_thread(pthread_t *thread, void *(*loop)(void *), zw_publish_t *publish, const char *name)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    int e = pthread_sigmask(SIG_SETMASK, &all, &before);
    if (e)
        return -e;
    e = pthread_create(thread, NULL, loop, publish);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (e)
        return -e;
    (void)pthread_setname_np(*thread, name);
    return 0;
}

int zw_publish_start(const zw_publish_options_t *options, zw_publish_t **ret, const char **ret_endpoint)
{
    zw_publish_t *p = calloc(1, sizeof(*p));
    const char *endpoint = NULL;
    if (!p)
        return -ENOMEM;
    p->options = *options;
    if (!p->options.heartbeat_ms)
        p->options.heartbeat_ms = 1000;
    p->last = &p->first;
    p->start_seq = zw_store_next_seq(options->store) - 1;
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->room, NULL);
    p->replay_fd = -1;
    int r = 0;
    p->facts_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (p->facts_fd >= 0)
        p->replay_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (p->replay_fd < 0)
        r = -errno;
    p->answerer = zw_answerer_new(&p->options, &p->counters);
    if (r == 0 && !p->answerer)
        r = -ENOMEM;
    if (r == 0)
        r = zw_publish_facts_socket(&p->options, &p->facts, &endpoint);
    if (r == 0)
        r = zw_publish_replay_socket(&p->options, &p->replay, &endpoint);
    if (r == 0)
        r = start_thread(&p->facts_thread, zw_publish_facts_loop, p, "zw-facts");
    p->facts_runs = r == 0;
    if (r == 0)
        r = start_thread(&p->replay_thread, zw_publish_replay_loop, p, "zw-replay");
    p->replay_runs = r == 0;
    if (r < 0) {
        zw_publish_stop(p);
        if (ret_endpoint)
            *ret_endpoint = endpoint;
        return r;
    }
    *ret = p;
    return 0;
}

static zw_str_t copy(char **at, zw_str_t s)
{
    char *p = *at;
    if (s.n)
        memcpy(p, s.p, s.n);
    *at = p + s.n;
    return zw_str(p, s.n);
}

static zw_batch_t *batch_copy(const zw_store_event_t *events, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += events[i].topic.n + events[i].payload.n;
    zw_batch_t *batch = malloc(sizeof(*batch) + count * sizeof(*events) + bytes);
    if (!batch)
        return NULL;
    char *p = (char *)&batch->events[count];
    batch->next = NULL;
    batch->count = count;
    for (size_t i = 0; i < count; i++) {
        batch->events[i] = events[i];
        batch->events[i].topic = copy(&p, events[i].topic);
        batch->events[i].payload = copy(&p, events[i].payload);
    }
    return batch;
}

int zw_publish_batch(zw_publish_t *p, const zw_store_event_t *events, size_t count)
{
    if (!count)
        return 0;
    zw_batch_t *batch = batch_copy(events, count);
    (void)pthread_mutex_lock(&p->lock);
    if (!batch) {
        /* Later heartbeats must name it all the same, else nobody would know what to fetch. */
        p->lost_seq = events[count - 1].seq;
        (void)pthread_mutex_unlock(&p->lock);
        return -ENOMEM;
    }
    while (p->queued >= ZW_PUBLISH_QUEUE && !p->closed)
        (void)pthread_cond_wait(&p->room, &p->lock);
    if (p->closed) {
        free(batch);
    } else {
        *p->last = batch;
        p->last = &batch->next;
        p->queued++;
    }
    (void)pthread_mutex_unlock(&p->lock);
    wake(p->facts_fd);
    return 0;
}

void zw_publish_confirmed(zw_publish_t *p)
{
    wake(p->replay_fd);
}

void zw_publish_rebind(zw_publish_t *p)
{
    p->facts_rebind = p->replay_rebind = true;
    wake(p->facts_fd);
    wake(p->replay_fd);
}

const zw_publish_counters_t *zw_publish_counters(const zw_publish_t *publish)
{
    return &publish->counters;
}

void zw_publish_stop(zw_publish_t *p)
{
    if (!p)
        return;
    p->stop = true;
    if (p->facts_runs) {
        wake(p->facts_fd);
        (void)pthread_join(p->facts_thread, NULL);
    } else if (p->facts) {
        zw_listen_close(p->facts, p->options.facts.endpoints, p->options.facts.count);
    }
    if (p->replay_runs) {
        wake(p->replay_fd);
        (void)pthread_join(p->replay_thread, NULL);
    } else if (p->replay) {
        zw_listen_close(p->replay, p->options.replay.endpoints, p->options.replay.count);
    }
    while (p->first) {
        zw_batch_t *batch = p->first;
        p->first = batch->next;
        free(batch);
    }
    zw_answerer_free(p->answerer);
    if (p->facts_fd >= 0)
        (void)close(p->facts_fd);
    if (p->replay_fd >= 0)
        (void)close(p->replay_fd);
    (void)pthread_cond_destroy(&p->room);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}
