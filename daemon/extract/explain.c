/* What the engine did with an article, for people and as JSON Lines: one object a sentence. */
#include "extract/engine.h"
#include "extract/explain_reach.h"

#include "base/utf8.h"

#include <errno.h>

typedef struct {
    zw_run_t *run;
    zw_buf_t *out;
} writer_t;

static void put(writer_t *w, const char *text)
{
    zw_buf_puts(w->out, zw_strz(text));
}

static void put_json(writer_t *w, zw_str_t s)
{
    zw_buf_putc(w->out, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            zw_buf_printf(w->out, "\\%c", c);
        else if (c < 0x20)
            zw_buf_printf(w->out, "\\u%04x", c);
        else
            zw_buf_putc(w->out, (char)c);
    }
    zw_buf_putc(w->out, '"');
}

static void put_key(writer_t *w, const char *key, zw_str_t value)
{
    put_json(w, zw_strz(key));
    zw_buf_putc(w->out, ':');
    put_json(w, value);
}

static zw_str_t text_of(const writer_t *w, zw_span_t span)
{
    return zw_str(w->run->text->text.p + span.start, span.end - span.start);
}

/* A skeleton or a literal of one, with {CLASS} for each private-use character. */
static void put_skeleton(zw_buf_t *out, zw_str_t s)
{
    const char *p = s.p, *end = s.p + s.n;
    while (p < end) {
        uint32_t cp;
        unsigned n = zw_utf8_decode(p, end, &cp);
        if (cp >= ZW_PUA && cp < ZW_PUA + ZW_M_CLASSES)
            zw_buf_printf(out, "{%s}", ZW_MENTION_NAMES[cp - ZW_PUA]);
        else
            zw_buf_put(out, p, n);
        p += n;
    }
}

static void put_value(writer_t *w, const zw_value_t *value)
{
    switch (value->kind) {
    case ZW_V_NULL:
        put(w, "null");
        break;
    case ZW_V_STR:
        put_json(w, value->str);
        break;
    case ZW_V_NUM:
        zw_buf_printf(w->out, "%.15g", value->num);
        break;
    case ZW_V_BOOL:
        put(w, value->flag ? "true" : "false");
        break;
    case ZW_V_LIST:
        zw_buf_putc(w->out, '[');
        for (size_t i = 0; i < value->list.n; i++) {
            if (i > 0)
                zw_buf_putc(w->out, ',');
            put_value(w, &value->list.items[i]);
        }
        zw_buf_putc(w->out, ']');
        break;
    case ZW_V_MAP:
        zw_buf_putc(w->out, '{');
        for (size_t i = 0; i < value->map.n; i++) {
            if (i > 0)
                zw_buf_putc(w->out, ',');
            put_json(w, value->map.slots[i].name);
            zw_buf_putc(w->out, ':');
            put_value(w, &value->map.slots[i].value);
        }
        zw_buf_putc(w->out, '}');
        break;
    }
}

/* ---- for people */

static void people_mentions(writer_t *w, const zw_paragraph_t *p, zw_span_t text)
{
    for (size_t i = p->mention_from; i < p->mention_to; i++) {
        const zw_mention_t *m = &w->run->mentions[i];
        if (m->span.start < text.start || m->span.start >= text.end)
            continue;
        zw_buf_printf(w->out, "    {%s} %.*s", ZW_MENTION_NAMES[m->cls], ZW_STR_ARGS(text_of(w, m->span)));
        if (m->canonical.n > 0 && !zw_str_eq(m->canonical, text_of(w, m->span)))
            zw_buf_printf(w->out, " = %.*s", ZW_STR_ARGS(m->canonical));
        if (m->cls >= ZW_M_COUNT && m->cls <= ZW_M_MONEY)
            zw_buf_printf(w->out, " = %s %.15g %.*s", ZW_COMPARATOR_NAMES[m->quantity.comparator], m->quantity.value,
                          ZW_STR_ARGS(m->quantity.unit));
        if (m->region)
            zw_buf_printf(w->out, " [%06u]", m->region);
        put(w, "\n");
    }
}

static const zw_pattern_t *pattern_of(const zw_trace_t *t)
{
    return &t->rule->patterns[t->pattern - t->rule->first_pattern];
}

