/* /api/live: events as they happen (server-sent events). The connection's own thread waits in the callback that libmicrohttpd asks for more. */
#include "web.h"

#include <errno.h>
#include <stdlib.h>

enum { PING_MS = 10000, BLOCK_BYTES = 8192 };

typedef struct page {
    live_t *live;
    columns_t *columns;
    filter_t filter;
    uint64_t number; /* of the last event looked at */
    zw_buf_t out;    /* not sent yet: from `sent` on */
    size_t sent;
} page_t;

static bool wants(page_t *p, const live_event_t *e)
{
    bool about_facts = strcmp(e->event, "fact") == 0 || strcmp(e->event, "support") == 0;
    return !about_facts || filter_wants(&p->filter, p->columns, &e->row, zw_str(e->plain, e->plain_n), e->article);
}

/* The next event goes into `out`. False: the page is to be sent home. */
static bool next(page_t *p)
{
    live_event_t *e;
    zw_buf_clear(&p->out);
    p->sent = 0;
    int r = live_next(p->live, p->number, PING_MS, &e);
    if (r == 0)
        (void)zw_buf_printf(&p->out, "event: ping\ndata: {}\n\n");
    if (r != 1)
        return r == 0;
    p->number = e->number;
    if (wants(p, e)) {
        if (e->seq)
            (void)zw_buf_printf(&p->out, "id: %llu\n", (unsigned long long)e->seq);
        (void)zw_buf_printf(&p->out, "event: %s\ndata: ", e->event);
        (void)zw_buf_puts(&p->out, zw_strz(e->json)); /* one line: JSON has no line break in it */
        (void)zw_buf_puts(&p->out, ZW_STR_LIT("\n\n"));
    }
    live_done(p->live, e);
    return !p->out.failed;
}

static ssize_t on_more(void *ctx, uint64_t position, char *out, size_t max)
{
    page_t *p = ctx;
    (void)position;
    while (p->sent == p->out.n)
        if (!next(p))
            return MHD_CONTENT_READER_END_OF_STREAM;
    size_t n = p->out.n - p->sent < max ? p->out.n - p->sent : max;
    memcpy(out, p->out.p + p->sent, n);
    p->sent += n;
    return (ssize_t)n;
}

static void page_free(void *ctx)
{
    page_t *p = ctx;
    live_close(p->live);
    filter_done(&p->filter);
    zw_buf_done(&p->out);
    free(p);
}

static void greet(page_t *p, web_t *web, bool all_there)
{
    json_t *daemon = pulse_daemon(web->pulse);
    (void)json_object_del(daemon, "status");
    (void)zw_buf_printf(&p->out, "retry: 2000\n");
    if (!all_there)
        (void)zw_buf_printf(&p->out, "event: reset\ndata: {}\n\n");
    char *text = daemon ? json_dumps(daemon, JSON_COMPACT) : NULL;
    if (text)
        (void)zw_buf_printf(&p->out, "event: state\ndata: %s\n\n", text);
    free(text);
    json_decref(daemon);
}

void route_live(request_t *r)
{
    const char *last = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Last-Event-ID");
    int64_t after = 0;
    filter_t filter = { 0 };
    int e = params_number(&r->params, "after", 1, INT64_MAX, &r->problem, &after);
    page_t *p = e == 0 ? calloc(1, sizeof *p) : NULL;
    if (e < 0)
        web_failed(r, e);
    if (!p || web_filter(r, &filter) < 0) {
        filter_done(&filter);
        free(p);
        return;
    }
    *p = (page_t){ .live = r->web->live, .columns = store_columns(r->web->store), .filter = filter };
    int opened = live_open(p->live, last ? strtoull(last, NULL, 10) : (uint64_t)after, &p->number);
    if (opened < 0) {
        web_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "", "too many pages are open");
        filter_done(&p->filter);
        free(p);
        return;
    }
    greet(p, r->web, opened == 1);
    struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, on_more, p, page_free);
    if (!response)
        page_free(p);
    else
        (void)MHD_add_response_header(response, "X-Accel-Buffering", "no");
    web_response(r, MHD_HTTP_OK, "text/event-stream; charset=utf-8", response);
}
