/* The sender's promise: every article taken once and its outcome told once, whatever happens to connection and answers. */
#include "fake_daemon.h"
#include "zhiwen.h"

typedef struct sending {
    zw_client_t *client;
    zw_sender_t *sender;
    unsigned submitted;
    unsigned char told[FAKE_MAX_IDS]; /* outcomes, by tag */
    unsigned outcomes, repeats;
} sending_t;

static void sending_open(sending_t *s, const fake_t *f, const char *window)
{
    *s = (sending_t){ 0 };
    assert_int_equal(zw_client_open(f->dir, &s->client), 0);
    assert_int_equal(zw_client_set(s->client, "window", window), 0);
    assert_int_equal(zw_client_set(s->client, "resend-ms", "150"), 0);
    assert_int_equal(zw_sender_open(s->client, &s->sender), 0);
}

static void sending_close(sending_t *s)
{
    zw_sender_close(s->sender);
    zw_client_close(s->client);
}

static int submit(sending_t *s)
{
    char id[24];
    int n = snprintf(id, sizeof id, "a%u", s->submitted);
    zw_submission_t a = { .size = sizeof a, .id = zw_str(id, (size_t)n), .source = ZW_STR_LIT("test"),
                          .body = ZW_STR_LIT("x"), .body_is_text = true, .tag = s->submitted };
    int r = zw_sender_submit(s->sender, &a);
    s->submitted += r == 0;
    return r;
}

static int take(sending_t *s, int timeout_ms)
{
    const zw_outcome_t *outcome;
    int r = zw_sender_next(s->sender, timeout_ms, &outcome);
    assert_true(r == 0 || r == 1);
    if (r == 1) {
        char id[24];
        (void)snprintf(id, sizeof id, "a%llu", (unsigned long long)outcome->tag);
        assert_str(id, outcome->id);
        assert_int_equal(outcome->status, ZW_OUTCOME_NEW);
        assert_string_equal(outcome->status_name, "new");
        s->told[outcome->tag]++;
        s->outcomes++;
        s->repeats += outcome->repeat;
    }
    return r;
}

static void send_all(sending_t *s, fake_t *f, unsigned n, unsigned restart_each)
{
    for (unsigned idle = 0; s->outcomes < n && idle < 2000;) {
        while (s->submitted < n && submit(s) == 0)
            ;
        idle = take(s, 5) == 1 ? 0 : idle + 1;
        if (restart_each && s->outcomes % restart_each == restart_each - 1) {
            fake_stop(f);
            fake_start(f);
        }
    }
    assert_int_equal(s->outcomes, n);
    for (unsigned k = 0; k < n; k++)
        if (s->told[k] != 1)
            fail_msg("outcome of %u told %u times", k, s->told[k]);
    assert_int_equal(f->id_count, n);
    assert_int_equal(zw_sender_info(s->sender)->outstanding, 0);
    assert_int_equal(take(s, 0), 0);
}

static void each_is_answered_once(void **state)
{
    static const struct {
        unsigned no_answer, busy, restart_each;
        const char *window;
    } cases[] = { { 0, 0, 0, "1000" }, { 0, 0, 0, "1" },   { 5, 0, 0, "100" },
                  { 0, 20, 0, "50" },  { 0, 0, 100, "64" }, { 3, 10, 150, "200" } };
    static sending_t s;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        fake_t f;
        fake_init(&f, k + 1);
        f.no_answer = cases[k].no_answer;
        f.busy = cases[k].busy;
        fake_start(&f);
        sending_open(&s, &f, cases[k].window);
        send_all(&s, &f, k == 1 ? 100 : 1000, cases[k].restart_each);
        bool faults = cases[k].no_answer || cases[k].busy || cases[k].restart_each;
        assert_int_equal(zw_sender_info(s.sender)->resent > 0, faults);
        if (!faults)
            assert_int_equal(s.repeats, 0);
        sending_close(&s);
        fake_done(&f);
    }
}

static void waits_for_a_daemon_that_is_not_there_yet(void **state)
{
    static sending_t s;
    fake_t f;
    fake_init(&f, 1);
    sending_open(&s, &f, "10");
    while (submit(&s) == 0)
        ;
    assert_int_equal(s.submitted, 10);
    assert_int_equal(submit(&s), -EAGAIN);
    assert_int_equal(take(&s, 50), 0);
    assert_false(zw_sender_info(s.sender)->connected);
    fake_start(&f);
    send_all(&s, &f, 30, 0);
    assert_true(zw_sender_info(s.sender)->connected);
    sending_close(&s);
    fake_done(&f);
}

/* Reads and never answers, over a connection that stays up: connected anew, and sent again with patience. */
static void a_mute_daemon_is_not_flooded(void **state)
{
    static sending_t s;
    fake_t f;
    fake_init(&f, 1);
    f.mute = true;
    fake_start(&f);
    sending_open(&s, &f, "10");
    while (submit(&s) == 0)
        ;
    for (unsigned k = 0; k < 140; k++) /* 0.7 s: sent at 0, 0.15, 0.45 s */
        assert_int_equal(take(&s, 5), 0);
    (void)pthread_mutex_lock(&f.lock);
    assert_true(f.submits >= 20 && f.submits <= 40);
    f.mute = false;
    (void)pthread_mutex_unlock(&f.lock);
    send_all(&s, &f, 10, 0);
    sending_close(&s);
    fake_done(&f);
}

