/* What the committer looks up: marks there and back, facts counted in bounded memory, topics, and the watchdog. */
#include "fact_index.h"
#include "mark.h"
#include "standing.h"
#include "topic_index.h"
#include "watchdog.h"
#include "zw_buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void id_of(uint64_t n, uint8_t id[16])
{
    uint64_t h = (n + 1) * 0x9E3779B97F4A7C15u;
    memcpy(id, &h, 8);
    memcpy(id + 8, &n, 8);
}

static void test_mark_round_trip(void **state)
{
    zw_mark_fact_t facts[300];
    char types[300][16];
    for (size_t i = 0; i < 300; i++) {
        (void)snprintf(types[i], sizeof(types[i]), "type%zu", i % 9);
        facts[i] = (zw_mark_fact_t){ .kind = i % (ZW_MARK_UNSUPPORT + 1), .region = (uint32_t)(i * 3517), .support = (uint32_t)i, .turned = i % 5 == 0 };
        id_of(i, facts[i].id);
        if (facts[i].kind != ZW_MARK_SILENT)
            facts[i].type = zw_strz(types[i]);
    }
    zw_mark_t in = { .status = ZW_ST_DUPLICATE, .dup = ZW_DUP_CONTAINED, .similarity = 0.8765, .seq = 1ull << 40, .of = 300, .head = 7,
                     .published = 200, .id = ZW_STR_LIT("温州-1"), .facts = facts, .fact_count = 300 };
    zw_buf_t bytes = { 0 }, space = { 0 };
    zw_mark_t out;
    assert_int_equal(zw_mark_encode(&in, &bytes), 0);
    (void)zw_buf_put(&bytes, "rest", 4);
    assert_int_equal(zw_mark_decode(zw_buf_str(&bytes), &space, &out), 0);
    assert_int_equal(out.status, in.status);
    assert_int_equal(out.dup, in.dup);
    assert_true(out.similarity == in.similarity);
    assert_int_equal(out.seq, in.seq);
    assert_int_equal(out.of, in.of);
    assert_int_equal(out.head, in.head);
    assert_int_equal(out.published, in.published);
    assert_true(zw_str_eq(out.id, in.id));
    assert_true(zw_str_eqz(out.dedup, "rest"));
    assert_int_equal(out.fact_count, 300);
    for (size_t i = 0; i < 300; i++) {
        assert_int_equal(out.facts[i].kind, facts[i].kind);
        assert_memory_equal(out.facts[i].id, facts[i].id, 16);
        assert_true(zw_str_eq(out.facts[i].type, facts[i].type));
        assert_int_equal(out.facts[i].region, facts[i].kind == ZW_MARK_SILENT ? 0 : facts[i].region);
        assert_int_equal(out.facts[i].turned, facts[i].turned);
        assert_int_equal(out.facts[i].support, facts[i].kind == ZW_MARK_SILENT ? 0 : facts[i].support);
    }
    zw_buf_done(&bytes);
    zw_buf_done(&space);
}

/* Whatever is cut off or changed, reading ends inside the bytes (the sanitizers watch), and a cut mark is never taken. */
static void test_mark_damaged(void **state)
{
    zw_mark_fact_t facts[2] = { { .kind = ZW_MARK_FACT, .type = ZW_STR_LIT("award"), .region = 330300 }, { .kind = ZW_MARK_SILENT } };
    zw_mark_t in = { .seq = 5, .published = 1, .id = ZW_STR_LIT("a"), .facts = facts, .fact_count = 2 }, out;
    zw_buf_t bytes = { 0 }, space = { 0 };
    assert_int_equal(zw_mark_encode(&in, &bytes), 0);
    for (size_t n = 0; n < bytes.n; n++)
        assert_int_equal(zw_mark_decode(zw_str(bytes.p, n), &space, &out), -ZW_E_CORRUPT);
    for (size_t i = 0; i < bytes.n * 256; i++) {
        zw_buf_t changed = { 0 };
        (void)zw_buf_put(&changed, bytes.p, bytes.n);
        changed.p[i / 256] = (char)i;
        int e = zw_mark_decode(zw_buf_str(&changed), &space, &out);
        assert_true(e == 0 || e == -ZW_E_CORRUPT);
        zw_buf_done(&changed);
    }
    zw_buf_done(&bytes);
    zw_buf_done(&space);
}

