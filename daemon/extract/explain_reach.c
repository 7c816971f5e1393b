#include "extract/explain_reach.h"

#include "extract/engine.h"

#include <string.h>

enum { MAX_PARTS = 256 };

typedef struct {
    uint32_t starts[MAX_PARTS + 1]; /* where each part begins; starts[n] is the end */
    size_t n;
    size_t best;                    /* the part reached */
    zw_span_t matched;
} walk_t;

/* The end of the class that begins at `at`. */
static size_t class_end(zw_str_t s, size_t at)
{
    size_t i = at + 1;
    i += i < s.n && s.p[i] == '^';
    i += i < s.n && s.p[i] == ']';
    while (i < s.n && s.p[i] != ']')
        i += s.p[i] == '\\' ? 2 : 1;
    return i < s.n ? i + 1 : s.n;
}

/* The end of the group that begins at `at`. */
static size_t group_end(zw_str_t s, size_t at)
{
    size_t depth = 0;
    for (size_t i = at; i < s.n;) {
        if (s.p[i] == '\\') {
            i += 2;
        } else if (s.p[i] == '[') {
            i = class_end(s, i);
        } else {
            depth += s.p[i] == '(';
            if (s.p[i] == ')' && --depth == 0)
                return i + 1;
            i++;
        }
    }
    return s.n;
}

/* What repeats the part that ends at `at`: * + ? {1,3}, and ? or + behind them. */
static size_t repeat_end(zw_str_t s, size_t at)
{
    size_t i = at;
    if (i < s.n && (s.p[i] == '*' || s.p[i] == '+' || s.p[i] == '?')) {
        i++;
    } else if (i + 1 < s.n && s.p[i] == '{' && s.p[i + 1] >= '0' && s.p[i + 1] <= '9') {
        const char *close = memchr(s.p + i, '}', s.n - i);
        i = close ? (size_t)(close - s.p) + 1 : i;
    }
    return i > at && i < s.n && (s.p[i] == '?' || s.p[i] == '+') ? i + 1 : i;
}

static void cut(zw_str_t s, walk_t *walk)
{
    size_t i = 0;
    while (i < s.n && walk->n < MAX_PARTS) {
        walk->starts[walk->n++] = (uint32_t)i;
        if (s.p[i] == '(') {
            i = group_end(s, i);
        } else if (s.p[i] == '[') {
            i = class_end(s, i);
        } else {
            i += s.p[i] == '\\' ? 2 : 1;
            while (i < s.n && ((unsigned char)s.p[i] & 0xC0) == 0x80)
                i++;
        }
        i = repeat_end(s, i < s.n ? i : s.n);
    }
    walk->starts[walk->n] = (uint32_t)s.n;
}

static int on_callout(pcre2_callout_block *block, void *ctx)
{
    walk_t *walk = ctx;
    size_t low = 0, high = walk->n;
    while (low + 1 < high) {
        size_t middle = (low + high) / 2;
        *(walk->starts[middle] <= block->pattern_position ? &low : &high) = middle;
    }
    bool begins = walk->n > 0 && walk->starts[low] == block->pattern_position;
    uint32_t from = (uint32_t)block->start_match, to = (uint32_t)block->current_position;
    bool further = low > walk->best || (low == walk->best && to - from > walk->matched.end - walk->matched.start);
    if (begins && low > 0 && to >= from && further) {
        walk->best = low;
        walk->matched = (zw_span_t){ from, to };
    }
    return 0;
}

bool zw_pattern_reach(const zw_pattern_t *pattern, zw_str_t subject, zw_pattern_reach_t *ret)
{
    walk_t walk = { .n = 0 };
    int error;
    PCRE2_SIZE at;
    cut(pattern->expanded, &walk);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern->expanded.p, pattern->expanded.n,
                                     PCRE2_UTF | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT |
                                         PCRE2_NO_START_OPTIMIZE, &error, &at, NULL);
    pcre2_match_data *data = code ? pcre2_match_data_create_from_pattern(code, NULL) : NULL;
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    if (data && context) {
        (void)pcre2_set_match_limit(context, ZW_MATCH_LIMIT);
        (void)pcre2_set_callout(context, on_callout, &walk);
        (void)pcre2_match(code, (PCRE2_SPTR)subject.p, subject.n, 0, PCRE2_NO_UTF_CHECK, data, context);
    }
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    if (walk.best == 0 || walk.matched.end == walk.matched.start)
        return false;
    ret->matched = walk.matched;
    ret->needs = zw_str(pattern->expanded.p + walk.starts[walk.best], walk.starts[walk.best + 1] - walk.starts[walk.best]);
    return true;
}