static bool has_group_for(const zw_pattern_t *items, size_t slot)
{
    for (size_t i = 0; i < items->group_count; i++)
        if (items->groups[i].slot == (int)slot)
            return true;
    return false;
}

/* The sources that an open slot was looked for in. */
static const zw_fill_t *fill_of(const zw_rule_t *rule, size_t slot)
{
    for (size_t i = 0; i < rule->fill_count; i++)
        if (rule->fills[i].slot == (int)slot)
            return &rule->fills[i];
    for (size_t i = 0; i < rule->type->fill_count; i++)
        if (rule->type->fills[i].slot == (int)slot)
            return &rule->type->fills[i];
    return NULL;
}

static bool has_group(const zw_trace_t *t, size_t slot)
{
    return has_group_for(pattern_of(t), slot) || (t->rule->items && has_group_for(t->rule->items, slot));
}

static void put_why_open(writer_t *w, const zw_trace_t *t, size_t slot)
{
    const zw_fill_t *fill = fill_of(t->rule, slot);
    put(w, has_group(t, slot) ? "its group captured nothing" : "the pattern has no group for it");
    for (size_t i = 0; fill && i < fill->source_count; i++)
        zw_buf_printf(w->out, "%s%.*s", i ? ", " : "; looked for in: ", ZW_STR_ARGS(fill->sources[i].text));
    if (!fill || fill->source_count == 0)
        put(w, "; nothing fills it");
}

static void people_draft(writer_t *w, const zw_trace_t *t)
{
    const zw_draft_t *d = t->draft;
    const zw_type_def_t *type = d->match->rule->type;
    for (size_t i = 0; i < type->slot_count; i++) {
        const zw_bound_t *slot = &d->slots[i];
        zw_buf_printf(w->out, "        %.*s: ", ZW_STR_ARGS(type->slots[i].name));
        if (slot->value.kind == ZW_V_NULL) {
            put(w, "open: ");
            put_why_open(w, t, i);
            put(w, "\n");
            continue;
        }
        put_value(w, &slot->value);
        zw_buf_printf(w->out, "   (%s%s%.*s)\n", ZW_ORIGIN_NAMES[slot->origin], slot->source.n ? ": " : "", ZW_STR_ARGS(slot->source));
    }
    zw_buf_printf(w->out, "        time: %.*s   (%s)\n", ZW_STR_ARGS(d->time.n ? d->time : ZW_STR_LIT("null")), d->time_why);
    zw_buf_printf(w->out, "        region: %06u   (%s)\n", d->region, d->region_why);
    zw_buf_printf(w->out, "        modality: %s   (%s)\n", ZW_MODALITY_NAMES[d->modality], d->modality_why);
}

static void people_missing(writer_t *w, const zw_trace_t *t)
{
    const zw_pattern_t *pattern = pattern_of(t);
    enum { MOST = 12 };
    for (size_t i = 0; i < pattern->conjunct_count; i++) {
        if (t->seen & 1u << i)
            continue;
        size_t count = pattern->conjuncts[i].literal_count;
        put(w, count > 1 ? ", missing one of: " : ", missing: ");
        for (size_t j = 0; j < count && j < MOST; j++) {
            if (j > 0)
                put(w, " ");
            put_skeleton(w->out, pattern->conjuncts[i].literals[j]);
        }
        if (count > MOST)
            zw_buf_printf(w->out, " … (%zu more)", count - MOST);
    }
}

/* Of a pattern whose literals are all there: as far as which part, in the sentence, it came. */
static bool reach_of(const writer_t *w, const zw_trace_t *t, zw_str_t *ret_matched, zw_str_t *ret_needs)
{
    const zw_paragraph_t *p = t->paragraph;
    uint32_t from = 0, to = (uint32_t)p->skeleton.n;
    while (from < to && p->at[from] < t->text.start)
        from++;
    while (to > from && p->at[to] > t->text.end)
        to--;
    zw_pattern_reach_t reach;
    if (t->kind != ZW_T_NO_MATCH || !zw_pattern_reach(pattern_of(t), zw_str(p->skeleton.p + from, to - from), &reach))
        return false;
    *ret_matched = text_of(w, zw_paragraph_span(p, from + reach.matched.start, from + reach.matched.end));
    *ret_needs = reach.needs;
    return true;
}

