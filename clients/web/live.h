/* live: events on their way to the pages that are open.
 *
 * Purpose. The follower puts in what it has committed; each page's connection takes it out in its own thread, as fast as it can. The last
 * events are kept, so that a page that was away for a moment misses nothing; who was away longer is told so.
 * Threading. Any thread. live_next blocks.
 */
#ifndef WEB_LIVE_H
#define WEB_LIVE_H

#include "store.h"

#include <jansson.h>

enum { LIVE_KEPT = 2000, LIVE_PAGES_MOST = 32 };

typedef struct live live_t;
typedef struct live_event {
    uint64_t number; /* 1, 2 … of this process; what a page has seen */
    uint64_t seq;    /* of the log; 0: none */
    const char *event;
    char *json, *plain;
    size_t plain_n;
    row_t row;       /* seq 0: not of a fact that stands */
    int64_t article;
    unsigned users;
} live_event_t;

live_t *live_new(uint64_t seq); /* events of the log up to `seq` were before our time */
void live_free(live_t *live); /* takes NULL; no page may be open any more */

bool live_has_pages(live_t *live);
/* An event of a change, to be put in when it is committed; takes `change->json`. NULL without memory. */
live_event_t *live_make(const change_t *change, int64_t article);
void live_put(live_t *live, live_event_t *event); /* takes it */
/* An event of the log that nobody has made one of: whoever asks for it later has to read anew. */
void live_skip(live_t *live, uint64_t seq);
/* What is not of the log: "state", how it stands with zhiwend; "reset", all is to be read anew. Takes `json`. */
int live_put_note(live_t *live, const char *event, json_t *json);

/* A page opens, having seen events of the log up to `seq` (0: begins now). *ret_number is where it goes on; 1: what it missed is all there, 0: not.
 * -EBUSY: too many pages. */
int live_open(live_t *live, uint64_t seq, uint64_t *ret_number);
void live_close(live_t *live);
/* The next event behind number; 1, give it back by live_done; 0 when timeout_ms have passed; -EPIPE: the program ends; -ERANGE: it is no longer kept. */
int live_next(live_t *live, uint64_t number, int timeout_ms, live_event_t **ret);
void live_done(live_t *live, live_event_t *event);
/* The program ends: every page is sent home. */
void live_end(live_t *live);

#endif
