/* Hard-wrapped lines. Three shapes: one width for the whole text, where a mark may hang over or a line be a little
 * short to keep marks from the margin (mail, PDF, editors); lines of one length to the character in each paragraph,
 * cut blind; and lines of about one width. Whether a text is wrapped at all is judged on the whole: most of its longer lines end without an
 * end of sentence. In a text that is not, nothing is joined.
 */
#include "text/stage.h"

#include <errno.h>
#include <limits.h>

#include "base/utf8.h"

enum { LINE_MIN = 15, CUT_MIN = 20, SPREAD = 6, PARA_END_MAX = 3, HANG = 2, WIDTH_MAX = 256 };

typedef struct wrapped {
    uint32_t start, end; /* units, without the line break */
    uint32_t n;
    bool final;          /* ends with an end of sentence */
    bool hard, fixed;    /* its line break comes from mark-up; from a list or table */
    bool item, indented; /* begins with a bullet; with two blanks */
    bool numbered;       /* begins an item of an enumeration */
    bool colon;          /* ends with one */
    bool continues;      /* begins with what cannot begin a line of its own */
    bool linked;         /* its last character and the first of the next line belong together */
    bool clauses;        /* a mark that parts clauses or sentences stands inside: no headline, if it is long */
} wrapped_t;

static bool is_closing(uint32_t cp)
{
    return cp == 0x201D || cp == 0x2019 || cp == ')' || cp == 0xFF09 || cp == 0x300D || cp == 0x300F || cp == 0x300B;
}

/* "二、", "(三)", "4.": what begins an item of an enumeration. */
static bool is_numbered(const zw_unit_t *u, size_t n)
{
    static const uint32_t FIGURES[] = { 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5341 };
    size_t k = n && (u[0].cp == '(' || u[0].cp == 0xFF08), digits = k;
    for (bool more = true; more && k < n && k < 4;) {
        more = zw_is_digit(u[k].cp);
        for (size_t i = 0; i < sizeof FIGURES / sizeof *FIGURES; i++)
            more |= u[k].cp == FIGURES[i];
        k += more;
    }
    if (k < n && u[k].cp == '.' && k + 1 < n && zw_is_digit(u[k + 1].cp))
        return false; /* a decimal */
    return k > digits && k < n && (u[k].cp == 0x3001 || u[k].cp == '.' || u[k].cp == ')' || u[k].cp == 0xFF09);
}

/* "问:", "联系人:", "【广告】": what begins a speaker's words or an entry. */
static bool is_labelled(const zw_unit_t *u, size_t n)
{
    if (n > 2 && u[0].cp == 0x3010)
        return true;
    for (size_t k = 0; k < n && k <= 4; k++) {
        if (u[k].cp == ':' || u[k].cp == 0xFF1A)
            return k > 0;
        if (u[k].cp < 0x2500)
            return false;
    }
    return false;
}

/* Simplified Han, 0 for anything else. */
static uint64_t plain(const zw_text_tables_t *t, uint32_t cp)
{
    uint32_t simple = zw_simplified(t, cp);
    return zw_is_han(simple) && simple < 0x10000 ? simple : 0;
}

/* Whether u[at] cannot be the end of a line of its own: a word or a figure would be cut. There is a line behind it. */
static bool is_linked(const zw_text_tables_t *t, const zw_unit_t *u, size_t at, size_t n)
{
    uint32_t last = u[at].cp, first = u[at + 2].cp;
    enum { NEIGHBOURS = 28 }; /* in quarters of a bit: few characters are so often followed by one */
    static const uint16_t OPEN[] = { ',', 0xFF0C, 0x3001, 0x201C, 0x300A, 0x300C, '(', 0xFF08 };
    for (size_t i = 0; i < sizeof OPEN / sizeof *OPEN; i++)
        if (OPEN[i] == last)
            return true;
    if (zw_is_digit(last) || zw_is_digit(first))
        return (zw_is_digit(last) || last == '.') && (zw_is_digit(first) || first == '.' || first == '%' || first == 0xFF05);
    uint64_t a = plain(t, last), b = plain(t, first), before = at > 0 ? plain(t, u[at - 1].cp) : 0, after = at + 3 < n ? plain(t, u[at + 3].cp) : 0;
    if (!a || !b)
        return false;
    unsigned cost = zw_bigram_cost(t, (uint16_t)a, (uint16_t)b);
    return (cost && cost <= NEIGHBOURS) || zw_word_cost(t, a << 16 | b) != 0 || (before && zw_word_cost(t, before << 32 | a << 16 | b) != 0) ||
           (after && zw_word_cost(t, a << 32 | b << 16 | after) != 0);
}

