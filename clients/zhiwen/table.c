#include "table.h"

#include "base/utf8.h"
#include "cli.h"
#include "places.h"
#include "summary.h"

#include <jansson.h>
#include <stdlib.h>
#include <utf8proc.h>

enum { TYPE_COLUMNS = 16, TIME_COLUMNS = 18, PLACE_COLUMNS = 14, SLOT_COLUMNS = 52, MIN_QUOTE_COLUMNS = 24 };

struct table {
    unsigned width;
    bool colour;
    places_t *places;
};

table_t *table_new(unsigned width, bool colour)
{
    table_t *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->width = width;
    t->colour = colour;
    t->places = places_load();
    if (!t->places) {
        free(t);
        return NULL;
    }
    return t;
}

void table_free(table_t *t)
{
    if (!t)
        return;
    places_free(t->places);
    free(t);
}

/* ---- columns */

static size_t char_columns(uint32_t cp)
{
    int w = utf8proc_charwidth((utf8proc_int32_t)cp);
    return w > 0 ? (size_t)w : 0;
}

size_t table_columns(zw_str_t text)
{
    size_t columns = 0;
    for (const char *p = text.p, *end = text.p + text.n; p < end;) {
        uint32_t cp;
        p += zw_utf8_decode(p, end, &cp);
        columns += char_columns(cp);
    }
    return columns;
}

/* The text cut to fit (with an ellipsis), and blanks up to the column's width unless it is the last. */
static void put_column(zw_buf_t *out, zw_str_t text, size_t columns, bool last)
{
    zw_buf_t _cleanup_buf_ plain = { 0 };
    cli_plain(text, &plain);
    zw_str_t s = zw_buf_str(&plain);
    bool cut = columns > 0 && table_columns(s) > columns;
    size_t used = 0, room = cut ? columns - 1 : SIZE_MAX;
    for (const char *p = s.p, *end = s.p + s.n; p < end;) {
        uint32_t cp;
        unsigned n = zw_utf8_decode(p, end, &cp);
        if (used + char_columns(cp) > room)
            break;
        used += char_columns(cp);
        (void)zw_buf_put(out, p, n);
        p += n;
    }
    if (cut) {
        (void)zw_buf_puts(out, ZW_STR_LIT("…"));
        used++;
    }
    while (!last && used++ < columns + 1)
        (void)zw_buf_putc(out, ' ');
}

static size_t quote_columns(const table_t *t)
{
    size_t before = TYPE_COLUMNS + TIME_COLUMNS + PLACE_COLUMNS + SLOT_COLUMNS + 4;
    if (t->width == 0)
        return 0;
    return t->width > before + MIN_QUOTE_COLUMNS ? t->width - before : MIN_QUOTE_COLUMNS;
}

static void style(const table_t *t, zw_buf_t *out, const char *code)
{
    if (t->colour)
        (void)zw_buf_printf(out, "\033[%sm", code);
}

void table_heading(const table_t *t, zw_buf_t *out)
{
    style(t, out, "1");
    put_column(out, ZW_STR_LIT("type"), TYPE_COLUMNS, false);
    put_column(out, ZW_STR_LIT("time"), TIME_COLUMNS, false);
    put_column(out, ZW_STR_LIT("place"), PLACE_COLUMNS, false);
    put_column(out, ZW_STR_LIT("what"), SLOT_COLUMNS, false);
    put_column(out, ZW_STR_LIT("the sentence"), 0, true);
    style(t, out, "0");
    (void)zw_buf_putc(out, '\n');
}

/* ---- lines */

static zw_str_t text_of(json_t *map, const char *key)
{
    return zw_strz(json_string_value(json_object_get(map, key)));
}

