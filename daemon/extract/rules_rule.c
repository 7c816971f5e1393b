/* Packs: the `rules` section. */
#include "extract/rules.h"
#include "extract/value.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    zw_rules_t *rules;
    const zw_yaml_t *doc;
    const zw_yaml_node_t *map;
    zw_rule_t *rule;
    zw_complaints_t *c;
} reader_t;

static void *take(reader_t *r, size_t count, size_t size)
{
    void *p = zw_arena_calloc(r->rules->arena, count, size);
    if (!p)
        r->c->no_memory = true;
    return p;
}

/* ---- groups */

static void bind_group(reader_t *r, const zw_yaml_node_t *node, zw_group_t *group)
{
    static const struct {
        const char *name;
        int slot;
    } SPECIAL[] = { { "time", ZW_G_TIME }, { "region", ZW_G_REGION }, { "_next", ZW_G_NEXT }, { "_items", ZW_G_ITEMS },
                    { "_verb", ZW_G_VERB } };
    group->part = -1;
    for (size_t i = 0; i < sizeof(SPECIAL) / sizeof(*SPECIAL); i++)
        if (zw_str_eqz(group->name, SPECIAL[i].name)) {
            group->slot = SPECIAL[i].slot;
            return;
        }
    if (group->name.p[0] == '_') {
        group->slot = ZW_G_HELPER;
        return;
    }
    group->slot = zw_type_slot_part(r->rule->type, group->name, &group->part);
    if (group->slot < 0) {
        zw_complain(r->c, r->doc, node, "group '%.*s' is no slot of type %.*s (helpers begin with _)",
                    ZW_STR_ARGS(group->name), ZW_STR_ARGS(r->rule->type->name));
        group->slot = ZW_G_HELPER;
    } else if (r->rule->type->slots[group->slot].kind == ZW_K_MAP && group->part < 0) {
        zw_complain(r->c, r->doc, node, "slot '%.*s' has parts: name the group %.*s__PART", ZW_STR_ARGS(group->name),
                    ZW_STR_ARGS(group->name));
    }
}

static void read_groups(reader_t *r, const zw_yaml_node_t *node, zw_pattern_t *p)
{
    uint32_t count = 0, size = 0, captures = 0;
    PCRE2_SPTR table = NULL;
    (void)pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &count);
    (void)pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    (void)pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
    (void)pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &captures);
    if (captures + 1 > r->rules->max_groups)
        r->rules->max_groups = captures + 1;
    if (count > ZW_MAX_CAPTURES) {
        zw_complain(r->c, r->doc, node, "more than %d named groups", ZW_MAX_CAPTURES);
        return;
    }
    p->groups = take(r, count, sizeof(*p->groups));
    if (!p->groups)
        return;
    p->group_count = count;
    for (uint32_t i = 0; i < count; i++, table += size) {
        zw_group_t *group = &p->groups[i];
        group->number = (uint32_t)table[0] << 8 | table[1];
        group->name = zw_strz((const char *)table + 2);
        bind_group(r, node, group);
    }
    for (size_t i = 1; i < count; i++) /* by number: the place in the pattern */
        for (size_t j = i; j > 0 && p->groups[j].number < p->groups[j - 1].number; j--) {
            zw_group_t swap = p->groups[j];
            p->groups[j] = p->groups[j - 1];
            p->groups[j - 1] = swap;
        }
}

static bool read_pattern(reader_t *r, const zw_yaml_node_t *node, bool search, zw_pattern_t *p)
{
    if (!zw_pattern_read(r->rules, r->doc, node, search, p, r->c))
        return false;
    read_groups(r, node, p);
    return true;
}

static void read_when(reader_t *r)
{
    const zw_yaml_node_t *node = zw_yaml_get(r->map, "when");
    size_t n = zw_rules_many(node);
    if (n == 0) {
        zw_complain(r->c, r->doc, r->map, "rule '%.*s' has no 'when'", ZW_STR_ARGS(r->rule->name));
        return;
    }
    r->rule->patterns = take(r, n, sizeof(*r->rule->patterns));
    if (!r->rule->patterns)
        return;
    for (size_t i = 0; i < n; i++) {
        zw_pattern_t *p = &r->rule->patterns[r->rule->pattern_count];
        if (!read_pattern(r, zw_rules_one(node, i), true, p))
            continue;
        if (p->conjunct_count == 0)
            zw_warn(r->c, r->doc, zw_rules_one(node, i),
                    "rule '%.*s' requires no literal: it is tried on every sentence", ZW_STR_ARGS(r->rule->name));
        r->rule->pattern_count++;
    }
}

