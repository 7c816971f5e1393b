/* facts_db_priv: what facts_db.c and its tables for single types (facts_typed.c) share. */
#ifndef ZW_FACTS_DB_PRIV_H
#define ZW_FACTS_DB_PRIV_H

#include "facts_db.h"

enum {
    SQL_FACT, SQL_ARTICLE, SQL_SOURCE, SQL_REGION, SQL_FIND, SQL_SUPPORT, SQL_UNSOURCE, SQL_WORDED, SQL_FIRST_SOURCE, SQL_UNARTICLE,
    SQL_REVISION, SQL_DELETE, SQL_NOTE, SQL_SET_NOTE, SQL_COUNT_FACTS, SQL_COUNT
};

typedef struct typed_insert {
    char *type;
    size_t columns; /* of the schema when it was prepared */
    sqlite3_stmt *statement;
} typed_insert_t;

struct facts_db {
    sqlite3 *sql;
    schema_t *schema;
    const places_t *places;
    unsigned with;
    sqlite3_stmt *statements[SQL_COUNT], *search, *unsearch;
    typed_insert_t *inserts;
    size_t insert_count;
};

int facts_db_failed(facts_db_t *db);
int facts_db_run(facts_db_t *db, const char *sql);
/* 1: a row (reset the statement after it), 0: done, negative. */
int facts_db_step(facts_db_t *db, sqlite3_stmt *statement);

/* A table "fact_TYPE" for each type, a view "TYPE" that joins it with what all facts have, and where it is wanted the full-text index "search". */
int typed_open(facts_db_t *db);
void typed_close(facts_db_t *db);
int typed_put(facts_db_t *db, const fact_type_t *type, bool grown, const statement_t *s);
int typed_delete(facts_db_t *db, int64_t seq);

#endif
