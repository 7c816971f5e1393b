/* The article's text out of the page, unit by unit, so that each keeps its source; and the way without a parser. */
#include "text/html.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

typedef struct writer {
    zw_page_t *page;
    zw_unit_t *out;
    size_t n, cap;
    unsigned line_flags; /* for the first unit of the next line */
    uint32_t src;        /* where the last mark-up stood */
    bool fixed;          /* line breaks are those of a list or table */
    bool failed;
} writer_t;

static void put(writer_t *w, zw_unit_t u)
{
    if (w->n == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 4096;
        zw_unit_t *p = zw_arena_grow(w->page->r->arena, w->out, w->cap * sizeof *p, cap * sizeof *p);
        if (!p) {
            w->failed = true;
            return;
        }
        w->out = p;
        w->cap = cap;
    }
    w->out[w->n++] = u;
}

static bool at_line_start(const writer_t *w)
{
    return w->n == 0 || w->out[w->n - 1].cp == '\n';
}

static void end_line(writer_t *w)
{
    if (!at_line_start(w))
        put(w, (zw_unit_t){ .cp = '\n', .flags = ZW_UNIT_PARA | (w->fixed || w->line_flags & ZW_UNIT_CELL ? ZW_UNIT_KEEP : 0), .src = w->src });
    w->line_flags = 0;
}

static void put_text(writer_t *w, const GumboStringPiece *text, bool pre)
{
    const zw_page_t *page = w->page;
    if (text->data < page->buffer || text->length > page->size || text->data + text->length > page->buffer + page->size || !text->length)
        return;
    size_t from = page->unit_at[text->data - page->buffer], to = page->unit_at[text->data - page->buffer + text->length];
    for (size_t i = from; i < to; i++) {
        zw_unit_t u = page->r->text.u[i];
        /* Text that the parser put together over a tag that it ignored. */
        if (u.cp == '<' && i + 1 < to && (page->r->text.u[i + 1].cp == '/' || page->r->text.u[i + 1].cp == '!' || zw_is_letter(page->r->text.u[i + 1].cp))) {
            while (i + 1 < to && page->r->text.u[i].cp != '>')
                i++;
            continue;
        }
        if (u.cp == '\n' && !pre)
            u.cp = ' ';
        if (at_line_start(w)) {
            if (u.cp == ' ' || u.cp == '\t')
                continue;
            u.flags |= w->line_flags;
        }
        put(w, u);
        w->src = u.src + u.src_len;
    }
}

/* Whether an element's text belongs into this pass: the body without what is no article, or the lists alone. */
static bool wanted(const zw_element_t *e, bool related)
{
    if (e->flags & ZW_EL_DROP)
        return false;
    return related ? (e->flags & ZW_EL_RELATED) != 0 : !(e->flags & (ZW_EL_CHROME | ZW_EL_RELATED));
}

static void open_element(writer_t *w, const zw_element_t *e, bool related)
{
    if (e->flags & ZW_EL_BREAK) {
        unsigned keep = w->line_flags;
        end_line(w);
        w->line_flags = keep;
    }
    if (e->flags & ZW_EL_BLOCK) {
        end_line(w);
        w->line_flags = e->flags & ZW_EL_HEADING ? ZW_UNIT_HEADING : e->flags & ZW_EL_CAPTION ? ZW_UNIT_CAPTION : e->flags & ZW_EL_ROW ? ZW_UNIT_CELL : 0;
    }
    if ((e->flags & ZW_EL_CELL || related) && !at_line_start(w))
        put(w, (zw_unit_t){ .cp = ' ', .flags = ZW_UNIT_KEEP, .src = w->src });
}

