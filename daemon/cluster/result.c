#include "cluster/result.h"

#include "base/packed.h"

#include <endian.h>
#include <errno.h>

enum { VERSION = 1, RAW_MOST = 64 << 10, FACTS_MOST = 1 << 20 };
static const zw_str_t MAGIC = { "zwr", 3 };

/* ---- writing */

static void put_fixed(zw_buf_t *out, uint64_t v)
{
    v = htole64(v);
    (void)zw_buf_put(out, &v, sizeof(v));
}

static int put_article(const zw_job_t *job, zw_buf_t *out)
{
    _cleanup_buf_ zw_buf_t fingerprint = { 0 };
    if (zw_fingerprint_encode(job->fingerprint, &fingerprint) < 0)
        return -ENOMEM;
    zw_put_string(out, zw_buf_str(&fingerprint));
    zw_put_number(out, job->fact_count);
    for (size_t i = 0; i < job->fact_count; i++) {
        const zw_job_fact_t *f = &job->facts[i];
        (void)zw_buf_put(out, f->id, sizeof(f->id));
        zw_put_string(out, f->type);
        zw_put_number(out, f->region);
        zw_put_string(out, f->map);
    }
    zw_put_number(out, job->brief.count);
    zw_put_number(out, job->brief.bytes.n);
    zw_put_number(out, job->detail.count);
    zw_put_number(out, job->detail.bytes.n);
    zw_put_number(out, job->record.count);
    zw_put_string(out, job->record.bytes);
    return 0;
}

static void put_withdrawal(zw_job_t *job, zw_buf_t *out)
{
    const zw_request_t *r = &job->request;
    zw_put_number(out, r->number);
    zw_put_string(out, r->source);
    zw_put_string(out, r->reason);
    zw_put_string(out, zw_job_raw(job));
}

static void put_refused(zw_job_t *job, zw_buf_t *out)
{
    zw_str_t raw = zw_job_raw(job);
    zw_put_number(out, (uint64_t)-job->reject.code);
    zw_put_string(out, zw_strz(job->reject.field));
    zw_put_string(out, zw_strz(job->reject.message));
    zw_put_string(out, zw_str(raw.p, raw.n < RAW_MOST ? raw.n : RAW_MOST));
}

static zw_result_kind_t kind_of(const zw_job_t *job)
{
    if (!job)
        return ZW_RESULT_FOUNDED;
    if (zw_job_rejected(job))
        return ZW_RESULT_REFUSED;
    return job->request.op == ZW_OP_WITHDRAW ? ZW_RESULT_WITHDRAWAL : ZW_RESULT_ARTICLE;
}

int zw_result_encode(const zw_result_t *head, zw_job_t *job, zw_buf_t *out)
{
    zw_result_kind_t kind = kind_of(job);
    (void)zw_buf_puts(out, MAGIC);
    (void)zw_buf_putc(out, VERSION);
    (void)zw_buf_putc(out, (char)kind);
    zw_put_string(out, head->writer);
    zw_put_string(out, head->rules);
    zw_put_number(out, head->terms.generation);
    zw_put_number(out, head->terms.capacity);
    zw_put_number(out, head->terms.window_days);
    zw_put_number(out, head->terms.facts);
    zw_put_number(out, (uint64_t)(head->known + 1));
    put_fixed(out, head->digest);
    if (!job) {
        zw_put_string(out, head->instance);
        zw_put_number(out, head->next_number);
        zw_put_number(out, head->next_seq);
        return out->failed ? -ENOMEM : 0;
    }
    zw_put_number(out, (uint64_t)job->ref.partition);
    zw_put_number(out, (uint64_t)job->ref.offset);
    zw_put_number(out, (uint64_t)(job->ref.prev + 1));
    put_fixed(out, job->ref.asker);
    zw_put_number(out, job->ref.ticket);
    (void)zw_buf_putc(out, (char)job->origin);
    zw_put_string(out, job->request.op == ZW_OP_WITHDRAW ? job->request.id : job->request.article.id);
    int e = 0;
    if (kind == ZW_RESULT_ARTICLE)
        e = put_article(job, out);
    else if (kind == ZW_RESULT_WITHDRAWAL)
        put_withdrawal(job, out);
    else
        put_refused(job, out);
    return e < 0 || out->failed ? -ENOMEM : 0;
}

/* ---- reading */

static uint64_t get_fixed(zw_unpack_t *r)
{
    uint64_t v = 0;
    zw_str_t s = zw_get_bytes(r, sizeof(v));
    if (s.n == sizeof(v))
        memcpy(&v, s.p, sizeof(v));
    return le64toh(v);
}

static void get_ref(zw_unpack_t *r, zw_result_t *ret)
{
    uint64_t partition = zw_get_number(r), offset = zw_get_number(r), before = zw_get_number(r);
    if (partition > INT32_MAX || offset > INT64_MAX || before > offset) /* what was read before it stands before it */
        r->bad = true;
    ret->ref = (zw_job_ref_t){ .partition = (int32_t)partition, .offset = (int64_t)offset, .prev = (int64_t)before - 1 };
    ret->ref.asker = get_fixed(r);
    ret->ref.ticket = zw_get_number(r);
    ret->origin = zw_get_byte(r);
    ret->id = zw_get_string(r);
    if (ret->origin > ZW_FROM_CLUSTER)
        r->bad = true;
}

