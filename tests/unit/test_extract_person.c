/* Persons: found by a sign beside them, and not where a word only looks like a name. */
#include "mention_help.h"

static void found(void **state)
{
    static const struct {
        const char *body, *found;
    } rows[] = {
        { "市委副书记、市长马晓军出席并讲话,副市长王丽华主持会议。", "POST:副书记 POST:市长 PERSON:马晓军 POST:副市长 PERSON:王丽华" },
        { "首席技师付国平获得,处长丁国梁在会上说。", "POST:首席技师 PERSON:付国平 POST:处长 PERSON:丁国梁" },
        { "主任助理蔡伟告诉记者。蔡伟说。", "POST:主任助理 PERSON:蔡伟 PERSON:蔡伟" },
        { "副市长陈婉玲告诉记者。当天,陈婉玲强调质量。", "POST:副市长 PERSON:陈婉玲 PERSON:陈婉玲" },
        { "由市长任组长的领导小组。", "POST:市长 POST:组长" },
        { "局长高质量完成,局长全面负责,局长要求落实。", "POST:局长 POST:局长 POST:局长" },
        { "高质量要求提出,金融介绍,王牌说,安全认为。", "" },
        { "局长欧阳明德强调,主席司马光指出。", "POST:局长 PERSON:欧阳明德 POST:主席 PERSON:司马光" },
        { "董事长买买提江·阿布都说。", "POST:董事长 PERSON:买买提江·阿布都" },
        { "蔬菜标准化专家王乐芹(女)获奖。", "POST:专家 PERSON:王乐芹" },
        { "(记者郭敏通讯员覃芸)记者看到,执法人员出动。", "" },
        { "车间主任罗成获个人奖。", "POST:车间主任 PERSON:罗成" },
        { "双方在杭州签署长江流域协议,署长没有出席。", "POST:署长" },
        { "陈建国表示,今年要抓好。", "PERSON:陈建国" },
        { "村民王德贵笑着说,日子好了。村民代表表示满意。", "PERSON:王德贵" },
        { "会议任命吴建国为局长。", "PERSON:吴建国 POST:局长" },
        { "市政府任命张华为局长,免去刘强的局长职务。", "PERSON:张华 POST:局长 PERSON:刘强 POST:局长" },
        { "副市长拉巴卓玛在会上说。副主任阎春晓为中心授牌。", "POST:副市长 PERSON:拉巴卓玛 POST:副主任 PERSON:阎春晓" },
        { "局长王强强调质量,局长王强调研企业。", "POST:局长 PERSON:王强 POST:局长 PERSON:王强" },
        { "市长质量奖评选,局长会议召开。", "" },
        { "局长才仁扎西指出,厂长开门见山指出。", "POST:局长 PERSON:才仁扎西 POST:厂长" },
    };
    help_t *h = *state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        help_scan(h, "", "", "2011-02-21", rows[k].body);
        const char *shown = help_show(h, 1u << ZW_M_PERSON | 1u << ZW_M_POST);
        if (strcmp(shown, rows[k].found) != 0)
            fail_msg("%s\n  is  %s\n  not %s", rows[k].body, shown, rows[k].found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(found) };
    return cmocka_run_group_tests(tests, help_setup, help_teardown);
}