/* Where the text of a line ends before the signature behind it: "…。(李平)". */
static size_t unsigned_end(const zw_unit_t *u, size_t start, size_t end)
{
    enum { SIGNATURE_MAX = 14 };
    if (end == start || (u[end - 1].cp != ')' && u[end - 1].cp != 0xFF09))
        return end;
    for (size_t k = end - 1; k > start && end - k <= SIGNATURE_MAX; k--)
        if (u[k - 1].cp == '(' || u[k - 1].cp == 0xFF08)
            return k - 1 > start && zw_is_final(u[k - 2].cp) ? k - 1 : end;
    return end;
}

static wrapped_t line_of(const zw_text_tables_t *t, const zw_unit_t *u, size_t start, size_t end, size_t text_end)
{
    wrapped_t l = { .start = (uint32_t)start, .end = (uint32_t)end, .n = (uint32_t)(end - start) };
    size_t k = unsigned_end(u, start, end);
    if (end < text_end) {
        l.hard = u[end].flags & ZW_UNIT_PARA;
        l.fixed = u[end].flags & ZW_UNIT_KEEP;
    }
    while (k > start && (zw_kind(t, u[k - 1].cp) & (ZW_IS_BLANK | ZW_IS_NOTHING) || is_closing(u[k - 1].cp)))
        k--;
    l.final = k > start && zw_is_final(u[k - 1].cp);
    if (l.final && (u[k - 1].cp == ';' || u[k - 1].cp == 0xFF1B)) /* ends a line only before the next item */
        l.final = end + 1 < text_end && is_numbered(u + end + 1, text_end - end - 1);
    l.final |= k > start && k < end && (zw_is_digit(u[k - 1].cp) || u[k - 1].cp == 0x65E5) && is_closing(u[end - 1].cp); /* title(date) */
    l.indented = end - start >= 2 && zw_kind(t, u[start].cp) & ZW_IS_BLANK && zw_kind(t, u[start + 1].cp) & ZW_IS_BLANK;
    l.numbered = is_numbered(u + start, end - start) || is_labelled(u + start, end - start);
    l.colon = end > start && (u[end - 1].cp == ':' || u[end - 1].cp == 0xFF1A);
    uint32_t first = end > start ? u[start].cp : 0;
    l.item = (first == '-' && !(end - start > 1 && zw_is_digit(u[start + 1].cp))) || first == '*' || first == 0xB7 || zw_is_list_mark(first);
    l.continues = is_closing(first) || first == 0x3002 || first == ',' || first == 0xFF0C || first == 0x3001 || first == ';' || first == 0xFF1B ||
                  first == ':' || first == 0xFF1A;
    for (size_t i = start; i + 2 < end && !l.clauses; i++)
        l.clauses = u[i].cp == ',' || u[i].cp == 0xFF0C || u[i].cp == 0x3002 || u[i].cp == 0xFF1B;
    if (end > start && end + 1 < text_end)
        l.linked = is_linked(t, u, end - 1, text_end);
    return l;
}

/* Whether the line can only be a part of a sentence: too long and too much of one for a headline, and what follows is no longer. */
static bool is_cut(const wrapped_t *a, const wrapped_t *b)
{
    return !a->final && !a->colon && !a->hard && !a->fixed && a->clauses && a->n >= CUT_MIN && b->n > 0 && b->n <= a->n && !b->item &&
           !b->numbered && !b->indented && (b->final || b->n == a->n);
}

