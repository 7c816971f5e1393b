/* Charsets, wrong decodings, references, script and forms, as tables of body and result. */
#include "text_help.h"

static void test_lines(void **state)
{
    static const struct {
        const char *name, *in, *want;
    } CASES[] = {
        /* script */
        { "words decide", "瞭解情況,一目瞭然,瞭望臺", "了解情况,一目了然,瞭望台" },
        { "著 and 着", "有著兩層含義,著名企業,顯著提高,藉口", "有着两层含义,著名企业,显著提高,借口" },
        { "乾 餘 徵 製 誌 麼 於 後", "乾燥的餘額,特徵與製造,標誌是什麼,由於後來", "干燥的余额,特征与制造,标志是什么,由于后来" },
        { "simplified stays", "乾坤未定,著名的坏人,狼藉一片,徵羽,慰藉", "乾坤未定,著名的坏人,狼藉一片,徵羽,慰藉" },
        { "mixed line", "国家标准化管理委员会发布的質量标准", "国家标准化管理委员会发布的质量标准" },
        { "half converted", "采訪制筆企業,地理標志,盡管", "采访制笔企业,地理标志,尽管" },
        /* forms */
        { "full width", "通过ＩＳＯ９００１认证，合格率９８．５％", "通过ISO9001认证,合格率98.5%" },
        { "radicals", "⼀⼈⼒⼟⼤⾼度重视⾷品⽤⽔", "一人力土大高度重视食品用水" },
        { "compatibility forms", "\xEF\xA4\x81新", "更新" },
        { "kept marks", "面积120㎡,第①项,20℃,Ⅱ类", "面积120㎡,第①项,20℃,Ⅱ类" },
        { "signs of mathematics", "按GB∕T 19001和ISO9001∶2000认证", "按GB/T 19001和ISO9001:2000认证" },
        { "zero or circle", "二○一○年,○号", "二〇一〇年,○号" },
        /* blanks */
        { "between Han", "质 量\xE3\x80\x80强\xE2\x80\x8B省\xC2\xAD建\xEF\xBB\xBF设", "质量强省建设" },
        { "between figures", "共1 862家企业,GB/T 19001标准", "共1 862家企业,GB/T 19001标准" },
        { "behind half-width marks", "结果显示: 132种产品中, 15种不合格(见附表) “含绒量”", "结果显示:132种产品中,15种不合格(见附表)“含绒量”" },
        { "between words", "Made in  China产品", "Made in China产品" },
        /* references */
        { "named and numeric", "&ldquo;&#36136;&#x91CF;&rdquo;&nbsp;&middot;&amp;", "“质量”·&" },
        { "escaped twice", "&amp;ldquo;质量&amp;rdquo;&amp;amp;", "“质量”&" },
        { "not a reference", "AT&T公司,R&D投入,a&b=1", "AT&T公司,R&D投入,a&b=1" },
        /* wrong decodings */
        { "UTF-8 as 1252", "è´¨é‡\xC2\x8Få¼ºçœ\xC2\x81", "质量强省" },
        { "French stays", "法国达能(Danone)的François与Élysée,café", "法国达能(Danone)的François与Élysée,café" },
        { "UTF-8 as GBK", "璐ㄩ噺寮虹渷", "质量强省" },
        { "UTF-8 as GBK, the last byte lost", "璐ㄩ噺寮虹渷寤鸿", "质量强省建\xEF\xBF\xBD" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        zw_text_t t = repair(CASES[i].in);
        check_map(&t);
        check_str(t.text, CASES[i].want, CASES[i].name);
        zw_str_t again;
        assert_int_equal(zw_text_repair_line(tables, t.text, arena, &again), 0);
        check_str(again, CASES[i].want, "a repaired text repaired again");
    }
}

#define BODY "\xD6\xCA\xC1\xBF\xCA\xC7\xC6\xF3\xD2\xB5\xB5\xC4\xC9\xFA\xC3\xFC\xA1\xA3" /* 质量是企业的生命。 in GBK */

static void test_charsets(void **state)
{
    static const struct {
        const char *body;
        size_t n;
        const char *declared, *charset;
    } CASES[] = {
#define B(s) s, sizeof(s) - 1
        { B(BODY), "", "gb18030" },
        { B(BODY), "utf-8", "gb18030" },
        { B(BODY), "big5", "gb18030" },
        { B("\xBD\xE8\xB6\x71\xAC\x4F\xA5\xF8\xB7\x7E\xAA\xBA\xA5\xCD\xA9\x52\xA1\x43"), "", "big5" },
        { B("\xBD\xE8\xB6\x71\xAC\x4F\xA5\xF8\xB7\x7E\xAA\xBA\xA5\xCD\xA9\x52\xA1\x43"), "gbk", "big5" },
        { B("\xEF\xBB\xBF质量是企业的生命。"), "", "utf-8" },
        { B("质量是企业的生命。"), "gb2312", "utf-8" },
        { B("\xFF\xFE\x28\x8D\xCF\x91\x2F\x66\x01\x4F\x1A\x4E\x84\x76\x1F\x75\x7D\x54\x02\x30"), "", "utf-16le" },
        { B("\xFE\xFF\x8D\x28\x91\xCF\x66\x2F\x4F\x01\x4E\x1A\x76\x84\x75\x1F\x54\x7D\x30\x02"), "gbk", "utf-16be" },
        { B("\x28\x8D\xCF\x91\x2F\x66\x01\x4F\x1A\x4E\x84\x76\x1F\x75\x7D\x54\x02\x30"), "", "utf-16le" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        zw_text_t t = repair_raw((zw_raw_t){ .body = zw_str(CASES[i].body, CASES[i].n), .charset = zw_strz(CASES[i].declared) });
        check_str(t.text, "质量是企业的生命。", CASES[i].charset);
        check_str(t.charset, CASES[i].charset, "charset");
        assert_true(t.charset_confidence > 0.5);
        check_map(&t);
        zw_str_t quote = zw_text_quote(&t, zw_text_source(&t, 0, 6), arena);
        check_str(quote, i == 3 || i == 4 ? "質量" : "质量", "quote");
        assert_true(t.decoded_is_raw == zw_str_eqz(t.charset, "utf-8"));
    }
}

static void test_errors(void **state)
{
    static const struct {
        const char *body;
        size_t n;
        int want;
    } CASES[] = {
        { B(""), -ZW_E_EMPTY },
        { B(" \n\xE3\x80\x80 \n"), -ZW_E_EMPTY },
        { B("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x00\x01\x02\xFF\x10\x11\x12"), -ZW_E_ENCODING },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        zw_raw_t raw = { .body = zw_str(CASES[i].body, CASES[i].n) };
        zw_text_t t = { .text = ZW_STR_LIT("untouched") };
        assert_int_equal(zw_text_repair(tables, &raw, NULL, arena, &t), CASES[i].want);
        check_str(t.text, "untouched", "the result after an error");
    }
    zw_raw_t huge = { .body = zw_str("x", (256u << 20) + 1) };
    zw_text_t t;
    assert_int_equal(zw_text_repair(tables, &huge, NULL, arena, &t), -ZW_E_TOO_LARGE);
}

static void test_utf8_with_errors(void **state)
{
    (void)state;
    zw_text_t t = repair("质量是企业的生命,\xE8\xB4是城市的名片,标准决定质量。");
    check_str(t.charset, "utf-8", "charset");
    assert_true(t.repairs[ZW_REPAIR_INVALID] > 0);
    assert_false(t.decoded_is_raw);
    assert_non_null(memmem(t.text.p, t.text.n, "标准决定质量", 18));
    check_map(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { TEXT_TEST(test_lines), TEXT_TEST(test_charsets), TEXT_TEST(test_errors), TEXT_TEST(test_utf8_with_errors) };
    return cmocka_run_group_tests(tests, open_tables, close_tables);
}
