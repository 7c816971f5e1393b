/* Pairs of bulletins: the same report in other words, or another report in the same words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "dedup_help.h"

#define QUARTER                                                                                                            \
    "2010年4月12日,温州市质量技术监督局公布第一季度皮鞋产品质量监督抽查结果,共抽查86批次,合格79批次,批次合格率为91.9%," \
    "比上年同期提高2.3个百分点。\n"
#define BODY                                                                                                              \
    "不合格项目主要集中在标识、外底耐磨性能和帮底剥离强度等方面,涉及7家企业。该局已责令不合格产品生产企业停产整改,"     \
    "并依法对其中3家立案查处。\n下一步,全市将继续加大监督抽查力度,督促企业落实产品质量主体责任,完善质量追溯制度。\n"
#define TALK                                                                                                              \
    "副市长在会上指出,质量是企业的生命,各地各部门要充分认识质量兴市工作的重要意义,把这项工作摆上更加突出的位置。"          \
    "要加强组织领导,健全工作机制,落实工作责任,形成政府主导、部门联动、企业主体、社会参与的工作格局,推动质量总体水平再上新台阶。"

static const struct {
    const char *what, *first, *second;
    zw_status_t status;
    zw_dup_t dup;
} CASES[] = {
    { "the same text", QUARTER BODY, QUARTER BODY, ZW_ST_DUPLICATE, ZW_DUP_EXACT },
    { "other punctuation, blanks and paragraphs", "温州市质监局共抽查86批次,合格79批次;合格率为91.9%。\n" BODY,
      "温州市质监局共抽查 86 批次，合格 79 批次，合格率为91.9%。" BODY, ZW_ST_DUPLICATE, ZW_DUP_EXACT },
    { "byline before, editor behind", QUARTER BODY, "本报讯(记者 林晓) " QUARTER BODY "(责任编辑:陈飞)", ZW_ST_DUPLICATE, ZW_DUP_EXACT },
    { "dateline of an agency", QUARTER BODY, "新华社杭州4月13日电(记者 王立) " QUARTER BODY, ZW_ST_DUPLICATE, ZW_DUP_EXACT },
    { "numbers written otherwise", "全市共有1,200家企业获得认证,投入资金3万元,两家企业获奖。" BODY,
      "全市共有1200家企业获得认证,投入资金30000元,2家企业获奖。" BODY, ZW_ST_DUPLICATE, ZW_DUP_EXACT },
    { "a sentence reworded", QUARTER BODY,
      QUARTER "不合格的项目主要是标识、外底耐磨性能、帮底剥离强度等,涉及7家企业。该局已责令不合格产品的生产企业停产整改,并对其中3家依法"
              "立案查处。\n下一步,全市还将加大监督抽查的力度,督促企业落实产品质量主体责任,完善质量追溯制度。",
      ZW_ST_DUPLICATE, ZW_DUP_NEAR },
    { "the last third cut", QUARTER BODY, QUARTER "不合格项目主要集中在标识、外底耐磨性能和帮底剥离强度等方面,涉及7家企业。", ZW_ST_DUPLICATE,
      ZW_DUP_CONTAINED },
    { "a lead added", QUARTER BODY,
      "记者日前走访了鹿城区的多家鞋厂,车间里一派繁忙,负责人说订单已经排到了6月,原料价格却涨了15%,工人也不好招。\n"
      "为了弄清市场上的鞋到底怎么样,记者又来到双屿的鞋料市场,这里有400多个摊位,不少摊主说今年的生意比去年好做。\n" QUARTER BODY,
      ZW_ST_DUPLICATE, ZW_DUP_CONTAINED },
    { "the next quarter", QUARTER BODY,
      "2010年7月9日,温州市质量技术监督局公布第二季度皮鞋产品质量监督抽查结果,共抽查92批次,合格85批次,批次合格率为92.4%,"
      "比上年同期提高1.8个百分点。\n" BODY,
      ZW_ST_NEW, ZW_DUP_NONE },
    { "one figure differs", QUARTER BODY,
      "2010年4月12日,温州市质量技术监督局公布第一季度皮鞋产品质量监督抽查结果,共抽查86批次,合格80批次,批次合格率为91.9%,"
      "比上年同期提高2.3个百分点。\n" BODY,
      ZW_ST_NEW, ZW_DUP_NONE },
    { "digits that damage has swallowed", QUARTER BODY,
      "2010年4月12日,温州市质量技术监督局公布第一季度皮鞋产品质量监督抽查结果,共抽查\uFFFD6批次,合格\uFFFD9批次,批次合格率为\uFFFD1.9%,"
      "比上年同期提高2.3个百分点。\n" BODY,
      ZW_ST_DUPLICATE, ZW_DUP_NEAR },
    { "one figure differs, others are swallowed", QUARTER BODY,
      "2010年4月12日,温州市质量技术监督局公布第一季度皮鞋产品质量监督抽查结果,共抽查\uFFFD6批次,合格80批次,批次合格率为91.9%,"
      "比上年同期提高2.3个百分点。\n" BODY,
      ZW_ST_NEW, ZW_DUP_NONE },
    { "a year in numerals without the zeros that Big5 lacks", "二〇一〇年五月,二〇〇九年的数字也公布了。" QUARTER BODY,
      "二一年五月,二九年的数字也公布了。" QUARTER BODY, ZW_ST_DUPLICATE, ZW_DUP_NEAR },
    { "another year in numerals", "二〇一〇年五月,一九九八年的数字也公布了。" QUARTER BODY,
      "二〇一〇年五月,一九九七年的数字也公布了。" QUARTER BODY, ZW_ST_NEW, ZW_DUP_NONE },
    { "one numeral differs", QUARTER BODY "目前共有三家企业获得名牌称号。", QUARTER BODY "目前共有四家企业获得名牌称号。", ZW_ST_NEW,
      ZW_DUP_NONE },
    { "another city, same figures", QUARTER BODY,
      "2010年4月12日,台州市质量技术监督局公布第一季度皮鞋产品质量监督抽查结果,共抽查86批次,合格79批次,批次合格率为91.9%,"
      "比上年同期提高2.3个百分点。\n" BODY,
      ZW_ST_NEW, ZW_DUP_NONE },
    { "a speech without figures, twice", "昨天,市政府召开质量工作会议。" TALK, "日前,市政府召开质量工作会议。" TALK, ZW_ST_DUPLICATE, ZW_DUP_NEAR },
    { "the same closing words under another report", QUARTER BODY,
      "2011年3月8日,泉州市工商局公布流通领域童装商品质量监测结果,在15家商场共抽检120组样品,其中31组不合格,问题集中在"
      "甲醛含量、色牢度和纤维成分。消费者王女士说,给孩子买衣服最怕颜色太鲜艳,洗一次水就红了。专家提醒,购买童装要看清"
      "吊牌上的安全类别,婴幼儿用品应当标明A类。\n下一步,全市将继续加大监督抽查力度,督促企业落实产品质量主体责任,完善质量追溯制度。",
      ZW_ST_NEW, ZW_DUP_NONE },
    { "nothing in common", QUARTER BODY, TALK, ZW_ST_NEW, ZW_DUP_NONE },
    { "an empty body is no copy of an empty body", "。", "!", ZW_ST_NEW, ZW_DUP_NONE },
};

static void test_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
        zw_dedup_t *dedup = open_index(100, 0);
        zw_decision_t d;
        const zw_fingerprint_t *first = fingerprint(arena, CASES[i].first, NULL, NULL, NULL);
        const zw_fingerprint_t *second = fingerprint(arena, CASES[i].second, NULL, NULL, NULL);
        zw_dedup_decide(dedup, first, &d);
        assert_int_equal(d.status, ZW_ST_NEW);
        zw_dedup_insert(dedup, 7, first, &d, 0);
        zw_dedup_decide(dedup, second, &d);
        if (d.status != CASES[i].status || d.dup != CASES[i].dup)
            fail_msg("%s: status %d, kind %d, similarity %.2f", CASES[i].what, d.status, d.dup, d.similarity);
        assert_int_equal(d.of, d.status == ZW_ST_DUPLICATE ? 7 : 0);
        assert_int_equal(d.head, d.of);
        zw_dedup_close(dedup);
    }
}

/* A guard at the same place that names someone else. */
static void test_guards(void **state)
{
    (void)state;
    static const char TEXT[] = "会议由局长陈建国主持。" TALK;
    static const char OTHER[] = "会议由局长林志强主持。" TALK;
    static const struct {
        const char *text, *name;
        zw_guard_kind_t kind;
        zw_status_t status;
    } GUARDS[] = {
        { OTHER, "林志强", ZW_GUARD_PERSON, ZW_ST_NEW },
        { TEXT, "陈建国", ZW_GUARD_PERSON, ZW_ST_DUPLICATE },
        { OTHER, "陈建国", ZW_GUARD_PERSON, ZW_ST_DUPLICATE }, /* written otherwise, but the same by its canonical name */
        { OTHER, "陈群建国", ZW_GUARD_PERSON, ZW_ST_DUPLICATE }, /* 群, as 羣, is lost in Big5 */
    };
    for (size_t i = 0; i < sizeof GUARDS / sizeof *GUARDS; i++) {
        _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
        zw_dedup_t *dedup = open_index(100, 0);
        zw_decision_t d = { .status = ZW_ST_NEW };
        zw_span_t at = { (uint32_t)strlen("会议由局长"), (uint32_t)strlen("会议由局长陈建国") };
        zw_guard_t known = { ZW_GUARD_PERSON, at, ZW_STR_LIT("陈建国") }, fresh = { GUARDS[i].kind, at, zw_strz(GUARDS[i].name) };
        zw_text_t a = { .text = zw_strz(TEXT) }, b = { .text = zw_strz(GUARDS[i].text) };
        const zw_fingerprint_t *fa, *fb;
        zw_str_t none = { 0 };
        assert_int_equal(zw_fingerprint_make(&a, &known, 1, none, none, none, arena, &fa), 0);
        assert_int_equal(zw_fingerprint_make(&b, &fresh, 1, none, none, none, arena, &fb), 0);
        zw_dedup_insert(dedup, 1, fa, &d, 0);
        zw_dedup_decide(dedup, fb, &d);
        assert_int_equal(d.status, GUARDS[i].status);
        zw_dedup_close(dedup);
    }
}

