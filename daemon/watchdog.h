/* watchdog: has every loop of the daemon got on since we last looked?
 *
 * A loop that goes round by itself registers its counter alone; one that waits for work adds a flag that is set while it has
 * some, and is asked for progress only then.
 * Threading. Adding and checking by main's thread; counters and flags are written by the loops, and live as long as the
 * watchdog is checked.
 */
#ifndef ZW_WATCHDOG_H
#define ZW_WATCHDOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct zw_watchdog zw_watchdog_t;

zw_watchdog_t *zw_watchdog_new(void); /* NULL without memory */
void zw_watchdog_free(zw_watchdog_t *watchdog); /* takes NULL */

/* `name` is copied; `busy` may be NULL. 0 or -ENOMEM. */
int zw_watchdog_add(zw_watchdog_t *watchdog, const char *name, const atomic_uint_fast64_t *progress, const atomic_bool *busy);

/* NULL when all have got on since the last check, else the name of the first that has not. */
const char *zw_watchdog_check(zw_watchdog_t *watchdog);

#endif
