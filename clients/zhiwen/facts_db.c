#include "facts_db.h"

#include "edtf.h"
#include "facts_db_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char TABLES[] =
    "CREATE TABLE IF NOT EXISTS facts(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, time TEXT,"
    " first_day TEXT, last_day TEXT, region TEXT, modality TEXT, confidence REAL, support INTEGER NOT NULL, rule TEXT,"
    " quote TEXT, article INTEGER NOT NULL, added TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS articles(number INTEGER PRIMARY KEY, id TEXT, source TEXT, url TEXT, title TEXT, published TEXT,"
    " json TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS sources(fact INTEGER NOT NULL REFERENCES facts(seq) ON DELETE CASCADE,"
    " article INTEGER NOT NULL REFERENCES articles(number), seq INTEGER NOT NULL, span_start INTEGER, span_end INTEGER, quote TEXT,"
    " json TEXT NOT NULL, PRIMARY KEY(fact, article)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS regions(code TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS revisions(number INTEGER PRIMARY KEY, of INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS notes(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;";

/* An article and the versions before it: what a version states that the one before it stated is told of no more, so the source of
 * a fact is the first version that stated it. */
#define VERSIONS(n) "(WITH RECURSIVE version(n) AS (SELECT " n " UNION SELECT r.of FROM revisions r JOIN version v ON r.number=v.n) SELECT n FROM version)"

static const char *const STATEMENTS[SQL_COUNT] = {
    [SQL_FACT] = "INSERT INTO facts(seq,id,type,time,first_day,last_day,region,modality,confidence,support,rule,quote,article,added)"
                 " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14) ON CONFLICT(seq) DO UPDATE SET time=excluded.time,"
                 " first_day=excluded.first_day, last_day=excluded.last_day, region=excluded.region, modality=excluded.modality,"
                 " confidence=excluded.confidence, support=excluded.support, rule=excluded.rule, quote=excluded.quote, article=excluded.article",
    [SQL_ARTICLE] = "INSERT INTO articles(number,id,source,url,title,published,json) VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT(number) DO UPDATE"
                    " SET id=excluded.id, source=excluded.source, url=excluded.url, title=excluded.title, published=excluded.published,"
                    " json=excluded.json",
    [SQL_SOURCE] = "INSERT OR REPLACE INTO sources(fact,article,seq,span_start,span_end,quote,json) VALUES(?1,?2,?3,?4,?5,?6,?7)",
    [SQL_REGION] = "INSERT OR IGNORE INTO regions(code,name) VALUES(?1,?2)",
    [SQL_FIND] = "SELECT seq, article FROM facts WHERE id=?1",
    [SQL_SUPPORT] = "UPDATE facts SET support=?2 WHERE seq=?1",
    [SQL_UNSOURCE] = "DELETE FROM sources WHERE fact=?1 AND article IN " VERSIONS("?2"),
    [SQL_FIRST_SOURCE] = "SELECT s.json, a.json FROM sources s JOIN articles a ON a.number=s.article WHERE s.fact=?1 ORDER BY s.seq LIMIT 1",
    [SQL_UNARTICLE] = "DELETE FROM articles WHERE number IN " VERSIONS("?1")
                      " AND NOT EXISTS(SELECT 1 FROM sources WHERE article=articles.number)",
    [SQL_REVISION] = "INSERT OR REPLACE INTO revisions(number,of) VALUES(?1,?2)",
    [SQL_WORDED] = "SELECT 1 FROM sources WHERE fact=?1 AND article=?2",
    [SQL_COUNT_FACTS] = "SELECT count(*) FROM facts",
    [SQL_DELETE] = "DELETE FROM facts WHERE seq=?1",
    [SQL_NOTE] = "SELECT value FROM notes WHERE key=?1",
    [SQL_SET_NOTE] = "INSERT OR REPLACE INTO notes(key,value) VALUES(?1,?2)",
};

int facts_db_failed(facts_db_t *db)
{
    return sqlite3_errcode(db->sql) == SQLITE_NOMEM ? -ENOMEM : -EIO;
}

