/* publish: what was committed goes out, live on `facts`, and again from any point on `replay`.
 *
 * Purpose. `facts` is an XPUB socket: it may drop for a slow subscriber, which then sees it by `prev` or by the heartbeat
 * and asks `replay`. `replay` is a ROUTER that answers the requests of zw_wire.h from the store alone.
 * Threading. Two threads of this room own the two sockets; a stalled reader stalls neither the committer nor the other
 * socket. zw_publish_batch is called by one thread (the committer).
 * Memory. Bounded: send high-water marks, pages of at most 1 MiB, replies dropped (and counted) when a client does not read.
 * Shutdown. zw_publish_stop sends what was handed over, then closes the sockets; call it after the last batch and
 * before the store is closed.
 */
#ifndef ZW_PUBLISH_H
#define ZW_PUBLISH_H

#include "base/listen.h"
#include "publish/subscriptions.h"
#include "store/store.h"

#include <stdatomic.h>

typedef struct zw_publish zw_publish_t;

/* Appends the `status` answer's MessagePack map to out. Called on the replay thread. */
typedef void (*zw_status_fn)(void *ctx, zw_buf_t *out);
/* Finds the number of an article by its sender's source and id; 0: unknown. Called on the replay thread; must be
 * safe beside the committer. */
typedef uint64_t (*zw_find_article_fn)(void *ctx, zw_str_t source, zw_str_t id);

/* What has become of an article: "superseded", "withdrawn", or NULL when it stands. Called on the replay thread; must be safe beside the
 * committer. */
typedef const char *(*zw_standing_fn)(void *ctx, uint64_t number);

/* There is something for the committer to write (zw_subscriptions_write). Called on the replay thread. */
typedef void (*zw_changed_fn)(void *ctx);

/* Appends the map that `similar` or `cluster` answers about an article, of at most `limit` articles (0: as many as usual).
 * Returns 0, -ZW_E_NOT_FOUND, or another error. Called on the replay thread; must be safe beside the committer. */
typedef int (*zw_related_fn)(void *ctx, uint64_t number, uint32_t limit, zw_buf_t *out);

typedef struct zw_publish_socket {
    const char *const *endpoints;
    size_t count;
    zw_listen_terms_t access;
} zw_publish_socket_t;

typedef struct zw_publish_options {
    void *zmq; /* context; this and the endpoints are borrowed until zw_publish_stop */
    zw_publish_socket_t facts, replay;
    unsigned heartbeat_ms;     /* 1000 */
    int send_hwm;              /* messages a subscriber may lag: 10000 */
    zw_store_t *store;         /* borrowed */
    zw_status_fn status;
    zw_find_article_fn find_article;
    zw_standing_fn standing;        /* NULL: nothing is said about it */
    zw_related_fn similar, cluster; /* NULL: such questions are answered with not_found */
    zw_subscriptions_t *subscriptions; /* borrowed; NULL: there are no named subscriptions */
    zw_changed_fn subscriptions_changed;
    size_t topic_bytes;        /* all topics that subscribers of `facts` ask for, together; 0: no bound */
    void *ctx;
} zw_publish_options_t;

typedef struct zw_publish_counters {
    atomic_uint_fast64_t events, heartbeats, replay_requests, replay_events, replay_refused, replies_dropped, confirms, resets;
    atomic_uint_fast64_t progress; /* grows while both loops go round: for the watchdog */
} zw_publish_counters_t;

/* Binds and starts the threads. -errno with the endpoint that failed in *ret_endpoint (borrowed from options; NULL when it was not
 * an endpoint). An ipc path may only hold a socket that nobody serves any more: else -EEXIST, -EADDRINUSE. */
int zw_publish_start(const zw_publish_options_t *options, zw_publish_t **ret, const char **ret_endpoint);

/* Hands a committed batch over, in seq order; borrows until return. Blocks only when the publisher is 64 batches
 * behind. Returns 0 or -ENOMEM (the batch is in the store, so subscribers fetch it). */
int zw_publish_batch(zw_publish_t *publish, const zw_store_event_t *events, size_t count);

/* Changes of subscriptions are on disk: whoever waits for that is answered. */
void zw_publish_confirmed(zw_publish_t *publish);

/* Cuts off everyone who came in by tcp; whoever may still come in does so again. Takes effect in the room's own threads. */
void zw_publish_rebind(zw_publish_t *publish);

const zw_publish_counters_t *zw_publish_counters(const zw_publish_t *publish);

void zw_publish_stop(zw_publish_t *publish); /* joins, frees; takes NULL */

#endif
