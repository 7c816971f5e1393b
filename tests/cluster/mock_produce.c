/* Any program that writes articles to Kafka itself: one message, stdin, to the topic.
 * usage: mock_produce SERVERS TOPIC <message */
#include <librdkafka/rdkafka.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    static char bytes[1 << 20];
    char why[256];
    if (argc != 3)
        return 2;
    size_t n = fread(bytes, 1, sizeof(bytes), stdin);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], why, sizeof(why)) != RD_KAFKA_CONF_OK)
        return 1;
    rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
    if (!kafka)
        return 1;
    rd_kafka_resp_err_t e = rd_kafka_producev(kafka, RD_KAFKA_V_TOPIC(argv[2]), RD_KAFKA_V_VALUE(bytes, n), RD_KAFKA_V_END);
    if (!e)
        e = rd_kafka_flush(kafka, 30000);
    rd_kafka_destroy(kafka);
    return e ? 1 : 0;
}
