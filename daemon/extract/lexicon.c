#include "extract/lexicon.h"

#include "base/file.h"
#include "base/utf8.h"
#include "zw_error.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

/* An edge of the trie in an open-addressed table, while the lexicon is read: key is parent << 21 | character, 0 when free. */
typedef struct edge {
    uint64_t key;
    uint32_t child;
} edge_t;

/* What the trie is walked by once it is whole. Most steps from the root succeed and most others do not: the root has a table, and a
 * node says by the last six bits of a character whether looking for it among its children is worth while. */
typedef struct node {
    uint64_t may; /* bit set: a child's character has these last six bits */
    uint32_t first;    /* sense */
    uint32_t kinds;    /* bits of all senses */
    uint32_t under;    /* and of all words that begin with this one */
    uint32_t kids;     /* index of the first child in kids */
    uint32_t kid_count;
} node_t;
typedef struct kid {
    uint32_t cp, node;
} kid_t;

enum { ROOT = 1, ROOT_CHARS = 0x10000 };

struct zw_lexicon {
    zw_arena_t *arena;
    edge_t *edges;               /* NULL when the lexicon is whole */
    size_t edge_cap, edge_count; /* cap is a power of two */
    uint32_t *first;             /* by node; NULL when the lexicon is whole */
    size_t node_cap, node_count;
    node_t *nodes;
    kid_t *kids;
    uint32_t *root;              /* [ROOT_CHARS]: child of the root, 0: none */
    zw_lex_entry_t *entries;
    size_t entry_cap, entry_count;
    zw_region_row_t *regions;
    size_t region_cap, region_count;
    zw_organ_row_t *organs;
    size_t organ_cap, organ_count;
    zw_str_t *words;
    size_t word_cap, word_count;
    uint64_t hash;
};

static size_t slot_of(const zw_lexicon_t *l, uint64_t key)
{
    size_t at = (size_t)((key * 0x9E3779B97F4A7C15u) >> 20) & (l->edge_cap - 1);
    while (l->edges[at].key && l->edges[at].key != key)
        at = (at + 1) & (l->edge_cap - 1);
    return at;
}

uint32_t zw_lex_step(const zw_lexicon_t *l, uint32_t node, uint32_t cp)
{
    if (node == ROOT && cp < ROOT_CHARS)
        return l->root[cp];
    const node_t *n = &l->nodes[node];
    if (!(n->may >> (cp & 63) & 1))
        return 0;
    const kid_t *kids = l->kids + n->kids;
    for (uint32_t lo = 0, hi = n->kid_count; lo < hi;) {
        uint32_t mid = (lo + hi) / 2;
        if (kids[mid].cp == cp)
            return kids[mid].node;
        if (kids[mid].cp < cp)
            lo = mid + 1;
        else
            hi = mid;
    }
    return 0;
}

uint32_t zw_lex_first(const zw_lexicon_t *l, uint32_t node)
{
    return l->nodes[node].first;
}

uint32_t zw_lex_kinds(const zw_lexicon_t *l, uint32_t node)
{
    return l->nodes[node].kinds;
}

uint32_t zw_lex_under(const zw_lexicon_t *l, uint32_t node)
{
    return l->nodes[node].under;
}

const zw_lex_entry_t *zw_lex_entry(const zw_lexicon_t *l, uint32_t index)
{
    return &l->entries[index];
}

const zw_region_row_t *zw_lex_region(const zw_lexicon_t *l, uint32_t row)
{
    return &l->regions[row];
}

const zw_organ_row_t *zw_lex_organ(const zw_lexicon_t *l, uint32_t row)
{
    return &l->organs[row];
}

zw_str_t zw_lex_word(const zw_lexicon_t *l, uint32_t number)
{
    return l->words[number];
}

uint32_t zw_lex_find(const zw_lexicon_t *l, zw_str_t word)
{
    uint32_t node = ROOT, cp;
    for (const char *p = word.p, *end = word.p + word.n; p < end && node;) {
        p += zw_utf8_decode(p, end, &cp);
        node = zw_lex_step(l, node, cp);
    }
    return node && word.n ? l->nodes[node].first : 0;
}

bool zw_lex_has(const zw_lexicon_t *l, zw_str_t word, zw_lex_kind_t kind, uint32_t *ret_value)
{
    for (uint32_t e = zw_lex_find(l, word); e; e = l->entries[e].next) {
        if (l->entries[e].kind == kind) {
            if (ret_value)
                *ret_value = l->entries[e].value;
            return true;
        }
    }
    return false;
}

