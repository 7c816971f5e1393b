/* What the codec refuses, with which code and field, and that a refusal can still be addressed to its sender. */
#include "wire_assert.h"
#include "zw_wire.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct refusal_case {
    const char *name;
    const char *bytes;
    size_t n;
    int code;
    const char *field;
} refusal_case_t;

#define BYTES(literal) literal, sizeof(literal) - 1
#define V1 "\xa1v\x01"
#define ART "\xa7" "article"
#define BODY "\xa4" "body\xa1x"

static const refusal_case_t cases[] = {
    { "empty message", BYTES(""), -ZW_E_MALFORMED, "" },
    { "the one byte that is nothing", BYTES("\xc1"), -ZW_E_MALFORMED, "" },
    { "cut off in a string", BYTES("\x91\xa2x"), -ZW_E_MALFORMED, "" },
    { "bytes behind", BYTES("\x80\x80"), -ZW_E_MALFORMED, "" },
    { "array32 of four billion", BYTES("\xdd\xff\xff\xff\xff"), -ZW_E_TOO_MANY, "" },
    { "map32 of four billion", BYTES("\xdf\xff\xff\xff\xff\xa1v"), -ZW_E_TOO_MANY, "" },
    { "str32 of four billion", BYTES("\xdb\xff\xff\xff\xff"), -ZW_E_MALFORMED, "" },
    { "more items than bytes", BYTES("\xdc\x00\x10\x01"), -ZW_E_TOO_MANY, "" },
    { "nested nine deep", BYTES("\x91\x91\x91\x91\x91\x91\x91\x91\x91\x01"), -ZW_E_TOO_DEEP, "" },
    { "an array", BYTES("\x91\x01"), -ZW_E_TYPE, "" },
    { "a number", BYTES("\x01"), -ZW_E_TYPE, "" },
    { "no version", BYTES("\x80"), -ZW_E_MISSING, "v" },
    { "version of the wrong type", BYTES("\x81\xa1v\xa1" "1"), -ZW_E_TYPE, "v" },
    { "version 2", BYTES("\x81\xa1v\x02"), -ZW_E_VERSION, "v" },
    { "version twice", BYTES("\x82" V1 V1), -ZW_E_VALUE, "v" },
    { "key that is no str", BYTES("\x82" V1 "\x01\x01"), -ZW_E_TYPE, "" },
    { "unknown op", BYTES("\x82" V1 "\xa2op\xa4" "stop"), -ZW_E_UNKNOWN_OP, "op" },
    { "op of the wrong type", BYTES("\x82" V1 "\xa2op\x01"), -ZW_E_TYPE, "op" },
    { "req of the wrong type", BYTES("\x82" V1 "\xa3req\x90"), -ZW_E_TYPE, "req" },
    { "negative req", BYTES("\x82" V1 "\xa3req\xff"), -ZW_E_TYPE, "req" },
    { "no article", BYTES("\x81" V1), -ZW_E_MISSING, "article" },
    { "nil article", BYTES("\x82" V1 ART "\xc0"), -ZW_E_MISSING, "article" },
    { "article of the wrong type", BYTES("\x82" V1 ART "\xa1x"), -ZW_E_TYPE, "article" },
    { "no body", BYTES("\x82" V1 ART "\x80"), -ZW_E_MISSING, "article.body" },
    { "body a number", BYTES("\x82" V1 ART "\x81\xa4" "body\x01"), -ZW_E_TYPE, "article.body" },
    { "empty body", BYTES("\x82" V1 ART "\x81\xa4" "body\xa0"), -ZW_E_EMPTY, "article.body" },
    { "body not UTF-8", BYTES("\x82" V1 ART "\x81\xa4" "body\xa1\xff"), -ZW_E_ENCODING, "article.body" },
    { "overlong UTF-8", BYTES("\x82" V1 ART "\x81\xa4" "body\xa2\xc0\x80"), -ZW_E_ENCODING, "article.body" },
    { "a surrogate", BYTES("\x82" V1 ART "\x81\xa4" "body\xa3\xed\xa0\x80"), -ZW_E_ENCODING, "article.body" },
    { "title not UTF-8", BYTES("\x82" V1 ART "\x82" BODY "\xa5title\xa1\xe4"), -ZW_E_ENCODING, "article.title" },
    { "url of the wrong type", BYTES("\x82" V1 ART "\x82" BODY "\xa3url\x81\xa1x\x01"), -ZW_E_TYPE, "article.url" },
    { "id with a line break", BYTES("\x82" V1 ART "\x82" BODY "\xa2id\xa2" "a\n"), -ZW_E_VALUE, "article.id" },
    { "id twice", BYTES("\x82" V1 ART "\x83\xa2id\xa1" "a\xa2id\xa1" "b" BODY), -ZW_E_VALUE, "article.id" },
    { "format not known", BYTES("\x82" V1 ART "\x82" BODY "\xa6" "format\xa3pdf"), -ZW_E_VALUE, "article.format" },
    { "meta a list", BYTES("\x82" V1 ART "\x82" BODY "\xa4meta\x90"), -ZW_E_TYPE, "article.meta" },
    { "replay from nowhere", BYTES("\x82" V1 "\xa2op\xa6replay"), -ZW_E_MISSING, "from" },
    { "replay from and since", BYTES("\x84" V1 "\xa2op\xa6replay\xa4" "from\x01\xa5since\x01"), -ZW_E_VALUE, "since" },
    { "replay to before from", BYTES("\x84" V1 "\xa2op\xa6replay\xa4" "from\x03\xa2to\x02"), -ZW_E_VALUE, "to" },
    { "replay from a str", BYTES("\x83" V1 "\xa2op\xa6replay\xa4" "from\xa1x"), -ZW_E_TYPE, "from" },
    { "replay from -1", BYTES("\x83" V1 "\xa2op\xa6replay\xa4" "from\xff"), -ZW_E_VALUE, "from" },
    { "topics a str", BYTES("\x84" V1 "\xa2op\xa6replay\xa4" "from\x01\xa6topics\xa1x"), -ZW_E_TYPE, "topics" },
    { "a topic a number", BYTES("\x84" V1 "\xa2op\xa6replay\xa4" "from\x01\xa6topics\x91\x01"), -ZW_E_TYPE, "topics" },
    { "article by nothing", BYTES("\x82" V1 "\xa2op\xa7" "article"), -ZW_E_MISSING, "number" },
};