/* Walks elements [from, end) and their text in document order. */
static void emit_range(writer_t *w, uint32_t root, bool related)
{
    zw_page_t *page = w->page;
    const GumboNode *top = page->el[root].node, *node = top;
    uint32_t at = root, next_el = root + 1;
    unsigned child = 0;
    open_element(w, &page->el[root], related);
    while (node) {
        const GumboVector *children = &node->v.element.children;
        if (child >= children->length) {
            if (page->el[at].flags & ZW_EL_BLOCK && wanted(&page->el[at], related))
                end_line(w);
            if (node == top)
                break;
            child = (unsigned)node->index_within_parent + 1;
            node = node->parent;
            at = page->el[at].parent;
            continue;
        }
        const GumboNode *c = children->data[child];
        if (c->type != GUMBO_NODE_ELEMENT) {
            bool text = c->type == GUMBO_NODE_TEXT || c->type == GUMBO_NODE_CDATA || c->type == GUMBO_NODE_WHITESPACE;
            if (text && wanted(&page->el[at], related))
                put_text(w, &c->v.text.original_text, page->el[at].flags & ZW_EL_PRE);
            child++;
            continue;
        }
        uint32_t e = next_el;
        if (!wanted(&page->el[e], related)) {
            if (!related && !(page->el[e].flags & ZW_EL_DROP)) {
                page->r->counts[ZW_REPAIR_BOILERPLATE] += (page->el[e].flags & ZW_EL_CHROME) != 0;
                if (page->el[e].flags & ZW_EL_BLOCK)
                    end_line(w);
            }
            next_el = page->el[e].end;
            child++;
            continue;
        }
        next_el = e + 1;
        at = e;
        node = c;
        child = 0;
        open_element(w, &page->el[e], related);
    }
}

static void put_word(writer_t *w, const uint32_t *cps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put(w, (zw_unit_t){ .cp = cps[i] & 0x1FFFFF, .src = w->src });
    end_line(w);
}

int zw_page_emit(zw_page_t *page, uint32_t body)
{
    static const uint32_t HEADER[] = { 0x76F8, 0x5173, 0x65B0, 0x95FB }; /* 相关新闻, for lists that their class names */
    writer_t w = { .page = page, .src = page->n ? page->r->text.u[0].src : 0 };
    emit_range(&w, body, false);
    w.fixed = true;
    end_line(&w);
    for (uint32_t i = 1; i < page->n;) {
        const zw_element_t *e = &page->el[i];
        if (!(e->flags & ZW_EL_RELATED) || e->flags & (ZW_EL_DROP | ZW_EL_CHROME)) {
            i++;
            continue;
        }
        if (e->node->v.element.original_tag.data >= page->buffer && e->node->v.element.original_tag.data < page->buffer + page->size)
            w.src = page->r->text.u[page->unit_at[e->node->v.element.original_tag.data - page->buffer]].src;
        put_word(&w, HEADER, sizeof HEADER / sizeof *HEADER);
        emit_range(&w, i, true);
        end_line(&w);
        i = e->end;
    }
    if (w.failed)
        return -ENOMEM;
    page->r->counts[ZW_REPAIR_HTML] += (uint32_t)page->n;
    page->r->text = (zw_units_t){ w.out, w.n };
    return 0;
}

static bool named(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

void zw_html_strip(zw_repair_t *r)
{
    static const char *const BLOCKS[] = { "p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "section", "article", "hr", "dd", "dt" };
    zw_unit_t *u = r->text.u;
    size_t n = r->text.n, w = 0;
    bool silent = false; /* inside script or style */
    for (size_t i = 0; i < n;) {
        bool tag = u[i].cp == '<' && i + 1 < n && (u[i + 1].cp == '/' || u[i + 1].cp == '!' || zw_is_letter(u[i + 1].cp));
        if (!tag) {
            if (!silent)
                u[w++] = u[i];
            i++;
            continue;
        }
        char name[12] = "";
        size_t k = i + 1, len = 0;
        bool closing = u[k].cp == '/';
        k += closing;
        while (k < n && len < sizeof name - 1 && (zw_is_letter(u[k].cp) || zw_is_digit(u[k].cp)))
            name[len++] = (char)tolower((int)u[k++].cp);
        while (k < n && u[k].cp != '>' && u[k].cp != '<')
            k++;
        if (strcmp(name, "script") == 0 || strcmp(name, "style") == 0)
            silent = !closing;
        if (named(name, BLOCKS, sizeof BLOCKS / sizeof *BLOCKS) && !silent)
            u[w++] = (zw_unit_t){ .cp = '\n', .flags = ZW_UNIT_PARA, .src = u[i].src };
        r->counts[ZW_REPAIR_HTML]++;
        i = k < n && u[k].cp == '>' ? k + 1 : k;
    }
    r->text.n = w;
}
