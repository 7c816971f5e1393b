/* zw_wire: zhiwen's messages to and from MessagePack. PROTOCOL.md is the law; this is its only codec.
 *
 * Purpose. One codec for the daemon and for clients in C. Every message is one MessagePack map with string keys and
 * `v` (protocol version, 1). Unknown keys are ignored, `v` is checked.
 * Safety. Decoding never allocates by a number that the message declares: a preflight walk first checks that all
 * declared counts fit the bytes that are there, the depth and the number of elements. Anything else is refused with a
 * code and the name of the field.
 * Ownership. Decoded strings borrow the message bytes. What needs memory (lists) lives in the zw_wire_t, until its next
 * decode or zw_wire_free. Encoders append to a zw_buf_t of the caller.
 * Threading. One thread at a time per zw_wire_t; encoders are pure.
 */
#ifndef ZW_WIRE_H
#define ZW_WIRE_H

#include "zw_buf.h"
#include "zw_error.h"

enum { ZW_PROTOCOL_VERSION = 1, ZW_MAX_TOPICS = 256, ZW_MAX_TOPIC = 127, ZW_MAX_NAME = 64 };

typedef struct zw_wire_limits {
    size_t message_bytes; /* default 4 MiB + 64 KiB */
    size_t body_bytes;    /* default 4 MiB */
    size_t string_bytes;  /* id, source, url, title …: default 4096 */
    unsigned depth;       /* default 8 */
    unsigned elements;    /* default 4096; all elements of a message together */
} zw_wire_limits_t;
extern const zw_wire_limits_t ZW_WIRE_DEFAULTS;

/* Why a message was refused: `code` is -ZW_E_*, `field` a dotted name ("article.body"; empty for the whole message), `message` a sentence. */
typedef struct zw_reject {
    int code;
    char field[64];
    char message[160];
} zw_reject_t;

typedef struct zw_wire zw_wire_t;
zw_wire_t *zw_wire_new(void); /* NULL without memory */
void zw_wire_free(zw_wire_t *wire); /* takes NULL */

/* ---- articles */
typedef struct zw_article {
    zw_str_t id;        /* chosen by the sender; with `source` it makes a resend recognisable */
    zw_str_t source, url, title, published, charset, format;
    zw_str_t body;
    bool body_is_text;  /* str (UTF-8, checked) or bin (bytes in `charset` or to be found out) */
    zw_str_t meta;      /* the map's MessagePack bytes as sent, or empty */
} zw_article_t;

/* ---- requests: client → `submit` or `replay` */
typedef enum {
    ZW_OP_SUBMIT,  /* submit: one article */
    ZW_OP_REPLAY,  /* replay: events from a position */
    ZW_OP_STATUS,  /* replay: counters */
    ZW_OP_ARTICLE, /* replay: the stored article and its facts, by zhiwen number or by source and id */
    ZW_OP_PING,    /* both: answered at once with "pong" */
    ZW_OP_SIMILAR, /* replay: articles with like wording, by number or by source and id */
    ZW_OP_CLUSTER, /* replay: the articles that are one report, likewise */
    ZW_OP_WITHDRAW,      /* submit: an article is taken back, by number or by source and id */
    ZW_OP_CONFIRM,       /* replay: a named subscription has handled everything up to a seq */
    ZW_OP_SUBSCRIPTIONS, /* replay: the named subscriptions, or one of them */
    ZW_OP_FORGET,        /* replay: a named subscription ends */
    ZW_OP_QUARANTINE     /* replay: the newest messages that were refused */
} zw_op_t;

