/* From the groups of a match to the slots of a draft. */
#include "extract/engine.h"

#include <math.h>

const char *const ZW_ORIGIN_NAMES[] = { "none", "group", "set", "fill", "default", "merged" };

static const zw_word_t *find_word(const zw_word_t *words, size_t count, zw_str_t text)
{
    for (size_t i = 0; i < count; i++)
        if (zw_str_eq(words[i].text, text))
            return &words[i];
    return NULL;
}

/* A word slot takes only its words: as they stand, or through `words` of the rule or of the slot. */
static zw_value_t as_word(const zw_slot_def_t *def, const zw_rule_t *rule, zw_str_t text)
{
    const zw_word_t *word = rule ? find_word(rule->words, rule->word_count, text) : NULL;
    if (!word)
        word = find_word(def->words, def->word_count, text);
    if (word)
        text = word->word;
    for (size_t i = 0; i < def->of_count; i++)
        if (zw_str_eq(def->of[i], text))
            return (zw_value_t){ .kind = ZW_V_STR, .str = text };
    return (zw_value_t){ .kind = ZW_V_NULL };
}

static zw_value_t as_string(zw_str_t text)
{
    return text.n > 0 ? (zw_value_t){ .kind = ZW_V_STR, .str = text } : (zw_value_t){ .kind = ZW_V_NULL };
}

void zw_bind_piece(zw_run_t *run, const zw_paragraph_t *p, const zw_slot_def_t *def, const zw_piece_t *piece,
                   const zw_rule_t *rule, zw_bound_t *ret)
{
    zw_quantity_t q;
    zw_str_t text = zw_piece_text(run->text, run->mentions, piece);
    zw_value_t value = { .kind = ZW_V_NULL };
    switch (def->kind) {
    case ZW_K_STRING:
    case ZW_K_LIST:
        value = as_string(text);
        break;
    case ZW_K_WORD:
        value = as_word(def, rule, text);
        break;
    case ZW_K_NUMBER:
    case ZW_K_MEASURE:
        if (zw_piece_quantity(run->text, run->mentions, piece, &q))
            value = (zw_value_t){ .kind = ZW_V_NUM, .num = q.value };
        break;
    case ZW_K_QUANTITY:
        if (zw_piece_quantity(run->text, run->mentions, piece, &q))
            value = zw_value_quantity(&q, def->plain, run->arena);
        break;
    case ZW_K_TIME:
        value = as_string(zw_piece_time(&run->context, run->mentions, piece, run->arena));
        break;
    case ZW_K_BOOL:
        value = (zw_value_t){ .kind = ZW_V_BOOL, .flag = true };
        break;
    case ZW_K_MAP:
        break;
    }
    *ret = (zw_bound_t){ .value = value, .origin = ZW_O_GROUP, .piece = *piece };
    if (piece->mention >= 0) {
        ret->identity = run->mentions[piece->mention].identity;
        ret->region = run->mentions[piece->mention].region;
    }
}

/* ---- groups */

/* 质量总监宋志远 with pick PERSON: the last mention of those classes stands for the whole. */
static zw_piece_t picked(const zw_run_t *run, const zw_draft_t *d, int slot, zw_piece_t piece)
{
    const zw_rule_t *rule = d->match->rule;
    for (size_t i = 0; i < rule->pick_count; i++) {
        if (rule->picks[i].slot != slot || zw_is_class(run, piece.mention, rule->picks[i].classes))
            continue;
        for (uint32_t at = piece.sk.end; at >= piece.sk.start + 3; at--)
            if (zw_is_class(run, d->paragraph->mention[at - 3], rule->picks[i].classes) &&
                (at == 3 || d->paragraph->mention[at - 4] != d->paragraph->mention[at - 3]))
                return zw_piece(d->paragraph, at - 3, at);
    }
    return piece;
}

