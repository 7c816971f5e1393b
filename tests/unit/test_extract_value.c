/* Values: pieces, coordinations, normal forms, templates; and the literals that patterns require. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/value.h"

#include <math.h>
#include <stdio.h>

static zw_text_t TEXT;

static zw_paragraph_t paragraph(zw_arena_t *arena, const char *text)
{
    zw_paragraph_t p;
    size_t from = 0;
    TEXT = (zw_text_t){ .text = zw_strz(text) };
    assert_int_equal(zw_paragraph_make(&TEXT, (zw_span_t){ 0, (uint32_t)TEXT.text.n }, NULL, 0, &from, arena, &p), 0);
    return p;
}

static void test_split(void **state)
{
    static const struct {
        const char *text, *members;
    } CASES[] = {
        { "甲、乙和丙", "甲|乙|丙" },
        { "甲以及乙", "甲|乙" },
        { "“质量和品牌”、《办法和细则》", "质量和品牌|办法和细则" },
        { "参与制定与会标准", "参与制定与会标准" },
        { "王乐芹(女、党员)及宋志远", "王乐芹(女、党员)|宋志远" },
        { "甲", "甲" },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        zw_arena_t *arena = zw_arena_new(0);
        zw_paragraph_t p = paragraph(arena, CASES[i].text);
        zw_piece_t pieces[16], whole = zw_piece(&p, 0, (uint32_t)p.skeleton.n);
        size_t n = zw_piece_split(&p, whole, pieces, 16);
        char got[256] = "";
        for (size_t j = 0; j < n; j++) {
            zw_str_t s = zw_piece_text(&TEXT, NULL, &pieces[j]);
            size_t used = strlen(got);
            snprintf(got + used, sizeof(got) - used, "%s%.*s", j ? "|" : "", ZW_STR_ARGS(s));
        }
        assert_string_equal(got, CASES[i].members);
        zw_arena_free(arena);
    }
}

static void test_trim(void **state)
{
    static const struct {
        const char *text, *trimmed;
    } CASES[] = {
        { ",“质量月”、", "质量月" },
        { "“质量”和“品牌”", "“质量”和“品牌”" },
        { "《办法》", "办法" },
        { " 质量 ", "质量" },
        { ",,,", "" },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        zw_arena_t *arena = zw_arena_new(0);
        zw_paragraph_t p = paragraph(arena, CASES[i].text);
        zw_piece_t piece = zw_piece(&p, 0, (uint32_t)p.skeleton.n);
        zw_str_t s = zw_piece_text(&TEXT, NULL, &piece);
        assert_int_equal(s.n, strlen(CASES[i].trimmed));
        assert_memory_equal(s.p, CASES[i].trimmed, s.n);
        zw_arena_free(arena);
    }
}

static void test_normal(void **state)
{
    static const char *const ALIKE[][2] = {
        { "ＩＳＯ９００１", "iso9001" }, { "《质量 法》", "质量法" }, { "“名牌”(产品)", "名牌产品" }, { "80％", "80%" },
    };
    zw_arena_t *arena = zw_arena_new(0);
    for (size_t i = 0; i < sizeof(ALIKE) / sizeof(*ALIKE); i++) {
        zw_str_t a = zw_value_normal(zw_strz(ALIKE[i][0]), arena), b = zw_value_normal(zw_strz(ALIKE[i][1]), arena);
        assert_true(a.n > 0 && zw_str_eq(a, b));
    }
    assert_false(zw_str_eq(zw_value_normal(ZW_STR_LIT("规定"), arena), zw_value_normal(ZW_STR_LIT("条例"), arena)));
    zw_arena_free(arena);
}

static zw_str_t look_up(void *ctx, zw_str_t name)
{
    return zw_str_eqz(name, "_do") ? ZW_STR_LIT("责令") : zw_str("", 0);
}

static void test_template(void **state)
{
    zw_arena_t *arena = zw_arena_new(0);
    zw_str_t s = zw_value_template(ZW_STR_LIT("{_do}企业{_none}整改"), look_up, NULL, arena);
    assert_true(zw_str_eqz(s, "责令企业整改"));
    zw_arena_free(arena);
}

static void test_quantity(void **state)
{
    zw_arena_t *arena = zw_arena_new(0);
    zw_quantity_t q = { .value = 20, .value_max = 30, .unit = ZW_STR_LIT("家"), .comparator = ZW_EQ };
    zw_value_t v = zw_value_quantity(&q, false, arena);
    assert_int_equal(v.kind, ZW_V_MAP);
    assert_int_equal(v.map.n, 4);
    q.value_max = NAN;
    v = zw_value_quantity(&q, true, arena);
    assert_int_equal(v.map.n, 2);
    zw_arena_free(arena);
}

/* What a pattern requires, conjunct by conjunct: members separated by blanks, conjuncts by &. */
static void test_literals(void **state)
{
    static const struct {
        const char *pattern, *required;
    } CASES[] = {
        { "出台|印发", "出台 印发" },
        { "已?(?:出台|印发)了", "出台了 印发了" },
        { "(?<a>.+)出台(?<b>[^,]{2,8})办法", "出台&办法" },
        { "(?:出台)?", "" },
        { "(?:出台)*办法", "办法" },
        { "[甲乙]办法", "甲办法 乙办法" },
        { "[^甲]办法", "办法" },
        { "(?=.*质量)办法(?!细则)", "质量&办法" },
        { "(?<=《)办法", "《&办法" },
        { "(?i)abc", "" },
        { "\\p{Han}+局", "局" },
        { "办\\.法", "办.法" },
        { "(?:甲.|乙)丙", "甲 乙&丙" },
        { "(?:甲|.)丙", "丙" },
        { "甲{2,3}", "甲" },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        zw_arena_t *arena = zw_arena_new(0);
        zw_pattern_t pattern = { 0 };
        char got[256] = "";
        zw_pattern_literals(arena, zw_strz(CASES[i].pattern), &pattern);
        for (size_t j = 0; j < pattern.conjunct_count; j++)
            for (size_t k = 0; k < pattern.conjuncts[j].literal_count; k++) {
                size_t used = strlen(got);
                snprintf(got + used, sizeof(got) - used, "%s%.*s", k ? " " : j ? "&" : "",
                         ZW_STR_ARGS(pattern.conjuncts[j].literals[k]));
            }
        if (strcmp(got, CASES[i].required) != 0)
            print_error("%s\n", CASES[i].pattern);
        assert_string_equal(got, CASES[i].required);
        zw_arena_free(arena);
    }
}

