/* The index over time: repeats, revisions, expiry, marks, clusters. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "dedup_help.h"

enum { DAY_S = 86400 };
#define REST "市质量强市工作领导小组办公室负责人表示,获奖企业要珍惜荣誉,发挥示范带动作用,带领上下游企业共同提高质量管理水平。"
#define A "2010年全市共有35家企业获得市长质量奖,比上年增加4家,奖金共计700万元,由财政部门安排,年底前拨付到位。" REST

/* Article k of a stream: mostly its own text, sometimes that of an earlier one. */
static void write_article(unsigned k, char *out, size_t room)
{
    unsigned of = k % 7 == 3 ? k - 3 : k, n = 0;
    for (unsigned i = 0; i < 12 && n + 80 < room; i++) {
        uint32_t x = (of * 2654435761u + i * 40503u) >> 7;
        n += (unsigned)snprintf(out + n, room - n, "第%u号公告称企业%u家", x % 997, x / 1000 % 4001);
        for (int c = 0; c < 9; c++, n += 3) {
            uint32_t cp = 0x5000 + (x = x * 1664525u + 1013904223u) / 65536 % 6000;
            char han[3] = { (char)(0xE0 | cp >> 12), (char)(0x80 | (cp >> 6 & 63)), (char)(0x80 | (cp & 63)) };
            memcpy(out + n, han, 3);
        }
        n += (unsigned)snprintf(out + n, room - n, "。");
    }
}

static const zw_fingerprint_t *article(zw_arena_t *arena, unsigned k)
{
    char text[2000], id[16];
    write_article(k, text, sizeof text);
    (void)snprintf(id, sizeof id, "n%u", k);
    return fingerprint(arena, text, "新闻", id, NULL);
}

static zw_decision_t put(zw_dedup_t *dedup, uint64_t number, const zw_fingerprint_t *f, int64_t time_s)
{
    zw_decision_t d;
    zw_dedup_decide(dedup, f, &d);
    zw_dedup_insert(dedup, number, f, &d, time_s * 1000000);
    return d;
}

static void test_repeat_and_revision(void **state)
{
    (void)state;
    _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
    zw_dedup_t *dedup = open_index(50, 0);
    static const char B[] = "2010年全市共有36家企业获得市长质量奖,比上年增加5家,奖金共计720万元,由财政部门安排,年底前拨付到位。" REST;
    zw_decision_t d = put(dedup, 1, fingerprint(arena, A, "s", "1", "http://x/a"), 0);
    assert_int_equal(d.status, ZW_ST_NEW);
    assert_false(d.repeat);

    zw_dedup_decide(dedup, fingerprint(arena, A, "s", "1", "http://x/a"), &d); /* the same sender sends it again */
    assert_true(d.repeat);
    assert_int_equal(d.of, 1);
    zw_dedup_decide(dedup, fingerprint(arena, A, "t", "1", NULL), &d); /* another sender */
    assert_false(d.repeat);
    assert_int_equal(d.dup, ZW_DUP_EXACT);

    d = put(dedup, 2, fingerprint(arena, B, "s", "1", "http://x/a"), 0); /* its text has changed */
    assert_int_equal(d.status, ZW_ST_NEW);
    assert_int_equal(d.dup, ZW_DUP_REVISION);
    assert_int_equal(d.of, 1);
    zw_dedup_decide(dedup, fingerprint(arena, A "更正。", "s", "9", "https://x/a#top"), &d); /* the same page under another id */
    assert_int_equal(d.dup, ZW_DUP_REVISION);
    assert_int_equal(d.of, 2);
    zw_dedup_decide(dedup, fingerprint(arena, A, "s", "1", NULL), &d); /* an old version comes again */
    assert_true(d.repeat);
    assert_int_equal(d.of, 1);

    assert_int_equal(zw_dedup_find(dedup, ZW_STR_LIT("s"), ZW_STR_LIT("1")), 2);
    assert_int_equal(zw_dedup_find(dedup, ZW_STR_LIT("t"), ZW_STR_LIT("1")), 0);
    assert_int_equal(zw_dedup_find(dedup, ZW_STR_LIT("s"), (zw_str_t){ 0 }), 0);
    zw_dedup_close(dedup);
}

