/* Matching: the patterns that the prefilter names, over the sentences of a paragraph. */
#include "extract/engine.h"

#include <errno.h>

typedef struct {
    zw_run_t *run;
    const zw_paragraph_t *p;
    zw_subject_t skeleton;
    zw_match_t **items;
    size_t n;
} matcher_t;

bool zw_engine_test(zw_run_t *run, const pcre2_code *code, zw_str_t subject, uint32_t *ret_end)
{
    if (!code)
        return false;
    int r = pcre2_match(code, (PCRE2_SPTR)subject.p, subject.n, 0, PCRE2_NO_UTF_CHECK, run->extractor->data,
                        run->extractor->context);
    if (r < 0 && r != PCRE2_ERROR_NOMATCH)
        run->limited++;
    if (r >= 0 && ret_end)
        *ret_end = (uint32_t)pcre2_get_ovector_pointer(run->extractor->data)[1];
    return r >= 0;
}

/* ---- conditions on the place of a match */

static const zw_sentence_t *sentence_of(const zw_paragraph_t *p, uint32_t at)
{
    for (size_t i = 0; i < p->sentence_count; i++)
        if (at < p->sentences[i].sk.end)
            return &p->sentences[i];
    return &p->sentences[p->sentence_count - 1];
}

static zw_str_t part(const zw_paragraph_t *p, uint32_t start, uint32_t end)
{
    return zw_str(p->skeleton.p + start, end > start ? end - start : 0);
}

/* The sentences around, so many bytes each way, so that a long paragraph costs no more than a short one. */
static zw_str_t window(const zw_paragraph_t *p, uint32_t start, uint32_t end)
{
    size_t first = 0, last = p->sentence_count - 1;
    while (first < last && p->sentences[first].sk.start + ZW_SENTENCE_BYTES < start)
        first++;
    while (last > first && p->sentences[last].sk.end > end + ZW_SENTENCE_BYTES)
        last--;
    return part(p, p->sentences[first].sk.start, p->sentences[last].sk.end);
}

static bool refused(matcher_t *m, const zw_match_t *match, zw_scope_t *ret_scope)
{
    const zw_rule_t *rule = match->rule;
    const zw_sentence_t *first = sentence_of(m->p, match->sk.start), *last = sentence_of(m->p, match->sk.end - 1);
    uint32_t from = match->sk.start, to = match->sk.end;
    for (size_t i = 0; i < first->clause_count; i++)
        if (first->clauses[i].sk.start <= match->sk.start)
            from = first->clauses[i].sk.start;
    for (size_t i = last->clause_count; i > 0; i--)
        if (last->clauses[i - 1].sk.end >= match->sk.end)
            to = last->clauses[i - 1].sk.end;
    const zw_str_t scopes[ZW_SCOPES] = {
        [ZW_IN_CLAUSE] = part(m->p, from, to),
        [ZW_IN_SENTENCE] = part(m->p, first->sk.start, last->sk.end),
        [ZW_IN_MATCH] = part(m->p, match->sk.start, match->sk.end),
        [ZW_IN_BEFORE] = part(m->p, from, match->sk.start),
        [ZW_IN_AFTER] = part(m->p, match->sk.end, to),
        [ZW_IN_PARAGRAPH] = window(m->p, first->sk.start, last->sk.end),
    };
    for (unsigned i = 0; i < ZW_SCOPES; i++)
        if (zw_engine_test(m->run, rule->unless[i], scopes[i], NULL) ||
            (rule->requires[i] && !zw_engine_test(m->run, rule->requires[i], scopes[i], NULL))) {
            *ret_scope = (zw_scope_t)i;
            return true;
        }
    return false;
}

/* ---- captures */

