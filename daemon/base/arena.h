/* arena: memory that is taken piece by piece and given back all at once.
 *
 * One arena serves one article on its way through the rooms. Everything that text, dedup and extract hand on lives
 * in it, until zw_arena_reset. Blocks are kept over a reset, so a worker stops calling malloc after its first
 * articles. Memory is bounded by `limit_bytes`: past it every allocation fails.
 * Threading: one thread at a time. Ownership: the arena owns all; nothing taken from it is ever freed by hand.
 */
#ifndef ZW_ARENA_H
#define ZW_ARENA_H

#include "zw_str.h"

typedef struct zw_arena zw_arena_t;

/* limit_bytes 0: no limit but memory. Returns NULL without memory. */
zw_arena_t *zw_arena_new(size_t limit_bytes);

/* Takes NULL. */
void zw_arena_free(zw_arena_t *arena);

/* Forgets all that was taken; every pointer into the arena dangles. Keeps at most `keep_bytes` of blocks. */
void zw_arena_reset(zw_arena_t *arena, size_t keep_bytes);

/* `n` bytes, 16-aligned, not initialised; NULL at the limit or without memory. n == 0 gives a valid pointer. */
void *zw_arena_alloc(zw_arena_t *arena, size_t n) __attribute__((alloc_size(2)));

/* `count` times `size` zero bytes; NULL also when the product overflows. */
void *zw_arena_calloc(zw_arena_t *arena, size_t count, size_t size) __attribute__((alloc_size(2, 3)));

/* A copy of an array grown to `new_n` bytes; the old one stays until reset. In place where it was the last taken. */
void *zw_arena_grow(zw_arena_t *arena, void *old, size_t old_n, size_t new_n);

/* A copy of `s`, with a NUL behind it that `n` does not count. `p` is NULL without memory. */
zw_str_t zw_arena_str(zw_arena_t *arena, zw_str_t s);
zw_str_t zw_arena_printf(zw_arena_t *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Bytes taken since the last reset. */
size_t zw_arena_used(const zw_arena_t *arena);

/* For tests of running out of memory: the n-th allocation from now on this thread fails (0: none will). */
void zw_arena_fail_at(unsigned long n);

static inline void zw_arena_freep(zw_arena_t **arena)
{
    zw_arena_free(*arena);
}
#define _cleanup_arena_ __attribute__((cleanup(zw_arena_freep)))

#endif
