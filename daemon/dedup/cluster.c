/* Questions about the index that people ask: of what cluster, like what? */
#include "dedup/index.h"

enum { SCAN_STEP = 4096 };

int zw_dedup_cluster(zw_dedup_t *dedup, uint64_t number, uint64_t *members, size_t max, zw_cluster_t *ret)
{
    zw_cluster_t c = { 0 };
    pthread_mutex_lock(&dedup->lock);
    uint32_t slot = zw_index_slot(dedup, number);
    uint64_t from = dedup->first, to = dedup->next;
    if (slot != ZW_SLOT_NONE)
        c.head = zw_slot_head(dedup, slot);
    pthread_mutex_unlock(&dedup->lock);
    if (slot == ZW_SLOT_NONE)
        return -ZW_E_NOT_FOUND;
    while (from < to) {
        pthread_mutex_lock(&dedup->lock); /* again for each step; what expired in between is passed over */
        uint64_t step = from + SCAN_STEP < to ? from + SCAN_STEP : to;
        for (from = from < dedup->first ? dedup->first : from; from < step; from++) {
            uint32_t at = (uint32_t)(from % dedup->capacity);
            if (dedup->members[at].head != (uint32_t)c.head || zw_slot_head(dedup, at) != c.head)
                continue;
            int64_t time_us = (int64_t)dedup->members[at].time_s * 1000000;
            if (c.members < max)
                members[c.members] = dedup->slots[at].number;
            if (c.members++ == 0 || time_us < c.first_us)
                c.first_us = time_us;
            if (time_us > c.last_us)
                c.last_us = time_us;
        }
        pthread_mutex_unlock(&dedup->lock);
    }
    *ret = c;
    return (int)(c.members < max ? c.members : max);
}

static size_t collect(zw_dedup_t *d, uint32_t slot, zw_similar_t *out, size_t max)
{
    const zw_sketch_t *fresh = &d->slots[slot].sketch;
    uint64_t keys[ZW_KEYS_ASKED];
    zw_candidate_t found[ZW_CANDIDATES];
    size_t n = zw_index_candidates(d, keys, zw_sketch_keys_asked(fresh, keys), found), count = 0;
    for (size_t i = 0; i < n; i++) {
        const zw_slot_t *s = &d->slots[found[i].slot];
        zw_likeness_t likeness;
        double verdict;
        zw_compare_sketches(fresh, &s->sketch, &likeness);
        zw_similar_t x = { .number = s->number, .head = zw_slot_head(d, found[i].slot), .similarity = likeness.jaccard };
        x.same_report = zw_judge(&likeness, found[i].rare, &verdict) != ZW_DUP_NONE;
        if (found[i].slot == slot || likeness.shared == 0)
            continue;
        size_t at = count < max ? count++ : max;
        for (; at && out[at - 1].similarity < x.similarity; at--)
            if (at < max)
                out[at] = out[at - 1];
        if (at < max)
            out[at] = x;
    }
    return count;
}

int zw_dedup_similar(zw_dedup_t *dedup, uint64_t number, zw_similar_t *out, size_t max)
{
    int r = -ZW_E_NOT_FOUND;
    pthread_mutex_lock(&dedup->lock);
    uint32_t slot = zw_index_slot(dedup, number);
    if (slot != ZW_SLOT_NONE)
        r = (int)collect(dedup, slot, out, max);
    pthread_mutex_unlock(&dedup->lock);
    return r;
}
