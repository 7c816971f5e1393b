#include "committer.h"

#include "base/log.h"
#include "base/log_id.h"
#include "batch.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { IDLE_MS = 500, PAUSE_MS = 100, PAUSE_MOST_MS = 3200, EIO_TRIES = 3, HURRY_TRIES = 20 };
enum { RETAIN_RECORDS = 1000, RETAIN_AN_ARTICLE = 20, RETAIN_AGAIN_US = 1000000, TELL_US = 60000000 };
enum { POSITIONS_MS = 20, POSITIONS_AGAIN_MS = 1000 }; /* positions are written at most so often, so that they cost articles little */

struct zw_committer {
    zw_committer_options_t o;
    zw_batch_t *batch;
    zw_job_t **jobs;
    zw_str_t place; /* of the jobs at hand */
    pthread_t thread;
    atomic_uint_fast64_t progress;
    atomic_int trouble;
    atomic_bool hurry;
    int64_t positions_due_us, retain_due_us;
    int64_t retained_told_us, quarantine_told_us;
    uint64_t retained_articles, retained_events; /* not told yet */
    uint64_t quarantine_dropped;                 /* told */
    bool held_told;
    int given_up; /* the error; its own thread's until joined */
};

/* ---- upkeep */

static void tell_retention(zw_committer_t *c, const zw_retention_report_t *report)
{
    int64_t now = zw_monotonic_us();
    c->retained_articles += report->articles;
    c->retained_events += report->events;
    if (report->unconfirmed)
        zw_log(ZW_LOG_WARNING, "retention: events from %" PRIu64 " on are removed although a named subscription has not confirmed them: its "
                               "limit is passed", report->unconfirmed);
    if (report->more)
        return;
    if (report->held && !c->held_told)
        zw_log(ZW_LOG_NOTICE, "retention: a named subscription holds back what would be removed (zhiwen subscriptions shows which)");
    c->held_told = report->held;
    if (c->retained_articles && report->oldest_seq && (!c->retained_told_us || now - c->retained_told_us >= TELL_US)) {
        zw_log(ZW_LOG_INFO, "retention: %" PRIu64 " articles and %" PRIu64 " events are removed; the oldest event is now %" PRIu64,
               c->retained_articles, c->retained_events, report->oldest_seq);
        c->retained_articles = c->retained_events = 0;
        c->retained_told_us = now;
    }
}

/* One step of what retention has to do, behind a batch of n articles: never slower than what comes in. */
static void retain(zw_committer_t *c, size_t n, bool urgent)
{
    size_t records = n * RETAIN_AN_ARTICLE > RETAIN_RECORDS ? n * RETAIN_AN_ARTICLE : RETAIN_RECORDS;
    zw_retention_report_t report;
    int64_t now = zw_monotonic_us();
    if (now < c->retain_due_us)
        return;
    int e = zw_retention_step(c->o.retention, zw_now_us(), records, urgent, &report);
    if (e >= 0) {
        tell_retention(c, &report);
        return;
    }
    c->retain_due_us = now + RETAIN_AGAIN_US;
    zw_log_with(ZW_LOG_ERROR, &(zw_log_fields_t){ .reason = zw_error_name(e) }, "retention: %s", zw_error_text(e));
}

/* What the bound of the quarantine has cost is said once a minute at most. */
static void tell_quarantine(zw_committer_t *c)
{
    uint64_t dropped = zw_store_quarantine_dropped(c->o.store);
    int64_t now = zw_monotonic_us();
    if (dropped == c->quarantine_dropped || (c->quarantine_told_us && now - c->quarantine_told_us < TELL_US))
        return;
    zw_log(ZW_LOG_WARNING, "quarantine is full: the %" PRIu64 " oldest refused messages are dropped for newer ones (store.quarantine)",
           dropped - c->quarantine_dropped);
    c->quarantine_dropped = dropped;
    c->quarantine_told_us = now;
}

/* ---- committing */

