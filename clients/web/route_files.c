/* /facts.csv, /feed.atom: what a filter means, for spreadsheets and feed readers. */
#include "fact_json.h"
#include "select.h"
#include "web.h"

#include <errno.h>
#include <stdlib.h>

enum { CSV_MOST = 100000, CSV_USUAL = 10000, FEED_USUAL = 50, FEED_MOST = 200 };

/* Calls `each` for the facts of the request's filter. 0; negative: answered. */
static int each_fact(request_t *r, int64_t usual, int64_t most, void (*each)(zw_buf_t *out, json_t *fact), zw_buf_t *out)
{
    filter_t filter = { 0 };
    selection_t found = { 0 };
    int64_t limit = usual;
    int e = params_number(&r->params, "limit", 1, most, &r->problem, &limit);
    if (e < 0)
        web_failed(r, e);
    if (e == 0)
        e = web_filter(r, &filter);
    reader_t *reader = e == 0 ? store_reader(r->web->store, 10 * QUERY_MS) : NULL;
    sqlite3_stmt *s = reader ? web_prepare(r, reader, FACT_COLUMNS "WHERE f.seq=?1") : NULL;
    if (e == 0 && s) {
        e = select_facts(r->web->store, reader, &filter, UINT64_MAX, (size_t)limit, &found);
        for (size_t k = 0; e == 0 && k < found.count; k++) {
            json_t *fact = fact_json_at(s, found.seqs[k], r->web->places);
            if (fact)
                each(out, fact);
            json_decref(fact);
        }
        if (e < 0)
            web_failed(r, e);
    } else if (e == 0) {
        e = -EBUSY;
        web_failed(r, e);
    }
    (void)sqlite3_finalize(s);
    store_reader_done(reader);
    filter_done(&filter);
    free(found.seqs);
    return e;
}

static const char *text_of(json_t *map, const char *key)
{
    const char *text = json_string_value(json_object_get(map, key));
    return text ? text : "";
}

/* ---- CSV (RFC 4180) */

/* A cell that a spreadsheet would take for a formula begins with an apostrophe. */
static void put_cell(zw_buf_t *out, const char *text, bool last)
{
    (void)zw_buf_putc(out, '"');
    if (*text && strchr("=+-@\t\r", *text))
        (void)zw_buf_putc(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            (void)zw_buf_putc(out, '"');
        (void)zw_buf_putc(out, *text);
    }
    (void)zw_buf_puts(out, last ? ZW_STR_LIT("\"\r\n") : ZW_STR_LIT("\","));
}

static void put_row(zw_buf_t *out, json_t *fact)
{
    json_t *time = json_object_get(fact, "time"), *region = json_object_get(fact, "region"), *article = json_object_get(fact, "article");
    char confidence[32], support[24], *slots = json_dumps(json_object_get(fact, "slots"), JSON_COMPACT);
    (void)snprintf(confidence, sizeof confidence, "%g", json_number_value(json_object_get(fact, "confidence")));
    (void)snprintf(support, sizeof support, "%lld", (long long)json_integer_value(json_object_get(fact, "support")));
    put_cell(out, text_of(fact, "id"), false);
    put_cell(out, text_of(fact, "type"), false);
    put_cell(out, text_of(time, "text"), false);
    put_cell(out, text_of(time, "from"), false);
    put_cell(out, text_of(time, "to"), false);
    put_cell(out, text_of(region, "code"), false);
    put_cell(out, text_of(region, "name"), false);
    put_cell(out, text_of(fact, "modality"), false);
    put_cell(out, confidence, false);
    put_cell(out, support, false);
    put_cell(out, text_of(fact, "summary"), false);
    put_cell(out, slots ? slots : "", false);
    put_cell(out, text_of(fact, "quote"), false);
    put_cell(out, text_of(article, "outlet"), false);
    put_cell(out, text_of(article, "title"), false);
    put_cell(out, text_of(article, "url"), false);
    put_cell(out, text_of(article, "published"), true);
    free(slots);
}

