/* Required literals of a pattern, and where it may begin.
 *
 * The expanded pattern is walked once. For each part we keep either its whole language, while that is a small set of
 * strings ("exact"), or the conjuncts found so far: sets of which one member must stand in every match. What is not
 * understood requires nothing, which is always right, only slower. */
#include "base/utf8.h"
#include "extract/rules.h"

#include <stdlib.h>

enum { MAX_SET = 192, MAX_PRODUCT = 48 /* sets larger than this are kept as they are */, MAX_LITERAL = 48, MAX_DEPTH = 64 };

typedef struct {
    zw_str_t items[MAX_SET];
    size_t n;
} set_t;

/* What a part may begin with. */
typedef struct {
    zw_start_t at;
    bool empty; /* it may take no character; then `first` is not all */
} start_t;

typedef struct {
    start_t start;
    bool exact;
    set_t set; /* of an exact part */
    zw_conjunct_t conjuncts[ZW_MAX_CONJUNCTS];
    size_t n;
} part_t;

typedef struct {
    zw_arena_t *arena;
    const char *p, *end;
    unsigned depth;
    bool lost; /* not understood, or no memory: give up */
} walker_t;

static bool has_empty(const set_t *set)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->items[i].n == 0)
            return true;
    return false;
}

/* How selective: the shortest literal's characters, then fewer alternatives. */
static int worth(const zw_conjunct_t *c)
{
    size_t shortest = SIZE_MAX;
    bool mention = false;
    for (size_t i = 0; i < c->literal_count; i++) {
        if (c->literals[i].n < shortest)
            shortest = c->literals[i].n;
        mention = mention || (unsigned char)c->literals[i].p[0] == 0xEE;
    }
    if (shortest > 30)
        shortest = 30;
    return (int)shortest * 64 - (int)c->literal_count - (mention && shortest <= 3 ? 32 : 0);
}

static void add_conjunct(part_t *part, zw_conjunct_t c)
{
    if (c.literal_count == 0)
        return;
    if (part->n < ZW_MAX_CONJUNCTS) {
        part->conjuncts[part->n++] = c;
        return;
    }
    size_t worst = 0;
    for (size_t i = 1; i < part->n; i++)
        if (worth(&part->conjuncts[i]) < worth(&part->conjuncts[worst]))
            worst = i;
    if (worth(&c) > worth(&part->conjuncts[worst]))
        part->conjuncts[worst] = c;
}

/* These are short; memmem prepares itself for longer ones, which was a third of the time in which rules are loaded. */
static bool contains(zw_str_t s, zw_str_t part)
{
    for (size_t i = 0; i + part.n <= s.n; i++)
        if (s.p[i] == part.p[0] && s.p[i + part.n - 1] == part.p[part.n - 1] && memcmp(s.p + i, part.p, part.n) == 0)
            return true;
    return false;
}

/* A set as a conjunct, without members that contain another. */
static zw_conjunct_t to_conjunct(walker_t *w, const set_t *set)
{
    if (set->n == 0 || has_empty(set))
        return (zw_conjunct_t){ 0 };
    zw_str_t *kept = zw_arena_calloc(w->arena, set->n, sizeof(*kept));
    if (!kept) {
        w->lost = true;
        return (zw_conjunct_t){ 0 };
    }
    size_t n = 0;
    for (size_t i = 0; i < set->n; i++) {
        bool covered = false;
        for (size_t j = 0; set->n <= MAX_PRODUCT && j < set->n && !covered; j++)
            covered = j != i && contains(set->items[i], set->items[j]) &&
                      (set->items[j].n < set->items[i].n || j < i);
        if (!covered)
            kept[n++] = set->items[i];
    }
    return (zw_conjunct_t){ kept, n };
}

/* ---- starts */

static void add_all(zw_charset_t *set)
{
    memset(set, 0xFF, sizeof(*set));
}

static void add_set(zw_charset_t *set, const zw_charset_t *other)
{
    for (size_t i = 0; i < sizeof(set->bits) / sizeof(*set->bits); i++)
        set->bits[i] |= other->bits[i];
}

static unsigned count(const zw_charset_t *set)
{
    unsigned n = 0;
    for (size_t i = 0; i < sizeof(set->bits) / sizeof(*set->bits); i++)
        n += (unsigned)__builtin_popcountll(set->bits[i]);
    return n;
}

/* Takes no character, wherever it stands. */
static start_t start_nothing(void)
{
    start_t s = { .empty = true };
    add_all(&s.at.before);
    return s;
}

static start_t start_any(void)
{
    start_t s = { .empty = false };
    add_all(&s.at.before);
    add_all(&s.at.first);
    return s;
}

