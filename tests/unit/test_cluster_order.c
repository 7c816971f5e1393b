/* The rule by which results count, played with everything that can happen to those who write them. */
#include "cluster/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const zw_terms_t TERMS = { 1, 1000, 0, 5000 };

static zw_order_t *new_order(void)
{
    zw_order_t *o = malloc(sizeof(*o));
    zw_order_init(o, 0);
    assert_false(zw_order_take(o, &(zw_result_t){ .kind = ZW_RESULT_FOUNDED, .terms = TERMS }, 0));
    return o;
}

static zw_result_t article(int32_t partition, int64_t offset, int64_t prev)
{
    return (zw_result_t){ .kind = ZW_RESULT_ARTICLE, .terms = TERMS, .known = -1, .ref = { .partition = partition, .offset = offset, .prev = prev } };
}

static bool take(zw_order_t *o, int32_t partition, int64_t offset, int64_t prev)
{
    zw_result_t r = article(partition, offset, prev);
    return zw_order_take(o, &r, o->next);
}

static void test_each_once_and_in_order(void **state)
{
    zw_order_t *o = new_order();
    assert_true(take(o, 0, 3, -1)); /* offsets have gaps */
    assert_false(take(o, 0, 3, -1)); /* a second result for it */
    assert_false(take(o, 0, 9, 5)); /* the one before it is lost */
    assert_true(take(o, 0, 5, 3));
    assert_true(take(o, 0, 9, 5));
    assert_false(take(o, 0, 9, 9));
    assert_true(take(o, 7, 0, -1)); /* partitions know nothing of each other */
    assert_int_equal(zw_order_newest(o, 0), 9);
    assert_int_equal(zw_order_newest(o, 7), 0);
    assert_int_equal(zw_order_newest(o, 1), -1);
    assert_false(take(o, ZW_ORDER_PARTITIONS, 0, -1));
    assert_false(take(o, -1, 0, -1));
    assert_int_equal(o->next, 10);
    free(o);
}

static void test_terms(void **state)
{
    zw_order_t *o = new_order();
    zw_result_t r = article(0, 0, -1);
    r.terms.capacity++;
    assert_false(zw_order_take(o, &r, 1)); /* of an instance with other settings */
    r.terms.generation = 2;
    assert_false(zw_order_take(o, &r, 2)); /* a generation that was not told */
    assert_false(zw_order_take(o, &(zw_result_t){ .kind = ZW_RESULT_FOUNDED, .terms = r.terms }, 3));
    assert_true(zw_order_take(o, &r, 4));
    assert_false(take(o, 0, 1, 0)); /* the old settings are no longer in force */
    assert_false(zw_order_take(o, &(zw_result_t){ .kind = ZW_RESULT_FOUNDED, .terms = TERMS }, 6)); /* nor do they come back */
    assert_int_equal(o->terms.generation, 2);
    free(o);
}

static void test_place_there_and_back(void **state)
{
    zw_order_t *o = new_order(), *back = malloc(sizeof(*back));
    for (int i = 0; i < 50; i++)
        assert_true(take(o, i % 20, i, i < 20 ? -1 : i - 20));
    zw_order_decided(o, 50, 12345);
    zw_buf_t bytes = { 0 };
    assert_int_equal(zw_order_encode(o, &bytes), 0);
    assert_int_equal(zw_order_decode(zw_buf_str(&bytes), back), 0);
    assert_memory_equal(&back->terms, &o->terms, sizeof(o->terms));
    assert_int_equal(back->next, o->next);
    assert_int_equal(back->decided, 50);
    assert_true(back->digest == o->digest);
    for (int i = 0; i < 25; i++)
        assert_int_equal(zw_order_newest(back, i), zw_order_newest(o, i));
    for (size_t n = 0; n < bytes.n; n++)
        assert_int_equal(zw_order_decode(zw_str(bytes.p, n), back), -ZW_E_CORRUPT);
    zw_buf_done(&bytes);
    free(back);
    free(o);
}

static void test_digest_tells_another_decision(void **state)
{
    zw_order_t *a = new_order(), *b = new_order();
    for (int64_t i = 1; i < 5000; i++) {
        zw_order_decided(a, i, (uint64_t)i * 7);
        zw_order_decided(b, i, (uint64_t)i * 7 + (i == 4000)); /* from there on it is another */
    }
    zw_result_t r = { .known = 4500, .digest = a->recent[4500 % ZW_ORDER_RECENT].digest };
    assert_true(zw_order_agrees(a, &r));
    assert_false(zw_order_agrees(b, &r));
    r = (zw_result_t){ .known = 3999, .digest = a->recent[3999 % ZW_ORDER_RECENT].digest };
    assert_true(zw_order_agrees(b, &r)); /* not remembered, or the same */
    r = (zw_result_t){ .known = 100, .digest = 1 };
    assert_true(zw_order_agrees(a, &r)); /* too long ago to know */
    r = (zw_result_t){ .known = -1, .digest = 1 };
    assert_true(zw_order_agrees(a, &r));
    free(a);
    free(b);
}

