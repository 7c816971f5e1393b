#include "http.h"

#include "gunzip.h"
#include "zw_error.h"

#include <errno.h>
#include <strings.h>

static zw_str_t trim(zw_str_t s)
{
    while (s.n > 0 && strchr(" \t\r\n\"'", s.p[0]))
        s = zw_str(s.p + 1, s.n - 1);
    while (s.n > 0 && strchr(" \t\r\n\"'", s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Takes the part up to `mark` off the front. */
static zw_str_t cut(zw_str_t *rest, char mark)
{
    const char *at = rest->n > 0 ? memchr(rest->p, mark, rest->n) : NULL;
    size_t n = at ? (size_t)(at - rest->p) : rest->n;
    zw_str_t part = zw_str(rest->p, n);
    if (at)
        n++;
    *rest = n < rest->n ? zw_str(rest->p + n, rest->n - n) : zw_str(NULL, 0);
    return part;
}

bool http_is(zw_str_t type, const char *name)
{
    return type.n == strlen(name) && strncasecmp(type.p, name, type.n) == 0;
}

zw_str_t http_field(zw_str_t lines, const char *name)
{
    while (lines.n > 0) {
        zw_str_t value = cut(&lines, '\n');
        if (value.n > 0 && memchr(value.p, ':', value.n) && http_is(trim(cut(&value, ':')), name))
            return trim(value);
    }
    return zw_str(NULL, 0);
}

zw_str_t http_type(zw_str_t content_type, zw_str_t *ret_charset)
{
    zw_str_t type = trim(cut(&content_type, ';'));
    *ret_charset = zw_str(NULL, 0);
    while (content_type.n > 0) {
        zw_str_t value = cut(&content_type, ';');
        if (http_is(trim(cut(&value, '=')), "charset"))
            *ret_charset = trim(value);
    }
    return type;
}

/* The length of the chunk that begins here; -1: none begins here. */
static long long chunk_size(zw_str_t line)
{
    unsigned long long size = 0;
    zw_str_t digits = trim(cut(&line, ';'));
    if (digits.n == 0 || digits.n > 8)
        return -1;
    for (size_t k = 0; k < digits.n; k++) {
        const char *at = memchr("0123456789abcdef", digits.p[k] | 0x20, 16);
        if (!at)
            return -1;
        size = size << 4 | (unsigned long long)(at - "0123456789abcdef");
    }
    return (long long)size;
}

static int put_together(zw_str_t rest, zw_buf_t *out)
{
    while (rest.n > 0) {
        long long size = chunk_size(cut(&rest, '\n'));
        if (size == 0)
            return 0;
        if (size < 0 || (unsigned long long)size > rest.n)
            return -ZW_E_CORRUPT;
        if (zw_buf_put(out, rest.p, (size_t)size) < 0)
            return -ENOMEM;
        rest = zw_str(rest.p + size, rest.n - (size_t)size);
        (void)cut(&rest, '\n');
    }
    return -ZW_E_CORRUPT; /* without its last chunk */
}

static int unchunk(zw_str_t lines, zw_buf_t *space, zw_str_t *body)
{
    zw_str_t rest = *body;
    if (!http_is(http_field(lines, "Transfer-Encoding"), "chunked") || chunk_size(cut(&rest, '\n')) < 0)
        return 0;
    int r = put_together(*body, space);
    if (r == 0)
        *body = zw_buf_str(space);
    return r;
}

static int unpack(zw_str_t lines, size_t most, zw_buf_t *space, zw_str_t *body, zw_str_t *ret_why)
{
    zw_str_t coding = http_field(lines, "Content-Encoding");
    bool gzip = http_is(coding, "gzip") || http_is(coding, "x-gzip"), deflate = http_is(coding, "deflate");
    if (coding.n == 0 || http_is(coding, "identity") || (gzip && !gunzip_is(*body)) || memchr(body->p, '<', body->n < 64 ? body->n : 64))
        return 0;
    if (!gzip && !deflate) {
        *ret_why = coding;
        return -ZW_E_VERSION;
    }
    int r = gunzip_all(*body, most, space);
    if (r == 0)
        *body = zw_buf_str(space);
    return r;
}

int http_read(zw_str_t message, size_t most, zw_buf_t space[2], http_t *ret, zw_str_t *ret_why)
{
    if (!zw_str_starts(message, ZW_STR_LIT("HTTP/")))
        return -ZW_E_VALUE;
    const char *end = memmem(message.p, message.n, "\r\n\r\n", 4), *lean = memmem(message.p, message.n, "\n\n", 2);
    bool is_lean = lean && (!end || lean < end);
    size_t head = is_lean ? (size_t)(lean - message.p) + 2 : end ? (size_t)(end - message.p) + 4 : message.n;
    zw_str_t lines = zw_str(message.p, head), body = zw_str(message.p + head, message.n - head);
    zw_str_t first = cut(&lines, '\n');
    http_t http = { 0 };
    (void)cut(&first, ' ');
    for (size_t k = 0; k < first.n && k < 3 && first.p[k] >= '0' && first.p[k] <= '9'; k++)
        http.status = http.status * 10 + (first.p[k] - '0');
    http.type = http_type(http_field(lines, "Content-Type"), &http.charset);
    zw_buf_clear(&space[0]);
    zw_buf_clear(&space[1]);
    int r = unchunk(lines, &space[0], &body);
    if (r == 0 && body.n > 0)
        r = unpack(lines, most, &space[1], &body, ret_why);
    if (r < 0)
        return r;
    http.body = body;
    *ret = http;
    return 0;
}