/* A fact that lost a source: of it the event has only what it is known by. */
static void lost_line(const table_t *t, const zw_item_t *item, json_t *fact, json_t *article, zw_buf_t *out)
{
    zw_buf_t _cleanup_buf_ type = { 0 }, what = { 0 };
    const char *region = json_string_value(json_object_get(fact, "region"));
    zw_str_t reason = text_of(article, "reason");
    if (item->support > 0)
        (void)zw_buf_printf(&what, "stated by %u · ", item->support);
    else
        (void)zw_buf_printf(&what, "stated no more · ");
    (void)zw_buf_printf(&what, "%.*s", ZW_STR_ARGS(text_of(fact, "id")));
    (void)zw_buf_printf(&type, "-%.*s", ZW_STR_ARGS(text_of(fact, "type")));
    style(t, out, "31");
    put_column(out, zw_buf_str(&type), TYPE_COLUMNS, false);
    style(t, out, "0");
    put_column(out, ZW_STR_LIT("-"), TIME_COLUMNS, false);
    put_column(out, region ? places_name(t->places, region) : ZW_STR_LIT("-"), PLACE_COLUMNS, false);
    put_column(out, zw_buf_str(&what), SLOT_COLUMNS, false);
    put_column(out, reason.n ? reason : text_of(article, "id"), quote_columns(t), true);
    (void)zw_buf_putc(out, '\n');
}

static void fact_line(const table_t *t, const zw_item_t *item, json_t *fact, zw_buf_t *out)
{
    zw_buf_t _cleanup_buf_ slots = { 0 };
    char type[64];
    const char *region = json_string_value(json_object_get(fact, "region"));
    bool support = strcmp(item->event, "support") == 0;
    if (support)
        (void)snprintf(type, sizeof type, "%.40s ×%u", json_string_value(json_object_get(fact, "type")), item->support);
    else
        (void)snprintf(type, sizeof type, "%.40s", json_string_value(json_object_get(fact, "type")));
    style(t, out, support ? "2" : "36");
    put_column(out, zw_strz(type), TYPE_COLUMNS, false);
    style(t, out, "0");
    zw_str_t time = text_of(fact, "time");
    put_column(out, time.n ? time : ZW_STR_LIT("-"), TIME_COLUMNS, false);
    put_column(out, region ? places_name(t->places, region) : ZW_STR_LIT("-"), PLACE_COLUMNS, false);
    summary_put(fact, &slots);
    style(t, out, "1");
    put_column(out, zw_buf_str(&slots), SLOT_COLUMNS, false);
    style(t, out, "0");
    put_column(out, text_of(json_object_get(fact, "span"), "quote"), quote_columns(t), true);
    (void)zw_buf_putc(out, '\n');
}

static void article_line(const table_t *t, json_t *article, zw_buf_t *out)
{
    zw_buf_t _cleanup_buf_ what = { 0 };
    const char *region = json_string_value(json_object_get(article, "region"));
    zw_str_t of = text_of(article, "of"), title = text_of(article, "title"), id = text_of(article, "id");
    (void)zw_buf_printf(&what, "%.*s · %.*s · %lld facts", ZW_STR_ARGS(id), ZW_STR_ARGS(text_of(article, "status")),
                        json_integer_value(json_object_get(article, "facts")));
    if (of.n > 0)
        (void)zw_buf_printf(&what, " · %.*s of %.*s", ZW_STR_ARGS(text_of(article, "kind")), ZW_STR_ARGS(of));
    style(t, out, "35");
    put_column(out, ZW_STR_LIT("(article)"), TYPE_COLUMNS, false);
    style(t, out, "0");
    zw_str_t published = text_of(article, "published");
    put_column(out, published.n ? published : ZW_STR_LIT("-"), TIME_COLUMNS, false);
    put_column(out, region ? places_name(t->places, region) : ZW_STR_LIT("-"), PLACE_COLUMNS, false);
    put_column(out, zw_buf_str(&what), SLOT_COLUMNS, false);
    zw_str_t reason = text_of(article, "reason");
    put_column(out, reason.n ? reason : title, quote_columns(t), true);
    (void)zw_buf_putc(out, '\n');
}

void table_event(const table_t *t, const zw_item_t *item, zw_buf_t *out)
{
    json_t *fact = cli_map(item->fact), *article = cli_map(item->article);
    bool lost = strcmp(item->event, "retract") == 0 || strcmp(item->event, "unsupport") == 0;
    if (lost && json_is_object(fact))
        lost_line(t, item, fact, article, out);
    else if (json_is_object(fact) && json_is_string(json_object_get(fact, "type")))
        fact_line(t, item, fact, out);
    else if (json_is_object(article) && (strcmp(item->event, "article") == 0 || strcmp(item->event, "withdraw") == 0))
        article_line(t, article, out);
    json_decref(fact);
    json_decref(article);
}
