#include "places.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_REGIONS = 8000 };

struct places {
    region_t regions[MAX_REGIONS]; /* sorted by code */
    size_t count;
};

static int add_region(void *ctx, unsigned number, zw_str_t line)
{
    places_t *p = ctx;
    zw_str_t fields[7];
    size_t count = zw_split_tabs(line, fields, 7);
    if (count < 2 || fields[0].n != 6 || p->count == MAX_REGIONS)
        return 0;
    region_t *r = &p->regions[p->count];
    r->name = strndup(fields[1].p, fields[1].n);
    if (!r->name)
        return -1;
    memcpy(r->code, fields[0].p, 6);
    r->gone = count > 5 && fields[5].n > 0;
    p->count++;
    return 0;
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const region_t *)a)->code, ((const region_t *)b)->code);
}

places_t *places_load(void)
{
    char path[4096];
    places_t *p = calloc(1, sizeof *p);
    if (!p || zw_data_path("rules/lexicon/regions.tsv", path, sizeof path) < 0)
        return p;
    (void)zw_file_lines(path, add_region, p);
    qsort(p->regions, p->count, sizeof *p->regions, by_code);
    return p;
}

void places_free(places_t *p)
{
    if (!p)
        return;
    for (size_t k = 0; k < p->count; k++)
        free(p->regions[k].name);
    free(p);
}

zw_str_t places_name(const places_t *p, const char *code)
{
    region_t key = { 0 };
    (void)snprintf(key.code, sizeof key.code, "%s", code);
    const region_t *r = p->count ? bsearch(&key, p->regions, p->count, sizeof key, by_code) : NULL;
    return zw_strz(r ? r->name : code);
}

const region_t *places_all(const places_t *p, size_t *ret_count)
{
    *ret_count = p->count;
    return p->regions;
}
