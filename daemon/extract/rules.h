/* rules: rule packs as the engine sees them, compiled and immutable. Internal to extract.
 *
 * Purpose. What a pack may say is taught in rules/RULES.md; this is its compiled form. zw_rules_load reads all packs in
 * passes (macros and signals, types, rules, measured confidences), so that the order of files means nothing.
 * Ownership. Everything lives in `arena`; strings borrow the arena or the YAML documents, which are kept because the
 * examples are run from them. PCRE2 codes and the Hyperscan database are freed with the rules.
 * Threading. Written only while loading (one thread), then shared.
 */
#ifndef ZW_EXTRACT_RULES_H
#define ZW_EXTRACT_RULES_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/arena.h"
#include "extract/diag.h"
#include "extract/extract.h"
#include "extract/mention.h"

#include <pcre2.h>

enum {
    ZW_MAX_SLOTS = 32,     /* of one type */
    ZW_MAX_PARTS = 8,      /* of one map slot */
    ZW_MAX_CONJUNCTS = 8,  /* required parts kept of one pattern */
    ZW_MAX_ITEMS = 64,     /* facts that one match may give */
    ZW_MAX_CAPTURES = 24,  /* named groups of one pattern, with those of its items */
    ZW_PUA = 0xE000        /* the character of class c in a skeleton is U+E000 + c */
};

/* ---- types */
typedef enum {
    ZW_K_STRING,
    ZW_K_WORD,     /* one of `of` */
    ZW_K_LIST,     /* of strings */
    ZW_K_NUMBER,
    ZW_K_MEASURE,  /* a number that also sets its sibling slots unit, comparator, value_max where the type has them */
    ZW_K_QUANTITY, /* a map of value, unit, comparator, value_max */
    ZW_K_TIME,
    ZW_K_BOOL,
    ZW_K_MAP       /* of parts, captured as SLOT__PART */
} zw_kind_t;

typedef enum { ZW_KEY_NO, ZW_KEY_YES, ZW_KEY_EITHER, ZW_KEY_OPTIONAL } zw_key_t;

typedef struct zw_word {
    zw_str_t text, word; /* 出台 → issue */
} zw_word_t;

typedef struct zw_slot_def {
    zw_str_t name;
    zw_kind_t kind;
    zw_key_t key;
    bool has_default, plain; /* plain: a quantity without its comparator */
    zw_value_t fallback;
    zw_str_t *of;
    size_t of_count;
    zw_word_t *words;
    size_t word_count;
    struct zw_slot_def *parts;
    size_t part_count;
} zw_slot_def_t;

/* Where a slot that no group captured may be taken from, in order. */
typedef enum {
    ZW_FROM_SUBJECT,   /* subject of the clause, of the clauses and sentences before, of the article's head */
    ZW_FROM_CLAUSE,    /* nearest mention before in the clause, else after in it */
    ZW_FROM_SENTENCE,  /* nearest mention before in the sentence, else after in it */
    ZW_FROM_BEFORE,    /* nearest mention before in the paragraph */
    ZW_FROM_AFTER,     /* nearest mention after in the sentence */
    ZW_FROM_SPEAKER,   /* the last person, else the last body that spoke */
    ZW_FROM_PLACE,     /* the name of the place spoken of: 温州市 */
    ZW_FROM_HEAD,      /* subject of the article's head */
    ZW_FROM_ARTICLE,   /* the mention of the class that the article names most */
    ZW_FROM_SLOT,      /* another slot of this fact */
    ZW_FROM_LAST,      /* a slot of the last fact of a type in this article */
    ZW_FROM_DOING,     /* all mentions of the classes that do what the macro matches, from the match to the sentence behind */
    ZW_FROM_TEXT       /* words that a macro matches: in the sentence, before it in the paragraph, in the paragraphs before */
} zw_from_t;

typedef struct zw_fill_source {
    zw_from_t from;
    const struct zw_macro *macro; /* DOING, TEXT; SLOT: only the words that it matches */
    uint32_t classes; /* bit mask of zw_mention_class_t; 0: the source's own default */
    zw_str_t type;    /* LAST */
    zw_str_t slot;    /* SLOT, LAST */
    zw_str_t text;    /* as written in the pack, for explain */
} zw_fill_source_t;

typedef struct zw_fill {
    int slot;
    const zw_fill_source_t *sources;
    size_t source_count;
} zw_fill_t;

