#include "flow.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct zw_flow {
    pthread_mutex_t lock;
    pthread_cond_t work, head;
    unsigned workers_waiting;
    bool committer_waiting, poked, closed, straight;

    zw_job_t **ring; /* by ticket; a slot is empty while its job is elsewhere */
    size_t mask;
    uint64_t next_ticket, next_head;

    zw_job_t *queue, **queue_end;
    zw_job_t *answered, **answered_end;
    zw_job_t *spare;
    size_t queued, out, bytes, max_jobs, max_bytes, arena_bytes; /* out: taken and not recycled */
    int fd;
};

int zw_flow_new(size_t jobs, size_t bytes, size_t arena_bytes, zw_flow_t **ret)
{
    zw_flow_t *f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->work, &clock);
    pthread_cond_init(&f->head, &clock);
    pthread_condattr_destroy(&clock);
    size_t slots = 1;
    while (slots < jobs)
        slots *= 2;
    f->mask = slots - 1;
    f->max_jobs = jobs;
    f->max_bytes = bytes;
    f->arena_bytes = arena_bytes;
    f->queue_end = &f->queue;
    f->answered_end = &f->answered;
    f->ring = calloc(slots, sizeof(f->ring[0]));
    f->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!f->ring || f->fd < 0) {
        int e = f->ring ? -errno : -ENOMEM;
        zw_flow_free(f);
        return e;
    }
    *ret = f;
    return 0;
}

static void list_free(zw_job_t *list)
{
    while (list) {
        zw_job_t *next = list->next;
        zw_job_free(list);
        list = next;
    }
}

void zw_flow_free(zw_flow_t *f)
{
    if (!f)
        return;
    /* What was never answered is still in the ring, whether it is queued or done. */
    for (size_t i = 0; f->ring && i <= f->mask; i++)
        zw_job_free(f->ring[i]);
    list_free(f->answered);
    list_free(f->spare);
    free(f->ring);
    if (f->fd >= 0)
        (void)close(f->fd);
    pthread_cond_destroy(&f->work);
    pthread_cond_destroy(&f->head);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

static bool full(const zw_flow_t *f)
{
    return f->out >= f->max_jobs || f->bytes >= f->max_bytes;
}

void zw_flow_straight(zw_flow_t *f)
{
    f->straight = true;
}

bool zw_flow_full(zw_flow_t *f)
{
    pthread_mutex_lock(&f->lock);
    bool is = full(f);
    pthread_mutex_unlock(&f->lock);
    return is;
}

zw_job_t *zw_flow_take(zw_flow_t *f)
{
    pthread_mutex_lock(&f->lock);
    zw_job_t *job = NULL;
    if (!full(f)) {
        job = f->spare;
        if (job)
            f->spare = job->next;
        else
            job = zw_job_new(f->arena_bytes);
        if (job) {
            job->next = NULL;
            f->out++;
        }
    }
    pthread_mutex_unlock(&f->lock);
    return job;
}

void zw_flow_enter(zw_flow_t *f, zw_job_t *job)
{
    pthread_mutex_lock(&f->lock);
    job->bytes = zw_job_raw(job).n;
    f->bytes += job->bytes;
    job->ticket = f->next_ticket++;
    f->ring[job->ticket & f->mask] = job;
    job->done = f->straight || zw_job_rejected(job) || job->request.op == ZW_OP_WITHDRAW;
    job->next = NULL;
    if (job->done) {
        if (f->committer_waiting && job->ticket == f->next_head)
            pthread_cond_signal(&f->head);
    } else {
        *f->queue_end = job;
        f->queue_end = &job->next;
        f->queued++;
        if (f->workers_waiting)
            pthread_cond_signal(&f->work);
    }
    pthread_mutex_unlock(&f->lock);
}

void zw_flow_recycle(zw_flow_t *f, zw_job_t *job)
{
    pthread_mutex_lock(&f->lock);
    job->next = f->spare;
    f->spare = job;
    f->out--;
    f->bytes -= job->bytes;
    job->bytes = 0;
    pthread_mutex_unlock(&f->lock);
}

zw_job_t *zw_flow_work(zw_flow_t *f)
{
    pthread_mutex_lock(&f->lock);
    f->workers_waiting++;
    while (!f->queue && !f->closed)
        pthread_cond_wait(&f->work, &f->lock);
    f->workers_waiting--;
    zw_job_t *job = f->queue;
    if (job) {
        f->queue = job->next;
        if (!f->queue)
            f->queue_end = &f->queue;
        job->next = NULL;
        f->queued--;
    }
    pthread_mutex_unlock(&f->lock);
    return job;
}

void zw_flow_finish(zw_flow_t *f, zw_job_t *job)
{
    pthread_mutex_lock(&f->lock);
    job->done = true;
    if (f->committer_waiting && job->ticket == f->next_head)
        pthread_cond_signal(&f->head);
    pthread_mutex_unlock(&f->lock);
}

static zw_job_t *ready_head(const zw_flow_t *f)
{
    zw_job_t *job = f->next_head < f->next_ticket ? f->ring[f->next_head & f->mask] : NULL;
    return job && job->done ? job : NULL;
}

/* Waits for the head of the order; false when the time is over or nothing more will come. */
static bool wait_head(zw_flow_t *f, int timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += timeout_ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    f->committer_waiting = true;
    while (!ready_head(f) && !f->poked && !(f->closed && f->next_head == f->next_ticket))
        if (pthread_cond_timedwait(&f->head, &f->lock, &until) == ETIMEDOUT)
            break;
    f->committer_waiting = f->poked = false;
    return ready_head(f) != NULL;
}

int zw_flow_collect(zw_flow_t *f, zw_job_t **jobs, size_t max, size_t bytes, int timeout_ms)
{
    pthread_mutex_lock(&f->lock);
    size_t n = 0, sum = 0;
    if (!wait_head(f, timeout_ms)) {
        int e = f->closed && f->next_head == f->next_ticket ? -ZW_E_CLOSED : 0;
        pthread_mutex_unlock(&f->lock);
        return e;
    }
    for (zw_job_t *job; n < max && (job = ready_head(f)) && (n == 0 || sum + job->bytes <= bytes);) {
        sum += job->bytes;
        jobs[n++] = job;
        f->ring[f->next_head++ & f->mask] = NULL;
    }
    pthread_mutex_unlock(&f->lock);
    return (int)n;
}

void zw_flow_poke(zw_flow_t *f)
{
    pthread_mutex_lock(&f->lock);
    f->poked = true;
    if (f->committer_waiting)
        pthread_cond_signal(&f->head);
    pthread_mutex_unlock(&f->lock);
}

void zw_flow_answer(zw_flow_t *f, zw_job_t **jobs, size_t count)
{
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < count; i++) {
        jobs[i]->next = NULL;
        *f->answered_end = jobs[i];
        f->answered_end = &jobs[i]->next;
    }
    pthread_mutex_unlock(&f->lock);
    zw_flow_wake(f);
}

