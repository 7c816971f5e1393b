/* The subscriber's life and its loop: page, live, question, wait. */
#include "sub_priv.h"

#include <errno.h>
#include <stdlib.h>

enum { MAX_TOPIC = 127, HWM = 100, MAX_SILENCES = 4 };

/* ---- opening and closing */

/* A whole topic, as "fact.award.330300": no longer one can begin with it. */
static bool is_whole_topic(const char *topic)
{
    const char *last = strrchr(topic, '.');
    return (strncmp(topic, "fact.", 5) == 0 || strncmp(topic, "support.", 8) == 0) && strlen(last) == 7 &&
           strspn(last + 1, "0123456789") == 6 && strchr(topic, '.') != last;
}

static int copy_topics(zw_subscriber_t *sub, const char *const *topics, size_t count)
{
    if (count > ZW_MAX_TOPICS)
        return -ZW_E_TOO_MANY;
    sub->topics = calloc(count ? count : 1, sizeof *sub->topics);
    if (!sub->topics)
        return -ENOMEM;
    for (size_t k = 0; k < count; k++) {
        if (strlen(topics[k]) > MAX_TOPIC)
            return -ZW_E_TOO_LARGE;
        sub->topics[k] = strdup(topics[k]);
        if (!sub->topics[k])
            return -ENOMEM;
        sub->topic_count++;
    }
    sub->one_topic = count == 1 && is_whole_topic(topics[0]);
    return 0;
}

static int open_all(zw_subscriber_t *sub, const char *name, const char *const *topics, size_t count)
{
    int r = copy_topics(sub, topics, count);
    if (r < 0)
        return r;
    sub->page_wire = zw_wire_new();
    sub->item_wire = zw_wire_new();
    if (!sub->page_wire || !sub->item_wire)
        return -ENOMEM;
    r = zw_wait_open(&sub->wait);
    if (r == 0)
        r = zw_sub_listen(sub); /* first, so that nothing falls between replay and live */
    if (r == 0)
        r = zw_conn_open(sub->client, &sub->replay, ZMQ_DEALER, sub->client->replay, HWM);
    if (r == 0)
        r = zw_wait_add(&sub->wait, &sub->replay);
    if (r == 0 && name)
        r = zw_named_open(sub->client, name, &sub->named);
    if (r == 0 && name)
        r = zw_wait_nest(&sub->wait, zw_named_wait(sub->named));
    return r;
}

int zw_subscribe(zw_client_t *client, zw_position_t from, const char *const *topics, size_t topic_count,
                 zw_subscriber_t **ret)
{
    return zw_subscribe_as(client, NULL, from, topics, topic_count, ret);
}

int zw_subscribe_as(zw_client_t *client, const char *name, zw_position_t from, const char *const *topics, size_t topic_count,
                    zw_subscriber_t **ret)
{
    zw_subscriber_t *sub = calloc(1, sizeof *sub);
    if (!sub)
        return -ENOMEM;
    sub->client = client;
    sub->wait = (zw_wait_t){ -1, -1, 0 };
    (void)zmq_msg_init(&sub->page_bytes);
    (void)zmq_msg_init(&sub->topic);
    (void)zmq_msg_init(&sub->payload);
    int r = open_all(sub, name, topics, topic_count);
    if (r < 0) {
        zw_subscriber_close(sub);
        return r;
    }
    zw_subscriber_seek(sub, from);
    *ret = sub;
    return 0;
}

void zw_subscriber_seek(zw_subscriber_t *sub, zw_position_t from)
{
    if (from.at == ZW_AT_SEQ && from.seq <= 1)
        from = from.seq == 1 ? from : ZW_FROM_START;
    if (from.at == ZW_AT_TIME && from.time_us <= 0)
        from = ZW_FROM_START;
    zw_sub_forget_live(sub);
    zw_sub_close_page(sub);
    sub->state = ZW_SUB_SEEKING;
    sub->tolerant = false;
    sub->from = from;
    sub->covered = sub->target = 0;
    sub->asked = sub->notice = false;
    sub->unsure = true;
    sub->pause_until_us = 0;
    sub->info.position = 0;
    sub->info.oldest = 0;
}

void zw_subscriber_close(zw_subscriber_t *sub)
{
    if (!sub)
        return;
    zw_sub_forget_live(sub);
    zw_wait_remove(&sub->wait, &sub->facts);
    zw_wait_remove(&sub->wait, &sub->replay);
    zw_conn_close(&sub->facts);
    zw_conn_close(&sub->replay);
    zw_named_close(sub->named);
    zw_wait_close(&sub->wait);
    zw_wire_free(sub->page_wire);
    zw_wire_free(sub->item_wire);
    (void)zmq_msg_close(&sub->page_bytes);
    (void)zmq_msg_close(&sub->topic);
    (void)zmq_msg_close(&sub->payload);
    for (size_t k = 0; k < sub->topic_count; k++)
        free(sub->topics[k]);
    free(sub->topics);
    free(sub);
}

