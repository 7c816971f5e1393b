/* kind: what a file is, by how it begins. Pure functions. */
#ifndef ZW_KIND_H
#define ZW_KIND_H

#include "zw_str.h"

typedef enum { IS_TEXT, IS_PAGE, IS_JSONL, IS_FEED, IS_WARC, IS_ARCHIVE, IS_GZIP, IS_PACKED, IS_OTHER } kind_t;

enum { KIND_HEAD = 4096 }; /* bytes that tell enough */

/* Names only decide where contents leave it open: .jsonl and .ndjson, .html and .htm. */
kind_t kind_of(zw_str_t head, const char *name);
/* Of IS_OTHER, what is plainly no text: words for it, as "a picture". Else NULL. */
const char *kind_other(zw_str_t head);

#endif
