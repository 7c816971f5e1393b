/* Packs: from folders to a zw_rules_t. */
#include "base/file.h"
#include "extract/rules.h"
#include "extract/value.h"
#include "zw_error.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

static int only_packs(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

static int keep_doc(zw_rules_t *rules, zw_yaml_t *doc)
{
    if (rules->doc_count == rules->doc_cap) {
        size_t cap = rules->doc_cap ? rules->doc_cap * 2 : 16;
        zw_yaml_t **docs = realloc(rules->docs, cap * sizeof(*docs));
        if (!docs)
            return -ENOMEM;
        rules->docs = docs;
        rules->doc_cap = cap;
    }
    rules->docs[rules->doc_count++] = doc;
    return 0;
}

static int read_pack(zw_rules_t *rules, const char *path, XXH3_state_t *hash, zw_complaints_t *c)
{
    static const char *const KEYS[] = { "macros", "signals", "types", "rules", "confidence", NULL };
    zw_yaml_t *doc = NULL;
    _cleanup_buf_ zw_buf_t bytes = { 0 };
    int r = zw_file_read(path, 16 << 20, &bytes);
    if (r < 0)
        return r;
    (void)XXH3_128bits_update(hash, bytes.p, bytes.n);
    r = zw_yaml_load(path, c->fn, c->ctx, &doc);
    if (r == -ZW_E_CONFIG) {
        c->errors++;
        return 0;
    }
    if (r < 0)
        return r;
    r = keep_doc(rules, doc);
    if (r < 0) {
        zw_yaml_free(doc);
        return r;
    }
    if (zw_yaml_kind(zw_yaml_root(doc)) != ZW_YAML_MAP)
        zw_complain(c, doc, zw_yaml_root(doc), "a pack is a map of macros, signals, types, rules, confidence");
    else
        (void)zw_rules_keys(doc, zw_yaml_root(doc), KEYS, c);
    return 0;
}

static int read_folder(zw_rules_t *rules, const char *folder, XXH3_state_t *hash, zw_complaints_t *c)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, only_packs, NULL), r = n < 0 ? -errno : 0;
    for (int i = 1; i < n; i++) /* by bytes, whatever the locale */
        for (int j = i; j > 0 && strcmp(entries[j]->d_name, entries[j - 1]->d_name) < 0; j--) {
            struct dirent *swap = entries[j];
            entries[j] = entries[j - 1];
            entries[j - 1] = swap;
        }
    for (int i = 0; i < n; i++) {
        char path[PATH_MAX];
        if (r >= 0 && snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name) >= (int)sizeof(path))
            r = -ENAMETOOLONG;
        if (r >= 0)
            r = read_pack(rules, path, hash, c);
        free(entries[i]);
    }
    free(entries);
    return r;
}

/* confidence: {rule: number}, as `zhiwen rules calibrate` writes it; measured figures win over the rule's own. */
static void read_confidences(zw_rules_t *rules, zw_complaints_t *c)
{
    for (size_t d = 0; d < rules->doc_count; d++) {
        const zw_yaml_t *doc = rules->docs[d];
        const zw_yaml_node_t *map = zw_yaml_get(zw_yaml_root(doc), "confidence");
        if (map && zw_yaml_kind(map) != ZW_YAML_MAP)
            zw_complain(c, doc, map, "confidence is a map of rules to numbers");
        for (size_t i = 0; map && i < zw_yaml_count(map); i++) {
            zw_rule_t *rule = NULL;
            for (size_t j = 0; j < rules->rule_count && !rule; j++)
                if (zw_str_eq(rules->rules[j].name, zw_yaml_text(zw_yaml_key(map, i))))
                    rule = &rules->rules[j];
            double share;
            if (!zw_value_share(zw_yaml_text(zw_yaml_at(map, i)), &share))
                zw_complain(c, doc, zw_yaml_at(map, i), "confidence is a number from 0 to 1");
            else if (rule)
                rule->confidence = share;
            else
                zw_warn(c, doc, zw_yaml_key(map, i), "no rule '%.*s' any more", ZW_STR_ARGS(zw_yaml_text(zw_yaml_key(map, i))));
        }
    }
}

static void check_sources(const zw_rules_t *rules, const zw_fill_t *fills, size_t count, const zw_yaml_t *doc,
                          const zw_yaml_node_t *node, zw_complaints_t *c)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < fills[i].source_count; j++) {
            const zw_fill_source_t *source = &fills[i].sources[j];
            const zw_type_def_t *type = source->from == ZW_FROM_LAST ? zw_rules_type(rules, source->type) : NULL;
            if (source->from == ZW_FROM_LAST && (!type || zw_type_slot(type, source->slot) < 0))
                zw_complain(c, doc, node, "fill: '%.*s' names no slot of a type", ZW_STR_ARGS(source->text));
        }
}

