/* What was planned, as bytes: events, the record, the mark, the ack. */
#include "article_name.h"
#include "batch_priv.h"
#include "pairs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

static void put_pairs(zw_buf_t *out, uint32_t count, const zw_buf_t *own, zw_job_pairs_t rest)
{
    zw_mp_map(out, count + rest.count);
    (void)zw_buf_puts(out, zw_buf_str(own));
    (void)zw_buf_puts(out, rest.bytes);
}

/* What the committer decided, as pairs; `brief` is what each fact's event carries. */
static uint32_t own_pairs(const zw_batch_t *b, const zw_plan_t *p, bool brief, zw_buf_t *out)
{
    zw_pairs_out_t pairs = zw_pairs_start(out);
    zw_pair_uint(&pairs, "number", p->number);
    zw_pair_str(&pairs, "id", zw_run_in(&b->names, p->id));
    if (brief)
        return pairs.count;
    zw_pair_str(&pairs, "status", zw_strz(ZW_STATUS_NAMES[p->status]));
    zw_pair_str(&pairs, "kind", zw_strz(ZW_DUP_NAMES[p->dup]));
    if (p->of) {
        zw_pair_str(&pairs, "of", zw_run_in(&b->names, p->of_id));
        zw_pair_uint(&pairs, "of_number", p->of);
        zw_mp_double(zw_pair(&pairs, "similarity"), p->similarity);
    }
    zw_pair_uint(&pairs, "head", p->head);
    return pairs.count;
}

/* Of a fact that lost a source: what it is known by. */
static void put_lost_fact(const zw_mark_fact_t *fact, zw_buf_t *out)
{
    static const char digits[] = "0123456789abcdef";
    char id[32], region[8];
    for (size_t i = 0; i < 16; i++) {
        id[2 * i] = digits[fact->id[i] >> 4];
        id[2 * i + 1] = digits[fact->id[i] & 15];
    }
    (void)snprintf(region, sizeof(region), "%06u", fact->region % 1000000);
    zw_mp_map(out, fact->region ? 3 : 2);
    zw_mp_key(out, "type");
    zw_mp_str(out, fact->type);
    zw_mp_key(out, "id");
    zw_mp_str(out, zw_str(id, sizeof(id)));
    if (fact->region) {
        zw_mp_key(out, "region");
        zw_mp_str(out, zw_str(region, 6));
    }
}

/* The article as its own event has it, as those of its facts do, and as those of facts that it states no more. */
typedef struct {
    zw_str_t full, brief, lost;
} article_maps_t;

static int put_event(zw_batch_t *b, const zw_plan_t *p, zw_plan_event_t *planned, const article_maps_t *maps)
{
    _cleanup_buf_ zw_buf_t lost = { 0 };
    zw_event_t event = { .seq = planned->seq, .prev = planned->prev, .kind = planned->kind, .time_us = p->time_us,
                         .support = planned->support, .article = maps->full };
    if (planned->kind == ZW_EV_RETRACT || planned->kind == ZW_EV_UNSUPPORT) {
        put_lost_fact(zw_batch_fact(b, p->fact + planned->fact), &lost);
        event.article = maps->lost;
        event.fact = zw_buf_str(&lost);
    } else if (planned->kind == ZW_EV_FACT || planned->kind == ZW_EV_SUPPORT) {
        event.article = maps->brief;
        event.fact = p->job->facts[planned->fact].map;
    }
    planned->payload.at = b->out.n;
    if (lost.failed || zw_event_encode(&event, &b->out) < 0)
        return -ENOMEM;
    planned->payload.n = b->out.n - planned->payload.at;
    return 0;
}

static int put_events(zw_batch_t *b, zw_plan_t *p, const article_maps_t *maps)
{
    int e = 0;
    for (size_t i = 0; i < p->event_count && e == 0; i++)
        e = put_event(b, p, zw_batch_event(b, p->event + i), maps);
    return e;
}

static int put_mark(zw_batch_t *b, zw_plan_t *p)
{
    zw_mark_t mark = { .status = p->status, .dup = p->dup, .similarity = p->similarity, .seq = p->seq, .of = p->of, .head = p->head,
                       .published = p->published, .id = zw_run_in(&b->names, p->id), .facts = zw_batch_fact(b, p->fact),
                       .fact_count = p->fact_count };
    p->mark.at = b->out.n;
    int e = zw_mark_encode(&mark, &b->out);
    if (e == 0 && p->kind == ZW_PLAN_ARTICLE)
        e = zw_dedup_mark_encode(p->job->fingerprint, &p->decision, p->time_us, &b->out);
    p->mark.n = b->out.n - p->mark.at;
    return e < 0 || b->out.failed ? -ENOMEM : 0;
}

