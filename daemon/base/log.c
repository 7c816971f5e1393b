#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <time.h>
#include <unistd.h>

enum { BURST = 20, WINDOW_S = 10, KINDS = 64 };

static zw_log_level_t max_level = ZW_LOG_INFO;

/* How often each message (by its format) was written in the current window. */
static struct {
    pthread_mutex_t lock;
    struct {
        const char *format;
        time_t since;
        unsigned count;
    } kind[KINDS];
} rate = { .lock = PTHREAD_MUTEX_INITIALIZER };

void zw_log_set_level(zw_log_level_t level)
{
    max_level = level;
}

/* True when stderr is the stream that systemd gave us. */
static bool under_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat st;
    unsigned long long dev, ino;
    return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 && fstat(STDERR_FILENO, &st) == 0 &&
           st.st_dev == dev && st.st_ino == ino;
}

/* Whether to write; *ret_suppressed is how many were left out of the window that just ended. */
static bool admit(const char *format, unsigned *ret_suppressed)
{
    time_t now = time(NULL);
    bool ok = true;
    *ret_suppressed = 0;
    pthread_mutex_lock(&rate.lock);
    size_t k = ((uintptr_t)format >> 3) % KINDS;
    if (rate.kind[k].format != format || now - rate.kind[k].since >= WINDOW_S) {
        if (rate.kind[k].format == format && rate.kind[k].count > BURST)
            *ret_suppressed = rate.kind[k].count - BURST;
        rate.kind[k].format = format;
        rate.kind[k].since = now;
        rate.kind[k].count = 0;
    }
    if (++rate.kind[k].count > BURST)
        ok = false;
    pthread_mutex_unlock(&rate.lock);
    return ok;
}

static void write_line(zw_log_level_t level, const zw_log_fields_t *f, const char *message)
{
    static const char *const names[] = { [ZW_LOG_ERROR] = "error", [ZW_LOG_WARNING] = "warning", [ZW_LOG_NOTICE] = "notice",
                                         [ZW_LOG_INFO] = "info", [ZW_LOG_DEBUG] = "debug" };
    char stamp[32];
    struct timespec now;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &tm);
    strftime(stamp, sizeof(stamp), "%H:%M:%S", &tm);
    fprintf(stderr, "%s.%03ld %s %s: %s", stamp, now.tv_nsec / 1000000, program_invocation_short_name, names[level], message);
    if (f && f->article_id)
        fprintf(stderr, " article=%s", f->article_id);
    if (f && f->reason)
        fprintf(stderr, " reason=%s", f->reason);
    if (f && f->seq)
        fprintf(stderr, " seq=%" PRIu64, f->seq);
    fputc('\n', stderr);
}

static void emit(zw_log_level_t level, const zw_log_fields_t *f, const char *message)
{
    if (!under_journal()) {
        write_line(level, f, message);
        return;
    }
    char seq[32], id[64];
    (void)snprintf(seq, sizeof(seq), "SEQ=%" PRIu64, f ? f->seq : 0);
    (void)snprintf(id, sizeof(id), "MESSAGE_ID=%s", f && f->id ? f->id : "");
    (void)sd_journal_send("MESSAGE=%s", message, "PRIORITY=%d", (int)level, "ARTICLE_ID=%s", f && f->article_id ? f->article_id : "",
                          "REASON=%s", f && f->reason ? f->reason : "", "%s", seq, f && f->id ? "%s" : NULL, id, NULL);
}

static void log_va(zw_log_level_t level, const zw_log_fields_t *f, const char *format, va_list args)
{
    if (level > max_level)
        return;
    unsigned suppressed;
    bool ok = admit(format, &suppressed);
    char message[1024];
    if (suppressed) {
        (void)snprintf(message, sizeof(message), "%u more messages like the next one were left out", suppressed);
        emit(level, NULL, message);
    }
    if (!ok)
        return;
    (void)vsnprintf(message, sizeof(message), format, args);
    emit(level, f, message);
}

void zw_log(zw_log_level_t level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_va(level, NULL, format, args);
    va_end(args);
}

void zw_log_with(zw_log_level_t level, const zw_log_fields_t *fields, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_va(level, fields, format, args);
    va_end(args);
}
