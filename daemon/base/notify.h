/* notify: what we tell systemd. Without systemd every call does nothing. Any thread; does not block. */
#ifndef ZW_NOTIFY_H
#define ZW_NOTIFY_H

#include <stdint.h>

void zw_notify_ready(void);
void zw_notify_reloading(void); /* zw_notify_ready when it is over */
void zw_notify_stopping(void);
void zw_notify_watchdog(void);
void zw_notify_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How often systemd wants to hear from us, in microseconds; 0: it does not. */
uint64_t zw_notify_watchdog_us(void);

#endif