/* ---- conditions */

const char *const ZW_SCOPE_NAMES[ZW_SCOPES + 1] = { "clause", "sentence", "match", "before", "after", "paragraph", NULL };

/* unless, requires: a pattern for the clause, or a map of scopes. */
static void read_scopes(reader_t *r, const zw_yaml_node_t *node, pcre2_code **scopes)
{
    if (zw_yaml_kind(node) == ZW_YAML_SCALAR) {
        scopes[ZW_IN_CLAUSE] = zw_pattern_compile(r->rules, r->doc, node, 0, r->c);
        return;
    }
    if (zw_yaml_kind(node) != ZW_YAML_MAP) {
        zw_complain(r->c, r->doc, node, "a pattern is expected, or a map of clause, sentence, match, before, after, paragraph");
        return;
    }
    (void)zw_rules_keys(r->doc, node, ZW_SCOPE_NAMES, r->c);
    for (unsigned i = 0; i < ZW_SCOPES; i++) {
        const zw_yaml_node_t *pattern = zw_yaml_get(node, ZW_SCOPE_NAMES[i]);
        if (pattern)
            scopes[i] = zw_pattern_compile(r->rules, r->doc, pattern, 0, r->c);
    }
}

static void read_picks(reader_t *r, const zw_yaml_node_t *map)
{
    if (zw_yaml_kind(map) != ZW_YAML_MAP) {
        zw_complain(r->c, r->doc, map, "pick is a map of slots to classes");
        return;
    }
    r->rule->picks = take(r, zw_yaml_count(map), sizeof(*r->rule->picks));
    if (!r->rule->picks)
        return;
    for (size_t i = 0; i < zw_yaml_count(map); i++) {
        zw_pick_t *pick = &r->rule->picks[r->rule->pick_count];
        const zw_yaml_node_t *classes = zw_yaml_at(map, i);
        pick->slot = zw_type_slot(r->rule->type, zw_yaml_text(zw_yaml_key(map, i)));
        if (pick->slot < 0)
            zw_complain(r->c, r->doc, zw_yaml_key(map, i), "no slot '%.*s'", ZW_STR_ARGS(zw_yaml_text(zw_yaml_key(map, i))));
        for (size_t j = 0; j < zw_rules_many(classes); j++) {
            uint32_t mask;
            if (zw_rules_class(zw_yaml_text(zw_rules_one(classes, j)), &mask) < 0)
                zw_complain(r->c, r->doc, zw_rules_one(classes, j), "no class of mentions");
            else
                pick->classes |= mask;
        }
        r->rule->pick_count++;
    }
}

static bool has_helper(const zw_rule_t *rule, zw_str_t name)
{
    for (size_t i = 0; i < rule->pattern_count; i++)
        for (size_t j = 0; j < rule->patterns[i].group_count; j++)
            if (zw_str_eq(rule->patterns[i].groups[j].name, name))
                return true;
    for (size_t j = 0; rule->items && j < rule->items->group_count; j++)
        if (zw_str_eq(rule->items->groups[j].name, name))
            return true;
    return false;
}

static void read_where(reader_t *r, const zw_yaml_node_t *map, bool negate)
{
    if (!map)
        return;
    if (zw_yaml_kind(map) != ZW_YAML_MAP) {
        zw_complain(r->c, r->doc, map, "where is a map of slots to patterns");
        return;
    }
    for (size_t i = 0; i < zw_yaml_count(map); i++) {
        zw_where_t *w = &r->rule->wheres[r->rule->where_count];
        zw_str_t name = zw_yaml_text(zw_yaml_key(map, i));
        *w = (zw_where_t){ .slot = ZW_G_HELPER, .part = -1, .group = name, .negate = negate,
                           .text = zw_yaml_text(zw_yaml_at(map, i)) };
        if (name.n > 0 && name.p[0] != '_') {
            w->slot = zw_type_slot_part(r->rule->type, name, &w->part);
            if (w->slot < 0)
                zw_complain(r->c, r->doc, zw_yaml_key(map, i), "no slot '%.*s'", ZW_STR_ARGS(name));
        } else if (!has_helper(r->rule, name)) {
            zw_complain(r->c, r->doc, zw_yaml_key(map, i), "no group '%.*s' in 'when' or 'items'", ZW_STR_ARGS(name));
        }
        w->code = zw_pattern_compile(r->rules, r->doc, zw_yaml_at(map, i), 0, r->c);
        r->rule->where_count++;
    }
}

