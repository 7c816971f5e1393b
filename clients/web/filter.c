#include "filter.h"

#include "edtf.h"
#include "words.h"

#include <errno.h>
#include <stdlib.h>

/* ---- taking it from a request */

typedef struct list {
    const char *key;
    problem_t *problem;
    filter_t *filter;
    char **values;
    size_t *count;
} list_t;

static int add_value(void *ctx, zw_str_t value)
{
    list_t *l = ctx;
    if (*l->count == FILTER_VALUES)
        return problem_set(l->problem, l->key, "takes at most %d values", FILTER_VALUES);
    char *copy = strndup(value.p, value.n);
    if (!copy)
        return -ENOMEM;
    l->values[(*l->count)++] = copy;
    return 0;
}

void region_range(int32_t code, int32_t *low, int32_t *high)
{
    int32_t width = code == 0 ? 1000000 : code % 10000 == 0 ? 10000 : code % 100 == 0 ? 100 : 1;
    *low = code;
    *high = code + width - 1;
}

static int add_region(void *ctx, zw_str_t value)
{
    list_t *l = ctx;
    filter_t *f = l->filter;
    char digits[7] = "000000";
    if (f->region_count == FILTER_VALUES)
        return problem_set(l->problem, l->key, "takes at most %d values", FILTER_VALUES);
    for (size_t k = 0; k < value.n; k++) {
        if (k >= 6 || value.p[k] < '0' || value.p[k] > '9')
            return problem_set(l->problem, l->key, "must be a code of six digits, as 330300");
        digits[k] = value.p[k];
    }
    region_range(atoi(digits), &f->region_low[f->region_count], &f->region_high[f->region_count]);
    f->region_count++;
    return 0;
}

static int add_modality(void *ctx, zw_str_t value)
{
    list_t *l = ctx;
    for (unsigned k = 0; k < MODALITIES; k++)
        if (zw_str_eqz(value, MODALITY_NAMES[k])) {
            l->filter->modalities |= 1u << k;
            return 0;
        }
    return problem_set(l->problem, l->key, "must be asserted, planned, required or negated");
}

static int parse_day(params_t *params, const char *key, bool last, problem_t *problem, int32_t *ret)
{
    const char *text;
    char first[11], end[11];
    int y, m, d, r = params_one(params, key, problem, &text);
    if (r < 0 || !text)
        return r;
    if (strchr(text, '/') || !edtf_days(zw_strz(text), first, end) || sscanf(last ? end : first, "%4d-%2d-%2d", &y, &m, &d) != 3)
        return problem_set(problem, key, "must be a year, month or day, as 2010-11-18");
    *ret = y * 10000 + m * 100 + d;
    return 0;
}

static int parse_numbers(params_t *params, problem_t *problem, filter_t *f)
{
    const char *text;
    char *end;
    int r = params_one(params, "confidence", problem, &text);
    if (r < 0)
        return r;
    if (text) {
        double c = strtod(text, &end);
        if (*end || !(c >= 0 && c <= 1))
            return problem_set(problem, "confidence", "must be a number from 0 to 1");
        f->confidence = (uint16_t)(c * 10000 + 0.5);
    }
    return params_number(params, "article", 1, INT64_MAX, problem, &f->article);
}

static int parse_query(params_t *params, const zw_text_tables_t *tables, problem_t *problem, filter_t *f)
{
    const char *text;
    zw_buf_t _cleanup_buf_ test = { 0 };
    int r = params_one(params, "q", problem, &text);
    if (r < 0 || !text)
        return r;
    if (strlen(text) > WORDS_MAX_BYTES)
        return problem_set(problem, "q", "is longer than %d bytes", WORDS_MAX_BYTES);
    r = words_plain_query(tables, zw_strz(text), &f->query);
    if (r == 0)
        r = words_query(zw_buf_str(&f->query), &test);
    return r == -EINVAL ? problem_set(problem, "q", "must have letters, and at most %d parts", WORDS_MAX_TERMS) : r;
}

int filter_parse(params_t *params, const zw_text_tables_t *tables, problem_t *problem, filter_t *f)
{
    *f = (filter_t){ 0 };
    list_t types = { "type", problem, f, f->types, &f->type_count }, outlets = { "source", problem, f, f->outlets, &f->outlet_count },
           measures = { "indicator", problem, f, f->measures, &f->measure_count }, regions = { "region", problem, f, NULL, NULL },
           modalities = { "modality", problem, f, NULL, NULL };
    int r = params_each(params, "type", add_value, &types);
    if (r == 0)
        r = params_each(params, "source", add_value, &outlets);
    if (r == 0)
        r = params_each(params, "indicator", add_value, &measures);
    if (r == 0)
        r = params_each(params, "region", add_region, &regions);
    if (r == 0)
        r = params_each(params, "modality", add_modality, &modalities);
    if (r == 0)
        r = parse_day(params, "from", false, problem, &f->from);
    if (r == 0)
        r = parse_day(params, "to", true, problem, &f->to);
    if (r == 0)
        r = parse_numbers(params, problem, f);
    return r == 0 ? parse_query(params, tables, problem, f) : r;
}

void filter_done(filter_t *f)
{
    for (size_t k = 0; k < f->type_count; k++)
        free(f->types[k]);
    for (size_t k = 0; k < f->outlet_count; k++)
        free(f->outlets[k]);
    for (size_t k = 0; k < f->measure_count; k++)
        free(f->measures[k]);
    zw_buf_done(&f->query);
    free(f->found);
    free(f->type_wanted);
    *f = (filter_t){ 0 };
}

