#include "store/store_positions.h"

#include "store/store_priv.h"
#include "zw_wire.h"

#include <errno.h>
#include <stdio.h>

static const char PREFIX[] = "position/";
enum { PREFIX_BYTES = sizeof(PREFIX) - 1, KEY_BYTES = PREFIX_BYTES + ZW_MAX_NAME + 1 };

typedef struct value {
    uint64_t seq;
    int64_t time_us;
} value_t;

static int set_one(zw_store_t *store, MDB_txn *txn, const zw_store_position_t *p)
{
    char key[KEY_BYTES];
    if (p->name.n == 0 || p->name.n > ZW_MAX_NAME)
        return -EINVAL;
    (void)snprintf(key, sizeof(key), "%s%.*s", PREFIX, ZW_STR_ARGS(p->name));
    if (!p->gone)
        return zw_meta_put(store, txn, key, &(value_t){ p->seq, p->time_us }, sizeof(value_t));
    MDB_val name = { strlen(key), key };
    int r = zw_store_error(mdb_del(txn, store->dbi[TABLE_META], &name, NULL));
    return r == -ZW_E_NOT_FOUND ? 0 : r;
}

int zw_store_positions_set(zw_store_t *store, const zw_store_position_t *positions, size_t count)
{
    MDB_txn *txn;
    int r = zw_write_begin(store, &txn);
    if (r < 0)
        return r;
    for (size_t i = 0; r == 0 && i < count; i++)
        r = set_one(store, txn, &positions[i]);
    return zw_write_end(store, txn, r);
}

static int read_one(zw_store_t *store, MDB_txn *txn, const MDB_val *key, zw_store_position_fn fn, void *ctx)
{
    char name[KEY_BYTES];
    value_t value;
    if (key->mv_size <= PREFIX_BYTES || key->mv_size >= sizeof(name))
        return -ZW_E_CORRUPT;
    memcpy(name, key->mv_data, key->mv_size);
    name[key->mv_size] = '\0';
    int r = zw_meta_get(store, txn, name, &value, sizeof(value));
    if (r < 0)
        return r;
    return fn(ctx, &(zw_store_position_t){ .name = zw_strz(name + PREFIX_BYTES), .seq = value.seq, .time_us = value.time_us });
}

int zw_store_positions(zw_store_t *store, zw_store_position_fn fn, void *ctx)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    MDB_cursor *cursor _cleanup_cursor_ = NULL;
    MDB_val key = { PREFIX_BYTES, (void *)(uintptr_t)PREFIX }, value;
    int r = zw_read_begin(store, &txn);
    if (r == 0)
        r = zw_store_error(mdb_cursor_open(txn, store->dbi[TABLE_META], &cursor));
    if (r == 0)
        r = zw_store_error(mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE));
    while (r == 0 && key.mv_size >= PREFIX_BYTES && memcmp(key.mv_data, PREFIX, PREFIX_BYTES) == 0) {
        r = read_one(store, txn, &key, fn, ctx);
        if (r == 0)
            r = zw_store_error(mdb_cursor_get(cursor, &key, &value, MDB_NEXT));
    }
    return r == -ZW_E_NOT_FOUND ? 0 : r;
}
