/* Tables, views and the full-text index of a database that is kept. */
#include "facts_db_priv.h"
#include "zw_buf.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

static const char FIXED[] =
    "CREATE INDEX IF NOT EXISTS facts_by_type ON facts(type, first_day);"
    "CREATE INDEX IF NOT EXISTS facts_by_day ON facts(first_day, last_day);"
    "CREATE INDEX IF NOT EXISTS facts_by_region ON facts(region, type);"
    "CREATE INDEX IF NOT EXISTS facts_by_article ON facts(article);"
    "CREATE INDEX IF NOT EXISTS sources_by_article ON sources(article);";
static const char SEARCH[] = "CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(quote, slots, title, tokenize='trigram');";

static const char *const OWN[] = { "facts", "articles", "sources", "regions", "notes", "search" };

static bool is_own(const char *name)
{
    for (size_t k = 0; k < sizeof OWN / sizeof *OWN; k++)
        if (strcasecmp(name, OWN[k]) == 0)
            return true;
    return false;
}

/* Appends SQL; %w in `format` is a name, to be put between double quotes. */
static void put(zw_buf_t *out, const char *format, const char *a, const char *b)
{
    char *text = sqlite3_mprintf(format, a, b);
    if (text)
        (void)zw_buf_puts(out, zw_strz(text));
    else
        out->failed = true;
    sqlite3_free(text);
}

static int run(facts_db_t *db, zw_buf_t *sql)
{
    int r = zw_buf_putc(sql, '\0');
    return r < 0 ? r : facts_db_run(db, sql->p);
}

static const char *declared(column_kind_t kind)
{
    return kind == COLUMN_NUMBER ? "NUMERIC" : kind == COLUMN_BOOL ? "INTEGER" : "TEXT";
}

/* ---- tables */

/* The columns of slots that the table has. No slot begins with '_'. */
static int table_columns(facts_db_t *db, const char *type, fact_type_t *ret, bool *ret_exists)
{
    sqlite3_stmt *s;
    int r = 1;
    *ret_exists = false;
    if (sqlite3_prepare_v2(db->sql, "SELECT name, type FROM pragma_table_info('fact_' || ?1)", -1, &s, NULL) != SQLITE_OK)
        return facts_db_failed(db);
    (void)sqlite3_bind_text(s, 1, type, -1, SQLITE_STATIC);
    while (r >= 0 && (r = facts_db_step(db, s)) == 1) {
        const char *name = (const char *)sqlite3_column_text(s, 0), *kind = (const char *)sqlite3_column_text(s, 1);
        *ret_exists = true;
        r = *name == '_' ? 0 : schema_add(ret, name, strcmp(kind, "NUMERIC") == 0 ? COLUMN_NUMBER : strcmp(kind, "INTEGER") == 0 ? COLUMN_BOOL : COLUMN_TEXT);
    }
    (void)sqlite3_finalize(s);
    return r;
}

static void put_view(zw_buf_t *sql, const fact_type_t *type)
{
    const char *suffix = is_own(type->name) ? "_facts" : "";
    put(sql, "DROP VIEW IF EXISTS \"%w%w\";", type->name, suffix);
    put(sql, "CREATE VIEW \"%w%w\" AS SELECT f.id, f.time, f.first_day, f.last_day, f.region, r.name AS region_name, f.modality, f.confidence,"
             " f.support", type->name, suffix);
    for (size_t k = 0; k < type->count; k++) {
        put(sql, schema_is_reserved(type->columns[k].name) ? ", t.\"%w\" AS \"slot_%w\"" : ", t.\"%w\" AS \"%w\"", type->columns[k].name,
            type->columns[k].name);
    }
    put(sql, ", f.quote, f.rule, a.number AS article_number, a.title AS article_title, a.source AS article_source, a.url AS article_url,"
             " a.published AS article_published, f.seq, f.added FROM facts f JOIN \"fact_%w\" t ON t._fact = f.seq"
             " JOIN articles a ON a.number = f.article LEFT JOIN regions r ON r.code = f.region;", type->name, "");
}