static void people_reach(writer_t *w, const zw_trace_t *t)
{
    enum { MOST_BYTES = 160 };
    zw_str_t matched, needs;
    if (!reach_of(w, t, &matched, &needs)) {
        put(w, t->kind == ZW_T_NO_MATCH ? ": not even how its pattern begins" : "");
        return;
    }
    bool long_one = needs.n > MOST_BYTES;
    while (long_one && (needs.n > MOST_BYTES || ((unsigned char)needs.p[needs.n] & 0xC0) == 0x80))
        needs.n--;
    zw_buf_printf(w->out, ": as far as 「%.*s」, then not ", ZW_STR_ARGS(matched));
    put_skeleton(w->out, needs);
    put(w, long_one ? " …" : "");
}

static void people_trace(writer_t *w, const zw_trace_t *t)
{
    zw_buf_printf(w->out, "    %s  %.*s (%.*s)", ZW_TRACE_NAMES[t->kind], ZW_STR_ARGS(t->rule->name), ZW_STR_ARGS(t->rule->type->name));
    if (t->kind == ZW_T_NEARLY)
        people_missing(w, t);
    people_reach(w, t);
    if (t->what.n > 0)
        zw_buf_printf(w->out, ": %.*s", ZW_STR_ARGS(t->what));
    if (t->other)
        zw_buf_printf(w->out, " to %.*s", ZW_STR_ARGS(t->other->name));
    if (t->kind != ZW_T_NEARLY && t->kind != ZW_T_NO_MATCH)
        zw_buf_printf(w->out, "  「%.*s」", ZW_STR_ARGS(text_of(w, t->text)));
    put(w, "\n");
    if (t->draft)
        people_draft(w, t);
}

/* ---- for programs */

static void json_mentions(writer_t *w, const zw_paragraph_t *p, zw_span_t text)
{
    bool first = true;
    put(w, ",\"mentions\":[");
    for (size_t i = p->mention_from; i < p->mention_to; i++) {
        const zw_mention_t *m = &w->run->mentions[i];
        if (m->span.start < text.start || m->span.start >= text.end)
            continue;
        put(w, first ? "{" : ",{");
        first = false;
        put_key(w, "class", zw_strz(ZW_MENTION_NAMES[m->cls]));
        put(w, ",");
        put_key(w, "text", text_of(w, m->span));
        put(w, ",");
        put_key(w, "value", m->canonical);
        zw_buf_printf(w->out, ",\"region\":%u}", m->region);
    }
    put(w, "]");
}

/* A skeleton, pattern or literal with {CLASS}, as a JSON string. */
static void json_skeleton(writer_t *w, zw_str_t s)
{
    _cleanup_buf_ zw_buf_t readable = { 0 };
    put_skeleton(&readable, s);
    put_json(w, zw_buf_str(&readable));
}

static void json_missing(writer_t *w, const zw_trace_t *t)
{
    const zw_pattern_t *pattern = pattern_of(t);
    for (size_t i = 0; i < pattern->conjunct_count; i++) {
        if (t->seen & 1u << i)
            continue;
        put(w, ",\"missing\":[");
        for (size_t j = 0; j < pattern->conjuncts[i].literal_count; j++) {
            put(w, j ? "," : "");
            json_skeleton(w, pattern->conjuncts[i].literals[j]);
        }
        put(w, "]");
        return; /* nearly: but one is missing */
    }
}

static void json_reach(writer_t *w, const zw_trace_t *t)
{
    zw_str_t matched, needs;
    if (!reach_of(w, t, &matched, &needs))
        return;
    put(w, ",");
    put_key(w, "reached", matched);
    put(w, ",\"needs\":");
    json_skeleton(w, needs);
}

