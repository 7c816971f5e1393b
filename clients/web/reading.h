/* reading: what an article says and where, for evidence and for trying a text. One thread, in the child. */
#ifndef WEB_READING_H
#define WEB_READING_H

#include "child.h"
#include "extract/extract.h"
#include "places.h"

#include <jansson.h>

typedef struct reading {
    zw_text_tables_t *tables;
    zw_rules_t *rules;
    zw_extractor_t *extractor;
    zw_arena_t *arena;
    places_t *places;
    /* of the article at hand */
    zw_text_t text;
    zw_extraction_t found;
    zw_buf_t explained; /* JSON Lines, a sentence each */
    uint32_t *chars;    /* for each byte of the text, and one more: the characters before it */
} reading_t;

int reading_places(reading_t *r); /* loads the names of places. 0, -ENOMEM */

/* The answer of /api/try, or most of that of /evidence (API.md). 0; -ZW_E_*, -ENOMEM. */
int reading_answer(reading_t *r, const child_question_t *q, zw_buf_t *out);

/* ---- parts of it: reading_spans.c */

/* The place in the text that came from these bytes of the article; empty: none did. */
zw_span_t reading_place(const zw_text_t *text, zw_span_t src);
/* [{"start", "end", "slot"}]: the place itself ("") and where the values of the slots stand in it, in characters of the text. `ret_raw`: the same places in
 * the text as it was received (decoded), in characters. */
json_t *reading_spans(reading_t *r, const zw_span_t *places, size_t count, json_t *slots, json_t **ret_raw);
/* The sentence of the explanation that has the place, with the rules that gave something there; NULL: none. */
json_t *reading_explanation(reading_t *r, zw_span_t place, const char *rule);
/* [{"start", "end", "kind", "name"}] of everything that was recognised. */
json_t *reading_mentions(reading_t *r);

#endif
