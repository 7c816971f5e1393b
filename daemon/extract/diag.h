/* diag: complaints about rule packs, each at its place in a file.
 *
 * Loading goes on after a mistake, so that one run shows all of them; `errors` says at the end whether there were any.
 * Warnings ("warning: …") are told the same way and do not count. One thread at a time.
 */
#ifndef ZW_EXTRACT_DIAG_H
#define ZW_EXTRACT_DIAG_H

#include "base/yaml_doc.h"

typedef struct zw_complaints {
    zw_diag_fn fn; /* may be NULL */
    void *ctx;
    unsigned errors, warnings;
    bool no_memory; /* set by whoever ran out of it: loading then returns -ENOMEM */
} zw_complaints_t;

/* `node` NULL: the file as a whole. */
void zw_complain(zw_complaints_t *c, const zw_yaml_t *doc, const zw_yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void zw_warn(zw_complaints_t *c, const zw_yaml_t *doc, const zw_yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
