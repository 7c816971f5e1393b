/* zw_str: a borrowed run of bytes.
 *
 * Nobody owns memory through a zw_str_t: it points into a message, an arena or a constant, and lives as long as
 * that does. Not NUL-terminated. Empty (n == 0) is how an absent string is written everywhere in zhiwen.
 * Thread-safe: pure functions.
 */
#ifndef ZW_STR_H
#define ZW_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct zw_str {
    const char *p;
    size_t n; /* bytes */
} zw_str_t;

/* For printf("%.*s"): ZW_STR_ARGS(s) gives the two arguments. */
#define ZW_STR_ARGS(s) (int)(s).n, (s).p
#define ZW_STR_LIT(literal) ((zw_str_t){ (literal), sizeof(literal) - 1 })

static inline zw_str_t zw_str(const char *p, size_t n)
{
    return (zw_str_t){ p, n };
}

/* `z` may be NULL, which gives the empty string. */
static inline zw_str_t zw_strz(const char *z)
{
    return (zw_str_t){ z, z ? strlen(z) : 0 };
}

static inline bool zw_str_eq(zw_str_t a, zw_str_t b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool zw_str_eqz(zw_str_t a, const char *z)
{
    return zw_str_eq(a, zw_strz(z));
}

static inline bool zw_str_starts(zw_str_t s, zw_str_t prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool zw_str_ends(zw_str_t s, zw_str_t suffix)
{
    return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

#endif
