#include "reading.h"

#include "fact_json.h"
#include "zw_wire.h"

#include <errno.h>
#include <stdlib.h>

enum { NOTES_SHOWN = 3 };

int reading_places(reading_t *r)
{
    r->places = places_load();
    return r->places ? 0 : -ENOMEM;
}

/* ---- the article */

static int count_chars(reading_t *r)
{
    zw_str_t text = r->text.text;
    r->chars = zw_arena_calloc(r->arena, text.n + 1, sizeof *r->chars);
    if (!r->chars)
        return -ENOMEM;
    for (size_t k = 0; k < text.n; k++)
        r->chars[k + 1] = r->chars[k] + (k + 1 == text.n || ((unsigned char)text.p[k + 1] & 0xc0) != 0x80);
    return 0;
}

static int read_article(reading_t *r, const child_question_t *q)
{
    const zw_raw_t raw = { .body = q->body, .body_is_utf8 = q->body_is_text, .charset = q->charset, .format = q->format, .title = q->title, .published = q->published, .url = q->url };
    const zw_text_options_t options = { .notes = q->task == CHILD_TRY };
    zw_buf_clear(&r->explained);
    int e = zw_text_repair(r->tables, &raw, &options, r->arena, &r->text);
    if (e == 0)
        e = zw_extract(r->extractor, r->rules, &r->text, q->source, r->arena, &r->found);
    if (e == 0)
        e = zw_extract_explain(r->extractor, r->rules, &r->text, q->source, r->arena, true, &r->explained);
    return e == 0 ? count_chars(r) : e;
}

static json_t *string(zw_str_t s)
{
    json_t *text = s.n ? json_stringn(s.p, s.n) : NULL;
    return text ? text : json_null();
}

/* What was received and is not UTF-8 any more is shown as far as it goes. */
static json_t *received(const zw_text_t *t)
{
    json_t *text = json_stringn(t->decoded.p ? t->decoded.p : "", t->decoded.n);
    return text ? text : json_null();
}

/* ---- evidence */

static size_t places_of(const zw_text_t *t, json_t *fact, zw_span_t *ret, size_t max)
{
    json_t *item, *also = json_object_get(fact, "also");
    size_t n = 0;
    for (size_t k = 0; k <= json_array_size(also) && n < max; k++) {
        item = k == 0 ? json_object_get(fact, "span") : json_array_get(also, k - 1);
        zw_span_t src = { (uint32_t)json_integer_value(json_object_get(item, "start")), (uint32_t)json_integer_value(json_object_get(item, "end")) };
        zw_span_t place = item ? reading_place(t, src) : (zw_span_t){ 0, 0 };
        if (place.start < place.end)
            ret[n++] = place;
    }
    return n;
}

static json_t *evidence(reading_t *r, json_t *fact)
{
    zw_span_t places[16];
    size_t count = places_of(&r->text, fact, places, 16);
    json_t *raw_spans, *bare = fact_json_bare(fact, r->places), *slots = json_object_get(bare, "slots");
    json_t *spans = reading_spans(r, places, count, slots, &raw_spans);
    json_t *why = count ? reading_explanation(r, places[0], json_string_value(json_object_get(fact, "rule"))) : NULL;
    json_t *out = json_pack("{so, so, so, so, so, so}", "text", string(r->text.text), "spans", spans, "raw", received(&r->text), "raw_spans", raw_spans, "explanation",
                            why ? why : json_null(), "charset", string(r->text.charset));
    json_decref(bare);
    return out;
}

/* ---- try */

static json_t *repairs(const zw_text_t *t)
{
    json_t *out = json_array();
    for (int kind = 0; kind < ZW_REPAIR_COUNT; kind++) {
        zw_buf_t note = { 0 };
        size_t shown = 0;
        for (size_t k = 0; k < t->note_count && shown < NOTES_SHOWN; k++) {
            const zw_repair_note_t *n = &t->notes[k];
            if ((int)n->kind != kind || n->before.n > 60 || n->after.n > 60 || n->before.n + n->after.n == 0)
                continue;
            (void)zw_buf_printf(&note, "%s%.*s → %.*s", shown++ ? "; " : "", ZW_STR_ARGS(n->before), ZW_STR_ARGS(n->after));
        }
        if (t->repairs[kind])
            (void)json_array_append_new(out, json_pack("{ss, sI, so}", "kind", ZW_REPAIR_NAMES[kind], "count", (json_int_t)t->repairs[kind], "note", string(zw_buf_str(&note))));
        zw_buf_done(&note);
    }
    return out;
}

static json_t *fact_tried(reading_t *r, const zw_fact_t *f)
{
    zw_buf_t map = { 0 }, text = { 0 };
    zw_fact_encode(f, &map);
    json_t *wire = zw_mp_to_json(zw_buf_str(&map), &text) == 0 ? json_loadb(text.p, text.n, JSON_ALLOW_NUL, NULL) : NULL;
    json_t *fact = wire ? fact_json_bare(wire, r->places) : NULL;
    if (fact) {
        (void)json_object_set_new(fact, "support", json_integer(1));
        (void)json_object_set_new(fact, "spans", reading_spans(r, &f->span, 1, json_object_get(fact, "slots"), NULL));
    }
    json_decref(wire);
    zw_buf_done(&map);
    zw_buf_done(&text);
    return fact;
}

static json_t *tried(reading_t *r)
{
    json_t *facts = json_array();
    for (size_t k = 0; k < r->found.fact_count; k++) {
        json_t *fact = fact_tried(r, &r->found.facts[k]);
        if (fact)
            (void)json_array_append_new(facts, fact);
    }
    return json_pack("{so, so, so, so, so, so, so}", "text", string(r->text.text), "title", string(r->text.title), "published", string(r->text.published), "charset",
                     string(r->text.charset), "repairs", repairs(&r->text), "mentions", reading_mentions(r), "facts", facts);
}

int reading_answer(reading_t *r, const child_question_t *q, zw_buf_t *out)
{
    int e = read_article(r, q);
    if (e < 0)
        return e;
    json_t *fact = q->task == CHILD_EVIDENCE ? json_loadb(q->fact.p, q->fact.n, JSON_ALLOW_NUL, NULL) : NULL;
    json_t *answer = q->task == CHILD_EVIDENCE ? evidence(r, fact) : tried(r);
    char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
    e = text ? zw_buf_puts(out, zw_strz(text)) : -ENOMEM;
    free(text);
    json_decref(answer);
    json_decref(fact);
    return e;
}
