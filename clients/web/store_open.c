#include "store_priv.h"

#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

/* received: articles as the log told of them. taken_back: facts that nobody states any more, as they last were. */
static const char OWN_TABLES[] =
    "CREATE TABLE IF NOT EXISTS received(number INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, json TEXT NOT NULL, withdrawn TEXT);"
    "CREATE TABLE IF NOT EXISTS taken_back(id TEXT PRIMARY KEY, time_us INTEGER NOT NULL, seq INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS indicator_by_measure ON fact_indicator(measure);"
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, content='', prefix='1', tokenize='ascii');";

#define ROW_COLUMNS "SELECT f.seq, f.type, f.modality, f.confidence, f.first_day, f.last_day, f.region, a.source, i.measure, i.unit" \
                    " FROM facts f JOIN articles a ON a.number=f.article LEFT JOIN fact_indicator i ON i._fact=f.seq"

static const char *const OWN[OWN_COUNT] = {
    [OWN_ROW] = ROW_COLUMNS " WHERE f.id=?1",
    [OWN_SEQ] = "SELECT seq FROM facts WHERE id=?1",
    [OWN_WORDS] = "INSERT INTO words(rowid, text) VALUES(?1, ?2)",
    [OWN_RECEIVED] = "INSERT OR REPLACE INTO received(number, time_us, json) VALUES(?1, ?2, ?3)",
    [OWN_WITHDRAWN] = "UPDATE received SET withdrawn=?2 WHERE number=?1",
    [OWN_TAKEN] = "INSERT OR REPLACE INTO taken_back(id, time_us, seq, json) VALUES(?1, ?2, ?3, ?4)",
    [OWN_RETURNED] = "DELETE FROM taken_back WHERE id=?1",
};

static int fail(store_t *s, int code, const char *why)
{
    (void)snprintf(s->error, sizeof s->error, "%s", why);
    return code;
}

/* ---- columns */

static zw_str_t column(sqlite3_stmt *s, int k)
{
    return zw_str((const char *)sqlite3_column_text(s, k), (size_t)sqlite3_column_bytes(s, k));
}

static int32_t day_of(zw_str_t text)
{
    int y, m, d;
    char copy[11] = "";
    if (text.n != 10)
        return 0;
    memcpy(copy, text.p, 10);
    return sscanf(copy, "%4d-%2d-%2d", &y, &m, &d) == 3 ? y * 10000 + m * 100 + d : 0;
}

int store_row(store_t *st, sqlite3_stmt *s, row_t *ret)
{
    zw_str_t modality = column(s, 2);
    const char *region = (const char *)sqlite3_column_text(s, 6);
    int64_t type = columns_intern(st->columns, NAME_TYPE, column(s, 1)), outlet = columns_intern(st->columns, NAME_OUTLET, column(s, 7));
    int64_t measure = columns_intern(st->columns, NAME_MEASURE, column(s, 8)), unit = columns_intern(st->columns, NAME_MEASURE, column(s, 9));
    if (type < 0 || outlet < 0 || measure < 0 || unit < 0)
        return -ENOMEM;
    *ret = (row_t){ .seq = (uint64_t)sqlite3_column_int64(s, 0), .type = (uint16_t)type, .outlet = (uint32_t)outlet, .measure = (uint32_t)measure, .unit = (uint32_t)unit,
                    .first_day = day_of(column(s, 4)), .last_day = day_of(column(s, 5)), .region = region ? atoi(region) : 0,
                    .confidence = (uint16_t)(sqlite3_column_double(s, 3) * 10000 + 0.5), .modality = MODALITIES };
    for (uint8_t k = 0; k < MODALITIES; k++)
        if (zw_str_eqz(modality, MODALITY_NAMES[k]))
            ret->modality = k;
    return 0;
}

static int load_columns(store_t *st)
{
    sqlite3_stmt *s;
    row_t row;
    int r = 0;
    if (sqlite3_prepare_v2(facts_db_handle(st->db), ROW_COLUMNS " ORDER BY f.seq", -1, &s, NULL) != SQLITE_OK)
        return -EIO;
    while (r == 0 && sqlite3_step(s) == SQLITE_ROW) {
        r = store_row(st, s, &row);
        if (r == 0)
            r = columns_put(st->columns, &row);
    }
    return sqlite3_finalize(s) == SQLITE_OK ? r : -EIO;
}

/* ---- opening */

