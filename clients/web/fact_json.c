#include "fact_json.h"

#include "edtf.h"
#include "summary.h"

static bool is_common(const char *key)
{
    static const char *const COMMON[] = { "type", "id", "time", "region", "modality", "confidence", "span", "also", "rule" };
    for (size_t k = 0; k < sizeof COMMON / sizeof *COMMON; k++)
        if (strcmp(key, COMMON[k]) == 0)
            return true;
    return false;
}

json_t *fact_json_column(sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    json_t *value = text ? json_stringn(text, (size_t)sqlite3_column_bytes(s, column)) : NULL;
    return value ? value : json_null();
}

json_t *fact_json_region(const char *code, const places_t *places)
{
    if (!code)
        return json_null();
    zw_str_t name = places_name(places, code);
    return json_pack("{ss, ss%}", "code", code, "name", name.p, name.n);
}

static json_t *time_of(const char *text)
{
    char first[11], last[11];
    if (!text)
        return json_null();
    if (!edtf_days(zw_strz(text), first, last))
        return json_pack("{ss, sn, sn}", "text", text, "from", "to");
    return json_pack("{ss, ss, ss}", "text", text, "from", first, "to", last);
}

static json_t *copy_of(json_t *fact, const char *key)
{
    json_t *value = json_object_get(fact, key);
    return value ? json_incref(value) : json_null();
}

json_t *fact_json_bare(json_t *fact, const places_t *places)
{
    const char *key;
    json_t *value, *slots = json_object();
    zw_buf_t _cleanup_buf_ summary = { 0 };
    json_object_foreach(fact, key, value)
        if (!is_common(key) && !json_is_null(value))
            (void)json_object_set(slots, key, value);
    summary_put(slots, &summary);
    json_t *text = json_stringn(summary.p ? summary.p : "", summary.n);
    return json_pack("{so, so, so, so, so, so, so, so, so, so}", "id", copy_of(fact, "id"), "type", copy_of(fact, "type"), "modality", copy_of(fact, "modality"),
                     "confidence", copy_of(fact, "confidence"), "time", time_of(json_string_value(json_object_get(fact, "time"))), "region",
                     fact_json_region(json_string_value(json_object_get(fact, "region")), places), "slots", slots, "summary", text ? text : json_null(), "quote",
                     copy_of(json_object_get(fact, "span"), "quote"), "rule", copy_of(fact, "rule"));
}

json_t *fact_json(sqlite3_stmt *s, const places_t *places)
{
    json_t *raw = json_loads((const char *)sqlite3_column_text(s, 3), JSON_ALLOW_NUL, NULL);
    json_t *fact = raw ? fact_json_bare(raw, places) : NULL;
    char position[24], number[24];
    json_decref(raw);
    if (!fact)
        return NULL;
    (void)snprintf(position, sizeof position, "%lld", (long long)sqlite3_column_int64(s, 0));
    (void)snprintf(number, sizeof number, "%lld", (long long)sqlite3_column_int64(s, 4));
    json_t *article = json_pack("{ss, so, so, so, so}", "id", number, "title", fact_json_column(s, 5), "outlet", fact_json_column(s, 6), "url",
                                fact_json_column(s, 7), "published", fact_json_column(s, 8));
    (void)json_object_set_new(fact, "support", json_integer(sqlite3_column_int64(s, 1)));
    (void)json_object_set_new(fact, "position", json_string(position));
    (void)json_object_set_new(fact, "seen", fact_json_column(s, 2));
    (void)json_object_set_new(fact, "article", article);
    (void)json_object_set_new(fact, "withdrawn", json_false());
    return fact;
}

json_t *fact_json_at(sqlite3_stmt *s, uint64_t seq, const places_t *places)
{
    (void)sqlite3_bind_int64(s, 1, (sqlite3_int64)seq);
    json_t *fact = sqlite3_step(s) == SQLITE_ROW ? fact_json(s, places) : NULL;
    (void)sqlite3_reset(s);
    return fact;
}

static void put_strings(json_t *value, zw_buf_t *out)
{
    const char *key;
    size_t k;
    json_t *inner;
    if (json_is_string(value))
        (void)zw_buf_printf(out, "%s\n", json_string_value(value));
    json_array_foreach(value, k, inner)
        put_strings(inner, out);
    if (json_is_object(value))
        json_object_foreach(value, key, inner)
            put_strings(inner, out);
}

void fact_json_words(json_t *fact, zw_buf_t *out)
{
    const char *key;
    json_t *value;
    json_object_foreach(fact, key, value)
        if (!is_common(key))
            put_strings(value, out);
}
