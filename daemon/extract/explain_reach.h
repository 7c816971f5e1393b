/* explain_reach: how much of a pattern a sentence matches, where it does not match all of it. Internal to extract.
 *
 * For people who wonder why a rule did not fire; it compiles the pattern anew and is slow. Pure function. A pattern is
 * taken as a row of parts (characters, classes, groups with what repeats them); a sentence reaches the last part that an
 * attempt at it came to.
 */
#ifndef ZW_EXTRACT_EXPLAIN_REACH_H
#define ZW_EXTRACT_EXPLAIN_REACH_H

#include "extract/rules.h"

typedef struct zw_pattern_reach {
    zw_span_t matched; /* of the subject: what the parts before took */
    zw_str_t needs;    /* the part of the pattern (expanded) that found nothing; borrows the pattern */
} zw_pattern_reach_t;

/* False: not even the pattern's first part was found, or there is no memory. */
bool zw_pattern_reach(const zw_pattern_t *pattern, zw_str_t subject, zw_pattern_reach_t *ret);

#endif
