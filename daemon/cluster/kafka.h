/* kafka: librdkafka's handles as this room wants them. Internal to cluster.
 *
 * Settings, in this order: ours that may be changed, the file of properties, the list, ours that promises rest on. Naming one of the
 * last is an error. What librdkafka has to say goes to the log.
 */
#ifndef ZW_CLUSTER_KAFKA_H
#define ZW_CLUSTER_KAFKA_H

#include "cluster/cluster.h"

#include <librdkafka/rdkafka.h>

typedef enum { ZW_KAFKA_PRODUCER, ZW_KAFKA_READER, ZW_KAFKA_SHARE } zw_kafka_role_t;

typedef struct zw_kafka_callbacks {
    void (*delivered)(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque); /* PRODUCER; in zw_kafka_open's caller's poll */
    void (*rebalance)(rd_kafka_t *kafka, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t *partitions, void *opaque); /* SHARE */
    void (*error)(rd_kafka_t *kafka, int error, const char *reason, void *opaque);
    void *opaque;
} zw_kafka_callbacks_t;

/* 0; -ZW_E_CONFIG after the mistake was logged; -ENOMEM. */
int zw_kafka_open(zw_kafka_role_t role, const zw_cluster_options_t *options, const char *name, const zw_kafka_callbacks_t *callbacks,
                  rd_kafka_t **ret);

/* How many partitions a topic has; 0: there is no such topic; -ZW_E_CLOSED: no broker answers within `timeout_ms`. */
int zw_kafka_partitions(rd_kafka_t *kafka, const char *topic, int timeout_ms);

#endif
