#include "evidence.h"

#include "child.h"
#include "daemon_ask.h"

#include <errno.h>
#include <stdlib.h>

/* The fact as the article states it (JSON, as on the wire), and which article that is: the one asked for, else the one whose words the fact has. */
static json_t *statement_of(request_t *r, const char *fact_id, int64_t article, int64_t *ret_article)
{
    _cleanup_reader_ reader_t *reader = web_reader(r);
    sqlite3_stmt *s = reader ? web_prepare(r, reader, "SELECT s.json, s.article FROM facts f JOIN sources s ON s.fact=f.seq WHERE f.id=?1 AND s.article=CASE ?2 WHEN 0 THEN f.article ELSE ?2 END") : NULL;
    json_t *fact = NULL;
    if (!s)
        return NULL;
    (void)sqlite3_bind_text(s, 1, fact_id, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(s, 2, article);
    if (sqlite3_step(s) == SQLITE_ROW) {
        fact = json_loads((const char *)sqlite3_column_text(s, 0), JSON_ALLOW_NUL, NULL);
        *ret_article = sqlite3_column_int64(s, 1);
    }
    (void)sqlite3_finalize(s);
    if (!fact)
        web_failed(r, -ENOENT);
    return fact;
}

static child_question_t question(zw_str_t article, const char *fact)
{
    child_question_t q = { .task = CHILD_EVIDENCE, .fact = zw_strz(fact) };
    (void)zw_get_bin(article, "body", &q.body);
    (void)zw_get_bool(article, "body_is_text", &q.body_is_text);
    (void)zw_get_str(article, "declared_charset", &q.charset);
    (void)zw_get_str(article, "format", &q.format);
    (void)zw_get_str(article, "declared_title", &q.title);
    (void)zw_get_str(article, "declared_published", &q.published);
    (void)zw_get_str(article, "url", &q.url);
    (void)zw_get_str(article, "source", &q.source);
    return q;
}

/* zhiwend repaired it, perhaps with other tables than ours: then its text is what the fact was found in, and our map does not fit it. */
static void compare(json_t *answer, zw_str_t article)
{
    zw_str_t text = { 0 };
    const char *ours = json_string_value(json_object_get(answer, "text"));
    (void)zw_get_str(article, "text", &text);
    if (zw_str_eqz(text, ours ? ours : "")) {
        (void)json_object_set_new(answer, "raw_note", json_null());
        return;
    }
    (void)json_object_set_new(answer, "text", json_stringn(text.p ? text.p : "", text.n));
    (void)json_object_set_new(answer, "spans", json_array());
    (void)json_object_set_new(answer, "raw_note", json_string("zhiwend repaired this article with other tables than zhiwen-web has"));
}

static void put_repairs(json_t *answer, zw_str_t article)
{
    char *text = zw_json(article);
    json_t *whole = text ? json_loads(text, JSON_ALLOW_NUL, NULL) : NULL, *repairs = json_object_get(whole, "repairs");
    (void)json_object_set(answer, "repairs", repairs ? repairs : json_null());
    json_decref(whole);
    free(text);
}

/* What the child did not do. */
static void failed(request_t *r, int code)
{
    if (code == -ZW_E_EMPTY || code == -ZW_E_ENCODING || code == -ZW_E_TOO_LARGE)
        web_error(r, MHD_HTTP_UNPROCESSABLE_CONTENT, "body", "%s", zw_error_text(code));
    else if (code == -ETIME || code == -ECHILD)
        web_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "body", code == -ETIME ? "takes too long to read" : "could not be read: it asks for more than one article may");
    else
        web_failed(r, code);
}

static void answer_of(request_t *r, int64_t number, json_t *fact)
{
    zw_buf_t _cleanup_buf_ article = { 0 }, json = { 0 };
    char *text = json_dumps(fact, JSON_COMPACT), id[24];
    int e = text ? daemon_ask_article(r->web->ask, number, &article) : -ENOMEM;
    if (e == 0) {
        child_question_t q = question(zw_buf_str(&article), text);
        e = child_ask(r->web->readers, &q, &json);
    }
    free(text);
    json_t *answer = e == 0 ? json_loadb(json.p, json.n, JSON_ALLOW_NUL, NULL) : NULL;
    if (!answer) {
        failed(r, e < 0 ? e : -ECHILD);
        return;
    }
    compare(answer, zw_buf_str(&article));
    put_repairs(answer, zw_buf_str(&article));
    (void)snprintf(id, sizeof id, "%lld", (long long)number);
    (void)json_object_set_new(answer, "article", json_string(id));
    web_json(r, MHD_HTTP_OK, answer);
}

void evidence_answer(request_t *r, const char *fact_id)
{
    int64_t article = 0;
    int e = params_number(&r->params, "article", 1, INT64_MAX, &r->problem, &article);
    if (e < 0) {
        web_failed(r, e);
        return;
    }
    if (web_no_more(r) < 0)
        return;
    json_t *fact = statement_of(r, fact_id, article, &article);
    if (fact)
        answer_of(r, article, fact);
    json_decref(fact);
}

void route_try(request_t *r)
{
    zw_buf_t _cleanup_buf_ json = { 0 };
    if (web_no_more(r) < 0)
        return;
    if (r->body.n == 0) {
        web_error(r, MHD_HTTP_BAD_REQUEST, "body", "is empty");
        return;
    }
    const child_question_t q = { .task = CHILD_TRY, .body = zw_buf_str(&r->body) };
    int e = child_ask(r->web->readers, &q, &json);
    if (e == 0)
        web_bytes(r, MHD_HTTP_OK, "application/json; charset=utf-8", NULL, &json);
    else
        failed(r, e);
}
