#include "cluster/kafka.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

enum { LINE_MOST = 4096, KAFKA_MESSAGE_MOST = 1000000000 };

typedef struct {
    const char *name, *value;
} property_t;

/* Ours, which the user may change. Results are far larger than articles and full of repetition. */
static const property_t STANDARD[][5] = {
    [ZW_KAFKA_PRODUCER] = { { "compression.codec", "lz4" }, { "linger.ms", "2" }, { "allow.auto.create.topics", "false" } },
    [ZW_KAFKA_READER] = { { "fetch.wait.max.ms", "100" } },
    [ZW_KAFKA_SHARE] = { { "fetch.wait.max.ms", "100" }, { "session.timeout.ms", "10000" }, { "heartbeat.interval.ms", "1000" } },
};

/* Ours, which promises rest on. Waiting has no end, so that nothing that was taken in is given up while brokers are away. The assignor
 * is one without a state: that of cooperative-sticky ends the process when a member leaves at the wrong moment (librdkafka issue 4312, before 2.3). */
static const property_t FIXED[][7] = {
    [ZW_KAFKA_PRODUCER] = { { "enable.idempotence", "true" }, { "acks", "all" }, { "message.timeout.ms", "0" } },
    [ZW_KAFKA_READER] = { { "auto.offset.reset", "error" }, { "enable.auto.commit", "false" }, { "enable.partition.eof", "true" } },
    [ZW_KAFKA_SHARE] = { { "auto.offset.reset", "earliest" },
                         { "enable.auto.commit", "false" },
                         { "enable.auto.offset.store", "false" },
                         { "partition.assignment.strategy", "range" } },
};
static const char *const OURS[] = { "bootstrap.servers", "metadata.broker.list", "group.id", "request.required.acks", "transactional.id",
                                    "delivery.timeout.ms", "auto.commit.enable" };

static bool is_fixed(const char *name)
{
    for (size_t role = 0; role < sizeof(FIXED) / sizeof(FIXED[0]); role++)
        for (const property_t *p = FIXED[role]; p->name; p++)
            if (strcmp(p->name, name) == 0)
                return true;
    for (size_t i = 0; i < sizeof(OURS) / sizeof(OURS[0]); i++)
        if (strcmp(OURS[i], name) == 0)
            return true;
    return false;
}

static int set(rd_kafka_conf_t *conf, const char *name, const char *value, const char *where)
{
    char why[256];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof(why)) == RD_KAFKA_CONF_OK)
        return 0;
    zw_log(ZW_LOG_ERROR, "%s: %s", where, why);
    return -ZW_E_CONFIG;
}

/* ---- the user's */

static char *trim(char *s)
{
    while (*s == ' ' || *s == '\t')
        s++;
    size_t n = strlen(s);
    while (n > 0 && strchr(" \t\r\n", s[n - 1]))
        s[--n] = '\0';
    return s;
}

static int set_line(rd_kafka_conf_t *conf, char *line, const char *where)
{
    char *equals = strchr(line, '=');
    if (!equals) {
        zw_log(ZW_LOG_ERROR, "%s: name=value is expected", where);
        return -ZW_E_CONFIG;
    }
    *equals = '\0';
    const char *name = trim(line), *value = trim(equals + 1);
    if (!is_fixed(name))
        return set(conf, name, value, where);
    zw_log(ZW_LOG_ERROR, "%s: %s cannot be set: what zhiwend promises rests on its own value", where, name);
    return -ZW_E_CONFIG;
}

static int set_list(rd_kafka_conf_t *conf, const zw_cluster_options_t *o)
{
    int e = 0;
    for (size_t i = 0; i < o->property_count && e == 0; i++) {
        char *line = strdup(o->properties[i]);
        e = line ? set_line(conf, line, "cluster.properties") : -ENOMEM;
        free(line);
    }
    return e;
}

static int set_file(rd_kafka_conf_t *conf, const char *path)
{
    char line[LINE_MOST], where[LINE_MOST];
    FILE *f = fopen(path, "re");
    int e = 0;
    if (!f) {
        zw_log(ZW_LOG_ERROR, "cluster.properties_file: %s: %s", path, zw_error_text(-errno));
        return -ZW_E_CONFIG;
    }
    for (unsigned number = 1; e == 0 && fgets(line, sizeof(line), f); number++) {
        char *text = trim(line);
        (void)snprintf(where, sizeof(where), "%s:%u", path, number);
        if (*text && *text != '#')
            e = set_line(conf, text, where);
    }
    (void)fclose(f);
    return e;
}

