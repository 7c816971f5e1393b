#include "fact_index.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

typedef struct {
    uint8_t id[16];
    uint32_t support;
    uint32_t epoch; /* the slot is free when this is not its generation's; so forgetting a generation costs nothing */
} slot_t;

typedef struct {
    slot_t *slots;
    uint32_t epoch;
    uint64_t held, first; /* first: the article with which it began */
} generation_t;

struct zw_fact_index {
    generation_t generation[2];
    unsigned young;
    uint64_t mask, capacity; /* of each generation */
    uint64_t turns;
    atomic_uint_fast64_t held;
};

int zw_fact_index_open(uint64_t capacity, zw_fact_index_t **ret)
{
    zw_fact_index_t *x = calloc(1, sizeof(*x));
    if (!x)
        return -ENOMEM;
    uint64_t slots = 1024;
    while (slots / 4 * 3 < capacity)
        slots *= 2;
    x->mask = slots - 1;
    x->capacity = capacity;
    for (unsigned g = 0; g < 2; g++) {
        size_t bytes = slots * sizeof(slot_t);
        void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) {
            zw_fact_index_close(x);
            return -ENOMEM;
        }
        (void)madvise(p, bytes, MADV_HUGEPAGE); /* an advice: slots are looked up all over the place */
        memset(p, 0, bytes);                    /* touched now: a page fault costs more than an article */
        x->generation[g] = (generation_t){ .slots = p, .epoch = g + 1 };
    }
    *ret = x;
    return 0;
}

void zw_fact_index_close(zw_fact_index_t *x)
{
    if (!x)
        return;
    for (unsigned g = 0; g < 2; g++)
        if (x->generation[g].slots)
            (void)munmap(x->generation[g].slots, (x->mask + 1) * sizeof(slot_t));
    free(x);
}

/* The fact's slot, or the free one where it belongs. Ids are hashes already. */
static slot_t *find(const zw_fact_index_t *x, const generation_t *g, const uint8_t id[16])
{
    uint64_t at;
    memcpy(&at, id, sizeof(at));
    for (at &= x->mask;; at = (at + 1) & x->mask) {
        slot_t *s = &g->slots[at];
        if (s->epoch != g->epoch || memcmp(s->id, id, 16) == 0)
            return s;
    }
}

void zw_fact_index_prefetch(const zw_fact_index_t *x, const uint8_t id[16])
{
    uint64_t at;
    memcpy(&at, id, sizeof(at));
    for (unsigned g = 0; g < 2; g++)
        __builtin_prefetch(&x->generation[g].slots[at & x->mask], 1);
}

static void turn(zw_fact_index_t *x)
{
    x->young ^= 1;
    x->turns++;
    generation_t *g = &x->generation[x->young];
    g->epoch += 2;
    g->held = 0;
}

uint32_t zw_fact_index_get(const zw_fact_index_t *x, const uint8_t id[16])
{
    for (unsigned i = 0; i < 2; i++) {
        const generation_t *g = &x->generation[x->young ^ i];
        const slot_t *s = find(x, g, id);
        if (s->epoch == g->epoch)
            return s->support;
    }
    return 0;
}

/* The fact's slot in the young generation, made when it is not there; *ret_before is what the index knew of it. */
static slot_t *touch(zw_fact_index_t *x, const uint8_t id[16], uint64_t number, bool turned, uint32_t *ret_before)
{
    generation_t *g = &x->generation[x->young];
    slot_t *s = find(x, g, id);
    *ret_before = s->epoch == g->epoch ? s->support : zw_fact_index_get(x, id);
    if (s->epoch == g->epoch)
        return s;
    if (turned || g->held == x->capacity) {
        turn(x);
        g = &x->generation[x->young];
        s = find(x, g, id);
    }
    *s = (slot_t){ .epoch = g->epoch };
    memcpy(s->id, id, 16);
    if (g->held++ == 0)
        g->first = number;
    atomic_store_explicit(&x->held, x->generation[0].held + x->generation[1].held, memory_order_relaxed);
    return s;
}

uint32_t zw_fact_index_add(zw_fact_index_t *x, const uint8_t id[16], uint64_t number)
{
    uint32_t before;
    slot_t *s = touch(x, id, number, false, &before);
    s->support = before + (before < UINT32_MAX);
    return s->support;
}

uint32_t zw_fact_index_remove(zw_fact_index_t *x, const uint8_t id[16])
{
    for (unsigned i = 0; i < 2; i++) {
        const generation_t *g = &x->generation[x->young ^ i];
        slot_t *s = find(x, g, id);
        if (s->epoch != g->epoch)
            continue;
        s->support -= s->support > 0;
        return s->support;
    }
    return 0;
}

void zw_fact_index_restore(zw_fact_index_t *x, const uint8_t id[16], uint64_t number, uint32_t support, bool turned)
{
    uint32_t before;
    touch(x, id, number, turned, &before)->support = support;
}

uint64_t zw_fact_index_turns(const zw_fact_index_t *x)
{
    return x->turns;
}

uint64_t zw_fact_index_from(const zw_fact_index_t *x)
{
    const generation_t *young = &x->generation[x->young], *old = &x->generation[x->young ^ 1];
    return old->held ? old->first : young->held ? young->first : UINT64_MAX;
}

uint64_t zw_fact_index_held(const zw_fact_index_t *x)
{
    return atomic_load_explicit(&x->held, memory_order_relaxed);
}

uint64_t zw_fact_index_bytes(const zw_fact_index_t *x)
{
    return 2 * (x->mask + 1) * sizeof(slot_t);
}
