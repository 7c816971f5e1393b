/* What a worker made goes through the topic of results and comes out as it was. */
#include "cluster/result.h"
#include "process.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const zw_result_t HEAD = { .writer = { "i1", 2 }, .rules = { "abc", 3 }, .terms = { 3, 1000, 30, 5000 }, .known = 76, .digest = 0x1234567890abcdefu };

static zw_job_t *new_job(void)
{
    zw_job_t *job = zw_job_new(0);
    job->origin = ZW_FROM_FEED;
    job->ref = (zw_job_ref_t){ .partition = 5, .offset = 1000, .prev = 998, .asker = 0xfedcba9876543210u, .ticket = 77 };
    return job;
}

static void fill_message(zw_job_t *job, zw_str_t bytes)
{
    (void)zmq_msg_close(&job->message);
    (void)zmq_msg_init_size(&job->message, bytes.n);
    memcpy(zmq_msg_data(&job->message), bytes.p, bytes.n);
}

/* Encodes `job`, checks the head, and decodes it into another job. */
static zw_job_t *through(zw_job_t *job, zw_result_kind_t kind, zw_buf_t *bytes)
{
    zw_result_t r;
    zw_job_t *back = zw_job_new(0);
    assert_int_equal(zw_result_encode(&HEAD, job, bytes), 0);
    assert_int_equal(zw_result_decode(zw_buf_str(bytes), &r), 0);
    assert_int_equal(r.kind, kind);
    assert_true(zw_str_eq(r.writer, HEAD.writer) && zw_str_eq(r.rules, HEAD.rules));
    assert_memory_equal(&r.terms, &HEAD.terms, sizeof(r.terms));
    assert_int_equal(r.known, 76);
    assert_true(r.digest == HEAD.digest);
    assert_int_equal(zw_result_job(&r, back), 0);
    assert_int_equal(back->ref.partition, 5);
    assert_int_equal(back->ref.offset, 1000);
    assert_int_equal(back->ref.prev, 998);
    assert_true(back->ref.asker == job->ref.asker && back->ref.ticket == 77);
    assert_int_equal(back->origin, ZW_FROM_FEED);
    return back;
}

/* Every truncation is told, or gives a job that reads no byte behind the end (the sanitizer sees to it). */
static void cut_short(const zw_buf_t *bytes)
{
    for (size_t n = 0; n < bytes->n; n += n < 200 ? 1 : 37) {
        zw_result_t r;
        char *copy = malloc(n + 1);
        memcpy(copy, bytes->p, n);
        zw_job_t *job = zw_job_new(0);
        if (zw_result_decode(zw_str(copy, n), &r) == 0)
            assert_true(zw_result_job(&r, job) < 0 || r.kind != ZW_RESULT_ARTICLE);
        zw_job_free(job);
        free(copy);
    }
}

static void same_pairs(zw_job_pairs_t a, zw_job_pairs_t b)
{
    assert_int_equal(a.count, b.count);
    assert_true(zw_str_eq(a.bytes, b.bytes));
}

static void same_decision(const zw_fingerprint_t *a, const zw_fingerprint_t *b)
{
    zw_buf_t one = { 0 }, other = { 0 };
    zw_decision_t d = { 0 };
    assert_int_equal(zw_dedup_mark_encode(a, &d, 0, &one), 0);
    assert_int_equal(zw_dedup_mark_encode(b, &d, 0, &other), 0);
    assert_true(zw_str_eq(zw_buf_str(&one), zw_buf_str(&other)));
    zw_buf_done(&one);
    zw_buf_done(&other);
}