/* ---- what columns do not have */

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static int find_by(filter_t *f, reader_t *reader, const char *sql, const char *match)
{
    sqlite3_stmt *s;
    size_t capacity = 0;
    int r = 0, step = SQLITE_DONE;
    if (sqlite3_prepare_v2(reader_sql(reader), sql, -1, &s, NULL) != SQLITE_OK)
        return -EIO;
    if (match)
        (void)sqlite3_bind_text(s, 1, match, -1, SQLITE_STATIC);
    if (f->article)
        (void)sqlite3_bind_int64(s, 2, f->article);
    (void)sqlite3_bind_int(s, 3, FILTER_FOUND_MOST + 1);
    while (r == 0 && (step = sqlite3_step(s)) == SQLITE_ROW) {
        if (f->found_count == capacity) {
            capacity = capacity ? capacity * 2 : 1024;
            uint64_t *found = realloc(f->found, capacity * sizeof *found);
            if (!found) {
                r = -ENOMEM;
                break;
            }
            f->found = found;
        }
        f->found[f->found_count++] = (uint64_t)sqlite3_column_int64(s, 0);
    }
    (void)sqlite3_finalize(s);
    return r < 0 ? r : step == SQLITE_INTERRUPT ? -ETIME : step == SQLITE_ROW || step == SQLITE_DONE ? 0 : -EIO;
}

int filter_find(filter_t *f, reader_t *reader)
{
    zw_buf_t _cleanup_buf_ match = { 0 };
    if (f->query.n == 0 && !f->article)
        return 0;
    int r = f->query.n ? words_query(zw_buf_str(&f->query), &match) : 0;
    if (r == 0 && f->query.n)
        r = zw_buf_putc(&match, '\0');
    if (r < 0)
        return r;
    r = find_by(f, reader,
                !f->query.n ? "SELECT fact FROM sources WHERE article=?2 LIMIT ?3" :
                f->article  ? "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid IN (SELECT fact FROM sources WHERE article=?2) LIMIT ?3" :
                              "SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rowid DESC LIMIT ?3",
                f->query.n ? match.p : NULL);
    f->has_found = true;
    f->found_cut = f->found_count > FILTER_FOUND_MOST;
    if (f->found_count > 1)
        qsort(f->found, f->found_count, sizeof *f->found, by_number);
    return r;
}

/* ---- rows */

int filter_bind(filter_t *f, columns_t *columns)
{
    f->found_at = f->found_count;
    if (f->type_count > 0) {
        size_t names = columns_names(columns, NAME_TYPE);
        uint8_t *wanted = calloc(names, 1);
        if (!wanted)
            return -ENOMEM;
        free(f->type_wanted);
        f->type_wanted = wanted;
        f->type_names = names;
        for (size_t k = 0; k < f->type_count; k++)
            wanted[columns_find(columns, NAME_TYPE, zw_strz(f->types[k]))] = 1;
        wanted[0] = 0;
    }
    for (size_t k = 0; k < f->outlet_count; k++)
        f->outlet_numbers[k] = columns_find(columns, NAME_OUTLET, zw_strz(f->outlets[k]));
    for (size_t k = 0; k < f->measure_count; k++)
        f->measure_numbers[k] = columns_find(columns, NAME_MEASURE, zw_strz(f->measures[k]));
    return 0;
}

static bool is_among(uint32_t number, const uint32_t *numbers, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (number && numbers[k] == number)
            return true;
    return false;
}

static bool is_in_regions(const filter_t *f, int32_t region)
{
    for (size_t k = 0; k < f->region_count; k++)
        if (region >= f->region_low[k] && region <= f->region_high[k])
            return true;
    return false;
}

static unsigned misses_of_columns(const filter_t *f, const row_t *row)
{
    unsigned misses = row->gone ? MISS_GONE : 0;
    if (f->type_count && !(row->type < f->type_names && f->type_wanted[row->type]))
        misses |= MISS_TYPE;
    if (f->region_count && !is_in_regions(f, row->region))
        misses |= MISS_REGION;
    if ((f->from && (!row->first_day || row->last_day < f->from)) || (f->to && (!row->last_day || row->first_day > f->to)))
        misses |= MISS_TIME;
    if (f->modalities && !(f->modalities >> row->modality & 1))
        misses |= MISS_MODALITY;
    if (row->confidence < f->confidence)
        misses |= MISS_CONFIDENCE;
    if (f->outlet_count && !is_among(row->outlet, f->outlet_numbers, f->outlet_count))
        misses |= MISS_OUTLET;
    if (f->measure_count && !is_among(row->measure, f->measure_numbers, f->measure_count))
        misses |= MISS_MEASURE;
    return misses;
}

unsigned filter_misses(filter_t *f, const row_t *row)
{
    unsigned misses = misses_of_columns(f, row);
    if (f->has_found) {
        while (f->found_at > 0 && f->found[f->found_at - 1] > row->seq)
            f->found_at--;
        if (f->found_at == 0 || f->found[f->found_at - 1] != row->seq)
            misses |= MISS_FOUND;
    }
    return misses;
}

bool filter_wants(filter_t *f, columns_t *columns, const row_t *row, zw_str_t plain, int64_t article)
{
    (void)columns_read(columns);
    bool wants = filter_bind(f, columns) == 0 && misses_of_columns(f, row) == 0;
    columns_done(columns);
    return wants && (!f->article || f->article == article) && (f->query.n == 0 || words_match(plain, zw_buf_str(&f->query)));
}
