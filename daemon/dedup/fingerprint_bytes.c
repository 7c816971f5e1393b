/* A fingerprint as bytes, little-endian:
 *   0 version, 1 sentences and 2 grams of the sketch, 3 figures in all, 4 weight (4), 8 exact (16), 24 id key (8), 32 url key (8),
 *   40 limit (4), 44 counts of grams, sentences, figures and the sketch's figures (2 each), 52 count of the set (4), then
 *   grams, sentences, figures and set (4 each) and the sketch's figures (3 each). The sketch's grams and sentences are the first of
 *   the fingerprint's. */
#include <endian.h>
#include <errno.h>

#include "dedup/sketch.h"

enum { VERSION = 1, HEADER = 56, SET_MOST = 1 << 20 };

static void put(zw_buf_t *out, uint64_t v, unsigned bytes)
{
    v = htole64(v);
    (void)zw_buf_put(out, &v, bytes);
}

static uint64_t get(const char *p, unsigned bytes)
{
    uint64_t v = 0;
    memcpy(&v, p, bytes);
    return le64toh(v);
}

static void put_all(zw_buf_t *out, const uint32_t *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put(out, v[i], 4);
}

static const char *get_all(const char *p, uint32_t *v, size_t n)
{
    for (size_t i = 0; i < n; i++, p += 4)
        v[i] = (uint32_t)get(p, 4);
    return p;
}

int zw_fingerprint_encode(const zw_fingerprint_t *f, zw_buf_t *out)
{
    const zw_sketch_t *s = &f->sketch;
    uint32_t set = 0;
    for (uint32_t i = 0; i <= f->set_mask; i++)
        set += f->set[i] != 0;
    put(out, VERSION, 1);
    put(out, s->sentence_count, 1);
    put(out, s->gram_count, 1);
    put(out, s->figure_total, 1);
    put(out, s->weight, 4);
    put(out, s->exact[0], 8);
    put(out, s->exact[1], 8);
    put(out, s->id_key, 8);
    put(out, s->url_key, 8);
    put(out, f->limit, 4);
    put(out, f->gram_count, 2);
    put(out, f->sentence_count, 2);
    put(out, f->figure_count, 2);
    put(out, s->figure_count, 2);
    put(out, set, 4);
    put_all(out, f->grams, f->gram_count);
    put_all(out, f->sentences, f->sentence_count);
    put_all(out, f->figures, f->figure_count);
    for (uint32_t i = 0; i <= f->set_mask; i++)
        if (f->set[i])
            put(out, f->set[i], 4);
    return zw_buf_put(out, s->figures, 3u * s->figure_count);
}

/* The set is found again by value, wherever its members stand. */
static int get_set(const char *p, uint32_t count, zw_arena_t *arena, zw_fingerprint_t *f)
{
    uint32_t mask = 63;
    while (mask + 1 < 2 * count)
        mask = mask * 2 + 1;
    uint32_t *set = zw_arena_calloc(arena, mask + 1, sizeof *set);
    if (!set)
        return -ENOMEM;
    for (uint32_t i = 0; i < count; i++, p += 4) {
        uint32_t rank = (uint32_t)get(p, 4), at = (rank * 0x9E3779B1u) & mask;
        if (rank == 0)
            return -ZW_E_CORRUPT;
        while (set[at] && set[at] != rank)
            at = (at + 1) & mask;
        set[at] = rank;
    }
    f->set = set;
    f->set_mask = mask;
    return 0;
}

int zw_fingerprint_decode(zw_str_t bytes, zw_arena_t *arena, const zw_fingerprint_t **ret)
{
    const char *p = bytes.p;
    if (bytes.n < HEADER || p[0] != VERSION)
        return -ZW_E_CORRUPT;
    zw_fingerprint_t *f = zw_arena_calloc(arena, 1, sizeof *f);
    if (!f)
        return -ENOMEM;
    zw_sketch_t *s = &f->sketch;
    uint64_t held = get(p + 50, 2), set = get(p + 52, 4);
    *s = (zw_sketch_t){ .sentence_count = (uint8_t)p[1], .gram_count = (uint8_t)p[2], .figure_total = (uint8_t)p[3],
                        .weight = (uint32_t)get(p + 4, 4), .exact = { get(p + 8, 8), get(p + 16, 8) }, .id_key = get(p + 24, 8),
                        .url_key = get(p + 32, 8), .figure_count = (uint8_t)held };
    f->limit = (uint32_t)get(p + 40, 4);
    f->gram_count = (uint32_t)get(p + 44, 2);
    f->sentence_count = (uint32_t)get(p + 46, 2);
    f->figure_count = (uint32_t)get(p + 48, 2);
    if (f->gram_count > ZW_GRAMS_ASKED || f->sentence_count > ZW_SENTENCES_ASKED || f->figure_count > ZW_FIGURES_ASKED ||
        held > ZW_FIGURES || set > SET_MOST || s->gram_count > ZW_GRAMS || s->gram_count > f->gram_count ||
        s->sentence_count > ZW_SENTENCES || s->sentence_count > f->sentence_count ||
        bytes.n != HEADER + 4 * (f->gram_count + f->sentence_count + f->figure_count + set) + 3 * held)
        return -ZW_E_CORRUPT;
    p = get_all(p + HEADER, f->grams, f->gram_count);
    p = get_all(p, f->sentences, f->sentence_count);
    p = get_all(p, f->figures, f->figure_count);
    memcpy(s->grams, f->grams, s->gram_count * sizeof s->grams[0]);
    memcpy(s->sentences, f->sentences, s->sentence_count * sizeof s->sentences[0]);
    int r = get_set(p, (uint32_t)set, arena, f);
    if (r < 0)
        return r;
    memcpy(s->figures, p + 4 * set, 3 * held);
    r = zw_fingerprint_make_keys(arena, f);
    if (r == 0)
        *ret = f;
    return r;
}
