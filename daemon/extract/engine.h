/* engine: one article on its way from mentions to facts. Internal to extract.
 *
 * Purpose. Paragraph by paragraph: the prefilter names the patterns that can match (prefilter), they match (match),
 * each match becomes one draft an item (match_bind), open slots, time, region and modality come from the context
 * (fill*), drafts that claim the same place are settled (engine_resolve), drafts of one identity become one fact.
 * Ownership: a run and all that hangs on it live in the article's arena. Threading: one thread a run.
 */
#ifndef ZW_EXTRACT_ENGINE_H
#define ZW_EXTRACT_ENGINE_H

#include "extract/rules.h"
#include "extract/sentence.h"
#include "extract/value.h"

enum {
    ZW_MAX_MATCHES = 64,        /* of one pattern in one sentence */
    ZW_PART_BYTES = 24000,      /* a longer line is taken as several paragraphs */
    ZW_MAX_DRAFTS = 1024,       /* of one paragraph */
    ZW_MATCH_LIMIT = 50000,     /* PCRE2's own steps for one attempt */
    ZW_MATCH_LISTS = 8          /* room that a list of items begins with */
};

/* What one worker thread owns; made to measure for the rules it last ran. */
struct zw_extractor {
    uint64_t serial; /* of the rules that the rest is made for; 0: none yet */
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    pcre2_match_data *data;
    zw_prefilter_scratch_t *scratch;
};

typedef struct zw_capture {
    const zw_group_t *group;
    zw_piece_t piece;
    bool item; /* a part of a coordination, not to be split again */
} zw_capture_t;

/* One match, or one item of one. */
typedef struct zw_match {
    const zw_rule_t *rule;
    uint32_t pattern;
    zw_span_t sk;   /* in the paragraph's skeleton */
    zw_span_t core; /* hull of the key slots' captures, else sk: what it claims */
    zw_capture_t captures[ZW_MAX_CAPTURES];
    size_t capture_count;
    zw_span_t list; /* the coordination that this is one member of, else empty */
    zw_span_t member;
} zw_match_t;

typedef enum { ZW_O_NONE, ZW_O_GROUP, ZW_O_SET, ZW_O_FILL, ZW_O_DEFAULT, ZW_O_MERGED } zw_origin_t;
extern const char *const ZW_ORIGIN_NAMES[];

/* A slot of a draft. */
typedef struct zw_bound {
    zw_value_t value;    /* ZW_V_NULL: open */
    zw_origin_t origin;
    zw_str_t source;     /* the fill source, for explain */
    zw_piece_t piece;    /* where it stands; sk empty when it stands nowhere */
    zw_str_t identity;   /* what its id is made from; empty: from the value */
    uint32_t region;     /* of the mention that it is */
} zw_bound_t;

typedef struct zw_draft {
    const zw_match_t *match;
    uint32_t group;        /* drafts of one match share it */
    bool won;              /* another draft lost its place to this one */
    const zw_paragraph_t *paragraph;
    size_t sentence, clause;
    struct zw_draft *lead; /* the fact that it follows, or NULL */
    zw_bound_t *slots;     /* type->slot_count */
    zw_bound_t **parts;    /* of map slots, else NULL */
    zw_str_t time;
    int time_mention;      /* that says it, -1: none */
    bool time_open;        /* nothing near said when: it is the type's default */
    bool time_far;         /* it stands in a sentence before */
    uint32_t region;
    zw_modality_t modality;
    double confidence;
    const char *time_why, *region_why, *modality_why; /* constants */
    uint8_t id[16];
    zw_span_t text;        /* in the repaired text */
    zw_span_t *also;       /* further places in the repaired text */
    size_t also_count;
    bool dropped;
} zw_draft_t;

/* What has been introduced so far. Begun with the article, kept to its end; the paragraph's share (subjects of its
 * clauses) is in the zw_clause_t of the paragraph. All numbers are mentions, -1: none. */
