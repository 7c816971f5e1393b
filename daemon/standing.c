#include "standing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { A_BYTE = 4 }; /* articles */

struct zw_standings {
    uint8_t *bits;
    uint64_t bytes;
};

zw_standings_t *zw_standings_new(void)
{
    return calloc(1, sizeof(zw_standings_t));
}

void zw_standings_free(zw_standings_t *s)
{
    if (!s)
        return;
    free(s->bits);
    free(s);
}

int zw_standings_reserve(zw_standings_t *s, uint64_t number)
{
    uint64_t need = number / A_BYTE + 1, bytes = s->bytes ? s->bytes : 4096;
    if (need <= s->bytes)
        return 0;
    while (bytes < need)
        bytes *= 2;
    uint8_t *bits = realloc(s->bits, bytes);
    if (!bits)
        return -ENOMEM;
    memset(bits + s->bytes, 0, bytes - s->bytes);
    s->bits = bits;
    s->bytes = bytes;
    return 0;
}

void zw_standings_set(zw_standings_t *s, uint64_t number, zw_standing_t standing)
{
    uint8_t *byte = &s->bits[number / A_BYTE];
    unsigned shift = number % A_BYTE * 2;
    *byte = (uint8_t)((*byte & ~(3u << shift)) | (unsigned)standing << shift);
}

zw_standing_t zw_standings_get(const zw_standings_t *s, uint64_t number)
{
    if (number / A_BYTE >= s->bytes)
        return ZW_STANDS;
    return (zw_standing_t)(s->bits[number / A_BYTE] >> number % A_BYTE * 2 & 3);
}
