/* The fingerprint of a body: a pure function of its tokens. */
#include <errno.h>
#include <stdlib.h>
#include <xxhash.h>

#include "dedup/sketch.h"
#include "dedup/tokens.h"

enum {
    SET_RUNS = 4096, /* of longer articles only about so many runs are kept, those of the smallest rank */
    NUMBER_WEIGHT_LOG2 = 2
};

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Most often there are a few dozen, and they are hashes: each goes about where its value says, then neighbours are put
 * in order. */
static void sort_ascending(uint32_t *v, size_t n)
{
    enum { FEW = 128 };
    uint32_t copy[FEW], top = 1;
    uint8_t place[FEW + 1] = { 0 };
    if (n > FEW) {
        qsort(v, n, sizeof *v, ascending);
        return;
    }
    for (size_t i = 0; i < n; i++)
        top = v[i] > top ? v[i] : top;
    for (size_t i = 0; i < n; i++)
        place[(uint64_t)v[i] * (FEW - 1) / top + 1]++;
    for (size_t i = 1; i <= FEW; i++)
        place[i] = (uint8_t)(place[i] + place[i - 1]);
    memcpy(copy, v, n * sizeof *v);
    for (size_t i = 0; i < n; i++)
        v[place[(uint64_t)copy[i] * (FEW - 1) / top]++] = copy[i];
    for (size_t i = 1; i < n; i++) {
        uint32_t x = v[i];
        size_t at = i;
        for (; at && v[at - 1] > x; at--)
            v[at] = v[at - 1];
        v[at] = x;
    }
}

/* Sorts, drops repeated values; returns how many are left. */
static size_t sort_distinct(uint32_t *v, size_t n)
{
    sort_ascending(v, n);
    size_t out = 0;
    for (size_t i = 0; i < n; i++)
        if (out == 0 || v[out - 1] != v[i])
            v[out++] = v[i];
    return out;
}

/* ---- runs of tokens */

typedef struct {
    uint32_t *set, mask, limit; /* as in zw_fingerprint */
    uint32_t *kept;             /* the same ranks in the order of the text */
    size_t kept_count;
    double weight, weight_of[2]; /* in all, and of a run without and with a number */
} runs_t;

static void add_run(runs_t *r, uint64_t hash, bool number)
{
    uint32_t rank = (uint32_t)(zw_mix64(hash) >> 32);
    if (number)
        rank >>= NUMBER_WEIGHT_LOG2;
    rank += rank == 0;
    if (rank > r->limit)
        return;
    uint32_t at = (rank * 0x9E3779B1u) & r->mask;
    for (; r->set[at]; at = (at + 1) & r->mask)
        if (r->set[at] == rank)
            return;
    if (r->kept_count > r->mask / 4 * 3)
        return;
    r->set[at] = rank;
    r->kept[r->kept_count++] = rank;
    r->weight += r->weight_of[number];
}

/* All runs; a text shorter than a run is one. */
static void walk_runs(const zw_tokens_t *t, runs_t *r)
{
    enum { N = ZW_GRAM_TOKENS };
    const uint64_t B = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t drop = 1, h = 0;
    size_t since_number = N;
    for (int i = 0; i < N; i++)
        drop *= B;
    for (size_t i = 0; i < t->count; i++) {
        h = h * B + t->token[i];
        if (i >= N)
            h -= drop * t->token[i - N];
        since_number = t->token[i] & ZW_TOKEN_NUMBER ? 0 : since_number + 1;
        if (i + 1 >= N || i + 1 == t->count)
            add_run(r, h, since_number < N);
    }
}

/* The smallest ranks: those under a threshold that most often is passed by a few more than are wanted. */
static int least_runs(const runs_t *r, zw_arena_t *arena, zw_fingerprint_t *f)
{
    uint32_t *least = zw_arena_alloc(arena, (r->kept_count + 1) * sizeof *least);
    if (!least)
        return -ENOMEM;
    uint64_t below = (uint64_t)(4294967296.0 * 1.3 * ZW_GRAMS_ASKED / (r->weight + 1));
    size_t n;
    for (;; below *= 2) {
        n = 0;
        for (size_t i = 0; i < r->kept_count; i++) {
            least[n] = r->kept[i];
            n += r->kept[i] <= below;
        }
        if (n >= ZW_GRAMS_ASKED || n == r->kept_count)
            break;
    }
    sort_ascending(least, n);
    f->gram_count = (uint32_t)(n < ZW_GRAMS_ASKED ? n : ZW_GRAMS_ASKED);
    memcpy(f->grams, least, f->gram_count * sizeof *least);
    f->sketch.gram_count = (uint8_t)(f->gram_count < ZW_GRAMS ? f->gram_count : ZW_GRAMS);
    memcpy(f->sketch.grams, f->grams, f->sketch.gram_count * sizeof *least);
    return 0;
}

