/* Sentences and skeletons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/sentence.h"

#include <stdio.h>

typedef struct {
    const char *name, *text, *sentences; /* separated by | */
} split_case_t;

static const split_case_t SPLITS[] = {
    { "full stops", "市政府出台办法。质监局开展检查。", "市政府出台办法。|质监局开展检查。" },
    { "semicolons", "一是抓质量;二是抓品牌。", "一是抓质量;|二是抓品牌。" },
    { "full-width semicolon", "一是抓质量；二是抓品牌。", "一是抓质量;|二是抓品牌。" },
    { "quoted stops", "他说:“质量是根本。品牌是关键。”会议结束。", "他说:“质量是根本。品牌是关键。”|会议结束。" },
    { "speaker behind", "“质量是根本。”该局局长张三说。会后参观。", "“质量是根本。”该局局长张三说。|会后参观。" },
    { "stop in brackets", "公司(成立于2001年。注册资金100万元)获奖。", "公司(成立于2001年。|注册资金100万元)获奖。" },
    { "question", "谁来管?政府来管!", "谁来管?|政府来管!" },
    { "quotes that do not pair", "他说”质量。“品牌”。", "他说”质量。|“品牌”。" },
    { "no stop", "没有句号", "没有句号" },
    { "list mark", "▲市政府出台办法。质监局开展检查。", "市政府出台办法。|质监局开展检查。" },
    { "label", "【扩项】质监局开展检查。", "质监局开展检查。" },
    { "nothing but a label", "【通告】", "【通告】" },
    { "corner quotes", "「質量好。」局長說。", "“質量好。”|局長說。" },
};

static zw_paragraph_t paragraph(zw_arena_t *arena, const char *text, zw_mention_t *mentions, size_t count)
{
    static zw_text_t t;
    zw_paragraph_t p;
    size_t from = 0;
    t = (zw_text_t){ .text = zw_strz(text) };
    assert_int_equal(zw_paragraph_make(&t, (zw_span_t){ 0, (uint32_t)t.text.n }, mentions, count, &from, arena, &p), 0);
    return p;
}

static void test_split(void **state)
{
    for (size_t i = 0; i < sizeof(SPLITS) / sizeof(*SPLITS); i++) {
        zw_arena_t *arena = zw_arena_new(0);
        char got[512] = "";
        zw_paragraph_t p = paragraph(arena, SPLITS[i].text, NULL, 0);
        for (size_t j = 0; j < p.sentence_count; j++) {
            zw_span_t s = p.sentences[j].sk;
            size_t n = strlen(got);
            snprintf(got + n, sizeof(got) - n, "%s%.*s", j ? "|" : "", (int)(s.end - s.start), p.skeleton.p + s.start);
        }
        if (strcmp(got, SPLITS[i].sentences) != 0)
            print_error("%s\n", SPLITS[i].name);
        assert_string_equal(got, SPLITS[i].sentences);
        zw_arena_free(arena);
    }
}

static zw_mention_t mention(zw_mention_class_t cls, const char *text, const char *what)
{
    const char *at = strstr(text, what);
    assert_non_null(at);
    zw_span_t span = { (uint32_t)(at - text), (uint32_t)(at - text + (long)strlen(what)) };
    return (zw_mention_t){ .cls = cls, .span = span, .inner = span };
}

/* The map leads from each character of the skeleton to its bytes, and quotes around one mention belong to it. */
static void test_map(void **state)
{
    static const char TEXT[] = "2009年，市政府启动“质量月”活动。";
    zw_arena_t *arena = zw_arena_new(0);
    zw_mention_t mentions[] = { mention(ZW_M_TIME, TEXT, "2009年"), mention(ZW_M_GOV, TEXT, "市政府"),
                                mention(ZW_M_INIT, TEXT, "质量月") };
    zw_paragraph_t p = paragraph(arena, TEXT, mentions, 3);
    static const char SKELETON[] = "\xEE\x80\x8A,\xEE\x80\x81启动\xEE\x80\x94活动。";
    assert_int_equal(p.skeleton.n, sizeof(SKELETON) - 1);
    assert_memory_equal(p.skeleton.p, SKELETON, p.skeleton.n);
    const uint32_t quoted = (uint32_t)(strstr(SKELETON, "活动") - SKELETON) - 3;
    zw_span_t span = zw_paragraph_span(&p, quoted, quoted + 3);
    assert_int_equal(span.end - span.start, strlen("“质量月”"));
    assert_memory_equal(TEXT + span.start, "“质量月”", span.end - span.start);
    assert_int_equal(p.mention[quoted], 2);
    assert_int_equal(p.at[p.skeleton.n], strlen(TEXT));
    zw_arena_free(arena);
}

/* A private-use character of the text is no mention. */
static void test_private_use(void **state)
{
    zw_arena_t *arena = zw_arena_new(0);
    zw_paragraph_t p = paragraph(arena, "\xEE\x80\x81" "出台", NULL, 0);
    assert_memory_equal(p.skeleton.p, "\xEF\xBF\xBD", 3);
    zw_arena_free(arena);
}

/* However long a text without stops is, its sentences stay bounded and cover it. */
static void test_bounded(void **state)
{
    enum { CHARS = 40000 };
    zw_arena_t *arena = zw_arena_new(0);
    char *text = zw_arena_alloc(arena, CHARS * 3 + 1);
    for (int i = 0; i < CHARS; i++)
        memcpy(text + 3 * i, i % 50 == 49 ? "，" : "“", 3);
    text[CHARS * 3] = '\0';
    zw_paragraph_t p = paragraph(arena, text, NULL, 0);
    uint32_t at = 0;
    for (size_t i = 0; i < p.sentence_count; i++) {
        assert_int_equal(p.sentences[i].sk.start, at);
        at = p.sentences[i].sk.end;
        assert_true(at - p.sentences[i].sk.start <= ZW_SENTENCE_BYTES + 4);
    }
    assert_int_equal(at, p.skeleton.n);
    zw_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_private_use),
        cmocka_unit_test(test_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
