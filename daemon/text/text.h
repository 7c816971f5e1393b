/* text: whatever bytes arrive → clean simplified text, and a map from it to the bytes.
 *
 * Purpose. Charset, mojibake, HTML, bytewise pinyin damage, script, characters and layout are put right, in that
 * order; each stage's map is composed into one, so that every place of the result points at the bytes received.
 * What is not damage stays: ISO(国际标准化组织), 温州(Wenzhou), a real '?'.
 * Threading. A zw_text_tables_t is immutable after opening and shared by all threads. zw_text_repair is a pure
 * function of its arguments: no I/O, no locks, no state; the same bytes give the same result on any machine.
 * Ownership. Results live in the arena given and borrow the raw body; nothing is freed by hand.
 * Limits. Time and memory are linear in the input.
 */
#ifndef ZW_TEXT_H
#define ZW_TEXT_H

#include "base/arena.h"

typedef struct zw_text_tables zw_text_tables_t;

/* Loads the tables from the data folder "text" (see base/file.h). Returns 0, -errno, or -ZW_E_DATA. */
int zw_text_tables_open(zw_text_tables_t **ret);
void zw_text_tables_free(zw_text_tables_t *tables); /* takes NULL */

/* What arrives. All borrowed; `body` is the only required field. */
typedef struct zw_raw {
    zw_str_t body;      /* bytes as received */
    bool body_is_utf8;  /* sent as a MessagePack str (already checked to be UTF-8) */
    zw_str_t charset;   /* as declared by the sender, or empty */
    zw_str_t format;    /* "text", "html" or empty (then decided by evidence) */
    zw_str_t title;     /* as declared, may be damaged in the same ways; or empty */
    zw_str_t published; /* as declared; or empty */
    zw_str_t url;       /* or empty */
} zw_raw_t;

/* A run of the result that came from a run of the source. Sorted by `out`, they cover all of the text without gap.
 * Where `exact`, both have the same length and bytes correspond one to one; else the whole source run made the whole
 * output run. Source bytes between two segments were deleted. */
typedef struct zw_segment {
    uint32_t out, out_len;
    uint32_t src, src_len;
    bool exact;
} zw_segment_t;

typedef struct zw_span {
    uint32_t start, end; /* bytes, end exclusive */
} zw_span_t;

typedef enum {
    ZW_LINE_BODY,     /* running text: the only kind that facts are taken from */
    ZW_LINE_HEADING,  /* a short line without final punctuation inside the body */
    ZW_LINE_BYLINE,   /* 记者/通讯员/编辑/来源 lines */
    ZW_LINE_CAPTION,  /* of a picture or table */
    ZW_LINE_AD        /* advertisement, share bar, injected spam; kept in the text, left out of extraction */
} zw_line_kind_t;

/* A paragraph of the text. */
typedef struct zw_line {
    zw_span_t span; /* in the repaired text, without its line break */
    zw_line_kind_t kind;
} zw_line_t;

typedef struct zw_related {
    zw_str_t title; /* repaired */
    zw_str_t date;  /* EDTF, or empty */
} zw_related_t;

