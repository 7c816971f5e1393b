/* Organs, firms, associations, bodies: where they begin, and what short forms stand for. */
#include "mention_help.h"

static const uint32_t ORGS = 1u << ZW_M_GOV | 1u << ZW_M_FIRM | 1u << ZW_M_ASSOC | 1u << ZW_M_BODY;

static void found(void **state)
{
    static const struct {
        const char *body, *found;
    } rows[] = {
        { "市委、市政府召开会议,省质监局参加。", "GOV:市委 GOV:市政府 GOV:省质监局" },
        { "泉州市场监管局与温州市质监局。", "GOV:泉州市场监管局 GOV:温州市质监局" },
        { "国家质检总局批准,总局副局长说。", "GOV:国家质检总局 GOV:总局|国家质检总局" },
        { "省市场监管局质量发展处处长。", "GOV:省市场监管局质量发展处" },
        { "县果业局局长说,各县市区政府和公安机关。", "GOV:县果业局 GOV:县市区政府 GOV:公安机关" },
        { "温州市质监局抽查。该局立案。", "GOV:温州市质监局 GOV:该局|温州市质监局" },
        { "该局长期工作,该部门,该会议,全局,结局。", "" },
        { "省财政安排资金,财政收入增长,市财政收入。", "GOV:省财政" },
        { "授予晋江市海锋体育用品有限公司、福建三纺兴纺织科技有限公司称号。",
          "FIRM:晋江市海锋体育用品有限公司 FIRM:福建三纺兴纺织科技有限公司" },
        { "晋江市海锋体育用品有限公司获奖。海锋公司很高兴。", "FIRM:晋江市海锋体育用品有限公司 FIRM:海锋公司" },
        { "磁灶镇的华宇达陶瓷公司获奖,上市公司和分公司没有。", "FIRM:华宇达陶瓷公司" },
        { "华骏(中国)汽车销售有限公司召回,该公司公告。", "FIRM:华骏(中国)汽车销售有限公司 FIRM:该公司|华骏(中国)汽车销售有限公司" },
        { "县政府与西北农林科技大学签约。", "GOV:县政府 BODY:西北农林科技大学" },
        { "由亿龙丰电器、北滘新宝精机两家企业夺得。", "FIRM:亿龙丰电器 FIRM:北滘新宝精机" },
        { "由市制鞋工业协会牵头。", "ASSOC:市制鞋工业协会" },
        { "成立质量强市工作领导小组,国家家具产品质量检验检测中心(江西)通过。",
          "BODY:质量强市工作领导小组 BODY:国家家具产品质量检验检测中心(江西)" },
        { "经济部标准检验局(下称标检局)公布。标检局表示。", "GOV:经济部标准检验局 GOV:标检局 GOV:标检局" },
        { "儿童食品、家用电器、水泥的合格率。", "" },
        { "石家庄、沧州两市质监局签约。", "GOV:市质监局" },
        { "泸州、遵义两地市场监管局签约。", "GOV:市场监管局" },
        { "省质监局联合省工商局检查,会同网信部门整治。", "GOV:省质监局 GOV:省工商局 GOV:网信部门" },
        { "市质监局副局长朱文代表市局签字。", "GOV:市质监局 GOV:市局" },
        { "江苏省质量和标准化研究院与南京市计量监督检测院签约。", "FIRM:江苏省质量和标准化研究院 FIRM:南京市计量监督检测院" },
        { "省皮革行业协会和温州正泰集团签约。", "ASSOC:省皮革行业协会 FIRM:温州正泰集团" },
        { "温州市眼镜商会联合康奈集团发布。", "ASSOC:温州市眼镜商会 FIRM:康奈集团" },
        { "苏州大学、温州银行和正泰集团签约,全市大学招生。调研正泰集团。", "FIRM:苏州大学 FIRM:温州银行 FIRM:正泰集团 FIRM:正泰集团" },
        { "市场监管局联合公安局开展。", "GOV:市场监管局 GOV:公安局" },
        { "温州市质监局与台州市质监局签约。该局说。", "GOV:温州市质监局 GOV:台州市质监局 GOV:该局|温州市质监局" },
    };
    help_t *h = *state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        help_scan(h, "", "", "2011-02-21", rows[k].body);
        assert_string_equal(help_show(h, ORGS), rows[k].found);
    }
}

static void identities(void **state)
{
    static const struct {
        const char *body, *identity;
        uint32_t region;
    } rows[] = {
        { "浙江省质监局抽查。", "浙江省质量技术监督局", 330000 },
        { "浙江省质量技术监督局抽查。", "浙江省质量技术监督局", 330000 },
        { "浙江质监局抽查。", "浙江省质量技术监督局", 330000 },
        { "市政府召开会议。", "温州市人民政府", 330300 },
        { "温州市人民政府召开会议。", "温州市人民政府", 330300 },
        { "国家质检总局公布。", "国家质量监督检验检疫总局", 0 },
        { "质检总局公布。", "国家质量监督检验检疫总局", 0 },
        { "我局公布。", "温州市质量技术监督局", 330300 },
    };
    help_t *h = *state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        help_scan(h, "温州市质监局总结", "温州日报", "2010-11-20", rows[k].body);
        assert_true(h->count >= 1);
        const zw_mention_t *m = &h->mentions[0];
        if (m->cls != ZW_M_GOV || !zw_str_eqz(m->identity, rows[k].identity) || m->region != rows[k].region)
            fail_msg("%s: %.*s %u", rows[k].body, ZW_STR_ARGS(m->identity), m->region);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(found), cmocka_unit_test(identities) };
    return cmocka_run_group_tests(tests, help_setup, help_teardown);
}
