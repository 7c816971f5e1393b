/* The flow between intake, workers and committer: order of arrival, bounds, and its end; and which endpoints may be used. */
#include "endpoint.h"
#include "flow.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA = 1 << 20 };

static zw_job_t *enter(zw_flow_t *flow, size_t bytes, bool bad)
{
    zw_job_t *job = zw_flow_take(flow);
    assert_non_null(job);
    (void)zmq_msg_close(&job->message);
    assert_int_equal(zmq_msg_init_size(&job->message, bytes), 0);
    memset(zmq_msg_data(&job->message), 0, bytes);
    if (bad)
        zw_job_reject(job, -ZW_E_MALFORMED, "", NULL);
    zw_flow_enter(flow, job);
    return job;
}

static void give_back(zw_flow_t *flow, zw_job_t **jobs, int n)
{
    for (int i = 0; i < n; i++)
        zw_job_clear(jobs[i]);
    zw_flow_answer(flow, jobs, (size_t)n);
    for (zw_job_t *job = zw_flow_answered(flow), *next; job; job = next) {
        next = job->next;
        zw_flow_recycle(flow, job);
    }
}

/* Whatever order the workers finish in, the committer waits for the first. */
static void test_order_of_arrival(void **state)
{
    zw_flow_t *flow = NULL;
    zw_job_t *jobs[8], *work[3];
    assert_int_equal(zw_flow_new(8, 1 << 20, ARENA, &flow), 0);
    for (int i = 0; i < 3; i++)
        (void)enter(flow, 10, false);
    (void)enter(flow, 10, true); /* refused: done at once, but not before its turn */
    for (int i = 0; i < 3; i++)
        work[i] = zw_flow_work(flow);
    zw_flow_finish(flow, work[2]);
    assert_int_equal(zw_flow_collect(flow, jobs, 8, 1000, 1), 0);
    zw_flow_finish(flow, work[0]);
    assert_int_equal(zw_flow_collect(flow, jobs, 8, 1000, 1), 1);
    assert_ptr_equal(jobs[0], work[0]);
    give_back(flow, jobs, 1);
    zw_flow_finish(flow, work[1]);
    assert_int_equal(zw_flow_collect(flow, jobs, 8, 1000, 1), 3);
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(jobs[i]->ticket, i + 1);
    give_back(flow, jobs, 3);
    zw_flow_free(flow);
}

static void test_bounds(void **state)
{
    zw_flow_t *flow = NULL;
    zw_job_t *jobs[8];
    zw_flow_info_t info;
    assert_int_equal(zw_flow_new(4, 1000, ARENA, &flow), 0);
    for (int i = 0; i < 4; i++)
        (void)enter(flow, 10, true);
    assert_true(zw_flow_full(flow));
    assert_null(zw_flow_take(flow));
    assert_int_equal(zw_flow_collect(flow, jobs, 3, 1000, 1), 3); /* as many as wanted */
    give_back(flow, jobs, 3);
    assert_false(zw_flow_full(flow));
    (void)enter(flow, 2000, true); /* one may go over the bytes: it was not known how large it would be */
    assert_null(zw_flow_take(flow));
    assert_int_equal(zw_flow_collect(flow, jobs, 8, 100, 1), 1); /* the large one is for the next batch */
    give_back(flow, jobs, 1);
    assert_int_equal(zw_flow_collect(flow, jobs, 8, 100, 1), 1); /* alone it goes, whatever its size */
    give_back(flow, jobs, 1);
    zw_flow_info(flow, &info);
    assert_int_equal(info.in_flight, 0);
    assert_int_equal(info.bytes, 0);
    zw_flow_free(flow);
}

static void test_end(void **state)
{
    zw_flow_t *flow = NULL;
    zw_job_t *jobs[4];
    assert_int_equal(zw_flow_new(4, 1000, ARENA, &flow), 0);
    (void)enter(flow, 10, false);
    zw_flow_close(flow);
    zw_job_t *job = zw_flow_work(flow); /* what was taken in is still worked on */
    assert_non_null(job);
    assert_null(zw_flow_work(flow));
    assert_int_equal(zw_flow_collect(flow, jobs, 4, 1000, 1), 0);
    zw_flow_finish(flow, job);
    assert_int_equal(zw_flow_collect(flow, jobs, 4, 1000, 1), 1);
    assert_int_equal(zw_flow_collect(flow, jobs + 1, 3, 1000, 1), -ZW_E_CLOSED);
    give_back(flow, jobs, 1);
    zw_flow_free(flow);
}