typedef enum {
    ZW_TIME_ARTICLE, /* auto; else the article's own day where its head names one, else the month of publication ~ */
    ZW_TIME_DAY,     /* auto; else the day of publication */
    ZW_TIME_MONTH,   /* auto; else the month of publication ~ */
    ZW_TIME_AUTO,    /* auto; else null */
    ZW_TIME_CAPTURED,/* only a captured group `time`; else null */
    ZW_TIME_NOW,     /* never from the sentence: as ARTICLE's default */
    ZW_TIME_NONE,
    ZW_TIME_LAST,    /* auto; else that of the last fact of the type, near before; else as ARTICLE */
    ZW_TIME_YEAR     /* auto; else as ARTICLE, but of the article's own day only the year */
} zw_time_plan_t;

enum { ZW_REGION_AUTO = -1, ZW_REGION_ARTICLE = -2, ZW_REGION_NONE = -3, ZW_REGION_SUBJECT = -4 };

typedef struct zw_type_def {
    zw_str_t name;
    zw_slot_def_t *slots;
    size_t slot_count;
    bool id_time, id_region;
    uint32_t id_slots;   /* bit mask: extra identity parts */
    int strongest;       /* slot whose `of` order decides which fact of one id is kept; -1: the first */
    zw_time_plan_t time;
    bool far_year;       /* of a time that a sentence before says only the year is taken */
    const int *regions;  /* slot numbers or ZW_REGION_*, in order */
    size_t region_count;
    uint32_t apart;      /* bit mask: slots that do not tell where the fact is */
    bool topical;        /* looked for only in articles of the field */
    zw_fill_t *fills;
    size_t fill_count;
    zw_str_t *yields_to;
    size_t yields_to_count;
    int yields_on;       /* slot whose place counts; -1: all key slots */
    double yields_share; /* 0: any common place; else the share of the place that their spans cover */
    double confidence;
    const zw_yaml_t *doc;
    const zw_yaml_node_t *node;
} zw_type_def_t;

/* ---- rules */
enum { /* what a named group is for, where it is no slot */
    ZW_G_TIME = -1, ZW_G_REGION = -2, ZW_G_NEXT = -3, ZW_G_ITEMS = -4, ZW_G_VERB = -5, ZW_G_HELPER = -6
};

typedef struct zw_group {
    uint32_t number;
    int slot; /* or ZW_G_* */
    int part; /* of a map slot; else -1 */
    zw_str_t name;
} zw_group_t;

/* One of `literals` must stand in the sentence. */
typedef struct zw_conjunct {
    const zw_str_t *literals;
    size_t literal_count;
} zw_conjunct_t;

/* Characters, by the lower bits of their code: more than are meant, never fewer. */
enum { ZW_CHARS_HASHED = 1024 };
typedef struct zw_charset {
    uint64_t bits[ZW_CHARS_HASHED / 64];
} zw_charset_t;

/* Where a match may begin at all: between a character of `before` (0: at the very start) and one of `first`. */
typedef struct zw_start {
    zw_charset_t before, first;
} zw_start_t;

typedef struct zw_pattern {
    pcre2_code *code;
    zw_start_t *start;  /* then `code` is anchored and tried only there; NULL: it looks for itself */
    zw_str_t expanded;
    zw_group_t *groups; /* by number; several may have one name */
    size_t group_count;
    zw_conjunct_t conjuncts[ZW_MAX_CONJUNCTS];
    size_t conjunct_count;
} zw_pattern_t;

typedef struct zw_set {
    int slot, part;
    zw_value_t value;  /* a string with {group} in it is a template */
    bool template;
} zw_set_t;

typedef struct zw_where {
    int slot, part;    /* slot ZW_G_HELPER: the group `group` */
    zw_str_t group;
    pcre2_code *code;
    zw_str_t text;
    bool negate;
} zw_where_t;

/* Where a condition looks: PARAGRAPH is a window of the paragraph around the match. */
typedef enum { ZW_IN_CLAUSE, ZW_IN_SENTENCE, ZW_IN_MATCH, ZW_IN_BEFORE, ZW_IN_AFTER, ZW_IN_PARAGRAPH, ZW_SCOPES } zw_scope_t;
extern const char *const ZW_SCOPE_NAMES[ZW_SCOPES + 1]; /* ends in NULL */

/* Of a capture that is more than a mention, the last mention of `classes` is taken. */
typedef struct zw_pick {
    int slot;
    uint32_t classes;
} zw_pick_t;

