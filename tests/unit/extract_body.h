/* For tests: an article as zw_text_repair would give clean text, a paragraph a line. */
#ifndef ZW_TEST_EXTRACT_BODY_H
#define ZW_TEST_EXTRACT_BODY_H

#include "extract_pack.h"

typedef struct {
    zw_text_t text;
    zw_segment_t segment;
    zw_line_t lines[8];
} body_t;

static inline void make_body(body_t *b, const char *text)
{
    *b = (body_t){ .text = { .text = zw_strz(text), .raw = zw_strz(text), .decoded = zw_strz(text), .decoded_is_raw = true } };
    b->segment = (zw_segment_t){ 0, (uint32_t)strlen(text), 0, (uint32_t)strlen(text), true };
    b->text.segments = &b->segment;
    b->text.segment_count = 1;
    b->text.lines = b->lines;
    const char *p = text;
    while (*p && b->text.line_count < 8) {
        const char *end = strchrnul(p, '\n');
        b->lines[b->text.line_count++] = (zw_line_t){ { (uint32_t)(p - text), (uint32_t)(end - text) }, ZW_LINE_BODY };
        p = *end ? end + 1 : end;
    }
}

#endif
