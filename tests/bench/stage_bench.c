/* stage_bench: what each stage of an article's way costs, without input or output.
 *
 * usage: stage_bench ARTICLES.jsonl [ROUNDS [THREADS [RULES-FOLDER...]]]     default 5 rounds, one thread
 *
 * Articles are {"text" or "raw_b64", "format", "title", "source", …} a line. Prints JSON: "articles", "bytes" (of bodies),
 * "facts", "load_s" (rules), "us" (by stage: microseconds of processor time an article, one number a round), and
 * "pipeline_us" (all of it, one number a round: processor time of one thread, time by the clock of several together). `mentions` is a part of `extract`,
 * run once more by itself. Bytes of raw_b64 are decoded before anything is measured.
 */
#include "extract/mention.h"
#include "process.h"
#include "zw_error.h"

#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DECODE, REPAIR, MENTIONS, EXTRACT, FINGERPRINT, INDEX, ENCODE, STAGES, MAX_ROUNDS = 100, MAX_THREADS = 16, KEEP = 1 << 20 };
static const char *const NAMES[STAGES] = { "decode", "repair", "mentions", "extract", "fingerprint", "index", "encode" };

typedef struct {
    zw_str_t *messages; /* as they come from the wire */
    size_t count, bytes;
    zw_text_tables_t *tables;
    zw_rules_t *rules;
    zw_lexicon_t *lexicon;
    int rounds, threads;
} bench_t;

static void die(const char *what, int e)
{
    fprintf(stderr, "stage_bench: %s: %s\n", what, zw_error_text(e));
    exit(1);
}