const zw_region_row_t *zw_lex_region_of(const zw_lexicon_t *l, uint32_t code, int year)
{
    const zw_region_row_t *best = NULL;
    for (size_t lo = 0, hi = l->region_count; lo < hi;) {
        size_t mid = (lo + hi) / 2;
        if (l->regions[mid].code < code)
            lo = mid + 1;
        else
            hi = mid;
        if (lo == hi) {
            for (size_t i = lo; i < l->region_count && l->regions[i].code == code; i++) {
                const zw_region_row_t *r = &l->regions[i];
                if (year && ((r->from && year < r->from) || (r->to && year > r->to)))
                    continue;
                if (!best || r->from >= best->from)
                    best = r;
            }
        }
    }
    return best;
}

/* Makes room for one more item. Returns 0 or -ENOMEM. */
static int grow(void *array, size_t *cap, size_t count, size_t size)
{
    void **at = array;
    if (count < *cap)
        return 0;
    size_t n = *cap ? *cap * 2 : 1024;
    void *p = reallocarray(*at, n, size);
    if (!p)
        return -ENOMEM;
    *at = p;
    *cap = n;
    return 0;
}

static int rehash(zw_lexicon_t *l)
{
    edge_t *old = l->edges;
    size_t old_cap = l->edge_cap, cap = old_cap ? old_cap * 2 : 1 << 16;
    edge_t *fresh = calloc(cap, sizeof(*fresh));
    if (!fresh)
        return -ENOMEM;
    l->edges = fresh;
    l->edge_cap = cap;
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].key)
            l->edges[slot_of(l, old[i].key)] = old[i];
    free(old);
    return 0;
}

static int child_make(zw_lexicon_t *l, uint32_t node, uint32_t cp, uint32_t *ret)
{
    if ((l->edge_count + 1) * 2 > l->edge_cap) {
        int r = rehash(l);
        if (r < 0)
            return r;
    }
    uint64_t key = (uint64_t)node << 21 | cp;
    edge_t *e = &l->edges[slot_of(l, key)];
    if (!e->key) {
        int r = grow(&l->first, &l->node_cap, l->node_count, sizeof(*l->first));
        if (r < 0)
            return r;
        l->first[l->node_count] = 0;
        *e = (edge_t){ key, (uint32_t)l->node_count++ };
        l->edge_count++;
    }
    *ret = e->child;
    return 0;
}

static int by_key(const void *a, const void *b)
{
    uint64_t x = ((const edge_t *)a)->key, y = ((const edge_t *)b)->key;
    return (x > y) - (x < y);
}

/* From the table that grows to the nodes that are walked. Returns 0 or -ENOMEM. */
static int make_whole(zw_lexicon_t *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->edge_cap; i++)
        if (l->edges[i].key)
            l->edges[n++] = l->edges[i];
    qsort(l->edges, n, sizeof(*l->edges), by_key); /* by parent, then by character */
    l->nodes = calloc(l->node_count, sizeof(*l->nodes));
    l->kids = calloc(n + 1, sizeof(*l->kids));
    l->root = calloc(ROOT_CHARS, sizeof(*l->root));
    if (!l->nodes || !l->kids || !l->root)
        return -ENOMEM;
    for (size_t i = 0; i < l->node_count; i++) {
        l->nodes[i].first = l->first[i];
        for (uint32_t e = l->first[i]; e; e = l->entries[e].next)
            l->nodes[i].kinds |= UINT32_C(1) << l->entries[e].kind;
        l->nodes[i].under = l->nodes[i].kinds;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t parent = (uint32_t)(l->edges[i].key >> 21), cp = l->edges[i].key & 0x1FFFFF;
        node_t *node = &l->nodes[parent];
        if (!node->kid_count++)
            node->kids = (uint32_t)i;
        node->may |= UINT64_C(1) << (cp & 63);
        l->kids[i] = (kid_t){ cp, l->edges[i].child };
        if (parent == ROOT && cp < ROOT_CHARS)
            l->root[cp] = l->edges[i].child;
    }
    for (size_t i = l->node_count; i-- > ROOT;) /* a child was made after its parent */
        for (uint32_t k = 0; k < l->nodes[i].kid_count; k++)
            l->nodes[i].under |= l->nodes[l->kids[l->nodes[i].kids + k].node].under;
    free(l->edges);
    free(l->first);
    l->edges = NULL;
    l->first = NULL;
    return 0;
}