static void read_wheres(reader_t *r)
{
    const zw_yaml_node_t *where = zw_yaml_get(r->map, "where"), *not = zw_yaml_get(r->map, "where_not");
    size_t n = (where ? zw_yaml_count(where) : 0) + (not ? zw_yaml_count(not) : 0);
    if (!where && !not)
        return;
    r->rule->wheres = take(r, n, sizeof(*r->rule->wheres));
    if (!r->rule->wheres)
        return;
    read_where(r, where, false);
    read_where(r, not, true);
}

/* ---- constants */

static void check_template(reader_t *r, const zw_yaml_node_t *node, zw_str_t text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '{')
            continue;
        const char *close = memchr(text.p + i, '}', text.n - i);
        zw_str_t name = zw_str(text.p + i + 1, close ? (size_t)(close - text.p) - i - 1 : 0);
        zw_str_t rank;
        if (!close || (!zw_place_template(name, &rank) && !has_helper(r->rule, name)))
            zw_complain(r->c, r->doc, node, "{%.*s}: no such group in 'when' or 'items'", ZW_STR_ARGS(name));
    }
}

static zw_value_t constant(reader_t *r, const zw_slot_def_t *def, const zw_yaml_node_t *node)
{
    if (def->kind != ZW_K_LIST)
        return zw_value_constant(def->kind, zw_yaml_text(node));
    zw_value_t list = { .kind = ZW_V_LIST };
    list.list.n = zw_rules_many(node);
    list.list.items = take(r, list.list.n, sizeof(*list.list.items));
    for (size_t i = 0; list.list.items && i < list.list.n; i++)
        list.list.items[i] = zw_value_constant(ZW_K_STRING, zw_yaml_text(zw_rules_one(node, i)));
    if (!list.list.items)
        list.list.n = 0;
    return list;
}

static void read_set(reader_t *r, const zw_yaml_node_t *map)
{
    if (zw_yaml_kind(map) != ZW_YAML_MAP) {
        zw_complain(r->c, r->doc, map, "set is a map of slots to constants");
        return;
    }
    r->rule->sets = take(r, zw_yaml_count(map), sizeof(*r->rule->sets));
    if (!r->rule->sets)
        return;
    for (size_t i = 0; i < zw_yaml_count(map); i++) {
        const zw_yaml_node_t *key = zw_yaml_key(map, i), *value = zw_yaml_at(map, i);
        zw_set_t *set = &r->rule->sets[r->rule->set_count];
        set->slot = zw_type_slot_part(r->rule->type, zw_yaml_text(key), &set->part);
        if (set->slot < 0) {
            zw_complain(r->c, r->doc, key, "no slot '%.*s' in type %.*s", ZW_STR_ARGS(zw_yaml_text(key)),
                        ZW_STR_ARGS(r->rule->type->name));
            continue;
        }
        const zw_slot_def_t *def = &r->rule->type->slots[set->slot];
        if (set->part >= 0)
            def = &def->parts[set->part];
        set->value = constant(r, def, value);
        set->template = zw_yaml_kind(value) == ZW_YAML_SCALAR && memchr(zw_yaml_text(value).p, '{', zw_yaml_text(value).n);
        if (set->template)
            check_template(r, value, zw_yaml_text(value));
        if (set->value.kind == ZW_V_NULL && !set->template)
            zw_complain(r->c, r->doc, value, "'%.*s' does not fit slot '%.*s'", ZW_STR_ARGS(zw_yaml_text(value)),
                        ZW_STR_ARGS(def->name));
        bool known = def->kind != ZW_K_WORD || set->template;
        for (size_t j = 0; !known && j < def->of_count; j++)
            known = zw_str_eq(def->of[j], zw_yaml_text(value));
        if (!known)
            zw_complain(r->c, r->doc, value, "'%.*s' is no word of slot '%.*s'", ZW_STR_ARGS(zw_yaml_text(value)),
                        ZW_STR_ARGS(def->name));
        if (set->template)
            set->value = zw_value_constant(ZW_K_STRING, zw_yaml_text(value));
        r->rule->set_count++;
    }
}

