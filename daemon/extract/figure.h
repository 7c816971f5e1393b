/* figure: a number without its unit, in digits or in Chinese numerals. Internal to extract. Pure functions. */
#ifndef ZW_EXTRACT_FIGURE_H
#define ZW_EXTRACT_FIGURE_H

#include "extract/mention_chars.h"

typedef struct zw_figure {
    double value, scale; /* value has the scale in it */
    bool vague;          /* 30多, 数十, 百余 */
    bool digits;         /* written with 0-9 */
    bool single;         /* one Chinese numeral */
    bool leading_zero;
    uint32_t digit_run;  /* length of the first run of digits */
} zw_figure_t;

/* Reads the figure at `i`: 3616, 1 862, 1.2亿, 4万1377, 三千六百一十六, 百余, 数十. Returns the characters used, 0 for
 * none. */
uint32_t zw_figure_scan(const zw_chars_t *s, uint32_t i, zw_figure_t *ret);

/* 十 百 千 万 亿 as a factor, 0 for other characters. */
double zw_figure_scale(uint32_t cp);
/* 千 that belongs to the unit behind it (千克), 万 that begins a word (万科). */
bool zw_figure_scale_is_word(const zw_chars_t *s, uint32_t i);
/* What may stand between groups of three digits. */
bool zw_figure_separates(uint32_t cp);

#endif
