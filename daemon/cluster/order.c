#include "cluster/order.h"

#include "base/packed.h"

#include <errno.h>
#include <xxhash.h>

enum { PLACE_VERSION = 1 };

void zw_order_init(zw_order_t *o, int64_t next)
{
    memset(o, 0, sizeof(*o));
    o->next = next;
    o->decided = -1;
    for (size_t i = 0; i < ZW_ORDER_RECENT; i++)
        o->recent[i].offset = -1;
}

static bool same_terms(const zw_terms_t *a, const zw_terms_t *b)
{
    return a->generation == b->generation && a->capacity == b->capacity && a->window_days == b->window_days && a->facts == b->facts;
}

bool zw_order_take(zw_order_t *o, const zw_result_t *r, int64_t offset)
{
    o->next = offset + 1;
    if (r->kind == ZW_RESULT_FOUNDED) {
        if (r->terms.generation > o->terms.generation)
            o->terms = r->terms;
        return false;
    }
    int32_t p = r->ref.partition;
    if (!same_terms(&r->terms, &o->terms) || p < 0 || p >= ZW_ORDER_PARTITIONS || r->ref.prev != zw_order_newest(o, p) || r->ref.offset <= r->ref.prev)
        return false;
    if (p >= o->partitions)
        o->partitions = p + 1;
    atomic_store(&o->newest[p], r->ref.offset + 1);
    return true;
}

void zw_order_decided(zw_order_t *o, int64_t offset, uint64_t outcome)
{
    uint64_t link[] = { o->digest, (uint64_t)offset, outcome };
    o->digest = XXH3_64bits(link, sizeof(link));
    o->decided = offset;
    o->recent[offset % ZW_ORDER_RECENT].offset = offset;
    o->recent[offset % ZW_ORDER_RECENT].digest = o->digest;
}

bool zw_order_agrees(const zw_order_t *o, const zw_result_t *r)
{
    if (r->known < 0)
        return true;
    size_t at = (size_t)(r->known % ZW_ORDER_RECENT);
    return o->recent[at].offset != r->known || o->recent[at].digest == r->digest;
}

int64_t zw_order_newest(const zw_order_t *o, int32_t partition)
{
    return partition >= 0 && partition < ZW_ORDER_PARTITIONS ? (int64_t)atomic_load(&o->newest[partition]) - 1 : -1;
}

int zw_order_encode(const zw_order_t *o, zw_buf_t *out)
{
    (void)zw_buf_putc(out, PLACE_VERSION);
    zw_put_number(out, o->terms.generation);
    zw_put_number(out, o->terms.capacity);
    zw_put_number(out, o->terms.window_days);
    zw_put_number(out, o->terms.facts);
    zw_put_number(out, (uint64_t)o->next);
    zw_put_number(out, (uint64_t)(o->decided + 1));
    (void)zw_buf_put(out, &o->digest, sizeof(o->digest)); /* as the store's other numbers: in native order */
    zw_put_number(out, (uint64_t)o->partitions);
    for (int32_t i = 0; i < o->partitions; i++)
        zw_put_number(out, (uint64_t)atomic_load(&o->newest[i]));
    return out->failed ? -ENOMEM : 0;
}

int zw_order_decode(zw_str_t bytes, zw_order_t *ret)
{
    zw_unpack_t r = zw_unpack(bytes);
    if (zw_get_byte(&r) != PLACE_VERSION)
        return -ZW_E_CORRUPT;
    zw_order_init(ret, 0);
    ret->terms.generation = zw_get_number(&r);
    ret->terms.capacity = zw_get_number(&r);
    ret->terms.window_days = zw_get_number(&r);
    ret->terms.facts = zw_get_number(&r);
    ret->next = (int64_t)zw_get_number(&r);
    ret->decided = (int64_t)zw_get_number(&r) - 1;
    zw_str_t digest = zw_get_bytes(&r, sizeof(ret->digest));
    uint64_t partitions = zw_get_number(&r);
    if (r.bad || partitions > ZW_ORDER_PARTITIONS)
        return -ZW_E_CORRUPT;
    memcpy(&ret->digest, digest.p, sizeof(ret->digest));
    ret->partitions = (int32_t)partitions;
    for (int32_t i = 0; i < ret->partitions; i++)
        atomic_store(&ret->newest[i], (int_fast64_t)zw_get_number(&r));
    if (ret->decided >= 0)
        ret->recent[ret->decided % ZW_ORDER_RECENT].offset = ret->decided;
    if (ret->decided >= 0)
        ret->recent[ret->decided % ZW_ORDER_RECENT].digest = ret->digest;
    return r.bad || r.p != r.end ? -ZW_E_CORRUPT : 0;
}
