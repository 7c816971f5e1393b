/* What goes wrong: locks, foreign and old databases, flipped and missing bytes, full maps, failing disks, quarantine. */
#include "store/store_priv.h"
#include "store_help.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <xxhash.h>

/* ---- a disk that fails when told: these take the place of the C library's for liblmdb, which calls them by name */

static struct {
    int error, skip; /* the call after `skip` good ones fails with `error`, and all behind it */
    int which;       /* 1: data pages, 2: sync, 3: the page that makes the commit valid */
} disk;

static bool disk_fails(int which)
{
    if (!disk.error || disk.which != which)
        return false;
    if (disk.skip-- > 0)
        return false;
    errno = disk.error;
    return true;
}

int fdatasync(int fd)
{
    return disk_fails(2) ? -1 : fsync(fd);
}

static ssize_t write_at(int fd, const void *bytes, size_t n, off_t at)
{
    struct iovec part = { (void *)(uintptr_t)bytes, n };
    if (disk_fails(at < 2 * 4096 && n < 4096 ? 3 : 1))
        return -1;
    return pwritev2(fd, &part, 1, at, 0);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    return write_at(fd, bytes, n, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    return disk_fails(1) ? -1 : pwritev2(fd, parts, count, -1, 0);
}

static void test_failing_disk(void **state)
{
    help_t *h = *state;
    static const int errors[] = { EIO, ENOSPC };
    help_open(h);
    uint64_t total = 20;
    assert_int_equal(help_commit(h->store, 20), 0);
    for (int which = 1; which <= 2; which++)
        for (int e = 0; e < 2; e++)
            for (int skip = 0; skip < (which == 1 ? 3 : 1); skip++) {
                disk.which = which;
                disk.skip = skip;
                disk.error = errors[e];
                int r = help_commit(h->store, 300);
                disk.error = 0;
                assert_int_equal(r, -errors[e]);
                assert_int_equal(zw_store_next_number(h->store), total + 1);
                assert_int_equal(help_commit(h->store, 1), 0); /* the disk is well again: on we go */
                help_verify(h->store, ++total);
            }
    help_open(h);
    help_verify(h->store, total);
}

static void test_failing_last_write(void **state)
{
    help_t *h = *state;
    help_open(h);
    assert_int_equal(help_commit(h->store, 5), 0);
    disk.which = 3;
    disk.skip = 0;
    disk.error = EIO;
    int r = help_commit(h->store, 5);
    disk.error = 0;
    assert_int_equal(r, -EIO);
    assert_int_equal(help_commit(h->store, 1), -EIO); /* not known what the disk holds: no more until reopened */
    assert_int_equal(zw_store_next_number(h->store), 6);
    help_open(h);
    uint64_t n = zw_store_next_number(h->store) - 1;
    assert_true(n == 5 || n == 10);
    help_verify(h->store, n);
}

/* ---- opening */

static void test_lock(void **state)
{
    help_t *h = *state;
    zw_store_t *second = NULL;
    help_open(h);
    assert_int_equal(zw_store_open(&h->options, &second), -ZW_E_LOCKED);
    assert_null(second);
    help_close(h);
    help_open(h);
}

static void test_no_directory(void **state)
{
    zw_store_t *store = NULL;
    zw_store_options_t options = { .dir = "/nowhere/at/all" };
    assert_int_equal(zw_store_open(&options, &store), -ENOENT);
    options.dir = "/dev/null";
    assert_int_equal(zw_store_open(&options, &store), -ENOTDIR);
    assert_null(store);
}

/* Writes `schema` (or, when NULL, a table of someone else's) with plain LMDB. */
static void write_foreign(const char *dir, const void *value, size_t n)
{
    char path[128];
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    snprintf(path, sizeof(path), "%s/zhiwen.mdb", dir);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 8), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, value ? "meta" : "theirs", MDB_CREATE, &dbi), 0);
    MDB_val key = { 6, (void *)(uintptr_t)"schema" }, data = { n, (void *)(uintptr_t)value };
    if (value)
        assert_int_equal(mdb_put(txn, dbi, &key, &data, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void test_schema(void **state)
{
    help_t *h = *state;
    zw_store_t *store = NULL;
    write_foreign(h->dir, NULL, 0);
    assert_int_equal(zw_store_open(&h->options, &store), -ZW_E_SCHEMA);
    assert_int_equal(zw_store_open(&h->options, &store), -ZW_E_SCHEMA); /* and it has let go of the lock */
    char path[128];
    snprintf(path, sizeof(path), "%s/zhiwen.mdb", h->dir);
    assert_int_equal(unlink(path), 0);
    /* A later schema, with the checksum that the record then has. */
    struct {
        uint64_t sum;
        uint32_t schema;
    } later = { .schema = ZW_STORE_SCHEMA + 1 };
    later.sum = zw_record_checksum(TABLE_META, XXH3_64bits("schema", 6), &later.schema, sizeof(later.schema));
    write_foreign(h->dir, &later, 12);
    assert_int_equal(zw_store_open(&h->options, &store), -ZW_E_SCHEMA);
    assert_int_equal(zw_store_open(&h->options, &store), -ZW_E_SCHEMA);
    assert_int_equal(unlink(path), 0);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i < 100; i++)
        assert_int_equal(write(fd, "not a database at all\n", 22), 22);
    close(fd);
    assert_int_equal(zw_store_open(&h->options, &store), -ZW_E_CORRUPT);
    assert_null(store);
}

/* ---- in a process of its own, which may die of what it finds */

static int in_child(help_t *h, int (*fn)(help_t *h))
{
    help_close(h);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit none = { 0, 0 };
        (void)setrlimit(RLIMIT_CORE, &none);
        int null = open("/dev/null", O_WRONLY);
        (void)dup2(null, 2);
        alarm(60);
        _exit(fn(h));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int child_reads_only(help_t *h)
{
    zw_store_options_t options = { .dir = h->dir, .read_only = true };
    zw_store_t *store;
    if (zw_store_open(&options, &store) < 0)
        return 1;
    help_seen_t seen = { 0 };
    uint64_t next;
    int r = zw_store_events(store, 1, UINT64_MAX, help_event, &seen, &next);
    if (r < 0 || seen.wrong || seen.count != 30 || help_commit(store, 1) != -EROFS || zw_store_check(store, NULL, NULL) != 0)
        return 2;
    zw_store_close(store);
    return 0;
}

static void test_read_only(void **state)
{
    help_t *h = *state;
    zw_store_options_t options = { .dir = h->dir, .read_only = true };
    zw_store_t *store = NULL;
    assert_int_equal(zw_store_open(&options, &store), -ENOENT);
    help_open(h);
    assert_int_equal(help_commit(h->store, 10), 0);
    assert_int_equal(in_child(h, child_reads_only), 0);
}

enum { CLEAN = 10, DETECTED = 11, SERVED_WRONG = 12 };

static int child_looks(help_t *h)
{
    zw_store_t *store;
    if (zw_store_open(&h->options, &store) < 0)
        return DETECTED;
    help_seen_t events = { 0 }, marks = { 0 };
    uint64_t next = 0;
    bool found = zw_store_check(store, NULL, NULL) != 0;
    int r = zw_store_events(store, 1, UINT64_MAX, help_event, &events, &next);
    int m = zw_store_marks(store, 1, help_mark, &marks);
    if (events.wrong || marks.wrong || (r == 0 && events.count != 300) || (m == 0 && marks.count != 100))
        return SERVED_WRONG;
    for (uint64_t n = 1; n <= 100; n++) {
        char text[9000];
        zw_buf_t out = { 0 };
        int a = zw_store_article(store, n, &out);
        found = found || a < 0;
        if (a == 0 && !zw_str_eq(zw_buf_str(&out), zw_str(text, help_text(text, help_size(n), "record", n))))
            return SERVED_WRONG;
        zw_buf_done(&out);
    }
    return found || r < 0 || m < 0 ? DETECTED : CLEAN;
}

static void change_byte(const char *path, off_t at, unsigned char mask)
{
    unsigned char byte;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= mask;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static void test_flipped_bits(void **state)
{
    help_t *h = *state;
    char path[128];
    struct stat st;
    int outcome[3] = { 0 }, died = 0;
    help_open(h);
    for (int i = 0; i < 10; i++)
        assert_int_equal(help_commit(h->store, 10), 0);
    help_close(h);
    snprintf(path, sizeof(path), "%s/zhiwen.mdb", h->dir);
    assert_int_equal(stat(path, &st), 0);
    srandom(20240501);
    for (int i = 0; i < 300; i++) {
        off_t at = random() % st.st_size;
        unsigned char mask = (unsigned char)(1u << random() % 8);
        change_byte(path, at, mask);
        int r = in_child(h, child_looks);
        change_byte(path, at, mask);
        if (r == SERVED_WRONG)
            fail_msg("bit %x at %lld was served", mask, (long long)at);
        if (r >= CLEAN && r <= DETECTED)
            outcome[r - CLEAN]++;
        else
            died++;
    }
    print_message("300 flips: %d in bytes that nothing uses, %d detected, %d ended the process\n", outcome[0], outcome[1], died);
    assert_true(outcome[1] > 100);
    assert_true(died < 15);
    assert_int_equal(in_child(h, child_looks), CLEAN);
}

static void test_cut_short(void **state)
{
    help_t *h = *state;
    char path[128];
    struct stat st;
    help_open(h);
    for (int i = 0; i < 10; i++)
        assert_int_equal(help_commit(h->store, 10), 0);
    help_close(h);
    snprintf(path, sizeof(path), "%s/zhiwen.mdb", h->dir);
    assert_int_equal(stat(path, &st), 0);
    for (off_t size = st.st_size - 4096; size > 8192; size -= 64 * 4096 + 1000) {
        assert_int_equal(truncate(path, size), 0);
        assert_int_equal(in_child(h, child_looks), DETECTED);
    }
    assert_int_equal(truncate(path, 5000), 0);
    assert_int_equal(in_child(h, child_looks), DETECTED);
}

/* ---- bounds */

static void test_full_map(void **state)
{
    help_t *h = *state;
    h->options.map_bytes = 4u << 20;
    help_open(h);
    int r;
    uint64_t total = 0;
    while ((r = help_commit(h->store, 20)) == 0)
        total += 20;
    assert_int_equal(r, -ZW_E_FULL);
    assert_true(total > 300);
    help_verify(h->store, total);
    help_open(h);
    help_verify(h->store, total);
    assert_int_equal(help_commit(h->store, 100), -ZW_E_FULL);
    zw_store_trim_t trim = { .events_before = total * HELP_EVENTS / 2, .articles_before = total / 2, .max_records = 50 };
    int steps = 0;
    while ((r = zw_store_trim(h->store, &trim)) > 0)
        steps++;
    assert_int_equal(r, 0);
    assert_true(steps > 10);
    assert_int_equal(help_commit(h->store, 20), 0); /* there is room again */
    assert_int_equal(zw_store_check(h->store, NULL, NULL), 0);
}

typedef struct rejects {
    uint64_t first, last, count;
    bool wrong;
} rejects_t;

static int see_reject(void *ctx, uint64_t number, const zw_store_reject_t *reject)
{
    rejects_t *seen = ctx;
    char text[64];
    snprintf(text, sizeof(text), "reject %llu", (unsigned long long)number);
    if (!seen->count)
        seen->first = number;
    seen->wrong = seen->wrong || number <= seen->last || !zw_str_eqz(reject->message, text) ||
                  !zw_str_eqz(reject->reason, "missing") || !zw_str_eqz(reject->field, "article.body") ||
                  !zw_str_eqz(reject->origin, "feed") || reject->time_us != (int64_t)number || reject->raw.n > 65536 ||
                  (reject->raw.n && reject->raw.p[0] != 'x');
    seen->last = number;
    seen->count++;
    return 0;
}

static int commit_reject(zw_store_t *store, uint64_t number, size_t size)
{
    char text[64], *raw = malloc(size + 1);
    snprintf(text, sizeof(text), "reject %llu", (unsigned long long)number);
    memset(raw, 'x', size);
    zw_store_reject_t reject = { .raw = zw_str(raw, size),
                                 .reason = ZW_STR_LIT("missing"),
                                 .field = ZW_STR_LIT("article.body"),
                                 .message = zw_strz(text),
                                 .origin = ZW_STR_LIT("feed"),
                                 .time_us = (int64_t)number };
    int r = zw_store_commit(store, NULL, 0, &reject, 1);
    free(raw);
    return r;
}

static void test_quarantine_bound(void **state)
{
    help_t *h = *state;
    static const size_t sizes[] = { 0, 17, 300, 5000, 65536, 100000 };
    h->options.quarantine_bytes = 1 << 20;
    h->options.no_sync = true;
    help_open(h);
    zw_store_info_t info = { 0 };
    uint64_t number = 0, biggest_file = 0;
    for (int i = 0; i < 1500; i++) {
        number++;
        assert_int_equal(commit_reject(h->store, number, i < 500 ? 20 : sizes[number % 6]), 0);
        assert_int_equal(zw_store_info(h->store, &info), 0);
        assert_true(info.bytes_quarantine <= h->options.quarantine_bytes);
        biggest_file = info.bytes_file > biggest_file ? info.bytes_file : biggest_file;
    }
    assert_true(biggest_file < 8u << 20);
    rejects_t seen = { 0 };
    assert_int_equal(zw_store_quarantine(h->store, see_reject, &seen), 0);
    assert_false(seen.wrong);
    assert_int_equal(seen.last, number);
    assert_int_equal(seen.count, info.quarantined);
    assert_int_equal(seen.count, seen.last - seen.first + 1);
    assert_true(seen.count > 10 && seen.count < 1000);
    assert_int_equal(zw_store_check(h->store, NULL, NULL), 0);
}

static void test_quarantine_drop(void **state)
{
    help_t *h = *state;
    help_open(h);
    for (uint64_t n = 1; n <= 10; n++)
        assert_int_equal(commit_reject(h->store, n, 100), 0);
    rejects_t one = { 0 };
    assert_int_equal(zw_store_quarantine_get(h->store, 4, see_reject, &one), 0);
    assert_true(one.count == 1 && one.last == 4 && !one.wrong);
    assert_int_equal(zw_store_quarantine_get(h->store, 11, see_reject, &one), -ZW_E_NOT_FOUND);
    assert_int_equal(zw_store_quarantine_drop(h->store, 4), 1);
    assert_int_equal(zw_store_quarantine_drop(h->store, 4), -ZW_E_NOT_FOUND);
    assert_int_equal(zw_store_quarantine_drop(h->store, 10), 1);
    help_open(h);
    assert_int_equal(commit_reject(h->store, 11, 100), 0); /* a number is not given again */
    rejects_t seen = { 0 };
    assert_int_equal(zw_store_quarantine(h->store, see_reject, &seen), 0);
    assert_true(seen.count == 9 && seen.last == 11 && !seen.wrong);
    assert_int_equal(zw_store_quarantine_drop(h->store, 0), 9);
    assert_int_equal(zw_store_quarantine_drop(h->store, 0), 0);
    help_open(h);
    assert_int_equal(commit_reject(h->store, 12, 100), 0);
    rejects_t last = { 0 };
    assert_int_equal(zw_store_quarantine(h->store, see_reject, &last), 0);
    assert_true(last.count == 1 && last.last == 12 && !last.wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_failing_disk, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_failing_last_write, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_lock, help_setup, help_teardown),
        cmocka_unit_test(test_no_directory),
        cmocka_unit_test_setup_teardown(test_schema, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_read_only, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_flipped_bits, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_cut_short, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_full_map, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_quarantine_bound, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_quarantine_drop, help_setup, help_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
