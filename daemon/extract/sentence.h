/* sentence: the lines of an article as sentences, and each as the skeleton that rules are matched against.
 *
 * Purpose. List marks and a label in 【】 that a line begins with are left out. A paragraph is split at 。！？； outside quotes and brackets; a quotation and the words that name its speaker
 * stay together. In the skeleton each mention, with the quotes that enclose it alone, is ONE private-use character (U+E000 + class),
 * punctuation is half-width, 「」 are “”; every other character stands for itself. `at` maps each skeleton byte to the text.
 * Limits. A sentence longer than ZW_SENTENCE_BYTES is cut at a comma, so that matching stays linear in the text.
 * Ownership: all in the arena. Threading: pure functions.
 */
#ifndef ZW_EXTRACT_SENTENCE_H
#define ZW_EXTRACT_SENTENCE_H

#include "extract/mention.h"

enum { ZW_SENTENCE_BYTES = 3000, ZW_PARAGRAPH_BYTES = 9000 };

typedef struct zw_clause {
    zw_span_t sk;          /* in the paragraph's skeleton, without the punctuation behind it */
    int subject;           /* first mention of its subject, or -1 */
    int subject_count;     /* coordinated mentions: 晋江市委、市政府 */
} zw_clause_t;

typedef struct zw_sentence {
    zw_span_t sk;          /* in the paragraph's skeleton, with its final punctuation */
    zw_clause_t *clauses;
    size_t clause_count;
} zw_sentence_t;

typedef struct zw_paragraph {
    zw_span_t text;        /* in the repaired text */
    zw_str_t skeleton;
    const uint32_t *at;    /* skeleton.n + 1 places in the repaired text */
    const int32_t *mention;/* by skeleton byte: the mention (index into the article's) that it stands for, or -1 */
    size_t mention_from, mention_to; /* those inside the paragraph */
    zw_sentence_t *sentences;
    size_t sentence_count;
} zw_paragraph_t;

/* 。 stays, ，becomes a comma, 「 becomes “, private-use characters U+FFFD: what a skeleton has for a character. */
uint32_t zw_skeleton_char(uint32_t cp);

/* The paragraph of `line`, with the mentions in it, which are sorted. `*from` is the first mention not before the
 * line; it is moved on. Returns 0 or -ENOMEM. */
int zw_paragraph_make(const zw_text_t *text, zw_span_t line, const zw_mention_t *mentions, size_t mention_count,
                      size_t *from, zw_arena_t *arena, zw_paragraph_t *ret);

/* The text that skeleton[start, end) stands for. */
static inline zw_span_t zw_paragraph_span(const zw_paragraph_t *p, uint32_t start, uint32_t end)
{
    return (zw_span_t){ p->at[start], p->at[end] };
}

#endif
