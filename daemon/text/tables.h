/* tables: what the room knows about characters, read once from text/tables.bin and text/bigrams.bin (made by
 * make_tables.py and make_bigrams.py).
 *
 * Internal to text. Immutable after zw_text_tables_open; the look-ups here are pure and take constant time, so any
 * thread may call them.
 */
#ifndef ZW_TEXT_TABLES_H
#define ZW_TEXT_TABLES_H

#include "text/text.h"

#define ZW_DBCS_TRAILS 191                       /* 0x40 .. 0xFE */
#define ZW_DBCS_CODES (126 * ZW_DBCS_TRAILS)     /* leads 0x81 .. 0xFE */
#define ZW_NO_READING 0xFFFF
#define ZW_WORD_PAIR_BITS 21

/* What a code point in the basic plane is. */
enum {
    ZW_IS_TRAD = 1,        /* has another, simplified form and is not used in simplified text */
    ZW_IS_AMBIGUOUS = 2,   /* has another form, but is also used in simplified text: 乾 著 徵 藉 */
    ZW_IS_SIMP = 4,        /* exists only in simplified text */
    ZW_HAS_PHRASE = 8,     /* a phrase of the script tables begins with it */
    ZW_HAS_FORM = 16,      /* has another normal form */
    ZW_IS_BLANK = 32,      /* a blank of any width */
    ZW_IS_NOTHING = 64,    /* zero-width: joiners, byte order marks, soft hyphens, directional marks */
    ZW_IS_CJK = 128,       /* Han, CJK punctuation, full-width forms */
    ZW_IS_HAN = 256,
    ZW_IS_USUAL = 512,     /* Han as news has it */
    ZW_IS_ODD = 1024,      /* a combining mark, or a circle that may be a zero */
    ZW_HAS_LONG_FORM = 2048, /* … of several characters */
    ZW_IS_READING = 4096,  /* what an annotation cannot do without: a bracket, or a mark that one was lost */
    ZW_IS_HIGH = 8192,     /* may be a byte of mojibake */
    ZW_IS_BREAK = 16384    /* a line break other than '\n' */
};

typedef struct zw_phrase {
    const uint32_t *from, *to; /* n code points each */
    uint32_t n;
} zw_phrase_t;

struct zw_text_tables {
    void *blob; /* owns what the pointers below point into */
    const uint16_t *gbk;     /* [ZW_DBCS_CODES] what browsers and Python call GBK */
    const uint16_t *gb18030; /* the same with what GB18030 adds, and its private use */
    const uint32_t *big5;
    const uint32_t *gb4;
    size_t gb4_count;
    const uint64_t *syllables;
    size_t syllable_count;
    const uint32_t *reading_at;
    const uint16_t *readings;
    const uint8_t *frequency;
    const uint32_t *entities;
    size_t entity_count;
    const char *entity_names;
    size_t entity_names_size;
    const uint32_t *form_pool;
    const uint32_t *forms;
    size_t form_count;
    const uint32_t *compose;
    size_t compose_count;
    zw_phrase_t *phrases; /* ordered by first character, then longest first */
    size_t phrase_count;

    uint16_t *kind;       /* [0x10000] */
    uint16_t *simp;       /* [0x10000] simplified form, 0 none (those outside the basic plane are in `simp_far`) */
    const uint64_t *word_keys; /* open hash table of words in simplified script, see make_tables.py */
    const uint8_t *word_costs;
    size_t word_mask;
    unsigned word_shift;
    void *bigram_blob;
    const uint32_t *bigram_at;     /* [0x10001] neighbours in print, by the first of two, see make_bigrams.py */
    const uint16_t *bigram_second;
    const uint8_t *bigram_costs;
    uint64_t *word_pairs;    /* Bloom filter of the neighbours within words */
    const uint16_t *plain;   /* [ZW_DBCS_CODES] the character as words have it: simplified; 0 if it is not Chinese */
    bool has_holes[126];     /* of each lead byte: whether any byte from 0x81 on makes no character with it */
    const uint8_t *rare;     /* [ZW_DBCS_CODES] 1 if traditional text has another form of the character as a rule */
    uint8_t *plain_cost;     /* [ZW_DBCS_CODES] how unlikely it is as a word by itself, in quarters of a bit */
    uint8_t *in_words;       /* [ZW_DBCS_CODES] how unlikely in words of any length; 255 in none */
    const uint32_t *script;
    size_t script_count;
    uint16_t *gbk_of;     /* [0x10000] bytes in GBK, 0 none */
    uint16_t *form_of;    /* [0x10000] 1 + row in forms, 0 none */
    uint16_t *phrase_of;  /* [0x10000] 1 + first phrase, 0 none */
    uint32_t *read_so_at;  /* [syllable_count + 1] where in read_so the characters of a syllable begin */
    uint16_t *read_so;     /* characters, as their numbers in GBK */
    uint16_t *syllable_hash;
    size_t syllable_mask;
};

