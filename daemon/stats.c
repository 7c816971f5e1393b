#include "stats.h"

#include <time.h>

static int64_t clock_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t zw_now_us(void)
{
    return clock_us(CLOCK_REALTIME);
}

int64_t zw_monotonic_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}
