/* The paths of a search: which go on, which lose, and what the best one made of the place. */
#include "text/pinyin_search.h"

#include <errno.h>

#include "base/utf8.h"

enum { KIN_MAX = 6, SETTLED_LONG = 4, RIVAL_DEPTH = 3, RIVALS_MAX = 64 /* characters looked at */ };

static int32_t node_new(zw_search_t *x, const zw_node_t *node)
{
    zw_pinyin_t *s = x->s;
    if ((size_t)x->count == s->node_cap) {
        size_t cap = s->node_cap ? 2 * s->node_cap : 1024;
        zw_node_t *p = zw_arena_alloc(s->r->arena, cap * sizeof *p);
        if (!p) {
            x->failed = true;
            return ZW_NO_NODE;
        }
        if (s->node_cap)
            memcpy(p, s->nodes, s->node_cap * sizeof *p);
        s->nodes = p;
        s->node_cap = cap;
    }
    s->nodes[x->count] = *node;
    return x->count++;
}

static uint64_t state_of(const zw_node_t *n)
{
    return (uint64_t)n->pending << 48 | (uint64_t)n->b1 << 40 | (uint64_t)n->b2 << 32 | (uint64_t)n->sense.prev << 16 | n->sense.before;
}

/* Two paths in one state: the cheaper goes on, the other is its rival if it is not much dearer. */
static void meet(zw_search_t *x, zw_slot_t *slot, int i, const zw_node_t *node)
{
    bool wins = node->cost < slot->cost[i];
    int difference = wins ? slot->cost[i] - node->cost : node->cost - slot->cost[i];
    int32_t old = slot->node[i];
    if (!wins && difference >= ZW_SURE)
        return;
    int32_t new = node_new(x, node); /* never in place of the old: a node must be younger than its parent */
    if (new == ZW_NO_NODE)
        return;
    int32_t winner = wins ? new : old, loser = wins ? old : new;
    if (difference < ZW_SURE) {
        x->s->nodes[loser].sibling = x->s->nodes[winner].rival;
        x->s->nodes[winner].rival = loser;
    }
    slot->node[i] = winner;
    slot->cost[i] = x->s->nodes[winner].cost;
}

void zw_paths_push(zw_search_t *x, size_t pos, const zw_node_t *node)
{
    zw_slot_t *slot = &x->slots[pos % ZW_RING];
    if (slot->n && node->cost > slot->best + ZW_COST_PRUNE)
        return;
    uint64_t state = state_of(node);
    if (slot->n == 0 || node->cost < slot->best)
        slot->best = node->cost;
    /* Of those that are at the same byte only a few go on, or they would crowd out the others. */
    int kin = 0, worst = -1, worst_kin = -1;
    for (int i = 0; i < slot->n; i++) {
        if (slot->state[i] == state) {
            meet(x, slot, i, node);
            return;
        }
        if (slot->state[i] >> 32 == state >> 32) {
            kin++;
            worst_kin = worst_kin < 0 || slot->cost[i] > slot->cost[worst_kin] ? i : worst_kin;
        }
        worst = worst < 0 || slot->cost[i] > slot->cost[worst] ? i : worst;
    }
    int i = kin >= KIN_MAX ? worst_kin : slot->n == ZW_BEAM ? worst : slot->n;
    if (i < slot->n && slot->cost[i] <= node->cost)
        return;
    int32_t made = node_new(x, node);
    if (made == ZW_NO_NODE)
        return;
    slot->n += i == slot->n;
    slot->node[i] = made;
    slot->state[i] = state;
    slot->cost[i] = node->cost;
}

bool zw_paths_settled(const zw_search_t *x, int32_t *ret_best)
{
    int32_t best = ZW_NO_NODE;
    int alive = 0;
    bool long_since = true;
    for (int k = 0; k < ZW_RING; k++)
        for (int i = 0; i < x->slots[k].n; i++) {
            const zw_slot_t *slot = &x->slots[k];
            const zw_node_t *n = &x->s->nodes[slot->node[i]];
            if (slot->cost[i] > slot->best + ZW_COST_PRUNE)
                continue;
            if ((size_t)k != x->pos % ZW_RING || n->pending || n->settled < 1)
                return false;
            alive++;
            long_since &= n->settled >= SETTLED_LONG;
            if (best == ZW_NO_NODE || n->cost < x->s->nodes[best].cost)
                best = slot->node[i];
        }
    *ret_best = best;
    return alive == 1 || (alive > 1 && long_since);
}

/* The characters of the best path, and what is known of each. */
typedef struct path {
    const zw_node_t *nodes;
    int32_t *index;   /* its nodes, first to last */
    uint32_t *end;    /* characters up to the end of each node */
    int32_t count;
    zw_unit_t *units;
    size_t n;
    uint32_t *other;  /* of each: what a rival has there, 0 if all agree */
} path_t;

static int32_t index_in(const path_t *p, int32_t node)
{
    int32_t low = 0, high = p->count; /* a node is younger than its parent */
    while (low < high) {
        int32_t mid = (low + high) / 2;
        if (p->index[mid] < node)
            low = mid + 1;
        else
            high = mid;
    }
    return low < p->count && p->index[low] == node ? low : -1;
}

