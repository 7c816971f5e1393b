/* extract: repaired text → facts.
 *
 * Purpose. A sentence is scanned for mentions; each is replaced by one private-use character of its class; a Hyperscan
 * database of all rules (or the literals that they need) says which rules can match; those run in PCRE2's JIT; named
 * groups become slots, values are normalised, open slots are filled from the context.
 * Threading. A zw_rules_t is immutable and shared by all threads (atomically reference-counted). A zw_extractor_t is
 * the scratch space of one worker thread. zw_extract is a pure function of its arguments: the same article and pack
 * give the same facts in the same order, byte for byte.
 * Limits. Every pattern has a match limit; one that hits it gives no fact and is counted. Time is linear in the text.
 */
#ifndef ZW_EXTRACT_H
#define ZW_EXTRACT_H

#include "base/yaml_doc.h"
#include "extract/fact.h"

typedef struct zw_rules zw_rules_t;

/* Loads all packs (*.yaml) of the directories, in order, and the lexicons of the data folder "rules/lexicon". All or
 * nothing: -ZW_E_RULES after every mistake has been told to `diag` as file:line:column; -ZW_E_DATA for lexicons;
 * -errno. `dirs` NULL: the shipped packs ("rules" of the data folder). */
int zw_rules_load(const char *const *dirs, size_t dir_count, zw_diag_fn diag, void *ctx, zw_rules_t **ret);
zw_rules_t *zw_rules_ref(zw_rules_t *rules);
void zw_rules_unref(zw_rules_t *rules); /* takes NULL; the last one frees */

/* A hash of all packs and lexicons, in hex: stands in every article event, so that results can be told apart. */
const char *zw_rules_version(const zw_rules_t *rules);
size_t zw_rules_count(const zw_rules_t *rules);

/* The slots by which facts of `type` are the same: all must match, but of those with `either` one is enough. Writes at
 * most `max`; returns how many, 0 for a type that no pack defines. */
typedef struct zw_rule_key {
    zw_str_t slot;
    bool either;
} zw_rule_key_t;
size_t zw_rules_key_slots(const zw_rules_t *rules, zw_str_t type, zw_rule_key_t *ret, size_t max);

/* The i-th rule's name (i < zw_rules_count). */
zw_str_t zw_rules_name(const zw_rules_t *rules, size_t i);

/* Runs every rule's own examples. Tells `diag` each that fails; returns how many failed, *ret_run how many ran. */
int zw_rules_test(zw_rules_t *rules, zw_diag_fn diag, void *ctx, size_t *ret_run);

typedef struct zw_extractor zw_extractor_t;
zw_extractor_t *zw_extractor_new(void); /* NULL without memory */
void zw_extractor_free(zw_extractor_t *extractor); /* takes NULL */

/* A name or figure of the text, for the guard of dedup. */
typedef enum { ZW_NAME_PLACE, ZW_NAME_ORGANISATION, ZW_NAME_PERSON, ZW_NAME_NUMBER, ZW_NAME_DATE } zw_name_kind_t;
typedef struct zw_name {
    zw_name_kind_t kind;
    zw_span_t span;      /* in the repaired text */
    zw_str_t canonical;  /* normalised, so that two ways of writing it are equal */
} zw_name_t;

typedef struct zw_extraction {
    zw_fact_t *facts; /* in the order of their place in the text */
    size_t fact_count;
    zw_name_t *names; /* in the order of their place in the text */
    size_t name_count;
    uint32_t region;  /* the article's own place, 0: not known */
    zw_str_t date;    /* the EDTF day, month or year that relative times were resolved against, or empty */
    uint32_t limited; /* rules that hit their match limit */
} zw_extraction_t;

/* Extracts from `text`. Returns 0, -ENOMEM. Results live in the arena and borrow `text` and `rules`. */
int zw_extract(zw_extractor_t *extractor, const zw_rules_t *rules, const zw_text_t *text, zw_str_t source,
               zw_arena_t *arena, zw_extraction_t *ret);

/* Appends, for people: sentence by sentence the mentions, which rules fired, were nearly there (and what they lacked: a
 * literal, or the part of the pattern behind as far as it matched) or lost, and why slots are filled or empty. `json`
 * gives JSON Lines. */
int zw_extract_explain(zw_extractor_t *extractor, const zw_rules_t *rules, const zw_text_t *text, zw_str_t source,
                       zw_arena_t *arena, bool json, zw_buf_t *out);

#endif
