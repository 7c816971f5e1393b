#include "zw_buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int zw_buf_reserve(zw_buf_t *b, size_t extra)
{
    if (b->failed || extra > SIZE_MAX / 2 - b->n) {
        b->failed = true;
        return -ENOMEM;
    }
    size_t need = b->n + extra;
    if (need <= b->cap)
        return 0;
    size_t cap = b->cap ? b->cap : 256;
    while (cap < need)
        cap *= 2;
    char *p = realloc(b->p, cap);
    if (!p) {
        b->failed = true;
        return -ENOMEM;
    }
    b->p = p;
    b->cap = cap;
    return 0;
}

int zw_buf_put(zw_buf_t *b, const void *bytes, size_t n)
{
    if (zw_buf_reserve(b, n) < 0)
        return -ENOMEM;
    if (n)
        memcpy(b->p + b->n, bytes, n);
    b->n += n;
    return 0;
}

int zw_buf_puts(zw_buf_t *b, zw_str_t s)
{
    return zw_buf_put(b, s.p, s.n);
}

int zw_buf_putc(zw_buf_t *b, char c)
{
    return zw_buf_put(b, &c, 1);
}

int zw_buf_printf(zw_buf_t *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || zw_buf_reserve(b, (size_t)n + 1) < 0)
        return -ENOMEM;
    va_start(args, format);
    (void)vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
    va_end(args);
    b->n += (size_t)n;
    return 0;
}

void zw_buf_clear(zw_buf_t *b)
{
    b->n = 0;
    b->failed = false;
}

void zw_buf_done(zw_buf_t *b)
{
    if (!b)
        return;
    free(b->p);
    *b = (zw_buf_t){ 0 };
}
