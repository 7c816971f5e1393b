/* Questions about the index that people ask: of what cluster, like what? */
#include "dedup/index.h"

enum { SCAN_STEP = 4096, MEMBERS = 256 };

int zw_dedup_cluster(zw_dedup_t *dedup, uint64_t number, uint64_t *members, size_t max, zw_dedup_cluster_t *ret)
{
    zw_dedup_cluster_t c = { 0 };
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

typedef struct likes {
    const zw_dedup_t *dedup;
    uint32_t slot; /* of the article asked about */
    zw_similar_t *out;
    size_t count, max;
} likes_t;

/* Puts the article of `slot` where it belongs by its similarity, once. Of one cluster is the same report, whatever its
 * marks alone would say. */
static void offer(likes_t *l, uint32_t slot, unsigned rare)
{
    const zw_slot_t *s = &l->dedup->slots[slot];
    zw_likeness_t likeness;
    double verdict;
    for (size_t i = 0; i < l->count; i++)
        if (l->out[i].number == s->number)
            return;
    zw_compare_sketches(&l->dedup->slots[l->slot].sketch, &s->sketch, &likeness);
    if (slot == l->slot || likeness.shared == 0)
        return;
    zw_similar_t x = { .number = s->number, .head = zw_slot_head(l->dedup, slot), .similarity = likeness.jaccard };
    x.same_report = x.head == zw_slot_head(l->dedup, l->slot) || zw_judge(&likeness, rare, &verdict) != ZW_DUP_NONE;
    size_t at = l->count < l->max ? l->count++ : l->max;
    for (; at && l->out[at - 1].similarity < x.similarity; at--)
        if (at < l->max)
            l->out[at] = l->out[at - 1];
    if (at < l->max)
        l->out[at] = x;
}

/* The postings lead to other clusters, but hold few of one cluster: its members are looked at themselves. */
int zw_dedup_similar(zw_dedup_t *dedup, uint64_t number, zw_similar_t *out, size_t max)
{
    uint64_t members[MEMBERS], keys[ZW_KEYS_ASKED];
    zw_candidate_t found[ZW_CANDIDATES];
    zw_dedup_cluster_t cluster;
    int member_count = zw_dedup_cluster(dedup, number, members, MEMBERS, &cluster);
    if (member_count < 0)
        return member_count;
    likes_t likes = { .dedup = dedup, .out = out, .max = max };
    pthread_mutex_lock(&dedup->lock);
    likes.slot = zw_index_slot(dedup, number);
    if (likes.slot != ZW_SLOT_NONE) {
        size_t n = zw_index_candidates(dedup, keys, zw_sketch_keys_asked(&dedup->slots[likes.slot].sketch, keys), found);
        for (size_t i = 0; i < n; i++)
            offer(&likes, found[i].slot, found[i].rare);
        for (int i = 0; i < member_count; i++) {
            uint32_t slot = zw_index_slot(dedup, members[i]);
            if (slot != ZW_SLOT_NONE)
                offer(&likes, slot, 0);
        }
    }
    pthread_mutex_unlock(&dedup->lock);
    return likes.slot == ZW_SLOT_NONE ? -ZW_E_NOT_FOUND : (int)likes.count;
}
