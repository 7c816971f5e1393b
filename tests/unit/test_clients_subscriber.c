/* The subscriber's promise: exactly the events of its topics, ascending, whatever `facts` loses, doubles or swaps. */
#include "fake_daemon.h"
#include "zhiwen.h"

static const char *const topics[] = {
    "fact.award.330300",   "fact.award.330100",       "fact.award.110000",   "fact.indicator.330300",
    "fact.meeting.000000", "support.award.330300",    "article.new",         "article.duplicate",
    "fact.office.330300",  "fact.policy_document.330000",
};
enum { TOPICS = sizeof topics / sizeof *topics };

typedef struct reader {
    zw_client_t *client;
    zw_subscriber_t *sub;
    const char *filters[4];
    size_t filter_count;
    uint64_t seen[FAKE_MAX_EVENTS];
    size_t count;
} reader_t;

static void reader_open(reader_t *r, const fake_t *f, zw_position_t from)
{
    r->count = 0;
    assert_int_equal(zw_client_open(f->dir, &r->client), 0);
    assert_int_equal(zw_client_set(r->client, "answer-ms", "60"), 0);
    assert_int_equal(zw_client_set(r->client, "stall-ms", "300"), 0);
    assert_int_equal(zw_subscribe(r->client, from, r->filters, r->filter_count, &r->sub), 0);
}

static void reader_close(reader_t *r)
{
    zw_subscriber_close(r->sub);
    zw_client_close(r->client);
}

/* Reads for at most `ms`, until position `until` is reached. */
static void reader_read(reader_t *r, uint64_t until, int ms)
{
    for (int waited = 0; waited < ms && zw_subscriber_info(r->sub)->position < until;) {
        const zw_item_t *item;
        int got = zw_subscriber_next(r->sub, 5, &item);
        assert_true(got == 0 || got == 1);
        waited += got == 0 ? 5 : 0;
        if (got == 1) {
            assert_int_equal(item->kind, ZW_ITEM_EVENT);
            r->seen[r->count++] = item->seq;
        }
    }
}

static bool reader_wants(const reader_t *r, const char *topic)
{
    for (size_t k = 0; k < r->filter_count; k++)
        if (strncmp(topic, r->filters[k], strlen(r->filters[k])) == 0)
            return true;
    return r->filter_count == 0;
}

static void reader_check(const reader_t *r, const fake_t *f, uint64_t from, const char *what)
{
    size_t at = 0;
    for (uint64_t seq = from; seq <= f->count; seq++) {
        if (!reader_wants(r, f->events[seq - 1].topic))
            continue;
        if (at >= r->count || r->seen[at] != seq)
            fail_msg("%s: expected seq %llu as event %zu, got %llu of %zu", what, (unsigned long long)seq, at,
                     at < r->count ? (unsigned long long)r->seen[at] : 0ull, r->count);
        at++;
    }
    if (at != r->count)
        fail_msg("%s: %zu events too many", what, r->count - at);
}

static void append_some(fake_t *f, uint64_t *seed, unsigned n)
{
    fake_t dice = { .seed = *seed };
    for (unsigned k = 0; k < n; k++)
        fake_append(f, topics[fake_random(&dice, TOPICS)]);
    *seed = dice.seed;
}

static const char *const filter_sets[][4] = {
    { NULL },                                  /* all */
    { "fact.award.330300", NULL },             /* one whole topic: prev alone decides */
    { "fact.award.33", "fact.office", NULL },  /* prefixes: holes of other topics must be told from losses */
    { "article.", "support.", "fact.meeting.000000", NULL },
    { "fact.nothing", NULL },                  /* none at all */
};
enum { FILTER_SETS = sizeof filter_sets / sizeof *filter_sets };

static void use_filters(reader_t *r, size_t set)
{
    r->filter_count = 0;
    while (r->filter_count < 4 && filter_sets[set][r->filter_count]) {
        r->filters[r->filter_count] = filter_sets[set][r->filter_count];
        r->filter_count++;
    }
}

/* Random drops, doubles, swaps and unanswered questions, with a restart in the middle, for each set of filters. */
static void sees_exactly_its_events(void **state)
{
    static reader_t r;
    for (uint64_t round = 0; round < 4 * FILTER_SETS; round++) {
        fake_t f;
        uint64_t seed = round + 77;
        char what[64];
        fake_init(&f, round + 1);
        f.drop = round % 4 == 0 ? 0 : 10 + (unsigned)round * 37 % 60;
        f.twice = round % 4 >= 1 ? 20 : 0;
        f.swap = round % 4 >= 2 ? 20 : 0;
        f.no_answer = round % 4 == 3 ? 15 : 0;
        append_some(&f, &seed, 120);
        fake_start(&f);
        use_filters(&r, round % FILTER_SETS);
        reader_open(&r, &f, ZW_FROM_START);
        for (unsigned part = 0; part < 12; part++) {
            append_some(&f, &seed, 25);
            reader_read(&r, f.count, 10);
            if (part == 6) {
                fake_stop(&f);
                append_some(&f, &seed, 30);
                fake_start(&f);
            }
        }
        reader_read(&r, f.count, 10000);
        (void)snprintf(what, sizeof what, "round %u, filters %u", (unsigned)round, (unsigned)round % FILTER_SETS);
        reader_check(&r, &f, 1, what);
        reader_close(&r);
        fake_done(&f);
    }
}

