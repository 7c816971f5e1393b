/* worker: the threads that run zw_process on what intake has taken in.
 *
 * Threading. Started and joined by main's thread. A worker holds no lock while it works; results do not depend on which
 * worker, or how many.
 * Shutdown. They end by themselves once the flow is closed and its queue empty; zw_workers_join waits for that.
 */
#ifndef ZW_WORKER_H
#define ZW_WORKER_H

#include "flow.h"
#include "rulebook.h"
#include "stats.h"
#include "watchdog.h"

typedef struct zw_workers zw_workers_t;

/* count 0: one for each core that this process may use. All borrowed until zw_workers_join. Registers each worker with
 * `watchdog`. 0, -ENOMEM, -errno. */
int zw_workers_start(size_t count, zw_flow_t *flow, const zw_text_tables_t *tables, zw_rulebook_t *book, zw_stats_t *stats,
                     zw_watchdog_t *watchdog, zw_workers_t **ret);
size_t zw_workers_count(const zw_workers_t *workers);
void zw_workers_join(zw_workers_t *workers); /* and frees; takes NULL */

#endif
