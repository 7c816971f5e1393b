/* store: the facts of zhiwend in an SQLite file of our own, and their columns in memory.
 *
 * Purpose. Tables as `zhiwen export` makes them (facts_db.h), plus articles as they were told of, what was taken back, full text
 * (words.h). The position in the log is committed with what it stands for, so events are applied once.
 * Threading. One thread writes (store_apply, store_commit, store_reset). Readers take a
 * connection each, read-only, which allows nothing but SELECT and stops at its deadline.
 * Errors: 0 or positive; -EIO: SQLite failed (store_error tells why); -ENOMEM; -errno.
 */
#ifndef WEB_STORE_H
#define WEB_STORE_H

#include "columns.h"
#include "facts_db.h"
#include "text/text.h"
#include "zhiwen.h"

typedef struct store store_t;

/* Opens the file, which is made where it is not there, and reads the columns. `tables` and `places` are borrowed. */
int store_open(const char *path, const zw_text_tables_t *tables, const places_t *places, store_t **ret);
void store_close(store_t *store); /* takes NULL; what was not committed is undone */
const char *store_error(const store_t *store);
columns_t *store_columns(store_t *store);
const places_t *store_places(const store_t *store);

/* ---- the writer */

/* What an event has done, for those who look on. Strings are borrowed until the next call. */
typedef struct change {
    const char *event;   /* "fact", "support", "retract", "article", "withdraw"; NULL: nothing to be seen */
    uint64_t seq;        /* of the event */
    row_t row;           /* of a fact that stands */
    zw_str_t plain;      /* of a fact: its words in plain form (words.h) */
    json_t *json;        /* what to show; owned by the caller; NULL where `show` was false */
} change_t;

uint64_t store_position(const store_t *store);
const char *store_instance(const store_t *store); /* of the log; "" : none yet */
/* Applies one event of the log. `show`: someone looks on. */
int store_apply(store_t *store, const zw_item_t *item, bool show, change_t *ret);
/* Makes everything applied visible to readers, with `position`. */
int store_commit(store_t *store, uint64_t position);
/* Another log: forgets all facts. */
int store_reset(store_t *store, const char *instance);

/* ---- readers; any thread */

typedef struct reader reader_t;

/* A connection for at most `ms`; longer questions fail with SQLITE_INTERRUPT. NULL: too many, or no memory. */
reader_t *store_reader(store_t *store, int ms);
void store_reader_done(reader_t *reader); /* takes NULL */
sqlite3 *reader_sql(reader_t *reader);
static inline void store_reader_donep(reader_t **reader)
{
    store_reader_done(*reader);
}
#define _cleanup_reader_ __attribute__((cleanup(store_reader_donep)))

int64_t store_bytes(const store_t *store);
int64_t store_articles(const store_t *store); /* how many were told of */

#endif
