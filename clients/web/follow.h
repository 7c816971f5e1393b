/* follow: the one thread that writes: it subscribes to zhiwend's log and applies it to the store.
 *
 * Purpose. Begins where the store stands, whatever happens to zhiwend meanwhile: it waits while nobody answers, begins anew when the
 * log is another one, goes on behind what the log keeps no more. What it has committed is given to the pages that are open.
 * Threading. follow_start and follow_stop by one thread; follow_info by any.
 */
#ifndef WEB_FOLLOW_H
#define WEB_FOLLOW_H

#include "live.h"

typedef struct follow follow_t;

typedef struct follow_info {
    uint64_t position, newest; /* of the log: what is in the store, and what is known to be there */
    uint64_t lost;             /* events that zhiwend kept no more before we had them */
    bool connected;
    uint64_t turns;            /* grows while the thread is alive, several times a minute at least */
    char trouble[200];         /* of the store: it writes no more; or empty */
} follow_info_t;

/* `client`, `store` and `live` are borrowed. -ENOMEM, -errno. `on_trouble` is called once, when the store cannot be written to. */
int follow_start(zw_client_t *client, store_t *store, live_t *live, void (*on_trouble)(void *ctx), void *ctx, follow_t **ret);
void follow_info(follow_t *follow, follow_info_t *ret);
void follow_stop(follow_t *follow); /* takes NULL; commits what was applied */

#endif
