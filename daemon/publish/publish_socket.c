#include "base/log.h"
#include "publish_priv.h"

#include <errno.h>

enum {
    HANDSHAKE_MS = 3000,
    HEARTBEAT_MS = 5000,
    DEAD_MS = 15000,
    BACKLOG = 1024,
    FACTS_LINGER_MS = 2000,
    FACTS_MESSAGE_BYTES = 1024,      /* in: subscriptions only, and the handshake with its keys */
    REPLAY_MESSAGE_BYTES = 256 << 10, /* in: more than a request may have, so that one too large gets an answer */
    REPLAY_QUEUE = 64,               /* requests of one client that wait */
    REPLAY_ANSWERS = 16,             /* answers that one client has not read: at most 16 MiB */
};

static int set(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof(value)) < 0 ? -errno : 0;
}

typedef struct setting {
    int option, value;
} setting_t;

static int set_all(void *socket, const setting_t *settings, size_t n, int64_t message_bytes)
{
    static const setting_t common[] = { { ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS }, { ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS },
                                        { ZMQ_HEARTBEAT_TIMEOUT, DEAD_MS },  { ZMQ_HEARTBEAT_TTL, DEAD_MS },
                                        { ZMQ_BACKLOG, BACKLOG },            { ZMQ_SNDTIMEO, 0 } };
    int r = zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_bytes, sizeof(message_bytes)) < 0 ? -errno : 0;
    for (size_t i = 0; r == 0 && i < sizeof(common) / sizeof(common[0]); i++)
        r = set(socket, common[i].option, common[i].value);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = set(socket, settings[i].option, settings[i].value);
    return r;
}

/* Returns how many were bound; *ret_error is 0 when all were. */
static size_t bind_all(void *socket, const zw_publish_socket_t *o, const char **ret_endpoint, int *ret_error)
{
    *ret_error = 0;
    for (size_t i = 0; i < o->count; i++) {
        *ret_error = zw_listen(socket, o->endpoints[i], &o->access);
        if (*ret_error < 0) {
            *ret_endpoint = o->endpoints[i];
            return i;
        }
    }
    return o->count;
}

static int finish(void *socket, int r, const zw_publish_socket_t *o, void **ret, const char **ret_endpoint)
{
    size_t bound = 0;
    if (r == 0)
        bound = bind_all(socket, o, ret_endpoint, &r);
    if (r < 0)
        zw_listen_close(socket, o->endpoints, bound);
    else
        *ret = socket;
    return r;
}

int zw_publish_facts_socket(const zw_publish_options_t *o, void **ret, const char **ret_endpoint)
{
    const setting_t settings[] = { { ZMQ_SNDHWM, o->send_hwm > 0 ? o->send_hwm : 10000 }, { ZMQ_LINGER, FACTS_LINGER_MS } };
    void *socket = zmq_socket(o->zmq, ZMQ_XPUB);
    if (!socket)
        return -errno;
    int r = set_all(socket, settings, sizeof(settings) / sizeof(settings[0]), FACTS_MESSAGE_BYTES);
    return finish(socket, r, &o->facts, ret, ret_endpoint);
}

int zw_publish_replay_socket(const zw_publish_options_t *o, void **ret, const char **ret_endpoint)
{
    static const setting_t settings[] = { { ZMQ_SNDHWM, REPLAY_ANSWERS },
                                          { ZMQ_RCVHWM, REPLAY_QUEUE },
                                          { ZMQ_LINGER, 0 },
                                          { ZMQ_ROUTER_MANDATORY, 1 } };
    void *socket = zmq_socket(o->zmq, ZMQ_ROUTER);
    if (!socket)
        return -errno;
    int r = set_all(socket, settings, sizeof(settings) / sizeof(settings[0]), REPLAY_MESSAGE_BYTES);
    return finish(socket, r, &o->replay, ret, ret_endpoint);
}

void zw_publish_socket_rebind(void *socket, const zw_publish_socket_t *o)
{
    for (size_t i = 0; i < o->count; i++) {
        int r = zw_listen_again(socket, o->endpoints[i], &o->access);
        if (r < 0)
            zw_log(ZW_LOG_ERROR, "%s: %s; it lets nobody in until zhiwend is restarted", o->endpoints[i], zw_error_text(r));
    }
}