static void bind_list(zw_run_t *run, const zw_draft_t *d, zw_bound_t *slot, const zw_capture_t *capture)
{
    const zw_paragraph_t *p = d->paragraph;
    zw_piece_t pieces[ZW_MAX_ITEMS];
    size_t n = capture->item ? 1 : zw_piece_split(p, capture->piece, pieces, ZW_MAX_ITEMS), old = 0;
    if (capture->item)
        pieces[0] = capture->piece;
    for (size_t i = 0; i < n; i++)
        pieces[i] = picked(run, d, capture->group->slot, pieces[i]);
    if (slot->value.kind == ZW_V_LIST)
        old = slot->value.list.n;
    int body = zw_shared_body(run, p, capture->piece.sk.end);
    zw_str_t shared = body >= 0 ? zw_frame_name(run, body) : zw_shared_rest(run, pieces, n);
    zw_value_t *items = zw_arena_calloc(run->arena, old + n, sizeof(*items));
    if (!items) {
        run->no_memory = true;
        return;
    }
    size_t count = 0;
    for (; count < old; count++)
        items[count] = slot->value.list.items[count];
    for (size_t i = 0; i < n; i++) {
        bool place = shared.n > 0 && zw_is_class(run, pieces[i].mention, ZW_CLASS_BIT(ZW_M_REGION));
        zw_value_t value = as_string(place ? zw_shared_name(run, pieces[i].mention, shared)
                                           : zw_piece_text(run->text, run->mentions, &pieces[i]));
        bool known = value.kind == ZW_V_NULL;
        for (size_t j = 0; j < count && !known; j++)
            known = zw_value_equal(&items[j], &value);
        if (!known)
            items[count++] = value;
    }
    if (count == 0)
        return;
    if (old == 0)
        *slot = (zw_bound_t){ .origin = ZW_O_GROUP, .piece = capture->piece };
    if (old == 0 && n == 1 && pieces[0].mention >= 0)
        slot->region = run->mentions[pieces[0].mention].region;
    slot->value = (zw_value_t){ .kind = ZW_V_LIST, .list = { items, count } };
}

/* A measure tells its unit, comparator and upper end to the slots of those names, where they are open. */
static void bind_siblings(zw_run_t *run, const zw_slot_def_t *defs, size_t count, zw_bound_t *slots, const zw_piece_t *piece)
{
    zw_quantity_t q;
    if (!zw_piece_quantity(run->text, run->mentions, piece, &q))
        return;
    const struct {
        const char *name;
        zw_value_t value;
    } siblings[] = {
        { "unit", as_string(q.unit) },
        { "comparator", as_string(zw_strz(ZW_COMPARATOR_NAMES[q.comparator])) },
        { "value_max", { .kind = isnan(q.value_max) ? ZW_V_NULL : ZW_V_NUM, .num = q.value_max } },
    };
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < 3; j++)
            if (zw_str_eqz(defs[i].name, siblings[j].name) && slots[i].value.kind == ZW_V_NULL &&
                siblings[j].value.kind != ZW_V_NULL)
                slots[i] = (zw_bound_t){ .value = siblings[j].value, .origin = ZW_O_GROUP, .piece = *piece };
}

static void bind_group(zw_run_t *run, zw_draft_t *d, const zw_capture_t *capture)
{
    const zw_rule_t *rule = d->match->rule;
    const zw_slot_def_t *def = &rule->type->slots[capture->group->slot];
    zw_bound_t *slot = &d->slots[capture->group->slot], bound;
    if (capture->group->part >= 0) {
        slot = &d->parts[capture->group->slot][capture->group->part];
        def = &def->parts[capture->group->part];
    }
    bool empty = capture->piece.sk.end <= capture->piece.sk.start;
    if (empty || (slot->value.kind != ZW_V_NULL && def->kind != ZW_K_LIST))
        return;
    if (def->kind == ZW_K_LIST) {
        bind_list(run, d, slot, capture);
        return;
    }
    zw_piece_t piece = capture->group->part < 0 ? picked(run, d, capture->group->slot, capture->piece) : capture->piece;
    zw_bind_piece(run, d->paragraph, def, &piece, rule, &bound);
    if (bound.value.kind != ZW_V_NULL)
        *slot = bound;
}