static inline bool zw_gbk_index(unsigned lead, unsigned trail, uint32_t *ret)
{
    if (lead < 0x81 || lead > 0xFE || trail < 0x40 || trail > 0xFE)
        return false;
    *ret = (lead - 0x81) * ZW_DBCS_TRAILS + (trail - 0x40);
    return true;
}

/* The character of two GBK bytes, 0 if unassigned. */
static inline uint32_t zw_gbk_char(const zw_text_tables_t *t, unsigned lead, unsigned trail)
{
    uint32_t i;
    return zw_gbk_index(lead, trail, &i) ? t->gbk[i] : 0;
}

static inline uint16_t zw_kind(const zw_text_tables_t *t, uint32_t cp)
{
    return cp < 0x10000 ? t->kind[cp] : cp < 0x323B0 && cp >= 0x20000 ? ZW_IS_CJK | ZW_IS_HAN : 0;
}

/* Lead and trail in GBK (lead << 8 | trail), or 0. ASCII is not asked for here. */
static inline uint16_t zw_gbk_bytes(const zw_text_tables_t *t, uint32_t cp)
{
    return cp < 0x10000 ? t->gbk_of[cp] : 0;
}

/* The character of a four-byte GB18030 code with this linear index, 0 if unassigned. */
uint32_t zw_gb4_char(const zw_text_tables_t *t, uint32_t linear);

/* The simplified form of one character; itself if it has none. */
uint32_t zw_simplified(const zw_text_tables_t *t, uint32_t cp);

static inline size_t zw_syllable_slot(const zw_text_tables_t *t, uint64_t packed)
{
    return (size_t)((packed * 0x9E3779B97F4A7C15u) >> 40) & t->syllable_mask;
}

/* The number of a packed syllable (make_tables.py: syllable()), or ZW_NO_READING. */
uint16_t zw_syllable_find(const zw_text_tables_t *t, uint64_t packed);

/* Whether the character lead/trail may be read so. With `loose` the tone does not count. */
bool zw_has_reading(const zw_text_tables_t *t, unsigned lead, unsigned trail, uint16_t syllable, bool loose);

/* How unlikely this word is in running text, in quarters of a bit; 0 if it is none. `word`: one to four simplified
 * characters of 16 bits each, the last lowest. */
unsigned zw_word_cost(const zw_text_tables_t *t, uint64_t word);

/* How unlikely `second` is behind `first` in print, in quarters of a bit; 0 if they are hardly ever
 * neighbours. Simplified characters and punctuation in full width. */
unsigned zw_bigram_cost(const zw_text_tables_t *t, uint16_t first, uint16_t second);

/* False if no word has these neighbours (two characters of 16 bits); true if one may. */
static inline bool zw_word_maybe(const zw_text_tables_t *t, uint32_t pair)
{
    uint32_t bit = (uint32_t)(pair * 0x9E3779B97F4A7C15u >> (64 - ZW_WORD_PAIR_BITS));
    return t->word_pairs[bit / 64] >> (bit % 64) & 1;
}

/* The reference `name` (without & and ;): writes one or two code points; returns how many, 0 if unknown. */
unsigned zw_entity_find(const zw_text_tables_t *t, zw_str_t name, uint32_t ret[2]);

/* Letter and combining mark as one character, 0 if there is none. */
uint32_t zw_compose(const zw_text_tables_t *t, uint32_t letter, uint32_t mark);

#endif
