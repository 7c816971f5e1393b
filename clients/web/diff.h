/* diff: what differs between two texts, by characters (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986). Pure functions. */
#ifndef WEB_DIFF_H
#define WEB_DIFF_H

#include "zw_str.h"

#include <jansson.h>

enum { DIFF_CHARS = 20000, DIFF_EDITS = 2000 }; /* beyond either, the whole is taken to differ */

/* [{"op": "same" | "only_head" | "only_member", "text"}]; NULL without memory. */
json_t *diff_parts(zw_str_t head, zw_str_t member);

#endif
