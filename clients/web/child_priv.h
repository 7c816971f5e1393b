/* child_priv: what both ends of the pipes know. Both are the same program, so structs may go through as they are. */
#ifndef WEB_CHILD_PRIV_H
#define WEB_CHILD_PRIV_H

#include "child.h"

typedef struct child_head {
    uint32_t task, body_is_text;
    uint32_t lengths[CHILD_STRINGS];
} child_head_t;

typedef struct child_answer {
    int32_t code; /* 0, or as child_ask returns it */
    uint32_t length;
} child_answer_t;

/* All of it; 0 or -errno, -EPIPE at the end. until_us: of the monotonic clock; 0: for ever. */
int child_write(int fd, const void *bytes, size_t n, int64_t until_us);
int child_read(int fd, void *bytes, size_t n, int64_t until_us);
int64_t child_now_us(void);

/* From here on the process may only compute, read and write what it has open. 0 or -errno. */
int child_lock_in(void);

#endif
