#include "store_priv.h"

#include <errno.h>
#include <sys/statvfs.h>
#include <time.h>

enum {
    DROP_AT_ONCE_BYTES = 1 << 20, /* of the quarantine, beyond twice what was added: when its limit has shrunk */
    READERS_CHECK_S = 3600,
};

/* ---- one row */

/* A place for `n` bytes of body at the end of a table; the caller fills it and seals it. */
static int row_append(MDB_cursor *cursor, uint64_t number, size_t n, char **ret_body, MDB_val *ret_record)
{
    MDB_val key = { sizeof(number), &number };
    *ret_record = (MDB_val){ ZW_CHECKSUM_BYTES + n, NULL };
    int r = zw_store_error(mdb_cursor_put(cursor, &key, ret_record, MDB_APPEND | MDB_RESERVE));
    if (r < 0)
        return r;
    *ret_body = (char *)ret_record->mv_data + ZW_CHECKSUM_BYTES;
    return 0;
}

static void row_seal(zw_table_t table, uint64_t number, const MDB_val *record)
{
    uint64_t sum = zw_record_checksum(table, number, (const char *)record->mv_data + ZW_CHECKSUM_BYTES,
                                      record->mv_size - ZW_CHECKSUM_BYTES);
    memcpy(record->mv_data, &sum, sizeof(sum));
}

static char *put(char *p, const void *bytes, size_t n)
{
    if (n)
        memcpy(p, bytes, n);
    return p + n;
}

static int append_bytes(MDB_cursor *cursor, zw_table_t table, uint64_t number, zw_str_t bytes)
{
    char *p;
    MDB_val record;
    int r = row_append(cursor, number, bytes.n, &p, &record);
    if (r < 0)
        return r;
    put(p, bytes.p, bytes.n);
    row_seal(table, number, &record);
    return 0;
}

static int append_event(MDB_cursor *cursor, const zw_store_event_t *event)
{
    char *p;
    MDB_val record;
    uint16_t topic_n = (uint16_t)event->topic.n;
    int r = row_append(cursor, event->seq, ZW_EVENT_HEAD + event->topic.n + event->payload.n, &p, &record);
    if (r < 0)
        return r;
    p = put(p, &event->time_us, sizeof(event->time_us));
    p = put(p, &topic_n, sizeof(topic_n));
    p = put(p, event->topic.p, topic_n);
    put(p, event->payload.p, event->payload.n);
    row_seal(TABLE_EVENTS, event->seq, &record);
    return 0;
}

static zw_str_t cut(zw_str_t s, size_t max)
{
    return zw_str(s.p, s.n < max ? s.n : max);
}

static int append_reject(MDB_cursor *cursor, uint64_t number, const zw_store_reject_t *reject, size_t *ret_bytes)
{
    const zw_str_t raw = cut(reject->raw, ZW_REJECT_RAW_MAX);
    const zw_str_t text[4] = { cut(reject->reason, ZW_REJECT_TEXT_MAX), cut(reject->field, ZW_REJECT_TEXT_MAX),
                               cut(reject->message, ZW_REJECT_TEXT_MAX), cut(reject->origin, ZW_REJECT_TEXT_MAX) };
    const uint32_t raw_n = (uint32_t)raw.n;
    uint16_t n[4];
    size_t total = ZW_REJECT_HEAD + raw.n;
    for (int i = 0; i < 4; i++) {
        n[i] = (uint16_t)text[i].n;
        total += text[i].n;
    }
    char *p;
    MDB_val record;
    int r = row_append(cursor, number, total, &p, &record);
    if (r < 0)
        return r;
    p = put(p, &reject->time_us, 8);
    p = put(p, &raw_n, 4);
    p = put(p, n, sizeof(n));
    p = put(p, raw.p, raw.n);
    for (int i = 0; i < 4; i++)
        p = put(p, text[i].p, text[i].n);
    row_seal(TABLE_QUARANTINE, number, &record);
    *ret_bytes = record.mv_size;
    return 0;
}

/* ---- before: is it in order, is there room */