/* Behind all groups, so that a group of its own wins over what a measure tells. */
static void bind_measures(zw_run_t *run, zw_draft_t *d)
{
    const zw_type_def_t *type = d->match->rule->type;
    for (size_t i = 0; i < type->slot_count; i++) {
        if (type->slots[i].kind == ZW_K_MEASURE && d->slots[i].value.kind == ZW_V_NUM)
            bind_siblings(run, type->slots, type->slot_count, d->slots, &d->slots[i].piece);
        for (size_t j = 0; d->parts[i] && j < type->slots[i].part_count; j++)
            if (type->slots[i].parts[j].kind == ZW_K_MEASURE && d->parts[i][j].value.kind == ZW_V_NUM)
                bind_siblings(run, type->slots[i].parts, type->slots[i].part_count, d->parts[i], &d->parts[i][j].piece);
    }
}

/* ---- constants */

typedef struct {
    zw_run_t *run;
    const zw_draft_t *draft;
} lookup_t;

static zw_str_t group_text(const zw_run_t *run, const zw_draft_t *d, zw_str_t name)
{
    for (size_t i = 0; i < d->match->capture_count; i++)
        if (zw_str_eq(d->match->captures[i].group->name, name)) {
            zw_piece_t piece = d->match->captures[i].piece;
            if (piece.text.end == 0) /* _verb and the like are kept untrimmed */
                piece = zw_piece(d->paragraph, piece.sk.start, piece.sk.end);
            return zw_piece_text(run->text, run->mentions, &piece);
        }
    return zw_str("", 0);
}

/* {place 市}: the article's place or the one above it that is a 市, by its name; 市 alone where none is known. */
static zw_str_t place_of_rank(const zw_run_t *run, zw_str_t rank)
{
    const uint32_t codes[] = { run->context.region, run->frame.place };
    for (size_t i = 0; i < 2; i++)
        for (uint32_t step = 1; step <= 10000; step *= 100) {
            zw_str_t name = zw_frame_place_name(run, codes[i] / step * step);
            if (name.n > rank.n && memcmp(name.p + name.n - rank.n, rank.p, rank.n) == 0)
                return name;
        }
    return rank;
}

static zw_str_t look_up(void *ctx, zw_str_t name)
{
    lookup_t *l = ctx;
    zw_str_t rank;
    if (zw_place_template(name, &rank))
        return place_of_rank(l->run, rank);
    return group_text(l->run, l->draft, name);
}

/* A group's number, for sums. */
static zw_str_t look_up_number(void *ctx, zw_str_t name)
{
    lookup_t *l = ctx;
    zw_quantity_t q;
    for (size_t i = 0; i < l->draft->match->capture_count; i++) {
        const zw_capture_t *c = &l->draft->match->captures[i];
        if (!zw_str_eq(c->group->name, name) || !zw_piece_quantity(l->run->text, l->run->mentions, &c->piece, &q))
            continue;
        zw_str_t text = zw_arena_printf(l->run->arena, "%.15g", q.value);
        l->run->no_memory = l->run->no_memory || !text.p;
        return text;
    }
    return zw_str("", 0);
}

/* "100 - 21.7": a number, or two with + - * / between blanks. */
static zw_value_t as_number(zw_str_t text)
{
    zw_value_t left = zw_value_constant(ZW_K_NUMBER, text), right = { .kind = ZW_V_NULL };
    const char *blank = memchr(text.p, ' ', text.n);
    size_t at = blank ? (size_t)(blank - text.p) : 0;
    if (left.kind == ZW_V_NUM || at == 0 || at + 3 >= text.n || text.p[at + 2] != ' ')
        return left;
    left = zw_value_constant(ZW_K_NUMBER, zw_str(text.p, at));
    right = zw_value_constant(ZW_K_NUMBER, zw_str(text.p + at + 3, text.n - at - 3));
    if (left.kind != ZW_V_NUM || right.kind != ZW_V_NUM)
        return (zw_value_t){ .kind = ZW_V_NULL };
    switch (text.p[at + 1]) {
    case '+':
        left.num += right.num;
        return left;
    case '-':
        left.num -= right.num;
        return left;
    case '*':
        left.num *= right.num;
        return left;
    case '/':
        if (right.num == 0)
            break;
        left.num /= right.num;
        return left;
    default:
        break;
    }
    return (zw_value_t){ .kind = ZW_V_NULL };
}

