/* The log: what was committed is read back, in order, in pages, by seq and by time, also after reopening. */
#include "store_help.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

static void test_append_and_reopen(void **state)
{
    help_t *h = *state;
    uint64_t total = 0;
    char instance[33];
    help_open(h);
    snprintf(instance, sizeof(instance), "%s", zw_store_instance(h->store));
    assert_int_equal(strlen(instance), 32);
    assert_int_equal(zw_store_oldest_seq(h->store), 0);
    assert_int_equal(zw_store_next_seq(h->store), 1);
    static const size_t groups[] = { 1, 1, 7, 100, 1, 523 };
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        assert_int_equal(help_commit(h->store, groups[i]), 0);
        total += groups[i];
        help_verify(h->store, total);
        help_open(h);
        help_verify(h->store, total);
        assert_int_equal(zw_store_oldest_seq(h->store), 1);
        assert_int_equal(zw_store_newest_time(h->store), help_time(total * HELP_EVENTS));
        assert_string_equal(zw_store_instance(h->store), instance);
    }
    zw_store_info_t info;
    assert_int_equal(zw_store_info(h->store, &info), 0);
    assert_int_equal(info.articles, total);
    assert_int_equal(info.events, total * HELP_EVENTS);
    assert_int_equal(info.newest_seq, total * HELP_EVENTS);
    assert_int_equal(info.bytes_map, h->options.map_bytes);
    assert_true(info.bytes_used > total * 1000 && info.bytes_used <= info.bytes_file);
}

static void test_article_without_events(void **state)
{
    help_t *h = *state;
    help_open(h);
    zw_store_article_t bare = { .number = 1, .record = ZW_STR_LIT("r"), .mark = ZW_STR_LIT("m") };
    assert_int_equal(zw_store_commit(h->store, &bare, 1, NULL, 0), 0);
    assert_int_equal(zw_store_commit(h->store, NULL, 0, NULL, 0), 0);
    assert_int_equal(zw_store_next_number(h->store), 2);
    assert_int_equal(zw_store_next_seq(h->store), 1);
    zw_buf_t out = { 0 };
    assert_int_equal(zw_store_article(h->store, 1, &out), 0);
    assert_true(zw_str_eqz(zw_buf_str(&out), "r"));
    assert_int_equal(zw_store_article(h->store, 2, &out), -ZW_E_NOT_FOUND);
    zw_buf_done(&out);
}

static void same_place(zw_store_t *store, const char *wanted)
{
    zw_buf_t place = { 0 };
    assert_int_equal(zw_store_place(store, &place), 0);
    assert_true(zw_str_eqz(zw_buf_str(&place), wanted));
    zw_buf_done(&place);
}

static void test_place_and_joining(void **state)
{
    static const char log[] = "0123456789abcdef0123456789abcdef";
    help_t *h = *state;
    help_open(h);
    zw_buf_t place = { 0 };
    assert_int_equal(zw_store_place(h->store, &place), -ZW_E_NOT_FOUND);
    assert_int_equal(zw_store_join(h->store, "no instance", ZW_STR_LIT("here")), -EINVAL);
    assert_int_equal(zw_store_join(h->store, log, ZW_STR_LIT("here")), 0);
    assert_string_equal(zw_store_instance(h->store), log);
    help_open(h);
    assert_string_equal(zw_store_instance(h->store), log);
    same_place(h->store, "here");
    zw_store_article_t bare = { .number = 1, .record = ZW_STR_LIT("r"), .mark = ZW_STR_LIT("m") };
    assert_int_equal(zw_store_commit_at(h->store, &bare, 1, NULL, 0, ZW_STR_LIT("a longer place")), 0);
    bare.number = 3; /* a gap: nothing of the batch, nor of its place */
    assert_int_equal(zw_store_commit_at(h->store, &bare, 1, NULL, 0, ZW_STR_LIT("nowhere")), -EINVAL);
    same_place(h->store, "a longer place");
    bare.number = 2;
    assert_int_equal(zw_store_commit(h->store, &bare, 1, NULL, 0), 0);
    help_open(h);
    same_place(h->store, "a longer place");
    assert_int_equal(zw_store_join(h->store, "ffffffffffffffffffffffffffffffff", ZW_STR_LIT("x")), -EINVAL); /* it has articles of this log */
    assert_int_equal(zw_store_join(h->store, log, ZW_STR_LIT("y")), 0);
    same_place(h->store, "y");
}

