/* The examples of rules are their tests: each is run with its rule alone, or with all (`with: all`). */
#include "base/utf8.h"
#include "extract/engine.h"
#include "extract/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const zw_rules_t *rules;
    const zw_rule_t *rule;
    zw_complaints_t c;
    zw_arena_t *arena;
    zw_run_t *run;
} tester_t;

/* An example's text is clean: every byte is its own source, every line is body. */
static bool make_text(zw_arena_t *arena, const zw_yaml_node_t *example, zw_text_t *ret)
{
    const zw_yaml_node_t *title = zw_yaml_get(example, "title"), *published = zw_yaml_get(example, "published");
    zw_str_t body = zw_yaml_text(zw_yaml_get(example, "text"));
    size_t count = 1;
    for (size_t i = 0; i < body.n; i++)
        count += body.p[i] == '\n';
    zw_line_t *lines = zw_arena_calloc(arena, count, sizeof(*lines));
    zw_segment_t *segment = zw_arena_calloc(arena, 1, sizeof(*segment));
    if (!lines || !segment)
        return false;
    *segment = (zw_segment_t){ 0, (uint32_t)body.n, 0, (uint32_t)body.n, true };
    size_t n = 0;
    for (size_t i = 0, start = 0; i <= body.n; i++)
        if (i == body.n || body.p[i] == '\n') {
            if (i > start)
                lines[n++] = (zw_line_t){ { (uint32_t)start, (uint32_t)i }, ZW_LINE_BODY };
            start = i + 1;
        }
    *ret = (zw_text_t){ .text = body, .raw = body, .decoded = body, .decoded_is_raw = true, .segments = segment,
                        .segment_count = 1, .lines = lines, .line_count = n };
    if (title)
        ret->title = zw_yaml_text(title);
    if (published)
        ret->published = zw_yaml_text(published);
    ret->charset = ZW_STR_LIT("utf-8");
    return true;
}

/* ---- comparing what is wanted with what is there */

static bool matches(const zw_yaml_node_t *want, const zw_value_t *have, zw_arena_t *arena)
{
    if (zw_yaml_kind(want) == ZW_YAML_MAP) {
        for (size_t i = 0; i < zw_yaml_count(want); i++) {
            const zw_value_t *part = NULL;
            for (size_t j = 0; have->kind == ZW_V_MAP && j < have->map.n; j++)
                if (zw_str_eq(have->map.slots[j].name, zw_yaml_text(zw_yaml_key(want, i))))
                    part = &have->map.slots[j].value;
            if (!part || !matches(zw_yaml_at(want, i), part, arena))
                return false;
        }
        return have->kind == ZW_V_MAP;
    }
    if (zw_yaml_kind(want) == ZW_YAML_LIST) {
        if (have->kind != ZW_V_LIST || have->list.n != zw_yaml_count(want))
            return false;
        for (size_t i = 0; i < have->list.n; i++)
            if (!matches(zw_yaml_at(want, i), &have->list.items[i], arena))
                return false;
        return true;
    }
    zw_str_t text = zw_yaml_text(want);
    switch (have->kind) {
    case ZW_V_NULL:
        return zw_str_eqz(text, "null") && !zw_yaml_quoted(want);
    case ZW_V_NUM: {
        zw_value_t number = zw_value_constant(ZW_K_NUMBER, text);
        return number.kind == ZW_V_NUM && fabs(number.num - have->num) < 0.005;
    }
    case ZW_V_BOOL:
        return zw_str_eqz(text, have->flag ? "true" : "false");
    case ZW_V_STR:
        return zw_str_eq(zw_value_normal(text, arena), zw_value_normal(have->str, arena));
    default:
        return false;
    }
}

/* The value of any slot, of every fact's own or of the type's. */
static zw_value_t value_of(const zw_draft_t *d, zw_str_t name, char *space, size_t size)
{
    const zw_type_def_t *type = d->match->rule->type;
    zw_value_t value = { .kind = ZW_V_STR };
    if (zw_str_eqz(name, "time")) {
        value.str = d->time;
        value.kind = d->time.n > 0 ? ZW_V_STR : ZW_V_NULL;
        return value;
    }
    if (zw_str_eqz(name, "region")) {
        (void)snprintf(space, size, "%06u", d->region);
        value.str = zw_strz(space);
        value.kind = d->region ? ZW_V_STR : ZW_V_NULL;
        return value;
    }
    if (zw_str_eqz(name, "modality")) {
        value.str = zw_strz(ZW_MODALITY_NAMES[d->modality]);
        return value;
    }
    if (zw_str_eqz(name, "type")) {
        value.str = type->name;
        return value;
    }
    int slot = zw_type_slot(type, name);
    return slot >= 0 ? d->slots[slot].value : (zw_value_t){ .kind = ZW_V_NULL };
}

