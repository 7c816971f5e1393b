/* libzhiwen: send articles to zhiwend and receive every fact, once, in order.
 *
 *     zw_client_t *client;
 *     zw_subscriber_t *sub;
 *     const zw_item_t *item;
 *     zw_client_open(NULL, &client);
 *     zw_subscribe(client, ZW_FROM_START, (const char *[]){ "fact.award.33" }, 1, &sub);
 *     while (zw_subscriber_next(sub, -1, &item) > 0) { ... item->fact ... }
 *
 * Promises. A sender keeps every article until zhiwend has it on disk, sends it again after a lost connection or answer,
 * and never makes a second article of one. A subscriber hands out the events of its topics in strictly ascending `seq`, none
 * missing and none twice, through drops, reconnects and restarts of zhiwend; where that cannot be (events that zhiwend no
 * longer keeps, another log in place of the old one) it says so by an item of its own, never in silence.
 *
 * Threading. No thread is started but ZeroMQ's own I/O thread, one a client. A handle is for one thread at a time;
 * different handles of one client may be used by different threads. Do not fork between open and close.
 * Event loops. Each handle has a file descriptor (zw_sender_fd, zw_subscriber_fd). When it is readable, call the handle's
 * `next` with timeout 0 until it returns 0, and not less often: readiness is not shown again for what was left.
 * Ownership. A handle frees what it hands out; what a pointer or zw_str_t points to is valid until the next call on the same
 * handle, except where stated. Strings are not NUL-terminated unless they are `const char *`.
 * Errors. 0 or positive on success; -errno for causes of the system; -ZW_E_* (zw_error.h) for zhiwen's own.
 * ABI. Structs are handed out by pointer and only ever grow at their end; those handed in begin with their size.
 */
#ifndef ZHIWEN_H
#define ZHIWEN_H

#include "zw_error.h"
#include "zw_str.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ZW_CLIENT_ABI 0
const char *zw_client_version(void);

/* ---- client: where zhiwend is */
typedef struct zw_client zw_client_t;

/* `socket_dir` holds submit.sock, facts.sock and replay.sock; NULL: $ZHIWEN_SOCKETS, else /run/zhiwen. Connects to nothing
 * yet. -ENOMEM, -ENAMETOOLONG; keys of the environment that cannot be used: as zw_client_set says. */
int zw_client_open(const char *socket_dir, zw_client_t **ret);

/* Settings, to be made before the first handle is opened. -ENOENT for an unknown name, -EINVAL for a bad value, -ENOMEM.
 *   "submit", "facts", "replay"  an endpoint in ZeroMQ's form, instead of the socket in socket_dir
 *   "window"        articles that a sender keeps unanswered, 1..100000 (1000)
 *   "window-bytes"  and their bytes together (67108864)
 *   "body-bytes"    the longest body that is sent at all (4194304, which is zhiwend's own default)
 *   "resend-ms"     without any answer for so long, a sender connects anew and sends again (10000; doubles up to 8 times)
 *   "stall-ms"      without any message for so long, a subscriber checks and connects anew (5000)
 *   "answer-ms"     a question to `replay` is asked again after so long (2000; doubles up to 16 times)
 *   "confirm-ms"    positions of a named subscription are told to zhiwend at most so often (200)
 *   "server-key"    for tcp: zhiwend's public key, or the file that holds it
 *   "key"           for tcp: the file with our secret key, which only its owner may read; zhiwend must have been told its public key
 *   "insecure-plain-tcp"  "1": tcp without keys is allowed
 * zw_client_open takes the two keys from $ZHIWEN_SERVER_KEY and $ZHIWEN_KEY. For keys also -ZW_E_KEY, -ZW_E_KEY_MODE, -errno. Opening
 * a handle on tcp without a server key is -ZW_E_INSECURE. */
int zw_client_set(zw_client_t *client, const char *name, const char *value);

/* After all its handles. Takes NULL. Blocks for no longer than ZeroMQ needs to close its sockets. */
void zw_client_close(zw_client_t *client);

