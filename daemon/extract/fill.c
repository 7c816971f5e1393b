/* Slots that the sentence leaves out and the context makes plain. */
#include "extract/engine.h"

typedef struct {
    zw_run_t *run;
    zw_draft_t *d;
    const zw_fill_source_t *source;
    int slot;
} filler_t;

static zw_span_t clause_span(const zw_draft_t *d)
{
    const zw_sentence_t *s = &d->paragraph->sentences[d->sentence];
    return s->clause_count > 0 ? s->clauses[d->clause].sk : s->sk;
}

/* Mentions that the match has taken for another slot are not taken again. */
static bool taken(const zw_draft_t *d, uint32_t at)
{
    for (size_t i = 0; i < d->match->capture_count; i++) {
        const zw_capture_t *c = &d->match->captures[i];
        if (c->group->slot >= 0 && at >= c->piece.sk.start && at < c->piece.sk.end)
            return true;
    }
    return false;
}

/* What where_not of the rule does not want in the slot is passed over. */
static bool unwanted(const filler_t *f, int mention)
{
    const zw_mention_t *far = &f->run->mentions[mention];
    if ((f->source->from == ZW_FROM_BEFORE || f->source->from == ZW_FROM_ARTICLE) && f->run->context.region != 0 &&
        far->cls == ZW_M_GOV && far->region == 0 && far->level == 0 && !far->region_by_context)
        return true; /* an organ of the nation, in an article about a place */
    const zw_rule_t *rule = f->d->match->rule;
    for (size_t i = 0; i < rule->where_count; i++) {
        const zw_where_t *w = &rule->wheres[i];
        if (w->negate && w->slot == f->slot && w->part < 0 &&
            zw_engine_test(f->run, w->code, zw_frame_name(f->run, mention), NULL))
            return true;
    }
    return false;
}

/* Nearest mention of the classes in [from, to), going back from `at` when `back`, else on from it. */
static int nearest(const filler_t *f, uint32_t from, uint32_t to, bool back)
{
    const zw_paragraph_t *p = f->d->paragraph;
    int found = -1;
    for (uint32_t i = from; i < to; i++) {
        bool first = p->mention[i] >= 0 && (i == 0 || p->mention[i - 1] != p->mention[i]);
        if (!first || !zw_is_class(f->run, p->mention[i], f->source->classes) || taken(f->d, i) ||
            unwanted(f, p->mention[i]))
            continue;
        found = p->mention[i];
        if (!back)
            return found;
    }
    return found;
}

static int search(const filler_t *f)
{
    const zw_draft_t *d = f->d;
    const zw_span_t clause = clause_span(d), sentence = d->paragraph->sentences[d->sentence].sk;
    uint32_t at = d->match->sk.start, end = d->match->sk.end;
    int found = -1;
    switch (f->source->from) {
    case ZW_FROM_CLAUSE:
    case ZW_FROM_SENTENCE: {
        zw_span_t scope = f->source->from == ZW_FROM_CLAUSE ? clause : sentence;
        found = nearest(f, scope.start < at ? scope.start : at, d->match->core.start, true);
        return found >= 0 ? found : nearest(f, d->match->core.end, scope.end > end ? scope.end : end, false);
    }
    case ZW_FROM_BEFORE:
        /* a window, so that a long paragraph costs no more than a short one */
        return nearest(f, at > ZW_SENTENCE_BYTES ? at - ZW_SENTENCE_BYTES : 0, d->match->core.start, true);
    case ZW_FROM_AFTER:
        return nearest(f, d->match->core.end, sentence.end, false);
    default:
        return -1;
    }
}

static int most_named(const filler_t *f)
{
    const zw_run_t *run = f->run;
    enum { MAX_SEEN = 64, MAX_LOOK = 2000 };
    struct {
        zw_str_t name;
        int mention;
        uint32_t count;
    } seen[MAX_SEEN];
    size_t n = 0, best = 0;
    for (size_t i = 0; i < run->mention_count && i < MAX_LOOK; i++) {
        if (!zw_is_class(run, (int)i, f->source->classes) || unwanted(f, (int)i))
            continue;
        zw_str_t name = run->mentions[i].identity.n > 0 ? run->mentions[i].identity : run->mentions[i].canonical;
        size_t j = 0;
        while (j < n && !zw_str_eq(seen[j].name, name))
            j++;
        if (j == MAX_SEEN)
            continue;
        if (j == n) {
            seen[n].name = name;
            seen[n].mention = (int)i;
            seen[n++].count = 0;
        }
        seen[j].count++;
    }
    for (size_t j = 1; j < n; j++)
        if (seen[j].count > seen[best].count)
            best = j;
    return n > 0 ? seen[best].mention : -1;
}

