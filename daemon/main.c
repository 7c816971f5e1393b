/* zhiwend: the way of an article through the daemon.
 *
 *   intake     `submit` and `feed`: size and shape are checked, a ticket is given in order of arrival
 *     │ flow: a queue for the workers, a ring in order of tickets for the committer
 *   worker     process.c: text (bytes → repaired text) → extract (→ facts) → dedup (→ fingerprint), maps encoded ahead
 *     │
 *   committer  batch.c: new or duplicate, fact or support, seq and prev – decided in order of arrival;
 *     │        store: the whole batch in one durable transaction
 *     ├─→ intake   the answer to the sender, after the commit
 *     └─→ publish  `facts`, live, and `replay`, from any point
 *
 * In a cluster (cluster/cluster.h) Kafka stands between: intake → topic of articles → the workers of that instance whose partition it is →
 * topic of results, in one order → the committers of all instances.
 *
 * The rooms are wired in daemon.c; this file starts them, minds signals, systemd and the watchdog, and ends them.
 */
#include "base/log.h"
#include "base/log_id.h"
#include "base/notify.h"
#include "daemon.h"
#include "options.h"
#include "vigil.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TICK_MS = 1000, STATUS_TICKS = 5, RATE_UNIT = 1000 };

typedef struct {
    zw_daemon_t *daemon;
    int signals;
    int64_t watchdog_us, last_check_us; /* 0: systemd does not watch us */
    unsigned ticks;
    zw_rates_t rates;
    zw_vigil_t vigil;
    bool stuck;
} minder_t;

/* Signals are taken through a descriptor; blocked before the first thread starts, they reach no other. */
static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return -errno;
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

static void tell_state(const minder_t *m)
{
    const zw_daemon_t *d = m->daemon;
    int trouble = zw_committer_trouble(d->committer);
    if (trouble)
        zw_notify_status("Cannot commit: %s", zw_error_text(trouble));
    else
        zw_notify_status("%" PRIu64 " articles taken in, %" PRIu64 "/s; newest event %" PRIu64, zw_stats_articles(&d->stats),
                         zw_count_get(&d->stats.articles_rate) / RATE_UNIT, zw_store_next_seq(d->store) - 1);
}

static void tick(minder_t *m)
{
    zw_rates_sample(&m->rates, &m->daemon->stats);
    if (m->ticks++ % STATUS_TICKS == 0) {
        tell_state(m);
        zw_vigil_look(&m->vigil);
    }
}

/* systemd hears from us only when every loop has got on since the last time. */
static void feed_watchdog(minder_t *m)
{
    int64_t now = zw_monotonic_us();
    if (m->watchdog_us == 0 || now - m->last_check_us < m->watchdog_us / 3)
        return;
    m->last_check_us = now;
    const char *stuck = zw_watchdog_check(m->daemon->watchdog);
    if (!stuck)
        zw_notify_watchdog();
    else if (!m->stuck)
        zw_log_with(ZW_LOG_ERROR, &(zw_log_fields_t){ .id = ZW_LOG_ID_STUCK }, "%s does not get on; the watchdog is not fed", stuck);
    m->stuck = stuck != NULL;
}

static void reload(minder_t *m)
{
    zw_notify_reloading();
    (void)zw_daemon_reload(m->daemon);
    zw_notify_ready();
}

/* False when it is time to end. */
static bool take_signals(minder_t *m)
{
    struct signalfd_siginfo info;
    while (read(m->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo != SIGHUP) {
            zw_log(ZW_LOG_NOTICE, "%s: finishing what was taken in", strsignal((int)info.ssi_signo));
            return false;
        }
        reload(m);
    }
    return true;
}

/* Returns when told to end, or when the committer has given up. */
static void mind(minder_t *m)
{
    struct pollfd fds[] = { { .fd = m->signals, .events = POLLIN }, { .fd = m->daemon->trouble_fd, .events = POLLIN } };
    int64_t next_tick = zw_monotonic_us();
    for (;;) {
        int64_t now = zw_monotonic_us();
        if (now >= next_tick) {
            tick(m);
            next_tick = now + TICK_MS * 1000;
        }
        feed_watchdog(m);
        int ms = (int)((next_tick - now) / 1000) + 1;
        if (m->watchdog_us && m->watchdog_us / 3000 < ms)
            ms = (int)(m->watchdog_us / 3000);
        if (poll(fds, 2, ms) < 0 && errno != EINTR) {
            zw_log(ZW_LOG_ERROR, "cannot wait for signals: %s", zw_error_text(-errno));
            return;
        }
        if ((fds[0].revents & POLLIN) && !take_signals(m))
            return;
        if (fds[1].revents & POLLIN) {
            zw_log(ZW_LOG_ERROR, "cannot get on; ending, to begin again from what is durable");
            return;
        }
    }
}

static int run(const zw_config_t *config)
{
    int signals = open_signals();
    if (signals < 0) {
        zw_log(ZW_LOG_ERROR, "signals: %s", zw_error_text(signals));
        return ZW_EXIT_FAILURE;
    }
    zw_daemon_t daemon;
    if (zw_daemon_open(config, &daemon) < 0) {
        (void)close(signals);
        return ZW_EXIT_FAILURE;
    }
    zw_log_with(ZW_LOG_NOTICE, &(zw_log_fields_t){ .id = ZW_LOG_ID_READY }, "zhiwend %s is ready: %zu workers, state in %s", ZW_VERSION, atomic_load(&daemon.status.workers), config->state_dir);
    zw_notify_ready();

    minder_t minder = { .daemon = &daemon, .signals = signals, .watchdog_us = (int64_t)zw_notify_watchdog_us() };
    zw_vigil_begin(&minder.vigil, config);
    mind(&minder);

    zw_notify_stopping();
    int e = zw_daemon_close(&daemon);
    (void)close(signals);
    if (e < 0) {
        zw_log(ZW_LOG_ERROR, "ended without committing all that was taken in: %s; its senders were not answered", zw_error_text(e));
        return ZW_EXIT_FAILURE;
    }
    zw_log_with(ZW_LOG_NOTICE, &(zw_log_fields_t){ .id = ZW_LOG_ID_ENDED }, "zhiwend has ended");
    return ZW_EXIT_OK;
}

int main(int argc, char **argv)
{
    zw_config_t config;
    int status;
    if (!zw_options_read(argc, argv, &config, &status))
        return status;
    zw_log_set_level((zw_log_level_t)config.log_level);
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 20); /* what a large article took goes back to the system behind it */
    (void)umask(077); /* ipc sockets have no wider permissions than configured even for a moment */
    status = run(&config);
    zw_config_free(&config);
    return status;
}