static zw_value_t expand_template(zw_run_t *run, zw_draft_t *d, const zw_slot_def_t *def, zw_str_t text)
{
    lookup_t ctx = { run, d };
    if (def->kind == ZW_K_NUMBER || def->kind == ZW_K_MEASURE)
        return as_number(zw_value_template(text, look_up_number, &ctx, run->arena));
    text = zw_value_template(text, look_up, &ctx, run->arena);
    zw_value_t value = def->kind == ZW_K_WORD ? as_word(def, d->match->rule, text) : as_string(text);
    if (def->kind != ZW_K_LIST || value.kind != ZW_V_STR)
        return value;
    zw_value_t *item = zw_arena_alloc(run->arena, sizeof(*item));
    if (!item) {
        run->no_memory = true;
        return (zw_value_t){ .kind = ZW_V_NULL };
    }
    *item = value;
    return (zw_value_t){ .kind = ZW_V_LIST, .list = { item, 1 } };
}

static void bind_set(zw_run_t *run, zw_draft_t *d, const zw_set_t *set)
{
    const zw_slot_def_t *def = &d->match->rule->type->slots[set->slot];
    zw_bound_t *slot = &d->slots[set->slot];
    if (set->part >= 0) {
        def = &def->parts[set->part];
        slot = &d->parts[set->slot][set->part];
    }
    zw_value_t value = set->template ? expand_template(run, d, def, set->value.str) : set->value;
    if (value.kind == ZW_V_NULL)
        return;
    zw_piece_t stands = slot->piece;
    *slot = (zw_bound_t){ .value = value, .origin = ZW_O_SET, .piece = stands };
}

static void bind_defaults(zw_draft_t *d)
{
    const zw_type_def_t *type = d->match->rule->type;
    for (size_t i = 0; i < type->slot_count; i++) {
        if (d->slots[i].value.kind == ZW_V_NULL && type->slots[i].has_default)
            d->slots[i] = (zw_bound_t){ .value = type->slots[i].fallback, .origin = ZW_O_DEFAULT };
        bool any = false;
        for (size_t j = 0; d->parts[i] && j < type->slots[i].part_count; j++)
            any = any || d->parts[i][j].value.kind != ZW_V_NULL;
        for (size_t j = 0; any && j < type->slots[i].part_count; j++)
            if (d->parts[i][j].value.kind == ZW_V_NULL && type->slots[i].parts[j].has_default)
                d->parts[i][j] = (zw_bound_t){ .value = type->slots[i].parts[j].fallback, .origin = ZW_O_DEFAULT };
    }
}

/* Map slots from their parts. */
static void close_maps(zw_run_t *run, zw_draft_t *d)
{
    const zw_type_def_t *type = d->match->rule->type;
    for (size_t i = 0; i < type->slot_count; i++) {
        if (!d->parts[i])
            continue;
        zw_slot_t *slots = zw_arena_calloc(run->arena, type->slots[i].part_count, sizeof(*slots));
        size_t n = 0;
        if (!slots) {
            run->no_memory = true;
            return;
        }
        for (size_t j = 0; j < type->slots[i].part_count; j++)
            if (d->parts[i][j].value.kind != ZW_V_NULL) {
                slots[n++] = (zw_slot_t){ type->slots[i].parts[j].name, d->parts[i][j].value };
                if (d->slots[i].origin == ZW_O_NONE)
                    d->slots[i] = d->parts[i][j];
            }
        if (n > 0)
            d->slots[i].value = (zw_value_t){ .kind = ZW_V_MAP, .map = { slots, n } };
    }
}

/* ---- conditions */

