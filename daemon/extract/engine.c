#include "extract/engine.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

const char *const ZW_TRACE_NAMES[] = { "no match", "nearly", "over its limit", "condition", "where", "zip", "key open", "lost",
                                       "yields", "repeated", "fact" };

/* ---- the scratch of a thread */

zw_extractor_t *zw_extractor_new(void)
{
    enum { STACK_FIRST = 32 << 10, STACK_MOST = 512 << 10 };
    zw_extractor_t *x = calloc(1, sizeof(*x));
    if (!x)
        return NULL;
    x->context = pcre2_match_context_create(NULL);
    x->stack = pcre2_jit_stack_create(STACK_FIRST, STACK_MOST, NULL);
    if (!x->context || !x->stack) {
        zw_extractor_free(x);
        return NULL;
    }
    (void)pcre2_set_match_limit(x->context, ZW_MATCH_LIMIT);
    (void)pcre2_set_depth_limit(x->context, ZW_MATCH_LIMIT);
    (void)pcre2_set_heap_limit(x->context, 1024);
    pcre2_jit_stack_assign(x->context, NULL, x->stack);
    return x;
}

static void drop_rules(zw_extractor_t *x)
{
    pcre2_match_data_free(x->data);
    zw_prefilter_scratch_free(x->scratch);
    x->data = NULL;
    x->scratch = NULL;
    x->serial = 0;
}

void zw_extractor_free(zw_extractor_t *x)
{
    if (!x)
        return;
    drop_rules(x);
    pcre2_jit_stack_free(x->stack);
    pcre2_match_context_free(x->context);
    free(x);
}

int zw_engine_fit(zw_extractor_t *x, const zw_rules_t *rules)
{
    if (x->serial == rules->serial)
        return 0;
    drop_rules(x);
    x->data = pcre2_match_data_create(rules->max_groups + 1, NULL);
    x->scratch = zw_prefilter_scratch_new(rules->prefilter);
    if (!x->data || !x->scratch) {
        drop_rules(x);
        return -ENOMEM;
    }
    x->serial = rules->serial;
    return 0;
}

/* ---- the run */

void zw_engine_trace(zw_run_t *run, zw_trace_t trace)
{
    if (!run->tracing)
        return;
    if (run->trace_count == run->trace_cap) {
        size_t cap = run->trace_cap ? run->trace_cap * 2 : 256;
        zw_trace_t *traces = zw_arena_grow(run->arena, run->traces, run->trace_count * sizeof(*traces), cap * sizeof(*traces));
        if (!traces) {
            run->no_memory = true;
            return;
        }
        run->traces = traces;
        run->trace_cap = cap;
    }
    run->traces[run->trace_count++] = trace;
}

static int by_place(const void *va, const void *vb)
{
    const zw_draft_t *a = *(zw_draft_t *const *)va, *b = *(zw_draft_t *const *)vb;
    if (a->text.start != b->text.start)
        return a->text.start < b->text.start ? -1 : 1;
    if (a->text.end != b->text.end)
        return a->text.end < b->text.end ? -1 : 1;
    return memcmp(a->id, b->id, sizeof(a->id));
}

/* Where a part of a line that is too long ends: behind a full stop, else at the limit. */
static uint32_t part_end(zw_str_t text, uint32_t start, uint32_t end)
{
    if (end - start <= ZW_PART_BYTES)
        return end;
    uint32_t cut = start + ZW_PART_BYTES;
    for (uint32_t i = cut; i > start + ZW_PART_BYTES / 2; i--)
        if (memcmp(text.p + i - 3, "。", 3) == 0)
            return i;
    while (((unsigned char)text.p[cut] & 0xC0) == 0x80)
        cut--;
    return cut;
}

static int run_part(zw_run_t *run, zw_span_t part, size_t *from)
{
    zw_match_t **matches;
    size_t count;
    zw_paragraph_t *p = &run->paragraphs[run->paragraph_count];
    int r = zw_paragraph_make(run->text, part, run->mentions, run->mention_count, from, run->arena, p);
    if (r < 0)
        return r;
    run->paragraph_count++;
    zw_frame_paragraph(run, p);
    r = zw_match_paragraph(run, p, &matches, &count);
    if (r == 0)
        r = zw_resolve_paragraph(run, p, matches, count);
    zw_frame_close(run, p);
    return r;
}