static int put_article(zw_batch_t *b, zw_plan_t *p)
{
    const zw_job_t *job = p->job;
    _cleanup_buf_ zw_buf_t own = { 0 };
    zw_buf_clear(&b->map);
    uint32_t n = own_pairs(b, p, true, &own);
    put_pairs(&b->map, n, &own, job->brief);
    size_t brief = b->map.n;
    if (own.failed) /* clearing would forget it */
        return -ENOMEM;

    zw_buf_clear(&own);
    n = own_pairs(b, p, false, &own);
    zw_pairs_out_t count = zw_pairs_start(&own);
    zw_pair_uint(&count, "facts", p->published);
    put_pairs(&b->map, n + count.count, &own, job->detail);
    size_t full = b->map.n;
    if (p->lost > 0) {
        zw_buf_t _cleanup_buf_ lost = { 0 };
        zw_pairs_out_t pairs = zw_pairs_start(&lost);
        zw_pair_uint(&pairs, "number", p->number);
        zw_pair_str(&pairs, "id", zw_run_in(&b->names, p->id));
        zw_pair_str(&pairs, "kind", zw_strz(ZW_DUP_NAMES[p->dup]));
        zw_pair_str(&pairs, "of", zw_run_in(&b->names, p->of_id));
        zw_pair_uint(&pairs, "of_number", p->of);
        put_pairs(&b->map, pairs.count, &lost, job->brief);
        b->map.failed = b->map.failed || lost.failed;
    }
    if (own.failed || b->map.failed)
        return -ENOMEM;
    article_maps_t maps = { .brief = zw_str(b->map.p, brief), .full = zw_str(b->map.p + brief, full - brief),
                            .lost = zw_str(b->map.p + full, b->map.n - full) };
    int e = put_events(b, p, &maps);
    if (e < 0)
        return e;

    /* the record: its `facts` are the facts themselves */
    own.n = count.start;
    count = zw_pairs_start(&own);
    zw_pair_uint(&count, "published_facts", p->published);
    zw_pair_uint(&count, "seq", p->seq);
    zw_mp_int(zw_pair(&count, "time"), p->time_us);
    p->record.at = b->out.n;
    put_pairs(&b->out, n + count.count, &own, job->record);
    p->record.n = b->out.n - p->record.at;
    return own.failed || b->out.failed ? -ENOMEM : put_mark(b, p);
}

/* What the withdrawn article is called, whether it is in the store or in this very batch. */
static int name_withdrawn(const zw_batch_t *b, const zw_plan_t *p, zw_article_name_t *name)
{
    if (p->of < b->first_number) {
        if (zw_article_name_find(b->store, p->of, name) == -ENOMEM)
            return -ENOMEM;
    } else {
        for (size_t i = 0; i < b->n; i++)
            if (b->plans[i].kind == ZW_PLAN_ARTICLE && b->plans[i].number == p->of)
                zw_article_name_read(b->plans[i].job->brief.bytes, b->plans[i].job->brief.count, name);
    }
    name->id = zw_run_in(&b->names, p->id);
    if (name->source.n == 0)
        name->source = p->job->request.source;
    return 0;
}

/* A withdrawal as its events have it, and as it is stored under its own number. */
static int put_withdrawal(zw_batch_t *b, zw_plan_t *p)
{
    const zw_request_t *r = &p->job->request;
    zw_article_name_t name __attribute__((cleanup(zw_article_name_done))) = { 0 };
    _cleanup_buf_ zw_buf_t own = { 0 };
    if (name_withdrawn(b, p, &name) < 0)
        return -ENOMEM;
    zw_pairs_out_t pairs = zw_pairs_start(&own);
    zw_article_name_put(&pairs, p->of, &name);
    zw_pair_str(&pairs, "status", zw_strz(ZW_STATUS_NAMES[ZW_ST_WITHDRAWN]));
    zw_pair_str(&pairs, "reason", r->reason);
    zw_pair_uint(&pairs, "withdrawal", p->number);
    zw_buf_clear(&b->map);
    put_pairs(&b->map, pairs.count, &own, (zw_job_pairs_t){ 0 });
    size_t brief = b->map.n;
    zw_pair_uint(&pairs, "facts", p->lost);
    put_pairs(&b->map, pairs.count, &own, (zw_job_pairs_t){ 0 });
    if (own.failed || b->map.failed)
        return -ENOMEM;
    article_maps_t maps = { .lost = zw_str(b->map.p, brief), .full = zw_str(b->map.p + brief, b->map.n - brief) };
    int e = put_events(b, p, &maps);
    if (e < 0)
        return e;
    zw_pair_uint(&pairs, "seq", p->seq);
    zw_mp_int(zw_pair(&pairs, "time"), p->time_us);
    p->record.at = b->out.n;
    put_pairs(&b->out, pairs.count, &own, (zw_job_pairs_t){ 0 });
    p->record.n = b->out.n - p->record.at;
    return own.failed || b->out.failed ? -ENOMEM : put_mark(b, p);
}