/* More articles than fit: the oldest are forgotten, the rest is known; memory stays. */
static void test_capacity(void **state)
{
    (void)state;
    zw_dedup_t *dedup = open_index(200, 0);
    zw_dedup_info_t before, after;
    zw_dedup_info(dedup, &before);
    for (unsigned k = 0; k < 1000; k++) {
        _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
        zw_decision_t d = put(dedup, 10 + k, article(arena, k), k);
        assert_int_equal(d.status, k % 7 == 3 ? ZW_ST_DUPLICATE : ZW_ST_NEW);
        if (d.status == ZW_ST_DUPLICATE)
            assert_int_equal(d.of, 10 + k - 3);
    }
    zw_dedup_info(dedup, &after);
    assert_int_equal(after.held, 200);
    assert_int_equal(after.bytes, before.bytes);
    _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
    zw_decision_t d;
    zw_dedup_decide(dedup, article(arena, 700), &d); /* forgotten */
    assert_int_equal(d.status, ZW_ST_NEW);
    zw_dedup_decide(dedup, article(arena, 900), &d);
    assert_true(d.repeat);
    assert_int_equal(zw_dedup_find(dedup, ZW_STR_LIT("新闻"), ZW_STR_LIT("n900")), 910);
    assert_int_equal(zw_dedup_find(dedup, ZW_STR_LIT("新闻"), ZW_STR_LIT("n700")), 0);
    zw_dedup_close(dedup);
}

static void test_window(void **state)
{
    (void)state;
    _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
    zw_dedup_t *dedup = open_index(100, 3);
    zw_decision_t d;
    for (unsigned k = 0; k < 20; k++)
        (void)put(dedup, k + 1, article(arena, k * 7), 1000);
    (void)put(dedup, 21, article(arena, 200), 1000 + 3 * DAY_S);
    zw_dedup_decide(dedup, article(arena, 7), &d); /* three days old: just inside */
    assert_int_equal(d.status, ZW_ST_DUPLICATE);
    (void)put(dedup, 22, article(arena, 203), 1001 + 3 * DAY_S);
    zw_dedup_decide(dedup, article(arena, 14 * 7), &d); /* outside, also where it is not swept out yet */
    assert_int_equal(d.status, ZW_ST_NEW);
    for (unsigned k = 0; k < 12; k++)
        (void)put(dedup, 30 + k, article(arena, 300 + 7 * k), 1002 + 3 * DAY_S);
    zw_dedup_info_t info;
    zw_dedup_info(dedup, &info);
    assert_int_equal(info.held, 14);
    zw_dedup_close(dedup);
}

/* An index that is rebuilt from marks decides as the one that made them. */
static void test_marks(void **state)
{
    (void)state;
    enum { COUNT = 300 };
    zw_dedup_t *dedup = open_index(200, 0), *again = open_index(200, 0);
    for (unsigned k = 0; k < COUNT; k++) {
        _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
        _cleanup_buf_ zw_buf_t mark = { 0 };
        const zw_fingerprint_t *f = article(arena, k);
        zw_decision_t d = put(dedup, k + 1, f, k);
        assert_int_equal(zw_dedup_mark_encode(f, &d, (int64_t)k * 1000000, &mark), 0);
        assert_true(mark.n <= 400);
        assert_int_equal(zw_dedup_restore(again, k + 1, zw_buf_str(&mark)), 0);
        assert_int_equal(zw_dedup_restore(again, k + 1, zw_buf_str(&mark)), -ZW_E_CORRUPT); /* the number does not ascend */
        for (size_t n = 0; n < mark.n; n += 1 + n / 8)
            assert_int_equal(zw_dedup_restore(again, k + 2, zw_str(mark.p, n)), -ZW_E_CORRUPT);
        mark.p[2] = (char)200; /* more runs than there can be */
        assert_int_equal(zw_dedup_restore(again, k + 2, zw_buf_str(&mark)), -ZW_E_CORRUPT);
    }
    zw_dedup_restored(again);
    for (unsigned k = 0; k < 2 * COUNT; k++) {
        _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
        zw_decision_t a, b;
        zw_dedup_decide(dedup, article(arena, k), &a);
        zw_dedup_decide(again, article(arena, k), &b);
        assert_int_equal(a.status, b.status);
        assert_int_equal(a.dup, b.dup);
        assert_int_equal(a.of, b.of);
        assert_int_equal(a.head, b.head);
        assert_int_equal(a.repeat, b.repeat);
    }
    zw_dedup_close(dedup);
    zw_dedup_close(again);
}