/* Waits before the next try. False when it is time to give up. */
static bool pause_after(zw_committer_t *c, int error, int tries)
{
    bool hurry = atomic_load(&c->hurry);
    if (error == -ZW_E_FULL || error == -ENOSPC)
        retain(c, 0, true);
    if (tries >= HURRY_TRIES ? hurry : error == -EIO && tries >= EIO_TRIES)
        return false;
    int ms = PAUSE_MS << (tries < 5 ? tries : 5);
    if (hurry || ms > PAUSE_MOST_MS)
        ms = hurry ? PAUSE_MS : PAUSE_MOST_MS;
    for (int slept = 0; slept < ms && hurry == atomic_load(&c->hurry); slept += PAUSE_MS) {
        struct timespec nap = { .tv_nsec = PAUSE_MS * 1000000L };
        (void)nanosleep(&nap, NULL);
        atomic_fetch_add(&c->progress, 1); /* it is the disk that does not get on, not we */
    }
    return true;
}

/* Calls step until it succeeds. False: given up. */
static bool persist(zw_committer_t *c, int (*step)(zw_committer_t *, void *), void *arg, const char *what)
{
    for (int tries = 0;; tries++) {
        int e = step(c, arg);
        if (e >= 0) {
            if (tries > 0)
                zw_log_with(ZW_LOG_NOTICE, &(zw_log_fields_t){ .id = ZW_LOG_ID_COMMIT_WORKS }, "%s: succeeded after %d tries", what, tries + 1);
            atomic_store(&c->trouble, 0);
            return true;
        }
        zw_count(&c->o.stats->commit_failures, 1);
        atomic_store(&c->trouble, e);
        zw_log_with(ZW_LOG_ERROR, &(zw_log_fields_t){ .reason = zw_error_name(e), .id = ZW_LOG_ID_COMMIT_FAILS },
                    "%s: %s; nothing is acknowledged until it succeeds", what, zw_error_text(e));
        if (!pause_after(c, e, tries)) {
            c->given_up = e;
            return false;
        }
    }
}

static int plan(zw_committer_t *c, void *job)
{
    return zw_batch_plan(c->batch, job);
}

static int encode(zw_committer_t *c, void *unused)
{
    (void)unused;
    return zw_batch_encode(c->batch);
}

static int commit(zw_committer_t *c, void *unused)
{
    (void)unused;
    int64_t began = zw_monotonic_us();
    int e = zw_batch_commit(c->batch, c->place);
    if (e < 0)
        return e;
    uint64_t us = (uint64_t)(zw_monotonic_us() - began);
    zw_count(&c->o.stats->commits, 1);
    zw_count(&c->o.stats->commit_us, us);
    if (us > zw_count_get(&c->o.stats->commit_max_us))
        atomic_store_explicit(&c->o.stats->commit_max_us, us, memory_order_relaxed);
    return 0;
}

/* Nobody is answered on `feed`, so what was refused there is told to whoever runs the daemon. */
static void log_refusals(zw_job_t **jobs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!zw_job_rejected(jobs[i]) || jobs[i]->origin != ZW_FROM_FEED)
            continue;
        char id[128];
        zw_str_t sent = jobs[i]->request.article.id;
        size_t k = sent.n < sizeof(id) ? sent.n : sizeof(id) - 1;
        if (k)
            memcpy(id, sent.p, k);
        id[k] = '\0';
        zw_log_with(ZW_LOG_WARNING, &(zw_log_fields_t){ .article_id = id[0] ? id : NULL, .reason = zw_error_name(jobs[i]->reject.code),
                                                            .id = ZW_LOG_ID_REFUSED },
                    "feed: a message is refused and put into quarantine: %s: %s",
                    jobs[i]->reject.field[0] ? jobs[i]->reject.field : "message", jobs[i]->reject.message);
    }
}

static bool take(zw_committer_t *c, size_t n)
{
    enum { AHEAD = 2 }; /* far enough for memory, near enough to be still in the cache */
    zw_batch_begin(c->batch, c->o.source.own_time ? 0 : zw_now_us());
    for (size_t i = 0; i < n && i < AHEAD; i++)
        zw_batch_expect(c->batch, c->jobs[i]);
    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n)
            zw_batch_expect(c->batch, c->jobs[i + AHEAD]);
        if (!persist(c, plan, c->jobs[i], "planning a batch") || !persist(c, encode, NULL, "encoding a batch"))
            return false;
    }
    c->place = c->o.source.place ? c->o.source.place(c->o.source.ctx) : (zw_str_t){ 0 };
    return persist(c, commit, NULL, "commit");
}

