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
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { ZW_BUCKET = 16, ZW_SLOT_BITS = 24, ZW_SLOT_NONE = (1 << ZW_SLOT_BITS) - 1 };

typedef struct zw_table {
    uint32_t *entries; /* 0: free; else tag and slot + 1 */
    uint64_t buckets;
} zw_table_t;

static inline uint32_t *zw_table_bucket(const zw_table_t *t, uint64_t key)
{
    return t->entries + ZW_BUCKET * (uint64_t)(((unsigned __int128)key * t->buckets) >> 64);
}

/* Never 0, so that a free place has no tag. */
static inline uint32_t zw_tag(uint64_t key)
{
    return key & 0xFF ? (uint32_t)(key & 0xFF) : 1;
}

static inline uint32_t zw_entry(uint64_t key, uint32_t slot)
{
    return zw_tag(key) << ZW_SLOT_BITS | (slot + 1);
}

static inline uint32_t zw_entry_slot(uint32_t entry)
{
    return (entry & ZW_SLOT_NONE) - 1;
}

/* Bit i is set where (bucket[i] >> shift) == value. */
static inline uint32_t zw_bucket_match(const uint32_t *bucket, int shift, uint32_t value)
{
#ifdef __SSE2__
    const __m128i *p = (const __m128i *)bucket, v = _mm_set1_epi32((int)value), s = _mm_cvtsi32_si128(shift);
    __m128i a = _mm_cmpeq_epi32(_mm_srl_epi32(_mm_load_si128(p), s), v), b = _mm_cmpeq_epi32(_mm_srl_epi32(_mm_load_si128(p + 1), s), v);
    __m128i c = _mm_cmpeq_epi32(_mm_srl_epi32(_mm_load_si128(p + 2), s), v), d = _mm_cmpeq_epi32(_mm_srl_epi32(_mm_load_si128(p + 3), s), v);
    return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d)));
#else
    uint32_t mask = 0;
    for (unsigned i = 0; i < ZW_BUCKET; i++)
        mask |= (uint32_t)(bucket[i] >> shift == value) << i;
    return mask;
#endif
}

/* The slots with the key's tag; out: ZW_BUCKET. Returns how many. */
static inline unsigned zw_bucket_hits(const uint32_t *bucket, uint64_t key, uint32_t *out)
{
    unsigned n = 0;
    for (uint32_t m = zw_bucket_match(bucket, ZW_SLOT_BITS, zw_tag(key)); m; m &= m - 1)
        out[n++] = zw_entry_slot(bucket[__builtin_ctz(m)]);
    return n;
}

/* Takes the entry out, where it is there. */
static inline void zw_bucket_remove(uint32_t *bucket, uint32_t entry)
{
    for (uint32_t m = zw_bucket_match(bucket, 0, entry); m; m &= m - 1)
        bucket[__builtin_ctz(m)] = 0;
}

#endif
