/* The configuration: the shipped example says what the daemon does by itself; mistakes are told where they stand. */
#include "config.h"
#include "zw_error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define EXAMPLE ZW_SOURCE "/systemd/zhiwend.yaml"

typedef struct {
    unsigned n, line;
    char message[256];
} heard_t;

static void hear(void *ctx, const char *file, unsigned line, unsigned column, const char *message)
{
    heard_t *h = ctx;
    if (h->n++ > 0)
        return;
    h->line = line;
    (void)snprintf(h->message, sizeof(h->message), "%s", message);
}

static int load_text(const char *text, zw_config_t *config, heard_t *heard)
{
    char path[] = "/tmp/zw-config-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    assert_int_equal(zw_config_init(config), 0);
    int e = zw_config_load(config, path, hear, heard);
    if (e == 0)
        e = zw_config_check(config, hear, heard);
    unlink(path);
    return e;
}

static void test_example_is_default(void **state)
{
    zw_config_t standard, example;
    heard_t heard = { 0 };
    assert_int_equal(zw_config_init(&standard), 0);
    assert_int_equal(zw_config_init(&example), 0);
    example.max_body = UINT64_MAX; /* a key that is not read shows */
    assert_int_equal(zw_config_load(&example, EXAMPLE, hear, &heard), 0);
    assert_int_equal(heard.n, 0);
    for (size_t i = 0; zw_config_key(i); i++) {
        zw_buf_t a = { 0 }, b = { 0 };
        assert_int_equal(zw_config_describe(&standard, i, &a), 0);
        assert_int_equal(zw_config_describe(&example, i, &b), 0);
        if (!zw_str_eq(zw_buf_str(&a), zw_buf_str(&b)))
            fail_msg("%s is %.*s, but the example says %.*s", zw_config_key(i), ZW_STR_ARGS(zw_buf_str(&a)), ZW_STR_ARGS(zw_buf_str(&b)));
        zw_buf_done(&a);
        zw_buf_done(&b);
    }
    zw_config_free(&standard);
    zw_config_free(&example);
}

static void test_example_has_all_keys(void **state)
{
    zw_yaml_t *doc = NULL;
    assert_int_equal(zw_yaml_load(EXAMPLE, NULL, NULL, &doc), 0);
    for (size_t i = 0; zw_config_key(i); i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "%s", zw_config_key(i));
        const zw_yaml_node_t *node = zw_yaml_root(doc);
        for (char *part = strtok(name, "."); part && node; part = strtok(NULL, "."))
            node = zw_yaml_get(node, part);
        if (!node)
            fail_msg("%s is not in the example", zw_config_key(i));
    }
    zw_yaml_free(doc);
}

static void test_values(void **state)
{
    zw_config_t c;
    heard_t heard = { 0 };
    assert_int_equal(load_text("state_dir: /srv/zw\ninsecure_plain_tcp: true\n"
                               "workers: 8\n"
                               "limits: { body: 64KiB, message: 1 MiB, in_flight: 2_000 }\n"
                               "heartbeat: 250ms\n"
                               "feed: { connect: 'tcp://127.0.0.1:5000', topics: [a, b] }\n"
                               "sockets: { mode: 0600 }\n"
                               "log: { level: debug }\n",
                               &c, &heard), 0);
    assert_string_equal(c.state_dir, "/srv/zw");
    assert_int_equal(c.workers, 8);
    assert_int_equal(c.max_body, 64 << 10);
    assert_int_equal(c.max_message, 1 << 20);
    assert_int_equal(c.max_in_flight, 2000);
    assert_int_equal(c.heartbeat_us, 250000);
    assert_int_equal(c.socket_mode, 0600);
    assert_int_equal(c.log_level, 7);
    assert_int_equal(c.feed_connect.n, 1);
    assert_string_equal(c.feed_connect.items[0], "tcp://127.0.0.1:5000");
    assert_int_equal(c.feed_topics.n, 2);
    assert_string_equal(c.feed_topics.items[1], "b");
    assert_string_equal(c.submit_bind.items[0], "ipc:///run/zhiwen/submit.sock"); /* untouched: still the default */
    zw_config_free(&c);
}