static int run_lines(zw_run_t *run)
{
    size_t from = 0;
    int r = 0;
    const zw_line_t *lines = run->text->lines;
    size_t parts = run->text->line_count + 2 * run->text->text.n / ZW_PART_BYTES + 1;
    run->paragraphs = zw_arena_calloc(run->arena, parts, sizeof(*run->paragraphs));
    if (!run->paragraphs)
        return -ENOMEM;
    for (size_t i = 0; i < run->text->line_count && r == 0; i++)
        for (uint32_t at = lines[i].span.start; at < lines[i].span.end && lines[i].kind == ZW_LINE_BODY && r == 0;) {
            uint32_t end = part_end(run->text->text, at, lines[i].span.end);
            r = run_part(run, (zw_span_t){ at, end }, &from);
            at = end;
        }
    return r;
}

/* 万元 in a paper of Hong Kong, Macao or Taiwan is its own money, where the text does not say otherwise. */
static void own_money(zw_run_t *run)
{
    static const struct {
        uint32_t province;
        const char *unit;
    } MONEY[] = { { 71, "新台币元" }, { 81, "港元" }, { 82, "澳门元" } };
    const zw_str_t text = run->text->text, yuan = ZW_STR_LIT("人民币");
    const char *unit = NULL;
    uint32_t province = run->context.region / 10000;
    for (size_t i = 0; i < run->mention_count && run->context.region == 0; i++) { /* the one that all places lie in */
        uint32_t other = run->mentions[i].region / 10000;
        if (other && province && other != province)
            return;
        province = other ? other : province;
    }
    for (size_t i = 0; i < sizeof(MONEY) / sizeof(*MONEY); i++)
        if (province == MONEY[i].province)
            unit = MONEY[i].unit;
    if (!unit || memmem(text.p, text.n, yuan.p, yuan.n))
        return;
    for (size_t i = 0; i < run->mention_count; i++)
        if (run->mentions[i].cls == ZW_M_MONEY && zw_str_eqz(run->mentions[i].quantity.unit, "元"))
            run->mentions[i].quantity.unit = zw_strz(unit);
}

/* Weather, finance and sports have officers, meetings and agreements too; the words of the field tell them apart. A brief text
 * is taken as it is. */
static bool is_off_topic(zw_run_t *run)
{
    enum { BRIEF = 300, LEAST = 2, BYTES_A_WORD = 500 };
    const pcre2_code *code = run->rules->signals[ZW_SIG_TOPIC];
    size_t n = 0, need = run->text->text.n / BYTES_A_WORD;
    if (!code || run->text->text.n < BRIEF)
        return false;
    if (need < LEAST)
        need = LEAST;
    const zw_str_t parts[] = { run->text->title, run->text->text };
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        uint32_t end;
        for (zw_str_t rest = parts[i]; n < need && rest.n > 0 && zw_engine_test(run, code, rest, &end) && end > 0; n++)
            rest = zw_str(rest.p + end, rest.n - end);
    }
    return n < need;
}

int zw_engine_run(zw_extractor_t *x, const zw_rules_t *rules, const zw_rule_t *only, const zw_text_t *text, zw_str_t source,
                  uint32_t region, bool tracing, zw_arena_t *arena, zw_run_t *run)
{
    *run = (zw_run_t){ .extractor = x, .rules = rules, .only = only, .text = text, .arena = arena, .tracing = tracing };
    int r = zw_engine_fit(x, rules);
    if (r == 0)
        r = zw_context_make(rules->lexicon, text, source, arena, &run->context);
    if (r < 0)
        return r;
    if (region)
        run->context.region = region;
    r = zw_mentions_scan(rules->lexicon, &run->context, arena, &run->mentions, &run->mention_count);
    if (r < 0)
        return r;
    own_money(run);
    run->off_topic = is_off_topic(run);
    zw_frame_begin(run);
    r = run_lines(run);
    if (r < 0 || run->no_memory)
        return -ENOMEM;
    if (run->fact_count > 0)
        qsort(run->facts, run->fact_count, sizeof(*run->facts), by_place);
    for (size_t i = 0; i < run->fact_count; i++)
        zw_engine_trace(run, (zw_trace_t){ .kind = ZW_T_FACT, .rule = run->facts[i]->match->rule,
                                           .pattern = run->facts[i]->match->pattern, .paragraph = run->facts[i]->paragraph,
                                           .text = run->facts[i]->text, .draft = run->facts[i] });
    return 0;
}

/* ---- results */

