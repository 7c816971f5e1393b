#include "store_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(size_t) == sizeof(uint64_t), "MDB_INTEGERKEY keys are 64 bits here");

static const struct {
    const char *name;
    unsigned flags;
} tables[TABLE_COUNT] = {
    [TABLE_EVENTS] = { "events", MDB_INTEGERKEY },     [TABLE_ARTICLES] = { "articles", MDB_INTEGERKEY },
    [TABLE_MARKS] = { "marks", MDB_INTEGERKEY },       [TABLE_QUARANTINE] = { "quarantine", MDB_INTEGERKEY },
    [TABLE_META] = { "meta", 0 },
};

int zw_store_lock(int dir_fd)
{
    int fd = openat(dir_fd, "zhiwen.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        int r = errno == EWOULDBLOCK ? -ZW_E_LOCKED : -errno;
        (void)close(fd);
        return r;
    }
    return fd;
}

int zw_store_adopt(int dir_fd)
{
    static const char *const names[] = { "zhiwen.lock", "zhiwen.mdb", "zhiwen.mdb-lock" };
    struct stat dir, st;
    if (geteuid() != 0 || fstat(dir_fd, &dir) < 0 || dir.st_uid == 0)
        return 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (fstatat(dir_fd, names[i], &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_uid == 0 &&
            fchownat(dir_fd, names[i], dir.st_uid, dir.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
            return -errno;
    return 0;
}

static int open_env(zw_store_t *store, const zw_store_options_t *options)
{
    int rc = mdb_env_create(&store->env);
    if (rc)
        return zw_store_error(rc);
    rc = mdb_env_set_maxdbs(store->env, TABLE_COUNT);
    if (!rc && !store->read_only) {
        /* A reader takes the size that the writer has left in the file. */
        size_t beyond = store->map_bytes / 8 > 16u << 20 ? store->map_bytes / 8 : 16u << 20;
        rc = mdb_env_set_mapsize(store->env, (store->map_bytes + beyond) & ~(size_t)0xFFFF);
    }
    unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | (store->read_only && !store->beside ? MDB_RDONLY : 0) | (options->no_sync ? MDB_NOSYNC : 0);
    if (!rc)
        rc = mdb_env_open(store->env, store->path, flags, 0600);
    return zw_store_error(rc);
}

/* LMDB may end a file before its last pages when those are free. A map that is longer than its file is a SIGBUS
 * for whoever reads there, so the file is always made as long; pages that were really cut off are then found to be empty. */
int zw_store_lengthen(const zw_store_t *store)
{
    int fd;
    struct stat st;
    MDB_envinfo info;
    int rc = mdb_env_info(store->env, &info);
    if (!rc)
        rc = mdb_env_get_fd(store->env, &fd);
    if (rc)
        return zw_store_error(rc);
    if (fstat(fd, &st) < 0)
        return -errno;
    off_t want = (off_t)((info.me_last_pgno + 1) * store->page_bytes);
    if (st.st_size >= want)
        return 0;
    if (store->read_only)
        return -ZW_E_CORRUPT;
    return ftruncate(fd, want) < 0 ? -errno : 0;
}

static int open_tables(zw_store_t *store, MDB_txn *txn, unsigned create)
{
    for (int i = 0; i < TABLE_COUNT; i++) {
        int rc = mdb_dbi_open(txn, tables[i].name, tables[i].flags | create, &store->dbi[i]);
        if (rc)
            return rc == MDB_NOTFOUND ? -ZW_E_CORRUPT : zw_store_error(rc);
    }
    return 0;
}

int zw_store_renew(zw_store_t *store, MDB_txn *txn)
{
    unsigned char instance[16];
    if (getrandom(instance, sizeof(instance), 0) != (ssize_t)sizeof(instance))
        return -EIO;
    int r = zw_store_drop_place(store, txn); /* it was in the order of the log that this one is no more */
    return r < 0 ? r : zw_meta_put(store, txn, "instance", instance, sizeof(instance));
}

static int put_schema(zw_store_t *store, MDB_txn *txn)
{
    uint32_t schema = ZW_STORE_SCHEMA;
    return zw_meta_put(store, txn, "schema", &schema, sizeof(schema));
}

static int create_schema(zw_store_t *store, MDB_txn *txn)
{
    int r = open_tables(store, txn, MDB_CREATE);
    if (r == 0)
        r = put_schema(store, txn);
    return r < 0 ? r : zw_store_renew(store, txn);
}

/* ---- from one schema to the next, in the transaction that opens the store; what has changed nothing that is there has no step */

typedef int (*step_fn)(zw_store_t *store, MDB_txn *txn);
static const step_fn steps[ZW_STORE_SCHEMA] = {
    [1] = NULL, /* to 2: marks of both forms are read */
};

static int migrate(zw_store_t *store, MDB_txn *txn, uint32_t schema)
{
    for (; schema < ZW_STORE_SCHEMA; schema++) {
        int r = steps[schema] ? steps[schema](store, txn) : 0;
        if (r < 0)
            return r;
    }
    return put_schema(store, txn);
}

static int check_schema(zw_store_t *store, MDB_txn *txn)
{
    uint32_t schema;
    unsigned char instance[16];
    int r = zw_meta_get(store, txn, "schema", &schema, sizeof(schema));
    if (r < 0)
        return r == -ZW_E_NOT_FOUND ? -ZW_E_SCHEMA : r;
    if (schema < ZW_STORE_OLDEST_SCHEMA || schema > ZW_STORE_SCHEMA)
        return -ZW_E_SCHEMA;
    r = open_tables(store, txn, 0);
    if (r == 0 && schema < ZW_STORE_SCHEMA && !store->read_only)
        r = migrate(store, txn, schema);
    if (r == 0)
        r = zw_meta_get(store, txn, "instance", instance, sizeof(instance));
    if (r < 0)
        return r == -ZW_E_NOT_FOUND ? -ZW_E_CORRUPT : r;
    for (size_t i = 0; i < sizeof(instance); i++)
        (void)snprintf(store->instance + 2 * i, 3, "%02x", instance[i]);
    return 0;
}

/* Opens the tables, after the schema has been found to be ours; makes them in an empty environment. */
static int open_schema(zw_store_t *store)
{
    MDB_txn *txn;
    MDB_stat stat;
    MDB_dbi main_dbi;
    int r = zw_store_error(mdb_txn_begin(store->env, NULL, store->read_only ? MDB_RDONLY : 0, &txn));
    if (r < 0)
        return r;
    int rc = mdb_dbi_open(txn, tables[TABLE_META].name, 0, &store->dbi[TABLE_META]);
    if (rc == MDB_NOTFOUND) {
        rc = mdb_dbi_open(txn, NULL, 0, &main_dbi);
        if (!rc)
            rc = mdb_stat(txn, main_dbi, &stat);
        if (rc)
            r = zw_store_error(rc);
        else if (stat.ms_entries || store->read_only)
            r = -ZW_E_SCHEMA; /* someone else's database */
        else
            r = create_schema(store, txn);
    } else {
        r = zw_store_error(rc);
    }
    if (r == 0)
        r = check_schema(store, txn);
    heads_t heads;
    if (r == 0)
        r = zw_store_heads(store, txn, &heads);
    if (r < 0) {
        mdb_txn_abort(txn);
        return r;
    }
    r = zw_store_error(mdb_txn_commit(txn));
    if (r < 0)
        return r;
    store->next_number = heads.next_number;
    store->next_seq = heads.next_seq;
    store->oldest_seq = heads.oldest_seq;
    store->newest_time = heads.newest_time;
    store->next_quarantine = heads.next_quarantine;
    return 0;
}

int zw_store_open(const zw_store_options_t *options, zw_store_t **ret)
{
    zw_store_t *store = calloc(1, sizeof(*store));
    if (!store)
        return -ENOMEM;
    int r;
    store->lock_fd = -1;
    store->beside = options->beside;
    store->read_only = options->read_only || options->beside;
    store->map_bytes = options->map_bytes ? options->map_bytes : (size_t)64 << 30;
    store->quarantine_bytes = options->quarantine_bytes ? options->quarantine_bytes : (size_t)64 << 20;
    store->dir_fd = open(options->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->dir_fd < 0) {
        r = -errno;
        goto fail;
    }
    int n = snprintf(store->path, sizeof(store->path), "%s/zhiwen.mdb", options->dir);
    if (n < 0 || (size_t)n >= sizeof(store->path)) {
        r = -ENAMETOOLONG;
        goto fail;
    }
    if (!store->read_only && (r = store->lock_fd = zw_store_lock(store->dir_fd)) < 0)
        goto fail;
    if (store->beside && faccessat(store->dir_fd, "zhiwen.mdb", F_OK, 0) < 0) {
        r = -errno;
        goto fail;
    }
    if ((r = open_env(store, options)) < 0)
        goto fail;
    if ((r = zw_store_adopt(store->dir_fd)) < 0)
        goto fail;
    MDB_stat stat;
    if ((r = zw_store_error(mdb_env_stat(store->env, &stat))) < 0)
        goto fail;
    store->page_bytes = stat.ms_psize;
    if ((r = zw_store_lengthen(store)) < 0)
        goto fail;
    if ((r = zw_store_error(mdb_reader_check(store->env, NULL))) < 0)
        goto fail;
    if ((r = open_schema(store)) < 0)
        goto fail;
    /* LMDB syncs the file but not the name that it has made for it. */
    if (!store->read_only && fsync(store->dir_fd) < 0) {
        r = -errno;
        goto fail;
    }
    *ret = store;
    return 0;
fail:
    zw_store_close(store);
    return r;
}

void zw_store_close(zw_store_t *store)
{
    if (!store)
        return;
    if (store->env)
        mdb_env_close(store->env);
    if (store->lock_fd >= 0)
        (void)close(store->lock_fd);
    if (store->dir_fd >= 0)
        (void)close(store->dir_fd);
    free(store);
}

int zw_store_schema(const char *dir, uint32_t *ret)
{
    zw_store_t store = { .read_only = true };
    MDB_txn *txn = NULL;
    int n = snprintf(store.path, sizeof(store.path), "%s/zhiwen.mdb", dir);
    if (n < 0 || (size_t)n >= sizeof(store.path))
        return -ENAMETOOLONG;
    int r = open_env(&store, &(zw_store_options_t){ .read_only = true });
    if (r == 0)
        r = zw_read_begin(&store, &txn);
    if (r == 0)
        r = zw_store_error(mdb_dbi_open(txn, tables[TABLE_META].name, 0, &store.dbi[TABLE_META]));
    if (r == 0)
        r = zw_meta_get(&store, txn, "schema", ret, sizeof(*ret));
    zw_txn_abortp(&txn);
    if (store.env)
        mdb_env_close(store.env);
    return r == -ZW_E_NOT_FOUND ? -ZW_E_SCHEMA : r;
}

const char *zw_store_instance(const zw_store_t *store)
{
    return store->instance;
}
