/* /api/indicators, /api/series. */
#include "fact_json.h"
#include "select.h"
#include "web.h"
#include "words.h"

#include <errno.h>
#include <stdlib.h>

enum { NAMES_USUAL = 50, NAMES_MOST = 500, POINTS_MOST = 5000, SERIES_MOST = 50 };

/* ---- what is measured */

typedef struct measures {
    struct {
        uint32_t number, count, unit;
    } *list; /* by number; unit: of the newest */
    size_t count;
} measures_t;

static void count_measure(void *ctx, const row_t *row, unsigned misses)
{
    measures_t *m = ctx;
    (void)misses;
    if (row->measure == 0 || row->measure >= m->count)
        return;
    m->list[row->measure].number = row->measure;
    if (m->list[row->measure].count++ == 0)
        m->list[row->measure].unit = row->unit;
}

static int by_count(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b; /* number, count, unit */
    return x[1] != y[1] ? (x[1] < y[1] ? 1 : -1) : x[0] < y[0] ? -1 : x[0] > y[0];
}

static json_t *measures_json(columns_t *columns, measures_t *m, zw_str_t wanted, size_t limit)
{
    json_t *out = json_array();
    qsort(m->list, m->count, sizeof *m->list, by_count);
    (void)columns_read(columns);
    for (size_t k = 0; k < m->count && m->list[k].count && json_array_size(out) < limit; k++) {
        zw_str_t name = columns_name(columns, NAME_MEASURE, m->list[k].number), unit = columns_name(columns, NAME_MEASURE, m->list[k].unit);
        if (words_match(name, wanted))
            (void)json_array_append_new(out, json_pack("{ss%, so, sI}", "name", name.p, name.n, "unit", unit.n ? json_stringn(unit.p, unit.n) : json_null(), "count",
                                                       (json_int_t)m->list[k].count));
    }
    columns_done(columns);
    return out;
}

void route_indicators(request_t *r)
{
    const char *text = NULL;
    int64_t limit = NAMES_USUAL;
    zw_buf_t _cleanup_buf_ wanted = { 0 };
    filter_t none = { 0 };
    columns_t *columns = store_columns(r->web->store);
    int e = params_one(&r->params, "q", &r->problem, &text);
    if (e == 0)
        e = params_number(&r->params, "limit", 1, NAMES_MOST, &r->problem, &limit);
    if (e == 0 && text)
        e = strlen(text) > WORDS_MAX_BYTES ? problem_set(&r->problem, "q", "is longer than %d bytes", WORDS_MAX_BYTES) : words_plain_query(r->web->tables, zw_strz(text), &wanted);
    if (e < 0) {
        web_failed(r, e);
        return;
    }
    if (web_no_more(r) < 0)
        return;
    measures_t m = { 0 };
    (void)columns_read(columns);
    m.count = columns_names(columns, NAME_MEASURE);
    columns_done(columns);
    m.list = calloc(m.count, sizeof *m.list);
    e = m.list ? select_walk(r->web->store, NULL, &none, 0, count_measure, &m) : -ENOMEM;
    if (e < 0)
        web_failed(r, e);
    else
        web_json(r, MHD_HTTP_OK, json_pack("{so}", "indicators", measures_json(columns, &m, zw_buf_str(&wanted), (size_t)limit)));
    free(m.list);
}

/* ---- values over time */

static const char POINT[] = "SELECT f.region, i.unit, f.time, i.value, f.modality, f.id, i.subject, i.baseline_value, i.baseline_time FROM fact_indicator i"
                            " JOIN facts f ON f.seq=i._fact WHERE i._fact=?1 AND i.value IS NOT NULL AND f.time IS NOT NULL";

typedef struct spot {
    uint64_t seq;
    int32_t region, day;
    uint32_t unit;
} spot_t;

typedef struct spots {
    spot_t *list; /* the newest POINTS_MOST of them */
    size_t count;
    const filter_t *filter;
} spots_t;

/* The place itself, not what lies in it. What is denied has no value. */
static void take_spot(void *ctx, const row_t *row, unsigned misses)
{
    spots_t *s = ctx;
    bool wanted = s->filter->region_count == 0;
    (void)misses;
    for (size_t k = 0; k < s->filter->region_count && !wanted; k++)
        wanted = row->region == s->filter->region_low[k];
    if (wanted && s->count < POINTS_MOST && row->first_day && strcmp(row->modality < MODALITIES ? MODALITY_NAMES[row->modality] : "", "negated") != 0)
        s->list[s->count++] = (spot_t){ row->seq, row->region, row->first_day, row->unit };
}

