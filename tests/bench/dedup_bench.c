/* dedup_bench: time and memory of a full index.
 *
 * usage: dedup_bench [ARTICLES]     default 1,000,000
 * Synthetic articles (a sixth of them copies, cuts or siblings of others) go in until the index is full and a tenth
 * more, so that expiry runs; then it is rebuilt from the marks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/utf8.h"
#include "dedup/dedup.h"

/* Of this thread's work, so that what else runs on the machine tells less. */
static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static uint64_t random_next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* An article of about `bytes` bytes: sentences of characters of skewed frequency, a number in each. */
static size_t write_article(char *out, size_t bytes, uint64_t wording, uint64_t figures)
{
    size_t n = 0;
    while (n + 160 < bytes) {
        unsigned length = 8 + random_next(&wording) % 24;
        for (unsigned i = 0; i < length; i++) {
            uint64_t r = random_next(&wording), span = 1u << (5 + r % 7);
            n += zw_utf8_encode(0x5800 + (uint32_t)(r >> 8) % (uint32_t)span * 3, out + n);
        }
        n += (size_t)sprintf(out + n, ",共%u家。%s", (unsigned)(random_next(&figures) % 4000), wording % 5 == 0 ? "\n" : "");
    }
    return n;
}

/* Article i: most are their own; some are a copy, a cut or a sibling of one before. */
static zw_str_t article(char *space, size_t bytes, uint64_t i)
{
    uint64_t kind = i % 18, of = kind < 3 && i > 1000 ? i - 500 - i % 400 : i;
    size_t n = write_article(space, bytes, of * 7919 + 1, kind == 2 ? i : of);
    if (kind == 1)
        for (n = n * 2 / 3; ((unsigned char)space[n] & 0xC0) == 0x80; n--)
            ;
    return zw_str(space, n);
}

enum { BATCH = 32, AHEAD = 2 }; /* as the committer has it under load */
enum { SLOWEST = 1000 };         /* of the histogram, in tenths of a microsecond; the last takes what is slower */

typedef struct {
    double total_us, worst_us;
    uint64_t count, found;
    uint32_t took[SLOWEST + 1];
} lap_t;

static double percentile_us(const lap_t *lap, double share)
{
    uint64_t below = 0;
    int i = 0;
    while (i < SLOWEST && (double)(below += lap->took[i]) < share * (double)lap->count)
        i++;
    return (i + 1) / 10.0;
}

typedef struct {
    zw_dedup_t *dedup;
    zw_arena_t *arena;
    char space[8192];
    zw_buf_t marks;
    size_t *ends; /* of the marks */
    double print_us;
} bench_t;

static const zw_fingerprint_t *print_of(char *space, size_t bytes, uint64_t i, zw_arena_t *arena, double *ret_us)
{
    const zw_fingerprint_t *f = NULL;
    char id[24];
    zw_text_t text = { .text = article(space, bytes, i) };
    zw_str_t name = zw_str(id, (size_t)snprintf(id, sizeof id, "a%llu", (unsigned long long)i));
    double t = now_us();
    if (zw_fingerprint_make(&text, NULL, 0, ZW_STR_LIT("bench"), name, name, arena, &f) < 0)
        exit(1);
    *ret_us += now_us() - t;
    return f;
}

static void print_lap(const char *name, const lap_t *lap)
{
    printf("%-28s %8.0f articles/s  %6.2f us each, p99 %.1f us, worst %.0f us, %llu duplicates\n", name,
           (double)lap->count / lap->total_us * 1e6, lap->total_us / (double)lap->count, percentile_us(lap, 0.99), lap->worst_us,
           (unsigned long long)lap->found);
}

static void time_fingerprints(char *space, zw_arena_t *arena)
{
    double best = 1e9;
    for (int round = 0; round < 5; round++) {
        double us = 0;
        for (uint64_t i = 0; i < 400; i++) {
            (void)print_of(space, 5000, i * 18 + 5, arena, &us);
            zw_arena_reset(arena, 1 << 20);
        }
        best = us / 400 < best ? us / 400 : best;
    }
    printf("%-28s %6.2f us each\n", "fingerprint of 5 KB", best);
}

