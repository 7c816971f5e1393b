/* What the files of intake share. */
#ifndef ZW_INTAKE_PRIV_H
#define ZW_INTAKE_PRIV_H

#include "intake/intake.h"

#include <pthread.h>

struct zw_intake {
    void *submit, *feed;
    zw_wire_limits_t limits;
    zw_flow_t *flow;
    zw_stats_t *stats;
    zw_buf_t pong;

    pthread_t thread;
    bool started;
    zw_intake_options_t o;
    atomic_bool stop, finish, rebind;
    pthread_mutex_t lock; /* guards `stopped` */
    pthread_cond_t changed;
    bool stopped;
    atomic_uint_fast64_t progress;
};

/* intake_socket.c */
int zw_intake_sockets(zw_intake_t *intake, const zw_intake_options_t *options, const char **ret_endpoint);

/* intake_socket.c: as zw_intake_rebind says, in the thread that owns the sockets. Logs. */
void zw_intake_sockets_rebind(zw_intake_t *intake);

/* intake_read.c: reads at most `max` messages without blocking and enters them. Returns how many were read. */
int zw_intake_read_submit(zw_intake_t *intake, int max);
int zw_intake_read_feed(zw_intake_t *intake, int max);

/* intake_answer.c: sends all answers that are there and recycles their jobs. */
void zw_intake_answer(zw_intake_t *intake);
/* One answer at once; false when it could not be delivered. */
bool zw_intake_send(zw_intake_t *intake, const zw_job_t *job, zw_str_t answer);

#endif