/* ---- a model: owners that die, that go on after their partition was given away, whose writes are lost, that know a part of the order */

enum { PARTS = 3, ARTICLES = 12, OWNERS = 6, LOG = 100000 };

typedef struct {
    int32_t partition;
    int64_t prev; /* what it thinks was the newest */
    size_t read;  /* how much of the log it knows */
} owner_t;

typedef struct {
    int64_t offsets[PARTS][ARTICLES];
    zw_job_ref_t log[LOG];
    size_t n;
    uint32_t random;
} world_t;

static uint32_t below(world_t *w, uint32_t n)
{
    w->random = w->random * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)w->random * n >> 32);
}

static zw_order_t *read_log(const world_t *w, size_t to)
{
    zw_order_t *o = new_order();
    for (size_t i = 0; i < to; i++)
        (void)take(o, w->log[i].partition, w->log[i].offset, w->log[i].prev);
    return o;
}

static int64_t newest(const world_t *w, size_t to, int32_t partition)
{
    zw_order_t *o = read_log(w, to);
    int64_t offset = zw_order_newest(o, partition);
    free(o);
    return offset;
}

static void work(world_t *w, owner_t *o)
{
    for (int i = 0; i < ARTICLES; i++) {
        int64_t offset = w->offsets[o->partition][i];
        if (offset <= o->prev)
            continue;
        if (below(w, 100) < 95 && w->n < LOG) /* else the write is lost, and it does not know yet */
            w->log[w->n++] = (zw_job_ref_t){ .partition = o->partition, .offset = offset, .prev = o->prev };
        o->prev = offset;
        return;
    }
}

static bool all_counted(const world_t *w)
{
    for (int32_t p = 0; p < PARTS; p++)
        if (newest(w, w->n, p) != w->offsets[p][ARTICLES - 1])
            return false;
    return true;
}

static void play(uint32_t seed)
{
    world_t *w = calloc(1, sizeof(*w));
    owner_t owners[OWNERS];
    size_t alive = 0;
    w->random = seed * 2654435761u + 1;
    for (int p = 0; p < PARTS; p++)
        for (int i = 0; i < ARTICLES; i++)
            w->offsets[p][i] = (i ? w->offsets[p][i - 1] : -1) + 1 + below(w, 3);
    for (int step = 0; step < 20000 && !(step % 16 == 0 && all_counted(w)); step++) {
        if (alive == 0 || (alive < OWNERS && below(w, 100) < 5)) { /* a rebalance; old owners may live on */
            owner_t *o = &owners[alive++];
            *o = (owner_t){ .partition = (int32_t)below(w, PARTS), .read = w->n - below(w, w->n < 8 ? (uint32_t)w->n + 1 : 8) };
            o->prev = newest(w, o->read, o->partition);
        }
        uint32_t at = below(w, (uint32_t)alive);
        if (below(w, 100) < 2) {
            owners[at] = owners[--alive]; /* kill -9 */
        } else if (below(w, 2)) {
            owners[at].read = w->n;
            if (below(w, 10) < 3) /* nothing has counted for long: back to what did */
                owners[at].prev = newest(w, w->n, owners[at].partition);
        } else {
            work(w, &owners[at]);
        }
    }
    assert_true(all_counted(w));
    /* each message counted once, and in order */
    zw_order_t *o = new_order();
    int next[PARTS] = { 0 };
    for (size_t i = 0; i < w->n; i++) {
        const zw_job_ref_t *r = &w->log[i];
        if (take(o, r->partition, r->offset, r->prev))
            assert_true(next[r->partition] < ARTICLES && r->offset == w->offsets[r->partition][next[r->partition]++]);
    }
    for (int p = 0; p < PARTS; p++)
        assert_int_equal(next[p], ARTICLES);
    free(o);
    free(w);
}

static void test_whoever_dies(void **state)
{
    for (uint32_t seed = 0; seed < 60; seed++)
        play(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_once_and_in_order),
        cmocka_unit_test(test_terms),
        cmocka_unit_test(test_place_there_and_back),
        cmocka_unit_test(test_digest_tells_another_decision),
        cmocka_unit_test(test_whoever_dies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
