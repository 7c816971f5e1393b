/* What an article is about: its date, its place, who writes, its abbreviations. */
#include "mention_help.h"

static void place_and_date(void **state)
{
    static const struct {
        const char *title, *source, *published, *body, *date;
        uint32_t region;
    } rows[] = {
        { "质量强市", "温州日报", "2010-11-20", "市政府召开会议,瑞安参加。", "2010-11-20", 330300 },
        { "福建晋江质量兴市十年", "海峡周刊", "2011-02-21", "晋江市委决定。泉州市质量奖,全市推广,全省第一。", "2011-02-21", 350582 },
        { "江苏通报抽查结果", "消费周报", "2025-10-21", "江苏省市场监管局发布。徐州、无锡、常州、南通处理。", "2025-10-21", 320000 },
        { "全国质量工作会议", "中国质量报", "2026-01-16", "本报北京1月15日讯,市场监管总局召开会议,江苏、浙江发言。", "2026-01-16", 0 },
        { "", "", "", "2006年,开始。2008年,修订。5月6日,颁奖。力争到2020年达到90%。", "2008-05-06", 0 },
        { "", "", "", "没有日期的文字。", "", 0 },
        { "包头质监局:一年", "草原质检", "2011-09-09", "本报包头讯,9月3日签约。", "2011-09-09", 150200 },
        { "", "", "", "全市复合肥抽检,复合肥料合格。示范县、消费县域、健康县区、现任县长,东区。", "", 0 },
        { "", "", "", "范县召开会议,在费县签约,达县。", "", 0 },
        { "", "", "", "范县召开会议,到范县、范县。", "", 410926 },
    };
    help_t *h = *state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        help_scan(h, rows[k].title, rows[k].source, rows[k].published, rows[k].body);
        if (!zw_str_eqz(h->context.published, rows[k].date) || h->context.region != rows[k].region)
            fail_msg("%s %s: %.*s %u", rows[k].title, rows[k].body, ZW_STR_ARGS(h->context.published), h->context.region);
    }
}

static void abbreviations(void **state)
{
    help_t *h = *state;
    help_scan(h, "", "", "2018-06-13",
              "印发《推进质量强省建设的实施意见》(以下简称《实施意见》),经济部标准检验局(下称标检局)参加。");
    assert_int_equal(h->context.abbreviation_count, 2);
    assert_true(zw_str_eqz(h->context.abbreviations[0].brief, "实施意见"));
    assert_true(zw_str_eqz(h->context.abbreviations[0].full, "推进质量强省建设的实施意见"));
    assert_int_equal(h->context.abbreviations[0].cls, ZW_M_DOC);
    assert_true(zw_str_eqz(h->context.abbreviations[1].brief, "标检局"));
    assert_int_equal(h->context.abbreviations[1].cls, ZW_M_GOV);
}

static void writer(void **state)
{
    help_t *h = *state;
    help_scan(h, "民权县质量技术监督局2015年工作总结", "民权县质监局网站", "2016-01-08", "我局完成任务。");
    assert_true(zw_str_eqz(h->context.self, "民权县质量技术监督局"));
    assert_int_equal(h->context.self_region, 411421);
    assert_string_equal(help_show(h, 1u << ZW_M_GOV), "GOV:我局|民权县质量技术监督局");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(place_and_date), cmocka_unit_test(abbreviations),
                                        cmocka_unit_test(writer) };
    return cmocka_run_group_tests(tests, help_setup, help_teardown);
}
