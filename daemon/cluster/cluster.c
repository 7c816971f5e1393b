#include "cluster/cluster_priv.h"

#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

enum { NAP_MS = 10, LEAVE_MS = 10000, FLUSH_MS = 10000, TROUBLE_US = 60000000 };

void zw_cluster_fail(zw_cluster_t *c, int error)
{
    uint64_t one = 1;
    int none = 0;
    if (atomic_compare_exchange_strong(&c->failed, &none, error))
        (void)!write(c->o.trouble_fd, &one, sizeof(one));
}

/* ---- producing */

static void note_trouble(zw_cluster_t *c, const char *text)
{
    pthread_mutex_lock(&c->lock);
    (void)snprintf(c->trouble, sizeof(c->trouble), "%s", text);
    c->trouble_us = zw_monotonic_us();
    pthread_mutex_unlock(&c->lock);
}

/* Of this very message, or of us: it will not be taken later either. */
static bool is_final(rd_kafka_resp_err_t error)
{
    switch ((int)error) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR__FATAL:
        return true;
    default:
        return false;
    }
}

static void count_out(zw_cluster_t *c)
{
    if (atomic_fetch_add(&c->outstanding, 1) == 0)
        atomic_store(&c->moved_us, zw_monotonic_us());
}

static void count_in(zw_cluster_t *c)
{
    (void)atomic_fetch_sub(&c->outstanding, 1);
    atomic_store(&c->moved_us, zw_monotonic_us());
}

