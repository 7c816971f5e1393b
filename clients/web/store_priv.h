/* store_priv: what the files of the store share. */
#ifndef WEB_STORE_PRIV_H
#define WEB_STORE_PRIV_H

#include "store.h"
#include "zw_buf.h"

#include <pthread.h>
#include <stdatomic.h>

enum { READERS = 16 };

struct reader {
    store_t *store;
    sqlite3 *sql;
    int64_t until_us; /* when it is to stop */
    bool busy;
};

enum { OWN_ROW, OWN_SEQ, OWN_WORDS, OWN_RECEIVED, OWN_WITHDRAWN, OWN_TAKEN, OWN_RETURNED, OWN_COUNT };

typedef struct pending {
    row_t row;
    uint64_t remove; /* a seq; 0: none */
    bool put;
} pending_t;

struct store {
    char *path;
    const zw_text_tables_t *tables;
    const places_t *places;
    schema_t schema;
    columns_t *columns;
    facts_db_t *db;
    sqlite3_stmt *own[OWN_COUNT];
    pending_t *pending; /* not committed: for the columns */
    size_t pending_count, pending_capacity;
    uint64_t position;
    int64_t newest_article;
    atomic_long articles;
    char instance[80];
    zw_buf_t plain, words;
    char error[200];

    pthread_mutex_t lock; /* of what follows */
    reader_t readers[READERS];
};

/* The row of columns that a statement of OWN_ROW's shape stands at. */
int store_row(store_t *store, sqlite3_stmt *s, row_t *ret);

#endif
