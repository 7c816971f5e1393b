/* New, or a duplicate of which? */
#include <assert.h>

#include "dedup/index.h"

/* Is the known article the same text to the last token? An empty body says nothing. */
static bool same_text(const zw_sketch_t *a, const zw_sketch_t *b)
{
    return a->weight && memcmp(a->exact, b->exact, sizeof a->exact) == 0;
}

static void duplicate_of(const zw_dedup_t *d, uint32_t slot, zw_dup_t dup, double similarity, zw_decision_t *out)
{
    *out = (zw_decision_t){ .status = ZW_ST_DUPLICATE, .dup = dup, 
                            .of = d->slots[slot].number, .head = zw_slot_head(d, slot), .similarity = similarity };
}

/* The versions of (source, id) or (source, url): the newest, and the newest with the same text; ZW_SLOT_NONE where there
 * is none. */
static void find_versions(const zw_dedup_t *d, uint64_t key, size_t field, const zw_sketch_t *fresh, uint32_t *ret_newest,
                          uint32_t *ret_same)
{
    uint32_t hits[2 * ZW_BUCKET];
    unsigned n = key ? zw_unique_hits(d, key, hits) : 0;
    for (unsigned i = 0; i < n; i++) {
        const zw_slot_t *slot = &d->slots[hits[i]];
        uint64_t other;
        memcpy(&other, (const char *)&slot->sketch + field, sizeof other);
        if (other != key || !zw_slot_fresh(d, hits[i]))
            continue;
        if (*ret_newest == ZW_SLOT_NONE || slot->number > d->slots[*ret_newest].number)
            *ret_newest = hits[i];
        bool same = memcmp(slot->sketch.exact, fresh->exact, sizeof fresh->exact) == 0;
        if (same && (*ret_same == ZW_SLOT_NONE || slot->number > d->slots[*ret_same].number))
            *ret_same = hits[i];
    }
}

static bool decide_versions(const zw_dedup_t *d, const zw_fingerprint_t *f, zw_decision_t *out)
{
    uint32_t newest = ZW_SLOT_NONE, same = ZW_SLOT_NONE;
    zw_likeness_t likeness;
    find_versions(d, f->sketch.id_key, offsetof(zw_sketch_t, id_key), &f->sketch, &newest, &same);
    if (same != ZW_SLOT_NONE) {
        duplicate_of(d, same, ZW_DUP_EXACT, 1, out);
        out->repeat = true;
        return true;
    }
    find_versions(d, f->sketch.url_key, offsetof(zw_sketch_t, url_key), &f->sketch, &newest, &same);
    if (same != ZW_SLOT_NONE) {
        duplicate_of(d, same, ZW_DUP_EXACT, 1, out);
        return true;
    }
    if (newest == ZW_SLOT_NONE)
        return false;
    zw_compare(f, &d->slots[newest].sketch, &likeness);
    *out = (zw_decision_t){ .status = ZW_ST_NEW, .dup = ZW_DUP_REVISION, .of = d->slots[newest].number, .similarity = likeness.jaccard };
    return true;
}

static bool decide_exact(const zw_dedup_t *d, const zw_fingerprint_t *f, zw_decision_t *out)
{
    uint32_t hits[2 * ZW_BUCKET], best = ZW_SLOT_NONE;
    unsigned n = zw_unique_hits(d, zw_unique_exact(&f->sketch), hits);
    for (unsigned i = 0; i < n; i++) {
        const zw_slot_t *slot = &d->slots[hits[i]];
        if (same_text(&slot->sketch, &f->sketch) && zw_slot_fresh(d, hits[i]) &&
            (best == ZW_SLOT_NONE || slot->number < d->slots[best].number))
            best = hits[i];
    }
    if (best != ZW_SLOT_NONE)
        duplicate_of(d, best, ZW_DUP_EXACT, 1, out);
    return best != ZW_SLOT_NONE;
}

static void decide_near(const zw_dedup_t *d, const zw_fingerprint_t *f, zw_decision_t *out)
{
    zw_candidate_t found[ZW_CANDIDATES];
    size_t n = zw_index_candidates(d, f->asked, f->asked_count, found);
    for (size_t i = 0; i < n; i++)
        for (size_t at = 0; at < sizeof(zw_slot_t); at += 64)
            __builtin_prefetch((const char *)&d->slots[found[i].slot] + at);
    double best = 0;
    for (size_t i = 0; i < n; i++) {
        const zw_slot_t *slot = &d->slots[found[i].slot];
        zw_likeness_t likeness;
        double similarity;
        zw_compare(f, &slot->sketch, &likeness);
        zw_dup_t dup = zw_judge(&likeness, found[i].rare, &similarity);
        if (dup == ZW_DUP_NONE || similarity < best || !zw_slot_fresh(d, found[i].slot) || (similarity == best && slot->number > out->of))
            continue;
        best = similarity;
        duplicate_of(d, found[i].slot, dup, similarity, out);
    }
}

void zw_dedup_prefetch(const zw_dedup_t *dedup, const zw_fingerprint_t *fingerprint)
{
    zw_index_prefetch(dedup, &fingerprint->sketch, fingerprint->posted, fingerprint->posted_count);
    zw_index_prefetch(dedup, &fingerprint->sketch, fingerprint->asked, fingerprint->asked_count);
}

void zw_dedup_decide(zw_dedup_t *dedup, const zw_fingerprint_t *fingerprint, zw_decision_t *ret)
{
    *ret = (zw_decision_t){ .status = ZW_ST_NEW };
    if (!decide_versions(dedup, fingerprint, ret) && !decide_exact(dedup, fingerprint, ret))
        decide_near(dedup, fingerprint, ret);
}

static uint32_t seconds(int64_t time_us)
{
    int64_t s = time_us / 1000000;
    return s < 0 ? 0 : s > UINT32_MAX ? UINT32_MAX : (uint32_t)s;
}

void zw_dedup_insert(zw_dedup_t *dedup, uint64_t number, const zw_fingerprint_t *fingerprint, const zw_decision_t *decision,
                     int64_t time_us)
{
    assert(dedup->next == dedup->first || number > dedup->slots[(dedup->next - 1) % dedup->capacity].number);
    pthread_mutex_lock(&dedup->lock);
    zw_index_add(dedup, number, decision->head, seconds(time_us), &fingerprint->sketch, fingerprint->posted,
                 fingerprint->posted_count);
    pthread_mutex_unlock(&dedup->lock);
}

uint64_t zw_dedup_find(zw_dedup_t *dedup, zw_str_t source, zw_str_t id)
{
    uint64_t key = zw_id_key(source, id), number = 0;
    uint32_t hits[2 * ZW_BUCKET];
    pthread_mutex_lock(&dedup->lock);
    unsigned n = key ? zw_unique_hits(dedup, key, hits) : 0;
    for (unsigned i = 0; i < n; i++) {
        const zw_slot_t *slot = &dedup->slots[hits[i]];
        if (slot->sketch.id_key == key && slot->number > number && zw_slot_fresh(dedup, hits[i]))
            number = slot->number;
    }
    pthread_mutex_unlock(&dedup->lock);
    return number;
}

void zw_dedup_info(zw_dedup_t *dedup, zw_dedup_info_t *ret)
{
    pthread_mutex_lock(&dedup->lock);
    *ret = (zw_dedup_info_t){ .held = dedup->next - dedup->first, .capacity = dedup->capacity, .bytes = dedup->memory_bytes };
    if (ret->held)
        ret->oldest = dedup->slots[dedup->first % dedup->capacity].number;
    pthread_mutex_unlock(&dedup->lock);
}
