/* store_fill: a store as after many articles, made in a minute, to see how the daemon starts and runs with it.
 *
 * usage: store_fill STATE-DIR ARTICLES
 *
 * Each has a text of its own of about 700 bytes (its mark is as of any other), three facts and one event; records are
 * small. Not durable while it runs.
 */
#include "mark.h"

#include "base/arena.h"

#include "base/utf8.h"
#include "dedup/dedup.h"
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 1000, FACTS = 3, TEXT_BYTES = 700 };

typedef struct {
    zw_arena_t *arena;
    zw_store_t *store;
    zw_store_article_t articles[BATCH];
    zw_store_event_t events[BATCH];
    uint64_t number, seq;
} fill_t;

static void die(const char *what, int e)
{
    fprintf(stderr, "store_fill: %s: %s\n", what, zw_error_text(e));
    exit(1);
}

static uint64_t next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static zw_str_t make_text(fill_t *f, uint64_t *random)
{
    char *p = zw_arena_alloc(f->arena, TEXT_BYTES + 16);
    size_t n = 0;
    if (!p)
        die("text", -ENOMEM);
    while (n < TEXT_BYTES)
        n += zw_utf8_encode(next(random) % 16 == 0 ? 0x3002 : 0x4E00 + (uint32_t)(next(random) % 2000), p + n);
    return zw_str(p, n);
}

static zw_str_t keep(fill_t *f, zw_buf_t *b)
{
    zw_str_t s = b->failed ? (zw_str_t){ 0 } : zw_arena_str(f->arena, zw_buf_str(b));
    if (!s.p)
        die("memory", -ENOMEM);
    zw_buf_clear(b);
    return s;
}

static zw_str_t make_mark(fill_t *f, zw_str_t id, int64_t time_us, uint64_t *random, zw_buf_t *buf)
{
    zw_mark_fact_t facts[FACTS];
    zw_decision_t decision = { .status = ZW_ST_NEW };
    const zw_fingerprint_t *print;
    zw_text_t text = { .text = make_text(f, random) };
    for (int i = 0; i < FACTS; i++) {
        uint64_t half[2] = { next(random), next(random) };
        facts[i] = (zw_mark_fact_t){ .kind = ZW_MARK_FACT, .type = ZW_STR_LIT("indicator"), .region = 330300, .support = 1 };
        memcpy(facts[i].id, half, sizeof(facts[i].id));
    }
    zw_mark_t mark = { .status = ZW_ST_NEW, .seq = f->seq, .id = id, .facts = facts, .fact_count = FACTS };
    if (zw_fingerprint_make(&text, NULL, 0, ZW_STR_LIT("fill"), id, (zw_str_t){ 0 }, f->arena, &print) < 0 ||
        zw_mark_encode(&mark, buf) < 0 || zw_dedup_mark_encode(print, &decision, time_us, buf) < 0)
        die("mark", -ENOMEM);
    return keep(f, buf);
}

static void fill(fill_t *f, size_t count, zw_buf_t *buf)
{
    const int64_t base_us = INT64_C(1700000000000000);
    for (size_t i = 0; i < count; i++, f->number++, f->seq++) {
        char topic[128];
        uint64_t random = f->number * 7919;
        int64_t time_us = base_us + (int64_t)f->number;
        zw_str_t id = zw_arena_printf(f->arena, "f%" PRIu64, f->number);
        zw_mp_map(buf, 0);
        zw_str_t empty = keep(f, buf);
        size_t n = zw_topic_article(ZW_ST_NEW, ZW_DUP_NONE, topic);
        f->events[i] = (zw_store_event_t){ .seq = f->seq, .topic = zw_arena_str(f->arena, zw_str(topic, n)), .payload = empty, .time_us = time_us };
        f->articles[i] = (zw_store_article_t){ .number = f->number, .record = empty, .mark = make_mark(f, id, time_us, &random, buf),
                                               .events = &f->events[i], .event_count = 1 };
    }
    int e = zw_store_commit(f->store, f->articles, count, NULL, 0);
    if (e < 0)
        die("commit", e);
    zw_arena_reset(f->arena, 64u << 20);
}

int main(int argc, char **argv)
{
    static fill_t f = { .number = 1, .seq = 1 };
    _cleanup_buf_ zw_buf_t buf = { 0 };
    uint64_t count = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
    if (!count) {
        fprintf(stderr, "usage: store_fill STATE-DIR ARTICLES\n");
        return 2;
    }
    f.arena = zw_arena_new(0);
    int e = f.arena ? zw_store_open(&(zw_store_options_t){ .dir = argv[1], .no_sync = true }, &f.store) : -ENOMEM;
    if (e < 0)
        die(argv[1], e);
    for (uint64_t left = count; left > 0;) {
        size_t n = left < BATCH ? (size_t)left : BATCH;
        fill(&f, n, &buf);
        left -= n;
    }
    zw_store_close(f.store);
    zw_arena_free(f.arena);
    return 0;
}