typedef struct zw_request {
    zw_op_t op;
    zw_str_t req; /* the `req` value's MessagePack bytes (any uint or short str), echoed in the answer; may be empty */
    zw_article_t article;                                    /* SUBMIT */
    uint64_t from, to;                                       /* REPLAY: seq, inclusive; to 0: newest */
    int64_t since_us;                                        /* REPLAY instead of `from`: events from this time on; 0: absent */
    uint32_t limit;                                          /* REPLAY, SIMILAR, CLUSTER, QUARANTINE: at most so many; 0: as the daemon sees fit */
    zw_str_t topics[ZW_MAX_TOPICS];                          /* REPLAY: prefixes; none: all */
    size_t topic_count;
    uint64_t number;                                         /* ARTICLE, SIMILAR, CLUSTER, WITHDRAW, by number */
    zw_str_t source, id;                                     /* the same, by source and id */
    zw_str_t reason;                                         /* WITHDRAW: for people; may be empty */
    zw_str_t name;                                           /* CONFIRM, FORGET; SUBSCRIPTIONS: empty for all */
    uint64_t seq;                                            /* CONFIRM */
    zw_str_t instance;                                       /* CONFIRM: of the log that the seq is of; may be empty */
} zw_request_t;

/* Decodes a request. Returns 0, or the negative code that is also in *ret_why. Where the message was readable enough,
 * ret->op, ret->req and ret->article.id are set even on refusal (else zeroed), so that the refusal can be addressed. */
int zw_request_decode(zw_wire_t *wire, zw_str_t message, const zw_wire_limits_t *limits, zw_request_t *ret, zw_reject_t *ret_why);
/* `request->req` must hold MessagePack bytes (see zw_req_uint). Returns 0 or -ENOMEM. */
/* A name for a subscription: 1 to ZW_MAX_NAME letters, digits and . _ - @ of ASCII. */
bool zw_subscription_name(zw_str_t name);
int zw_request_encode(const zw_request_t *request, zw_buf_t *out);
/* The MessagePack bytes of an unsigned `req`, written to `space` (at least 9 bytes). */
zw_str_t zw_req_uint(uint64_t req, char *space);

/* ---- answers of `submit` */
typedef enum { ZW_ST_NEW, ZW_ST_DUPLICATE, ZW_ST_REJECTED, ZW_ST_WITHDRAWN } zw_status_t;
typedef enum { ZW_DUP_NONE, ZW_DUP_EXACT, ZW_DUP_NEAR, ZW_DUP_CONTAINED, ZW_DUP_REVISION } zw_dup_t;
extern const char *const ZW_STATUS_NAMES[]; /* "new" "duplicate" "rejected" "withdrawn" */
extern const char *const ZW_DUP_NAMES[];    /* "" "exact" "near" "contained" "revision" */

typedef struct zw_ack {
    zw_str_t req;        /* MessagePack bytes, echoed */
    zw_str_t id;         /* the article's id: the sender's, else the one given to it */
    zw_status_t status;
    uint64_t number;     /* article number; 0 when rejected */
    uint64_t seq;        /* of the article's `article` event */
    uint32_t facts;      /* facts and supports published for it; of WITHDRAWN: facts that lost it as a source */
    bool repeat;         /* the same article of the same sender had been taken before: this is its first answer again */
    zw_dup_t dup;
    zw_str_t of;         /* id of the article that it duplicates or revises */
    double similarity;   /* 0..1 */
    zw_str_t error, field, message; /* rejected: zw_error_name, field, sentence */
} zw_ack_t;

int zw_ack_encode(const zw_ack_t *ack, zw_buf_t *out);
int zw_ack_decode(zw_wire_t *wire, zw_str_t message, zw_ack_t *ret);

/* ---- events: `facts`, and inside answers of `replay` */
typedef enum {
    ZW_EV_FACT,
    ZW_EV_SUPPORT,
    ZW_EV_ARTICLE,
    ZW_EV_HEARTBEAT,
    ZW_EV_RETRACT,   /* no article states the fact any more */
    ZW_EV_UNSUPPORT, /* an article less states the fact */
    ZW_EV_WITHDRAW,  /* an article was taken back */
    ZW_EV_OTHER /* decoded only: an event that a later version may bring; its seq counts like any other's */
} zw_event_kind_t;
extern const char *const ZW_EVENT_NAMES[]; /* "fact" "support" "article" "heartbeat" "retract" "unsupport" "withdraw" "other" */

