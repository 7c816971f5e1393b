/* listen: one way to bind a ZeroMQ socket, whether we make the listener or systemd has made it before us.
 *
 * Purpose. With socket activation a restart refuses no connection: systemd holds the listeners and hands them over as
 * descriptors from 3 on (sd_listen_fds(3)); libzmq takes one by ZMQ_USE_FD. A listener is ours by its address, so nothing needs to be
 * remembered here. Its file, mode and group are systemd's business.
 * Threading. Any thread, but each socket by its owner. The room does not log.
 */
#ifndef ZW_LISTEN_H
#define ZW_LISTEN_H

#include "zw_buf.h"

#include <sys/types.h>

/* Who may come in. libzmq takes it over as it binds, so each endpoint of one socket has its own. */
typedef struct zw_listen_terms {
    mode_t mode;              /* of an ipc socket that we make; 0: 0660 */
    gid_t group;              /* of the same; (gid_t)-1: as it is */
    const char *curve_secret; /* of tcp: our secret key in Z85; NULL: plain text */
    const char *zap_domain;   /* under which zap.h is asked about every connection; NULL: nobody is asked */
} zw_listen_terms_t;

/* Binds. An ipc path may only hold a socket that nobody serves any more: else -EEXIST, -EADDRINUSE (zmq_bind alone would remove
 * whatever lies there). Mode and group are set on ipc sockets that we make. 0 or -errno. */
int zw_listen(void *socket, const char *endpoint, const zw_listen_terms_t *terms);

/* Cuts off every peer that came in by this tcp endpoint, and listens again. Blocks until the port is free, a second at most. Other
 * endpoints are left alone. 0 or -errno; then it may not be bound any more. */
int zw_listen_again(void *socket, const char *endpoint, const zw_listen_terms_t *terms);

/* Connects to a peer that listens. On tcp `server_key` is its public key and `curve_secret` our secret one, in Z85; NULL: plain
 * text. 0 or -errno. */
int zw_listen_connect(void *socket, const char *endpoint, const char *curve_secret, const char *server_key);

/* Closes, and waits (at most half a second for each) until the ipc sockets that we made are no longer served: libzmq closes in a
 * thread of its own, and the same path, bound anew at once, would seem to be another's. */
void zw_listen_close(void *socket, const char *const *endpoints, size_t count);

/* The i-th listener that systemd has handed over: its name (FileDescriptorName=, "unknown" without) and its endpoint as
 * zmq_bind would have it are put into the buffers, with a NUL behind. 0; -ENOENT past the last; -ENOTSUP for what is neither
 * a stream socket of a path nor of an address; -errno. */
int zw_listen_inherited(size_t i, zw_buf_t *name, zw_buf_t *endpoint);

#endif
