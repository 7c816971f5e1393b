/* client_priv: what the files of libzhiwen share. Not installed. */
#ifndef ZW_CLIENT_PRIV_H
#define ZW_CLIENT_PRIV_H

#include "zhiwen.h"
#include "zw_key.h"
#include "zw_wire.h"

#include <stdatomic.h>
#include <zmq.h>

struct zw_client {
    void *zmq;
    char *submit, *facts, *replay; /* endpoints */
    long window, window_bytes, body_bytes, resend_ms, stall_ms, answer_ms, confirm_ms;
    char server_key[ZW_KEY_CHARS + 1], secret_key[ZW_KEY_CHARS + 1], public_key[ZW_KEY_CHARS + 1]; /* empty: none */
    bool insecure_plain_tcp;
    atomic_uint monitors; /* names for their inproc endpoints */
};

/* Microseconds of a clock that only goes forward. */
int64_t zw_now_us(void);

/* ---- a connection: one connected socket and the monitor that tells how it fares */
typedef struct zw_conn {
    void *socket, *monitor;
    bool up;            /* the handshake is done */
    uint64_t connects;  /* handshakes so far */
} zw_conn_t;

typedef enum { ZW_CONN_SAME = 0, ZW_CONN_LOST = 1, ZW_CONN_MADE = 2 } zw_conn_change_t;

/* Opens and connects; the caller subscribes. hwm 0: no limit. -errno; then *conn is as zw_conn_close leaves it. */
int zw_conn_open(zw_client_t *client, zw_conn_t *conn, int type, const char *endpoint, int hwm);
void zw_conn_close(zw_conn_t *conn);
/* True when a message can be taken at once, or (where `unsent`: one was refused) sent. To be asked last before waiting: any
 * call on a socket may take the news off its descriptor, which then does not show it again. */
bool zw_conn_ready(const zw_conn_t *conn, bool unsent);
/* Takes what the monitor has told: a set of zw_conn_change_t. LOST and MADE together: it was lost, and is there again. */
unsigned zw_conn_watch(zw_conn_t *conn);
/* Receives one frame without waiting into *msg, which is initialised by the caller. 1, 0 (nothing there), -errno. */
int zw_conn_take(zw_conn_t *conn, zmq_msg_t *msg);

/* ---- waiting: one descriptor for several sockets and a deadline */
typedef struct zw_wait {
    int epoll, timer;
    int64_t deadline_us; /* as set in the timer */
} zw_wait_t;

int zw_wait_open(zw_wait_t *wait);
void zw_wait_close(zw_wait_t *wait);
/* Adds both of the connection's descriptors. 0 or -errno. To be removed before the connection is closed. */
int zw_wait_add(zw_wait_t *wait, const zw_conn_t *conn);
void zw_wait_remove(zw_wait_t *wait, const zw_conn_t *conn);
/* Makes `inner`'s descriptor one of `wait`'s. */
int zw_wait_nest(zw_wait_t *wait, const zw_wait_t *inner);
/* When the descriptor is to become readable even if no message comes; INT64_MAX: never. */
void zw_wait_deadline(zw_wait_t *wait, int64_t deadline_us);
/* Blocks until something may have come. until_us: INT64_MAX for ever. 1; 0 when the time is over; -EINTR, -errno. */
int zw_wait_for(zw_wait_t *wait, int64_t until_us);

/* The -ZW_E_* of a name in an answer; -ZW_E_CLOSED for one that this version does not know. */
int zw_error_code(zw_str_t name);

#endif
