/* wire_assert: cmocka, and assertions on zw_str_t, for the tests of protocol and clients. */
#ifndef ZW_WIRE_ASSERT_H
#define ZW_WIRE_ASSERT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zw_str.h"

#define assert_str(expected, s) assert_str_at(zw_strz(expected), s, __FILE__, __LINE__)

static inline void assert_str_at(zw_str_t expected, zw_str_t s, const char *file, int line)
{
    if (zw_str_eq(expected, s))
        return;
    print_error("expected \"%.*s\", got \"%.*s\"\n", ZW_STR_ARGS(expected), ZW_STR_ARGS(s));
    _fail(file, line);
}

#endif