static const struct {
    const char *text;
    unsigned line;
    const char *says; /* part of the message */
} WRONG[] = {
    { "state_dri: /x\n", 1, "unknown key 'state_dri'" },
    { "workers: 2\nlimits:\n  body: 4MiB\n  bodi: 4MiB\n", 4, "unknown key 'limits.bodi'" },
    { "limits: 3\n", 1, "keys are expected" },
    { "workers: many\n", 1, "whole number" },
    { "workers: -1\n", 1, "whole number" },
    { "workers: 257\n", 1, "0 to 256" },
    { "workers: [1]\n", 1, "a single value" },
    { "workers: 99999999999999999999\n", 1, "whole number" },
    { "\nheartbeat: 3\n", 2, "duration" },
    { "heartbeat: 1us\n", 1, "50ms to 1h" },
    { "limits: { body: 4MB }\n", 1, "size" },
    { "limits: { body: 1GiB }\n", 1, "1KiB to 256MiB" },
    { "limits: { body: 99999999999999TiB }\n", 1, "size" },
    { "sockets: { mode: 0888 }\n", 1, "octal" },
    { "log: { level: loud }\n", 1, "error, warning" },
    { "insecure_plain_tcp: maybe\n", 1, "true or false" },
    { "state_dir: ''\n", 1, "a path" },
    { "submit: { bind: udp://x }\n", 1, "ipc://PATH or tcp://HOST:PORT" },
    { "submit: { bind: [ 'tcp://127.0.0.1' ] }\n", 1, "ipc://PATH or tcp://HOST:PORT" },
    { "submit: { bind: [ 'tcp://127.0.0.1:70000' ] }\n", 1, "ipc://PATH or tcp://HOST:PORT" },
    { "submit: { bind: { a: b } }\n", 1, "a list" },
    { "submit: { bind: [ [a] ] }\n", 1, "plain words" },
    { "submit: { bind: 'tcp://0.0.0.0:5000' }\n", 0, "plain text" },
    { "replay: { bind: 'tcp://127.0.0.1:5000' }\n", 0, "replay.bind: tcp://127.0.0.1:5000 would be in plain text" },
    { "feed: { connect: 'tcp://127.0.0.1:5000' }\n", 0, "feed.server_key" },
    { "feed: { connect: 'tcp://127.0.0.1:5000' }\ncurve: { secret_key: /x }\n", 0, "feed.server_key" },
    { "feed: { mode: 0999 }\n", 1, "octal" },
    { "facts: { bind: 'tcp://*:5000' }\n", 0, "plain text" },
    { "submit: { bind: [] }\nfeed: { bind: [], connect: [] }\n", 0, "neither" },
    { "limits: { message: 1MiB }\n", 0, "limits.message" },
    { "- a\n", 1, "keys with values" },
    { "workers: [\n", 2, "" },
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
        zw_config_t c;
        heard_t heard = { 0 };
        int e = load_text(WRONG[i].text, &c, &heard);
        if (e != -ZW_E_CONFIG || heard.n == 0 || heard.line != WRONG[i].line || !strstr(heard.message, WRONG[i].says))
            fail_msg("%s: gives %d, line %u: %s", WRONG[i].text, e, heard.line, heard.message);
        zw_config_free(&c);
    }
}

static void test_all_mistakes_told(void **state)
{
    zw_config_t c;
    heard_t heard = { 0 };
    assert_int_equal(load_text("a: 1\nworkers: x\nb: 2\n", &c, &heard), -ZW_E_CONFIG);
    assert_int_equal(heard.n, 3);
    zw_config_free(&c);
}

static void test_plain_tcp_in_so_many_words(void **state)
{
    zw_config_t c;
    heard_t heard = { 0 };
    assert_int_equal(load_text("insecure_plain_tcp: true\nsubmit: { bind: 'tcp://0.0.0.0:5000' }\n", &c, &heard), 0);
    assert_true(c.insecure_plain_tcp);
    assert_string_equal(zw_config_plain_tcp(&c), "tcp://0.0.0.0:5000");
    zw_config_free(&c);
}

static void test_socket_dir(void **state)
{
    zw_config_t c;
    char deep[200];
    assert_int_equal(zw_config_init(&c), 0);
    assert_int_equal(zw_config_socket_dir(&c, "/tmp/x"), 0);
    assert_string_equal(c.replay_bind.items[0], "ipc:///tmp/x/replay.sock");
    memset(deep, 'd', sizeof(deep) - 1);
    deep[0] = '/';
    deep[sizeof(deep) - 1] = '\0';
    assert_int_equal(zw_config_socket_dir(&c, deep), -ENAMETOOLONG);
    zw_config_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example_is_default),  cmocka_unit_test(test_example_has_all_keys),
        cmocka_unit_test(test_values),              cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_all_mistakes_told),   cmocka_unit_test(test_plain_tcp_in_so_many_words),
        cmocka_unit_test(test_socket_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
