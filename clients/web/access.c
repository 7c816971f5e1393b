#include "access.h"

#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

enum { TOKEN_LEAST = 16, TOKEN_MOST = 256 };
static const char COOKIE[] = "zhiwen_token";

/* ---- host */

/* The name of "name:port", "[::1]:port". */
static zw_str_t host_name(const char *header)
{
    const char *end = header[0] == '[' ? strchr(header, ']') : NULL;
    if (end)
        return zw_str(header, (size_t)(end + 1 - header));
    return zw_str(header, strcspn(header, ":"));
}

static bool is_name(zw_str_t name, const char *wanted)
{
    return name.n == strlen(wanted) && strncasecmp(name.p, wanted, name.n) == 0;
}

static bool host_is_ours(const request_t *r)
{
    static const char *const OURS[] = { "localhost", "127.0.0.1", "[::1]" };
    const char *header = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
    zw_str_t name = host_name(header ? header : "");
    for (size_t k = 0; k < sizeof OURS / sizeof *OURS; k++)
        if (is_name(name, OURS[k]))
            return true;
    for (size_t k = 0; k < r->web->access.host_count; k++)
        if (is_name(name, r->web->access.hosts[k]))
            return true;
    return false;
}

/* ---- token */

int access_token(const char *path, char **ret)
{
    zw_buf_t _cleanup_buf_ file = { 0 };
    int r = zw_file_read(path, 4096, &file);
    if (r < 0)
        return r;
    size_t n = 0;
    while (n < file.n && file.p[n] > ' ' && file.p[n] < 127)
        n++;
    if (n < TOKEN_LEAST || n > TOKEN_MOST || memchr(file.p, ';', n) || memchr(file.p, ',', n) || memchr(file.p, '"', n))
        return -EINVAL;
    *ret = strndup(file.p, n);
    return *ret ? 0 : -ENOMEM;
}

/* How long it takes tells nothing of how much of it is right. */
static bool is_token(const char *token, const char *given)
{
    size_t n = strlen(token), m = given ? strlen(given) : 0;
    unsigned char differ = n != m;
    for (size_t k = 0; k < m; k++)
        differ |= (unsigned char)(given[k] ^ token[k % n]);
    return !differ;
}

static bool token_is_there(request_t *r, const char **ret_once)
{
    static const char BEARER[] = "Bearer ";
    const char *token = r->web->access.token;
    const char *bearer = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
    const char *cookie = MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, COOKIE);
    problem_t ignored;
    (void)params_one(&r->params, "token", &ignored, ret_once);
    if (bearer && strncasecmp(bearer, BEARER, sizeof BEARER - 1) == 0)
        return is_token(token, bearer + sizeof BEARER - 1);
    return is_token(token, *ret_once) || is_token(token, cookie);
}

/* The page was opened with ?token=: from now on the cookie has it, and the address has it no more. */
static void take_token(request_t *r)
{
    char cookie[TOKEN_MOST + 100];
    struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return;
    (void)snprintf(cookie, sizeof cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000", COOKIE, r->web->access.token);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, "/");
    web_response(r, MHD_HTTP_SEE_OTHER, "text/plain; charset=utf-8", response);
}

static bool check_token(request_t *r)
{
    const char *once = NULL;
    if (!r->web->access.token)
        return true;
    if (!token_is_there(r, &once)) {
        web_error(r, MHD_HTTP_UNAUTHORIZED, "token", "is missing or wrong: open /?token=…");
        if (r->response)
            (void)MHD_add_response_header(r->response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
        return false;
    }
    if (once && strcmp(r->path, "/") == 0) {
        take_token(r);
        return false;
    }
    return true;
}

/* ---- */

bool access_check(request_t *r)
{
    if (!host_is_ours(r)) {
        web_error(r, MHD_HTTP_MISDIRECTED_REQUEST, "Host", "is no name of this server (zhiwen-web --host NAME allows one)");
        return false;
    }
    if (!check_token(r))
        return false;
    if (strcmp(r->method, MHD_HTTP_METHOD_GET) != 0 && strcmp(r->method, MHD_HTTP_METHOD_HEAD) != 0 &&
        !MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "X-Zhiwen")) {
        web_error(r, MHD_HTTP_FORBIDDEN, "X-Zhiwen", "this header is missing: such requests are for our own page");
        return false;
    }
    return true;
}
