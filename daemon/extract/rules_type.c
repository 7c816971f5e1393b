/* Packs: the `types` section, and the readers that types and rules share. */
#include "extract/rules.h"
#include "extract/value.h"

#include <string.h>

static const char *const KIND_NAMES[] = { "string", "word", "list", "number", "measure", "quantity", "time", "bool", "map" };
static const char *const TIME_NAMES[] = { "article", "day", "month", "auto", "captured", "now", "none", "last", "year" };

/* ---- readers shared with rules_rule.c */

bool zw_rules_keys(const zw_yaml_t *doc, const zw_yaml_node_t *map, const char *const *allowed, zw_complaints_t *c)
{
    bool good = true;
    for (size_t i = 0; i < zw_yaml_count(map); i++) {
        zw_str_t key = zw_yaml_text(zw_yaml_key(map, i));
        const char *const *a = allowed;
        while (*a && !zw_str_eqz(key, *a))
            a++;
        if (!*a) {
            zw_complain(c, doc, zw_yaml_key(map, i), "unknown key '%.*s'", ZW_STR_ARGS(key));
            good = false;
        }
    }
    return good;
}

size_t zw_rules_many(const zw_yaml_node_t *node)
{
    if (!node)
        return 0;
    return zw_yaml_kind(node) == ZW_YAML_LIST ? zw_yaml_count(node) : 1;
}

const zw_yaml_node_t *zw_rules_one(const zw_yaml_node_t *node, size_t i)
{
    return zw_yaml_kind(node) == ZW_YAML_LIST ? zw_yaml_at(node, i) : node;
}

const zw_type_def_t *zw_rules_type(const zw_rules_t *rules, zw_str_t name)
{
    for (size_t i = 0; i < rules->type_count; i++)
        if (zw_str_eq(rules->types[i].name, name))
            return &rules->types[i];
    return NULL;
}

int zw_type_slot(const zw_type_def_t *type, zw_str_t name)
{
    for (size_t i = 0; i < type->slot_count; i++)
        if (zw_str_eq(type->slots[i].name, name))
            return (int)i;
    return -1;
}

int zw_type_slot_part(const zw_type_def_t *type, zw_str_t name, int *ret_part)
{
    *ret_part = -1;
    const char *split = memmem(name.p, name.n, "__", 2);
    if (!split)
        return zw_type_slot(type, name);
    int slot = zw_type_slot(type, zw_str(name.p, (size_t)(split - name.p)));
    if (slot < 0)
        return -1;
    zw_str_t part = zw_str(split + 2, name.n - (size_t)(split + 2 - name.p));
    for (size_t i = 0; i < type->slots[slot].part_count; i++)
        if (zw_str_eq(type->slots[slot].parts[i].name, part)) {
            *ret_part = (int)i;
            return slot;
        }
    return -1;
}

bool zw_rules_read_time(const zw_yaml_t *doc, const zw_yaml_node_t *node, zw_time_plan_t *ret, zw_complaints_t *c)
{
    for (unsigned i = 0; i < sizeof(TIME_NAMES) / sizeof(*TIME_NAMES); i++)
        if (zw_str_eqz(zw_yaml_text(node), TIME_NAMES[i])) {
            *ret = (zw_time_plan_t)i;
            return true;
        }
    zw_complain(c, doc, node, "time is one of article, day, month, auto, captured, now, none, last");
    return false;
}

void zw_rules_read_regions(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *node, const zw_type_def_t *type,
                           const int **ret, size_t *ret_count, zw_complaints_t *c)
{
    static const char *const NAMES[] = { "auto", "article", "none", "subject" };
    static const int PLANS[] = { ZW_REGION_AUTO, ZW_REGION_ARTICLE, ZW_REGION_NONE, ZW_REGION_SUBJECT };
    size_t n = zw_rules_many(node);
    int *plan = zw_arena_calloc(rules->arena, n, sizeof(*plan));
    if (!plan) {
        c->no_memory = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        zw_str_t name = zw_yaml_text(zw_rules_one(node, i));
        int slot = zw_type_slot(type, name);
        for (size_t j = 0; slot < 0 && j < 4; j++)
            if (zw_str_eqz(name, NAMES[j]))
                slot = PLANS[j];
        if (slot == -1 && !zw_str_eqz(name, "auto"))
            zw_complain(c, doc, zw_rules_one(node, i), "'%.*s' is no slot of %.*s, nor auto, subject, article, none",
                        ZW_STR_ARGS(name), ZW_STR_ARGS(type->name));
        plan[i] = slot;
    }
    *ret = plan;
    *ret_count = n;
}

