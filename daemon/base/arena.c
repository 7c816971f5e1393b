#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BLOCK = 64 * 1024, ALIGN = 16 };

typedef struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGN) char data[];
} block_t;

struct zw_arena {
    block_t *first, *current;
    size_t limit, used;
    char *last; /* the newest allocation, which can grow in place */
};

static _Thread_local unsigned long fail_at;

void zw_arena_fail_at(unsigned long n)
{
    fail_at = n;
}

zw_arena_t *zw_arena_new(size_t limit_bytes)
{
    zw_arena_t *a = calloc(1, sizeof(*a));
    if (a)
        a->limit = limit_bytes ? limit_bytes : SIZE_MAX / 2;
    return a;
}

void zw_arena_free(zw_arena_t *a)
{
    if (!a)
        return;
    for (block_t *b = a->first, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

void zw_arena_reset(zw_arena_t *a, size_t keep_bytes)
{
    size_t kept = 0;
    for (block_t **at = &a->first; *at;) {
        block_t *b = *at;
        if (kept + b->size > keep_bytes) {
            *at = b->next;
            free(b);
        } else {
            kept += b->size;
            b->used = 0;
            at = &b->next;
        }
    }
    a->current = a->first;
    a->used = 0;
    a->last = NULL;
}

static block_t *block_with_room(zw_arena_t *a, size_t n)
{
    block_t *b = a->current;
    for (; b; b = b->next) {
        if (b->size - b->used >= n) {
            a->current = b;
            return b;
        }
        if (!b->next)
            break;
    }
    size_t size = b ? b->size * 2 : FIRST_BLOCK;
    if (size > 8u << 20)
        size = 8u << 20;
    if (size < n)
        size = n;
    block_t *fresh = malloc(sizeof(*fresh) + size);
    if (!fresh)
        return NULL;
    *fresh = (block_t){ .size = size };
    if (b)
        b->next = fresh;
    else
        a->first = fresh;
    return a->current = fresh;
}

void *zw_arena_alloc(zw_arena_t *a, size_t n)
{
    if (fail_at && --fail_at == 0)
        return NULL;
    if (n > a->limit)
        return NULL;
    size_t rounded = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (rounded == 0)
        rounded = ALIGN;
    if (a->used + rounded > a->limit)
        return NULL;
    block_t *b = block_with_room(a, rounded);
    if (!b)
        return NULL;
    a->last = b->data + b->used;
    b->used += rounded;
    a->used += rounded;
    return a->last;
}

void *zw_arena_calloc(zw_arena_t *a, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n))
        return NULL;
    void *p = zw_arena_alloc(a, n);
    return p ? memset(p, 0, n) : NULL;
}

void *zw_arena_grow(zw_arena_t *a, void *old, size_t old_n, size_t new_n)
{
    if (old && old == a->last && new_n >= old_n) {
        block_t *b = a->current;
        size_t had = (size_t)(b->data + b->used - a->last);
        size_t rounded = (new_n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
        if (rounded <= had)
            return old;
        if (b->size - b->used >= rounded - had && a->used + rounded - had <= a->limit) {
            b->used += rounded - had;
            a->used += rounded - had;
            return old;
        }
    }
    void *p = zw_arena_alloc(a, new_n);
    if (p && old_n)
        memcpy(p, old, old_n < new_n ? old_n : new_n);
    return p;
}

zw_str_t zw_arena_str(zw_arena_t *a, zw_str_t s)
{
    char *p = zw_arena_alloc(a, s.n + 1);
    if (!p)
        return (zw_str_t){ 0 };
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return (zw_str_t){ p, s.n };
}

zw_str_t zw_arena_printf(zw_arena_t *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = n < 0 ? NULL : zw_arena_alloc(a, (size_t)n + 1);
    if (!p)
        return (zw_str_t){ 0 };
    va_start(args, format);
    (void)vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return (zw_str_t){ p, (size_t)n };
}

size_t zw_arena_used(const zw_arena_t *a)
{
    return a->used;
}
