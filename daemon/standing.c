#include "standing.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { A_BYTE = 4 }; /* articles */

struct zw_standings {
    uint8_t *bits;
    uint64_t bytes;
    pthread_mutex_t lock; /* readers of other threads, against growing and setting */
};

zw_standings_t *zw_standings_new(void)
{
    zw_standings_t *s = calloc(1, sizeof(*s));
    if (s)
        (void)pthread_mutex_init(&s->lock, NULL);
    return s;
}

void zw_standings_free(zw_standings_t *s)
{
    if (!s)
        return;
    (void)pthread_mutex_destroy(&s->lock);
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
    (void)pthread_mutex_lock(&s->lock);
    uint8_t *bits = realloc(s->bits, bytes);
    if (bits) {
        memset(bits + s->bytes, 0, bytes - s->bytes);
        s->bits = bits;
        s->bytes = bytes;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return bits ? 0 : -ENOMEM;
}

void zw_standings_set(zw_standings_t *s, uint64_t number, zw_standing_t standing)
{
    uint8_t *byte = &s->bits[number / A_BYTE];
    unsigned shift = number % A_BYTE * 2;
    (void)pthread_mutex_lock(&s->lock);
    *byte = (uint8_t)((*byte & ~(3u << shift)) | (unsigned)standing << shift);
    (void)pthread_mutex_unlock(&s->lock);
}

zw_standing_t zw_standings_get(zw_standings_t *s, uint64_t number)
{
    zw_standing_t standing = ZW_STANDS;
    (void)pthread_mutex_lock(&s->lock);
    if (number / A_BYTE < s->bytes)
        standing = (zw_standing_t)(s->bits[number / A_BYTE] >> number % A_BYTE * 2 & 3);
    (void)pthread_mutex_unlock(&s->lock);
    return standing;
}