/* The first slot in which the draft is not as wanted, or NULL. */
static const zw_yaml_node_t *differs(tester_t *t, const zw_yaml_node_t *want, const zw_draft_t *d)
{
    char space[16];
    for (size_t i = 0; i < zw_yaml_count(want); i++) {
        zw_value_t have = value_of(d, zw_yaml_text(zw_yaml_key(want, i)), space, sizeof(space));
        if (!matches(zw_yaml_at(want, i), &have, t->arena))
            return zw_yaml_key(want, i);
    }
    return NULL;
}

static const char *why_none(const tester_t *t)
{
    const char *why = "a required part of the pattern is not there";
    for (size_t i = 0; i < t->run->trace_count; i++)
        if (t->run->traces[i].kind != ZW_T_FACT && t->run->traces[i].kind != ZW_T_NEARLY && t->run->traces[i].rule == t->rule)
            why = ZW_TRACE_NAMES[t->run->traces[i].kind];
    return why;
}

static void complain_none(tester_t *t, const zw_yaml_node_t *want)
{
    _cleanup_buf_ zw_buf_t skeleton = { 0 };
    for (size_t i = 0; i < t->run->paragraph_count; i++) {
        const zw_paragraph_t *p = &t->run->paragraphs[i];
        for (size_t j = 0; j < p->skeleton.n; j++) {
            int m = p->mention[j];
            if (m < 0)
                zw_buf_putc(&skeleton, p->skeleton.p[j]);
            else if (j == 0 || p->mention[j - 1] != m)
                zw_buf_printf(&skeleton, "{%s}", ZW_MENTION_NAMES[t->run->mentions[m].cls]);
        }
    }
    zw_complain(&t->c, t->rule->doc, want, "rule '%.*s' gives no fact here (%s): %.*s", ZW_STR_ARGS(t->rule->name), why_none(t),
                ZW_STR_ARGS(zw_buf_str(&skeleton)));
}

static bool check_one(tester_t *t, const zw_yaml_node_t *want, bool *used)
{
    const zw_yaml_node_t *wrong = NULL;
    const zw_draft_t *near = NULL;
    bool any_type = zw_yaml_get(want, "type") != NULL;
    for (size_t i = 0; i < t->run->fact_count; i++) {
        const zw_draft_t *d = t->run->facts[i];
        if (used[i] || (!any_type && d->match->rule->type != t->rule->type))
            continue;
        const zw_yaml_node_t *slot = differs(t, want, d);
        if (!slot) {
            used[i] = true;
            return true;
        }
        /* the nearest is the one that goes right longest */
        if (!wrong || zw_yaml_line(slot) > zw_yaml_line(wrong) ||
            (zw_yaml_line(slot) == zw_yaml_line(wrong) && zw_yaml_column(slot) > zw_yaml_column(wrong))) {
            wrong = slot;
            near = d;
        }
    }
    if (!wrong) {
        complain_none(t, want);
        return false;
    }
    char space[16], number[32];
    zw_value_t have = value_of(near, zw_yaml_text(wrong), space, sizeof(space));
    if (have.kind == ZW_V_LIST && have.list.n > 0)
        have = have.list.items[0];
    zw_str_t shown = have.kind == ZW_V_STR ? have.str : ZW_STR_LIT("open");
    if (have.kind == ZW_V_NUM) {
        (void)snprintf(number, sizeof(number), "%.15g", have.num);
        shown = zw_strz(number);
    }
    zw_complain(&t->c, t->rule->doc, wrong, "rule '%.*s' gives another '%.*s' here: %.*s", ZW_STR_ARGS(t->rule->name),
                ZW_STR_ARGS(zw_yaml_text(wrong)), ZW_STR_ARGS(shown));
    return false;
}

static bool check(tester_t *t, const zw_yaml_node_t *gives)
{
    if (zw_yaml_kind(gives) == ZW_YAML_SCALAR) {
        if (!zw_str_eqz(zw_yaml_text(gives), "nothing")) {
            zw_complain(&t->c, t->rule->doc, gives, "gives is a map of slots, a list of such maps, or 'nothing'");
            return false;
        }
        for (size_t i = 0; i < t->run->fact_count; i++)
            if (t->run->facts[i]->match->rule == t->rule) {
                zw_complain(&t->c, t->rule->doc, gives, "rule '%.*s' gives a fact here", ZW_STR_ARGS(t->rule->name));
                return false;
            }
        return true;
    }
    bool *used = zw_arena_calloc(t->arena, t->run->fact_count, sizeof(*used)), good = used != NULL;
    for (size_t i = 0; used && i < zw_rules_many(gives); i++)
        good = check_one(t, zw_rules_one(gives, i), used) && good;
    return good;
}

