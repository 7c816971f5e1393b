#include "http.h"

#include "access.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

enum { STACK_BYTES = 1 << 20, IDLE_S = 120, MEMORY_BYTES = 64 << 10, PER_ADDRESS = 48 };

struct http {
    struct MHD_Daemon *daemon;
    web_t *web;
};

/* ---- answers */

/* What every answer says: nothing but what this server sends is to be run, loaded, framed or guessed at. */
static void put_headers(struct MHD_Response *response)
{
    static const char *const HEADERS[][2] = {
        { "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
                                     "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'" },
        { "X-Content-Type-Options", "nosniff" },
        { "X-Frame-Options", "DENY" },
        { "Referrer-Policy", "no-referrer" },
        { "Cross-Origin-Opener-Policy", "same-origin" },
        { "Cross-Origin-Resource-Policy", "same-origin" },
        { "Permissions-Policy", "camera=(), geolocation=(), microphone=()" },
    };
    for (size_t k = 0; k < sizeof HEADERS / sizeof *HEADERS; k++)
        (void)MHD_add_response_header(response, HEADERS[k][0], HEADERS[k][1]);
}

void web_response(request_t *r, unsigned status, const char *type, struct MHD_Response *response)
{
    if (!response || r->response) {
        if (response)
            MHD_destroy_response(response);
        return;
    }
    put_headers(response);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (!MHD_get_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL))
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    r->response = response;
    r->status = status;
}

void web_json(request_t *r, unsigned status, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (text)
        web_response(r, status, "application/json; charset=utf-8", MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE));
}

void web_error(request_t *r, unsigned status, const char *field, const char *format, ...)
{
    char message[300];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    json_t *said = json_string(message), *what = json_string(field); /* NULL where it is not UTF-8 */
    web_json(r, status, json_pack("{s{so, so}}", "error", "field", what ? what : json_string("?"), "message", said ? said : json_string("?")));
}

void web_bytes(request_t *r, unsigned status, const char *type, const char *name, zw_buf_t *bytes)
{
    char disposition[200];
    if (bytes->failed || zw_buf_putc(bytes, '\0') < 0) {
        zw_buf_done(bytes);
        return;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(bytes->n - 1, bytes->p, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        zw_buf_done(bytes);
        return;
    }
    *bytes = (zw_buf_t){ 0 };
    if (name) {
        (void)snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"", name);
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, disposition);
    }
    web_response(r, status, type, response);
}

void web_failed(request_t *r, int code)
{
    if (code == -EINVAL && r->problem.field[0])
        web_error(r, MHD_HTTP_BAD_REQUEST, r->problem.field, "%s", r->problem.message);
    else if (code == -ETIME)
        web_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "q", "this would take too long: narrow it down");
    else if (code == -ENOENT || code == -ZW_E_NOT_FOUND)
        web_error(r, MHD_HTTP_NOT_FOUND, "", "there is none such");
    else if (code == -EBUSY)
        web_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "", "too much at a time: try again");
    else if (code == -ETIMEDOUT)
        web_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "daemon", "zhiwend does not answer");
    else
        web_error(r, MHD_HTTP_INTERNAL_SERVER_ERROR, "", "%s", code == -EIO ? "the store of facts cannot be read" : zw_error_text(code));
}

int web_no_more(request_t *r)
{
    int e = params_rest(&r->params, &r->problem);
    if (e < 0)
        web_failed(r, e);
    return e;
}

int web_filter(request_t *r, filter_t *ret)
{
    int e = filter_parse(&r->params, r->web->tables, &r->problem, ret);
    if (e == 0)
        return web_no_more(r);
    web_failed(r, e);
    return e;
}

reader_t *web_reader(request_t *r)
{
    reader_t *reader = store_reader(r->web->store, QUERY_MS);
    if (!reader)
        web_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "", "too many questions at a time");
    return reader;
}

sqlite3_stmt *web_prepare(request_t *r, reader_t *reader, const char *sql)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(reader_sql(reader), sql, -1, &s, NULL) != SQLITE_OK)
        web_failed(r, -EIO);
    return s;
}

/* ---- routes */

typedef enum { M_GET = 1, M_POST = 2, M_DELETE = 4 } method_t;

static const struct {
    const char *path; /* ends in '/': and everything below */
    unsigned methods;
    void (*route)(request_t *r);
} ROUTES[] = {
    { "/api/facts", M_GET, route_facts },           { "/api/facts/", M_GET, route_facts },
    { "/api/articles/", M_GET, route_article },     { "/api/facets", M_GET, route_facets },
    { "/api/regions", M_GET, route_regions },       { "/api/map", M_GET, route_map },
    { "/api/timeline", M_GET, route_timeline },     { "/api/indicators", M_GET, route_indicators },
    { "/api/series", M_GET, route_series },         { "/api/state", M_GET, route_state },
    { "/api/try", M_POST, route_try },              { "/api/searches", M_GET | M_POST, route_searches },
    { "/api/searches/", M_DELETE, route_searches }, { "/api/live", M_GET, route_live },
    { "/facts.csv", M_GET, route_csv },             { "/feed.atom", M_GET, route_atom },
};

