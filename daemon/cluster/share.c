/* This instance's partitions of the topic of articles → the workers' flow.
 *
 * Where to begin with a partition is not the group's offset but what the results say: behind the newest message whose result has
 * counted. The group's offset is written all the same, since that is where Kafka's tools look for the lag.
 * Should results get lost (order.h says what then does not count), the partition is read again from there. */
#include "cluster/cluster_priv.h"

#include "base/log.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>

enum { NAP_MS = 2, READ_UP_MS = 2000, SEEK_MS = 5000, LOST_US = 10000000, LOOK_US = 1000000, COMMIT_US = 5000000 };

/* ---- which partitions */

static void take_partition(zw_cluster_t *c, rd_kafka_topic_partition_t *p)
{
    int64_t newest = zw_order_newest(&c->order, p->partition);
    if (p->partition >= ZW_ORDER_PARTITIONS) {
        zw_log(ZW_LOG_ERROR, "cluster: %s has more than %d partitions", c->articles, ZW_ORDER_PARTITIONS);
        zw_cluster_fail(c, -ZW_E_CONFIG);
        return;
    }
    zw_share_part_t *part = &c->parts[p->partition];
    part->owned = true;
    if (part->last < newest) /* else it was ours before this rebalance, and what was read then is being worked on */
        part->last = newest;
    part->counted = newest;
    part->moved_us = zw_monotonic_us();
    part->start = part->last + 1;
    p->offset = part->last < 0 ? RD_KAFKA_OFFSET_BEGINNING : part->start;
}

void zw_share_rebalance(rd_kafka_t *kafka, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t *list, void *arg)
{
    zw_cluster_t *c = arg;
    bool mine = error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    if (mine)
        (void)zw_cluster_read_up(c, READ_UP_MS); /* spares work that others have done */
    for (int i = 0; i < list->cnt; i++) {
        if (mine)
            take_partition(c, &list->elems[i]);
        else if (list->elems[i].partition < ZW_ORDER_PARTITIONS)
            c->parts[list->elems[i].partition].owned = false;
    }
    rd_kafka_resp_err_t e = rd_kafka_assign(kafka, mine ? list : NULL);
    if (e)
        zw_log(ZW_LOG_WARNING, "cluster: partitions: %s", rd_kafka_err2str(e));
    uint64_t owned = 0;
    for (int i = 0; i < ZW_ORDER_PARTITIONS; i++)
        owned += c->parts[i].owned;
    atomic_store(&c->partitions, owned);
    if (list->cnt > 0)
        zw_log(ZW_LOG_NOTICE, "cluster: %s %d partitions; %" PRIu64 " are this instance's now", mine ? "took over" : "gave up", list->cnt, owned);
}

/* ---- messages */

/* A job to read into, as soon as there is room; NULL: the instance leaves. */
static zw_job_t *take_job(zw_cluster_t *c)
{
    zw_job_t *job;
    while (!(job = zw_flow_take(c->o.work)) && !atomic_load(&c->leaving)) {
        atomic_fetch_add(&c->progress[1], 1);
        zw_cluster_nap(NAP_MS);
    }
    return job;
}

static void read_asker(const rd_kafka_message_t *m, zw_job_t *job)
{
    rd_kafka_headers_t *headers;
    const void *value;
    size_t n;
    uint64_t numbers[2];
    job->origin = ZW_FROM_CLUSTER;
    job->ref.asker = job->ref.ticket = 0;
    if (rd_kafka_message_headers(m, &headers) || rd_kafka_header_get_last(headers, ZW_ASKER_HEADER, &value, &n) || n != ZW_ASKER_BYTES)
        return;
    memcpy(numbers, value, sizeof(numbers));
    job->ref.asker = le64toh(numbers[0]);
    job->ref.ticket = le64toh(numbers[1]);
    unsigned origin = ((const unsigned char *)value)[sizeof(numbers)];
    if (origin <= ZW_FROM_CLUSTER)
        job->origin = origin;
}

/* The bytes are the flow's own from here on. False: without memory. */
static bool copy_message(const rd_kafka_message_t *m, zw_job_t *job)
{
    zmq_msg_t copy;
    if (zmq_msg_init_size(&copy, m->len) < 0)
        return false;
    if (m->len > 0)
        memcpy(zmq_msg_data(&copy), m->payload, m->len);
    (void)zmq_msg_move(&job->message, &copy);
    return true;
}

static void decode(zw_cluster_t *c, zw_job_t *job)
{
    int e = zw_request_decode(job->wire, zw_job_raw(job), &c->o.limits, &job->request, &job->reject);
    if (e < 0)
        job->reject.code = e;
    else if (job->request.op != ZW_OP_SUBMIT && job->request.op != ZW_OP_WITHDRAW)
        zw_job_reject(job, -ZW_E_UNKNOWN_OP, "op", "the topic of articles takes only \"submit\" and \"withdraw\"");
}

/* The first message behind where we began: what an operator must know before it is asked for. An offset before that, or a lowest one
 * behind it, means that the broker had not got the one that we asked for (auto.offset.reset). What is cached of a partition's ends
 * may be older than the assignment, but the lowest offset only grows. */
static void look_at_start(zw_cluster_t *c, const rd_kafka_message_t *m)
{
    zw_share_part_t *part = &c->parts[m->partition];
    int64_t low, high, start = part->start;
    part->start = 0;
    if (m->offset < start) {
        zw_log(ZW_LOG_ERROR, "cluster: partition %d of %s has message %" PRId64 " again after %" PRId64 ": it is another topic, and what is in it now "
                             "is not read. Found a new cluster with other topics (cluster.topics)", (int)m->partition, c->articles, m->offset, start - 1);
        zw_cluster_fail(c, -EINVAL);
    } else if (start > 0 && rd_kafka_get_watermark_offsets(c->member, c->articles, m->partition, &low, &high) == 0 && low > start) {
        zw_log(ZW_LOG_ERROR, "cluster: messages %" PRId64 " to %" PRId64 " of partition %d of %s are gone before any instance has decided them "
                             "(retention.ms of the topic)", start, low - 1, (int)m->partition, c->articles);
    }
}

