#include "base/frames.h"

#include <errno.h>
#include <zmq.h>

int zw_frames_send(void *socket, const zw_str_t *frames, size_t count)
{
    zmq_msg_t messages[ZW_FRAMES_MOST];
    size_t made = 0;
    int r = 0;
    for (; made < count && r == 0; made++) {
        if (zmq_msg_init_size(&messages[made], frames[made].n) < 0) {
            r = -errno;
            break;
        }
        if (frames[made].n)
            memcpy(zmq_msg_data(&messages[made]), frames[made].p, frames[made].n);
    }
    for (size_t i = 0; i < count && r == 0; i++)
        while (zmq_msg_send(&messages[i], socket, ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0)) < 0 && (r = -errno) == -EINTR)
            r = 0;
    for (size_t i = 0; i < made; i++)
        (void)zmq_msg_close(&messages[i]); /* one that was sent is empty */
    return r;
}
