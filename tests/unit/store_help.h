/* A store in a folder of its own, and batches whose every byte follows from their numbers. */
#ifndef STORE_HELP_H
#define STORE_HELP_H

#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { HELP_EVENTS = 3, HELP_MAX = 2000 };

typedef struct help {
    char dir[64];
    zw_store_t *store;
    zw_store_options_t options;
} help_t;

static inline int help_unlink(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    return remove(path);
}

static inline int help_setup(void **state)
{
    help_t *h = calloc(1, sizeof(*h));
    snprintf(h->dir, sizeof(h->dir), "/tmp/zhiwen-store-XXXXXX");
    if (!mkdtemp(h->dir))
        return -1;
    h->options = (zw_store_options_t){ .dir = h->dir, .map_bytes = 256u << 20 };
    *state = h;
    return 0;
}

static inline int help_teardown(void **state)
{
    help_t *h = *state;
    zw_store_close(h->store);
    nftw(h->dir, help_unlink, 16, FTW_DEPTH | FTW_PHYS);
    free(h);
    return 0;
}

static inline void help_open(help_t *h)
{
    zw_store_close(h->store);
    h->store = NULL;
    assert_int_equal(zw_store_open(&h->options, &h->store), 0);
}

static inline void help_close(help_t *h)
{
    zw_store_close(h->store);
    h->store = NULL;
}

/* Text of about `size` bytes that only the kind and number could have given. */
static inline size_t help_text(char *out, size_t size, const char *kind, uint64_t number)
{
    size_t n = (size_t)snprintf(out, size, "%s-%llu:", kind, (unsigned long long)number);
    uint64_t x = number * 0x9E3779B97F4A7C15u + (unsigned char)kind[0];
    for (; n < size; n++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        out[n] = (char)(x >> 56);
    }
    return size;
}

static inline size_t help_size(uint64_t number)
{
    return number % 7 == 0 ? 9000 : 40 + number % 300; /* some on pages of their own */
}

static inline int64_t help_time(uint64_t seq)
{
    return 1700000000000000 + (int64_t)(seq / 2) * 1000; /* two events at a time */
}

static inline zw_str_t help_topic(uint64_t seq)
{
    static const char *const topics[] = { "fact.award.330300", "support.award.330300", "article.new" };
    return zw_strz(topics[seq % 3]);
}

/* Commits `count` articles (HELP_EVENTS events each) behind what is there. */
static inline int help_commit(zw_store_t *store, size_t count)
{
    zw_store_article_t *articles = calloc(count, sizeof(*articles));
    zw_store_event_t *events = calloc(count * HELP_EVENTS, sizeof(*events));
    uint64_t number = zw_store_next_number(store), seq = zw_store_next_seq(store);
    size_t room = count * (2 + HELP_EVENTS) * 9000;
    char *space = malloc(room), *p = space;
    assert_true(articles && events && space);
    for (size_t i = 0; i < count; i++, number++) {
        articles[i] = (zw_store_article_t){ .number = number, .events = &events[i * HELP_EVENTS], .event_count = HELP_EVENTS };
        articles[i].record = zw_str(p, help_text(p, help_size(number), "record", number));
        p += articles[i].record.n;
        articles[i].mark = zw_str(p, help_text(p, 352, "mark", number));
        p += articles[i].mark.n;
        for (size_t k = 0; k < HELP_EVENTS; k++, seq++) {
            zw_store_event_t *e = &events[i * HELP_EVENTS + k];
            *e = (zw_store_event_t){ .seq = seq, .time_us = help_time(seq), .topic = help_topic(seq) };
            e->payload = zw_str(p, help_text(p, help_size(seq), "event", seq));
            p += e->payload.n;
        }
    }
    int r = zw_store_commit(store, articles, count, NULL, 0);
    free(space);
    free(events);
    free(articles);
    return r;
}

typedef struct help_seen {
    uint64_t first, count, stop_at;
    bool wrong;
} help_seen_t;

static inline int help_event(void *ctx, const zw_store_event_t *event)
{
    help_seen_t *seen = ctx;
    char text[9000];
    if (!seen->count)
        seen->first = event->seq;
    if (event->seq != seen->first + seen->count || event->time_us != help_time(event->seq) ||
        !zw_str_eq(event->topic, help_topic(event->seq)) ||
        !zw_str_eq(event->payload, zw_str(text, help_text(text, help_size(event->seq), "event", event->seq))))
        seen->wrong = true;
    seen->count++;
    return event->seq == seen->stop_at;
}

static inline int help_mark(void *ctx, uint64_t number, zw_str_t mark)
{
    help_seen_t *seen = ctx;
    char text[352];
    if (!seen->count)
        seen->first = number;
    if (number != seen->first + seen->count || !zw_str_eq(mark, zw_str(text, help_text(text, sizeof(text), "mark", number))))
        seen->wrong = true;
    seen->count++;
    return 0;
}

/* Everything is there, from the first to `articles`, and nothing is found to be wrong. */
static inline void help_verify(zw_store_t *store, uint64_t articles)
{
    help_seen_t events = { 0 }, marks = { 0 };
    uint64_t next;
    assert_int_equal(zw_store_next_number(store), articles + 1);
    assert_int_equal(zw_store_next_seq(store), articles * HELP_EVENTS + 1);
    assert_int_equal(zw_store_events(store, 1, UINT64_MAX, help_event, &events, &next), 0);
    assert_int_equal(next, articles * HELP_EVENTS + 1);
    assert_int_equal(events.count, articles * HELP_EVENTS);
    assert_false(events.wrong);
    assert_int_equal(zw_store_marks(store, 1, help_mark, &marks), 0);
    assert_int_equal(marks.count, articles);
    assert_false(marks.wrong);
    for (uint64_t n = 1; n <= articles; n += 1 + articles / 50) {
        char text[9000];
        zw_buf_t out = { 0 };
        assert_int_equal(zw_store_article(store, n, &out), 0);
        assert_true(zw_str_eq(zw_buf_str(&out), zw_str(text, help_text(text, help_size(n), "record", n))));
        zw_buf_done(&out);
    }
    assert_int_equal(zw_store_check(store, NULL, NULL), 0);
}

#endif
