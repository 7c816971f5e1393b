/* sketch: what is remembered of an article, and the fingerprint that it is cut from. Internal to dedup.
 *
 * A sketch has a fixed size, so an index of them never grows:
 *   exact      128 bits over the body's tokens
 *   grams      the ZW_GRAMS smallest of the hashes ("ranks") of all runs of ZW_GRAM_TOKENS tokens: a bottom-k MinHash
 *   sentences  the smallest hashes of whole sentences
 *   figures    numbers, and names given as guards, in the order of the text, each with a hash of its value and one of
 *              the words around it, so that "another figure at the same place" can be told from "a figure cut away"
 * A token is a Han character, a letter, or a whole number by its value (2 = 两 = 二, 3万 = 30000). A run that holds a
 * number has four times the weight of another (its rank is a quarter), for it is figures that tell bulletins apart.
 */
#ifndef ZW_DEDUP_SKETCH_H
#define ZW_DEDUP_SKETCH_H

#include "dedup/dedup.h"

enum {
    ZW_GRAM_TOKENS = 5,
    ZW_GRAMS = 28,
    ZW_GRAMS_POSTED = 12,   /* of these, how many the index finds an article by */
    ZW_GRAMS_ASKED = 48,    /* and by how many of its own a new article looks for known ones */
    ZW_SENTENCES = 6,
    ZW_SENTENCES_ASKED = 48,
    ZW_SENTENCE_TOKENS = 10, /* shorter ones say nothing */
    ZW_FIGURES = 38,
    ZW_FIGURES_ASKED = 120,
    ZW_TRIPLES = 4,          /* runs of three figures, posted */
    ZW_FIGURE_VALUE = 0x7FF,
    ZW_FIGURE_CONTEXT = 0x3FF800,
    ZW_FIGURE_LOOSE = 0x400000, /* one or two Chinese numerals: may be wording */
    ZW_FIGURE_NAME = 0x800000
};

typedef struct zw_sketch {
    uint64_t exact[2];
    uint64_t id_key, url_key; /* 0: none */
    uint32_t weight;          /* of all distinct runs of the article */
    uint8_t gram_count, sentence_count, figure_count;
    uint8_t figure_total;     /* in the article, 255 for more */
    uint32_t grams[ZW_GRAMS]; /* ascending, distinct */
    uint32_t sentences[ZW_SENTENCES];
    uint8_t figures[ZW_FIGURES][3];
} zw_sketch_t;

struct zw_fingerprint {
    zw_sketch_t sketch;
    uint32_t gram_count, sentence_count, figure_count;
    uint32_t grams[ZW_GRAMS_ASKED];
    uint32_t sentences[ZW_SENTENCES_ASKED];
    uint32_t figures[ZW_FIGURES_ASKED];
    const uint32_t *set; /* every rank up to `limit`; open addressing, 0 is empty */
    uint32_t set_mask, limit;
    const uint64_t *posted, *asked; /* keys that the index will hold it by, and that known articles like it are found by */
    size_t posted_count, asked_count;
};

static inline uint32_t zw_sketch_figure(const zw_sketch_t *sketch, unsigned i)
{
    const uint8_t *p = sketch->figures[i];
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

/* The finaliser of MurmurHash3 (public domain): every bit of the input reaches every bit of the output. */
static inline uint64_t zw_mix64(uint64_t h)
{
    h ^= h >> 33;
    h *= UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 33;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

/* The keys of (source, id) and (source, url); 0 where id or url is empty. */
uint64_t zw_id_key(zw_str_t source, zw_str_t id);
uint64_t zw_url_key(zw_str_t source, zw_str_t url);

/* Keys that an article is found by, other than exact, id and url. Each kind has its own range of 64 bits. */
typedef enum { ZW_KEY_GRAM = 1, ZW_KEY_SENTENCE, ZW_KEY_TRIPLE } zw_key_kind_t;
static inline uint64_t zw_posting_key(zw_key_kind_t kind, uint64_t value)
{
    return zw_mix64(value ^ (uint64_t)kind << 60);
}

enum { ZW_KEYS_POSTED = ZW_GRAMS_POSTED + ZW_SENTENCES + ZW_TRIPLES };
/* The keys under which the index holds a sketch, out: ZW_KEYS_POSTED; and those by which known articles like a new one
 * are looked for, out: ZW_KEYS_ASKED. Return how many. */
enum { ZW_KEYS_ASKED = ZW_GRAMS_ASKED + ZW_SENTENCES_ASKED + ZW_FIGURES_ASKED };
size_t zw_sketch_keys(const zw_sketch_t *sketch, uint64_t *out);
size_t zw_fingerprint_keys(const zw_fingerprint_t *fingerprint, uint64_t *out);
size_t zw_sketch_keys_asked(const zw_sketch_t *sketch, uint64_t *out); /* where there is only the sketch */

/* Fills in `posted` and `asked` from the rest. 0 or -ENOMEM. */
int zw_fingerprint_make_keys(zw_arena_t *arena, zw_fingerprint_t *fingerprint);

/* How alike a known article is to a new one. */
typedef struct zw_likeness {
    double old_in_new, new_in_old, jaccard; /* by weight of runs */
    unsigned sampled, shared;               /* runs that these are estimated from */
    double figures_kept;    /* share of the figures of the one with fewer that the other has; 1 without any */
    unsigned figures_same, figures_changed, loose_changed, names_changed;
    bool figures_sampled;   /* not all of them are held */
    double run_weight;      /* of one run, as a share of the known article */
} zw_likeness_t;

/* The same for a sketch instead of a whole fingerprint as the new one gives rougher figures. */
void zw_compare(const zw_fingerprint_t *fresh, const zw_sketch_t *old, zw_likeness_t *ret);
void zw_compare_sketches(const zw_sketch_t *fresh, const zw_sketch_t *old, zw_likeness_t *ret);

/* The verdict; *ret_similarity is set where it is a duplicate. `rare` is the number of parts that both share and that
 * do not stand in many reports. */
zw_dup_t zw_judge(const zw_likeness_t *likeness, unsigned rare, double *ret_similarity);

#endif