static int compile(zw_rules_t *rules, zw_complaints_t *c)
{
    zw_rules_read_macros(rules, c);
    if (!c->no_memory)
        zw_rules_read_types(rules, c);
    if (!c->no_memory)
        zw_rules_read_rules(rules, c);
    if (c->no_memory)
        return -ENOMEM;
    read_confidences(rules, c);
    for (size_t i = 0; i < rules->type_count; i++)
        check_sources(rules, rules->types[i].fills, rules->types[i].fill_count, rules->types[i].doc, rules->types[i].node, c);
    for (size_t i = 0; i < rules->rule_count; i++)
        check_sources(rules, rules->rules[i].fills, rules->rules[i].fill_count, rules->rules[i].doc, rules->rules[i].node, c);
    if (c->errors)
        return -ZW_E_RULES;
    return zw_prefilter_new(rules, c, &rules->prefilter);
}

static int load(zw_rules_t *rules, const char *const *dirs, size_t dir_count, zw_complaints_t *c)
{
    char shipped[PATH_MAX], message[512] = "";
    const char *const own[] = { shipped };
    int r = 0;
    if (!dirs) {
        r = zw_data_path("rules", shipped, sizeof(shipped));
        if (r < 0)
            return r;
        dirs = own;
        dir_count = 1;
    }
    r = zw_lexicon_open(&rules->lexicon, message, sizeof(message));
    if (r < 0) {
        if (c->fn && message[0])
            c->fn(c->ctx, "lexicon", 1, 1, message);
        return r;
    }
    XXH3_state_t *hash = XXH3_createState();
    if (!hash)
        return -ENOMEM;
    XXH3_128bits_reset(hash);
    for (size_t i = 0; i < dir_count && r >= 0; i++)
        r = read_folder(rules, dirs[i], hash, c);
    uint64_t names = zw_lexicon_hash(rules->lexicon);
    XXH3_128bits_update(hash, &names, sizeof(names));
    XXH128_hash_t digest = XXH3_128bits_digest(hash);
    XXH3_freeState(hash);
    snprintf(rules->version, sizeof(rules->version), "%016llx%016llx", (unsigned long long)digest.high64,
             (unsigned long long)digest.low64);
    return r < 0 ? r : compile(rules, c);
}

int zw_rules_load(const char *const *dirs, size_t dir_count, zw_diag_fn diag, void *ctx, zw_rules_t **ret)
{
    static atomic_uint_fast64_t serials;
    zw_complaints_t c = { .fn = diag, .ctx = ctx };
    zw_rules_t *rules = calloc(1, sizeof(*rules));
    if (!rules)
        return -ENOMEM;
    rules->references = 1;
    rules->serial = atomic_fetch_add(&serials, 1) + 1;
    rules->arena = zw_arena_new(0);
    int r = rules->arena ? load(rules, dirs, dir_count, &c) : -ENOMEM;
    if (r < 0) {
        zw_rules_unref(rules);
        return r;
    }
    *ret = rules;
    return 0;
}

zw_rules_t *zw_rules_ref(zw_rules_t *rules)
{
    __atomic_add_fetch(&rules->references, 1, __ATOMIC_RELAXED);
    return rules;
}

static void free_rule(zw_rule_t *rule)
{
    for (size_t i = 0; i < rule->pattern_count; i++)
        pcre2_code_free(rule->patterns[i].code);
    if (rule->items)
        pcre2_code_free(rule->items->code);
    for (size_t i = 0; i < ZW_SCOPES; i++) {
        pcre2_code_free(rule->unless[i]);
        pcre2_code_free(rule->requires[i]);
    }
    for (size_t i = 0; i < rule->where_count; i++)
        pcre2_code_free(rule->wheres[i].code);
}

void zw_rules_unref(zw_rules_t *rules)
{
    if (!rules || __atomic_sub_fetch(&rules->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < rules->rule_count; i++)
        free_rule(&rules->rules[i]);
    for (size_t i = 0; i < ZW_SIGNALS; i++)
        pcre2_code_free(rules->signals[i]);
    for (zw_macro_t *m = rules->macros; m; m = m->next)
        pcre2_code_free(m->code);
    zw_prefilter_free(rules->prefilter);
    for (size_t i = 0; i < rules->doc_count; i++)
        zw_yaml_free(rules->docs[i]);
    free(rules->docs);
    zw_lexicon_free(rules->lexicon);
    zw_arena_free(rules->arena);
    free(rules);
    (void)malloc_trim(0); /* a set takes 40 MB; kept by the heap, ten reloads would make a daemon half as large again */
}

const char *zw_rules_version(const zw_rules_t *rules)
{
    return rules->version;
}

size_t zw_rules_count(const zw_rules_t *rules)
{
    return rules->rule_count;
}
