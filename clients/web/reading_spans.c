#include "reading.h"

#include "base/utf8.h"

#include <string.h>

zw_span_t reading_place(const zw_text_t *t, zw_span_t src)
{
    zw_span_t out = { UINT32_MAX, 0 };
    for (size_t k = 0; k < t->segment_count; k++) {
        const zw_segment_t *s = &t->segments[k];
        if (s->src >= src.end || s->src + s->src_len <= src.start)
            continue;
        uint32_t before = s->exact && src.start > s->src ? src.start - s->src : 0;
        uint32_t after = s->exact && src.end < s->src + s->src_len ? s->src + s->src_len - src.end : 0;
        uint32_t start = s->out + before, end = s->out + s->out_len - after;
        out.start = start < out.start ? start : out.start;
        out.end = end > out.end ? end : out.end;
    }
    return out.start < out.end ? out : (zw_span_t){ 0, 0 };
}

/* ---- spans as JSON */

typedef struct spans {
    reading_t *r;
    json_t *text, *raw;
} spans_t;

static size_t count_chars(zw_str_t s)
{
    size_t n = 0;
    for (size_t k = 0; k < s.n; k++)
        n += ((unsigned char)s.p[k] & 0xc0) != 0x80;
    return n;
}

/* Characters of the decoded article before a byte of the received one. */
static size_t raw_chars(reading_t *r, uint32_t at)
{
    const zw_text_t *t = &r->text;
    if (t->decoded_is_raw)
        return count_chars(zw_str(t->decoded.p, at < t->decoded.n ? at : t->decoded.n));
    return count_chars(zw_text_quote(t, (zw_span_t){ 0, at }, r->arena));
}

static void add(spans_t *s, zw_span_t place, const char *slot)
{
    zw_span_t src = zw_text_source(&s->r->text, place.start, place.end);
    size_t start = raw_chars(s->r, src.start);
    size_t end = start + count_chars(zw_text_quote(&s->r->text, src, s->r->arena));
    (void)json_array_append_new(s->text, json_pack("{sI, sI, ss}", "start", (json_int_t)s->r->chars[place.start], "end", (json_int_t)s->r->chars[place.end], "slot", slot));
    (void)json_array_append_new(s->raw, json_pack("{sI, sI, ss}", "start", (json_int_t)start, "end", (json_int_t)end, "slot", slot));
}

static void add_value(spans_t *s, zw_span_t place, const char *slot, json_t *value)
{
    size_t k;
    json_t *item;
    zw_str_t text = s->r->text.text;
    json_array_foreach(value, k, item)
        add_value(s, place, slot, item);
    const char *wanted = json_string_value(value);
    size_t n = wanted ? strlen(wanted) : 0;
    const char *at = n >= 2 ? memmem(text.p + place.start, place.end - place.start, wanted, n) : NULL;
    if (at)
        add(s, (zw_span_t){ (uint32_t)(at - text.p), (uint32_t)(at - text.p + (ptrdiff_t)n) }, slot);
}

json_t *reading_spans(reading_t *r, const zw_span_t *places, size_t count, json_t *slots, json_t **ret_raw)
{
    spans_t s = { r, json_array(), json_array() };
    const char *key;
    json_t *value;
    for (size_t k = 0; k < count; k++) {
        if (places[k].start >= places[k].end || places[k].end > r->text.text.n)
            continue;
        add(&s, places[k], "");
        json_object_foreach(slots, key, value)
            add_value(&s, places[k], key, value);
    }
    if (ret_raw)
        *ret_raw = s.raw;
    else
        json_decref(s.raw);
    return s.text;
}

/* ---- what was explained */

/* Calls `each` for every sentence of the explanation, with its place in the text. */
static void each_sentence(reading_t *r, void (*each)(void *ctx, json_t *sentence, uint32_t start), void *ctx)
{
    zw_str_t text = r->text.text;
    uint32_t from = 0;
    for (const char *p = r->explained.p, *end = p + r->explained.n, *next; p < end; p = next) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        next = stop ? stop + 1 : end;
        json_t *sentence = json_loadb(p, (size_t)((stop ? stop : end) - p), JSON_ALLOW_NUL, NULL);
        const char *said = json_string_value(json_object_get(sentence, "sentence"));
        size_t n = json_string_length(json_object_get(sentence, "sentence"));
        const char *at = said && n ? memmem(text.p + from, text.n - from, said, n) : NULL;
        if (at) {
            each(ctx, sentence, (uint32_t)(at - text.p));
            from = (uint32_t)(at - text.p + (ptrdiff_t)n);
        }
        json_decref(sentence);
    }
}

typedef struct wanted {
    zw_span_t place;
    const char *rule;
    json_t *found;
} wanted_t;

static json_t *rules_that_gave(json_t *sentence, const char *rule)
{
    json_t *out = json_array(), *item;
    size_t k;
    json_array_foreach(json_object_get(sentence, "rules"), k, item) {
        const char *outcome = json_string_value(json_object_get(item, "outcome")), *name = json_string_value(json_object_get(item, "rule"));
        bool gave = outcome && (strcmp(outcome, "fact") == 0 || strcmp(outcome, "lost") == 0);
        if (gave || (name && rule && strcmp(name, rule) == 0))
            (void)json_array_append(out, item);
    }
    return out;
}

static void take_wanted(void *ctx, json_t *sentence, uint32_t start)
{
    wanted_t *w = ctx;
    uint32_t end = start + (uint32_t)json_string_length(json_object_get(sentence, "sentence"));
    if (w->found || w->place.end <= start || w->place.start >= end)
        return;
    (void)json_object_set_new(sentence, "rules", rules_that_gave(sentence, w->rule));
    w->found = json_incref(sentence);
}

json_t *reading_explanation(reading_t *r, zw_span_t place, const char *rule)
{
    wanted_t w = { place, rule, NULL };
    each_sentence(r, take_wanted, &w);
    return w.found;
}

typedef struct mentions {
    reading_t *r;
    json_t *out;
} mentions_t;

static void take_mentions(void *ctx, json_t *sentence, uint32_t start)
{
    mentions_t *m = ctx;
    zw_str_t text = m->r->text.text;
    uint32_t at = start, end = start + (uint32_t)json_string_length(json_object_get(sentence, "sentence"));
    size_t k;
    json_t *item;
    json_array_foreach(json_object_get(sentence, "mentions"), k, item) {
        json_t *said = json_object_get(item, "text"), *kind = json_object_get(item, "class"), *value = json_object_get(item, "value");
        size_t n = json_string_length(said);
        const char *p = n ? memmem(text.p + at, end - at, json_string_value(said), n) : NULL;
        if (!p)
            continue;
        at = (uint32_t)(p - text.p);
        (void)json_array_append_new(m->out, json_pack("{sI, sI, sO?, sO?}", "start", (json_int_t)m->r->chars[at], "end", (json_int_t)m->r->chars[at + n], "kind", kind, "name",
                                                      json_string_length(value) ? value : said));
        at += (uint32_t)n;
    }
}

json_t *reading_mentions(reading_t *r)
{
    mentions_t m = { r, json_array() };
    each_sentence(r, take_mentions, &m);
    return m.out;
}
