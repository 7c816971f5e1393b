/* The region of a fact: the most specific place that it is about. */
#include "extract/engine.h"
#include "extract/region.h"

#include <string.h>

static int specific(uint32_t code)
{
    return code == 0 ? 0 : code % 100 ? 3 : code / 100 % 100 ? 2 : 1;
}

/* Places proper and bodies; the names of documents, awards and meetings tell less. */
static bool first_rank(const zw_mention_t *m)
{
    return m->cls <= ZW_M_BODY;
}

static bool nation_wide(const zw_mention_t *m)
{
    return (m->cls == ZW_M_REGION || m->cls == ZW_M_GOV) && m->level == 0 && m->region == 0;
}

typedef struct {
    uint32_t code;
    bool nation; /* a nation-wide place or organ was there */
    bool apart;  /* places of several provinces in a row */
} found_t;

/* Who grants a title in 通过省质监局验收 does not tell where its holder is. */
static bool stands_apart(const zw_draft_t *d, uint32_t at)
{
    const zw_match_t *m = d->match;
    for (size_t i = 0; m->rule->type->apart && i < m->capture_count; i++) {
        int slot = m->captures[i].group->slot;
        if (slot >= 0 && (m->rule->type->apart & 1u << slot) && at >= m->captures[i].piece.sk.start &&
            at < m->captures[i].piece.sk.end)
            return true;
    }
    return false;
}

static bool inside(uint32_t code, uint32_t whole)
{
    switch (specific(whole)) {
    case 0:
        return true;
    case 1:
        return code / 10000 == whole / 10000;
    case 2:
        return code / 100 == whole / 100;
    default:
        return code == whole;
    }
}

static uint32_t whole_of(uint32_t a, uint32_t b)
{
    if (specific(a) > specific(b))
        return whole_of(b, a);
    uint32_t unit = specific(a) == 1 ? 10000 : specific(a) == 2 ? 100 : 1;
    if (b / unit == a / unit) /* 浙江省和温州市: the one inside */
        return b;
    return a / 100 == b / 100 ? a / 100 * 100 : a / 10000 == b / 10000 ? a / 10000 * 10000 : 0;
}

/* Are [from, to) of the skeleton what coordinates names? */
static bool coordinates(const zw_paragraph_t *p, uint32_t from, uint32_t to)
{
    static const char *const words[] = { "、", "和", "与", "及", "以及", "同", "暨" };
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
        if (to - from == strlen(words[k]) && memcmp(p->skeleton.p + from, words[k], to - from) == 0)
            return true;
    return false;
}

/* The most specific place among the mentions in [from, to) of the skeleton. Of several in a row it is the whole that they
 * lie in: 温州、台州两市 is of the province, 辽宁、河北两省 of the nation. */
static found_t look(const zw_run_t *run, const zw_draft_t *d, const zw_paragraph_t *p, uint32_t from, uint32_t to, bool names)
{
    found_t found = { 0 };
    uint32_t row = 0, row_end = 0; /* the whole of the row so far, and where its last name ends */
    bool wide = false;             /* it is more than any of them */
    for (uint32_t i = from; i < to; i++) {
        int at = p->mention[i];
        if (at < 0 || (i > 0 && p->mention[i - 1] == at) || stands_apart(d, i))
            continue;
        const zw_mention_t *m = &run->mentions[at];
        if (first_rank(m) == names)
            continue;
        found.nation = found.nation || nation_wide(m);
        uint32_t end = i;
        while (end < to && p->mention[end] == at)
            end++;
        bool goes_on = row_end > 0 && m->region && coordinates(p, row_end, i);
        uint32_t code = !goes_on ? m->region : row ? whole_of(row, m->region) : 0;
        if (goes_on && wide && inside(m->region, row) && row)
            code = row;
        wide = goes_on && (wide || (code != row && code != m->region));
        if (goes_on && found.code == row)
            found.code = 0;
        found.apart = found.apart || (goes_on && !code);
        row = code;
        row_end = m->region ? end : 0;
        if (specific(code) > specific(found.code))
            found.code = code;
    }
    return found;
}

static const char SEVERAL[] = "of several provinces";

static bool from_match(const zw_run_t *run, zw_draft_t *d)
{
    const zw_match_t *m = d->match;
    found_t found = look(run, d, d->paragraph, m->sk.start, m->sk.end, false);
    if (m->list.end > 0) { /* where its neighbours in a list are says nothing of a member */
        found_t parts[] = { look(run, d, d->paragraph, m->sk.start, m->list.start, false),
                            look(run, d, d->paragraph, m->member.start, m->member.end, false),
                            look(run, d, d->paragraph, m->list.end, m->sk.end, false) };
        found = (found_t){ 0 };
        for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
            found.nation = found.nation || parts[i].nation;
            found.apart = found.apart || parts[i].apart;
            if (specific(parts[i].code) > specific(found.code))
                found.code = parts[i].code;
        }
    }
    for (size_t i = 0; !found.apart && i < m->rule->type->slot_count; i++)
        if (specific(d->slots[i].region) > specific(found.code) && d->slots[i].origin == ZW_O_GROUP &&
            !(m->rule->type->apart & 1u << i) &&
            (d->slots[i].piece.mention < 0 || first_rank(&run->mentions[d->slots[i].piece.mention])))
            found.code = d->slots[i].region;
    d->region_why = found.code || found.nation ? "its own words" : SEVERAL;
    d->region = found.code;
    return found.code || found.nation || found.apart;
}