void route_csv(request_t *r)
{
    /* The mark at its head tells spreadsheets that it is UTF-8. */
    static const char HEAD[] = "\xef\xbb\xbfid,type,time,from,to,region,region_name,modality,confidence,support,summary,slots,quote,outlet,title,url,published\r\n";
    zw_buf_t _cleanup_buf_ out = { 0 };
    (void)zw_buf_puts(&out, ZW_STR_LIT(HEAD));
    if (each_fact(r, CSV_USUAL, CSV_MOST, put_row, &out) == 0)
        web_bytes(r, MHD_HTTP_OK, "text/csv; charset=utf-8", "facts.csv", &out);
}

/* ---- Atom (RFC 4287) */

/* XML has no way to write most control characters. */
static void put_xml(zw_buf_t *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        const char *name = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : c < 0x20 && c != '\n' && c != '\t' ? " " : NULL;
        if (name)
            (void)zw_buf_puts(out, zw_strz(name));
        else if (c == 0xef && (unsigned char)text[1] == 0xbf && (unsigned char)text[2] >= 0xbe) {
            (void)zw_buf_puts(out, ZW_STR_LIT("\xef\xbf\xbd")); /* U+FFFE, U+FFFF */
            text += 2;
        } else
            (void)zw_buf_putc(out, *text);
    }
}

static void put_element(zw_buf_t *out, const char *name, const char *text)
{
    (void)zw_buf_printf(out, "<%s>", name);
    put_xml(out, text);
    (void)zw_buf_printf(out, "</%s>", name);
}

static void put_entry(zw_buf_t *out, json_t *fact)
{
    json_t *article = json_object_get(fact, "article"), *region = json_object_get(fact, "region");
    const char *url = text_of(article, "url"), *outlet = text_of(article, "outlet");
    (void)zw_buf_printf(out, "<entry><id>urn:zhiwen:fact:%s</id>", text_of(fact, "id"));
    put_element(out, "title", text_of(fact, "summary"));
    put_element(out, "updated", text_of(fact, "seen"));
    (void)zw_buf_puts(out, ZW_STR_LIT("<author>"));
    put_element(out, "name", *outlet ? outlet : "zhiwen");
    (void)zw_buf_puts(out, ZW_STR_LIT("</author>"));
    if (strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0) {
        (void)zw_buf_puts(out, ZW_STR_LIT("<link href=\""));
        put_xml(out, url);
        (void)zw_buf_puts(out, ZW_STR_LIT("\"/>"));
    }
    (void)zw_buf_printf(out, "<category term=\"");
    put_xml(out, text_of(fact, "type"));
    (void)zw_buf_printf(out, "\"/>");
    if (region && !json_is_null(region)) {
        (void)zw_buf_printf(out, "<category term=\"");
        put_xml(out, text_of(region, "code"));
        (void)zw_buf_printf(out, "\" label=\"");
        put_xml(out, text_of(region, "name"));
        (void)zw_buf_printf(out, "\"/>");
    }
    (void)zw_buf_puts(out, ZW_STR_LIT("<summary type=\"text\">"));
    put_xml(out, text_of(fact, "quote"));
    (void)zw_buf_puts(out, ZW_STR_LIT("</summary></entry>\n"));
}

void route_atom(request_t *r)
{
    zw_buf_t _cleanup_buf_ out = { 0 }, entries = { 0 };
    if (each_fact(r, FEED_USUAL, FEED_MOST, put_entry, &entries) < 0)
        return;
    /* The newest entry's time is the feed's. */
    const char *updated = entries.n ? memmem(entries.p, entries.n, "<updated>", 9) : NULL;
    (void)zw_buf_printf(&out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>urn:zhiwen:facts</id><title>质闻 zhiwen</title>"
                              "<updated>%.20s</updated>\n", updated ? updated + 9 : "1970-01-01T00:00:00Z");
    (void)zw_buf_puts(&out, zw_buf_str(&entries));
    (void)zw_buf_puts(&out, ZW_STR_LIT("</feed>\n"));
    if (entries.failed)
        out.failed = true;
    web_bytes(r, MHD_HTTP_OK, "application/atom+xml; charset=utf-8", NULL, &out);
}