typedef struct batch {
    const zw_store_article_t *articles;
    size_t article_count;
    const zw_store_reject_t *rejects;
    size_t reject_count;
    uint64_t next_number, next_seq, oldest_seq; /* behind it */
    int64_t newest_time;
    uint64_t dropped; /* rejects that went for newer ones */
    size_t bytes; /* that it will take, with the pages above and half-used ones */
} batch_t;

static size_t row_bytes(const zw_store_t *store, size_t n)
{
    /* More than half a page goes to pages of its own, which are filled to their end. */
    return n + 32 > store->page_bytes / 2 ? n + store->page_bytes + 64 : 2 * (n + 32);
}

static int batch_measure(const zw_store_t *store, batch_t *batch)
{
    batch->next_number = store->next_number;
    batch->next_seq = store->next_seq;
    batch->oldest_seq = store->oldest_seq;
    batch->newest_time = store->newest_time;
    batch->bytes = 64 * store->page_bytes;
    for (size_t i = 0; i < batch->article_count; i++) {
        const zw_store_article_t *a = &batch->articles[i];
        if (a->number != batch->next_number++)
            return -EINVAL;
        batch->bytes += row_bytes(store, a->record.n) + row_bytes(store, a->mark.n);
        for (size_t k = 0; k < a->event_count; k++) {
            const zw_store_event_t *e = &a->events[k];
            if (e->seq != batch->next_seq++ || e->time_us < batch->newest_time || e->topic.n > UINT16_MAX)
                return -EINVAL;
            batch->newest_time = e->time_us;
            batch->bytes += row_bytes(store, ZW_EVENT_HEAD + e->topic.n + e->payload.n);
            if (!batch->oldest_seq)
                batch->oldest_seq = e->seq;
        }
    }
    for (size_t i = 0; i < batch->reject_count; i++)
        batch->bytes += row_bytes(store, cut(batch->rejects[i].raw, ZW_REJECT_RAW_MAX).n + 4 * ZW_REJECT_TEXT_MAX);
    return 0;
}

/* Keeps commits out of the room that is left for trimming. The free list is only counted when the file is nearly full, and
 * in a read transaction, since LMDB hides it from write transactions. */
static int check_room(const zw_store_t *store, size_t bytes)
{
    MDB_txn *txn _cleanup_txn_ = NULL;
    MDB_envinfo info;
    uint64_t free_pages;
    int r = zw_store_error(mdb_env_info(store->env, &info));
    if (r < 0)
        return r;
    uint64_t used = (info.me_last_pgno + 1) * store->page_bytes;
    if (used + bytes <= store->map_bytes)
        return 0;
    r = zw_read_begin(store, &txn);
    if (r == 0)
        r = zw_store_free_pages(txn, &free_pages);
    if (r < 0)
        return r;
    used -= free_pages * store->page_bytes;
    return used + bytes <= store->map_bytes ? 0 : -ZW_E_FULL;
}

/* ---- the transaction */

static int write_articles(const zw_store_t *store, MDB_txn *txn, const batch_t *batch)
{
    MDB_cursor *events, *articles, *marks;
    int r = zw_store_error(mdb_cursor_open(txn, store->dbi[TABLE_EVENTS], &events));
    if (r == 0)
        r = zw_store_error(mdb_cursor_open(txn, store->dbi[TABLE_ARTICLES], &articles));
    if (r == 0)
        r = zw_store_error(mdb_cursor_open(txn, store->dbi[TABLE_MARKS], &marks));
    for (size_t i = 0; r == 0 && i < batch->article_count; i++) {
        const zw_store_article_t *a = &batch->articles[i];
        for (size_t k = 0; r == 0 && k < a->event_count; k++)
            r = append_event(events, &a->events[k]);
        if (r == 0)
            r = append_bytes(articles, TABLE_ARTICLES, a->number, a->record);
        if (r == 0)
            r = append_bytes(marks, TABLE_MARKS, a->number, a->mark);
    }
    return r;
}

