/* Schemas, compaction, restoring, and the quarantine looked after by another process. */
#include "store/store_positions.h"
#include "store/store_priv.h"
#include "store_help.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void set_schema(help_t *h, uint32_t schema)
{
    MDB_txn *txn;
    assert_int_equal(zw_write_begin(h->store, &txn), 0);
    assert_int_equal(zw_write_end(h->store, txn, zw_meta_put(h->store, txn, "schema", &schema, sizeof(schema))), 0);
    help_close(h);
}

static off_t file_bytes(const char *dir)
{
    char path[128];
    struct stat st;
    snprintf(path, sizeof(path), "%s/zhiwen.mdb", dir);
    return stat(path, &st) < 0 ? -1 : st.st_size;
}

static void test_older_schema(void **state)
{
    help_t *h = *state;
    uint32_t schema = 0;
    help_open(h);
    assert_int_equal(help_commit(h->store, 20), 0);
    set_schema(h, ZW_STORE_OLDEST_SCHEMA);
    assert_int_equal(zw_store_schema(h->dir, &schema), 0);
    assert_int_equal(schema, ZW_STORE_OLDEST_SCHEMA);
    h->options.read_only = true; /* only looked at, it stays as it is */
    help_open(h);
    help_verify(h->store, 20);
    help_close(h);
    assert_int_equal(zw_store_schema(h->dir, &schema), 0);
    assert_int_equal(schema, ZW_STORE_OLDEST_SCHEMA);
    h->options.read_only = false;
    help_open(h);
    help_verify(h->store, 20);
    assert_int_equal(help_commit(h->store, 5), 0);
    help_verify(h->store, 25);
    help_close(h);
    assert_int_equal(zw_store_schema(h->dir, &schema), 0);
    assert_int_equal(schema, ZW_STORE_SCHEMA);
}

static void test_newer_schema(void **state)
{
    help_t *h = *state;
    const uint32_t bad[] = { ZW_STORE_SCHEMA + 1, 0, UINT32_MAX };
    uint32_t schema;
    help_open(h);
    assert_int_equal(help_commit(h->store, 3), 0);
    for (size_t i = 0; i < 3; i++) {
        if (!h->store) {
            schema = ZW_STORE_SCHEMA; /* back to ours, by hand */
            char path[80];
            MDB_env *env;
            MDB_txn *txn;
            zw_store_t raw = { 0 };
            snprintf(path, sizeof(path), "%s/zhiwen.mdb", h->dir);
            assert_int_equal(mdb_env_create(&env) | mdb_env_set_maxdbs(env, 8), 0);
            assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR, 0600), 0);
            assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
            assert_int_equal(mdb_dbi_open(txn, "meta", 0, &raw.dbi[TABLE_META]), 0);
            assert_int_equal(zw_meta_put(&raw, txn, "schema", &schema, sizeof(schema)), 0);
            assert_int_equal(mdb_txn_commit(txn), 0);
            mdb_env_close(env);
            help_open(h);
        }
        set_schema(h, bad[i]);
        assert_int_equal(zw_store_open(&h->options, &h->store), -ZW_E_SCHEMA);
        h->store = NULL;
        assert_int_equal(zw_store_schema(h->dir, &schema), 0);
        assert_int_equal(schema, bad[i]);
    }
}

static void test_compact(void **state)
{
    help_t *h = *state;
    char instance[33];
    help_open(h);
    assert_int_equal(help_commit(h->store, 800), 0);
    while (zw_store_trim(h->store, &(zw_store_trim_t){ .events_before = 2000, .articles_before = 700, .marks_before = 700 }) > 0)
        ;
    memcpy(instance, zw_store_instance(h->store), sizeof(instance));
    assert_int_equal(zw_store_compact(h->dir), -ZW_E_LOCKED);
    help_close(h);
    off_t before = file_bytes(h->dir);
    assert_int_equal(zw_store_compact(h->dir), 0);
    assert_true(file_bytes(h->dir) < before / 2);
    help_open(h);
    assert_string_equal(zw_store_instance(h->store), instance);
    assert_int_equal(zw_store_oldest_seq(h->store), 2000);
    assert_int_equal(zw_store_next_number(h->store), 801);
    assert_int_equal(zw_store_check(h->store, NULL, NULL), 0);
    assert_int_equal(help_commit(h->store, 10), 0);
    assert_int_equal(zw_store_check(h->store, NULL, NULL), 0);
    assert_int_equal(zw_store_compact("/nowhere/at/all"), -ENOENT);
}

