/* Which log does this store belong to? Once, before anything else of the cluster runs. */
#include "cluster/cluster_priv.h"

#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

enum { WAIT_S = 60, TURN_S = 5 };

static int refuse(const zw_cluster_t *c, const char *why)
{
    zw_log(ZW_LOG_ERROR, "cluster: %s: %s", c->results, why);
    return -EINVAL;
}

static int no_answer(const zw_cluster_t *c)
{
    zw_log(ZW_LOG_ERROR, "cluster: none of the brokers (cluster.brokers) has answered within %d s; this store was never in a cluster, so they are "
                         "needed to begin%s%s", WAIT_S, c->trouble[0] ? ": " : "", c->trouble);
    return -ZW_E_CLOSED;
}

int zw_cluster_tell_terms(zw_cluster_t *c)
{
    zw_result_t head;
    zw_sent_t sent = { .result = true, .ref.partition = -1 };
    _cleanup_buf_ zw_buf_t out = { 0 };
    zw_report_head(c, "", &head);
    head.instance = zw_strz(zw_store_instance(c->o.store));
    head.next_number = zw_store_next_number(c->o.store);
    head.next_seq = zw_store_next_seq(c->o.store);
    if (zw_result_encode(&head, NULL, &out) < 0)
        return -ENOMEM;
    return zw_cluster_produce(c, &sent, (zw_str_t){ 0 }, zw_buf_str(&out), NULL);
}

static int check_topics(zw_cluster_t *c)
{
    int articles = -ZW_E_CLOSED, results = -ZW_E_CLOSED;
    for (int s = 0; s < WAIT_S && (articles < 0 || results < 0); s += TURN_S) {
        articles = zw_kafka_partitions(c->producer, c->articles, TURN_S * 1000);
        results = articles < 0 ? articles : zw_kafka_partitions(c->producer, c->results, TURN_S * 1000);
    }
    if (articles < 0 || results < 0)
        return no_answer(c);
    if (articles == 0 || results != 1) {
        zw_log(ZW_LOG_ERROR, "cluster: topics %s (with as many partitions as are to be shared) and %s (with exactly one) must have been made "
                             "beforehand; they have %d and %d", c->articles, c->results, articles, results);
        return -ZW_E_CONFIG;
    }
    return 0;
}

/* The first result there is, or the end of an empty topic (an error code of librdkafka's, with the offset). */
static int read_first(zw_cluster_t *c, rd_kafka_message_t **ret)
{
    if (rd_kafka_consume_start(c->order_topic, 0, RD_KAFKA_OFFSET_BEGINNING) < 0)
        return -ZW_E_CLOSED;
    rd_kafka_message_t *m = NULL;
    for (int s = 0; s < WAIT_S && !m; s++) {
        m = rd_kafka_consume(c->order_topic, 0, 1000);
        if (m && m->err && m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            rd_kafka_message_destroy(m);
            m = NULL;
        }
    }
    (void)rd_kafka_consume_stop(c->order_topic, 0);
    *ret = m;
    return m ? 0 : no_answer(c);
}

/* The topic is empty: the log that this store holds, if it be an empty one, is the cluster's from now on. Others may say so at the same time:
 * the first counts. */
static int found(zw_cluster_t *c)
{
    int e = zw_cluster_tell_terms(c);
    if (e == 0 && rd_kafka_flush(c->producer, WAIT_S * 1000) != RD_KAFKA_RESP_ERR_NO_ERROR)
        e = no_answer(c);
    return e;
}

static int adopt(zw_cluster_t *c, const zw_result_t *first, int64_t offset)
{
    char instance[40];
    _cleanup_buf_ zw_buf_t place = { 0 };
    (void)snprintf(instance, sizeof(instance), "%.*s", ZW_STR_ARGS(first->instance));
    bool same = strcmp(instance, zw_store_instance(c->o.store)) == 0;
    bool empty = zw_store_next_number(c->o.store) == 1 && zw_store_next_seq(c->o.store) == 1;
    if (same ? zw_store_next_number(c->o.store) != first->next_number || zw_store_next_seq(c->o.store) != first->next_seq
             : !empty || first->next_number != 1 || first->next_seq != 1)
        return refuse(c, same ? "the cluster was founded by another state of this store; give this instance a copy of another's "
                                "(zhiwen store restore --same-log)"
                        : empty ? "the cluster was founded by a store that has articles; give this instance a copy of it (zhiwen store "
                                  "restore --same-log)"
                                : "this store has articles of another log; begin with an empty state_dir, or a copy of another instance's store");
    zw_order_init(&c->order, offset);
    (void)zw_order_take(&c->order, first, offset);
    int e = zw_order_encode(&c->order, &place);
    if (e == 0)
        e = zw_store_join(c->o.store, instance, zw_buf_str(&place));
    if (e == 0)
        zw_log(ZW_LOG_NOTICE, "cluster: %s joins log %s", c->name, instance);
    return e;
}

static int begin(zw_cluster_t *c)
{
    rd_kafka_message_t *m = NULL;
    zw_result_t first;
    int e = read_first(c, &m);
    if (e == 0 && m->err && m->offset == 0) {
        rd_kafka_message_destroy(m);
        m = NULL;
        e = found(c);
        if (e == 0)
            e = read_first(c, &m);
    }
    if (e < 0)
        return e;
    if (m->offset > 0 || m->err)
        e = refuse(c, "its beginning is gone; give this instance a copy of another's store (zhiwen store restore --same-log)");
    else if (zw_result_decode(zw_str(m->payload, m->len), &first) < 0 || first.kind != ZW_RESULT_FOUNDED)
        e = refuse(c, "it does not begin as a topic of results does; is it another's?");
    else
        e = adopt(c, &first, m->offset);
    rd_kafka_message_destroy(m);
    return e;
}

static int go_on(zw_cluster_t *c, zw_str_t place)
{
    int e = zw_order_decode(place, &c->order);
    if (e < 0)
        zw_log(ZW_LOG_ERROR, "cluster: the place in the store cannot be read: %s", zw_error_text(e));
    return e;
}

int zw_cluster_join(zw_cluster_t *c)
{
    _cleanup_buf_ zw_buf_t place = { 0 };
    int e = zw_store_place(c->o.store, &place);
    if (e == 0)
        return go_on(c, zw_buf_str(&place));
    if (e != -ZW_E_NOT_FOUND)
        return e;
    e = check_topics(c);
    return e == 0 ? begin(c) : e;
}
