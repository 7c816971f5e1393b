/* What text's unit tests share: the tables, one arena, and a repair of a string. */
#ifndef ZW_TEST_TEXT_HELP_H
#define ZW_TEST_TEXT_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "text/text.h"
#include "zw_error.h"

static zw_text_tables_t *tables;
static zw_arena_t *arena;

static inline int open_tables(void **state)
{
    (void)state;
    arena = zw_arena_new(0);
    return arena && zw_text_tables_open(&tables) == 0 ? 0 : -1;
}

static inline int close_tables(void **state)
{
    (void)state;
    zw_text_tables_free(tables);
    zw_arena_free(arena);
    return 0;
}

static inline zw_text_t repair_raw(zw_raw_t raw)
{
    zw_text_t text = { 0 };
    int e = zw_text_repair(tables, &raw, NULL, arena, &text);
    if (e < 0)
        fail_msg("%s for %.40s", zw_error_name(e), raw.body.p);
    return text;
}

/* A plain text body. */
static inline zw_text_t repair(const char *body)
{
    return repair_raw((zw_raw_t){ .body = zw_strz(body), .format = ZW_STR_LIT("text") });
}

static inline void check_str(zw_str_t got, const char *want, const char *what)
{
    if (!zw_str_eqz(got, want))
        fail_msg("%s:\n  got  %.*s\n  want %s", what, ZW_STR_ARGS(got), want);
}

/* What the header promises of the map, for any input. */
static inline void check_map(const zw_text_t *t)
{
    uint32_t at = 0;
    for (size_t i = 0; i < t->segment_count; i++) {
        const zw_segment_t *s = &t->segments[i];
        assert_int_equal(s->out, at);
        assert_true(s->out_len > 0);
        assert_true((uint64_t)s->src + s->src_len <= t->raw.n);
        if (s->exact) {
            assert_int_equal(s->out_len, s->src_len);
            assert_memory_equal(t->text.p + s->out, t->raw.p + s->src, s->src_len);
        }
        at += s->out_len;
    }
    assert_int_equal(at, t->text.n);
    uint32_t line_end = 0;
    for (size_t i = 0; i < t->line_count; i++) {
        assert_true(t->lines[i].span.start == (i ? line_end + 1 : 0));
        assert_true(t->lines[i].span.end >= t->lines[i].span.start);
        line_end = t->lines[i].span.end;
    }
    assert_int_equal(line_end, t->text.n);
}

#define TEXT_TEST(f) cmocka_unit_test(f)

#endif