static void test_compact_what_is_not_there(void **state)
{
    help_t *h = *state;
    assert_int_equal(zw_store_compact(h->dir), -ENOENT);
    assert_int_equal(file_bytes(h->dir), -1);
}

static void backup_to(help_t *h, const char *dir)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/zhiwen.mdb", dir);
    assert_int_equal(mkdir(dir, 0700), 0);
    assert_int_equal(zw_store_backup(h->store, path), 0);
}

static void test_restore(void **state)
{
    help_t *h = *state;
    char backup[96], fresh[96], same[96], instance[33];
    const zw_store_position_t position = { .name = ZW_STR_LIT("office"), .seq = 7, .time_us = 1 };
    snprintf(backup, sizeof(backup), "%s/backup", h->dir);
    snprintf(fresh, sizeof(fresh), "%s/fresh", h->dir);
    snprintf(same, sizeof(same), "%s/same", h->dir);
    help_open(h);
    assert_int_equal(help_commit(h->store, 50), 0);
    assert_int_equal(zw_store_positions_set(h->store, &position, 1), 0);
    backup_to(h, backup);
    memcpy(instance, zw_store_instance(h->store), sizeof(instance));
    assert_int_equal(help_commit(h->store, 50), 0); /* the log goes on behind the backup */
    assert_int_equal(zw_store_restore(backup, h->dir, false), -ZW_E_LOCKED);
    help_close(h);
    assert_int_equal(zw_store_restore(backup, h->dir, false), -EEXIST);
    assert_int_equal(zw_store_restore(backup, fresh, false), -ENOENT);
    assert_int_equal(mkdir(fresh, 0700) | mkdir(same, 0700), 0);
    assert_int_equal(zw_store_restore(h->dir + 4, fresh, false), -ENOENT); /* no store there */
    assert_int_equal(file_bytes(fresh), -1);
    assert_int_equal(zw_store_restore(backup, fresh, false), 0);
    assert_int_equal(zw_store_restore(backup, same, true), 0);

    const char *const dirs[] = { fresh, same };
    for (int i = 0; i < 2; i++) {
        zw_store_t *store;
        assert_int_equal(zw_store_open(&(zw_store_options_t){ .dir = dirs[i] }, &store), 0);
        help_verify(store, 50);
        assert_int_equal(strcmp(zw_store_instance(store), instance) == 0, i == 1); /* another log, unless told that it is the same */
        assert_int_equal(help_commit(store, 5), 0);
        help_verify(store, 55);
        zw_store_close(store);
    }
    char spare[128];
    snprintf(spare, sizeof(spare), "%s/zhiwen.new", fresh);
    assert_int_equal(access(spare, F_OK), -1);
}

/* A copy that was broken off, left by an earlier try, does no harm. */
static void test_restore_after_a_broken_try(void **state)
{
    help_t *h = *state;
    char backup[96], fresh[96], path[160];
    snprintf(backup, sizeof(backup), "%s/backup", h->dir);
    snprintf(fresh, sizeof(fresh), "%s/fresh", h->dir);
    help_open(h);
    assert_int_equal(help_commit(h->store, 50), 0);
    backup_to(h, backup);
    assert_int_equal(mkdir(fresh, 0700), 0);
    snprintf(path, sizeof(path), "%s/zhiwen.new", fresh);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/zhiwen.new/zhiwen.mdb", fresh);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "half of it", 10), 10);
    close(fd);
    assert_int_equal(zw_store_restore(backup, fresh, false), 0);
    zw_store_t *store;
    assert_int_equal(zw_store_open(&(zw_store_options_t){ .dir = fresh }, &store), 0);
    help_verify(store, 50);
    zw_store_close(store);
}

static int count_reject(void *ctx, uint64_t number, const zw_store_reject_t *reject)
{
    (void)reject;
    *(uint64_t *)ctx = *(uint64_t *)ctx * 100 + number;
    return 0;
}

