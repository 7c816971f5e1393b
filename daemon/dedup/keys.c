/* The keys by which an article is found in the index. */
#include "dedup/sketch.h"

/* Keeps the `max` smallest of what it is given; `out` is a sorted list of *n. */
static void keep_least(uint64_t *out, size_t *n, size_t max, uint64_t key)
{
    size_t at = *n;
    while (at && out[at - 1] > key)
        at--;
    if (at == max || (at && out[at - 1] == key))
        return;
    size_t tail = (*n < max ? *n : max - 1) - at;
    memmove(out + at + 1, out + at, tail * sizeof *out);
    out[at] = key;
    *n += *n < max;
}

/* The runs of three figures, names left out. */
static size_t triples(const uint32_t *figures, size_t count, uint64_t *out)
{
    uint64_t row = 0;
    size_t n = 0, seen = 0;
    for (size_t i = 0; i < count; i++) {
        if (figures[i] & ZW_FIGURE_NAME)
            continue;
        row = (row << 11 | (figures[i] & ZW_FIGURE_VALUE)) & UINT64_C(0x1FFFFFFFF);
        if (++seen >= 3)
            out[n++] = zw_posting_key(ZW_KEY_TRIPLE, row);
    }
    return n;
}

size_t zw_sketch_keys(const zw_sketch_t *sketch, uint64_t *out)
{
    size_t n = 0, kept = 0;
    for (unsigned i = 0; i < sketch->gram_count && i < ZW_GRAMS_POSTED; i++)
        out[n++] = zw_posting_key(ZW_KEY_GRAM, sketch->grams[i]);
    for (unsigned i = 0; i < sketch->sentence_count; i++)
        out[n++] = zw_posting_key(ZW_KEY_SENTENCE, sketch->sentences[i]);
    uint32_t figures[ZW_FIGURES];
    uint64_t all[ZW_FIGURES];
    for (unsigned i = 0; i < sketch->figure_count; i++)
        figures[i] = zw_sketch_figure(sketch, i);
    size_t count = triples(figures, sketch->figure_count, all);
    for (size_t i = 0; i < count; i++)
        keep_least(out + n, &kept, ZW_TRIPLES, all[i]);
    return n + kept;
}

static size_t keys_asked(const uint32_t *grams, size_t gram_count, const uint32_t *sentences, size_t sentence_count,
                         const uint32_t *figures, size_t figure_count, uint64_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < gram_count; i++)
        out[n++] = zw_posting_key(ZW_KEY_GRAM, grams[i]);
    for (size_t i = 0; i < sentence_count; i++)
        out[n++] = zw_posting_key(ZW_KEY_SENTENCE, sentences[i]);
    return n + triples(figures, figure_count, out + n);
}

size_t zw_fingerprint_keys(const zw_fingerprint_t *f, uint64_t *out)
{
    return keys_asked(f->grams, f->gram_count, f->sentences, f->sentence_count, f->figures, f->figure_count, out);
}

size_t zw_sketch_keys_asked(const zw_sketch_t *s, uint64_t *out)
{
    uint32_t figures[ZW_FIGURES];
    for (unsigned i = 0; i < s->figure_count; i++)
        figures[i] = zw_sketch_figure(s, i);
    return keys_asked(s->grams, s->gram_count, s->sentences, s->sentence_count, figures, s->figure_count, out);
}
