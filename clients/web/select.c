#include "select.h"

#include <errno.h>
#include <stdlib.h>

int select_walk(store_t *store, reader_t *reader, filter_t *f, unsigned leave_out, void (*each)(void *ctx, const row_t *row, unsigned misses), void *ctx)
{
    int r = filter_find(f, reader);
    if (r < 0)
        return r;
    view_t v = columns_read(store_columns(store));
    r = filter_bind(f, store_columns(store));
    for (size_t k = v.count; r == 0 && k-- > 0;) {
        unsigned misses = filter_misses(f, &v.rows[k]);
        if ((misses & ~leave_out) == 0)
            each(ctx, &v.rows[k], misses);
    }
    columns_done(store_columns(store));
    return r;
}

typedef struct page {
    selection_t *found;
    uint64_t before;
    size_t limit;
} page_t;

static void take(void *ctx, const row_t *row, unsigned misses)
{
    page_t *p = ctx;
    (void)misses;
    p->found->total++;
    if (row->seq >= p->before)
        return;
    if (p->found->count < p->limit)
        p->found->seqs[p->found->count++] = row->seq;
    else
        p->found->more = true;
}

int select_facts(store_t *store, reader_t *reader, filter_t *f, uint64_t before, size_t limit, selection_t *ret)
{
    *ret = (selection_t){ .seqs = calloc(limit, sizeof *ret->seqs) };
    page_t page = { ret, before, limit };
    return ret->seqs ? select_walk(store, reader, f, 0, take, &page) : -ENOMEM;
}
