/* access: who may ask. */
#ifndef WEB_ACCESS_H
#define WEB_ACCESS_H

#include "web.h"

/* True: let it in. Else the request has been answered.
 * - The Host header must be a name of this machine or one that we were told: a name that is made to point at us (DNS rebinding) is not.
 * - Where there is a token: as "Authorization: Bearer", in the cookie that we set, or once as ?token=, which sets it.
 * - What changes or costs something (all but GET) needs the header X-Zhiwen, which no other site's page can send. */
bool access_check(request_t *r);

/* Reads the token of a file: its first line, at least 16 characters. -EINVAL, -errno. To be freed. */
int access_token(const char *path, char **ret);

#endif