static void set_core(zw_match_t *match)
{
    uint32_t start = UINT32_MAX, end = 0;
    for (size_t i = 0; i < match->capture_count; i++) {
        const zw_capture_t *c = &match->captures[i];
        if (c->group->slot < 0 || match->rule->type->slots[c->group->slot].key == ZW_KEY_NO || c->piece.sk.end <= c->piece.sk.start)
            continue;
        start = c->piece.sk.start < start ? c->piece.sk.start : start;
        end = c->piece.sk.end > end ? c->piece.sk.end : end;
    }
    match->core = end > start && start != UINT32_MAX ? (zw_span_t){ start, end } : match->sk;
}

/* Adds the groups of the last match, whose offsets count from `base`. */
static void capture(const zw_run_t *run, const zw_paragraph_t *p, const zw_pattern_t *pattern, uint32_t base, zw_match_t *match)
{
    const PCRE2_SIZE *o = pcre2_get_ovector_pointer(run->extractor->data);
    for (size_t i = 0; i < pattern->group_count && match->capture_count < ZW_MAX_CAPTURES; i++) {
        const zw_group_t *group = &pattern->groups[i];
        PCRE2_SIZE from = o[2 * group->number], to = o[2 * group->number + 1];
        if (from == PCRE2_UNSET || to < from)
            continue;
        zw_capture_t *c = &match->captures[match->capture_count++];
        c->group = group;
        c->item = false;
        bool raw = group->slot == ZW_G_NEXT || group->slot == ZW_G_ITEMS || group->slot == ZW_G_VERB;
        c->piece = raw ? (zw_piece_t){ { base + (uint32_t)from, base + (uint32_t)to }, { 0, 0 }, -1 }
                       : zw_piece(p, base + (uint32_t)from, base + (uint32_t)to);
    }
}

static const zw_capture_t *special(const zw_match_t *match, int slot)
{
    for (size_t i = 0; i < match->capture_count; i++)
        if (match->captures[i].group->slot == slot)
            return &match->captures[i];
    return NULL;
}

/* ---- running patterns */

static bool keep(matcher_t *m, zw_match_t *match)
{
    zw_scope_t scope;
    if (refused(m, match, &scope)) {
        zw_engine_trace(m->run, (zw_trace_t){ .kind = ZW_T_UNLESS, .rule = match->rule, .pattern = match->pattern,
                                              .what = zw_strz(ZW_SCOPE_NAMES[scope]), .paragraph = m->p,
                                              .text = zw_paragraph_span(m->p, match->sk.start, match->sk.end) });
        return true;
    }
    if (m->n >= ZW_MAX_DRAFTS)
        return false;
    zw_match_t *copy = zw_arena_alloc(m->run->arena, sizeof(*copy));
    if (!copy) {
        m->run->no_memory = true;
        return false;
    }
    *copy = *match;
    m->items[m->n++] = copy;
    return true;
}

static void run_pattern(matcher_t *m, uint32_t number, zw_span_t range, const zw_subject_t *subject)
{
    const zw_rule_t *rule = &m->run->rules->rules[m->run->rules->pattern_rule[number]];
    const zw_pattern_t *pattern = &rule->patterns[number - rule->first_pattern];
    size_t length = range.end - range.start, at = 0, found = 0;
    while (at <= length && found < ZW_MAX_MATCHES) {
        int r = zw_pattern_search(pattern, subject, at, m->run->extractor->data, m->run->extractor->context);
        if (r == PCRE2_ERROR_NOMATCH)
            break;
        if (r < 0) {
            m->run->limited++;
            zw_engine_trace(m->run, (zw_trace_t){ .kind = ZW_T_LIMIT, .rule = rule, .pattern = number, .paragraph = m->p,
                                                  .text = zw_paragraph_span(m->p, range.start, range.end) });
            return;
        }
        const PCRE2_SIZE *o = pcre2_get_ovector_pointer(m->run->extractor->data);
        PCRE2_SIZE from = o[0], to = o[1];
        zw_match_t match = { .rule = rule, .pattern = number, .capture_count = 0 };
        match.sk = (zw_span_t){ range.start + (uint32_t)from, range.start + (uint32_t)to };
        capture(m->run, m->p, pattern, range.start, &match);
        set_core(&match);
        if (to <= from) { /* an empty match says nothing */
            at = to + 1;
            while (at < length && ((unsigned char)subject->text.p[at] & 0xC0) == 0x80)
                at++;
            continue;
        }
        found++;
        if (!keep(m, &match))
            return;
        const zw_capture_t *next = special(&match, ZW_G_NEXT);
        size_t resume = next ? next->piece.sk.start - range.start : to;
        at = resume > from ? resume : to;
    }
    if (found == 0)
        zw_engine_trace(m->run, (zw_trace_t){ .kind = ZW_T_NO_MATCH, .rule = rule, .pattern = number, .paragraph = m->p,
                                              .text = zw_paragraph_span(m->p, range.start, range.end) });
}