static uint64_t numbers(zw_store_t *store)
{
    uint64_t all = 0;
    assert_int_equal(zw_store_quarantine(store, count_reject, &all), 0);
    return all;
}

/* What another process does to the quarantine while this one has the store open. */
static int beside(const char *dir, uint64_t drop)
{
    pid_t pid = fork();
    if (pid == 0) {
        zw_store_t *store;
        int r = zw_store_open(&(zw_store_options_t){ .dir = dir, .beside = true }, &store);
        if (r == 0 && zw_store_commit(store, NULL, 0, &(zw_store_reject_t){ .raw = ZW_STR_LIT("x") }, 1) != -EROFS)
            r = -EINVAL;
        if (r == 0 && zw_store_trim(store, &(zw_store_trim_t){ .events_before = 5 }) != -EROFS)
            r = -EINVAL;
        if (r == 0)
            r = zw_store_quarantine_drop(store, drop);
        _exit(r < 0 ? 100 : r);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_quarantine_beside(void **state)
{
    help_t *h = *state;
    const zw_store_reject_t reject = { .raw = ZW_STR_LIT("raw"), .reason = ZW_STR_LIT("type"), .time_us = 1 };
    help_open(h);
    for (int i = 0; i < 3; i++)
        assert_int_equal(zw_store_commit(h->store, NULL, 0, &reject, 1), 0);
    assert_int_equal(beside(h->dir, 2), 1);
    assert_int_equal(numbers(h->store), 103);
    assert_int_equal(beside(h->dir, 2), 100); /* not there any more */
    assert_int_equal(beside(h->dir, 3), 1);
    assert_int_equal(zw_store_commit(h->store, NULL, 0, &reject, 1), 0);
    assert_int_equal(numbers(h->store), 104);
    assert_int_equal(beside(h->dir, 0), 2);
    assert_int_equal(help_commit(h->store, 5), 0);
    help_open(h); /* no number comes twice, though all are gone */
    assert_int_equal(zw_store_commit(h->store, NULL, 0, &reject, 1), 0);
    assert_int_equal(numbers(h->store), 5);
    assert_int_equal(zw_store_check(h->store, NULL, NULL), 0);
}

static void test_quarantine_bound_is_told(void **state)
{
    help_t *h = *state;
    static char raw[60000];
    const zw_store_reject_t reject = { .raw = zw_str(raw, sizeof(raw)), .reason = ZW_STR_LIT("type"), .time_us = 1 };
    h->options.quarantine_bytes = 1 << 20;
    help_open(h);
    for (int i = 0; i < 40; i++)
        assert_int_equal(zw_store_commit(h->store, NULL, 0, &reject, 1), 0);
    zw_store_info_t info;
    assert_int_equal(zw_store_info(h->store, &info), 0);
    assert_true(info.bytes_quarantine <= 1 << 20);
    assert_int_equal(zw_store_quarantine_dropped(h->store), 40 - info.quarantined);
}

static void test_meta_is_checked(void **state)
{
    help_t *h = *state;
    const zw_store_position_t position = { .name = ZW_STR_LIT("office-with-a-long-name"), .seq = 7, .time_us = 1 };
    char path[128];
    help_open(h);
    assert_int_equal(help_commit(h->store, 5), 0);
    assert_int_equal(zw_store_positions_set(h->store, &position, 1), 0);
    help_close(h);
    snprintf(path, sizeof(path), "%s/zhiwen.mdb", h->dir);
    int fd = open(path, O_RDWR);
    static char bytes[4 << 20];
    ssize_t n = read(fd, bytes, sizeof(bytes));
    for (char *p = bytes; (p = memmem(p, (size_t)(bytes + n - p), "position/office", 15)); p += 15) {
        off_t at = p - bytes + 9 + 23 + ZW_CHECKSUM_BYTES; /* the value's first byte, in every copy of the page */
        assert_int_equal(pwrite(fd, "\xff", 1, at), 1);
    }
    close(fd);
    help_open(h);
    assert_int_equal(zw_store_check(h->store, NULL, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_older_schema, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_newer_schema, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_compact, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_compact_what_is_not_there, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_restore, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_restore_after_a_broken_try, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_quarantine_beside, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_quarantine_bound_is_told, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_meta_is_checked, help_setup, help_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
