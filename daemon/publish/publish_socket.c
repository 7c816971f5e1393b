#include "publish_priv.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    HANDSHAKE_MS = 3000,
    HEARTBEAT_MS = 5000,
    DEAD_MS = 15000,
    BACKLOG = 1024,
    CLOSE_MS = 500,
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

/* The file of an ipc endpoint, or NULL for other endpoints and for abstract sockets, which have none. */
static const char *ipc_path(const char *endpoint)
{
    static const char scheme[] = "ipc://";
    if (strncmp(endpoint, scheme, sizeof(scheme) - 1) != 0)
        return NULL;
    const char *path = endpoint + sizeof(scheme) - 1;
    return *path == '@' || *path == '*' ? NULL : path;
}

/* zmq_bind removes whatever lies at the path. So: only a socket may lie there, and only one that nobody serves. */
static int check_ipc_path(const char *path)
{
    struct stat st;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (lstat(path, &st) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(st.st_mode))
        return -EEXIST;
    size_t n = strlen(path);
    if (n >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, n + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int r = connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
    (void)close(fd);
    if (r == 0 || r == -EAGAIN) /* EAGAIN: someone listens, with a full backlog */
        return -EADDRINUSE;
    return r == -ECONNREFUSED || r == -ENOENT ? 0 : r;
}

static int bind_one(void *socket, const char *endpoint, unsigned mode)
{
    const char *path = ipc_path(endpoint);
    int r = path ? check_ipc_path(path) : 0;
    if (r < 0)
        return r;
    if (zmq_bind(socket, endpoint) < 0)
        return -errno;
    return path && chmod(path, (mode_t)mode) < 0 ? -errno : 0;
}

/* Returns how many were bound; *ret_error is 0 when all were. */
static size_t bind_all(void *socket, const char *const *endpoints, size_t n, unsigned mode, const char **ret_endpoint, int *ret_error)
{
    *ret_error = 0;
    for (size_t i = 0; i < n; i++) {
        *ret_error = bind_one(socket, endpoints[i], mode ? mode : 0660);
        if (*ret_error < 0) {
            *ret_endpoint = endpoints[i];
            return i;
        }
    }
    return n;
}

/* libzmq closes in a thread of its own, and leaves the file. Were we to return before, the same path, bound anew, would seem to
 * be served by another. */
void zw_publish_close_socket(void *socket, const char *const *endpoints, size_t bound)
{
    const struct timespec pause = { 0, 1000000 };
    (void)zmq_close(socket);
    for (size_t i = 0; i < bound; i++) {
        const char *path = ipc_path(endpoints[i]);
        for (int k = 0; path && k < CLOSE_MS && check_ipc_path(path) == -EADDRINUSE; k++)
            (void)nanosleep(&pause, NULL);
    }
}

static int finish(void *socket, int r, const char *const *endpoints, size_t n, unsigned mode, void **ret, const char **ret_endpoint)
{
    size_t bound = 0;
    if (r == 0)
        bound = bind_all(socket, endpoints, n, mode, ret_endpoint, &r);
    if (r < 0)
        zw_publish_close_socket(socket, endpoints, bound);
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
    return finish(socket, r, o->facts_endpoints, o->facts_count, o->socket_mode, ret, ret_endpoint);
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
    return finish(socket, r, o->replay_endpoints, o->replay_count, o->socket_mode, ret, ret_endpoint);
}
