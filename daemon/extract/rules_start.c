/* Looking for a pattern where it may begin.
 *
 * PCRE2 tries a pattern at every character, for all Han characters begin with the same few bytes. Most patterns begin
 * with one of a few words, or behind a comma: looking for these is cheaper by far than trying. */
#include "base/utf8.h"
#include "extract/rules.h"

#include <errno.h>

int zw_subject_make(zw_str_t text, zw_arena_t *arena, zw_subject_t *ret)
{
    uint16_t *hash = zw_arena_alloc(arena, (text.n + 1) * sizeof(*hash));
    uint32_t *at = zw_arena_alloc(arena, (text.n + 1) * sizeof(*at)), n = 0, cp;
    if (!hash || !at)
        return -ENOMEM;
    for (const char *p = text.p, *end = text.p + text.n; p < end; n++) {
        at[n] = (uint32_t)(p - text.p);
        p += zw_utf8_decode(p, end, &cp);
        hash[n] = cp % ZW_CHARS_HASHED;
    }
    *ret = (zw_subject_t){ .text = text, .hash = hash, .at = at, .count = n };
    return 0;
}

/* The first character at or behind a byte. */
static uint32_t index_of(const zw_subject_t *s, size_t byte)
{
    uint32_t low = 0, high = s->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (s->at[middle] - s->at[0] < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

zw_subject_t zw_subject_part(const zw_subject_t *whole, uint32_t start, uint32_t end)
{
    uint32_t from = index_of(whole, start), to = index_of(whole, end);
    return (zw_subject_t){ .text = zw_str(whole->text.p + start, end - start), .hash = whole->hash + from,
                           .at = whole->at + from, .count = to - from };
}

/* Thousands of short tries an article: straight to the compiled code where there is any. */
static int try_at(const zw_pattern_t *pattern, const zw_subject_t *s, size_t at, pcre2_match_data *data, pcre2_match_context *context)
{
    int r = pcre2_jit_match(pattern->code, (PCRE2_SPTR)s->text.p, s->text.n, at, 0, data, context);
    if (r == PCRE2_ERROR_JIT_BADOPTION) /* it was not compiled */
        r = pcre2_match(pattern->code, (PCRE2_SPTR)s->text.p, s->text.n, at, PCRE2_NO_UTF_CHECK, data, context);
    return r;
}

int zw_pattern_search(const zw_pattern_t *pattern, const zw_subject_t *s, size_t from, pcre2_match_data *data,
                      pcre2_match_context *context)
{
    const zw_start_t *start = pattern->start;
    if (!start)
        return try_at(pattern, s, from, data, context);
    for (uint32_t k = from == 0 ? 0 : index_of(s, from); k < s->count; k++) {
        if (!zw_charset_has(&start->first, s->hash[k]) || !zw_charset_has(&start->before, k ? s->hash[k - 1] : 0))
            continue;
        int r = try_at(pattern, s, s->at[k] - s->at[0], data, context);
        if (r != PCRE2_ERROR_NOMATCH)
            return r;
    }
    return PCRE2_ERROR_NOMATCH;
}