int facts_db_run(facts_db_t *db, const char *sql)
{
    return sqlite3_exec(db->sql, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : facts_db_failed(db);
}

int facts_db_step(facts_db_t *db, sqlite3_stmt *statement)
{
    int r = sqlite3_step(statement);
    if (r == SQLITE_ROW)
        return 1;
    (void)sqlite3_reset(statement);
    return r == SQLITE_DONE ? 0 : facts_db_failed(db);
}

/* ---- opening */

static int prepare(facts_db_t *db)
{
    int r = facts_db_run(db, TABLES);
    for (int k = 0; k < SQL_COUNT && r == 0; k++)
        if (sqlite3_prepare_v3(db->sql, STATEMENTS[k], -1, SQLITE_PREPARE_PERSISTENT, &db->statements[k], NULL) != SQLITE_OK)
            r = facts_db_failed(db);
    return r;
}

int facts_db_open(const char *path, unsigned with, schema_t *schema, const places_t *places, facts_db_t **ret)
{
    facts_db_t *db = calloc(1, sizeof *db);
    if (!db)
        return -ENOMEM;
    *ret = db; /* also on failure: it has the reason */
    db->schema = schema;
    db->places = places;
    db->with = with;
    if (sqlite3_open_v2(path ? path : "", &db->sql, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
        return facts_db_failed(db);
    (void)sqlite3_busy_timeout(db->sql, 5000);
    int r = facts_db_run(db, "PRAGMA foreign_keys=ON; BEGIN IMMEDIATE");
    if (r == 0)
        r = prepare(db);
    if (r == 0 && (db->with & FACTS_DB_TYPED))
        r = typed_open(db);
    return r;
}

void facts_db_close(facts_db_t *db)
{
    if (!db)
        return;
    typed_close(db);
    for (int k = 0; k < SQL_COUNT; k++)
        (void)sqlite3_finalize(db->statements[k]);
    (void)sqlite3_close(db->sql);
    free(db);
}

const char *facts_db_error(const facts_db_t *db)
{
    return db && db->sql ? sqlite3_errmsg(db->sql) : "no memory";
}

sqlite3 *facts_db_handle(facts_db_t *db)
{
    return db->sql;
}

int facts_db_commit(facts_db_t *db)
{
    return facts_db_run(db, "COMMIT; BEGIN IMMEDIATE");
}

/* ---- notes */

char *facts_db_note(facts_db_t *db, const char *key)
{
    sqlite3_stmt *s = db->statements[SQL_NOTE];
    char *value = NULL;
    (void)sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
    if (facts_db_step(db, s) == 1) {
        const unsigned char *text = sqlite3_column_text(s, 0);
        value = text ? strdup((const char *)text) : NULL;
        (void)sqlite3_reset(s);
    }
    return value;
}

int facts_db_set_note(facts_db_t *db, const char *key, const char *value)
{
    sqlite3_stmt *s = db->statements[SQL_SET_NOTE];
    (void)sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(s, 2, value, -1, SQLITE_STATIC);
    return facts_db_step(db, s);
}

/* ---- facts */

static void bind_string(sqlite3_stmt *s, int at, json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    if (json_is_string(value))
        (void)sqlite3_bind_text(s, at, json_string_value(value), (int)json_string_length(value), SQLITE_STATIC);
    else
        (void)sqlite3_bind_null(s, at);
}

static void bind_integer(sqlite3_stmt *s, int at, json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    if (json_is_integer(value))
        (void)sqlite3_bind_int64(s, at, json_integer_value(value));
    else
        (void)sqlite3_bind_null(s, at);
}

static int64_t number_of(json_t *article)
{
    return json_integer_value(json_object_get(article, "number"));
}

static int put_article(facts_db_t *db, const statement_t *st)
{
    sqlite3_stmt *s = db->statements[SQL_ARTICLE];
    static const char *const KEYS[] = { "id", "source", "url", "title", "published" };
    (void)sqlite3_bind_int64(s, 1, number_of(st->article));
    for (int k = 0; k < 5; k++)
        bind_string(s, 2 + k, st->article, KEYS[k]);
    (void)sqlite3_bind_text(s, 7, st->article_text, -1, SQLITE_STATIC);
    return facts_db_step(db, s);
}

static int put_source(facts_db_t *db, const statement_t *st, int64_t fact)
{
    sqlite3_stmt *s = db->statements[SQL_SOURCE];
    json_t *span = json_object_get(st->fact, "span");
    (void)sqlite3_bind_int64(s, 1, fact);
    (void)sqlite3_bind_int64(s, 2, number_of(st->article));
    (void)sqlite3_bind_int64(s, 3, (int64_t)st->seq);
    bind_integer(s, 4, span, "start");
    bind_integer(s, 5, span, "end");
    bind_string(s, 6, span, "quote");
    (void)sqlite3_bind_text(s, 7, st->fact_text, -1, SQLITE_STATIC);
    return facts_db_step(db, s);
}

static int put_region(facts_db_t *db, json_t *fact)
{
    sqlite3_stmt *s = db->statements[SQL_REGION];
    const char *code = json_string_value(json_object_get(fact, "region"));
    if (!code)
        return 0;
    zw_str_t name = places_name(db->places, code);
    (void)sqlite3_bind_text(s, 1, code, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(s, 2, name.p, (int)name.n, SQLITE_STATIC);
    return facts_db_step(db, s);
}

static int put_fact(facts_db_t *db, const statement_t *st)
{
    sqlite3_stmt *s = db->statements[SQL_FACT];
    static const struct {
        int at;
        const char *key;
    } strings[] = { { 2, "id" }, { 3, "type" }, { 4, "time" }, { 7, "region" }, { 8, "modality" }, { 11, "rule" } };
    char first[11], last[11], added[32] = "";
    struct tm tm;
    time_t seconds = (time_t)(st->time_us / 1000000);
    bool dated = edtf_days(zw_strz(json_string_value(json_object_get(st->fact, "time"))), first, last);
    if (gmtime_r(&seconds, &tm))
        (void)strftime(added, sizeof added, "%Y-%m-%dT%H:%M:%SZ", &tm);
    (void)sqlite3_bind_int64(s, 1, (int64_t)st->seq);
    for (size_t k = 0; k < sizeof strings / sizeof *strings; k++)
        bind_string(s, strings[k].at, st->fact, strings[k].key);
    (void)sqlite3_bind_text(s, 5, dated ? first : NULL, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(s, 6, dated ? last : NULL, -1, SQLITE_STATIC);
    (void)sqlite3_bind_double(s, 9, json_number_value(json_object_get(st->fact, "confidence")));
    (void)sqlite3_bind_int64(s, 10, st->support);
    bind_string(s, 12, json_object_get(st->fact, "span"), "quote");
    (void)sqlite3_bind_int64(s, 13, number_of(st->article));
    (void)sqlite3_bind_text(s, 14, added, -1, SQLITE_STATIC);
    return facts_db_step(db, s);
}

/* 1: found, its seq, and the article whose words the row has. */
static int find(facts_db_t *db, json_t *fact, int64_t *ret_seq, int64_t *ret_article)
{
    sqlite3_stmt *s = db->statements[SQL_FIND];
    bind_string(s, 1, fact, "id");
    int r = facts_db_step(db, s);
    if (r == 1) {
        *ret_seq = sqlite3_column_int64(s, 0);
        *ret_article = sqlite3_column_int64(s, 1);
        (void)sqlite3_reset(s);
    }
    return r;
}

static int delete_fact(facts_db_t *db, int64_t seq)
{
    sqlite3_stmt *s = db->statements[SQL_DELETE];
    int r = db->with & FACTS_DB_TYPED ? typed_delete(db, seq) : 0;
    (void)sqlite3_bind_int64(s, 1, seq);
    return r < 0 ? r : facts_db_step(db, s);
}

/* The row of the fact, as the statement has it. */
static int put_row(facts_db_t *db, const statement_t *st)
{
    fact_type_t *type;
    const char *name = json_string_value(json_object_get(st->fact, "type"));
    int learnt = schema_learn(db->schema, name ? name : "", st->fact, &type);
    int r = learnt < 0 ? learnt : put_fact(db, st);
    if (r == 0)
        r = put_region(db, st->fact);
    return r == 0 && (db->with & FACTS_DB_TYPED) ? typed_put(db, type, learnt == 1, st) : r;
}

static int add_source(facts_db_t *db, const statement_t *st, int64_t fact)
{
    int r = put_article(db, st);
    return r == 0 ? put_source(db, st, fact) : r;
}

int facts_db_put(facts_db_t *db, const statement_t *st)
{
    int64_t old, article;
    int r = find(db, st->fact, &old, &article);
    if (r == 1)
        r = delete_fact(db, old);
    if (r == 0)
        r = put_row(db, st);
    return r == 0 ? add_source(db, st, (int64_t)st->seq) : r;
}

static int set_support(facts_db_t *db, int64_t fact, uint32_t support)
{
    sqlite3_stmt *s = db->statements[SQL_SUPPORT];
    (void)sqlite3_bind_int64(s, 1, fact);
    (void)sqlite3_bind_int64(s, 2, support);
    return facts_db_step(db, s);
}

int facts_db_support(facts_db_t *db, const statement_t *st)
{
    int64_t fact, article;
    int r = find(db, st->fact, &fact, &article);
    if (r <= 0)
        return r;
    r = set_support(db, fact, st->support);
    if (r == 0)
        r = add_source(db, st, fact);
    return r < 0 ? r : 1;
}

/* ---- taking back */

/* Which article has lost the fact: the one that is withdrawn, or the version before the one that is told of. */
static int64_t loser_of(const statement_t *st)
{
    json_t *before = json_object_get(st->article, "of_number");
    return json_is_integer(before) ? json_integer_value(before) : number_of(st->article);
}

/* An article that states no fact any more, and the versions before it. */
static int forget_article(facts_db_t *db, const statement_t *st)
{
    sqlite3_stmt *s = db->statements[SQL_UNARTICLE];
    (void)sqlite3_bind_int64(s, 1, loser_of(st));
    return facts_db_step(db, s);
}

int facts_db_retract(facts_db_t *db, const statement_t *st)
{
    int64_t fact, article;
    int r = find(db, st->fact, &fact, &article);
    if (r == 1)
        r = delete_fact(db, fact);
    return r == 0 ? forget_article(db, st) : r;
}

/* The row has the words of an article that is gone: it takes those of the first that is left. */
static int reword(facts_db_t *db, int64_t fact, const statement_t *st)
{
    sqlite3_stmt *s = db->statements[SQL_FIRST_SOURCE];
    (void)sqlite3_bind_int64(s, 1, fact);
    int r = facts_db_step(db, s);
    if (r != 1)
        return r;
    statement_t left = { .seq = (uint64_t)fact, .time_us = st->time_us, .support = st->support,
                         .fact = json_loads((const char *)sqlite3_column_text(s, 0), 0, NULL),
                         .article = json_loads((const char *)sqlite3_column_text(s, 1), 0, NULL) };
    (void)sqlite3_reset(s);
    r = left.fact && left.article ? put_row(db, &left) : -ENOMEM;
    json_decref(left.fact);
    json_decref(left.article);
    return r;
}

int facts_db_unsupport(facts_db_t *db, const statement_t *st)
{
    sqlite3_stmt *s = db->statements[SQL_UNSOURCE], *worded = db->statements[SQL_WORDED];
    int64_t fact, article;
    int r = find(db, st->fact, &fact, &article);
    if (r <= 0)
        return r;
    (void)sqlite3_bind_int64(s, 1, fact);
    (void)sqlite3_bind_int64(s, 2, loser_of(st));
    r = facts_db_step(db, s);
    if (r == 0)
        r = set_support(db, fact, st->support);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(worded, 1, fact);
    (void)sqlite3_bind_int64(worded, 2, article);
    r = facts_db_step(db, worded);
    if (r == 1)
        (void)sqlite3_reset(worded);
    else if (r == 0)
        r = reword(db, fact, st);
    return r < 0 ? r : forget_article(db, st);
}

int facts_db_revision(facts_db_t *db, int64_t number, int64_t of)
{
    sqlite3_stmt *s = db->statements[SQL_REVISION];
    (void)sqlite3_bind_int64(s, 1, number);
    (void)sqlite3_bind_int64(s, 2, of);
    return facts_db_step(db, s);
}

int64_t facts_db_count(facts_db_t *db)
{
    sqlite3_stmt *s = db->statements[SQL_COUNT_FACTS];
    int64_t count = facts_db_step(db, s) == 1 ? sqlite3_column_int64(s, 0) : 0;
    (void)sqlite3_reset(s);
    return count;
}
