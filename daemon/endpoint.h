/* endpoint: which addresses may be used. Pure. */
#ifndef ZW_ENDPOINT_H
#define ZW_ENDPOINT_H

#include "zw_str.h"

typedef enum {
    ZW_ENDPOINT_IPC,
    ZW_ENDPOINT_LOOPBACK, /* tcp that does not leave this machine */
    ZW_ENDPOINT_TCP,      /* tcp that does: in plain text, anyone could read and write */
    ZW_ENDPOINT_BAD       /* another transport, or malformed */
} zw_endpoint_kind_t;

zw_endpoint_kind_t zw_endpoint_kind(zw_str_t endpoint);

#endif