static uint32_t read_slot_mask(reader_t *r, const zw_yaml_node_t *node)
{
    uint32_t mask = 0;
    for (size_t i = 0; i < zw_rules_many(node); i++) {
        int slot = zw_type_slot(r->rule->type, zw_yaml_text(zw_rules_one(node, i)));
        if (slot < 0)
            zw_complain(r->c, r->doc, zw_rules_one(node, i), "no slot '%.*s' in type %.*s",
                        ZW_STR_ARGS(zw_yaml_text(zw_rules_one(node, i))), ZW_STR_ARGS(r->rule->type->name));
        else
            mask |= 1u << slot;
    }
    return mask;
}

static void read_words(reader_t *r, const zw_yaml_node_t *node)
{
    zw_rules_read_words(r->rules, r->doc, node, &r->rule->words, &r->rule->word_count, r->c);
}

static void read_modality(reader_t *r, const zw_yaml_node_t *node)
{
    if (zw_str_eqz(zw_yaml_text(node), "auto"))
        return;
    for (unsigned i = 0; i <= ZW_NEGATED; i++)
        if (zw_str_eqz(zw_yaml_text(node), ZW_MODALITY_NAMES[i])) {
            r->rule->has_modality = true;
            r->rule->modality = (zw_modality_t)i;
            return;
        }
    zw_complain(r->c, r->doc, node, "modality is auto, asserted, planned, required or negated");
}

static void read_over(reader_t *r, const zw_yaml_node_t *node)
{
    r->rule->paragraph = zw_str_eqz(zw_yaml_text(node), "paragraph");
    if (!r->rule->paragraph && !zw_str_eqz(zw_yaml_text(node), "sentence"))
        zw_complain(r->c, r->doc, node, "over is sentence or paragraph");
}

static void read_priority(reader_t *r, const zw_yaml_node_t *node)
{
    char text[16] = "", *end;
    zw_str_t s = zw_yaml_text(node);
    memcpy(text, s.p, s.n < sizeof(text) - 1 ? s.n : sizeof(text) - 1);
    long n = strtol(text, &end, 10);
    if (s.n == 0 || s.n >= sizeof(text) || *end || n < -1000 || n > 1000)
        zw_complain(r->c, r->doc, node, "priority is a whole number from -1000 to 1000");
    else
        r->rule->priority = (int)n;
}

/* {beneficiary: recipient}: a slot of this type and one of the type that is followed; `back`: the other way round. */
static bool read_across(reader_t *r, const zw_yaml_node_t *node, bool back, int *ret_own, int *ret_other)
{
    const zw_rule_t *rule = r->rule;
    if (!rule->follows || zw_yaml_kind(node) != ZW_YAML_MAP || zw_yaml_count(node) != 1) {
        zw_complain(r->c, r->doc, node, "one slot: slot is expected here, and `follows`");
        return false;
    }
    zw_str_t left = zw_yaml_text(zw_yaml_key(node, 0)), right = zw_yaml_text(zw_yaml_at(node, 0));
    *ret_own = zw_type_slot(rule->type, back ? right : left);
    *ret_other = zw_type_slot(rule->follows, back ? left : right);
    if (*ret_own >= 0 && *ret_other >= 0)
        return true;
    zw_complain(r->c, r->doc, node, "no such slots in %.*s and %.*s", ZW_STR_ARGS(rule->type->name),
                ZW_STR_ARGS(rule->follows->name));
    return false;
}

