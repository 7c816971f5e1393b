/* /api/facets, /api/timeline: how many facts there are of what. One walk over the columns each. */
#include "fact_json.h"
#include "select.h"
#include "web.h"

#include <errno.h>
#include <stdlib.h>

enum { YEARS = 10000, PLACES = 1000000, OUTLETS_MOST = 200, REGIONS_MOST = 400, DAYS_MOST = 4000 };

/* ---- facets */

typedef struct facets {
    size_t total, types[UINT16_MAX + 1], modalities[MODALITIES + 1], years[YEARS];
    uint32_t *outlets, *regions; /* by number, by code */
    size_t outlet_count;
    const filter_t *filter;
} facets_t;

static void count_facets(void *ctx, const row_t *row, unsigned misses)
{
    facets_t *f = ctx;
    f->total += misses == 0;
    if ((misses & ~(unsigned)MISS_TYPE) == 0)
        f->types[row->type]++;
    if ((misses & ~(unsigned)MISS_MODALITY) == 0)
        f->modalities[row->modality]++;
    if ((misses & ~(unsigned)MISS_REGION) == 0)
        f->regions[row->region]++;
    if ((misses & ~(unsigned)MISS_OUTLET) == 0 && row->outlet < f->outlet_count)
        f->outlets[row->outlet]++;
    if ((misses & ~(unsigned)MISS_TIME) == 0 && row->first_day > 0)
        f->years[row->first_day / 10000 % YEARS]++;
}

typedef struct counted {
    uint32_t key;
    size_t count;
} counted_t;

static int by_count(const void *a, const void *b)
{
    const counted_t *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : x->key < y->key ? -1 : x->key > y->key;
}

static json_t *named(columns_t *columns, name_kind_t kind, counted_t *list, size_t n, size_t most)
{
    json_t *out = json_array();
    qsort(list, n, sizeof *list, by_count);
    for (size_t k = 0; k < n && k < most; k++) {
        zw_str_t name = columns_name(columns, kind, list[k].key);
        (void)json_array_append_new(out, json_pack("{ss%, sI}", "value", name.p, name.n, "count", (json_int_t)list[k].count));
    }
    return out;
}

static json_t *types_json(columns_t *columns, const facets_t *f)
{
    counted_t list[UINT8_MAX];
    size_t n = 0, names = columns_names(columns, NAME_TYPE);
    for (uint32_t k = 1; k < names && n < UINT8_MAX; k++)
        if (f->types[k])
            list[n++] = (counted_t){ k, f->types[k] };
    return named(columns, NAME_TYPE, list, n, n);
}

static json_t *outlets_json(columns_t *columns, const facets_t *f)
{
    counted_t *list = calloc(f->outlet_count + 1, sizeof *list);
    size_t n = 0;
    for (uint32_t k = 1; list && k < f->outlet_count; k++)
        if (f->outlets[k])
            list[n++] = (counted_t){ k, f->outlets[k] };
    json_t *out = list ? named(columns, NAME_OUTLET, list, n, OUTLETS_MOST) : NULL;
    free(list);
    return out;
}

static json_t *modalities_json(const facets_t *f)
{
    json_t *out = json_array();
    for (size_t k = 0; k < MODALITIES; k++)
        if (f->modalities[k])
            (void)json_array_append_new(out, json_pack("{ss, sI}", "value", MODALITY_NAMES[k], "count", (json_int_t)f->modalities[k]));
    return out;
}

static json_t *years_json(const facets_t *f)
{
    json_t *out = json_array();
    for (size_t k = YEARS; k-- > 0;)
        if (f->years[k]) {
            char year[24];
            (void)snprintf(year, sizeof year, "%04zu", k);
            (void)json_array_append_new(out, json_pack("{ss, sI}", "value", year, "count", (json_int_t)f->years[k]));
        }
    return out;
}

static size_t sum(const facets_t *f, int32_t low, int32_t high)
{
    size_t n = 0;
    for (int32_t k = low; k <= high && k < PLACES; k++)
        n += f->regions[k];
    return n;
}

/* A place is shown when it is a province, or the next smaller one in a place that was asked for. */
static bool is_shown(const filter_t *filter, int32_t code)
{
    if (code % 10000 == 0)
        return code > 0;
    for (size_t k = 0; k < filter->region_count; k++) {
        int32_t low = filter->region_low[k], width = filter->region_high[k] - low + 1;
        bool inside = code >= low && code <= filter->region_high[k];
        if (inside && ((width == 10000 && code % 100 == 0) || width <= 100))
            return true;
    }
    return false;
}