static bool value_matches(zw_run_t *run, const zw_where_t *w, const zw_value_t *value)
{
    if (value->kind == ZW_V_STR)
        return zw_engine_test(run, w->code, value->str, NULL);
    bool any = false;
    for (size_t i = 0; value->kind == ZW_V_LIST && i < value->list.n; i++)
        any = any || value_matches(run, w, &value->list.items[i]);
    return any;
}

static const zw_where_t *failed_where(zw_run_t *run, const zw_draft_t *d, bool may_be_open)
{
    const zw_rule_t *rule = d->match->rule;
    for (size_t i = 0; i < rule->where_count; i++) {
        const zw_where_t *w = &rule->wheres[i];
        zw_value_t value = { .kind = ZW_V_STR };
        if (w->slot == ZW_G_HELPER)
            value.str = group_text(run, d, w->group);
        else
            value = w->part >= 0 ? d->parts[w->slot][w->part].value : d->slots[w->slot].value;
        bool open = value.kind == ZW_V_NULL || (value.kind == ZW_V_STR && value.str.n == 0);
        if (!open && value_matches(run, w, &value) == w->negate)
            return w;
        if (open && !w->negate && !(may_be_open && w->slot >= 0))
            return w;
    }
    return NULL;
}

/* A key slot that is open; of the slots of which one is enough, the first when all are. */
static zw_str_t open_key(const zw_draft_t *d)
{
    const zw_type_def_t *type = d->match->rule->type;
    zw_str_t first = { 0 };
    bool one = false;
    for (size_t i = 0; i < type->slot_count; i++) {
        bool open = d->slots[i].value.kind == ZW_V_NULL;
        if (type->slots[i].key == ZW_KEY_YES && open)
            return type->slots[i].name;
        if (type->slots[i].key != ZW_KEY_EITHER)
            continue;
        first = first.n > 0 ? first : type->slots[i].name;
        one = one || !open;
    }
    return one ? zw_str("", 0) : first;
}

/* ---- the draft */

static zw_draft_t *make(zw_run_t *run, const zw_paragraph_t *p, const zw_match_t *match, uint32_t group)
{
    const zw_type_def_t *type = match->rule->type;
    zw_draft_t *d = zw_arena_calloc(run->arena, 1, sizeof(*d));
    if (!d)
        return NULL;
    d->slots = zw_arena_calloc(run->arena, type->slot_count, sizeof(*d->slots));
    d->parts = zw_arena_calloc(run->arena, type->slot_count, sizeof(*d->parts));
    if (!d->slots || !d->parts)
        return NULL;
    for (size_t i = 0; i < type->slot_count; i++)
        if (type->slots[i].part_count > 0) {
            d->parts[i] = zw_arena_calloc(run->arena, type->slots[i].part_count, sizeof(**d->parts));
            if (!d->parts[i])
                return NULL;
        }
    d->match = match;
    d->group = group;
    d->paragraph = p;
    d->text = zw_paragraph_span(p, match->sk.start, match->sk.end);
    uint32_t at = match->core.start;
    while (d->sentence + 1 < p->sentence_count && p->sentences[d->sentence].sk.end <= at)
        d->sentence++;
    const zw_sentence_t *sentence = &p->sentences[d->sentence];
    while (d->clause + 1 < sentence->clause_count && sentence->clauses[d->clause + 1].sk.start <= at)
        d->clause++;
    return d;
}

/* The quote begins and ends with a character, not with the comma around it. */
static void trim_span(const zw_run_t *run, zw_draft_t *d)
{
    static const char EDGES[] = ",;:。、 \n";
    zw_str_t s = run->text->text;
    while (d->text.end > d->text.start) {
        const char *from = s.p + d->text.start, *to = s.p + d->text.end;
        unsigned first = (unsigned char)*from < 0x80 ? 1 : 3;
        unsigned last = (unsigned char)to[-1] < 0x80 ? 1 : 3;
        if (d->text.end - d->text.start >= first && memmem(EDGES, sizeof(EDGES) - 1, from, first))
            d->text.start += first;
        else if (d->text.end - d->text.start >= last && memmem(EDGES, sizeof(EDGES) - 1, to - last, last))
            d->text.end -= last;
        else
            return;
    }
}