/* Makes table and view what the schema says. */
static int shape(facts_db_t *db, const fact_type_t *type)
{
    zw_buf_t _cleanup_buf_ sql = { 0 };
    fact_type_t there = { 0 };
    bool exists;
    int r = table_columns(db, type->name, &there, &exists);
    if (r == 0 && !exists)
        put(&sql, "CREATE TABLE \"fact_%w\"(_fact INTEGER PRIMARY KEY REFERENCES facts(seq) ON DELETE CASCADE);", type->name, "");
    for (size_t k = 0; k < type->count; k++) {
        if (schema_column(&there, type->columns[k].name) >= 0)
            continue;
        put(&sql, "ALTER TABLE \"fact_%w\"", type->name, "");
        put(&sql, " ADD COLUMN \"%w\" %s;", type->columns[k].name, declared(type->columns[k].kind));
        if (k == 0) { /* most are asked by what they are about */
            put(&sql, "CREATE INDEX IF NOT EXISTS \"fact_%w_%w\"", type->name, type->columns[k].name);
            put(&sql, " ON \"fact_%w\"(\"%w\");", type->name, type->columns[k].name);
        }
    }
    put_view(&sql, type);
    for (size_t k = 0; k < there.count; k++)
        free(there.columns[k].name);
    free(there.columns);
    return r < 0 ? r : run(db, &sql);
}

/* Types and columns that the file has and no pack at hand: another has been here with more. */
static int learn_file(facts_db_t *db)
{
    sqlite3_stmt *s;
    int r = 1;
    if (sqlite3_prepare_v2(db->sql, "SELECT substr(name, 6) FROM sqlite_master WHERE type='table' AND name GLOB 'fact_*'", -1, &s, NULL) != SQLITE_OK)
        return facts_db_failed(db);
    while (r >= 0 && (r = facts_db_step(db, s)) == 1) {
        fact_type_t *type;
        bool exists;
        const char *name = (const char *)sqlite3_column_text(s, 0);
        r = schema_learn(db->schema, name, NULL, &type);
        if (r >= 0)
            r = table_columns(db, name, type, &exists);
    }
    (void)sqlite3_finalize(s);
    return r;
}

int typed_open(facts_db_t *db)
{
    int r = facts_db_run(db, FIXED);
    if (r == 0 && db->with & FACTS_DB_SEARCH)
        r = facts_db_run(db, SEARCH);
    if (r == 0)
        r = learn_file(db);
    for (size_t k = 0; k < db->schema->count && r == 0; k++)
        r = shape(db, &db->schema->types[k]);
    if (r == 0 && (db->with & FACTS_DB_SEARCH) &&
        (sqlite3_prepare_v3(db->sql, "INSERT OR REPLACE INTO search(rowid,quote,slots,title) VALUES(?1,?2,?3,?4)", -1, SQLITE_PREPARE_PERSISTENT, &db->search, NULL) != SQLITE_OK ||
         sqlite3_prepare_v3(db->sql, "DELETE FROM search WHERE rowid=?1", -1, SQLITE_PREPARE_PERSISTENT, &db->unsearch, NULL) != SQLITE_OK))
        r = facts_db_failed(db);
    return r;
}

void typed_close(facts_db_t *db)
{
    for (size_t k = 0; k < db->insert_count; k++) {
        (void)sqlite3_finalize(db->inserts[k].statement);
        free(db->inserts[k].type);
    }
    free(db->inserts);
    (void)sqlite3_finalize(db->search);
    (void)sqlite3_finalize(db->unsearch);
}

/* ---- rows */

static typed_insert_t *insert_of(facts_db_t *db, const fact_type_t *type)
{
    for (size_t k = 0; k < db->insert_count; k++)
        if (strcmp(db->inserts[k].type, type->name) == 0)
            return &db->inserts[k];
    typed_insert_t *inserts = realloc(db->inserts, (db->insert_count + 1) * sizeof *inserts);
    char *name = strdup(type->name);
    if (inserts)
        db->inserts = inserts;
    if (!inserts || !name) {
        free(name);
        return NULL;
    }
    inserts[db->insert_count] = (typed_insert_t){ .type = name };
    return &inserts[db->insert_count++];
}

