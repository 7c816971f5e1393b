#include "process.h"

#include "pairs.h"

#include <errno.h>
#include <stdio.h>

/* ---- the rooms, one after the other */

static int repair(zw_job_t *job, const zw_text_tables_t *tables)
{
    const zw_article_t *a = &job->request.article;
    zw_raw_t raw = { .body = a->body, .body_is_utf8 = a->body_is_text, .charset = a->charset, .format = a->format, .title = a->title,
                     .published = a->published, .url = a->url };
    return zw_text_repair(tables, &raw, NULL, job->arena, &job->text);
}

static int fingerprint(zw_job_t *job)
{
    static const zw_guard_kind_t kinds[] = { [ZW_NAME_PLACE] = ZW_GUARD_PLACE, [ZW_NAME_ORGANISATION] = ZW_GUARD_ORGANISATION,
                                             [ZW_NAME_PERSON] = ZW_GUARD_PERSON, [ZW_NAME_NUMBER] = ZW_GUARD_NUMBER,
                                             [ZW_NAME_DATE] = ZW_GUARD_DATE };
    const zw_extraction_t *x = &job->extraction;
    const zw_article_t *a = &job->request.article;
    zw_guard_t *guards = zw_arena_calloc(job->arena, x->name_count, sizeof(*guards));
    if (!guards)
        return -ENOMEM;
    for (size_t i = 0; i < x->name_count; i++)
        guards[i] = (zw_guard_t){ .kind = kinds[x->names[i].kind], .span = x->names[i].span, .canonical = x->names[i].canonical };
    return zw_fingerprint_make(&job->text, guards, x->name_count, a->source, a->id, a->url, job->arena, &job->fingerprint);
}

/* ---- what the committer needs, encoded ahead. Offsets become pointers at the end, when the buffer no longer moves. */

static zw_str_t at_offset(size_t offset, size_t n)
{
    return (zw_str_t){ (const char *)offset, n };
}

static void settle(zw_str_t *s, const zw_buf_t *in)
{
    s->p = in->p + (size_t)s->p;
}

/* Ids seen: a table of the facts' places, counted from 1. Ids are hashes already. */
typedef struct {
    uint32_t *places;
    size_t mask;
} seen_t;

static bool seen_before(const seen_t *seen, const zw_job_t *job, const uint8_t id[16])
{
    uint64_t at;
    memcpy(&at, id, sizeof(at));
    for (at &= seen->mask; seen->places[at]; at = (at + 1) & seen->mask)
        if (memcmp(job->facts[seen->places[at] - 1].id, id, 16) == 0)
            return true;
    seen->places[at] = (uint32_t)job->fact_count + 1; /* where the caller puts it */
    return false;
}

/* Each fact once: an article cannot support its own statement. */
static int encode_facts(zw_job_t *job)
{
    const zw_extraction_t *x = &job->extraction;
    seen_t seen = { .mask = 15 };
    while (seen.mask < x->fact_count * 2)
        seen.mask = seen.mask * 2 + 1;
    seen.places = zw_arena_calloc(job->arena, seen.mask + 1, sizeof(seen.places[0]));
    job->facts = zw_arena_calloc(job->arena, x->fact_count, sizeof(*job->facts));
    if (!job->facts || !seen.places)
        return -ENOMEM;
    for (size_t i = 0; i < x->fact_count; i++) {
        const zw_fact_t *fact = &x->facts[i];
        if (seen_before(&seen, job, fact->id))
            continue;
        size_t start = job->encoded.n;
        zw_fact_encode(fact, &job->encoded);
        zw_job_fact_t *out = &job->facts[job->fact_count++];
        memcpy(out->id, fact->id, 16);
        out->type = fact->type;
        out->region = fact->region;
        out->map = at_offset(start, job->encoded.n - start);
    }
    return 0;
}

/* The article as every event names it. */
static void encode_brief(zw_pairs_out_t *p, const zw_job_t *job)
{
    const zw_article_t *a = &job->request.article;
    zw_pair_str(p, "source", a->source);
    zw_pair_str(p, "url", a->url);
    zw_pair_str(p, "title", job->text.title);
    zw_pair_str(p, "published", job->text.published);
}

static void encode_repairs(zw_pairs_out_t *p, const zw_text_t *text)
{
    uint32_t kinds = 0;
    for (int i = 0; i < ZW_REPAIR_COUNT; i++)
        kinds += text->repairs[i] > 0;
    zw_mp_map(zw_pair(p, "repairs"), kinds);
    for (int i = 0; i < ZW_REPAIR_COUNT; i++) {
        if (text->repairs[i] > 0) {
            zw_mp_key(p->out, ZW_REPAIR_NAMES[i]);
            zw_mp_uint(p->out, text->repairs[i]);
        }
    }
}

