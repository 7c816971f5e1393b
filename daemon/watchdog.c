#include "watchdog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    char name[16];
    const atomic_uint_fast64_t *progress;
    const atomic_bool *busy;
    uint64_t last;
    bool was_busy;
} loop_t;

struct zw_watchdog {
    loop_t *loops;
    size_t n;
};

zw_watchdog_t *zw_watchdog_new(void)
{
    return calloc(1, sizeof(zw_watchdog_t));
}

void zw_watchdog_free(zw_watchdog_t *w)
{
    if (!w)
        return;
    free(w->loops);
    free(w);
}

int zw_watchdog_add(zw_watchdog_t *w, const char *name, const atomic_uint_fast64_t *progress, const atomic_bool *busy)
{
    loop_t *loops = realloc(w->loops, (w->n + 1) * sizeof(*loops));
    if (!loops)
        return -ENOMEM;
    w->loops = loops;
    loops[w->n] = (loop_t){ .progress = progress, .busy = busy, .last = UINT64_MAX };
    (void)snprintf(loops[w->n].name, sizeof(loops[w->n].name), "%s", name);
    w->n++;
    return 0;
}

const char *zw_watchdog_check(zw_watchdog_t *w)
{
    const char *stuck = NULL;
    for (size_t i = 0; i < w->n; i++) {
        loop_t *l = &w->loops[i];
        bool busy = !l->busy || atomic_load(l->busy);
        uint64_t now = atomic_load(l->progress);
        /* busy at both checks without a step between them: still at the same piece of work */
        if (busy && l->was_busy && now == l->last && !stuck)
            stuck = l->name;
        l->was_busy = busy;
        l->last = now;
    }
    return stuck;
}
