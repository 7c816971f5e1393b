/* The engine as a whole: its features (tests/golden/extract/features.yaml), spans, bounds, and the same facts each time. */
#include "extract_body.h"

#include "base/file.h"

#define PAPER "types:\n- type: paper\n  slots:\n    title: {kind: string, key: true}\n    n: {kind: measure}\n  time: auto\n"
#define ISSUED PAPER "rules:\n- rule: issued\n  type: paper\n  when: '出台(?<title>{DOC})'\n"

typedef struct {
    pack_t pack;
    zw_extractor_t *extractor;
    zw_arena_t *arena;
    zw_extraction_t found;
} fixture_t;

static void extract(fixture_t *f, const char *yaml, const body_t *body)
{
    pack_load(&f->pack, yaml);
    if (f->pack.result < 0)
        print_error("%s", f->pack.told);
    assert_int_equal(f->pack.result, 0);
    f->extractor = zw_extractor_new();
    f->arena = zw_arena_new(0);
    assert_int_equal(zw_extract(f->extractor, f->pack.rules, &body->text, ZW_STR_LIT(""), f->arena, &f->found), 0);
}

static void done(fixture_t *f)
{
    zw_extractor_free(f->extractor);
    zw_arena_free(f->arena);
    pack_done(&f->pack);
}

static void test_features(void **state)
{
    pack_t p = { .folder = ZW_SOURCE "/tests/golden/extract" };
    const char *dirs[] = { p.folder };
    size_t ran = 0;
    int r = zw_rules_load(dirs, 1, pack_tell, &p, &p.rules);
    if (r == 0)
        r = zw_rules_test(p.rules, pack_tell, &p, &ran);
    if (r != 0)
        print_error("%s", p.told);
    assert_int_equal(r, 0);
    assert_true(ran > 20);
    pack_done(&p);
}

static void test_span(void **state)
{
    static const char TEXT[] = "据悉,市里出台《甲办法》。\n再说一次:出台《甲办法》。";
    body_t body;
    fixture_t f;
    make_body(&body, TEXT);
    extract(&f, ISSUED, &body);
    assert_int_equal(f.found.fact_count, 1);
    const zw_fact_t *fact = &f.found.facts[0];
    assert_true(zw_str_eqz(fact->quote, "出台《甲办法》"));
    assert_int_equal(fact->src.start, strstr(TEXT, "出台") - TEXT);
    assert_true(zw_str_eqz(zw_fact_slot(fact, "title")->str, "甲办法"));
    assert_true(zw_str_eqz(fact->rule, "issued"));
    assert_int_equal(fact->also_count, 1);
    assert_memory_equal(TEXT + fact->also[0].start, "出台《甲办法》", strlen("出台《甲办法》"));
    assert_int_equal(fact->also[0].start, strstr(strchr(TEXT, '\n'), "出台") - TEXT);
    done(&f);
}

/* The id comes from the key, not from wording, place or article. */
static void test_identity(void **state)
{
    static const char *const SAME[] = { "出台《甲办法》。", "2009年市里出台《甲 办法》,反响很好。", "出台《“甲”办法》" };
    uint8_t first[16];
    for (size_t i = 0; i < 3; i++) {
        body_t body;
        fixture_t f;
        make_body(&body, SAME[i]);
        extract(&f, ISSUED, &body);
        assert_int_equal(f.found.fact_count, 1);
        if (i == 0)
            memcpy(first, f.found.facts[0].id, 16);
        assert_memory_equal(f.found.facts[0].id, first, 16);
        done(&f);
    }
    body_t body;
    fixture_t f;
    make_body(&body, "出台《乙办法》。");
    extract(&f, ISSUED, &body);
    assert_memory_not_equal(f.found.facts[0].id, first, 16);
    done(&f);
}

/* A pattern of exponential cost hits its limit, is counted, and gives nothing; other rules go on. */
static void test_match_limit(void **state)
{
    static char text[8192];
    strcpy(text, "出台《甲办法》:");
    for (int i = 0; i < 60; i++)
        strcat(text, "质质质质质质");
    strcat(text, "。");
    body_t body;
    fixture_t f;
    make_body(&body, text);
    extract(&f, ISSUED "- rule: bad\n  type: paper\n  when: '(?<title>(?:(?:质|质质)+)+)量{DOC}?'\n"
                       "- rule: worse\n  type: paper\n  when: ':(?<title>(?:(?:质|质质)+)+)量?量?$'\n",
            &body);
    assert_true(f.found.limited >= 1);
    assert_int_equal(f.found.fact_count, 1);
    assert_true(zw_str_eqz(f.found.facts[0].rule, "issued"));
    done(&f);
}