/* Kinds of repair, counted; ZW_REPAIR_NAMES gives the stable names used in events. */
typedef enum {
    ZW_REPAIR_CHARSET,     /* decoded from something other than UTF-8 */
    ZW_REPAIR_INVALID,     /* bytes that are no character in the charset */
    ZW_REPAIR_MOJIBAKE,    /* characters won back from a wrong decoding */
    ZW_REPAIR_ENTITIES,    /* character references resolved */
    ZW_REPAIR_HTML,        /* elements removed */
    ZW_REPAIR_PINYIN,      /* annotations behind a whole character removed */
    ZW_REPAIR_TORN,        /* characters torn apart by a bytewise annotation, put together again */
    ZW_REPAIR_LOST,        /* characters lost, or torn so that another is about as likely: marked with U+FFFD */
    ZW_REPAIR_SCRIPT,      /* traditional characters made simplified */
    ZW_REPAIR_WIDTH,       /* full-width, compatibility and radical forms */
    ZW_REPAIR_BLANKS,      /* blanks and zero-width characters inside Chinese */
    ZW_REPAIR_WRAP,        /* hard line breaks joined */
    ZW_REPAIR_DOUBLED,     /* lines that stand twice */
    ZW_REPAIR_RELATED,     /* headline-list entries taken out */
    ZW_REPAIR_BOILERPLATE, /* navigation, share bar, footer and advertisement blocks taken out */
    ZW_REPAIR_COUNT
} zw_repair_kind_t;
extern const char *const ZW_REPAIR_NAMES[ZW_REPAIR_COUNT];

/* One repair at one place, for `zhiwen repair --explain`. */
typedef struct zw_repair_note {
    zw_repair_kind_t kind;
    zw_span_t src;  /* where, in the bytes received */
    zw_str_t before, after;
} zw_repair_note_t;

typedef struct zw_text {
    zw_str_t text;  /* repaired, simplified, half-width digits; paragraphs separated by one '\n' */
    zw_str_t title; /* repaired; from the sender, else from the HTML or the first line; or empty */
    zw_str_t raw;   /* the body as received (borrowed) */
    zw_str_t decoded; /* the body as UTF-8, before any repair; equals raw (borrowed) when that is UTF-8 */
    bool decoded_is_raw;

    const zw_segment_t *segments;
    size_t segment_count;
    const zw_line_t *lines;
    size_t line_count;
    const zw_related_t *related;
    size_t related_count;

    zw_str_t published;     /* EDTF day or month: the sender's, else from the page, its head or URL; or empty */
    zw_str_t charset;       /* taken, lower case: "utf-8", "gb18030", "big5", "utf-16le" … */
    double charset_confidence;
    uint32_t repairs[ZW_REPAIR_COUNT];
    const zw_repair_note_t *notes; /* filled only when asked for */
    size_t note_count;

    const struct zw_text_alias *aliases; /* second places of doubled lines; internal to zw_text_also */
    size_t alias_count;
    const zw_text_tables_t *tables; /* borrowed, for zw_text_quote */
} zw_text_t;

typedef struct zw_text_options {
    bool notes;       /* fill zw_text_t.notes (costs time; for people, not for the daemon) */
} zw_text_options_t;

/* Repairs `raw` into `ret`. `options` may be NULL. Returns 0; -ZW_E_EMPTY when no text is left; -ZW_E_ENCODING when
 * the bytes are no text in any charset that fits; -ZW_E_TOO_LARGE over 256 MiB; -ENOMEM. */
int zw_text_repair(const zw_text_tables_t *tables, const zw_raw_t *raw, const zw_text_options_t *options,
                   zw_arena_t *arena, zw_text_t *ret);

/* The bytes of `raw` that made text[start, end): the smallest run that holds them all. */
zw_span_t zw_text_source(const zw_text_t *text, uint32_t start, uint32_t end);

/* What stands in the received body at `src`, as UTF-8 (decoded when the body is in another charset). Borrowed from
 * the body or the arena. */
zw_str_t zw_text_quote(const zw_text_t *text, zw_span_t src, zw_arena_t *arena);

/* Further places (in bytes received) where text[start, end) stands again because its line is doubled. Writes at most
 * `max`; returns how many. */
size_t zw_text_also(const zw_text_t *text, uint32_t start, uint32_t end, zw_span_t *ret, size_t max);

/* Only charset, mojibake, references, pinyin, script and characters, no layout: for a title or a name. The result
 * lives in the arena; on -ENOMEM `ret` is not written. */
int zw_text_repair_line(const zw_text_tables_t *tables, zw_str_t line, zw_arena_t *arena, zw_str_t *ret);

#endif
