#include "searches.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>

struct searches {
    pthread_mutex_t lock;
    sqlite3 *sql;
};

int searches_open(const char *path, searches_t **ret)
{
    searches_t *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    (void)pthread_mutex_init(&s->lock, NULL);
    if (sqlite3_open_v2(path, &s->sql, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK &&
        sqlite3_busy_timeout(s->sql, 5000) == SQLITE_OK &&
        sqlite3_exec(s->sql, "CREATE TABLE IF NOT EXISTS searches(id INTEGER PRIMARY KEY, name TEXT NOT NULL, query TEXT NOT NULL)", NULL, NULL, NULL) == SQLITE_OK) {
        *ret = s;
        return 0;
    }
    searches_close(s);
    return -EIO;
}

void searches_close(searches_t *s)
{
    if (!s)
        return;
    (void)sqlite3_close(s->sql);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}

int searches_add(searches_t *s, const char *name, const char *query, int64_t *ret_id)
{
    sqlite3_stmt *q;
    int r = -EIO;
    (void)pthread_mutex_lock(&s->lock);
    if (sqlite3_prepare_v2(s->sql, "INSERT INTO searches(name, query) SELECT ?1, ?2 WHERE (SELECT count(*) FROM searches) < ?3", -1, &q, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(q, 2, query, -1, SQLITE_STATIC);
        (void)sqlite3_bind_int(q, 3, SEARCHES_MOST);
        (void)sqlite3_step(q);
        if (sqlite3_finalize(q) == SQLITE_OK)
            r = sqlite3_changes(s->sql) == 1 ? 0 : -ENOSPC;
        if (r == 0)
            *ret_id = sqlite3_last_insert_rowid(s->sql);
    }
    (void)pthread_mutex_unlock(&s->lock);
    return r;
}

int searches_delete(searches_t *s, int64_t id)
{
    sqlite3_stmt *q;
    int r = -EIO;
    (void)pthread_mutex_lock(&s->lock);
    if (sqlite3_prepare_v2(s->sql, "DELETE FROM searches WHERE id=?1", -1, &q, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_int64(q, 1, id);
        (void)sqlite3_step(q);
        if (sqlite3_finalize(q) == SQLITE_OK)
            r = sqlite3_changes(s->sql) > 0;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return r;
}

json_t *searches_list(searches_t *s)
{
    sqlite3_stmt *q;
    json_t *list = json_array();
    (void)pthread_mutex_lock(&s->lock);
    if (sqlite3_prepare_v2(s->sql, "SELECT id, name, query FROM searches ORDER BY id", -1, &q, NULL) == SQLITE_OK) {
        while (sqlite3_step(q) == SQLITE_ROW)
            (void)json_array_append_new(list, json_pack("{sI, ss, ss}", "id", (json_int_t)sqlite3_column_int64(q, 0), "name",
                                                        (const char *)sqlite3_column_text(q, 1), "query", (const char *)sqlite3_column_text(q, 2)));
        (void)sqlite3_finalize(q);
    }
    (void)pthread_mutex_unlock(&s->lock);
    return list;
}
