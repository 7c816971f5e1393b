#include "store_priv.h"

#include <errno.h>
#include <xxhash.h>

int zw_store_error(int rc)
{
    switch (rc) {
    case MDB_SUCCESS: return 0;
    case MDB_NOTFOUND: return -ZW_E_NOT_FOUND;
    case MDB_MAP_FULL: return -ZW_E_FULL;
    case MDB_TXN_FULL: return -ZW_E_LIMIT;
    case MDB_READERS_FULL: return -ZW_E_BUSY;
    case MDB_VERSION_MISMATCH: return -ZW_E_SCHEMA;
    case MDB_INCOMPATIBLE: return -ZW_E_SCHEMA;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
    case MDB_INVALID: return -ZW_E_CORRUPT;
    case MDB_KEYEXIST:
    case MDB_BAD_VALSIZE: return -EINVAL;
    default: return rc > 0 ? -rc : -EIO;
    }
}

uint64_t zw_record_checksum(zw_table_t table, uint64_t key, const void *body, size_t n)
{
    return XXH3_64bits_withSeed(body, n, key ^ (uint64_t)(table + 1) << 56);
}

int zw_key_open(const MDB_val *key, uint64_t *ret)
{
    if (key->mv_size != sizeof(*ret))
        return -ZW_E_CORRUPT;
    memcpy(ret, key->mv_data, sizeof(*ret));
    return 0;
}

int zw_record_open(zw_table_t table, uint64_t key, const MDB_val *value, zw_str_t *ret_body)
{
    uint64_t sum;
    if (value->mv_size < sizeof(sum))
        return -ZW_E_CORRUPT;
    memcpy(&sum, value->mv_data, sizeof(sum));
    const char *body = (const char *)value->mv_data + sizeof(sum);
    size_t n = value->mv_size - sizeof(sum);
    if (zw_record_checksum(table, key, body, n) != sum)
        return -ZW_E_CORRUPT;
    *ret_body = zw_str(body, n);
    return 0;
}

int zw_event_open(uint64_t key, const MDB_val *value, zw_store_event_t *ret)
{
    zw_str_t body;
    int r = zw_record_open(TABLE_EVENTS, key, value, &body);
    if (r < 0)
        return r;
    int64_t time_us;
    uint16_t topic_n;
    if (body.n < ZW_EVENT_HEAD)
        return -ZW_E_CORRUPT;
    memcpy(&time_us, body.p, sizeof(time_us));
    memcpy(&topic_n, body.p + sizeof(time_us), sizeof(topic_n));
    if (body.n - ZW_EVENT_HEAD < topic_n)
        return -ZW_E_CORRUPT;
    *ret = (zw_store_event_t){
        .seq = key,
        .time_us = time_us,
        .topic = zw_str(body.p + ZW_EVENT_HEAD, topic_n),
        .payload = zw_str(body.p + ZW_EVENT_HEAD + topic_n, body.n - ZW_EVENT_HEAD - topic_n),
    };
    return 0;
}

int zw_reject_open(uint64_t key, const MDB_val *value, zw_store_reject_t *ret)
{
    zw_str_t body;
    int r = zw_record_open(TABLE_QUARANTINE, key, value, &body);
    if (r < 0)
        return r;
    if (body.n < ZW_REJECT_HEAD)
        return -ZW_E_CORRUPT;
    uint32_t raw_n;
    uint16_t n[4];
    zw_store_reject_t reject;
    memcpy(&reject.time_us, body.p, 8);
    memcpy(&raw_n, body.p + 8, 4);
    memcpy(n, body.p + 12, sizeof(n));
    if (body.n - ZW_REJECT_HEAD != (size_t)raw_n + n[0] + n[1] + n[2] + n[3])
        return -ZW_E_CORRUPT;
    const char *p = body.p + ZW_REJECT_HEAD;
    reject.raw = zw_str(p, raw_n);
    reject.reason = zw_str(p += raw_n, n[0]);
    reject.field = zw_str(p += n[0], n[1]);
    reject.message = zw_str(p += n[1], n[2]);
    reject.origin = zw_str(p += n[2], n[3]);
    *ret = reject;
    return 0;
}

static uint64_t name_key(const char *name)
{
    return XXH3_64bits(name, strlen(name));
}

int zw_meta_open(const MDB_val *key, const MDB_val *value, zw_str_t *ret_body)
{
    return zw_record_open(TABLE_META, XXH3_64bits(key->mv_data, key->mv_size), value, ret_body);
}

int zw_meta_get(const zw_store_t *store, MDB_txn *txn, const char *name, void *ret_value, size_t n)
{
    MDB_val key = { strlen(name), (void *)(uintptr_t)name }, value;
    zw_str_t body;
    int r = zw_store_error(mdb_get(txn, store->dbi[TABLE_META], &key, &value));
    if (r < 0)
        return r;
    r = zw_record_open(TABLE_META, name_key(name), &value, &body);
    if (r < 0)
        return r;
    if (body.n != n)
        return -ZW_E_CORRUPT;
    memcpy(ret_value, body.p, n);
    return 0;
}

int zw_meta_put(const zw_store_t *store, MDB_txn *txn, const char *name, const void *value, size_t n)
{
    MDB_val key = { strlen(name), (void *)(uintptr_t)name }, record = { ZW_CHECKSUM_BYTES + n, NULL };
    int r = zw_store_error(mdb_put(txn, store->dbi[TABLE_META], &key, &record, MDB_RESERVE));
    if (r < 0)
        return r;
    uint64_t sum = zw_record_checksum(TABLE_META, name_key(name), value, n);
    memcpy(record.mv_data, &sum, sizeof(sum));
    memcpy((char *)record.mv_data + ZW_CHECKSUM_BYTES, value, n);
    return 0;
}
