/* The replay socket: pages, bounds, errors that name the field, clients that do not read. */
#include "publish/publish_answer.h"
#include "publish_help.h"

static void assert_error(const zw_answer_t *answer, const char *error, const char *field)
{
    assert_int_equal(answer->kind, ZW_ANSWER_ERROR);
    assert_true(zw_str_eqz(answer->error, error));
    assert_true(zw_str_eqz(answer->field, field));
    assert_true(answer->message.n > 0);
}

static void test_pages(void **state)
{
    pub_t *p = *state;
    for (int i = 0; i < 10; i++)
        pub_commit(p, 250, 50);
    pub_start(p);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    uint64_t from = 1, seq = 1;
    int pages = 0;
    do {
        zw_answer_t answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_REPLAY, .from = from });
        assert_int_equal(answer.kind, ZW_ANSWER_PAGE);
        assert_true(answer.page.event_count <= ZW_ANSWER_EVENTS);
        assert_int_equal(answer.page.oldest, 1);
        assert_int_equal(answer.page.newest, 2500);
        assert_true(zw_str_eqz(answer.page.instance, zw_store_instance(p->h->store)));
        for (size_t i = 0; i < answer.page.event_count; i++, seq++) {
            assert_int_equal(pub_payload_seq(answer.page.events[i].payload), seq);
            assert_true(zw_str_eq(answer.page.events[i].topic, help_topic(seq)));
        }
        from = answer.page.next;
        pages++;
    } while (from <= 2500);
    assert_int_equal(seq, 2501);
    assert_int_equal(pages, 3);
    /* Caught up: an empty page, not an error. */
    zw_answer_t end = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_REPLAY, .from = 2501 });
    assert_int_equal(end.kind, ZW_ANSWER_PAGE);
    assert_int_equal(end.page.event_count, 0);
    assert_int_equal(end.page.next, 2501);
    zmq_close(dealer);
}

static void test_ranges_and_filters(void **state)
{
    pub_t *p = *state;
    pub_commit(p, 900, 20);
    pub_start(p);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    static const struct {
        uint64_t from, to;
        int64_t since;
        uint32_t limit;
        const char *topics[2];
        uint64_t first, count, next;
    } table[] = {
        { 10, 19, 0, 0, { NULL }, 10, 10, 20 },
        { 10, 19, 0, 3, { NULL }, 10, 3, 13 },
        { 10, 9999, 0, 0, { NULL }, 10, 891, 901 },
        { 1, 0, 0, 0, { "fact." }, 3, 300, 901 },
        { 1, 0, 0, 0, { "fact.", "article." }, 2, 600, 901 },
        { 1, 0, 0, 2, { "support.award" }, 1, 2, 5 },
        { 1, 0, 0, 0, { "absent" }, 0, 0, 901 },
        { 0, 0, 1, 1, { NULL }, 1, 1, 2 },
        { 0, 0, 1700000000000000 + 100 * 1000, 1, { NULL }, 200, 1, 201 }, /* events 200 and 201 have this time */
        { 0, 0, 1700000000000000 + 99 * 1000 + 1, 1, { NULL }, 200, 1, 201 },
        { 0, 0, 1800000000000000, 0, { NULL }, 0, 0, 901 },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        zw_request_t request = { .op = ZW_OP_REPLAY, .from = table[i].from, .to = table[i].to, .since_us = table[i].since,
                                 .limit = table[i].limit };
        while (request.topic_count < 2 && table[i].topics[request.topic_count]) {
            request.topics[request.topic_count] = zw_strz(table[i].topics[request.topic_count]);
            request.topic_count++;
        }
        zw_answer_t answer = pub_ask(p, dealer, request);
        assert_int_equal(answer.kind, ZW_ANSWER_PAGE);
        assert_int_equal(answer.page.event_count, table[i].count);
        assert_int_equal(answer.page.next, table[i].next);
        if (table[i].count)
            assert_int_equal(pub_payload_seq(answer.page.events[0].payload), table[i].first);
    }
    zmq_close(dealer);
}

static void test_page_bytes(void **state)
{
    pub_t *p = *state;
    pub_commit(p, 30, 100000);
    pub_commit(p, 1, 1500000); /* larger than a page by itself */
    pub_commit(p, 1, 10);
    pub_start(p);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    uint64_t from = 1, seq = 1;
    while (from <= 32) {
        zw_answer_t answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_REPLAY, .from = from });
        assert_int_equal(answer.kind, ZW_ANSWER_PAGE);
        assert_true(answer.page.event_count > 0);
        assert_true(zmq_msg_size(&p->in) < ZW_ANSWER_BYTES + 4096 || answer.page.event_count == 1);
        for (size_t i = 0; i < answer.page.event_count; i++, seq++)
            assert_int_equal(pub_payload_seq(answer.page.events[i].payload), seq);
        from = answer.page.next;
        assert_int_equal(from, seq);
    }
    assert_int_equal(seq, 33);
    zmq_close(dealer);
}

