/* The live socket: order, filters, heartbeats, slow and absent subscribers, stopping, and whose file a socket may replace. */
#include "publish_help.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static void test_order_and_filters(void **state)
{
    pub_t *p = *state;
    char topic[128];
    zw_str_t payload;
    pub_start(p);
    void *all = pub_subscribe(p, "", 0), *awards = pub_subscribe(p, "fact.award.33", 0);
    for (int i = 0; i < 30; i++)
        pub_commit(p, 1 + (size_t)i, 100);
    const uint64_t total = 30 * 31 / 2;
    for (uint64_t seq = 1; seq <= total;) {
        assert_true(pub_receive(p, all, topic, sizeof(topic), &payload));
        if (strcmp(topic, "heartbeat") == 0) {
            assert_int_equal(pub_heartbeat_seq(p, payload), seq - 1); /* never names what has not been sent */
            continue;
        }
        assert_int_equal(pub_payload_seq(payload), seq);
        assert_true(zw_str_eqz(help_topic(seq), topic));
        seq++;
    }
    for (uint64_t seq = 3; seq <= total;) {
        assert_true(pub_receive(p, awards, topic, sizeof(topic), &payload));
        if (strcmp(topic, "heartbeat") == 0)
            continue;
        assert_string_equal(topic, "fact.award.330300");
        assert_int_equal(pub_payload_seq(payload), seq);
        seq += 3;
    }
    assert_int_equal(zw_publish_counters(p->publish)->events, total);
    zmq_close(all);
    zmq_close(awards);
}

static void test_heartbeat(void **state)
{
    pub_t *p = *state;
    char topic[128];
    zw_str_t payload;
    pub_commit(p, 9, 10); /* before the start: left to replay, but counted */
    pub_start(p);
    void *sub = pub_subscribe(p, "none", 0);
    int64_t start = pub_now_ms();
    for (int i = 0; i < 6; i++) {
        assert_true(pub_receive(p, sub, topic, sizeof(topic), &payload));
        assert_string_equal(topic, "heartbeat");
        assert_int_equal(pub_heartbeat_seq(p, payload), 9);
    }
    int64_t took = pub_now_ms() - start;
    assert_true(took >= 200 && took < 3000);
    pub_commit(p, 4, 10); /* not of its topics: the heartbeat tells */
    uint64_t seq;
    do {
        assert_true(pub_receive(p, sub, topic, sizeof(topic), &payload));
        seq = pub_heartbeat_seq(p, payload);
        assert_true(seq == 9 || seq == 13);
    } while (seq != 13);
    zmq_close(sub);
}

static void test_slow_subscriber(void **state)
{
    pub_t *p = *state;
    char topic[128];
    zw_str_t payload;
    p->options.send_hwm = 50;
    pub_start(p);
    void *slow = pub_subscribe(p, "", 10), *quick = pub_subscribe(p, "heartbeat", 0);
    enum { BATCHES = 200, EACH = 50, TOTAL = BATCHES * EACH };
    int64_t start = pub_now_ms();
    for (int i = 0; i < BATCHES; i++)
        pub_commit(p, EACH, 1000); /* 10 MB: far more than the marks and the kernel hold */
    assert_true(pub_now_ms() - start < 60000);
    uint64_t newest = 0; /* the other subscriber is told all the while */
    while (newest < TOTAL) {
        assert_true(pub_receive(p, quick, topic, sizeof(topic), &payload));
        newest = pub_heartbeat_seq(p, payload);
    }
    /* The slow one wakes up, sees holes, and gets every missing event from replay. */
    static bool have[TOTAL + 1];
    memset(have, 0, sizeof(have));
    uint64_t live = 0, last = 0, told = 0;
    while (told < TOTAL) {
        assert_true(pub_receive(p, slow, topic, sizeof(topic), &payload));
        if (strcmp(topic, "heartbeat") == 0) {
            told = pub_heartbeat_seq(p, payload);
            continue;
        }
        uint64_t seq = pub_payload_seq(payload);
        assert_true(seq > last && seq <= TOTAL);
        have[seq] = true;
        last = seq;
        live++;
    }
    assert_true(live < TOTAL);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    uint64_t fetched = 0;
    for (uint64_t seq = 1; seq <= told;) {
        if (have[seq]) {
            seq++;
            continue;
        }
        uint64_t to = seq;
        while (to < told && !have[to + 1])
            to++;
        zw_answer_t answer = pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_REPLAY, .from = seq, .to = to });
        assert_int_equal(answer.kind, ZW_ANSWER_PAGE);
        assert_true(answer.page.event_count > 0);
        for (size_t i = 0; i < answer.page.event_count; i++, seq++, fetched++) {
            assert_int_equal(pub_payload_seq(answer.page.events[i].payload), seq);
            assert_int_equal(answer.page.events[i].payload.n, (size_t)snprintf(NULL, 0, "%llu;", (unsigned long long)seq) + 1000);
            have[seq] = true;
        }
        assert_int_equal(answer.page.next, seq);
    }
    assert_int_equal(live + fetched, TOTAL);
    zmq_close(dealer);
    zmq_close(slow);
    zmq_close(quick);
}

