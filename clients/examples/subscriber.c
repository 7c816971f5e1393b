/* Prints the awards of a province, from the first on: each once, in order, through restarts of zhiwend.
 *
 *     cc subscriber.c $(pkg-config --cflags --libs zhiwen) -o subscriber
 *     ZHIWEN_SOCKETS=/run/zhiwen ./subscriber 33 [seq]
 */
#include <zhiwen.h>

#include <stdio.h>
#include <stdlib.h>

static void show(const zw_item_t *item)
{
    zw_str_t recipient = ZW_STR_LIT("?"), award = ZW_STR_LIT("?"), quote = { 0 };
    if (item->kind != ZW_ITEM_EVENT) {
        fprintf(stderr, item->kind == ZW_ITEM_LOST ? "events are lost\n" : "another log\n");
        return;
    }
    zw_get_str(item->fact, "recipient", &recipient);
    zw_get_str(item->fact, "award", &award);
    zw_get_str(item->fact, "span.quote", &quote);
    printf("%llu  %.*s  %.*s  %.*s\n", (unsigned long long)item->seq, ZW_STR_ARGS(recipient), ZW_STR_ARGS(award),
           ZW_STR_ARGS(quote));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    char topic[64];
    const char *const topics[] = { topic };
    zw_client_t *client;
    zw_subscriber_t *sub;
    const zw_item_t *item;
    zw_position_t from = ZW_FROM_START;
    if (argc > 2 && zw_position_parse(argv[2], &from) < 0)
        return EXIT_FAILURE;
    snprintf(topic, sizeof topic, "fact.award.%.6s", argc > 1 ? argv[1] : "");
    int r = zw_client_open(NULL, &client);
    if (r < 0 || (r = zw_subscribe(client, from, topics, 1, &sub)) < 0) {
        fprintf(stderr, "%s\n", zw_error_text(r));
        return EXIT_FAILURE;
    }
    while ((r = zw_subscriber_next(sub, -1, &item)) == 1)
        show(item); /* to go on here after a restart, save item->seq + 1 */
    fprintf(stderr, "%s\n", zw_error_text(r));
    zw_subscriber_close(sub);
    zw_client_close(client);
    return EXIT_FAILURE;
}
