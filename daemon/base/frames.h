/* frames: one message of several frames to a ZeroMQ socket, as a whole or not at all. The socket's own thread. The room does not log. */
#ifndef ZW_FRAMES_H
#define ZW_FRAMES_H

#include "zw_str.h"

enum { ZW_FRAMES_MOST = 4 };

/* Sends copies of the frames (at most ZW_FRAMES_MOST) without waiting. All memory is taken before the first one goes: a message that
 * stops half-way would be ended by the next one's frames. 0; -EAGAIN, -EHOSTUNREACH (a ROUTER's peer does not read, or has gone),
 * -ENOMEM, -ETERM: nothing was sent. */
int zw_frames_send(void *socket, const zw_str_t *frames, size_t count);

#endif
