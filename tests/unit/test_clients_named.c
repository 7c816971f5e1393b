/* A subscription under a name: at least once, and no oftener than it must be, whatever is lost and whoever is restarted. */
#include "fake_daemon.h"
#include "zhiwen.h"

typedef struct reader {
    zw_client_t *client;
    zw_subscriber_t *sub;
    uint64_t last; /* handed out */
} reader_t;

static const char *const topic[] = { "fact." };

static reader_t reader_open(const fake_t *f, zw_position_t from)
{
    reader_t r = { 0 };
    assert_int_equal(zw_client_open(f->dir, &r.client), 0);
    assert_int_equal(zw_client_set(r.client, "answer-ms", "60"), 0);
    assert_int_equal(zw_client_set(r.client, "stall-ms", "300"), 0);
    assert_int_equal(zw_client_set(r.client, "confirm-ms", "5"), 0);
    assert_int_equal(zw_subscribe_as(r.client, "ledger", from, topic, 1, &r.sub), 0);
    return r;
}

static void reader_close(reader_t *r)
{
    zw_subscriber_close(r->sub);
    zw_client_close(r->client);
}

/* The next event, waited for. */
static uint64_t reader_next(reader_t *r)
{
    for (int waited = 0; waited < 20000; waited += 20) {
        const zw_item_t *item;
        int got = zw_subscriber_next(r->sub, 20, &item);
        assert_true(got == 0 || got == 1);
        if (got == 1) {
            assert_int_equal(item->kind, ZW_ITEM_EVENT);
            return r->last = item->seq;
        }
    }
    fail_msg("nothing comes behind %llu", (unsigned long long)r->last);
    return 0;
}

/* Facts at odd numbers, other events between them. */
static void append(fake_t *f, unsigned count)
{
    for (unsigned k = 0; k < count; k++)
        fake_append(f, f->count % 2 == 0 ? "fact.award.330300" : "article.new");
}

static uint64_t kept(fake_t *f)
{
    (void)pthread_mutex_lock(&f->lock);
    uint64_t seq = f->confirmed;
    (void)pthread_mutex_unlock(&f->lock);
    return seq;
}

/* Goes on behind what was confirmed; `from` counts for a new name alone. */
static void goes_on_where_it_was(void **state)
{
    fake_t f;
    fake_init(&f, 5);
    append(&f, 100);
    fake_start(&f);
    reader_t r = reader_open(&f, ZW_FROM_SEQ(11));
    for (uint64_t seq = 11; seq <= 31; seq += 2)
        assert_int_equal(reader_next(&r), seq);
    assert_int_equal(zw_subscriber_confirm(r.sub, 33), -EINVAL); /* not handed out */
    assert_int_equal(zw_subscriber_confirm(r.sub, 21), 0);
    assert_int_equal(zw_subscriber_flush(r.sub, 5000), 0);
    assert_int_equal(kept(&f), 21);
    assert_int_equal(zw_subscriber_info(r.sub)->confirmed, 21);
    reader_close(&r);
    r = reader_open(&f, ZW_FROM_START);
    assert_int_equal(reader_next(&r), 23); /* what was not confirmed comes again */
    assert_int_equal(zw_subscriber_confirm(r.sub, 9), 0); /* nothing new */
    assert_int_equal(zw_subscriber_flush(r.sub, 5000), 0);
    assert_int_equal(kept(&f), 21);
    reader_close(&r);
    fake_done(&f);
}

/* Unanswered questions, a daemon that is stopped and started, readers that end without a word: none is lost. */
static void at_least_once(void **state)
{
    fake_t f;
    uint64_t done = 0;
    fake_init(&f, 6);
    f.no_answer = 30;
    f.drop = 20;
    append(&f, 200);
    fake_start(&f);
    for (unsigned run = 0; run < 12; run++) {
        reader_t r = reader_open(&f, ZW_FROM_START);
        uint64_t first = reader_next(&r);
        assert_true(first <= done + 2 && first > kept(&f));
        for (unsigned k = 0; k < 12; k++) {
            assert_int_equal(zw_subscriber_confirm(r.sub, r.last), 0);
            if (run % 3 == 0 && k == 5) {
                fake_stop(&f);
                fake_start(&f);
            }
            uint64_t before = r.last;
            assert_int_equal(reader_next(&r), before + 2);
        }
        if (run % 2 == 0)
            assert_int_equal(zw_subscriber_flush(r.sub, 20000), 0);
        if (r.last > done)
            done = r.last;
        reader_close(&r);
    }
    fake_done(&f);
}

