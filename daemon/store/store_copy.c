/* A copy in the place of the file (compact), and a copy of another store where there is none (restore). */
#include "store_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char FILE_NAME[] = "zhiwen.mdb", LOCK_NAME[] = "zhiwen.mdb-lock", SPARE_DIR[] = "zhiwen.new";

typedef struct spare {
    char dir[PATH_MAX], file[PATH_MAX];
} spare_t;

/* LMDB's table of readers belongs to the file that was there before. */
static int put_in_place(int dir_fd, const char *path, const char *dir)
{
    struct stat st;
    if (geteuid() == 0 && fstat(dir_fd, &st) == 0 && st.st_uid != 0 && chown(path, st.st_uid, st.st_gid) < 0)
        return -errno;
    if (renameat(AT_FDCWD, path, dir_fd, FILE_NAME) < 0)
        return -errno;
    if (unlinkat(dir_fd, LOCK_NAME, 0) < 0 && errno != ENOENT)
        return -errno;
    char file[PATH_MAX];
    (void)snprintf(file, sizeof(file), "%s/%s", dir, FILE_NAME);
    return zw_store_sync_parent(file);
}

/* A directory of our own within `dir`, where the copy is made; what an earlier try left there goes. */
static int spare_open(const char *dir, spare_t *ret)
{
    int n = snprintf(ret->dir, sizeof(ret->dir), "%s/%s", dir, SPARE_DIR);
    if (n < 0 || (size_t)n + sizeof(LOCK_NAME) + 1 > sizeof(ret->dir))
        return -ENAMETOOLONG;
    (void)snprintf(ret->file, sizeof(ret->file), "%.*s/%s", n, ret->dir, FILE_NAME);
    if (mkdir(ret->dir, 0700) < 0 && errno != EEXIST)
        return -errno;
    return unlink(ret->file) < 0 && errno != ENOENT ? -errno : 0;
}

static void spare_close(const spare_t *spare)
{
    static const char *const names[] = { FILE_NAME, LOCK_NAME, "zhiwen.lock" };
    int fd = open(spare->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; fd >= 0 && i < sizeof(names) / sizeof(names[0]); i++)
        (void)unlinkat(fd, names[i], 0);
    if (fd >= 0)
        (void)close(fd);
    (void)rmdir(spare->dir);
}

int zw_store_compact(const char *dir)
{
    zw_store_t *store;
    spare_t spare;
    struct stat st;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = fstatat(fd, FILE_NAME, &st, 0) < 0 ? -errno : 0; /* opening would make an empty store */
    if (r == 0)
        r = zw_store_open(&(zw_store_options_t){ .dir = dir }, &store);
    if (r == 0) {
        r = spare_open(dir, &spare);
        if (r == 0)
            r = zw_store_backup(store, spare.file);
        if (r == 0) /* still locked */
            r = put_in_place(fd, spare.file, dir);
        spare_close(&spare);
        zw_store_close(store);
    }
    (void)close(fd);
    return r;
}

static int copy_store(const char *from, const spare_t *spare, bool same_log)
{
    zw_store_t *store;
    MDB_txn *txn;
    int r = zw_store_open(&(zw_store_options_t){ .dir = from, .read_only = true }, &store);
    if (r < 0)
        return r;
    r = zw_store_backup(store, spare->file);
    zw_store_close(store);
    if (r < 0 || same_log)
        return r;
    r = zw_store_open(&(zw_store_options_t){ .dir = spare->dir }, &store);
    if (r < 0)
        return r;
    r = zw_write_begin(store, &txn);
    if (r == 0)
        r = zw_write_end(store, txn, zw_store_renew(store, txn));
    zw_store_close(store);
    return r;
}

int zw_store_restore(const char *from, const char *dir, bool same_log)
{
    spare_t spare;
    struct stat st;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r, lock = zw_store_lock(fd);
    if (lock < 0) {
        (void)close(fd);
        return lock;
    }
    if (fstatat(fd, FILE_NAME, &st, 0) == 0)
        r = -EEXIST;
    else
        r = zw_store_adopt(fd);
    if (r == 0 && (r = spare_open(dir, &spare)) == 0) {
        r = copy_store(from, &spare, same_log);
        if (r == 0)
            r = put_in_place(fd, spare.file, dir);
        spare_close(&spare);
    }
    (void)close(lock);
    (void)close(fd);
    return r;
}