/* ---- putting it into the slot */

static void set_text(filler_t *f, int slot, const zw_str_t *names, size_t count, int mention)
{
    const zw_slot_def_t *def = &f->d->match->rule->type->slots[slot];
    zw_bound_t *bound = &f->d->slots[slot];
    if (count == 0 || names[0].n == 0)
        return;
    zw_value_t value = { .kind = ZW_V_STR, .str = names[0] };
    if (def->kind == ZW_K_LIST) {
        zw_value_t *items = zw_arena_calloc(f->run->arena, count, sizeof(*items));
        if (!items) {
            f->run->no_memory = true;
            return;
        }
        for (size_t i = 0; i < count; i++)
            items[i] = (zw_value_t){ .kind = ZW_V_STR, .str = names[i] };
        value = (zw_value_t){ .kind = ZW_V_LIST, .list = { items, count } };
    } else if (def->kind != ZW_K_STRING) {
        return;
    }
    *bound = (zw_bound_t){ .value = value, .origin = ZW_O_FILL, .source = f->source->text };
    if (mention >= 0) {
        bound->identity = f->run->mentions[mention].identity;
        bound->region = f->run->mentions[mention].region;
    }
}

/* Whose it is, by its whole name where that is a place: 定西 and 甘肃省定西市 are 定西市. */
static zw_str_t whole_name(const filler_t *f, int slot, int mention)
{
    const zw_mention_t *m = &f->run->mentions[mention];
    zw_str_t name = zw_frame_name(f->run, mention);
    if (m->cls != ZW_M_REGION || f->d->match->rule->type->slots[slot].kind != ZW_K_STRING)
        return name;
    zw_str_t whole = zw_frame_place_name(f->run, m->region);
    return whole.n > 0 && (zw_str_starts(whole, name) || zw_str_ends(name, whole)) ? whole : name;
}

static void set_mentions(filler_t *f, int slot, int mention, int count)
{
    enum { MAX_NAMES = 8 };
    zw_str_t names[MAX_NAMES];
    size_t n = 0;
    for (int i = mention; mention >= 0 && i < mention + count && n < MAX_NAMES; i++)
        if (zw_is_class(f->run, i, f->source->classes))
            names[n++] = whole_name(f, slot, i);
    set_text(f, slot, names, n, mention);
}

/* 双方将共建…: both who were subject before, whatever they are. */
static bool both_meant(const filler_t *f)
{
    static const char *const words[] = { "双方", "三方", "各方", "两局", "两家单位", "三家单位" };
    const zw_span_t clause = clause_span(f->d);
    zw_str_t before = zw_str(f->d->paragraph->skeleton.p + clause.start,
                             f->d->match->sk.end > clause.start ? f->d->match->sk.end - clause.start : 0);
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
        if (memmem(before.p, before.n, words[k], strlen(words[k])))
            return true;
    return false;
}

static void fill_from_subject(filler_t *f, int slot)
{
    int count = 1;
    zw_fill_source_t wide = *f->source;
    if (f->d->match->rule->type->slots[slot].kind == ZW_K_LIST && (wide.classes & ZW_ORG_CLASSES) && both_meant(f)) {
        wide.classes |= ZW_ORG_CLASSES;
        filler_t g = { f->run, f->d, &wide, f->slot };
        int both = zw_frame_subject(f->run, f->d->paragraph, f->d->sentence, f->d->clause, wide.classes, &count);
        if (both >= 0 && count > 1) {
            set_mentions(&g, slot, both, count);
            return;
        }
    }
    int mention = zw_frame_subject(f->run, f->d->paragraph, f->d->sentence, f->d->clause, f->source->classes, &count);
    set_mentions(f, slot, mention, count);
    if (mention >= 0 || !(f->source->classes & ZW_CLASS_BIT(ZW_M_REGION)))
        return;
    zw_str_t name = zw_frame_place_name(f->run, f->run->context.region ? f->run->context.region : f->run->frame.place);
    set_text(f, slot, &name, 1, -1);
}

/* 全市质量工作会议召开。市长甲出席并讲话,副市长乙主持会议。: the mentions before the words that the macro matches, in the
 * clauses from the match to the end of the sentence behind. */
