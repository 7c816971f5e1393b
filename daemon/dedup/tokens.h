/* tokens: a body as a row of tokens, its sentences and figures. Internal to dedup; pure. */
#ifndef ZW_DEDUP_TOKENS_H
#define ZW_DEDUP_TOKENS_H

#include "dedup/dedup.h"

enum { ZW_TOKEN_NUMBER = 1u << 31 }; /* set: a number, by the hash of its value; else a code point */

typedef struct zw_figure {
    uint32_t token, end; /* first token and the one behind it */
    uint32_t value;      /* hash */
    bool name;
    bool loose; /* one or two Chinese numerals: less surely a figure than digits */
} zw_figure_t;

typedef struct zw_tokens {
    uint32_t *token; /* values */
    uint32_t *at;    /* byte offset in the text */
    size_t count;
    uint32_t *sentence_end; /* token index behind each sentence */
    size_t sentence_count;
    zw_figure_t *figures; /* in the order of the text */
    size_t figure_count;
} zw_tokens_t;

/* Title, bylines, editor's marks and advertisements are left out. Everything is taken from the arena. 0 or -ENOMEM. */
int zw_tokens_make(const zw_text_t *text, const zw_guard_t *guards, size_t guard_count, zw_arena_t *arena,
                   zw_tokens_t *ret);

/* The part of a body line that is its report: without (记者 …), 本报讯, (责任编辑:…). */
zw_span_t zw_body_trim(zw_str_t text, zw_span_t line, bool first_lines);

/* A number in digits or in Chinese numerals at p (text <= p < end): returns the bytes it takes (0: none) and its
 * value's hash of 31 bits; and of how many Chinese numerals it is made (0: in digits). A single one is a figure only
 * before a counting word. */
size_t zw_dedup_number(const char *text, const char *p, const char *end, uint32_t *ret_value, unsigned *ret_numerals);

/* The characters that may be lost on the way through Big5, ascending (made by make_big5_lacks.py). */
extern const uint16_t zw_big5_lacks[];
extern const size_t zw_big5_lacks_count;

/* Whether a Chinese counting word or unit stands at p. */
bool zw_is_counter(const char *p, const char *end);

#endif