typedef struct zw_rule {
    zw_str_t name;
    const zw_type_def_t *type;
    zw_pattern_t *patterns; /* alternatives of `when` */
    size_t pattern_count;
    uint32_t first_pattern; /* number of patterns[0] among all patterns */
    zw_pattern_t *items;    /* or NULL */
    bool paragraph;         /* over: paragraph */
    pcre2_code *unless[ZW_SCOPES], *requires[ZW_SCOPES];
    zw_pick_t *picks;
    size_t pick_count;
    zw_set_t *sets;
    size_t set_count;
    zw_word_t *words;       /* `words`: captured text → constant, for word slots, before the type's own */
    size_t word_count;
    zw_where_t *wheres;
    size_t where_count;
    uint32_t each, zip;     /* bit masks of slots */
    uint32_t joins;         /* list slots that begin with what their fill finds */
    zw_fill_t *fills;
    size_t fill_count;
    bool has_time, has_regions, has_modality, coexists;
    const zw_type_def_t *follows; /* holds only behind a fact of this type, or NULL */
    bool spreads;           /* a fact for each fact of the match that it follows */
    int spread, spread_of;  /* own slot, and the slot of `follows` that it takes */
    int told, told_of;      /* own slot that becomes the open `told_of` of the facts that it follows; -1: none */
    zw_time_plan_t time;
    const int *regions;
    size_t region_count;
    zw_modality_t modality;
    double confidence;
    int priority;
    const zw_yaml_t *doc;
    const zw_yaml_node_t *node, *examples;
} zw_rule_t;

/* Patterns for what holds for all rules, from `signals:` of a pack. */
typedef enum {
    ZW_SIG_PLANNED, ZW_SIG_REQUIRED, ZW_SIG_NEGATED, ZW_SIG_DONE, /* of modality */
    ZW_SIG_LEAD,       /* what may stand before the subject of a clause */
    ZW_SIG_SPEAKS,     /* a clause in which someone speaks */
    ZW_SIG_NOT_TIME,   /* right behind a time that is none of the statement's: 生产的 */
    ZW_SIG_COMPARED,   /* right before such a time: 比, 较 */
    ZW_SIG_TOPIC,      /* words by which an article is one of the field that topical types are for */
    ZW_SIGNALS
} zw_signal_t;
extern const char *const ZW_SIGNAL_NAMES[ZW_SIGNALS];

typedef struct zw_macro {
    zw_str_t name, text;
    const zw_yaml_t *doc;
    const zw_yaml_node_t *node;
    bool open; /* being expanded: a cycle when met again */
    pcre2_code *code;
    struct zw_macro *next;
} zw_macro_t;

typedef struct zw_prefilter zw_prefilter_t;

struct zw_rules {
    unsigned references; /* atomic */
    uint64_t serial;     /* no two rule sets of a process share it */
    zw_arena_t *arena;
    zw_lexicon_t *lexicon;
    zw_yaml_t **docs;
    size_t doc_count, doc_cap;
    zw_macro_t *macros;
    pcre2_code *signals[ZW_SIGNALS];
    zw_type_def_t *types;
    size_t type_count;
    zw_rule_t *rules;
    size_t rule_count;
    zw_prefilter_t *prefilter;
    size_t pattern_total;   /* numbered in the order of rules and alternatives */
    uint32_t *pattern_rule; /* the rule of each */
    uint32_t max_groups;
    char version[33];
};

/* ---- parts of loading; mistakes are told to `c`. Only memory ends them early (c->no_memory). */
void zw_rules_read_macros(zw_rules_t *rules, zw_complaints_t *c);
void zw_rules_read_types(zw_rules_t *rules, zw_complaints_t *c);
void zw_rules_read_rules(zw_rules_t *rules, zw_complaints_t *c);

/* Shared by them. */
bool zw_rules_keys(const zw_yaml_t *doc, const zw_yaml_node_t *map, const char *const *allowed, zw_complaints_t *c);
const zw_type_def_t *zw_rules_type(const zw_rules_t *rules, zw_str_t name);
int zw_type_slot(const zw_type_def_t *type, zw_str_t name); /* -1: none */
/* "slot" or "slot__part". Returns the slot, -1 when there is none; *ret_part -1 where none is named. */
int zw_type_slot_part(const zw_type_def_t *type, zw_str_t name, int *ret_part);
int zw_rules_class(zw_str_t name, uint32_t *ret_classes); /* GOV, ORG, ANY …; 0 or -1 */
void zw_rules_read_fills(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *map, const zw_type_def_t *type,
                         zw_fill_t **ret, size_t *ret_count, zw_complaints_t *c);