static bool fail_key(zw_run_t *run, const zw_draft_t *d)
{
    zw_str_t key = open_key(d);
    if (key.n > 0)
        zw_engine_trace(run, (zw_trace_t){ .kind = ZW_T_KEY, .rule = d->match->rule, .pattern = d->match->pattern, .what = key,
                                           .paragraph = d->paragraph, .text = d->text });
    return key.n > 0;
}

static bool fail_where(zw_run_t *run, const zw_draft_t *d, bool may_be_open)
{
    const zw_where_t *failed = failed_where(run, d, may_be_open);
    if (failed)
        zw_engine_trace(run, (zw_trace_t){ .kind = ZW_T_WHERE, .rule = d->match->rule, .pattern = d->match->pattern,
                                           .what = failed->text, .paragraph = d->paragraph, .text = d->text });
    return failed != NULL;
}

static bool has_late_source(const zw_fill_t *fills, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < fills[i].source_count; j++)
            if (fills[i].sources[j].from == ZW_FROM_LAST)
                return true;
    return false;
}

zw_draft_t *zw_match_bind(zw_run_t *run, const zw_paragraph_t *p, const zw_match_t *match, uint32_t group)
{
    const zw_rule_t *rule = match->rule;
    zw_draft_t *d = make(run, p, match, group);
    if (!d) {
        run->no_memory = true;
        return NULL;
    }
    trim_span(run, d);
    for (size_t i = 0; i < match->capture_count; i++)
        if (match->captures[i].group->slot >= 0)
            bind_group(run, d, &match->captures[i]);
    bind_measures(run, d);
    for (size_t i = 0; i < rule->set_count; i++)
        bind_set(run, d, &rule->sets[i]);
    close_maps(run, d);
    zw_fill_slots(run, d, false);
    /* what later facts may still fill cannot be judged yet */
    bool late = rule->spreads || has_late_source(rule->fills, rule->fill_count) || has_late_source(rule->type->fills, rule->type->fill_count);
    return fail_where(run, d, late) || (!late && fail_key(run, d)) ? NULL : d;
}

/* The last fact of the type, in this paragraph or one of the two before. */
static zw_draft_t *find_lead(const zw_run_t *run, const zw_draft_t *d, const zw_type_def_t *type)
{
    enum { MOST_BACK = 2 };
    for (size_t i = run->fact_count; i > 0; i--) {
        zw_draft_t *other = run->facts[i - 1];
        if (d->paragraph - other->paragraph > MOST_BACK)
            return NULL;
        if (other->match->rule->type == type)
            return other;
    }
    return NULL;
}

bool zw_match_can_follow(const zw_run_t *run, zw_draft_t *const *drafts, size_t i)
{
    const zw_type_def_t *type = drafts[i]->match->rule->follows;
    if (!type || find_lead(run, drafts[i], type))
        return true;
    for (size_t j = 0; j < i; j++)
        if (!drafts[j]->dropped && drafts[j]->match->rule->type == type)
            return true;
    return false;
}

zw_draft_t *zw_match_lead(const zw_run_t *run, const zw_draft_t *d)
{
    return d->match->rule->follows ? find_lead(run, d, d->match->rule->follows) : NULL;
}

bool zw_match_finish(zw_run_t *run, zw_draft_t *d)
{
    const zw_rule_t *rule = d->match->rule;
    if (rule->follows || (rule->has_time ? rule->time : rule->type->time) == ZW_TIME_LAST)
        d->lead = find_lead(run, d, rule->follows ? rule->follows : rule->type);
    if (rule->follows && !d->lead)
        return false;
    zw_fill_slots(run, d, true);
    bind_defaults(d);
    close_maps(run, d);
    if (fail_where(run, d, false) || fail_key(run, d))
        return false;
    zw_fill_time(run, d);
    zw_fill_region(run, d);
    zw_fill_modality(run, d);
    d->confidence = d->match->rule->confidence;
    zw_fact_identify(run, d);
    return true;
}