static void tell(zw_committer_t *c, size_t n)
{
    size_t events;
    zw_batch_count(c->batch, c->o.stats);
    log_refusals(c->jobs, n);
    for (size_t i = 0; i < n; i++)
        zw_job_clear(c->jobs[i]);
    c->o.source.answer(c->o.source.ctx, c->jobs, n);
    const zw_store_event_t *list = zw_batch_events(c->batch, &events);
    if (events > 0 && zw_publish_batch(c->o.publish, list, events) < 0)
        zw_log(ZW_LOG_WARNING, "a batch could not be published live; subscribers fetch it from replay");
}

/* What will not be committed any more goes back without an answer: its senders send it again. */
static void drop(zw_committer_t *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        zw_job_clear(c->jobs[i]);
        zw_buf_clear(&c->jobs[i]->ack);
    }
    c->o.source.answer(c->o.source.ctx, c->jobs, n);
}

/* Writes the positions of named subscriptions, when it is time. */
static void keep_positions(zw_committer_t *c)
{
    int64_t now = zw_monotonic_us();
    if (now < c->positions_due_us || !zw_subscriptions_changed(c->o.subscriptions))
        return;
    int e = zw_subscriptions_write(c->o.subscriptions);
    c->positions_due_us = now + (e < 0 ? POSITIONS_AGAIN_MS : POSITIONS_MS) * 1000;
    if (e == 0)
        zw_publish_confirmed(c->o.publish);
    else
        zw_log_with(ZW_LOG_ERROR, &(zw_log_fields_t){ .reason = zw_error_name(e) }, "positions of named subscriptions: %s", zw_error_text(e));
}

static int collect(zw_committer_t *c)
{
    int ms = zw_subscriptions_changed(c->o.subscriptions) ? POSITIONS_MS : IDLE_MS;
    if (zw_retention_busy(c->o.retention) && zw_monotonic_us() >= c->retain_due_us)
        ms = 0;
    return c->o.source.collect(c->o.source.ctx, c->jobs, c->o.batch_articles, c->o.batch_bytes, ms);
}

static void *loop(void *arg)
{
    zw_committer_t *c = arg;
    for (int n; (n = collect(c)) != -ZW_E_CLOSED; keep_positions(c)) {
        atomic_fetch_add(&c->progress, 1);
        if (n <= 0) {
            retain(c, 0, false);
            continue;
        }
        if (!c->given_up && take(c, (size_t)n)) {
            tell(c, (size_t)n);
            tell_quarantine(c);
            retain(c, (size_t)n, false);
            continue;
        }
        drop(c, (size_t)n);
        uint64_t one = 1;
        (void)!write(c->o.trouble_fd, &one, sizeof(one));
    }
    c->positions_due_us = 0;
    keep_positions(c);
    return NULL;
}

int zw_committer_start(const zw_committer_options_t *o, zw_committer_t **ret)
{
    zw_committer_t *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->o = *o;
    c->jobs = calloc(o->batch_articles, sizeof(c->jobs[0]));
    int e = c->jobs ? zw_batch_new(o->batch_articles, o->store, o->indexes, &c->batch) : -ENOMEM;
    if (e == 0)
        e = zw_watchdog_add(o->watchdog, "committer", &c->progress, NULL);
    if (e == 0)
        e = -pthread_create(&c->thread, NULL, loop, c);
    if (e < 0) {
        zw_committer_free(c);
        return e;
    }
    (void)pthread_setname_np(c->thread, "committer");
    *ret = c;
    return 0;
}

int zw_committer_trouble(const zw_committer_t *c)
{
    return atomic_load(&c->trouble);
}

void zw_committer_hurry(zw_committer_t *c)
{
    atomic_store(&c->hurry, true);
}

int zw_committer_join(zw_committer_t *c)
{
    if (!c)
        return 0;
    (void)pthread_join(c->thread, NULL);
    return c->given_up;
}

void zw_committer_free(zw_committer_t *c)
{
    if (!c)
        return;
    zw_batch_free(c->batch);
    free(c->jobs);
    free(c);
}
