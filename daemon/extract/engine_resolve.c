/* Settling what the matches of a paragraph claim.
 *
 * Of two drafts of one type whose key slots overlap, one stays: higher priority, then the longer match, then the earlier,
 * then the rule whose name comes first. A draft that would follow another fact and finds none defeats nobody. A draft
 * yields to other types as its type says. Of several drafts of one identity in an article the strongest stays, else the
 * first; the places of the others become its `also`. */
#include "extract/engine.h"

#include <errno.h>
#include <stdlib.h>

/* A total order that files and their order mean nothing to: `pattern` only tells alternatives of one rule apart. */
static int by_claim(const void *va, const void *vb)
{
    const zw_match_t *a = *(zw_match_t *const *)va, *b = *(zw_match_t *const *)vb;
    uint32_t na = a->sk.end - a->sk.start, nb = b->sk.end - b->sk.start;
    if (a->rule->priority != b->rule->priority)
        return a->rule->priority > b->rule->priority ? -1 : 1;
    if (na != nb)
        return na > nb ? -1 : 1;
    if (a->sk.start != b->sk.start)
        return a->sk.start < b->sk.start ? -1 : 1;
    size_t n = a->rule->name.n < b->rule->name.n ? a->rule->name.n : b->rule->name.n;
    int name = a->rule == b->rule ? 0 : memcmp(a->rule->name.p, b->rule->name.p, n);
    if (name)
        return name;
    if (a->rule->name.n != b->rule->name.n)
        return a->rule->name.n < b->rule->name.n ? -1 : 1;
    return (a->pattern > b->pattern) - (a->pattern < b->pattern);
}

static int by_place(const void *va, const void *vb)
{
    const zw_draft_t *a = *(zw_draft_t *const *)va, *b = *(zw_draft_t *const *)vb;
    const zw_match_t *ma = a->match, *mb = b->match;
    if (a->text.start != b->text.start)
        return a->text.start < b->text.start ? -1 : 1;
    if (ma->core.start != mb->core.start)
        return ma->core.start < mb->core.start ? -1 : 1;
    if (a->text.end != b->text.end)
        return a->text.end < b->text.end ? -1 : 1;
    if (ma->pattern != mb->pattern)
        return ma->pattern < mb->pattern ? -1 : 1;
    return memcmp(a->id, b->id, sizeof(a->id));
}

static bool overlap(zw_span_t a, zw_span_t b)
{
    return a.start < b.end && b.start < a.end;
}

static void trace_lost(zw_run_t *run, const zw_draft_t *d, zw_trace_kind_t kind, const zw_rule_t *other)
{
    zw_engine_trace(run, (zw_trace_t){ .kind = kind, .rule = d->match->rule, .pattern = d->match->pattern, .other = other,
                                       .paragraph = d->paragraph, .text = d->text });
}

static void trace_stray(zw_run_t *run, const zw_match_t *match, const zw_paragraph_t *p, zw_span_t text)
{
    zw_engine_trace(run, (zw_trace_t){ .kind = ZW_T_UNLESS, .rule = match->rule, .pattern = match->pattern,
                                       .what = ZW_STR_LIT("follows"), .paragraph = p, .text = text });
}

/* ---- one type, one place */

typedef struct {
    zw_draft_t **items;
    size_t n;
} drafts_t;

static zw_draft_t *rival(const drafts_t *kept, const zw_draft_t *d)
{
    for (size_t i = 0; i < kept->n; i++) {
        zw_draft_t *other = kept->items[i];
        if (other->group != d->group && other->match->rule->type == d->match->rule->type && !other->match->rule->coexists &&
            !d->match->rule->coexists && overlap(other->match->core, d->match->core))
            return other;
    }
    return NULL;
}

static void claim(zw_run_t *run, const zw_paragraph_t *p, const zw_match_t *match, drafts_t *kept)
{
    zw_match_t *items = NULL;
    size_t n = zw_match_items(run, p, match, &items);
    uint32_t group = run->groups++;
    for (size_t i = 0; i < n && kept->n < ZW_MAX_DRAFTS; i++) {
        zw_draft_t *d = zw_match_bind(run, p, &items[i], group);
        zw_draft_t *other = d ? rival(kept, d) : NULL;
        if (other) {
            other->won = true;
            trace_lost(run, d, ZW_T_LOST, other->match->rule);
        } else if (d)
            kept->items[kept->n++] = d;
    }
}

/* ---- between types */

