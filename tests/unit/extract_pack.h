/* For tests: packs written on the spot, and what was complained about. */
#ifndef ZW_TEST_EXTRACT_PACK_H
#define ZW_TEST_EXTRACT_PACK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extract/extract.h"
#include "zw_error.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct pack {
    char folder[64];
    zw_rules_t *rules;
    int result;
    char told[4096]; /* "line:column: message\n" each */
} pack_t;

static inline void pack_tell(void *ctx, const char *file, unsigned line, unsigned column, const char *message)
{
    pack_t *p = ctx;
    size_t n = strlen(p->told);
    snprintf(p->told + n, sizeof(p->told) - n, "%u:%u: %s\n", line, column, message);
}

static inline void pack_load(pack_t *p, const char *yaml)
{
    *p = (pack_t){ .folder = "/tmp/zw_pack_XXXXXX" };
    assert_non_null(mkdtemp(p->folder));
    char path[96];
    snprintf(path, sizeof(path), "%s/pack.yaml", p->folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(yaml, f);
    fclose(f);
    const char *dirs[] = { p->folder };
    p->result = zw_rules_load(dirs, 1, pack_tell, p, &p->rules);
    unlink(path);
    rmdir(p->folder);
}

static inline void pack_done(pack_t *p)
{
    zw_rules_unref(p->rules);
    p->rules = NULL;
}

#endif
