#include "export_text.h"

#include "zw_buf.h"

#include <errno.h>
#include <stdlib.h>

static const char ROWS[] = "SELECT f.seq, f.support, f.added, s.json, a.json, r.name FROM facts f"
                           " JOIN sources s ON s.fact = f.seq AND s.article = f.article JOIN articles a ON a.number = f.article LEFT JOIN regions r ON r.code = f.region ORDER BY f.seq";

static int each_row(facts_db_t *db, int (*row)(void *ctx, sqlite3_stmt *s), void *ctx)
{
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(facts_db_handle(db), ROWS, -1, &s, NULL) != SQLITE_OK)
        return -EIO;
    int r = 0, step = SQLITE_DONE;
    while (r == 0 && (step = sqlite3_step(s)) == SQLITE_ROW)
        r = row(ctx, s);
    (void)sqlite3_finalize(s);
    return r < 0 ? r : step == SQLITE_DONE ? 0 : -EIO;
}

static const char *text_at(sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    return text ? text : "";
}

/* ---- JSON Lines */

static int jsonl_row(void *ctx, sqlite3_stmt *s)
{
    FILE *out = ctx;
    (void)fprintf(out, "{\"seq\":%lld,\"added\":\"%s\",\"support\":%lld,\"article\":%s,\"fact\":%s}\n", sqlite3_column_int64(s, 0),
                  text_at(s, 2), sqlite3_column_int64(s, 1), text_at(s, 4), text_at(s, 3));
    return ferror(out) ? -EIO : 0;
}

int export_jsonl(facts_db_t *db, FILE *out)
{
    return each_row(db, jsonl_row, out);
}

/* ---- CSV */

static const char *const FROM_FACT[] = { "id", "type", "time", "region" };
static const char *const FROM_ARTICLE[] = { "number", "id", "source", "url", "title", "published" };
static const char HEADER[] = "id,type,time,region,region_name,modality,confidence,support";
static const char HEADER_END[] = ",quote,rule,article_number,article_id,article_source,article_url,article_title,article_published,seq,added\n";

typedef struct csv {
    const export_csv_t *how;
    FILE *out;
    fact_type_t columns; /* of all types that are written */
    json_t **cells;
} csv_t;

/* A spreadsheet takes what begins like this for a formula, and articles come from anywhere; a quote before it makes it text
 * (OWASP, "CSV Injection"). The wide forms count in Chinese and Japanese versions. */
static bool is_formula(zw_str_t s)
{
    static const char *const BEGIN[] = { "=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠" };
    for (size_t k = 0; k < sizeof BEGIN / sizeof *BEGIN; k++)
        if (zw_str_starts(s, zw_strz(BEGIN[k])))
            return true;
    return false;
}

static void put_text(const csv_t *c, zw_str_t s)
{
    bool formula = !c->how->raw && is_formula(s), quoted = formula;
    for (size_t k = 0; k < s.n && !quoted; k++)
        quoted = strchr(",\"\n\r", s.p[k]) != NULL;
    if (!quoted) {
        (void)fwrite(s.p, 1, s.n, c->out);
        return;
    }
    (void)fputs(formula ? "\"'" : "\"", c->out);
    for (size_t k = 0; k < s.n; k++) {
        if (s.p[k] == '"')
            (void)fputc('"', c->out);
        (void)fputc(s.p[k], c->out);
    }
    (void)fputc('"', c->out);
}

static void put_textz(const csv_t *c, const char *text)
{
    put_text(c, zw_strz(text));
}

static int put_value(const csv_t *c, json_t *value)
{
    zw_buf_t _cleanup_buf_ joined = { 0 };
    size_t k;
    json_t *item;
    if (!value || json_is_null(value))
        return 0;
    if (json_is_string(value)) {
        put_text(c, zw_str(json_string_value(value), json_string_length(value)));
        return 0;
    }
    if (!json_is_array(value)) {
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
        (void)fputs(text ? text : "", c->out); /* a number, true or false: no comma in it */
        free(text);
        return text ? 0 : -ENOMEM;
    }
    json_array_foreach(value, k, item) {
        if (k > 0)
            (void)zw_buf_putc(&joined, '|');
        (void)zw_buf_puts(&joined, zw_strz(json_string_value(item)));
    }
    put_text(c, zw_buf_str(&joined));
    return joined.failed ? -ENOMEM : 0;
}

