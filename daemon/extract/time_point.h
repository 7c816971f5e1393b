/* time_point: one point in time, as the text writes it. Internal to time.c. */
#ifndef ZW_EXTRACT_TIME_POINT_H
#define ZW_EXTRACT_TIME_POINT_H

#include "extract/time.h"

typedef struct zw_time_point {
    zw_moment_t t;
    zw_moment_t end;  /* of 上半年, a quarter, a week; y or m 0: none */
    bool own_year;    /* said or pointed at, not taken from around */
    bool bare_digits; /* 2006 without 年: good only at the ends of a range */
    int quarter;
} zw_time_point_t;

/* Parses a point at `i`; returns the characters used, 0 for none. */
uint32_t zw_time_point(const zw_chars_t *s, uint32_t i, const zw_time_state_t *state, zw_time_point_t *ret);
/* 15日, with the month that was named last. */
uint32_t zw_time_bare_day(const zw_chars_t *s, uint32_t i, const zw_time_state_t *state, zw_time_point_t *ret);
/* The second end of a range: 9月, 9月30日, 30日, without a year. */
uint32_t zw_time_month_or_day(const zw_chars_t *s, uint32_t i, zw_time_point_t *ret);

#endif