static void test_order_is_kept(void **state)
{
    help_t *h = *state;
    help_open(h);
    assert_int_equal(help_commit(h->store, 2), 0);
    zw_str_t x = ZW_STR_LIT("x");
    const int64_t t = help_time(6);
    const struct {
        uint64_t number, seq;
        int64_t time_us;
    } wrong[] = { { 4, 7, t }, { 2, 7, t }, { 3, 8, t }, { 3, 6, t }, { 3, 7, t - 1 }, { 0, 7, t } };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        zw_store_event_t e = { .seq = wrong[i].seq, .topic = x, .payload = x, .time_us = wrong[i].time_us };
        zw_store_article_t a = { .number = wrong[i].number, .record = x, .mark = x, .events = &e, .event_count = 1 };
        assert_int_equal(zw_store_commit(h->store, &a, 1, NULL, 0), -EINVAL);
        help_verify(h->store, 2);
    }
}

static void test_ranges(void **state)
{
    help_t *h = *state;
    help_open(h);
    assert_int_equal(help_commit(h->store, 400), 0); /* 1200 events: several pages by count and by bytes */
    static const struct {
        uint64_t from, to, stop_at, count, next;
    } table[] = {
        { 1, 1200, 0, 1200, 1201 }, { 1, 1, 0, 1, 2 },         { 1200, UINT64_MAX, 0, 1, 1201 },
        { 255, 258, 0, 4, 259 },    { 1, 1200, 256, 256, 257 }, { 1, 1200, 1, 1, 2 },
        { 700, 1200, 1200, 501, 1201 }, { 1201, 1300, 0, 0, 1201 }, { 5000, 6000, 0, 0, 5000 }, { 10, 9, 0, 0, 10 },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        help_seen_t seen = { .stop_at = table[i].stop_at };
        uint64_t next = 0;
        assert_int_equal(zw_store_events(h->store, table[i].from, table[i].to, help_event, &seen, &next), 0);
        assert_int_equal(seen.count, table[i].count);
        assert_int_equal(next, table[i].next);
        assert_true(!seen.count || seen.first == table[i].from);
        assert_false(seen.wrong);
    }
    help_seen_t seen = { 0 };
    assert_int_equal(zw_store_marks(h->store, 300, help_mark, &seen), 0);
    assert_int_equal(seen.first, 300);
    assert_int_equal(seen.count, 101);
}

static int fail_at_third(void *ctx, const zw_store_event_t *event)
{
    return event->seq == 3 ? -ENOTTY : 0;
}

static void test_failing_callback(void **state)
{
    help_t *h = *state;
    help_open(h);
    assert_int_equal(help_commit(h->store, 5), 0);
    uint64_t next = 77;
    assert_int_equal(zw_store_events(h->store, 1, 9, fail_at_third, NULL, &next), -ENOTTY);
    assert_int_equal(next, 77);
}

static void test_seek_time(void **state)
{
    help_t *h = *state;
    uint64_t seq;
    help_open(h);
    assert_int_equal(zw_store_seek_time(h->store, 0, &seq), 0);
    assert_int_equal(seq, 1);
    assert_int_equal(help_commit(h->store, 100), 0);
    for (int64_t t = help_time(1) - 1000; t <= help_time(300) + 1000; t += 500) {
        uint64_t expected = 1;
        while (expected <= 300 && help_time(expected) < t)
            expected++;
        assert_int_equal(zw_store_seek_time(h->store, t, &seq), 0);
        assert_int_equal(seq, expected);
    }
}

