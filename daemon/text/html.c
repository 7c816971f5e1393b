/* Web pages: guarded parsing, and the flat array of elements. */
#include "text/html.h"

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <strings.h>

#include "base/utf8.h"
#include "text/layout.h"

enum { DEPTH_MAX = 300, ATTRIBUTES_MAX = 200, LIKELY_BYTES = 64 * 1024, PAGE_MAX = 64 << 20, NAMES = 1024 };

/* The parser searches its stack of open elements and its attributes from end to end, so both must be short for it to
 * be linear. Open elements are counted by a hash of their name; what HTML closes by itself does not count. */
static bool is_tame(const char *p, size_t n)
{
    static const char *const SELF_CLOSING[] = { "br", "hr", "img", "input", "meta", "link", "p", "li", "td", "tr", "th", "dt", "dd", "option", "area", "base", "col", "param", "source", "wbr", "embed" };
    uint32_t open[NAMES] = { 0 }, depth = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        if (p[i] != '<')
            continue;
        bool closing = p[i + 1] == '/';
        size_t start = i + 1 + closing, k = start;
        uint32_t hash = 0;
        while (k < n && isalnum((unsigned char)p[k]))
            hash = hash * 31 + (unsigned char)(p[k++] | 32);
        if (k == start)
            continue;
        size_t attributes = 0, name_n = k - start;
        bool slash = false;
        for (; k < n && p[k] != '>'; k++) {
            attributes += p[k] == '=' || p[k] == ' ' || p[k] == '\n' || p[k] == '/' || p[k] == '"';
            slash = p[k] == '/';
        }
        if (attributes > ATTRIBUTES_MAX * 3)
            return false;
        bool counted = !slash;
        for (size_t j = 0; j < sizeof SELF_CLOSING / sizeof *SELF_CLOSING && counted; j++)
            counted = strlen(SELF_CLOSING[j]) != name_n || strncasecmp(SELF_CLOSING[j], p + start, name_n) != 0;
        i = k - 1;
        if (!counted)
            continue;
        if (!closing) {
            open[hash % NAMES]++;
            if (++depth > DEPTH_MAX)
                return false;
        } else if (open[hash % NAMES]) {
            open[hash % NAMES]--;
            depth--;
        }
    }
    return true;
}

bool zw_html_likely(const zw_repair_t *r)
{
    static const char *const TAGS[] = { "p", "br", "div", "span", "td", "table", "a", "li", "ul", "font", "strong", "h1", "h2", "h3", "h4", "img", "script", "b", "center",
                                       "section", "article", "em", "tr", "tbody", "ol", "dd", "blockquote", "ruby", "rt", "rp" };
    const zw_unit_t *u = r->text.u;
    size_t n = r->text.n < LIKELY_BYTES ? r->text.n : LIKELY_BYTES, tags = 0;
    if (!(r->seen & ZW_SEEN_MARKUP))
        return false;
    for (size_t i = 0; i + 2 < n; i++) {
        if (u[i].cp != '<')
            continue;
        char name[12];
        size_t len = 0, k = i + 1;
        k += u[k].cp == '/' || u[k].cp == '!';
        while (k < n && len < sizeof name - 1 && (zw_is_letter(u[k].cp) || zw_is_digit(u[k].cp)))
            name[len++] = (char)tolower((int)u[k++].cp);
        name[len] = 0;
        if (k < n && (strcmp(name, "doctype") == 0 || strcmp(name, "html") == 0))
            return true;
        if (k < n && (u[k].cp == '>' || u[k].cp == ' ' || u[k].cp == '/'))
            for (size_t j = 0; j < sizeof TAGS / sizeof *TAGS; j++)
                tags += strcmp(name, TAGS[j]) == 0;
        if (tags >= 3)
            return true;
    }
    return false;
}

typedef struct pool {
    zw_arena_t *arena;
    size_t limit;
    bool over; /* left at the limit, not for lack of memory */
    jmp_buf full;
} pool_t;

/* The parser cannot be told of a lack of memory, so it is left where it stands: all that it holds is in the pool. */
static void *pool_take(void *ctx, size_t n)
{
    pool_t *pool = ctx;
    void *p = zw_arena_alloc(pool->arena, n);
    if (!p) {
        pool->over = n > pool->limit - zw_arena_used(pool->arena);
        longjmp(pool->full, 1);
    }
    return p;
}

static void pool_give(void *ctx, void *p)
{
    (void)ctx, (void)p;
}

static bool has_token(const char *value, const char *const *words, size_t n)
{
    for (const char *p = value; *p;) {
        while (*p && !isalpha((unsigned char)*p))
            p++;
        size_t len = 0;
        while (isalpha((unsigned char)p[len]))
            len++;
        for (size_t i = 0; i < n && len; i++)
            if (strlen(words[i]) == len && strncasecmp(words[i], p, len) == 0)
                return true;
        p += len;
    }
    return false;
}

