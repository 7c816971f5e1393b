/* What a web page says of itself: where it belongs (link rel=canonical, og:url) and who published it (og:site_name, or the
 * names of meta tags that Chinese public bodies' sites have to have). Its title and date are found by the daemon. */
#include "articles_priv.h"

#include "base/utf8.h"

#include <libxml/HTMLparser.h>
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

enum { HEAD_MOST = 64 << 10 };

/* The best first. */
static const char *const URLS[] = { "canonical", "og:url", "url", NULL };
static const char *const SOURCES[] = { "og:site_name", "sitename", "contentsource", "source", NULL };

typedef struct found {
    char *text;
    int rank; /* in its list */
} found_t;

static void offer(found_t *found, const char *const *list, const char *name, xmlNode *node, const char *attribute)
{
    for (int k = 0; list[k] && (!found->text || k < found->rank); k++) {
        if (strcasecmp(name, list[k]) != 0)
            continue;
        char *text = (char *)xmlGetProp(node, (const xmlChar *)attribute);
        if (!text || !*text || strstr(text, "\xef\xbf\xbd")) {
            xmlFree(text);
            return;
        }
        xmlFree(found->text);
        *found = (found_t){ text, k };
    }
}

static void look(xmlNode *node, found_t *url, found_t *source)
{
    static const char *const NAMED_BY[] = { "name", "property", "rel" };
    for (; node; node = node->next) {
        for (size_t k = 0; node->type == XML_ELEMENT_NODE && k < 3; k++) {
            char *name = (char *)xmlGetProp(node, (const xmlChar *)NAMED_BY[k]);
            if (name && strcasecmp((const char *)node->name, k == 2 ? "link" : "meta") == 0) {
                offer(url, URLS, name, node, k == 2 ? "href" : "content");
                offer(source, SOURCES, name, node, "content");
            }
            xmlFree(name);
        }
        look(node->children, url, source);
    }
}

/* The part of the page that tells about it. */
static zw_str_t head_of(zw_str_t body)
{
    size_t most = body.n < HEAD_MOST ? body.n : HEAD_MOST;
    for (size_t k = 0; k + 5 < most; k++)
        if (body.p[k] == '<' && strncasecmp(body.p + k, "<body", 5) == 0)
            return zw_str(body.p, k);
    return zw_str(body.p, most);
}

/* The charset in libxml2's words; GB2312 says who means GBK. */
static const char *charset_of(const article_t *a, zw_str_t head, char *space, size_t size)
{
    zw_str_t name = a->charset;
    if (a->body_is_text || zw_utf8_valid(head, NULL))
        return "UTF-8";
    for (size_t k = 0; name.n == 0 && k + 8 < head.n; k++)
        if (strncasecmp(head.p + k, "charset=", 8) == 0)
            name = zw_str(head.p + k + 8, head.n - k - 8);
    while (name.n > 0 && strchr("\"' ", name.p[0]))
        name = zw_str(name.p + 1, name.n - 1);
    size_t n = 0;
    while (n < name.n && n + 1 < size && (isalnum((unsigned char)name.p[n]) || strchr("-_", name.p[n])))
        n++;
    (void)snprintf(space, size, "%.*s", (int)n, name.n > 0 ? name.p : "");
    return n == 0 || strncasecmp(space, "gb", 2) == 0 ? "GB18030" : space;
}

void page_describe(article_t *a, zw_buf_t *space)
{
    char charset[40];
    zw_str_t head = head_of(a->body);
    found_t url = { 0 }, source = { 0 };
    htmlDocPtr doc = htmlReadMemory(head.p, (int)head.n, NULL, charset_of(a, head, charset, sizeof charset),
                                    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    if (!doc)
        return;
    look(xmlDocGetRootElement(doc), &url, &source);
    size_t url_bytes = url.text && strncasecmp(url.text, "http", 4) == 0 ? strlen(url.text) : 0;
    if (url_bytes > 0)
        (void)zw_buf_puts(space, zw_strz(url.text));
    if (source.text)
        (void)zw_buf_puts(space, zw_strz(source.text));
    if (!space->failed && a->url.n == 0)
        a->url = zw_str(space->p, url_bytes);
    if (!space->failed && a->source.n == 0)
        a->source = zw_str(space->p + url_bytes, space->n - url_bytes);
    xmlFree(url.text);
    xmlFree(source.text);
    xmlFreeDoc(doc);
}
