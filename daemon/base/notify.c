#include "base/notify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <time.h>

void zw_notify_ready(void)
{
    (void)sd_notify(0, "READY=1");
}

void zw_notify_reloading(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

void zw_notify_stopping(void)
{
    (void)sd_notify(0, "STOPPING=1\nSTATUS=Finishing what was taken in");
}

void zw_notify_watchdog(void)
{
    (void)sd_notify(0, "WATCHDOG=1");
}

void zw_notify_status(const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    (void)sd_notifyf(0, "STATUS=%s", text);
}

uint64_t zw_notify_watchdog_us(void)
{
    uint64_t us = 0;
    return sd_watchdog_enabled(0, &us) > 0 ? us : 0;
}
