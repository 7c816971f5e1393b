#include "zap.h"

#include "base/log.h"
#include "zap_keys.h"
#include "zw_str.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

const char ZW_ZAP_SUBMIT[] = "submit", ZW_ZAP_FEED[] = "feed", ZW_ZAP_FACTS[] = "facts", ZW_ZAP_REPLAY[] = "replay";

enum { FRAMES = 7, FRAME_BYTES = 256, KEY_BYTES = 32 };
static const char ADDRESS[] = "inproc://zeromq.zap.01";

struct zw_zap {
    void *socket;
    const char *clients;
    size_t descriptors; /* open at most: those of the start and one a connection */
    pthread_mutex_t lock; /* guards keys */
    zw_zap_keys_t *keys;
    zw_zap_counters_t counters;
    pthread_t thread;
    int wake;
    bool runs;
};

/* A question's frames: version, request id, domain, address, routing id, mechanism, credentials. */
typedef struct {
    char bytes[FRAMES][FRAME_BYTES];
    size_t n[FRAMES];
    int count;
} question_t;
enum { Q_VERSION, Q_REQUEST, Q_DOMAIN, Q_ADDRESS, Q_ROUTING, Q_MECHANISM, Q_KEY };

static size_t open_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t n = 0;
    if (!dir)
        return 0;
    while (readdir(dir))
        n++;
    (void)closedir(dir);
    return n;
}

static zw_str_t part(const question_t *q, int k)
{
    return zw_str(q->bytes[k], k < q->count ? q->n[k] : 0);
}

static unsigned right_for(zw_str_t domain)
{
    if (zw_str_eqz(domain, ZW_ZAP_SUBMIT) || zw_str_eqz(domain, ZW_ZAP_FEED))
        return ZW_RIGHT_SEND;
    return zw_str_eqz(domain, ZW_ZAP_FACTS) || zw_str_eqz(domain, ZW_ZAP_REPLAY) ? ZW_RIGHT_SUBSCRIBE : 0;
}

/* NULL: may not come in. Else the user's name, which lives as long as the lock is held or the keys are not reloaded. */
static const char *user_of(zw_zap_t *zap, const question_t *q)
{
    if (zw_str_eqz(part(q, Q_MECHANISM), "NULL"))
        return ""; /* ipc, whose file has permissions, or tcp that was asked to be in plain text */
    if (!zw_str_eqz(part(q, Q_MECHANISM), "CURVE") || part(q, Q_KEY).n != KEY_BYTES)
        return NULL;
    const zw_zap_key_t *key = zw_zap_keys_find(zap->keys, q->bytes[Q_KEY]);
    return key && (key->rights & right_for(part(q, Q_DOMAIN))) ? key->name : NULL;
}

static void reply(zw_zap_t *zap, const question_t *q, const char *code, const char *text, const char *user)
{
    const zw_str_t frames[] = { part(q, Q_VERSION), part(q, Q_REQUEST), zw_strz(code), zw_strz(text), zw_strz(user), zw_strz("") };
    for (size_t i = 0; i < 6; i++)
        if (zmq_send(zap->socket, frames[i].p, frames[i].n, i < 5 ? ZMQ_SNDMORE : 0) < 0)
            return; /* libzmq gives the connection up when the handshake takes too long */
}

static void answer(zw_zap_t *zap, const question_t *q)
{
    if (open_descriptors() > zap->descriptors) {
        atomic_fetch_add(&zap->counters.refused_full, 1);
        zw_log(ZW_LOG_WARNING, "a connection to %.*s is refused: as many are open as limits.connections allows", ZW_STR_ARGS(part(q, Q_DOMAIN)));
        reply(zap, q, "300", "too many connections", "");
        return;
    }
    (void)pthread_mutex_lock(&zap->lock);
    const char *user = user_of(zap, q);
    atomic_fetch_add(user ? &zap->counters.allowed : &zap->counters.refused_key, 1);
    /* 300, "for now", and not 400: that would end the client's socket for good, and its key may be allowed by the next reload. */
    reply(zap, q, user ? "200" : "300", user ? "OK" : "no permitted key", user ? user : "");
    (void)pthread_mutex_unlock(&zap->lock);
    if (!user)
        zw_log(ZW_LOG_WARNING, "a client from %.*s is refused on %.*s: its key has no right there", ZW_STR_ARGS(part(q, Q_ADDRESS)),
               ZW_STR_ARGS(part(q, Q_DOMAIN)));
}