static const zw_macro_t *find_macro(const zw_rules_t *rules, zw_str_t name)
{
    const zw_macro_t *m = rules->macros;
    while (m && !zw_str_eq(m->name, name))
        m = m->next;
    return m;
}

/* "subject GOV FIRM", "slot issuers", "last award.grantor", "text SAMPLING" */
static bool read_source(const zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *node, const zw_type_def_t *type, zw_fill_source_t *ret,
                        zw_complaints_t *c)
{
    static const char *const NAMES[] = { "subject", "clause", "sentence", "before", "after", "speaker",
                                         "place", "head", "article", "slot", "last", "doing", "text" };
    zw_str_t rest = zw_yaml_text(node), word;
    bool first = true, good = zw_yaml_kind(node) == ZW_YAML_SCALAR && rest.n > 0;
    *ret = (zw_fill_source_t){ .text = rest };
    while (good && rest.n > 0) {
        const char *blank = memchr(rest.p, ' ', rest.n);
        word = zw_str(rest.p, blank ? (size_t)(blank - rest.p) : rest.n);
        rest = blank ? zw_str(blank + 1, rest.n - word.n - 1) : zw_str(rest.p + rest.n, 0);
        if (word.n == 0)
            continue;
        if (first) {
            unsigned i = 0;
            while (i < sizeof(NAMES) / sizeof(*NAMES) && !zw_str_eqz(word, NAMES[i]))
                i++;
            good = i < sizeof(NAMES) / sizeof(*NAMES);
            ret->from = (zw_from_t)i;
            first = false;
        } else if (ret->from == ZW_FROM_SLOT && ret->slot.n > 0) {
            ret->macro = find_macro(rules, word);
            good = ret->macro != NULL;
        } else if (ret->from == ZW_FROM_SLOT) {
            ret->slot = word;
            good = zw_type_slot(type, word) >= 0;
        } else if (ret->from == ZW_FROM_TEXT || (ret->from == ZW_FROM_DOING && !ret->macro)) {
            ret->macro = find_macro(rules, word);
            good = ret->macro != NULL;
        } else if (ret->from == ZW_FROM_LAST) {
            const char *dot = memchr(word.p, '.', word.n);
            good = dot != NULL;
            if (dot) {
                ret->type = zw_str(word.p, (size_t)(dot - word.p));
                ret->slot = zw_str(dot + 1, word.n - ret->type.n - 1);
            }
        } else {
            uint32_t classes = 0;
            good = zw_rules_class(word, &classes) == 0;
            ret->classes |= classes;
        }
    }
    bool needs_slot = ret->from == ZW_FROM_SLOT || ret->from == ZW_FROM_LAST;
    if (!good || (needs_slot && ret->slot.n == 0) || ((ret->from == ZW_FROM_TEXT || ret->from == ZW_FROM_DOING) && !ret->macro))
        zw_complain(c, doc, node, "a source is 'subject|clause|sentence|before|after|speaker|place|head|article [CLASS...]', "
                                  "'slot NAME [MACRO]', 'last TYPE.SLOT', 'doing MACRO CLASS...' or 'text MACRO'");
    return good;
}

