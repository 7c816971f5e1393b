/* Modality: whether what a fact says happened, is planned, is required, or is denied.
 *
 * The scope of 将, 应 and 未 is the clause of the verb; 将 and 应 also reach the clauses behind theirs that have no
 * subject of their own (今年将设立…,建立…,并申报…). What a slot quotes is not looked at. */
#include "extract/engine.h"

enum { MAX_SCOPE = 1024 };

/* The skeleton's [from, to) without what strings of the match have captured. */
static zw_str_t scope_text(const zw_draft_t *d, uint32_t from, uint32_t to, char *space)
{
    const zw_match_t *match = d->match;
    size_t n = 0;
    for (uint32_t i = from; i < to && n < MAX_SCOPE; i++) {
        bool quoted = false;
        for (size_t j = 0; j < match->capture_count && !quoted; j++) {
            const zw_capture_t *c = &match->captures[j];
            quoted = c->group->slot >= 0 && match->rule->type->slots[c->group->slot].kind == ZW_K_STRING &&
                     i >= c->piece.sk.start && i < c->piece.sk.end;
        }
        if (!quoted)
            space[n++] = d->paragraph->skeleton.p[i];
    }
    while (n > 0 && n == MAX_SCOPE && ((unsigned char)space[n - 1] & 0x80)) /* not half a character */
        n--;
    return zw_str(space, n);
}

static int signal_in(zw_run_t *run, zw_str_t words)
{
    if (zw_engine_test(run, run->rules->signals[ZW_SIG_NEGATED], words, NULL))
        return ZW_NEGATED;
    if (zw_engine_test(run, run->rules->signals[ZW_SIG_PLANNED], words, NULL))
        return ZW_PLANNED;
    if (zw_engine_test(run, run->rules->signals[ZW_SIG_REQUIRED], words, NULL))
        return ZW_REQUIRED;
    return -1;
}

/* What the clauses before hand on. */
static int carried(zw_run_t *run, const zw_draft_t *d)
{
    enum { MAX_BACK = 6 };
    const zw_sentence_t *sentence = &d->paragraph->sentences[d->sentence];
    size_t c = d->clause;
    for (int back = 0; back < MAX_BACK && c > 0; back++, c--) {
        if (sentence->clauses[c].subject >= 0 &&
            !zw_is_class(run, sentence->clauses[c].subject, ZW_CLASS_BIT(ZW_M_REGION)))
            return -1;
        const zw_span_t before = sentence->clauses[c - 1].sk;
        zw_str_t words = zw_str(d->paragraph->skeleton.p + before.start, before.end - before.start);
        if (zw_engine_test(run, run->rules->signals[ZW_SIG_DONE], words, NULL))
            return -1;
        int modality = signal_in(run, words);
        if (modality == ZW_PLANNED || modality == ZW_REQUIRED)
            return modality;
    }
    return -1;
}

void zw_fill_modality(zw_run_t *run, zw_draft_t *d)
{
    const zw_rule_t *rule = d->match->rule;
    d->modality = ZW_ASSERTED;
    d->modality_why = "nothing says otherwise";
    if (rule->has_modality) {
        d->modality = rule->modality;
        d->modality_why = "the rule";
        return;
    }
    char space[MAX_SCOPE];
    const zw_sentence_t *sentence = &d->paragraph->sentences[d->sentence];
    uint32_t from = sentence->clause_count > 0 ? sentence->clauses[d->clause].sk.start : sentence->sk.start;
    if (d->match->sk.start < from)
        from = d->match->sk.start;
    zw_str_t words = scope_text(d, from, d->match->sk.end, space);
    uint32_t published = zw_time_last(run->context.published), first = zw_time_first(d->time), last = zw_time_last(d->time);
    int modality = signal_in(run, words);
    d->modality_why = "a word of the clause";
    if (modality < 0 && !zw_engine_test(run, run->rules->signals[ZW_SIG_DONE], words, NULL)) {
        modality = carried(run, d);
        d->modality_why = "carried from the clause before";
        if (modality < 0 && zw_frame_plans(run, d->paragraph)) {
            modality = ZW_PLANNED;
            d->modality_why = "among what is to be done";
        }
    }
    bool until = d->time_mention >= 0 && zw_str_starts(zw_str(run->text->text.p + run->mentions[d->time_mention].span.start, 6),
                                                       ZW_STR_LIT("截"));
    if (modality < 0 && published && first > published && !until) {
        modality = ZW_PLANNED;
        d->modality_why = "its time is to come";
    }
    if (modality == ZW_PLANNED && !d->time_open && published && last && last < zw_time_first(run->context.published)) {
        /* 9月3日签署了…。双方将成立…: what is still to come is not of that day */
        if (d->time_far && run->context.published.n > 0) {
            zw_fill_time_open(run, d);
        } else {
            modality = ZW_ASSERTED;
            d->modality_why = "its time has passed";
        }
    }
    if (modality == ZW_PLANNED || modality == ZW_REQUIRED)
        zw_fill_time_planned(run, d);
    if (modality >= 0)
        d->modality = (zw_modality_t)modality;
    else
        d->modality_why = "nothing says otherwise";
}