static void fill_from_doing(filler_t *f, int slot)
{
    enum { MAX_NAMES = 12 };
    const zw_paragraph_t *p = f->d->paragraph;
    zw_str_t names[MAX_NAMES];
    size_t n = 0;
    int first = -1;
    for (size_t s = f->d->sentence; s < p->sentence_count && s <= f->d->sentence + 1; s++)
        for (size_t c = s == f->d->sentence ? f->d->clause : 0; c < p->sentences[s].clause_count; c++) {
            const zw_span_t sk = p->sentences[s].clauses[c].sk;
            uint32_t from = sk.start > f->d->match->sk.end ? sk.start : f->d->match->sk.end, end = 0;
            if (from >= sk.end ||
                !zw_engine_test(f->run, f->source->macro->code, zw_str(p->skeleton.p + from, sk.end - from), &end))
                continue;
            for (uint32_t at = from; at < from + end && n < MAX_NAMES; at++) {
                int m = p->mention[at];
                if (!zw_is_class(f->run, m, f->source->classes) || (at > 0 && p->mention[at - 1] == m) || unwanted(f, m))
                    continue;
                first = first < 0 ? m : first;
                names[n++] = zw_frame_name(f->run, m);
            }
        }
    set_text(f, slot, names, n, first);
}

/* In the paragraph a person who is subject, else a body; else who spoke last before it. */
static void fill_from_speaker(filler_t *f, int slot)
{
    int count = 1, head = f->run->frame.head;
    f->run->frame.head = -1; /* the head of the article is not who speaks */
    int mention = zw_frame_subject(f->run, f->d->paragraph, f->d->sentence, f->d->clause,
                                   f->source->classes & ZW_CLASS_BIT(ZW_M_PERSON), &count);
    if (mention < 0)
        mention = f->run->frame.speaker;
    if (!zw_is_class(f->run, mention, f->source->classes))
        mention = zw_frame_subject(f->run, f->d->paragraph, f->d->sentence, f->d->clause, f->source->classes, &count);
    f->run->frame.head = head;
    set_mentions(f, slot, mention, 1);
}

/* What the article is about: of places its own, by its whole name; else what it names most. */
static void fill_from_article(filler_t *f, int slot)
{
    uint32_t code = f->run->context.region;
    int mention = -1;
    bool place = f->source->classes == ZW_CLASS_BIT(ZW_M_REGION);
    if (!place || code == 0)
        mention = most_named(f);
    if (place && mention >= 0)
        code = f->run->mentions[mention].region;
    zw_str_t name = zw_frame_place_name(f->run, code);
    if (place && name.n > 0)
        set_text(f, slot, &name, 1, -1);
    else
        set_mentions(f, slot, mention, 1);
}

static void fill_from_place(filler_t *f, int slot)
{
    zw_fill_source_t regions = *f->source;
    regions.classes = ZW_CLASS_BIT(ZW_M_REGION);
    regions.from = ZW_FROM_SENTENCE;
    filler_t g = { f->run, f->d, &regions, f->slot };
    int mention = search(&g);
    if (mention >= 0) {
        regions.text = f->source->text;
        set_mentions(&g, slot, mention, 1);
        return;
    }
    zw_str_t name = zw_frame_place_name(f->run, f->run->context.region ? f->run->context.region : f->run->frame.place);
    set_text(f, slot, &name, 1, -1);
}

/* The slot of the last fact of the type: in this article, before this draft. */
static void fill_from_last(filler_t *f, int slot)
{
    for (size_t i = f->run->fact_count; i > 0; i--) {
        const zw_draft_t *other = f->run->facts[i - 1];
        if (!zw_str_eq(other->match->rule->type->name, f->source->type))
            continue;
        int from = zw_type_slot(other->match->rule->type, f->source->slot);
        if (from < 0 || other->slots[from].value.kind == ZW_V_NULL)
            continue;
        zw_bound_t bound = other->slots[from];
        const zw_slot_def_t *def = &f->d->match->rule->type->slots[slot];
        bool string = bound.value.kind == ZW_V_STR && (def->kind == ZW_K_STRING || def->kind == ZW_K_TIME);
        if (!string && def->kind != other->match->rule->type->slots[from].kind) {
            if (bound.value.kind != ZW_V_STR || def->kind != ZW_K_LIST)
                continue;
            set_text(f, slot, &bound.value.str, 1, -1);
            return;
        }
        bound.origin = ZW_O_FILL;
        bound.source = f->source->text;
        bound.piece = (zw_piece_t){ .mention = -1 };
        f->d->slots[slot] = bound;
        return;
    }
}

