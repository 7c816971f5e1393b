/* What the files of publish share. */
#ifndef ZW_PUBLISH_PRIV_H
#define ZW_PUBLISH_PRIV_H

#include "publish/publish.h"
#include "publish/publish_answer.h"

#include <pthread.h>
#include <zmq.h>

enum { ZW_PUBLISH_QUEUE = 64, ZW_PUBLISH_WAKE_MS = 500 };

/* Events of one commit, copied into one block: the structs, then their bytes. */
typedef struct zw_batch {
    struct zw_batch *next;
    size_t count;
    zw_store_event_t events[];
} zw_batch_t;

struct zw_publish {
    zw_publish_options_t options;
    zw_publish_counters_t counters;
    void *facts, *replay;            /* each owned by its thread once that runs */
    zw_answerer_t *answerer;         /* the replay thread's */
    pthread_t facts_thread, replay_thread;
    bool facts_runs, replay_runs;
    int facts_fd, replay_fd;         /* eventfds that wake the loops; -1: none */
    atomic_bool stop, facts_rebind, replay_rebind;
    uint64_t start_seq;              /* newest event when the room was opened: left to replay */
    atomic_uint_fast64_t facts_rounds, replay_rounds;

    pthread_mutex_t lock;            /* guards what follows */
    pthread_cond_t room;
    zw_batch_t *first, **last;
    size_t queued;
    uint64_t lost_seq;               /* newest event of a batch that there was no memory to queue */
    bool closed;                     /* the facts thread takes no more */
};

/* publish_socket.c: makes a socket with its bounds set and binds it. -errno; *ret_endpoint names the culprit. */
int zw_publish_facts_socket(const zw_publish_options_t *options, void **ret, const char **ret_endpoint);
int zw_publish_replay_socket(const zw_publish_options_t *options, void **ret, const char **ret_endpoint);

/* As zw_publish_rebind says, for one socket, in the thread that owns it. Logs. */
void zw_publish_socket_rebind(void *socket, const zw_publish_socket_t *options);

/* The loops; arg is the zw_publish_t. */
void *zw_publish_facts_loop(void *arg);
void *zw_publish_replay_loop(void *arg);

/* One round of a loop is done. */
void zw_publish_progress(zw_publish_t *publish, atomic_uint_fast64_t *rounds);

int64_t zw_publish_now_ms(void); /* monotonic */

#endif
