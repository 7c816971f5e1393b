#include "base/utf8.h"

bool zw_utf8_valid(zw_str_t s, size_t *ret_at)
{
    const char *p = s.p, *end = s.p + s.n;
    while (p < end) {
        uint64_t eight;
        if (end - p >= 8 && (memcpy(&eight, p, 8), (eight & 0x8080808080808080u) == 0)) {
            p += 8;
            continue;
        }
        uint32_t cp;
        unsigned n = zw_utf8_decode(p, end, &cp);
        if (n == 1 && cp == 0xFFFD) {
            if (ret_at)
                *ret_at = (size_t)(p - s.p);
            return false;
        }
        p += n;
    }
    return true;
}
