/* log: lines for the person who runs the daemon.
 *
 * Under systemd (JOURNAL_STREAM names our stderr) entries go to the journal with structured fields, elsewhere as
 * readable lines to stderr. Rooms do not log: main.c, the intake loop and the publish loop do, once an error.
 * Article text never enters the log. Equal messages beyond 20 in 10 s are counted and summed up in one line.
 * Threading: any thread; a call may block on stderr or the journal's socket.
 */
#ifndef ZW_LOG_H
#define ZW_LOG_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { ZW_LOG_ERROR = 3, ZW_LOG_WARNING = 4, ZW_LOG_NOTICE = 5, ZW_LOG_INFO = 6, ZW_LOG_DEBUG = 7 } zw_log_level_t;

typedef struct zw_log_fields {
    const char *article_id; /* or NULL */
    const char *reason;     /* a zw_error_name, or NULL */
    uint64_t seq;           /* 0: none */
    const char *id;         /* of log_id.h, or NULL */
} zw_log_fields_t;

/* Entries above `level` are not written. The one mutable global of the project. */
void zw_log_set_level(zw_log_level_t level);

void zw_log(zw_log_level_t level, const char *format, ...) __attribute__((format(printf, 2, 3)));
void zw_log_with(zw_log_level_t level, const zw_log_fields_t *fields, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
