/* Loading packs: every mistake is told, each at its place. */
#include "extract_pack.h"

#define TYPE "types:\n- type: doc\n  slots:\n    title: {kind: string, key: true}\n    action: {kind: word, of: [issue, repeal], words: {issue: 出台}}\n    n: {kind: number}\n    parts: {kind: map, parts: {a: {kind: string}}}\n"
#define RULE TYPE "rules:\n- rule: r\n  type: doc\n"

typedef struct {
    const char *name, *yaml, *told[3]; /* each must be among the complaints */
} mistake_t;

static const mistake_t MISTAKES[] = {
    { "malformed", "types: [", { ":" } },
    { "unknown section", "tpyes: []\n", { "1:1: unknown key 'tpyes'" } },
    { "no type", "rules:\n- rule: r\n  type: x\n  when: '出台'\n", { "3:9: rule 'r': no type 'x'" } },
    { "unknown rule key", RULE "  when: '(?<title>{DOC})'\n  wenn: 1\n", { "12:3: unknown key 'wenn'" } },
    { "bad expression", RULE "  when: '(?<title>出台'\n", { "11:9: missing closing parenthesis" } },
    { "unknown macro", RULE "  when: '{NIX}(?<title>{DOC})'\n", { "11:9: {NIX} is no class of mentions and no macro" } },
    { "macro cycle", "macros:\n  AA: '{BB}'\n  BB: '{AA}'\n", { "contains itself" } },
    { "macro twice", "macros:\n  AA: 'x'\n  AA: 'y'\n", { "3:3: this key stands twice" } },
    { "macro is built in", "macros:\n  DOC: 'x'\n", { "2:3: {DOC} is built in" } },
    { "group is no slot", RULE "  when: '(?<titel>{DOC})'\n", { "11:9: group 'titel' is no slot of type doc" } },
    { "map slot without part", RULE "  when: '(?<title>{DOC})(?<parts>x)'\n", { "11:9: slot 'parts' has parts" } },
    { "key never filled", RULE "  when: '(?<n>{COUNT})'\n", { "never fills key slot 'title'" } },
    { "set no slot", RULE "  when: '(?<title>{DOC})'\n  set: {x: 1}\n", { "12:9: no slot 'x'" } },
    { "set no word", RULE "  when: '(?<title>{DOC})'\n  set: {action: burn}\n", { "12:17: 'burn' is no word of slot 'action'" } },
    { "set no number", RULE "  when: '(?<title>{DOC})'\n  set: {n: many}\n", { "12:12: 'many' does not fit slot 'n'" } },
    { "template", RULE "  when: '(?<title>{DOC})'\n  set: {title: '{_x}'}\n", { "{_x}: no such group" } },
    { "where", RULE "  when: '(?<title>{DOC})'\n  where: {tite: a}\n", { "12:11: no slot 'tite'" } },
    { "items without range", RULE "  when: '(?<title>{DOC})'\n  items: '(?<n>{COUNT})'\n", { "'items' needs a group _items" } },
    { "fill source", RULE "  when: '(?<title>{DOC})'\n  fill: {title: somewhere}\n", { "12:17: a source is" } },
    { "fill of no type", RULE "  when: '(?<title>{DOC})'\n  fill: {title: last nix.x}\n", { "names no slot of a type" } },
    { "time", RULE "  when: '(?<title>{DOC})'\n  time: never\n", { "12:9: time is one of" } },
    { "region", RULE "  when: '(?<title>{DOC})'\n  region: [titel]\n", { "12:12: 'titel' is no slot of doc" } },
    { "modality", RULE "  when: '(?<title>{DOC})'\n  modality: maybe\n", { "12:13: modality is" } },
    { "confidence", RULE "  when: '(?<title>{DOC})'\n  confidence: 1.5\n", { "12:15: confidence is" } },
    { "priority", RULE "  when: '(?<title>{DOC})'\n  priority: 5x\n", { "12:13: priority is" } },
    { "example", RULE "  when: '(?<title>{DOC})'\n  examples:\n  - text: x\n", { "13:5: an example is" } },
    { "several at once", RULE "  when: '(?<titel>{DOC})'\n  priority: high\n  nix: 1\n",
      { "group 'titel'", "12:13: priority", "13:3: unknown key 'nix'" } },
    { "slot kind", "types:\n- type: t\n  slots: {a: {kind: strong, key: true}}\n", { "3:21: kind is string" } },
    { "slot name", "types:\n- type: t\n  slots: {time: {kind: time, key: true}}\n", { "3:11: every fact has 'time' already" } },
    { "no key", "types:\n- type: t\n  slots: {a: {kind: string}}\n", { "one slot at least has 'key: true'" } },
    { "word without of", "types:\n- type: t\n  slots: {a: {kind: word, key: true}}\n", { "a word slot needs 'of'" } },
    { "type twice", TYPE "- type: doc\n  slots: {a: {kind: string, key: true}}\n", { "type 'doc' is already defined" } },
    { "yields", "types:\n- type: t\n  slots: {a: {kind: string, key: true}}\n  yields: {to: [nix]}\n", { "yields: no type 'nix'" } },
    { "rule twice", RULE "  when: '(?<title>{DOC})'\n- rule: r\n  type: doc\n  when: '(?<title>{DOC})'\n", { "12:9: rule 'r' is already defined" } },
    { "signal", "signals:\n  nix: 'x'\n", { "2:3: no signal 'nix'" } },
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < sizeof(MISTAKES) / sizeof(*MISTAKES); i++) {
        pack_t p;
        pack_load(&p, MISTAKES[i].yaml);
        if (p.result != -ZW_E_RULES)
            print_error("%s: loaded\n", MISTAKES[i].name);
        assert_int_equal(p.result, -ZW_E_RULES);
        for (size_t j = 0; j < 3 && MISTAKES[i].told[j]; j++) {
            if (!strstr(p.told, MISTAKES[i].told[j]))
                print_error("%s: wanted \"%s\" in:\n%s", MISTAKES[i].name, MISTAKES[i].told[j], p.told);
            assert_non_null(strstr(p.told, MISTAKES[i].told[j]));
        }
        pack_done(&p);
    }
}

