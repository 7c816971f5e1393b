#include "base/yaml_doc.h"

#include "zw_buf.h"
#include "zw_error.h"
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

enum { MAX_BYTES = 16 << 20, MAX_DEPTH = 64 };

struct zw_yaml_node {
    zw_yaml_kind_t kind;
    unsigned line, column;
    bool quoted;
    zw_str_t text;
    size_t count;
    zw_yaml_node_t **keys; /* maps only */
    zw_yaml_node_t **items;
};

struct zw_yaml {
    char *path;
    zw_yaml_node_t *root;
};

typedef struct {
    yaml_parser_t parser;
    const char *path;
    zw_diag_fn diag;
    void *ctx;
} reader_t;

static void node_free(zw_yaml_node_t *n)
{
    if (!n)
        return;
    for (size_t i = 0; i < n->count; i++) {
        if (n->keys)
            node_free(n->keys[i]);
        node_free(n->items[i]);
    }
    free(n->keys);
    free(n->items);
    free((char *)n->text.p);
    free(n);
}

static int complain(reader_t *r, yaml_mark_t at, const char *message)
{
    if (r->diag)
        r->diag(r->ctx, r->path, (unsigned)at.line + 1, (unsigned)at.column + 1, message);
    return -ZW_E_CONFIG;
}

static int next_event(reader_t *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event))
        return 0;
    if (r->parser.error == YAML_MEMORY_ERROR)
        return -ENOMEM;
    return complain(r, r->parser.problem_mark, r->parser.problem ? r->parser.problem : "malformed");
}

static int node_read(reader_t *r, const yaml_event_t *event, int depth, zw_yaml_node_t **ret);

static int add_child(zw_yaml_node_t *n, zw_yaml_node_t *key, zw_yaml_node_t *item)
{
    if ((n->count & (n->count - 1)) == 0) {
        size_t cap = n->count ? n->count * 2 : 1;
        zw_yaml_node_t **items = realloc(n->items, cap * sizeof(*items));
        if (!items)
            return -ENOMEM;
        n->items = items;
        if (n->kind == ZW_YAML_MAP) {
            zw_yaml_node_t **keys = realloc(n->keys, cap * sizeof(*keys));
            if (!keys)
                return -ENOMEM;
            n->keys = keys;
        }
    }
    if (n->kind == ZW_YAML_MAP)
        n->keys[n->count] = key;
    n->items[n->count++] = item;
    return 0;
}

static int children_read(reader_t *r, zw_yaml_node_t *n, int depth)
{
    yaml_event_type_t end = n->kind == ZW_YAML_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    for (;;) {
        yaml_event_t event;
        int e = next_event(r, &event);
        if (e < 0)
            return e;
        if (event.type == end) {
            yaml_event_delete(&event);
            return 0;
        }
        zw_yaml_node_t *key = NULL, *item = NULL;
        if (n->kind == ZW_YAML_MAP) {
            e = event.type == YAML_SCALAR_EVENT ? node_read(r, &event, depth + 1, &key)
                                                : complain(r, event.start_mark, "a key must be a plain word");
            for (size_t i = 0; e == 0 && i < n->count; i++)
                if (zw_str_eq(n->keys[i]->text, key->text))
                    e = complain(r, event.start_mark, "this key stands twice");
            yaml_event_delete(&event);
            if (e == 0)
                e = next_event(r, &event);
            if (e < 0) {
                node_free(key);
                return e;
            }
        }
        e = node_read(r, &event, depth + 1, &item);
        yaml_event_delete(&event);
        if (e == 0)
            e = add_child(n, key, item);
        if (e < 0) {
            node_free(key);
            node_free(item);
            return e;
        }
    }
}

