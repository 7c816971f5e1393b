/* web: what the routes of zhiwen-web share: the rooms that they ask, and the request that they answer.
 *
 * Threading. A request is one thread's (a thread a connection); the rooms say for themselves who may call.
 * Answers. A route gives exactly one by web_json, web_error or web_bytes; without any it is a 500.
 */
#ifndef WEB_H
#define WEB_H

#include "filter.h"
#include "follow.h"
#include "pulse.h"
#include "searches.h"

#include <microhttpd.h>

enum { QUERY_MS = 2000, ANSWER_MS = 3000, BODY_MOST = 1 << 20 };

typedef struct web_access {
    const char *const *hosts; /* names under which we may be asked, besides those of this machine */
    size_t host_count;
    char *token;              /* NULL: none is needed */
} web_access_t;

struct daemon_ask;
struct child_pool;

typedef struct web {
    store_t *store;
    live_t *live;
    follow_t *follow;
    pulse_t *pulse;
    searches_t *searches;
    const places_t *places;
    zw_text_tables_t *tables;
    struct daemon_ask *ask;
    struct child_pool *readers; /* of articles */
    const char *page;     /* the folder of the built page */
    web_access_t access;
} web_t;

typedef struct request {
    web_t *web;
    struct MHD_Connection *connection;
    const char *method, *path;
    const char *rest;     /* of the path, behind the route's own */
    params_t params;
    zw_buf_t body;
    bool body_too_large;
    struct MHD_Response *response;
    unsigned status;
    problem_t problem;
} request_t;

/* Answers. Each takes what it is given; the first one counts. */
void web_json(request_t *r, unsigned status, json_t *json); /* NULL: no memory */
void web_error(request_t *r, unsigned status, const char *field, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Takes what is in the buffer. `name`: as a file to be saved under that name; or NULL. */
void web_bytes(request_t *r, unsigned status, const char *type, const char *name, zw_buf_t *bytes);
/* The error of a code: -EINVAL is r->problem (400), -ETIME a 503, -ENOENT a 404 … */
void web_failed(request_t *r, int code);
/* Takes any response that is to go out with our headers. */
void web_response(request_t *r, unsigned status, const char *type, struct MHD_Response *response);

/* The filter of the request; further parameters must have been taken before. 0; negative: answered. */
int web_filter(request_t *r, filter_t *ret);
/* No parameters but those taken. 0; negative: answered. */
int web_no_more(request_t *r);
/* A connection for a question. NULL: answered. */
reader_t *web_reader(request_t *r);
/* Prepares, or answers. */
sqlite3_stmt *web_prepare(request_t *r, reader_t *reader, const char *sql);

/* ---- the routes, each in a file of its room */
void route_facts(request_t *r);     /* /api/facts, /api/facts/ID, /api/facts/ID/evidence */
void route_article(request_t *r);   /* /api/articles/ID, …/cluster */
void route_facets(request_t *r);
void route_regions(request_t *r);
void route_map(request_t *r);
void route_timeline(request_t *r);
void route_indicators(request_t *r);
void route_series(request_t *r);
void route_state(request_t *r);
void route_try(request_t *r);
void route_searches(request_t *r);
void route_live(request_t *r);
void route_csv(request_t *r);
void route_atom(request_t *r);
void route_page(request_t *r);

#endif
