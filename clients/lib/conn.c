#include "client_priv.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* ---- connections */

enum {
    RECONNECT_MS = 50,
    RECONNECT_MAX_MS = 2000, /* ZeroMQ doubles up to here */
    HEARTBEAT_MS = 5000,
    HEARTBEAT_TIMEOUT_MS = 15000,
    WATCHED = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED
};

static int set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) < 0 ? -errno : 0;
}

static int configure(void *socket, int type, int hwm)
{
    const struct {
        int option, value;
    } options[] = {
        { ZMQ_LINGER, 0 },
        { ZMQ_SNDHWM, hwm },
        { ZMQ_RCVHWM, hwm },
        { ZMQ_RECONNECT_IVL, RECONNECT_MS },
        { ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS },
        { ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS },
        { ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS },
        { ZMQ_HEARTBEAT_TTL, HEARTBEAT_TIMEOUT_MS },
    };
    for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
        int r = set_int(socket, options[k].option, options[k].value);
        if (r < 0)
            return r;
    }
    /* What waits for a peer dies with the connection, so that nothing stale is sent to the next one. */
    return type == ZMQ_DEALER ? set_int(socket, ZMQ_IMMEDIATE, 1) : 0;
}

/* On tcp the daemon is known by its key, and we by ours; without a key of ours one is made up, which it may let in or not. */
static int set_keys(const zw_client_t *client, zw_conn_t *conn, const char *endpoint)
{
    char made_public[ZW_KEY_CHARS + 1], made_secret[ZW_KEY_CHARS + 1];
    const char *secret = client->secret_key, *public_key = client->public_key;
    if (strncmp(endpoint, "tcp://", 6) != 0)
        return 0;
    if (!client->server_key[0])
        return client->insecure_plain_tcp ? 0 : -ZW_E_INSECURE;
    if (!secret[0]) {
        if (zmq_curve_keypair(made_public, made_secret) < 0)
            return -errno;
        secret = made_secret;
        public_key = made_public;
    }
    if (zmq_setsockopt(conn->socket, ZMQ_CURVE_SERVERKEY, client->server_key, ZW_KEY_CHARS + 1) < 0 ||
        zmq_setsockopt(conn->socket, ZMQ_CURVE_PUBLICKEY, public_key, ZW_KEY_CHARS + 1) < 0 ||
        zmq_setsockopt(conn->socket, ZMQ_CURVE_SECRETKEY, secret, ZW_KEY_CHARS + 1) < 0)
        return -errno;
    return 0;
}

static int open_monitor(zw_client_t *client, zw_conn_t *conn)
{
    char name[64];
    (void)snprintf(name, sizeof name, "inproc://zw-monitor-%u", atomic_fetch_add(&client->monitors, 1));
    if (zmq_socket_monitor(conn->socket, name, WATCHED) < 0)
        return -errno;
    conn->monitor = zmq_socket(client->zmq, ZMQ_PAIR);
    if (!conn->monitor || zmq_connect(conn->monitor, name) < 0)
        return -errno;
    return set_int(conn->monitor, ZMQ_LINGER, 0);
}

int zw_conn_open(zw_client_t *client, zw_conn_t *conn, int type, const char *endpoint, int hwm)
{
    *conn = (zw_conn_t){ .socket = zmq_socket(client->zmq, type) };
    int r = conn->socket ? configure(conn->socket, type, hwm) : -errno;
    if (r == 0)
        r = set_keys(client, conn, endpoint);
    if (r == 0)
        r = open_monitor(client, conn);
    if (r == 0 && zmq_connect(conn->socket, endpoint) < 0)
        r = -errno;
    if (r < 0)
        zw_conn_close(conn);
    return r;
}

void zw_conn_close(zw_conn_t *conn)
{
    if (conn->socket) {
        (void)zmq_socket_monitor(conn->socket, NULL, 0);
        (void)zmq_close(conn->socket);
    }
    if (conn->monitor)
        (void)zmq_close(conn->monitor);
    conn->socket = conn->monitor = NULL;
    conn->up = false;
}

bool zw_conn_ready(const zw_conn_t *conn, bool unsent)
{
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(conn->socket, ZMQ_EVENTS, &events, &size) == 0 && (events & (unsent ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN));
}

