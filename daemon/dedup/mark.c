/* A mark: the sketch of an article as it is stored, and back. Little-endian:
 *   0 version, 1 kind of duplicate, 2 runs, 3 sentences, 4 figures held, 5 figures in all, 6 time (s, 4 bytes),
 *   10 weight (4), 14 head (8, 0: itself), 22 exact (16), 38 id key (8), 46 url key (8), then runs (4 each),
 *   sentences (4 each) and figures (3 each). The store has a checksum over it. */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>

#include "dedup/index.h"

enum { MARK_VERSION = 1, MARK_HEADER = 54 };
enum { MARK_MAX = MARK_HEADER + 4 * (ZW_GRAMS + ZW_SENTENCES) + 3 * ZW_FIGURES };
_Static_assert(MARK_MAX <= 350, "a mark is small");

static void put(unsigned char *p, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        p[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t get(const unsigned char *p, unsigned bytes)
{
    uint64_t v = 0;
    memcpy(&v, p, bytes);
    return le64toh(v);
}

int zw_dedup_mark_encode(const zw_fingerprint_t *fingerprint, const zw_decision_t *decision, int64_t time_us, zw_buf_t *out)
{
    const zw_sketch_t *s = &fingerprint->sketch;
    unsigned char mark[MARK_MAX], *p = mark + MARK_HEADER;
    int64_t time_s = time_us / 1000000;
    put(mark, MARK_VERSION, 1);
    put(mark + 1, decision->dup, 1);
    put(mark + 2, s->gram_count, 1);
    put(mark + 3, s->sentence_count, 1);
    put(mark + 4, s->figure_count, 1);
    put(mark + 5, s->figure_total, 1);
    put(mark + 6, time_s < 0 ? 0 : time_s > UINT32_MAX ? UINT32_MAX : (uint64_t)time_s, 4);
    put(mark + 10, s->weight, 4);
    put(mark + 14, decision->head, 8);
    put(mark + 22, s->exact[0], 8);
    put(mark + 30, s->exact[1], 8);
    put(mark + 38, s->id_key, 8);
    put(mark + 46, s->url_key, 8);
    for (unsigned i = 0; i < s->gram_count; i++, p += 4)
        put(p, s->grams[i], 4);
    for (unsigned i = 0; i < s->sentence_count; i++, p += 4)
        put(p, s->sentences[i], 4);
    memcpy(p, s->figures, 3u * s->figure_count);
    return zw_buf_put(out, mark, (size_t)(p - mark) + 3u * s->figure_count);
}

static void settle_one(zw_dedup_t *d)
{
    const zw_arrival_t *a = &d->arrivals[d->settled++ % ZW_ARRIVALS];
    pthread_mutex_lock(&d->lock);
    zw_index_add(d, a->number, a->head, a->time_s, &a->sketch, a->keys, a->key_count);
    pthread_mutex_unlock(&d->lock);
}

static void read_mark(const unsigned char *p, zw_arrival_t *a)
{
    zw_sketch_t *s = &a->sketch;
    *s = (zw_sketch_t){ .gram_count = p[2], .sentence_count = p[3], .figure_count = p[4], .figure_total = p[5] };
    s->weight = (uint32_t)get(p + 10, 4);
    s->exact[0] = get(p + 22, 8);
    s->exact[1] = get(p + 30, 8);
    s->id_key = get(p + 38, 8);
    s->url_key = get(p + 46, 8);
    a->time_s = (uint32_t)get(p + 6, 4);
    a->head = get(p + 14, 8);
    p += MARK_HEADER;
    for (unsigned i = 0; i < s->gram_count; i++, p += 4)
        s->grams[i] = (uint32_t)get(p, 4);
    for (unsigned i = 0; i < s->sentence_count; i++, p += 4)
        s->sentences[i] = (uint32_t)get(p, 4);
    memcpy(s->figures, p, 3u * s->figure_count);
}

int zw_dedup_restore(zw_dedup_t *dedup, uint64_t number, zw_str_t mark)
{
    const unsigned char *p = (const unsigned char *)mark.p;
    if (mark.n < MARK_HEADER || p[0] != MARK_VERSION || p[2] > ZW_GRAMS || p[3] > ZW_SENTENCES || p[4] > ZW_FIGURES ||
        mark.n != MARK_HEADER + 4u * (p[2] + p[3]) + 3u * p[4])
        return -ZW_E_CORRUPT;
    if (!dedup->arrivals && !(dedup->arrivals = calloc(ZW_ARRIVALS, sizeof *dedup->arrivals)))
        return -ENOMEM;
    uint64_t newest = dedup->next != dedup->first ? dedup->slots[(dedup->next - 1) % dedup->capacity].number : 0;
    if (dedup->arrived != dedup->settled)
        newest = dedup->arrivals[(dedup->arrived - 1) % ZW_ARRIVALS].number;
    if (number <= newest)
        return -ZW_E_CORRUPT;
    zw_arrival_t *a = &dedup->arrivals[dedup->arrived++ % ZW_ARRIVALS];
    a->number = number;
    read_mark(p, a);
    a->key_count = (uint8_t)zw_sketch_keys(&a->sketch, a->keys);
    zw_index_prefetch(dedup, &a->sketch, a->keys, a->key_count);
    if (dedup->arrived - dedup->settled > ZW_ARRIVALS_HALF) {
        const zw_arrival_t *soon = &dedup->arrivals[(dedup->arrived - ZW_ARRIVALS_HALF) % ZW_ARRIVALS];
        zw_index_prefetch_members(dedup, soon->keys, soon->key_count);
    }
    if (dedup->arrived - dedup->settled == ZW_ARRIVALS)
        settle_one(dedup);
    return 0;
}

void zw_dedup_restored(zw_dedup_t *dedup)
{
    while (dedup->settled < dedup->arrived)
        settle_one(dedup);
    free(dedup->arrivals);
    dedup->arrivals = NULL;
}