/* Articles `from` and those behind it, as many as a batch holds. */
static void put_batch(bench_t *b, uint64_t from, uint64_t count, lap_t *lap)
{
    const zw_fingerprint_t *prints[BATCH];
    for (uint64_t i = 0; i < count; i++)
        prints[i] = print_of(b->space, 1100, from + i, b->arena, &b->print_us);
    for (uint64_t i = 0; i < count; i++) {
        zw_decision_t d;
        double t = now_us();
        for (uint64_t k = i ? i + AHEAD : 0; k <= i + AHEAD && k < count; k++)
            zw_dedup_prefetch(b->dedup, prints[k]);
        zw_dedup_decide(b->dedup, prints[i], &d);
        zw_dedup_insert(b->dedup, from + i + 1, prints[i], &d, (int64_t)(from + i) * 1000000);
        t = now_us() - t;
        lap->total_us += t;
        lap->worst_us = t > lap->worst_us ? t : lap->worst_us;
        lap->took[t * 10 < SLOWEST ? (int)(t * 10) : SLOWEST]++;
        lap->count++;
        lap->found += d.status == ZW_ST_DUPLICATE;
        if (zw_dedup_mark_encode(prints[i], &d, (int64_t)(from + i) * 1000000, &b->marks) < 0)
            exit(1);
        b->ends[from + i + 1] = b->marks.n;
    }
    zw_arena_reset(b->arena, 4 << 20);
}

static void time_restore(const bench_t *b, const zw_dedup_options_t *options)
{
    zw_dedup_t *again;
    if (zw_dedup_open(options, &again) < 0)
        exit(1);
    double t = now_us();
    for (uint64_t i = 0; i < options->capacity; i++)
        if (zw_dedup_restore(again, i + 1, zw_str(b->marks.p + b->ends[i], b->ends[i + 1] - b->ends[i])) < 0)
            exit(1);
    zw_dedup_restored(again);
    t = now_us() - t;
    printf("%-28s %8.0f articles/s\n", "restore", options->capacity / t * 1e6);
    zw_dedup_close(again);
}

int main(int argc, char **argv)
{
    uint64_t tenth = (argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000) / 10, count = 10 * tenth;
    zw_dedup_options_t options = { .capacity = (uint32_t)count };
    static bench_t b;
    b.arena = zw_arena_new(0);
    b.ends = calloc(count + tenth + 1, sizeof *b.ends);
    double t = now_us();
    if (!b.arena || !b.ends || !tenth || zw_dedup_open(&options, &b.dedup) < 0)
        return 1;
    printf("%-28s %.2f s\n", "open", (now_us() - t) / 1e6);
    time_fingerprints(b.space, b.arena);
    static lap_t laps[11];
    for (uint64_t lap = 0; lap < 11; lap++)
        for (uint64_t i = 0; i < tenth; i += BATCH)
            put_batch(&b, lap * tenth + i, tenth - i < BATCH ? tenth - i : BATCH, &laps[lap]);
    printf("%-28s %6.2f us each\n", "fingerprint of 1 KB", b.print_us / (double)(count + tenth));
    print_lap("decide, insert: first tenth", &laps[0]);
    print_lap("last tenth", &laps[9]);
    print_lap("with expiry", &laps[10]);
    zw_dedup_info_t info;
    zw_dedup_info(b.dedup, &info);
    printf("%-28s %6.1f bytes resident, %.1f bytes of mark an article\n", "memory", (double)info.bytes / (double)count,
           (double)b.marks.n / (double)(count + tenth));
    zw_dedup_close(b.dedup);
    time_restore(&b, &options);
    zw_buf_done(&b.marks);
    free(b.ends);
    zw_arena_free(b.arena);
    return 0;
}
