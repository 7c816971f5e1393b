/* extract_cli: annotated articles in, facts out, for eval/score.py.
 *
 * Reads JSON Lines {"id", "text", "title", "published", "source"} on standard input, repairs and extracts each, and
 * writes {"id", "text", "related", "facts"} to standard output. `extract_cli --check` runs the examples of the packs,
 * `extract_cli --explain` explains each article, `extract_cli --time N` extracts everything N times and tells the
 * articles a second. Further arguments are pack folders instead of the shipped ones. */
#include "extract/extract.h"
#include "zw_error.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void tell(void *ctx, const char *file, unsigned line, unsigned column, const char *message)
{
    fprintf(stderr, "%s:%u:%u: %s\n", file, line, column, message);
}

static json_t *to_json(const zw_value_t *value)
{
    json_t *out;
    switch (value->kind) {
    case ZW_V_STR:
        return json_stringn(value->str.p, value->str.n);
    case ZW_V_NUM:
        return value->num == (double)(json_int_t)value->num ? json_integer((json_int_t)value->num) : json_real(value->num);
    case ZW_V_BOOL:
        return json_boolean(value->flag);
    case ZW_V_LIST:
        out = json_array();
        for (size_t i = 0; i < value->list.n; i++)
            json_array_append_new(out, to_json(&value->list.items[i]));
        return out;
    case ZW_V_MAP:
        out = json_object();
        for (size_t i = 0; i < value->map.n; i++)
            json_object_setn_new(out, value->map.slots[i].name.p, value->map.slots[i].name.n, to_json(&value->map.slots[i].value));
        return out;
    default:
        return json_null();
    }
}

static json_t *span_json(zw_span_t span)
{
    return json_pack("{s:i, s:i}", "start", (int)span.start, "end", (int)span.end);
}

static json_t *fact_json(const zw_fact_t *fact)
{
    char id[33], region[8];
    for (int i = 0; i < 16; i++)
        snprintf(id + 2 * i, 3, "%02x", fact->id[i]);
    snprintf(region, sizeof(region), "%06u", fact->region % 1000000);
    json_t *out = json_object(), *span = span_json(fact->src), *also = json_array();
    json_object_set_new(span, "quote", json_stringn(fact->quote.p, fact->quote.n));
    for (size_t i = 0; i < fact->also_count; i++)
        json_array_append_new(also, span_json(fact->also[i]));
    json_object_set_new(out, "type", json_stringn(fact->type.p, fact->type.n));
    json_object_set_new(out, "id", json_string(id));
    json_object_set_new(out, "time", fact->time.n ? json_stringn(fact->time.p, fact->time.n) : json_null());
    json_object_set_new(out, "region", fact->region ? json_string(region) : json_null());
    json_object_set_new(out, "modality", json_string(ZW_MODALITY_NAMES[fact->modality]));
    json_object_set_new(out, "confidence", json_real(fact->confidence));
    json_object_set_new(out, "span", span);
    json_object_set_new(out, "also", also);
    json_object_set_new(out, "rule", json_stringn(fact->rule.p, fact->rule.n));
    for (size_t i = 0; i < fact->slot_count; i++)
        json_object_setn_new(out, fact->slots[i].name.p, fact->slots[i].name.n, to_json(&fact->slots[i].value));
    return out;
}

static zw_str_t field(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    return json_is_string(value) ? zw_str(json_string_value(value), json_string_length(value)) : zw_str("", 0);
}

typedef struct {
    zw_text_tables_t *tables;
    zw_rules_t *rules;
    zw_extractor_t *extractor;
    zw_arena_t *arena;
} bench_t;

static int repair(bench_t *b, const json_t *row, zw_text_t *ret)
{
    zw_raw_t raw = { .body = field(row, "text"), .body_is_utf8 = true, .title = field(row, "title"),
                     .published = field(row, "published") };
    return zw_text_repair(b->tables, &raw, NULL, b->arena, ret);
}

