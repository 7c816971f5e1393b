#include "daemon_ask.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

enum { MEMBERS_MOST = 50, QUARANTINE_MOST = 50 };
typedef enum { ASK_ARTICLE, ASK_CLUSTER, ASK_QUARANTINE } asked_t;

struct daemon_ask {
    pthread_mutex_t lock;
    pulse_t *pulse;
    zw_query_t *query;
};

int daemon_ask_new(zw_client_t *client, pulse_t *pulse, daemon_ask_t **ret)
{
    daemon_ask_t *a = calloc(1, sizeof *a);
    if (!a)
        return -ENOMEM;
    a->pulse = pulse;
    int r = zw_query_open(client, &a->query);
    if (r < 0) {
        free(a);
        return r;
    }
    (void)pthread_mutex_init(&a->lock, NULL);
    *ret = a;
    return 0;
}

void daemon_ask_free(daemon_ask_t *a)
{
    if (!a)
        return;
    zw_query_close(a->query);
    (void)pthread_mutex_destroy(&a->lock);
    free(a);
}

static int ask(daemon_ask_t *a, asked_t what, int64_t number, zw_buf_t *ret)
{
    zw_str_t map = { 0 }, none = { 0 };
    int r = 0;
    if (!pulse_is_up(a->pulse))
        return -ETIMEDOUT;
    (void)pthread_mutex_lock(&a->lock);
    switch (what) {
    case ASK_ARTICLE: r = zw_query_article(a->query, (uint64_t)number, none, none, ANSWER_MS, &map); break;
    case ASK_CLUSTER: r = zw_query_cluster(a->query, (uint64_t)number, none, none, MEMBERS_MOST, ANSWER_MS, &map); break;
    case ASK_QUARANTINE: r = zw_query_quarantine(a->query, QUARANTINE_MOST, ANSWER_MS, &map); break;
    }
    if (r >= 0)
        r = zw_buf_puts(ret, map); /* it is the handle's until the next question */
    (void)pthread_mutex_unlock(&a->lock);
    return r;
}

int daemon_ask_article(daemon_ask_t *a, int64_t number, zw_buf_t *ret)
{
    return ask(a, ASK_ARTICLE, number, ret);
}

int daemon_ask_cluster(daemon_ask_t *a, int64_t number, zw_buf_t *ret)
{
    return ask(a, ASK_CLUSTER, number, ret);
}

int daemon_ask_quarantine(daemon_ask_t *a, zw_buf_t *ret)
{
    return ask(a, ASK_QUARANTINE, 0, ret);
}
