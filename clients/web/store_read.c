/* Connections for readers. */
#include "store_priv.h"

#include <time.h>

enum { STEPS = 2000 }; /* of SQLite's machine between two looks at the clock */

static int64_t now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int is_late(void *ctx)
{
    const reader_t *r = ctx;
    return now_us() > r->until_us;
}

/* Nothing but reading: whatever a query were made to say. FTS5 reads its own tables through statements of its own. */
static int allow(void *ctx, int action, const char *a, const char *b, const char *database, const char *trigger)
{
    (void)ctx, (void)b, (void)database, (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_PRAGMA: /* FTS5 asks whether its tables have changed */
        return a && sqlite3_stricmp(a, "data_version") == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_UPDATE: /* so SQLite sees the declaration of a virtual table, which it does anew when a slot has become a column; no file is written */
        return a && strcmp(a, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

static bool open_reader(reader_t *r)
{
    if (r->sql)
        return true;
    bool good = sqlite3_open_v2(r->store->path, &r->sql, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
                sqlite3_exec(r->sql, "PRAGMA query_only=1; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384", NULL, NULL, NULL) == SQLITE_OK;
    if (good) {
        (void)sqlite3_busy_timeout(r->sql, 1000);
        (void)sqlite3_limit(r->sql, SQLITE_LIMIT_LENGTH, 16 << 20);
        (void)sqlite3_set_authorizer(r->sql, allow, NULL);
        sqlite3_progress_handler(r->sql, STEPS, is_late, r);
    } else {
        (void)sqlite3_close(r->sql);
        r->sql = NULL;
    }
    return good;
}

reader_t *store_reader(store_t *st, int ms)
{
    reader_t *free_one = NULL;
    (void)pthread_mutex_lock(&st->lock);
    for (int k = 0; k < READERS && !free_one; k++)
        if (!st->readers[k].busy)
            free_one = &st->readers[k];
    if (free_one)
        free_one->busy = true;
    (void)pthread_mutex_unlock(&st->lock);
    if (!free_one)
        return NULL;
    free_one->store = st;
    free_one->until_us = now_us() + (int64_t)ms * 1000;
    if (open_reader(free_one))
        return free_one;
    store_reader_done(free_one);
    return NULL;
}

void store_reader_done(reader_t *r)
{
    if (!r)
        return;
    (void)pthread_mutex_lock(&r->store->lock);
    r->busy = false;
    (void)pthread_mutex_unlock(&r->store->lock);
}

sqlite3 *reader_sql(reader_t *r)
{
    return r->sql;
}