static int print_facts(bench_t *b, const json_t *row)
{
    zw_text_t text;
    zw_extraction_t found = { 0 };
    int r = repair(b, row, &text);
    if (r == 0)
        r = zw_extract(b->extractor, b->rules, &text, field(row, "source"), b->arena, &found);
    if (r < 0 && r != -ZW_E_EMPTY)
        return r;
    json_t *out = json_object(), *facts = json_array(), *related = json_array();
    json_object_set(out, "id", json_object_get(row, "id"));
    for (size_t i = 0; i < found.fact_count; i++)
        json_array_append_new(facts, fact_json(&found.facts[i]));
    for (size_t i = 0; r == 0 && i < text.related_count; i++)
        json_array_append_new(related, json_pack("{s:s%, s:s%}", "title", text.related[i].title.p, text.related[i].title.n, "date",
                                                 text.related[i].date.p ? text.related[i].date.p : "", text.related[i].date.n));
    json_object_set_new(out, "text", r == 0 ? json_stringn(text.text.p, text.text.n) : json_string(""));
    json_object_set_new(out, "related", related);
    json_object_set_new(out, "facts", facts);
    r = json_dumpf(out, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
    putchar('\n');
    json_decref(out);
    return r;
}

static int print_explanation(bench_t *b, const json_t *row)
{
    zw_text_t text;
    _cleanup_buf_ zw_buf_t out = { 0 };
    int r = repair(b, row, &text);
    if (r == 0)
        r = zw_extract_explain(b->extractor, b->rules, &text, field(row, "source"), b->arena, false, &out);
    if (r == 0)
        printf("##### %.*s\n%.*s", ZW_STR_ARGS(field(row, "id")), ZW_STR_ARGS(zw_buf_str(&out)));
    return r;
}

/* Extraction alone, over rows that are repaired once more each time but not timed. */
static double time_rows(bench_t *b, const json_t *rows, int times)
{
    double spent = 0;
    size_t i;
    const json_t *row;
    for (int t = 0; t < times; t++)
        json_array_foreach(rows, i, row) {
            zw_text_t text;
            zw_extraction_t found;
            struct timespec from, to;
            zw_arena_reset(b->arena, 64 << 20);
            if (repair(b, row, &text) < 0)
                continue;
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
            (void)zw_extract(b->extractor, b->rules, &text, field(row, "source"), b->arena, &found);
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
            spent += (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
        }
    return spent;
}

static int run(bench_t *b, bool explain, int times)
{
    json_t *rows = json_array();
    char *line = NULL;
    size_t size = 0;
    int r = 0;
    while (r == 0 && getline(&line, &size, stdin) > 0) {
        json_error_t error;
        json_t *row = json_loads(line, 0, &error);
        if (!row) {
            fprintf(stderr, "not JSON: %s\n", error.text);
            r = 1;
            continue;
        }
        zw_arena_reset(b->arena, 64 << 20);
        if (times > 0)
            json_array_append(rows, row);
        else
            r = explain ? print_explanation(b, row) : print_facts(b, row);
        json_decref(row);
    }
    free(line);
    if (r == 0 && times > 0) {
        double spent = time_rows(b, rows, times);
        printf("%.1f us an article, %.0f articles/s\n", 1e6 * spent / times / (double)json_array_size(rows),
               times * (double)json_array_size(rows) / spent);
    }
    json_decref(rows);
    if (r < 0)
        fprintf(stderr, "%s\n", zw_error_text(r));
    return r != 0;
}

int main(int argc, char **argv)
{
    bench_t b = { 0 };
    bool check = argc > 1 && strcmp(argv[1], "--check") == 0, explain = argc > 1 && strcmp(argv[1], "--explain") == 0;
    int times = argc > 2 && strcmp(argv[1], "--time") == 0 ? atoi(argv[2]) : 0, first = times ? 3 : check || explain ? 2 : 1;
    int r = zw_rules_load(argc > first ? (const char *const *)argv + first : NULL, (size_t)(argc > first ? argc - first : 0), tell,
                          NULL, &b.rules);
    if (r == 0 && !check)
        r = zw_text_tables_open(&b.tables);
    b.extractor = zw_extractor_new();
    b.arena = zw_arena_new(0);
    if (r < 0 || !b.extractor || !b.arena) {
        fprintf(stderr, "%s\n", zw_error_text(r));
        return 1;
    }
    if (check) {
        size_t ran = 0;
        int failed = zw_rules_test(b.rules, tell, NULL, &ran);
        printf("%zu rules, %zu examples, %d failed\n", zw_rules_count(b.rules), ran, failed);
        r = failed != 0;
    } else {
        r = run(&b, explain, times);
    }
    zw_extractor_free(b.extractor);
    zw_arena_free(b.arena);
    zw_rules_unref(b.rules);
    zw_text_tables_free(b.tables);
    return r;
}
