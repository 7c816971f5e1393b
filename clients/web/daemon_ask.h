/* daemon_ask: questions to zhiwend about one article, one at a time. Any thread; blocks for ANSWER_MS at most, not at all while zhiwend is known to be away. */
#ifndef WEB_DAEMON_ASK_H
#define WEB_DAEMON_ASK_H

#include "web.h"

typedef struct daemon_ask daemon_ask_t;

int daemon_ask_new(zw_client_t *client, pulse_t *pulse, daemon_ask_t **ret);
void daemon_ask_free(daemon_ask_t *ask); /* takes NULL */

/* The stored article as a MessagePack map (PROTOCOL.md, op "article"), to be released with zw_buf_done. 0; -ZW_E_NOT_FOUND, -ETIMEDOUT, -ENOMEM … */
int daemon_ask_article(daemon_ask_t *ask, int64_t number, zw_buf_t *ret);
int daemon_ask_cluster(daemon_ask_t *ask, int64_t number, zw_buf_t *ret);
int daemon_ask_quarantine(daemon_ask_t *ask, zw_buf_t *ret); /* the newest messages that it refused */

#endif
