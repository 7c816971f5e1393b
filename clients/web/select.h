/* select: which facts a filter means, newest first, a page at a time; and walks over all of them. Any thread. */
#ifndef WEB_SELECT_H
#define WEB_SELECT_H

#include "filter.h"

typedef struct selection {
    uint64_t *seqs; /* descending; to be freed */
    size_t count;
    bool more;      /* there are further ones behind the last */
    size_t total;   /* of the filter, whatever the page */
} selection_t;

/* At most `limit` facts with a seq below `before`. 0; -ETIME, -EIO, -ENOMEM. */
int select_facts(store_t *store, reader_t *reader, filter_t *filter, uint64_t before, size_t limit, selection_t *ret);

/* Calls `each` for every fact that misses at most the parts in `leave_out`, newest first, while nothing changes: it must be
 * quick and take no lock. Its `misses` are those parts. */
int select_walk(store_t *store, reader_t *reader, filter_t *filter, unsigned leave_out, void (*each)(void *ctx, const row_t *row, unsigned misses), void *ctx);

#endif