/* ---- what it says */

static void tell(const rd_kafka_t *kafka, int level, const char *facility, const char *text)
{
    if (strcmp(facility, "CONFWARN") == 0) /* a property of consumers is of no use to a producer: both get all */
        return;
    zw_log(level <= LOG_ERR ? ZW_LOG_WARNING : ZW_LOG_DEBUG, "kafka: %s: %s", facility, text);
}

/* ---- handles */

static int set_ours(rd_kafka_conf_t *conf, const property_t *list)
{
    int e = 0;
    for (; list->name && e == 0; list++)
        e = set(conf, list->name, list->value, "cluster");
    return e;
}

static int set_common(rd_kafka_conf_t *conf, zw_kafka_role_t role, const zw_cluster_options_t *o, const char *name)
{
    char text[LINE_MOST] = "";
    size_t n = 0;
    for (size_t i = 0; i < o->broker_count && n < sizeof(text); i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? "," : "", o->brokers[i]);
    int e = n < sizeof(text) ? set(conf, "bootstrap.servers", text, "cluster.brokers") : -ZW_E_CONFIG;
    (void)snprintf(text, sizeof(text), "zhiwend-%s", name);
    if (e == 0)
        e = set(conf, "client.id", text, "cluster.name");
    /* A result holds the body, the text, and each fact twice. */
    size_t most = 4 * o->limits.message_bytes + (1 << 20);
    (void)snprintf(text, sizeof(text), "%zu", most < KAFKA_MESSAGE_MOST ? most : KAFKA_MESSAGE_MOST);
    if (e == 0 && role == ZW_KAFKA_PRODUCER)
        e = set(conf, "message.max.bytes", text, "limits.message");
    return e;
}

int zw_kafka_open(zw_kafka_role_t role, const zw_cluster_options_t *o, const char *name, const zw_kafka_callbacks_t *callbacks,
                  rd_kafka_t **ret)
{
    char why[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, tell);
    rd_kafka_conf_set_error_cb(conf, callbacks->error);
    rd_kafka_conf_set_opaque(conf, callbacks->opaque);
    if (role == ZW_KAFKA_PRODUCER)
        rd_kafka_conf_set_dr_msg_cb(conf, callbacks->delivered);
    if (role == ZW_KAFKA_SHARE)
        rd_kafka_conf_set_rebalance_cb(conf, callbacks->rebalance);
    int e = set_common(conf, role, o, name);
    if (e == 0)
        e = set_ours(conf, STANDARD[role]);
    if (e == 0 && o->properties_file[0])
        e = set_file(conf, o->properties_file);
    if (e == 0)
        e = set_list(conf, o);
    if (e == 0)
        e = set_ours(conf, FIXED[role]);
    if (e == 0 && role == ZW_KAFKA_SHARE)
        e = set(conf, "group.id", o->group[0] ? o->group : o->topics, "cluster.group");
    if (e < 0) {
        rd_kafka_conf_destroy(conf);
        return e;
    }
    *ret = rd_kafka_new(role == ZW_KAFKA_PRODUCER ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf, why, sizeof(why));
    if (!*ret) {
        zw_log(ZW_LOG_ERROR, "cluster: %s", why);
        rd_kafka_conf_destroy(conf);
        return -ZW_E_CONFIG;
    }
    if (role == ZW_KAFKA_SHARE)
        (void)rd_kafka_poll_set_consumer(*ret);
    return 0;
}

int zw_kafka_partitions(rd_kafka_t *kafka, const char *topic, int timeout_ms)
{
    const struct rd_kafka_metadata *data = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(kafka, topic, NULL);
    if (!handle)
        return -ZW_E_CLOSED;
    rd_kafka_resp_err_t error = rd_kafka_metadata(kafka, 0, handle, &data, timeout_ms);
    rd_kafka_topic_destroy(handle);
    if (error)
        return -ZW_E_CLOSED;
    int n = -ZW_E_CLOSED;
    if (data->topic_cnt == 1 && data->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR)
        n = data->topics[0].partition_cnt;
    else if (data->topic_cnt == 1 && data->topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        n = 0;
    rd_kafka_metadata_destroy(data);
    return n;
}