static int make_runs(const zw_tokens_t *t, zw_arena_t *arena, zw_fingerprint_t *f)
{
    runs_t r = { .mask = 63, .limit = UINT32_MAX };
    size_t expected = t->count;
    if (t->count > SET_RUNS) {
        r.limit = (uint32_t)(((uint64_t)SET_RUNS << 32) / t->count);
        expected = 2 * SET_RUNS; /* numbers are kept up to four times as often */
    }
    /* the weight of a run over the chance that one of its kind is kept */
    double odds = r.limit / 4294967295.0, heavy = 1 << NUMBER_WEIGHT_LOG2;
    r.weight_of[0] = 1 / odds;
    r.weight_of[1] = heavy * odds < 1 ? 1 / odds : heavy;
    while (r.mask + 1 < 2 * expected)
        r.mask = r.mask * 2 + 1;
    r.set = zw_arena_calloc(arena, r.mask + 1, sizeof *r.set);
    r.kept = zw_arena_alloc(arena, (r.mask + 1) * sizeof *r.kept);
    if (!r.set || !r.kept)
        return -ENOMEM;
    walk_runs(t, &r);
    f->set = r.set;
    f->set_mask = r.mask;
    f->limit = r.limit;
    f->sketch.weight = r.weight > UINT32_MAX ? UINT32_MAX : (uint32_t)(r.weight + 0.5);
    return least_runs(&r, arena, f);
}

/* ---- sentences */

static int make_sentences(const zw_tokens_t *t, zw_arena_t *arena, zw_fingerprint_t *f)
{
    uint32_t *hash = zw_arena_alloc(arena, (t->sentence_count + 1) * sizeof *hash), from = 0;
    size_t n = 0;
    if (!hash)
        return -ENOMEM;
    for (size_t i = 0; i < t->sentence_count; i++) {
        uint32_t to = t->sentence_end[i];
        if (to - from >= ZW_SENTENCE_TOKENS)
            hash[n++] = (uint32_t)(XXH3_64bits(t->token + from, (to - from) * sizeof *t->token) >> 32);
        from = to;
    }
    n = sort_distinct(hash, n);
    f->sentence_count = (uint32_t)(n < ZW_SENTENCES_ASKED ? n : ZW_SENTENCES_ASKED);
    memcpy(f->sentences, hash, f->sentence_count * sizeof *hash);
    f->sketch.sentence_count = (uint8_t)(n < ZW_SENTENCES ? n : ZW_SENTENCES);
    memcpy(f->sketch.sentences, hash, f->sketch.sentence_count * sizeof *hash);
    return 0;
}

/* ---- figures */

/* The two tokens on each side, of the same sentence (from `begin` to `end`); numbers among them by kind only, for
 * they differ where figures differ. */
static uint32_t context_of(const zw_tokens_t *t, const zw_figure_t *figure, uint32_t begin, uint32_t end)
{
    uint64_t h = figure->name;
    for (uint32_t i = figure->token < begin + 2 ? begin : figure->token - 2; i < figure->token; i++)
        h = h * 31 * 65537 + (t->token[i] & ZW_TOKEN_NUMBER ? '#' : t->token[i]);
    h = zw_mix64(h);
    for (uint32_t i = figure->end; i < figure->end + 2 && i < end; i++)
        h = h * 31 * 65537 + (t->token[i] & ZW_TOKEN_NUMBER ? '#' : t->token[i]);
    return (uint32_t)(zw_mix64(h) >> 32);
}

/* All figures in the form in which they are held. */
static void figure_entries(const zw_tokens_t *t, uint32_t *out)
{
    size_t s = 0; /* the sentence */
    for (size_t i = 0; i < t->figure_count; i++) {
        const zw_figure_t *figure = &t->figures[i];
        while (s && t->sentence_end[s - 1] > figure->token)
            s--;
        while (t->sentence_end[s] <= figure->token)
            s++;
        uint32_t context = context_of(t, figure, s ? t->sentence_end[s - 1] : 0, t->sentence_end[s]);
        out[i] = (figure->value & ZW_FIGURE_VALUE) | (context & ZW_FIGURE_CONTEXT) | (figure->name ? ZW_FIGURE_NAME : 0) |
                 (figure->loose ? ZW_FIGURE_LOOSE : 0);
    }
}

/* Up to which hash of its context a figure is kept, so that at most `room` are: the same places are then kept of two
 * texts with the same wording, whatever stands at these places. All figures of one context or none, or else one that
 * was left out would look like one that changed. */
