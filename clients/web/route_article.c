/* /api/articles/ID and its cluster. */
#include "daemon_ask.h"
#include "diff.h"
#include "fact_json.h"
#include "web.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

enum { FACTS_MOST = 500, DIFFS_MOST = 8 };

/* ---- an article */

static json_t *time_json(int64_t us)
{
    char text[32] = "";
    struct tm tm;
    time_t s = (time_t)(us / 1000000);
    if (gmtime_r(&s, &tm))
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return json_string(text);
}

static json_t *of(json_t *map, const char *key)
{
    json_t *value = json_object_get(map, key);
    return value ? json_incref(value) : json_null();
}

static json_t *number_text(json_t *number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(number));
    return json_is_integer(number) ? json_string(text) : json_null();
}

static json_t *facts_of(request_t *r, reader_t *reader, int64_t number)
{
    sqlite3_stmt *s = web_prepare(r, reader, "SELECT f.seq, f.support, f.added, s.json, a.number, a.title, a.source, a.url, a.published"
                                             " FROM sources s JOIN facts f ON f.seq=s.fact JOIN articles a ON a.number=s.article WHERE s.article=?1 ORDER BY s.span_start LIMIT ?2");
    json_t *list = s ? json_array() : NULL;
    if (!s)
        return NULL;
    (void)sqlite3_bind_int64(s, 1, number);
    (void)sqlite3_bind_int(s, 2, FACTS_MOST);
    while (sqlite3_step(s) == SQLITE_ROW) {
        json_t *fact = fact_json(s, r->web->places);
        if (fact)
            (void)json_array_append_new(list, fact);
    }
    (void)sqlite3_finalize(s);
    return list;
}

static json_t *article_of(request_t *r, reader_t *reader, int64_t number)
{
    sqlite3_stmt *s = web_prepare(r, reader, "SELECT json, time_us, withdrawn FROM received WHERE number=?1");
    json_t *out = NULL, *raw = NULL;
    if (!s)
        return NULL;
    (void)sqlite3_bind_int64(s, 1, number);
    if (sqlite3_step(s) == SQLITE_ROW && (raw = json_loads((const char *)sqlite3_column_text(s, 0), JSON_ALLOW_NUL, NULL))) {
        const char *region = json_string_value(json_object_get(raw, "region"));
        out = json_pack("{so, so, so, so, so, so, so, so, so, so, so, so, so, so}", "id", number_text(json_object_get(raw, "number")), "title", of(raw, "title"), "outlet", of(raw, "source"),
                        "url", of(raw, "url"), "published", of(raw, "published"), "received", time_json(sqlite3_column_int64(s, 1)), "status", of(raw, "status"), "kind", of(raw, "kind"),
                        "of", number_text(json_object_get(raw, "of_number")), "head", number_text(json_object_get(raw, "head")), "charset", of(raw, "charset"), "repairs", of(raw, "repairs"),
                        "region", fact_json_region(region, r->web->places), "withdrawn", fact_json_column(s, 2));
    }
    json_decref(raw);
    (void)sqlite3_finalize(s);
    if (out)
        (void)json_object_set_new(out, "facts", facts_of(r, reader, number));
    return out;
}

static void answer_article(request_t *r, int64_t number)
{
    if (web_no_more(r) < 0)
        return;
    _cleanup_reader_ reader_t *reader = web_reader(r);
    json_t *article = reader ? article_of(r, reader, number) : NULL;
    if (article)
        web_json(r, MHD_HTTP_OK, article);
    else if (!r->response)
        web_failed(r, -ENOENT);
}

/* ---- its cluster */

/* What we were told of a member: its title, outlet, kind and likeness. */
static json_t *member_of(request_t *r, int64_t number)
{
    char id[24];
    _cleanup_reader_ reader_t *reader = store_reader(r->web->store, QUERY_MS);
    sqlite3_stmt *s = NULL;
    json_t *raw = NULL, *seen = json_null();
    (void)snprintf(id, sizeof id, "%lld", (long long)number);
    if (reader && sqlite3_prepare_v2(reader_sql(reader), "SELECT json, time_us FROM received WHERE number=?1", -1, &s, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_int64(s, 1, number);
        if (sqlite3_step(s) == SQLITE_ROW) {
            raw = json_loads((const char *)sqlite3_column_text(s, 0), JSON_ALLOW_NUL, NULL);
            seen = time_json(sqlite3_column_int64(s, 1));
        }
    }
    (void)sqlite3_finalize(s);
    json_t *member = json_pack("{ss, so, so, so, so, so}", "article", id, "outlet", of(raw, "source"), "title", of(raw, "title"), "kind", of(raw, "kind"), "similarity", of(raw, "similarity"),
                               "first_seen", seen);
    json_decref(raw);
    return member;
}

static json_t *difference(request_t *r, zw_str_t head, int64_t number)
{
    zw_buf_t _cleanup_buf_ article = { 0 };
    char id[24];
    zw_str_t text = { 0 };
    (void)snprintf(id, sizeof id, "%lld", (long long)number);
    if (daemon_ask_article(r->web->ask, number, &article) < 0)
        return NULL;
    (void)zw_get_str(zw_buf_str(&article), "text", &text);
    return json_pack("{ss, so}", "article", id, "parts", diff_parts(head, text));
}

static json_t *cluster_json(request_t *r, json_t *cluster, int64_t asked)
{
    zw_buf_t _cleanup_buf_ head = { 0 };
    json_t *members = json_array(), *diffs = json_array(), *item;
    int64_t first = json_integer_value(json_object_get(cluster, "head"));
    zw_str_t text = { 0 };
    size_t k;
    /* The head may be older than what is kept: then the article that was asked about stands for it. */
    if (daemon_ask_article(r->web->ask, first, &head) < 0 && daemon_ask_article(r->web->ask, first = asked, &head) < 0)
        first = 0;
    (void)zw_get_str(zw_buf_str(&head), "text", &text);
    json_array_foreach(json_object_get(cluster, "articles"), k, item) {
        int64_t number = json_integer_value(json_object_get(item, "number"));
        (void)json_array_append_new(members, member_of(r, number));
        json_t *diff = first && number != first && json_array_size(diffs) < DIFFS_MOST ? difference(r, text, number) : NULL;
        if (diff)
            (void)json_array_append_new(diffs, diff);
    }
    return json_pack("{so, so, so, so}", "head", number_text(json_object_get(cluster, "head")), "count", of(cluster, "members"), "members", members, "diff", diffs);
}

static void answer_cluster(request_t *r, int64_t number)
{
    zw_buf_t _cleanup_buf_ map = { 0 };
    if (web_no_more(r) < 0)
        return;
    int e = daemon_ask_cluster(r->web->ask, number, &map);
    char *text = e == 0 ? zw_json(zw_buf_str(&map)) : NULL;
    json_t *cluster = text ? json_loads(text, JSON_ALLOW_NUL, NULL) : NULL;
    if (cluster)
        web_json(r, MHD_HTTP_OK, cluster_json(r, cluster, number));
    else
        web_failed(r, e < 0 ? e : -ENOMEM);
    json_decref(cluster);
    free(text);
}

void route_article(request_t *r)
{
    char *end;
    errno = 0;
    long long number = strtoll(r->rest, &end, 10);
    if (errno || number <= 0 || end == r->rest)
        web_failed(r, -ENOENT);
    else if (!*end)
        answer_article(r, number);
    else if (strcmp(end, "/cluster") == 0)
        answer_cluster(r, number);
    else
        web_failed(r, -ENOENT);
}