static void json_draft(writer_t *w, const zw_trace_t *t)
{
    const zw_draft_t *d = t->draft;
    const zw_type_def_t *type = d->match->rule->type;
    put(w, ",\"slots\":{");
    for (size_t i = 0; i < type->slot_count; i++) {
        if (i > 0)
            put(w, ",");
        put_json(w, type->slots[i].name);
        put(w, ":{\"value\":");
        put_value(w, &d->slots[i].value);
        put(w, ",");
        put_key(w, "from", zw_strz(ZW_ORIGIN_NAMES[d->slots[i].origin]));
        put(w, ",");
        put_key(w, "source", d->slots[i].source);
        if (d->slots[i].value.kind == ZW_V_NULL) {
            _cleanup_buf_ zw_buf_t why = { 0 };
            writer_t inner = { w->run, &why };
            put_why_open(&inner, t, i);
            put(w, ",");
            put_key(w, "why", zw_buf_str(&why));
        }
        put(w, "}");
    }
    put(w, "},");
    put_key(w, "time", d->time);
    put(w, ",");
    put_key(w, "time_why", zw_strz(d->time_why));
    zw_buf_printf(w->out, ",\"region\":%u,", d->region);
    put_key(w, "region_why", zw_strz(d->region_why));
    put(w, ",");
    put_key(w, "modality", zw_strz(ZW_MODALITY_NAMES[d->modality]));
    put(w, ",");
    put_key(w, "modality_why", zw_strz(d->modality_why));
}

static void json_trace(writer_t *w, const zw_trace_t *t)
{
    put(w, "{");
    put_key(w, "outcome", zw_strz(ZW_TRACE_NAMES[t->kind]));
    put(w, ",");
    put_key(w, "rule", t->rule->name);
    put(w, ",");
    put_key(w, "type", t->rule->type->name);
    put(w, ",");
    put_key(w, "text", text_of(w, t->text));
    if (t->what.n > 0) {
        put(w, ",");
        put_key(w, "what", t->what);
    }
    if (t->other) {
        put(w, ",");
        put_key(w, "to", t->other->name);
    }
    if (t->kind == ZW_T_NEARLY)
        json_missing(w, t);
    json_reach(w, t);
    if (t->draft)
        json_draft(w, t);
    put(w, "}");
}

/* ---- */

static void sentence(writer_t *w, const zw_paragraph_t *p, const zw_sentence_t *s, bool json)
{
    zw_span_t text = zw_paragraph_span(p, s->sk.start, s->sk.end);
    zw_str_t skeleton = zw_str(p->skeleton.p + s->sk.start, s->sk.end - s->sk.start);
    bool first = true;
    if (json) {
        put(w, "{");
        put_key(w, "sentence", text_of(w, text));
        put(w, ",\"skeleton\":");
        json_skeleton(w, skeleton);
        json_mentions(w, p, text);
        put(w, ",\"rules\":[");
    } else {
        zw_buf_printf(w->out, "%.*s\n  ", ZW_STR_ARGS(text_of(w, text)));
        put_skeleton(w->out, skeleton);
        put(w, "\n");
        people_mentions(w, p, text);
    }
    for (size_t i = 0; i < w->run->trace_count; i++) {
        const zw_trace_t *t = &w->run->traces[i];
        if (t->paragraph != p || t->text.start < text.start || t->text.start >= text.end)
            continue;
        if (json && !first)
            put(w, ",");
        first = false;
        (json ? json_trace : people_trace)(w, t);
    }
    put(w, json ? "]}\n" : "\n");
}

int zw_extract_explain(zw_extractor_t *extractor, const zw_rules_t *rules, const zw_text_t *text, zw_str_t source,
                       zw_arena_t *arena, bool json, zw_buf_t *out)
{
    zw_run_t run;
    int r = zw_engine_run(extractor, rules, NULL, text, source, 0, true, arena, &run);
    if (r < 0)
        return r;
    writer_t w = { &run, out };
    if (!json)
        zw_buf_printf(out, "date %.*s, place %06u, rules that hit their limit: %u\n\n",
                      ZW_STR_ARGS(run.context.published.n ? run.context.published : ZW_STR_LIT("unknown")), run.context.region,
                      run.limited);
    if (!json && run.off_topic)
        zw_buf_printf(out, "off topic: hardly a word of the signal `topic` stands in it, so types that are topical are not looked for\n\n");
    for (size_t i = 0; i < run.paragraph_count; i++)
        for (size_t j = 0; j < run.paragraphs[i].sentence_count; j++)
            sentence(&w, &run.paragraphs[i], &run.paragraphs[i].sentences[j], json);
    return out->failed ? -ENOMEM : 0;
}