static void test_scan_is_bounded(void **state)
{
    pub_t *p = *state;
    p->h->options.no_sync = true;
    help_open(p->h);
    p->options.store = p->h->store;
    for (int i = 0; i < 25; i++)
        pub_commit(p, 10000, 0);
    pub_start(p);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    zw_request_t request = { .op = ZW_OP_REPLAY, .from = 1, .topics = { ZW_STR_LIT("matches.nothing") }, .topic_count = 1 };
    int pages = 0;
    while (request.from <= 250000) {
        zw_answer_t answer = pub_ask(p, dealer, request);
        assert_int_equal(answer.kind, ZW_ANSWER_PAGE);
        assert_int_equal(answer.page.event_count, 0);
        assert_true(answer.page.next > request.from && answer.page.next - request.from <= ZW_ANSWER_SCAN);
        request.from = answer.page.next;
        pages++;
    }
    assert_int_equal(request.from, 250001);
    assert_true(pages >= 2);
    zmq_close(dealer);
}

static void test_too_old_too_new(void **state)
{
    pub_t *p = *state;
    pub_start(p);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    zw_answer_t answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_REPLAY, .from = 1 });
    assert_int_equal(answer.kind, ZW_ANSWER_PAGE); /* nothing yet */
    assert_int_equal(answer.page.next, 1);
    pub_commit(p, 100, 10);
    zw_store_trim_t trim = { .events_before = 41 };
    assert_int_equal(zw_store_trim(p->h->store, &trim), 40);
    answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_REPLAY, .from = 40 });
    assert_error(&answer, "too_old", "from");
    assert_int_equal(answer.page.oldest, 41);
    assert_int_equal(answer.page.newest, 100);
    answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_REPLAY, .from = 102 });
    assert_error(&answer, "too_new", "from");
    assert_int_equal(answer.page.oldest, 41);
    assert_int_equal(answer.page.newest, 100);
    answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_REPLAY, .since_us = 1 });
    assert_int_equal(answer.kind, ZW_ANSWER_PAGE); /* from a time on: from the oldest kept */
    assert_int_equal(answer.page.event_count, 60);
    assert_int_equal(zw_publish_counters(p->publish)->replay_refused, 2);
    zmq_close(dealer);
}

static void test_other_operations(void **state)
{
    pub_t *p = *state;
    pub_commit(p, 1, 10);
    pub_start(p);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    zw_answer_t answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_STATUS });
    assert_int_equal(answer.kind, ZW_ANSWER_STATUS);
    assert_true(zw_str_eq(answer.map, ZW_STR_LIT("\x81\xa6"
                                                 "answer\x2a")));
    answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_ARTICLE, .number = 1 });
    assert_int_equal(answer.kind, ZW_ANSWER_ARTICLE);
    assert_true(zw_str_eq(answer.map, ZW_STR_LIT("\x81\xa1r\x01")));
    answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_ARTICLE, .source = ZW_STR_LIT("s"), .id = ZW_STR_LIT("known") });
    assert_int_equal(answer.kind, ZW_ANSWER_ARTICLE);
    answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_ARTICLE, .source = ZW_STR_LIT("s"), .id = ZW_STR_LIT("other") });
    assert_error(&answer, "not_found", "id");
    answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_ARTICLE, .number = 2 });
    assert_error(&answer, "not_found", "number");
    answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_PING, .req = ZW_STR_LIT("\xa3"
                                                                                    "abc") });
    assert_int_equal(answer.kind, ZW_ANSWER_PONG);
    zw_article_t article = { .body = ZW_STR_LIT("text"), .body_is_text = true };
    answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_SUBMIT, .article = article });
    assert_error(&answer, "unknown_op", "op");
    zmq_close(dealer);
}