typedef struct zw_frame {
    int head, head_count;   /* first body, person or place that is subject of a clause in the article */
    int speaker;            /* in the paragraphs before: last person or body that was subject of a clause of speaking */
    uint32_t place;         /* in the paragraphs before: code of the last place spoken of, 0: none */
    zw_str_t period;        /* the year or interval that a paragraph before, or this one, began with (2021年,全区…) */
    bool plans, plans_list; /* a heading, or the line that leads a list in, says that what follows is to be done */
    bool notice;            /* the article calls on others to do what its lists say */
    zw_str_t day;           /* the article's own day, where its first paragraphs name one near the day of publication */
} zw_frame_t;

/* Why something did not become a fact; for explain. */
typedef enum {
    ZW_T_NO_MATCH, ZW_T_NEARLY, ZW_T_LIMIT, ZW_T_UNLESS, ZW_T_WHERE, ZW_T_ZIP, ZW_T_KEY, ZW_T_LOST, ZW_T_YIELDS, ZW_T_REPEATED,
    ZW_T_FACT
} zw_trace_kind_t;
extern const char *const ZW_TRACE_NAMES[];

typedef struct zw_trace {
    zw_trace_kind_t kind;
    const zw_rule_t *rule, *other;
    uint32_t pattern;
    uint32_t seen;              /* NEARLY: required parts that were there */
    zw_str_t what;              /* the slot, pattern or scope that it failed on */
    const zw_paragraph_t *paragraph;
    zw_span_t text;             /* the sentence or match */
    const zw_draft_t *draft;    /* FACT */
} zw_trace_t;

typedef struct zw_run {
    zw_extractor_t *extractor;
    const zw_rules_t *rules;
    const zw_rule_t *only;      /* run this rule alone, or NULL */
    const zw_text_t *text;
    zw_context_t context;
    zw_arena_t *arena;
    zw_mention_t *mentions;
    size_t mention_count;
    zw_frame_t frame;
    zw_paragraph_t *paragraphs;
    size_t paragraph_count;
    zw_draft_t **facts;         /* in the order in which they were found; at the end in the order of place */
    size_t fact_count, fact_cap;
    uint32_t *by_id;            /* hash table: 1 + index into facts */
    size_t by_id_size;
    bool off_topic;             /* too few words of the field for the types that are topical */
    uint32_t limited;
    uint32_t groups;            /* matches numbered so far */
    bool tracing;
    zw_trace_t *traces;
    size_t trace_count, trace_cap;
    bool no_memory;
} zw_run_t;

/* Makes the scratch fit the rules. Returns 0 or -ENOMEM. */
int zw_engine_fit(zw_extractor_t *x, const zw_rules_t *rules);
/* Runs the article; results stay in `run`. `only` may be NULL. region 0: as the context finds. Returns 0 or -ENOMEM. */
int zw_engine_run(zw_extractor_t *extractor, const zw_rules_t *rules, const zw_rule_t *only, const zw_text_t *text,
                  zw_str_t source, uint32_t region, bool tracing, zw_arena_t *arena, zw_run_t *run);
/* A draft as a fact. Returns 0 or -ENOMEM. */
int zw_engine_fact(zw_run_t *run, const zw_draft_t *draft, zw_fact_t *ret);

void zw_engine_trace(zw_run_t *run, zw_trace_t trace);
/* A match of a small pattern within `subject`. */
bool zw_engine_test(zw_run_t *run, const pcre2_code *code, zw_str_t subject, uint32_t *ret_end);

/* match.c: all matches of the paragraph, unless-conditions checked, items and coordinations still whole. */
int zw_match_paragraph(zw_run_t *run, const zw_paragraph_t *p, zw_match_t ***ret, size_t *ret_count);
/* The items of a match: `items`, `each` and `zip` carried out. At most ZW_MAX_ITEMS; 0 when they do not fit. */
size_t zw_match_items(zw_run_t *run, const zw_paragraph_t *p, const zw_match_t *match, zw_match_t **ret);

/* match_bind.c: a draft with its slots, or NULL (traced) when a key is open or a condition fails. */
zw_draft_t *zw_match_bind(zw_run_t *run, const zw_paragraph_t *p, const zw_match_t *match, uint32_t group);
/* Fills what `last` sources can and checks the keys. False (traced): drop it. */
bool zw_match_finish(zw_run_t *run, zw_draft_t *draft);
/* The fact that the draft's rule follows, as far as facts have been found; NULL: none. */
zw_draft_t *zw_match_lead(const zw_run_t *run, const zw_draft_t *d);