int zw_result_decode(zw_str_t bytes, zw_result_t *ret)
{
    zw_unpack_t r = zw_unpack(bytes);
    zw_str_t magic = zw_get_bytes(&r, MAGIC.n);
    unsigned version = zw_get_byte(&r);
    if (r.bad || !zw_str_eq(magic, MAGIC) || version == 0)
        return -ZW_E_CORRUPT;
    if (version > VERSION)
        return -ZW_E_VERSION;
    *ret = (zw_result_t){ .kind = zw_get_byte(&r) };
    ret->writer = zw_get_string(&r);
    ret->rules = zw_get_string(&r);
    ret->terms.generation = zw_get_number(&r);
    ret->terms.capacity = zw_get_number(&r);
    ret->terms.window_days = zw_get_number(&r);
    ret->terms.facts = zw_get_number(&r);
    ret->known = (int64_t)zw_get_number(&r) - 1;
    ret->digest = get_fixed(&r);
    if (ret->kind == ZW_RESULT_FOUNDED) {
        ret->instance = zw_get_string(&r);
        ret->next_number = zw_get_number(&r);
        ret->next_seq = zw_get_number(&r);
    } else {
        get_ref(&r, ret);
    }
    ret->rest = zw_str((const char *)r.p, (size_t)(r.end - r.p));
    return r.bad || ret->kind > ZW_RESULT_REFUSED ? -ZW_E_CORRUPT : 0;
}

static int get_article(zw_unpack_t *r, zw_job_t *job)
{
    int e = zw_fingerprint_decode(zw_get_string(r), job->arena, &job->fingerprint);
    if (e < 0)
        return e;
    uint64_t count = zw_get_number(r);
    if (r->bad || count > FACTS_MOST || count > (uint64_t)(r->end - r->p))
        return -ZW_E_CORRUPT;
    job->facts = zw_arena_calloc(job->arena, count, sizeof(*job->facts));
    if (!job->facts)
        return -ENOMEM;
    for (job->fact_count = 0; job->fact_count < count && !r->bad; job->fact_count++) {
        zw_job_fact_t *f = &job->facts[job->fact_count];
        zw_str_t id = zw_get_bytes(r, sizeof(f->id));
        if (id.n == sizeof(f->id))
            memcpy(f->id, id.p, sizeof(f->id));
        f->type = zw_get_string(r);
        f->region = (uint32_t)zw_get_number(r);
        f->map = zw_get_string(r);
    }
    uint64_t n[5];
    for (int i = 0; i < 5; i++)
        n[i] = zw_get_number(r);
    zw_str_t record = zw_get_string(r);
    if (r->bad || n[1] > n[3] || n[3] > record.n)
        return -ZW_E_CORRUPT;
    job->brief = (zw_job_pairs_t){ zw_str(record.p, n[1]), (uint32_t)n[0] };
    job->detail = (zw_job_pairs_t){ zw_str(record.p, n[3]), (uint32_t)n[2] };
    job->record = (zw_job_pairs_t){ record, (uint32_t)n[4] };
    return 0;
}

/* The job's own copy holds the bytes, so nothing has to be freed with the message. */
static void lend(zw_job_t *job, zw_str_t raw)
{
    (void)zmq_msg_close(&job->message);
    (void)zmq_msg_init_data(&job->message, (void *)(uintptr_t)raw.p, raw.n, NULL, NULL);
}

static int get_withdrawal(zw_unpack_t *r, zw_job_t *job)
{
    zw_request_t *q = &job->request;
    q->op = ZW_OP_WITHDRAW;
    q->number = zw_get_number(r);
    q->source = zw_get_string(r);
    q->reason = zw_get_string(r);
    q->id = q->article.id;
    lend(job, zw_get_string(r));
    return r->bad ? -ZW_E_CORRUPT : 0;
}

static int get_refused(zw_unpack_t *r, zw_job_t *job)
{
    char field[sizeof(job->reject.field)], message[sizeof(job->reject.message)];
    uint64_t code = zw_get_number(r);
    zw_str_t where = zw_get_string(r), what = zw_get_string(r);
    (void)snprintf(field, sizeof(field), "%.*s", ZW_STR_ARGS(where));
    (void)snprintf(message, sizeof(message), "%.*s", ZW_STR_ARGS(what));
    lend(job, zw_get_string(r));
    if (r->bad || code == 0 || code >= ZW_E_LAST)
        return -ZW_E_CORRUPT;
    zw_job_reject(job, -(int)code, field, message);
    return 0;
}

int zw_result_job(const zw_result_t *result, zw_job_t *job)
{
    job->ref = result->ref;
    job->origin = result->origin;
    zw_buf_clear(&job->encoded);
    (void)zw_buf_puts(&job->encoded, result->id);
    (void)zw_buf_puts(&job->encoded, result->rest);
    if (job->encoded.failed)
        return -ENOMEM;
    job->bytes = job->encoded.n;
    job->request = (zw_request_t){ .op = ZW_OP_SUBMIT, .article.id = zw_str(job->encoded.p, result->id.n) };
    zw_unpack_t r = zw_unpack(zw_str(job->encoded.p + result->id.n, result->rest.n));
    if (result->kind == ZW_RESULT_ARTICLE)
        return get_article(&r, job);
    return result->kind == ZW_RESULT_WITHDRAWAL ? get_withdrawal(&r, job) : get_refused(&r, job);
}
