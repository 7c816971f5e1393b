/* Sends each line of standard input as an article, and tells what became of it.
 *
 *     cc sender.c $(pkg-config --cflags --libs zhiwen) -o sender
 *     ZHIWEN_SOCKETS=/run/zhiwen ./sender <articles.txt
 */
#include <zhiwen.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Prints the outcomes that are there; waits at most timeout_ms for the first. */
static int take(zw_sender_t *sender, int timeout_ms)
{
    const zw_outcome_t *o;
    int r;
    while ((r = zw_sender_next(sender, timeout_ms, &o)) == 1) {
        printf("line %llu: %s", (unsigned long long)o->tag, o->status_name);
        if (o->status == ZW_OUTCOME_REJECTED)
            printf(" (%.*s)\n", ZW_STR_ARGS(o->message));
        else
            printf(", article %llu, %u facts\n", (unsigned long long)o->number, o->facts);
        timeout_ms = 0;
    }
    return r;
}

int main(void)
{
    zw_client_t *client;
    zw_sender_t *sender;
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int r = zw_client_open(NULL, &client);
    if (r < 0 || (r = zw_sender_open(client, &sender)) < 0) {
        fprintf(stderr, "%s\n", zw_error_text(r));
        return EXIT_FAILURE;
    }
    for (uint64_t number = 1; r >= 0 && (n = getline(&line, &cap, stdin)) > 0; number++) {
        zw_submission_t article = { .size = sizeof article, .source = ZW_STR_LIT("example"), .tag = number };
        article.body = zw_str(line, (size_t)n);
        while ((r = zw_sender_submit(sender, &article)) == -EAGAIN && take(sender, 1000) >= 0)
            ; /* the window is full: an outcome makes room */
        take(sender, 0);
    }
    while (r >= 0 && zw_sender_info(sender)->outstanding > 0)
        r = take(sender, 1000);
    if (r < 0)
        fprintf(stderr, "%s\n", zw_error_text(r));
    free(line);
    zw_sender_close(sender);
    zw_client_close(client);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
