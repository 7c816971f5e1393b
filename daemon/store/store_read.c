#include "store_priv.h"

#include <errno.h>

int zw_store_edge(const zw_store_t *store, MDB_txn *txn, zw_table_t table, MDB_cursor_op op, uint64_t *ret_key)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int r = zw_store_error(mdb_cursor_open(txn, store->dbi[table], &cursor));
    if (r < 0)
        return r;
    *ret_key = 0;
    r = zw_store_error(mdb_cursor_get(cursor, &key, &value, op));
    if (r == 0)
        r = zw_key_open(&key, ret_key);
    else if (r == -ZW_E_NOT_FOUND)
        r = 0;
    mdb_cursor_close(cursor);
    return r;
}

int zw_store_heads(const zw_store_t *store, MDB_txn *txn, heads_t *ret)
{
    heads_t heads = { 0 };
    uint64_t number, seq, quarantine, floor = 0;
    int r = zw_store_edge(store, txn, TABLE_ARTICLES, MDB_LAST, &number);
    if (r == 0)
        r = zw_store_edge(store, txn, TABLE_EVENTS, MDB_LAST, &seq);
    if (r == 0)
        r = zw_store_edge(store, txn, TABLE_EVENTS, MDB_FIRST, &heads.oldest_seq);
    if (r == 0)
        r = zw_store_edge(store, txn, TABLE_QUARANTINE, MDB_LAST, &quarantine);
    if (r == 0)
        r = zw_meta_get(store, txn, "next_quarantine", &floor, sizeof(floor));
    if (r < 0 && r != -ZW_E_NOT_FOUND)
        return r;
    if (seq) {
        MDB_val key = { sizeof(seq), &seq }, value;
        zw_store_event_t event;
        r = zw_store_error(mdb_get(txn, store->dbi[TABLE_EVENTS], &key, &value));
        if (r == 0)
            r = zw_event_open(seq, &value, &event);
        if (r < 0)
            return r == -ZW_E_NOT_FOUND ? -ZW_E_CORRUPT : r;
        heads.newest_time = event.time_us;
    }
    heads.next_number = number + 1;
    heads.next_seq = seq + 1;
    heads.next_quarantine = quarantine + 1 > floor ? quarantine + 1 : floor;
    *ret = heads;
    return 0;
}

/* What a store beside a running daemon answers is as of now, not as of its opening. */
static void refresh(const zw_store_t *store)
{
    if (!store->read_only)
        return;
    MDB_txn *txn _cleanup_txn_ = NULL;
    heads_t heads;
    if (zw_read_begin(store, &txn) < 0 || zw_store_heads(store, txn, &heads) < 0)
        return; /* the heads of the last look stay true: they only ever grow */
    zw_store_t *self = (zw_store_t *)(uintptr_t)store;
    self->next_number = heads.next_number;
    self->next_seq = heads.next_seq;
    self->oldest_seq = heads.oldest_seq;
    self->newest_time = heads.newest_time;
}

uint64_t zw_store_next_number(const zw_store_t *store)
{
    refresh(store);
    return store->next_number;
}

uint64_t zw_store_next_seq(const zw_store_t *store)
{
    refresh(store);
    return store->next_seq;
}

uint64_t zw_store_oldest_seq(const zw_store_t *store)
{
    refresh(store);
    return store->oldest_seq;
}

int64_t zw_store_newest_time(const zw_store_t *store)
{
    refresh(store);
    return store->newest_time;
}

/* One row of a walk. Returns 0 to go on, 1 to stop behind it, negative to fail. */
typedef int (*row_fn)(void *ctx, uint64_t key, const MDB_val *value);

/* Reads one page of rows from *next (or the first behind it) on, in one transaction, and moves *next behind the last one
 * read. `gapless`: the row after one must have the next number. Returns 0 when there is more, 1 at the end or when fn
 * stopped. */
static int walk_page(zw_store_t *store, zw_table_t table, uint64_t *next, uint64_t to, bool gapless, row_fn fn, void *ctx)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    MDB_cursor *cursor _cleanup_cursor_ = NULL;
    uint64_t at = *next;
    MDB_val key = { sizeof(at), &at }, value;
    int r = zw_read_begin(store, &txn);
    if (r == 0)
        r = zw_store_error(mdb_cursor_open(txn, store->dbi[table], &cursor));
    if (r == 0)
        r = zw_store_error(mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE));
    size_t bytes = 0;
    for (unsigned i = 0; r == 0 && i < ZW_PAGE_RECORDS && bytes < ZW_PAGE_BYTES; i++) {
        uint64_t found;
        if ((r = zw_key_open(&key, &found)) < 0)
            return r;
        if (found < *next || (gapless && i > 0 && found != *next))
            return -ZW_E_CORRUPT;
        if (found > to)
            return 1;
        if ((r = fn(ctx, found, &value)) < 0)
            return r;
        *next = found + 1;
        bytes += value.mv_size;
        if (r > 0)
            return 1;
        r = zw_store_error(mdb_cursor_get(cursor, &key, &value, MDB_NEXT));
    }
    return r == -ZW_E_NOT_FOUND ? 1 : r;
}