int zw_lex_add(zw_lexicon_t *l, zw_str_t word, zw_lex_kind_t kind, uint32_t value)
{
    if (word.n == 0)
        return -ZW_E_DATA;
    uint32_t node = ROOT, cp;
    for (const char *p = word.p, *end = word.p + word.n; p < end;) {
        p += zw_utf8_decode(p, end, &cp);
        int r = child_make(l, node, cp, &node);
        if (r < 0)
            return r;
    }
    for (uint32_t e = l->first[node]; e; e = l->entries[e].next)
        if (l->entries[e].kind == kind && l->entries[e].value == value)
            return 0;
    int r = grow(&l->entries, &l->entry_cap, l->entry_count, sizeof(*l->entries));
    if (r < 0)
        return r;
    l->entries[l->entry_count] = (zw_lex_entry_t){ l->first[node], value, (uint8_t)kind };
    l->first[node] = (uint32_t)l->entry_count++;
    return 0;
}

int zw_lex_add_region(zw_lexicon_t *l, const zw_region_row_t *row, uint32_t *ret_row)
{
    int r = grow(&l->regions, &l->region_cap, l->region_count, sizeof(*l->regions));
    if (r < 0)
        return r;
    l->regions[l->region_count] = *row;
    *ret_row = (uint32_t)l->region_count++;
    return 0;
}

int zw_lex_add_organ(zw_lexicon_t *l, const zw_organ_row_t *row, uint32_t *ret_row)
{
    int r = grow(&l->organs, &l->organ_cap, l->organ_count, sizeof(*l->organs));
    if (r < 0)
        return r;
    l->organs[l->organ_count] = *row;
    *ret_row = (uint32_t)l->organ_count++;
    return 0;
}

int zw_lex_add_word(zw_lexicon_t *l, zw_str_t word, uint32_t *ret_number)
{
    zw_str_t kept = zw_lex_keep(l, word);
    int r = kept.p ? grow(&l->words, &l->word_cap, l->word_count, sizeof(*l->words)) : -ENOMEM;
    if (r < 0)
        return r;
    l->words[l->word_count] = kept;
    *ret_number = (uint32_t)l->word_count++;
    return 0;
}

zw_str_t zw_lex_keep(zw_lexicon_t *l, zw_str_t s)
{
    return zw_arena_str(l->arena, s);
}

void zw_lex_hash_more(zw_lexicon_t *l, zw_str_t bytes)
{
    l->hash = XXH3_64bits_withSeed(bytes.p, bytes.n, l->hash);
}

uint64_t zw_lexicon_hash(const zw_lexicon_t *l)
{
    return l->hash;
}

void zw_lexicon_free(zw_lexicon_t *l)
{
    if (!l)
        return;
    free(l->edges);
    free(l->first);
    free(l->nodes);
    free(l->kids);
    free(l->root);
    free(l->entries);
    free(l->regions);
    free(l->organs);
    free(l->words);
    zw_arena_free(l->arena);
    free(l);
}

static int make_empty(zw_lexicon_t **ret)
{
    zw_lexicon_t *l = calloc(1, sizeof(*l));
    if (!l || !(l->arena = zw_arena_new(0)) || rehash(l) < 0 ||
        grow(&l->first, &l->node_cap, 0, sizeof(*l->first)) < 0 ||
        grow(&l->entries, &l->entry_cap, 0, sizeof(*l->entries)) < 0) {
        zw_lexicon_free(l);
        return -ENOMEM;
    }
    l->first[0] = l->first[ROOT] = 0;
    l->node_count = ROOT + 1; /* 0: no node */
    l->entry_count = 1; /* 0: no sense */
    l->entries[0] = (zw_lex_entry_t){ 0 };
    *ret = l;
    return 0;
}

int zw_lexicon_open(zw_lexicon_t **ret, char *message, size_t size)
{
    char folder[PATH_MAX];
    int r = zw_data_path("rules/lexicon", folder, sizeof(folder));
    if (r < 0) {
        (void)snprintf(message, size, "rules/lexicon: %s", zw_error_text(r));
        return r;
    }
    zw_lexicon_t *l = NULL;
    r = make_empty(&l);
    if (r < 0)
        (void)snprintf(message, size, "%s: %s", folder, zw_error_text(r));
    else
        r = zw_lex_read(l, folder, message, size);
    if (r == 0 && (r = make_whole(l)) < 0)
        (void)snprintf(message, size, "%s: %s", folder, zw_error_text(r));
    if (r < 0) {
        zw_lexicon_free(l);
        return r;
    }
    *ret = l;
    return 0;
}
