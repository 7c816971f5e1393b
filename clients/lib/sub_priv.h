/* sub_priv: a subscriber from inside. Not installed.
 *
 * How it keeps its promise. `facts` may drop, so what it brings is a hint, and `replay` is the truth. `covered` is the seq up to
 * which nothing of our topics is missing. A live event is handed out at once only when it follows without a hole: its seq is
 * covered + 1, or (for a subscription to one whole topic) its `prev` is not beyond covered. A hole may be events of other
 * topics or lost ones of ours; one question to `replay` about just that range tells, and is answered by an empty page when
 * nothing was lost. Heartbeats do the same for the tail, which no later event would show to be missing. After any
 * loss of the connection live events count for nothing until `replay` has named the log that it answers from.
 */
#ifndef ZW_SUB_PRIV_H
#define ZW_SUB_PRIV_H

#include "client_priv.h"

enum { ZW_LIVE_MAX = 1024, ZW_LIVE_BYTES = 16 << 20, ZW_INSTANCE_MAX = 64 };

typedef struct zw_live {
    uint64_t seq, prev;
    zmq_msg_t topic, payload;
} zw_live_t;

typedef enum {
    ZW_SUB_SEEKING, /* where to begin is not yet a seq */
    ZW_SUB_RUNNING,
    ZW_SUB_FAILED   /* the position asked for cannot be had */
} zw_sub_state_t;

typedef struct zw_named zw_named_t;

struct zw_subscriber {
    zw_named_t *named; /* NULL: it has no name */
    bool tolerant;     /* what is no longer kept of the position that we begin at is told as lost */
    zw_client_t *client;
    zw_conn_t facts, replay;
    zw_wait_t wait;
    char **topics;
    size_t topic_count;
    bool one_topic; /* the only prefix is a whole topic, so that prev alone tells of gaps */

    zw_sub_state_t state;
    zw_position_t from;
    int failure;
    uint64_t covered, target; /* target: the newest seq that is known to exist */
    bool unsure;              /* ask before anything live is believed */
    char instance[ZW_INSTANCE_MAX];

    zw_live_t live[ZW_LIVE_MAX]; /* a ring, ascending seq */
    size_t live_first, live_count, live_bytes;
    int64_t heard_us;
    unsigned silences; /* in a row */

    zw_wire_t *page_wire, *item_wire;
    zmq_msg_t page_bytes;
    zw_page_t page; /* being handed out */
    size_t page_at;
    bool page_open;

    bool asked;
    uint64_t question; /* its req */
    int64_t answer_by_us, pause_until_us;
    unsigned unanswered; /* in a row */

    zmq_msg_t topic, payload; /* of the item handed out last, when live */
    zw_item_t item;
    bool notice;              /* item is a LOST or RESET that has not been handed out */
    zw_subscriber_info_t info;
};

/* ---- sub_named.c */
int zw_named_open(zw_client_t *client, const char *name, zw_named_t **ret); /* -EINVAL for a bad name, -ENOMEM, -errno */
void zw_named_close(zw_named_t *named); /* takes NULL */
const zw_wait_t *zw_named_wait(const zw_named_t *named);
bool zw_named_known(const zw_named_t *named);   /* zhiwend has said whether it keeps a position */
bool zw_named_exists(const zw_named_t *named);  /* and it does: */
uint64_t zw_named_confirmed(const zw_named_t *named);
void zw_named_forget_log(zw_named_t *named);    /* the log is another one: ask again */
void zw_named_handed(zw_named_t *named, uint64_t seq);
int zw_named_confirm(zw_named_t *named, uint64_t seq);
/* Takes answers, asks what there is to ask; at_once: without waiting for confirm-ms. 0, -errno, or the code of a refusal for good. */
int zw_named_work(zw_named_t *named, const zw_subscriber_t *sub, bool at_once, int64_t now);

/* ---- sub_live.c */
int zw_sub_listen(zw_subscriber_t *sub);            /* (re)opens `facts`; 0 or -errno */
int zw_sub_hear(zw_subscriber_t *sub, int64_t now); /* takes what came; -errno */
bool zw_sub_live_follows(zw_subscriber_t *sub); /* the first live event has nothing missing before it */
bool zw_sub_next_live(zw_subscriber_t *sub);    /* true: item is set */
void zw_sub_forget_live(zw_subscriber_t *sub);
bool zw_sub_wants(const zw_subscriber_t *sub, zw_str_t topic);
/* Makes sub->item from an event; false when it cannot be read. */
bool zw_sub_make_item(zw_subscriber_t *sub, zw_str_t topic, zw_str_t payload, bool replayed);

/* ---- sub_replay.c */
int zw_sub_take_answer(zw_subscriber_t *sub, int64_t now); /* 1: something has changed, 0: nothing there, -errno */
int zw_sub_next_of_page(zw_subscriber_t *sub);             /* 1: item is set, 0: the page is done */
bool zw_sub_ask(zw_subscriber_t *sub, int64_t now);        /* if there is something to ask; false: it cannot be sent */
void zw_sub_close_page(zw_subscriber_t *sub);

#endif
