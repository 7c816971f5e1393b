/* Kills a process that commits, at any instant, and looks at what is left: every batch that was acknowledged is there, whole,
 * and beyond them at most one more, whole too; no number is missing or twice.
 *
 *   store_kill [--kills N] [--seed S] [--keep]     N: 20; --long: 500
 *
 * The child commits batches of random size and writes the number of the last article of each to a pipe after the commit,
 * some with rejects and trims between. All bytes follow from their numbers, so the parent knows what must be there.
 * Exit 0 when all held. kill -9 leaves the page cache: power loss needs a virtual machine. */
#include "unit/store_help.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

typedef struct ack {
    uint64_t number, seq;
} ack_t;

__attribute__((noreturn)) static void child(const char *dir, unsigned seed, int out)
{
    zw_store_options_t options = { .dir = dir, .map_bytes = (size_t)2 << 30, .quarantine_bytes = 1 << 20 };
    zw_store_t *store;
    srandom(seed);
    int r = zw_store_open(&options, &store);
    while (r == 0) {
        r = help_commit(store, 1 + (size_t)random() % (random() % 8 ? 5 : 200));
        ack_t ack = { zw_store_next_number(store) - 1, zw_store_next_seq(store) - 1 };
        if (r == 0 && write(out, &ack, sizeof(ack)) != sizeof(ack))
            r = -errno;
        zw_store_reject_t reject = { .raw = ZW_STR_LIT("raw"), .reason = ZW_STR_LIT("type"), .time_us = 1 };
        if (r == 0 && random() % 4 == 0)
            r = zw_store_commit(store, NULL, 0, &reject, 1);
        zw_store_trim_t trim = { .articles_before = ack.number > 3000 ? ack.number - 3000 : 0 };
        if (r == 0 && random() % 4 == 0)
            r = zw_store_trim(store, &trim) < 0 ? -EIO : 0;
    }
    fprintf(stderr, "child: %s\n", zw_error_text(r));
    _exit(1);
}

/* Lets the child run for a while, kills it; gives its last acknowledgement. */
static bool run_and_kill(const char *dir, unsigned seed, long delay_us, ack_t *last)
{
    int fds[2];
    ack_t ack;
    if (pipe2(fds, O_CLOEXEC) < 0)
        return false;
    pid_t pid = fork();
    if (pid < 0)
        return false;
    if (pid == 0) {
        (void)close(fds[0]);
        child(dir, seed, fds[1]);
    }
    (void)close(fds[1]);
    struct timespec delay = { delay_us / 1000000, delay_us % 1000000 * 1000 };
    (void)fcntl(fds[0], F_SETPIPE_SZ, 1 << 20); /* so that the child never waits for us */
    nanosleep(&delay, NULL);
    kill(pid, SIGKILL);
    int status;
    waitpid(pid, &status, 0);
    while (read(fds[0], &ack, sizeof(ack)) == sizeof(ack))
        *last = ack;
    (void)close(fds[0]);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static void print_finding(void *ctx, const char *finding)
{
    fprintf(stderr, "finding: %s\n", finding);
}

/* The store after a kill. Returns what does not hold, or NULL. `full`: also read every byte. */
static const char *verify(const char *dir, ack_t acked, bool full, ack_t *ret_there)
{
    zw_store_options_t options = { .dir = dir, .map_bytes = (size_t)2 << 30, .quarantine_bytes = 1 << 20 };
    zw_store_t *store = NULL;
    const char *wrong = NULL;
    int r = zw_store_open(&options, &store);
    if (r < 0)
        return zw_error_text(r);
    uint64_t number = zw_store_next_number(store) - 1, seq = zw_store_next_seq(store) - 1, next = 0;
    uint64_t from = full || seq < 2000 ? 1 : seq - 2000;
    help_seen_t events = { 0 }, marks = { 0 };
    if (number < acked.number || seq < acked.seq)
        wrong = "an acknowledged batch is gone";
    else if (number > acked.number + 200)
        wrong = "more than one batch beyond the last acknowledged one";
    else if (seq != number * HELP_EVENTS)
        wrong = "a batch is there in part";
    else if (zw_store_events(store, from, UINT64_MAX, help_event, &events, &next) < 0 || events.wrong || next != seq + 1)
        wrong = "the events are not what was written";
    else if (zw_store_marks(store, 1, help_mark, &marks) < 0 || marks.wrong || marks.count != number)
        wrong = "the marks are not what was written";
    else if (full && zw_store_check(store, print_finding, NULL) != 0)
        wrong = "the check has findings";
    zw_store_close(store);
    *ret_there = (ack_t){ number, seq };
    return wrong;
}

int main(int argc, char **argv)
{
    unsigned kills = 20, seed = (unsigned)time(NULL);
    char dir[] = "/tmp/zhiwen-kill-XXXXXX";
    bool keep = false;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--long"))
            kills = 500;
        else if (!strcmp(argv[i], "--kills") && i + 1 < argc)
            kills = (unsigned)strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
            seed = (unsigned)strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--keep"))
            keep = true;
        else
            return fprintf(stderr, "usage: store_kill [--kills N | --long] [--seed S] [--keep]\n"), 2;
    }
    if (!mkdtemp(dir))
        return perror("mkdtemp"), 1;
    printf("seed %u, %s\n", seed, dir);
    const char *wrong = NULL;
    uint64_t stores = 1, articles = 0, unacked = 0, mid_open = 0;
    ack_t there = { 0 };
    for (unsigned i = 0; i < kills && !wrong; i++) {
        ack_t acked = there;
        unsigned x = seed + i;
        long delay = (long)(rand_r(&x) % 4 ? rand_r(&x) % 60000 : rand_r(&x) % 8000);
        if (!run_and_kill(dir, seed + i, delay, &acked)) {
            wrong = "the child ended by itself";
            break;
        }
        mid_open += acked.number == there.number;
        bool full = i % 10 == 9 || i + 1 == kills;
        wrong = verify(dir, acked, full, &there);
        unacked += !wrong && there.number > acked.number;
        if (!wrong && there.number > 30000) { /* a fresh one, so that checks stay quick */
            articles += there.number;
            there = (ack_t){ 0 };
            stores++;
            nftw(dir, help_unlink, 16, FTW_DEPTH | FTW_PHYS);
            wrong = mkdir(dir, 0700) < 0 ? "mkdir" : NULL;
        }
        if (wrong)
            fprintf(stderr, "kill %u: %s (acknowledged %llu, there %llu)\n", i, wrong, (unsigned long long)acked.number,
                    (unsigned long long)there.number);
    }
    articles += there.number;
    printf("%u kills, %llu articles in %llu stores; killed between commit and acknowledgement %llu times, before the first commit "
           "%llu times; lost: %s\n",
           kills, (unsigned long long)articles, (unsigned long long)stores, (unsigned long long)unacked,
           (unsigned long long)mid_open, wrong ? wrong : "0");
    if (!keep && !wrong)
        nftw(dir, help_unlink, 16, FTW_DEPTH | FTW_PHYS);
    return wrong ? 1 : 0;
}
