#include "base/log.h"
#include "intake/intake_priv.h"

#include <errno.h>
#include <limits.h>

/* Acks that a sender has not read yet; one is about 150 bytes. */
enum { ACK_QUEUE = 100000, HANDSHAKE_MS = 3000, HEARTBEAT_MS = 5000, DEAD_MS = 15000, LINGER_MS = 1000 };

static int set(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof(value)) < 0 ? -errno : 0;
}

/* What a peer may cost us, before the first one can connect. */
static int bound(void *socket, const zw_intake_options_t *o)
{
    int64_t frame = (int64_t)o->limits.message_bytes * 2; /* room to read a message that is too large, and to say so */
    int e = zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame, sizeof(frame)) < 0 ? -errno : 0;
    if (e == 0)
        e = set(socket, ZMQ_RCVHWM, o->queue);
    if (e == 0)
        e = set(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
    if (e == 0)
        e = set(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS);
    if (e == 0)
        e = set(socket, ZMQ_HEARTBEAT_TIMEOUT, DEAD_MS);
    if (e == 0)
        e = set(socket, ZMQ_HEARTBEAT_TTL, DEAD_MS);
    if (e == 0)
        e = set(socket, ZMQ_LINGER, LINGER_MS);
    return e;
}

static int bind_all(void *socket, const zw_listen_terms_t *access, const char *const *endpoints, size_t n, const char **ret_endpoint)
{
    for (size_t i = 0; i < n; i++) {
        *ret_endpoint = endpoints[i];
        int e = zw_listen(socket, endpoints[i], access);
        if (e < 0)
            return e;
    }
    return 0;
}

static int open_submit(zw_intake_t *in, const zw_intake_options_t *o, const char **ret_endpoint)
{
    in->submit = zmq_socket(o->zmq, ZMQ_ROUTER);
    if (!in->submit)
        return -errno;
    int e = bound(in->submit, o);
    if (e == 0)
        e = set(in->submit, ZMQ_SNDHWM, ACK_QUEUE);
    if (e == 0)
        e = set(in->submit, ZMQ_SNDTIMEO, 0);
    if (e == 0)
        e = set(in->submit, ZMQ_ROUTER_MANDATORY, 1);
    return e < 0 ? e : bind_all(in->submit, &o->submit_access, o->submit_bind, o->submit_bind_count, ret_endpoint);
}

static int open_feed(zw_intake_t *in, const zw_intake_options_t *o, const char **ret_endpoint)
{
    in->feed = zmq_socket(o->zmq, ZMQ_SUB);
    if (!in->feed)
        return -errno;
    int e = bound(in->feed, o);
    for (size_t i = 0; e == 0 && i < o->feed_topic_count; i++)
        if (zmq_setsockopt(in->feed, ZMQ_SUBSCRIBE, o->feed_topics[i], strlen(o->feed_topics[i])) < 0)
            e = -errno;
    if (e == 0 && o->feed_topic_count == 0 && zmq_setsockopt(in->feed, ZMQ_SUBSCRIBE, "", 0) < 0)
        e = -errno;
    if (e == 0)
        e = bind_all(in->feed, &o->feed_access, o->feed_bind, o->feed_bind_count, ret_endpoint);
    for (size_t i = 0; e == 0 && i < o->feed_connect_count; i++) {
        *ret_endpoint = o->feed_connect[i];
        e = zw_listen_connect(in->feed, o->feed_connect[i], o->feed_access.curve_secret, o->feed_server_key);
    }
    return e;
}

int zw_intake_sockets(zw_intake_t *in, const zw_intake_options_t *o, const char **ret_endpoint)
{
    *ret_endpoint = "submit";
    int e = open_submit(in, o, ret_endpoint);
    if (e < 0)
        return e;
    *ret_endpoint = "feed";
    return open_feed(in, o, ret_endpoint);
}

static void rebind(void *socket, const zw_listen_terms_t *access, const char *const *endpoints, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int e = zw_listen_again(socket, endpoints[i], access);
        if (e < 0)
            zw_log(ZW_LOG_ERROR, "%s: %s; it lets nobody in until zhiwend is restarted", endpoints[i], zw_error_text(e));
    }
}

void zw_intake_sockets_rebind(zw_intake_t *in)
{
    rebind(in->submit, &in->o.submit_access, in->o.submit_bind, in->o.submit_bind_count);
    rebind(in->feed, &in->o.feed_access, in->o.feed_bind, in->o.feed_bind_count);
}