static int find_also(zw_run_t *run, const zw_draft_t *d, zw_fact_t *fact)
{
    enum { MAX_ALSO = 64 };
    zw_span_t places[MAX_ALSO];
    size_t n = zw_text_also(run->text, d->text.start, d->text.end, places, MAX_ALSO);
    for (size_t i = 0; i < d->also_count && n < MAX_ALSO; i++) {
        places[n++] = zw_text_source(run->text, d->also[i].start, d->also[i].end);
        n += zw_text_also(run->text, d->also[i].start, d->also[i].end, places + n, MAX_ALSO - n);
    }
    zw_span_t *also = zw_arena_alloc(run->arena, n * sizeof(*also));
    if (!also)
        return -ENOMEM;
    memcpy(also, places, n * sizeof(*also));
    fact->also = also;
    fact->also_count = n;
    return 0;
}

int zw_engine_fact(zw_run_t *run, const zw_draft_t *d, zw_fact_t *ret)
{
    const zw_type_def_t *type = d->match->rule->type;
    zw_slot_t *slots = zw_arena_calloc(run->arena, type->slot_count, sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    zw_fact_t fact = { .type = type->name, .time = d->time, .region = d->region, .modality = d->modality,
                       .confidence = d->confidence, .span = d->text, .rule = d->match->rule->name, .slots = slots };
    memcpy(fact.id, d->id, sizeof(fact.id));
    for (size_t i = 0; i < type->slot_count; i++)
        if (d->slots[i].value.kind != ZW_V_NULL)
            slots[fact.slot_count++] = (zw_slot_t){ type->slots[i].name, d->slots[i].value };
    fact.src = zw_text_source(run->text, d->text.start, d->text.end);
    fact.quote = zw_text_quote(run->text, fact.src, run->arena);
    int r = find_also(run, d, &fact);
    if (r == 0)
        *ret = fact;
    return r;
}

static bool name_kind(const zw_mention_t *m, zw_name_kind_t *ret)
{
    switch (m->cls) {
    case ZW_M_REGION:
        *ret = ZW_NAME_PLACE;
        return true;
    case ZW_M_GOV:
    case ZW_M_FIRM:
    case ZW_M_ASSOC:
    case ZW_M_BODY:
        *ret = ZW_NAME_ORGANISATION;
        return true;
    case ZW_M_PERSON:
        *ret = ZW_NAME_PERSON;
        return true;
    case ZW_M_COUNT:
    case ZW_M_PERCENT:
    case ZW_M_MONEY:
    case ZW_M_NUMBER:
        *ret = ZW_NAME_NUMBER;
        return true;
    case ZW_M_TIME:
        *ret = ZW_NAME_DATE;
        return true;
    default:
        return false;
    }
}

static int gather_names(zw_run_t *run, zw_extraction_t *ret)
{
    ret->names = zw_arena_calloc(run->arena, run->mention_count, sizeof(*ret->names));
    if (!ret->names)
        return -ENOMEM;
    for (size_t i = 0; i < run->mention_count; i++) {
        const zw_mention_t *m = &run->mentions[i];
        zw_name_t *name = &ret->names[ret->name_count];
        if (!name_kind(m, &name->kind))
            continue;
        name->span = m->span;
        name->canonical = m->identity.n > 0 ? m->identity : m->canonical;
        if (name->kind == ZW_NAME_NUMBER) {
            name->canonical = isnan(m->quantity.value_max)
                                  ? zw_arena_printf(run->arena, "%.15g%.*s", m->quantity.value, ZW_STR_ARGS(m->quantity.unit))
                                  : zw_arena_printf(run->arena, "%.15g~%.15g%.*s", m->quantity.value, m->quantity.value_max,
                                                    ZW_STR_ARGS(m->quantity.unit));
            if (!name->canonical.p)
                return -ENOMEM;
        }
        ret->name_count++;
    }
    return 0;
}

int zw_extract(zw_extractor_t *x, const zw_rules_t *rules, const zw_text_t *text, zw_str_t source, zw_arena_t *arena,
               zw_extraction_t *ret)
{
    zw_run_t run;
    zw_extraction_t out = { 0 };
    int r = zw_engine_run(x, rules, NULL, text, source, 0, false, arena, &run);
    if (r < 0)
        return r;
    out.facts = zw_arena_calloc(arena, run.fact_count, sizeof(*out.facts));
    if (!out.facts)
        return -ENOMEM;
    for (size_t i = 0; i < run.fact_count && r == 0; i++)
        r = zw_engine_fact(&run, run.facts[i], &out.facts[out.fact_count++]);
    if (r == 0)
        r = gather_names(&run, &out);
    if (r < 0)
        return r;
    out.region = run.context.region;
    out.date = run.context.published;
    out.limited = run.limited;
    *ret = out;
    return 0;
}
