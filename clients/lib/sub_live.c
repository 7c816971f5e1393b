/* Live events: received, held until nothing before them is missing, handed out. */
#include "sub_priv.h"

#include <errno.h>

enum { BATCH = 256, HWM = 10000 };

int zw_sub_listen(zw_subscriber_t *sub)
{
    if (sub->facts.socket) {
        zw_wait_remove(&sub->wait, &sub->facts);
        zw_conn_close(&sub->facts);
    }
    uint64_t connects = sub->facts.connects;
    int r = zw_conn_open(sub->client, &sub->facts, ZMQ_SUB, sub->client->facts, HWM);
    sub->facts.connects = connects;
    if (r < 0)
        return r;
    static const char heartbeat[] = "heartbeat";
    if (zmq_setsockopt(sub->facts.socket, ZMQ_SUBSCRIBE, heartbeat, sizeof heartbeat - 1) < 0)
        return -errno;
    for (size_t k = 0; k < sub->topic_count; k++)
        if (zmq_setsockopt(sub->facts.socket, ZMQ_SUBSCRIBE, sub->topics[k], strlen(sub->topics[k])) < 0)
            return -errno;
    if (sub->topic_count == 0 && zmq_setsockopt(sub->facts.socket, ZMQ_SUBSCRIBE, "", 0) < 0)
        return -errno;
    return zw_wait_add(&sub->wait, &sub->facts);
}

bool zw_sub_wants(const zw_subscriber_t *sub, zw_str_t topic)
{
    for (size_t k = 0; k < sub->topic_count; k++)
        if (zw_str_starts(topic, zw_strz(sub->topics[k])))
            return true;
    return sub->topic_count == 0;
}

/* ---- the ring */

static zw_live_t *live_at(zw_subscriber_t *sub, size_t k)
{
    return &sub->live[(sub->live_first + k) % ZW_LIVE_MAX];
}

static void drop_first(zw_subscriber_t *sub)
{
    zw_live_t *first = live_at(sub, 0);
    sub->live_bytes -= zmq_msg_size(&first->payload);
    (void)zmq_msg_close(&first->topic);
    (void)zmq_msg_close(&first->payload);
    sub->live_first = (sub->live_first + 1) % ZW_LIVE_MAX;
    sub->live_count--;
}

void zw_sub_forget_live(zw_subscriber_t *sub)
{
    while (sub->live_count > 0)
        drop_first(sub);
}

/* Holds the event; takes both messages when it does. What finds no room, or comes out of order, is left to `replay`. */
static void hold(zw_subscriber_t *sub, const zw_event_t *event, zmq_msg_t *topic, zmq_msg_t *payload)
{
    bool in_order = sub->live_count == 0 || event->seq > live_at(sub, sub->live_count - 1)->seq;
    bool room = sub->live_count < ZW_LIVE_MAX && sub->live_bytes + zmq_msg_size(payload) <= ZW_LIVE_BYTES;
    if (event->seq <= sub->covered || !in_order || !room)
        return;
    zw_live_t *live = live_at(sub, sub->live_count++);
    live->seq = event->seq;
    live->prev = event->prev;
    sub->live_bytes += zmq_msg_size(payload);
    (void)zmq_msg_init(&live->topic);
    (void)zmq_msg_init(&live->payload);
    (void)zmq_msg_move(&live->topic, topic);
    (void)zmq_msg_move(&live->payload, payload);
}

/* ---- what came */

static void hear_heartbeat(zw_subscriber_t *sub, const zw_event_t *event)
{
    bool other_log = event->instance.n > 0 && sub->instance[0] && !zw_str_eqz(event->instance, sub->instance);
    /* Behind us: an old one from the queue, or the log is another; `replay` knows. */
    if (sub->state == ZW_SUB_RUNNING && (other_log || event->seq < sub->covered))
        sub->unsure = true;
}