static int run_example(tester_t *t, zw_extractor_t *extractor, const zw_yaml_node_t *example, bool *ret_good)
{
    zw_text_t text;
    zw_run_t run;
    const zw_yaml_node_t *source = zw_yaml_get(example, "source"), *region = zw_yaml_get(example, "region"),
                         *with = zw_yaml_get(example, "with");
    zw_value_t code = zw_value_constant(ZW_K_NUMBER, region ? zw_yaml_text(region) : ZW_STR_LIT(""));
    bool all = with && zw_str_eqz(zw_yaml_text(with), "all");
    if (with && !all)
        zw_complain(&t->c, t->rule->doc, with, "with is 'all', or left out");
    if (!make_text(t->arena, example, &text))
        return -1;
    int r = zw_engine_run(extractor, t->rules, all ? NULL : t->rule, &text, source ? zw_yaml_text(source) : ZW_STR_LIT(""),
                          code.kind == ZW_V_NUM ? (uint32_t)code.num : 0, true, t->arena, &run);
    if (r < 0)
        return r;
    t->run = &run;
    *ret_good = check(t, zw_yaml_get(example, "gives"));
    return 0;
}

/* ---- cost */

/* Skeletons that make careless patterns slow: one long word, a long list of mentions, measures in a row. */
static void make_torture(zw_buf_t *out, const zw_pattern_t *pattern, int kind)
{
    char mention[5] = "", count[5] = "";
    mention[zw_utf8_encode(ZW_PUA + ZW_M_GOV, mention)] = '\0';
    count[zw_utf8_encode(ZW_PUA + ZW_M_COUNT, count)] = '\0';
    while (out->n < 1500) {
        if (kind == 0)
            zw_buf_puts(out, ZW_STR_LIT("质量"));
        else if (kind == 1)
            zw_buf_printf(out, "%s、", mention);
        else
            zw_buf_printf(out, "质量%s、", count);
    }
    /* with what the pattern requires, so that PCRE2 does not give up before it begins */
    for (size_t i = 0; i < pattern->conjunct_count; i++) {
        zw_buf_putc(out, ',');
        zw_buf_puts(out, pattern->conjuncts[i].literals[0]);
    }
}

static void check_cost(tester_t *t, zw_extractor_t *x, zw_arena_t *arena)
{
    for (size_t i = 0; i < t->rule->pattern_count; i++)
        for (int kind = 0; kind < 3; kind++) {
            _cleanup_buf_ zw_buf_t skeleton = { 0 };
            make_torture(&skeleton, &t->rule->patterns[i], kind);
            zw_subject_t subject;
            int r = skeleton.failed || zw_subject_make(zw_buf_str(&skeleton), arena, &subject) < 0
                        ? 0
                        : zw_pattern_search(&t->rule->patterns[i], &subject, 0, x->data, x->context);
            if (r >= 0 || r == PCRE2_ERROR_NOMATCH)
                continue;
            const zw_yaml_node_t *when = zw_yaml_get(t->rule->node, "when");
            zw_warn(&t->c, t->rule->doc, zw_rules_one(when, i < zw_rules_many(when) ? i : 0),
                    "rule '%.*s' can take more than %d steps: bound what repeats in it", ZW_STR_ARGS(t->rule->name), ZW_MATCH_LIMIT);
            break;
        }
}

int zw_rules_test(zw_rules_t *rules, zw_diag_fn diag, void *ctx, size_t *ret_run)
{
    zw_extractor_t *extractor = zw_extractor_new();
    _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
    int failed = 0;
    size_t ran = 0;
    bool ready = extractor && arena && zw_engine_fit(extractor, rules) == 0;
    for (size_t i = 0; i < rules->rule_count && ready; i++) {
        const zw_rule_t *rule = &rules->rules[i];
        tester_t cost = { .rules = rules, .rule = rule, .c = { .fn = diag, .ctx = ctx } };
        check_cost(&cost, extractor, arena);
        zw_arena_reset(arena, 1 << 20);
        for (size_t j = 0; j < zw_rules_many(rule->examples); j++, ran++) {
            tester_t t = { .rules = rules, .rule = rule, .c = { .fn = diag, .ctx = ctx }, .arena = arena };
            bool good = false;
            zw_arena_reset(arena, 1 << 20);
            if (run_example(&t, extractor, zw_rules_one(rule->examples, j), &good) < 0)
                zw_complain(&t.c, rule->doc, zw_rules_one(rule->examples, j), "no memory");
            failed += !good;
        }
    }
    zw_extractor_free(extractor);
    if (!ready)
        return 1;
    *ret_run = ran;
    return failed;
}