int zw_subscriber_fd(const zw_subscriber_t *sub)
{
    return sub->wait.epoll;
}

const zw_subscriber_info_t *zw_subscriber_info(zw_subscriber_t *sub)
{
    if (sub->target > sub->info.newest)
        sub->info.newest = sub->target;
    sub->info.connects = sub->facts.connects;
    sub->info.confirmed = sub->named ? zw_named_confirmed(sub->named) : 0;
    sub->info.connected = sub->facts.up && sub->replay.up;
    return &sub->info;
}

/* ---- the loop */

static void count_item(zw_subscriber_t *sub)
{
    if (sub->item.kind == ZW_ITEM_EVENT) {
        sub->info.events++;
        sub->info.replayed += sub->item.replayed;
        sub->info.position = sub->item.seq;
        if (sub->named)
            zw_named_handed(sub->named, sub->item.seq);
    } else if (sub->item.kind == ZW_ITEM_RESET) {
        sub->info.position = 0;
    } else {
        sub->info.position = sub->item.last;
    }
}

static int64_t silence_us(const zw_subscriber_t *sub)
{
    return (int64_t)sub->client->stall_ms * 1000 << sub->silences;
}

/* Connected and yet nothing comes, not even heartbeats: such a connection is worth nothing. */
static int check_silence(zw_subscriber_t *sub, int64_t now)
{
    if (!sub->facts.up || now < sub->heard_us + silence_us(sub))
        return 0;
    sub->info.stalls++;
    sub->heard_us = now;
    if (sub->silences < MAX_SILENCES)
        sub->silences++;
    sub->unsure = true;
    zw_sub_forget_live(sub);
    return zw_sub_listen(sub);
}

static int64_t next_deadline(const zw_subscriber_t *sub, int64_t now)
{
    int64_t deadline = INT64_MAX;
    if (sub->asked && sub->answer_by_us < deadline)
        deadline = sub->answer_by_us;
    if (!sub->asked && sub->pause_until_us > now && sub->pause_until_us < deadline)
        deadline = sub->pause_until_us;
    if (sub->facts.up && sub->heard_us + silence_us(sub) < deadline)
        deadline = sub->heard_us + silence_us(sub);
    return deadline;
}

/* What is said about the named subscription; and, once it is known, where it goes on. */
static int keep_name(zw_subscriber_t *sub, int64_t now)
{
    bool known = zw_named_known(sub->named);
    int r = zw_named_work(sub->named, sub, false, now);
    if (r == 0 && !known && zw_named_exists(sub->named)) {
        zw_subscriber_seek(sub, ZW_FROM_SEQ(zw_named_confirmed(sub->named) + 1));
        sub->tolerant = true;
    }
    return r;
}

/* One round: 1 when an item is there, 0 when there is nothing to be done but to wait, 2 to go round again. */
static int step(zw_subscriber_t *sub, int64_t now)
{
    int r = zw_sub_hear(sub, now);
    if (r == 0 && sub->named)
        r = keep_name(sub, now);
    if (r < 0)
        return r;
    if (sub->page_open) {
        (void)zw_sub_ask(sub, now); /* the next page is fetched while this one is handed out */
        r = zw_sub_next_of_page(sub);
        return r != 0 ? r : 2;
    }
    if (sub->notice) {
        sub->notice = false;
        return 1;
    }
    if (sub->state == ZW_SUB_RUNNING && !sub->unsure && zw_sub_next_live(sub))
        return 1;
    if (sub->state == ZW_SUB_RUNNING && sub->covered > sub->info.position)
        sub->info.position = sub->covered;
    r = zw_sub_take_answer(sub, now);
    if (r != 0)
        return r < 0 ? r : 2;
    if (sub->state == ZW_SUB_FAILED)
        return sub->failure;
    bool sent = zw_sub_ask(sub, now);
    r = check_silence(sub, now);
    if (r < 0)
        return r;
    return zw_conn_ready(&sub->facts, false) || zw_conn_ready(&sub->replay, !sent) ? 2 : 0;
}

int zw_subscriber_next(zw_subscriber_t *sub, int timeout_ms, const zw_item_t **ret)
{
    int64_t until = timeout_ms < 0 ? INT64_MAX : zw_now_us() + (int64_t)timeout_ms * 1000;
    for (;;) {
        int64_t now = zw_now_us();
        int r = step(sub, now);
        if (r == 1) {
            count_item(sub);
            *ret = &sub->item;
        }
        if (r == 1 || r < 0)
            return r;
        if (r == 0) {
            zw_wait_deadline(&sub->wait, next_deadline(sub, now));
            r = zw_wait_for(&sub->wait, until);
            if (r <= 0)
                return r;
        }
    }
}