/* ---- sender */
typedef struct zw_sender zw_sender_t;

/* An article to be sent. Begin with `zw_submission_t s = { .size = sizeof s }`; everything but `body` may be empty. */
typedef struct zw_submission {
    size_t size;        /* of this struct */
    zw_str_t id;        /* with `source`, what a resend is known by; empty: one is made up (random prefix and a number) */
    zw_str_t source, url, title, published, charset;
    zw_str_t format;    /* "text", "html" or empty */
    zw_str_t body;
    bool body_is_text;  /* UTF-8; else bytes in `charset`, or in a charset to be found out */
    uint64_t tag;       /* given back with the outcome */
} zw_submission_t;

typedef enum { ZW_OUTCOME_NEW, ZW_OUTCOME_DUPLICATE, ZW_OUTCOME_REJECTED, ZW_OUTCOME_WITHDRAWN } zw_outcome_status_t;

typedef struct zw_outcome {
    uint64_t tag;
    zw_outcome_status_t status;
    const char *status_name;    /* "new", "duplicate", "rejected", "withdrawn" */
    zw_str_t id;
    uint64_t number;            /* of the article; 0 when rejected */
    uint64_t seq;               /* of its `article` event */
    uint32_t facts;             /* events of its facts; withdrawn: facts that lost it as a source */
    bool repeat;                /* it had been taken before: the first answer again */
    const char *kind;           /* "", "exact", "near", "contained", "revision" */
    zw_str_t of;                /* id of the article that it repeats or revises */
    double similarity;          /* 0..1 */
    zw_str_t error, field, message; /* rejected: stable name, field, sentence */
} zw_outcome_t;

int zw_sender_open(zw_client_t *client, zw_sender_t **ret);

/* Copies the article and sends it as soon as it can be; does not block. -EAGAIN: the window is full, take outcomes first.
 * -ZW_E_TOO_LARGE (over "body-bytes"), -EINVAL (size), -ENOMEM: not taken. All else is zhiwend's to judge. */
int zw_sender_submit(zw_sender_t *sender, const zw_submission_t *article);

/* An article to be taken back: by zhiwend's number, or (number 0) by its sender's source and id. Begin with `.size = sizeof w`. */
typedef struct zw_withdrawal {
    size_t size;
    uint64_t number;
    zw_str_t source, id;
    zw_str_t reason;    /* for people; may be empty */
    uint64_t tag;
} zw_withdrawal_t;

/* The same for a withdrawal, in order with the articles. Its outcome is ZW_OUTCOME_WITHDRAWN, or a rejection (not_found). -EAGAIN, -EINVAL,
 * -ENOMEM as above. */
int zw_sender_withdraw(zw_sender_t *sender, const zw_withdrawal_t *withdrawal);

/* The next outcome, in the order of zhiwend's answers. timeout_ms 0: do not wait, -1: for ever. Returns 1; 0 when the time
 * ran out or nothing is outstanding; -ENOMEM, -EINTR (a signal came), -errno. */
int zw_sender_next(zw_sender_t *sender, int timeout_ms, const zw_outcome_t **ret);

int zw_sender_fd(const zw_sender_t *sender);

typedef struct zw_sender_info {
    size_t outstanding;   /* taken and not yet answered */
    uint64_t submitted, answered, resent, connects;
    bool connected;
} zw_sender_info_t;
const zw_sender_info_t *zw_sender_info(zw_sender_t *sender);

/* Forgets what is outstanding: take outcomes until none is. Takes NULL. */
void zw_sender_close(zw_sender_t *sender);

/* ---- subscriber */
typedef struct zw_subscriber zw_subscriber_t;

/* Where to begin: at the oldest event kept, behind the newest one, at a seq (the next one wanted: the last seen + 1), or at
 * the first event from a time on (microseconds since 1970). */