void zw_rules_read_fills(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *map, const zw_type_def_t *type,
                         zw_fill_t **ret, size_t *ret_count, zw_complaints_t *c)
{
    if (zw_yaml_kind(map) != ZW_YAML_MAP) {
        zw_complain(c, doc, map, "fill is a map of slots to sources");
        return;
    }
    zw_fill_t *fills = zw_arena_calloc(rules->arena, zw_yaml_count(map), sizeof(*fills));
    if (!fills) {
        c->no_memory = true;
        return;
    }
    for (size_t i = 0; i < zw_yaml_count(map); i++) {
        const zw_yaml_node_t *key = zw_yaml_key(map, i), *value = zw_yaml_at(map, i);
        fills[i].slot = zw_type_slot(type, zw_yaml_text(key));
        if (fills[i].slot < 0)
            zw_complain(c, doc, key, "no slot '%.*s' in type %.*s", ZW_STR_ARGS(zw_yaml_text(key)), ZW_STR_ARGS(type->name));
        size_t n = zw_rules_many(value);
        zw_fill_source_t *sources = zw_arena_calloc(rules->arena, n, sizeof(*sources));
        if (!sources) {
            c->no_memory = true;
            return;
        }
        for (size_t j = 0; j < n; j++)
            (void)read_source(rules, doc, zw_rules_one(value, j), type, &sources[j], c);
        fills[i].sources = sources;
        fills[i].source_count = n;
    }
    *ret = fills;
    *ret_count = zw_yaml_count(map);
}

void zw_rules_read_words(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *map, zw_word_t **ret,
                         size_t *ret_count, zw_complaints_t *c)
{
    if (zw_yaml_kind(map) != ZW_YAML_MAP) {
        zw_complain(c, doc, map, "words is a map: {issue: [出台, 印发], revise: 修订}");
        return;
    }
    size_t n = 0;
    for (size_t i = 0; i < zw_yaml_count(map); i++)
        n += zw_rules_many(zw_yaml_at(map, i));
    zw_word_t *words = zw_arena_calloc(rules->arena, n, sizeof(*words));
    if (!words) {
        c->no_memory = true;
        return;
    }
    n = 0;
    for (size_t i = 0; i < zw_yaml_count(map); i++)
        for (size_t j = 0; j < zw_rules_many(zw_yaml_at(map, i)); j++)
            words[n++] = (zw_word_t){ zw_yaml_text(zw_rules_one(zw_yaml_at(map, i), j)), zw_yaml_text(zw_yaml_key(map, i)) };
    *ret = words;
    *ret_count = n;
}

/* ---- types */

static void read_of(zw_rules_t *rules, const zw_yaml_node_t *node, zw_slot_def_t *slot, zw_complaints_t *c)
{
    slot->of_count = zw_rules_many(node);
    slot->of = zw_arena_calloc(rules->arena, slot->of_count, sizeof(*slot->of));
    if (!slot->of) {
        c->no_memory = true;
        slot->of_count = 0;
    }
    for (size_t i = 0; i < slot->of_count; i++)
        slot->of[i] = zw_yaml_text(zw_rules_one(node, i));
}

static void read_key(const zw_yaml_t *doc, const zw_yaml_node_t *node, zw_slot_def_t *slot, zw_complaints_t *c)
{
    static const char *const NAMES[] = { "false", "true", "either", "optional" };
    for (unsigned i = 0; i < 4; i++)
        if (zw_str_eqz(zw_yaml_text(node), NAMES[i])) {
            slot->key = (zw_key_t)i;
            return;
        }
    zw_complain(c, doc, node, "key is true, either, optional or false");
}