static double now_us(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ---- the articles */

static zw_str_t field(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    return json_is_string(value) ? zw_str(json_string_value(value), json_string_length(value)) : zw_str("", 0);
}

static void add_message(bench_t *b, const json_t *row, char *line)
{
    char space[16];
    zw_buf_t out = { 0 };
    size_t n = 0;
    zw_request_t request = { .op = ZW_OP_SUBMIT, .req = zw_req_uint(b->count, space) };
    zw_article_t *a = &request.article;
    *a = (zw_article_t){ .id = field(row, "id"), .source = field(row, "source"), .title = field(row, "title"),
                         .published = field(row, "published"), .format = field(row, "format"), .body = field(row, "text"),
                         .body_is_text = true };
    zw_str_t raw = field(row, "raw_b64");
    if (raw.n) {
        if (sodium_base642bin((unsigned char *)line, raw.n, raw.p, raw.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
            die("raw_b64", -ZW_E_DATA);
        a->body = zw_str(line, n);
        a->body_is_text = false;
    }
    b->bytes += a->body.n;
    if (zw_request_encode(&request, &out) < 0)
        die("encode", -ENOMEM);
    b->messages[b->count++] = zw_buf_str(&out);
}

static void read_articles(bench_t *b, const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    if (!f)
        die(path, -errno);
    while ((n = getline(&line, &cap, f)) > 0) {
        json_t *row = json_loadb(line, (size_t)n, 0, NULL);
        b->messages = reallocarray(b->messages, b->count + 1, sizeof(*b->messages));
        if (!row || !b->messages)
            die(path, -ZW_E_DATA);
        add_message(b, row, line);
        json_decref(row);
    }
    free(line);
    (void)fclose(f);
    if (!b->count)
        die(path, -ZW_E_EMPTY);
}

static void put_message(const bench_t *b, size_t i, zw_job_t *job)
{
    if (zmq_msg_init_size(&job->message, b->messages[i].n) < 0)
        die("message", -errno);
    memcpy(zmq_msg_data(&job->message), b->messages[i].p, b->messages[i].n);
}

/* Less than the daemon would be sent by one sender is no limit here: articles of 4 MiB are measured too. */
static void decode(zw_job_t *job)
{
    zw_wire_limits_t limits = ZW_WIRE_DEFAULTS;
    limits.message_bytes = limits.body_bytes = 64u << 20;
    int e = zw_request_decode(job->wire, zw_job_raw(job), &limits, &job->request, &job->reject);
    if (e < 0)
        die("decode", e);
}

/* ---- stage by stage, one thread */

typedef struct {
    double at, *us;
} lap_t;

static void lap(lap_t *l, int stage)
{
    double t = now_us(CLOCK_THREAD_CPUTIME_ID);
    l->us[stage] += t - l->at;
    l->at = t;
}

static void mentions_alone(const bench_t *b, const zw_job_t *job)
{
    zw_context_t context;
    zw_mention_t *mentions;
    size_t n;
    int e = zw_context_make(b->lexicon, &job->text, job->request.article.source, job->arena, &context);
    if (e == 0)
        e = zw_mentions_scan(b->lexicon, &context, job->arena, &mentions, &n);
    if (e < 0)
        die("mentions", e);
}

static size_t stages_of(const bench_t *b, zw_job_t *job, zw_extractor_t *x, zw_dedup_t *dedup, uint64_t number, double *us)
{
    lap_t l = { now_us(CLOCK_THREAD_CPUTIME_ID), us };
    zw_decision_t d;
    decode(job);
    lap(&l, DECODE);
    const zw_article_t *a = &job->request.article;
    zw_raw_t raw = { .body = a->body, .body_is_utf8 = a->body_is_text, .format = a->format, .title = a->title, .published = a->published };
    int e = zw_text_repair(b->tables, &raw, NULL, job->arena, &job->text);
    lap(&l, REPAIR);
    if (e < 0)
        die("repair", e);
    mentions_alone(b, job);
    lap(&l, MENTIONS);
    e = zw_extract(x, b->rules, &job->text, a->source, job->arena, &job->extraction);
    lap(&l, EXTRACT);
    if (e == 0)
        e = zw_fingerprint_make(&job->text, NULL, 0, a->source, a->id, a->url, job->arena, &job->fingerprint);
    lap(&l, FINGERPRINT);
    if (e < 0)
        die("extract", e);
    zw_dedup_prefetch(dedup, job->fingerprint);
    zw_dedup_decide(dedup, job->fingerprint, &d);
    zw_dedup_insert(dedup, number, job->fingerprint, &d, (int64_t)number);
    lap(&l, INDEX);
    for (size_t i = 0; i < job->extraction.fact_count; i++)
        zw_fact_encode(&job->extraction.facts[i], &job->encoded);
    lap(&l, ENCODE);
    return job->extraction.fact_count;
}

static void time_stages(const bench_t *b, json_t *out)
{
    zw_dedup_options_t options = { .capacity = 100000 };
    zw_dedup_t *dedup = NULL;
    zw_job_t *job = zw_job_new(0);
    zw_extractor_t *x = zw_extractor_new();
    json_t *us = json_object();
    size_t facts = 0;
    uint64_t number = 0;
    if (!job || !x || zw_dedup_open(&options, &dedup) < 0)
        die("memory", -ENOMEM);
    for (int s = 0; s < STAGES; s++)
        json_object_set_new(us, NAMES[s], json_array());
    for (int round = -1; round < b->rounds; round++) { /* the first warms up */
        double sum[STAGES] = { 0 };
        facts = 0;
        for (size_t i = 0; i < b->count; i++) {
            put_message(b, i, job);
            facts += stages_of(b, job, x, dedup, ++number, sum);
            zw_job_clear(job);
        }
        for (int s = 0; s < STAGES && round >= 0; s++)
            json_array_append_new(json_object_get(us, NAMES[s]), json_real(sum[s] / (double)b->count));
    }
    json_object_set_new(out, "us", us);
    json_object_set_new(out, "facts", json_integer((json_int_t)facts));
    zw_dedup_close(dedup);
    zw_extractor_free(x);
    zw_job_free(job);
}

/* ---- all of it, several threads */

typedef struct {
    const bench_t *b;
    pthread_t thread;
    int share;
} worker_t;

static void *work(void *arg)
{
    const worker_t *w = arg;
    const bench_t *b = w->b;
    zw_job_t *job = zw_job_new(0);
    zw_extractor_t *x = zw_extractor_new();
    if (!job || !x)
        die("memory", -ENOMEM);
    for (size_t i = (size_t)w->share; i < b->count; i += (size_t)b->threads) {
        put_message(b, i, job);
        decode(job);
        zw_process(job, b->tables, b->rules, x);
        if (zw_job_rejected(job))
            die(job->reject.message, job->reject.code);
        zw_job_clear(job);
    }
    zw_extractor_free(x);
    zw_job_free(job);
    return NULL;
}

static void time_pipeline(const bench_t *b, json_t *out)
{
    json_t *us = json_array();
    clockid_t clock = b->threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
    for (int round = 0; round < b->rounds; round++) {
        worker_t workers[MAX_THREADS];
        double t = now_us(clock);
        for (int i = 0; i < b->threads; i++) {
            workers[i] = (worker_t){ .b = b, .share = i };
            if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
                die("thread", -EAGAIN);
        }
        for (int i = 0; i < b->threads; i++)
            (void)pthread_join(workers[i].thread, NULL);
        json_array_append_new(us, json_real((now_us(clock) - t) / (double)b->count));
    }
    json_object_set_new(out, "pipeline_us", us);
}

int main(int argc, char **argv)
{
    char message[512] = "";
    bench_t b = { .rounds = argc > 2 ? atoi(argv[2]) : 5, .threads = argc > 3 ? atoi(argv[3]) : 1 };
    if (argc < 2 || b.rounds < 1 || b.rounds > MAX_ROUNDS || b.threads < 1 || b.threads > MAX_THREADS) {
        fprintf(stderr, "usage: stage_bench ARTICLES.jsonl [ROUNDS [THREADS [RULES-FOLDER...]]]\n");
        return 2;
    }
    read_articles(&b, argv[1]);
    double t = now_us(CLOCK_MONOTONIC);
    int e = zw_rules_load(argc > 4 ? (const char *const *)argv + 4 : NULL, argc > 4 ? (size_t)argc - 4 : 0, NULL, NULL, &b.rules);
    double load_us = now_us(CLOCK_MONOTONIC) - t;
    if (e == 0)
        e = zw_lexicon_open(&b.lexicon, message, sizeof(message));
    if (e == 0)
        e = zw_text_tables_open(&b.tables);
    if (e < 0)
        die(message, e);
    json_t *out = json_pack("{s:I, s:I, s:f}", "articles", (json_int_t)b.count, "bytes", (json_int_t)b.bytes, "load_s", load_us / 1e6);
    if (b.threads == 1)
        time_stages(&b, out);
    time_pipeline(&b, out);
    json_dumpf(out, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
    putchar('\n');
    json_decref(out);
    zw_text_tables_free(b.tables);
    zw_lexicon_free(b.lexicon);
    zw_rules_unref(b.rules);
    for (size_t i = 0; i < b.count; i++)
        free((void *)b.messages[i].p);
    free(b.messages);
    return 0;
}
