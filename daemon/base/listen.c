#include "base/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

static const char TCP[] = "tcp://";
enum { CLOSE_MS = 500, AGAIN_MS = 1000, STANDARD_MODE = 0660, Z85_BYTES = 41 };

/* ---- what systemd has made */

static int put_address(const struct sockaddr_storage *any, socklen_t n, zw_buf_t *out)
{
    char host[INET6_ADDRSTRLEN];
    const struct sockaddr_un *un = (const void *)any;
    const struct sockaddr_in *v4 = (const void *)any;
    const struct sockaddr_in6 *v6 = (const void *)any;
    switch (any->ss_family) {
    case AF_UNIX:
        if (n <= offsetof(struct sockaddr_un, sun_path))
            return -ENOTSUP;
        if (un->sun_path[0])
            return zw_buf_printf(out, "ipc://%s", un->sun_path);
        return zw_buf_printf(out, "ipc://@%.*s", (int)(n - offsetof(struct sockaddr_un, sun_path) - 1), un->sun_path + 1);
    case AF_INET:
        if (!inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host)))
            return -errno;
        return zw_buf_printf(out, "tcp://%s:%u", host, ntohs(v4->sin_port));
    case AF_INET6:
        if (!inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host)))
            return -errno;
        return zw_buf_printf(out, "tcp://[%s]:%u", host, ntohs(v6->sin6_port));
    default:
        return -ENOTSUP;
    }
}

static int put_endpoint(int fd, zw_buf_t *out)
{
    struct sockaddr_storage address = { 0 };
    socklen_t n = sizeof(address);
    int stream = sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1);
    if (stream <= 0)
        return stream < 0 ? stream : -ENOTSUP;
    if (getsockname(fd, (struct sockaddr *)&address, &n) < 0)
        return -errno;
    int e = put_address(&address, n, out);
    return e < 0 ? e : zw_buf_putc(out, '\0');
}

static void free_names(char **names)
{
    for (char **name = names; name && *name; name++)
        free(*name);
    free(names);
}

int zw_listen_inherited(size_t i, zw_buf_t *name, zw_buf_t *endpoint)
{
    char **names = NULL;
    int n = sd_listen_fds_with_names(0, &names);
    int e = n < 0 ? n : i >= (size_t)n ? -ENOENT : 0;
    if (e == 0)
        e = zw_buf_printf(name, "%s", names[i]);
    if (e == 0)
        e = zw_buf_putc(name, '\0');
    free_names(names);
    return e < 0 ? e : put_endpoint(SD_LISTEN_FDS_START + (int)i, endpoint);
}

/* The descriptor of the listener at the endpoint, or -1. */
static int inherited(const char *endpoint)
{
    int n = sd_listen_fds(0);
    for (int fd = SD_LISTEN_FDS_START; fd < SD_LISTEN_FDS_START + n; fd++) {
        _cleanup_buf_ zw_buf_t its = { 0 };
        if (put_endpoint(fd, &its) == 0 && strcmp(its.p, endpoint) == 0)
            return fd;
    }
    return -1;
}

/* libzmq must never wait in accept(); systemd hands listeners over as it finds it right. It gets a copy to close, so that the
 * listener can be bound again. */
