#include "words.h"

#include "base/utf8.h"

#include <errno.h>

enum { CHAR_OTHER, CHAR_DIGIT, CHAR_LETTER, CHAR_HAN };

static int kind_of(uint32_t cp)
{
    if ((cp >= 0x3400 && cp <= 0x9fff) || (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0x20000 && cp <= 0x3ffff) || cp == 0x3007)
        return CHAR_HAN;
    if (cp >= '0' && cp <= '9')
        return CHAR_DIGIT;
    if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || (cp >= 0xc0 && cp <= 0x24f && cp != 0xd7 && cp != 0xf7) ||
        (cp >= 0x370 && cp <= 0x5ff) || (cp >= 0x3040 && cp <= 0x30ff))
        return CHAR_LETTER;
    return CHAR_OTHER;
}

int words_plain(const zw_text_tables_t *tables, zw_str_t text, zw_buf_t *out)
{
    zw_arena_t *arena = zw_arena_new(0);
    zw_str_t plain;
    if (!arena)
        return -ENOMEM;
    int r = text.n ? zw_text_repair_line(tables, text, arena, &plain) : 0;
    for (size_t k = 0; r == 0 && text.n && k < plain.n; k++)
        r = zw_buf_putc(out, plain.p[k] >= 'A' && plain.p[k] <= 'Z' ? (char)(plain.p[k] + 32) : plain.p[k]);
    zw_arena_free(arena);
    return r;
}

int words_plain_query(const zw_text_tables_t *tables, zw_str_t text, zw_buf_t *out)
{
    int r = 0;
    for (const char *p = text.p, *end = text.p + text.n; p < end && r == 0;) {
        uint32_t cp = 0;
        const char *stop = p;
        unsigned n = 0;
        while (stop < end && (n = zw_utf8_decode(stop, end, &cp), cp > ' ' && cp != 0x3000))
            stop += n;
        r = words_plain(tables, zw_str(p, (size_t)(stop - p)), out);
        if (r == 0 && stop < end)
            r = zw_buf_putc(out, ' ');
        p = stop < end ? stop + n : end;
    }
    return r;
}

/* The run of one kind that begins at p: its end. */
static const char *run_end(const char *p, const char *end, int *ret_kind)
{
    uint32_t cp;
    const char *q = p + zw_utf8_decode(p, end, &cp);
    *ret_kind = kind_of(cp);
    while (q < end) {
        unsigned n = zw_utf8_decode(q, end, &cp);
        if (kind_of(cp) != *ret_kind)
            break;
        q += n;
    }
    return q;
}

/* The pairs of a run; the last character alone too where `alone`, so that a search for one character finds it. */
static void put_pairs(const char *p, const char *end, bool alone, zw_buf_t *out)
{
    while (p < end) {
        uint32_t cp;
        unsigned first = zw_utf8_decode(p, end, &cp), second = p + first < end ? zw_utf8_decode(p + first, end, &cp) : 0;
        if (second || alone) {
            (void)zw_buf_put(out, p, first + second);
            (void)zw_buf_putc(out, ' ');
        }
        p += first;
    }
}

int words_index(zw_str_t plain, zw_buf_t *out)
{
    int kind;
    for (const char *p = plain.p, *end = plain.p + plain.n, *next; p < end; p = next) {
        next = run_end(p, end, &kind);
        if (kind == CHAR_HAN) {
            put_pairs(p, next, true, out);
        } else if (kind != CHAR_OTHER) {
            (void)zw_buf_put(out, p, (size_t)(next - p));
            (void)zw_buf_putc(out, ' ');
        }
    }
    return out->failed ? -ENOMEM : 0;
}

/* One run of a term: pairs as a phrase; a single character, and a word, as a beginning. */
static void put_run(const char *p, const char *end, int kind, zw_buf_t *out)
{
    uint32_t cp;
    bool pairs = kind == CHAR_HAN && p + zw_utf8_decode(p, end, &cp) < end;
    (void)zw_buf_putc(out, '"');
    if (pairs)
        put_pairs(p, end, false, out);
    else
        (void)zw_buf_put(out, p, (size_t)(end - p));
    (void)zw_buf_puts(out, pairs ? ZW_STR_LIT("\" ") : ZW_STR_LIT("\"* "));
}

int words_query(zw_str_t plain, zw_buf_t *out)
{
    size_t runs = 0;
    int kind;
    if (plain.n > WORDS_MAX_BYTES)
        return -EINVAL;
    for (const char *p = plain.p, *end = plain.p + plain.n, *next; p < end; p = next) {
        next = run_end(p, end, &kind);
        if (kind == CHAR_OTHER)
            continue;
        if (++runs > WORDS_MAX_TERMS)
            return -EINVAL;
        put_run(p, next, kind, out);
    }
    return out->failed ? -ENOMEM : runs ? 0 : -EINVAL;
}

bool words_match(zw_str_t text, zw_str_t query)
{
    int kind;
    for (const char *p = query.p, *end = query.p + query.n, *next; p < end; p = next) {
        next = run_end(p, end, &kind);
        if (kind != CHAR_OTHER && (text.n == 0 || !memmem(text.p, text.n, p, (size_t)(next - p))))
            return false;
    }
    return true;
}
