/* How fast the store commits and reads: articles of 10 facts (11 events of 300 B), a record of 6 KB and a mark of 352 B, synced.
 *
 *   store_bench [DIR] [SECONDS]      DIR: where the disk is that counts (default .); SECONDS a row: 5 */
#include "store/store.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 11, EVENT_BYTES = 300, RECORD_BYTES = 6000, MARK_BYTES = 352, SAMPLES = 1 << 20 };

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int unlink_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    return remove(path);
}

static int count_event(void *ctx, const zw_store_event_t *event)
{
    ++*(uint64_t *)ctx;
    return 0;
}

static int count_mark(void *ctx, uint64_t number, zw_str_t mark)
{
    ++*(uint64_t *)ctx;
    return 0;
}

static int commit_group(zw_store_t *store, size_t group, zw_store_article_t *articles, zw_store_event_t *events, const char *bytes)
{
    uint64_t number = zw_store_next_number(store), seq = zw_store_next_seq(store);
    for (size_t i = 0; i < group; i++) {
        articles[i] = (zw_store_article_t){ .number = number++,
                                            .record = zw_str(bytes, RECORD_BYTES),
                                            .mark = zw_str(bytes + 7, MARK_BYTES),
                                            .events = &events[i * EVENTS],
                                            .event_count = EVENTS };
        for (size_t k = 0; k < EVENTS; k++, seq++)
            events[i * EVENTS + k] = (zw_store_event_t){ .seq = seq,
                                                         .time_us = (int64_t)seq,
                                                         .topic = ZW_STR_LIT("fact.indicator.330300"),
                                                         .payload = zw_str(bytes + seq % 1000, EVENT_BYTES) };
    }
    return zw_store_commit(store, articles, group, NULL, 0);
}

static int bench(const char *where, size_t group, double seconds, const char *bytes, double *samples)
{
    char dir[PATH_MAX];
    zw_store_t *store = NULL;
    zw_store_article_t *articles = calloc(group, sizeof(*articles));
    zw_store_event_t *events = calloc(group * EVENTS, sizeof(*events));
    (void)snprintf(dir, sizeof(dir), "%s/store-bench-XXXXXX", where);
    if (!articles || !events || !mkdtemp(dir))
        return -errno;
    zw_store_options_t options = { .dir = dir };
    int r = zw_store_open(&options, &store);
    size_t n = 0;
    double start = now_s(), cpu = cpu_s(), end = start;
    while (r == 0 && end - start < seconds && n < SAMPLES) {
        double before = end;
        r = commit_group(store, group, articles, events, bytes);
        end = now_s();
        samples[n++] = end - before;
    }
    cpu = cpu_s() - cpu;
    zw_store_info_t info = { 0 };
    if (r == 0)
        r = zw_store_info(store, &info);
    uint64_t seen = 0, marks = 0, next;
    double read_start = now_s();
    if (r == 0)
        r = zw_store_events(store, 1, UINT64_MAX, count_event, &seen, &next);
    double read_s = now_s() - read_start;
    read_start = now_s();
    if (r == 0)
        r = zw_store_marks(store, 1, count_mark, &marks);
    double marks_s = now_s() - read_start;
    zw_store_close(store);
    nftw(dir, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
    free(articles);
    free(events);
    if (r < 0 || !n)
        return r;
    qsort(samples, n, sizeof(*samples), by_size);
    double done = (double)n * (double)group;
    printf("%6zu %10.0f %9.0f %8.2f %8.2f %8.2f %9.1f %9.0f %9.2f %9.2f\n", group, done, done / (end - start), samples[n / 2] * 1e3,
           samples[n * 99 / 100] * 1e3, samples[n - 1] * 1e3, cpu / done * 1e6, (double)info.bytes_file / done,
           (double)seen / read_s / 1e6, (double)marks / marks_s / 1e6);
    return 0;
}

int main(int argc, char **argv)
{
    static const size_t groups[] = { 1, 10, 100, 1000 };
    const char *where = argc > 1 ? argv[1] : ".";
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 5;
    double *samples = calloc(SAMPLES, sizeof(*samples));
    char *bytes = malloc(RECORD_BYTES + 1000);
    if (!samples || !bytes)
        return 1;
    for (size_t i = 0; i < RECORD_BYTES + 1000; i++)
        bytes[i] = (char)(i * 2654435761u >> 13);
    printf(" group   articles      art/s   p50 ms   p99 ms   max ms cpu us/art    B/art  M events/s read  M marks/s read\n");
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        int r = bench(where, groups[i], seconds, bytes, samples);
        if (r < 0)
            return fprintf(stderr, "group %zu: %s\n", groups[i], zw_error_text(r)), 1;
    }
    free(bytes);
    free(samples);
    return 0;
}
