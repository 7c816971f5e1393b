/* Names by their right end, documents and numbers of documents, and that mentions come whole. */
#include "mention_help.h"

#include <errno.h>

#define BIT(c) (1u << (c))
static const uint32_t NAMES = BIT(ZW_M_AWARD) | BIT(ZW_M_STATUS) | BIT(ZW_M_CERT) | BIT(ZW_M_MEETING) | BIT(ZW_M_INIT) |
                              BIT(ZW_M_AGREEMENT) | BIT(ZW_M_EDITION) | BIT(ZW_M_DOC) | BIT(ZW_M_DOCNUM) | BIT(ZW_M_STDNUM);

static void found(void **state)
{
    static const struct {
        const char *body, *found;
    } rows[] = {
        { "在11月18日召开的浙江省政府质量奖颁奖大会上", "MEETING:浙江省政府质量奖颁奖大会" },
        { "捧回首届浙江省政府质量奖。", "EDITION:首届 AWARD:浙江省政府质量奖" },
        { "全市质量工作会议暨首届三峡质量奖颁奖大会召开。", "MEETING:全市质量工作会议暨首届三峡质量奖颁奖大会" },
        { "全市地理标志保护产品9个,全国知名品牌示范区1个。", "STATUS:地理标志保护产品 STATUS:全国知名品牌示范区" },
        { "荣获第三届商丘市市长质量奖提名奖,奖励100万元。", "EDITION:第三届 AWARD:商丘市市长质量奖提名奖" },
        { "过去质量奖励散落,质量奖金和质量奖牌。", "" },
        { "“民权花生”国家级农业标准化示范区通过验收。", "STATUS:国家级农业标准化示范区" },
        { "义乌市打造全国小商品质量安全示范区。", "STATUS:全国小商品质量安全示范区" },
        { "申报“全国知名品牌创建示范区”。", "STATUS:“全国知名品牌创建示范区”|全国知名品牌创建示范区" },
        { "命名为“湖北省质量兴市先进县(市、区)”。", "AWARD:“湖北省质量兴市先进县(市、区)”|湖北省质量兴市先进县(市、区)" },
        { "通过ISO9001认证的企业,拿到EurepGAP认证。", "CERT:ISO9001认证 CERT:EurepGAP认证" },
        { "通过了CNAS实验室认可。", "CERT:CNAS实验室认可" },
        { "开展“质检利剑·建材”专项行动,启动“泸州白酒溯源码”工程。", "INIT:“质检利剑·建材”专项行动 INIT:“泸州白酒溯源码”工程" },
        { "推行首席质量官制度,设立质量发展专项资金。", "INIT:首席质量官制度 INIT:质量发展专项资金" },
        { "开展家具质量提升三年行动。", "INIT:家具质量提升三年行动" },
        { "相关活动和各项工作,健全机制。", "" },
        { "签订了2011年度质量兴市目标责任书,签署战略合作协议。", "AGREEMENT:质量兴市目标责任书 AGREEMENT:战略合作协议" },
        { "印发《晋江市质量振兴实施规划(2010—2015年)》(晋政文〔2009〕318号)。",
          "DOC:《晋江市质量振兴实施规划(2010—2015年)》|晋江市质量振兴实施规划(2010—2015年) DOCNUM:晋政文〔2009〕318号" },
        { "发布《关于〈产品质量法〉的解释》和《质量法《草案》》。",
          "DOC:《关于〈产品质量法〉的解释》|关于〈产品质量法〉的解释 DOC:《质量法《草案》》|质量法《草案》" },
        { "《温州日报》报道,依照产品质量法。", "DOC:产品质量法" },
        { "《意见》(GB/T 19001-2016)、DB33/T 912—2020、T/ZZB 0123—2018、GB 14749标准。",
          "DOC:《意见》|意见 STDNUM:GB/T 19001-2016 STDNUM:DB33/T 912—2020 STDNUM:T/ZZB 0123—2018 STDNUM:GB 14749" },
        { "发布〈质量奖励办法〉和<<品牌奖励办法>>,<b>不是。", "DOC:〈质量奖励办法〉|质量奖励办法 DOC:<<品牌奖励办法>>|品牌奖励办法" },
        { "DB 33/T 644—2007、DBS45/034—2016、食品安全国家标准。", "STDNUM:DB 33/T 644—2007 STDNUM:DBS45/034—2016" },
        { "印发《关于质量强省的实施意见》(以下简称《意见》)。《意见》明确。",
          "DOC:《关于质量强省的实施意见》|关于质量强省的实施意见 DOC:《意见》|关于质量强省的实施意见 "
          "DOC:《意见》|关于质量强省的实施意见" },
        { "《没有结尾的书名", "" },
    };
    help_t *h = *state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        help_scan(h, "", "", "2011-02-21", rows[k].body);
        const char *shown = help_show(h, NAMES);
        if (strcmp(shown, rows[k].found) != 0)
            fail_msg("%s\n  is  %s\n  not %s", rows[k].body, shown, rows[k].found);
    }
}

/* Whatever text: spans in order, at whole characters (help_scan checks), and never a crash. */
static void odd_texts(void **state)
{
    static const char *const rows[] = {
        "\n", "》", "《》", "“”", "第", "第第", "首", "该", "由", "(", "(以下简称", "(以下简称)", "……", "。。。", "市市市市市市局",
        "省市县区州旗镇乡政府", "百百百百", "万亿万亿", "一二三四五六七八九十", "2010年2010年2010年", "0", "1,", "1,2,3,4", "1.2.3.4",
        "\xEF\xBF\xBD\xEF\xBF\xBD公司", "奖奖奖奖奖", "有限公司有限公司有限公司", "自自自自起", "至至至到", "今(", "昨()", "“““““””””公司",
        "的了着在对将由从向与和及或被", "近近近近近", "约约约5", "质量奖质量奖质量奖质量奖质量奖质量奖质量奖质量奖质量奖颁奖大会",
        "\xF0\x9F\x98\x80市长\xF0\x9F\x98\x80王明\xF0\x9F\x98\x80", "GB", "GB/T", "DB", "T/", "Q/",
    };
    help_t *h = *state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        help_scan(h, rows[k], rows[k], "", rows[k]);
        help_scan(h, "", "", "2010-13-99", rows[k]);
    }
}

/* Every allocation that fails is told, and nothing else happens. */
static void out_of_memory(void **state)
{
    help_t *h = *state;
    help_scan(h, "温州市质监局", "温州日报", "2010-11-20", "市长王明说,《意见》(以下简称《办法》)和晋江市海锋体育用品有限公司获3家。");
    for (unsigned long n = 1; n < 400; n++) {
        zw_arena_t *arena = zw_arena_new(0);
        zw_context_t context;
        zw_mention_t *mentions = NULL;
        size_t count = 0;
        zw_arena_fail_at(n);
        int r = zw_context_make(h->lexicon, &h->text, ZW_STR_LIT("温州日报"), arena, &context);
        if (r == 0)
            r = zw_mentions_scan(h->lexicon, &context, arena, &mentions, &count);
        zw_arena_fail_at(0);
        zw_arena_free(arena);
        if (r == 0)
            return; /* more allocations than were needed */
        assert_int_equal(r, -ENOMEM);
    }
    fail_msg("no end of allocations");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(found), cmocka_unit_test(odd_texts), cmocka_unit_test(out_of_memory) };
    return cmocka_run_group_tests(tests, help_setup, help_teardown);
}