/* Rules that miss just one of several required parts. */
static void trace_nearly(matcher_t *m, zw_span_t range)
{
    const zw_rules_t *rules = m->run->rules;
    for (uint32_t i = 0; i < rules->pattern_total; i++) {
        const zw_rule_t *rule = &rules->rules[rules->pattern_rule[i]];
        const zw_pattern_t *pattern = &rule->patterns[i - rule->first_pattern];
        uint32_t seen = zw_prefilter_seen(m->run->extractor->scratch, i);
        if (pattern->conjunct_count >= 3 && __builtin_popcount(seen) + 1 == (int)pattern->conjunct_count &&
            (!m->run->only || m->run->only == rule))
            zw_engine_trace(m->run, (zw_trace_t){ .kind = ZW_T_NEARLY, .rule = rule, .pattern = i, .seen = seen, .paragraph = m->p,
                                                  .text = zw_paragraph_span(m->p, range.start, range.end) });
    }
}

static int run_range(matcher_t *m, zw_span_t range, bool paragraph)
{
    const uint32_t *patterns;
    size_t count;
    if (range.end <= range.start)
        return 0;
    int r = zw_prefilter_scan(m->run->rules->prefilter, m->run->extractor->scratch,
                              zw_str(m->p->skeleton.p + range.start, range.end - range.start), &patterns, &count);
    if (r < 0)
        return r;
    zw_subject_t subject = zw_subject_part(&m->skeleton, range.start, range.end);
    for (size_t i = 0; i < count; i++) {
        const zw_rule_t *rule = &m->run->rules->rules[m->run->rules->pattern_rule[patterns[i]]];
        bool wanted = m->run->only ? m->run->only == rule : !(m->run->off_topic && rule->type->topical);
        if (rule->paragraph == paragraph && wanted)
            run_pattern(m, patterns[i], range, &subject);
    }
    if (m->run->tracing && !paragraph)
        trace_nearly(m, range);
    return 0;
}

int zw_match_paragraph(zw_run_t *run, const zw_paragraph_t *p, zw_match_t ***ret, size_t *ret_count)
{
    matcher_t m = { .run = run, .p = p };
    m.items = zw_arena_alloc(run->arena, ZW_MAX_DRAFTS * sizeof(zw_match_t *));
    if (!m.items)
        return -ENOMEM;
    int r = zw_subject_make(p->skeleton, run->arena, &m.skeleton);
    zw_span_t window = { 0, 0 };
    for (size_t i = 0; i < p->sentence_count && r == 0; i++) {
        r = run_range(&m, p->sentences[i].sk, false);
        if (p->sentences[i].sk.end - window.start > ZW_PARAGRAPH_BYTES && r == 0) {
            r = run_range(&m, window, true);
            window.start = window.end;
        }
        window.end = p->sentences[i].sk.end;
    }
    if (r == 0 && p->sentence_count > 0)
        r = run_range(&m, window, true);
    *ret = m.items;
    *ret_count = m.n;
    return run->no_memory ? -ENOMEM : r;
}

/* ---- items */

static bool is_list(const zw_match_t *match, int slot)
{
    for (size_t i = 0; i < match->capture_count; i++)
        if (match->captures[i].group->slot == slot && match->captures[i].group->part < 0)
            return true;
    return false;
}

