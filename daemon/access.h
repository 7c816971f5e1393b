/* access: on which terms each socket is bound, from the configuration: permissions of ipc, keys of tcp. Main's thread. Logs. */
#ifndef ZW_ACCESS_H
#define ZW_ACCESS_H

#include "config.h"
#include "base/listen.h"
#include "zap.h"
#include "zw_key.h"

typedef struct zw_access {
    zw_listen_terms_t submit, feed, facts, replay; /* borrow from this struct */
    char curve_secret[ZW_KEY_CHARS + 1], feed_server_key[ZW_KEY_CHARS + 1]; /* empty: none */
    zw_zap_t *zap;
} zw_access_t;

/* Reads the keys, finds the groups, starts zap. 0, or negative after having logged why; then zw_access_close is still due. `ret` must
 * not move afterwards. */
int zw_access_open(const zw_config_t *config, void *zmq, zw_access_t *ret);
void zw_access_close(zw_access_t *access); /* after the sockets; takes an empty one */

#endif
