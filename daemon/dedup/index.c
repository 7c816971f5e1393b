/* The ring of slots and the tables over it. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "dedup/index.h"

enum { HUGE_PAGE = 2 << 20, KEYS_UNIQUE = 3 };

/* ---- memory */

static uint64_t buckets_for(uint64_t entries, unsigned load_percent)
{
    return entries * 100 / load_percent / ZW_BUCKET + 2;
}

/* Reserves and touches all of it: a page fault costs more than an article. */
static int map_memory(zw_dedup_t *d)
{
    uint64_t unique = buckets_for((uint64_t)d->capacity * KEYS_UNIQUE, 68);
    uint64_t postings = buckets_for((uint64_t)d->capacity * ZW_KEYS_POSTED, 80);
    size_t line = ZW_BUCKET * sizeof(uint32_t), tables = (size_t)(unique + postings) * line;
    d->memory_bytes = tables + d->capacity * (sizeof(zw_slot_t) + sizeof(zw_member_t)) + HUGE_PAGE;
    d->memory = mmap(NULL, d->memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (d->memory == MAP_FAILED) {
        d->memory = NULL;
        return -ENOMEM;
    }
    char *base = (char *)(((uintptr_t)d->memory + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
    (void)madvise(d->memory, d->memory_bytes, MADV_HUGEPAGE); /* an advice */
    memset(base, 0, d->memory_bytes - HUGE_PAGE);
    d->unique = (zw_table_t){ (uint32_t *)base, unique };
    d->postings = (zw_table_t){ d->unique.entries + ZW_BUCKET * unique, postings };
    d->slots = (zw_slot_t *)(base + tables);
    d->members = (zw_member_t *)(d->slots + d->capacity);
    return 0;
}

int zw_dedup_open(const zw_dedup_options_t *options, zw_dedup_t **ret)
{
    zw_dedup_options_t o = options ? *options : (zw_dedup_options_t){ 0 };
    if (!o.capacity)
        o.capacity = 1000000;
    if (o.capacity >= ZW_SLOT_NONE - 1 || o.window_days > 36500)
        return -EINVAL;
    zw_dedup_t *d = calloc(1, sizeof *d);
    if (!d)
        return -ENOMEM;
    d->capacity = o.capacity;
    d->window_s = o.window_days * 86400u;
    int r = map_memory(d);
    if (r == 0)
        r = -pthread_mutex_init(&d->lock, NULL);
    if (r < 0) {
        if (d->memory)
            munmap(d->memory, d->memory_bytes);
        free(d);
        return r;
    }
    *ret = d;
    return 0;
}

void zw_dedup_close(zw_dedup_t *d)
{
    if (!d)
        return;
    munmap(d->memory, d->memory_bytes);
    free(d->arrivals);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

/* ---- unique keys */

static uint32_t *second_bucket(const zw_dedup_t *d, uint64_t key)
{
    return zw_table_bucket(&d->unique, zw_mix64(key ^ UINT64_C(0x5851f42d4c957f2d)));
}

unsigned zw_unique_hits(const zw_dedup_t *d, uint64_t key, uint32_t *out)
{
    uint32_t *one = zw_table_bucket(&d->unique, key), *two = second_bucket(d, key);
    unsigned n = zw_bucket_hits(one, key, out);
    return two == one ? n : n + zw_bucket_hits(two, key, out + n);
}

static unsigned free_places(const uint32_t *bucket)
{
    return (unsigned)__builtin_popcount(zw_bucket_match(bucket, 0, 0));
}

/* Writes into a free place, else over the oldest entry. */
static void put_entry(const zw_dedup_t *d, uint32_t *bucket, uint32_t entry)
{
    uint32_t free = zw_bucket_match(bucket, 0, 0), oldest = 0;
    unsigned at = free ? (unsigned)__builtin_ctz(free) : 0;
    for (unsigned i = 0; i < ZW_BUCKET && !free; i++) {
        uint32_t age = zw_slot_age(d, zw_entry_slot(bucket[i]));
        if (age > oldest) {
            oldest = age;
            at = i;
        }
    }
    bucket[at] = entry;
}

static void unique_remove(zw_dedup_t *d, uint64_t key, uint32_t slot)
{
    zw_bucket_remove(zw_table_bucket(&d->unique, key), zw_entry(key, slot));
    zw_bucket_remove(second_bucket(d, key), zw_entry(key, slot));
}

static void unique_add(zw_dedup_t *d, uint64_t key, uint32_t slot)
{
    uint32_t *one = zw_table_bucket(&d->unique, key), *two = second_bucket(d, key);
    put_entry(d, free_places(two) > free_places(one) ? two : one, zw_entry(key, slot));
}

/* An exact copy needs no entry of its own while the one that is there has half of its time before it. */
static void add_exact(zw_dedup_t *d, uint32_t slot)
{
    const zw_sketch_t *s = &d->slots[slot].sketch;
    uint64_t key = zw_unique_exact(s);
    uint32_t hits[2 * ZW_BUCKET];
    unsigned n = zw_unique_hits(d, key, hits);
    for (unsigned i = 0; i < n; i++) {
        if (memcmp(d->slots[hits[i]].sketch.exact, s->exact, sizeof s->exact) != 0)
            continue;
        if (zw_slot_age(d, hits[i]) < d->capacity / 2)
            return;
        unique_remove(d, key, hits[i]);
    }
    unique_add(d, key, slot);
}

/* `field` is the place of id_key or url_key in the sketch. The newest few versions stay. */
static void add_version(zw_dedup_t *d, uint64_t key, size_t field, uint32_t slot)
{
    uint32_t hits[2 * ZW_BUCKET], oldest = slot;
    if (!key)
        return;
    unsigned n = zw_unique_hits(d, key, hits), same = 0;
    for (unsigned i = 0; i < n; i++) {
        uint64_t other;
        memcpy(&other, (const char *)&d->slots[hits[i]].sketch + field, sizeof other);
        if (other != key)
            continue;
        same++;
        if (oldest == slot || zw_slot_age(d, hits[i]) > zw_slot_age(d, oldest))
            oldest = hits[i];
    }
    if (same >= ZW_VERSIONS)
        unique_remove(d, key, oldest);
    unique_add(d, key, slot);
}

/* ---- postings */

static void add_posting(zw_dedup_t *d, uint64_t key, uint32_t slot)
{
    uint32_t *bucket = zw_table_bucket(&d->postings, key), oldest = 0;
    unsigned same = 0, oldest_at = 0;
    for (uint32_t m = zw_bucket_match(bucket, ZW_SLOT_BITS, zw_tag(key)); m; m &= m - 1) {
        unsigned i = (unsigned)__builtin_ctz(m);
        uint32_t other = zw_entry_slot(bucket[i]), age = zw_slot_age(d, other);
        if (d->members[other].head == d->members[slot].head) {
            if (age >= d->capacity / 2)
                bucket[i] = zw_entry(key, slot);
            return;
        }
        same++;
        if (age >= oldest) {
            oldest = age;
            oldest_at = i;
        }
    }
    if (same >= ZW_POSTINGS)
        bucket[oldest_at] = zw_entry(key, slot);
    else
        put_entry(d, bucket, zw_entry(key, slot));
}

/* ---- slots come and go */

void zw_index_prefetch(const zw_dedup_t *d, const zw_sketch_t *sketch, const uint64_t *keys, size_t count)
{
    const uint64_t unique[KEYS_UNIQUE] = { zw_unique_exact(sketch), sketch->id_key, sketch->url_key };
    for (size_t i = 0; i < KEYS_UNIQUE; i++) {
        __builtin_prefetch(zw_table_bucket(&d->unique, unique[i]));
        __builtin_prefetch(second_bucket(d, unique[i]));
    }
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(zw_table_bucket(&d->postings, keys[i]));
}

void zw_index_prefetch_members(const zw_dedup_t *d, const uint64_t *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t *bucket = zw_table_bucket(&d->postings, keys[i]);
        for (uint32_t m = zw_bucket_match(bucket, ZW_SLOT_BITS, zw_tag(keys[i])); m; m &= m - 1)
            __builtin_prefetch(&d->members[zw_entry_slot(bucket[__builtin_ctz(m)])]);
    }
}

static void expire_one(zw_dedup_t *d)
{
    uint32_t slot = (uint32_t)(d->first % d->capacity);
    const zw_sketch_t *s = &d->slots[slot].sketch;
    uint64_t keys[ZW_KEYS_POSTED];
    size_t n = zw_sketch_keys(s, keys);
    zw_index_prefetch(d, s, keys, n);
    unique_remove(d, zw_unique_exact(s), slot);
    if (s->id_key)
        unique_remove(d, s->id_key, slot);
    if (s->url_key)
        unique_remove(d, s->url_key, slot);
    for (size_t i = 0; i < n; i++)
        zw_bucket_remove(zw_table_bucket(&d->postings, keys[i]), zw_entry(keys[i], slot));
    d->first++;
}

static void expire_some(zw_dedup_t *d)
{
    if (d->next - d->first == d->capacity)
        expire_one(d);
    for (int i = 0; i < ZW_EXPIRED_A_STEP && d->first < d->next; i++) {
        if (zw_slot_fresh(d, (uint32_t)(d->first % d->capacity)))
            return;
        expire_one(d);
    }
}

void zw_index_add(zw_dedup_t *d, uint64_t number, uint64_t head, uint32_t time_s, const zw_sketch_t *sketch,
                  const uint64_t *keys, size_t key_count)
{
    zw_index_prefetch_members(d, keys, key_count);
    if (time_s > d->newest_s)
        d->newest_s = time_s;
    expire_some(d);
    uint32_t slot = (uint32_t)(d->next % d->capacity);
    bool own = head == 0 || head > number || number - head > UINT32_MAX;
    d->slots[slot].number = number;
    d->slots[slot].sketch = *sketch;
    d->members[slot] = (zw_member_t){ .head = (uint32_t)(own ? number : head), .time_s = time_s };
    d->next++;
    d->newest_slot = slot;
    add_exact(d, slot);
    add_version(d, sketch->id_key, offsetof(zw_sketch_t, id_key), slot);
    add_version(d, sketch->url_key, offsetof(zw_sketch_t, url_key), slot);
    for (size_t i = 0; i < key_count; i++)
        add_posting(d, keys[i], slot);
}

/* Numbers ascend along the ring, most often one by one: look where it then would be, else halve. */
uint32_t zw_index_slot(const zw_dedup_t *d, uint64_t number)
{
    uint64_t low = d->first, high = d->next;
    if (low == high)
        return ZW_SLOT_NONE;
    uint64_t back = d->slots[(high - 1) % d->capacity].number - number;
    uint64_t middle = back < high - low ? high - 1 - back : low;
    while (low < high) {
        uint32_t slot = (uint32_t)(middle % d->capacity);
        if (d->slots[slot].number == number)
            return slot;
        if (d->slots[slot].number < number)
            low = middle + 1;
        else
            high = middle;
        middle = low + (high - low) / 2;
    }
    return ZW_SLOT_NONE;
}

/* ---- candidates */

enum { VOTE_SLOTS = 1024, VOTES_MAX = 640 };

typedef struct {
    uint16_t at[VOTE_SLOTS]; /* place in `all` + 1; 0: free */
    zw_candidate_t all[VOTES_MAX];
    unsigned count;
} ballot_t;

static void vote(ballot_t *b, uint32_t slot, unsigned votes)
{
    unsigned at = (slot * 0x9E3779B1u) >> 22;
    while (b->at[at] && b->all[b->at[at] - 1].slot != slot)
        at = (at + 1) % VOTE_SLOTS;
    if (!b->at[at]) {
        if (b->count == VOTES_MAX)
            return;
        b->all[b->count] = (zw_candidate_t){ .slot = slot };
        b->at[at] = (uint16_t)++b->count;
    }
    zw_candidate_t *c = &b->all[b->at[at] - 1];
    c->hits++;
    c->votes = (uint16_t)(c->votes + votes);
    c->rare = (uint16_t)(c->rare + (votes > 1));
}

size_t zw_index_candidates(const zw_dedup_t *d, const uint64_t *keys, size_t count, zw_candidate_t *out)
{
    ballot_t b;
    memset(b.at, 0, sizeof b.at);
    b.count = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t hits[ZW_BUCKET];
        unsigned n = zw_bucket_hits(zw_table_bucket(&d->postings, keys[i]), keys[i], hits);
        for (unsigned k = 0; k < n; k++)
            vote(&b, hits[k], n >= ZW_POSTINGS ? 1 : 16 / n);
    }
    size_t n = 0;
    for (unsigned i = 0; i < b.count; i++) {
        if (b.all[i].hits < 2) /* most often by chance */
            continue;
        size_t at = n < ZW_CANDIDATES ? n++ : n;
        for (; at && out[at - 1].votes < b.all[i].votes; at--)
            if (at < ZW_CANDIDATES)
                out[at] = out[at - 1];
        if (at < ZW_CANDIDATES)
            out[at] = b.all[i];
    }
    return n;
}
