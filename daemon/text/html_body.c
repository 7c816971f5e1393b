/* Which part of a page is the article, and what the page says of itself. */
#include "text/html.h"

#include <errno.h>
#include <strings.h>

#include "base/utf8.h"
#include "text/layout.h"
#include "zw_buf.h"

enum { LINE_MIN = 25, SHORT_LINE_MIN = 10, NEARLY_ALL = 85, HEADER_CHARS_MAX = 8, TITLE_MIN = 5 };

/* Running text: a line with ends of sentences or of some length, without its links. */
static uint32_t own_mass(const zw_element_t *e)
{
    bool running = (e->marks > 0 && e->chars >= SHORT_LINE_MIN) || e->chars >= LINE_MIN;
    return running && e->chars > 2 * e->link_chars ? e->chars - 2 * e->link_chars : 0;
}

static bool is_header_word(zw_str_t s)
{
    static const char *const WORDS[] = { "相关新闻", "相关阅读", "相关链接", "相关报道", "相关文章", "相关内容", "相关资讯", "推荐阅读", "延伸阅读", "热点新闻", "热门文章", "更多新闻", "最新文章",
                                         "最新新闻", "图片新闻", "往期回顾", "猜你喜欢", "热点推荐", "精彩推荐", "热门推荐", "新闻排行", "相關新聞", "相關閱讀", "延伸閱讀", "推薦閱讀" };
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (zw_has(s, WORDS[i]))
            return true;
    return false;
}

/* The text directly in an element, up to a few characters; empty if there is more in it. */
static zw_str_t own_text(const zw_page_t *page, uint32_t at)
{
    const GumboVector *children = &page->el[at].node->v.element.children;
    for (unsigned i = 0; i < children->length && i < 4; i++) {
        const GumboNode *c = children->data[i];
        if (c->type == GUMBO_NODE_TEXT)
            return zw_str(c->v.text.original_text.data, c->v.text.original_text.length);
    }
    return (zw_str_t){ 0 };
}

static void sum_mass(zw_page_t *page)
{
    for (size_t i = 0; i < page->n; i++)
        page->el[i].mass = own_mass(&page->el[i]);
    for (size_t i = page->n; i-- > 1;) {
        zw_element_t *parent = &page->el[page->el[i].parent];
        parent->mass = parent->mass + page->el[i].mass;
    }
}

void zw_page_related(zw_page_t *page)
{
    sum_mass(page);
    for (uint32_t i = 1; i < page->n; i++) {
        zw_element_t *e = &page->el[i];
        if (e->flags & (ZW_EL_DROP | ZW_EL_CHROME | ZW_EL_RELATED))
            continue;
        zw_str_t text = own_text(page, i);
        if (text.n == 0 || text.n > 60 || !is_header_word(text))
            continue;
        /* The box around the heading, as far as hardly any running text is in it. */
        uint32_t box = i;
        while (box && page->el[page->el[box].parent].mass * 5 < page->el[0].mass && page->el[box].parent != 0)
            box = page->el[box].parent;
        if (box == i && !(e->flags & ZW_EL_HEADING))
            continue;
        uint32_t end = page->el[box].end;
        if (box == i) /* a heading beside its list */
            end = i + 1 < page->n && end < page->n ? page->el[end].end : end;
        for (uint32_t k = box; k < end; k++)
            page->el[k].flags |= ZW_EL_RELATED;
    }
    for (size_t i = 0; i < page->n; i++)
        if (page->el[i].flags & ZW_EL_RELATED)
            page->el[i].chars = page->el[i].link_chars = page->el[i].marks = 0;
    sum_mass(page);
}

uint32_t zw_page_body(zw_page_t *page)
{
    uint32_t at = 0;
    for (;;) {
        uint32_t heir = 0;
        for (uint32_t k = at + 1; k < page->el[at].end; k = page->el[k].end)
            if ((uint64_t)page->el[k].mass * 100 >= (uint64_t)page->el[at].mass * NEARLY_ALL && page->el[k].mass > 0)
                heir = k;
        /* Stop above a lone paragraph: its headings and captions stand beside it. */
        if (!heir || page->el[heir].node->v.element.tag == GUMBO_TAG_P || page->el[heir].flags & (ZW_EL_ROW | ZW_EL_CELL))
            return at;
        at = heir;
    }
}

static const char *attribute(const GumboNode *node, const char *name)
{
    const GumboAttribute *a = gumbo_get_attribute(&node->v.element.attributes, name);
    return a ? a->value : NULL;
}