static void enter(zw_cluster_t *c, const rd_kafka_message_t *m)
{
    zw_share_part_t *part = &c->parts[m->partition];
    int64_t newest = zw_order_newest(&c->order, m->partition);
    look_at_start(c, m);
    if (!part->owned || m->offset <= newest) /* of before a rebalance; or decided meanwhile */
        return;
    zw_job_t *job = take_job(c);
    if (!job)
        return;
    while (!copy_message(m, job)) {
        if (atomic_load(&c->leaving)) { /* not an empty message in its place: whoever has the partition next reads it */
            zw_flow_recycle(c->o.work, job);
            return;
        }
        zw_cluster_nap(NAP_MS);
    }
    job->peer_bytes = 0;
    read_asker(m, job);
    job->ref.partition = m->partition;
    job->ref.offset = m->offset;
    job->ref.prev = part->last > newest ? part->last : newest;
    part->last = m->offset;
    decode(c, job);
    (void)atomic_fetch_add(&part->at_work, 1);
    zw_flow_enter(c->o.work, job);
}

static void read_some(zw_cluster_t *c)
{
    rd_kafka_message_t *m = rd_kafka_consumer_poll(c->member, ZW_TURN_MS);
    if (!m)
        return;
    if (!m->err)
        enter(c, m);
    else if (m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
        zw_log(ZW_LOG_WARNING, "cluster: %s: %s", c->articles, rd_kafka_message_errstr(m));
    rd_kafka_message_destroy(m);
}

/* ---- now and then */

static rd_kafka_topic_partition_list_t *one(zw_cluster_t *c, int32_t partition, int64_t offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, c->articles, partition)->offset = offset;
    return list;
}

static void go_back(zw_cluster_t *c, int32_t partition, int64_t newest)
{
    rd_kafka_topic_partition_list_t *list = one(c, partition, newest < 0 ? RD_KAFKA_OFFSET_BEGINNING : newest + 1);
    rd_kafka_error_t *e = rd_kafka_seek_partitions(c->member, list, SEEK_MS);
    zw_log(ZW_LOG_WARNING, "cluster: results of partition %d do not count or are lost: reading again behind message %" PRId64 "%s%s",
           (int)partition, newest, e ? ": " : "", e ? rd_kafka_error_string(e) : "");
    if (e)
        rd_kafka_error_destroy(e);
    else
        c->parts[partition].last = newest;
    c->parts[partition].start = newest + 1;
    rd_kafka_topic_partition_list_destroy(list);
    zw_count(&c->gone_back, 1);
}

/* Everything that was read is reported, everything reported was read back, and still something has not counted. */
static void look_for_lost(zw_cluster_t *c)
{
    int64_t now = zw_monotonic_us();
    bool read_up = atomic_load(&c->next) >= atomic_load(&c->end);
    for (int32_t i = 0; i < ZW_ORDER_PARTITIONS; i++) {
        zw_share_part_t *p = &c->parts[i];
        int64_t newest = zw_order_newest(&c->order, i);
        if (!p->owned)
            continue;
        if (newest != p->counted || p->last <= newest || atomic_load(&p->at_work) > 0 || !read_up) {
            p->counted = newest;
            p->moved_us = now;
        } else if (now - p->moved_us > LOST_US) {
            p->moved_us = now;
            go_back(c, i, newest);
        }
    }
}

static void write_offsets(zw_cluster_t *c)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(16);
    for (int32_t i = 0; i < ZW_ORDER_PARTITIONS; i++)
        if (c->parts[i].owned && zw_order_newest(&c->order, i) >= 0)
            rd_kafka_topic_partition_list_add(list, c->articles, i)->offset = zw_order_newest(&c->order, i) + 1;
    if (list->cnt > 0)
        (void)rd_kafka_commit(c->member, list, 1);
    rd_kafka_topic_partition_list_destroy(list);
}

static bool subscribe(zw_cluster_t *c)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, c->articles, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t error = rd_kafka_subscribe(c->member, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (error)
        zw_log(ZW_LOG_ERROR, "cluster: %s: %s", c->articles, rd_kafka_err2str(error));
    return !error;
}

/* A higher generation than the one in force: ours comes in its place, before anything of it is reported. */
static int tell_new_terms(zw_cluster_t *c)
{
    return c->terms.generation > atomic_load(&c->generation) ? zw_cluster_tell_terms(c) : 0;
}

void *zw_cluster_share(void *arg)
{
    zw_cluster_t *c = arg;
    int64_t look_us = 0, commit_us = 0;
    while (!zw_cluster_read_up(c, ZW_TURN_MS) && !atomic_load(&c->leaving))
        atomic_fetch_add(&c->progress[1], 1);
    if (!atomic_load(&c->leaving) && (tell_new_terms(c) < 0 || !subscribe(c)))
        zw_cluster_fail(c, -ZW_E_CONFIG);
    while (!atomic_load(&c->leaving)) {
        int64_t now = zw_monotonic_us();
        atomic_fetch_add(&c->progress[1], 1);
        read_some(c);
        if (now - look_us > LOOK_US) {
            look_us = now;
            look_for_lost(c);
        }
        if (now - commit_us > COMMIT_US) {
            commit_us = now;
            write_offsets(c);
        }
    }
    (void)rd_kafka_consumer_close(c->member);
    return NULL;
}
