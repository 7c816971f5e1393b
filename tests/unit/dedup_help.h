/* What dedup's unit tests share: a fingerprint of a plain text. */
#ifndef ZW_TEST_DEDUP_HELP_H
#define ZW_TEST_DEDUP_HELP_H

#include "dedup/dedup.h"

/* `source`, `id`, `url` may be NULL. */
static inline const zw_fingerprint_t *fingerprint(zw_arena_t *arena, const char *text, const char *source, const char *id, const char *url)
{
    const zw_fingerprint_t *f = NULL;
    zw_text_t t = { .text = zw_strz(text) };
    if (zw_fingerprint_make(&t, NULL, 0, zw_strz(source), zw_strz(id), zw_strz(url), arena, &f) < 0)
        return NULL;
    return f;
}

static inline zw_dedup_t *open_index(uint32_t capacity, uint32_t window_days)
{
    zw_dedup_options_t options = { .capacity = capacity, .window_days = window_days };
    zw_dedup_t *dedup = NULL;
    return zw_dedup_open(&options, &dedup) < 0 ? NULL : dedup;
}

#endif
