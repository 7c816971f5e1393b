#include "store_priv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

typedef struct check {
    zw_store_t *store;
    zw_store_finding_fn fn;
    void *ctx;
    int findings;
    int64_t time_us; /* of the event before */
} check_t;

static const char *const NAMES[TABLE_COUNT] = { "event", "article", "mark", "reject", "meta" };

__attribute__((format(printf, 2, 3))) static void finding(check_t *check, const char *format, ...)
{
    char line[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (check->findings < INT_MAX)
        check->findings++;
    if (check->fn)
        check->fn(check->ctx, line);
}

static void check_record(check_t *check, zw_table_t table, uint64_t number, const MDB_val *value)
{
    zw_store_event_t event;
    zw_store_reject_t reject;
    zw_str_t body;
    int r;
    switch (table) {
    case TABLE_EVENTS:
        r = zw_event_open(number, value, &event);
        if (r == 0 && event.time_us < check->time_us)
            finding(check, "event %llu: its time is before the one of the event before it", (unsigned long long)number);
        if (r == 0)
            check->time_us = event.time_us;
        break;
    case TABLE_QUARANTINE: r = zw_reject_open(number, value, &reject); break;
    default: r = zw_record_open(table, number, value, &body); break;
    }
    if (r < 0)
        finding(check, "%s %llu: damaged, checksum or form is wrong", NAMES[table], (unsigned long long)number);
}

/* Reads one page of a table from *next on. Returns 1 when there is more, 0 at the end. */
static int check_page(check_t *check, zw_table_t table, uint64_t *next, bool first)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    MDB_cursor *cursor _cleanup_cursor_ = NULL;
    uint64_t at = *next, number;
    MDB_val key = { sizeof(at), &at }, value;
    int r = zw_read_begin(check->store, &txn);
    if (r == 0)
        r = zw_store_error(mdb_cursor_open(txn, check->store->dbi[table], &cursor));
    if (r == 0)
        r = zw_store_error(mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE));
    for (unsigned i = 0; r == 0 && i < ZW_PAGE_RECORDS; i++) {
        if ((r = zw_key_open(&key, &number)) < 0)
            return r;
        if (number < *next) {
            finding(check, "%s %llu: out of order", NAMES[table], (unsigned long long)number);
            return 0;
        }
        if (number > *next && table != TABLE_QUARANTINE && !(first && i == 0))
            finding(check, "%s %llu: missing, up to %llu", NAMES[table], (unsigned long long)*next,
                    (unsigned long long)number - 1);
        check_record(check, table, number, &value);
        check->store->checked++;
        *next = number + 1;
        r = zw_store_error(mdb_cursor_get(cursor, &key, &value, MDB_NEXT));
    }
    if (r == -ZW_E_NOT_FOUND)
        return 0;
    return r < 0 ? r : 1;
}

static int check_table(check_t *check, zw_table_t table, uint64_t *ret_end)
{
    uint64_t next = 1;
    int r = 1;
    for (bool first = true; r > 0; first = false)
        r = check_page(check, table, &next, first);
    if (r == -ZW_E_CORRUPT) {
        finding(check, "%s %llu: the page that should hold it is damaged", NAMES[table], (unsigned long long)next);
        r = 0;
    }
    *ret_end = next;
    return r;
}

/* Instance, schema, positions of named subscriptions: few, and by name. */
static int check_meta(check_t *check)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    MDB_cursor *cursor _cleanup_cursor_ = NULL;
    MDB_val key, value;
    int r = zw_read_begin(check->store, &txn);
    if (r == 0)
        r = zw_store_error(mdb_cursor_open(txn, check->store->dbi[TABLE_META], &cursor));
    while (r == 0 && (r = zw_store_error(mdb_cursor_get(cursor, &key, &value, MDB_NEXT))) == 0)
        if (zw_meta_open(&key, &value, &(zw_str_t){ 0 }) < 0)
            finding(check, "meta %.*s: damaged, checksum is wrong", (int)(key.mv_size < 100 ? key.mv_size : 100), (const char *)key.mv_data);
    if (r == -ZW_E_CORRUPT)
        finding(check, "meta: a page of it is damaged");
    return r == -ZW_E_NOT_FOUND || r == -ZW_E_CORRUPT ? 0 : r;
}

uint64_t zw_store_checked(const zw_store_t *store)
{
    return store->checked;
}

static int check_file(check_t *check)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    uint64_t pages;
    int r = zw_store_lengthen(check->store);
    if (r == -ZW_E_CORRUPT) {
        finding(check, "file: shorter than the pages that it should have");
        return 0;
    }
    if (r == 0)
        r = zw_read_begin(check->store, &txn);
    if (r == 0)
        r = zw_store_free_pages(txn, &pages);
    if (r == -ZW_E_CORRUPT) {
        finding(check, "file: the list of free pages is damaged");
        r = 0;
    }
    return r;
}

int zw_store_check(zw_store_t *store, zw_store_finding_fn fn, void *ctx)
{
    check_t check = { .store = store, .fn = fn, .ctx = ctx, .time_us = INT64_MIN };
    uint64_t heads[2] = { zw_store_next_seq(store), zw_store_next_number(store) };
    uint64_t end[TABLE_COUNT];
    store->checked = 0;
    int r = check_file(&check);
    if (r == 0)
        r = check_meta(&check);
    for (zw_table_t table = TABLE_EVENTS; r == 0 && table < TABLE_META; table++)
        r = check_table(&check, table, &end[table]);
    if (r < 0)
        return r;
    /* Commits may have gone on meanwhile: only what was there at the start must be there. */
    if (end[TABLE_EVENTS] < heads[0])
        finding(&check, "events end at %llu, before %llu", (unsigned long long)end[TABLE_EVENTS] - 1,
                (unsigned long long)heads[0] - 1);
    for (zw_table_t table = TABLE_ARTICLES; table <= TABLE_MARKS; table++)
        if (end[table] < heads[1])
            finding(&check, "%ss end at %llu, before %llu", NAMES[table], (unsigned long long)end[table] - 1,
                    (unsigned long long)heads[1] - 1);
    return check.findings;
}