typedef struct mark_walk {
    zw_store_mark_fn fn;
    void *ctx;
    uint64_t expected; /* 0: nothing seen yet */
} mark_walk_t;

static int mark_row(void *ctx, uint64_t key, const MDB_val *value)
{
    mark_walk_t *walk = ctx;
    zw_str_t body;
    if (walk->expected && key != walk->expected)
        return -ZW_E_CORRUPT;
    int r = zw_record_open(TABLE_MARKS, key, value, &body);
    if (r == 0)
        r = walk->fn(walk->ctx, key, body);
    walk->expected = key + 1;
    return r < 0 ? r : 0;
}

int zw_store_marks(zw_store_t *store, uint64_t from, zw_store_mark_fn fn, void *ctx)
{
    mark_walk_t walk = { .fn = fn, .ctx = ctx };
    uint64_t next = from, end = zw_store_next_number(store);
    int r = 0;
    while (r == 0)
        r = walk_page(store, TABLE_MARKS, &next, UINT64_MAX, true, mark_row, &walk);
    if (r < 0)
        return r;
    return next < end ? -ZW_E_CORRUPT : 0; /* the newest mark is never trimmed */
}

typedef struct event_walk {
    zw_store_event_fn fn;
    void *ctx;
    uint64_t expected;
    bool stopped;
} event_walk_t;

static int event_row(void *ctx, uint64_t key, const MDB_val *value)
{
    event_walk_t *walk = ctx;
    zw_store_event_t event;
    if (key != walk->expected)
        return -ZW_E_CORRUPT;
    int r = zw_event_open(key, value, &event);
    if (r == 0)
        r = walk->fn(walk->ctx, &event);
    walk->expected = key + 1;
    walk->stopped = r > 0;
    return r;
}

int zw_store_events(zw_store_t *store, uint64_t from, uint64_t to, zw_store_event_fn fn, void *ctx, uint64_t *ret_next)
{
    uint64_t newest = zw_store_next_seq(store) - 1, oldest = store->oldest_seq;
    if (oldest && from < oldest)
        return -ZW_E_TOO_OLD;
    if (to > newest)
        to = newest;
    event_walk_t walk = { .fn = fn, .ctx = ctx, .expected = from };
    uint64_t next = from;
    while (next <= to && !walk.stopped) {
        int r = walk_page(store, TABLE_EVENTS, &next, to, true, event_row, &walk);
        if (r == 1 && !walk.stopped && next <= to)
            r = -ZW_E_CORRUPT;
        if (r == -ZW_E_CORRUPT && zw_store_oldest_seq(store) > next)
            r = -ZW_E_TOO_OLD; /* trimmed between two pages */
        if (r < 0)
            return r;
    }
    *ret_next = next;
    return 0;
}

int zw_store_seek_time(zw_store_t *store, int64_t time_us, uint64_t *ret_seq)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    heads_t heads;
    int r = zw_read_begin(store, &txn);
    if (r == 0)
        r = zw_store_heads(store, txn, &heads);
    if (r < 0)
        return r;
    uint64_t low = heads.oldest_seq ? heads.oldest_seq : heads.next_seq, high = heads.next_seq;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        MDB_val key = { sizeof(middle), &middle }, value;
        zw_store_event_t event;
        r = zw_store_error(mdb_get(txn, store->dbi[TABLE_EVENTS], &key, &value));
        if (r == 0)
            r = zw_event_open(middle, &value, &event);
        if (r < 0)
            return r == -ZW_E_NOT_FOUND ? -ZW_E_CORRUPT : r;
        if (event.time_us < time_us)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_seq = low;
    return 0;
}

int zw_store_article(zw_store_t *store, uint64_t number, zw_buf_t *out)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    MDB_val key = { sizeof(number), &number }, value;
    zw_str_t body;
    int r = zw_read_begin(store, &txn);
    if (r == 0)
        r = zw_store_error(mdb_get(txn, store->dbi[TABLE_ARTICLES], &key, &value));
    if (r == 0)
        r = zw_record_open(TABLE_ARTICLES, number, &value, &body);
    return r < 0 ? r : zw_buf_puts(out, body);
}

typedef struct reject_walk {
    zw_store_reject_fn fn;
    void *ctx;
} reject_walk_t;

