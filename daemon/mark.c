#include "mark.h"

#include "base/packed.h"

#include <errno.h>
#include <math.h>

enum { VERSION = 2, OLDEST_VERSION = 1, TYPES_MOST = 4096, TURNED = 0x80 };

/* ---- writing */

/* An article states facts of few types: each name is written once, facts refer to it by its place among the first uses. */
static size_t type_index(const zw_mark_t *m, size_t fact)
{
    size_t index = 0;
    for (size_t i = 0; i <= fact; i++) {
        if (m->facts[i].kind == ZW_MARK_SILENT)
            continue;
        if (zw_str_eq(m->facts[i].type, m->facts[fact].type))
            return index;
        bool first = true;
        for (size_t k = 0; k < i && first; k++)
            first = m->facts[k].kind == ZW_MARK_SILENT || !zw_str_eq(m->facts[k].type, m->facts[i].type);
        index += first;
    }
    return index;
}

static bool first_use(const zw_mark_t *m, size_t fact)
{
    for (size_t k = 0; k < fact; k++)
        if (m->facts[k].kind != ZW_MARK_SILENT && zw_str_eq(m->facts[k].type, m->facts[fact].type))
            return false;
    return m->facts[fact].kind != ZW_MARK_SILENT;
}

int zw_mark_encode(const zw_mark_t *m, zw_buf_t *out)
{
    unsigned similarity = (unsigned)lround(m->similarity * 10000);
    (void)zw_buf_putc(out, VERSION);
    (void)zw_buf_putc(out, (char)(m->status | m->dup << 4));
    (void)zw_buf_putc(out, (char)(similarity & 0xFF));
    (void)zw_buf_putc(out, (char)(similarity >> 8));
    zw_put_number(out, m->seq);
    zw_put_number(out, m->of);
    zw_put_number(out, m->head);
    zw_put_number(out, m->published);
    zw_put_string(out, m->id);
    size_t types = 0;
    for (size_t i = 0; i < m->fact_count; i++)
        types += first_use(m, i);
    zw_put_number(out, types);
    for (size_t i = 0; i < m->fact_count; i++)
        if (first_use(m, i))
            zw_put_string(out, m->facts[i].type);
    zw_put_number(out, m->fact_count);
    for (size_t i = 0; i < m->fact_count; i++) {
        (void)zw_buf_putc(out, (char)(m->facts[i].kind | (m->facts[i].turned ? TURNED : 0)));
        (void)zw_buf_put(out, m->facts[i].id, 16);
        if (m->facts[i].kind == ZW_MARK_SILENT)
            continue;
        zw_put_number(out, type_index(m, i));
        zw_put_number(out, m->facts[i].region);
        zw_put_number(out, m->facts[i].support);
    }
    return out->failed ? -ENOMEM : 0;
}

/* ---- reading */

static void get_fact(zw_unpack_t *r, unsigned version, const zw_str_t *types, uint64_t type_count, zw_mark_fact_t *ret)
{
    unsigned kind = zw_get_byte(r);
    *ret = (zw_mark_fact_t){ .kind = version > 1 ? kind & ~(unsigned)TURNED : kind, .turned = version > 1 && (kind & TURNED) };
    zw_str_t id = zw_get_bytes(r, 16);
    if (r->bad || ret->kind > ZW_MARK_UNSUPPORT) {
        r->bad = true;
        return;
    }
    memcpy(ret->id, id.p, 16);
    if (ret->kind == ZW_MARK_SILENT)
        return;
    uint64_t type = zw_get_number(r);
    ret->region = (uint32_t)zw_get_number(r);
    if (version > 1)
        ret->support = (uint32_t)zw_get_number(r);
    if (type >= type_count)
        r->bad = true;
    else
        ret->type = types[type];
}

int zw_mark_decode(zw_str_t bytes, zw_buf_t *space, zw_mark_t *ret)
{
    zw_unpack_t r = zw_unpack(bytes);
    unsigned version = zw_get_byte(&r);
    if (version < OLDEST_VERSION || version > VERSION)
        return -ZW_E_CORRUPT;
    unsigned outcome = zw_get_byte(&r), low = zw_get_byte(&r), high = zw_get_byte(&r);
    zw_mark_t m = { .status = outcome & 15, .dup = outcome >> 4, .similarity = (low | high << 8) / 10000.0 };
    m.seq = zw_get_number(&r);
    m.of = zw_get_number(&r);
    m.head = zw_get_number(&r);
    m.published = (uint32_t)zw_get_number(&r);
    m.id = zw_get_string(&r);

    uint64_t type_count = zw_get_number(&r);
    if (r.bad || type_count > TYPES_MOST || m.status > ZW_ST_WITHDRAWN || m.dup > ZW_DUP_REVISION)
        return -ZW_E_CORRUPT;
    zw_buf_clear(space);
    if (zw_buf_reserve(space, type_count * sizeof(zw_str_t)) < 0)
        return -ENOMEM;
    zw_str_t *types = (zw_str_t *)(void *)space->p;
    for (uint64_t i = 0; i < type_count; i++)
        types[i] = zw_get_string(&r);
    uint64_t count = zw_get_number(&r);
    if (r.bad || count > (uint64_t)(r.end - r.p) / 17)
        return -ZW_E_CORRUPT;
    size_t types_bytes = type_count * sizeof(zw_str_t);
    space->n = types_bytes;
    if (zw_buf_reserve(space, count * sizeof(zw_mark_fact_t)) < 0)
        return -ENOMEM;
    types = (zw_str_t *)(void *)space->p;
    zw_mark_fact_t *facts = (zw_mark_fact_t *)(void *)(space->p + types_bytes);
    for (uint64_t i = 0; i < count && !r.bad; i++)
        get_fact(&r, version, types, type_count, &facts[i]);
    if (r.bad)
        return -ZW_E_CORRUPT;
    m.facts = facts;
    m.fact_count = count;
    m.dedup = zw_str((const char *)r.p, (size_t)(r.end - r.p));
    *ret = m;
    return 0;
}
