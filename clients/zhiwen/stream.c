#include "stream.h"

#include "zw_error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };

stream_t stream_of(stream_source_t source, void *ctx)
{
    return (stream_t){ .source = source, .ctx = ctx };
}

void stream_done(stream_t *s)
{
    free(s->p);
    *s = (stream_t){ 0 };
}

void stream_renew(stream_t *s)
{
    s->from = s->to = 0;
    s->ended = false;
    s->code = 0;
}

int stream_fail(stream_t *s, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(s->error, sizeof s->error, format, args);
    va_end(args);
    return code;
}

static ssize_t read_file(stream_t *s, char *space, size_t size)
{
    stream_file_t *file = s->ctx;
    ssize_t n;
    do
        n = read(file->fd, space, size);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return stream_fail(s, -errno, "cannot be read: %s", strerror(errno));
    if (file->bytes_done)
        *file->bytes_done += (uint64_t)n;
    return n;
}

stream_t stream_of_file(stream_file_t *file)
{
    return stream_of(read_file, file);
}

/* Room for a chunk behind `to`. */
static int make_room(stream_t *s)
{
    if (s->cap - s->to >= CHUNK)
        return 0;
    if (s->from > 0 && s->from >= s->to - s->from) {
        memmove(s->p, s->p + s->from, s->to - s->from);
        s->to -= s->from;
        s->from = 0;
    }
    if (s->cap - s->to >= CHUNK)
        return 0;
    size_t cap = s->cap < CHUNK ? 2 * CHUNK : 2 * s->cap;
    char *p = realloc(s->p, cap);
    if (!p)
        return -ENOMEM;
    s->p = p;
    s->cap = cap;
    return 0;
}

int stream_peek(stream_t *s, size_t want, zw_str_t *ret)
{
    while (s->to - s->from < want && !s->ended) {
        ssize_t n = make_room(s);
        if (n == 0)
            n = s->source(s, s->p + s->to, s->cap - s->to);
        if (n > 0)
            s->to += (size_t)n;
        s->ended = n <= 0;
        s->code = n < 0 ? (int)n : 0;
    }
    if (s->to == s->from && s->code < 0)
        return s->code;
    size_t there = s->to - s->from;
    *ret = zw_str(s->p ? s->p + s->from : "", there < want ? there : want);
    return 0;
}

void stream_skip(stream_t *s, size_t n)
{
    s->from += n;
    s->offset += n;
    if (s->from == s->to)
        s->from = s->to = 0;
}

int stream_put_back(stream_t *s, zw_str_t bytes)
{
    size_t left = s->to - s->from;
    if (s->cap < bytes.n + left) {
        char *p = realloc(s->p, bytes.n + left);
        if (!p)
            return -ENOMEM;
        s->p = p;
        s->cap = bytes.n + left;
    }
    if (left > 0)
        memmove(s->p + bytes.n, s->p + s->from, left);
    if (bytes.n > 0)
        memcpy(s->p, bytes.p, bytes.n);
    s->from = 0;
    s->to = bytes.n + left;
    s->offset -= bytes.n;
    return 0;
}

static int cut_short(stream_t *s)
{
    return s->code < 0 ? s->code : stream_fail(s, -ZW_E_CORRUPT, "ends too soon");
}

int stream_take(stream_t *s, size_t n, zw_buf_t *out)
{
    zw_str_t bytes;
    while (n > 0) {
        int r = stream_peek(s, n < CHUNK ? n : CHUNK, &bytes);
        if (r < 0)
            return r;
        if (bytes.n == 0)
            return cut_short(s);
        if (zw_buf_puts(out, bytes) < 0)
            return -ENOMEM;
        stream_skip(s, bytes.n);
        n -= bytes.n;
    }
    return 0;
}

int stream_rest(stream_t *s, size_t most, zw_buf_t *out)
{
    zw_str_t bytes;
    for (;;) {
        int r = stream_peek(s, CHUNK, &bytes);
        if (r < 0)
            return r;
        if (bytes.n == 0)
            return 0;
        if (bytes.n > most)
            return -ZW_E_TOO_LARGE;
        if (zw_buf_puts(out, bytes) < 0)
            return -ENOMEM;
        stream_skip(s, bytes.n);
        most -= bytes.n;
    }
}

int stream_line(stream_t *s, size_t most, zw_buf_t *out)
{
    zw_str_t bytes;
    bool any = false, too_long = false;
    zw_buf_clear(out);
    for (;;) {
        int r = stream_peek(s, CHUNK, &bytes);
        if (r < 0)
            return r;
        if (bytes.n == 0)
            break;
        const char *end = memchr(bytes.p, '\n', bytes.n);
        size_t n = end ? (size_t)(end - bytes.p) : bytes.n;
        too_long = too_long || n > most - out->n;
        if (!too_long && zw_buf_put(out, bytes.p, n) < 0)
            return -ENOMEM;
        any = true;
        stream_skip(s, n + (end != NULL));
        if (end)
            break;
    }
    return too_long ? -ZW_E_TOO_LARGE : any;
}
