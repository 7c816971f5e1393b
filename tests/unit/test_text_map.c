/* Properties that hold for any input: the map, sameness, no memory, linear time. */
#include "text_help.h"

#include <errno.h>
#include <time.h>

#include "base/utf8.h"

static uint64_t seed;
static uint32_t pick(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

static const char *const PIECES[] = {
    "质量", "質(zhì)量", "獎(jiǎng)?lì)C獎(jiǎng)", "?jī)蓚€(gè)", "兩個(gè)", "(", ")", "?", "€", "\xEF\xBF\xBD", "\xEF\xBF\xBD(jī)", "jī)", "\n", " ", "\xE3\x80\x80", "\xE2\x80\x8B",
    "&amp;", "&#36136;", "&nbsp;", "&", "<p>", "</p>", "<div class=related>", "</div>", "<table><tr><td>", "<script>", "</script>", "<!--", "-->", "<", "相关新闻\n",
    "- 质量工作会议召开(2011-02-18)\n", "2009年", "216家", "１２", "ＩＳＯ", "⼀", "è´¨é‡", "璐ㄩ噺", "\xD6\xCA", "\xC1", "\xFF", "著名", "有著", "後", "“", "”", "《", "》", "。\n", ",", "，",
    "临江市质监局昨日通报,今年以来全市共抽查企业216家,合格率为96.5%,比去年提高1.2个百分点。\n", "e\xCC\x81", "\xF0\xA0\x80\x80", "\xE2\x80\xA8", "\r\n", "㎏", "ﷺ",
};

static zw_str_t random_body(void)
{
    zw_buf_t b = { 0 };
    for (uint32_t n = 1 + pick(60); n-- > 0;)
        zw_buf_puts(&b, zw_strz(PIECES[pick(sizeof PIECES / sizeof *PIECES)]));
    zw_str_t s = zw_arena_str(arena, zw_buf_str(&b));
    zw_buf_done(&b);
    return s;
}

static void test_any_input(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 3000; round++) {
        seed = round;
        zw_text_t a, b;
        zw_raw_t raw = { .body = random_body(), .format = round % 3 ? ZW_STR_LIT("text") : (zw_str_t){ 0 } };
        zw_text_options_t notes = { .notes = true };
        int e = zw_text_repair(tables, &raw, NULL, arena, &a);
        assert_int_equal(zw_text_repair(tables, &raw, &notes, arena, &b), e);
        if (e < 0) {
            assert_true(e == -ZW_E_EMPTY || e == -ZW_E_ENCODING);
        } else {
            assert_true(zw_str_eq(a.text, b.text));
            assert_memory_equal(a.repairs, b.repairs, sizeof a.repairs);
            assert_true(zw_utf8_valid(a.text, NULL));
            check_map(&a);
            for (size_t i = 0; i < b.note_count; i++)
                assert_true(b.notes[i].src.start <= b.notes[i].src.end && b.notes[i].src.end <= raw.body.n);
            for (unsigned k = 0; k < 8; k++) {
                uint32_t start = pick((uint32_t)a.text.n), end = start + 1 + pick((uint32_t)a.text.n - start);
                zw_span_t src = zw_text_source(&a, start, end), inner = zw_text_source(&a, start, start + 1), also[3];
                assert_true(src.start <= src.end && src.end <= raw.body.n);
                if (inner.end > inner.start)
                    assert_true(inner.start >= src.start && inner.end <= src.end);
                size_t n = zw_text_also(&a, start, end, also, 3);
                for (size_t j = 0; j < n; j++)
                    assert_true(also[j].start < also[j].end && also[j].end <= raw.body.n);
                assert_true(zw_text_quote(&a, src, arena).p != NULL || src.start == src.end);
            }
        }
        zw_arena_reset(arena, 1 << 20);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char *const BODIES[] = {
        "質(zhì)量獎(jiǎng)?lì)C獎(jiǎng)大會(huì)&nbsp;è´¨é‡\n临江市质监局昨日通报,今年以来全市共抽查企业216家,合格率为96.5%。\n临江市质监局昨日通报,今年以来全市共抽查企业216家,合格率为96.5%。\n- 质量工作(2011-02-18)",
        "<html><body><p>临江市质监局昨日通报,今年以来全市共抽查企业216家。</p><div class=related><a>新闻</a></div></body></html>",
    };
    for (size_t i = 0; i < sizeof BODIES / sizeof *BODIES; i++) {
        zw_raw_t raw = { .body = zw_strz(BODIES[i]) };
        zw_text_options_t notes = { .notes = true };
        int e = -ENOMEM;
        unsigned long n = 1;
        for (; e == -ENOMEM && n < 5000; n++) {
            zw_text_t t = { .text = ZW_STR_LIT("untouched") };
            zw_arena_fail_at(n);
            e = zw_text_repair(tables, &raw, &notes, arena, &t);
            zw_arena_fail_at(0);
            assert_true(e == -ENOMEM || e == 0);
            if (e < 0)
                check_str(t.text, "untouched", "the result without memory");
            else
                check_map(&t);
        }
        assert_int_equal(e, 0);
        assert_true(n > 10);
    }
}

static double seconds(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

/* What would be quadratic if anything were: eight times the size must not take much more than eight times as long. */
static void test_linear(void **state)
{
    static const char *const UNITS[] = { "(", "獎(jiǎng)?lì)C", "?a)", "質?jī)", "&amp;", "amp;", "<div>", "<b id=1>x<p>", "<p ", "<p<p", "a=1 ", "<!--", " ", "质\n", "质", "相关新闻\n", "- 质量工作(2011-02-18)\n",
                                         "璐ㄩ噺", "Ã¥Â", "<table><tr><td>", "<select><option>", "质量强省建设工作会议在省城召开并取得圆满成功\n", "獎(jiǎng)獎?lì)萌?菔?匈", "質(zhì)量?jī)伤?谠", "質(zhì)量?jī)?????", "\xEF\xBF\xBD" };
    (void)state;
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        double took[2];
        for (int big = 0; big < 2; big++) {
            size_t size = big ? 512 * 1024 : 64 * 1024;
            zw_buf_t b = { 0 };
            zw_buf_puts(&b, ZW_STR_LIT("質(zhì)量獎(jiǎng)機(jī)構標(biāo)準 <p>质量 "));
            while (b.n < size)
                zw_buf_puts(&b, zw_strz(UNITS[i]));
            zw_raw_t raw = { .body = zw_buf_str(&b), .format = UNITS[i][0] == '<' ? ZW_STR_LIT("html") : ZW_STR_LIT("text") };
            zw_text_t t;
            double start = seconds();
            int e = zw_text_repair(tables, &raw, NULL, arena, &t);
            took[big] = seconds() - start;
            assert_true(e == 0 || e == -ZW_E_EMPTY);
            zw_arena_reset(arena, 1 << 20);
            zw_buf_done(&b);
        }
        if (took[1] > 24 * took[0] + 0.25)
            fail_msg("%s: %.3f s for 64 KiB, %.3f s for 512 KiB", UNITS[i], took[0], took[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { TEXT_TEST(test_any_input), TEXT_TEST(test_no_memory), TEXT_TEST(test_linear) };
    return cmocka_run_group_tests(tests, open_tables, close_tables);
}
