#include "diff.h"

#include "base/utf8.h"
#include "zw_buf.h"

#include <stdlib.h>

typedef struct chars {
    uint32_t *at;
    int count;
} chars_t;

/* A step of the way from one text to the other: one character each. */
typedef enum { SAME, ONLY_HEAD, ONLY_MEMBER } op_t;
static const char *const NAMES[] = { "same", "only_head", "only_member" };

static bool decode(zw_str_t s, chars_t *ret)
{
    ret->at = malloc((s.n + 1) * sizeof *ret->at);
    ret->count = 0;
    if (!ret->at)
        return false;
    for (const char *p = s.p, *end = s.p + s.n; p < end;)
        p += zw_utf8_decode(p, end, &ret->at[ret->count++]);
    return ret->count <= DIFF_CHARS;
}

/* ---- the shortest way: V of every number of edits is kept, to walk back by */

static int forward(const chars_t *a, const chars_t *b, int *v, int *trace[])
{
    v[DIFF_EDITS + 1 + 1] = 0;
    for (int d = 0; d <= DIFF_EDITS; d++) {
        trace[d] = malloc((size_t)(2 * d + 3) * sizeof **trace);
        if (!trace[d])
            return -1;
        memcpy(trace[d], v + DIFF_EDITS + 1 - d - 1, (size_t)(2 * d + 3) * sizeof **trace);
        for (int k = -d; k <= d; k += 2) {
            int *at = v + DIFF_EDITS + 1 + k;
            int x = k == -d || (k != d && at[-1] < at[1]) ? at[1] : at[-1] + 1;
            while (x < a->count && x - k < b->count && a->at[x] == b->at[x - k])
                x++;
            *at = x;
            if (x >= a->count && x - k >= b->count)
                return d;
        }
    }
    return -1;
}

/* Writes the steps from the end to the beginning; returns how many. */
static int walk_back(const chars_t *a, const chars_t *b, int edits, int *const trace[], uint8_t *steps)
{
    int x = a->count, y = b->count, n = 0;
    for (int d = edits; d > 0; d--) {
        const int *v = trace[d] + d + 1; /* v[k] before the d-th edit */
        int k = x - y, from = k == -d || (k != d && v[k - 1] < v[k + 1]) ? k + 1 : k - 1;
        int from_x = v[from], from_y = from_x - from;
        for (; x > from_x && y > from_y; x--, y--)
            steps[n++] = SAME;
        steps[n++] = x == from_x ? ONLY_MEMBER : ONLY_HEAD;
        x = from_x;
        y = from_y;
    }
    for (; x > 0 && y > 0; x--, y--)
        steps[n++] = SAME;
    return n;
}

/* ---- parts */

static void put_part(json_t *out, op_t op, zw_buf_t *text)
{
    if (text->n > 0)
        (void)json_array_append_new(out, json_pack("{ss, ss%}", "op", NAMES[op], "text", text->p, text->n));
    zw_buf_clear(text);
}

static void put_char(zw_buf_t *out, uint32_t cp)
{
    char four[4];
    (void)zw_buf_put(out, four, zw_utf8_encode(cp, four));
}

/* Steps go forward here. Characters of both sides that differ are gathered until the next run that is the same. */
static json_t *parts(const chars_t *a, const chars_t *b, const uint8_t *steps, int n)
{
    json_t *out = json_array();
    zw_buf_t _cleanup_buf_ same = { 0 }, head = { 0 }, member = { 0 };
    int x = 0, y = 0;
    for (int k = n - 1; k >= 0; k--) {
        if (steps[k] == SAME) {
            put_part(out, ONLY_HEAD, &head);
            put_part(out, ONLY_MEMBER, &member);
            put_char(&same, a->at[x++]);
            y++;
            continue;
        }
        put_part(out, SAME, &same);
        if (steps[k] == ONLY_HEAD)
            put_char(&head, a->at[x++]);
        else
            put_char(&member, b->at[y++]);
    }
    put_part(out, SAME, &same);
    put_part(out, ONLY_HEAD, &head);
    put_part(out, ONLY_MEMBER, &member);
    return out;
}

static json_t *whole(zw_str_t head, zw_str_t member)
{
    return json_pack("[{ss, ss%}, {ss, ss%}]", "op", "only_head", "text", head.p ? head.p : "", head.n, "op", "only_member", "text", member.p ? member.p : "", member.n);
}

json_t *diff_parts(zw_str_t head, zw_str_t member)
{
    chars_t a = { 0 }, b = { 0 };
    int *trace[DIFF_EDITS + 1] = { 0 }, *v = calloc(2 * DIFF_EDITS + 4, sizeof *v);
    bool fits = decode(head, &a) && decode(member, &b) && v;
    int edits = fits ? forward(&a, &b, v, trace) : -1;
    uint8_t *steps = edits >= 0 ? malloc((size_t)(a.count + b.count) + 1) : NULL;
    json_t *out = steps ? parts(&a, &b, steps, walk_back(&a, &b, edits, trace, steps)) : whole(head, member);
    for (int d = 0; d <= DIFF_EDITS; d++)
        free(trace[d]);
    free(steps);
    free(v);
    free(a.at);
    free(b.at);
    return out;
}
