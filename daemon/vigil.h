/* vigil: what becomes of things around us that nobody tells us about: the sockets' files, and our descriptors.
 *
 * Purpose. An ipc socket whose file is removed keeps those who are connected and lets nobody else in; without free descriptors
 * libzmq accepts nobody and does not say so. Both are logged when they begin.
 * Threading. One thread: main's, every few seconds. Logs.
 */
#ifndef ZW_VIGIL_H
#define ZW_VIGIL_H

#include "config.h"

#include <sys/types.h>

enum { ZW_VIGIL_SOCKETS = 4 * ZW_CONFIG_LIST };

typedef struct zw_vigil {
    struct {
        const char *path; /* of the configuration */
        dev_t dev;
        ino_t ino;
        bool gone;
    } sockets[ZW_VIGIL_SOCKETS];
    size_t socket_count;
    bool short_of_descriptors;
} zw_vigil_t;

/* Raises the limit of descriptors as far as it may be, and notes the sockets' files as they are; after the daemon has opened them. */
void zw_vigil_begin(zw_vigil_t *ret, const zw_config_t *config);

/* Looks. Takes some microseconds for each open descriptor. */
void zw_vigil_look(zw_vigil_t *vigil);

#endif