static void test_stop_sends_what_was_handed_over(void **state)
{
    pub_t *p = *state;
    char topic[128];
    zw_str_t payload;
    pub_start(p);
    void *sub = pub_subscribe(p, "", 0);
    for (int i = 0; i < 20; i++)
        pub_commit(p, 100, 200);
    zw_publish_stop(p->publish);
    p->publish = NULL;
    uint64_t seq = 0, told = 0;
    while (told < 2000) {
        assert_true(pub_receive(p, sub, topic, sizeof(topic), &payload));
        if (strcmp(topic, "heartbeat") == 0) {
            told = pub_heartbeat_seq(p, payload);
            continue;
        }
        seq++;
        assert_int_equal(pub_payload_seq(payload), seq);
    }
    assert_int_equal(seq, 2000);
    zmq_close(sub);
    pub_start(p); /* the paths are free again, and the log goes on */
    sub = pub_subscribe(p, "", 0);
    pub_commit(p, 1, 0);
    do
        assert_true(pub_receive(p, sub, topic, sizeof(topic), &payload));
    while (strcmp(topic, "heartbeat") == 0);
    assert_int_equal(pub_payload_seq(payload), 2001);
    zmq_close(sub);
}

static void test_progress(void **state)
{
    pub_t *p = *state;
    p->options.heartbeat_ms = 60000; /* idle, the loops go round all the same */
    pub_start(p);
    uint64_t before = zw_publish_counters(p->publish)->progress;
    int64_t start = pub_now_ms();
    while (zw_publish_counters(p->publish)->progress < before + 2 && pub_now_ms() - start < 10000)
        nanosleep(&(struct timespec){ 0, 20000000 }, NULL);
    assert_true(zw_publish_counters(p->publish)->progress >= before + 2);
    assert_true(pub_now_ms() - start < 5000);
}

static void test_foreign_senders(void **state)
{
    pub_t *p = *state;
    char topic[128], noise[3000];
    zw_str_t payload;
    memset(noise, 'n', sizeof(noise));
    pub_start(p);
    void *sub = pub_subscribe(p, "", 0), *loud = pub_connect(p, ZMQ_XSUB, p->facts, 0);
    for (int i = 0; i < 5000; i++)
        (void)zmq_send(loud, noise, 1 + (size_t)i % sizeof(noise), ZMQ_DONTWAIT); /* neither subscribes nor unsubscribes */
    pub_commit(p, 1, 0);
    do
        assert_true(pub_receive(p, sub, topic, sizeof(topic), &payload));
    while (strcmp(topic, "heartbeat") == 0);
    assert_int_equal(pub_payload_seq(payload), 1);
    zmq_close(loud);
    zmq_close(sub);
}

/* ---- what lies at the path of an ipc socket */

static int start_fails(pub_t *p)
{
    const char *endpoint = NULL;
    int r = zw_publish_start(&p->options, &p->publish, &endpoint);
    if (r < 0)
        assert_ptr_equal(endpoint, p->replay_list[0]);
    return r;
}

static int unix_socket(const char *path, bool listening)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    if (listening)
        assert_int_equal(listen(fd, 5), 0);
    return fd;
}

static void test_ipc_paths(void **state)
{
    pub_t *p = *state;
    struct stat st;
    const char *path = p->replay + 6;
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "precious", 8), 8);
    close(fd);
    assert_int_equal(start_fails(p), -EEXIST);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 8);
    assert_int_equal(unlink(path), 0);

    fd = unix_socket(path, true); /* someone else serves there */
    assert_int_equal(start_fails(p), -EADDRINUSE);
    close(fd);
    pub_start(p); /* now nobody does: left over */
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(stat(p->facts + 6, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    void *dealer = pub_connect(p, ZMQ_DEALER, p->replay, 0);
    assert_int_equal(pub_ask(p, dealer, (zw_request_t){ .op = ZW_OP_PING }).kind, ZW_ANSWER_PONG);
    zmq_close(dealer);
    zw_publish_stop(p->publish);
    p->publish = NULL;
    p->replay_list[0] = "ipc:///nowhere/replay";
    assert_true(start_fails(p) < 0);
    p->replay_list[0] = "carrier-pigeon://roof";
    assert_true(start_fails(p) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_order_and_filters, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_heartbeat, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_slow_subscriber, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_stop_sends_what_was_handed_over, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_progress, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_foreign_senders, pub_setup, pub_teardown),
        cmocka_unit_test_setup_teardown(test_ipc_paths, pub_setup, pub_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
