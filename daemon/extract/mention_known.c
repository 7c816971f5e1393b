/* Names that the article has introduced before: abbreviations, short forms of firms, persons. */
#include "extract/mention_scan.h"

static uint32_t bucket_of(uint32_t first, uint32_t second)
{
    return ((first * 0x9E3779B1u) ^ (second * 0x85EBCA6Bu)) >> 25;
}

void zw_known_add(zw_article_t *a, zw_str_t name, zw_mention_class_t cls, zw_str_t canonical, zw_str_t identity,
                  uint32_t region)
{
    enum { MAX = 64 };
    uint32_t cps[MAX], n = 0;
    for (const char *p = name.p, *end = name.p + name.n; p < end; n++) {
        if (n == MAX)
            return;
        p += zw_utf8_decode(p, end, &cps[n]);
    }
    if (n < 2 || a->known_count >= ZW_KNOWN_MAX)
        return;
    zw_known_t **at = &a->known[bucket_of(cps[0], cps[1])];
    for (const zw_known_t *k = *at; k; k = k->next)
        if (zw_str_eq(k->name, name))
            return;
    zw_known_t *fresh = zw_arena_alloc(a->arena, sizeof(*fresh));
    uint32_t *cp = zw_arena_alloc(a->arena, n * sizeof(*cp));
    if (!fresh || !cp) {
        a->failed = true;
        return;
    }
    memcpy(cp, cps, n * sizeof(*cp));
    *fresh = (zw_known_t){ *at, name, cp, n, cls, canonical, identity, region };
    *at = fresh;
    a->known_count++;
}

/* Two characters of a firm's name stand for it only where no longer name or word is about. */
static bool stands_alone(const zw_scan_t *scan, uint32_t start, uint32_t end)
{
    const zw_chars_t *s = &scan->s;
    bool left = start == 0 || !zw_is_han(s->cp[start - 1]) || scan->stop[start] || scan->atom[start - 1] >= 0;
    return left && (end >= s->n || !zw_is_han(s->cp[end]) || scan->atom[end] >= 0 ||
                    zw_scan_hit(scan, end, ZW_BIT(ZW_L_STOP) | ZW_BIT(ZW_L_SAY) | ZW_BIT(ZW_L_POST)));
}

void zw_scan_known(zw_scan_t *scan)
{
    const zw_chars_t *s = &scan->s;
    for (uint32_t i = 0; i + 1 < s->n && scan->a->known_count; i++) {
        for (const zw_known_t *k = scan->a->known[bucket_of(s->cp[i], s->cp[i + 1])]; k; k = k->next) {
            if (k->n > s->n - i || memcmp(k->cp, s->cp + i, k->n * sizeof(*k->cp)) != 0)
                continue;
            if (k->cls == ZW_M_FIRM && k->n == 2 && !stands_alone(scan, i, i + k->n))
                continue;
            zw_found_t *f = zw_found_add(scan, k->cls, i, i + k->n);
            if (!f)
                return;
            f->m.canonical = k->canonical;
            f->m.identity = k->identity;
            f->m.region = k->region;
            f->weight = 6;
            if (scan->ends[i + k->n] < 0)
                scan->ends[i + k->n] = (int32_t)scan->count - 1;
        }
    }
}
