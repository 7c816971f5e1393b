/* What explain says, against tests/golden/extract/explain.txt (for people) and explain.jsonl (for programs): rules that
 * fired, that fired but for a word or a part of their pattern, that lost to another, and why slots are filled or open. */
#include "extract_body.h"

#include "base/file.h"

static const char PACK[] =
    "types:\n"
    "- type: paper\n"
    "  slots:\n"
    "    title: {kind: string, key: true}\n"
    "    issuer: {kind: string}\n"
    "    number: {kind: string}\n"
    "    place: {kind: string}\n"
    "  time: auto\n"
    "  region: auto\n"
    "  fill: {issuer: [subject GOV, article GOV]}\n"
    "rules:\n"
    "- rule: issued\n"
    "  type: paper\n"
    "  when: '出台(?<title>{DOC})(?:\\((?<number>{DOCNUM})\\))?'\n"
    "- rule: issued-widely\n"
    "  type: paper\n"
    "  when: '(?:印发|出台)(?<title>{DOC})'\n"
    "  priority: -1\n"
    "- rule: issued-by-two\n"
    "  type: paper\n"
    "  when: '(?<issuer>{GOV}){X}{0,6}?会同{GOV}{X}{0,6}?(?:制定|拟定){X}{0,3}?(?<title>{DOC})'\n"
    "- rule: issued-in-a-place\n"
    "  type: paper\n"
    "  when: '(?<issuer>{GOV}){X}{0,2}?在(?<place>{X}{1,6}?)公布(?<title>{DOC})'\n"
    "- rule: issued-not\n"
    "  type: paper\n"
    "  when: '公布(?<title>{DOC})'\n"
    "  unless: '没有'\n";

static const char TEXT[] = "温州市政府召开会议。2009年出台《甲办法》。\n"
                           "市质监局随后会同市工商局认真起草了《乙办法》。市质监局随后认真地在会上公布《丙办法》。市工商局没有公布《丁办法》。";

static void compare(bool json, const char *golden)
{
    body_t body;
    pack_t p;
    make_body(&body, TEXT);
    pack_load(&p, PACK);
    assert_int_equal(p.result, 0);
    zw_extractor_t *x = zw_extractor_new();
    zw_arena_t *arena = zw_arena_new(0);
    _cleanup_buf_ zw_buf_t out = { 0 }, wanted = { 0 };
    assert_int_equal(zw_extract_explain(x, p.rules, &body.text, ZW_STR_LIT(""), arena, json, &out), 0);
    if (getenv("ZW_WRITE_GOLDEN")) {
        FILE *f = fopen(golden, "w");
        assert_non_null(f);
        assert_int_equal(fwrite(out.p, 1, out.n, f), out.n);
        assert_int_equal(fclose(f), 0);
    }
    assert_int_equal(zw_file_read(golden, 0, &wanted), 0);
    zw_buf_putc(&out, '\0');
    zw_buf_putc(&wanted, '\0');
    assert_string_equal(out.p, wanted.p);
    zw_extractor_free(x);
    zw_arena_free(arena);
    pack_done(&p);
}

static void test_people(void **state)
{
    compare(false, ZW_SOURCE "/tests/golden/extract/explain.txt");
}

static void test_programs(void **state)
{
    compare(true, ZW_SOURCE "/tests/golden/extract/explain.jsonl");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_people), cmocka_unit_test(test_programs) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
