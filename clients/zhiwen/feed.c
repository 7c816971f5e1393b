/* Feeds: RSS 0.9x, 1.0 (RDF), 2.0 and Atom; each item is an article. libxml2 reads them as a stream, an item at a time. */
#include "articles_priv.h"

#include "zw_error.h"

#include <errno.h>
#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>

enum { TITLE, LINK, ID, DATE, UPDATED, BODY, SOURCE, FIELDS, STEP = 16 << 10 };

typedef struct feed {
    articles_reader_t *reader;
    stream_t *stream;
    const char *file;
    place_t item;
    zw_buf_t name;    /* of the feed */
    zw_buf_t fields[FIELDS];
    char error[200];  /* the first that libxml2 found since the last item */
    int result;
} feed_t;

static void note_error(void *ctx, xmlError *error)
{
    xmlParserCtxt *xml = ctx;
    feed_t *f = xml->_private;
    if (!f || f->error[0] || error->level < XML_ERR_ERROR || !error->message)
        return;
    (void)snprintf(f->error, sizeof f->error, "line %d: %s", error->line, error->message);
    f->error[strcspn(f->error, "\n")] = '\0';
}

/* ---- an item */

static bool is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static bool in_space(const xmlNode *node, const char *part)
{
    return node->ns && node->ns->href && strstr((const char *)node->ns->href, part);
}

static void put_text(zw_buf_t *out, xmlChar *text)
{
    zw_str_t s = zw_strz((const char *)text);
    while (s.n > 0 && strchr(" \t\r\n", s.p[0]))
        s = zw_str(s.p + 1, s.n - 1);
    while (s.n > 0 && strchr(" \t\r\n", s.p[s.n - 1]))
        s.n--;
    zw_buf_clear(out);
    (void)zw_buf_puts(out, s);
    xmlFree(text);
}

/* Atom's xhtml is markup, all else is text that may be markup, escaped. */
static void put_content(zw_buf_t *out, xmlNode *node)
{
    xmlChar *type = xmlGetNoNsProp(node, (const xmlChar *)"type");
    if (type && strcmp((const char *)type, "xhtml") == 0) {
        xmlBuffer *markup = xmlBufferCreate();
        if (markup && xmlNodeDump(markup, node->doc, node, 0, 0) >= 0)
            put_text(out, xmlBufferDetach(markup));
        xmlBufferFree(markup);
    } else {
        put_text(out, xmlNodeGetContent(node));
    }
    xmlFree(type);
}

/* The page itself: not enclosures, replies or other forms of it. */
static void put_link(zw_buf_t *out, xmlNode *node)
{
    xmlChar *href = xmlGetNoNsProp(node, (const xmlChar *)"href"), *rel = xmlGetNoNsProp(node, (const xmlChar *)"rel");
    if (!href)
        put_text(out, xmlNodeGetContent(node));
    else if (out->n == 0 && (!rel || strcmp((const char *)rel, "alternate") == 0))
        put_text(out, xmlStrdup(href));
    xmlFree(href);
    xmlFree(rel);
}

static void take_child(feed_t *f, xmlNode *node)
{
    static const struct {
        const char *name;
        int field;
    } plain[] = { { "guid", ID }, { "id", ID }, { "pubDate", DATE }, { "published", DATE }, { "issued", DATE }, { "date", DATE },
                  { "updated", UPDATED }, { "modified", UPDATED } };
    if (is(node, "title") && !in_space(node, "search.yahoo.com"))
        put_text(&f->fields[TITLE], xmlNodeGetContent(node));
    else if (is(node, "link"))
        put_link(&f->fields[LINK], node);
    else if (is(node, "encoded") || (is(node, "content") && !in_space(node, "search.yahoo.com")))
        put_content(&f->fields[BODY], node);
    else if ((is(node, "description") || is(node, "summary")) && f->fields[BODY].n == 0) /* the whole beats a summary */
        put_content(&f->fields[BODY], node);
    else if (is(node, "source") && !in_space(node, "Atom"))
        put_text(&f->fields[SOURCE], xmlNodeGetContent(node));
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
        if (is(node, plain[k].name))
            put_text(&f->fields[plain[k].field], xmlNodeGetContent(node));
}

/* Dates of feeds are often given in UTC, while the texts speak of days in China: 2010-11-17T20:00:00Z becomes
 * 2010-11-18T04:00:00+08:00. What has no zone, or is no such date, stays. */
