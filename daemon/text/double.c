/* Bodies that stand twice, whole, cut short, with other line breaks or with a character changed.
 *
 * The characters of all lines, without line breaks, are cut into blocks; a rolling hash over every place finds where
 * a block stands again, and the match is grown both ways. A line that such matches cover says nothing new.
 */
#include "text/layout.h"

#include <errno.h>

enum { BLOCK = 16, MATCH_MIN = 24, ALMOST = 85 /* per cent */ };
#define BASE 0x100000001B3u

typedef struct finder {
    const zw_unit_t *u;
    uint32_t n;
    uint64_t *hashes; /* of the block in each slot */
    uint32_t *places; /* 1 + its start, 0 empty */
    uint64_t *maybe;  /* one bit a hash: no block has it where it is 0 */
    size_t mask, maybe_mask;
    uint64_t power;   /* BASE to the BLOCK */
} finder_t;

static size_t slot_of(const finder_t *f, uint64_t hash)
{
    size_t slot = (size_t)((hash * 0x9E3779B97F4A7C15u) >> 32) & f->mask;
    while (f->places[slot] && f->hashes[slot] != hash)
        slot = (slot + 1) & f->mask;
    return slot;
}

static size_t bit_of(const finder_t *f, uint64_t hash)
{
    return (size_t)((hash * 0x9E3779B97F4A7C15u) >> 32) & f->maybe_mask;
}

static uint64_t hash_at(const finder_t *f, uint32_t at)
{
    uint64_t h = 0;
    for (uint32_t i = 0; i < BLOCK; i++)
        h = h * BASE + f->u[at + i].cp + 1;
    return h;
}

static bool same_block(const finder_t *f, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < BLOCK; i++)
        if (f->u[a + i].cp != f->u[b + i].cp)
            return false;
    return true;
}

static int match_add(zw_repair_t *r, zw_doubles_t *d, size_t *cap, zw_again_t a)
{
    if (d->again_count == *cap) {
        size_t more = *cap ? 2 * *cap : 32;
        zw_again_t *p = zw_arena_grow(r->arena, d->again, *cap * sizeof *p, more * sizeof *p);
        if (!p)
            return -ENOMEM;
        d->again = p;
        *cap = more;
    }
    d->again[d->again_count++] = a;
    return 0;
}

/* Puts the blocks from `next` on that end at `upto` at the latest into the table; returns the next to come. The hash
 * of the block at `known` is given. */
static uint32_t blocks_add(finder_t *f, uint32_t next, uint32_t upto, uint32_t known, uint64_t hash)
{
    for (; next + BLOCK <= upto; next += BLOCK) {
        uint64_t block = next == known ? hash : hash_at(f, next);
        size_t slot = slot_of(f, block), bit = bit_of(f, block);
        f->maybe[bit / 64] |= UINT64_C(1) << (bit % 64);
        if (!f->places[slot]) {
            f->places[slot] = next + 1;
            f->hashes[slot] = block;
        }
    }
    return next;
}

static int find(zw_repair_t *r, finder_t *f, zw_doubles_t *d)
{
    size_t cap = 0;
    uint32_t covered = 0, next_block = 0; /* matches end before `covered`; blocks before `next_block` are in */
    uint32_t known = UINT32_MAX;
    uint64_t h = 0, known_hash = 0;
    bool fresh = true;
    const zw_unit_t *u = f->u;
    const uint64_t power = f->power;
    for (uint32_t q = 0; q + BLOCK <= f->n;) {
        h = fresh ? hash_at(f, q) : h * BASE + (u[q + BLOCK - 1].cp + 1 - (u[q - 1].cp + 1) * power);
        fresh = false;
        if (next_block + BLOCK <= q)
            next_block = blocks_add(f, next_block, q, known, known_hash);
        if (q == next_block)
            known = q, known_hash = h;
        size_t bit = bit_of(f, h);
        if (!(f->maybe[bit / 64] >> (bit % 64) & 1)) {
            q++;
            continue;
        }
        size_t slot = slot_of(f, h);
        if (!f->places[slot] || !same_block(f, f->places[slot] - 1, q)) {
            q++;
            continue;
        }
        uint32_t p = f->places[slot] - 1, s = q, n = BLOCK;
        while (p > 0 && s > covered && f->u[p - 1].cp == f->u[s - 1].cp)
            p--, s--, n++;
        while (s + n < f->n && p + n < s && f->u[p + n].cp == f->u[s + n].cp)
            n++;
        if (n < MATCH_MIN) {
            q++;
            continue;
        }
        int x = match_add(r, d, &cap, (zw_again_t){ p, s, n });
        if (x < 0)
            return x;
        q = covered = s + n;
        fresh = true;
    }
    return 0;
}

