/* time: dates, periods and what points at them, as EDTF. Internal to extract.
 *
 * A time is parsed with the state of the text before it: 次年 and 同年 mean the year after or of the last one, 11月18日
 * takes its year from the sentence, else from the article's date. Scanning does not change the state; the caller takes
 * what it accepts over by zw_time_commit. Pure functions.
 */
#ifndef ZW_EXTRACT_TIME_H
#define ZW_EXTRACT_TIME_H

#include "extract/mention.h"
#include "extract/mention_chars.h"

/* 0: not known or not said. */
typedef struct zw_moment {
    int y, m, d;
} zw_moment_t;

typedef struct zw_time_state {
    zw_moment_t anchor;   /* the article's date */
    zw_moment_t last;     /* the last time that a 次年 or 同月 can point at */
    zw_moment_t sentence; /* the last one with a year of its own in this sentence; year 0: none */
    zw_moment_t day;      /* the last full date that is past */
    int quarter;          /* of the last time that was one, else 0 */
} zw_time_state_t;

typedef struct zw_when {
    zw_moment_t from, to; /* `to` only of an interval */
    bool interval, open;  /* open: without an end */
    bool approximate, vague;
    bool own_year;        /* the year is said or pointed at, not taken from around */
    bool year_only_run;   /* a whole year: may be what follows 到 */
    int quarter;
} zw_when_t;

void zw_time_begin(zw_time_state_t *state, const zw_context_t *context);
/* A full stop was passed. */
void zw_time_sentence(zw_time_state_t *state);

/* Parses a time at `i`; returns the characters used, 0 for none. */
uint32_t zw_time_scan(const zw_chars_t *s, uint32_t i, const zw_time_state_t *state, zw_when_t *ret);
void zw_time_commit(zw_time_state_t *state, const zw_when_t *when);

/* Writes EDTF to `out` (at least 32 bytes); returns its length. */
size_t zw_time_format(const zw_when_t *when, char *out, size_t size);

/* Days since 1970-01-01 of a full date, and back. */
long zw_days_of(zw_moment_t date);
zw_moment_t zw_date_of(long days);

#endif