/* The bytes are copied to a block of their own, so that the sanitizer sees any read behind them. */
static int decode(const char *bytes, size_t n, const zw_wire_limits_t *limits, zw_request_t *ret, zw_reject_t *why)
{
    char *copy = malloc(n ? n : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    zw_wire_t *wire = zw_wire_new();
    assert_non_null(wire);
    int r = zw_request_decode(wire, zw_str(copy, n), limits, ret, why);
    zw_wire_free(wire);
    free(copy);
    return r;
}

static void each_refusal_names_code_and_field(void **state)
{
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        zw_request_t request;
        zw_reject_t why = { 0 };
        int r = decode(cases[k].bytes, cases[k].n, &ZW_WIRE_DEFAULTS, &request, &why);
        if (r != cases[k].code || why.code != r || strcmp(why.field, cases[k].field) != 0 || !why.message[0])
            fail_msg("%s: got %s on \"%s\" (%s)", cases[k].name, zw_error_name(r), why.field, why.message);
    }
}

static void limits_are_the_callers(void **state)
{
    zw_request_t request;
    zw_reject_t why;
    zw_wire_limits_t limits = ZW_WIRE_DEFAULTS;
    static const char ok[] = "\x82" V1 ART "\x82" "\xa2id\xa3" "abc" BODY;
    assert_int_equal(decode(BYTES(ok), &limits, &request, &why), 0);
    limits.string_bytes = 2;
    assert_int_equal(decode(BYTES(ok), &limits, &request, &why), -ZW_E_TOO_LARGE);
    assert_string_equal(why.field, "article.id");
    limits = ZW_WIRE_DEFAULTS;
    limits.body_bytes = 0;
    assert_int_equal(decode(BYTES(ok), &limits, &request, &why), -ZW_E_TOO_LARGE);
    assert_string_equal(why.field, "article.body");
    limits = ZW_WIRE_DEFAULTS;
    limits.message_bytes = sizeof ok - 2;
    assert_int_equal(decode(BYTES(ok), &limits, &request, &why), -ZW_E_TOO_LARGE);
    assert_string_equal(why.field, "");
    limits = ZW_WIRE_DEFAULTS;
    limits.elements = 7;
    assert_int_equal(decode(BYTES(ok), &limits, &request, &why), -ZW_E_TOO_MANY);
    limits = ZW_WIRE_DEFAULTS;
    limits.depth = 1;
    assert_int_equal(decode(BYTES(ok), &limits, &request, &why), -ZW_E_TOO_DEEP);
}

