/* Positions in words, paths into maps. */
#include "wire_assert.h"
#include "zhiwen.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

static void positions(void **state)
{
    static const struct {
        const char *text;
        int at;
        uint64_t seq;
        int64_t time_s;
    } good[] = {
        { "start", ZW_AT_START, 0, 0 },
        { "now", ZW_AT_NOW, 0, 0 },
        { "17", ZW_AT_SEQ, 17, 0 },
        { "18446744073709551615", ZW_AT_SEQ, UINT64_MAX, 0 },
        { "2010-11-18", ZW_AT_TIME, 0, 1290009600 }, /* in the test's zone, eight hours before UTC's midnight */
        { "2010-11-18T00:00:00Z", ZW_AT_TIME, 0, 1290038400 },
        { "2010-11-18T08:00:00+08:00", ZW_AT_TIME, 0, 1290038400 },
        { "2010-11-18 08:00", ZW_AT_TIME, 0, 1290038400 },
        { "2010-11-17T19:00:00-05:00", ZW_AT_TIME, 0, 1290038400 },
    };
    static const char *const bad[] = { "", "begin", "-1", "18446744073709551616", "2010-13-01", "2010-11-18x", "1.5",
                                       "2010-11-18T08:00+8" };
    assert_int_equal(setenv("TZ", "Asia/Shanghai", 1), 0);
    tzset();
    zw_position_t p;
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        if (zw_position_parse(good[k].text, &p) != 0)
            fail_msg("%s is refused", good[k].text);
        if ((int)p.at != good[k].at || p.seq != good[k].seq || p.time_us != good[k].time_s * 1000000)
            fail_msg("%s is read as %d %llu %lld", good[k].text, (int)p.at, (unsigned long long)p.seq, (long long)p.time_us);
    }
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        if (zw_position_parse(bad[k], &p) != -EINVAL)
            fail_msg("%s is taken", bad[k]);
}

static void paths(void **state)
{
    static const char bytes[] = "\x84\xa1" "a\x83\xa1x\x07\xa1y\xff\xa1z\xa2hi\xa1" "b\xcb\x3f\xe0\0\0\0\0\0\0\xa1" "c\xc0\xa1" "d\x92\x01\x02";
    zw_str_t map = zw_str(bytes, sizeof bytes - 1), s;
    double d;
    uint64_t u;
    assert_int_equal(zw_get_uint(map, "a.x", &u), 1);
    assert_int_equal(u, 7);
    assert_int_equal(zw_get_num(map, "a.y", &d), 1);
    assert_true(d == -1);
    assert_int_equal(zw_get_str(map, "a.z", &s), 1);
    assert_str("hi", s);
    assert_int_equal(zw_get_num(map, "b", &d), 1);
    assert_true(d == 0.5);
    assert_int_equal(zw_get_bin(zw_str("\x81\xa1" "b\xc4\x02\0\xff", 7), "b", &s), 1);
    assert_int_equal(s.n, 2);
    assert_memory_equal(s.p, "\0\xff", 2);
    bool flag = false;
    assert_int_equal(zw_get_bool(zw_str("\x81\xa1" "b\xc3", 4), "b", &flag), 1);
    assert_true(flag);
    assert_int_equal(zw_get_bin(map, "a.z", &s), 0);
    assert_int_equal(zw_get_bool(map, "a.x", &flag), 0);
    static const char *const absent[] = { "c", "d", "e", "a", "a.w", "a.x.y", "b.c" };
    for (size_t k = 0; k < sizeof absent / sizeof *absent; k++)
        if (zw_get_str(map, absent[k], &s) || zw_get_num(map, absent[k], &d) || zw_get_uint(map, absent[k], &u))
            fail_msg("%s is found", absent[k]);
    char *json = zw_json(map);
    assert_non_null(json);
    assert_string_equal(json, "{\"a\":{\"x\":7,\"y\":-1,\"z\":\"hi\"},\"b\":0.5,\"c\":null,\"d\":[1,2]}");
    free(json);
    assert_null(zw_json(zw_str(bytes, 5)));
    assert_int_equal(zw_get_str(zw_str(bytes, 5), "a.z", &s), 0);
}

static void settings(void **state)
{
    zw_client_t *client;
    assert_int_equal(zw_client_open("/tmp", &client), 0);
    static const struct {
        const char *name, *value;
        int code;
    } cases[] = {
        { "window", "5", 0 },          { "window", "0", -EINVAL },  { "window", "x", -EINVAL },
        { "window", "5x", -EINVAL },   { "facts", "ipc:///x", 0 },  { "facts", "/x", -EINVAL },
        { "nothing", "1", -ENOENT },   { "stall-ms", "", -EINVAL }, { "window", "99999999999999999999", -EINVAL },
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        if (zw_client_set(client, cases[k].name, cases[k].value) != cases[k].code)
            fail_msg("%s = %s", cases[k].name, cases[k].value);
    zw_client_close(client);
    char dir[200];
    memset(dir, 'd', sizeof dir - 1);
    dir[sizeof dir - 1] = '\0';
    assert_int_equal(zw_client_open(dir, &client), -ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(positions), cmocka_unit_test(paths), cmocka_unit_test(settings) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
