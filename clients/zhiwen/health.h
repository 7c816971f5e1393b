/* health: what the answer of `status` says about how well the daemon is. One thread. */
#ifndef ZW_HEALTH_H
#define ZW_HEALTH_H

#include "cli.h"

/* Exit statuses as monitoring plugins have them. */
enum { HEALTH_OK, HEALTH_WARNING, HEALTH_CRITICAL, HEALTH_UNKNOWN };

/* Prints one line and returns one of the above. status NULL: there was no answer, for the reason given. */
int cli_health(json_t *status, const char *no_answer);

#endif