static json_t *regions_json(const places_t *places, const facets_t *f)
{
    json_t *out = json_array();
    size_t count;
    const region_t *all = places_all(places, &count);
    for (size_t k = 0; k < count && json_array_size(out) < REGIONS_MOST; k++) {
        int32_t low, high, code = atoi(all[k].code);
        if (!is_shown(f->filter, code))
            continue;
        region_range(code, &low, &high);
        size_t n = sum(f, low, high);
        if (n > 0)
            (void)json_array_append_new(out, json_pack("{ss, ss, sI}", "value", all[k].code, "name", all[k].name, "count", (json_int_t)n));
    }
    return out;
}

static void answer_facets(request_t *r, filter_t *filter, facets_t *f)
{
    columns_t *columns = store_columns(r->web->store);
    _cleanup_reader_ reader_t *reader = web_reader(r);
    if (!reader)
        return;
    (void)columns_read(columns);
    f->outlet_count = columns_names(columns, NAME_OUTLET);
    columns_done(columns);
    f->filter = filter;
    f->outlets = calloc(f->outlet_count, sizeof *f->outlets);
    f->regions = calloc(PLACES, sizeof *f->regions);
    int e = f->outlets && f->regions ? select_walk(r->web->store, reader, filter, MISS_TYPE | MISS_MODALITY | MISS_REGION | MISS_OUTLET | MISS_TIME, count_facets, f) : -ENOMEM;
    if (e < 0) {
        web_failed(r, e);
        return;
    }
    (void)columns_read(columns);
    json_t *types = types_json(columns, f), *outlets = outlets_json(columns, f);
    columns_done(columns);
    web_json(r, MHD_HTTP_OK, json_pack("{sI, sb, so, so, so, so, so}", "total", (json_int_t)f->total, "total_exact", !filter->found_cut, "type", types, "region",
                                       regions_json(r->web->places, f), "modality", modalities_json(f), "source", outlets, "year", years_json(f)));
}

void route_facets(request_t *r)
{
    filter_t filter = { 0 };
    facets_t *f = calloc(1, sizeof *f);
    if (f && web_filter(r, &filter) == 0)
        answer_facets(r, &filter, f);
    if (f) {
        free(f->outlets);
        free(f->regions);
    }
    free(f);
    filter_done(&filter);
}

/* ---- timeline */

typedef struct times {
    int32_t unit;     /* 10000: years, 100: months, 1: days */
    uint32_t *counts; /* by day, month or year, as 20101118 / unit */
    size_t undated, coarser;
} times_t;

static void count_time(void *ctx, const row_t *row, unsigned misses)
{
    times_t *t = ctx;
    (void)misses;
    if (row->first_day <= 0)
        t->undated++;
    else if (t->unit < 10000 && row->first_day / t->unit != row->last_day / t->unit)
        t->coarser++; /* of a year, not of its January */
    else
        t->counts[row->first_day / t->unit]++;
}

static json_t *times_json(const times_t *t)
{
    json_t *out = json_array();
    for (int32_t k = 0; k < 100000000 / t->unit && json_array_size(out) < DAYS_MOST; k++) {
        char text[32];
        if (!t->counts[k])
            continue;
        if (t->unit == 10000)
            (void)snprintf(text, sizeof text, "%04d", k);
        else if (t->unit == 100)
            (void)snprintf(text, sizeof text, "%04d-%02d", k / 100, k % 100);
        else
            (void)snprintf(text, sizeof text, "%04d-%02d-%02d", k / 10000, k / 100 % 100, k % 100);
        (void)json_array_append_new(out, json_pack("{ss, sI}", "time", text, "count", (json_int_t)t->counts[k]));
    }
    return out;
}

static int unit_of(request_t *r, int32_t *ret)
{
    const char *by;
    int e = params_one(&r->params, "by", &r->problem, &by);
    if (e < 0)
        return e;
    *ret = !by || strcmp(by, "year") == 0 ? 10000 : strcmp(by, "month") == 0 ? 100 : strcmp(by, "day") == 0 ? 1 : 0;
    return *ret ? 0 : problem_set(&r->problem, "by", "must be year, month or day");
}

void route_timeline(request_t *r)
{
    times_t t = { 0 };
    filter_t filter = { 0 };
    int e = unit_of(r, &t.unit);
    if (e < 0)
        web_failed(r, e);
    else if (web_filter(r, &filter) == 0) {
        _cleanup_reader_ reader_t *reader = web_reader(r);
        t.counts = calloc((size_t)(100000000 / t.unit), sizeof *t.counts);
        e = !reader ? 0 : t.counts ? select_walk(r->web->store, reader, &filter, 0, count_time, &t) : -ENOMEM;
        if (e < 0)
            web_failed(r, e);
        else if (reader)
            web_json(r, MHD_HTTP_OK, json_pack("{so, sI, sI}", "points", times_json(&t), "undated", (json_int_t)t.undated, "coarser", (json_int_t)t.coarser));
        free(t.counts);
    }
    filter_done(&filter);
}
