/* Numbers: every form that design paper "facts" lists, and what is none. */
#include "mention_help.h"

#include <math.h>

static void parses(void **state)
{
    static const struct {
        const char *text;
        double value, max;
        const char *unit;
        zw_comparator_t comparator;
        const char *rest;
    } rows[] = {
        { "3616家企业", 3616, NAN, "家", ZW_EQ, "企业" },
        { "1 862家企业", 1862, NAN, "家", ZW_EQ, "企业" },
        { "4万1,377件", 41377, NAN, "件", ZW_EQ, "" },
        { "三千六百一十六家", 3616, NAN, "家", ZW_EQ, "" },
        { "1.2亿元", 120000000, NAN, "元", ZW_EQ, "" },
        { "1.13万起", 11300, NAN, "起", ZW_EQ, "" },
        { "1.1亿元", 110000000, NAN, "元", ZW_EQ, "" },
        { "30多个", 30, NAN, "个", ZW_GT, "" },
        { "2400余个窝点", 2400, NAN, "个", ZW_GT, "窝点" },
        { "80%以上", 80, NAN, "%", ZW_GE, "" },
        { "近八成", 80, NAN, "%", ZW_APPROX, "" },
        { "八成五", 85, NAN, "%", ZW_EQ, "" },
        { "过半", 50, NAN, "%", ZW_GT, "" },
        { "一半以上", 50, NAN, "%", ZW_GE, "" },
        { "万分之三", 0.03, NAN, "%", ZW_EQ, "" },
        { "两成", 20, NAN, "%", ZW_EQ, "" },
        { "12家电商平台", 12, NAN, "家", ZW_EQ, "电商平台" },
        { "百余家", 100, NAN, "家", ZW_GT, "" },
        { "近百家", 100, NAN, "家", ZW_APPROX, "" },
        { "数十家", 10, NAN, "家", ZW_GT, "" },
        { "十几家", 10, NAN, "家", ZW_GT, "" },
        { "20~30家", 20, 30, "家", ZW_EQ, "" },
        { "20至30家", 20, 30, "家", ZW_EQ, "" },
        { "1-2万元", 10000, 20000, "元", ZW_EQ, "" },
        { "三四十家", 30, 40, "家", ZW_EQ, "" },
        { "三五个", 3, 5, "个", ZW_EQ, "" },
        { "突破1100家", 1100, NAN, "家", ZW_GT, "" },
        { "不少于3000亿元", 300000000000, NAN, "元", ZW_GE, "" },
        { "不超过50万元", 500000, NAN, "元", ZW_LE, "" },
        { "最高50万元", 500000, NAN, "元", ZW_LE, "" },
        { "不足一成", 10, NAN, "%", ZW_LT, "" },
        { "达到85%以上", 85, NAN, "%", ZW_GE, "" },
        { "百分之八十五", 85, NAN, "%", ZW_EQ, "" },
        { "百分之八十五点六", 85.6, NAN, "%", ZW_EQ, "" },
        { "三分之二", 200.0 / 3, NAN, "%", ZW_EQ, "" },
        { "1.86万起", 18600, NAN, "起", ZW_EQ, "" },
        { "1.86万起案件", 18600, NAN, "起", ZW_EQ, "案件" },
        { "3.2个百分点", 3.2, NAN, "个百分点", ZW_EQ, "" },
        { "2000个左右", 2000, NAN, "个", ZW_APPROX, "" },
        { "人民币80万元", 800000, NAN, "元", ZW_EQ, "" },
        { "1.9亿美元", 190000000, NAN, "美元", ZW_EQ, "" },
        { "新台币3,180万元", 31800000, NAN, "新台币元", ZW_EQ, "" },
        { "500万港元", 5000000, NAN, "港元", ZW_EQ, "" },
        { "十余万份", 100000, NAN, "份", ZW_GT, "" },
        { "14.7万件", 147000, NAN, "件", ZW_EQ, "" },
        { "5千克", 5, NAN, "千克", ZW_EQ, "" },
    };
    (void)state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        zw_quantity_t q = { 0 };
        size_t n = zw_quantity_parse(zw_strz(rows[k].text), &q);
        bool same = fabs(q.value - rows[k].value) < 1e-6 * (1 + fabs(rows[k].value)) && zw_str_eqz(q.unit, rows[k].unit) &&
                    q.comparator == rows[k].comparator && strcmp(rows[k].text + n, rows[k].rest) == 0 &&
                    (isnan(rows[k].max) ? isnan(q.value_max) : q.value_max == rows[k].max);
        if (!same)
            fail_msg("%s: %g..%g %.*s %s, rest %s", rows[k].text, q.value, q.value_max, ZW_STR_ARGS(q.unit),
                     ZW_COMPARATOR_NAMES[q.comparator], rows[k].text + n);
    }
}

static void in_text(void **state)
{
    static const struct {
        const char *body, *found;
    } rows[] = {
        { "通过ISO9001认证,产品是T20和CL-18型。", "" },
        { "请拨打12365热线,或电话0577-88888888。", "" },
        { "工商、质检等六部门统一行动,一般不再进一步检查。", "" },
        { "四川、三明、九江的成立大会成为一次性活动。", "" },
        { "认证,597家企业。", "COUNT:597家" },
        { "节约20万元,以上50家。", "MONEY:20万元 COUNT:50家" },
        { "合格率达98.4%,居全省第二位。", "PERCENT:达98.4% RANK:全省第二位" },
        { "稳居全国家具行业首位,首届和第十二届。", "RANK:全国家具行业首位 EDITION:首届 EDITION:第十二届" },
        { "零部件和零售,第3批次。", "EDITION:第3批次" },
        { "抽查1246家企业生产的1318批次产品", "COUNT:1246家 COUNT:1318批次" },
        { "签约额20万元以上200万元以下", "MONEY:20万元以上 MONEY:200万元以下" },
        { "2010年新增3家,12月通过5项", "COUNT:3家 COUNT:5项" },
    };
    help_t *h = *state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        help_scan(h, "", "", "2011-02-21", rows[k].body);
        uint32_t classes = 1u << ZW_M_COUNT | 1u << ZW_M_PERCENT | 1u << ZW_M_MONEY | 1u << ZW_M_NUMBER | 1u << ZW_M_RANK |
                           1u << ZW_M_EDITION;
        assert_string_equal(help_show(h, classes), rows[k].found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(parses), cmocka_unit_test(in_text) };
    return cmocka_run_group_tests(tests, help_setup, help_teardown);
}