static int load_notes(store_t *st)
{
    char *position = facts_db_note(st->db, "position"), *instance = facts_db_note(st->db, "instance");
    st->position = position ? strtoull(position, NULL, 10) : 0;
    (void)snprintf(st->instance, sizeof st->instance, "%s", instance ? instance : "");
    free(position);
    free(instance);
    return 0;
}

static int prepare(store_t *st)
{
    sqlite3 *sql = facts_db_handle(st->db);
    if (sqlite3_exec(sql, OWN_TABLES, NULL, NULL, NULL) != SQLITE_OK)
        return -EIO;
    for (int k = 0; k < OWN_COUNT; k++)
        if (sqlite3_prepare_v3(sql, OWN[k], -1, SQLITE_PREPARE_PERSISTENT, &st->own[k], NULL) != SQLITE_OK)
            return -EIO;
    return 0;
}

/* Readers do not wait for the writer, nor it for them. It must be said before the transaction in which facts_db works. */
static int make_wal(store_t *st)
{
    sqlite3 *sql = NULL;
    int r = sqlite3_open_v2(st->path, &sql, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (r == SQLITE_OK)
        r = sqlite3_exec(sql, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    if (r != SQLITE_OK)
        (void)fail(st, -EIO, sql ? sqlite3_errmsg(sql) : "no memory");
    (void)sqlite3_close(sql);
    return r == SQLITE_OK ? 0 : -EIO;
}

static int load_articles(store_t *st)
{
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(facts_db_handle(st->db), "SELECT count(*), max(number) FROM received", -1, &s, NULL) != SQLITE_OK)
        return -EIO;
    if (sqlite3_step(s) == SQLITE_ROW) {
        atomic_store(&st->articles, (long)sqlite3_column_int64(s, 0));
        st->newest_article = sqlite3_column_int64(s, 1);
    }
    return sqlite3_finalize(s) == SQLITE_OK ? 0 : -EIO;
}

static int open_all(store_t *st)
{
    char rules[4096];
    int r = zw_data_path("rules", rules, sizeof rules);
    if (r == 0)
        r = schema_load(&st->schema, rules);
    if (r < 0 || !schema_type(&st->schema, "indicator"))
        return fail(st, r < 0 ? r : -ENOENT, "the rule packs, which tell the types of facts, are not there");
    r = make_wal(st);
    if (r < 0)
        return r;
    r = facts_db_open(st->path, FACTS_DB_TYPED, &st->schema, st->places, &st->db);
    if (r == 0)
        r = prepare(st);
    if (r == 0)
        r = load_notes(st);
    if (r == 0)
        r = load_columns(st);
    if (r == 0)
        r = load_articles(st);
    if (r == 0)
        r = facts_db_commit(st->db);
    if (r < 0)
        return fail(st, r, facts_db_error(st->db));
    (void)sqlite3_exec(facts_db_handle(st->db), "ROLLBACK; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=67108864; BEGIN IMMEDIATE", NULL, NULL, NULL);
    return 0;
}

int store_open(const char *path, const zw_text_tables_t *tables, const places_t *places, store_t **ret)
{
    store_t *st = calloc(1, sizeof *st);
    if (!st)
        return -ENOMEM;
    *ret = st; /* also on failure: it has the reason */
    st->tables = tables;
    st->places = places;
    st->path = strdup(path);
    st->columns = columns_new();
    (void)pthread_mutex_init(&st->lock, NULL);
    return st->path && st->columns ? open_all(st) : fail(st, -ENOMEM, "no memory");
}

void store_close(store_t *st)
{
    if (!st)
        return;
    for (int k = 0; k < OWN_COUNT; k++)
        (void)sqlite3_finalize(st->own[k]);
    for (int k = 0; k < READERS; k++)
        (void)sqlite3_close(st->readers[k].sql);
    facts_db_close(st->db);
    schema_done(&st->schema);
    columns_free(st->columns);
    (void)pthread_mutex_destroy(&st->lock);
    zw_buf_done(&st->plain);
    zw_buf_done(&st->words);
    free(st->pending);
    free(st->path);
    free(st);
}

const char *store_error(const store_t *st)
{
    return st && *st->error ? st->error : st ? facts_db_error(st->db) : "no memory";
}

columns_t *store_columns(store_t *st)
{
    return st->columns;
}

const places_t *store_places(const store_t *st)
{
    return st->places;
}

int64_t store_articles(const store_t *st)
{
    return atomic_load(&st->articles);
}

int64_t store_bytes(const store_t *st)
{
    struct stat file;
    return stat(st->path, &file) == 0 ? (int64_t)file.st_size : 0;
}