static void read_slot(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *name, const zw_yaml_node_t *map,
                      zw_slot_def_t *slot, bool is_part, zw_complaints_t *c)
{
    static const char *const KEYS[] = { "kind", "key", "of", "words", "parts", "default", "comparator", NULL };
    slot->name = zw_yaml_text(name);
    if (zw_yaml_kind(map) != ZW_YAML_MAP) {
        zw_complain(c, doc, map, "a slot is a map: {kind: string, key: true}");
        return;
    }
    if (memmem(slot->name.p, slot->name.n, "__", 2) || slot->name.n == 0 || slot->name.p[0] == '_' || slot->name.n > 30)
        zw_complain(c, doc, name, "a slot's name has 1 to 30 letters, does not begin with _ and has no __");
    static const char *const TAKEN[] = { "type", "id", "time", "region", "modality", "confidence", "span", "also", "rule" };
    for (size_t i = 0; !is_part && i < sizeof(TAKEN) / sizeof(*TAKEN); i++)
        if (zw_str_eqz(slot->name, TAKEN[i]))
            zw_complain(c, doc, name, "every fact has '%s' already", TAKEN[i]);
    (void)zw_rules_keys(doc, map, KEYS, c);
    const zw_yaml_node_t *node = zw_yaml_get(map, "kind");
    unsigned kind = 0;
    while (node && kind <= ZW_K_MAP && !zw_str_eqz(zw_yaml_text(node), KIND_NAMES[kind]))
        kind++;
    if (kind > ZW_K_MAP || (is_part && (kind == ZW_K_MAP || kind == ZW_K_LIST || kind == ZW_K_QUANTITY))) {
        zw_complain(c, doc, node, "kind is string, word, list, number, measure, quantity, time, bool or map%s",
                    is_part ? " (of a part: string, word, number, measure, time, bool)" : "");
        return;
    }
    slot->kind = (zw_kind_t)kind;
    if ((node = zw_yaml_get(map, "key")))
        read_key(doc, node, slot, c);
    if ((node = zw_yaml_get(map, "of")))
        read_of(rules, node, slot, c);
    if ((node = zw_yaml_get(map, "words")))
        zw_rules_read_words(rules, doc, node, &slot->words, &slot->word_count, c);
    if ((node = zw_yaml_get(map, "comparator")))
        slot->plain = zw_str_eqz(zw_yaml_text(node), "false");
    if ((node = zw_yaml_get(map, "default"))) {
        slot->has_default = true;
        slot->fallback = zw_value_constant(slot->kind, zw_yaml_text(node));
    }
    if (slot->kind == ZW_K_WORD && slot->of_count == 0)
        zw_complain(c, doc, map, "a word slot needs 'of', the list of its words");
    for (size_t i = 0; i < slot->word_count; i++) {
        bool known = false;
        for (size_t j = 0; j < slot->of_count; j++)
            known = known || zw_str_eq(slot->of[j], slot->words[i].word);
        if (!known)
            zw_complain(c, doc, map, "'%.*s' is not one of 'of'", ZW_STR_ARGS(slot->words[i].word));
    }
    node = zw_yaml_get(map, "parts");
    if ((slot->kind == ZW_K_MAP) != (node != NULL))
        zw_complain(c, doc, map, "a map slot, and no other, has 'parts'");
    if (!node || slot->kind != ZW_K_MAP)
        return;
    if (zw_yaml_kind(node) != ZW_YAML_MAP || zw_yaml_count(node) > ZW_MAX_PARTS || zw_yaml_count(node) == 0) {
        zw_complain(c, doc, node, "parts is a map of 1 to %d slots", ZW_MAX_PARTS);
        return;
    }
    slot->parts = zw_arena_calloc(rules->arena, zw_yaml_count(node), sizeof(*slot->parts));
    if (!slot->parts) {
        c->no_memory = true;
        return;
    }
    slot->part_count = zw_yaml_count(node);
    for (size_t i = 0; i < slot->part_count; i++)
        read_slot(rules, doc, zw_yaml_key(node, i), zw_yaml_at(node, i), &slot->parts[i], true, c);
}