static int node_read(reader_t *r, const yaml_event_t *event, int depth, zw_yaml_node_t **ret)
{
    if (event->type == YAML_ALIAS_EVENT)
        return complain(r, event->start_mark, "aliases (*name) are not allowed here");
    if (depth > MAX_DEPTH)
        return complain(r, event->start_mark, "nested too deep");
    zw_yaml_node_t *n = calloc(1, sizeof(*n));
    if (!n)
        return -ENOMEM;
    n->line = (unsigned)event->start_mark.line + 1;
    n->column = (unsigned)event->start_mark.column + 1;
    int e = 0;
    if (event->type == YAML_SCALAR_EVENT) {
        n->kind = ZW_YAML_SCALAR;
        n->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        char *copy = malloc(event->data.scalar.length + 1);
        if (!copy) {
            e = -ENOMEM;
        } else {
            memcpy(copy, event->data.scalar.value, event->data.scalar.length + 1);
            n->text = zw_str(copy, event->data.scalar.length);
        }
    } else {
        n->kind = event->type == YAML_MAPPING_START_EVENT ? ZW_YAML_MAP : ZW_YAML_LIST;
        e = children_read(r, n, depth);
    }
    if (e < 0) {
        node_free(n);
        return e;
    }
    *ret = n;
    return 0;
}

static int document_read(reader_t *r, zw_yaml_node_t **ret)
{
    for (;;) {
        yaml_event_t event;
        int e = next_event(r, &event);
        if (e < 0)
            return e;
        yaml_event_type_t type = event.type;
        if (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT) {
            yaml_event_delete(&event);
            continue;
        }
        if (type == YAML_STREAM_END_EVENT) {
            yaml_event_delete(&event);
            *ret = calloc(1, sizeof(**ret));
            if (!*ret)
                return -ENOMEM;
            **ret = (zw_yaml_node_t){ .kind = ZW_YAML_MAP, .line = 1, .column = 1 };
            return 0;
        }
        e = node_read(r, &event, 0, ret);
        yaml_event_delete(&event);
        return e;
    }
}

int zw_yaml_load(const char *path, zw_diag_fn diag, void *ctx, zw_yaml_t **ret)
{
    _cleanup_buf_ zw_buf_t bytes = { 0 };
    int e = zw_file_read(path, MAX_BYTES, &bytes);
    if (e < 0)
        return e;
    reader_t r = { .path = path, .diag = diag, .ctx = ctx };
    zw_yaml_t *doc = calloc(1, sizeof(*doc));
    if (!doc)
        return -ENOMEM;
    doc->path = strdup(path);
    if (!doc->path || !yaml_parser_initialize(&r.parser)) {
        zw_yaml_free(doc);
        return -ENOMEM;
    }
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes.p, bytes.n);
    e = document_read(&r, &doc->root);
    yaml_parser_delete(&r.parser);
    if (e < 0) {
        zw_yaml_free(doc);
        return e;
    }
    *ret = doc;
    return 0;
}

void zw_yaml_free(zw_yaml_t *doc)
{
    if (!doc)
        return;
    node_free(doc->root);
    free(doc->path);
    free(doc);
}

const char *zw_yaml_path(const zw_yaml_t *doc)
{
    return doc->path;
}

const zw_yaml_node_t *zw_yaml_root(const zw_yaml_t *doc)
{
    return doc->root;
}

zw_yaml_kind_t zw_yaml_kind(const zw_yaml_node_t *n)
{
    return n->kind;
}

unsigned zw_yaml_line(const zw_yaml_node_t *n)
{
    return n->line;
}

unsigned zw_yaml_column(const zw_yaml_node_t *n)
{
    return n->column;
}

zw_str_t zw_yaml_text(const zw_yaml_node_t *n)
{
    return n->text;
}

bool zw_yaml_quoted(const zw_yaml_node_t *n)
{
    return n->quoted;
}

size_t zw_yaml_count(const zw_yaml_node_t *n)
{
    return n->count;
}

const zw_yaml_node_t *zw_yaml_at(const zw_yaml_node_t *n, size_t i)
{
    return n->items[i];
}

const zw_yaml_node_t *zw_yaml_key(const zw_yaml_node_t *n, size_t i)
{
    return n->keys[i];
}

const zw_yaml_node_t *zw_yaml_get(const zw_yaml_node_t *map, const char *key)
{
    for (size_t i = 0; map->kind == ZW_YAML_MAP && i < map->count; i++)
        if (zw_str_eqz(map->keys[i]->text, key))
            return map->items[i];
    return NULL;
}
