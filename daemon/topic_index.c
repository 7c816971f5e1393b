#include "topic_index.h"

#include <errno.h>
#include <stdlib.h>
#include <xxhash.h>

typedef struct {
    uint64_t hash, seq; /* seq 0: free */
} slot_t;

struct zw_topic_index {
    slot_t *slots;
    size_t mask, used;
};

zw_topic_index_t *zw_topic_index_new(void)
{
    zw_topic_index_t *x = calloc(1, sizeof(*x));
    if (!x)
        return NULL;
    x->mask = 1023;
    x->slots = calloc(x->mask + 1, sizeof(x->slots[0]));
    if (x->slots)
        return x;
    free(x);
    return NULL;
}

void zw_topic_index_free(zw_topic_index_t *x)
{
    if (!x)
        return;
    free(x->slots);
    free(x);
}

static slot_t *find(const zw_topic_index_t *x, uint64_t hash)
{
    size_t at = hash & x->mask;
    while (x->slots[at].seq && x->slots[at].hash != hash)
        at = (at + 1) & x->mask;
    return &x->slots[at];
}

int zw_topic_index_reserve(zw_topic_index_t *x, size_t count)
{
    size_t slots = x->mask + 1;
    while (slots / 4 * 3 < x->used + count)
        slots *= 2;
    if (slots == x->mask + 1)
        return 0;
    zw_topic_index_t wide = { .slots = calloc(slots, sizeof(slot_t)), .mask = slots - 1, .used = x->used };
    if (!wide.slots)
        return -ENOMEM;
    for (size_t i = 0; i <= x->mask; i++)
        if (x->slots[i].seq)
            *find(&wide, x->slots[i].hash) = x->slots[i];
    free(x->slots);
    *x = wide;
    return 0;
}

uint64_t zw_topic_index_set(zw_topic_index_t *x, zw_str_t topic, uint64_t seq)
{
    uint64_t hash = XXH3_64bits(topic.p, topic.n);
    slot_t *s = find(x, hash);
    uint64_t before = s->seq;
    if (!before) {
        s->hash = hash;
        x->used++;
    }
    s->seq = seq;
    return before;
}