typedef enum { ZW_AT_START, ZW_AT_NOW, ZW_AT_SEQ, ZW_AT_TIME } zw_position_at_t;
typedef struct zw_position {
    zw_position_at_t at;
    uint64_t seq;
    int64_t time_us;
} zw_position_t;
#define ZW_FROM_START ((zw_position_t){ ZW_AT_START, 0, 0 })
#define ZW_FROM_NOW ((zw_position_t){ ZW_AT_NOW, 0, 0 })
#define ZW_FROM_SEQ(n) ((zw_position_t){ ZW_AT_SEQ, (n), 0 })
#define ZW_FROM_TIME(us) ((zw_position_t){ ZW_AT_TIME, 0, (us) })

/* "start", "now", a seq, or a time: 2026-11-01, 2026-11-01T08:30, 2026-11-01T08:30:00Z, …+08:00 (no zone: local time).
 * 0 or -EINVAL. */
int zw_position_parse(const char *text, zw_position_t *ret);

typedef enum {
    ZW_ITEM_EVENT,
    ZW_ITEM_LOST, /* zhiwend no longer keeps the events from `seq` to `last`; goes on behind them */
    ZW_ITEM_RESET /* zhiwend has another log than before (its state was replaced): seq begins anew, from its start */
} zw_item_kind_t;

typedef struct zw_item {
    zw_item_kind_t kind;
    uint64_t seq;       /* save seq + 1: a new subscription goes on from there */
    uint64_t last;      /* LOST */
    zw_str_t topic;     /* "fact.award.330300" */
    const char *event;  /* "fact", "support", "retract", "unsupport", "article", "withdraw", "other" */
    int64_t time_us;    /* when it was committed */
    uint32_t support;   /* articles that state the fact now */
    zw_str_t article;   /* MessagePack maps, see zw_get_str and zw_json; PROTOCOL.md has their keys */
    zw_str_t fact;
    zw_str_t payload;   /* the whole event, as zhiwend sent it */
    bool replayed;      /* came from `replay`, not live */
} zw_item_t;

/* `topics` are prefixes ("fact.indicator.3303"), at most 256 of at most 127 bytes; none: all events. They are copied. */
int zw_subscribe(zw_client_t *client, zw_position_t from, const char *const *topics, size_t topic_count,
                 zw_subscriber_t **ret);

/* The same under a name: zhiwend keeps the position, so it goes on where it was confirmed last, whoever asks for it from wherever. At
 * least once: what was handed out and not confirmed comes again. `from` counts only for a name that is new. The name is 1 to 64
 * letters, digits and . _ - @ (-EINVAL); NULL: none. Two at a time under one name both get everything. What zhiwend no longer
 * keeps of it is told by ZW_ITEM_LOST. zw_subscriber_next gives -ZW_E_TOO_MANY when zhiwend takes no further name. */
int zw_subscribe_as(zw_client_t *client, const char *name, zw_position_t from, const char *const *topics, size_t topic_count,
                    zw_subscriber_t **ret);

/* Everything handed out up to `seq` is handled, and need not come again. Does not block: zw_subscriber_next tells zhiwend, as
 * often as "confirm-ms" allows; what is none of our topics is confirmed along with it. -EINVAL: no name, or not handed out yet. */
int zw_subscriber_confirm(zw_subscriber_t *sub, uint64_t seq);

/* Blocks until what was confirmed is on zhiwend's disk: before closing. 0, -ETIMEDOUT, -EINTR, -EINVAL (no name), -errno. */
int zw_subscriber_flush(zw_subscriber_t *sub, int timeout_ms);

/* The next item. timeout_ms 0: do not wait, -1: for ever. Returns 1; 0 when the time ran out; -ZW_E_TOO_OLD, -ZW_E_TOO_NEW: the
 * position asked for is not kept or not there yet (zw_subscriber_info has both ends; repeated until zw_subscriber_seek);
 * -EINTR (a signal came), -ENOMEM, -errno. While zhiwend cannot be reached it waits, and tries again. */
int zw_subscriber_next(zw_subscriber_t *sub, int timeout_ms, const zw_item_t **ret);