/* Removes the oldest rejects until the table is within its bound: in all about as many bytes as are added. */
static int bound_quarantine(const zw_store_t *store, MDB_txn *txn, MDB_cursor *cursor, size_t added, uint64_t *dropped_count)
{
    size_t dropped = 0;
    for (;;) {
        MDB_stat stat;
        MDB_val key, value;
        int r = zw_store_error(mdb_stat(txn, store->dbi[TABLE_QUARANTINE], &stat));
        if (r < 0)
            return r;
        size_t pages = stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
        if (pages * store->page_bytes <= store->quarantine_bytes || stat.ms_entries <= 1 ||
            dropped >= 2 * added + DROP_AT_ONCE_BYTES)
            return 0;
        r = zw_store_error(mdb_cursor_get(cursor, &key, &value, MDB_FIRST));
        if (r < 0)
            return r;
        dropped += value.mv_size;
        r = zw_store_error(mdb_cursor_del(cursor, 0));
        if (r < 0)
            return r;
        ++*dropped_count;
    }
}

static int write_rejects(const zw_store_t *store, MDB_txn *txn, batch_t *batch)
{
    MDB_cursor *cursor;
    size_t added = 0, bytes;
    if (!batch->reject_count)
        return 0;
    int r = zw_store_error(mdb_cursor_open(txn, store->dbi[TABLE_QUARANTINE], &cursor));
    for (size_t i = 0; r == 0 && i < batch->reject_count; i++) {
        r = append_reject(cursor, store->next_quarantine + i, &batch->rejects[i], &bytes);
        if (r == 0)
            added += bytes;
    }
    return r < 0 ? r : bound_quarantine(store, txn, cursor, added, &batch->dropped);
}

int zw_write_begin(zw_store_t *store, MDB_txn **ret)
{
    if (store->read_only && !store->beside)
        return -EROFS;
    return zw_store_error(mdb_txn_begin(store->env, NULL, 0, ret)); /* -EIO for good after a failure of the last write */
}

int zw_write_end(zw_store_t *store, MDB_txn *txn, int r)
{
    if (r < 0) {
        mdb_txn_abort(txn);
        return r;
    }
    r = zw_store_error(mdb_txn_commit(txn));
    if (r == -EIO) {
        /* LMDB calls a short write EIO, also when the disk is full. */
        struct statvfs vfs;
        if (statvfs(store->path, &vfs) == 0 && vfs.f_bavail == 0)
            r = -ENOSPC;
    }
    return r;
}

/* Once an hour, so that a reader that was killed does not hold pages back for ever. */
static void check_readers(zw_store_t *store)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) < 0 || now.tv_sec - store->readers_checked_s < READERS_CHECK_S)
        return;
    store->readers_checked_s = now.tv_sec;
    (void)mdb_reader_check(store->env, NULL);
}

int zw_store_commit(zw_store_t *store, const zw_store_article_t *articles, size_t article_count,
                    const zw_store_reject_t *rejects, size_t reject_count)
{
    return zw_store_commit_at(store, articles, article_count, rejects, reject_count, (zw_str_t){ 0 });
}

int zw_store_commit_at(zw_store_t *store, const zw_store_article_t *articles, size_t article_count, const zw_store_reject_t *rejects,
                       size_t reject_count, zw_str_t place)
{
    batch_t batch = { .articles = articles, .article_count = article_count, .rejects = rejects, .reject_count = reject_count };
    MDB_txn *txn;
    int r = batch_measure(store, &batch);
    if (r < 0)
        return r;
    if (!article_count && !reject_count)
        return 0;
    if (store->read_only)
        return -EROFS;
    check_readers(store);
    if ((r = check_room(store, batch.bytes)) < 0)
        return r;
    if ((r = zw_write_begin(store, &txn)) < 0)
        return r;
    r = write_articles(store, txn, &batch);
    if (r == 0)
        r = write_rejects(store, txn, &batch);
    if (r == 0 && place.n > 0)
        r = zw_store_put_place(store, txn, place);
    if ((r = zw_write_end(store, txn, r)) < 0)
        return r;
    store->newest_time = batch.newest_time;
    store->oldest_seq = batch.oldest_seq;
    store->next_number = batch.next_number;
    store->next_seq = batch.next_seq;
    store->next_quarantine += reject_count;
    store->quarantine_dropped += batch.dropped;
    return reject_count ? zw_store_lengthen(store) : 0;
}
