/* zap: who may come in. ZeroMQ asks about every connection before it lets it in (ZAP, RFC 27); this room answers.
 *
 * Purpose. On tcp (CURVE) a client is known by its public key. `senders/` below the folder of clients holds the keys that may
 * use `submit` and `feed`, `subscribers/` those for `facts` and `replay`: a file NAME.pub each, as `zhiwen keygen` writes it. A
 * key in both has both rights. On ipc the permissions of the socket have decided already. Everywhere, no one is let in
 * while more descriptors are open than the bound on connections allows.
 * Threading. One thread of this room answers; the functions below are called by main's thread. Logs refusals (rate-limited).
 * Open it before the first socket is bound, free it after the last is closed and before the context ends.
 */
#ifndef ZW_ZAP_H
#define ZW_ZAP_H

#include <stdatomic.h>
#include <stddef.h>

typedef struct zw_zap zw_zap_t;

typedef struct zw_zap_counters {
    atomic_uint_fast64_t allowed, refused_key, refused_full;
} zw_zap_counters_t;

/* `clients`: the folder; NULL or empty: no key may come in by tcp. `connections`: how many may be open at a time, of all sockets.
 * 0, -ENOMEM, -errno. */
int zw_zap_open(void *zmq, const char *clients, size_t connections, zw_zap_t **ret);
void zw_zap_close(zw_zap_t *zap); /* joins, frees; takes NULL */

/* Reads the folder again. 1: a key has lost a right, and who came in by it should be cut off; 0; or -errno, -ENOMEM, and what was
 * allowed stays. A file that is no key is told to the log and passed over. */
int zw_zap_reload(zw_zap_t *zap);

const zw_zap_counters_t *zw_zap_counters(const zw_zap_t *zap);

/* The domains, as sockets are bound under them (zw_listen_terms_t). */
extern const char ZW_ZAP_SUBMIT[], ZW_ZAP_FEED[], ZW_ZAP_FACTS[], ZW_ZAP_REPLAY[];

#endif
