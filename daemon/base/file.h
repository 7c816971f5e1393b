/* file: whole files in, and where the data lies. Any thread; blocks on the disk. */
#ifndef ZW_FILE_H
#define ZW_FILE_H

#include "zw_buf.h"

/* Appends the whole file to `b`; `path` "-" reads standard input. -ZW_E_TOO_LARGE over max_bytes (0: no limit), else
 * -errno. */
int zw_file_read(const char *path, size_t max_bytes, zw_buf_t *b);

/* Finds `name` ("rules", "text/t2s.tsv") in $ZHIWEN_DATA_DIR, else in ../share/zhiwen beside the running program,
 * else in the installed share folder. Writes the path to `out`. -ENOENT when nowhere, -ENAMETOOLONG. */
int zw_data_path(const char *name, char *out, size_t out_size);

/* Calls `line(ctx, line_number, line)` for each line of a text table, without its line break, leaving out empty lines
 * and those that begin with '#'. A line is borrowed for the call. A negative return of `line` ends the walk and is
 * returned. */
int zw_file_lines(const char *path, int (*line)(void *ctx, unsigned number, zw_str_t line), void *ctx);

/* Splits `line` at tabs into at most `max` fields; returns how many. */
size_t zw_split_tabs(zw_str_t line, zw_str_t *fields, size_t max);

#endif
