/* http: the server. Who may come in, which route answers, and the headers of every answer. */
#ifndef WEB_HTTP_H
#define WEB_HTTP_H

#include "web.h"

typedef struct http http_t;

enum { CONNECTIONS_MOST = 64 };

/* `socket` listens, and is taken. -errno. */
int http_start(web_t *web, int socket, http_t **ret);
/* Pages that are open must have been sent home (live_end). Takes NULL. */
void http_stop(http_t *http);

/* Listens at HOST:PORT. -EINVAL: no such form; -EACCES: it is not of this machine, and `open` is not set; -errno. *ret_port as it came to be. */
int http_listen(const char *address, bool open, int *ret_socket, unsigned *ret_port);
/* Whether a socket that we were given listens on this machine alone. */
bool http_is_loopback(int socket);

#endif