static void test_article(void **state)
{
    static const char body[] = "浙江省质量技术监督局2010年11月1日发布了《浙江省质量强省建设规划》。截至目前,温州市共有ISO9001质量管理体系认证企业1234家,"
                               "比上年增加56家。正泰集团荣获第3届浙江省政府质量奖。\n";
    zw_text_tables_t *tables = NULL;
    zw_rules_t *rules = NULL;
    zw_extractor_t *extractor = zw_extractor_new();
    assert_int_equal(zw_text_tables_open(&tables), 0);
    assert_int_equal(zw_rules_load(NULL, 0, NULL, NULL, &rules), 0);
    zw_job_t *job = new_job();
    zw_buf_t message = { 0 }, bytes = { 0 };
    zw_request_t request = { .op = ZW_OP_SUBMIT, .article = { .id = ZW_STR_LIT("a-1"), .source = ZW_STR_LIT("test"), .title = ZW_STR_LIT("质量强省"),
                                                              .body = ZW_STR_LIT(body), .body_is_text = true } };
    assert_int_equal(zw_request_encode(&request, &message), 0);
    fill_message(job, zw_buf_str(&message));
    assert_int_equal(zw_request_decode(job->wire, zw_job_raw(job), &ZW_WIRE_DEFAULTS, &job->request, &job->reject), 0);
    zw_process(job, tables, rules, extractor);
    assert_false(zw_job_rejected(job));
    assert_true(job->fact_count >= 2);

    zw_job_t *back = through(job, ZW_RESULT_ARTICLE, &bytes);
    assert_true(zw_str_eqz(back->request.article.id, "a-1"));
    assert_int_equal(back->fact_count, job->fact_count);
    for (size_t i = 0; i < job->fact_count; i++) {
        assert_memory_equal(back->facts[i].id, job->facts[i].id, 16);
        assert_true(zw_str_eq(back->facts[i].type, job->facts[i].type));
        assert_true(zw_str_eq(back->facts[i].map, job->facts[i].map));
        assert_int_equal(back->facts[i].region, job->facts[i].region);
    }
    same_pairs(back->brief, job->brief);
    same_pairs(back->detail, job->detail);
    same_pairs(back->record, job->record);
    same_decision(back->fingerprint, job->fingerprint);
    cut_short(&bytes);

    zw_job_free(back);
    zw_job_free(job);
    zw_buf_done(&message);
    zw_buf_done(&bytes);
    zw_extractor_free(extractor);
    zw_rules_unref(rules);
    zw_text_tables_free(tables);
}

static void test_withdrawal(void **state)
{
    zw_job_t *job = new_job();
    zw_buf_t bytes = { 0 };
    job->request = (zw_request_t){ .op = ZW_OP_WITHDRAW, .number = 12, .source = ZW_STR_LIT("s"), .id = ZW_STR_LIT("the id"), .reason = ZW_STR_LIT("误发") };
    fill_message(job, ZW_STR_LIT("as it came"));
    zw_job_t *back = through(job, ZW_RESULT_WITHDRAWAL, &bytes);
    assert_int_equal(back->request.op, ZW_OP_WITHDRAW);
    assert_int_equal(back->request.number, 12);
    assert_true(zw_str_eqz(back->request.source, "s") && zw_str_eqz(back->request.id, "the id") && zw_str_eqz(back->request.reason, "误发"));
    assert_true(zw_str_eqz(zw_job_raw(back), "as it came"));
    cut_short(&bytes);
    zw_job_free(back);
    zw_job_free(job);
    zw_buf_done(&bytes);
}

static void test_refused(void **state)
{
    zw_job_t *job = new_job();
    zw_buf_t bytes = { 0 };
    static char large[100 << 10];
    job->request = (zw_request_t){ .article.id = ZW_STR_LIT("x") };
    fill_message(job, zw_str(large, sizeof(large)));
    zw_job_reject(job, -ZW_E_MISSING, "article.body", "a body is needed");
    zw_job_t *back = through(job, ZW_RESULT_REFUSED, &bytes);
    assert_int_equal(back->reject.code, -ZW_E_MISSING);
    assert_string_equal(back->reject.field, "article.body");
    assert_string_equal(back->reject.message, "a body is needed");
    assert_int_equal(zw_job_raw(back).n, 64 << 10);
    cut_short(&bytes);
    zw_job_free(back);
    zw_job_free(job);
    zw_buf_done(&bytes);
}

static void test_founded(void **state)
{
    zw_result_t head = HEAD, r;
    zw_buf_t bytes = { 0 };
    head.instance = ZW_STR_LIT("0123456789abcdef0123456789abcdef");
    head.next_number = 8;
    head.next_seq = 99;
    assert_int_equal(zw_result_encode(&head, NULL, &bytes), 0);
    assert_int_equal(zw_result_decode(zw_buf_str(&bytes), &r), 0);
    assert_int_equal(r.kind, ZW_RESULT_FOUNDED);
    assert_true(zw_str_eq(r.instance, head.instance));
    assert_int_equal(r.next_number, 8);
    assert_int_equal(r.next_seq, 99);
    zw_buf_done(&bytes);
}

static void test_strangers(void **state)
{
    zw_result_t r;
    assert_int_equal(zw_result_decode(ZW_STR_LIT(""), &r), -ZW_E_CORRUPT);
    assert_int_equal(zw_result_decode(ZW_STR_LIT("{\"json\": true}"), &r), -ZW_E_CORRUPT);
    assert_int_equal(zw_result_decode(ZW_STR_LIT("zwr\2 of a later version"), &r), -ZW_E_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_article), cmocka_unit_test(test_withdrawal), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_founded), cmocka_unit_test(test_strangers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
