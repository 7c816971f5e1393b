/* zhiwen-web: facts to look at. It subscribes to zhiwend like any client, keeps what it hears in an SQLite file, and serves that,
 * and a page to look at it with, over HTTP. */
#include "access.h"
#include "child.h"
#include "daemon_ask.h"
#include "http.h"
#include "options.h"

#include "base/file.h"
#include "base/log.h"
#include "base/notify.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

typedef struct program {
    options_t options;
    web_t web;
    http_t *http;
    places_t *places;
    zw_client_t *client;
    char page[4096], self[4096];
    int socket;
} program_t;

static int complain(const program_t *p, const char *what, const char *why)
{
    cli_error(&p->options.cli, "%s: %s", what, why);
    return CLI_TROUBLE;
}

/* ---- the socket */

/* One that systemd has made, else our own. */
static int take_socket(program_t *p)
{
    unsigned port = 0;
    int given = sd_listen_fds(1);
    if (given > 1)
        return complain(p, "socket activation", "one listener is enough");
    if (given == 1) {
        p->socket = SD_LISTEN_FDS_START;
        if (!http_is_loopback(p->socket) && !p->options.token_file)
            return cli_usage(&p->options.cli, "the socket is open to others than this machine: that needs --token-file");
        return CLI_OK;
    }
    int r = http_listen(p->options.listen, p->options.token_file != NULL, &p->socket, &port);
    if (r == -EINVAL)
        return cli_usage(&p->options.cli, "--listen wants HOST:PORT, not \"%s\"", p->options.listen);
    if (r == -EACCES)
        return cli_usage(&p->options.cli, "--listen %s is open to others than this machine: that needs --token-file", p->options.listen);
    if (r < 0)
        return complain(p, p->options.listen, zw_error_text(r));
    const char *colon = strrchr(p->options.listen, ':');
    zw_log(ZW_LOG_NOTICE, "at http://%.*s:%u/", (int)(colon - p->options.listen), p->options.listen, port);
    return CLI_OK;
}

/* ---- the rooms, in the order in which they need each other */

static void find_page(program_t *p)
{
    if (p->options.page)
        p->web.page = p->options.page;
    else if (zw_data_path("web", p->page, sizeof p->page) == 0)
        p->web.page = p->page;
    ssize_t n = readlink("/proc/self/exe", p->self, sizeof p->self - 1);
    p->self[n > 0 ? n : 0] = '\0';
}

static void on_trouble(void *ctx)
{
    (void)ctx;
    (void)kill(getpid(), SIGTERM);
}

static int open_store(program_t *p)
{
    char facts[4096], searches[4096];
    const char *dir = p->options.state_dir;
    if (snprintf(facts, sizeof facts, "%s/facts.db", dir) >= (int)sizeof facts || snprintf(searches, sizeof searches, "%s/searches.db", dir) >= (int)sizeof searches)
        return complain(p, dir, "is too long");
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return complain(p, dir, zw_error_text(-errno));
    int r = zw_text_tables_open(&p->web.tables);
    if (r < 0)
        return complain(p, "cannot load the tables of text", zw_error_text(r));
    p->web.places = p->places = places_load();
    if (!p->places)
        return complain(p, "places", zw_error_text(-ENOMEM));
    if (searches_open(searches, &p->web.searches) < 0)
        return complain(p, searches, "cannot be opened");
    r = store_open(facts, p->web.tables, p->places, &p->web.store);
    return r < 0 ? complain(p, facts, store_error(p->web.store)) : CLI_OK;
}

static int start(program_t *p)
{
    web_t *w = &p->web;
    int status = open_store(p);
    if (status == CLI_OK)
        status = cli_connect(&p->options.cli, &p->client);
    if (status != CLI_OK)
        return status;
    w->live = live_new(store_position(w->store));
    int r = w->live ? pulse_start(p->client, w->live, &w->pulse) : -ENOMEM;
    if (r == 0)
        r = follow_start(p->client, w->store, w->live, on_trouble, NULL, &w->follow);
    if (r == 0)
        r = daemon_ask_new(p->client, w->pulse, &w->ask);
    if (r == 0)
        r = child_pool_new(p->self, &w->readers);
    if (r == 0)
        r = http_start(w, p->socket, &p->http);
    return r < 0 ? complain(p, "cannot start", zw_error_text(r)) : CLI_OK;
}

static int wait_for_end(program_t *p, const sigset_t *signals)
{
    const struct timespec second = { .tv_sec = 1 };
    follow_info_t info;
    uint64_t turns = UINT64_MAX;
    zw_notify_ready();
    while (sigtimedwait(signals, NULL, &second) < 0) {
        follow_info(p->web.follow, &info);
        if (info.turns != turns) /* the one that writes moves on */
            zw_notify_watchdog();
        turns = info.turns;
    }
    zw_notify_stopping();
    follow_info(p->web.follow, &info);
    return *info.trouble ? CLI_TROUBLE : CLI_OK;
}

static void stop(program_t *p)
{
    web_t *w = &p->web;
    if (w->live)
        live_end(w->live);
    http_stop(p->http);
    child_pool_free(w->readers);
    daemon_ask_free(w->ask);
    follow_stop(w->follow);
    pulse_stop(w->pulse);
    live_free(w->live);
    zw_client_close(p->client);
    store_close(w->store);
    searches_close(w->searches);
    places_free(p->places);
    zw_text_tables_free(w->tables);
    free(w->access.token);
}

int main(int argc, char **argv)
{
    program_t p = { .socket = -1 };
    sigset_t signals;
    if (argc == 2 && strcmp(argv[1], "--read-article") == 0)
        return child_main();
    int status = options_read(argc, argv, &p.options);
    if (status >= 0)
        return status;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL); /* in every thread to come */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)umask(0077);
    p.web.access.hosts = p.options.hosts;
    p.web.access.host_count = p.options.host_count;
    find_page(&p);
    int r = p.options.token_file ? access_token(p.options.token_file, &p.web.access.token) : 0;
    if (r < 0)
        status = complain(&p, p.options.token_file, r == -EINVAL ? "must hold one token of 16 to 256 characters" : zw_error_text(r));
    else
        status = take_socket(&p);
    if (status == CLI_OK)
        status = start(&p);
    if (status == CLI_OK)
        status = wait_for_end(&p, &signals);
    stop(&p);
    return status;
}
