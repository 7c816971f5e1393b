/* words: text in the form that the full-text index holds, and what people type in the form that it is asked in.
 *
 * Purpose. Chinese has no blanks between words, and searches of one or two characters are common. So a run of Chinese is indexed
 * as its pairs of neighbours (质量奖: 质量 量奖 奖) and asked as a phrase of them; a single character is asked as the beginning of a
 * pair. All else is runs of letters and of digits, in small letters. Both sides are repaired and made simplified first.
 * Threading. Pure functions over the tables.
 */
#ifndef WEB_WORDS_H
#define WEB_WORDS_H

#include "text/text.h"
#include "zw_buf.h"

enum { WORDS_MAX_TERMS = 8, WORDS_MAX_BYTES = 200 }; /* of a query */

/* The text simplified, in small letters and half width: what is compared. 0, -ENOMEM. */
int words_plain(const zw_text_tables_t *tables, zw_str_t text, zw_buf_t *out);
/* The same of what people type: blanks are between terms, and stay. */
int words_plain_query(const zw_text_tables_t *tables, zw_str_t text, zw_buf_t *out);
/* Appends what the index holds of a plain text. 0, -ENOMEM. */
int words_index(zw_str_t plain, zw_buf_t *out);
/* Appends, for MATCH, what finds all terms (parts between blanks) of a plain query; each as a whole. 0; -EINVAL: nothing to look for, or too much;
 * -ENOMEM. */
int words_query(zw_str_t plain, zw_buf_t *out);
/* Does a plain text contain all terms of a plain query? */
bool words_match(zw_str_t text, zw_str_t query);

#endif