/* One extractor goes from rules to rules, and gives the same bytes each time. */
static void test_again(void **state)
{
    body_t body;
    pack_t a, b;
    make_body(&body, "2009年出台《甲办法》,出台《乙办法》。废止《丙办法》。");
    pack_load(&a, ISSUED);
    pack_load(&b, PAPER "rules:\n- rule: gone\n  type: paper\n  when: ['废止(?<title>{DOC})', '出台(?<title>{DOC})']\n");
    zw_extractor_t *x = zw_extractor_new();
    zw_arena_t *arena = zw_arena_new(0);
    _cleanup_buf_ zw_buf_t first = { 0 };
    for (int i = 0; i < 4; i++) {
        zw_extraction_t found;
        _cleanup_buf_ zw_buf_t bytes = { 0 };
        zw_arena_reset(arena, 1 << 20);
        assert_int_equal(zw_extract(x, i % 2 ? b.rules : a.rules, &body.text, ZW_STR_LIT(""), arena, &found), 0);
        assert_int_equal(found.fact_count, i % 2 ? 3 : 2);
        for (size_t j = 0; j < found.fact_count; j++)
            zw_fact_encode(&found.facts[j], i == 0 ? &first : &bytes);
        if (i == 2) {
            assert_int_equal(bytes.n, first.n);
            assert_memory_equal(bytes.p, first.p, first.n);
        }
    }
    zw_extractor_free(x);
    zw_arena_free(arena);
    pack_done(&a);
    pack_done(&b);
}

/* Memory that runs out at any allocation is an error, not a crash. */
static void test_no_memory(void **state)
{
    body_t body;
    pack_t p;
    make_body(&body, "2009年出台《甲办法》,出台《乙办法》。");
    pack_load(&p, ISSUED "  each: title\n");
    zw_extractor_t *x = zw_extractor_new();
    int r = -1;
    for (unsigned long n = 1; r != 0 && n < 2000; n++) {
        zw_arena_t *arena = zw_arena_new(0);
        zw_extraction_t found;
        zw_arena_fail_at(n);
        r = zw_extract(x, p.rules, &body.text, ZW_STR_LIT(""), arena, &found);
        zw_arena_fail_at(0);
        assert_true(r == 0 || r == -12);
        if (r == 0 && found.fact_count != 2)
            r = -1; /* a failure that only cost a fact would be silent loss */
        assert_true(r != -1);
        zw_arena_free(arena);
    }
    assert_int_equal(r, 0);
    zw_extractor_free(x);
    pack_done(&p);
}

static void test_empty(void **state)
{
    body_t body;
    fixture_t f;
    make_body(&body, "");
    extract(&f, ISSUED, &body);
    assert_int_equal(f.found.fact_count, 0);
    done(&f);
}

/* A topical type is looked for where the words of the field stand often enough, and in brief texts; others everywhere. */
static void test_topic(void **state)
{
    static const struct {
        const char *once, *filling; /* the second is repeated to some length */
        int times;
        const char *topical;
        size_t facts;
    } CASES[] = {
        { "", "天气晴好。", 40, "true", 0 },     { "", "天气晴好。", 40, "false", 1 },       { "", "天气晴好。", 10, "true", 1 },
        { "", "质量抽查合格。", 30, "true", 1 }, { "质量合格。", "天气晴好。", 40, "true", 1 }, { "质量合格。", "天气晴好。", 100, "true", 0 },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        static char text[8192], yaml[1024];
        strcpy(text, "出台《甲办法》。");
        strcat(text, CASES[i].once);
        for (int k = 0; k < CASES[i].times; k++)
            strcat(text, CASES[i].filling);
        snprintf(yaml, sizeof(yaml), "%s  topical: %s\nrules:\n- rule: issued\n  type: paper\n  when: '出台(?<title>{DOC})'\nsignals:\n  topic: '质量|合格'\n",
                 PAPER, CASES[i].topical);
        body_t body;
        fixture_t f;
        make_body(&body, text);
        extract(&f, yaml, &body);
        assert_int_equal(f.found.fact_count, CASES[i].facts);
        done(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_features),    cmocka_unit_test(test_span),  cmocka_unit_test(test_identity),
        cmocka_unit_test(test_match_limit), cmocka_unit_test(test_again), cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_empty),       cmocka_unit_test(test_topic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
