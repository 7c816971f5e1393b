/* dedup_peers: dedup beside two plain methods, on one stream in one run.
 *
 * usage: dedup_peers [--gram N] [--results PREFIX] < stream.jsonl         of less than 131072 articles
 *        dups.py gen 20000 SEED | dedup_peers
 * The stream has id, text, family and kind (and source, url, title) a line, as dups.py makes it. All three methods get the same
 * repaired text, whose repair is not timed; times are CPU time of a thread, for fingerprint, decision and insertion.
 * --results writes PREFIX.dedup.jsonl and so on, to be scored by dups.py itself.
 *
 * SimHash (Charikar 2002; the search by blocks is of Manku, Jain and Das Sarma 2007): 64 bits, alike when at most 3 differ;
 * four tables of 16 bits find all of those. Features are the runs of N characters (--gram, 3), weighted by their number.
 * MinHash (Broder 1997) with LSH: 128 permutations over runs of 5 characters, 16 bands of 8 rows, alike when the estimated
 * Jaccard similarity is 0.8 or more. Both take the most alike candidate, drop blanks, and know nothing of figures and names.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <xxhash.h>

#include "base/utf8.h"
#include "dedup/dedup.h"

enum { MAX_ARTICLES = 1 << 17, BUCKETS = 1 << 17, PERMUTATIONS = 128, ROWS = 8, BANDS = PERMUTATIONS / ROWS, BLOCKS = 4,
       SIMHASH_BITS = 64, SIMHASH_K = 3, MINHASH_GRAM = 5, MINHASH_LEAST = PERMUTATIONS * 8 / 10 + 1, MAX_KINDS = 16 };
typedef enum { DEDUP, SIMHASH, MINHASH, METHODS } method_t;
static const char *const NAMES[METHODS] = { "dedup", "simhash", "minhash" };

/* Chains of articles by a table's key; many keys may share a chain, so what is found is verified. Numbers are from 1. */
typedef struct chains {
    uint32_t heads[BUCKETS];
    uint32_t *next; /* by number */
} chains_t;

typedef struct score {
    size_t right[MAX_KINDS], true_positives, false_positives, false_negatives;
    double us;
    FILE *results;
} score_t;

typedef struct run {
    zw_text_tables_t *tables;
    zw_arena_t *arena;
    zw_dedup_t *dedup;
    unsigned gram;
    size_t count;
    char **ids, **families; /* by number */
    char *kinds[MAX_KINDS];
    size_t kind_count, of_kind[MAX_KINDS];
    json_t *seen;           /* families */
    uint64_t *simhash;      /* by number */
    uint32_t *minhash;      /* PERMUTATIONS each */
    uint64_t multiply[PERMUTATIONS], add[PERMUTATIONS];
    chains_t blocks[BLOCKS], bands[BANDS];
    score_t scores[METHODS];
} run_t;