/* `next` behind what `all` begins with: what comes before it counts while `all` can only have looked around. */
static void start_follow(start_t *all, const start_t *next)
{
    if (!all->empty)
        return;
    if (count(&all->at.first) == 0)
        for (size_t i = 0; i < sizeof(all->at.before.bits) / sizeof(*all->at.before.bits); i++)
            all->at.before.bits[i] &= next->at.before.bits[i];
    add_set(&all->at.first, &next->at.first);
    all->empty = next->empty;
}

static void start_optional(start_t *s)
{
    s->empty = true;
    add_all(&s->at.before);
}

/* (?<=…) of known strings: one of their last characters comes before. */
static start_t start_behind(const part_t *part)
{
    start_t s = start_nothing();
    zw_charset_t before = { 0 };
    for (size_t i = 0; i < part->set.n; i++) {
        zw_str_t item = part->set.items[i];
        if (item.n == 0)
            return s;
        uint32_t cp;
        (void)zw_utf8_decode(zw_utf8_back(item.p + item.n, item.p), item.p + item.n, &cp);
        zw_charset_add(&before, cp);
    }
    if (part->exact)
        s.at.before = before;
    return s;
}

static void set_empty_string(part_t *part)
{
    *part = (part_t){ .exact = true, .start = start_nothing() };
    part->set.items[0] = zw_str("", 0);
    part->set.n = 1;
}

static void set_unknown(part_t *part)
{
    *part = (part_t){ .start = start_any() };
}

/* exact → conjunct */
static void loosen(walker_t *w, part_t *part)
{
    if (!part->exact)
        return;
    zw_conjunct_t c = to_conjunct(w, &part->set);
    part->exact = false;
    part->n = 0;
    add_conjunct(part, c);
}

static bool product(walker_t *w, const set_t *a, const set_t *b, set_t *ret)
{
    if (a->n * b->n > MAX_PRODUCT)
        return false;
    ret->n = 0;
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++) {
            size_t n = a->items[i].n + b->items[j].n;
            if (n > MAX_LITERAL)
                return false;
            char *s = zw_arena_alloc(w->arena, n + 1);
            if (!s) {
                w->lost = true;
                return false;
            }
            memcpy(s, a->items[i].p, a->items[i].n);
            memcpy(s + a->items[i].n, b->items[j].p, b->items[j].n);
            ret->items[ret->n++] = zw_str(s, n);
        }
    return true;
}

/* Appends `next` to the sequence: `run` is the exact tail, `all` what was found before it. True when the tail began
 * anew, so that the sequence is no longer exact as a whole. */
static bool concat(walker_t *w, part_t *all, part_t *run, const part_t *next)
{
    set_t joined;
    if (next->exact && product(w, &run->set, &next->set, &joined)) {
        run->set = joined;
        return false;
    }
    add_conjunct(all, to_conjunct(w, &run->set));
    if (next->exact) {
        *run = *next;
        return true;
    }
    for (size_t i = 0; i < next->n; i++)
        add_conjunct(all, next->conjuncts[i]);
    set_empty_string(run);
    return true;
}

static void alternate_literals(walker_t *w, part_t *sum, part_t *next)
{
    if (sum->exact && next->exact && sum->set.n + next->set.n <= MAX_SET) {
        for (size_t i = 0; i < next->set.n; i++)
            sum->set.items[sum->set.n++] = next->set.items[i];
        return;
    }
    loosen(w, sum);
    loosen(w, next);
    if (sum->n == 0 || next->n == 0) {
        set_unknown(sum);
        return;
    }
    size_t a = 0, b = 0;
    for (size_t i = 1; i < sum->n; i++)
        if (worth(&sum->conjuncts[i]) > worth(&sum->conjuncts[a]))
            a = i;
    for (size_t i = 1; i < next->n; i++)
        if (worth(&next->conjuncts[i]) > worth(&next->conjuncts[b]))
            b = i;
    set_t both = { .n = 0 };
    if (sum->conjuncts[a].literal_count + next->conjuncts[b].literal_count > MAX_SET) {
        set_unknown(sum);
        return;
    }
    for (size_t i = 0; i < sum->conjuncts[a].literal_count; i++)
        both.items[both.n++] = sum->conjuncts[a].literals[i];
    for (size_t i = 0; i < next->conjuncts[b].literal_count; i++)
        both.items[both.n++] = next->conjuncts[b].literals[i];
    zw_conjunct_t c = to_conjunct(w, &both);
    set_unknown(sum);
    add_conjunct(sum, c);
}