/* Nothing is asked that need not be: a subscriber to everything, or to one whole topic, goes by seq and prev alone. */
static void asks_only_when_it_must(void **state)
{
    static reader_t r;
    static const unsigned sets[] = { 0, 1 };
    for (size_t k = 0; k < 2; k++) {
        fake_t f;
        uint64_t seed = 5;
        fake_init(&f, 9);
        fake_start(&f);
        use_filters(&r, sets[k]);
        reader_open(&r, &f, ZW_FROM_START);
        reader_read(&r, 1, 300);
        for (unsigned part = 0; part < 20; part++) {
            append_some(&f, &seed, 20);
            reader_read(&r, f.count, 20);
        }
        reader_read(&r, f.count, 5000);
        reader_check(&r, &f, 1, "no faults");
        assert_int_equal(zw_subscriber_info(r.sub)->gaps, 0);
        assert_true(zw_subscriber_info(r.sub)->questions < 60);
        if (sets[k] == 0)
            assert_true(zw_subscriber_info(r.sub)->questions < 8);
        reader_close(&r);
        fake_done(&f);
    }
}

static void begins_where_it_is_told(void **state)
{
    static reader_t r;
    fake_t f;
    uint64_t seed = 3;
    fake_init(&f, 4);
    append_some(&f, &seed, 300);
    fake_start(&f);
    use_filters(&r, 0);

    reader_open(&r, &f, ZW_FROM_SEQ(211));
    reader_read(&r, f.count, 5000);
    reader_check(&r, &f, 211, "from a seq");
    reader_close(&r);

    reader_open(&r, &f, ZW_FROM_TIME(250 * 1000000));
    reader_read(&r, f.count, 5000);
    reader_check(&r, &f, 250, "from a time");
    reader_close(&r);

    reader_open(&r, &f, ZW_FROM_NOW);
    reader_read(&r, f.count, 5000);
    assert_int_equal(r.count, 0);
    append_some(&f, &seed, 40);
    reader_read(&r, f.count, 5000);
    reader_check(&r, &f, 301, "from now");
    reader_close(&r);

    reader_open(&r, &f, ZW_FROM_SEQ(341)); /* the next one to come */
    reader_read(&r, f.count + 1, 100);
    append_some(&f, &seed, 1);
    reader_read(&r, f.count, 5000);
    reader_check(&r, &f, 341, "from the next seq");
    reader_close(&r);
    fake_done(&f);
}

static int next_or_error(reader_t *r, const zw_item_t **item)
{
    int got = 0;
    for (unsigned k = 0; k < 1000 && got == 0; k++)
        got = zw_subscriber_next(r->sub, 5, item);
    return got;
}

static void positions_that_cannot_be_had_are_told(void **state)
{
    static reader_t r;
    fake_t f;
    uint64_t seed = 3;
    const zw_item_t *item;
    fake_init(&f, 4);
    append_some(&f, &seed, 100);
    f.oldest = 41;
    fake_start(&f);
    use_filters(&r, 0);

    reader_open(&r, &f, ZW_FROM_SEQ(40));
    assert_int_equal(next_or_error(&r, &item), -ZW_E_TOO_OLD);
    assert_int_equal(next_or_error(&r, &item), -ZW_E_TOO_OLD);
    assert_int_equal(zw_subscriber_info(r.sub)->oldest, 41);
    assert_int_equal(zw_subscriber_info(r.sub)->newest, 100);
    zw_subscriber_seek(r.sub, ZW_FROM_START);
    reader_read(&r, f.count, 5000);
    reader_check(&r, &f, 41, "from the start of what is kept");
    reader_close(&r);

    reader_open(&r, &f, ZW_FROM_SEQ(102));
    assert_int_equal(next_or_error(&r, &item), -ZW_E_TOO_NEW);
    reader_close(&r);
    fake_done(&f);
}

/* Away for so long that the daemon has thrown events away: the loss is told as a range, once. */
static void what_is_lost_is_told(void **state)
{
    static reader_t r;
    fake_t f;
    uint64_t seed = 3;
    const zw_item_t *item;
    fake_init(&f, 4);
    append_some(&f, &seed, 50);
    fake_start(&f);
    use_filters(&r, 0);
    reader_open(&r, &f, ZW_FROM_START);
    reader_read(&r, 50, 5000);
    fake_stop(&f);
    append_some(&f, &seed, 100);
    f.oldest = 91;
    fake_start(&f);
    assert_int_equal(next_or_error(&r, &item), 1);
    assert_int_equal(item->kind, ZW_ITEM_LOST);
    assert_int_equal(item->seq, 51);
    assert_int_equal(item->last, 90);
    r.count = 0;
    reader_read(&r, f.count, 5000);
    reader_check(&r, &f, 91, "behind the loss");
    reader_close(&r);
    fake_done(&f);
}