/* Whether lines of one length to the character follow each other more often than chance would have it. */
static bool is_blind(const wrapped_t *l, size_t n)
{
    size_t same = 0, open = 0, equal = 0, linked = 0, odd = 0, cut = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        if (l[i].n < LINE_MIN || l[i].fixed || l[i + 1].item)
            continue;
        bool ends = l[i].final || l[i].colon || l[i].hard || l[i + 1].n == 0;
        if (!ends && l[i + 1].n <= l[i].n) /* else a headline */
            odd += l[i + 1].n < l[i].n && !l[i + 1].final && !l[i + 1].colon;
        if (!l[i].final && !l[i].colon)
            open++;
        cut += is_cut(&l[i], &l[i + 1]);
        if (!l[i].final && l[i + 1].n <= l[i].n && (l[i + 1].n == l[i].n || l[i + 1].final || l[i + 1].colon)) {
            same++;
            equal += l[i + 1].n == l[i].n;
            linked += !ends && (l[i].linked || l[i + 1].continues);
        }
    }
    /* Cutting words in two tells more than how many lines there are. */
    if (linked * 3 >= same && (open < 3 ? linked > 0 && odd == 0 : linked >= 2 + odd))
        return true;
    if (open <= 3 && cut > 0 && cut == open)
        return true;
    return (open >= 3 && same * 4 >= open * 3) || (open == 2 && same == 2 && equal > 0);
}

static uint32_t common_width(const wrapped_t *l, size_t n)
{
    uint32_t counts[128] = { 0 }, best = 0;
    for (size_t i = 0; i < n; i++)
        if (l[i].n < 128 && l[i].n >= LINE_MIN && !l[i].final)
            counts[l[i].n]++;
    for (uint32_t k = 0; k < 128; k++)
        best = counts[k] > counts[best] ? k : best;
    return best;
}

/* The one width of the whole text, 0 if it has none: nearly all open lines have it and hardly any is longer. */
static uint32_t one_width(const wrapped_t *l, size_t n)
{
    uint32_t counts[WIDTH_MAX] = { 0 }, width = 0;
    size_t open = 0, full = 0, over = 0, longer = 0;
    for (size_t i = 0; i + 1 < n; i++)
        if (l[i].n >= LINE_MIN && l[i].n < WIDTH_MAX && !l[i].final && !l[i].colon && !l[i].fixed) {
            open++;
            counts[l[i].n]++;
        }
    for (uint32_t k = 0; k < WIDTH_MAX; k++)
        width = counts[k] > counts[width] ? k : width;
    for (size_t i = 0; i + 1 < n; i++) {
        if (l[i].n < LINE_MIN || l[i].fixed)
            continue;
        longer++;
        full += !l[i].final && !l[i].colon && l[i].n + HANG >= width && l[i].n <= width + HANG;
        over += l[i].n > width + HANG;
    }
    return open >= 4 && full * 5 >= open * 4 && over * 50 <= longer && full * 3 >= longer && counts[width] >= 3 ? width : 0;
}

/* Whether paragraphs begin with an indent: what follows a short line does. */
static bool is_indented(const wrapped_t *l, size_t n, uint32_t width)
{
    size_t begins = 0, indented = 0;
    for (size_t i = 0; i + 1 < n; i++)
        if (l[i].n + HANG < width && l[i].n && l[i + 1].n) {
            begins++;
            indented += l[i + 1].indented;
        }
    return indented >= 2 && indented * 5 >= begins * 4;
}

typedef enum { BREAKS, GOES_ON, OPEN_QUESTION } wrap_join_t;

/* For one width: whether line i goes on in line i + 1. */
static wrap_join_t join_fixed(const wrapped_t *l, size_t n, size_t i, uint32_t width, bool indents)
{
    const wrapped_t *a = &l[i], *b = &l[i + 1];
    if (a->n == 0 || b->n == 0 || a->fixed || b->indented)
        return BREAKS;
    bool full = a->n + HANG >= width;
    if (b->continues || (full && !a->final && !b->numbered))
        return GOES_ON;
    if (!full || b->item || (a->final && b->numbered))
        return BREAKS;
    if (indents || !a->final)
        return GOES_ON;
    if (a->n < width)
        return BREAKS;
    /* A full line that happens to end a sentence. A short line behind it that does not end one is a heading. */
    return b->final || b->n + HANG >= width || i + 2 == n ? OPEN_QUESTION : BREAKS;
}

/* log2 in sixteenths, straight between the powers of two. */
static int log2_of(uint32_t n)
{
    int bits = 31 - __builtin_clz(n | 1);
    return 16 * bits + (int)(((uint64_t)n << 4 >> bits) & 15);
}

