/* zap_keys: the public keys that may come in, read from a folder. Immutable once loaded. Part of zap. */
#ifndef ZW_ZAP_KEYS_H
#define ZW_ZAP_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum { ZW_RIGHT_SEND = 1, ZW_RIGHT_SUBSCRIBE = 2, ZW_ZAP_KEYS_MOST = 10000 };

typedef struct zw_zap_key {
    unsigned char key[32];
    unsigned rights;
    char name[64]; /* of its file, without .pub; of the first where there are several */
} zw_zap_key_t;

typedef struct zw_zap_keys zw_zap_keys_t;

/* `clients` NULL: no keys. A missing folder is no keys. -ENOMEM, -errno, -ZW_E_TOO_MANY. Logs files that are no keys. */
int zw_zap_keys_load(const char *clients, zw_zap_keys_t **ret);
void zw_zap_keys_free(zw_zap_keys_t *keys); /* takes NULL */

size_t zw_zap_keys_count(const zw_zap_keys_t *keys);
const zw_zap_key_t *zw_zap_keys_find(const zw_zap_keys_t *keys, const void *key); /* 32 bytes; NULL: not there */

/* True when some key of `before` has fewer rights in `now`. */
bool zw_zap_keys_lost(const zw_zap_keys_t *before, const zw_zap_keys_t *now);

#endif
