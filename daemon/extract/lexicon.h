/* lexicon: every word list of the scanner in one trie over characters, and the tables that its entries point into.
 *
 * Internal to extract. Ownership: words, names and rows live as long as the lexicon. Threading: immutable once open.
 * A word may have several senses (朝阳 is two places and part of a third); they are a list at its node.
 */
#ifndef ZW_EXTRACT_LEXICON_H
#define ZW_EXTRACT_LEXICON_H

#include "extract/mention.h"

typedef enum {
    ZW_L_REGION,      /* a place's full name; value: row of regions */
    ZW_L_REGION_SHORT,/* without its suffix */
    ZW_L_REGION_WEAK, /* short and an everyday word too: good only beside its parent or in a list of places */
    ZW_L_REGION_NICK, /* 鹏城; value: code */
    ZW_L_REGION_ABBR, /* one character; value: code */
    ZW_L_REGION_MANY, /* 粤港, 京津冀: several places, so none */
    ZW_L_ORGAN,       /* a form of an organ; value: row of organs */
    ZW_L_FIELD,       /* 质监, 公安: may stand before 部门, 机关, 系统 */
    ZW_L_POST,
    ZW_L_AWARD,
    ZW_L_STATUS,
    ZW_L_CERT,
    ZW_L_FIRM,
    ZW_L_FIRM_WEAK,   /* a firm's suffix that is also the name of a trade or ware: 电器, 食品 */
    ZW_L_ASSOC,
    ZW_L_BODY,
    ZW_L_MEETING,
    ZW_L_INIT,
    ZW_L_AGREEMENT,
    ZW_L_DOC,
    ZW_L_LAW,         /* a law's name that is clear without 《》 */
    ZW_L_UNIT,        /* value: a word */
    ZW_L_STOP,        /* cannot stand inside a name: verbs, particles, prepositions */
    ZW_L_SOFT,        /* may stand inside a name but not open it: 推进, 全面 */
    ZW_L_WORD,        /* everyday word that shields the stops and numerals inside it: 参与, 一般 */
    ZW_L_SAY,         /* what a person or body does in the news: behind a name */
    ZW_L_SURNAME,     /* value: zw_surname_t */
    ZW_L_NOT_NAME,    /* value: 0 as a prefix, 1 exactly */
    ZW_L_GENERIC,     /* a head that names nothing by itself: 活动, 中心, 机制 */
    ZW_L_GOES_ON,     /* a longer word that holds the end of a head: 活动室 */
    ZW_L_KINDS
} zw_lex_kind_t;

typedef enum { ZW_SURNAME_COMMON, ZW_SURNAME_RARE, ZW_SURNAME_COMPOUND, ZW_SURNAME_MINORITY } zw_surname_t;

typedef struct zw_lex_entry {
    uint32_t next; /* index of the word's next sense, 0: none */
    uint32_t value;
    uint8_t kind;
} zw_lex_entry_t;

typedef struct zw_region_row {
    uint32_t code, parent; /* parent 0: a province */
    zw_str_t name, brief;
    uint16_t from, to;     /* years, 0: open */
} zw_region_row_t;

typedef struct zw_organ_row {
    zw_str_t kind, canonical;
    uint8_t levels; /* bit 0 nation, 1 province, 2 prefecture, 3 county */
} zw_organ_row_t;

/* The child of `node` by character `cp`; 0 when there is none. The root is 1. */
uint32_t zw_lex_step(const zw_lexicon_t *lexicon, uint32_t node, uint32_t cp);
/* First sense at `node`, 0: the node is only on the way. */
uint32_t zw_lex_first(const zw_lexicon_t *lexicon, uint32_t node);
/* The kinds of all its senses, as bits. */
uint32_t zw_lex_kinds(const zw_lexicon_t *lexicon, uint32_t node);
/* The kinds of all words that the way to `node` begins, as bits: where none is wanted, the walk can end. */
uint32_t zw_lex_under(const zw_lexicon_t *lexicon, uint32_t node);
const zw_lex_entry_t *zw_lex_entry(const zw_lexicon_t *lexicon, uint32_t index);
const zw_region_row_t *zw_lex_region(const zw_lexicon_t *lexicon, uint32_t row);
const zw_organ_row_t *zw_lex_organ(const zw_lexicon_t *lexicon, uint32_t row);
/* The word of a sense whose value is a number of zw_lex_add_word (units). */
zw_str_t zw_lex_word(const zw_lexicon_t *lexicon, uint32_t number);

/* The senses of exactly `word`; 0 when it is none. */
uint32_t zw_lex_find(const zw_lexicon_t *lexicon, zw_str_t word);
/* Whether exactly `word` has a sense of `kind`; its value goes to ret_value (may be NULL). */
bool zw_lex_has(const zw_lexicon_t *lexicon, zw_str_t word, zw_lex_kind_t kind, uint32_t *ret_value);

/* The row of a code in force in `year` (0: any, the newest), or NULL. */
const zw_region_row_t *zw_lex_region_of(const zw_lexicon_t *lexicon, uint32_t code, int year);

/* Adds to a lexicon that is being opened. Returns 0 or -ENOMEM, -ZW_E_DATA for an empty word. */
int zw_lex_add(zw_lexicon_t *lexicon, zw_str_t word, zw_lex_kind_t kind, uint32_t value);
int zw_lex_add_region(zw_lexicon_t *lexicon, const zw_region_row_t *row, uint32_t *ret_row);
int zw_lex_add_organ(zw_lexicon_t *lexicon, const zw_organ_row_t *row, uint32_t *ret_row);
int zw_lex_add_word(zw_lexicon_t *lexicon, zw_str_t word, uint32_t *ret_number);
/* A copy that lives as long as the lexicon; p is NULL without memory. */
zw_str_t zw_lex_keep(zw_lexicon_t *lexicon, zw_str_t s);
/* Reads all files of `folder` into the lexicon (lexicon_read.c). `message` as zw_lexicon_open. */
int zw_lex_read(zw_lexicon_t *lexicon, const char *folder, char *message, size_t size);
void zw_lex_hash_more(zw_lexicon_t *lexicon, zw_str_t bytes);

#endif