static void works_in_an_event_loop(void **state)
{
    static sending_t s;
    fake_t f;
    enum { N = 3000 };
    fake_init(&f, 1);
    fake_start(&f);
    sending_open(&s, &f, "100");
    unsigned wakes = 0;
    for (unsigned idle = 0; s.outcomes < N && idle < 20; wakes++) {
        while (s.submitted < N && submit(&s) == 0)
            ;
        while (take(&s, 0) == 1)
            ;
        if (s.outcomes == N)
            break;
        if (s.submitted < N && zw_sender_info(s.sender)->outstanding < 100)
            continue;
        zmq_pollitem_t fd = { NULL, zw_sender_fd(s.sender), ZMQ_POLLIN, 0 };
        idle = zmq_poll(&fd, 1, 200) == 0 ? idle + 1 : 0;
    }
    assert_true(wakes < 4 * N);
    send_all(&s, &f, N, 0);
    assert_int_equal(zw_sender_info(s.sender)->resent, 0);
    sending_close(&s);
    fake_done(&f);
}

static void refuses_what_could_never_be_sent(void **state)
{
    static sending_t s;
    fake_t f;
    fake_init(&f, 1);
    sending_open(&s, &f, "10");
    zw_submission_t a = { .size = sizeof a, .body = zw_str("", (4u << 20) + 1) };
    assert_int_equal(zw_sender_submit(s.sender, &a), -ZW_E_TOO_LARGE);
    a = (zw_submission_t){ .size = 8, .body = ZW_STR_LIT("x") };
    assert_int_equal(zw_sender_submit(s.sender, &a), -EINVAL);
    assert_int_equal(zw_sender_info(s.sender)->outstanding, 0);
    sending_close(&s);
    fake_done(&f);
}

/* An article without an id gets one, another each. */
static void makes_up_ids(void **state)
{
    static sending_t s;
    fake_t f;
    char first[64] = "";
    fake_init(&f, 1);
    fake_start(&f);
    sending_open(&s, &f, "10");
    for (unsigned k = 0; k < 2; k++) {
        const zw_outcome_t *outcome;
        zw_submission_t a = { .size = sizeof a, .body = ZW_STR_LIT("x") };
        assert_int_equal(zw_sender_submit(s.sender, &a), 0);
        assert_int_equal(zw_sender_next(s.sender, 5000, &outcome), 1);
        assert_true(outcome->id.n > 16);
        assert_false(zw_str_eqz(outcome->id, first));
        (void)snprintf(first, sizeof first, "%.*s", ZW_STR_ARGS(outcome->id));
    }
    sending_close(&s);
    fake_done(&f);
}

static void asks_questions(void **state)
{
    fake_t f;
    zw_client_t *client;
    zw_query_t *query;
    zw_str_t map;
    int64_t us = -1;
    uint64_t articles = 0;
    fake_init(&f, 1);
    assert_int_equal(zw_client_open(f.dir, &client), 0);
    assert_int_equal(zw_query_open(client, &query), 0);
    assert_int_equal(zw_query_status(query, 50, &map), -ETIMEDOUT);
    fake_start(&f);
    assert_int_equal(zw_query_status(query, 5000, &map), 0);
    assert_int_equal(zw_get_uint(map, "articles", &articles), 1);
    assert_int_equal(articles, 7);
    assert_int_equal(zw_query_ping(query, "replay", 5000, &us), 0);
    assert_true(us >= 0);
    assert_int_equal(zw_query_ping(query, "facts", 5000, &us), -EINVAL);
    assert_int_equal(zw_query_article(query, 5, ZW_STR_LIT(""), ZW_STR_LIT(""), 5000, &map), -ZW_E_NOT_FOUND);
    zw_query_close(query);
    zw_client_close(client);
    fake_done(&f);
}

/* The news that a connection is there comes once: a question that was refused just before must not wait for another. */
static void no_question_is_left_lying(void **state)
{
    fake_t f;
    fake_init(&f, 1);
    fake_start(&f);
    for (unsigned k = 0; k < 100; k++) {
        zw_client_t *client;
        zw_query_t *query;
        int64_t us;
        assert_int_equal(zw_client_open(f.dir, &client), 0);
        assert_int_equal(zw_query_open(client, &query), 0);
        assert_int_equal(zw_query_ping(query, k % 2 ? "submit" : "replay", 3000, &us), 0);
        zw_query_close(query);
        zw_client_close(client);
    }
    fake_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_answered_once),
        cmocka_unit_test(waits_for_a_daemon_that_is_not_there_yet),
        cmocka_unit_test(a_mute_daemon_is_not_flooded),
        cmocka_unit_test(works_in_an_event_loop),
        cmocka_unit_test(refuses_what_could_never_be_sent),
        cmocka_unit_test(makes_up_ids),
        cmocka_unit_test(asks_questions),
        cmocka_unit_test(no_question_is_left_lying),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
