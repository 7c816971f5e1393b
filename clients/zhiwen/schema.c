#include "schema.h"

#include "base/yaml_doc.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

enum { MAX_COLUMN = 128 };

void schema_done(schema_t *s)
{
    for (size_t k = 0; k < s->count; k++) {
        for (size_t c = 0; c < s->types[k].count; c++)
            free(s->types[k].columns[c].name);
        free(s->types[k].columns);
        free(s->types[k].name);
    }
    free(s->types);
    *s = (schema_t){ 0 };
}

fact_type_t *schema_type(const schema_t *s, const char *name)
{
    for (size_t k = 0; k < s->count; k++)
        if (strcmp(s->types[k].name, name) == 0)
            return &s->types[k];
    return NULL;
}

static int add_type(schema_t *s, const char *name, fact_type_t **ret)
{
    fact_type_t *types = realloc(s->types, (s->count + 1) * sizeof *types);
    if (!types)
        return -ENOMEM;
    s->types = types;
    types[s->count] = (fact_type_t){ .name = strdup(name) };
    if (!types[s->count].name)
        return -ENOMEM;
    *ret = &types[s->count++];
    return 1;
}

int schema_column(const fact_type_t *type, const char *name)
{
    for (size_t k = 0; k < type->count; k++)
        if (strcasecmp(type->columns[k].name, name) == 0)
            return (int)k;
    return -1;
}

int schema_add(fact_type_t *type, const char *name, column_kind_t kind)
{
    if (schema_column(type, name) >= 0)
        return 0;
    column_t *columns = realloc(type->columns, (type->count + 1) * sizeof *columns);
    if (!columns)
        return -ENOMEM;
    type->columns = columns;
    columns[type->count] = (column_t){ strdup(name), kind };
    if (!columns[type->count].name)
        return -ENOMEM;
    type->count++;
    return 1;
}

bool schema_is_reserved(const char *name)
{
    static const char *const NAMES[] = { "id", "type", "time", "first_day", "last_day", "region", "region_name", "modality", "confidence",
                                         "support", "quote", "rule", "article_number", "article_id", "article_source", "article_url",
                                         "article_title", "article_published", "seq", "added" };
    for (size_t k = 0; k < sizeof NAMES / sizeof *NAMES; k++)
        if (strcasecmp(name, NAMES[k]) == 0)
            return true;
    return false;
}

/* ---- from packs */

static zw_str_t text_of(const zw_yaml_node_t *map, const char *key)
{
    const zw_yaml_node_t *node = zw_yaml_get(map, key);
    return node ? zw_yaml_text(node) : zw_str(NULL, 0);
}

static int add_slot(fact_type_t *type, const char *prefix, zw_str_t name, const zw_yaml_node_t *def)
{
    static const char *const PARTS[] = { "value", "value_max", "unit", "comparator" };
    char column[MAX_COLUMN], part[MAX_COLUMN + 16];
        if (zw_yaml_kind(def) != ZW_YAML_MAP || snprintf(column, sizeof column, "%s%.*s", prefix, ZW_STR_ARGS(name)) >= (int)sizeof column)
        return 0;
    zw_str_t kind = text_of(def, "kind");
    const zw_yaml_node_t *parts = zw_yaml_get(def, "parts");
    bool plain = zw_str_eqz(text_of(def, "comparator"), "false");
    int r = 0;
    if (zw_str_eqz(kind, "quantity")) {
        for (size_t k = 0; k < (plain ? 3u : 4u) && r >= 0; k++) {
            (void)snprintf(part, sizeof part, "%s_%s", column, PARTS[k]);
            r = schema_add(type, part, k < 2 ? COLUMN_NUMBER : COLUMN_TEXT);
        }
        return r;
    }
    if (zw_str_eqz(kind, "map")) {
        (void)snprintf(part, sizeof part, "%s_", column);
        for (size_t k = 0; parts && zw_yaml_kind(parts) == ZW_YAML_MAP && k < zw_yaml_count(parts) && r >= 0; k++)
            r = add_slot(type, part, zw_yaml_text(zw_yaml_key(parts, k)), zw_yaml_at(parts, k));
        return r;
    }
    bool number = zw_str_eqz(kind, "number") || zw_str_eqz(kind, "measure");
    return schema_add(type, column, number ? COLUMN_NUMBER : zw_str_eqz(kind, "bool") ? COLUMN_BOOL :
                      zw_str_eqz(kind, "list") ? COLUMN_LIST : COLUMN_TEXT);
}