unsigned zw_conn_watch(zw_conn_t *conn)
{
    unsigned changes = ZW_CONN_SAME;
    zmq_msg_t msg;
    for (;;) {
        (void)zmq_msg_init(&msg);
        if (zmq_msg_recv(&msg, conn->monitor, ZMQ_DONTWAIT) < 0)
            break;
        uint16_t event = 0;
        if (zmq_msg_size(&msg) >= sizeof event)
            memcpy(&event, zmq_msg_data(&msg), sizeof event);
        if (zmq_msg_more(&msg)) /* the address */
            (void)zmq_msg_recv(&msg, conn->monitor, ZMQ_DONTWAIT);
        (void)zmq_msg_close(&msg);
        if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
            conn->up = true;
            conn->connects++;
            changes |= ZW_CONN_MADE;
        } else if (event == ZMQ_EVENT_DISCONNECTED) {
            conn->up = false;
            changes = ZW_CONN_LOST;
        }
    }
    (void)zmq_msg_close(&msg);
    return changes;
}

int zw_conn_take(zw_conn_t *conn, zmq_msg_t *msg)
{
    while (zmq_msg_recv(msg, conn->socket, ZMQ_DONTWAIT) < 0) {
        if (errno == EAGAIN)
            return 0;
        if (errno != EINTR)
            return -errno;
    }
    return 1;
}

/* ---- waiting */

int zw_wait_open(zw_wait_t *wait)
{
    *wait = (zw_wait_t){ .epoll = epoll_create1(EPOLL_CLOEXEC), .timer = -1, .deadline_us = INT64_MAX };
    if (wait->epoll < 0)
        return -errno;
    wait->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    struct epoll_event event = { .events = EPOLLIN };
    if (wait->timer < 0 || epoll_ctl(wait->epoll, EPOLL_CTL_ADD, wait->timer, &event) < 0) {
        int r = -errno;
        zw_wait_close(wait);
        return r;
    }
    return 0;
}

void zw_wait_close(zw_wait_t *wait)
{
    if (wait->timer >= 0)
        (void)close(wait->timer);
    if (wait->epoll >= 0)
        (void)close(wait->epoll);
    wait->timer = wait->epoll = -1;
}

static int change_fds(zw_wait_t *wait, const zw_conn_t *conn, int operation)
{
    void *const sockets[] = { conn->socket, conn->monitor };
    for (size_t k = 0; k < 2; k++) {
        int fd;
        size_t size = sizeof fd;
        struct epoll_event event = { .events = EPOLLIN };
        if (!sockets[k])
            continue;
        if (zmq_getsockopt(sockets[k], ZMQ_FD, &fd, &size) < 0 || epoll_ctl(wait->epoll, operation, fd, &event) < 0)
            return -errno;
    }
    return 0;
}

int zw_wait_add(zw_wait_t *wait, const zw_conn_t *conn)
{
    return change_fds(wait, conn, EPOLL_CTL_ADD);
}

int zw_wait_nest(zw_wait_t *wait, const zw_wait_t *inner)
{
    struct epoll_event event = { .events = EPOLLIN };
    return epoll_ctl(wait->epoll, EPOLL_CTL_ADD, inner->epoll, &event) < 0 ? -errno : 0;
}

void zw_wait_remove(zw_wait_t *wait, const zw_conn_t *conn)
{
    (void)change_fds(wait, conn, EPOLL_CTL_DEL);
}

void zw_wait_deadline(zw_wait_t *wait, int64_t deadline_us)
{
    if (wait->deadline_us == deadline_us)
        return;
    wait->deadline_us = deadline_us;
    struct itimerspec when = { 0 }; /* zero: disarmed */
    if (deadline_us != INT64_MAX) {
        int64_t t = deadline_us > 0 ? deadline_us : 1;
        when.it_value = (struct timespec){ .tv_sec = t / 1000000, .tv_nsec = t % 1000000 * 1000 };
    }
    (void)timerfd_settime(wait->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

int zw_wait_for(zw_wait_t *wait, int64_t until_us)
{
    int timeout = -1;
    if (until_us != INT64_MAX) {
        int64_t left = until_us - zw_now_us();
        if (left <= 0)
            return 0;
        timeout = left > 3600000000ll ? 3600000 : (int)((left + 999) / 1000);
    }
    struct epoll_event event;
    int n = epoll_wait(wait->epoll, &event, 1, timeout);
    return n < 0 ? -errno : 1;
}