static void read_options(reader_t *r)
{
    const zw_yaml_node_t *node;
    zw_rule_t *rule = r->rule;
    if ((node = zw_yaml_get(r->map, "over")))
        read_over(r, node);
    if ((node = zw_yaml_get(r->map, "unless")))
        read_scopes(r, node, rule->unless);
    if ((node = zw_yaml_get(r->map, "requires")))
        read_scopes(r, node, rule->requires);
    if ((node = zw_yaml_get(r->map, "pick")))
        read_picks(r, node);
    if ((node = zw_yaml_get(r->map, "set")))
        read_set(r, node);
    if ((node = zw_yaml_get(r->map, "words")))
        read_words(r, node);
    read_wheres(r);
    if ((node = zw_yaml_get(r->map, "each")))
        rule->each = read_slot_mask(r, node);
    if ((node = zw_yaml_get(r->map, "zip")))
        rule->zip = read_slot_mask(r, node);
    if ((node = zw_yaml_get(r->map, "joins")))
        rule->joins = read_slot_mask(r, node);
    if ((node = zw_yaml_get(r->map, "fill")))
        zw_rules_read_fills(r->rules, r->doc, node, rule->type, &rule->fills, &rule->fill_count, r->c);
    if ((node = zw_yaml_get(r->map, "time")))
        rule->has_time = zw_rules_read_time(r->doc, node, &rule->time, r->c);
    if ((node = zw_yaml_get(r->map, "region"))) {
        rule->has_regions = true;
        zw_rules_read_regions(r->rules, r->doc, node, rule->type, &rule->regions, &rule->region_count, r->c);
    }
    if ((node = zw_yaml_get(r->map, "modality")))
        read_modality(r, node);
    if ((node = zw_yaml_get(r->map, "priority")))
        read_priority(r, node);
    if ((node = zw_yaml_get(r->map, "follows")) && !(rule->follows = zw_rules_type(r->rules, zw_yaml_text(node))))
        zw_complain(r->c, r->doc, node, "follows names a type");
    rule->told = -1;
    if ((node = zw_yaml_get(r->map, "spread")))
        rule->spreads = read_across(r, node, false, &rule->spread, &rule->spread_of);
    if ((node = zw_yaml_get(r->map, "tells")) && !read_across(r, node, true, &rule->told, &rule->told_of))
        rule->told = -1;
    if ((node = zw_yaml_get(r->map, "coexists")))
        rule->coexists = zw_str_eqz(zw_yaml_text(node), "true");
    rule->confidence = rule->type->confidence;
    if ((node = zw_yaml_get(r->map, "confidence")) && !zw_value_share(zw_yaml_text(node), &rule->confidence))
        zw_complain(r->c, r->doc, node, "confidence is a number from 0 to 1");
}

/* A key that nothing can fill means that the rule never gives a fact. */
static void check_keys(reader_t *r)
{
    const zw_type_def_t *type = r->rule->type;
    uint32_t filled = 0;
    for (size_t i = 0; i < r->rule->pattern_count; i++)
        for (size_t j = 0; j < r->rule->patterns[i].group_count; j++)
            if (r->rule->patterns[i].groups[j].slot >= 0)
                filled |= 1u << r->rule->patterns[i].groups[j].slot;
    for (size_t j = 0; r->rule->items && j < r->rule->items->group_count; j++)
        if (r->rule->items->groups[j].slot >= 0)
            filled |= 1u << r->rule->items->groups[j].slot;
    for (size_t i = 0; i < r->rule->set_count; i++)
        filled |= 1u << r->rule->sets[i].slot;
    for (size_t i = 0; i < r->rule->fill_count; i++)
        filled |= r->rule->fills[i].slot >= 0 ? 1u << r->rule->fills[i].slot : 0;
    if (r->rule->spreads)
        filled |= 1u << r->rule->spread;
    for (size_t i = 0; i < type->fill_count; i++)
        filled |= type->fills[i].slot >= 0 ? 1u << type->fills[i].slot : 0;
    bool either = true;
    for (size_t i = 0; i < type->slot_count; i++) {
        if (type->slots[i].key == ZW_KEY_YES && !(filled & 1u << i) && !type->slots[i].has_default)
            zw_complain(r->c, r->doc, r->map, "rule '%.*s' never fills key slot '%.*s'", ZW_STR_ARGS(r->rule->name),
                        ZW_STR_ARGS(type->slots[i].name));
        if (type->slots[i].key == ZW_KEY_EITHER)
            either = false;
    }
    for (size_t i = 0; i < type->slot_count; i++)
        either = either || (type->slots[i].key == ZW_KEY_EITHER && filled & 1u << i);
    if (!either)
        zw_complain(r->c, r->doc, r->map, "rule '%.*s' fills none of the key slots of which one is needed",
                    ZW_STR_ARGS(r->rule->name));
}

static void read_items(reader_t *r)
{
    const zw_yaml_node_t *node = zw_yaml_get(r->map, "items");
    if (!node)
        return;
    zw_pattern_t *items = take(r, 1, sizeof(*items));
    if (!items || !read_pattern(r, node, false, items))
        return;
    r->rule->items = items;
    if (!has_helper(r->rule, ZW_STR_LIT("_items")))
        zw_complain(r->c, r->doc, node, "'items' needs a group _items in 'when': the range that it runs over");
}