/* How unlikely a paragraph of n characters is, in sixteenths of a bit: log-normal around the text's `usual` log2, with
 * a deviation of 0.8 bits. */
static int paragraph_cost(uint32_t n, int usual)
{
    int lg = log2_of(n ? n : 1), d = lg - usual;
    return lg + 7 + d * d * 9 / 128;
}

/* The usual log2 of a paragraph's length, by those whose ends are certain, and by what news has. */
static int usual_length(const wrapped_t *l, size_t n, const uint8_t *join)
{
    enum { NEWS = 107, WEIGHT = 3 }; /* 100 characters; counted as so many paragraphs */
    int64_t sum = NEWS * WEIGHT, count = WEIGHT;
    uint32_t length = 0;
    bool certain = true;
    for (size_t i = 0; i < n; i++) {
        length += l[i].n;
        if (i + 1 < n && join[i] != BREAKS) {
            certain &= join[i] != OPEN_QUESTION;
            continue;
        }
        if (certain && l[i].final && length >= LINE_MIN) {
            sum += log2_of(length);
            count++;
        }
        length = 0;
        certain = true;
    }
    return (int)(sum / count);
}

/* Answers the open questions between lines `from` and `to` (a block whose ends are certain): cuts it into paragraphs
 * of likely lengths. A sentence ends at one place in thirty-five, so at the end of a full line by chance. */
static void answer(const wrapped_t *l, size_t from, size_t to, int usual, uint8_t *join)
{
    enum { CHANCE = 82, MAX = 24 };
    size_t ends[MAX + 1]; /* the lines behind which a cut may be, and the last */
    uint32_t lengths[MAX + 1], length = 0;
    size_t n = 0;
    for (size_t i = from; i <= to && n <= MAX; i++) {
        length += l[i].n;
        if (i == to || (join[i] == OPEN_QUESTION && n < MAX)) {
            ends[n] = i;
            lengths[n++] = length;
        }
    }
    int best[MAX + 2] = { 0 };
    size_t back[MAX + 2] = { 0 };
    for (size_t k = 1; k <= n; k++) {
        best[k] = INT_MAX;
        for (size_t j = 0; j < k; j++) {
            int cost = best[j] + paragraph_cost(lengths[k - 1] - (j ? lengths[j - 1] : 0), usual) + (int)(k - 1 - j) * CHANCE;
            if (cost < best[k])
                best[k] = cost, back[k] = j;
        }
    }
    for (size_t i = from; i < to; i++)
        join[i] = GOES_ON;
    for (size_t k = back[n]; k > 0; k = back[k])
        join[ends[k - 1]] = BREAKS;
}

/* For one width: fills join[i] for each line but the last. */
static void joins_fixed(const wrapped_t *l, size_t n, uint32_t width, uint8_t *join)
{
    bool indents = is_indented(l, n, width);
    for (size_t i = 0; i + 1 < n; i++)
        join[i] = (uint8_t)join_fixed(l, n, i, width, indents);
    int usual = usual_length(l, n, join);
    for (size_t from = 0, to; from < n; from = to + 1) {
        bool open = false;
        for (to = from; to + 1 < n && join[to] != BREAKS; to++)
            open |= join[to] == OPEN_QUESTION;
        if (open)
            answer(l, from, to, usual, join);
    }
}

/* Whether most longer lines end open, at about one width. */
static bool is_loose(const wrapped_t *l, size_t n, uint32_t usual)
{
    size_t open = 0, near = 0, longer = 0, over = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        if (l[i].n < LINE_MIN || l[i].hard)
            continue;
        longer++;
        over += l[i].n > usual + 2 * SPREAD;
        if (l[i].final || l[i + 1].item)
            continue;
        open++;
        near += l[i].n + SPREAD >= usual && l[i].n <= usual + SPREAD;
    }
    return open >= 4 && open * 2 > longer && near * 4 >= open * 3 && over * 10 <= longer; /* else a list in a text that is not wrapped */
}

/* The shortest length that two neighbouring lines share: what is much shorter is a heading, not a full line. */
static uint32_t shortest_full(const wrapped_t *l, size_t n)
{
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i + 1 < n; i++)
        if (!l[i].final && l[i].n >= LINE_MIN && l[i].n == l[i + 1].n && l[i].n < least && (l[i].linked || l[i + 1].continues))
            least = l[i].n;
    return least == UINT32_MAX ? LINE_MIN : least - least / 5;
}