/* Can drafts[i] have the fact that its rule `follows`: one found before, or a live draft before it in this paragraph? */
bool zw_match_can_follow(const zw_run_t *run, zw_draft_t *const *drafts, size_t i);
void zw_bind_piece(zw_run_t *run, const zw_paragraph_t *p, const zw_slot_def_t *def, const zw_piece_t *piece,
                   const zw_rule_t *rule, zw_bound_t *ret);

/* fill.c */
void zw_fill_slots(zw_run_t *run, zw_draft_t *draft, bool late);
/* fill_frame.c: subjects of the paragraph's clauses, and what the article has introduced. */
void zw_frame_begin(zw_run_t *run);
void zw_frame_paragraph(zw_run_t *run, zw_paragraph_t *p);
/* Is what the paragraph says to be done, unless it says that it has been? */
bool zw_frame_plans(const zw_run_t *run, const zw_paragraph_t *p);
/* When its facts are found: who spoke last and where, for the paragraphs behind it. */
void zw_frame_close(zw_run_t *run, const zw_paragraph_t *p);
/* Nearest subject of one of `classes` at or before a clause: in the paragraph, else the head. -1: none. */
int zw_frame_subject(const zw_run_t *run, const zw_paragraph_t *p, size_t sentence, size_t clause, uint32_t classes,
                     int *ret_count);
zw_str_t zw_frame_place_name(const zw_run_t *run, uint32_t code);
/* Whose place it is, as a name: 全市 → 温州市; others as they stand. */
zw_str_t zw_frame_name(const zw_run_t *run, int mention);
/* match_shared.c: the body that stands behind a row of places which ends at `at`, for each of them, or -1; what the last
 * of a row of places has behind its own (上海、安徽市场监管局), or nothing; and such a name with a place. */
int zw_shared_body(const zw_run_t *run, const zw_paragraph_t *p, uint32_t at);
zw_str_t zw_shared_rest(const zw_run_t *run, const zw_piece_t *pieces, size_t n);
zw_str_t zw_shared_name(zw_run_t *run, int place, zw_str_t body);
/* fill_time.c, fill_region.c, fill_modality.c */
void zw_fill_time(zw_run_t *run, zw_draft_t *draft);
/* Leaves the time open: the month of publication, as of what is not dated. */
void zw_fill_time_open(zw_run_t *run, zw_draft_t *draft);
/* Of a plan: the year, where the time is but the article's own day. */
void zw_fill_time_planned(zw_run_t *run, zw_draft_t *draft);
void zw_fill_region(zw_run_t *run, zw_draft_t *draft);
void zw_fill_modality(zw_run_t *run, zw_draft_t *draft);
/* The first day that an EDTF date covers, as YYYYMMDD; and the last. 0: unknown. */
uint32_t zw_time_first(zw_str_t edtf);
uint32_t zw_time_last(zw_str_t edtf);

/* engine_resolve.c: settles the paragraph's matches and appends the drafts that stay to run->facts. */
int zw_resolve_paragraph(zw_run_t *run, const zw_paragraph_t *p, zw_match_t **matches, size_t count);

/* fact_id.c */
void zw_fact_identify(zw_run_t *run, zw_draft_t *draft);

static inline bool zw_is_class(const zw_run_t *run, int mention, uint32_t classes)
{
    return mention >= 0 && (classes & 1u << run->mentions[mention].cls);
}

#define ZW_CLASS_BIT(c) (1u << (c))
#define ZW_ORG_CLASSES (ZW_CLASS_BIT(ZW_M_GOV) | ZW_CLASS_BIT(ZW_M_FIRM) | ZW_CLASS_BIT(ZW_M_ASSOC) | ZW_CLASS_BIT(ZW_M_BODY))
#define ZW_WHO_CLASSES (ZW_ORG_CLASSES | ZW_CLASS_BIT(ZW_M_PERSON) | ZW_CLASS_BIT(ZW_M_REGION))

#endif
