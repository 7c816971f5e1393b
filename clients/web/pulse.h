/* pulse: how it stands with zhiwend, asked every two seconds in a thread of its own.
 * Threading. pulse_start and pulse_stop by one thread; the others by any. */
#ifndef WEB_PULSE_H
#define WEB_PULSE_H

#include "live.h"

typedef struct pulse pulse_t;

int pulse_start(zw_client_t *client, live_t *live, pulse_t **ret); /* -ENOMEM, -errno */
/* {"reachable", "since", "error", "status"} and the last 60 points of {"time", "articles_per_s", "facts_per_s", "queued"}; NULL without memory. */
json_t *pulse_daemon(pulse_t *pulse);
json_t *pulse_rates(pulse_t *pulse);
bool pulse_is_up(pulse_t *pulse); /* zhiwend has answered last time it was asked */
void pulse_stop(pulse_t *pulse); /* takes NULL */

#endif