/* Chains of array16 that each promise little but together more than the message has: the bomb that a check of each
 * array by itself lets pass. */
static void sums_are_bounded(void **state)
{
    enum { LINKS = 5000, N = LINKS * 3 };
    static char bomb[N];
    for (size_t k = 0; k < LINKS; k++)
        memcpy(bomb + 3 * k, "\xdc\x00\x80", 3);
    zw_wire_limits_t limits = ZW_WIRE_DEFAULTS;
    limits.depth = 30;
    limits.elements = UINT32_MAX;
    zw_request_t request;
    zw_reject_t why;
    assert_int_equal(decode(bomb, N, &limits, &request, &why), -ZW_E_TOO_DEEP);
    limits.elements = 1000;
    assert_int_equal(decode(bomb, N, &limits, &request, &why), -ZW_E_TOO_MANY);
    /* Even a caller who asks for more gets no deeper than MessagePack-c's own stack can go. */
    limits = ZW_WIRE_DEFAULTS;
    limits.depth = 1000;
    memset(bomb, 0x91, 100);
    bomb[100] = 1;
    assert_int_equal(decode(bomb, 101, &limits, &request, &why), -ZW_E_TOO_DEEP);
}

static void a_refusal_can_be_addressed(void **state)
{
    static const char no_body[] = "\x84" V1 "\xa2op\xa6submit\xa3req\x07" ART "\x82\xa2id\xa2" "a7\xa5title\x01";
    zw_request_t request;
    zw_reject_t why;
    zw_wire_t *wire = zw_wire_new();
    assert_non_null(wire);
    assert_int_equal(zw_request_decode(wire, zw_str(BYTES(no_body)), &ZW_WIRE_DEFAULTS, &request, &why), -ZW_E_TYPE);
    assert_string_equal(why.field, "article.title");
    assert_int_equal(request.req.n, 1);
    assert_int_equal(request.req.p[0], 7);
    assert_str("a7", request.article.id);
    /* cut off behind the id: not MessagePack any more, but still addressed */
    assert_int_equal(zw_request_decode(wire, zw_str(no_body, sizeof no_body - 4), &ZW_WIRE_DEFAULTS, &request, &why),
                     -ZW_E_MALFORMED);
    assert_str("a7", request.article.id);
    assert_int_equal(request.req.n, 1);
    assert_int_equal(zw_request_decode(wire, ZW_STR_LIT("noise"), &ZW_WIRE_DEFAULTS, &request, &why), -ZW_E_MALFORMED);
    assert_int_equal(request.req.n, 0);
    assert_int_equal(request.article.id.n, 0);
    zw_wire_free(wire);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Noise, and a good message with bytes changed or its end cut: always a code or a request, never a read out of bounds. */
static void noise_is_survived(void **state)
{
    static const char good[] = "\x85" V1 "\xa2op\xa6submit\xa3req\x07\xa1x\x92\x01\xc4\x01z" ART
                               "\x83\xa2id\xa2" "a7" BODY "\xa4meta\x81\xa1k\xd9\x02zz";
    uint64_t seed = 20101118;
    unsigned refused = 0;
    for (unsigned round = 0; round < 20000; round++) {
        char bytes[sizeof good - 1];
        size_t n = sizeof bytes;
        memcpy(bytes, good, n);
        if (round % 4 == 0)
            for (size_t k = 0; k < n; k++)
                bytes[k] = (char)next_random(&seed);
        for (unsigned k = 0; k < 1 + round % 3; k++)
            bytes[next_random(&seed) % n] = (char)next_random(&seed);
        if (round % 5 == 0)
            n = next_random(&seed) % n;
        zw_request_t request;
        zw_reject_t why = { 0 };
        int r = decode(bytes, n, &ZW_WIRE_DEFAULTS, &request, &why);
        assert_true(r == 0 || (r == why.code && zw_error_name(r)[0] && strcmp(zw_error_name(r), "system") != 0));
        refused += r < 0;
    }
    assert_true(refused > 10000 && refused < 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_refusal_names_code_and_field), cmocka_unit_test(limits_are_the_callers),
        cmocka_unit_test(sums_are_bounded),                  cmocka_unit_test(a_refusal_can_be_addressed),
        cmocka_unit_test(noise_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
