#include "base/listen.h"
#include "publish_priv.h"

#include <errno.h>

enum {
    HANDSHAKE_MS = 3000,
    HEARTBEAT_MS = 5000,
    DEAD_MS = 15000,
    BACKLOG = 1024,
    FACTS_LINGER_MS = 2000,
    FACTS_MESSAGE_BYTES = 4096,      /* in: subscriptions only */
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

/* Binds to all or, on failure, closes. */
static int finish(void *socket, int r, const zw_publish_options_t *o, const char *const *endpoints, size_t n, void **ret,
                  const char **ret_endpoint)
{
    const zw_listen_permit_t permit = { .mode = o->socket_mode ? (mode_t)o->socket_mode : 0660, .group = o->socket_group };
    size_t bound = 0;
    while (r == 0 && bound < n) {
        r = zw_listen(socket, endpoints[bound], &permit);
        if (r < 0)
            *ret_endpoint = endpoints[bound];
        else
            bound++;
    }
    if (r < 0)
        zw_listen_close(socket, endpoints, bound);
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
    return finish(socket, r, o, o->facts_endpoints, o->facts_count, ret, ret_endpoint);
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
    return finish(socket, r, o, o->replay_endpoints, o->replay_count, ret, ret_endpoint);
}
