/* zhiwen store: care for the state directory of a zhiwend: check, compact, backup, restore. */
#include "cli.h"
#include "progress.h"
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: zhiwen store check [OPTION...] [DIR]\n"
    "       zhiwen store compact [OPTION...]\n"
    "       zhiwen store backup [OPTION...] NEW_DIR\n"
    "       zhiwen store restore [OPTION...] BACKUP_DIR\n"
    "Care for what zhiwend keeps. check reads every record and verifies its checksum and that no number is missing; it and backup\n"
    "work beside a running zhiwend. backup writes a consistent copy, as of now, into a directory that it makes, and checks it.\n"
    "compact writes the file anew, as small as what it holds; restore puts a backup into a state directory that has no store. For\n"
    "both zhiwend must be stopped. Run them as the user whom the directory belongs to, or as root.\n\n"
    "      --state-dir DIR   zhiwend's state directory (default " CLI_STATE_DIR ")\n"
    "      --no-check        backup, restore: leave out the check of the copy\n"
    "      --same-log        restore: nothing came after the backup was made, so subscribers may go on where they were; else the\n"
    "                        restored log is another one, which they read from its start\n"
    "      --json            one JSON object; check: findings as JSON Lines before it\n"
    "  -h, --help\n\n"
    "Exit status: 0 all well; 1 damage was found; 2 wrong usage; 4 other trouble (in use, files, memory).\n";

enum { OPT_STATE_DIR = CLI_OPT_OWN, OPT_NO_CHECK, OPT_SAME_LOG, FINDINGS_SHOWN = 100 };

static const struct option options[] = {
    CLI_OPTIONS,
    { "state-dir", required_argument, NULL, OPT_STATE_DIR },
    { "no-check", no_argument, NULL, OPT_NO_CHECK },
    { "same-log", no_argument, NULL, OPT_SAME_LOG },
    { 0 },
};

typedef struct care {
    cli_t cli;
    const char *dir, *argument;
    bool no_check, same_log;
} care_t;

/* ---- showing how far it is, from a thread of its own, while the store works */

typedef struct meter {
    pthread_t thread;
    bool started;
    atomic_bool done;
    progress_t progress;
    uint64_t total;
    zw_store_t *store; /* records that it has checked, or */
    char file[PATH_MAX]; /* bytes of this file */
} meter_t;

static void *watch(void *arg)
{
    meter_t *m = arg;
    while (!atomic_load(&m->done)) {
        struct stat st;
        uint64_t at = m->store ? zw_store_checked(m->store) : stat(m->file, &st) == 0 ? (uint64_t)st.st_size : 0;
        progress_show(&m->progress, m->total ? (double)at / (double)m->total : -1, at, "");
        (void)nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
    }
    return NULL;
}

static void meter_start(meter_t *m, const care_t *c, const char *unit, uint64_t total)
{
    progress_begin(&m->progress, !c->cli.json, unit);
    m->total = total;
    m->started = m->progress.on && pthread_create(&m->thread, NULL, watch, m) == 0;
}

static void meter_stop(meter_t *m)
{
    atomic_store(&m->done, true);
    if (m->started)
        (void)pthread_join(m->thread, NULL);
    progress_clear(&m->progress);
}

/* ---- */

static int trouble(const care_t *c, const char *dir, int r)
{
    uint32_t schema;
    if (r == -ZW_E_SCHEMA && zw_store_schema(dir, &schema) == 0 && schema > ZW_STORE_SCHEMA)
        cli_error(&c->cli, "%s: written by a newer zhiwend (schema %u; this zhiwen knows those up to %u)", dir, schema, ZW_STORE_SCHEMA);
    else if (r == -ZW_E_LOCKED)
        cli_error(&c->cli, "%s: zhiwend is running; stop it first", dir);
    else
        cli_error(&c->cli, "%s: %s", dir, zw_error_text(r));
    return r == -ZW_E_CORRUPT ? CLI_SOME_FAILED : CLI_TROUBLE;
}

typedef struct findings {
    const care_t *care;
    meter_t *meter;
    unsigned n;
} findings_t;

