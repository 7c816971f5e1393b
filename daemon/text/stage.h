/* stage: what the stages of a repair share. Internal to text.
 *
 * The article is an array of units. A unit is one character and the run of received bytes that made it, so every
 * stage keeps the map by itself: to drop a character is to drop its unit, to join two is to join their runs. A stage
 * takes repair->text, changes it in place or puts a new array there, counts what it did, and returns 0 or -ENOMEM.
 * Units stay in the order of their sources except where a web page moves its text.
 * Threading and ownership: one repair belongs to one thread; all memory is from its arena.
 */
#ifndef ZW_TEXT_STAGE_H
#define ZW_TEXT_STAGE_H

#include "text/tables.h"

enum {
    ZW_UNIT_KEEP = 1,    /* a blank between table cells or a line break of a list: structure, to be left where it is */
    ZW_UNIT_PARA = 2,    /* a line break that certainly ends a paragraph (from mark-up) */
    ZW_UNIT_HEADING = 4, /* first character of a line that the mark-up calls a heading */
    ZW_UNIT_CAPTION = 8, /* … a caption */
    ZW_UNIT_CELL = 16    /* … a table row */
};

typedef struct zw_unit {
    uint32_t cp : 21, flags : 11;
    uint32_t src, src_len; /* in the bytes received */
} zw_unit_t;

enum { /* beside the kinds of tables.h */
    ZW_SEEN_MARKUP = 1 << 16,  /* '<' */
    ZW_SEEN_REFERENCE = 1 << 17, /* '&' */
    ZW_SEEN_CONTROLS = 1 << 19,
    ZW_SEEN_FAR = 1 << 20,     /* beyond the basic plane */
    ZW_SEEN_ALL = -1
};

typedef struct zw_units {
    zw_unit_t *u;
    size_t n;
} zw_units_t;

typedef struct zw_note_list {
    zw_repair_note_t *p;
    size_t n, cap;
} zw_note_list_t;

typedef struct zw_text_alias {
    uint32_t start, end;      /* in the repaired text */
    const zw_unit_t *second;  /* the same characters, where they stand again */
    size_t count;
    uint32_t order;           /* aliases of one copy that follow each other count up by one */
} zw_text_alias_t;

typedef struct zw_repair {
    const zw_text_tables_t *tables;
    zw_arena_t *arena;
    const zw_raw_t *raw;
    bool want_notes;
    bool failed_note; /* a note could not be stored: -ENOMEM at the end */
    zw_units_t text;
    uint32_t seen;    /* kinds (ZW_IS_…) that may stand in text, and ZW_SEEN_…: a stage that needs none of them is over */
    uint32_t counts[ZW_REPAIR_COUNT];
    zw_note_list_t notes;
    zw_str_t charset;
    double charset_confidence;
    zw_str_t decoded;
    bool decoded_is_raw;
    zw_str_t page_title; /* from mark-up, not repaired; or empty */
    zw_str_t published;  /* EDTF; or empty */
} zw_repair_t;

/* Counts one repair and, when asked for, notes it. `after` may be empty. */
void zw_note_units(zw_repair_t *r, zw_repair_kind_t kind, const zw_unit_t *before, size_t before_n, const zw_unit_t *after,
                   size_t after_n);
void zw_note(zw_repair_t *r, zw_repair_kind_t kind, zw_span_t src, zw_str_t before, zw_str_t after);

/* The units as UTF-8, from the arena; p is NULL without memory. */
zw_str_t zw_units_utf8(zw_arena_t *arena, const zw_unit_t *u, size_t n);

/* UTF-8 as units whose sources count from `src`; invalid bytes give U+FFFD. Returns 0 or -ENOMEM. */
int zw_units_from_utf8(zw_arena_t *arena, zw_str_t s, uint32_t src, zw_units_t *ret);

/* The unit that covers a and b, a before b. */
static inline zw_unit_t zw_unit_join(uint32_t cp, const zw_unit_t *a, const zw_unit_t *b)
{
    uint32_t start = a->src < b->src ? a->src : b->src;
    uint32_t a_end = a->src + a->src_len, b_end = b->src + b->src_len;
    return (zw_unit_t){ .cp = cp, .flags = a->flags, .src = start, .src_len = (a_end > b_end ? a_end : b_end) - start };
}

/* The bytes that cp takes in UTF-8. */
static inline uint32_t zw_utf8_length(uint32_t cp)
{
    return cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
}

static inline bool zw_is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}
static inline bool zw_is_letter(uint32_t cp)
{
    return (cp | 32) >= 'a' && (cp | 32) <= 'z';
}
/* A character that ends a sentence. */
static inline bool zw_is_final(uint32_t cp)
{
    return cp == 0x3002 || cp == '!' || cp == '?' || cp == 0xFF01 || cp == 0xFF1F || cp == 0x2026 || cp == ';' || cp == 0xFF1B;
}

/* ---- the stages, in their order; each in the file of its name */
int zw_charset_decode(zw_repair_t *r);              /* raw body → text, charset, confidence; also -ZW_E_ENCODING */
int zw_mojibake_repair(zw_repair_t *r);
int zw_entities_resolve(zw_repair_t *r);
bool zw_html_likely(const zw_repair_t *r);
int zw_html_to_text(zw_repair_t *r);
int zw_wrap_join(zw_repair_t *r);
int zw_chars_blanks(zw_repair_t *r);                /* zero-width marks and blanks beside Chinese characters */
int zw_pinyin_remove(zw_repair_t *r);
int zw_chars_normalise(zw_repair_t *r);             /* forms, widths, punctuation, the rest of the blanks */
int zw_script_simplify(zw_repair_t *r);

/* Cuts text into lines, takes out doubled lines and related headlines, and fills what zw_text_t tells of them. */
int zw_layout_build(zw_repair_t *r, zw_text_t *text);

/* The segments of a text that is put together run by run. */
typedef struct zw_map {
    zw_repair_t *r;
    zw_segment_t *segments;
    size_t n, cap;
} zw_map_t;
int zw_map_open(zw_repair_t *r, zw_map_t *ret); /* 0 or -ENOMEM */

/* The next n units, whose UTF-8 is `text`. 0 or -ENOMEM. */
int zw_map_add(zw_map_t *m, const zw_unit_t *u, size_t n, zw_str_t text);

#endif
