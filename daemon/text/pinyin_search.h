/* pinyin_search: what the files of the search share. Internal to pinyin_search.c, _paths.c, _close.c and _lost.c.
 *
 * A path is one way to read a torn place, a chain of nodes; each node adds at most two characters. Paths wait in
 * slots, by the position that they have reached; of those in the same state only the cheapest goes on, but one that
 * was hardly dearer is remembered as its rival: where both would have put different characters, neither is sure.
 */
#ifndef ZW_TEXT_PINYIN_SEARCH_H
#define ZW_TEXT_PINYIN_SEARCH_H

#include "text/pinyin.h"

enum {
    ZW_BIT = 4,               /* costs are quarters of a bit, see pinyin.h */
    ZW_BEAM = 24,             /* paths kept at one place */
    ZW_RING = 16,             /* a step goes at most so far ahead: '?', '(', six letters, a tone, ')' */
    ZW_CANDIDATES = 32,
    ZW_COST_PRUNE = 14 * ZW_BIT, /* so much dearer than the best: dropped */
    ZW_SURE = 10,      /* how much dearer the next must be for a guess to be taken */
    ZW_NO_NODE = -1
};

typedef struct zw_pinyin_node {
    int32_t parent, cost;
    int32_t rival, sibling; /* paths that lost against this one, and the next in such a list */
    uint32_t lead_src, lead_end;
    zw_sense_t sense;       /* the text so far */
    uint8_t b1, b2;         /* the last two true bytes; b2 0 while a lead byte is pending that nobody names */
    bool pending;           /* b2 is a lead byte, its trail byte comes next */
    bool split;             /* the pending character has an annotation between its bytes */
    uint8_t settled;        /* characters in step since the last that was not */
    uint8_t lost;           /* unknown bytes so far */
    uint8_t emit_n;
    zw_unit_t emit[2];
} zw_node_t;

/* The paths that have reached one position. */
typedef struct zw_slot {
    int n, best; /* how many; the cost of the cheapest */
    uint64_t state[ZW_BEAM];
    int32_t cost[ZW_BEAM], node[ZW_BEAM];
} zw_slot_t;

typedef struct zw_search {
    zw_pinyin_t *s;
    size_t at, pos;
    int32_t count;
    int best; /* cost of the cheapest path at pos */
    bool failed;
    zw_slot_t slots[ZW_RING];
} zw_search_t;

typedef struct zw_candidate {
    uint16_t code;
    int cost;
} zw_candidate_t;

/* ---- pinyin_paths.c */

/* Puts `node` among the paths at `pos`, unless it is much dearer than they are. */
void zw_paths_push(zw_search_t *x, size_t pos, const zw_node_t *node);

/* A node behind `self` (a copy of which is `n`), as it stands. */
static inline zw_node_t zw_paths_follow(const zw_node_t *n, int32_t self)
{
    zw_node_t m = *n;
    m.parent = self;
    m.rival = m.sibling = ZW_NO_NODE;
    m.emit_n = 0;
    return m;
}

/* Whether every path is in step and one is left, or all have been so for long; *ret_best is then the cheapest. */
bool zw_paths_settled(const zw_search_t *x, int32_t *ret_best);

/* Appends what the path to `best` made of the place to s->out, with U+FFFD where it is not sure. 0 or -ENOMEM. */
int zw_paths_accept(zw_search_t *x, int32_t best);

/* ---- pinyin_close.c */

/* The likeliest characters that can close the pending one of n, cheapest first; returns how many. `trail` 0: not
 * known; `syllable` ZW_NO_READING: not annotated. A pending lead byte that is not known must not form a character
 * with the byte before it, or it would not be lost. */
size_t zw_close_candidates(zw_search_t *x, const zw_node_t *n, uint8_t trail, uint16_t syllable, bool loose,
                           zw_candidate_t *list /* [ZW_CANDIDATES + 1] */);

/* Closes the pending character of m with `code`, whose last byte stood in the units u. */
void zw_close_char(const zw_pinyin_t *s, zw_node_t *m, uint16_t code, const zw_unit_t *u, size_t u_n);

/* ---- pinyin_lost.c */

/* A '?' or U+FFFD at in[i] with nothing behind it that names the bytes: a trail byte and what it swallowed. */
void zw_step_lost(zw_search_t *x, int32_t self, size_t i);

#endif
