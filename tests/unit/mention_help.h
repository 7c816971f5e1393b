/* Articles made by hand for the tests of mentions: every line is body text, nothing was repaired. */
#ifndef ZW_TEST_MENTION_HELP_H
#define ZW_TEST_MENTION_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "extract/mention.h"
#include "zw_buf.h"

enum { HELP_MAX_LINES = 16 };

typedef struct help {
    zw_lexicon_t *lexicon;
    zw_arena_t *arena;
    zw_line_t lines[HELP_MAX_LINES];
    zw_text_t text;
    zw_context_t context;
    zw_mention_t *mentions;
    size_t count;
} help_t;

static inline int help_setup(void **state)
{
    static help_t help;
    char message[512] = "";
    if (zw_lexicon_open(&help.lexicon, message, sizeof(message)) < 0) {
        print_error("%s\n", message);
        return -1;
    }
    help.arena = zw_arena_new(0);
    *state = &help;
    return help.arena ? 0 : -1;
}

static inline int help_teardown(void **state)
{
    help_t *h = *state;
    zw_lexicon_free(h->lexicon);
    zw_arena_free(h->arena);
    return 0;
}

static inline void help_scan(help_t *h, const char *title, const char *source, const char *published, const char *body)
{
    zw_arena_reset(h->arena, 1u << 20);
    h->text = (zw_text_t){ .text = zw_strz(body), .title = zw_strz(title), .raw = zw_strz(body),
                           .published = zw_strz(published), .lines = h->lines };
    for (const char *p = body; *p;) {
        const char *nl = strchr(p, '\n'), *end = nl ? nl : p + strlen(p);
        assert_true(h->text.line_count < HELP_MAX_LINES);
        h->lines[h->text.line_count++] = (zw_line_t){ { (uint32_t)(p - body), (uint32_t)(end - body) }, ZW_LINE_BODY };
        p = nl ? nl + 1 : end;
    }
    assert_int_equal(zw_context_make(h->lexicon, &h->text, zw_strz(source), h->arena, &h->context), 0);
    h->mentions = NULL;
    h->count = 0;
    assert_int_equal(zw_mentions_scan(h->lexicon, &h->context, h->arena, &h->mentions, &h->count), 0);
    for (size_t k = 0; k < h->count; k++) { /* sorted, apart, whole characters */
        const zw_mention_t *m = &h->mentions[k];
        assert_true(m->span.start < m->span.end && m->span.end <= h->text.text.n);
        assert_true(m->inner.start >= m->span.start && m->inner.end <= m->span.end);
        assert_true(k == 0 || h->mentions[k - 1].span.end <= m->span.start);
    }
}

/* All mentions of the classes in `classes` (bits; 0: all) as "CLASS:written|canonical", joined by blanks; the canonical
 * form only where it differs. Lives in the arena. */
static inline const char *help_show(help_t *h, uint32_t classes)
{
    _cleanup_buf_ zw_buf_t b = { 0 };
    for (size_t k = 0; k < h->count; k++) {
        const zw_mention_t *m = &h->mentions[k];
        if (classes && !(classes >> m->cls & 1))
            continue;
        zw_str_t written = { h->text.text.p + m->span.start, m->span.end - m->span.start };
        assert_int_equal(zw_buf_printf(&b, "%s%s:%.*s", b.n ? " " : "", ZW_MENTION_NAMES[m->cls], ZW_STR_ARGS(written)), 0);
        if (!zw_str_eq(written, m->canonical))
            assert_int_equal(zw_buf_printf(&b, "|%.*s", ZW_STR_ARGS(m->canonical)), 0);
    }
    zw_str_t kept = zw_arena_str(h->arena, zw_buf_str(&b));
    assert_non_null(kept.p);
    return kept.p;
}

#endif