static int place_cell(void *ctx, const char *column, json_t *value)
{
    csv_t *c = ctx;
    int at = schema_column(&c->columns, column);
    if (at >= 0)
        c->cells[at] = value;
    return 0;
}

static int write_row(csv_t *c, sqlite3_stmt *s, json_t *fact, json_t *article)
{
    int r = 0;
    for (size_t k = 0; k < sizeof FROM_FACT / sizeof *FROM_FACT && r == 0; k++) {
        r = put_value(c, json_object_get(fact, FROM_FACT[k]));
        (void)fputc(',', c->out);
    }
    put_textz(c, text_at(s, 5));
    (void)fputc(',', c->out);
    put_textz(c, json_string_value(json_object_get(fact, "modality")));
    (void)fprintf(c->out, ",%.15g,%lld", json_number_value(json_object_get(fact, "confidence")), sqlite3_column_int64(s, 1));
    memset(c->cells, 0, c->columns.count * sizeof *c->cells);
    (void)schema_slots(fact, place_cell, c);
    for (size_t k = 0; k < c->columns.count && r == 0; k++) {
        (void)fputc(',', c->out);
        r = put_value(c, c->cells[k]);
    }
    (void)fputc(',', c->out);
    put_textz(c, json_string_value(json_object_get(json_object_get(fact, "span"), "quote")));
    (void)fputc(',', c->out);
    put_textz(c, json_string_value(json_object_get(fact, "rule")));
    for (size_t k = 0; k < sizeof FROM_ARTICLE / sizeof *FROM_ARTICLE && r == 0; k++) {
        (void)fputc(',', c->out);
        r = put_value(c, json_object_get(article, FROM_ARTICLE[k]));
    }
    (void)fprintf(c->out, ",%lld,%s\n", sqlite3_column_int64(s, 0), text_at(s, 2));
    return ferror(c->out) ? -EIO : r;
}

static int csv_row(void *ctx, sqlite3_stmt *s)
{
    json_t *fact = json_loads(text_at(s, 3), 0, NULL), *article = json_loads(text_at(s, 4), 0, NULL);
    int r = fact && article ? write_row(ctx, s, fact, article) : -ENOMEM;
    json_decref(fact);
    json_decref(article);
    return r;
}

static bool is_wanted(const export_csv_t *how, const char *type)
{
    for (size_t k = 0; k < how->type_count; k++)
        if (strcmp(how->types[k], type) == 0)
            return true;
    return how->type_count == 0;
}

static int make_columns(csv_t *c)
{
    const schema_t *schema = c->how->schema;
    int r = 0;
    for (size_t k = 0; k < schema->count; k++)
        for (size_t j = 0; is_wanted(c->how, schema->types[k].name) && j < schema->types[k].count && r >= 0; j++)
            r = schema_add(&c->columns, schema->types[k].columns[j].name, schema->types[k].columns[j].kind);
    c->cells = calloc(c->columns.count + 1, sizeof *c->cells);
    return r < 0 || !c->cells ? -ENOMEM : 0;
}

static void put_heading(const csv_t *c)
{
    (void)fputs(c->how->bom ? "\xef\xbb\xbf" : "", c->out);
    (void)fputs(HEADER, c->out);
    for (size_t k = 0; k < c->columns.count; k++) {
        (void)fputs(schema_is_reserved(c->columns.columns[k].name) ? ",slot_" : ",", c->out);
        put_textz(c, c->columns.columns[k].name);
    }
    (void)fputs(HEADER_END, c->out);
}

int export_csv(facts_db_t *db, const export_csv_t *how, FILE *out)
{
    csv_t c = { .how = how, .out = out };
    int r = make_columns(&c);
    if (r == 0) {
        put_heading(&c);
        r = each_row(db, csv_row, &c);
    }
    for (size_t k = 0; k < c.columns.count; k++)
        free(c.columns.columns[k].name);
    free(c.columns.columns);
    free(c.cells);
    return r;
}
