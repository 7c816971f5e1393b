/* Numbers by their value, and what is cut off a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "dedup/tokens.h"

static uint32_t value_of(const char *text, size_t *ret_length)
{
    uint32_t value = 0;
    unsigned numerals;
    *ret_length = zw_dedup_number(text, text, text + strlen(text), &value, &numerals);
    return value;
}

static void test_equal_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        size_t length_a, length_b; /* bytes taken */
        bool same;
    } CASES[] = {
        { "3000家", "三千家", 4, 6, true },
        { "3,000", "3000", 5, 4, true },
        { "3000.0", "3000", 6, 4, true },
        { "0.3万", "三千", 6, 6, true },
        { "1.2亿元", "12000万元", 6, 8, true },
        { "2家", "两家", 1, 3, true },
        { "十二", "12", 6, 2, true },
        { "二〇〇九年", "2009年", 12, 4, true },
        { "一百零五", "105", 12, 3, true },
        { "三万二千", "32000", 12, 5, true },
        { "05", "5", 2, 1, true },
        { "91.9", "919", 4, 3, false },
        { "12", "120", 2, 3, false },
        { "12,13", "12", 2, 2, true },     /* a list, not thousands */
        { "2009.5.3", "2009", 4, 4, true }, /* a date, not a fraction */
        { "100百分点", "100", 3, 3, true },
        { "1234567890123456789012", "1234567890123456789013", 22, 22, false },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t la, lb;
        uint32_t a = value_of(CASES[i].a, &la), b = value_of(CASES[i].b, &lb);
        if (la != CASES[i].length_a || lb != CASES[i].length_b || (a == b) != CASES[i].same)
            fail_msg("%s and %s: %zu and %zu bytes, %s", CASES[i].a, CASES[i].b, la, lb, a == b ? "same" : "different");
    }
}

static void test_trim(void **state)
{
    (void)state;
    static const struct {
        const char *line, *rest;
    } CASES[] = {
        { "本报讯(记者 林晓)昨天开会。", "昨天开会。" },
        { "本报讯 昨天开会。(责任编辑:陈飞)", "昨天开会。" },
        { "昨天开会。(记者 林晓)(责任编辑:陈飞) ", "昨天开会。" },
        { "新华社北京5月3日电(记者 王立)昨天开会。", "昨天开会。" },
        { "（记者 林晓）昨天开会。", "昨天开会。" },
        { "本报将继续关注此事,电话12345。", "本报将继续关注此事,电话12345。" },
        { "通过ISO9001(质量管理体系)", "通过ISO9001(质量管理体系)" },
        { "(一)加强领导", "(一)加强领导" },
        { "", "" },
        { ")", ")" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        zw_str_t text = zw_strz(CASES[i].line);
        zw_span_t s = zw_body_trim(text, (zw_span_t){ 0, (uint32_t)text.n }, true);
        char rest[200];
        (void)snprintf(rest, sizeof rest, "%.*s", (int)(s.end - s.start), text.p + s.start);
        assert_string_equal(rest, CASES[i].rest);
    }
}

static void test_figures(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t tokens, figures, sentences;
    } CASES[] = {
        { "共3家。共五家!", 6, 2, 2 },
        { "统一思想,再三强调", 8, 0, 1 },   /* numerals that are words */
        { "第一名", 3, 1, 1 },
        { "合格率为9", 5, 0, 1 },           /* perhaps half a number */
        { "合格率为91%。", 6, 1, 1 },
        { "", 0, 0, 0 },
        { "。。。", 0, 0, 0 },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
        zw_text_t text = { .text = zw_strz(CASES[i].text) };
        zw_tokens_t t;
        assert_int_equal(zw_tokens_make(&text, NULL, 0, arena, &t), 0);
        if (t.count != CASES[i].tokens || t.figure_count != CASES[i].figures || t.sentence_count != CASES[i].sentences)
            fail_msg("%s: %zu tokens, %zu figures, %zu sentences", CASES[i].text, t.count, t.figure_count, t.sentence_count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_equal_numbers), cmocka_unit_test(test_trim), cmocka_unit_test(test_figures) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