/* 1, or 0 when there is none. libzmq itself asks, so the form is as the RFC says; what would not fit is cut, and means nothing then. */
static int receive(zw_zap_t *zap, question_t *q)
{
    char rest[FRAME_BYTES];
    int more = 1;
    size_t size = sizeof(more);
    for (q->count = 0; more;) {
        char *into = q->count < FRAMES ? q->bytes[q->count] : rest;
        int n = zmq_recv(zap->socket, into, FRAME_BYTES, ZMQ_DONTWAIT);
        if (n < 0)
            return 0;
        if (q->count < FRAMES)
            q->n[q->count++] = n < FRAME_BYTES ? (size_t)n : FRAME_BYTES;
        if (zmq_getsockopt(zap->socket, ZMQ_RCVMORE, &more, &size) < 0)
            return 0;
    }
    return 1;
}

static void *loop(void *arg)
{
    zw_zap_t *zap = arg;
    question_t q;
    zmq_pollitem_t items[] = { { zap->socket, 0, ZMQ_POLLIN, 0 }, { NULL, zap->wake, ZMQ_POLLIN, 0 } };
    while (zmq_poll(items, 2, -1) >= 0 || errno == EINTR) {
        if (items[1].revents)
            break;
        while (receive(zap, &q))
            answer(zap, &q);
    }
    return NULL;
}

/* Threads of ours leave every signal to main's. */
static int start(zw_zap_t *zap)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int e = pthread_create(&zap->thread, NULL, loop, zap);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    zap->runs = e == 0;
    if (zap->runs)
        (void)pthread_setname_np(zap->thread, "zap");
    return -e;
}

int zw_zap_open(void *zmq, const char *clients, size_t connections, zw_zap_t **ret)
{
    zw_zap_t *zap = calloc(1, sizeof(*zap));
    if (!zap)
        return -ENOMEM;
    zap->clients = clients && clients[0] ? clients : NULL;
    (void)pthread_mutex_init(&zap->lock, NULL);
    zap->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    zap->socket = zmq_socket(zmq, ZMQ_REP);
    int r = zap->wake < 0 || !zap->socket || zmq_bind(zap->socket, ADDRESS) < 0 ? -errno : 0;
    if (r == 0)
        r = zw_zap_reload(zap);
    /* Sockets, threads and files that are opened hereafter are some dozens. */
    zap->descriptors = open_descriptors() + 64 + connections;
    if (r >= 0)
        r = start(zap);
    if (r < 0) {
        zw_zap_close(zap);
        return r;
    }
    *ret = zap;
    return 0;
}

void zw_zap_close(zw_zap_t *zap)
{
    const uint64_t one = 1;
    if (!zap)
        return;
    if (zap->runs) {
        (void)!write(zap->wake, &one, sizeof(one));
        (void)pthread_join(zap->thread, NULL);
    }
    if (zap->socket)
        (void)zmq_close(zap->socket);
    if (zap->wake >= 0)
        (void)close(zap->wake);
    zw_zap_keys_free(zap->keys);
    (void)pthread_mutex_destroy(&zap->lock);
    free(zap);
}

int zw_zap_reload(zw_zap_t *zap)
{
    zw_zap_keys_t *fresh = NULL;
    int r = zw_zap_keys_load(zap->clients, &fresh);
    if (r < 0)
        return r;
    (void)pthread_mutex_lock(&zap->lock);
    zw_zap_keys_t *before = zap->keys;
    zap->keys = fresh;
    (void)pthread_mutex_unlock(&zap->lock);
    bool lost = before && zw_zap_keys_lost(before, fresh);
    zw_zap_keys_free(before);
    return lost;
}

const zw_zap_counters_t *zw_zap_counters(const zw_zap_t *zap)
{
    return &zap->counters;
}