static void test_warnings(void **state)
{
    pack_t p;
    pack_load(&p, RULE "  when: '(?<title>[^《]+)法?'\n");
    assert_int_equal(p.result, 0);
    assert_non_null(strstr(p.told, "11:9: warning: rule 'r' requires no literal"));
    assert_non_null(strstr(p.told, "warning: rule 'r' has no examples"));
    assert_int_equal(zw_rules_count(p.rules), 1);
    pack_done(&p);
}

static void test_version(void **state)
{
    pack_t a, b, c;
    pack_load(&a, RULE "  when: '(?<title>{DOC})'\n");
    pack_load(&b, RULE "  when: '(?<title>{DOC})'\n");
    pack_load(&c, RULE "  when: '(?<title>{DOC})。'\n");
    assert_int_equal(strlen(zw_rules_version(a.rules)), 32);
    assert_string_equal(zw_rules_version(a.rules), zw_rules_version(b.rules));
    assert_string_not_equal(zw_rules_version(a.rules), zw_rules_version(c.rules));
    pack_done(&a);
    pack_done(&b);
    pack_done(&c);
}

static void test_references(void **state)
{
    pack_t p;
    pack_load(&p, RULE "  when: '(?<title>{DOC})'\n");
    zw_rules_t *second = zw_rules_ref(p.rules);
    pack_done(&p);
    assert_int_equal(zw_rules_count(second), 1);
    zw_rules_unref(second);
    zw_rules_unref(NULL);
}

static void test_missing_folder(void **state)
{
    const char *dirs[] = { "/nonexistent/packs" };
    zw_rules_t *rules = NULL;
    assert_int_equal(zw_rules_load(dirs, 1, NULL, NULL, &rules), -2);
    assert_null(rules);
}

/* Examples fail when they should, and say where. */
static void test_examples(void **state)
{
    pack_t p;
    size_t ran = 0;
    pack_load(&p, RULE "  when: '出台(?<title>{DOC})'\n  examples:\n"
                       "  - {text: 出台《甲办法》。, gives: {title: 甲办法}}\n"
                       "  - {text: 出台《甲办法》。, gives: {title: 乙办法}}\n"
                       "  - {text: 出台《甲办法》。, gives: nothing}\n"
                       "  - {text: 修订《甲办法》。, gives: {title: 甲办法}}\n"
                       "  - {text: 修订《甲办法》。, gives: nothing}\n");
    assert_int_equal(p.result, 0);
    p.told[0] = '\0';
    assert_int_equal(zw_rules_test(p.rules, pack_tell, &p, &ran), 3);
    assert_int_equal(ran, 5);
    assert_non_null(strstr(p.told, "14:"));
    assert_non_null(strstr(p.told, "15:"));
    assert_non_null(strstr(p.told, "16:"));
    assert_non_null(strstr(p.told, "修订{DOC}"));
    pack_done(&p);
}

/* A pattern that explodes is told by the check. */
static void test_cost(void **state)
{
    pack_t p;
    size_t ran = 0;
    pack_load(&p, RULE "  when: '(?<title>(?:(?:质|质量|量)+)+)办法'\n"
                       "  examples:\n  - {text: 出台质量办法。, gives: {title: 质量}}\n");
    assert_int_equal(p.result, 0);
    assert_int_equal(zw_rules_test(p.rules, pack_tell, &p, &ran), 0);
    assert_non_null(strstr(p.told, "11:9: warning: rule 'r' can take more than"));
    pack_done(&p);
}

/* The shipped packs load, and all their examples hold. */
static void test_shipped(void **state)
{
    pack_t p = { .told = "" };
    size_t ran = 0;
    int r = zw_rules_load(NULL, 0, pack_tell, &p, &p.rules);
    if (r < 0)
        print_error("%s", p.told);
    assert_int_equal(r, 0);
    p.told[0] = '\0';
    int failed = zw_rules_test(p.rules, pack_tell, &p, &ran);
    if (failed)
        print_error("%s", p.told);
    assert_int_equal(failed, 0);
    assert_true(ran >= 2 * 15);
    pack_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),       cmocka_unit_test(test_warnings), cmocka_unit_test(test_version),
        cmocka_unit_test(test_references),     cmocka_unit_test(test_examples), cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_missing_folder), cmocka_unit_test(test_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