static void test_facts_counted(void **state)
{
    zw_fact_index_t *x = NULL;
    uint8_t id[16];
    assert_int_equal(zw_fact_index_open(1000, &x), 0);
    for (uint32_t round = 1; round <= 3; round++) {
        for (uint64_t n = 0; n < 1000; n++) {
            id_of(n, id);
            assert_int_equal(zw_fact_index_add(x, id, n), round);
        }
    }
    assert_int_equal(zw_fact_index_held(x), 1000);
    id_of(5000, id);
    assert_int_equal(zw_fact_index_get(x, id), 0);
    zw_fact_index_close(x);
}

/* What loses a source is counted down, in whichever generation it is remembered, and comes anew from 0. */
static void test_facts_removed(void **state)
{
    enum { CAPACITY = 1000 };
    zw_fact_index_t *x = NULL;
    uint8_t old[16], other[16];
    id_of(777777, old);
    assert_int_equal(zw_fact_index_open(CAPACITY, &x), 0);
    assert_int_equal(zw_fact_index_remove(x, old), 0); /* never seen */
    assert_int_equal(zw_fact_index_add(x, old, 1), 1);
    assert_int_equal(zw_fact_index_add(x, old, 1), 2);
    for (uint64_t n = 0; n < CAPACITY; n++) { /* moves it to the old generation */
        id_of(n, other);
        assert_int_equal(zw_fact_index_add(x, other, 2), 1);
    }
    assert_int_equal(zw_fact_index_remove(x, old), 1);
    assert_int_equal(zw_fact_index_remove(x, old), 0);
    assert_int_equal(zw_fact_index_remove(x, old), 0);
    assert_int_equal(zw_fact_index_get(x, old), 0);
    assert_int_equal(zw_fact_index_add(x, old, 1), 1);
    zw_fact_index_close(x);
}

static void test_standings(void **state)
{
    enum { MOST = 100000 };
    zw_standings_t *s = zw_standings_new();
    assert_non_null(s);
    assert_int_equal(zw_standings_get(s, 5), ZW_STANDS);
    for (uint64_t n = 1; n <= MOST; n += 3) {
        assert_int_equal(zw_standings_reserve(s, n), 0);
        zw_standings_set(s, n, n % 2 ? ZW_WITHDRAWN : ZW_SUPERSEDED);
    }
    zw_standings_set(s, 4, ZW_WITHDRAWN); /* was superseded */
    for (uint64_t n = 1; n <= MOST + 10000; n++) {
        zw_standing_t is = n % 3 != 1 || n > MOST ? ZW_STANDS : n % 2 || n == 4 ? ZW_WITHDRAWN : ZW_SUPERSEDED;
        assert_int_equal(zw_standings_get(s, n), is);
    }
    zw_standings_free(s);
}

/* The last `capacity` facts are always remembered, and those that keep coming for ever; memory never grows. */
static void test_facts_forgotten(void **state)
{
    enum { CAPACITY = 1000, FACTS = 20000 };
    zw_fact_index_t *x = NULL;
    uint8_t id[16], steady[16];
    id_of(999999, steady);
    assert_int_equal(zw_fact_index_open(CAPACITY, &x), 0);
    for (uint64_t n = 0; n < FACTS; n++) {
        id_of(n, id);
        assert_int_equal(zw_fact_index_add(x, id, n), 1);
        if (n % 100 == 0)
            assert_int_equal(zw_fact_index_add(x, steady, n), n / 100 + 1);
        if (n >= CAPACITY / 2) {
            id_of(n - CAPACITY / 2, id);
            assert_int_equal(zw_fact_index_get(x, id), 1);
        }
    }
    assert_in_range(zw_fact_index_held(x), CAPACITY, 2 * CAPACITY);
    id_of(0, id);
    assert_int_equal(zw_fact_index_get(x, id), 0);
    zw_fact_index_close(x);
}

