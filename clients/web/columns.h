/* columns: what filters and counts look at, of every fact that stands, in memory.
 *
 * Purpose. A filter over a million facts is one walk over 40 bytes each (some milliseconds) instead of a dozen indexes on disk: facts
 * themselves stay in SQLite. Rows are in the order of their `seq`, so "newest first" is the walk from the end.
 * Threading. One writer; any number of readers. Everything between columns_read and columns_done sees one state.
 * Limits. A million facts take 40 MB.
 */
#ifndef WEB_COLUMNS_H
#define WEB_COLUMNS_H

#include "zw_str.h"

typedef struct columns columns_t;

enum { MODALITIES = 4 };
extern const char *const MODALITY_NAMES[MODALITIES]; /* asserted, planned, required, negated */

/* Names that rows have by number: 0 is none. */
typedef enum { NAME_TYPE, NAME_OUTLET, NAME_MEASURE, NAME_KINDS } name_kind_t;

typedef struct row {
    uint64_t seq;             /* of the event that first told of it: its number in SQLite, and the cursor of pages */
    int32_t first_day, last_day; /* 20101118; 0: no time */
    int32_t region;           /* 330300; 0: none */
    uint32_t measure, outlet; /* of indicators what is measured; who published the article whose words it has */
    uint32_t unit;            /* a name of NAME_MEASURE */
    uint16_t type;
    uint16_t confidence;      /* ten-thousandths */
    uint8_t modality;         /* MODALITIES: another */
    bool gone;                /* taken back */
} row_t;

columns_t *columns_new(void); /* NULL without memory */
void columns_free(columns_t *columns); /* takes NULL */

/* ---- the writer */

/* The number of a name, made if it is new. -ENOMEM; the empty name is 0. */
int64_t columns_intern(columns_t *columns, name_kind_t kind, zw_str_t name);
/* Adds the row, or puts it in place of the one with its seq. 0, -ENOMEM. */
int columns_put(columns_t *columns, const row_t *row);
void columns_remove(columns_t *columns, uint64_t seq);
void columns_clear(columns_t *columns);

/* ---- readers */

typedef struct view {
    const row_t *rows; /* ascending by seq; some `gone` */
    size_t count;
    size_t standing;   /* those that are not */
} view_t;

view_t columns_read(columns_t *columns); /* then columns_done, soon: the writer waits */
void columns_done(columns_t *columns);
/* Between the two. The number of a name, 0 when there is none; a number's name. */
uint32_t columns_find(columns_t *columns, name_kind_t kind, zw_str_t name);
zw_str_t columns_name(columns_t *columns, name_kind_t kind, uint32_t number);
size_t columns_names(columns_t *columns, name_kind_t kind); /* one more than the greatest number */
/* The index of the first row with a seq of at least this one. */
size_t view_lower(const view_t *view, uint64_t seq);

#endif