/* Marks where the path that ends in `rival` differs from the best one, which has `upto` characters there. */
static void compare(path_t *p, int32_t rival, size_t upto)
{
    uint32_t theirs[RIVALS_MAX];
    size_t n = 0, from = 0;
    int32_t i = rival, shared = -1;
    for (int steps = 0; i != ZW_NO_NODE && (shared = index_in(p, i)) < 0; i = p->nodes[i].parent) {
        if (++steps > RIVALS_MAX)
            return; /* they parted long ago */
        for (unsigned k = p->nodes[i].emit_n; k-- > 0 && n < RIVALS_MAX;)
            theirs[n++] = p->nodes[i].emit[k].cp;
    }
    if (shared >= 0)
        from = p->end[shared];
    if (from > upto || n == RIVALS_MAX)
        return;
    size_t ours = upto - from, head = 0, tail = 0; /* theirs is back to front */
    if (ours == n) {
        for (size_t k = 0; k < n; k++)
            if (theirs[n - 1 - k] != p->units[from + k].cp)
                p->other[from + k] = theirs[n - 1 - k];
        return;
    }
    while (head < ours && head < n && theirs[n - 1 - head] == p->units[from + head].cp)
        head++;
    while (tail + head < ours && tail + head < n && theirs[tail] == p->units[upto - 1 - tail].cp)
        tail++;
    for (size_t k = from + head; k < upto - tail; k++)
        p->other[k] = n > head + tail ? theirs[n - 1 - head] : ' ';
}

static void compare_all(path_t *p, int32_t list, size_t upto, int limit, int depth)
{
    for (int32_t i = list; i != ZW_NO_NODE; i = p->nodes[i].sibling) {
        if (p->nodes[i].cost >= limit)
            continue;
        compare(p, i, upto);
        if (depth < RIVAL_DEPTH) /* who lost against a rival by a little may still be near */
            compare_all(p, p->nodes[i].rival, upto, limit, depth + 1);
    }
}

static int path_read(const zw_search_t *x, int32_t best, path_t *p)
{
    zw_arena_t *arena = x->s->r->arena;
    size_t n = 0;
    *p = (path_t){ .nodes = x->s->nodes };
    for (int32_t i = best; i != ZW_NO_NODE; i = p->nodes[i].parent, p->count++)
        n += p->nodes[i].emit_n;
    p->index = zw_arena_alloc(arena, (size_t)p->count * sizeof *p->index);
    p->end = zw_arena_alloc(arena, (size_t)p->count * sizeof *p->end);
    p->units = zw_arena_alloc(arena, (n + 1) * sizeof *p->units);
    p->other = zw_arena_calloc(arena, n + 1, sizeof *p->other);
    if (!p->index || !p->end || !p->units || !p->other)
        return -ENOMEM;
    p->n = n;
    int32_t at = p->count;
    for (int32_t i = best; i != ZW_NO_NODE; i = p->nodes[i].parent) {
        p->index[--at] = i;
        p->end[at] = (uint32_t)n;
        for (unsigned k = p->nodes[i].emit_n; k-- > 0;)
            p->units[--n] = p->nodes[i].emit[k];
    }
    return 0;
}

/* Tells of a character that is not known: what it may have been. */
static void note_lost(const zw_search_t *x, const zw_unit_t *unit, uint32_t other)
{
    zw_repair_t *r = x->s->r;
    size_t from = x->at, to = x->pos;
    while (from < to && x->s->in[from].src + x->s->in[from].src_len <= unit->src)
        from++;
    while (to > from + 1 && x->s->in[to - 1].src >= unit->src + unit->src_len)
        to--;
    zw_unit_t either[3] = { *unit, *unit, *unit };
    either[1].cp = '|';
    either[2].cp = other & 0x1FFFFF;
    zw_note_units(r, ZW_REPAIR_LOST, x->s->in + from, to - from, either, unit->cp == 0xFFFD ? 1 : 3);
}

int zw_paths_accept(zw_search_t *x, int32_t best)
{
    zw_pinyin_t *s = x->s;
    path_t p;
    int e = path_read(x, best, &p);
    if (e < 0 || s->out_n + p.n > s->out_cap)
        return -ENOMEM;
    for (int32_t k = 0; k < p.count; k++) {
        const zw_node_t *node = &p.nodes[p.index[k]];
        compare_all(&p, node->rival, p.end[k], node->cost + ZW_SURE, 0);
    }
    const zw_slot_t *last = &x->slots[x->pos % ZW_RING];
    for (int i = 0; i < last->n; i++)
        if (last->node[i] != best && !s->nodes[last->node[i]].pending && last->cost[i] < s->nodes[best].cost + ZW_SURE)
            compare(&p, last->node[i], p.n);
    for (size_t k = 0; k < p.n; k++) {
        if (p.other[k] || p.units[k].cp == 0xFFFD) {
            note_lost(x, &p.units[k], p.other[k]);
            p.units[k].cp = 0xFFFD;
        }
        s->out[s->out_n + k] = p.units[k];
    }
    zw_note_units(s->r, ZW_REPAIR_TORN, s->in + x->at, x->pos - x->at, p.units, p.n);
    s->out_n += p.n;
    return 0;
}