bool zw_rules_read_time(const zw_yaml_t *doc, const zw_yaml_node_t *node, zw_time_plan_t *ret, zw_complaints_t *c);
void zw_rules_read_regions(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *node, const zw_type_def_t *type,
                           const int **ret, size_t *ret_count, zw_complaints_t *c);
void zw_rules_read_words(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *map, zw_word_t **ret,
                         size_t *ret_count, zw_complaints_t *c);
/* Children of a list, or the node itself when it is a scalar: how many, and the i-th. */
size_t zw_rules_many(const zw_yaml_node_t *node);
const zw_yaml_node_t *zw_rules_one(const zw_yaml_node_t *node, size_t i);

/* ---- patterns (rules_pattern.c) */
/* Expands macros and classes, makes punctuation half-width, drops blanks. False after complaining. */
bool zw_pattern_expand(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *node, zw_str_t text, zw_buf_t *out,
                       zw_complaints_t *c);
/* Expands and compiles with `options` of PCRE2; NULL after complaining. */
pcre2_code *zw_pattern_compile(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *node, uint32_t options,
                               zw_complaints_t *c);
/* The same for a pattern of a rule; `search`: it is looked for in whole sentences, so that its literals and starts matter.
 * False after complaining. */
bool zw_pattern_read(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *node, bool search, zw_pattern_t *ret,
                     zw_complaints_t *c);
/* The literals that any match of the expanded pattern must contain, and where it may begin (rules_literal.c). Fewer
 * literals and more starts are always right. */
void zw_pattern_literals(zw_arena_t *arena, zw_str_t expanded, zw_pattern_t *pattern);

/* ---- looking for a pattern (rules_start.c) */
/* Text cut into characters, each hashed, for many patterns to look at. */
typedef struct zw_subject {
    zw_str_t text;
    const uint16_t *hash; /* of each character */
    const uint32_t *at;   /* its byte */
    uint32_t count;
} zw_subject_t;
/* Returns 0 or -ENOMEM. */
int zw_subject_make(zw_str_t text, zw_arena_t *arena, zw_subject_t *ret);
/* The bytes [start, end) of `whole`, between characters. */
zw_subject_t zw_subject_part(const zw_subject_t *whole, uint32_t start, uint32_t end);
/* As pcre2_match from byte `from` on. */
int zw_pattern_search(const zw_pattern_t *pattern, const zw_subject_t *subject, size_t from, pcre2_match_data *data,
                      pcre2_match_context *context);

static inline void zw_charset_add(zw_charset_t *set, uint32_t cp)
{
    set->bits[cp % ZW_CHARS_HASHED / 64] |= UINT64_C(1) << cp % 64;
}

static inline bool zw_charset_has(const zw_charset_t *set, uint32_t cp)
{
    return set->bits[cp % ZW_CHARS_HASHED / 64] >> cp % 64 & 1;
}

/* ---- prefilter (rules_prefilter.c) */
/* Over all patterns of all rules. Returns 0, -ENOMEM, -ZW_E_RULES after complaining. */
int zw_prefilter_new(const zw_rules_t *rules, zw_complaints_t *c, zw_prefilter_t **ret);
void zw_prefilter_free(zw_prefilter_t *prefilter);
/* Scratch of one thread. */
typedef struct zw_prefilter_scratch zw_prefilter_scratch_t;
zw_prefilter_scratch_t *zw_prefilter_scratch_new(const zw_prefilter_t *prefilter);
void zw_prefilter_scratch_free(zw_prefilter_scratch_t *scratch);
/* Numbers of the patterns that may match `skeleton`, ascending; borrowed until the next scan. Negative: error. */
int zw_prefilter_scan(const zw_prefilter_t *prefilter, zw_prefilter_scratch_t *scratch, zw_str_t skeleton,
                      const uint32_t **ret_patterns, size_t *ret_count);
/* After a scan: which required parts of the pattern were there, as a bit mask. */
uint32_t zw_prefilter_seen(const zw_prefilter_scratch_t *scratch, uint32_t pattern);

/* {place 市} of a template: what kind of place is meant. */
static inline bool zw_place_template(zw_str_t name, zw_str_t *ret_rank)
{
    const zw_str_t head = ZW_STR_LIT("place ");
    if (name.n == head.n || !zw_str_starts(name, head))
        return false;
    *ret_rank = zw_str(name.p + head.n, name.n - head.n);
    return true;
}

#endif