static int by_place_and_day(const void *a, const void *b)
{
    const spot_t *x = a, *y = b;
    return x->region != y->region ? (x->region < y->region ? -1 : 1) : x->unit != y->unit ? (x->unit < y->unit ? -1 : 1) :
           x->day != y->day       ? (x->day < y->day ? -1 : 1) : x->seq < y->seq ? -1 : x->seq > y->seq;
}

static json_t *point(sqlite3_stmt *s, int time, int value, const char *kind)
{
    return json_pack("{so, sf, ss, so, so}", "time", fact_json_column(s, time), "value", sqlite3_column_double(s, value), "kind", kind, "fact", fact_json_column(s, 5), "subject",
                     fact_json_column(s, 6));
}

static bool is_text(json_t *object, const char *key, const char *text)
{
    const char *has = json_string_value(json_object_get(object, key));
    return text && has ? strcmp(has, text) == 0 : !text && !has;
}

/* The series of the place and unit at which the statement stands: the last one, or a new one. NULL: there are enough. */
static json_t *series_of(request_t *r, json_t *all, sqlite3_stmt *s)
{
    const char *region = (const char *)sqlite3_column_text(s, 0), *unit = (const char *)sqlite3_column_text(s, 1);
    json_t *last = json_array_get(all, json_array_size(all) - 1);
    if (last && is_text(last, "region", region ? region : "000000") && is_text(last, "unit", unit))
        return json_object_get(last, "points");
    if (json_array_size(all) >= SERIES_MOST)
        return NULL;
    zw_str_t name = region ? places_name(r->web->places, region) : ZW_STR_LIT("全国");
    json_t *points = json_array();
    (void)json_array_append_new(all, json_pack("{ss, ss%, so, so}", "region", region ? region : "000000", "name", name.p, name.n, "unit", fact_json_column(s, 1), "points", points));
    return points;
}

static void add_points(request_t *r, json_t *all, sqlite3_stmt *s)
{
    const char *modality = (const char *)sqlite3_column_text(s, 4);
    bool target = modality && (strcmp(modality, "planned") == 0 || strcmp(modality, "required") == 0);
    json_t *points = series_of(r, all, s);
    if (!points)
        return;
    (void)json_array_append_new(points, point(s, 2, 3, target ? "target" : "reached"));
    if (sqlite3_column_type(s, 7) != SQLITE_NULL && sqlite3_column_type(s, 8) != SQLITE_NULL)
        (void)json_array_append_new(points, point(s, 8, 7, "baseline"));
}

static void answer_series(request_t *r, filter_t *filter)
{
    _cleanup_reader_ reader_t *reader = web_reader(r);
    sqlite3_stmt *s = reader ? web_prepare(r, reader, POINT) : NULL;
    spots_t spots = { .list = s ? calloc(POINTS_MOST, sizeof *spots.list) : NULL, .filter = filter };
    if (!s)
        return;
    int e = spots.list ? select_walk(r->web->store, reader, filter, 0, take_spot, &spots) : -ENOMEM;
    json_t *all = json_array();
    if (spots.count > 1)
        qsort(spots.list, spots.count, sizeof *spots.list, by_place_and_day);
    for (size_t k = 0; e == 0 && k < spots.count; k++) {
        (void)sqlite3_bind_int64(s, 1, (sqlite3_int64)spots.list[k].seq);
        int step = sqlite3_step(s);
        if (step == SQLITE_ROW)
            add_points(r, all, s);
        e = step == SQLITE_INTERRUPT ? -ETIME : step == SQLITE_ROW || step == SQLITE_DONE ? 0 : -EIO;
        (void)sqlite3_reset(s);
    }
    (void)sqlite3_finalize(s);
    free(spots.list);
    if (e == 0) {
        web_json(r, MHD_HTTP_OK, json_pack("{so}", "series", all));
    } else {
        json_decref(all);
        web_failed(r, e);
    }
}

void route_series(request_t *r)
{
    filter_t filter = { 0 };
    if (web_filter(r, &filter) == 0) {
        if (filter.measure_count == 1)
            answer_series(r, &filter);
        else
            web_error(r, MHD_HTTP_BAD_REQUEST, "indicator", "is needed, and one only");
    }
    filter_done(&filter);
}