static int add_from_pack(schema_t *s, const zw_yaml_node_t *def)
{
    char name[MAX_COLUMN];
    zw_str_t given = text_of(def, "type");
    const zw_yaml_node_t *slots = zw_yaml_get(def, "slots");
    if (given.n == 0 || given.n >= sizeof name || !slots || zw_yaml_kind(slots) != ZW_YAML_MAP)
        return 0;
    (void)snprintf(name, sizeof name, "%.*s", ZW_STR_ARGS(given));
    fact_type_t *type = schema_type(s, name);
    int r = type ? 0 : add_type(s, name, &type);
    for (size_t k = 0; k < zw_yaml_count(slots) && r >= 0; k++)
        r = add_slot(type, "", zw_yaml_text(zw_yaml_key(slots, k)), zw_yaml_at(slots, k));
    return r;
}

static int load_pack(schema_t *s, const char *path)
{
    zw_yaml_t _cleanup_yaml_ *doc = NULL;
    if (zw_yaml_load(path, NULL, NULL, &doc) < 0)
        return 0;
    const zw_yaml_node_t *root = zw_yaml_root(doc);
    const zw_yaml_node_t *types = zw_yaml_kind(root) == ZW_YAML_MAP ? zw_yaml_get(root, "types") : NULL;
    int r = 0;
    for (size_t k = 0; types && zw_yaml_kind(types) == ZW_YAML_LIST && k < zw_yaml_count(types) && r >= 0; k++)
        if (zw_yaml_kind(zw_yaml_at(types, k)) == ZW_YAML_MAP)
            r = add_from_pack(s, zw_yaml_at(types, k));
    return r;
}

int schema_load(schema_t *s, const char *folder)
{
    char pattern[4096];
    glob_t packs;
    if (access(folder, R_OK) < 0)
        return -errno;
    if (snprintf(pattern, sizeof pattern, "%s/*.yaml", folder) >= (int)sizeof pattern)
        return -ENAMETOOLONG;
    int found = glob(pattern, 0, NULL, &packs), r = found == GLOB_NOSPACE ? -ENOMEM : 0;
    for (size_t k = 0; found == 0 && k < packs.gl_pathc && r >= 0; k++)
        r = load_pack(s, packs.gl_pathv[k]);
    if (found == 0)
        globfree(&packs);
    return r < 0 ? r : 0;
}

/* ---- from facts */

static bool is_common(const char *key)
{
    static const char *const COMMON[] = { "type", "id", "time", "region", "modality", "confidence", "span", "also", "rule" };
    for (size_t k = 0; k < sizeof COMMON / sizeof *COMMON; k++)
        if (strcmp(key, COMMON[k]) == 0)
            return true;
    return false;
}

int schema_slots(json_t *fact, int (*each)(void *ctx, const char *column, json_t *value), void *ctx)
{
    const char *key, *part;
    json_t *value, *inner;
    char name[2 * MAX_COLUMN];
    int r = 0;
    json_object_foreach(fact, key, value) {
        if (is_common(key) || json_is_null(value))
            continue;
        if (!json_is_object(value)) {
            r = each(ctx, key, value);
        } else {
            json_object_foreach(value, part, inner) {
                (void)snprintf(name, sizeof name, "%.*s_%.*s", MAX_COLUMN - 1, key, MAX_COLUMN - 1, part);
                if (r >= 0 && !json_is_null(inner))
                    r = each(ctx, name, inner);
            }
        }
        if (r < 0)
            return r;
    }
    return 0;
}

typedef struct learning {
    fact_type_t *type;
    bool added;
} learning_t;

static int learn(void *ctx, const char *column, json_t *value)
{
    learning_t *l = ctx;
    column_kind_t kind = json_is_number(value) ? COLUMN_NUMBER : json_is_boolean(value) ? COLUMN_BOOL :
                         json_is_array(value) ? COLUMN_LIST : COLUMN_TEXT;
    int r = schema_add(l->type, column, kind);
    l->added = l->added || r == 1;
    return r;
}

int schema_learn(schema_t *s, const char *type, json_t *fact, fact_type_t **ret_type)
{
    learning_t l = { schema_type(s, type), false };
    int r = l.type ? 0 : add_type(s, type, &l.type);
    if (r < 0)
        return r;
    l.added = r == 1;
    r = schema_slots(fact, learn, &l);
    *ret_type = l.type;
    return r < 0 ? r : l.added;
}