static void tell_finding(void *ctx, const char *text)
{
    findings_t *f = ctx;
    if (f->n++ >= FINDINGS_SHOWN)
        return;
    if (f->care->cli.json) {
        zw_buf_t line = { 0 };
        (void)zw_buf_putc(&line, '{');
        cli_json_str(&line, "finding", zw_strz(text));
        (void)printf("%.*s}\n", ZW_STR_ARGS(zw_buf_str(&line)));
        zw_buf_done(&line);
    } else {
        (void)printf("%s\n", text);
    }
    (void)fflush(stdout); /* a damaged page may end us at the next one */
}

static void tell_result(const care_t *c, const zw_store_info_t *info, const char *instance, int found, double seconds)
{
    if (c->cli.json)
        (void)printf("{\"articles\":%llu,\"events\":%llu,\"oldest\":%llu,\"newest\":%llu,\"quarantined\":%llu,\"bytes_used\":%llu,"
                     "\"bytes_file\":%llu,\"instance\":\"%s\",\"findings\":%d}\n",
                     (unsigned long long)info->articles, (unsigned long long)info->events, (unsigned long long)info->oldest_seq,
                     (unsigned long long)info->newest_seq, (unsigned long long)info->quarantined, (unsigned long long)info->bytes_used,
                     (unsigned long long)info->bytes_file, instance, found);
    else
        (void)printf("%llu articles, %llu events (%llu to %llu), %llu in quarantine, %.1f MiB of %.1f used: %s (%.1f s)\n",
                     (unsigned long long)info->articles, (unsigned long long)info->events, (unsigned long long)info->oldest_seq,
                     (unsigned long long)info->newest_seq, (unsigned long long)info->quarantined, (double)info->bytes_used / 1048576,
                     (double)info->bytes_file / 1048576, found ? "DAMAGED" : "sound", seconds);
}

/* In a process of its own: LMDB reads by address, so that a damaged page can end whoever looks at it. */
static int check_here(const care_t *c, const char *dir)
{
    zw_store_t *store;
    zw_store_info_t info = { 0 };
    meter_t meter = { 0 };
    findings_t findings = { c, &meter, 0 };
    int r = zw_store_open(&(zw_store_options_t){ .dir = dir, .read_only = true }, &store);
    if (r < 0)
        return trouble(c, dir, r);
    r = zw_store_info(store, &info);
    if (r == 0) {
        meter.store = store;
        meter_start(&meter, c, "records", info.articles * 2 + info.events + info.quarantined);
        r = zw_store_check(store, tell_finding, &findings);
        meter_stop(&meter);
    }
    if (r >= 0)
        tell_result(c, &info, zw_store_instance(store), r, progress_seconds(&meter.progress));
    zw_store_close(store);
    if (findings.n > FINDINGS_SHOWN)
        cli_error(&c->cli, "%s: %u findings, of which the first %d are shown", dir, findings.n, FINDINGS_SHOWN);
    return r < 0 ? trouble(c, dir, r) : r > 0 ? CLI_SOME_FAILED : CLI_OK;
}

static int check(const care_t *c, const char *dir)
{
    int status;
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        status = check_here(c, dir);
        _exit(fflush(stdout) == 0 ? status : CLI_TROUBLE);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0) {
        cli_error(&c->cli, "%s", zw_error_text(-errno));
        return CLI_TROUBLE;
    }
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    tell_finding(&(findings_t){ .care = c }, "a page is damaged so badly that reading it failed; restore a backup");
    return CLI_SOME_FAILED;
}

static off_t file_bytes(const char *dir)
{
    char path[PATH_MAX];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/zhiwen.mdb", dir);
    return stat(path, &st) == 0 ? st.st_size : 0;
}

static void tell_file(const care_t *c, const char *what, const char *dir, off_t before, double seconds)
{
    if (c->cli.json)
        (void)printf("{\"%s\":\"%s\",\"bytes\":%lld,\"bytes_before\":%lld}\n", what, dir, (long long)file_bytes(dir), (long long)before);
    else
        (void)printf("%s: %s, %.1f MiB (before: %.1f MiB), %.1f s\n", what, dir, (double)file_bytes(dir) / 1048576, (double)before / 1048576,
                     seconds);
}

