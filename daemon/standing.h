/* standing: which articles hold their facts no more, since a later version or a withdrawal has taken their place.
 *
 * Memory. Two bits an article number, from the first number set on; grown ahead by zw_standing_reserve.
 * Threading. One thread (the committer's, main's before it starts), but for zw_standings_get, which any may call.
 */
#ifndef ZW_STANDING_H
#define ZW_STANDING_H

#include <stdint.h>

typedef enum { ZW_STANDS, ZW_SUPERSEDED, ZW_WITHDRAWN } zw_standing_t;

typedef struct zw_standings zw_standings_t;

zw_standings_t *zw_standings_new(void); /* NULL without memory */
void zw_standings_free(zw_standings_t *standings); /* takes NULL */

/* Makes room for numbers up to this one. 0 or -ENOMEM. */
int zw_standings_reserve(zw_standings_t *standings, uint64_t number);
void zw_standings_set(zw_standings_t *standings, uint64_t number, zw_standing_t standing); /* room was reserved */
zw_standing_t zw_standings_get(zw_standings_t *standings, uint64_t number); /* any thread */

#endif
