/* daemon: all rooms of one zhiwend, opened in order and closed in reverse. Main's thread.
 *
 * Shutdown, in this order, so that whatever was taken in is committed, answered and published:
 *   1. intake reads no more (zw_intake_stop); what waits in its sockets was not taken in and is not answered
 *   2. the flow is closed; in a cluster, what came in is sent and its answers waited for, then the instance gives up its partitions
 *   3. workers finish what is queued and end; in a cluster, what they made is reported
 *   4. the committer commits the rest, hands out answers and events, and ends
 *   5. publish sends what it was given, then closes `facts` and `replay`
 *   6. intake sends the answers that are left, then closes `submit` and `feed`
 *   7. the ZeroMQ context, the indexes, the store
 */
#ifndef ZW_DAEMON_H
#define ZW_DAEMON_H

#include "access.h"
#include "cluster/cluster.h"
#include "intake/intake.h"
#include "status.h"
#include "watchdog.h"
#include "worker.h"

typedef struct zw_daemon {
    const zw_config_t *config;
    zw_access_t access;
    zw_store_t *store;
    zw_text_tables_t *tables;
    zw_rulebook_t rules;
    zw_indexes_t indexes;
    zw_subscriptions_t *subscriptions; /* with zw_subscriptions_needed, which retention goes by */
    zw_retention_t *retention;
    zw_stats_t stats;
    zw_watchdog_t *watchdog;
    zw_flow_t *flow; /* of what came in here */
    zw_flow_t *work; /* of the workers: the same, but in a cluster */
    zw_cluster_t *cluster; /* NULL: none */
    void *zmq;
    zw_intake_t *intake;
    zw_publish_t *publish;
    zw_workers_t *workers;
    zw_committer_t *committer;
    int trouble_fd; /* readable when the committer had to give up */
    zw_status_source_t status;
} zw_daemon_t;

/* Opens and starts everything; logs what fails. 0 or negative, then all is closed again. */
int zw_daemon_open(const zw_config_t *config, zw_daemon_t *ret);

/* Drains and closes, as above. 0, or the error that something taken in could not be committed with. */
int zw_daemon_close(zw_daemon_t *daemon);

/* Loads the rule packs and the keys of clients anew and puts them in force; on a mistake (logged, rules as file:line) the old
 * ones stay. Who came in by a key that is gone is cut off. 0 or negative. */
int zw_daemon_reload(zw_daemon_t *daemon);

#endif
