#include "store_priv.h"

#include <errno.h>

enum { STEP_RECORDS = 1000 };

/* Removes the first rows of a table that are before `before`, at most `max`; the last row stays. */
static int trim_table(const zw_store_t *store, MDB_txn *txn, zw_table_t table, uint64_t before, size_t max, size_t *ret_removed)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t newest, number;
    size_t removed = 0;
    int r = zw_store_edge(store, txn, table, MDB_LAST, &newest);
    if (r == 0)
        r = zw_store_error(mdb_cursor_open(txn, store->dbi[table], &cursor));
    while (r == 0 && removed < max) {
        r = zw_store_error(mdb_cursor_get(cursor, &key, &value, MDB_FIRST));
        if (r == 0)
            r = zw_key_open(&key, &number);
        if (r < 0 || number >= before || number >= newest)
            break;
        r = zw_store_error(mdb_cursor_del(cursor, 0));
        removed++;
    }
    if (r < 0 && r != -ZW_E_NOT_FOUND)
        return r;
    *ret_removed = removed;
    return 0;
}

int zw_store_trim(zw_store_t *store, const zw_store_trim_t *trim)
{
    const struct {
        zw_table_t table;
        uint64_t before;
    } plan[] = { { TABLE_EVENTS, trim->events_before },
                 { TABLE_ARTICLES, trim->articles_before },
                 { TABLE_MARKS, trim->marks_before } };
    size_t left = trim->max_records ? trim->max_records : STEP_RECORDS, total = 0;
    uint64_t oldest = 0;
    MDB_txn *txn;
    if (left > INT_MAX)
        left = INT_MAX;
    if (store->read_only)
        return -EROFS;
    int r = zw_write_begin(store, &txn);
    if (r < 0)
        return r;
    for (size_t i = 0; r == 0 && i < sizeof(plan) / sizeof(plan[0]); i++) {
        size_t removed = 0;
        r = trim_table(store, txn, plan[i].table, plan[i].before, left, &removed);
        left -= removed;
        total += removed;
    }
    if (r == 0)
        r = zw_store_edge(store, txn, TABLE_EVENTS, MDB_FIRST, &oldest);
    if (r == 0 && total == 0) {
        mdb_txn_abort(txn);
        return 0;
    }
    if ((r = zw_write_end(store, txn, r)) < 0)
        return r;
    store->oldest_seq = oldest;
    r = zw_store_lengthen(store);
    return r < 0 ? r : (int)total;
}

uint64_t zw_store_quarantine_dropped(const zw_store_t *store)
{
    return store->quarantine_dropped;
}

/* When the last one goes, its number is remembered, so that none comes twice. The process that appends need not be this one. */
static int drop_one(zw_store_t *store, MDB_txn *txn, uint64_t number)
{
    MDB_val key = { sizeof(number), &number };
    uint64_t newest = 0, next = number + 1;
    int r = zw_store_edge(store, txn, TABLE_QUARANTINE, MDB_LAST, &newest);
    if (r == 0)
        r = zw_store_error(mdb_del(txn, store->dbi[TABLE_QUARANTINE], &key, NULL));
    if (r == 0 && number == newest)
        r = zw_meta_put(store, txn, "next_quarantine", &next, sizeof(next));
    return r;
}

static int drop_step(zw_store_t *store)
{
    MDB_txn *txn;
    uint64_t number;
    int dropped = 0;
    int r = zw_write_begin(store, &txn);
    if (r < 0)
        return r;
    while (dropped < STEP_RECORDS) {
        r = zw_store_edge(store, txn, TABLE_QUARANTINE, MDB_FIRST, &number);
        if (r < 0 || number == 0)
            break;
        if ((r = drop_one(store, txn, number)) < 0)
            break;
        dropped++;
    }
    r = zw_write_end(store, txn, r);
    return r < 0 ? r : dropped;
}

int zw_store_quarantine_drop(zw_store_t *store, uint64_t number)
{
    int total = 0, r;
    if (number == 0) {
        while ((r = drop_step(store)) > 0)
            total += r;
    } else {
        MDB_txn *txn;
        if ((r = zw_write_begin(store, &txn)) < 0)
            return r;
        r = zw_write_end(store, txn, drop_one(store, txn, number));
        total = r == 0;
    }
    if (r < 0)
        return r;
    r = store->beside ? 0 : zw_store_lengthen(store); /* the daemon beside us does it with its next commit */
    return r < 0 ? r : total;
}
