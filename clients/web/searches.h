/* searches: saved searches, in an SQLite file of their own: that of the facts can be made again from the log, these cannot.
 * Any thread; blocks on the disk. -EIO, -ENOMEM. */
#ifndef WEB_SEARCHES_H
#define WEB_SEARCHES_H

#include <jansson.h>
#include <stdint.h>

typedef struct searches searches_t;

enum { SEARCHES_MOST = 200, SEARCHES_NAME_BYTES = 200, SEARCHES_QUERY_BYTES = 2000 };

int searches_open(const char *path, searches_t **ret);
void searches_close(searches_t *searches); /* takes NULL */

/* -ENOSPC: there are too many. */
int searches_add(searches_t *searches, const char *name, const char *query, int64_t *ret_id);
int searches_delete(searches_t *searches, int64_t id); /* 1: it is gone, 0: there was none */
/* [{"id", "name", "query"}], the oldest first; NULL: trouble. */
json_t *searches_list(searches_t *searches);

#endif
