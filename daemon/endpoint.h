/* endpoint: which addresses may be used, and who may open ipc sockets. Pure but for zw_endpoint_group. */
#ifndef ZW_ENDPOINT_H
#define ZW_ENDPOINT_H

#include "zw_str.h"

#include <sys/types.h>

typedef enum {
    ZW_ENDPOINT_IPC,
    ZW_ENDPOINT_LOOPBACK, /* tcp that does not leave this machine */
    ZW_ENDPOINT_TCP,      /* tcp that does: in plain text, anyone could read and write */
    ZW_ENDPOINT_BAD       /* another transport, or malformed */
} zw_endpoint_kind_t;

zw_endpoint_kind_t zw_endpoint_kind(zw_str_t endpoint);

/* Sets group (unless (gid_t)-1) and permissions of an ipc socket that is bound; other endpoints are left alone. 0 or -errno. */
int zw_endpoint_permit(const char *endpoint, mode_t mode, gid_t group);

#endif
