/* region: place names to GB/T 2260 codes. Internal to extract. Pure functions. */
#ifndef ZW_EXTRACT_REGION_H
#define ZW_EXTRACT_REGION_H

#include "extract/lexicon.h"

/* 1 province, 2 prefecture, 3 county; 0 for code 0. */
uint8_t zw_region_level(uint32_t code);
/* Whether `code` is `of` or lies in it; of 0 holds everything. */
bool zw_region_within(uint32_t code, uint32_t of);
/* The province, prefecture of `code`; itself when it is one; 0 when it has none. */
uint32_t zw_region_province(uint32_t code);
uint32_t zw_region_prefecture(uint32_t code);

/* What helps to tell places of one name apart. */
typedef struct zw_region_want {
    int year;        /* 0: any */
    uint32_t within; /* must lie in it */
    uint32_t near;   /* the article's place: of several, the one next to it */
} zw_region_want_t;

/* Of the senses from `first`, the place meant; `weak` allows weak short forms. 0: none, or more than one and nothing to
 * tell them apart; *ret_any is whether there was one at all. */
uint32_t zw_region_pick(const zw_lexicon_t *lexicon, uint32_t first, const zw_region_want_t *want, bool weak,
                        bool *ret_any);

/* The official name in `year`: 温州市. Empty when unknown. */
zw_str_t zw_region_name(const zw_lexicon_t *lexicon, uint32_t code, int year);

/* The place of level word `cp` (省 市 县 区 州 旗) around `place`: of 市 in 瑞安 瑞安, of 市 in 鹿城区 温州. 0: none. */
uint32_t zw_region_around(const zw_lexicon_t *lexicon, uint32_t place, uint32_t cp, int year);

/* Whether `name`, with the character `before` it (0: none, or one that can stand before a name) and no place right before it, is
 * rather a word or a piece of one: 城区, 范县 of 示范县, 费县 of 消费县. */
bool zw_region_in_word(zw_str_t name, uint32_t before);

#endif
