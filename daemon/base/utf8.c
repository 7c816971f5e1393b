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

int zw_han_digit(uint32_t cp)
{
    switch (cp) {
    case 0x3007: case 0x96F6: return 0;
    case 0x4E00: return 1;
    case 0x4E8C: case 0x4E24: return 2;
    case 0x4E09: return 3;
    case 0x56DB: return 4;
    case 0x4E94: return 5;
    case 0x516D: return 6;
    case 0x4E03: return 7;
    case 0x516B: return 8;
    case 0x4E5D: return 9;
    default: return -1;
    }
}
