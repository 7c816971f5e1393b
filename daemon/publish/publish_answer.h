/* What the replay socket answers: a request's bytes in, an answer's bytes out. Knows no sockets.
 *
 * Bounds. An answer holds at most 1000 events and 1 MiB (one event alone may be larger); a request looks at no more than
 * 200,000 events and stops after 250 ms, and says with `next` where to go on: a filter that matches nothing
 * cannot hold up the others.
 * Threading. One thread at a time for one zw_answerer_t.
 */
#ifndef ZW_PUBLISH_ANSWER_H
#define ZW_PUBLISH_ANSWER_H

#include "publish/publish.h"
#include "zw_wire.h"

enum {
    ZW_ANSWER_EVENTS = 1000,
    ZW_ANSWER_BYTES = 1 << 20,
    ZW_ANSWER_SCAN = 200000,
    ZW_ANSWER_SCAN_MS = 250,
    ZW_REQUEST_BYTES = 64 << 10,
    ZW_ANSWER_REQ_BYTES = 80, /* more than zw_request_decode lets pass */
};

typedef struct zw_answerer zw_answerer_t;

/* Borrows both; NULL without memory. */
zw_answerer_t *zw_answerer_new(const zw_publish_options_t *options, zw_publish_counters_t *counters);
void zw_answerer_free(zw_answerer_t *answerer); /* takes NULL */

/* The answer to `request`, borrowed until the next call; empty when there was no memory for one, or when *ret_later is set: then it is due
 * once its change is durable. */
typedef struct zw_answer_later {
    uint64_t change; /* of subscriptions; 0: nothing is due later */
    zw_subscription_t subscription;
    char req[ZW_ANSWER_REQ_BYTES]; /* its MessagePack bytes */
    size_t req_bytes;
} zw_answer_later_t;
zw_str_t zw_answerer_answer(zw_answerer_t *answerer, zw_str_t request, zw_answer_later_t *ret_later);

/* The answer that was due later: how the subscription stands. */
zw_str_t zw_answerer_answer_later(zw_answerer_t *answerer, const zw_answer_later_t *later);

/* Too many wait already: the refusal, with its req. */
zw_str_t zw_answerer_busy(zw_answerer_t *answerer, const zw_answer_later_t *later);

/* The answer to a message of the wrong shape: an error without `req`. */
zw_str_t zw_answerer_refuse(zw_answerer_t *answerer, int code, const char *field, const char *message);

#endif