static rd_kafka_resp_err_t produce(zw_cluster_t *c, zw_sent_t *sent, zw_str_t key, zw_str_t bytes, rd_kafka_headers_t *headers)
{
    rd_kafka_vu_t args[7] = { { .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = sent->result ? c->results_topic : c->articles_topic },
                              { .vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = sent->result ? 0 : RD_KAFKA_PARTITION_UA },
                              { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
                              { .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { (void *)(uintptr_t)bytes.p, bytes.n } },
                              { .vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = sent } };
    size_t n = 5;
    if (key.n > 0)
        args[n++] = (rd_kafka_vu_t){ .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { (void *)(uintptr_t)key.p, key.n } };
    if (headers)
        args[n++] = (rd_kafka_vu_t){ .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers };
    rd_kafka_error_t *e = rd_kafka_produceva(c->producer, args, n);
    rd_kafka_resp_err_t code = e ? rd_kafka_error_code(e) : RD_KAFKA_RESP_ERR_NO_ERROR;
    if (e)
        rd_kafka_error_destroy(e);
    return code;
}

/* The time that leaving may take is over. */
static bool is_late(const zw_cluster_t *c)
{
    int64_t until = atomic_load(&c->leave_by_us);
    return until > 0 && zw_monotonic_us() > until;
}

int zw_cluster_produce(zw_cluster_t *c, const zw_sent_t *what, zw_str_t key, zw_str_t bytes, const zw_str_t *asker)
{
    zw_sent_t *sent = malloc(sizeof(*sent));
    rd_kafka_headers_t *headers = asker ? rd_kafka_headers_new(1) : NULL;
    if (!sent) {
        if (headers)
            rd_kafka_headers_destroy(headers);
        return -ENOMEM;
    }
    *sent = *what;
    if (headers)
        (void)rd_kafka_header_add(headers, ZW_ASKER_HEADER, -1, asker->p, (ssize_t)asker->n);
    count_out(c);
    rd_kafka_resp_err_t error;
    while ((error = produce(c, sent, key, bytes, headers)) && !is_final(error) && !is_late(c)) {
        if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            note_trouble(c, rd_kafka_err2str(error)); /* such as a topic that a broker does not know while it starts */
        for (size_t i = 0; i < 4; i++)
            atomic_fetch_add(&c->progress[i], 1); /* it is the brokers that do not get on, not we */
        zw_cluster_nap(NAP_MS);
    }
    if (!error)
        return 0;
    if (headers)
        rd_kafka_headers_destroy(headers);
    count_in(c);
    free(sent);
    note_trouble(c, rd_kafka_err2str(error));
    if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        return -ZW_E_TOO_LARGE;
    if (error == RD_KAFKA_RESP_ERR__FATAL)
        zw_cluster_fail(c, -ZW_E_CLOSED);
    return error == RD_KAFKA_RESP_ERR__FATAL || !is_final(error) ? -ZW_E_CLOSED : -EACCES;
}

static void failed(zw_cluster_t *c, const zw_sent_t *sent, rd_kafka_resp_err_t error)
{
    zw_log(ZW_LOG_WARNING, "cluster: %s: a message is not taken: %s", sent->result ? c->results : c->articles, rd_kafka_err2str(error));
    if (!sent->result && is_final(error))
        zw_entrance_refused(c, sent->ref.ticket, error);
    else if (!sent->result)
        zw_entrance_again(c, sent->ref.ticket);
    else if (sent->ref.partition >= 0)
        zw_report_refused(c, sent, error);
}

static void delivered(rd_kafka_t *kafka, const rd_kafka_message_t *m, void *opaque)
{
    zw_cluster_t *c = opaque;
    zw_sent_t *sent = m->_private;
    count_in(c);
    if (sent->result && sent->ref.partition >= 0)
        (void)atomic_fetch_sub(&c->parts[sent->ref.partition].at_work, 1);
    if (m->err && m->err != RD_KAFKA_RESP_ERR__PURGE_QUEUE && m->err != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
        failed(c, sent, m->err);
    free(sent);
}

/* ---- what the brokers say */

static void on_error(rd_kafka_t *kafka, int error, const char *reason, void *opaque)
{
    zw_cluster_t *c = opaque;
    char fatal[256] = "";
    if (error == RD_KAFKA_RESP_ERR__FATAL) {
        rd_kafka_resp_err_t code = rd_kafka_fatal_error(kafka, fatal, sizeof(fatal));
        zw_log(ZW_LOG_ERROR, "cluster: %s: %s; ending, to begin anew from where the store stands", rd_kafka_err2name(code), fatal);
        zw_cluster_fail(c, -ZW_E_CLOSED);
    }
    note_trouble(c, fatal[0] ? fatal : reason);
}

static bool is_stalled(const zw_cluster_t *c, double *ret_s)
{
    int64_t us = zw_monotonic_us() - atomic_load(&c->moved_us);
    bool stalled = atomic_load(&c->outstanding) > 0 && us > ZW_STALLED_US;
    *ret_s = stalled ? (double)us / 1e6 : 0;
    return stalled;
}

/* The thread that librdkafka's callbacks run in, other than the group's. */
static void *poll_loop(void *arg)
{
    zw_cluster_t *c = arg;
    double s;
    while (!atomic_load(&c->ending) || rd_kafka_outq_len(c->producer) > 0) {
        atomic_fetch_add(&c->progress[3], 1);
        (void)rd_kafka_poll(c->producer, ZW_TURN_MS / 2);
        (void)rd_kafka_poll(c->consumer, 0);
        bool stalled = is_stalled(c, &s);
        if (stalled != atomic_load(&c->stalled)) {
            pthread_mutex_lock(&c->lock);
            zw_log(stalled ? ZW_LOG_WARNING : ZW_LOG_NOTICE, stalled ? "cluster: no broker has acknowledged anything for %.0f s: too few of them are "
                   "there, or in sync. Nothing is lost, senders wait%s%s" : "cluster: the brokers acknowledge again",
                   s, c->trouble[0] ? ": " : "", c->trouble);
            if (!stalled)
                c->trouble[0] = '\0';
            pthread_mutex_unlock(&c->lock);
            atomic_store(&c->stalled, stalled);
        }
        if (atomic_load(&c->ending) && stalled)
            break; /* what is left was not acknowledged to anyone */
    }
    return NULL;
}

bool zw_cluster_read_up(zw_cluster_t *c, int timeout_ms)
{
    int64_t until = zw_monotonic_us() + timeout_ms * 1000;
    while (!atomic_load(&c->caught_up) || atomic_load(&c->next) < atomic_load(&c->end)) {
        if (atomic_load(&c->leaving) || atomic_load(&c->failed) || zw_monotonic_us() > until)
            return false;
        zw_cluster_nap(NAP_MS);
    }
    return true;
}

/* ---- beginning and end */

static int random_self(zw_cluster_t *c)
{
    while (c->self == 0)
        if (getrandom(&c->self, sizeof(c->self), 0) != (ssize_t)sizeof(c->self))
            return -EIO;
    return 0;
}

static int open_names(zw_cluster_t *c)
{
    const zw_cluster_options_t *o = &c->o;
    if (o->name[0])
        (void)snprintf(c->name, sizeof(c->name), "%s", o->name);
    else if (gethostname(c->name, sizeof(c->name)) < 0)
        return -errno;
    c->name[sizeof(c->name) - 1] = '\0';
    (void)snprintf(c->articles, sizeof(c->articles), "%s.articles", o->topics);
    (void)snprintf(c->results, sizeof(c->results), "%s.results", o->topics);
    c->terms = (zw_terms_t){ .generation = o->generation, .capacity = o->capacity, .window_days = o->window_days, .facts = o->facts };
    return random_self(c);
}

static int open_places(zw_cluster_t *c)
{
    c->pending = calloc(c->o.max_in_flight, sizeof(c->pending[0]));
    if (!c->pending)
        return -ENOMEM;
    for (size_t i = 0; i < c->o.max_in_flight; i++)
        c->pending[i].next = (uint32_t)i + 1;
    c->refused_end = &c->refused;
    return 0;
}

static int open_handles(zw_cluster_t *c)
{
    zw_kafka_callbacks_t callbacks = { .delivered = delivered, .rebalance = zw_share_rebalance, .error = on_error, .opaque = c };
    int e = zw_kafka_open(ZW_KAFKA_PRODUCER, &c->o, c->name, &callbacks, &c->producer);
    if (e == 0)
        e = zw_kafka_open(ZW_KAFKA_READER, &c->o, c->name, &callbacks, &c->consumer);
    if (e == 0)
        e = zw_kafka_open(ZW_KAFKA_SHARE, &c->o, c->name, &callbacks, &c->member);
    if (e < 0)
        return e;
    rd_kafka_topic_conf_t *keyed = rd_kafka_topic_conf_new(); /* as producers in Java choose, so that others may write there, too */
    (void)rd_kafka_topic_conf_set(keyed, "partitioner", "murmur2_random", NULL, 0);
    c->articles_topic = rd_kafka_topic_new(c->producer, c->articles, keyed);
    c->results_topic = rd_kafka_topic_new(c->producer, c->results, NULL);
    c->order_topic = rd_kafka_topic_new(c->consumer, c->results, NULL);
    c->order_queue = rd_kafka_queue_new(c->consumer);
    return c->articles_topic && c->results_topic && c->order_topic && c->order_queue ? 0 : -ENOMEM;
}

int zw_cluster_open(const zw_cluster_options_t *o, zw_cluster_t **ret)
{
    static int (*const steps[])(zw_cluster_t *) = { open_names, open_places, open_handles, zw_cluster_join, zw_reader_open };
    zw_cluster_t *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->o = *o;
    pthread_mutex_init(&c->lock, NULL);
    zw_order_init(&c->order, 0);
    for (size_t i = 0; i < ZW_ORDER_PARTITIONS; i++)
        c->parts[i].last = -1;
    c->known = -1;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        int e = steps[i](c);
        if (e < 0) {
            zw_cluster_close(c);
            return e;
        }
    }
    *ret = c;
    return 0;
}

int zw_cluster_start(zw_cluster_t *c)
{
    static void *(*const loops[])(void *) = { zw_cluster_entrance, zw_cluster_share, zw_cluster_report, poll_loop };
    static const char *const names[] = { "entrance", "share", "report", "kafka" };
    for (unsigned i = 0; i < 4; i++) {
        int e = -pthread_create(&c->threads[i], NULL, loops[i], c);
        if (e < 0)
            return e;
        c->thread_count++;
        (void)pthread_setname_np(c->threads[i], names[i]);
        if ((e = zw_watchdog_add(c->o.watchdog, names[i], &c->progress[i], NULL)) < 0)
            return e;
    }
    return 0;
}

static void join(zw_cluster_t *c, unsigned i)
{
    if (i < c->thread_count)
        (void)pthread_join(c->threads[i], NULL);
}

static bool answers_are_due(zw_cluster_t *c)
{
    pthread_mutex_lock(&c->lock);
    bool due = c->pending_count > 0 || c->refused;
    pthread_mutex_unlock(&c->lock);
    return due && !atomic_load(&c->failed);
}

void zw_cluster_leave(zw_cluster_t *c)
{
    if (!c)
        return;
    atomic_store(&c->leave_by_us, zw_monotonic_us() + LEAVE_MS * 1000);
    join(c, 0);
    while (c->thread_count == 4 && !is_late(c) && answers_are_due(c))
        zw_cluster_nap(NAP_MS);
    atomic_store(&c->leaving, true);
    join(c, 1);
    zw_flow_close(c->o.work);
}

void zw_cluster_end(zw_cluster_t *c)
{
    if (!c)
        return;
    join(c, 2);
    if (c->thread_count == 4)
        (void)rd_kafka_flush(c->producer, atomic_load(&c->stalled) ? 0 : FLUSH_MS);
    atomic_store(&c->ending, true);
    join(c, 3);
    c->thread_count = 0;
    rd_kafka_queue_yield(c->order_queue);
}

static void close_handles(zw_cluster_t *c)
{
    if (c->producer)
        (void)rd_kafka_purge(c->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    if (c->producer)
        (void)rd_kafka_flush(c->producer, NAP_MS * 10); /* hands out what was purged, so that it is freed */
    if (c->order_topic)
        (void)rd_kafka_consume_stop(c->order_topic, 0);
    rd_kafka_topic_t *topics[] = { c->articles_topic, c->results_topic, c->order_topic };
    for (size_t i = 0; i < 3; i++)
        if (topics[i])
            rd_kafka_topic_destroy(topics[i]);
    if (c->order_queue)
        rd_kafka_queue_destroy(c->order_queue);
    rd_kafka_t *handles[] = { c->member, c->consumer, c->producer };
    for (size_t i = 0; i < 3; i++)
        if (handles[i])
            rd_kafka_destroy(handles[i]);
}

void zw_cluster_close(zw_cluster_t *c)
{
    if (!c)
        return;
    close_handles(c);
    for (size_t i = 0; c->pending && i < c->o.max_in_flight; i++) {
        zw_job_t *job = c->pending[i].job;
        if (!job)
            continue;
        zw_job_clear(job);
        zw_buf_clear(&job->ack); /* not answered: its sender sends it again */
        zw_flow_answer(c->o.intake, &job, 1);
    }
    zw_reader_close(c);
    zw_buf_done(&c->out);
    free(c->pending);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- status */

void zw_cluster_info(zw_cluster_t *c, zw_cluster_info_t *ret)
{
    int64_t next = atomic_load(&c->next), end = atomic_load(&c->end);
    *ret = (zw_cluster_info_t){ .name = c->name, .topics = c->o.topics, .generation = c->o.generation, .next = next,
                                .behind = end > next && end != INT64_MAX ? end - next : 0, .partitions = zw_count_get(&c->partitions),
                                .sent = zw_count_get(&c->sent), .reported = zw_count_get(&c->reported), .read = zw_count_get(&c->read),
                                .uncounted = zw_count_get(&c->uncounted), .gone_back = zw_count_get(&c->gone_back),
                                .diverged = atomic_load(&c->diverged) };
    bool stalled = is_stalled(c, &ret->waiting_s);
    ret->state = atomic_load(&c->failed)      ? "failed"
                 : stalled                    ? "waiting for brokers"
                 : !atomic_load(&c->caught_up) ? "catching up"
                                               : "following";
    pthread_mutex_lock(&c->lock);
    ret->unanswered = c->pending_count;
    if (zw_monotonic_us() - c->trouble_us < TROUBLE_US)
        memcpy(ret->trouble, c->trouble, sizeof(ret->trouble));
    ret->peer_count = c->peer_count;
    memcpy(ret->peers, c->peers, c->peer_count * sizeof(c->peers[0]));
    pthread_mutex_unlock(&c->lock);
}