/* 台湾, 香港, 澳门: what is nation-wide elsewhere is of the place there. */
static bool of_islands(uint32_t code)
{
    return code == 710000 || code == 810000 || code == 820000;
}

static bool from_subject(const zw_run_t *run, zw_draft_t *d)
{
    int count;
    int subject = zw_frame_subject(run, d->paragraph, d->sentence, d->clause, ZW_WHO_CLASSES & ~ZW_CLASS_BIT(ZW_M_PERSON), &count);
    if (subject < 0 || (run->mentions[subject].region == 0 && !nation_wide(&run->mentions[subject])))
        return false;
    const zw_match_t *m = d->match;
    if (m->list.end > 0) { /* a neighbour in the list that this is a member of */
        zw_span_t list = zw_paragraph_span(d->paragraph, m->list.start, m->list.end);
        zw_span_t own = zw_paragraph_span(d->paragraph, m->member.start, m->member.end);
        const zw_span_t at = run->mentions[subject].span;
        if (at.start >= list.start && at.end <= list.end && (at.start < own.start || at.end > own.end))
            return false;
    }
    d->region_why = "the subject's";
    d->region = run->mentions[subject].region;
    if (!d->region && of_islands(run->context.region))
        d->region = run->context.region;
    /* 吉木萨尔、奇台两县: the whole that they lie in */
    uint32_t whole = m->list.end == 0 ? d->region : 0;
    bool wide = false;
    for (int k = 1; k < count && whole; k++) {
        const zw_mention_t *next = &run->mentions[subject + k];
        if (next->cls != ZW_M_REGION || !next->region || (wide && inside(next->region, whole)))
            continue;
        uint32_t both = whole_of(whole, next->region);
        wide = wide || (both != whole && both != next->region);
        whole = both;
    }
    d->region = whole ? whole : d->region;
    return true;
}

/* 福建省质监局在晋江抽查: what the clause says of the place is more than whose the subject is. */
static bool from_clause(const zw_run_t *run, zw_draft_t *d)
{
    const zw_sentence_t *sentence = &d->paragraph->sentences[d->sentence];
    bool subject = from_subject(run, d);
    if (sentence->clause_count == 0)
        return subject;
    found_t found = look(run, d, d->paragraph, sentence->clauses[d->clause].sk.start, d->match->sk.start, false);
    if (specific(found.code) <= specific(subject ? d->region : 0))
        return subject;
    d->region_why = "the clause's";
    d->region = found.code;
    return true;
}

static bool from_before(const zw_run_t *run, zw_draft_t *d)
{
    found_t found = look(run, d, d->paragraph, d->paragraph->sentences[d->sentence].sk.start, d->match->sk.start, false);
    d->region_why = "the sentence's";
    d->region = found.code;
    return found.code || found.nation || found.apart;
}

/* What the paragraph spoke of before, where it lies in the article's place. */
static bool from_paragraph(const zw_run_t *run, zw_draft_t *d)
{
    enum { MAX_BACK = 6 };
    for (size_t s = d->sentence, back = 0; s > 0 && back < MAX_BACK; s--, back++) {
        const zw_span_t sk = d->paragraph->sentences[s - 1].sk;
        found_t found = look(run, d, d->paragraph, sk.start, sk.end, false);
        if (!found.code || !inside(found.code, run->context.region))
            continue;
        d->region_why = "named before in the paragraph";
        d->region = found.code;
        return true;
    }
    return false;
}

/* 定西市机构改革方案 in an article about 甘肃: the name of a document or award counts where it narrows the place. */
static void narrow_by_names(const zw_run_t *run, zw_draft_t *d)
{
    found_t found = look(run, d, d->paragraph, d->match->sk.start, d->match->sk.end, true);
    if (specific(found.code) <= specific(d->region) || !inside(found.code, d->region))
        return;
    d->region = found.code;
    d->region_why = "a name in its words";
}

static void automatic(const zw_run_t *run, zw_draft_t *d)
{
    if (!from_match(run, d) && !from_clause(run, d) && !from_before(run, d) && !from_paragraph(run, d)) {
        d->region_why = "the article's";
        d->region = run->context.region;
    } else if (d->region == 0) {
        return; /* nation-wide */
    }
    narrow_by_names(run, d);
}

