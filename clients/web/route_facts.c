/* /api/facts and one fact. */
#include "evidence.h"
#include "fact_json.h"
#include "select.h"
#include "web.h"

#include <errno.h>
#include <stdlib.h>

enum { FACTS_USUAL = 50, FACTS_MOST = 200 };

static json_t *facts_at(request_t *r, reader_t *reader, const selection_t *found)
{
    sqlite3_stmt *s = web_prepare(r, reader, FACT_COLUMNS "WHERE f.seq=?1");
    json_t *facts = s ? json_array() : NULL;
    for (size_t k = 0; facts && k < found->count; k++) {
        json_t *fact = fact_json_at(s, found->seqs[k], r->web->places);
        if (fact) /* it may have been taken back a moment ago */
            (void)json_array_append_new(facts, fact);
    }
    (void)sqlite3_finalize(s);
    return facts;
}

static void list(request_t *r)
{
    int64_t before = INT64_MAX, limit = FACTS_USUAL;
    filter_t filter = { 0 };
    int e = params_number(&r->params, "before", 1, INT64_MAX, &r->problem, &before);
    if (e == 0)
        e = params_number(&r->params, "limit", 1, FACTS_MOST, &r->problem, &limit);
    if (e < 0)
        web_failed(r, e);
    else if (web_filter(r, &filter) == 0) {
        _cleanup_reader_ reader_t *reader = web_reader(r);
        selection_t found = { 0 };
        e = reader ? select_facts(r->web->store, reader, &filter, (uint64_t)before, (size_t)limit, &found) : 0;
        json_t *facts = e < 0 || !reader ? NULL : facts_at(r, reader, &found);
        char next[24];
        (void)snprintf(next, sizeof next, "%llu", found.count ? (unsigned long long)found.seqs[found.count - 1] : 0ULL);
        if (e < 0)
            web_failed(r, e);
        else if (facts)
            web_json(r, MHD_HTTP_OK, json_pack("{so, ss?, sI, sb}", "facts", facts, "next", found.more ? next : NULL, "total", (json_int_t)found.total,
                                               "total_exact", !filter.found_cut));
        free(found.seqs);
    }
    filter_done(&filter);
}

/* ---- one */

static json_t *sources_of(request_t *r, reader_t *reader, uint64_t seq)
{
    sqlite3_stmt *s = web_prepare(r, reader, "SELECT a.number, a.source, a.title, a.url, a.published, s.seq=s.fact, s.quote FROM sources s"
                                             " JOIN articles a ON a.number=s.article WHERE s.fact=?1 ORDER BY s.seq LIMIT 500");
    json_t *list = s ? json_array() : NULL;
    if (!s)
        return NULL;
    (void)sqlite3_bind_int64(s, 1, (sqlite3_int64)seq);
    while (sqlite3_step(s) == SQLITE_ROW) {
        char number[24];
        (void)snprintf(number, sizeof number, "%lld", (long long)sqlite3_column_int64(s, 0));
        (void)json_array_append_new(list, json_pack("{ss, so, so, so, so, ss, so}", "article", number, "outlet", fact_json_column(s, 1), "title", fact_json_column(s, 2), "url",
                                                    fact_json_column(s, 3), "published", fact_json_column(s, 4), "kind", sqlite3_column_int(s, 5) ? "head" : "support",
                                                    "quote", fact_json_column(s, 6)));
    }
    (void)sqlite3_finalize(s);
    return list;
}

static bool is_id(const char *text)
{
    size_t n = strspn(text, "0123456789abcdef");
    return n > 0 && n <= 64 && text[n] == '\0';
}

/* A fact that nobody states any more, as it last was. */
static json_t *taken_back(request_t *r, reader_t *reader, const char *id)
{
    sqlite3_stmt *s = web_prepare(r, reader, "SELECT json FROM taken_back WHERE id=?1");
    json_t *fact = NULL;
    if (!s)
        return NULL;
    (void)sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
    if (sqlite3_step(s) == SQLITE_ROW)
        fact = json_loads((const char *)sqlite3_column_text(s, 0), JSON_ALLOW_NUL, NULL);
    if (fact)
        (void)json_object_set_new(fact, "sources", json_array());
    (void)sqlite3_finalize(s);
    return fact;
}

static json_t *fact_of(request_t *r, reader_t *reader, const char *id)
{
    sqlite3_stmt *s = web_prepare(r, reader, FACT_COLUMNS "WHERE f.id=?1");
    json_t *fact = NULL;
    uint64_t seq = 0;
    if (!s)
        return NULL;
    (void)sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
    if (sqlite3_step(s) == SQLITE_ROW) {
        seq = (uint64_t)sqlite3_column_int64(s, 0);
        fact = fact_json(s, r->web->places);
    }
    (void)sqlite3_finalize(s);
    if (!fact)
        return taken_back(r, reader, id);
    (void)json_object_set_new(fact, "sources", sources_of(r, reader, seq));
    return fact;
}

void route_facts(request_t *r)
{
    char id[80];
    const char *more = strchr(r->rest, '/');
    size_t n = more ? (size_t)(more - r->rest) : strlen(r->rest);
    if (*r->rest == '\0') {
        list(r);
        return;
    }
    (void)snprintf(id, sizeof id, "%.*s", (int)(n < sizeof id ? n : 0), r->rest);
    if (!is_id(id)) {
        web_failed(r, -ENOENT);
    } else if (more && strcmp(more, "/evidence") == 0) {
        evidence_answer(r, id);
    } else if (more) {
        web_failed(r, -ENOENT);
    } else if (web_no_more(r) == 0) {
        _cleanup_reader_ reader_t *reader = web_reader(r);
        json_t *fact = reader ? fact_of(r, reader, id) : NULL;
        if (fact)
            web_json(r, MHD_HTTP_OK, fact);
        else if (!r->response)
            web_failed(r, -ENOENT);
    }
}
