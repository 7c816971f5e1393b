/* Lines, doubled bodies, headline lists, wrapped lines, web pages. */
#include "text_help.h"

#define P1 "临江市质监局昨日通报,今年以来全市共抽查企业216家,合格率为96.5%,比去年提高1.2个百分点。"
#define P2 "市长许志远在会上指出,质量是企业的生命,也是城市的名片,要把质量工作摆在更加突出的位置上来抓。"
#define P3 "据了解,全市已有12家企业获得省级以上质量奖,另有35个产品被评为名牌产品,居全省第二位。"

static void test_doubled(void **state)
{
    static const struct {
        const char *name, *in;
    } CASES[] = {
        { "whole", P1 "\n" P2 "\n" P3 "\n" P1 "\n" P2 "\n" P3 },
        { "cut short", P1 "\n" P2 "\n" P3 "\n" P1 "\n市长许志远在会上指出,质量是企业的生命,也是城市的名片," },
        { "other line breaks", P1 "\n" P2 "\n" P3 "\n" P1 P2 "\n" P3 },
        { "one character changed", P1 "\n" P2 "\n" P3 "\n" P1 "\n市长许志远在会上指出,质量是企业的生命,也是城市的明片,要把质量工作摆在更加突出的位置上来抓。\n" P3 },
        { "damaged the second time", P1 "\n" P2 "\n" P3 "\n" P1 "\n市長許志遠在會上指出，質量是企業的生命，也是城市的名片，要把質量工作擺在更加突出的位置上來抓。\n" P3 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        zw_text_t t = repair(CASES[i].in);
        check_str(t.text, P1 "\n" P2 "\n" P3, CASES[i].name);
        check_map(&t);
        assert_int_equal(t.line_count, 3);
        const char *at = memmem(t.text.p, t.text.n, "质量是企业的生命", 24);
        uint32_t start = (uint32_t)(at - t.text.p);
        zw_span_t also[4];
        assert_int_equal(zw_text_also(&t, start, start + 24, also, 4), 1);
        zw_str_t quote = zw_text_quote(&t, also[0], arena), simple;
        assert_int_equal(zw_text_repair_line(tables, quote, arena, &simple), 0);
        check_str(simple, "质量是企业的生命", "the second place");
        assert_true(also[0].start > zw_text_source(&t, start, start + 24).end);
    }
    /* Of a body of many lines every line has its second place. */
    char body[4096] = "";
    for (int copy = 0, used = 0; copy < 2; copy++)
        for (int k = 0; k < 20; k++)
            used += snprintf(body + used, sizeof body - (size_t)used, "第%d车间去年抽查%d批次,合格率不断提高。\n", 11 + k, 130 + 7 * k);
    zw_text_t many = repair(body);
    assert_int_equal(many.line_count, 20);
    for (size_t k = 0; k < many.line_count; k++) {
        zw_span_t also[4];
        assert_int_equal(zw_text_also(&many, many.lines[k].span.start, many.lines[k].span.end, also, 4), 1);
    }
    /* Lines alike but for a figure are two statements. */
    zw_text_t t = repair("2009年,全市共有216家企业通过质量管理体系认证。\n2010年,全市共有298家企业通过质量管理体系认证。");
    assert_int_equal(t.line_count, 2);
}

static void test_related(void **state)
{
    (void)state;
    zw_text_t t = repair(P1 "\n" P2 "\n- 质检总局:严厉打击违法行为(2011-02-18)\n- 一手抓业务一手抓队伍(2011-02-21)\n相关新闻\n石狮市首届质量标兵揭晓(2月16日)");
    check_str(t.text, P1 "\n" P2, "body");
    assert_int_equal(t.related_count, 3);
    check_str(t.related[0].title, "质检总局:严厉打击违法行为", "title");
    check_str(t.related[0].date, "2011-02-18", "date");
    check_str(t.related[2].title, "石狮市首届质量标兵揭晓", "title");
    check_str(t.related[2].date, "", "a day without its year");
    check_str(t.published, "", "lists date nothing");
    /* What merely ends in a date stays. */
    t = repair(P1 "\n《质量振兴纲要》(1996-12-24)");
    assert_int_equal(t.related_count, 0);
}

static void test_kinds(void **state)
{
    (void)state;
    zw_text_t t = repair("临江市质量奖揭晓\n本报记者林则敏通讯员庄晓燕\n来源:海峡质量周刊 2011-02-21\n" P1 "\n政府重视质量\n" P2 "\n图为颁奖现场。\n【广告】认证咨询,ISO9001三天出证,电话400-000-0000\n" P3);
    static const zw_line_kind_t WANT[] = { ZW_LINE_HEADING, ZW_LINE_BYLINE, ZW_LINE_BYLINE, ZW_LINE_BODY, ZW_LINE_HEADING, ZW_LINE_BODY, ZW_LINE_CAPTION, ZW_LINE_AD, ZW_LINE_BODY };
    assert_int_equal(t.line_count, sizeof WANT / sizeof *WANT);
    for (size_t i = 0; i < t.line_count; i++)
        assert_int_equal(t.lines[i].kind, WANT[i]);
    check_str(t.title, "临江市质量奖揭晓", "title");
    check_str(t.published, "2011-02-21", "published");
    /* One line alone is what it says, not a heading. */
    t = repair("市政府出台了《质量奖评审管理办法》");
    assert_int_equal(t.lines[0].kind, ZW_LINE_BODY);
}

static void test_published(void **state)
{
    static const struct {
        zw_raw_t raw;
        const char *want;
    } CASES[] = {
        { { .body = ZW_STR_LIT(P1), .published = ZW_STR_LIT("2011-02-21T08:30:00+08:00"), .url = ZW_STR_LIT("http://a.cn/2010-01/02/x") }, "2011-02-21" },
        { { .body = ZW_STR_LIT(P1), .published = ZW_STR_LIT("2011年2月21日") }, "2011-02-21" },
        { { .body = ZW_STR_LIT("县里办起质量课堂\n临江日报 2012-04-19\n" P1) }, "2012-04-19" },
        { { .body = ZW_STR_LIT("质量规划(2006-2020)\n这份规划管到2020年12月31日为止,不是今天的事\n" P1) }, "" },
        { { .body = ZW_STR_LIT(P1), .url = ZW_STR_LIT("http://www.example.cn/news/2010-11/19/content_123.htm") }, "2010-11-19" },
        { { .body = ZW_STR_LIT(P1), .url = ZW_STR_LIT("http://www.example.cn/t20101119_9.html") }, "2010-11-19" },
        { { .body = ZW_STR_LIT(P1), .url = ZW_STR_LIT("http://www.example.cn/id/20109919") }, "" },
        { { .body = ZW_STR_LIT("<html><head><meta name='publishdate' content='2012-03-04'></head><body><p>" P1 "</p></body></html>") }, "2012-03-04" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check_str(repair_raw(CASES[i].raw).published, CASES[i].want, "published");
}

static void test_wrap(void **state)
{
    (void)state;
    zw_text_t t = repair("临江市质监局昨日通报,今年以来全市共抽查企业216家\n,合格率为96.5%,比去年提高1.2个百分点。\n"
                         "市长许志远在会上指出,质量是企业的生命,也是城市的名片,\n要把质量工作摆在更加突出的位置上来抓。\n"
                         "据了解,全市已有12家企业获得省级以上质量奖,另有35\n个产品被评为名牌产品,居全省第二位。");
    check_str(t.text, P1 "\n" P2 "\n" P3, "wrapped");
    assert_int_equal(t.repairs[ZW_REPAIR_WRAP], 3);
    check_map(&t);
    /* One width for all, marks hanging over it; the full line that ends a sentence does not end its paragraph. */
    t = repair("临江市质监局昨日通报，今年以来全市共抽查企业二百一\n"
               "十六家，合格率为九成六，比去年提高了一点二个百分点。\n"
               "抽查还发现三家企业的产品有质量问题。\n"
               "市长许志远在会上指出，质量是企业的生命，也是城市的\n"
               "名片，要把质量工作摆在更加突出的位置上来抓。今后还\n"
               "要年年都抓下去。\n"
               "据了解，全市已有十二家企业获得省级以上质量奖，另有\n"
               "三十五个产品被评为名牌产品，居全省第二位。");
    check_str(t.text, "临江市质监局昨日通报,今年以来全市共抽查企业二百一十六家,合格率为九成六,比去年提高了一点二个百分点。抽查还发现三家企业的产品有质量问题。\n"
                      "市长许志远在会上指出,质量是企业的生命,也是城市的名片,要把质量工作摆在更加突出的位置上来抓。今后还要年年都抓下去。\n"
                      "据了解,全市已有十二家企业获得省级以上质量奖,另有三十五个产品被评为名牌产品,居全省第二位。", "one width");
    check_map(&t);
    /* Two lines are enough where a word is cut in two; a headline and a list of short lines are not wrapped. */
    t = repair("临江市质监局昨日通报,今年以来全市共抽查企业二百一十六家,合格\n率为九成六。");
    check_str(t.text, "临江市质监局昨日通报,今年以来全市共抽查企业二百一十六家,合格率为九成六。", "two lines");
    t = repair("临江市举行首届质量创新奖颁奖大会暨质量月启动仪式\n市长许志远出席大会并且讲话。");
    check_str(t.text, "临江市举行首届质量创新奖颁奖大会暨质量月启动仪式\n市长许志远出席大会并且讲话。", "a headline");
    t = repair(P1 P2 P3 "\n临江机电股份有限公司总经理办公室\n华泰纺织集团有限公司质量管理部\n东风阀门厂职工技术协会分会\n临江市第二建筑工程有限责任公司\n"
               "临江港务局集装箱码头分公司\n临江市自来水公司水质检测中心\n" P2 P3 P1);
    assert_int_equal(t.repairs[ZW_REPAIR_WRAP], 0);
    /* Short pieces of news behind list marks, signed in brackets, are not wrapped. */
    t = repair("▲临江市示范区顺利通过复查,示范面积由当初的八万亩扩至十五万亩。(艾力)\n▲安定市火腿协会日前获准使用专用标志,首批授权企业九家。(张克)\n▲五常市设立品牌保护专项资金,每年三百万元。");
    assert_int_equal(t.repairs[ZW_REPAIR_WRAP], 0);
    /* A question and its answer stay apart; a number cut at its dash does not begin an item. */
    t = repair("临江市的市民可以打质量举报的电话0570\n"
               "-8333，全年都有人接听，去年一共接到\n"
               "九百多次举报。\n"
               "问：今年还有哪些企业可以申报市长质量奖和\n"
               "提名奖？\n"
               "答：凡在全市注册满三年，没有出过质量事故\n"
               "的企业，都可以申报这个奖项。");
    check_str(t.text, "临江市的市民可以打质量举报的电话0570-8333,全年都有人接听,去年一共接到九百多次举报。\n"
                      "问:今年还有哪些企业可以申报市长质量奖和提名奖?\n"
                      "答:凡在全市注册满三年,没有出过质量事故的企业,都可以申报这个奖项。", "question and answer");
    t = repair("政府重视质量\n一把手牵头抓\n" P1 "\n部门联动社会关注\n" P2);
    assert_int_equal(t.line_count, 5);
}

static void test_html(void **state)
{
    static const char PAGE[] =
        "<!DOCTYPE html><html><head><meta charset=gbk><title>临江市质量奖揭晓_临江新闻网</title><style>p{}</style></head><body>"
        "<div class='nav'><a href=/>首页</a> &gt; 新闻</div><h1>临江市首届质量奖揭晓</h1><div class=info>来源：临江日报 2010年11月19日 字号:大 中 小</div>"
        "<div id=c><p>&nbsp;&nbsp;" P1 "</p><p>質(<ruby>質<rt>zhì</rt></ruby>)</p><p>" P2 "</p><table><tr><td>企业</td><td>产品</td></tr><tr><td>华泰</td><td>阀门</td></tr></table>"
        "<ul><li>第一项措施</li><li>第二项措施</li></ul><script>var a='<p>质量</p>'</script><p style='display:none'>看不见的字</p>"
        "<div class='share'>分享到：微信</div><p>" P3 "</p></div><div class=related><h3>相关新闻</h3><ul><li><a href=1>泉州查办假冒案</a> <span>2010-11-01</span></li></ul></div>"
        "<div class=footer>版权所有 临江新闻网</div></body></html>";
    (void)state;
    zw_text_t t = repair_raw((zw_raw_t){ .body = zw_strz(PAGE) });
    check_str(t.text, P1 "\n质(质)\n" P2 "\n企业 产品\n华泰 阀门\n第一项措施\n第二项措施\n" P3, "page");
    check_str(t.title, "临江市首届质量奖揭晓", "title");
    check_str(t.published, "2010-11-19", "published");
    assert_int_equal(t.related_count, 1);
    check_str(t.related[0].title, "泉州查办假冒案", "related");
    check_str(t.related[0].date, "2010-11-01", "related date");
    check_map(&t);
    check_str(t.charset, "utf-8", "declared otherwise");
    /* A piece of one, as feeds and weixin have it. */
    t = repair_raw((zw_raw_t){ .body = ZW_STR_LIT("<section><ruby>質<rt>zhì</rt></ruby>量獎<em>頒發</em>給企業。</section>") });
    check_str(t.text, "质量奖颁发给企业。", "piece of a page");
    /* A text about mark-up is no page. */
    t = repair_raw((zw_raw_t){ .body = ZW_STR_LIT("质量指数用<p值>表示,a<b且b>c。") });
    check_str(t.text, "质量指数用<p值>表示,a<b且b>c。", "no page");
}

int main(void)
{
    const struct CMUnitTest tests[] = { TEXT_TEST(test_doubled), TEXT_TEST(test_related), TEXT_TEST(test_kinds), TEXT_TEST(test_published), TEXT_TEST(test_wrap), TEXT_TEST(test_html) };
    return cmocka_run_group_tests(tests, open_tables, close_tables);
}
