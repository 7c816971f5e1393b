#include "metrics.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECTIONS = 16, IDLE_S = 10, ROUND_MS = 500 };

typedef struct {
    zw_query_t *query;
    int timeout_ms;
} server_t;

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, const char *type, const char *text, size_t n)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(n, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    enum MHD_Result r = MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (r == MHD_YES && status == MHD_HTTP_METHOD_NOT_ALLOWED)
        r = MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    if (r == MHD_YES)
        r = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return r;
}

static enum MHD_Result plain(struct MHD_Connection *connection, unsigned status, const char *text)
{
    return answer(connection, status, "text/plain; charset=utf-8", text, strlen(text));
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                                  const char *upload, size_t *upload_n, void **state)
{
    server_t *server = ctx;
    (void)version, (void)upload;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
        *upload_n = 0;
        return plain(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET\n");
    }
    if (!*state) { /* the headers are there; the library calls again */
        *state = server;
        return MHD_YES;
    }
    if (strcmp(url, "/metrics") != 0)
        return plain(connection, MHD_HTTP_NOT_FOUND, "see /metrics\n");
    _cleanup_buf_ zw_buf_t out = { 0 };
    (void)cli_metrics_ask(server->query, server->timeout_ms, &out); /* without an answer: zhiwen_up 0 */
    if (out.failed)
        return plain(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "out of memory\n");
    return answer(connection, MHD_HTTP_OK, "application/openmetrics-text; version=1.0.0; charset=utf-8", out.p, out.n);
}

/* HOST:PORT to an address of this machine alone. */
static struct addrinfo *resolve(const cli_t *cli, const char *address)
{
    char host[64];
    const char *colon = strrchr(address, ':');
    size_t n = colon ? (size_t)(colon - address) : 0;
    if (n > 2 && address[0] == '[' && address[n - 1] == ']') {
        address++;
        n -= 2;
    }
    if (n == 0 || n >= sizeof host || !colon[1]) {
        (void)cli_usage(cli, "--listen wants HOST:PORT, not \"%s\"", address);
        return NULL;
    }
    memcpy(host, address, n);
    host[n] = '\0';
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found = NULL;
    int e = getaddrinfo(host, colon + 1, &hints, &found);
    if (e) {
        (void)cli_usage(cli, "--listen %s: %s", address, gai_strerror(e));
        return NULL;
    }
    const struct sockaddr_in *v4 = (const void *)found->ai_addr;
    const struct sockaddr_in6 *v6 = (const void *)found->ai_addr;
    bool loopback = found->ai_family == AF_INET ? ntohl(v4->sin_addr.s_addr) >> 24 == 127
                                                : found->ai_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
    if (loopback)
        return found;
    (void)cli_usage(cli, "--listen %s: anyone on the network could read it; use 127.0.0.1, and a proxy where others shall see it", address);
    freeaddrinfo(found);
    return NULL;
}

int cli_metrics_serve(cli_t *cli, zw_query_t *query, const char *address)
{
    server_t server = { .query = query, .timeout_ms = (int)(cli->timeout_s * 1000) };
    struct addrinfo *at = resolve(cli, address);
    if (!at)
        return CLI_USAGE;
    unsigned flags = MHD_USE_ERROR_LOG | (at->ai_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    struct MHD_Daemon *daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, &server, MHD_OPTION_SOCK_ADDR, at->ai_addr,
                                                 MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
                                                 (unsigned)IDLE_S, MHD_OPTION_END);
    freeaddrinfo(at);
    if (!daemon) {
        cli_error(cli, "cannot listen at %s", address);
        return CLI_TROUBLE;
    }
    cli_catch_signals();
    while (!cli_stop)
        if (MHD_run_wait(daemon, ROUND_MS) != MHD_YES)
            break;
    MHD_stop_daemon(daemon);
    return cli_stop ? CLI_OK : CLI_TROUBLE;
}