static void check_examples(reader_t *r)
{
    static const char *const KEYS[] = { "text", "title", "published", "source", "region", "gives", "with", NULL };
    const zw_yaml_node_t *list = zw_yaml_get(r->map, "examples");
    r->rule->examples = list;
    if (!list) {
        zw_warn(r->c, r->doc, r->map, "rule '%.*s' has no examples", ZW_STR_ARGS(r->rule->name));
        return;
    }
    for (size_t i = 0; i < zw_rules_many(list); i++) {
        const zw_yaml_node_t *example = zw_rules_one(list, i);
        if (zw_yaml_kind(example) != ZW_YAML_MAP || !zw_yaml_get(example, "text") || !zw_yaml_get(example, "gives"))
            zw_complain(r->c, r->doc, example, "an example is a map with 'text' and 'gives'");
        else
            (void)zw_rules_keys(r->doc, example, KEYS, r->c);
    }
}

/* True when the rule can be kept. */
static bool read_rule(reader_t *r)
{
    static const char *const KEYS[] = { "rule", "type", "when", "items", "over", "unless", "requires", "pick", "where", "where_not", "set",
                                        "words", "each", "zip", "joins", "fill", "time", "region", "modality", "confidence",
                                        "priority", "coexists", "follows", "spread", "tells", "examples", NULL };
    const zw_yaml_node_t *name = zw_yaml_kind(r->map) == ZW_YAML_MAP ? zw_yaml_get(r->map, "rule") : NULL;
    if (!name || zw_yaml_text(name).n == 0) {
        zw_complain(r->c, r->doc, r->map, "a rule is a map with a name: {rule: NAME, type: TYPE, when: PATTERN}");
        return false;
    }
    *r->rule = (zw_rule_t){ .name = zw_yaml_text(name), .doc = r->doc, .node = r->map };
    for (size_t i = 0; i < r->rules->rule_count; i++)
        if (zw_str_eq(r->rules->rules[i].name, r->rule->name))
            zw_complain(r->c, r->doc, name, "rule '%.*s' is already defined in %s:%u", ZW_STR_ARGS(r->rule->name),
                        zw_yaml_path(r->rules->rules[i].doc), zw_yaml_line(r->rules->rules[i].node));
    (void)zw_rules_keys(r->doc, r->map, KEYS, r->c);
    const zw_yaml_node_t *type = zw_yaml_get(r->map, "type");
    r->rule->type = type ? zw_rules_type(r->rules, zw_yaml_text(type)) : NULL;
    if (!r->rule->type) {
        zw_complain(r->c, r->doc, type ? type : r->map, "rule '%.*s': no type '%.*s'", ZW_STR_ARGS(r->rule->name),
                    ZW_STR_ARGS(type ? zw_yaml_text(type) : ZW_STR_LIT("")));
        return false;
    }
    read_when(r);
    read_items(r);
    read_options(r);
    check_keys(r);
    check_examples(r);
    return true;
}

static void number_patterns(zw_rules_t *rules, zw_complaints_t *c)
{
    for (size_t i = 0; i < rules->rule_count; i++) {
        rules->rules[i].first_pattern = (uint32_t)rules->pattern_total;
        rules->pattern_total += rules->rules[i].pattern_count;
    }
    rules->pattern_rule = zw_arena_calloc(rules->arena, rules->pattern_total, sizeof(*rules->pattern_rule));
    if (!rules->pattern_rule) {
        c->no_memory = true;
        return;
    }
    for (size_t i = 0; i < rules->rule_count; i++)
        for (size_t j = 0; j < rules->rules[i].pattern_count; j++)
            rules->pattern_rule[rules->rules[i].first_pattern + j] = (uint32_t)i;
}

void zw_rules_read_rules(zw_rules_t *rules, zw_complaints_t *c)
{
    size_t n = 0;
    for (size_t d = 0; d < rules->doc_count; d++)
        n += zw_rules_many(zw_yaml_get(zw_yaml_root(rules->docs[d]), "rules"));
    rules->rules = zw_arena_calloc(rules->arena, n, sizeof(*rules->rules));
    if (!rules->rules) {
        c->no_memory = true;
        return;
    }
    for (size_t d = 0; d < rules->doc_count && !c->no_memory; d++) {
        const zw_yaml_node_t *list = zw_yaml_get(zw_yaml_root(rules->docs[d]), "rules");
        if (list && zw_yaml_kind(list) != ZW_YAML_LIST) {
            zw_complain(c, rules->docs[d], list, "rules is a list");
            continue;
        }
        for (size_t i = 0; list && i < zw_yaml_count(list); i++) {
            reader_t r = { rules, rules->docs[d], zw_yaml_at(list, i), &rules->rules[rules->rule_count], c };
            if (read_rule(&r))
                rules->rule_count++;
        }
    }
    number_patterns(rules, c);
}
