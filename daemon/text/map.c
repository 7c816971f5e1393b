/* Units to bytes and back: the result with its segments, notes, and the questions of zw_text_source and its kin. */
#include "text/stage.h"

#include <errno.h>

#include "base/utf8.h"

zw_str_t zw_units_utf8(zw_arena_t *arena, const zw_unit_t *u, size_t n)
{
    size_t bytes = 0, w = 0;
    for (size_t i = 0; i < n; i++)
        bytes += zw_utf8_length(u[i].cp);
    char *p = zw_arena_alloc(arena, bytes + 1);
    if (!p)
        return (zw_str_t){ 0 };
    for (size_t i = 0; i < n; i++)
        w += zw_utf8_encode(u[i].cp, p + w);
    p[w] = 0;
    return zw_str(p, w);
}

int zw_units_from_utf8(zw_arena_t *arena, zw_str_t s, uint32_t src, zw_units_t *ret)
{
    zw_unit_t *u = zw_arena_alloc(arena, (s.n + 1) * sizeof *u);
    if (!u)
        return -ENOMEM;
    size_t n = 0;
    const char *end = s.p + s.n;
    for (const char *p = s.p; p < end;) {
        uint32_t cp;
        unsigned len = zw_utf8_decode(p, end, &cp);
        u[n++] = (zw_unit_t){ .cp = cp, .src = src + (uint32_t)(p - s.p), .src_len = len };
        p += len;
    }
    *ret = (zw_units_t){ u, n };
    return 0;
}

void zw_note(zw_repair_t *r, zw_repair_kind_t kind, zw_span_t src, zw_str_t before, zw_str_t after)
{
    r->counts[kind]++;
    if (!r->want_notes || r->failed_note)
        return;
    zw_note_list_t *l = &r->notes;
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 256;
        zw_repair_note_t *p = zw_arena_grow(r->arena, l->p, l->cap * sizeof *p, cap * sizeof *p);
        if (!p) {
            r->failed_note = true;
            return;
        }
        l->p = p;
        l->cap = cap;
    }
    l->p[l->n++] = (zw_repair_note_t){ kind, src, before, after };
}

void zw_note_units(zw_repair_t *r, zw_repair_kind_t kind, const zw_unit_t *before, size_t before_n, const zw_unit_t *after,
                   size_t after_n)
{
    if (!r->want_notes || before_n == 0) {
        r->counts[kind]++;
        return;
    }
    zw_span_t src = { before->src, before->src + before->src_len };
    for (size_t i = 1; i < before_n; i++) {
        uint32_t end = before[i].src + before[i].src_len;
        src.start = before[i].src < src.start ? before[i].src : src.start;
        src.end = end > src.end ? end : src.end;
    }
    zw_str_t b = zw_units_utf8(r->arena, before, before_n), a = zw_units_utf8(r->arena, after, after_n);
    if (!b.p || !a.p)
        r->failed_note = true;
    zw_note(r, kind, src, b, a);
}

int zw_map_open(zw_repair_t *r, zw_map_t *ret)
{
    *ret = (zw_map_t){ .r = r, .cap = 64 };
    ret->segments = zw_arena_alloc(r->arena, ret->cap * sizeof *ret->segments);
    return ret->segments ? 0 : -ENOMEM;
}

static bool same_bytes(const char *a, const char *b, uint32_t n)
{
    switch (n) {
    case 1: return *a == *b;
    case 3: return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
    default: return memcmp(a, b, n) == 0;
    }
}

/* How many units from u[0] on follow each other in the source byte by byte, and their bytes. */
static size_t run_of(const zw_unit_t *u, size_t n, const char *raw, const char *text, uint32_t *ret_len)
{
    uint32_t src = u[0].src, at = 0;
    size_t i = 0;
    for (; i < n; i++) {
        uint32_t len = zw_utf8_length(u[i].cp);
        if (u[i].src != src + at || u[i].src_len != len || !same_bytes(raw + src + at, text + at, len))
            break;
        at += len;
    }
    *ret_len = at;
    return i;
}

static int segment_add(zw_map_t *m, zw_segment_t s)
{
    if (m->n == m->cap) {
        zw_segment_t *more = zw_arena_grow(m->r->arena, m->segments, m->cap * sizeof *more, 2 * m->cap * sizeof *more);
        if (!more)
            return -ENOMEM;
        m->segments = more;
        m->cap *= 2;
    }
    m->segments[m->n++] = s;
    return 0;
}

/* Whether the units stand in the source as they are: the usual case, told by comparing them at once. */
static bool is_untouched(const zw_unit_t *u, size_t n, const char *raw, zw_str_t text)
{
    return n && u[n - 1].src + u[n - 1].src_len == u[0].src + text.n && u[0].src_len == zw_utf8_length(u[0].cp) &&
           memcmp(raw + u[0].src, text.p, text.n) == 0;
}

