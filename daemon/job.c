#include "job.h"

#include <stdio.h>
#include <stdlib.h>

const char *const ZW_FROM_NAMES[] = { [ZW_FROM_SUBMIT] = "submit", [ZW_FROM_FEED] = "feed", [ZW_FROM_CLUSTER] = "cluster" };

enum { KEEP_BYTES = 256 << 10 }; /* a job at rest holds no more than this of arena and of buffer each */

zw_job_t *zw_job_new(size_t arena_bytes)
{
    zw_job_t *job = calloc(1, sizeof(*job));
    if (!job)
        return NULL;
    (void)zmq_msg_init(&job->message);
    job->wire = zw_wire_new();
    job->arena = zw_arena_new(arena_bytes);
    if (job->wire && job->arena)
        return job;
    zw_job_free(job);
    return NULL;
}

void zw_job_free(zw_job_t *job)
{
    if (!job)
        return;
    zw_job_clear(job);
    zw_buf_done(&job->encoded);
    zw_buf_done(&job->ack);
    zw_wire_free(job->wire);
    zw_arena_free(job->arena);
    free(job);
}

void zw_job_clear(zw_job_t *job)
{
    (void)zmq_msg_close(&job->message);
    (void)zmq_msg_init(&job->message);
    zw_rules_unref(job->rules);
    job->rules = NULL;
    if (job->arena)
        zw_arena_reset(job->arena, KEEP_BYTES);
    if (job->encoded.cap > KEEP_BYTES)
        zw_buf_done(&job->encoded);
    zw_buf_clear(&job->encoded);
    job->done = false;
    job->fingerprint = NULL;
    job->facts = NULL;
    job->fact_count = 0;
    job->time_us = 0;
    job->reject = (zw_reject_t){ 0 };
}

void zw_job_reject(zw_job_t *job, int code, const char *field, const char *message)
{
    job->reject.code = code;
    (void)snprintf(job->reject.field, sizeof(job->reject.field), "%s", field);
    (void)snprintf(job->reject.message, sizeof(job->reject.message), "%s", message ? message : zw_error_text(code));
}