static void to_china_time(zw_buf_t *date)
{
    static const char *const FORMS[] = { "%a, %d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M:%S %z", "%a, %d %b %Y %H:%M %z", "%Y-%m-%dT%H:%M:%S%z" };
    char text[64];
    if (date->n == 0 || date->n + 8 > sizeof text)
        return;
    (void)snprintf(text, sizeof text, "%.*s", ZW_STR_ARGS(zw_buf_str(date)));
    char *name = strrchr(text, ' ');
    if (name && (strcmp(name, " GMT") == 0 || strcmp(name, " UTC") == 0 || strcmp(name, " UT") == 0))
        (void)snprintf(name, (size_t)(text + sizeof text - name), " +0000");
    char *part = strchr(text, '.'), *zone = part ? part + 1 + strspn(part + 1, "0123456789") : NULL; /* of a second */
    if (part)
        memmove(part, zone, strlen(zone) + 1);
    for (size_t k = 0; k < sizeof FORMS / sizeof *FORMS; k++) {
        struct tm tm = { 0 };
        const char *end = strptime(text, FORMS[k], &tm);
        long east = tm.tm_gmtoff;
        if (!end || *end)
            continue;
        time_t t = timegm(&tm) - east + 8 * 3600;
        zw_buf_clear(date);
        if (gmtime_r(&t, &tm) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+08:00", &tm) > 0)
            (void)zw_buf_puts(date, zw_strz(text));
        return;
    }
}

static int take_item(feed_t *f, xmlNode *item)
{
    bool failed = false;
    f->item.at++;
    for (size_t k = 0; k < FIELDS; k++)
        zw_buf_clear(&f->fields[k]);
    for (xmlNode *node = item->children; node; node = node->next)
        take_child(f, node);
    to_china_time(&f->fields[DATE]);
    to_china_time(&f->fields[UPDATED]);
    for (size_t k = 0; k < FIELDS; k++)
        failed = failed || f->fields[k].failed;
    if (failed)
        return -ENOMEM;
    article_t a = { .id = zw_buf_str(&f->fields[ID]),
                    .title = zw_buf_str(&f->fields[TITLE]),
                    .source = zw_buf_str(f->fields[SOURCE].n > 0 ? &f->fields[SOURCE] : &f->name),
                    .url = zw_buf_str(&f->fields[LINK]),
                    .published = zw_buf_str(&f->fields[f->fields[DATE].n > 0 ? DATE : UPDATED]),
                    .body = zw_buf_str(&f->fields[BODY]),
                    .body_is_text = true,
                    .file = f->file,
                    .place = f->item };
    if (a.body.n == 0)
        return articles_bad(f->reader, f->file, f->item, "an item without text");
    if (memmem(a.body.p, a.body.n, "</", 2) || memmem(a.body.p, a.body.n, "<br", 3) || memmem(a.body.p, a.body.n, "<p>", 3))
        a.format = ZW_STR_LIT("html");
    return articles_give(f->reader, &a);
}

/* ---- the feed */

static bool is_item(const xmlNode *node)
{
    return is(node, "item") || is(node, "entry");
}

static int tell_error(feed_t *f)
{
    int r = f->error[0] ? articles_bad(f->reader, f->file, f->item, "%s", f->error) : 0;
    f->error[0] = '\0';
    return r;
}

/* libxml2 builds its tree; whatever the feed consists of is taken out of it as soon as it has ended. */
static void end_element(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    xmlParserCtxt *xml = ctx;
    feed_t *f = xml->_private;
    xmlNode *node = xml->node;
    bool inside = false;
    int depth = xml->nodeNr - 1;
    xmlSAX2EndElementNs(ctx, name, prefix, uri);
    for (xmlNode *above = node ? node->parent : NULL; above && !inside; above = above->parent)
        inside = is_item(above);
    if (!node || depth < 1 || depth > 2 || inside || f->result < 0)
        return;
    if (is_item(node))
        f->result = take_item(f, node);
    else if (is(node, "title") && f->name.n == 0 && !is(node->parent, "image"))
        put_text(&f->name, xmlNodeGetContent(node));
    if (f->result == 0)
        f->result = tell_error(f);
    xmlNode *parent = node->parent;
    xmlFreeNodeList(parent->children); /* all: libxml2 must not find the blanks before it as its last node */
    parent->children = parent->last = NULL;
    if (f->result < 0)
        xmlStopParser(xml);
}

static int read_items(feed_t *f, xmlParserCtxt *xml)
{
    zw_str_t bytes;
    int r = 0;
    while (f->result == 0 && (r = stream_peek(f->stream, STEP, &bytes)) == 0 && bytes.n > 0) {
        (void)xmlParseChunk(xml, bytes.p, (int)bytes.n, 0);
        stream_skip(f->stream, bytes.n);
    }
    if (f->result == 0 && r < 0)
        return r == -ENOMEM ? r : articles_bad(f->reader, f->file, f->item, "%s", f->stream->error);
    if (f->result == 0)
        (void)xmlParseChunk(xml, "", 0, 1);
    return f->result == 0 ? tell_error(f) : f->result;
}

/* GB2312 says who means GBK. */
static const char *forced_charset(stream_t *s)
{
    zw_str_t head;
    if (stream_peek(s, 200, &head) < 0)
        return NULL;
    const char *end = memmem(head.p, head.n, "?>", 2);
    size_t n = end ? (size_t)(end - head.p) : 0;
    for (size_t k = 0; k + 6 <= n; k++)
        if (strncasecmp(head.p + k, "gb2312", 6) == 0 || strncasecmp(head.p + k, "gbk", 3) == 0)
            return "GB18030";
    return NULL;
}

int feed_read(articles_reader_t *r, stream_t *s, const char *file)
{
    feed_t f = { .reader = r, .stream = s, .file = file, .item = { .in = PLACE_ITEM } };
    xmlSAXHandler sax = { 0 };
    (void)xmlSAXVersion(&sax, 2);
    sax.endElementNs = end_element;
    sax.serror = note_error;
    xmlParserCtxt *xml = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
    if (!xml)
        return -ENOMEM;
    xml->_private = &f;
    const char *charset = forced_charset(s);
    (void)xmlCtxtUseOptions(xml, XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOCDATA | (charset ? XML_PARSE_IGNORE_ENC : 0));
    if (charset)
        (void)xmlSwitchToEncoding(xml, xmlFindCharEncodingHandler(charset));
    int result = read_items(&f, xml);
    xmlFreeDoc(xml->myDoc);
    xmlFreeParserCtxt(xml);
    zw_buf_done(&f.name);
    for (size_t k = 0; k < FIELDS; k++)
        zw_buf_done(&f.fields[k]);
    return result;
}
