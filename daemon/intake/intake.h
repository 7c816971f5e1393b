/* intake: the two sockets that articles come in by, and the one that senders are answered on.
 *
 * Purpose. `submit` is a ROUTER: each message gets one answer, after the commit. `feed` is a SUB that binds and connects to
 * any number of publishers; nobody is answered. Each message is checked against the limits and decoded, gets the next
 * ticket, and goes into the flow; bad ones go too, marked, so that they reach quarantine. A ping is answered at once.
 * Back-pressure. While the flow is full the sockets are not read: senders block, nothing is dropped here. (A publisher that
 * `feed` listens to may itself drop for a slow subscriber; senders that must not lose anything use `submit`.)
 * Memory. A socket holds at most queue × frame bytes for each peer before it is read; frames over twice the message limit
 * cut the peer off.
 * Threading. One thread of this room owns both sockets. The functions below are called by main's thread.
 * Shutdown. zw_intake_stop, then close and drain the flow, then zw_intake_finish. The room logs.
 */
#ifndef ZW_INTAKE_H
#define ZW_INTAKE_H

#include "base/listen.h"
#include "flow.h"
#include "stats.h"

typedef struct zw_intake zw_intake_t;

typedef struct zw_intake_options {
    void *zmq; /* context, borrowed until zw_intake_finish */
    const char *const *submit_bind;
    size_t submit_bind_count;
    const char *const *feed_bind;
    size_t feed_bind_count;
    const char *const *feed_connect;
    size_t feed_connect_count;
    const char *const *feed_topics; /* prefixes; none: all */
    size_t feed_topic_count;
    zw_listen_terms_t submit_access, feed_access;
    const char *feed_server_key; /* of publishers on tcp that are connected to, in Z85; NULL: plain text */
    int queue;          /* messages a peer may have waiting in a socket */
    zw_wire_limits_t limits;
    zw_flow_t *flow;    /* borrowed until zw_intake_finish, like stats */
    zw_stats_t *stats;
} zw_intake_options_t;

/* Opens the sockets. -errno with the endpoint that failed in *ret_endpoint (borrowed from options). Reads nothing yet. */
int zw_intake_open(const zw_intake_options_t *options, zw_intake_t **ret, const char **ret_endpoint);

/* Starts reading. 0 or -errno. */
int zw_intake_start(zw_intake_t *intake);

/* Grows while the loop goes round, at least twice a second. */
const atomic_uint_fast64_t *zw_intake_progress(const zw_intake_t *intake);

/* Cuts off everyone who came in by tcp; whoever may still come in does so again. Takes effect in the room's own thread. */
void zw_intake_rebind(zw_intake_t *intake);

/* Stops reading; returns once no further job will be entered. Answers still go out. Takes NULL. */
void zw_intake_stop(zw_intake_t *intake);

/* Sends the answers that are left, closes the sockets, joins, frees. Takes NULL. */
void zw_intake_finish(zw_intake_t *intake);

#endif
