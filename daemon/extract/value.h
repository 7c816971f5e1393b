/* value: captured text → the value of a slot. Internal to extract.
 *
 * A range that is exactly one mention takes that mention's canonical value; any other range takes its text, trimmed of
 * blanks, commas and one pair of enclosing quotes. Ownership: results live in the arena or borrow text and mentions.
 * Pure functions.
 */
#ifndef ZW_EXTRACT_VALUE_H
#define ZW_EXTRACT_VALUE_H

#include "extract/rules.h"
#include "extract/sentence.h"

/* A constant of a pack; kind ZW_V_NULL when the text does not fit (a number slot that is no number). */
zw_value_t zw_value_constant(zw_kind_t kind, zw_str_t text);
/* A number from 0 to 1. */
bool zw_value_share(zw_str_t text, double *ret);

/* A piece of the skeleton, and what it stands for. */
typedef struct zw_piece {
    zw_span_t sk;
    zw_span_t text;
    int mention; /* the one that it is exactly, or -1 */
} zw_piece_t;

/* Trims [start, end) and finds out whether it is one mention. */
zw_piece_t zw_piece(const zw_paragraph_t *p, uint32_t start, uint32_t end);

/* Splits a coordination at 、 和 与 及 以及 暨 outside quotes and brackets; writes at most `max`. Returns how many. */
size_t zw_piece_split(const zw_paragraph_t *p, zw_piece_t whole, zw_piece_t *ret, size_t max);

/* Its text as a fact states it. */
zw_str_t zw_piece_text(const zw_text_t *text, const zw_mention_t *mentions, const zw_piece_t *piece);
/* Its quantity: of the mention, or parsed. False when it has none. */
bool zw_piece_quantity(const zw_text_t *text, const zw_mention_t *mentions, const zw_piece_t *piece, zw_quantity_t *ret);
/* Its time in EDTF: of the mention, or parsed; empty when it has none. */
zw_str_t zw_piece_time(const zw_context_t *context, const zw_mention_t *mentions, const zw_piece_t *piece, zw_arena_t *arena);

/* {value, unit, comparator, value_max}; `plain` leaves the comparator out. kind ZW_V_NULL without memory. */
zw_value_t zw_value_quantity(const zw_quantity_t *q, bool plain, zw_arena_t *arena);

/* Normalised for identity: NFKC, lower case, without blanks, punctuation and symbols except %. Empty without memory. */
zw_str_t zw_value_normal(zw_str_t s, zw_arena_t *arena);

/* For templates: `text` with each {group} replaced; `lookup` gives a group's text. */
zw_str_t zw_value_template(zw_str_t text, zw_str_t (*lookup)(void *ctx, zw_str_t name), void *ctx, zw_arena_t *arena);

bool zw_value_equal(const zw_value_t *a, const zw_value_t *b);

#endif
