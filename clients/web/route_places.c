/* /api/regions, /api/map. */
#include "fact_json.h"
#include "select.h"
#include "web.h"

#include <errno.h>
#include <stdlib.h>

enum { PLACES = 1000000 };

/* ---- the tree */

static json_t *node(const region_t *region)
{
    return json_pack("{ss, ss, so}", "code", region->code, "name", region->name, "children", json_array());
}

/* Codes ascend, so a place stands behind the one that it lies in. A county whose prefecture has no code of its own lies in the province. */
static json_t *tree(const places_t *places)
{
    size_t count;
    const region_t *all = places_all(places, &count);
    json_t *root = json_pack("{ss, ss, so}", "code", "000000", "name", "全国", "children", json_array()), *province = NULL, *prefecture = NULL;
    int at_province = -1, at_prefecture = -1;
    for (size_t k = 0; k < count; k++) {
        int code = atoi(all[k].code);
        if (all[k].gone)
            continue;
        json_t *place = node(&all[k]);
        json_t *parent = code % 10000 == 0 || code / 10000 != at_province ? root : code % 100 == 0 || code / 100 != at_prefecture ? province : prefecture;
        (void)json_array_append_new(json_object_get(parent, "children"), place);
        if (code % 10000 == 0) {
            province = place;
            at_province = code / 10000;
            at_prefecture = -1;
        } else if (code % 100 == 0) {
            prefecture = place;
            at_prefecture = code / 100;
        }
    }
    return root;
}

void route_regions(request_t *r)
{
    if (web_no_more(r) < 0)
        return;
    web_json(r, MHD_HTTP_OK, tree(r->web->places));
    if (r->response)
        (void)MHD_add_response_header(r->response, MHD_HTTP_HEADER_CACHE_CONTROL, "private, max-age=86400");
}

/* ---- the map */

typedef struct map {
    bool provinces;
    int32_t low, high;   /* the parent */
    uint32_t *counts;    /* by code */
    uint64_t *latest;    /* by code: the fact of an indicator with the latest time */
    int32_t *days;       /* and its last day */
    bool indicator;
} map_t;

/* Beijing and its like have districts where others have prefectures. */
static bool is_city_of_its_own(int32_t code)
{
    int32_t province = code / 10000;
    return province == 11 || province == 12 || province == 31 || province == 50;
}

static int32_t place_of(const map_t *m, int32_t code)
{
    if (m->provinces)
        return code - code % 10000;
    if (code % 10000 == 0)
        return 0; /* of the province as a whole */
    return is_city_of_its_own(code) ? code : code - code % 100;
}

static void count_place(void *ctx, const row_t *row, unsigned misses)
{
    map_t *m = ctx;
    int32_t place = row->region >= m->low && row->region <= m->high ? place_of(m, row->region) : 0;
    (void)misses;
    if (place <= 0)
        return;
    m->counts[place]++;
    /* A place's own figure: not that of a part of it. What is planned has not been reached. */
    if (m->indicator && row->region == place && row->modality == 0 && row->last_day > m->days[place]) {
        m->days[place] = row->last_day;
        m->latest[place] = row->seq;
    }
}

static json_t *place_json(request_t *r, sqlite3_stmt *s, const map_t *m, int32_t code)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%06d", code);
    zw_str_t name = places_name(r->web->places, text);
    json_t *place = json_pack("{ss, ss%, sI, sn, sn, sn, sn}", "code", text, "name", name.p, name.n, "count", (json_int_t)m->counts[code], "value", "unit", "time", "fact");
    if (!m->latest[code])
        return place;
    (void)sqlite3_bind_int64(s, 1, (sqlite3_int64)m->latest[code]);
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL) {
        (void)json_object_set_new(place, "value", json_real(sqlite3_column_double(s, 0)));
        (void)json_object_set_new(place, "unit", fact_json_column(s, 1));
        (void)json_object_set_new(place, "time", fact_json_column(s, 2));
        (void)json_object_set_new(place, "fact", fact_json_column(s, 3));
    }
    (void)sqlite3_reset(s);
    return place;
}

static void answer_map(request_t *r, filter_t *filter, map_t *m)
{
    _cleanup_reader_ reader_t *reader = web_reader(r);
    sqlite3_stmt *s = reader ? web_prepare(r, reader, "SELECT i.value, i.unit, f.time, f.id FROM fact_indicator i JOIN facts f ON f.seq=i._fact WHERE i._fact=?1") : NULL;
    if (!s)
        return;
    m->counts = calloc(PLACES, sizeof *m->counts);
    m->latest = calloc(PLACES, sizeof *m->latest);
    m->days = calloc(PLACES, sizeof *m->days);
    m->indicator = filter->measure_count > 0;
    int e = m->counts && m->latest && m->days ? select_walk(r->web->store, reader, filter, 0, count_place, m) : -ENOMEM;
    json_t *places = json_array();
    for (int32_t code = 0; e == 0 && code < PLACES; code += m->provinces ? 10000 : 1)
        if (m->counts[code])
            (void)json_array_append_new(places, place_json(r, s, m, code));
    (void)sqlite3_finalize(s);
    if (e < 0) {
        json_decref(places);
        web_failed(r, e);
    } else {
        web_json(r, MHD_HTTP_OK, json_pack("{so}", "places", places));
    }
}

static int read_map(request_t *r, map_t *m)
{
    const char *level;
    int64_t parent = 0;
    int e = params_one(&r->params, "level", &r->problem, &level);
    if (e == 0)
        e = params_number(&r->params, "parent", 0, PLACES - 1, &r->problem, &parent);
    if (e < 0)
        return e;
    m->provinces = !level || strcmp(level, "province") == 0;
    if (!m->provinces && strcmp(level, "prefecture") != 0)
        return problem_set(&r->problem, "level", "must be province or prefecture");
    region_range((int32_t)parent, &m->low, &m->high);
    return 0;
}

void route_map(request_t *r)
{
    map_t m = { 0 };
    filter_t filter = { 0 };
    int e = read_map(r, &m);
    if (e < 0)
        web_failed(r, e);
    else if (web_filter(r, &filter) == 0)
        answer_map(r, &filter, &m);
    free(m.counts);
    free(m.latest);
    free(m.days);
    filter_done(&filter);
}