/* Marks rows that the matches cover whole, and those covered almost whole beside one. */
static int judge(zw_repair_t *r, zw_rows_t *rows, const zw_doubles_t *d)
{
    uint32_t *cover = zw_arena_calloc(r->arena, rows->n + 1, sizeof *cover);
    if (!cover)
        return -ENOMEM;
    size_t row = 0;
    for (size_t i = 0; i < d->again_count; i++) {
        uint32_t from = d->again[i].second, to = from + d->again[i].n;
        while (row < rows->n && d->row_start[row + 1] <= from)
            row++;
        for (size_t k = row; k < rows->n && d->row_start[k] < to; k++) {
            uint32_t a = d->row_start[k] > from ? d->row_start[k] : from, b = d->row_start[k + 1] < to ? d->row_start[k + 1] : to;
            cover[k] += b > a ? b - a : 0;
        }
    }
    size_t before = SIZE_MAX; /* the row before, of those that are not lists */
    for (size_t k = 0; k < rows->n; k++) {
        uint32_t n = d->row_start[k + 1] - d->row_start[k];
        if (rows->p[k].gone || n == 0)
            continue;
        bool whole = cover[k] == n;
        bool almost = (uint64_t)cover[k] * 100 >= (uint64_t)n * ALMOST;
        size_t after = k + 1;
        while (after < rows->n && d->row_start[after + 1] == d->row_start[after])
            after++;
        bool beside = (before != SIZE_MAX && rows->p[before].gone) ||
                      (after < rows->n && cover[after] > 0 && cover[after] == d->row_start[after + 1] - d->row_start[after]);
        before = k;
        if (!whole && !(almost && beside))
            continue;
        rows->p[k].gone = true;
        zw_note_units(r, ZW_REPAIR_DOUBLED, rows->p[k].u, rows->p[k].n, NULL, 0);
    }
    return 0;
}

int zw_doubles_take(zw_repair_t *r, zw_rows_t *rows, zw_doubles_t *ret)
{
    zw_doubles_t d = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++)
        n += rows->p[i].gone ? 0 : rows->p[i].n;
    d.all = zw_arena_alloc(r->arena, (n + 1) * sizeof *d.all);
    d.row_start = zw_arena_alloc(r->arena, (rows->n + 1) * sizeof *d.row_start);
    if (!d.all || !d.row_start)
        return -ENOMEM;
    uint32_t at = 0;
    for (size_t i = 0; i < rows->n; i++) {
        d.row_start[i] = at;
        if (!rows->p[i].gone) {
            memcpy(d.all + at, rows->p[i].u, rows->p[i].n * sizeof *d.all);
            at += (uint32_t)rows->p[i].n;
        }
    }
    d.row_start[rows->n] = at;
    finder_t f = { .u = d.all, .n = at, .mask = 63, .power = 1 };
    while (f.mask < 2 * (size_t)(at / BLOCK))
        f.mask = 2 * f.mask + 1;
    f.hashes = zw_arena_alloc(r->arena, (f.mask + 1) * sizeof *f.hashes);
    f.places = zw_arena_calloc(r->arena, f.mask + 1, sizeof *f.places);
    f.maybe_mask = 16 * f.mask + 15;
    f.maybe = zw_arena_calloc(r->arena, (f.maybe_mask + 1) / 64, sizeof *f.maybe);
    if (!f.hashes || !f.places || !f.maybe)
        return -ENOMEM;
    for (int i = 0; i < BLOCK; i++)
        f.power *= BASE;
    int e = find(r, &f, &d);
    if (e >= 0 && d.again_count)
        e = judge(r, rows, &d);
    if (e < 0)
        return e;
    *ret = d;
    return 0;
}