/* Rebuilt from where the index itself says that it can be, it knows the same: what came before is not needed. */
static void test_facts_restored(void **state)
{
    enum { CAPACITY = 1000, FACTS = 5000 };
    zw_fact_index_t *x = NULL, *y = NULL;
    uint8_t id[16];
    struct {
        uint32_t support;
        bool turned;
    } told[FACTS];
    assert_int_equal(zw_fact_index_open(CAPACITY, &x), 0);
    assert_int_equal(zw_fact_index_open(CAPACITY, &y), 0);
    assert_true(zw_fact_index_from(x) == UINT64_MAX);
    for (uint64_t n = 0; n < FACTS; n++) {
        uint64_t turns = zw_fact_index_turns(x);
        id_of(n % 7 == 0 ? n / 100 : n, id);
        told[n].support = zw_fact_index_add(x, id, n + 1);
        told[n].turned = zw_fact_index_turns(x) != turns;
    }
    uint64_t from = zw_fact_index_from(x);
    assert_in_range(from, FACTS - 3 * CAPACITY, FACTS - CAPACITY);
    for (uint64_t n = from - 1; n < FACTS; n++) {
        id_of(n % 7 == 0 ? n / 100 : n, id);
        zw_fact_index_restore(y, id, n + 1, told[n].support, told[n].turned);
    }
    for (uint64_t n = 0; n < FACTS; n++) {
        id_of(n, id);
        assert_int_equal(zw_fact_index_get(y, id), zw_fact_index_get(x, id));
    }
    assert_int_equal(zw_fact_index_held(x), zw_fact_index_held(y));
    zw_fact_index_close(x);
    zw_fact_index_close(y);
}

static void test_topics(void **state)
{
    zw_topic_index_t *x = zw_topic_index_new();
    char topic[64];
    for (uint64_t round = 0; round < 3; round++) {
        for (uint64_t i = 0; i < 5000; i++) {
            int n = snprintf(topic, sizeof(topic), "fact.award.%06u", (unsigned)i);
            assert_int_equal(zw_topic_index_reserve(x, 1), 0);
            assert_int_equal(zw_topic_index_set(x, zw_str(topic, (size_t)n), round * 5000 + i + 1),
                             round ? (round - 1) * 5000 + i + 1 : 0);
        }
    }
    zw_topic_index_free(x);
}

static void test_watchdog(void **state)
{
    zw_watchdog_t *w = zw_watchdog_new();
    atomic_uint_fast64_t loop = 0, worker = 0;
    atomic_bool busy = false;
    assert_int_equal(zw_watchdog_add(w, "loop", &loop, NULL), 0);
    assert_int_equal(zw_watchdog_add(w, "worker", &worker, &busy), 0);
    assert_null(zw_watchdog_check(w));
    loop++;
    assert_null(zw_watchdog_check(w)); /* the worker is idle: nothing is asked of it */
    loop++;
    busy = true;
    assert_null(zw_watchdog_check(w)); /* it has just begun */
    loop++;
    assert_string_equal(zw_watchdog_check(w), "worker");
    loop++;
    worker++;
    assert_null(zw_watchdog_check(w));
    worker++;
    assert_string_equal(zw_watchdog_check(w), "loop");
    zw_watchdog_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mark_round_trip), cmocka_unit_test(test_mark_damaged), cmocka_unit_test(test_facts_counted),
        cmocka_unit_test(test_facts_removed), cmocka_unit_test(test_standings), cmocka_unit_test(test_facts_forgotten), cmocka_unit_test(test_facts_restored), cmocka_unit_test(test_topics),       cmocka_unit_test(test_watchdog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
