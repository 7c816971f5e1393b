/* Annotations undone: whole, torn, in every form that decoders leave, and what is none. */
#include "text_help.h"

static void test_cases(void **state)
{
    static const struct {
        const char *name, *in, *want;
    } CASES[] = {
        { "whole", "國(guó)家質(zhì)檢總局局長(zhǎng)支樹(shù)平", "国家质检总局局长支树平" },
        { "wrong reading", "樂(lè)清市調(diào)整標(biāo)準(zhǔn)", "乐清市调整标准" },
        { "torn, trail is a letter", "質(zhì)量獎(jiǎng)?lì)C獎(jiǎng)大會(huì)", "质量奖颁奖大会" },
        { "torn, euro sign", "質(zhì)量?jī)蓚€(gè)字的分量,質(zhì)檢機(jī)構", "质量两个字的分量,质检机构" },
        { "torn twice", "盡可能做到向質(zhì)量?jī)?yōu)勢(shì)企業(yè)傾斜", "尽可能做到向质量优势企业倾斜" },
        { "U+FFFD, bracket kept", "質(zhì)量\xEF\xBF\xBD(jī)蓚\xEF\xBF\xBD(gè)字的分量,質(zhì)檢機(jī)構", "质量两个字的分量,质检机构" },
        { "both bytes dropped", "質(zhì)量jī)蓚€(gè)字的分量,質(zhì)檢機(jī)構", "质量两个字的分量,质检机构" },
        { "lead byte dropped", "質(zhì)量(jī)蓚€(gè)字的分量,質(zhì)檢機(jī)構,標(biāo)準(zhǔn)", "质量两个字的分量,质检机构,标准" },
        { "full-width brackets", "質（zhì）量強（qiáng）省建設（shè）", "质量强省建设" },
        { "tone numbers", "質(zhi4)量強(qiang2)省建設(she4)", "质量强省建设" },
        { "no tones", "質(zhi)量強(qiang)省建設(she)", "质量强省建设" },
        { "combining marks", "質(zhi\xCC\x80)量強(qia\xCC\x81ng)省", "质量强省" },
        { "twice over", "業(yè)(yè)績,標(biāo)(biāo)準(zhǔn)，系(xi)(xi)(xi)統(tong)發(fā)展", "业绩,标准,系统发展" },
        { "blanks within", "質( zhì )量,標(biāo )準(zhǔn)化", "质量,标准化" },
        { "letters as references", "質(zh&igrave;)量,標(bi&#257;o)準(zh&#468;n)化", "质量,标准化" },
        { "question mark in full width", "質（zhì）量？jī）蓚€（gè）字的分量，標（biāo）準（zhǔn）", "质量两个字的分量,标准" },
        { "inside brackets", "縣(xiàn)(市、區(qū))政府,鄉(xiāng)鎮(zhèn)(街道)", "县(市、区)政府,乡镇(街道)" },
        { "straddles a letter", "拿到了E(jì)urepGAP認(rèn)證(zhèng)", "拿到了EurepGAP认证" },
        { "brackets that are none", "ISO(国际标准化组织),温州(Wenzhou),规划(2006-2020),千克(kg),县(市、区)", "ISO(国际标准化组织),温州(Wenzhou),规划(2006-2020),千克(kg),县(市、区)" },
        { "a question", "这算质量问题吗?(记者问)怎么办?市长说:没有。", "这算质量问题吗?(记者问)怎么办?市长说:没有。" },
        { "one reading explained", "“质”字(zhi)的本义", "“质”字(zhi)的本义" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        zw_text_t t = repair(CASES[i].in);
        check_str(t.text, CASES[i].want, CASES[i].name);
        check_map(&t);
    }
}

/* A whole article of our own, damaged as the converter does it, decoded and as bytes. */
static void test_article(void **state)
{
    (void)state;
    _cleanup_buf_ zw_buf_t clean = { 0 }, damaged = { 0 }, bytes = { 0 };
    assert_int_equal(zw_file_read(ZW_TEST_DATA "/text/clean.txt", 0, &clean), 0);
    assert_int_equal(zw_file_read(ZW_TEST_DATA "/text/damaged.txt", 0, &damaged), 0);
    assert_int_equal(zw_file_read(ZW_TEST_DATA "/text/damaged.gbk", 0, &bytes), 0);
    zw_text_t a = repair_raw((zw_raw_t){ .body = zw_buf_str(&clean) });
    zw_text_t b = repair_raw((zw_raw_t){ .body = zw_buf_str(&damaged) });
    zw_text_t c = repair_raw((zw_raw_t){ .body = zw_buf_str(&bytes) });
    assert_true(zw_str_eq(a.text, b.text));
    assert_true(zw_str_eq(a.text, c.text));
    check_str(c.charset, "gb18030", "charset");
    assert_int_equal(b.repairs[ZW_REPAIR_LOST], 0);
    assert_true(b.repairs[ZW_REPAIR_TORN] >= 3);
    check_map(&b);
    check_map(&c);

    /* 两个 stands where the torn bytes stood. */
    const char *at = memmem(b.text.p, b.text.n, "两个字", 9);
    assert_non_null(at);
    uint32_t start = (uint32_t)(at - b.text.p);
    zw_str_t quote = zw_text_quote(&b, zw_text_source(&b, start, start + 9), arena);
    check_str(quote, "?jī)蓚€(gè)字", "quote of a torn place");
}

/* Places where only the words tell which character was torn, or that nobody can tell. */
static void test_judged(void **state)
{
    static const struct {
        const char *name, *in, *want;
    } CASES[] = {
        { "words, not neighbours", "國(guó)家質(zhì)檢總局批准,成爲?lǎn)陆?讉€(gè)獲此保護(hù)的水果。", "国家质检总局批准,成为新疆首个获此保护的水果。" },
        { "two forms of one character", "夏天。\n另?yè)?t解,上半年全國(guó)質(zhì)監(jiān)系統(tǒng)共查獲一批", "夏天。\n另据了解,上半年全国质监系统共查获一批" },
        { "a figure stays lost", "國(guó)家質(zhì)檢總局的?liǎn)藴?zhǔn),由政府負(fù)責(zé)落實(shí)。《辦法》修訂?má)釋(shì)㈧督衲?0月1日施行,明確直播責(zé)任。",
          "国家质检总局的标准,由政府负责落实。《办法》修订后将于今年\xEF\xBF\xBD" "0月1日施行,明确直播责任。" },
        { "a comma torn apart", "國(guó)家質(zhì)檢總局,標(biāo)準(zhǔn)。今年以?yǒng)恚?個(gè)月裏(lǐ)，質(zhì)量部門(mén)查處案件。", "国家质检总局,标准。今年以来,\xEF\xBF\xBD" "个月里,质量部门查处案件。" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        zw_text_t t = repair(CASES[i].in);
        check_str(t.text, CASES[i].want, CASES[i].name);
        check_map(&t);
    }
}

static void test_lost_is_marked(void **state)
{
    (void)state;
    /* The trail byte and the comma behind it are gone, and nothing in the article says which character it was. */
    zw_text_t t = repair("質(zhì)量,機(jī)構,標(biāo)準(zhǔn),查質(zhì)量?jī)?負責人說");
    assert_null(memmem(t.text.p, t.text.n, "jī", 3));
    assert_true(t.repairs[ZW_REPAIR_TORN] >= 1);
    check_map(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { TEXT_TEST(test_cases), TEXT_TEST(test_article), TEXT_TEST(test_judged), TEXT_TEST(test_lost_is_marked) };
    return cmocka_run_group_tests(tests, open_tables, close_tables);
}