static void alternate(walker_t *w, part_t *sum, part_t *next, bool first)
{
    if (first) {
        *sum = *next;
        return;
    }
    start_t start = sum->start;
    add_set(&start.at.before, &next->start.at.before);
    add_set(&start.at.first, &next->start.at.first);
    start.empty = start.empty || next->start.empty;
    alternate_literals(w, sum, next);
    sum->start = start;
}

static void one_literal(part_t *part, const char *p, size_t n)
{
    uint32_t cp;
    (void)zw_utf8_decode(p, p + n, &cp);
    *part = (part_t){ .exact = true };
    add_all(&part->start.at.before);
    zw_charset_add(&part->start.at.first, cp);
    part->set.items[0] = zw_str(p, n);
    part->set.n = 1;
}

/* [...]: exact when it is a short list of plain characters. */
static void walk_set(walker_t *w, part_t *ret)
{
    start_t start = { .empty = false };
    bool plain = true; /* only characters, however many */
    *ret = (part_t){ .exact = true };
    add_all(&start.at.before);
    w->p++;
    if (w->p < w->end && *w->p == '^')
        ret->exact = plain = false;
    if (!ret->exact)
        w->p++;
    bool first = true;
    while (w->p < w->end && (*w->p != ']' || first)) {
        first = false;
        if (*w->p == '\\') {
            ret->exact = plain = false;
            bool braces = w->p + 2 < w->end && strchr("pPx", w->p[1]) && w->p[2] == '{';
            const char *close = braces ? memchr(w->p, '}', (size_t)(w->end - w->p)) : NULL;
            w->p = close ? close + 1 : w->p + 2;
            continue;
        }
        if (*w->p == '[' && w->p + 1 < w->end && w->p[1] == ':') {
            w->lost = true;
            return;
        }
        uint32_t cp;
        unsigned n = zw_utf8_decode(w->p, w->end, &cp);
        if (*w->p == '-' || ret->set.n >= MAX_SET)
            ret->exact = false;
        plain = plain && *w->p != '-';
        zw_charset_add(&start.at.first, cp);
        if (ret->exact)
            ret->set.items[ret->set.n++] = zw_str(w->p, n);
        w->p += n;
    }
    w->p++;
    if (!ret->exact)
        set_unknown(ret);
    if (plain)
        ret->start = start;
    else
        ret->start = start_any();
}

static void walk_escape(walker_t *w, part_t *ret)
{
    char c = w->p + 1 < w->end ? w->p[1] : '\0';
    if (strchr("QEKRXCg", c)) {
        w->lost = true;
        return;
    }
    if (strchr("pPxko", c) && w->p + 2 < w->end && w->p[2] == '{') {
        const char *close = memchr(w->p, '}', (size_t)(w->end - w->p));
        w->p = close ? close + 1 : w->end;
        set_unknown(ret);
        return;
    }
    if (strchr("bBAzZG", c)) {
        set_empty_string(ret);
        w->p += 2;
        return;
    }
    bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (word) {
        if (strchr("xokcpP", c) || (c >= '0' && c <= '9'))
            w->lost = true;
        set_unknown(ret);
        w->p += 2;
        return;
    }
    uint32_t cp;
    unsigned n = zw_utf8_decode(w->p + 1, w->end, &cp);
    one_literal(ret, w->p + 1, n);
    w->p += 1 + n;
}

static void walk_alternatives(walker_t *w, part_t *ret);

/* Behind '(': what kind of group. False: its content does not have to match. */
static bool group_head(walker_t *w)
{
    if (w->p >= w->end || *w->p == '*') {
        w->lost = w->lost || (w->p < w->end && *w->p == '*');
        return true;
    }
    if (*w->p != '?')
        return true;
    w->p++;
    char c = w->p < w->end ? *w->p : '\0', d = w->p + 1 < w->end ? w->p[1] : '\0';
    if (c == ':' || c == '>' || c == '|' || c == '=') {
        w->p++;
        return true;
    }
    if (c == '!') {
        w->p++;
        return false;
    }
    if (c == '<' && (d == '=' || d == '!')) {
        w->p += 2;
        return d == '=';
    }
    if (c == '<' || c == '\'' || (c == 'P' && d == '<')) {
        const char *close = memchr(w->p + 1 + (c == 'P'), c == '\'' ? '\'' : '>', (size_t)(w->end - w->p - 1 - (c == 'P')));
        if (close) {
            w->p = close + 1;
            return true;
        }
    }
    w->lost = true;
    return true;
}