static int compact(const care_t *c)
{
    meter_t meter = { 0 };
    off_t before = file_bytes(c->dir);
    (void)snprintf(meter.file, sizeof meter.file, "%s/zhiwen.new/zhiwen.mdb", c->dir);
    meter_start(&meter, c, "bytes", 0);
    int r = zw_store_compact(c->dir);
    meter_stop(&meter);
    if (r < 0)
        return trouble(c, c->dir, r);
    tell_file(c, "compacted", c->dir, before, progress_seconds(&meter.progress));
    return CLI_OK;
}

static int copy_out(const care_t *c, meter_t *meter)
{
    zw_store_t *store;
    zw_store_info_t info = { 0 };
    int r = zw_store_open(&(zw_store_options_t){ .dir = c->dir, .read_only = true }, &store);
    if (r < 0)
        return trouble(c, c->dir, r);
    (void)zw_store_info(store, &info);
    meter_start(meter, c, "bytes", info.bytes_used);
    r = zw_store_backup(store, meter->file);
    meter_stop(meter);
    zw_store_close(store);
    if (r < 0) {
        cli_error(&c->cli, "%s: %s", meter->file, zw_error_text(r));
        return CLI_TROUBLE;
    }
    return CLI_OK;
}

static int backup(const care_t *c)
{
    meter_t meter = { 0 };
    if (mkdir(c->argument, 0700) < 0) {
        cli_error(&c->cli, "%s: %s", c->argument, errno == EEXIST ? "is there already; a backup goes into a new directory" : strerror(errno));
        return CLI_TROUBLE;
    }
    (void)snprintf(meter.file, sizeof meter.file, "%s/zhiwen.mdb", c->argument);
    int status = copy_out(c, &meter);
    if (status != CLI_OK) {
        (void)rmdir(c->argument);
        return status;
    }
    tell_file(c, "backup", c->argument, file_bytes(c->dir), progress_seconds(&meter.progress));
    return c->no_check ? CLI_OK : check(c, c->argument);
}

static int restore(const care_t *c)
{
    meter_t meter = { 0 };
    int status = c->no_check ? CLI_OK : check(c, c->argument);
    if (status != CLI_OK) {
        cli_error(&c->cli, "%s: not restored", c->argument);
        return status;
    }
    if (mkdir(c->dir, 0750) < 0 && errno != EEXIST) {
        cli_error(&c->cli, "%s: %s", c->dir, strerror(errno));
        return CLI_TROUBLE;
    }
    (void)snprintf(meter.file, sizeof meter.file, "%s/zhiwen.new/zhiwen.mdb", c->dir);
    meter_start(&meter, c, "bytes", (uint64_t)file_bytes(c->argument));
    int r = zw_store_restore(c->argument, c->dir, c->same_log);
    meter_stop(&meter);
    if (r == -EEXIST) {
        cli_error(&c->cli, "%s has a store already; nothing is overwritten: move it away first", c->dir);
        return CLI_TROUBLE;
    }
    if (r < 0)
        return trouble(c, r == -ZW_E_SCHEMA || r == -ZW_E_CORRUPT ? c->argument : c->dir, r);
    tell_file(c, "restored", c->dir, file_bytes(c->argument), progress_seconds(&meter.progress));
    return CLI_OK;
}

int cli_store(int argc, char **argv)
{
    care_t c = { .cli = { .command = "store", .help = help }, .dir = CLI_STATE_DIR };
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = -1;
        if (option == OPT_STATE_DIR)
            c.dir = optarg;
        else if (option == OPT_NO_CHECK)
            c.no_check = true;
        else if (option == OPT_SAME_LOG)
            c.same_log = true;
        else
            status = cli_option(&c.cli, option);
        if (status >= 0)
            return status;
    }
    const char *what = optind < argc ? argv[optind++] : "";
    int arguments = argc - optind;
    c.argument = arguments > 0 ? argv[optind] : NULL;
    if (strcmp(what, "check") == 0 && arguments <= 1)
        return check(&c, c.argument ? c.argument : c.dir);
    if (strcmp(what, "compact") == 0 && arguments == 0)
        return compact(&c);
    if (strcmp(what, "backup") == 0 && arguments == 1)
        return backup(&c);
    if (strcmp(what, "restore") == 0 && arguments == 1)
        return restore(&c);
    return cli_usage(&c.cli, "check [DIR], compact, backup NEW_DIR or restore BACKUP_DIR is expected");
}