static int bind_inherited(void *socket, int listener, const char *endpoint)
{
    const int none = -1;
    int flags = fcntl(listener, F_GETFL);
    if (flags < 0 || fcntl(listener, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(listener, F_SETFD, FD_CLOEXEC) < 0)
        return -errno;
    int fd = fcntl(listener, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int e = zmq_setsockopt(socket, ZMQ_USE_FD, &fd, sizeof(fd)) < 0 || zmq_bind(socket, endpoint) < 0 ? -errno : 0;
    if (e < 0)
        (void)close(fd);
    return zmq_setsockopt(socket, ZMQ_USE_FD, &none, sizeof(none)) < 0 && e == 0 ? -errno : e;
}

/* ---- what we make */

/* The file of an ipc endpoint, or NULL for other endpoints and for abstract sockets, which have none. */
static const char *ipc_path(const char *endpoint)
{
    static const char scheme[] = "ipc://";
    if (strncmp(endpoint, scheme, sizeof(scheme) - 1) != 0)
        return NULL;
    const char *path = endpoint + sizeof(scheme) - 1;
    return *path == '@' || *path == '*' ? NULL : path;
}

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

static bool is_tcp(const char *endpoint)
{
    return strncmp(endpoint, TCP, sizeof(TCP) - 1) == 0;
}

static int set_terms(void *socket, bool tcp, const zw_listen_terms_t *terms)
{
    const char *secret = tcp ? terms->curve_secret : NULL;
    const int server = secret != NULL;
    if (zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &server, sizeof(server)) < 0 ||
        (secret && zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret, Z85_BYTES) < 0) ||
        (terms->zap_domain && zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, terms->zap_domain, strlen(terms->zap_domain)) < 0))
        return -errno;
    return 0;
}

int zw_listen(void *socket, const char *endpoint, const zw_listen_terms_t *terms)
{
    int fd = inherited(endpoint);
    int e = set_terms(socket, is_tcp(endpoint), terms);
    if (e == 0 && fd >= 0)
        return bind_inherited(socket, fd, endpoint);
    const char *path = ipc_path(endpoint);
    if (e == 0 && path)
        e = check_ipc_path(path);
    if (e < 0)
        return e;
    if (zmq_bind(socket, endpoint) < 0)
        return -errno;
    if (!path)
        return 0;
    if (terms->group != (gid_t)-1 && chown(path, (uid_t)-1, terms->group) < 0)
        return -errno;
    return chmod(path, terms->mode ? terms->mode : STANDARD_MODE) < 0 ? -errno : 0;
}

static void nap(void)
{
    const struct timespec pause = { 0, 1000000 };
    (void)nanosleep(&pause, NULL);
}

int zw_listen_again(void *socket, const char *endpoint, const zw_listen_terms_t *terms)
{
    char bound[128]; /* as libzmq knows it: all interfaces are 0.0.0.0 */
    if (!is_tcp(endpoint))
        return 0;
    const char *host = endpoint + sizeof(TCP) - 1;
    if (snprintf(bound, sizeof(bound), "%s%s%s", TCP, *host == '*' ? "0.0.0.0" : "", host + (*host == '*')) >= (int)sizeof(bound))
        return -ENAMETOOLONG;
    if (zmq_unbind(socket, bound) < 0 && errno != ENOENT)
        return -errno;
    int e = zw_listen(socket, endpoint, terms);
    for (int k = 0; e == -EADDRINUSE && k < AGAIN_MS; k++) { /* the old listener is closed by libzmq's thread */
        nap();
        e = zw_listen(socket, endpoint, terms);
    }
    return e;
}

int zw_listen_connect(void *socket, const char *endpoint, const char *curve_secret, const char *server_key)
{
    char public_key[Z85_BYTES];
    const int server = 0;
    if (zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &server, sizeof(server)) < 0)
        return -errno;
    if (server_key && curve_secret && is_tcp(endpoint) &&
        (zmq_curve_public(public_key, curve_secret) < 0 || zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key, Z85_BYTES) < 0 ||
         zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, Z85_BYTES) < 0 ||
         zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, curve_secret, Z85_BYTES) < 0))
        return -errno;
    return zmq_connect(socket, endpoint) < 0 ? -errno : 0;
}

void zw_listen_close(void *socket, const char *const *endpoints, size_t count)
{
    (void)zmq_close(socket);
    for (size_t i = 0; i < count; i++) {
        const char *path = inherited(endpoints[i]) < 0 ? ipc_path(endpoints[i]) : NULL;
        for (int k = 0; path && k < CLOSE_MS && check_ipc_path(path) == -EADDRINUSE; k++)
            nap();
    }
}
