/* judge: whether a fact that was found is one that an annotator wrote down.
 *
 * As the paper on facts compares them, relaxed: equal types, and every key slot matches. Strings match when their
 * bigrams of characters overlap by a Dice coefficient of 0.7 (0.6 for what is said; titles and awards must end alike
 * too), numbers to two decimals, lists when they pair up; an annotated string may list alternatives, split by '|'.
 * Pure; the arena holds what is worked with.
 */
#ifndef ZW_JUDGE_H
#define ZW_JUDGE_H

#include "extract/extract.h"

#include <jansson.h>

bool judge_match(const zw_rules_t *rules, const json_t *annotated, const json_t *found, zw_arena_t *arena);

#endif