typedef struct zw_event {
    uint64_t seq;       /* gapless; of a heartbeat: the newest seq */
    uint64_t prev;      /* the event before it on the same topic, 0: none */
    zw_event_kind_t kind;
    int64_t time_us;    /* when committed, microseconds since 1970 */
    uint32_t support;   /* fact, support, retract, unsupport: articles that state it now */
    zw_str_t article;   /* a MessagePack map (see PROTOCOL.md); empty on heartbeats */
    zw_str_t fact;      /* a MessagePack map; fact, support, retract and unsupport */
    zw_str_t instance;  /* heartbeats: zw_store_instance, so that a subscriber sees that the log is another one */
} zw_event_t;

int zw_event_encode(const zw_event_t *event, zw_buf_t *out);
int zw_event_decode(zw_wire_t *wire, zw_str_t message, zw_event_t *ret);

/* ---- answers of `replay` */
typedef struct zw_page_event {
    zw_str_t topic, payload; /* payload: an encoded event, the bytes that were published */
} zw_page_event_t;

typedef struct zw_page {
    zw_str_t req;
    uint64_t next;   /* ask from here for the rest */
    uint64_t oldest; /* oldest seq kept; 0: no events yet */
    uint64_t newest;
    zw_str_t instance; /* zw_store_instance; a position means nothing in another instance's log */
    const zw_page_event_t *events; /* decoded: in the zw_wire_t */
    size_t event_count;
} zw_page_t;

int zw_page_encode(const zw_page_t *page, zw_buf_t *out);

typedef enum {
    ZW_ANSWER_PAGE,
    ZW_ANSWER_STATUS,
    ZW_ANSWER_ARTICLE,
    ZW_ANSWER_PONG,
    ZW_ANSWER_ERROR,
    ZW_ANSWER_SIMILAR,
    ZW_ANSWER_CLUSTER,
    ZW_ANSWER_SUBSCRIPTION,
    ZW_ANSWER_SUBSCRIPTIONS,
    ZW_ANSWER_QUARANTINE
} zw_answer_kind_t;

typedef struct zw_answer {
    zw_answer_kind_t kind;
    zw_str_t req;
    zw_page_t page;                 /* PAGE; of ERROR too_old/too_new: oldest, newest */
    zw_str_t map;                   /* all but PAGE, PONG, ERROR: a MessagePack map */
    zw_str_t error, field, message; /* ERROR */
} zw_answer_t;

int zw_answer_decode(zw_wire_t *wire, zw_str_t message, zw_answer_t *ret);
/* All but PAGE; pages by zw_page_encode. */
int zw_answer_encode(const zw_answer_t *answer, zw_buf_t *out);

/* ---- topics: "fact.<type>.<region>", likewise "support.", "retract." and "unsupport."; "article.<outcome>"; "heartbeat" */
/* Writes the topic; region 0 gives "000000" (nation-wide or not known). Returns its length. out: at least 128 bytes. */
size_t zw_topic_fact(zw_event_kind_t kind, zw_str_t type, uint32_t region, char *out);
size_t zw_topic_article(zw_status_t status, zw_dup_t dup, char *out);

/* ---- MessagePack by hand, for rooms that build maps (status, fact); appends to `out`, errors sticky in it. */
void zw_mp_map(zw_buf_t *out, uint32_t pairs);
void zw_mp_array(zw_buf_t *out, uint32_t items);
void zw_mp_str(zw_buf_t *out, zw_str_t s);
void zw_mp_bin(zw_buf_t *out, zw_str_t s);
void zw_mp_uint(zw_buf_t *out, uint64_t v);
void zw_mp_int(zw_buf_t *out, int64_t v);
void zw_mp_double(zw_buf_t *out, double v);
void zw_mp_bool(zw_buf_t *out, bool v);
void zw_mp_nil(zw_buf_t *out);
static inline void zw_mp_key(zw_buf_t *out, const char *key)
{
    zw_mp_str(out, zw_strz(key));
}

/* Checks that `bytes` is exactly one MessagePack object within the limits. Returns 0 or the code in *ret_why. */
int zw_preflight(zw_str_t bytes, const zw_wire_limits_t *limits, zw_reject_t *ret_why);

/* Appends the JSON form of one MessagePack object (already preflighted): UTF-8 as it is, bin as base64 string,
 * doubles with the shortest form that reads back equal. Returns 0, -ENOMEM or -ZW_E_MALFORMED. */
int zw_mp_to_json(zw_str_t object, zw_buf_t *out);

#endif