/* What is none of its topics is confirmed along, so that nothing is kept for it; and it is told seldom. */
static void confirms_what_it_passes_over(void **state)
{
    fake_t f;
    const zw_item_t *item;
    fake_init(&f, 7);
    append(&f, 11);
    for (unsigned k = 0; k < 500; k++)
        fake_append(&f, "article.new");
    fake_start(&f);
    reader_t r = reader_open(&f, ZW_FROM_START);
    for (uint64_t seq = 1; seq <= 11; seq += 2) {
        assert_int_equal(reader_next(&r), seq);
        assert_int_equal(zw_subscriber_confirm(r.sub, seq), 0);
    }
    for (int k = 0; k < 500 && kept(&f) < 511; k++)
        assert_int_equal(zw_subscriber_next(r.sub, 20, &item), 0);
    assert_int_equal(kept(&f), 511);
    assert_true(f.confirms <= 20);
    reader_close(&r);
    fake_done(&f);
}

/* Another log: the name is not known there. */
static void another_log(void **state)
{
    fake_t f;
    const zw_item_t *item;
    int got;
    fake_init(&f, 8);
    append(&f, 40);
    fake_start(&f);
    reader_t r = reader_open(&f, ZW_FROM_SEQ(31));
    assert_int_equal(reader_next(&r), 31);
    assert_int_equal(zw_subscriber_confirm(r.sub, 31), 0);
    assert_int_equal(zw_subscriber_flush(r.sub, 5000), 0);
    while (reader_next(&r) < 39)
        ;
    fake_stop(&f);
    f.count = f.published = f.confirmed = 0;
    f.name[0] = '\0';
    f.instance = "two";
    append(&f, 20);
    fake_start(&f);
    while ((got = zw_subscriber_next(r.sub, 50, &item)) == 0)
        ;
    assert_int_equal(got, 1);
    assert_int_equal(item->kind, ZW_ITEM_RESET);
    assert_int_equal(reader_next(&r), 1);
    assert_int_equal(zw_subscriber_confirm(r.sub, 1), 0);
    assert_int_equal(zw_subscriber_flush(r.sub, 5000), 0);
    assert_int_equal(kept(&f), 1);
    reader_close(&r);
    fake_done(&f);
}

/* Retention has passed it by, for a limit of its own: told, and gone on. */
static void what_is_not_kept_is_told(void **state)
{
    fake_t f;
    const zw_item_t *item;
    int got;
    fake_init(&f, 9);
    append(&f, 100);
    (void)snprintf(f.name, sizeof f.name, "ledger");
    f.confirmed = 20;
    f.oldest = 61;
    fake_start(&f);
    reader_t r = reader_open(&f, ZW_FROM_START);
    while ((got = zw_subscriber_next(r.sub, 50, &item)) == 0)
        ;
    assert_int_equal(got, 1);
    assert_int_equal(item->kind, ZW_ITEM_LOST);
    assert_int_equal(item->seq, 21);
    assert_int_equal(item->last, 60);
    assert_int_equal(reader_next(&r), 61);
    reader_close(&r);
    fake_done(&f);
}

static void names_that_are_not_taken(void **state)
{
    fake_t f;
    const zw_item_t *item;
    zw_subscriber_t *sub;
    int got = 0;
    fake_init(&f, 10);
    f.no_names = true;
    append(&f, 10);
    fake_start(&f);
    reader_t r = reader_open(&f, ZW_FROM_START);
    for (int k = 0; k < 1000 && got >= 0; k++)
        got = zw_subscriber_next(r.sub, 20, &item);
    assert_int_equal(got, -ZW_E_TOO_MANY);
    static const char *const bad[] = { "", "a b", "\xe8\xb4\xa8", "n23456789012345678901234567890123456789012345678901234567890123456" };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        assert_int_equal(zw_subscribe_as(r.client, bad[k], ZW_FROM_NOW, NULL, 0, &sub), -EINVAL);
    assert_int_equal(zw_subscribe(r.client, ZW_FROM_NOW, NULL, 0, &sub), 0);
    assert_int_equal(zw_subscriber_confirm(sub, 0), -EINVAL);
    assert_int_equal(zw_subscriber_flush(sub, 0), -EINVAL);
    zw_subscriber_close(sub);
    reader_close(&r);
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_on_where_it_was),     cmocka_unit_test(at_least_once), cmocka_unit_test(confirms_what_it_passes_over),
        cmocka_unit_test(another_log),              cmocka_unit_test(what_is_not_kept_is_told),
        cmocka_unit_test(names_that_are_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
