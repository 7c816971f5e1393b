/* facts_db: facts in an SQLite database, one row each, as the log of events leaves them. One thread; blocks on the disk.
 *
 * The same for a file that is kept and continued and for the temporary one from which the other formats are written, so that
 * memory is bounded whatever the log holds. Everything is idempotent by fact id and article number.
 * Errors: 0 or positive; -EIO: SQLite failed, facts_db_error tells why; -ENOMEM.
 */
#ifndef ZW_FACTS_DB_H
#define ZW_FACTS_DB_H

#include "places.h"
#include "schema.h"

#include <sqlite3.h>

typedef struct facts_db facts_db_t;

/* What a database has besides the facts: a table and a view for each type; the full-text index "search" over them. */
enum { FACTS_DB_TYPED = 1, FACTS_DB_SEARCH = 2 };

/* `path` NULL: a temporary database. FACTS_DB_SEARCH needs FACTS_DB_TYPED. `schema` and `places` are borrowed; the schema learns. */
int facts_db_open(const char *path, unsigned with, schema_t *schema, const places_t *places, facts_db_t **ret);
void facts_db_close(facts_db_t *db); /* takes NULL; what was not committed is undone */
const char *facts_db_error(const facts_db_t *db);
sqlite3 *facts_db_handle(facts_db_t *db);

/* What the file remembers of itself: "position", "instance", "filter". NULL when it does not. To be freed. */
char *facts_db_note(facts_db_t *db, const char *key);
int facts_db_set_note(facts_db_t *db, const char *key, const char *value);

/* A statement of a fact by an article: what an event says. */
typedef struct statement {
    uint64_t seq;
    int64_t time_us;
    uint32_t support;
    json_t *fact, *article;
    const char *fact_text, *article_text; /* the same as JSON */
} statement_t;

/* Adds the fact, or puts it in place of the one with its id. */
int facts_db_put(facts_db_t *db, const statement_t *s);
/* A further article that states the fact. 1: added, 0: no such fact here. */
int facts_db_support(facts_db_t *db, const statement_t *s);

/* No article states the fact any more: it is gone from here, too. */
int facts_db_retract(facts_db_t *db, const statement_t *s);
/* The article, or (`of_number`) the version before it, does not state the fact any more, others do; where the row had its words
 * it takes those of another. */
int facts_db_unsupport(facts_db_t *db, const statement_t *s);

/* Article `number` is a later version of `of`. */
int facts_db_revision(facts_db_t *db, int64_t number, int64_t of);

int64_t facts_db_count(facts_db_t *db); /* of facts */
int facts_db_commit(facts_db_t *db);

#endif
