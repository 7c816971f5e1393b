#include "zap_keys.h"

#include "base/log.h"
#include "zw_error.h"
#include "zw_key.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

struct zw_zap_keys {
    zw_zap_key_t *items; /* ascending by key */
    size_t n, cap;
};

static int by_key(const void *a, const void *b)
{
    return memcmp(((const zw_zap_key_t *)a)->key, ((const zw_zap_key_t *)b)->key, sizeof(((const zw_zap_key_t *)a)->key));
}

static int append(zw_zap_keys_t *keys, const zw_zap_key_t *key)
{
    if (keys->n == ZW_ZAP_KEYS_MOST)
        return -ZW_E_TOO_MANY;
    if (keys->n == keys->cap) {
        size_t cap = keys->cap ? 2 * keys->cap : 16;
        zw_zap_key_t *items = realloc(keys->items, cap * sizeof(*items));
        if (!items)
            return -ENOMEM;
        keys->items = items;
        keys->cap = cap;
    }
    keys->items[keys->n++] = *key;
    return 0;
}

/* NAME.pub; others (an editor's copies, a README) are nobody's keys. */
static bool key_name(const char *file, zw_zap_key_t *ret)
{
    zw_str_t name = zw_strz(file);
    if (name.p[0] == '.' || !zw_str_ends(name, ZW_STR_LIT(".pub")))
        return false;
    name.n -= 4;
    (void)snprintf(ret->name, sizeof(ret->name), "%.*s", ZW_STR_ARGS(name));
    return true;
}

static int load_one(zw_zap_keys_t *keys, const char *path, zw_zap_key_t *key)
{
    char z85[ZW_KEY_CHARS + 1];
    int r = zw_key_read(path, false, z85);
    if (r == 0 && !zmq_z85_decode(key->key, z85))
        r = -ZW_E_KEY;
    if (r == 0)
        return append(keys, key);
    zw_log(ZW_LOG_WARNING, "%s: %s; it lets nobody in", path, zw_error_text(r));
    return 0;
}

static int load_dir(zw_zap_keys_t *keys, const char *clients, const char *name, unsigned rights)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/%s", clients, name) >= (int)sizeof(path))
        return -ENAMETOOLONG;
    DIR *dir = opendir(path);
    if (!dir)
        return errno == ENOENT ? 0 : -errno;
    int r = 0;
    size_t n = strlen(path);
    for (struct dirent *entry; r == 0 && (entry = readdir(dir));) {
        zw_zap_key_t key = { .rights = rights };
        if (!key_name(entry->d_name, &key))
            continue;
        if (snprintf(path + n, sizeof(path) - n, "/%s", entry->d_name) < (int)(sizeof(path) - n))
            r = load_one(keys, path, &key);
    }
    (void)closedir(dir);
    return r;
}

/* One entry a key, with all its rights. */
static void settle(zw_zap_keys_t *keys)
{
    size_t n = 0;
    if (keys->n == 0)
        return;
    qsort(keys->items, keys->n, sizeof(keys->items[0]), by_key);
    for (size_t i = 1; i < keys->n; i++) {
        if (by_key(&keys->items[n], &keys->items[i]) == 0)
            keys->items[n].rights |= keys->items[i].rights;
        else
            keys->items[++n] = keys->items[i];
    }
    keys->n = n + 1;
}

int zw_zap_keys_load(const char *clients, zw_zap_keys_t **ret)
{
    zw_zap_keys_t *keys = calloc(1, sizeof(*keys));
    if (!keys)
        return -ENOMEM;
    int r = clients ? load_dir(keys, clients, "senders", ZW_RIGHT_SEND) : 0;
    if (r == 0 && clients)
        r = load_dir(keys, clients, "subscribers", ZW_RIGHT_SUBSCRIBE);
    if (r < 0) {
        zw_zap_keys_free(keys);
        return r;
    }
    settle(keys);
    *ret = keys;
    return 0;
}

void zw_zap_keys_free(zw_zap_keys_t *keys)
{
    if (!keys)
        return;
    free(keys->items);
    free(keys);
}

size_t zw_zap_keys_count(const zw_zap_keys_t *keys)
{
    return keys->n;
}

const zw_zap_key_t *zw_zap_keys_find(const zw_zap_keys_t *keys, const void *key)
{
    zw_zap_key_t wanted;
    memcpy(wanted.key, key, sizeof(wanted.key));
    return keys->n ? bsearch(&wanted, keys->items, keys->n, sizeof(wanted), by_key) : NULL;
}

bool zw_zap_keys_lost(const zw_zap_keys_t *before, const zw_zap_keys_t *now)
{
    for (size_t i = 0; i < before->n; i++) {
        const zw_zap_key_t *key = zw_zap_keys_find(now, before->items[i].key);
        if ((before->items[i].rights & ~(key ? key->rights : 0)) != 0)
            return true;
    }
    return false;
}
