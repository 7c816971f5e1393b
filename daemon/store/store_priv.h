/* What the files of the store share: the environment's shape and the form of a record. Not for other rooms.
 *
 * A record is an 8-byte XXH3 of its body, seeded with its table and key (so that a whole record that turns up under
 * another key is found out too), then the body. Integers are in native order, as LMDB's own are. Records are only
 * 2-aligned in their pages, hence memcpy everywhere.
 */
#ifndef ZW_STORE_PRIV_H
#define ZW_STORE_PRIV_H

#include "store/store.h"

#include <lmdb.h>
#include <limits.h>
#include <stdatomic.h>

enum {
    ZW_CHECKSUM_BYTES = 8,
    ZW_EVENT_HEAD = 8 + 2,          /* time, length of the topic */
    ZW_REJECT_HEAD = 8 + 4 + 4 * 2, /* time, length of raw, lengths of reason, field, message, origin */
    ZW_REJECT_RAW_MAX = 64 * 1024,
    ZW_REJECT_TEXT_MAX = 1024,
    ZW_PAGE_RECORDS = 256,          /* read by one read transaction, unless ZW_PAGE_BYTES come first */
    ZW_PAGE_BYTES = 1 << 20,
};

typedef enum { TABLE_EVENTS, TABLE_ARTICLES, TABLE_MARKS, TABLE_QUARANTINE, TABLE_META, TABLE_COUNT } zw_table_t;

struct zw_store {
    MDB_env *env;
    MDB_dbi dbi[TABLE_COUNT];
    int dir_fd, lock_fd; /* -1: none */
    bool read_only, beside;
    size_t map_bytes, quarantine_bytes;
    size_t page_bytes;
    char instance[33];
    /* Heads as of the newest commit; written by the committer, read by anyone. */
    atomic_uint_fast64_t next_number, next_seq, oldest_seq;
    atomic_int_fast64_t newest_time;
    uint64_t next_quarantine;
    atomic_uint_fast64_t quarantine_dropped, checked;
    int64_t readers_checked_s;
    char path[PATH_MAX];
};

/* The heads of one snapshot. */
typedef struct heads {
    uint64_t next_number, next_seq, oldest_seq, next_quarantine;
    int64_t newest_time;
} heads_t;

/* LMDB's return code as one of ours: 0, -errno or -ZW_E_*. */
int zw_store_error(int rc);

/* Makes the file as long as the pages that it should have. -ZW_E_CORRUPT when it is too short and read only. */
int zw_store_lengthen(const zw_store_t *store);

/* Reads the heads within `txn`. */
int zw_store_heads(const zw_store_t *store, MDB_txn *txn, heads_t *ret);

uint64_t zw_record_checksum(zw_table_t table, uint64_t key, const void *body, size_t n);

/* Checks a record; gives its body. -ZW_E_CORRUPT. */
int zw_record_open(zw_table_t table, uint64_t key, const MDB_val *value, zw_str_t *ret_body);
int zw_event_open(uint64_t key, const MDB_val *value, zw_store_event_t *ret);
int zw_reject_open(uint64_t key, const MDB_val *value, zw_store_reject_t *ret);

/* Reads a row's key. -ZW_E_CORRUPT when it is not 8 bytes. */
int zw_key_open(const MDB_val *key, uint64_t *ret);

/* First (op MDB_FIRST) or last (MDB_LAST) key of a table; 0 when it is empty. */
int zw_store_edge(const zw_store_t *store, MDB_txn *txn, zw_table_t table, MDB_cursor_op op, uint64_t *ret_key);

/* Pages that are on the free list of `txn`'s snapshot; a read transaction. */
int zw_store_free_pages(MDB_txn *txn, uint64_t *ret_pages);

/* Metadata: small values behind a name. A missing one is -ZW_E_NOT_FOUND, one of another size -ZW_E_CORRUPT. */
int zw_meta_open(const MDB_val *key, const MDB_val *value, zw_str_t *ret_body); /* 0 or -ZW_E_CORRUPT */
int zw_meta_get(const zw_store_t *store, MDB_txn *txn, const char *name, void *ret_value, size_t n);
int zw_meta_put(const zw_store_t *store, MDB_txn *txn, const char *name, const void *value, size_t n);

/* store_place.c: puts the place, or takes it away, in a write transaction. */
int zw_store_put_place(zw_store_t *store, MDB_txn *txn, zw_str_t place);
int zw_store_drop_place(zw_store_t *store, MDB_txn *txn);

/* Gives the store another identity, in a write transaction. */
int zw_store_renew(zw_store_t *store, MDB_txn *txn);

/* Takes the lock of a state directory. The descriptor, to be closed; -ZW_E_LOCKED, -errno. */
int zw_store_lock(int dir_fd);

/* Syncs the directory that `path` stands in. 0 or -errno. */
int zw_store_sync_parent(const char *path);

/* What root makes in a directory of another user is that user's. 0 or -errno. */
int zw_store_adopt(int dir_fd);

/* A write transaction. zw_write_end commits it, or gives it up when r is negative; returns r or what the commit gave. */
int zw_write_begin(zw_store_t *store, MDB_txn **ret);
int zw_write_end(zw_store_t *store, MDB_txn *txn, int r);

/* A read transaction; ended by _cleanup_txn_. */
static inline int zw_read_begin(const zw_store_t *store, MDB_txn **ret)
{
    return zw_store_error(mdb_txn_begin(store->env, NULL, MDB_RDONLY, ret));
}

static inline void zw_txn_abortp(MDB_txn **txn)
{
    if (*txn)
        mdb_txn_abort(*txn);
}
#define _cleanup_txn_ __attribute__((cleanup(zw_txn_abortp)))

/* Only for cursors of read transactions, declared behind them: in a write transaction LMDB closes them itself. */
static inline void zw_cursor_closep(MDB_cursor **cursor)
{
    if (*cursor)
        mdb_cursor_close(*cursor);
}
#define _cleanup_cursor_ __attribute__((cleanup(zw_cursor_closep)))

#endif
