/* endpoint: which addresses may be used. Pure. */
#ifndef ZW_ENDPOINT_H
#define ZW_ENDPOINT_H

#include "zw_str.h"

typedef enum {
    ZW_ENDPOINT_IPC, /* a file, whose permissions say who may come in */
    ZW_ENDPOINT_TCP, /* with keys, or open to whoever reaches it */
    ZW_ENDPOINT_BAD  /* another transport, or malformed */
} zw_endpoint_kind_t;

zw_endpoint_kind_t zw_endpoint_kind(zw_str_t endpoint);

#endif