static uint32_t context_limit(const uint32_t *figures, size_t count, size_t room, uint32_t *scratch)
{
    if (count <= room)
        return UINT32_MAX;
    for (size_t i = 0; i < count; i++)
        scratch[i] = (uint32_t)zw_mix64(figures[i] & ZW_FIGURE_CONTEXT);
    sort_ascending(scratch, count);
    size_t last = room - 1;
    while (last && scratch[last] == scratch[room])
        last--;
    return scratch[last] == scratch[room] ? scratch[room] : scratch[last];
}

static int make_figures(const zw_tokens_t *t, zw_arena_t *arena, zw_fingerprint_t *f)
{
    size_t n = t->figure_count;
    uint32_t *all = zw_arena_alloc(arena, (n + 1) * sizeof *all), *scratch = zw_arena_alloc(arena, (n + 1) * sizeof *all);
    if (!all || !scratch)
        return -ENOMEM;
    figure_entries(t, all);
    uint32_t asked = context_limit(all, n, ZW_FIGURES_ASKED, scratch);
    uint32_t held = context_limit(all, n, ZW_FIGURES, scratch);
    for (size_t i = 0; i < n; i++) {
        uint32_t order = (uint32_t)zw_mix64(all[i] & ZW_FIGURE_CONTEXT);
        if (order <= asked && f->figure_count < ZW_FIGURES_ASKED)
            f->figures[f->figure_count++] = all[i];
        if (order <= held && f->sketch.figure_count < ZW_FIGURES) {
            uint8_t *p = f->sketch.figures[f->sketch.figure_count++];
            p[0] = (uint8_t)all[i];
            p[1] = (uint8_t)(all[i] >> 8);
            p[2] = (uint8_t)(all[i] >> 16);
        }
    }
    f->sketch.figure_total = (uint8_t)(n < 255 ? n : 255);
    return 0;
}

/* ---- keys */

static uint64_t pair_key(zw_str_t a, zw_str_t b, uint64_t seed)
{
    if (b.n == 0)
        return 0;
    uint64_t h = zw_mix64(XXH3_64bits_withSeed(a.p, a.n, seed)) * 31 + XXH3_64bits_withSeed(b.p, b.n, seed);
    h = zw_mix64(h);
    return h ? h : 1;
}

uint64_t zw_id_key(zw_str_t source, zw_str_t id)
{
    return pair_key(source, id, 1);
}

/* The scheme and a part behind '#' do not tell pages apart. */
uint64_t zw_url_key(zw_str_t source, zw_str_t url)
{
    const char *hash = url.n ? memchr(url.p, '#', url.n) : NULL;
    if (hash && hash > url.p)
        url.n = (size_t)(hash - url.p);
    zw_str_t schemes[] = { ZW_STR_LIT("https://"), ZW_STR_LIT("http://") };
    for (size_t i = 0; i < 2; i++)
        if (url.n > schemes[i].n && zw_str_starts(url, schemes[i]))
            url = zw_str(url.p + schemes[i].n, url.n - schemes[i].n);
    return pair_key(source, url, 2);
}

/* Made by the worker, so that the committer has less to do. */
int zw_fingerprint_make_keys(zw_arena_t *arena, zw_fingerprint_t *f)
{
    uint64_t *posted = zw_arena_alloc(arena, ZW_KEYS_POSTED * sizeof *posted);
    uint64_t *asked = zw_arena_alloc(arena, ZW_KEYS_ASKED * sizeof *asked);
    if (!posted || !asked)
        return -ENOMEM;
    f->posted_count = zw_sketch_keys(&f->sketch, posted);
    f->asked_count = zw_fingerprint_keys(f, asked);
    f->posted = posted;
    f->asked = asked;
    return 0;
}

int zw_fingerprint_make(const zw_text_t *text, const zw_guard_t *guards, size_t guard_count, zw_str_t source,
                        zw_str_t id, zw_str_t url, zw_arena_t *arena, const zw_fingerprint_t **ret)
{
    zw_tokens_t t;
    zw_fingerprint_t *f = zw_arena_calloc(arena, 1, sizeof *f);
    int r = f ? zw_tokens_make(text, guards, guard_count, arena, &t) : -ENOMEM;
    if (r < 0)
        return r;
    XXH128_hash_t exact = XXH3_128bits(t.token, t.count * sizeof *t.token);
    f->sketch.exact[0] = exact.low64;
    f->sketch.exact[1] = exact.high64;
    f->sketch.id_key = zw_id_key(source, id);
    f->sketch.url_key = zw_url_key(source, url);
    if ((r = make_runs(&t, arena, f)) < 0 || (r = make_sentences(&t, arena, f)) < 0 || (r = make_figures(&t, arena, f)) < 0 ||
        (r = zw_fingerprint_make_keys(arena, f)) < 0)
        return r;
    *ret = f;
    return 0;
}