static void hear_event(zw_subscriber_t *sub, zmq_msg_t *topic, zmq_msg_t *payload)
{
    zw_event_t event;
    zw_str_t bytes = zw_str(zmq_msg_data(payload), zmq_msg_size(payload));
    if (zw_event_decode(sub->item_wire, bytes, &event) < 0)
        return; /* whatever it was, its seq is seen to be missing */
    if (event.kind == ZW_EV_HEARTBEAT)
        hear_heartbeat(sub, &event);
    else if (zw_sub_wants(sub, zw_str(zmq_msg_data(topic), zmq_msg_size(topic))))
        hold(sub, &event, topic, payload);
    if (event.seq > sub->target && !sub->unsure)
        sub->target = event.seq;
}

static int hear_one(zw_subscriber_t *sub)
{
    zmq_msg_t frames[2];
    (void)zmq_msg_init(&frames[0]);
    (void)zmq_msg_init(&frames[1]);
    int count = 0, r = zw_conn_take(&sub->facts, &frames[0]);
    if (r == 1) {
        count = 1;
        while (zmq_msg_more(&frames[count > 1 ? 1 : 0]) && zw_conn_take(&sub->facts, &frames[1]) == 1)
            count++;
        if (count == 2)
            hear_event(sub, &frames[0], &frames[1]);
    }
    (void)zmq_msg_close(&frames[0]);
    (void)zmq_msg_close(&frames[1]);
    return r;
}

int zw_sub_hear(zw_subscriber_t *sub, int64_t now)
{
    int r = 0;
    for (unsigned k = 0; k < BATCH; k++) {
        r = hear_one(sub);
        if (r <= 0)
            break;
        sub->heard_us = now;
        sub->silences = 0;
    }
    /* The monitor's news of a new connection is older than anything that came over it: read it after the messages and
     * before one of them is handed out. */
    unsigned changes = zw_conn_watch(&sub->facts);
    if (changes != ZW_CONN_SAME) {
        sub->unsure = true;
        sub->asked = false; /* an answer under way may be from before */
        zw_sub_forget_live(sub);
        sub->heard_us = now;
    }
    return r < 0 ? r : 0;
}

/* ---- handing out */

bool zw_sub_make_item(zw_subscriber_t *sub, zw_str_t topic, zw_str_t payload, bool replayed)
{
    zw_event_t event;
    if (zw_event_decode(sub->item_wire, payload, &event) < 0)
        return false;
    sub->item = (zw_item_t){ .kind = ZW_ITEM_EVENT,
                             .seq = event.seq,
                             .topic = topic,
                             .event = ZW_EVENT_NAMES[event.kind],
                             .time_us = event.time_us,
                             .support = event.support,
                             .article = event.article,
                             .fact = event.fact,
                             .payload = payload,
                             .replayed = replayed };
    return true;
}

bool zw_sub_live_follows(zw_subscriber_t *sub)
{
    while (sub->live_count > 0 && live_at(sub, 0)->seq <= sub->covered)
        drop_first(sub);
    if (sub->live_count == 0 || sub->unsure)
        return false;
    const zw_live_t *first = live_at(sub, 0);
    return first->seq == sub->covered + 1 || (sub->one_topic && first->prev <= sub->covered);
}

bool zw_sub_next_live(zw_subscriber_t *sub)
{
    if (!zw_sub_live_follows(sub))
        return false;
    zw_live_t *first = live_at(sub, 0);
    sub->covered = first->seq;
    sub->live_bytes -= zmq_msg_size(&first->payload);
    (void)zmq_msg_move(&sub->topic, &first->topic);
    (void)zmq_msg_move(&sub->payload, &first->payload); /* leaves an empty one to be dropped */
    drop_first(sub);
    return zw_sub_make_item(sub, zw_str(zmq_msg_data(&sub->topic), zmq_msg_size(&sub->topic)),
                            zw_str(zmq_msg_data(&sub->payload), zmq_msg_size(&sub->payload)), false);
}