/* What was decided, in 64 bits. Of a repeat only what it repeats: what else is known of that goes with retention. */
static uint64_t outcome(const zw_batch_t *b, const zw_plan_t *p)
{
    uint64_t decided[] = { p->kind, p->number, p->status, p->dup, p->of, p->published, p->lost, b->next_seq };
    size_t n = p->kind == ZW_PLAN_REPEAT ? 2 : sizeof(decided) / sizeof(decided[0]);
    return XXH3_64bits(decided, n * sizeof(decided[0]));
}

static int put_ack(const zw_batch_t *b, zw_plan_t *p)
{
    zw_job_t *job = p->job;
    job->outcome = outcome(b, p);
    zw_buf_clear(&job->ack);
    if (job->origin != ZW_FROM_SUBMIT)
        return 0;
    zw_ack_t ack = { .req = job->request.req, .id = job->request.article.id, .status = p->status };
    if (p->kind == ZW_PLAN_REJECT) {
        ack.error = zw_strz(zw_error_name(job->reject.code));
        ack.field = zw_strz(job->reject.field);
        ack.message = zw_strz(job->reject.message);
    } else {
        ack.id = zw_run_in(&b->names, p->id);
        ack.number = p->status == ZW_ST_WITHDRAWN ? p->of : p->number;
        ack.seq = p->seq;
        ack.facts = p->published + (p->status == ZW_ST_WITHDRAWN ? p->lost : 0);
        ack.repeat = p->kind == ZW_PLAN_REPEAT;
        ack.dup = p->dup;
        ack.of = zw_run_in(&b->names, p->of_id);
        ack.similarity = p->similarity;
    }
    return zw_ack_encode(&ack, &job->ack);
}

int zw_batch_encode(zw_batch_t *b)
{
    zw_plan_t *p = &b->plans[b->n - 1];
    size_t out = b->out.n;
    int e = 0;
    if (p->kind == ZW_PLAN_ARTICLE || p->kind == ZW_PLAN_WITHDRAW)
        e = p->kind == ZW_PLAN_ARTICLE ? put_article(b, p) : put_withdrawal(b, p);
    if (e == 0)
        e = put_ack(b, p);
    if (e < 0) {
        b->out.n = out;
        b->out.failed = b->map.failed = false;
    }
    return e;
}

/* ---- the batch as the store takes it, once nothing moves any more */

static int settle(zw_batch_t *b)
{
    if (b->store_event_cap < b->event_count) {
        zw_store_event_t *events = realloc(b->store_events, b->event_count * sizeof(*events));
        if (!events)
            return -ENOMEM;
        b->store_events = events;
        b->store_event_cap = b->event_count;
    }
    b->article_count = b->reject_count = 0;
    for (size_t i = 0; i < b->n; i++) {
        const zw_plan_t *p = &b->plans[i];
        for (size_t k = p->event; k < p->event + p->event_count; k++) {
            const zw_plan_event_t *e = zw_batch_event(b, k);
            b->store_events[k] = (zw_store_event_t){ .seq = e->seq, .topic = zw_run_in(&b->names, e->topic),
                                                     .payload = zw_run_in(&b->out, e->payload), .time_us = p->time_us };
        }
        if (p->kind == ZW_PLAN_ARTICLE || p->kind == ZW_PLAN_WITHDRAW) {
            b->articles[b->article_count++] =
                (zw_store_article_t){ .number = p->number, .record = zw_run_in(&b->out, p->record), .mark = zw_run_in(&b->out, p->mark),
                                      .events = b->store_events + p->event, .event_count = p->event_count };
        } else if (p->kind == ZW_PLAN_REJECT) {
            const zw_reject_t *why = &p->job->reject;
            b->rejects[b->reject_count++] =
                (zw_store_reject_t){ .raw = zw_job_raw(p->job), .reason = zw_strz(zw_error_name(why->code)),
                                     .field = zw_strz(why->field), .message = zw_strz(why->message),
                                     .origin = zw_strz(ZW_FROM_NAMES[p->job->origin]), .time_us = p->time_us };
        }
    }
    b->settled = true;
    return 0;
}

int zw_batch_commit(zw_batch_t *b, zw_str_t place)
{
    int e = b->settled ? 0 : settle(b);
    if (e < 0)
        return e;
    if (b->article_count == 0 && b->reject_count == 0)
        return 0;
    return zw_store_commit_at(b->store, b->articles, b->article_count, b->rejects, b->reject_count, place);
}

const zw_store_event_t *zw_batch_events(const zw_batch_t *b, size_t *ret_count)
{
    *ret_count = b->event_count;
    return b->store_events;
}