static void read_slots(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *map, zw_type_def_t *type,
                       zw_complaints_t *c)
{
    if (!map || zw_yaml_kind(map) != ZW_YAML_MAP || zw_yaml_count(map) == 0 || zw_yaml_count(map) > ZW_MAX_SLOTS) {
        zw_complain(c, doc, map ? map : type->node, "a type has slots: a map of 1 to %d", ZW_MAX_SLOTS);
        return;
    }
    type->slots = zw_arena_calloc(rules->arena, zw_yaml_count(map), sizeof(*type->slots));
    if (!type->slots) {
        c->no_memory = true;
        return;
    }
    type->slot_count = zw_yaml_count(map);
    bool any_key = false;
    for (size_t i = 0; i < type->slot_count; i++) {
        read_slot(rules, doc, zw_yaml_key(map, i), zw_yaml_at(map, i), &type->slots[i], false, c);
        any_key = any_key || type->slots[i].key == ZW_KEY_YES || type->slots[i].key == ZW_KEY_EITHER;
        for (size_t j = 0; j < i; j++)
            if (zw_str_eq(type->slots[j].name, type->slots[i].name))
                zw_complain(c, doc, zw_yaml_key(map, i), "slot '%.*s' twice", ZW_STR_ARGS(type->slots[i].name));
    }
    if (!any_key)
        zw_complain(c, doc, map, "one slot at least has 'key: true' or 'key: either'");
}

static void read_id(const zw_yaml_t *doc, const zw_yaml_node_t *node, zw_type_def_t *type, zw_complaints_t *c)
{
    for (size_t i = 0; i < zw_rules_many(node); i++) {
        zw_str_t name = zw_yaml_text(zw_rules_one(node, i));
        int slot = zw_type_slot(type, name);
        if (zw_str_eqz(name, "time"))
            type->id_time = true;
        else if (zw_str_eqz(name, "region"))
            type->id_region = true;
        else if (slot >= 0)
            type->id_slots |= 1u << slot;
        else
            zw_complain(c, doc, zw_rules_one(node, i), "id parts are time, region or a slot, not '%.*s'", ZW_STR_ARGS(name));
    }
}

static void read_yields(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *map, zw_type_def_t *type,
                        zw_complaints_t *c)
{
    static const char *const KEYS[] = { "to", "on", "share", NULL };
    const zw_yaml_node_t *to = zw_yaml_kind(map) == ZW_YAML_MAP ? zw_yaml_get(map, "to") : NULL, *node;
    if (!to) {
        zw_complain(c, doc, map, "yields is a map: {to: [TYPE...], on: SLOT, share: 0.6}");
        return;
    }
    (void)zw_rules_keys(doc, map, KEYS, c);
    type->yields_to = zw_arena_calloc(rules->arena, zw_rules_many(to), sizeof(*type->yields_to));
    if (!type->yields_to) {
        c->no_memory = true;
        return;
    }
    type->yields_to_count = zw_rules_many(to);
    for (size_t i = 0; i < type->yields_to_count; i++)
        type->yields_to[i] = zw_yaml_text(zw_rules_one(to, i));
    if ((node = zw_yaml_get(map, "on"))) {
        type->yields_on = zw_type_slot(type, zw_yaml_text(node));
        if (type->yields_on < 0)
            zw_complain(c, doc, node, "no slot '%.*s'", ZW_STR_ARGS(zw_yaml_text(node)));
    }
    if ((node = zw_yaml_get(map, "share")) && !zw_value_share(zw_yaml_text(node), &type->yields_share))
        zw_complain(c, doc, node, "share is a number from 0 to 1");
}