static uint32_t flags_of_tag(GumboTag tag)
{
    switch (tag) {
    case GUMBO_TAG_SCRIPT: case GUMBO_TAG_STYLE: case GUMBO_TAG_NOSCRIPT: case GUMBO_TAG_TEMPLATE: case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_SELECT: case GUMBO_TAG_BUTTON: case GUMBO_TAG_TEXTAREA: case GUMBO_TAG_HEAD: case GUMBO_TAG_SVG:
    case GUMBO_TAG_RT: case GUMBO_TAG_RP: case GUMBO_TAG_OBJECT: case GUMBO_TAG_TITLE: case GUMBO_TAG_INPUT:
        return ZW_EL_DROP;
    case GUMBO_TAG_NAV: case GUMBO_TAG_FOOTER: case GUMBO_TAG_ASIDE:
        return ZW_EL_BLOCK | ZW_EL_CHROME;
    case GUMBO_TAG_A:
        return ZW_EL_LINK;
    case GUMBO_TAG_H1: case GUMBO_TAG_H2: case GUMBO_TAG_H3: case GUMBO_TAG_H4: case GUMBO_TAG_H5: case GUMBO_TAG_H6:
        return ZW_EL_BLOCK | ZW_EL_HEADING;
    case GUMBO_TAG_CAPTION: case GUMBO_TAG_FIGCAPTION:
        return ZW_EL_BLOCK | ZW_EL_CAPTION;
    case GUMBO_TAG_TR:
        return ZW_EL_BLOCK | ZW_EL_ROW;
    case GUMBO_TAG_TD: case GUMBO_TAG_TH:
        return ZW_EL_CELL;
    case GUMBO_TAG_BR: case GUMBO_TAG_HR:
        return ZW_EL_BREAK;
    case GUMBO_TAG_PRE:
        return ZW_EL_BLOCK | ZW_EL_PRE;
    case GUMBO_TAG_P: case GUMBO_TAG_DIV: case GUMBO_TAG_LI: case GUMBO_TAG_UL: case GUMBO_TAG_OL: case GUMBO_TAG_DL:
    case GUMBO_TAG_DT: case GUMBO_TAG_DD: case GUMBO_TAG_TABLE: case GUMBO_TAG_TBODY: case GUMBO_TAG_THEAD: case GUMBO_TAG_TFOOT:
    case GUMBO_TAG_ARTICLE: case GUMBO_TAG_SECTION: case GUMBO_TAG_MAIN: case GUMBO_TAG_HEADER: case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_FIGURE: case GUMBO_TAG_FORM: case GUMBO_TAG_CENTER: case GUMBO_TAG_ADDRESS: case GUMBO_TAG_BODY:
    case GUMBO_TAG_HTML: case GUMBO_TAG_FIELDSET:
        return ZW_EL_BLOCK;
    default:
        return 0;
    }
}

/* What an element is for, by its tag and by what its author named it. */
static uint32_t flags_of(const GumboElement *e)
{
    static const char *const CHROME[] = { "nav", "navbar", "navi", "menu", "breadcrumb", "breadcrumbs", "crumb", "crumbs", "share", "bdshare", "sharebar", "jiathis", "ad", "ads", "adv",
                                          "advert", "advertisement", "guanggao", "gg", "footer", "foot", "copyright", "sidebar", "comment", "comments", "pinglun", "reply", "login", "search", "toolbar",
                                          "banner", "popup", "pager", "pagination", "qrcode", "weixin", "sponsor", "promo", "tags", "rank", "ranking", "crumbnav", "dibu", "daohang" };
    static const char *const RELATED[] = { "related", "relate", "relative", "relatednews", "xgxw", "xiangguan", "recommend", "recommended", "hotnews", "morenews", "tuijian", "readmore" };
    uint32_t flags = flags_of_tag(e->tag);
    const char *const names[] = { "class", "id" };
    if (e->tag == GUMBO_TAG_BODY || e->tag == GUMBO_TAG_HTML || e->tag == GUMBO_TAG_ARTICLE)
        return flags;
    for (size_t i = 0; i < 2; i++) {
        const GumboAttribute *a = gumbo_get_attribute(&e->attributes, names[i]);
        if (a && has_token(a->value, RELATED, sizeof RELATED / sizeof *RELATED))
            flags |= ZW_EL_RELATED;
        else if (a && has_token(a->value, CHROME, sizeof CHROME / sizeof *CHROME))
            flags |= ZW_EL_CHROME;
    }
    const GumboAttribute *style = gumbo_get_attribute(&e->attributes, "style"), *hidden = gumbo_get_attribute(&e->attributes, "hidden");
    if (hidden || (style && (strstr(style->value, "display:none") || strstr(style->value, "display: none"))))
        flags |= ZW_EL_DROP;
    return flags;
}

