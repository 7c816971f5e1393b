#include "child_priv.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

int64_t child_now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int wait_for(int fd, short what, int64_t until_us)
{
    struct pollfd p = { .fd = fd, .events = what };
    if (!until_us)
        return 0;
    int64_t left = until_us - child_now_us();
    int n = left > 0 ? poll(&p, 1, (int)(left / 1000) + 1) : 0;
    return n > 0 || (n < 0 && errno == EINTR) ? 0 : n == 0 ? -ETIME : -errno;
}

int child_write(int fd, const void *bytes, size_t n, int64_t until_us)
{
    for (const char *p = bytes; n > 0;) {
        int r = wait_for(fd, POLLOUT, until_us);
        if (r < 0)
            return r;
        ssize_t done = write(fd, p, n < 65536 ? n : 65536);
        if (done < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
        p += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return 0;
}

int child_read(int fd, void *bytes, size_t n, int64_t until_us)
{
    for (char *p = bytes; n > 0;) {
        int r = wait_for(fd, POLLIN, until_us);
        if (r < 0)
            return r;
        ssize_t done = read(fd, p, n);
        if (done == 0)
            return -EPIPE;
        if (done < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
        p += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return 0;
}