static bool yields_to(const zw_type_def_t *type, const zw_type_def_t *other)
{
    for (size_t i = 0; i < type->yields_to_count; i++)
        if (zw_str_eq(type->yields_to[i], other->name))
            return true;
    return false;
}

/* Is the helper group part of a slot's template, as in 100 - {_failed}? */
static bool in_template(const zw_rule_t *rule, zw_str_t group)
{
    for (size_t i = 0; i < rule->set_count; i++) {
        zw_str_t text = rule->sets[i].template ? rule->sets[i].value.str : zw_str("", 0);
        for (const char *at = text.p; (at = memmem(at, (size_t)(text.p + text.n - at), group.p, group.n)); at++)
            if (at > text.p && at[-1] == '{' && at + group.n < text.p + text.n && at[group.n] == '}')
                return true;
    }
    return false;
}

/* Does a captured slot of `other` stand in `place`? */
static bool uses(const zw_draft_t *other, zw_span_t place)
{
    const zw_match_t *match = other->match;
    for (size_t i = 0; i < match->capture_count; i++) {
        const zw_group_t *group = match->captures[i].group;
        if (overlap(match->captures[i].piece.sk, place) &&
            (group->slot >= 0 || (group->slot == ZW_G_HELPER && in_template(match->rule, group->name))))
            return true;
    }
    return false;
}

static const zw_draft_t *yields(const drafts_t *all, const zw_draft_t *d)
{
    const zw_type_def_t *type = d->match->rule->type;
    zw_span_t place = d->match->core;
    if (type->yields_on >= 0 && d->slots[type->yields_on].piece.sk.end > d->slots[type->yields_on].piece.sk.start)
        place = d->slots[type->yields_on].piece.sk;
    char *covered = NULL;
    const zw_draft_t *last = NULL;
    uint32_t width = place.end - place.start, sum = 0;
    char space[ZW_SENTENCE_BYTES] = { 0 };
    if (type->yields_share > 0 && width <= sizeof(space))
        covered = space;
    for (size_t i = 0; i < all->n; i++) {
        const zw_draft_t *other = all->items[i];
        if (other == d || other->dropped || !yields_to(type, other->match->rule->type))
            continue;
        if (type->yields_share <= 0 && uses(other, place))
            return other;
        if (!covered || !overlap(other->match->sk, place))
            continue;
        last = other;
        uint32_t from = other->match->sk.start > place.start ? other->match->sk.start - place.start : 0;
        uint32_t to = other->match->sk.end < place.end ? other->match->sk.end - place.start : width;
        for (uint32_t j = from; j < to; j++) {
            sum += !covered[j];
            covered[j] = 1;
        }
    }
    return covered && width > 0 && (double)sum / width >= type->yields_share ? last : NULL;
}

/* What follows nothing will be no fact: no other type yields to it. *ret_won: the groups of those that others lost to. */
static void drop_stray(zw_run_t *run, drafts_t *all, uint32_t *ret_won, size_t *ret_won_count)
{
    for (size_t i = 0; i < all->n; i++) {
        zw_draft_t *d = all->items[i];
        if (zw_match_can_follow(run, all->items, i))
            continue;
        d->dropped = true;
        if (d->won)
            ret_won[(*ret_won_count)++] = d->group;
        trace_stray(run, d->match, d->paragraph, d->text);
    }
}

static void settle_types(zw_run_t *run, drafts_t *all)
{
    for (int pass = 0; pass < 2; pass++) /* first those that yield on a place, then those that yield to a share */
        for (size_t i = 0; i < all->n; i++) {
            zw_draft_t *d = all->items[i];
            const zw_type_def_t *type = d->match->rule->type;
            if (d->dropped || type->yields_to_count == 0 || (type->yields_share > 0) != (pass == 1))
                continue;
            const zw_draft_t *other = yields(all, d);
            if (!other)
                continue;
            d->dropped = true;
            trace_lost(run, d, ZW_T_YIELDS, other->match->rule);
        }
}

/* ---- one identity, one fact */

static size_t id_slot(const zw_run_t *run, const uint8_t *id)
{
    uint64_t hash;
    memcpy(&hash, id, sizeof(hash));
    size_t i = hash & (run->by_id_size - 1);
    while (run->by_id[i] && memcmp(run->facts[run->by_id[i] - 1]->id, id, 16) != 0)
        i = (i + 1) & (run->by_id_size - 1);
    return i;
}

