/* /api/state, /api/searches. */
#include "daemon_ask.h"
#include "web.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

static json_t *store_state(request_t *r)
{
    size_t facts = columns_read(store_columns(r->web->store)).standing;
    columns_done(store_columns(r->web->store));
    return json_pack("{sI, sI, sI}", "facts", (json_int_t)facts, "articles", (json_int_t)store_articles(r->web->store), "bytes", (json_int_t)store_bytes(r->web->store));
}

/* [{"id", "received", "origin", "reason", "field", "message", "bytes"}]; [] while zhiwend is away, or where it is too old to tell. */
static json_t *quarantine(request_t *r)
{
    zw_buf_t _cleanup_buf_ map = { 0 };
    json_t *out = json_array(), *item;
    char *text = daemon_ask_quarantine(r->web->ask, &map) == 0 ? zw_json(zw_buf_str(&map)) : NULL;
    json_t *answer = text ? json_loads(text, JSON_ALLOW_NUL, NULL) : NULL;
    size_t k;
    json_array_foreach(json_object_get(answer, "messages"), k, item) {
        time_t s = (time_t)(json_integer_value(json_object_get(item, "time")) / 1000000);
        char time[32] = "";
        struct tm tm;
        if (gmtime_r(&s, &tm))
            (void)strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &tm);
        (void)json_array_append_new(out, json_pack("{sO, ss, sO, sO, sO, sO, sO}", "id", json_object_get(item, "number"), "received", time, "origin", json_object_get(item, "origin"),
                                                   "reason", json_object_get(item, "error"), "field", json_object_get(item, "field"), "message", json_object_get(item, "message"), "bytes",
                                                   json_object_get(item, "bytes")));
    }
    json_decref(answer);
    free(text);
    return out;
}

void route_state(request_t *r)
{
    follow_info_t follow;
    if (web_no_more(r) < 0)
        return;
    follow_info(r->web->follow, &follow);
    json_t *daemon = pulse_daemon(r->web->pulse), *status = json_object_get(daemon, "status");
    json_t *newest = json_object_get(json_object_get(status, "seq"), "newest");
    json_int_t behind = json_integer_value(newest) > (json_int_t)follow.position ? json_integer_value(newest) - (json_int_t)follow.position : 0;
    json_t *duplicates = json_incref(json_object_get(status, "duplicates")), *damage = json_incref(json_object_get(status, "repairs"));
    json_t *refused = json_incref(json_object_get(status, "rejected"));
    web_json(r, MHD_HTTP_OK,
             json_pack("{so, s{sI, sI, sI, ss?}, so, so, so, so, so, so}", "daemon", daemon ? daemon : json_null(), "lag", "events", behind, "position",
                       (json_int_t)follow.position, "lost", (json_int_t)follow.lost, "trouble", *follow.trouble ? follow.trouble : NULL, "store", store_state(r), "rates", pulse_rates(r->web->pulse),
                       "duplicates", duplicates ? duplicates : json_object(), "damage", damage ? damage : json_object(), "refused", refused ? refused : json_object(), "quarantine", quarantine(r)));
}

/* ---- saved searches */

static void add(request_t *r)
{
    json_error_t error;
    json_t *given = json_loadb(r->body.p ? r->body.p : "", r->body.n, 0, &error);
    const char *name = json_string_value(json_object_get(given, "name")), *query = json_string_value(json_object_get(given, "query"));
    int64_t id = 0;
    if (!name || !*name || strlen(name) > SEARCHES_NAME_BYTES)
        web_error(r, MHD_HTTP_BAD_REQUEST, "name", "must be a string of 1 to %d bytes", SEARCHES_NAME_BYTES);
    else if (!query || strlen(query) > SEARCHES_QUERY_BYTES)
        web_error(r, MHD_HTTP_BAD_REQUEST, "query", "must be a string of at most %d bytes", SEARCHES_QUERY_BYTES);
    else {
        int e = searches_add(r->web->searches, name, query, &id);
        if (e == -ENOSPC)
            web_error(r, MHD_HTTP_CONFLICT, "", "there are %d saved searches already", SEARCHES_MOST);
        else if (e < 0)
            web_failed(r, e);
        else
            web_json(r, MHD_HTTP_CREATED, json_pack("{sI, ss, ss}", "id", (json_int_t)id, "name", name, "query", query));
    }
    json_decref(given);
}

static void take_away(request_t *r)
{
    char *end;
    long long id = strtoll(r->rest, &end, 10);
    int e = *end || id <= 0 ? 0 : searches_delete(r->web->searches, id);
    if (e == 1)
        web_json(r, MHD_HTTP_OK, json_pack("{sI}", "deleted", (json_int_t)id));
    else
        web_failed(r, e < 0 ? e : -ENOENT);
}

void route_searches(request_t *r)
{
    if (web_no_more(r) < 0)
        return;
    if (strcmp(r->method, MHD_HTTP_METHOD_POST) == 0)
        add(r);
    else if (strcmp(r->method, MHD_HTTP_METHOD_DELETE) == 0)
        take_away(r);
    else
        web_json(r, MHD_HTTP_OK, json_pack("{so}", "searches", searches_list(r->web->searches)));
}