int zw_map_add(zw_map_t *m, const zw_unit_t *u, size_t n, zw_str_t s)
{
    const char *raw = m->r->raw->body.p, *text = s.p;
    zw_segment_t *last = m->n ? &m->segments[m->n - 1] : NULL;
    if (is_untouched(u, n, raw, s)) {
        uint32_t len = (uint32_t)s.n;
        if (!last || !last->exact || last->src + last->src_len != u[0].src)
            return segment_add(m, (zw_segment_t){ last ? last->out + last->out_len : 0, len, u[0].src, len, true });
        last->out_len += len;
        last->src_len += len;
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t len = zw_utf8_length(u[i].cp);
        bool exact = u[i].src_len == len && same_bytes(raw + u[i].src, text, len);
        if (last && exact && last->exact && last->src + last->src_len == u[i].src) {
            size_t run = run_of(u + i, n - i, raw, text, &len);
            last->out_len += len;
            last->src_len += len;
            text += len;
            i += run - 1;
            continue;
        }
        text += len;
        if (last && !exact && !last->exact && last->src == u[i].src && last->src_len == u[i].src_len) {
            last->out_len += len;
        } else {
            uint32_t out = last ? last->out + last->out_len : 0;
            if (segment_add(m, (zw_segment_t){ out, len, u[i].src, u[i].src_len, exact }) < 0)
                return -ENOMEM;
            last = &m->segments[m->n - 1];
        }
    }
    return 0;
}

/* The segment that holds byte `at` of the text. */
static size_t segment_of(const zw_text_t *text, uint32_t at)
{
    size_t low = 0, high = text->segment_count;
    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (text->segments[mid].out <= at)
            low = mid;
        else
            high = mid;
    }
    return low;
}

zw_span_t zw_text_source(const zw_text_t *text, uint32_t start, uint32_t end)
{
    if (text->segment_count == 0)
        return (zw_span_t){ 0, 0 };
    if (end > text->text.n)
        end = (uint32_t)text->text.n;
    if (start >= end) {
        const zw_segment_t *s = &text->segments[segment_of(text, start)];
        uint32_t at = s->src + (s->exact && start < s->out + s->out_len ? start - s->out : s->src_len);
        return (zw_span_t){ at, at };
    }
    zw_span_t span = { UINT32_MAX, 0 };
    for (size_t i = segment_of(text, start); i < text->segment_count && text->segments[i].out < end; i++) {
        const zw_segment_t *s = &text->segments[i];
        uint32_t from = s->src, to = s->src + s->src_len;
        if (s->src_len == 0)
            continue; /* made, not received: a line break put in */
        if (s->exact && start > s->out)
            from += start - s->out;
        if (s->exact && end < s->out + s->out_len)
            to -= s->out + s->out_len - end;
        span.start = from < span.start ? from : span.start;
        span.end = to > span.end ? to : span.end;
    }
    if (span.start == UINT32_MAX) {
        uint32_t at = text->segments[segment_of(text, start)].src;
        return (zw_span_t){ at, at };
    }
    return span;
}

/* The place of text[start, end) in one alias: where it begins, ends, or both; false if it lies elsewhere. */
static void alias_ends(const zw_text_t *text, const zw_text_alias_t *a, uint32_t start, uint32_t end, bool *ret_begins,
                       bool *ret_ends, zw_span_t *ret)
{
    *ret_begins = start >= a->start && start < a->end;
    *ret_ends = end > a->start && end <= a->end;
    if (!*ret_begins && !*ret_ends)
        return;
    uint32_t at = a->start;
    for (size_t i = 0; i < a->count && at < a->end; i++) {
        uint32_t cp, len = zw_utf8_decode(text->text.p + at, text->text.p + text->text.n, &cp);
        if (*ret_begins && start >= at && start < at + len)
            ret->start = a->second[i].src;
        at += len;
        if (*ret_ends && end <= at && end > at - len)
            ret->end = a->second[i].src + a->second[i].src_len;
    }
}

size_t zw_text_also(const zw_text_t *text, uint32_t start, uint32_t end, zw_span_t *ret, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < text->alias_count && n < max; i++) {
        bool begins, ends;
        zw_span_t span = { 0, 0 };
        alias_ends(text, &text->aliases[i], start, end, &begins, &ends, &span);
        /* A statement may run over several: the last of the same copy holds its end. */
        for (size_t k = i + 1; begins && !ends && k < text->alias_count && text->aliases[k].order == text->aliases[k - 1].order + 1; k++) {
            bool begins_too;
            alias_ends(text, &text->aliases[k], start, end, &begins_too, &ends, &span);
            begins &= !begins_too || ends;
        }
        if (begins && ends && span.end > span.start)
            ret[n++] = span;
    }
    return n;
}
