/* Keeps facts in a table of SQLite, a row an id. Interrupted and started again, it goes on, and ends with the same table.
 *
 *     cc store.c $(pkg-config --cflags --libs zhiwen sqlite3) -o store
 *     ZHIWEN_SOCKETS=/run/zhiwen ./store facts.db      stops when nothing comes for three seconds
 */
#include <zhiwen.h>

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static const char make[] = "CREATE TABLE IF NOT EXISTS fact(id TEXT PRIMARY KEY, type TEXT, time TEXT, support INTEGER, json TEXT);"
                           "CREATE TABLE IF NOT EXISTS position(one INTEGER PRIMARY KEY, seq INTEGER)";
static const char put[] = "INSERT INTO fact SELECT json_extract(?1, '$.id'), json_extract(?1, '$.type'), json_extract(?1, '$.time'),"
                          " ?2, ?1 WHERE true ON CONFLICT(id) DO UPDATE SET support = excluded.support";
static const char drop[] = "DELETE FROM fact WHERE id = json_extract(?1, '$.id')";
static const char save[] = "INSERT OR REPLACE INTO position VALUES(1, ?2)";
static const char load[] = "SELECT max(seq) FROM position";

/* Runs one statement; gives the number in its first row, if it has one. */
static uint64_t run(sqlite3 *db, const char *sql, const char *text, uint64_t number)
{
    sqlite3_stmt *s;
    uint64_t result = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        return 0;
    sqlite3_bind_text(s, 1, text, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, (sqlite3_int64)number);
    if (sqlite3_step(s) == SQLITE_ROW)
        result = (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return result;
}

int main(int argc, char **argv)
{
    static const char *const topics[] = { "fact.", "support.", "retract.", "unsupport." };
    zw_client_t *client;
    zw_subscriber_t *sub;
    const zw_item_t *item;
    sqlite3 *db;
    if (argc != 2 || sqlite3_open(argv[1], &db) != SQLITE_OK || sqlite3_exec(db, make, NULL, NULL, NULL) != SQLITE_OK)
        return EXIT_FAILURE;
    zw_position_t from = ZW_FROM_SEQ(run(db, load, NULL, 0) + 1);
    if (zw_client_open(NULL, &client) < 0 || zw_subscribe(client, from, topics, 4, &sub) < 0)
        return EXIT_FAILURE;
    while (zw_subscriber_next(sub, 3000, &item) == 1 && item->kind == ZW_ITEM_EVENT) {
        char *fact = zw_json(item->fact);
        run(db, "BEGIN", NULL, 0); /* row and position together: what is cut off is done again, to the same end */
        run(db, strcmp(item->event, "retract") == 0 ? drop : put, fact, item->support);
        run(db, save, NULL, item->seq);
        run(db, "COMMIT", NULL, 0);
        free(fact);
    }
    zw_subscriber_close(sub);
    zw_client_close(client);
    return sqlite3_close(db) == SQLITE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
