/* rulebook: the rule pack in force, exchanged while the daemon runs.
 *
 * A worker takes a reference before each article and lets it go behind it, so an exchange waits for nobody and the old
 * pack is freed with the last article that was read with it. Any thread.
 */
#ifndef ZW_RULEBOOK_H
#define ZW_RULEBOOK_H

#include "extract/extract.h"

#include <pthread.h>

typedef struct zw_rulebook {
    pthread_mutex_t lock;
    zw_rules_t *rules;
} zw_rulebook_t;

void zw_rulebook_init(zw_rulebook_t *book);
void zw_rulebook_done(zw_rulebook_t *book);

/* Puts `rules` (taken over) in force. */
void zw_rulebook_set(zw_rulebook_t *book, zw_rules_t *rules);

/* The pack in force; the caller gives it back with zw_rules_unref. */
zw_rules_t *zw_rulebook_get(zw_rulebook_t *book);

#endif