/* The last match of the macro in the skeleton's [from, to), or the first; found.end is 0 when there is none. */
static zw_span_t macro_match(const filler_t *f, const zw_paragraph_t *p, zw_span_t range, bool last)
{
    zw_span_t found = { 0, 0 };
    zw_extractor_t *x = f->run->extractor;
    for (size_t at = 0, n = range.end - range.start; f->source->macro->code && at < n;) {
        int r = pcre2_match(f->source->macro->code, (PCRE2_SPTR)p->skeleton.p + range.start, n, at, PCRE2_NO_UTF_CHECK, x->data,
                            x->context);
        const PCRE2_SIZE *o = pcre2_get_ovector_pointer(x->data);
        if (r < 0 || o[1] <= at)
            break;
        found = (zw_span_t){ range.start + (uint32_t)o[0], range.start + (uint32_t)o[1] };
        at = o[1];
        if (!last)
            break;
    }
    return found;
}

/* Words that the macro matches: before in the sentence, else behind in it, else in the sentences and paragraphs before. */
static void fill_from_text(filler_t *f, int slot)
{
    enum { SENTENCES_BACK = 8, PARAGRAPHS_BACK = 3 };
    const zw_draft_t *d = f->d;
    const zw_paragraph_t *p = d->paragraph;
    zw_span_t sentence = p->sentences[d->sentence].sk, end = { d->match->sk.end, sentence.end };
    zw_span_t found = macro_match(f, p, (zw_span_t){ sentence.start, d->match->sk.end }, true);
    if (found.end == 0 && end.start < end.end)
        found = macro_match(f, p, end, false);
    size_t s = d->sentence;
    for (int back = 0, older = 0; found.end == 0 && back < SENTENCES_BACK; back++) {
        while (s == 0 && p > f->run->paragraphs && older < PARAGRAPHS_BACK) {
            s = (--p)->sentence_count;
            older++;
        }
        if (s == 0)
            return;
        found = macro_match(f, p, p->sentences[--s].sk, true);
    }
    if (found.end == 0)
        return;
    zw_span_t text = zw_paragraph_span(p, found.start, found.end);
    zw_str_t name = zw_str(f->run->text->text.p + text.start, text.end - text.start);
    set_text(f, slot, &name, 1, -1);
}

/* The words of `text` that the source's macro matches. */
static bool words_of(const filler_t *f, zw_str_t *text)
{
    zw_extractor_t *x = f->run->extractor;
    if (!f->source->macro->code ||
        pcre2_match(f->source->macro->code, (PCRE2_SPTR)text->p, text->n, 0, PCRE2_NO_UTF_CHECK, x->data, x->context) < 0)
        return false;
    const PCRE2_SIZE *o = pcre2_get_ovector_pointer(x->data);
    *text = zw_str(text->p + o[0], o[1] - o[0]);
    return o[1] > o[0];
}

/* 2010/2015 of 质量振兴规划(2010—2015年). */
static void set_time(filler_t *f, int slot, zw_str_t words)
{
    zw_str_t edtf;
    if (zw_time_parse(&f->run->context, words, f->run->arena, &edtf) > 0 && edtf.n > 0)
        f->d->slots[slot] = (zw_bound_t){ .value = { .kind = ZW_V_STR, .str = edtf }, .origin = ZW_O_FILL, .source = f->source->text };
}

static void fill_from_slot(filler_t *f, int slot)
{
    int from = zw_type_slot(f->d->match->rule->type, f->source->slot);
    zw_bound_t bound = f->d->slots[from];
    const zw_slot_def_t *def = &f->d->match->rule->type->slots[slot];
    if (f->source->macro) { /* 提名奖 of 市长质量奖提名奖 */
        if (bound.value.kind != ZW_V_STR || !words_of(f, &bound.value.str))
            return;
        if (def->kind == ZW_K_TIME)
            set_time(f, slot, bound.value.str);
        else
            set_text(f, slot, &bound.value.str, 1, -1);
        return;
    }
    if (bound.value.kind == ZW_V_STR && (def->kind == ZW_K_LIST || def->kind == ZW_K_STRING))
        set_text(f, slot, &bound.value.str, 1, -1);
    else if (bound.value.kind == ZW_V_LIST && def->kind == ZW_K_STRING && bound.value.list.n > 0)
        set_text(f, slot, &bound.value.list.items[0].str, 1, -1);
    f->d->slots[slot].identity = bound.identity;
    f->d->slots[slot].region = bound.region;
}

