/* summary: what a fact says, in a line: its slots as a person would write them. Pure functions. */
#ifndef ZW_SUMMARY_H
#define ZW_SUMMARY_H

#include "zw_buf.h"

#include <jansson.h>

/* Appends "温州市市长质量奖 · issue · 温州市政府"; what is not asserted begins with its modality. */
void summary_put(json_t *fact, zw_buf_t *out);

#endif
