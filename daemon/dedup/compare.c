/* Two articles side by side: how alike the wording is, and whether they tell of the same figures and names. */
#include "dedup/sketch.h"

/* ---- figures
 *
 * Both rows of figures are aligned so that as many equal values as possible fall together; where, between these, two
 * different values stand among the same words, one figure has taken the other's place. A figure without a partner is
 * a cut or an addition and says nothing against a duplicate. */

/* A value at its own place weighs more than the same value elsewhere and a change together. */
enum { SAME = 6, SAME_PLACE = 4, CHANGED = 2 };

static unsigned pair_score(uint32_t a, uint32_t b)
{
    uint32_t differ = a ^ b;
    if (differ & ZW_FIGURE_NAME)
        return 0;
    if (!(differ & ZW_FIGURE_VALUE))
        return differ & ZW_FIGURE_CONTEXT ? SAME : SAME + SAME_PLACE;
    return differ & ZW_FIGURE_CONTEXT ? 0 : CHANGED;
}

static unsigned times_held(const uint32_t *figures, unsigned count, uint32_t figure)
{
    unsigned n = 0;
    for (unsigned i = 0; i < count; i++)
        n += !((figures[i] ^ figure) & (ZW_FIGURE_VALUE | ZW_FIGURE_NAME));
    return n;
}

/* The value stands in `a` more often than in `b`: it has not only been moved. */
static bool is_missing(const uint32_t *a, unsigned na, const uint32_t *b, unsigned nb, uint32_t figure)
{
    return times_held(a, na, figure) > times_held(b, nb, figure);
}

typedef struct {
    const uint32_t *a, *b;
    unsigned na, nb;
    uint16_t score[ZW_FIGURES_ASKED + 1][ZW_FIGURES + 1];
} alignment_t;

static void fill_scores(alignment_t *x)
{
    memset(x->score[0], 0, sizeof x->score[0]);
    for (unsigned i = 1; i <= x->na; i++) {
        x->score[i][0] = 0;
        for (unsigned j = 1; j <= x->nb; j++) {
            uint16_t best = x->score[i - 1][j] > x->score[i][j - 1] ? x->score[i - 1][j] : x->score[i][j - 1];
            unsigned both = x->score[i - 1][j - 1] + pair_score(x->a[i - 1], x->b[j - 1]);
            x->score[i][j] = both > best ? (uint16_t)both : best;
        }
    }
}

static void align_figures(const uint32_t *a, unsigned na, const uint32_t *b, unsigned nb, zw_likeness_t *out)
{
    alignment_t x;
    x.a = a, x.na = na, x.b = b, x.nb = nb;
    fill_scores(&x);
    for (unsigned i = na, j = nb; i && j;) {
        unsigned here = x.score[i][j], pair = pair_score(a[i - 1], b[j - 1]);
        if (here == x.score[i - 1][j]) {
            i--;
        } else if (here == x.score[i][j - 1]) {
            j--;
        } else {
            i--, j--;
            bool name = a[i] & ZW_FIGURE_NAME;
            if (pair >= SAME)
                out->figures_same += !name;
            else if (is_missing(a, na, b, nb, a[i]) && is_missing(b, nb, a, na, b[j]))
                *(name ? &out->names_changed : (a[i] | b[j]) & ZW_FIGURE_LOOSE ? &out->loose_changed : &out->figures_changed) += 1;
        }
    }
}

static unsigned unpack_figures(const zw_sketch_t *s, uint32_t *out)
{
    for (unsigned i = 0; i < s->figure_count; i++)
        out[i] = zw_sketch_figure(s, i);
    return s->figure_count;
}

static unsigned numbers_of(const uint32_t *figures, unsigned count)
{
    unsigned n = 0;
    for (unsigned i = 0; i < count; i++)
        n += !(figures[i] & ZW_FIGURE_NAME);
    return n;
}

/* How many numbers of `b` stand anywhere in `a`: no alignment can have more. */
static unsigned most_in_common(const uint32_t *a, unsigned na, const uint32_t *b, unsigned nb)
{
    uint64_t seen[(ZW_FIGURE_VALUE + 1) / 64] = { 0 };
    unsigned n = 0;
    for (unsigned i = 0; i < na; i++)
        seen[(a[i] & ZW_FIGURE_VALUE) / 64] |= UINT64_C(1) << (a[i] % 64);
    for (unsigned i = 0; i < nb; i++)
        n += !(b[i] & ZW_FIGURE_NAME) && (seen[(b[i] & ZW_FIGURE_VALUE) / 64] >> (b[i] % 64) & 1);
    return n;
}

/* Where a row is a sample of a longer one, only that share of the other can be expected in it. */
static double expected(unsigned held, unsigned total)
{
    return total > held && held ? (double)held / total : 1;
}

static void compare_figures(const uint32_t *a, unsigned na, unsigned total_a, const uint32_t *b, unsigned nb, unsigned total_b,
                            zw_likeness_t *out)
{
    unsigned numbers_a = numbers_of(a, na), numbers_b = numbers_of(b, nb);
    double fewer = numbers_a * expected(nb, total_b), other = numbers_b * expected(na, total_a);
    if (other < fewer)
        fewer = other;
    out->figures_kept = 1;
    out->figures_sampled = total_a > na || total_b > nb;
    if (fewer < 0.5 && na + nb == numbers_a + numbers_b)
        return;
    out->figures_same = most_in_common(a, na, b, nb);
    if (out->figures_same * 2 >= fewer) {
        out->figures_same = 0;
        align_figures(a, na, b, nb, out);
    }
    if (fewer >= 0.5)
        out->figures_kept = out->figures_same < fewer ? out->figures_same / fewer : 1;
}