/* For blind cuts: whether line i goes on in line i + 1. `width` is that of the paragraph so far, 0 at its first line. */
static bool goes_on_blind(const wrapped_t *l, size_t n, size_t i, uint32_t width, uint32_t full)
{
    const wrapped_t *a = &l[i], *b = &l[i + 1];
    if (b->n == 0 || a->n == 0 || a->fixed || b->item)
        return false;
    if (b->continues)
        return true;
    if (b->numbered && (a->final || a->colon))
        return false;
    if (b->n > a->n)
        return false; /* the next line would not have been so long */
    if (!a->final && b->n < a->n && !b->final && !b->colon && i + 2 < n && l[i + 2].n == b->n)
        return false; /* the next line is a full one of a paragraph of its own */
    if (!a->final)
        return a->n >= (width && width < full ? width : full) || is_cut(a, b);
    if (width ? a->n < width : a->n < full)
        return false;
    /* A full line that happens to end a sentence: it goes on if what follows has its length, or can only be a rest. */
    if (b->n == a->n)
        return true;
    bool next_opens = i + 2 < n && !b->final && l[i + 2].n == b->n;
    return width != 0 && !next_opens && b->final;
}

static bool goes_on_loose(const wrapped_t *l, size_t i, uint32_t width)
{
    const wrapped_t *a = &l[i], *b = &l[i + 1];
    if (a->hard || a->n == 0 || b->n == 0 || b->item || b->indented)
        return false;
    /* A full line that ends a sentence goes on only in what is too short for a paragraph. */
    return b->continues || (a->final ? a->n >= width && b->n <= PARA_END_MAX : a->n + 2 * SPREAD >= width);
}

int zw_wrap_join(zw_repair_t *r)
{
    const zw_text_tables_t *t = r->tables;
    zw_unit_t *u = r->text.u;
    size_t n = r->text.n, lines = 0, cap = 64;
    wrapped_t *l = zw_arena_alloc(r->arena, cap * sizeof *l);
    for (size_t start = 0; l && start <= n;) {
        size_t end = start;
        while (end < n && u[end].cp != '\n')
            end++;
        if (lines == cap) {
            l = zw_arena_grow(r->arena, l, cap * sizeof *l, 2 * cap * sizeof *l);
            cap *= 2;
        }
        if (l)
            l[lines++] = line_of(t, u, start, end, n);
        start = end + 1;
    }
    if (!l)
        return -ENOMEM;
    if (lines < 2)
        return 0;
    uint32_t width = 0, usual = common_width(l, lines), full = shortest_full(l, lines);
    uint32_t fixed = one_width(l, lines);
    bool blind = fixed || is_blind(l, lines);
    if (!blind && !is_loose(l, lines, usual))
        return 0;
    uint8_t *join = fixed ? zw_arena_calloc(r->arena, lines, 1) : NULL;
    if (fixed && !join)
        return -ENOMEM;
    if (fixed)
        joins_fixed(l, lines, fixed, join);
    size_t w = 0;
    for (size_t i = 0; i < lines; i++) {
        uint32_t from = l[i].start;
        while (width && l[i].indented && from < l[i].end && zw_kind(t, u[from].cp) & ZW_IS_BLANK) /* the indent of a line that goes on */
            from++;
        memmove(u + w, u + from, (l[i].end - from) * sizeof *u);
        w += l[i].end - from;
        if (i + 1 == lines)
            break;
        bool on = fixed ? join[i] == GOES_ON : blind ? goes_on_blind(l, lines, i, width, full) : goes_on_loose(l, i, usual);
        width = on ? l[i].n : 0;
        if (!on) {
            u[w++] = u[l[i].end];
            continue;
        }
        zw_note_units(r, ZW_REPAIR_WRAP, u + l[i].end, 1, NULL, 0);
        /* Cut blind, a word is cut too; else a line break between Latin words was their blank. */
        bool words = !blind && w > 0 && l[i + 1].n && zw_is_letter(u[w - 1].cp) && zw_is_letter(u[l[i + 1].start].cp);
        if (words) {
            u[w] = u[l[i].end];
            u[w++].cp = ' ';
        }
    }
    r->text.n = w;
    return 0;
}