static void *need(void *memory)
{
    if (memory)
        return memory;
    fprintf(stderr, "dedup_peers: no memory\n");
    exit(1);
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ---- features */

/* Hashes of the runs of n characters, blanks left out. A shorter text is one run. */
static size_t features(zw_str_t text, unsigned n, zw_arena_t *arena, const uint64_t **ret)
{
    uint32_t *chars = need(zw_arena_alloc(arena, (text.n + 1) * sizeof *chars));
    uint64_t *runs = need(zw_arena_alloc(arena, (text.n + 1) * sizeof *runs));
    size_t length = 0, count = 0;
    for (const char *p = text.p, *end = text.p + text.n; p < end;) {
        p += zw_utf8_decode(p, end, &chars[length]);
        length += chars[length] > ' ' && chars[length] != 0x3000;
    }
    size_t last = length > n ? length - n : 0;
    for (size_t i = 0; i <= last; i++)
        runs[count++] = XXH3_64bits(chars + i, (length < n ? length : n) * sizeof *chars);
    *ret = runs;
    return count;
}

static uint32_t *chain(chains_t *c, uint64_t key)
{
    return &c->heads[(key * UINT64_C(0x9E3779B97F4A7C15)) >> 47];
}

static void link_up(chains_t *c, uint64_t key, uint32_t number)
{
    uint32_t *head = chain(c, key);
    c->next[number] = *head;
    *head = number;
}

/* ---- the methods: put article `number` in; the number of the one that it is alike to, or 0 */

static uint64_t block_key(uint64_t hash, unsigned block)
{
    return hash >> (block * (SIMHASH_BITS / BLOCKS)) & 0xffff;
}

static uint64_t make_simhash(const uint64_t *runs, size_t n)
{
    int weight[SIMHASH_BITS] = { 0 };
    uint64_t hash = 0;
    for (size_t i = 0; i < n; i++)
        for (unsigned b = 0; b < SIMHASH_BITS; b++)
            weight[b] += runs[i] >> b & 1 ? 1 : -1;
    for (unsigned b = 0; b < SIMHASH_BITS; b++)
        hash |= (uint64_t)(weight[b] > 0) << b;
    return hash;
}

static uint32_t simhash(run_t *run, uint32_t number, zw_str_t text)
{
    const uint64_t *runs;
    size_t n = features(text, run->gram, run->arena, &runs);
    uint64_t hash = run->simhash[number] = make_simhash(runs, n);
    uint32_t best = 0;
    int least = SIMHASH_K + 1;
    for (unsigned b = 0; b < BLOCKS; b++) {
        for (uint32_t at = *chain(&run->blocks[b], block_key(hash, b)); at; at = run->blocks[b].next[at]) {
            int differ = __builtin_popcountll(hash ^ run->simhash[at]);
            if (differ < least)
                least = differ, best = at;
        }
        link_up(&run->blocks[b], block_key(hash, b), number);
    }
    return best;
}

static void make_minhash(const run_t *run, const uint64_t *runs, size_t n, uint32_t *out)
{
    for (unsigned p = 0; p < PERMUTATIONS; p++)
        out[p] = UINT32_MAX;
    for (size_t i = 0; i < n; i++)
        for (unsigned p = 0; p < PERMUTATIONS; p++) {
            uint32_t value = (uint32_t)((run->multiply[p] * runs[i] + run->add[p]) >> 32);
            out[p] = value < out[p] ? value : out[p];
        }
}

static uint32_t minhash(run_t *run, uint32_t number, zw_str_t text)
{
    const uint64_t *runs;
    size_t n = features(text, MINHASH_GRAM, run->arena, &runs);
    uint32_t *print = run->minhash + (size_t)number * PERMUTATIONS, best = 0;
    unsigned most = MINHASH_LEAST - 1;
    make_minhash(run, runs, n, print);
    for (unsigned b = 0; b < BANDS; b++) {
        uint64_t key = XXH3_64bits(print + b * ROWS, ROWS * sizeof *print);
        for (uint32_t at = *chain(&run->bands[b], key); at; at = run->bands[b].next[at]) {
            const uint32_t *other = run->minhash + (size_t)at * PERMUTATIONS;
            unsigned same = 0;
            if (memcmp(print + b * ROWS, other + b * ROWS, ROWS * sizeof *print) != 0)
                continue;
            for (unsigned p = 0; p < PERMUTATIONS; p++)
                same += print[p] == other[p];
            if (same > most)
                most = same, best = at;
        }
        link_up(&run->bands[b], key, number);
    }
    return best;
}

static zw_str_t field(json_t *row, const char *name)
{
    json_t *v = json_object_get(row, name);
    return json_is_string(v) ? zw_str(json_string_value(v), json_string_length(v)) : (zw_str_t){ 0 };
}

static uint32_t dedup(run_t *run, uint32_t number, const zw_text_t *text, json_t *row)
{
    const zw_fingerprint_t *print = NULL;
    zw_decision_t d;
    zw_str_t source = field(row, "source");
    if (zw_fingerprint_make(text, NULL, 0, source, source.n ? field(row, "id") : source, field(row, "url"), run->arena, &print) < 0)
        need(NULL);
    zw_dedup_decide(run->dedup, print, &d);
    zw_dedup_insert(run->dedup, number, print, &d, 0);
    return d.status == ZW_ST_DUPLICATE ? (uint32_t)d.of : 0;
}

/* ---- scoring, as dups.py does it */

static size_t kind_of(run_t *run, const char *name)
{
    size_t k = 0;
    while (k < run->kind_count && strcmp(run->kinds[k], name) != 0)
        k++;
    if (k == MAX_KINDS) {
        fprintf(stderr, "dedup_peers: more than %d kinds\n", MAX_KINDS);
        exit(1);
    }
    if (k == run->kind_count)
        run->kinds[run->kind_count++] = need(strdup(name));
    return k;
}

static void judge(run_t *run, method_t method, uint32_t number, size_t kind, uint32_t of)
{
    score_t *s = &run->scores[method];
    const char *family = run->families[number];
    bool known = json_object_get(run->seen, family), right = of && known && strcmp(run->families[of], family) == 0;
    s->true_positives += right;
    s->false_positives += of && !right;
    s->false_negatives += known && !right;
    s->right[kind] += known ? right : !of;
    if (!s->results)
        return;
    fprintf(s->results, "{\"id\":\"%s\",\"status\":\"%s\"", run->ids[number], of ? "duplicate" : "new");
    if (of)
        fprintf(s->results, ",\"of\":\"%s\"", run->ids[of]);
    fprintf(s->results, "}\n");
}

static bool one(run_t *run, json_t *row)
{
    const char *id = json_string_value(json_object_get(row, "id")), *kind = json_string_value(json_object_get(row, "kind")),
               *family = json_string_value(json_object_get(row, "family"));
    zw_raw_t raw = { .body = field(row, "text"), .body_is_utf8 = true, .title = field(row, "title"), .url = field(row, "url"),
                     .published = field(row, "published") };
    zw_text_t text;
    if (!id || !kind || !family || run->count + 1 == MAX_ARTICLES || zw_text_repair(run->tables, &raw, NULL, run->arena, &text) < 0)
        return false;
    uint32_t number = (uint32_t)++run->count;
    size_t k = kind_of(run, kind);
    run->ids[number] = need(strdup(id));
    run->families[number] = need(strdup(family));
    run->of_kind[k]++;
    for (method_t m = 0; m < METHODS; m++) {
        double start = now_us();
        uint32_t of = m == DEDUP ? dedup(run, number, &text, row) : m == SIMHASH ? simhash(run, number, text.text) : minhash(run, number, text.text);
        run->scores[m].us += now_us() - start;
        judge(run, m, number, k, of);
    }
    return json_object_set_new(run->seen, family, json_true()) == 0;
}

/* ---- the table */

static double part(size_t of, size_t whole)
{
    return whole ? (double)of / (double)whole : 0;
}

static void print_row(const char *name, const double *values, int decimals)
{
    printf("%-10s %8s", name, "");
    for (method_t m = 0; m < METHODS; m++)
        printf(" %9.*f", decimals, values[m]);
    printf("\n");
}

static void print_table(const run_t *run)
{
    double precision[METHODS], recall[METHODS], f1[METHODS], us[METHODS];
    printf("%-10s %8s %9s %9s %9s\n", "right of", "articles", NAMES[DEDUP], NAMES[SIMHASH], NAMES[MINHASH]);
    for (size_t k = 0; k < run->kind_count; k++) {
        printf("%-10s %8zu", run->kinds[k], run->of_kind[k]);
        for (method_t m = 0; m < METHODS; m++)
            printf(" %9.4f", part(run->scores[m].right[k], run->of_kind[k]));
        printf("\n");
    }
    for (method_t m = 0; m < METHODS; m++) {
        const score_t *s = &run->scores[m];
        precision[m] = part(s->true_positives, s->true_positives + s->false_positives);
        recall[m] = part(s->true_positives, s->true_positives + s->false_negatives);
        f1[m] = precision[m] + recall[m] > 0 ? 2 * precision[m] * recall[m] / (precision[m] + recall[m]) : 0;
        us[m] = s->us / (double)run->count;
    }
    print_row("precision", precision, 4);
    print_row("recall", recall, 4);
    print_row("F1", f1, 4);
    print_row("us/article", us, 1);
}

/* ---- */

static void open_all(run_t *run, const char *results)
{
    zw_dedup_options_t options = { .capacity = MAX_ARTICLES };
    run->arena = need(zw_arena_new(0));
    run->seen = need(json_object());
    run->ids = need(calloc(MAX_ARTICLES, sizeof *run->ids));
    run->families = need(calloc(MAX_ARTICLES, sizeof *run->families));
    run->simhash = need(calloc(MAX_ARTICLES, sizeof *run->simhash));
    run->minhash = need(calloc((size_t)MAX_ARTICLES * PERMUTATIONS, sizeof *run->minhash)); /* touched as it fills */
    for (unsigned b = 0; b < BLOCKS; b++)
        run->blocks[b].next = need(calloc(MAX_ARTICLES, sizeof(uint32_t)));
    for (unsigned b = 0; b < BANDS; b++)
        run->bands[b].next = need(calloc(MAX_ARTICLES, sizeof(uint32_t)));
    for (uint64_t p = 0; p < PERMUTATIONS; p++) {
        run->multiply[p] = XXH3_64bits_withSeed(&p, sizeof p, 1) | 1;
        run->add[p] = XXH3_64bits_withSeed(&p, sizeof p, 2);
    }
    if (zw_dedup_open(&options, &run->dedup) < 0 || zw_text_tables_open(&run->tables) < 0)
        need(NULL);
    for (method_t m = 0; results && m < METHODS; m++) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s.%s.jsonl", results, NAMES[m]);
        run->scores[m].results = fopen(path, "w");
        if (!run->scores[m].results) {
            perror(path);
            exit(1);
        }
    }
}