/* All text below an element as the parser resolved it, into the arena. */
static int text_below(const zw_page_t *page, uint32_t at, zw_str_t *ret)
{
    zw_buf_t b = { 0 };
    for (uint32_t k = at; k < page->el[at].end; k++) {
        const GumboVector *children = &page->el[k].node->v.element.children;
        for (unsigned i = 0; i < children->length; i++) {
            const GumboNode *c = children->data[i];
            if (c->type == GUMBO_NODE_TEXT && b.n < 4096)
                (void)zw_buf_puts(&b, zw_strz(c->v.text.text));
        }
    }
    zw_str_t copy = b.failed ? (zw_str_t){ 0 } : zw_arena_str(page->r->arena, zw_buf_str(&b));
    zw_buf_done(&b);
    if (!copy.p)
        return -ENOMEM;
    *ret = copy;
    return 0;
}

static size_t han_count(zw_str_t s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        uint32_t cp;
        i += zw_utf8_decode(s.p + i, s.p + s.n, &cp);
        n += zw_is_han(cp);
    }
    return n;
}

/* "Headline_Site name": the headline. */
static zw_str_t cut_site(zw_str_t s)
{
    static const char *const CUTS[] = { "_", "|", " - ", "--", "—", "–" };
    for (size_t i = 0; i < sizeof CUTS / sizeof *CUTS && s.n; i++) {
        const char *at = memmem(s.p, s.n, CUTS[i], strlen(CUTS[i]));
        if (at && han_count(zw_str(s.p, (size_t)(at - s.p))) >= TITLE_MIN)
            s.n = (size_t)(at - s.p);
    }
    return s;
}

int zw_page_facts(zw_page_t *page, const GumboNode *document)
{
    static const char *const DATES[] = { "publishdate", "pubdate", "publish_date", "publish-date", "article:published_time", "og:published_time", "og:release_date", "datepublished",
                                         "date", "dc.date", "firstpublishedtime", "publishtime", "others" };
    zw_str_t h1 = { 0 }, head = { 0 }, og = { 0 };
    (void)document;
    for (uint32_t i = 0; i < page->n; i++) {
        const GumboNode *node = page->el[i].node;
        GumboTag tag = node->v.element.tag;
        if (tag == GUMBO_TAG_META) {
            const char *name = attribute(node, "name"), *content = attribute(node, "content");
            name = name ? name : attribute(node, "property");
            name = name ? name : attribute(node, "itemprop");
            for (size_t k = 0; name && content && k < sizeof DATES / sizeof *DATES && !page->r->published.n; k++) {
                char edtf[12];
                zw_date_in(zw_strz(content), edtf);
                if (strcasecmp(name, DATES[k]) == 0 && edtf[0])
                    page->r->published = zw_arena_str(page->r->arena, zw_strz(edtf));
            }
            if (name && content && strcasecmp(name, "og:title") == 0)
                og = zw_arena_str(page->r->arena, zw_strz(content));
        } else if (tag == GUMBO_TAG_TIME && attribute(node, "datetime") && !page->r->published.n) {
            char edtf[12];
            zw_date_in(zw_strz(attribute(node, "datetime")), edtf);
            page->r->published = zw_arena_str(page->r->arena, zw_strz(edtf));
        } else if ((tag == GUMBO_TAG_H1 && !h1.n) || (tag == GUMBO_TAG_TITLE && !head.n)) {
            int e = text_below(page, i, tag == GUMBO_TAG_H1 ? &h1 : &head);
            if (e < 0)
                return e;
        } else if (page->el[i].flags & (ZW_EL_BLOCK | ZW_EL_CELL) && !page->r->published.n && page->el[i].chars < 60) {
            zw_str_t text = own_text(page, i);
            char edtf[12];
            if (text.n && text.n < 300 && (zw_has(text, "来源") || zw_has(text, "发布") || zw_has(text, "时间") || zw_has(text, "日期") || zw_has(text, "來源") || zw_has(text, "發布"))) {
                zw_date_in(text, edtf);
                page->r->published = zw_arena_str(page->r->arena, zw_strz(edtf));
            }
        }
    }
    head = cut_site(head);
    zw_str_t title = han_count(h1) >= TITLE_MIN ? h1 : han_count(og) >= TITLE_MIN ? og : han_count(head) >= TITLE_MIN ? head : (zw_str_t){ 0 };
    page->r->page_title = title;
    return 0;
}
