/* Places: names to codes, by year, by what holds them and by the article. */
#include "mention_help.h"

static void alone(void **state)
{
    static const struct {
        const char *name;
        int year;
        uint32_t within, code;
    } rows[] = {
        { "温州", 2010, 0, 330300 },       { "温州市", 2010, 0, 330300 },     { "浙江省温州市", 2010, 0, 330300 },
        { "浙江温州", 2010, 0, 330300 },   { "温州瑞安", 2010, 0, 330381 },   { "浙江", 0, 0, 330000 },
        { "吉林", 2010, 0, 220000 },       { "吉林市", 2010, 0, 220200 },     { "鼓楼区", 2010, 0, 0 },
        { "鼓楼区", 2010, 320100, 320106 },{ "朝阳区", 2010, 110000, 110105 },{ "不是地名", 2010, 0, 0 },
        { "通州区", 2010, 320600, 320612 },{ "永川区", 2010, 0, 500118 },     { "", 2010, 0, 0 },
        { "温州市的", 2010, 0, 0 },
    };
    help_t *h = *state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        uint32_t code = zw_region_find(h->lexicon, zw_strz(rows[k].name), rows[k].year, rows[k].within);
        if (code != rows[k].code)
            fail_msg("%s in %u: %u, not %u", rows[k].name, rows[k].within, code, rows[k].code);
    }
}

static void in_text(void **state)
{
    static const struct {
        const char *title, *body;
        uint32_t codes[8]; /* of the REGION mentions, in order; the list ends before the first that is 1 */
    } rows[] = {
        { "温州质量强市", "我市和全省一样。瑞安、乐清,该市名牌多。", { 330300, 330000, 330381, 330382, 330382, 1 } },
        { "洛川:苹果", "洛川县在陕西,全县推广。全省第一个。", { 610629, 610000, 610629, 610000, 1 } },
        { "民权县总结", "我县与商丘市签约,县里高兴。", { 411421, 411400, 411421, 1 } },
        { "包头质监局", "高出全区平均水平,昆都仑区也在内。", { 150000, 150203, 1 } },
        { "安吉的路", "安徽黄山和浙江温州结对。", { 341000, 330300, 1 } },
        { "上海大会", "在上海南京路举行,上海口岸,在京召开。", { 310000, 310000, 110000, 1 } },
        { "晋江质量", "陈埭镇的市场,晋江市磁灶镇。", { 350582, 350582, 1 } },
        { "通报", "半壁江山,其中国产车,全市场,申请认证,海峡两岸。", { 1 } },
        { "普洱通报", "宁洱县正在申报,恩施州也申报,恩施人民支持。", { 530821, 422800, 422800, 1 } },
        { "通报", "示范县、消费县域、健康县区、现任县长,城区,东区。在费县签约。", { 371325, 1 } },
        { "全国会议", "全国质量工作,我国企业。", { 0, 0, 1 } },
    };
    help_t *h = *state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        help_scan(h, rows[k].title, "", "2010-11-20", rows[k].body);
        size_t at = 0;
        for (size_t m = 0; m < h->count; m++) {
            if (h->mentions[m].cls != ZW_M_REGION)
                continue;
            if (rows[k].codes[at] == 1 || h->mentions[m].region != rows[k].codes[at])
                fail_msg("%s: %s: the %zuth is %u", rows[k].title, help_show(h, 1u << ZW_M_REGION), at, h->mentions[m].region);
            at++;
        }
        if (rows[k].codes[at] != 1)
            fail_msg("%s: only %zu", rows[k].title, at);
    }
}

static void by_context(void **state)
{
    help_t *h = *state;
    help_scan(h, "温州质量强市", "", "2010-11-20", "我市的瑞安市。");
    assert_int_equal(h->count, 2);
    assert_true(h->mentions[0].region_by_context);
    assert_int_equal(h->mentions[0].level, 2);
    assert_false(h->mentions[1].region_by_context);
    assert_int_equal(h->mentions[1].level, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(alone), cmocka_unit_test(in_text), cmocka_unit_test(by_context) };
    return cmocka_run_group_tests(tests, help_setup, help_teardown);
}