static int close_all(run_t *run)
{
    int bad = 0;
    for (method_t m = 0; m < METHODS; m++)
        bad |= run->scores[m].results && fclose(run->scores[m].results) != 0;
    for (size_t i = 1; i <= run->count; i++) {
        free(run->ids[i]);
        free(run->families[i]);
    }
    for (size_t k = 0; k < run->kind_count; k++)
        free(run->kinds[k]);
    for (unsigned b = 0; b < BLOCKS; b++)
        free(run->blocks[b].next);
    for (unsigned b = 0; b < BANDS; b++)
        free(run->bands[b].next);
    free(run->ids);
    free(run->families);
    free(run->simhash);
    free(run->minhash);
    json_decref(run->seen);
    zw_text_tables_free(run->tables);
    zw_dedup_close(run->dedup);
    zw_arena_free(run->arena);
    return bad;
}

int main(int argc, char **argv)
{
    static run_t run = { .gram = 3 };
    const char *results = NULL;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--gram") == 0)
            run.gram = (unsigned)strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--results") == 0)
            results = argv[i + 1];
    }
    if (argc % 2 == 0 || run.gram < 1 || run.gram > 16)
        return fprintf(stderr, "usage: dedup_peers [--gram N] [--results PREFIX] < stream.jsonl\n"), 2;
    open_all(&run, results);
    char *line = NULL;
    size_t room = 0, bad = 0;
    ssize_t n;
    while ((n = getline(&line, &room, stdin)) > 0) {
        json_t *row = json_loadb(line, (size_t)n, 0, NULL);
        bad += !row || !one(&run, row);
        json_decref(row);
        zw_arena_reset(run.arena, 1 << 20);
    }
    free(line);
    if (run.count)
        print_table(&run);
    if (bad)
        fprintf(stderr, "dedup_peers: %zu lines could not be used\n", bad);
    return close_all(&run) || bad || !run.count;
}
