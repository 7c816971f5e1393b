/* mention_scan: one line on its way from characters to mentions. Internal to extract.
 *
 * A line is scanned in layers, each of which reads those before it: word hits (one walk of the trie from every
 * character); what stops a name; atoms (documents, numbers, times); places; organs; other names; posts and persons;
 * names known from before. Each layer adds candidates; at the end the longest of those that overlap wins.
 * Ownership: all in the arena. Positions are characters of the line, [start, end).
 */
#ifndef ZW_EXTRACT_MENTION_SCAN_H
#define ZW_EXTRACT_MENTION_SCAN_H

#include "extract/lexicon.h"
#include "extract/mention_chars.h"
#include "extract/time.h"

typedef struct zw_hit {
    uint32_t start, end;
    uint32_t first; /* its senses */
    uint32_t kinds; /* bit per zw_lex_kind_t */
} zw_hit_t;

enum { ZW_PLAIN, ZW_POINTS_BACK }; /* zw_found_t.way */

typedef struct zw_found {
    uint32_t start, end;
    uint32_t inner_start, inner_end;
    uint8_t way;     /* ZW_POINTS_BACK: 该局, to be replaced by what it means */
    uint8_t weight;  /* of candidates of one length, the heavier wins */
    bool dropped;    /* shields its place (a journalist, a newspaper) and then is left out */
    zw_mention_t m;  /* spans are set at the end */
} zw_found_t;

/* A name that the article has introduced. */
typedef struct zw_known {
    struct zw_known *next;
    zw_str_t name;
    const uint32_t *cp;
    uint32_t n;
    zw_mention_class_t cls;
    zw_str_t canonical, identity;
    uint32_t region;
} zw_known_t;

enum { ZW_KNOWN_BUCKETS = 128, ZW_KNOWN_MAX = 512 };

/* What the lines of one article share. */
typedef struct zw_article {
    const zw_lexicon_t *lexicon;
    const zw_context_t *context;
    zw_arena_t *arena;
    zw_time_state_t time;
    zw_known_t *known[ZW_KNOWN_BUCKETS];
    size_t known_count;
    uint32_t region_named[4]; /* the last place named, by level; [0]: of any level */
    zw_mention_t *out;
    size_t out_count, out_cap;
    uint64_t time_first[1024]; /* bit set: a time may begin with this character */
    uint64_t number_first[1024];
    uint32_t line_start;      /* of the line at work, in the text */
    bool failed;              /* out of memory */
} zw_article_t;

typedef struct zw_scan {
    zw_article_t *a;
    const zw_lexicon_t *lex;
    zw_str_t text;      /* the line */
    uint32_t base;      /* of the line in the article's text */
    zw_chars_t s;
    const uint32_t *at; /* n + 1 byte offsets in the line */
    zw_hit_t *hits;     /* by start, then by length */
    uint32_t hit_count;
    const uint32_t *hit_from; /* n + 1 */
    const uint32_t *hit_kinds; /* [i]: kinds of all hits that start at i */
    uint8_t *stop;      /* [i]: length of the longest stop word that ends at i */
    uint8_t *post;      /* [i]: length of the longest post that ends at i */
    int32_t *atom;      /* [i]: candidate of the atom layer that holds character i, or -1 */
    int32_t *ends;      /* [i]: longest place, organ or name so far that ends at i, or -1 */
    zw_found_t *found;
    uint32_t count, cap;
} zw_scan_t;

/* Adds a candidate; returns it or NULL (then a->failed). The pointer holds until the next one. */
zw_found_t *zw_found_add(zw_scan_t *scan, zw_mention_class_t cls, uint32_t start, uint32_t end);
zw_str_t zw_scan_str(const zw_scan_t *scan, uint32_t start, uint32_t end);
bool zw_hit_has(const zw_hit_t *hit, zw_lex_kind_t kind);
/* The longest hit of one of `kinds` (bits) that starts at `i`, or NULL. */
const zw_hit_t *zw_scan_hit_longest(const zw_scan_t *scan, uint32_t i, uint32_t kinds);
static inline const zw_hit_t *zw_scan_hit(const zw_scan_t *scan, uint32_t i, uint32_t kinds)
{
    return i < scan->s.n && (scan->hit_kinds[i] & kinds) ? zw_scan_hit_longest(scan, i, kinds) : NULL;
}
#define ZW_BIT(kind) (1u << (kind))

/* Introduces a name. Names of one character are not taken. */
void zw_known_add(zw_article_t *a, zw_str_t name, zw_mention_class_t cls, zw_str_t canonical, zw_str_t identity,
                  uint32_t region);

/* The layers. */
void zw_atoms_begin(zw_article_t *a);  /* mention_atom.c */
void zw_scan_atoms(zw_scan_t *scan);
void zw_scan_regions(zw_scan_t *scan); /* mention_region.c */
void zw_scan_organs(zw_scan_t *scan);  /* org.c */
void zw_scan_names(zw_scan_t *scan, bool firms); /* name.c: firms and associations, or the others */
void zw_scan_persons(zw_scan_t *scan); /* person.c */
void zw_scan_known(zw_scan_t *scan);   /* mention_known.c */

/* Runs all layers over a line and appends its mentions to a->out, with places counted from `base`. */
void zw_scan_text(zw_article_t *a, zw_str_t line, uint32_t base);
void zw_article_begin(zw_article_t *a, const zw_lexicon_t *lexicon, const zw_context_t *context, zw_arena_t *arena);

/* Documents and numbers of documents and standards (doc.c): the characters used from `i`, 0 for none. */
uint32_t zw_doc_scan(const zw_chars_t *s, uint32_t i, uint32_t *ret_inner_start, uint32_t *ret_inner_end);
bool zw_doc_is_periodical(zw_str_t inner);
uint32_t zw_docnum_scan(const zw_chars_t *s, uint32_t i);
uint32_t zw_stdnum_scan(const zw_chars_t *s, uint32_t i);

#endif