/* All members of a slot's coordination, over all its groups. */
static size_t members(const zw_paragraph_t *p, const zw_match_t *match, int slot, zw_piece_t *ret, const zw_group_t **ret_group)
{
    size_t n = 0;
    for (size_t i = 0; i < match->capture_count; i++)
        if (match->captures[i].group->slot == slot && match->captures[i].group->part < 0) {
            *ret_group = match->captures[i].group;
            n += zw_piece_split(p, match->captures[i].piece, ret + n, ZW_MAX_ITEMS - n);
        }
    return n;
}

/* The match with only `piece` for `slot`. */
static void narrow(zw_match_t *match, int slot, const zw_group_t *group, zw_piece_t piece)
{
    size_t n = 0;
    if (match->list.end == 0) {
        zw_span_t hull = piece.sk;
        for (size_t i = 0; i < match->capture_count; i++)
            if (match->captures[i].group->slot == slot && match->captures[i].group->part < 0) {
                const zw_span_t sk = match->captures[i].piece.sk;
                hull.start = sk.start < hull.start ? sk.start : hull.start;
                hull.end = sk.end > hull.end ? sk.end : hull.end;
            }
        match->list = hull;
        match->member = piece.sk;
    }
    for (size_t i = 0; i < match->capture_count; i++)
        if (match->captures[i].group->slot != slot || match->captures[i].group->part >= 0)
            match->captures[n++] = match->captures[i];
    if (n < ZW_MAX_CAPTURES)
        match->captures[n++] = (zw_capture_t){ group, piece, true };
    match->capture_count = n;
    set_core(match);
}

typedef struct {
    zw_arena_t *arena;
    zw_match_t *items;
    size_t n, cap;
    bool failed;
} list_t;

/* Room for one more, a copy of `from`; NULL at the limit or without memory. */
static zw_match_t *push(list_t *list, const zw_match_t *from)
{
    if (list->n == ZW_MAX_ITEMS)
        return NULL;
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : ZW_MATCH_LISTS;
        zw_match_t *items = zw_arena_grow(list->arena, list->items, list->n * sizeof(*items), cap * sizeof(*items));
        if (!items) {
            list->failed = true;
            return NULL;
        }
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n] = *from;
    return &list->items[list->n++];
}

static void distribute_each(const zw_paragraph_t *p, list_t *list, int slot)
{
    zw_piece_t pieces[ZW_MAX_ITEMS];
    list_t out = { .arena = list->arena };
    for (size_t i = 0; i < list->n; i++) {
        const zw_group_t *group = NULL;
        size_t count = is_list(&list->items[i], slot) ? members(p, &list->items[i], slot, pieces, &group) : 0;
        if (count == 0)
            (void)push(&out, &list->items[i]);
        for (size_t j = 0; j < count; j++) {
            zw_match_t *item = push(&out, &list->items[i]);
            if (item)
                narrow(item, slot, group, pieces[j]);
        }
    }
    out.failed = out.failed || list->failed;
    *list = out;
}

/* The i-th member of each zipped slot belong together; a slot with one member goes with all. False: counts differ. */
static bool distribute_zip(const zw_paragraph_t *p, list_t *list, uint32_t mask)
{
    list_t out = { .arena = list->arena };
    zw_piece_t (*pieces)[ZW_MAX_ITEMS] = zw_arena_alloc(list->arena, ZW_MAX_SLOTS * sizeof(*pieces));
    if (!pieces) {
        list->failed = true;
        return true;
    }
    for (size_t i = 0; i < list->n; i++) {
        const zw_group_t *groups[ZW_MAX_SLOTS] = { 0 };
        size_t counts[ZW_MAX_SLOTS] = { 0 }, most = 0;
        for (int slot = 0; slot < ZW_MAX_SLOTS; slot++)
            if (mask & 1u << slot) {
                counts[slot] = members(p, &list->items[i], slot, pieces[slot], &groups[slot]);
                most = counts[slot] > most ? counts[slot] : most;
            }
        for (int slot = 0; slot < ZW_MAX_SLOTS; slot++)
            if (counts[slot] > 1 && counts[slot] != most)
                return false;
        if (most == 0)
            (void)push(&out, &list->items[i]);
        for (size_t j = 0; j < most; j++) {
            zw_match_t *item = push(&out, &list->items[i]);
            for (int slot = 0; slot < ZW_MAX_SLOTS && item; slot++)
                if (counts[slot] > 0)
                    narrow(item, slot, groups[slot], pieces[slot][counts[slot] == 1 ? 0 : j]);
        }
    }
    out.failed = out.failed || list->failed;
    *list = out;
    return true;
}

