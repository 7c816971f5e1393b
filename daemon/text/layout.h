/* layout: lines of the repaired text, shared by layout.c, double.c, related.c and date.c. Internal to text. */
#ifndef ZW_TEXT_LAYOUT_H
#define ZW_TEXT_LAYOUT_H

#include "text/stage.h"

typedef struct zw_row {
    zw_unit_t *u;
    size_t n;         /* units */
    zw_str_t utf8;    /* the same, for matching words */
    zw_line_kind_t kind;
    bool gone;        /* related or doubled: not in the text */
    bool stop, comma; /* whether it has a full stop, a comma */
    bool link, phone; /* what a link or chat number may be in; seven figures with at most a dash between */
} zw_row_t;

typedef struct zw_rows {
    zw_row_t *p;
    size_t n;
} zw_rows_t;

/* Marks headline lists as gone and gives them in order. Returns 0 or -ENOMEM. */
int zw_related_take(zw_repair_t *r, zw_rows_t *rows, const zw_related_t **ret, size_t *ret_count);

/* A passage that stands again: units [first, first + n) of `all` are those of [second, second + n). */
typedef struct zw_again {
    uint32_t first, second, n;
} zw_again_t;

typedef struct zw_doubles {
    zw_unit_t *all;       /* the units of all rows that were not gone, in order, without line breaks */
    uint32_t *row_start;  /* where row i begins in `all`, rows + 1 entries */
    zw_again_t *again;
    size_t again_count;
} zw_doubles_t;

/* Finds passages that stand twice and marks rows as gone that say nothing new. Linear. Returns 0 or -ENOMEM. */
int zw_doubles_take(zw_repair_t *r, zw_rows_t *rows, zw_doubles_t *ret);

/* A date in text: how many bytes it takes at the beginning of s, 0 if none; its EDTF in `edtf` ("2011-02-18",
 * "2011-02", or "" for a day without its year). */
size_t zw_date_at(zw_str_t s, char edtf[12]);

/* The date of a URL such as …/2011-02/18/… or …/t20110218_1.htm; "" if it has none. */
void zw_date_of_url(zw_str_t url, char edtf[12]);

/* The first date with a year in s; "" if it has none. */
void zw_date_in(zw_str_t s, char edtf[12]);

static inline bool zw_has(zw_str_t s, const char *word)
{
    return s.n && memmem(s.p, s.n, word, strlen(word)) != NULL;
}
static inline bool zw_begins(zw_str_t s, const char *word)
{
    size_t i = 0; /* most words differ in their first bytes: their length is not asked for */
    while (i < s.n && word[i] && s.p[i] == word[i])
        i++;
    return !word[i];
}

#endif