/* 福建某公司 in an article about 晋江: a province in a firm's name says less than the article's place in it. */
static uint32_t nearer(const zw_run_t *run, const zw_bound_t *slot)
{
    bool firm = slot->piece.mention >= 0 && run->mentions[slot->piece.mention].cls == ZW_M_FIRM;
    return firm && specific(slot->region) == 1 && run->context.region && inside(run->context.region, slot->region)
               ? run->context.region : slot->region;
}

/* An organ of the nation, or a part of one: 国家质检总局|科技司. */
static bool is_of_the_nation(const zw_run_t *run, const zw_draft_t *d, const zw_piece_t *piece)
{
    for (uint32_t i = piece->sk.start; i < piece->sk.end; i++)
        if (zw_is_class(run, d->paragraph->mention[i], ZW_CLASS_BIT(ZW_M_GOV)))
            return nation_wide(&run->mentions[d->paragraph->mention[i]]);
    return false;
}

static bool from_plan(const zw_run_t *run, zw_draft_t *d, int plan)
{
    switch (plan) {
    case ZW_REGION_AUTO: /* what lies in several provinces is asked of the next plan */
        automatic(run, d);
        return d->region != 0 || d->region_why != SEVERAL;
    case ZW_REGION_ARTICLE:
        d->region_why = "the article's";
        d->region = run->context.region;
        return d->region != 0;
    case ZW_REGION_SUBJECT:
        return from_subject(run, d);
    case ZW_REGION_NONE:
        d->region_why = "none by the rule";
        d->region = 0;
        return true;
    default:
        d->region_why = "a slot's";
        d->region = nearer(run, &d->slots[plan]);
        return d->region != 0 || is_of_the_nation(run, d, &d->slots[plan].piece);
    }
}

/* The place whose name a document begins with: 安徽省质量促进条例, 1999—2003年漯河市质量振兴计划. 0: none. */
static uint32_t title_place(const zw_run_t *run, zw_str_t title)
{
    enum { LONGEST = 8 };
    static const char *const skipped[] = { "年", "—", "-", "至" };
    size_t from = 0;
    for (bool more = true; more && from < title.n;) {
        more = title.p[from] >= '0' && title.p[from] <= '9';
        size_t n = more;
        for (size_t k = 0; from > 0 && !more && k < sizeof(skipped) / sizeof(*skipped); k++) {
            more = zw_str_starts(zw_str(title.p + from, title.n - from), zw_strz(skipped[k]));
            n = more ? strlen(skipped[k]) : 0;
        }
        from += n;
    }
    for (size_t n = LONGEST; n >= 2; n--) {
        zw_str_t name = zw_str(title.p + from, 3 * n);
        if (from + 3 * n > title.n)
            continue;
        uint32_t code = zw_region_find(run->rules->lexicon, name, run->context.year, zw_region_province(run->context.region));
        code = code ? code : zw_region_find(run->rules->lexicon, name, run->context.year, 0);
        if (code)
            return code;
    }
    return 0;
}

/* A document that bears a place's name is of that place; a law, or one that bears the nation's, of the nation. */
static bool from_title(const zw_run_t *run, zw_draft_t *d)
{
    static const char *const nation[] = { "全国", "国家", "中华人民共和国", "中国" };
    const zw_type_def_t *type = d->match->rule->type;
    for (size_t i = 0; i < type->slot_count; i++) {
        const zw_bound_t *slot = &d->slots[i];
        if (type->slots[i].key != ZW_KEY_YES || slot->value.kind != ZW_V_STR || slot->piece.mention < 0 ||
            run->mentions[slot->piece.mention].cls != ZW_M_DOC)
            continue;
        zw_str_t title = slot->value.str;
        bool wide = zw_str_ends(title, ZW_STR_LIT("法")) && !zw_str_ends(title, ZW_STR_LIT("办法"));
        for (size_t k = 0; k < sizeof(nation) / sizeof(*nation); k++)
            wide = wide || zw_str_starts(title, zw_strz(nation[k]));
        uint32_t code = title_place(run, title);
        if (!code && !wide)
            return false;
        d->region_why = "its title's";
        d->region = code ? code : of_islands(run->context.region) ? run->context.region : 0;
        return true;
    }
    return false;
}

void zw_fill_region(zw_run_t *run, zw_draft_t *d)
{
    const zw_rule_t *rule = d->match->rule;
    const int *plans = rule->has_regions ? rule->regions : rule->type->regions;
    size_t count = rule->has_regions ? rule->region_count : rule->type->region_count;
    for (size_t i = 0; i < d->match->capture_count; i++) {
        const zw_capture_t *c = &d->match->captures[i];
        if (c->group->slot != ZW_G_REGION)
            continue;
        found_t found = look(run, d, d->paragraph, c->piece.sk.start, c->piece.sk.end, false);
        d->region_why = "group";
        d->region = found.code;
        if (found.code || found.nation || found.apart)
            return;
    }
    if (from_title(run, d))
        return;
    for (size_t i = 0; i < count; i++)
        if (from_plan(run, d, plans[i]))
            return;
    d->region = 0;
    d->region_why = "open";
}