static void fill_from(filler_t *f, int slot)
{
    const zw_frame_t *frame = &f->run->frame;
    switch (f->source->from) {
    case ZW_FROM_SUBJECT:
        fill_from_subject(f, slot);
        break;
    case ZW_FROM_CLAUSE:
    case ZW_FROM_SENTENCE:
    case ZW_FROM_BEFORE:
    case ZW_FROM_AFTER:
        set_mentions(f, slot, search(f), 1);
        break;
    case ZW_FROM_SPEAKER:
        fill_from_speaker(f, slot);
        break;
    case ZW_FROM_PLACE:
        fill_from_place(f, slot);
        break;
    case ZW_FROM_HEAD:
        if (zw_is_class(f->run, frame->head, f->source->classes))
            set_mentions(f, slot, frame->head, frame->head_count);
        break;
    case ZW_FROM_ARTICLE:
        fill_from_article(f, slot);
        break;
    case ZW_FROM_SLOT:
        fill_from_slot(f, slot);
        break;
    case ZW_FROM_LAST:
        fill_from_last(f, slot);
        break;
    case ZW_FROM_DOING:
        fill_from_doing(f, slot);
        break;
    case ZW_FROM_TEXT:
        fill_from_text(f, slot);
        break;
    }
}

static uint32_t default_classes(zw_from_t from)
{
    if (from == ZW_FROM_SPEAKER)
        return ZW_ORG_CLASSES | ZW_CLASS_BIT(ZW_M_PERSON);
    if (from == ZW_FROM_ARTICLE || from == ZW_FROM_HEAD)
        return ZW_ORG_CLASSES;
    return ZW_WHO_CLASSES;
}

static bool set_by_rule(const zw_rule_t *rule, int slot)
{
    for (size_t i = 0; i < rule->fill_count; i++)
        if (rule->fills[i].slot == slot)
            return true;
    return false;
}

/* Of the slots in `only`. */
static void run_fills(zw_run_t *run, zw_draft_t *d, const zw_fill_t *fills, size_t count, bool late, bool of_type, uint32_t only)
{
    for (size_t i = 0; i < count; i++) {
        if (!(only & 1u << fills[i].slot) || (of_type && set_by_rule(d->match->rule, fills[i].slot)))
            continue; /* a rule's own fill stands in the place of its type's */
        for (size_t j = 0; j < fills[i].source_count && d->slots[fills[i].slot].value.kind == ZW_V_NULL; j++) {
            zw_fill_source_t source = fills[i].sources[j];
            if (source.from == ZW_FROM_LAST && !late)
                break; /* what comes behind it waits too */
            if (source.classes == 0)
                source.classes = default_classes(source.from);
            filler_t f = { run, d, &source, fills[i].slot };
            fill_from(&f, fills[i].slot);
        }
    }
}

/* 随后与B签订: who the fill finds stands before what was captured. Nobody, or the same: the slot stays open. */
static void join(zw_run_t *run, zw_draft_t *d, uint32_t slot)
{
    const zw_rule_t *rule = d->match->rule;
    zw_bound_t *bound = &d->slots[slot], captured = *bound;
    if (captured.value.kind != ZW_V_LIST)
        return;
    bound->value = (zw_value_t){ .kind = ZW_V_NULL };
    run_fills(run, d, rule->fills, rule->fill_count, false, false, 1u << slot);
    if (bound->value.kind != ZW_V_LIST)
        return;
    size_t first = 1, more = captured.value.list.n; /* of several who did something together, the one spoken of */
    zw_value_t *items = zw_arena_calloc(run->arena, first + more, sizeof(*items));
    if (!items) {
        run->no_memory = true;
        return;
    }
    memcpy(items, bound->value.list.items, first * sizeof(*items));
    memcpy(items + first, captured.value.list.items, more * sizeof(*items));
    bound->value.list.items = items;
    bound->value.list.n = first + more;
    for (size_t i = 0; i < first; i++)
        for (size_t j = first; j < first + more; j++)
            if (zw_str_eq(items[i].str, items[j].str))
                bound->value = (zw_value_t){ .kind = ZW_V_NULL };
}

void zw_fill_slots(zw_run_t *run, zw_draft_t *d, bool late)
{
    const zw_rule_t *rule = d->match->rule;
    for (uint32_t slot = 0; !late && rule->joins && slot < rule->type->slot_count; slot++)
        if (rule->joins & 1u << slot)
            join(run, d, slot);
    run_fills(run, d, rule->fills, rule->fill_count, late, false, ~rule->joins);
    run_fills(run, d, rule->type->fills, rule->type->fill_count, late, true, ~rule->joins);
}
