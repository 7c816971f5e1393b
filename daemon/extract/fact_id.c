/* Identity: the hash of a fact's type, key slots and further parts, each normalised; nothing of the article. */
#include "extract/engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

static void put_value(zw_run_t *run, XXH3_state_t *hash, const zw_value_t *value)
{
    char number[40];
    zw_str_t s;
    switch (value->kind) {
    case ZW_V_STR:
        s = zw_value_normal(value->str, run->arena);
        (void)XXH3_128bits_update(hash, s.p, s.n);
        break;
    case ZW_V_NUM: /* two decimals, as facts are compared; small shares keep six places */
        (void)snprintf(number, sizeof(number), fabs(value->num) >= 1 ? "%.2f" : "%.6g", value->num);
        (void)XXH3_128bits_update(hash, number, strlen(number));
        break;
    case ZW_V_BOOL:
        (void)XXH3_128bits_update(hash, value->flag ? "t" : "f", 1);
        break;
    case ZW_V_MAP:
        for (size_t i = 0; i < value->map.n; i++) {
            (void)XXH3_128bits_update(hash, value->map.slots[i].name.p, value->map.slots[i].name.n);
            put_value(run, hash, &value->map.slots[i].value);
            (void)XXH3_128bits_update(hash, "\x1e", 1);
        }
        break;
    case ZW_V_LIST:
    case ZW_V_NULL:
        break;
    }
}

static int by_bytes(const void *va, const void *vb)
{
    const zw_str_t *a = va, *b = vb;
    size_t n = a->n < b->n ? a->n : b->n;
    int order = n ? memcmp(a->p, b->p, n) : 0;
    return order ? order : (a->n > b->n) - (a->n < b->n);
}

/* A list is a set: the order in which an article names the parties means nothing. */
static void put_list(zw_run_t *run, XXH3_state_t *hash, const zw_value_t *value)
{
    zw_str_t *names = zw_arena_calloc(run->arena, value->list.n, sizeof(*names));
    if (!names) {
        run->no_memory = true;
        return;
    }
    for (size_t i = 0; i < value->list.n; i++)
        if (value->list.items[i].kind == ZW_V_STR)
            names[i] = zw_value_normal(value->list.items[i].str, run->arena);
    qsort(names, value->list.n, sizeof(*names), by_bytes);
    for (size_t i = 0; i < value->list.n; i++) {
        (void)XXH3_128bits_update(hash, names[i].p, names[i].n);
        (void)XXH3_128bits_update(hash, "\x1d", 1);
    }
}

static void put_slot(zw_run_t *run, XXH3_state_t *hash, const zw_slot_def_t *def, const zw_bound_t *slot)
{
    (void)XXH3_128bits_update(hash, "\x1f", 1);
    (void)XXH3_128bits_update(hash, def->name.p, def->name.n);
    (void)XXH3_128bits_update(hash, "\x1f", 1);
    if (slot->value.kind == ZW_V_LIST) {
        put_list(run, hash, &slot->value);
    } else if (slot->identity.n > 0 && slot->value.kind == ZW_V_STR) {
        zw_value_t name = { .kind = ZW_V_STR, .str = slot->identity };
        put_value(run, hash, &name);
    } else {
        put_value(run, hash, &slot->value);
    }
}

void zw_fact_identify(zw_run_t *run, zw_draft_t *d)
{
    const zw_type_def_t *type = d->match->rule->type;
    XXH3_state_t *hash = zw_arena_alloc(run->arena, sizeof(*hash) + 64);
    if (!hash) {
        run->no_memory = true;
        return;
    }
    hash = (XXH3_state_t *)(((uintptr_t)hash + 63) & ~(uintptr_t)63); /* XXH3 wants it so */
    XXH3_INITSTATE(hash);
    (void)XXH3_128bits_reset(hash);
    (void)XXH3_128bits_update(hash, type->name.p, type->name.n);
    bool either = false;
    for (size_t i = 0; i < type->slot_count; i++) {
        zw_key_t key = type->slots[i].key;
        bool open = d->slots[i].value.kind == ZW_V_NULL;
        if (open || (key == ZW_KEY_NO && !(type->id_slots & 1u << i)) || (key == ZW_KEY_EITHER && either))
            continue;
        either = either || key == ZW_KEY_EITHER;
        put_slot(run, hash, &type->slots[i], &d->slots[i]);
    }
    if (type->id_time) {
        (void)XXH3_128bits_update(hash, "\x1ftime\x1f", 6);
        (void)XXH3_128bits_update(hash, d->time.p, d->time.n);
    }
    if (type->id_region) {
        char region[32];
        (void)snprintf(region, sizeof(region), "\x1fregion\x1f%u", d->region);
        (void)XXH3_128bits_update(hash, region, strlen(region));
    }
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(hash));
    memcpy(d->id, canonical.digest, sizeof(d->id));
}