/* Begins anew from another position. Never blocks. */
void zw_subscriber_seek(zw_subscriber_t *sub, zw_position_t from);

int zw_subscriber_fd(const zw_subscriber_t *sub);

typedef struct zw_subscriber_info {
    uint64_t position;  /* all events up to this one have been handed out, or are none of ours */
    uint64_t newest;    /* the newest that is known of; 0: none yet */
    uint64_t oldest;
    uint64_t events, replayed;
    uint64_t gaps;      /* times that events were not there live, and were fetched */
    uint64_t questions; /* to `replay` */
    uint64_t connects, stalls;
    bool connected;
    uint64_t confirmed; /* of a named one: on zhiwend's disk */
} zw_subscriber_info_t;
const zw_subscriber_info_t *zw_subscriber_info(zw_subscriber_t *sub);

void zw_subscriber_close(zw_subscriber_t *sub); /* takes NULL */

/* ---- questions */
typedef struct zw_query zw_query_t;
int zw_query_open(zw_client_t *client, zw_query_t **ret);

/* Each blocks for at most timeout_ms. The answer is a MessagePack map. -ETIMEDOUT, -EINTR, -ENOMEM, or the code of zhiwend's
 * refusal, such as -ZW_E_NOT_FOUND. */
int zw_query_status(zw_query_t *query, int timeout_ms, zw_str_t *ret_map);
int zw_query_article(zw_query_t *query, uint64_t number, zw_str_t source, zw_str_t id, int timeout_ms, zw_str_t *ret_map);
/* Articles with like wording, and the articles that are one report with it; by number, or (number 0) by source and id. At most
 * `limit` are listed (0: as many as zhiwend sees fit). PROTOCOL.md has the keys. -ZW_E_NOT_FOUND: not known, or too old. */
int zw_query_similar(zw_query_t *query, uint64_t number, zw_str_t source, zw_str_t id, uint32_t limit, int timeout_ms,
                     zw_str_t *ret_map);
int zw_query_cluster(zw_query_t *query, uint64_t number, zw_str_t source, zw_str_t id, uint32_t limit, int timeout_ms,
                     zw_str_t *ret_map);
/* The named subscriptions: `named` is an array of maps of name, seq, time, behind. */
int zw_query_subscriptions(zw_query_t *query, int timeout_ms, zw_str_t *ret_map);
/* The newest messages that zhiwend refused, at most `limit` (0: as many as it sees fit): `count` of all, and `messages`. */
int zw_query_quarantine(zw_query_t *query, uint32_t limit, int timeout_ms, zw_str_t *ret_map);
/* Ends one: its position is kept no more, and holds nothing back. *ret_map is how it stood. -ZW_E_NOT_FOUND. */
int zw_query_forget(zw_query_t *query, const char *name, int timeout_ms, zw_str_t *ret_map);
/* Microseconds until zhiwend answered; `socket` is "submit" or "replay" (-EINVAL). */
int zw_query_ping(zw_query_t *query, const char *socket, int timeout_ms, int64_t *ret_us);
void zw_query_close(zw_query_t *query); /* takes NULL */

/* ---- MessagePack maps, looked into without unpacking. `path` is keys joined by '.', as "amount.value". Pure functions. */
/* 1 and *ret when there; 0 when not, nil, or of another type. Strings borrow `map`. */
int zw_get_str(zw_str_t map, const char *path, zw_str_t *ret);
int zw_get_num(zw_str_t map, const char *path, double *ret);
int zw_get_uint(zw_str_t map, const char *path, uint64_t *ret);
int zw_get_bin(zw_str_t map, const char *path, zw_str_t *ret); /* as the body of a stored article; borrows `map` */
int zw_get_bool(zw_str_t map, const char *path, bool *ret);
/* Any MessagePack object as JSON, NUL-terminated, to be freed with free(). NULL when it is none, or without memory. */
char *zw_json(zw_str_t object);

#ifdef __cplusplus
}
#endif

#endif
