/* table: keys to slots in buckets of one cache line. Internal to dedup.
 *
 * An entry is 32 bits: a tag of 8 bits of the key, and a slot number. A hit is therefore only a hint (1 in 256 of the
 * entries of a bucket hits by chance) that the caller verifies on the slot itself. A full bucket gives up its oldest
 * entry, so a table never grows and never fails.
 * Threading: the caller's affair.
 */
#ifndef ZW_DEDUP_TABLE_H
#define ZW_DEDUP_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ZW_BUCKET = 16, ZW_SLOT_BITS = 24, ZW_SLOT_NONE = (1 << ZW_SLOT_BITS) - 1 };

typedef struct zw_table {
    uint32_t *entries; /* 0: free; else tag and slot + 1 */
    uint64_t buckets;
} zw_table_t;

static inline uint32_t *zw_table_bucket(const zw_table_t *t, uint64_t key)
{
    return t->entries + ZW_BUCKET * (uint64_t)(((unsigned __int128)key * t->buckets) >> 64);
}

static inline uint32_t zw_entry(uint64_t key, uint32_t slot)
{
    return (uint32_t)(key & 0xFF) << ZW_SLOT_BITS | (slot + 1);
}

static inline uint32_t zw_entry_slot(uint32_t entry)
{
    return (entry & ZW_SLOT_NONE) - 1;
}

/* The slots with the key's tag; out: ZW_BUCKET. Returns how many. */
static inline unsigned zw_bucket_hits(const uint32_t *bucket, uint64_t key, uint32_t *out)
{
    unsigned n = 0;
    uint32_t tag = (uint32_t)(key & 0xFF);
    for (unsigned i = 0; i < ZW_BUCKET; i++) {
        out[n] = zw_entry_slot(bucket[i]);
        n += bucket[i] != 0 && bucket[i] >> ZW_SLOT_BITS == tag;
    }
    return n;
}

/* Takes the entry out, where it is there. */
static inline void zw_bucket_remove(uint32_t *bucket, uint32_t entry)
{
    for (unsigned i = 0; i < ZW_BUCKET; i++) {
        if (bucket[i] == entry) {
            bucket[i] = 0;
            return;
        }
    }
}

#endif
