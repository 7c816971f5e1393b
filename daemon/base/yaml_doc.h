/* yaml_doc: a YAML file as a tree, every node with its line and column.
 *
 * A thin layer over libyaml's document API, for the configuration and for rule packs: one way to read, one way to
 * complain. Ownership: the document owns its nodes; strings are borrowed until zw_yaml_free. One thread at a time.
 */
#ifndef ZW_YAML_DOC_H
#define ZW_YAML_DOC_H

#include "zw_str.h"

typedef struct zw_yaml zw_yaml_t;
typedef struct zw_yaml_node zw_yaml_node_t; /* borrowed from its document; never freed */

typedef enum { ZW_YAML_SCALAR, ZW_YAML_LIST, ZW_YAML_MAP } zw_yaml_kind_t;

/* Gets each complaint as "file:line:column: message"; borrowed for the call. */
typedef void (*zw_diag_fn)(void *ctx, const char *file, unsigned line, unsigned column, const char *message);

/* Parses one document. Returns 0, -errno, or -ZW_E_CONFIG after having told `diag` where it is malformed. Aliases
 * and anchors are refused (they can explode). An empty file gives an empty map. At most 16 MiB. */
int zw_yaml_load(const char *path, zw_diag_fn diag, void *ctx, zw_yaml_t **ret);
void zw_yaml_free(zw_yaml_t *doc); /* takes NULL */
static inline void zw_yaml_freep(zw_yaml_t **doc)
{
    zw_yaml_free(*doc);
}
#define _cleanup_yaml_ __attribute__((cleanup(zw_yaml_freep)))

const char *zw_yaml_path(const zw_yaml_t *doc);
const zw_yaml_node_t *zw_yaml_root(const zw_yaml_t *doc);
zw_yaml_kind_t zw_yaml_kind(const zw_yaml_node_t *node);
unsigned zw_yaml_line(const zw_yaml_node_t *node);   /* from 1 */
unsigned zw_yaml_column(const zw_yaml_node_t *node); /* from 1 */

/* A scalar's text (empty for others); whether it was written in quotes. */
zw_str_t zw_yaml_text(const zw_yaml_node_t *node);
bool zw_yaml_quoted(const zw_yaml_node_t *node);

/* Children: of a list its items, of a map its values; zw_yaml_key gives the i-th key of a map. */
size_t zw_yaml_count(const zw_yaml_node_t *node);
const zw_yaml_node_t *zw_yaml_at(const zw_yaml_node_t *node, size_t i);
const zw_yaml_node_t *zw_yaml_key(const zw_yaml_node_t *node, size_t i);

/* The value behind `key` in a map, or NULL. */
const zw_yaml_node_t *zw_yaml_get(const zw_yaml_node_t *map, const char *key);

#endif
