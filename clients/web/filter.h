/* filter: which facts are wanted (API.md, "Filters").
 *
 * Purpose. filter_parse takes it from a request's parameters; filter_find asks the full-text index and the sources for what columns
 * do not have; filter_bind fits it to the columns while they are held, and filter_misses tells of a row which parts of the filter
 * it does not meet, so that counts of one facet can leave out its own part.
 * Threading. A filter is one thread's.
 */
#ifndef WEB_FILTER_H
#define WEB_FILTER_H

#include "params.h"
#include "store.h"
#include "zw_buf.h"

enum { FILTER_VALUES = 32, FILTER_FOUND_MOST = 200000 };

enum {
    MISS_TYPE = 1, MISS_REGION = 2, MISS_TIME = 4, MISS_MODALITY = 8, MISS_CONFIDENCE = 16, MISS_OUTLET = 32, MISS_MEASURE = 64,
    MISS_FOUND = 128, MISS_GONE = 256
};

typedef struct filter {
    char *types[FILTER_VALUES], *outlets[FILTER_VALUES], *measures[FILTER_VALUES];
    size_t type_count, outlet_count, measure_count;
    int32_t region_low[FILTER_VALUES], region_high[FILTER_VALUES];
    size_t region_count;
    unsigned modalities;    /* bits; 0: all */
    int32_t from, to;       /* days; 0: open */
    uint16_t confidence;
    int64_t article;        /* 0: any */
    zw_buf_t query;         /* plain */

    uint64_t *found;        /* ascending: facts of the query and the article */
    size_t found_count;
    bool has_found, found_cut; /* cut: only the newest ones of the query are among them */
    size_t found_at;        /* for walks from the end */

    uint8_t *type_wanted;   /* by number */
    size_t type_names;
    uint32_t outlet_numbers[FILTER_VALUES], measure_numbers[FILTER_VALUES];
} filter_t;

/* 0, -EINVAL (problem), -ENOMEM. `ret` is to be filter_done in any case. */
int filter_parse(params_t *params, const zw_text_tables_t *tables, problem_t *problem, filter_t *ret);
void filter_done(filter_t *filter);

/* 0; -ETIME: it would take too long; -EIO, -ENOMEM. */
int filter_find(filter_t *filter, reader_t *reader);
/* Between columns_read and columns_done; again after the next columns_read. 0, -ENOMEM. */
int filter_bind(filter_t *filter, columns_t *columns);
/* MISS_* of the row. Rows must be asked about from the newest to the oldest, after filter_bind. */
unsigned filter_misses(filter_t *filter, const row_t *row);
/* For events as they happen, without filter_find: by the row and its plain words. Binds by itself. */
bool filter_wants(filter_t *filter, columns_t *columns, const row_t *row, zw_str_t plain, int64_t article);

/* The codes that lie in a place: 330000 has 330000 to 339999, 330300 has 330300 to 330399, 0 has all. */
void region_range(int32_t code, int32_t *ret_low, int32_t *ret_high);

#endif
