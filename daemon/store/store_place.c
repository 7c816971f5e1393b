/* Where a store stands in an order that others made, beside the log itself. */
#include "store_priv.h"

#include <errno.h>

static const char PLACE[] = "place";

int zw_store_put_place(zw_store_t *store, MDB_txn *txn, zw_str_t place)
{
    return zw_meta_put(store, txn, PLACE, place.p, place.n);
}

int zw_store_drop_place(zw_store_t *store, MDB_txn *txn)
{
    MDB_val key = { sizeof(PLACE) - 1, (void *)(uintptr_t)PLACE };
    int r = zw_store_error(mdb_del(txn, store->dbi[TABLE_META], &key, NULL));
    return r == -ZW_E_NOT_FOUND ? 0 : r;
}

int zw_store_place(zw_store_t *store, zw_buf_t *out)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    MDB_val key = { sizeof(PLACE) - 1, (void *)(uintptr_t)PLACE }, value;
    zw_str_t body;
    int r = zw_read_begin(store, &txn);
    if (r == 0)
        r = zw_store_error(mdb_get(txn, store->dbi[TABLE_META], &key, &value));
    if (r == 0)
        r = zw_meta_open(&key, &value, &body);
    return r < 0 ? r : zw_buf_puts(out, body);
}

static int nibble(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_instance(const char *hex, unsigned char ret[16])
{
    for (int i = 0; i < 16; i++) {
        int high = nibble(hex[2 * i]), low = high < 0 ? -1 : nibble(hex[2 * i + 1]);
        if (low < 0)
            return false;
        ret[i] = (unsigned char)(high << 4 | low);
    }
    return hex[32] == '\0';
}

int zw_store_join(zw_store_t *store, const char *instance, zw_str_t place)
{
    unsigned char bytes[16];
    MDB_txn *txn;
    bool same = strcmp(instance, store->instance) == 0;
    if (!read_instance(instance, bytes) || (!same && (store->next_number > 1 || store->next_seq > 1)))
        return -EINVAL;
    int r = zw_write_begin(store, &txn);
    if (r < 0)
        return r;
    r = zw_meta_put(store, txn, "instance", bytes, sizeof(bytes));
    if (r == 0)
        r = zw_store_put_place(store, txn, place);
    if ((r = zw_write_end(store, txn, r)) < 0)
        return r;
    memcpy(store->instance, instance, sizeof(store->instance));
    return 0;
}