static void read_type(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *map, zw_type_def_t *type,
                      zw_complaints_t *c)
{
    static const char *const KEYS[] = { "type", "slots", "id", "strongest", "time", "region", "fill", "yields",
                                        "confidence", "apart", "topical", "far", NULL };
    static const int AUTO[] = { ZW_REGION_AUTO };
    const zw_yaml_node_t *name = zw_yaml_kind(map) == ZW_YAML_MAP ? zw_yaml_get(map, "type") : NULL, *node;
    *type = (zw_type_def_t){ .strongest = -1, .yields_on = -1, .regions = AUTO, .region_count = 1, .confidence = 0.8,
                             .doc = doc, .node = map };
    if (!name || zw_yaml_text(name).n == 0) {
        zw_complain(c, doc, map, "a type is a map with a name: {type: NAME, slots: {...}}");
        return;
    }
    const zw_type_def_t *other = zw_rules_type(rules, zw_yaml_text(name));
    if (other)
        zw_complain(c, doc, name, "type '%.*s' is already defined in %s:%u", ZW_STR_ARGS(zw_yaml_text(name)),
                    zw_yaml_path(other->doc), zw_yaml_line(other->node));
    type->name = zw_yaml_text(name);
    (void)zw_rules_keys(doc, map, KEYS, c);
    read_slots(rules, doc, zw_yaml_get(map, "slots"), type, c);
    if ((node = zw_yaml_get(map, "id")))
        read_id(doc, node, type, c);
    if ((node = zw_yaml_get(map, "strongest"))) {
        type->strongest = zw_type_slot(type, zw_yaml_text(node));
        if (type->strongest < 0 || type->slots[type->strongest].kind != ZW_K_WORD)
            zw_complain(c, doc, node, "strongest names a word slot");
    }
    if ((node = zw_yaml_get(map, "time")))
        (void)zw_rules_read_time(doc, node, &type->time, c);
    if ((node = zw_yaml_get(map, "region")))
        zw_rules_read_regions(rules, doc, node, type, &type->regions, &type->region_count, c);
    node = zw_yaml_get(map, "apart");
    for (size_t i = 0; i < zw_rules_many(node); i++) {
        int slot = zw_type_slot(type, zw_yaml_text(zw_rules_one(node, i)));
        if (slot < 0)
            zw_complain(c, doc, node, "apart names slots of the type");
        else
            type->apart |= 1u << slot;
    }
    if ((node = zw_yaml_get(map, "far"))) {
        type->far_year = zw_str_eqz(zw_yaml_text(node), "year");
        if (!type->far_year)
            zw_complain(c, doc, node, "far: year is expected here");
    }
    if ((node = zw_yaml_get(map, "topical"))) {
        type->topical = zw_str_eqz(zw_yaml_text(node), "true");
        if (!type->topical && !zw_str_eqz(zw_yaml_text(node), "false"))
            zw_complain(c, doc, node, "topical is true or false");
    }
    if ((node = zw_yaml_get(map, "fill")))
        zw_rules_read_fills(rules, doc, node, type, &type->fills, &type->fill_count, c);
    if ((node = zw_yaml_get(map, "yields")))
        read_yields(rules, doc, node, type, c);
    if ((node = zw_yaml_get(map, "confidence")) && !zw_value_share(zw_yaml_text(node), &type->confidence))
        zw_complain(c, doc, node, "confidence is a number from 0 to 1");
}

/* Names of other types and slots can be checked only when all are read. */
static void check_references(const zw_rules_t *rules, const zw_type_def_t *type, zw_complaints_t *c)
{
    for (size_t i = 0; i < type->yields_to_count; i++)
        if (!zw_rules_type(rules, type->yields_to[i]))
            zw_complain(c, type->doc, type->node, "yields: no type '%.*s'", ZW_STR_ARGS(type->yields_to[i]));
}

void zw_rules_read_types(zw_rules_t *rules, zw_complaints_t *c)
{
    size_t n = 0;
    for (size_t d = 0; d < rules->doc_count; d++)
        n += zw_rules_many(zw_yaml_get(zw_yaml_root(rules->docs[d]), "types"));
    rules->types = zw_arena_calloc(rules->arena, n, sizeof(*rules->types));
    if (!rules->types) {
        c->no_memory = true;
        return;
    }
    for (size_t d = 0; d < rules->doc_count; d++) {
        const zw_yaml_node_t *list = zw_yaml_get(zw_yaml_root(rules->docs[d]), "types");
        if (list && zw_yaml_kind(list) != ZW_YAML_LIST) {
            zw_complain(c, rules->docs[d], list, "types is a list");
            continue;
        }
        for (size_t i = 0; list && i < zw_yaml_count(list); i++) {
            read_type(rules, rules->docs[d], zw_yaml_at(list, i), &rules->types[rules->type_count], c);
            rules->type_count++;
        }
    }
    for (size_t i = 0; i < rules->type_count; i++)
        check_references(rules, &rules->types[i], c);
}