static void walk_group(walker_t *w, part_t *ret)
{
    w->p++;
    bool zero_width = w->p + 1 < w->end && w->p[0] == '?' &&
                      (w->p[1] == '=' || w->p[1] == '!' ||
                       (w->p[1] == '<' && w->p + 2 < w->end && (w->p[2] == '=' || w->p[2] == '!')));
    bool behind = zero_width && w->p[1] == '<';
    bool counts = group_head(w);
    if (++w->depth > MAX_DEPTH)
        w->lost = true;
    walk_alternatives(w, ret);
    w->depth--;
    w->p++; /* ) */
    start_t start = !zero_width ? ret->start : behind && counts ? start_behind(ret) : start_nothing();
    if (zero_width)
        loosen(w, ret);
    if (!counts)
        set_unknown(ret);
    ret->start = start;
}

/* Behind an atom: ? * + {n,m}, each perhaps lazy or possessive. */
static void walk_quantifier(walker_t *w, part_t *part)
{
    while (w->p < w->end) {
        unsigned long least = 1;
        bool once = false;
        if (*w->p == '?' || *w->p == '*') {
            once = *w->p == '?';
            least = 0;
            w->p++;
        } else if (*w->p == '+') {
            w->p++;
        } else if (*w->p == '{' && w->p + 1 < w->end && ((w->p[1] >= '0' && w->p[1] <= '9') || w->p[1] == ',')) {
            least = strtoul(w->p + 1, NULL, 10);
            const char *close = memchr(w->p, '}', (size_t)(w->end - w->p));
            w->p = close ? close + 1 : w->end;
        } else {
            return;
        }
        if (w->p < w->end && (*w->p == '?' || *w->p == '+'))
            w->p++;
        start_t start = part->start;
        if (least == 0)
            start_optional(&start);
        if (once && part->exact && part->set.n < MAX_SET) {
            part->set.items[part->set.n++] = zw_str("", 0);
        } else if (least == 0) {
            set_unknown(part);
        } else {
            loosen(w, part);
        }
        part->start = start;
    }
}

static void walk_atom(walker_t *w, part_t *ret)
{
    uint32_t cp;
    unsigned n;
    switch (*w->p) {
    case '[':
        walk_set(w, ret);
        break;
    case '(':
        walk_group(w, ret);
        break;
    case '\\':
        walk_escape(w, ret);
        break;
    case '.':
        set_unknown(ret);
        w->p++;
        break;
    case '^':
    case '$':
        set_empty_string(ret);
        if (*w->p == '^') {
            memset(&ret->start.at.before, 0, sizeof(ret->start.at.before));
            zw_charset_add(&ret->start.at.before, 0);
        }
        w->p++;
        break;
    default:
        n = zw_utf8_decode(w->p, w->end, &cp);
        one_literal(ret, w->p, n);
        w->p += n;
    }
}

static void walk_sequence(walker_t *w, part_t *ret)
{
    part_t all, run, next;
    set_unknown(&all);
    set_empty_string(&run);
    start_t start = start_nothing();
    bool split = false;
    while (w->p < w->end && *w->p != '|' && *w->p != ')' && !w->lost) {
        walk_atom(w, &next);
        if (w->lost)
            return;
        walk_quantifier(w, &next);
        start_follow(&start, &next.start);
        split = concat(w, &all, &run, &next) || split;
    }
    if (split)
        add_conjunct(&all, to_conjunct(w, &run.set));
    *ret = split ? all : run;
    ret->start = start;
}

static void walk_alternatives(walker_t *w, part_t *ret)
{
    bool first = true;
    set_unknown(ret);
    while (!w->lost) {
        part_t branch;
        walk_sequence(w, &branch);
        if (w->lost)
            return;
        alternate(w, ret, &branch, first);
        first = false;
        if (w->p >= w->end || *w->p != '|')
            return;
        w->p++;
    }
}

/* Starts that rule out most characters; else PCRE2 looks for itself. */
static void keep_start(zw_arena_t *arena, const start_t *start, zw_pattern_t *pattern)
{
    if (start->empty || (count(&start->at.first) > ZW_CHARS_HASHED / 2 && count(&start->at.before) > ZW_CHARS_HASHED / 2))
        return;
    pattern->start = zw_arena_alloc(arena, sizeof(*pattern->start));
    if (pattern->start)
        *pattern->start = start->at;
}

void zw_pattern_literals(zw_arena_t *arena, zw_str_t expanded, zw_pattern_t *pattern)
{
    walker_t w = { .arena = arena, .p = expanded.p, .end = expanded.p + expanded.n };
    part_t whole;
    walk_alternatives(&w, &whole);
    pattern->conjunct_count = 0;
    pattern->start = NULL;
    if (w.lost || w.p < w.end)
        return;
    keep_start(arena, &whole.start, pattern);
    loosen(&w, &whole);
    if (w.lost)
        return;
    memcpy(pattern->conjuncts, whole.conjuncts, whole.n * sizeof(*whole.conjuncts));
    pattern->conjunct_count = whole.n;
}