/* `items` over the range `_items`: each gives the head's captures with its own in their stead. */
static void run_items(zw_run_t *run, const zw_paragraph_t *p, const zw_match_t *head, list_t *list)
{
    const zw_pattern_t *pattern = head->rule->items;
    const zw_capture_t *range = special(head, ZW_G_ITEMS);
    if (!range)
        return;
    const char *subject = p->skeleton.p + range->piece.sk.start;
    size_t length = range->piece.sk.end - range->piece.sk.start, at = 0;
    while (at < length && list->n < ZW_MAX_ITEMS) {
        int r = pcre2_match(pattern->code, (PCRE2_SPTR)subject, length, at, PCRE2_NO_UTF_CHECK, run->extractor->data,
                            run->extractor->context);
        if (r < 0) {
            run->limited += r != PCRE2_ERROR_NOMATCH;
            break;
        }
        const PCRE2_SIZE *o = pcre2_get_ovector_pointer(run->extractor->data);
        PCRE2_SIZE from = o[0], to = o[1];
        if (to <= from)
            break;
        zw_match_t own = { .rule = head->rule, .pattern = head->pattern };
        own.sk = (zw_span_t){ range->piece.sk.start + (uint32_t)from, range->piece.sk.start + (uint32_t)to };
        capture(run, p, pattern, range->piece.sk.start, &own);
        const zw_capture_t *next = special(&own, ZW_G_NEXT);
        size_t resume = next ? next->piece.sk.start - range->piece.sk.start : to;
        at = resume > from ? resume : to;
        for (size_t i = 0; i < head->capture_count; i++) {
            const zw_capture_t *c = &head->captures[i];
            bool replaced = c->group->slot == ZW_G_ITEMS || c->group->slot == ZW_G_NEXT;
            for (size_t j = 0; j < own.capture_count && !replaced; j++)
                replaced = !own.captures[j].item && zw_str_eq(own.captures[j].group->name, c->group->name);
            if (!replaced && own.capture_count < ZW_MAX_CAPTURES)
                own.captures[own.capture_count++] = *c;
        }
        set_core(&own);
        /* the head's captures lie outside the item: what an item claims is its own */
        if (own.core.start < own.sk.start || own.core.end > own.sk.end)
            own.core = own.sk;
        (void)push(list, &own);
    }
}

size_t zw_match_items(zw_run_t *run, const zw_paragraph_t *p, const zw_match_t *match, zw_match_t **ret)
{
    list_t list = { .arena = run->arena };
    const zw_rule_t *rule = match->rule;
    if (rule->items)
        run_items(run, p, match, &list);
    else
        (void)push(&list, match);
    bool fits = !rule->zip || distribute_zip(p, &list, rule->zip);
    for (int slot = 0; slot < ZW_MAX_SLOTS && fits; slot++)
        if (rule->each & 1u << slot)
            distribute_each(p, &list, slot);
    if (list.failed)
        run->no_memory = true;
    if (!fits)
        zw_engine_trace(run, (zw_trace_t){ .kind = ZW_T_ZIP, .rule = rule, .pattern = match->pattern, .paragraph = p,
                                           .text = zw_paragraph_span(p, match->sk.start, match->sk.end) });
    *ret = list.items;
    return fits && !list.failed ? list.n : 0;
}