static void encode_related(zw_pairs_out_t *p, const zw_text_t *text)
{
    zw_mp_array(zw_pair(p, "related"), (uint32_t)text->related_count);
    for (size_t i = 0; i < text->related_count; i++) {
        zw_mp_map(p->out, text->related[i].date.n ? 2 : 1);
        zw_mp_key(p->out, "title");
        zw_mp_str(p->out, text->related[i].title);
        if (text->related[i].date.n) {
            zw_mp_key(p->out, "date");
            zw_mp_str(p->out, text->related[i].date);
        }
    }
}

/* What the article's own event and its record say beyond that. */
static void encode_detail(zw_pairs_out_t *p, const zw_job_t *job)
{
    char region[16];
    zw_pair_str(p, "charset", job->text.charset);
    zw_pair_str(p, "rules", zw_strz(zw_rules_version(job->rules)));
    if (job->extraction.region) {
        (void)snprintf(region, sizeof(region), "%06u", job->extraction.region);
        zw_pair_str(p, "region", zw_strz(region));
    }
    zw_pair_str(p, "date", job->extraction.date);
    encode_repairs(p, &job->text);
    encode_related(p, &job->text);
}

/* What only the record holds: the text, the facts, and the body as it came, so that each fact's bytes can be shown. */
static void encode_content(zw_pairs_out_t *p, const zw_job_t *job)
{
    const zw_article_t *a = &job->request.article;
    zw_pair_str(p, "text", job->text.text);
    zw_mp_array(zw_pair(p, "facts"), (uint32_t)job->fact_count);
    for (size_t i = 0; i < job->fact_count; i++)
        if (zw_buf_reserve(p->out, job->facts[i].map.n) == 0) /* first: the maps lie in the same buffer */
            (void)zw_buf_put(p->out, p->out->p + (size_t)job->facts[i].map.p, job->facts[i].map.n);
    zw_pair_str(p, "declared_title", a->title);
    zw_pair_str(p, "declared_published", a->published);
    zw_pair_str(p, "declared_charset", a->charset);
    zw_pair_str(p, "format", a->format);
    if (a->meta.n > 0)
        (void)zw_buf_puts(zw_pair(p, "meta"), a->meta);
    zw_mp_bool(zw_pair(p, "body_is_text"), a->body_is_text);
    zw_mp_bin(zw_pair(p, "body"), a->body);
}

static int encode(zw_job_t *job)
{
    int e = encode_facts(job);
    if (e < 0)
        return e;
    /* brief and detail and content lie one behind the other: an event takes the first one or two, the record all three */
    zw_pairs_out_t p = zw_pairs_start(&job->encoded);
    encode_brief(&p, job);
    job->brief = (zw_job_pairs_t){ at_offset(p.start, job->encoded.n - p.start), p.count };
    encode_detail(&p, job);
    job->detail = (zw_job_pairs_t){ at_offset(p.start, job->encoded.n - p.start), p.count };
    encode_content(&p, job);
    job->record = (zw_job_pairs_t){ at_offset(p.start, job->encoded.n - p.start), p.count };
    if (job->encoded.failed)
        return -ENOMEM;
    for (size_t i = 0; i < job->fact_count; i++)
        settle(&job->facts[i].map, &job->encoded);
    settle(&job->brief.bytes, &job->encoded);
    settle(&job->detail.bytes, &job->encoded);
    settle(&job->record.bytes, &job->encoded);
    return 0;
}

static void refuse(zw_job_t *job, int code)
{
    if (code == -ENOMEM)
        zw_job_reject(job, -ZW_E_LIMIT, "article.body", "needs more memory than one article may take");
    else
        zw_job_reject(job, code, "article.body", NULL);
}

void zw_process(zw_job_t *job, const zw_text_tables_t *tables, zw_rules_t *rules, zw_extractor_t *extractor)
{
    job->rules = zw_rules_ref(rules);
    int e = repair(job, tables);
    if (e == 0)
        e = zw_extract(extractor, rules, &job->text, job->request.article.source, job->arena, &job->extraction);
    if (e == 0)
        e = fingerprint(job);
    if (e == 0)
        e = encode(job);
    if (e < 0)
        refuse(job, e);
}
