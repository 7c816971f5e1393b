/* Kafka's brokers as librdkafka plays them for tests, in a process of their own, so that several daemons can talk to them.
 *
 * usage: mock_brokers BROKERS PARTITIONS     prints "HOST:PORT,…"; a line "topics PREFIX" on stdin makes PREFIX.articles and PREFIX.results,
 *                                            "down N" and "up N" a broker; each is answered by "ok". Ends with its stdin. */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int make_topics(rd_kafka_mock_cluster_t *mock, const char *prefix, int partitions, int brokers)
{
    char name[256];
    (void)snprintf(name, sizeof(name), "%s.articles", prefix);
    int e = rd_kafka_mock_topic_create(mock, name, partitions, brokers);
    (void)snprintf(name, sizeof(name), "%s.results", prefix);
    return e ? e : rd_kafka_mock_topic_create(mock, name, 1, brokers);
}

int main(int argc, char **argv)
{
    char line[256], what[16], arg[200], why[256];
    int brokers = argc > 1 ? atoi(argv[1]) : 3, partitions = argc > 2 ? atoi(argv[2]) : 6;
    rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof(why));
    rd_kafka_mock_cluster_t *mock = kafka ? rd_kafka_mock_cluster_new(kafka, brokers) : NULL;
    if (!mock)
        return 1;
    (void)printf("%s\n", rd_kafka_mock_cluster_bootstraps(mock));
    (void)fflush(stdout);
    while (fgets(line, sizeof(line), stdin) && sscanf(line, "%15s %199s", what, arg) == 2) {
        int e = -1;
        if (strcmp(what, "topics") == 0)
            e = make_topics(mock, arg, partitions, brokers);
        else if (strcmp(what, "down") == 0)
            e = (int)rd_kafka_mock_broker_set_down(mock, atoi(arg));
        else if (strcmp(what, "up") == 0)
            e = (int)rd_kafka_mock_broker_set_up(mock, atoi(arg));
        (void)printf(e ? "failed %d\n" : "ok\n", e);
        (void)fflush(stdout);
    }
    rd_kafka_mock_cluster_destroy(mock);
    rd_kafka_destroy(kafka);
    return 0;
}