static void test_similar_and_cluster(void **state)
{
    pub_t *p = *state;
    static const struct {
        zw_op_t op;
        zw_answer_kind_t kind;
        const char *map;
    } table[] = { { ZW_OP_SIMILAR, ZW_ANSWER_SIMILAR, "\x81\xa7" "similar\x05" },
                  { ZW_OP_CLUSTER, ZW_ANSWER_CLUSTER, "\x81\xa7" "cluster\x05" } };
    pub_start(p);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
        zw_op_t op = table[k].op;
        zw_answer_t answer = pub_ask(p, dealer, (zw_request_t){ .op = op, .number = 1, .limit = 5 });
        assert_int_equal(answer.kind, table[k].kind);
        assert_true(zw_str_eqz(answer.map, table[k].map));
        zw_request_t by_id = { .op = op, .source = ZW_STR_LIT("s"), .id = ZW_STR_LIT("known"), .limit = 5 };
        answer = pub_ask(p, dealer, by_id);
        assert_int_equal(answer.kind, table[k].kind);
        assert_true(zw_str_eqz(answer.map, table[k].map));
        answer = pub_ask(p, dealer, (zw_request_t){ .op = op, .source = ZW_STR_LIT("other"), .id = ZW_STR_LIT("known") });
        assert_error(&answer, "not_found", "id");
        answer = pub_ask(p, dealer, (zw_request_t){ .op = op, .number = 2 });
        assert_error(&answer, "not_found", "number");
        answer = pub_ask(p, dealer, (zw_request_t){ .op = op });
        assert_error(&answer, "missing", "number");
    }
    zmq_close(dealer);
}

static void test_quarantine(void **state)
{
    pub_t *p = *state;
    zw_store_reject_t rejects[3];
    for (size_t k = 0; k < 3; k++)
        rejects[k] = (zw_store_reject_t){ .raw = ZW_STR_LIT("\xc1\xc1"), .reason = ZW_STR_LIT("malformed"), .message = zw_str(&"fir"[k], 1), .origin = ZW_STR_LIT("feed"), .time_us = 7 };
    assert_int_equal(zw_store_commit(p->h->store, NULL, 0, rejects, 3), 0);
    pub_start(p);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    zw_answer_t answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_QUARANTINE, .limit = 2 });
    assert_int_equal(answer.kind, ZW_ANSWER_QUARANTINE);
    zw_buf_t json = { 0 };
    assert_int_equal(zw_mp_to_json(answer.map, &json), 0);
    assert_int_equal(zw_buf_putc(&json, '\0'), 0);
    assert_string_equal(json.p, "{\"count\":3,\"messages\":["
                                "{\"number\":3,\"time\":7,\"origin\":\"feed\",\"error\":\"malformed\",\"field\":\"\",\"message\":\"r\",\"bytes\":2},"
                                "{\"number\":2,\"time\":7,\"origin\":\"feed\",\"error\":\"malformed\",\"field\":\"\",\"message\":\"i\",\"bytes\":2}]}");
    zw_buf_done(&json);
    zmq_close(dealer);
}

/* Sends raw frames and reads one answer, with the delimiter in front when there is one. */
static zw_answer_t ask_raw(pub_t *p, void *dealer, const zw_str_t *frames, size_t n, bool delimited)
{
    zw_answer_t answer;
    for (size_t i = 0; i < n; i++)
        assert_true(zmq_send(dealer, frames[i].p, frames[i].n, i + 1 < n ? ZMQ_SNDMORE : 0) >= 0);
    assert_true(zmq_msg_recv(&p->in, dealer, 0) >= 0);
    if (delimited) {
        assert_int_equal(zmq_msg_size(&p->in), 0);
        assert_true(zmq_msg_more(&p->in));
        assert_true(zmq_msg_recv(&p->in, dealer, 0) >= 0);
    }
    assert_false(zmq_msg_more(&p->in));
    assert_int_equal(zw_answer_decode(p->wire, zw_str(zmq_msg_data(&p->in), zmq_msg_size(&p->in)), &answer), 0);
    return answer;
}