static bool grow(zw_run_t *run)
{
    if (run->fact_count < run->fact_cap)
        return true;
    size_t cap = run->fact_cap ? run->fact_cap * 2 : 64;
    zw_draft_t **facts = zw_arena_grow(run->arena, run->facts, run->fact_count * sizeof(*facts), cap * sizeof(*facts));
    uint32_t *by_id = zw_arena_calloc(run->arena, cap * 2, sizeof(*by_id));
    if (!facts || !by_id) {
        run->no_memory = true;
        return false;
    }
    run->facts = facts;
    run->fact_cap = cap;
    run->by_id = by_id;
    run->by_id_size = cap * 2;
    for (size_t i = 0; i < run->fact_count; i++)
        run->by_id[id_slot(run, facts[i]->id)] = (uint32_t)i + 1;
    return true;
}

static size_t strength(const zw_draft_t *d)
{
    const zw_type_def_t *type = d->match->rule->type;
    if (type->strongest < 0)
        return 0;
    const zw_slot_def_t *def = &type->slots[type->strongest];
    for (size_t i = 0; i < def->of_count; i++)
        if (d->slots[type->strongest].value.kind == ZW_V_STR && zw_str_eq(def->of[i], d->slots[type->strongest].value.str))
            return i;
    return def->of_count;
}

static void add_place(zw_run_t *run, zw_draft_t *d, zw_span_t place)
{
    enum { MAX_ALSO = 32 };
    for (size_t i = 0; i < d->also_count; i++)
        if (d->also[i].start == place.start && d->also[i].end == place.end)
            return;
    if (d->also_count >= MAX_ALSO || (place.start == d->text.start && place.end == d->text.end))
        return;
    zw_span_t *also = zw_arena_grow(run->arena, d->also, d->also_count * sizeof(*also), (d->also_count + 1) * sizeof(*also));
    if (!also) {
        run->no_memory = true;
        return;
    }
    also[d->also_count++] = place;
    d->also = also;
}

/* `kept` and `other` say the same: what only the other says is taken over. */
static void merge(zw_run_t *run, zw_draft_t *kept, const zw_draft_t *other)
{
    const zw_type_def_t *type = kept->match->rule->type;
    bool alike = strength(kept) == strength(other);
    for (size_t i = 0; i < type->slot_count; i++) {
        bool own_action = !alike && ((int)i == type->strongest || type->slots[i].kind == ZW_K_LIST);
        if (kept->slots[i].value.kind != ZW_V_NULL || other->slots[i].value.kind == ZW_V_NULL || own_action)
            continue;
        kept->slots[i] = other->slots[i];
        kept->slots[i].origin = ZW_O_MERGED;
    }
    add_place(run, kept, other->text);
    for (size_t i = 0; i < other->also_count; i++)
        add_place(run, kept, other->also[i]);
}

static void add_fact(zw_run_t *run, zw_draft_t *d)
{
    if (!grow(run))
        return;
    size_t at = id_slot(run, d->id);
    if (run->by_id[at] == 0) {
        run->facts[run->fact_count++] = d;
        run->by_id[at] = (uint32_t)run->fact_count;
        return;
    }
    zw_draft_t *old = run->facts[run->by_id[at] - 1];
    bool stronger = strength(d) < strength(old);
    if (stronger)
        run->facts[run->by_id[at] - 1] = d;
    merge(run, stronger ? d : old, stronger ? old : d);
    trace_lost(run, stronger ? old : d, ZW_T_REPEATED, stronger ? d->match->rule : old->match->rule);
}

/* A copy that has its own slots, with the followed fact's slot for the one that spreads. */
static zw_draft_t *for_each_lead(zw_run_t *run, const zw_draft_t *d, const zw_draft_t *lead)
{
    const zw_rule_t *rule = d->match->rule;
    zw_draft_t *copy = zw_arena_alloc(run->arena, sizeof(*copy));
    zw_bound_t *slots = zw_arena_alloc(run->arena, rule->type->slot_count * sizeof(*slots));
    if (!copy || !slots) {
        run->no_memory = true;
        return NULL;
    }
    memcpy(slots, d->slots, rule->type->slot_count * sizeof(*slots));
    *copy = *d;
    copy->slots = slots;
    slots[rule->spread] = lead->slots[rule->spread_of];
    slots[rule->spread].origin = ZW_O_FILL;
    slots[rule->spread].source = rule->follows->name;
    slots[rule->spread].piece = (zw_piece_t){ .mention = -1 };
    return copy;
}