/* Looking only where a match may begin finds what PCRE2 finds by itself. `filtered`: there is such a place to look for. */
static void test_starts(void **state)
{
    static const char *const TEXTS[] = {
        "", "办", "市政府出台了办法,省质监局印发细则。", "其中,合格率为98%,抽查质量好。质量", "质量,质量质量。质量兴市", "ABC 12,3出台",
    };
    static const struct {
        const char *pattern;
        bool filtered;
    } CASES[] = {
        { "(?:出台|印发)了?", true }, { "(?:^|(?<=[,。]))质量", true }, { "^质量", true }, { "(?<=质)量", true },
        { "(?:市|省)?(?:政府|质监局)", true }, { "了?出台", true }, { "(?:出台|\\d)", false }, { "[^,]{1,3}量", false },
        { "(?<=[,])(?:[^,]*)好", true }, { "(?<!兴)市", true }, { "(?=质)(?:质量|合格)", true }, { "出*台", true },
        { "(?:出台)*", false }, { "(?:^)?量", true }, { "[质量合]", true }, { "(?:(?<=,)|市)质量", true }, { "(?<=,|^)质", true },
        { "(?<a>质量)[,。]", true }, { "(?:质|(?<=量).)", false }, { "(?:^|市)?政", true }, { "$", false }, { "(?<=。)$", false },
    };
    _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
    pcre2_match_data *one = pcre2_match_data_create(8, NULL), *two = pcre2_match_data_create(8, NULL);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        zw_pattern_t pattern = { 0 };
        zw_str_t text = zw_strz(CASES[i].pattern);
        int error;
        PCRE2_SIZE at;
        zw_pattern_literals(arena, text, &pattern);
        if ((pattern.start != NULL) != CASES[i].filtered)
            print_error("%s\n", CASES[i].pattern);
        assert_int_equal(pattern.start != NULL, CASES[i].filtered);
        pattern.code = pcre2_compile((PCRE2_SPTR)text.p, text.n, PCRE2_UTF | (pattern.start ? PCRE2_ANCHORED : 0), &error, &at, NULL);
        assert_non_null(pattern.code);
        pcre2_code *plain = pcre2_compile((PCRE2_SPTR)text.p, text.n, PCRE2_UTF, &error, &at, NULL);
        for (size_t k = 0; k < sizeof(TEXTS) / sizeof(*TEXTS); k++) {
            zw_subject_t whole;
            assert_int_equal(zw_subject_make(zw_strz(TEXTS[k]), arena, &whole), 0);
            for (uint32_t c = 0; c < whole.count; c++) { /* the same in a part, and from further on */
                zw_subject_t part = zw_subject_part(&whole, whole.at[c], (uint32_t)whole.text.n);
                size_t from = part.count > 2 ? part.at[2] - part.at[0] : 0;
                int a = zw_pattern_search(&pattern, &part, from, one, NULL);
                int b = pcre2_match(plain, (PCRE2_SPTR)part.text.p, part.text.n, from, 0, two, NULL);
                if (a != b)
                    print_error("%s in %s\n", CASES[i].pattern, TEXTS[k]);
                assert_int_equal(a, b);
                for (int g = 0; g < 2 * a; g++)
                    assert_int_equal(pcre2_get_ovector_pointer(one)[g], pcre2_get_ovector_pointer(two)[g]);
            }
        }
        pcre2_code_free(pattern.code);
        pcre2_code_free(plain);
    }
    pcre2_match_data_free(one);
    pcre2_match_data_free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),    cmocka_unit_test(test_trim),     cmocka_unit_test(test_normal),
        cmocka_unit_test(test_template), cmocka_unit_test(test_quantity), cmocka_unit_test(test_literals),
        cmocka_unit_test(test_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