zw_job_t *zw_flow_answered(zw_flow_t *f)
{
    uint64_t count;
    (void)!read(f->fd, &count, sizeof(count)); /* cleared before looking, so that no later answer is missed */
    pthread_mutex_lock(&f->lock);
    zw_job_t *list = f->answered;
    f->answered = NULL;
    f->answered_end = &f->answered;
    pthread_mutex_unlock(&f->lock);
    return list;
}

int zw_flow_fd(const zw_flow_t *f)
{
    return f->fd;
}

void zw_flow_wake(zw_flow_t *f)
{
    uint64_t one = 1;
    (void)!write(f->fd, &one, sizeof(one)); /* fails only when it is full of wake-ups already */
}

static int source_collect(void *ctx, zw_job_t **jobs, size_t max, size_t bytes, int timeout_ms)
{
    return zw_flow_collect(ctx, jobs, max, bytes, timeout_ms);
}

static void source_answer(void *ctx, zw_job_t **jobs, size_t count)
{
    zw_flow_answer(ctx, jobs, count);
}

static void source_poke(void *ctx)
{
    zw_flow_poke(ctx);
}

zw_source_t zw_flow_source(zw_flow_t *f)
{
    return (zw_source_t){ .collect = source_collect, .answer = source_answer, .poke = source_poke, .ctx = f };
}

void zw_flow_close(zw_flow_t *f)
{
    pthread_mutex_lock(&f->lock);
    f->closed = true;
    pthread_cond_broadcast(&f->work);
    pthread_cond_broadcast(&f->head);
    pthread_mutex_unlock(&f->lock);
}

void zw_flow_info(zw_flow_t *f, zw_flow_info_t *ret)
{
    pthread_mutex_lock(&f->lock);
    *ret = (zw_flow_info_t){ .queued = f->queued, .in_flight = f->out, .bytes = f->bytes, .max_jobs = f->max_jobs,
                             .max_bytes = f->max_bytes };
    pthread_mutex_unlock(&f->lock);
}