static void test_cluster_and_similar(void **state)
{
    (void)state;
    _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
    zw_dedup_t *dedup = open_index(100, 0);
    static const char SIBLING[] = "2011年全市共有38家企业获得市长质量奖,比上年增加3家,奖金共计760万元,由财政部门安排,年底前拨付到位。" REST;
    (void)put(dedup, 3, fingerprint(arena, A, NULL, NULL, NULL), 100);
    (void)put(dedup, 4, fingerprint(arena, SIBLING, NULL, NULL, NULL), 200);
    (void)put(dedup, 5, fingerprint(arena, A, NULL, NULL, NULL), 300);
    zw_decision_t d = put(dedup, 8, fingerprint(arena, A "本报将继续关注。", NULL, NULL, NULL), 400);
    assert_int_equal(d.head, 3);
    zw_dedup_cluster_t c;
    uint64_t members[2];
    assert_int_equal(zw_dedup_cluster(dedup, 8, members, 2, &c), 2);
    assert_int_equal(c.head, 3);
    assert_int_equal(c.members, 3);
    assert_int_equal(members[0], 3);
    assert_int_equal(members[1], 5);
    assert_int_equal(c.first_us, 100000000);
    assert_int_equal(c.last_us, 400000000);
    assert_int_equal(zw_dedup_cluster(dedup, 6, members, 2, &c), -ZW_E_NOT_FOUND);

    zw_similar_t like[8];
    int n = zw_dedup_similar(dedup, 8, like, 8);
    assert_int_equal(n, 3); /* 5 is a copy of 3 and found as a member alone */
    assert_int_equal(like[0].number, 3);
    assert_int_equal(like[1].number, 5);
    assert_true(like[0].same_report && like[1].same_report);
    assert_int_equal(like[2].number, 4);
    assert_false(like[2].same_report);
    assert_true(like[0].similarity == like[1].similarity && like[1].similarity > like[2].similarity);
    assert_int_equal(zw_dedup_similar(dedup, 8, like, 1), 1);
    assert_int_equal(like[0].number, 3);
    assert_int_equal(zw_dedup_similar(dedup, 99, like, 8), -ZW_E_NOT_FOUND);
    zw_dedup_close(dedup);
}

/* Readers beside the committer. */
typedef struct {
    zw_dedup_t *dedup;
    bool stop;
    unsigned wrong;
} reader_t;

static void *read_on(void *arg)
{
    reader_t *r = arg;
    while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED)) {
        uint64_t number = zw_dedup_find(r->dedup, ZW_STR_LIT("新闻"), ZW_STR_LIT("n42"));
        zw_dedup_cluster_t c;
        uint64_t members[4];
        zw_dedup_info_t info;
        zw_dedup_info(r->dedup, &info);
        r->wrong += number != 0 && number != 43;
        r->wrong += number && zw_dedup_cluster(r->dedup, 43, members, 4, &c) > 0 && c.head != 43;
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    reader_t r = { .dedup = open_index(300, 0) };
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, read_on, &r), 0);
    for (unsigned k = 0; k < 1000; k++) {
        _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
        (void)put(r.dedup, k + 1, article(arena, k), k);
    }
    __atomic_store_n(&r.stop, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    assert_int_equal(r.wrong, 0);
    zw_dedup_close(r.dedup);
}

static void test_refusals(void **state)
{
    (void)state;
    zw_dedup_t *dedup = NULL;
    zw_dedup_options_t large = { .capacity = 1u << 24 }, old = { .capacity = 10, .window_days = 100000 };
    assert_int_equal(zw_dedup_open(&large, &dedup), -EINVAL);
    assert_int_equal(zw_dedup_open(&old, &dedup), -EINVAL);
    assert_null(dedup);
    zw_dedup_close(NULL);
    for (unsigned long at = 1;; at++) { /* out of memory at every allocation in turn */
        _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
        zw_arena_fail_at(at);
        const zw_fingerprint_t *f = fingerprint(arena, "2010年共有35家企业获奖。", "s", "1", NULL);
        zw_arena_fail_at(0);
        if (f) {
            assert_true(at > 5);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repeat_and_revision), cmocka_unit_test(test_capacity), cmocka_unit_test(test_window),
        cmocka_unit_test(test_marks), cmocka_unit_test(test_cluster_and_similar), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