/* The state directory was replaced: longer than the old log or shorter, with a named instance or without. */
static void another_log_is_told(void **state)
{
    static reader_t r;
    static const struct {
        const char *first, *second;
        unsigned length;
    } cases[] = { { "one", "two", 20 }, { "one", "two", 200 }, { "one", "one", 20 }, { NULL, NULL, 20 } };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        fake_t f;
        uint64_t seed = 3;
        const zw_item_t *item;
        fake_init(&f, 4);
        f.instance = cases[k].first;
        append_some(&f, &seed, 100);
        fake_start(&f);
        use_filters(&r, 0);
        reader_open(&r, &f, ZW_FROM_START);
        reader_read(&r, f.count, 5000);
        assert_int_equal(r.count, 100);
        fake_stop(&f);
        f.count = f.published = 0;
        f.instance = cases[k].second;
        append_some(&f, &seed, cases[k].length);
        fake_start(&f);
        assert_int_equal(next_or_error(&r, &item), 1);
        assert_int_equal(item->kind, ZW_ITEM_RESET);
        r.count = 0;
        reader_read(&r, f.count, 5000);
        reader_check(&r, &f, 1, "the new log");
        reader_close(&r);
        fake_done(&f);
    }
}

/* A connection that is up but brings nothing is given up, and what it did not bring is fetched. */
static void silence_is_seen(void **state)
{
    static reader_t r;
    fake_t f;
    uint64_t seed = 3;
    fake_init(&f, 4);
    append_some(&f, &seed, 10);
    fake_start(&f);
    use_filters(&r, 0);
    reader_open(&r, &f, ZW_FROM_START);
    reader_read(&r, f.count, 5000);
    (void)pthread_mutex_lock(&f.lock);
    f.silent = true;
    (void)pthread_mutex_unlock(&f.lock);
    reader_read(&r, f.count + 1, 100); /* what was asked before has been answered */
    append_some(&f, &seed, 10);
    reader_read(&r, f.count, 5000);
    reader_check(&r, &f, 1, "in silence");
    assert_true(zw_subscriber_info(r.sub)->stalls > 0);
    reader_close(&r);
    fake_done(&f);
}

/* A reader that does not read for a while is overrun by more than it can hold, and loses nothing. */
static void a_slow_reader_loses_nothing(void **state)
{
    static reader_t r;
    fake_t f;
    uint64_t seed = 3;
    fake_init(&f, 4);
    f.page = 500;
    fake_start(&f);
    use_filters(&r, 2);
    reader_open(&r, &f, ZW_FROM_START);
    reader_read(&r, 1, 100);
    for (unsigned k = 0; k < 60; k++) {
        append_some(&f, &seed, 100);
        if (k % 20 == 0)
            reader_read(&r, f.count, 5);
    }
    reader_read(&r, f.count, 10000);
    reader_check(&r, &f, 1, "slow");
    reader_close(&r);
    fake_done(&f);
}

/* Driven by the descriptor alone, as in somebody's event loop. */
static void works_in_an_event_loop(void **state)
{
    static reader_t r;
    fake_t f;
    uint64_t seed = 3;
    fake_init(&f, 4);
    f.drop = 30;
    append_some(&f, &seed, 100);
    fake_start(&f);
    use_filters(&r, 2);
    reader_open(&r, &f, ZW_FROM_START);
    const zw_item_t *item;
    unsigned wakes = 0;
    for (unsigned idle = 0; zw_subscriber_info(r.sub)->position < 600 && idle < 100; wakes++) {
        while (zw_subscriber_next(r.sub, 0, &item) == 1)
            r.seen[r.count++] = item->seq;
        if (f.count < 600)
            append_some(&f, &seed, 10);
        zmq_pollitem_t fd = { NULL, zw_subscriber_fd(r.sub), ZMQ_POLLIN, 0 };
        idle = zmq_poll(&fd, 1, 200) == 0 ? idle + 1 : 0;
    }
    reader_check(&r, &f, 1, "in an event loop");
    assert_true(wakes < 5000);
    reader_close(&r);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sees_exactly_its_events),     cmocka_unit_test(asks_only_when_it_must),
        cmocka_unit_test(begins_where_it_is_told),     cmocka_unit_test(positions_that_cannot_be_had_are_told),
        cmocka_unit_test(what_is_lost_is_told),        cmocka_unit_test(another_log_is_told),
        cmocka_unit_test(silence_is_seen),             cmocka_unit_test(a_slow_reader_loses_nothing),
        cmocka_unit_test(works_in_an_event_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