/* Lines that are no body: the title, a byline, an advertisement. */
static void test_lines(void **state)
{
    (void)state;
    _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
    static const char TEXT[] = "温州皮鞋合格率升至91.9%\n记者 林晓\n" TALK "\n扫描二维码下载客户端";
    zw_line_t lines[4];
    static const zw_line_kind_t KINDS[] = { ZW_LINE_BODY, ZW_LINE_BYLINE, ZW_LINE_BODY, ZW_LINE_AD };
    uint32_t from = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t to = from + (uint32_t)strcspn(TEXT + from, "\n");
        lines[i] = (zw_line_t){ { from, to }, KINDS[i] };
        from = to + 1;
    }
    zw_text_t text = { .text = zw_strz(TEXT), .title = ZW_STR_LIT("温州皮鞋合格率升至91.9%"), .lines = lines, .line_count = 4 };
    const zw_fingerprint_t *f, *plain = fingerprint(arena, TALK, NULL, NULL, NULL);
    zw_str_t none = { 0 };
    zw_dedup_t *dedup = open_index(10, 0);
    zw_decision_t d = { .status = ZW_ST_NEW };
    assert_int_equal(zw_fingerprint_make(&text, NULL, 0, none, none, none, arena, &f), 0);
    zw_dedup_insert(dedup, 1, f, &d, 0);
    zw_dedup_decide(dedup, plain, &d);
    assert_int_equal(d.dup, ZW_DUP_EXACT);
    zw_dedup_close(dedup);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_pairs), cmocka_unit_test(test_guards), cmocka_unit_test(test_lines) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