static unsigned method_of(const char *method)
{
    return strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0 ? M_GET :
           strcmp(method, MHD_HTTP_METHOD_POST) == 0                                             ? M_POST :
           strcmp(method, MHD_HTTP_METHOD_DELETE) == 0                                           ? M_DELETE : 0;
}

static void dispatch(request_t *r)
{
    unsigned method = method_of(r->method);
    for (size_t k = 0; k < sizeof ROUTES / sizeof *ROUTES; k++) {
        size_t n = strlen(ROUTES[k].path);
        if (ROUTES[k].path[n - 1] == '/' ? strncmp(r->path, ROUTES[k].path, n) != 0 || !r->path[n] : strcmp(r->path, ROUTES[k].path) != 0)
            continue;
        r->rest = r->path + n;
        if (ROUTES[k].methods & method)
            ROUTES[k].route(r);
        else
            web_error(r, MHD_HTTP_METHOD_NOT_ALLOWED, "", "not with %s", r->method);
        return;
    }
    if (strncmp(r->path, "/api/", 5) == 0 || strcmp(r->path, "/api") == 0)
        web_error(r, MHD_HTTP_NOT_FOUND, "", "there is no such address");
    else if (method == M_GET)
        route_page(r);
    else
        web_error(r, MHD_HTTP_METHOD_NOT_ALLOWED, "", "not with %s", r->method);
}

static void answer(request_t *r)
{
    if (!access_check(r))
        return;
    if (r->body_too_large)
        web_error(r, MHD_HTTP_CONTENT_TOO_LARGE, "body", "is over %d bytes", BODY_MOST);
    else
        dispatch(r);
    if (!r->response)
        web_error(r, MHD_HTTP_INTERNAL_SERVER_ERROR, "", "no memory");
}

/* ---- libmicrohttpd */

static enum MHD_Result on_param(void *ctx, enum MHD_ValueKind kind, const char *key, const char *value)
{
    request_t *r = ctx;
    (void)kind;
    if (params_add(&r->params, key, value) == 0)
        return MHD_YES;
    (void)problem_set(&r->problem, "", "too many parameters, or too long");
    return MHD_NO;
}

static request_t *begin(web_t *web, struct MHD_Connection *connection, const char *url, const char *method)
{
    request_t *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    *r = (request_t){ .web = web, .connection = connection, .method = method, .path = url };
    (void)MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, on_param, r);
    return r;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                                  const char *upload, size_t *upload_n, void **state)
{
    http_t *http = ctx;
    request_t *r = *state;
    (void)version;
    if (!r) { /* the headers are there; the library calls again */
        *state = begin(http->web, connection, url, method);
        return *state ? MHD_YES : MHD_NO;
    }
    if (*upload_n > 0) {
        if (r->body.n + *upload_n > BODY_MOST)
            r->body_too_large = true;
        else
            (void)zw_buf_put(&r->body, upload, *upload_n);
        *upload_n = 0;
        return MHD_YES;
    }
    r->path = url;
    r->method = method;
    if (r->problem.message[0])
        web_failed(r, (snprintf(r->problem.field, sizeof r->problem.field, "query"), -EINVAL));
    else
        answer(r);
    return r->response ? MHD_queue_response(connection, r->status, r->response) : MHD_NO;
}

static void on_end(void *ctx, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
    request_t *r = *state;
    (void)ctx, (void)connection, (void)code;
    if (!r)
        return;
    if (r->response)
        MHD_destroy_response(r->response);
    params_done(&r->params);
    zw_buf_done(&r->body);
    free(r);
    *state = NULL;
}

static void on_log(void *ctx, const char *format, va_list args)
{
    (void)ctx, (void)format, (void)args; /* what peers do wrong is no news of ours */
}

int http_start(web_t *web, int socket, http_t **ret)
{
    http_t *http = calloc(1, sizeof *http);
    if (!http)
        return -ENOMEM;
    http->web = web;
    http->daemon = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, http,
                                    MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)socket, MHD_OPTION_CONNECTION_LIMIT,
                                    (unsigned)CONNECTIONS_MOST, MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)PER_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
                                    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_BYTES, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES,
                                    MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
    if (!http->daemon) {
        free(http);
        return -EIO;
    }
    *ret = http;
    return 0;
}

void http_stop(http_t *http)
{
    if (!http)
        return;
    MHD_stop_daemon(http->daemon);
    free(http);
}
