/* A fact as MessagePack, decoded again by MessagePack-c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/fact.h"
#include "zw_buf.h"

#include <msgpack.h>

static const msgpack_object *get(const msgpack_object *map, const char *key)
{
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object *k = &map->via.map.ptr[i].key;
        if (k->via.str.size == strlen(key) && memcmp(k->via.str.ptr, key, k->via.str.size) == 0)
            return &map->via.map.ptr[i].val;
    }
    return NULL;
}

static bool is_text(const msgpack_object *o, const char *text)
{
    return o && o->type == MSGPACK_OBJECT_STR && o->via.str.size == strlen(text) && memcmp(o->via.str.ptr, text, o->via.str.size) == 0;
}

static void test_encode(void **state)
{
    zw_value_t parties[] = { { .kind = ZW_V_STR, .str = ZW_STR_LIT("甲") }, { .kind = ZW_V_STR, .str = ZW_STR_LIT("乙") } };
    zw_slot_t amount[] = { { ZW_STR_LIT("value"), { .kind = ZW_V_NUM, .num = 1.2e9 } },
                           { ZW_STR_LIT("unit"), { .kind = ZW_V_STR, .str = ZW_STR_LIT("元") } } };
    zw_slot_t slots[] = {
        { ZW_STR_LIT("parties"), { .kind = ZW_V_LIST, .list = { parties, 2 } } },
        { ZW_STR_LIT("amount"), { .kind = ZW_V_MAP, .map = { amount, 2 } } },
        { ZW_STR_LIT("quoted"), { .kind = ZW_V_BOOL, .flag = true } },
        { ZW_STR_LIT("rate"), { .kind = ZW_V_NUM, .num = 86.9 } },
    };
    zw_span_t also[] = { { 100, 120 } };
    zw_fact_t fact = { .type = ZW_STR_LIT("incentive"), .region = 330300, .modality = ZW_PLANNED, .confidence = 0.9, .src = { 3, 9 },
                       .quote = ZW_STR_LIT("奖励"), .also = also, .also_count = 1, .rule = ZW_STR_LIT("r"), .slots = slots,
                       .slot_count = 4 };
    memset(fact.id, 0xAB, sizeof(fact.id));
    _cleanup_buf_ zw_buf_t out = { 0 };
    zw_fact_encode(&fact, &out);
    assert_false(out.failed);

    msgpack_unpacked got;
    msgpack_unpacked_init(&got);
    size_t used = 0;
    assert_int_equal(msgpack_unpack_next(&got, out.p, out.n, &used), MSGPACK_UNPACK_SUCCESS);
    assert_int_equal(used, out.n);
    const msgpack_object *map = &got.data;
    assert_int_equal(map->type, MSGPACK_OBJECT_MAP);
    assert_true(is_text(get(map, "type"), "incentive"));
    assert_true(is_text(get(map, "id"), "abababababababababababababababab"));
    assert_int_equal(get(map, "time")->type, MSGPACK_OBJECT_NIL);
    assert_true(is_text(get(map, "region"), "330300"));
    assert_true(is_text(get(map, "modality"), "planned"));
    assert_int_equal(get(get(map, "span"), "start")->via.u64, 3);
    assert_true(is_text(get(get(map, "span"), "quote"), "奖励"));
    assert_int_equal(get(map, "also")->via.array.size, 1);
    assert_int_equal(get(map, "parties")->via.array.size, 2);
    assert_int_equal(get(get(map, "amount"), "value")->type, MSGPACK_OBJECT_POSITIVE_INTEGER);
    assert_int_equal(get(get(map, "amount"), "value")->via.u64, 1200000000);
    assert_true(get(map, "quoted")->via.boolean);
    assert_true(get(map, "rate")->via.f64 > 86.89 && get(map, "rate")->via.f64 < 86.91);
    msgpack_unpacked_destroy(&got);
}

static void test_region_digits(void **state)
{
    zw_fact_t fact = { .type = ZW_STR_LIT("t"), .region = 0 };
    _cleanup_buf_ zw_buf_t out = { 0 };
    zw_fact_encode(&fact, &out);
    msgpack_unpacked got;
    msgpack_unpacked_init(&got);
    assert_int_equal(msgpack_unpack_next(&got, out.p, out.n, NULL), MSGPACK_UNPACK_SUCCESS);
    assert_int_equal(get(&got.data, "region")->type, MSGPACK_OBJECT_NIL);
    msgpack_unpacked_destroy(&got);
}

static void test_slot(void **state)
{
    zw_slot_t slots[] = { { ZW_STR_LIT("title"), { .kind = ZW_V_STR, .str = ZW_STR_LIT("办法") } } };
    zw_fact_t fact = { .slots = slots, .slot_count = 1 };
    assert_ptr_equal(zw_fact_slot(&fact, "title"), &slots[0].value);
    assert_null(zw_fact_slot(&fact, "name"));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_encode), cmocka_unit_test(test_region_digits), cmocka_unit_test(test_slot) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
