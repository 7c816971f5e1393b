/* libFuzzer target of what is read back from the store: any bytes, as each kind of record, as a mark and as the part of a mark
 * that is dedup's. The checksum is forged here, and libFuzzer finds out right ones by itself: whatever is taken lies inside. */
#include "dedup/dedup.h"
#include "mark.h"
#include "store/store_priv.h"

#include <stdlib.h>

static zw_dedup_t *dedup;
static zw_buf_t record, space, back;
static uint64_t number;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void done(void)
{
    zw_dedup_close(dedup);
    zw_buf_done(&record);
    zw_buf_done(&space);
    zw_buf_done(&back);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    const zw_dedup_options_t options = { .capacity = 1000, .window_days = 30 };
    return zw_dedup_open(&options, &dedup) < 0 || atexit(done) != 0;
}

static void inside(zw_str_t part, const MDB_val *whole)
{
    const char *p = whole->mv_data;
    if (part.n && (part.p < p || part.p + part.n > p + whole->mv_size))
        abort();
}

static void open_all(const MDB_val *value)
{
    zw_store_event_t event;
    zw_store_reject_t reject;
    zw_str_t body;
    if (zw_event_open(7, value, &event) == 0) {
        inside(event.topic, value);
        inside(event.payload, value);
        if (event.topic.n + event.payload.n > value->mv_size)
            abort();
    }
    if (zw_reject_open(7, value, &reject) == 0) {
        inside(reject.raw, value);
        inside(reject.origin, value);
        inside(reject.message, value);
    }
    if (zw_record_open(TABLE_MARKS, 7, value, &body) == 0)
        inside(body, value);
}

static void seal(zw_table_t table, zw_str_t body, MDB_val *ret)
{
    uint64_t sum = zw_record_checksum(table, 7, body.p, body.n);
    zw_buf_clear(&record);
    if (zw_buf_put(&record, &sum, sizeof(sum)) < 0 || zw_buf_puts(&record, body) < 0)
        abort();
    *ret = (MDB_val){ record.n, record.p };
}

static void mark(zw_str_t bytes)
{
    zw_mark_t m, n;
    if (zw_mark_decode(bytes, &space, &m) < 0)
        return;
    zw_buf_clear(&back);
    zw_buf_t other = { 0 };
    if (zw_mark_encode(&m, &back) < 0 || zw_buf_puts(&back, m.dedup) < 0 || zw_mark_decode(zw_buf_str(&back), &other, &n) < 0)
        abort();
    if (m.seq != n.seq || m.of != n.of || m.fact_count != n.fact_count || !zw_str_eq(m.id, n.id) || !zw_str_eq(m.dedup, n.dedup))
        abort();
    (void)zw_dedup_restore(dedup, ++number, m.dedup);
    zw_buf_done(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    zw_str_t bytes = zw_str((const char *)data, size);
    MDB_val value = { size, (void *)(uintptr_t)data };
    for (zw_table_t table = TABLE_EVENTS; table <= TABLE_QUARANTINE; table++) {
        MDB_val sealed;
        seal(table, bytes, &sealed);
        open_all(&sealed);
    }
    open_all(&value);
    mark(bytes);
    (void)zw_dedup_restore(dedup, ++number, bytes);
    return 0;
}