static int reject_row(void *ctx, uint64_t key, const MDB_val *value)
{
    reject_walk_t *walk = ctx;
    zw_store_reject_t reject;
    int r = zw_reject_open(key, value, &reject);
    return r < 0 ? r : walk->fn(walk->ctx, key, &reject);
}

int zw_store_quarantine(zw_store_t *store, zw_store_reject_fn fn, void *ctx)
{
    reject_walk_t walk = { fn, ctx };
    uint64_t next = 1;
    int r = 0;
    while (r == 0)
        r = walk_page(store, TABLE_QUARANTINE, &next, UINT64_MAX, false, reject_row, &walk);
    return r < 0 ? r : 0;
}

int zw_store_quarantine_newest(zw_store_t *store, zw_store_reject_fn fn, void *ctx)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    MDB_cursor *cursor _cleanup_cursor_ = NULL;
    MDB_val key, value;
    reject_walk_t walk = { fn, ctx };
    int r = zw_read_begin(store, &txn);
    if (r == 0)
        r = zw_store_error(mdb_cursor_open(txn, store->dbi[TABLE_QUARANTINE], &cursor));
    while (r == 0 && (r = zw_store_error(mdb_cursor_get(cursor, &key, &value, MDB_PREV))) == 0) { /* the first step is to the last */
        uint64_t number;
        memcpy(&number, key.mv_data, sizeof(number));
        r = reject_row(&walk, number, &value);
    }
    return r == -ZW_E_NOT_FOUND || r > 0 ? 0 : r;
}

int zw_store_quarantine_get(zw_store_t *store, uint64_t number, zw_store_reject_fn fn, void *ctx)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    MDB_val key = { sizeof(number), &number }, value;
    reject_walk_t walk = { fn, ctx };
    int r = zw_read_begin(store, &txn);
    if (r == 0)
        r = zw_store_error(mdb_get(txn, store->dbi[TABLE_QUARANTINE], &key, &value));
    if (r == 0)
        r = reject_row(&walk, number, &value);
    return r < 0 ? r : 0;
}

int zw_store_free_pages(MDB_txn *txn, uint64_t *ret_pages)
{
    enum { FREE_LIST = 0 }; /* LMDB's own table: transaction → count and numbers of the pages that it freed */
    MDB_cursor *cursor _cleanup_cursor_ = NULL;
    MDB_val key, value;
    uint64_t pages = 0;
    int r = zw_store_error(mdb_cursor_open(txn, FREE_LIST, &cursor));
    while (r == 0 && (r = zw_store_error(mdb_cursor_get(cursor, &key, &value, MDB_NEXT))) == 0) {
        size_t count;
        if (value.mv_size < sizeof(count))
            return -ZW_E_CORRUPT;
        memcpy(&count, value.mv_data, sizeof(count));
        pages += count;
    }
    if (r < 0 && r != -ZW_E_NOT_FOUND)
        return r;
    *ret_pages = pages;
    return 0;
}

int zw_store_info(zw_store_t *store, zw_store_info_t *ret)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    MDB_envinfo env;
    MDB_stat stat[TABLE_COUNT];
    heads_t heads;
    uint64_t free_pages = 0;
    int r = zw_read_begin(store, &txn);
    if (r == 0)
        r = zw_store_heads(store, txn, &heads);
    if (r == 0)
        r = zw_store_free_pages(txn, &free_pages);
    if (r == 0)
        r = zw_store_error(mdb_env_info(store->env, &env));
    for (int i = 0; r == 0 && i < TABLE_COUNT; i++)
        r = zw_store_error(mdb_stat(txn, store->dbi[i], &stat[i]));
    if (r < 0)
        return r;
    uint64_t oldest[TABLE_COUNT] = { 0 };
    for (zw_table_t t = TABLE_ARTICLES; t <= TABLE_MARKS; t++)
        if ((r = zw_store_edge(store, txn, t, MDB_FIRST, &oldest[t])) < 0)
            return r;
    const MDB_stat *q = &stat[TABLE_QUARANTINE];
    *ret = (zw_store_info_t){
        .articles = stat[TABLE_ARTICLES].ms_entries,
        .events = stat[TABLE_EVENTS].ms_entries,
        .oldest_seq = heads.oldest_seq,
        .newest_seq = heads.next_seq - 1,
        .oldest_article = oldest[TABLE_ARTICLES],
        .oldest_mark = oldest[TABLE_MARKS],
        .quarantined = q->ms_entries,
        .bytes_file = (env.me_last_pgno + 1) * store->page_bytes,
        .bytes_used = (env.me_last_pgno + 1 - free_pages) * store->page_bytes,
        .bytes_map = store->read_only ? env.me_mapsize : store->map_bytes,
        .bytes_quarantine = (q->ms_branch_pages + q->ms_leaf_pages + q->ms_overflow_pages) * store->page_bytes,
    };
    return 0;
}
