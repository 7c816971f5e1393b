/* number: figures in digits and Chinese numerals, with what bounds them and what they measure. Internal to extract.
 * Pure functions; a unit borrows the lexicon or is a constant.
 */
#ifndef ZW_EXTRACT_NUMBER_H
#define ZW_EXTRACT_NUMBER_H

#include "extract/lexicon.h"
#include "extract/mention_chars.h"

/* Parses a quantity that begins at `i` (with its comparator word: 近八成, 超过1100家). Sets the class (COUNT PERCENT
 * MONEY NUMBER). `lexicon` may be NULL: then only the units compiled in are known. Returns the characters used. */
uint32_t zw_number_scan(const zw_lexicon_t *lexicon, const zw_chars_t *s, uint32_t i, zw_quantity_t *ret,
                        zw_mention_class_t *ret_class);

/* 首届 第八届 第3批 首批: an edition. 第一 第3位 首位: an ordinal that may be a rank. Returns the characters used, and
 * the number. */
uint32_t zw_edition_scan(const zw_chars_t *s, uint32_t i, int *ret);
uint32_t zw_ordinal_scan(const zw_chars_t *s, uint32_t i, int *ret);

#endif