static void *work_on(void *arg)
{
    for (zw_job_t *job; (job = zw_flow_work(arg));)
        zw_flow_finish(arg, job);
    return NULL;
}

static void *commit(void *arg)
{
    zw_job_t *jobs[16];
    uint64_t next = 0;
    for (int n; (n = zw_flow_collect(arg, jobs, 16, 1 << 20, 100)) != -ZW_E_CLOSED;) {
        for (int i = 0; i < n; i++)
            if (jobs[i]->ticket != next++)
                return NULL;
        for (int i = 0; i < n; i++)
            zw_job_clear(jobs[i]);
        zw_flow_answer(arg, jobs, (size_t)n);
    }
    return (void *)next;
}

static void test_many_threads(void **state)
{
    enum { WORKERS = 4, JOBS = 20000 };
    zw_flow_t *flow = NULL;
    pthread_t workers[WORKERS], committer;
    void *committed = NULL;
    assert_int_equal(zw_flow_new(64, 1 << 20, ARENA, &flow), 0);
    for (int i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_create(&workers[i], NULL, work_on, flow), 0);
    assert_int_equal(pthread_create(&committer, NULL, commit, flow), 0);
    for (int sent = 0; sent < JOBS;) {
        if (!zw_flow_full(flow)) {
            (void)enter(flow, 8, sent % 7 == 0);
            sent++;
        } else {
            zmq_pollitem_t item = { .fd = zw_flow_fd(flow), .events = ZMQ_POLLIN };
            assert_true(zmq_poll(&item, 1, 10000) > 0);
        }
        give_back(flow, NULL, 0);
    }
    zw_flow_close(flow);
    for (int i = 0; i < WORKERS; i++)
        (void)pthread_join(workers[i], NULL);
    (void)pthread_join(committer, &committed);
    assert_int_equal((uintptr_t)committed, JOBS);
    zw_flow_free(flow);
}

static const struct {
    const char *endpoint;
    zw_endpoint_kind_t kind;
} ENDPOINTS[] = {
    { "ipc:///run/zhiwen/submit.sock", ZW_ENDPOINT_IPC },
    { "ipc://@name", ZW_ENDPOINT_IPC },
    { "ipc://", ZW_ENDPOINT_BAD },
    { "tcp://127.0.0.1:5000", ZW_ENDPOINT_TCP },
    { "tcp://127.8.8.8:1", ZW_ENDPOINT_TCP },
    { "tcp://localhost:65535", ZW_ENDPOINT_TCP },
    { "tcp://[::1]:5000", ZW_ENDPOINT_TCP },
    { "tcp://lo:5000", ZW_ENDPOINT_TCP },
    { "tcp://*:5000", ZW_ENDPOINT_TCP },
    { "tcp://0.0.0.0:5000", ZW_ENDPOINT_TCP },
    { "tcp://[::]:5000", ZW_ENDPOINT_TCP },
    { "tcp://127.0.0.1.example.org:5000", ZW_ENDPOINT_TCP },
    { "tcp://localhost.example.org:5000", ZW_ENDPOINT_TCP },
    { "tcp://10.0.0.1:5000", ZW_ENDPOINT_TCP },
    { "tcp://127.0.0.1", ZW_ENDPOINT_BAD },
    { "tcp://127.0.0.1:", ZW_ENDPOINT_BAD },
    { "tcp://127.0.0.1:0", ZW_ENDPOINT_BAD },
    { "tcp://127.0.0.1:65536", ZW_ENDPOINT_BAD },
    { "tcp://:5000", ZW_ENDPOINT_BAD },
    { "pgm://127.0.0.1:5000", ZW_ENDPOINT_BAD },
    { "inproc://x", ZW_ENDPOINT_BAD },
    { "", ZW_ENDPOINT_BAD },
};

static void test_endpoints(void **state)
{
    for (size_t i = 0; i < sizeof(ENDPOINTS) / sizeof(ENDPOINTS[0]); i++)
        if (zw_endpoint_kind(zw_strz(ENDPOINTS[i].endpoint)) != ENDPOINTS[i].kind)
            fail_msg("%s is taken for %d", ENDPOINTS[i].endpoint, (int)zw_endpoint_kind(zw_strz(ENDPOINTS[i].endpoint)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_arrival), cmocka_unit_test(test_bounds),    cmocka_unit_test(test_end),
        cmocka_unit_test(test_many_threads),     cmocka_unit_test(test_endpoints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
