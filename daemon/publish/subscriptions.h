/* subscriptions: named subscriptions, whose positions the daemon keeps for their clients.
 *
 * Purpose. A client that subscribes under a name says up to which seq it has handled everything (`confirm`), and goes on from there
 * when it comes back: at least once, through restarts of both. The replay thread takes what clients say; the committer
 * writes it, since it alone writes to the store; the client is answered once that is durable.
 * Retention must not remove an event from zw_subscriptions_needed on, unless a limit of its own is passed.
 * Memory. At most `most` names of 64 bytes.
 * Threading. Functions are safe beside each other; zw_subscriptions_write is the committer's alone.
 */
#ifndef ZW_SUBSCRIPTIONS_H
#define ZW_SUBSCRIPTIONS_H

#include "store/store.h"
#include "zw_wire.h"

typedef struct zw_subscriptions zw_subscriptions_t;

typedef struct zw_subscription {
    char name[ZW_MAX_NAME + 1];
    uint64_t seq;    /* everything up to it is confirmed, and durably so */
    int64_t time_us; /* when */
} zw_subscription_t;

/* Reads them from the store, which is borrowed. More than `most` stay, but no further one is taken. 0, -ENOMEM, -ZW_E_CORRUPT,
 * -errno. */
int zw_subscriptions_open(zw_store_t *store, size_t most, zw_subscriptions_t **ret);
void zw_subscriptions_close(zw_subscriptions_t *subscriptions); /* takes NULL */

/* The first seq that some named subscription has yet to confirm: events from it on are needed. UINT64_MAX: there is none. */
uint64_t zw_subscriptions_needed(zw_subscriptions_t *subscriptions);

/* Takes note that `name`, made when it is new, has handled everything up to `seq`; a lower one than before changes nothing. *ret_change is
 * what zw_subscriptions_durable has to reach. 0, -ZW_E_TOO_MANY (a new name past the bound), -ENOMEM. */
int zw_subscriptions_confirm(zw_subscriptions_t *subscriptions, zw_str_t name, uint64_t seq, int64_t now_us, uint64_t *ret_change);
/* The same for the end of one. 0 or -ZW_E_NOT_FOUND. */
int zw_subscriptions_forget(zw_subscriptions_t *subscriptions, zw_str_t name, uint64_t *ret_change);

/* All changes up to this one are on disk. */
uint64_t zw_subscriptions_durable(zw_subscriptions_t *subscriptions);

/* The i-th, by name; false past the last. One that is not durable yet, or about to end, is there too. */
bool zw_subscriptions_at(zw_subscriptions_t *subscriptions, size_t i, zw_subscription_t *ret);
bool zw_subscriptions_find(zw_subscriptions_t *subscriptions, zw_str_t name, zw_subscription_t *ret);
size_t zw_subscriptions_most(const zw_subscriptions_t *subscriptions);

/* ---- the committer */
bool zw_subscriptions_changed(zw_subscriptions_t *subscriptions); /* there is something to write */
int zw_subscriptions_write(zw_subscriptions_t *subscriptions);    /* 0 or as zw_store_positions_set; then it is tried again later */

#endif