static void test_shapes(void **state)
{
    pub_t *p = *state;
    pub_start(p);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    zw_str_t empty = ZW_STR_LIT(""), noise = ZW_STR_LIT("\xc1\x00noise"), huge = ZW_STR_LIT("\xdd\xff\x00\x00\x00");
    zw_request_t ping = { .op = ZW_OP_PING };
    zw_buf_t out = { 0 };
    assert_int_equal(zw_request_encode(&ping, &out), 0);
    zw_str_t good = zw_buf_str(&out);
    zw_answer_t answer = ask_raw(p, dealer, (zw_str_t[]){ empty, good }, 2, true);
    assert_int_equal(answer.kind, ZW_ANSWER_PONG);
    answer = ask_raw(p, dealer, (zw_str_t[]){ good }, 1, false);
    assert_int_equal(answer.kind, ZW_ANSWER_PONG);
    answer = ask_raw(p, dealer, (zw_str_t[]){ good, good }, 2, false);
    assert_error(&answer, "malformed", "");
    answer = ask_raw(p, dealer, (zw_str_t[]){ empty, good, good, good, good }, 5, true);
    assert_error(&answer, "malformed", "");
    answer = ask_raw(p, dealer, (zw_str_t[]){ noise }, 1, false);
    assert_error(&answer, "malformed", "");
    answer = ask_raw(p, dealer, (zw_str_t[]){ empty }, 1, false);
    assert_int_equal(answer.kind, ZW_ANSWER_ERROR);
    answer = ask_raw(p, dealer, (zw_str_t[]){ huge }, 1, false);
    assert_error(&answer, "too_many", "");
    char *large = calloc(1, ZW_REQUEST_BYTES + 1);
    answer = ask_raw(p, dealer, (zw_str_t[]){ { large, ZW_REQUEST_BYTES + 1 } }, 1, false);
    assert_error(&answer, "too_large", "");
    free(large);
    srandom(11);
    for (int i = 0; i < 3000; i++) { /* changed and noisy requests: always one answer, never silence */
        char bytes[64];
        size_t n = 1 + (size_t)random() % 60;
        for (size_t k = 0; k < n; k++)
            bytes[k] = (char)random();
        if (i % 2 && good.n < sizeof(bytes)) {
            memcpy(bytes, good.p, good.n);
            n = good.n;
            bytes[(size_t)random() % n] = (char)random();
        }
        (void)ask_raw(p, dealer, (zw_str_t[]){ { bytes, n } }, 1, false);
    }
    zw_buf_done(&out);
    zmq_close(dealer);
}

/* Many requests at once, as a client may send that does not wait: each is answered, more than the queue of answers holds. */
static void test_many_at_once(void **state)
{
    enum { MANY = 400 };
    pub_t *p = *state;
    pub_start(p);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    for (unsigned i = 0; i < MANY; i++) {
        char space[16];
        zw_request_t ping = { .op = ZW_OP_PING, .req = zw_req_uint(i, space) };
        zw_buf_clear(&p->out);
        assert_int_equal(zw_request_encode(&ping, &p->out), 0);
        assert_true(zmq_send(dealer, p->out.p, p->out.n, 0) >= 0);
    }
    unsigned answers = 0;
    while (answers < MANY && zmq_msg_recv(&p->in, dealer, 0) >= 0)
        answers++;
    zmq_close(dealer);
    assert_int_equal(answers, MANY);
    assert_int_equal(zw_publish_counters(p->publish)->replies_dropped, 0);
}

static void test_client_that_does_not_read(void **state)
{
    pub_t *p = *state;
    for (int i = 0; i < 4; i++)
        pub_commit(p, 10, 100000);
    pub_start(p);
    void *deaf = pub_connect(p, ZMQ_DEALER, p->replay, 1), *other = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    zw_request_t request = { .op = ZW_OP_REPLAY, .from = 1 };
    zw_buf_t out = { 0 };
    assert_int_equal(zw_request_encode(&request, &out), 0);
    for (int i = 0; i < 60; i++)
        assert_true(zmq_send(deaf, out.p, out.n, 0) >= 0);
    int64_t start = pub_now_ms();
    while (zw_publish_counters(p->publish)->replies_dropped == 0 && pub_now_ms() - start < 20000)
        assert_int_equal(pub_ask(p, other, (zw_request_t){ .op = ZW_OP_PING }).kind, ZW_ANSWER_PONG);
    assert_true(zw_publish_counters(p->publish)->replies_dropped > 0);
    /* One that leaves with answers under way takes nobody with it. */
    for (int i = 0; i < 20; i++) {
        void *gone = pub_connect(p, ZMQ_DEALER, p->replay, 0);
        (void)zmq_send(gone, out.p, out.n, 0);
        zmq_close(gone);
    }
    assert_int_equal(pub_ask(p, other, (zw_request_t){ .op = ZW_OP_PING }).kind, ZW_ANSWER_PONG);
    zw_buf_done(&out);
    zmq_close(deaf);
    zmq_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pages, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_ranges_and_filters, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_page_bytes, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_scan_is_bounded, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_too_old_too_new, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_other_operations, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_similar_and_cluster, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_quarantine, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_shapes, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_many_at_once, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_client_that_does_not_read, pub_setup, pub_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
