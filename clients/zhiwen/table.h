/* table: facts as lines of a terminal, in columns that hold for Chinese too. One thread. */
#ifndef ZW_TABLE_H
#define ZW_TABLE_H

#include "zhiwen.h"
#include "zw_buf.h"

typedef struct table table_t;

/* `width`: columns of the terminal, 0: no limit (the last column is not cut). NULL without memory. */
table_t *table_new(unsigned width, bool colour);
void table_free(table_t *table); /* takes NULL */

/* Appends the heading, or the line of an event, with its line break. */
void table_heading(const table_t *table, zw_buf_t *out);
void table_event(const table_t *table, const zw_item_t *item, zw_buf_t *out);

/* How many columns of a terminal the text takes. */
size_t table_columns(zw_str_t text);

#endif
