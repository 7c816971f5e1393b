#include "pulse.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { EVERY_MS = 2000, ANSWER_MS = 1500, POINTS = 60 };

struct pulse {
    zw_client_t *client;
    live_t *live;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
    bool reachable;
    char since[32], error[200];
    json_t *status; /* the last one; NULL: none yet */
    json_t *points;
};

static void time_text(char out[32])
{
    struct tm tm;
    time_t now = time(NULL);
    if (!gmtime_r(&now, &tm) || strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        out[0] = '\0';
}

static json_t *number_at(json_t *status, const char *section, const char *key)
{
    json_t *value = json_object_get(json_object_get(status, section), key);
    return json_is_number(value) ? json_incref(value) : json_integer(0);
}

/* Under the lock. */
static void add_point(pulse_t *p)
{
    char now[32];
    time_text(now);
    json_t *point = p->reachable ? json_pack("{ss, so, so, so}", "time", now, "articles_per_s", number_at(p->status, "rates", "articles_per_s"), "facts_per_s",
                                             number_at(p->status, "rates", "facts_per_s"), "queued", number_at(p->status, "queue", "queued")) :
                                   json_pack("{ss, sn, sn, sn}", "time", now, "articles_per_s", "facts_per_s", "queued");
    (void)json_array_append_new(p->points, point);
    if (json_array_size(p->points) > POINTS)
        (void)json_array_remove(p->points, 0);
}

static json_t *daemon_json(pulse_t *p)
{
    return json_pack("{sb, ss, ss?, sO?}", "reachable", p->reachable, "since", p->since, "error", *p->error ? p->error : NULL, "status", p->status);
}

static void take(pulse_t *p, int code, json_t *status)
{
    (void)pthread_mutex_lock(&p->lock);
    bool changed = p->reachable != (status != NULL) || !*p->since;
    p->reachable = status != NULL;
    if (changed)
        time_text(p->since);
    (void)snprintf(p->error, sizeof p->error, "%s", status ? "" : zw_error_text(code));
    if (status) {
        json_decref(p->status);
        p->status = status;
    }
    add_point(p);
    json_t *news = changed ? json_pack("{sb, ss, ss?}", "reachable", p->reachable, "since", p->since, "error", *p->error ? p->error : NULL) : NULL;
    (void)pthread_mutex_unlock(&p->lock);
    if (news)
        (void)live_put_note(p->live, "state", news);
}

static bool wait_on(pulse_t *p)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += EVERY_MS / 1000;
    (void)pthread_mutex_lock(&p->lock);
    for (int e = 0; !p->stop && e == 0;)
        e = pthread_cond_timedwait(&p->wake, &p->lock, &until);
    bool stop = p->stop;
    (void)pthread_mutex_unlock(&p->lock);
    return !stop;
}

static void *run(void *arg)
{
    pulse_t *p = arg;
    zw_query_t *query = NULL;
    do {
        zw_str_t map;
        int r = query ? 0 : zw_query_open(p->client, &query);
        if (r == 0)
            r = zw_query_status(query, ANSWER_MS, &map);
        char *text = r == 0 ? zw_json(map) : NULL;
        take(p, r, text ? json_loads(text, JSON_ALLOW_NUL, NULL) : NULL);
        free(text);
    } while (wait_on(p));
    zw_query_close(query);
    return NULL;
}

int pulse_start(zw_client_t *client, live_t *live, pulse_t **ret)
{
    pulse_t *p = calloc(1, sizeof *p);
    pthread_condattr_t monotonic;
    if (!p)
        return -ENOMEM;
    p->client = client;
    p->live = live;
    p->points = json_array();
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    int e = p->points ? pthread_create(&p->thread, NULL, run, p) : ENOMEM;
    if (e == 0) {
        *ret = p;
        return 0;
    }
    json_decref(p->points);
    free(p);
    return -e;
}

json_t *pulse_daemon(pulse_t *p)
{
    (void)pthread_mutex_lock(&p->lock);
    json_t *shared = daemon_json(p), *daemon = json_deep_copy(shared);
    json_decref(shared);
    (void)pthread_mutex_unlock(&p->lock);
    return daemon;
}

json_t *pulse_rates(pulse_t *p)
{
    (void)pthread_mutex_lock(&p->lock);
    json_t *points = json_deep_copy(p->points);
    (void)pthread_mutex_unlock(&p->lock);
    return points;
}

bool pulse_is_up(pulse_t *p)
{
    (void)pthread_mutex_lock(&p->lock);
    bool up = p->reachable;
    (void)pthread_mutex_unlock(&p->lock);
    return up;
}

void pulse_stop(pulse_t *p)
{
    if (!p)
        return;
    (void)pthread_mutex_lock(&p->lock);
    p->stop = true;
    (void)pthread_cond_signal(&p->wake);
    (void)pthread_mutex_unlock(&p->lock);
    (void)pthread_join(p->thread, NULL);
    (void)pthread_cond_destroy(&p->wake);
    (void)pthread_mutex_destroy(&p->lock);
    json_decref(p->status);
    json_decref(p->points);
    free(p);
}