/* "INSERT OR REPLACE INTO fact_TYPE(_fact, …) VALUES(?1, …)", in the order of the schema's columns. */
static int prepare(facts_db_t *db, const fact_type_t *type, typed_insert_t *insert)
{
    zw_buf_t _cleanup_buf_ sql = { 0 };
    (void)sqlite3_finalize(insert->statement);
    insert->statement = NULL;
    put(&sql, "INSERT OR REPLACE INTO \"fact_%w\"(_fact", type->name, "");
    for (size_t k = 0; k < type->count; k++)
        put(&sql, ", \"%w\"", type->columns[k].name, "");
    (void)zw_buf_puts(&sql, ZW_STR_LIT(") VALUES(?1"));
    for (size_t k = 0; k < type->count; k++)
        (void)zw_buf_printf(&sql, ", ?%zu", k + 2);
    (void)zw_buf_puts(&sql, ZW_STR_LIT(")"));
    if (zw_buf_putc(&sql, '\0') < 0)
        return -ENOMEM;
    insert->columns = type->count;
    return sqlite3_prepare_v3(db->sql, sql.p, -1, SQLITE_PREPARE_PERSISTENT, &insert->statement, NULL) == SQLITE_OK ? 0 : facts_db_failed(db);
}

typedef struct row {
    const fact_type_t *type;
    sqlite3_stmt *statement;
    zw_buf_t words; /* for the search */
} row_t;

static int bind_slot(void *ctx, const char *column, json_t *value)
{
    row_t *row = ctx;
    int at = schema_column(row->type, column) + 2;
    size_t k;
    json_t *item;
    if (json_is_string(value)) {
        (void)sqlite3_bind_text(row->statement, at, json_string_value(value), (int)json_string_length(value), SQLITE_STATIC);
        (void)zw_buf_printf(&row->words, "%s\n", json_string_value(value));
    } else if (json_is_integer(value)) {
        (void)sqlite3_bind_int64(row->statement, at, json_integer_value(value));
    } else if (json_is_real(value)) {
        (void)sqlite3_bind_double(row->statement, at, json_real_value(value));
    } else if (json_is_boolean(value)) {
        (void)sqlite3_bind_int(row->statement, at, json_is_true(value));
    } else {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        (void)sqlite3_bind_text(row->statement, at, text, -1, free);
        json_array_foreach(value, k, item)
            (void)zw_buf_printf(&row->words, "%s\n", json_is_string(item) ? json_string_value(item) : "");
    }
    return row->words.failed ? -ENOMEM : 0;
}

static int put_search(facts_db_t *db, const statement_t *st, zw_str_t words)
{
    const char *quote = json_string_value(json_object_get(json_object_get(st->fact, "span"), "quote"));
    (void)sqlite3_bind_int64(db->search, 1, (int64_t)st->seq);
    (void)sqlite3_bind_text(db->search, 2, quote, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(db->search, 3, words.p, (int)words.n, SQLITE_STATIC);
    (void)sqlite3_bind_text(db->search, 4, json_string_value(json_object_get(st->article, "title")), -1, SQLITE_STATIC);
    return facts_db_step(db, db->search);
}

int typed_put(facts_db_t *db, const fact_type_t *type, bool grown, const statement_t *st)
{
    int r = grown ? shape(db, type) : 0;
    typed_insert_t *insert = insert_of(db, type);
    if (!insert)
        return -ENOMEM;
    if (r == 0 && (!insert->statement || insert->columns != type->count))
        r = prepare(db, type, insert);
    if (r < 0)
        return r;
    row_t row = { .type = type, .statement = insert->statement };
    (void)sqlite3_clear_bindings(insert->statement);
    (void)sqlite3_bind_int64(insert->statement, 1, (int64_t)st->seq);
    r = schema_slots(st->fact, bind_slot, &row);
    if (r == 0)
        r = facts_db_step(db, insert->statement);
    if (r == 0 && db->search)
        r = put_search(db, st, zw_buf_str(&row.words));
    zw_buf_done(&row.words);
    return r;
}

int typed_delete(facts_db_t *db, int64_t seq)
{
    if (!db->unsearch)
        return 0;
    (void)sqlite3_bind_int64(db->unsearch, 1, seq);
    return facts_db_step(db, db->unsearch);
}