static void test_trim(void **state)
{
    help_t *h = *state;
    uint64_t next, seq;
    help_open(h);
    assert_int_equal(help_commit(h->store, 200), 0);
    zw_store_trim_t trim = { .events_before = 301, .articles_before = 51, .max_records = 77 };
    int removed, total = 0, steps = 0;
    while ((removed = zw_store_trim(h->store, &trim)) > 0) {
        assert_true(removed <= 77);
        total += removed;
        steps++;
    }
    assert_int_equal(removed, 0);
    assert_int_equal(total, 300 + 50);
    assert_int_equal(steps, 5);
    help_open(h);
    assert_int_equal(zw_store_oldest_seq(h->store), 301);
    help_seen_t seen = { 0 }, marks = { 0 };
    assert_int_equal(zw_store_events(h->store, 300, 600, help_event, &seen, &next), -ZW_E_TOO_OLD);
    assert_int_equal(zw_store_events(h->store, 301, 600, help_event, &seen, &next), 0);
    assert_int_equal(seen.count, 300);
    assert_int_equal(zw_store_marks(h->store, 1, help_mark, &marks), 0);
    assert_int_equal(marks.count, 200); /* the dedup window was not touched */
    assert_int_equal(zw_store_seek_time(h->store, 0, &seq), 0);
    assert_int_equal(seq, 301);
    zw_buf_t out = { 0 };
    assert_int_equal(zw_store_article(h->store, 50, &out), -ZW_E_NOT_FOUND);
    assert_int_equal(zw_store_article(h->store, 51, &out), 0);
    zw_buf_done(&out);
    assert_int_equal(zw_store_check(h->store, NULL, NULL), 0);
    /* All of it: the newest stay, so that no number is ever given twice. */
    trim = (zw_store_trim_t){ .events_before = UINT64_MAX, .articles_before = UINT64_MAX, .marks_before = UINT64_MAX };
    while ((removed = zw_store_trim(h->store, &trim)) > 0)
        ;
    assert_int_equal(removed, 0);
    help_open(h);
    assert_int_equal(zw_store_oldest_seq(h->store), 600);
    assert_int_equal(zw_store_next_seq(h->store), 601);
    assert_int_equal(zw_store_next_number(h->store), 201);
    assert_int_equal(help_commit(h->store, 3), 0);
    assert_int_equal(zw_store_check(h->store, NULL, NULL), 0);
}

typedef struct reader {
    zw_store_t *store;
    atomic_bool stop;
    atomic_int failures, walks;
} reader_t;

static void *read_on(void *arg)
{
    reader_t *reader = arg;
    while (!reader->stop) {
        help_seen_t seen = { 0 };
        uint64_t next, end = zw_store_next_seq(reader->store);
        int r = zw_store_events(reader->store, 1, UINT64_MAX, help_event, &seen, &next);
        if (r < 0 || seen.wrong || next < end)
            reader->failures++;
        reader->walks++;
    }
    return NULL;
}

static void test_readers_beside_the_writer(void **state)
{
    help_t *h = *state;
    pthread_t threads[4];
    help_open(h);
    reader_t reader = { .store = h->store };
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &reader), 0);
    for (int i = 0; i < 60; i++)
        assert_int_equal(help_commit(h->store, 5), 0);
    reader.stop = true;
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(reader.failures, 0);
    assert_true(reader.walks > 0);
    help_verify(h->store, 300);
}

static void test_backup(void **state)
{
    help_t *h = *state;
    char dir[80], path[128];
    help_open(h);
    assert_int_equal(help_commit(h->store, 150), 0);
    snprintf(dir, sizeof(dir), "%s/copy", h->dir);
    assert_int_equal(mkdir(dir, 0700), 0);
    snprintf(path, sizeof(path), "%s/zhiwen.mdb", dir);
    assert_int_equal(zw_store_backup(h->store, path), 0);
    assert_int_equal(zw_store_backup(h->store, path), -EEXIST);
    assert_int_equal(help_commit(h->store, 1), 0);
    zw_store_options_t options = { .dir = dir };
    zw_store_t *copy;
    assert_int_equal(zw_store_open(&options, &copy), 0);
    assert_string_equal(zw_store_instance(copy), zw_store_instance(h->store));
    help_verify(copy, 150);
    assert_int_equal(help_commit(copy, 2), 0);
    help_verify(copy, 152);
    zw_store_close(copy);
    assert_int_equal(zw_store_backup(h->store, "/nowhere/zhiwen.mdb"), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_append_and_reopen, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_article_without_events, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_place_and_joining, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_order_is_kept, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_ranges, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_failing_callback, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_seek_time, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_trim, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_readers_beside_the_writer, help_setup, help_teardown),
        cmocka_unit_test_setup_teardown(test_backup, help_setup, help_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