/* ---- wording */

static void weigh(zw_likeness_t *out, uint32_t fresh_weight, uint32_t old_weight)
{
    out->run_weight = 1.0 / (old_weight ? old_weight : 1);
    out->old_in_new = out->sampled ? (double)out->shared / out->sampled : 0;
    double shared = out->old_in_new * old_weight, all = (double)fresh_weight + old_weight - shared;
    out->new_in_old = fresh_weight ? shared / fresh_weight : 0;
    if (out->new_in_old > 1)
        out->new_in_old = 1;
    out->jaccard = all > shared ? shared / all : out->old_in_new;
}

void zw_compare(const zw_fingerprint_t *fresh, const zw_sketch_t *old, zw_likeness_t *ret)
{
    *ret = (zw_likeness_t){ 0 };
    for (unsigned i = 0; i < old->gram_count && old->grams[i] <= fresh->limit; i++) {
        uint32_t rank = old->grams[i], at = (rank * 0x9E3779B1u) & fresh->set_mask;
        while (fresh->set[at] && fresh->set[at] != rank)
            at = (at + 1) & fresh->set_mask;
        ret->sampled++;
        ret->shared += fresh->set[at] == rank;
    }
    weigh(ret, fresh->sketch.weight, old->weight);
    ret->figures_kept = 1;
    if (ret->shared == 0)
        return;
    uint32_t figures[ZW_FIGURES];
    unsigned n = unpack_figures(old, figures);
    compare_figures(fresh->figures, fresh->figure_count, fresh->sketch.figure_total, figures, n, old->figure_total, ret);
}

void zw_compare_sketches(const zw_sketch_t *fresh, const zw_sketch_t *old, zw_likeness_t *ret)
{
    *ret = (zw_likeness_t){ 0 };
    uint32_t limit = fresh->gram_count == ZW_GRAMS ? fresh->grams[ZW_GRAMS - 1] : UINT32_MAX;
    for (unsigned i = 0, j = 0; i < old->gram_count && old->grams[i] <= limit; i++) {
        while (j < fresh->gram_count && fresh->grams[j] < old->grams[i])
            j++;
        ret->sampled++;
        ret->shared += j < fresh->gram_count && fresh->grams[j] == old->grams[i];
    }
    weigh(ret, fresh->weight, old->weight);
    uint32_t a[ZW_FIGURES], b[ZW_FIGURES];
    unsigned na = unpack_figures(fresh, a), nb = unpack_figures(old, b);
    compare_figures(a, na, fresh->figure_total, b, nb, old->figure_total, ret);
}

/* ---- verdict */

/* What one change touches: five runs of fourfold weight over a number, a dozen over a name. */
enum { FIGURE_RUNS = 4 * ZW_GRAM_TOKENS, NAME_RUNS = 12 };

/* One numeral that became another is a figure that differs when all else stands as it was, and wording when the words
 * around have been changed as well. */
static bool loose_change_counts(const zw_likeness_t *x, double contained)
{
    return x->loose_changed > 1 || (x->loose_changed && 1 - contained < FIGURE_RUNS * x->run_weight + 0.1);
}

/* The share of the figures that must be the same. Where the wording says little, they must speak for themselves. */
static double figures_needed(const zw_likeness_t *x, double contained)
{
    if (x->shared < 8)
        return 0.8;
    return contained >= 0.8 || (x->figures_sampled && contained >= 0.6) ? 0.5 : 0.8;
}

static bool figures_tell(const zw_likeness_t *x)
{
    return x->figures_same >= 4 && x->figures_kept >= 0.8;
}

/* Another name where all else stands as it was is another report. In reworded text names are misread more easily than
 * figures are: when the figures say that it is the same report, they are believed. */
static bool name_change_counts(const zw_likeness_t *x, double contained)
{
    double own = NAME_RUNS * x->names_changed * x->run_weight;
    return x->names_changed && (1 - contained < own + 0.1 || !figures_tell(x));
}

/* How much of the shorter text must stand in the other. Little where the same figures follow one another; nearly all
 * where one is much shorter, for some of its sentences may be anybody's. */
static double wording_needed(const zw_likeness_t *x)
{
    double less = x->old_in_new < x->new_in_old ? x->old_in_new : x->new_in_old;
    if (figures_tell(x))
        return 0.1;
    return less >= 0.35 ? 0.5 : 0.8;
}

zw_dup_t zw_judge(const zw_likeness_t *x, unsigned rare, double *ret_similarity)
{
    double contained = x->old_in_new > x->new_in_old ? x->old_in_new : x->new_in_old;
    if (x->shared < 3 || (rare < 2 && contained < 0.9))
        return ZW_DUP_NONE;
    if (x->figures_changed || loose_change_counts(x, contained) || name_change_counts(x, contained))
        return ZW_DUP_NONE;
    if (contained < wording_needed(x) || x->figures_kept < figures_needed(x, contained))
        return ZW_DUP_NONE;
    bool part = contained >= 0.75 && (x->old_in_new < 0.8 * x->new_in_old || x->new_in_old < 0.8 * x->old_in_new);
    *ret_similarity = part ? contained : x->jaccard;
    return part ? ZW_DUP_CONTAINED : ZW_DUP_NEAR;
}