static void take(zw_run_t *run, const zw_draft_t *d, zw_draft_t *lead)
{
    const zw_rule_t *rule = d->match->rule;
    zw_draft_t *copy = for_each_lead(run, d, lead);
    if (!copy || !zw_match_finish(run, copy))
        return;
    if (rule->told >= 0 && lead->slots[rule->told_of].value.kind == ZW_V_NULL) {
        lead->slots[rule->told_of] = copy->slots[rule->told];
        lead->slots[rule->told_of].origin = ZW_O_MERGED;
    }
    add_fact(run, copy);
}

/* What is said of all that a sentence before named: 获奖企业各得50万元. Of several that go together, 分别得50万元和20万元,
 * the last takes the last fact before, the one before it the one before that. */
static void spread(zw_run_t *run, const drafts_t *all, const zw_draft_t *d, size_t before)
{
    const zw_rule_t *rule = d->match->rule;
    const zw_draft_t *lead = zw_match_lead(run, d);
    size_t count = run->fact_count, size = 0, after = 0;
    for (size_t i = 0; i < all->n; i++) {
        size += all->items[i]->group == d->group;
        after += all->items[i]->group == d->group && i > before;
    }
    for (size_t i = 0; size == 1 && i < count && lead && !run->no_memory; i++)
        if (run->facts[i]->group == lead->group && run->facts[i]->match->rule->type == rule->follows)
            take(run, d, run->facts[i]);
    for (size_t i = count; size > 1 && i > 0 && lead && !run->no_memory; i--) {
        zw_draft_t *other = run->facts[i - 1];
        if (other->match->rule->type != rule->follows)
            continue;
        if (after-- > 0)
            continue;
        if (d->paragraph == other->paragraph)
            take(run, d, other);
        return;
    }
}

/* Whether a fact of the type was found in the article, or may be in this paragraph. */
static bool may_be_followed(const zw_run_t *run, zw_match_t *const *matches, size_t count, const zw_type_def_t *type)
{
    for (size_t i = 0; i < count; i++)
        if (matches[i]->rule->type == type && !matches[i]->rule->follows)
            return true;
    for (size_t i = 0; i < run->fact_count; i++)
        if (run->facts[i]->match->rule->type == type)
            return true;
    return false;
}

/* Who keeps its place. A claim that turns out to follow nothing takes nobody's place: the rest are heard again without it. */
static int settle_places(zw_run_t *run, const zw_paragraph_t *p, zw_match_t **matches, size_t count, drafts_t *kept)
{
    uint32_t *won = zw_arena_alloc(run->arena, ZW_MAX_DRAFTS * sizeof(*won));
    bool *void_claim = zw_arena_calloc(run->arena, count + 1, sizeof(*void_claim));
    if (!won || !void_claim)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        const zw_match_t *m = matches[i];
        void_claim[i] = m->rule->follows && !may_be_followed(run, matches, count, m->rule->follows);
        if (void_claim[i])
            trace_stray(run, m, p, zw_paragraph_span(p, m->sk.start, m->sk.end));
    }
    for (bool again = true; again && !run->no_memory;) {
        uint32_t first = run->groups;
        size_t won_count = 0, traces = run->trace_count;
        kept->n = 0;
        for (size_t i = 0; i < count && !run->no_memory; i++)
            if (void_claim[i])
                run->groups++;
            else
                claim(run, p, matches[i], kept);
        qsort(kept->items, kept->n, sizeof(*kept->items), by_place);
        drop_stray(run, kept, won, &won_count);
        again = won_count > 0;
        for (size_t i = 0; i < won_count; i++)
            void_claim[won[i] - first] = true;
        if (again)
            run->trace_count = traces; /* what comes to pass is traced in the last round */
    }
    return run->no_memory ? -ENOMEM : 0;
}

int zw_resolve_paragraph(zw_run_t *run, const zw_paragraph_t *p, zw_match_t **matches, size_t count)
{
    drafts_t kept = { .items = zw_arena_alloc(run->arena, ZW_MAX_DRAFTS * sizeof(zw_draft_t *)) };
    if (!kept.items)
        return -ENOMEM;
    qsort(matches, count, sizeof(*matches), by_claim);
    int e = settle_places(run, p, matches, count, &kept);
    if (e < 0)
        return e;
    settle_types(run, &kept);
    for (size_t i = 0; i < kept.n; i++)
        if (!kept.items[i]->dropped && kept.items[i]->match->rule->spreads)
            spread(run, &kept, kept.items[i], i);
        else if (!kept.items[i]->dropped && zw_match_finish(run, kept.items[i]))
            add_fact(run, kept.items[i]);
    return run->no_memory ? -ENOMEM : 0;
}