/* Counts the text of one node for the line that it belongs to. */
static void count_text(zw_page_t *page, uint32_t owner, uint32_t flags, const GumboStringPiece *text)
{
    const char *end = text->data + text->length;
    if (flags & (ZW_EL_DROP | ZW_EL_CHROME | ZW_EL_RELATED))
        return;
    while (owner != page->el[owner].parent && !(page->el[owner].flags & (ZW_EL_BLOCK | ZW_EL_CELL)))
        owner = page->el[owner].parent;
    zw_element_t *el = &page->el[owner];
    for (const char *p = text->data; p < end;) {
        uint32_t cp;
        p += zw_utf8_decode(p, end, &cp);
        bool counts = zw_is_han(cp) || zw_is_letter(cp) || zw_is_digit(cp);
        el->chars += counts;
        el->link_chars += counts && flags & ZW_EL_LINK;
        el->marks += cp == 0x3002 || cp == 0xFF0C || cp == ',' || cp == 0xFF01 || cp == 0xFF1F;
    }
}

static bool in_buffer(const zw_page_t *page, const GumboStringPiece *s)
{
    return s->data >= page->buffer && s->length <= page->size && s->data + s->length <= page->buffer + page->size;
}

/* All elements in document order, without recursion: the way back is in each node. */
static int flatten(zw_page_t *page, const GumboNode *root)
{
    size_t cap = 1024;
    zw_element_t *el = zw_arena_alloc(page->r->arena, cap * sizeof *el);
    if (!el)
        return -ENOMEM;
    size_t n = 0;
    uint32_t at = 0;
    const GumboNode *node = root;
    for (bool down = true; node;) {
        const GumboVector *children = &node->v.element.children;
        unsigned next = 0;
        if (down) {
            if (n == cap) {
                zw_element_t *more = zw_arena_grow(page->r->arena, el, cap * sizeof *el, 2 * cap * sizeof *el);
                if (!more)
                    return -ENOMEM;
                el = more;
                cap *= 2;
            }
            uint32_t handed = n ? el[at].flags & (ZW_EL_DROP | ZW_EL_CHROME | ZW_EL_RELATED | ZW_EL_LINK | ZW_EL_PRE) : 0;
            el[n] = (zw_element_t){ .node = node, .parent = n ? at : 0, .flags = flags_of(&node->v.element) | handed };
            at = (uint32_t)n++;
            page->el = el;
            page->n = n;
            for (unsigned i = 0; i < children->length; i++) {
                const GumboNode *c = children->data[i];
                if ((c->type == GUMBO_NODE_TEXT || c->type == GUMBO_NODE_CDATA) && in_buffer(page, &c->v.text.original_text))
                    count_text(page, at, el[at].flags, &c->v.text.original_text);
            }
        }
        while (next < children->length && ((const GumboNode *)children->data[next])->type != GUMBO_NODE_ELEMENT)
            next++;
        if (!down) {
            el[at].end = (uint32_t)n;
            if (node == root)
                break;
            next = (unsigned)node->index_within_parent + 1;
            node = node->parent;
            at = el[at].parent;
            children = &node->v.element.children;
            while (next < children->length && ((const GumboNode *)children->data[next])->type != GUMBO_NODE_ELEMENT)
                next++;
        }
        down = next < children->length;
        if (down)
            node = children->data[next];
    }
    return 0;
}

static int parse(zw_repair_t *r, zw_page_t *page, pool_t *pool)
{
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = pool_take;
    options.deallocator = pool_give;
    options.userdata = pool;
    options.max_errors = 0;
    GumboOutput *output = gumbo_parse_with_options(&options, page->buffer, page->size);
    int e = flatten(page, output->root);
    if (e >= 0)
        e = zw_page_facts(page, output->document);
    if (e < 0)
        return e;
    zw_page_related(page);
    return zw_page_emit(page, zw_page_body(page));
}

int zw_html_to_text(zw_repair_t *r)
{
    size_t n = r->text.n;
    zw_str_t utf8 = zw_units_utf8(r->arena, r->text.u, n);
    if (!utf8.p)
        return -ENOMEM;
    if (utf8.n > PAGE_MAX || !is_tame(utf8.p, utf8.n)) {
        zw_html_strip(r);
        return 0;
    }
    uint32_t *unit_at = zw_arena_alloc(r->arena, (utf8.n + 1) * sizeof *unit_at);
    pool_t pool = { .limit = utf8.n * 64 + (16u << 20) };
    pool.arena = zw_arena_new(pool.limit);
    if (!unit_at || !pool.arena) {
        zw_arena_free(pool.arena);
        return -ENOMEM;
    }
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t cp = r->text.u[i].cp, len = zw_utf8_length(cp);
        while (len--)
            unit_at[at++] = (uint32_t)i;
    }
    unit_at[at] = (uint32_t)n;
    zw_page_t page = { .r = r, .buffer = utf8.p, .size = utf8.n, .unit_at = unit_at };
    volatile int e = 0;
    if (setjmp(pool.full) == 0)
        e = parse(r, &page, &pool);
    else if (!pool.over)
        e = -ENOMEM;
    else
        zw_html_strip(r); /* a page made to blow the parser up */
    zw_arena_free(pool.arena);
    return e;
}
