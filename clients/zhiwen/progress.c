#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 24 };

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void progress_begin(progress_t *p, bool wanted, const char *what)
{
    *p = (progress_t){ .on = wanted && isatty(STDERR_FILENO) == 1, .start_s = now_s(), .what = what };
}

double progress_seconds(const progress_t *p)
{
    return now_s() - p->start_s;
}

static void put_bar(double fraction)
{
    int full = (int)(fraction * BAR);
    (void)fputc('[', stderr);
    for (int k = 0; k < BAR; k++)
        (void)fputc(k < full ? '#' : '-', stderr);
    (void)fprintf(stderr, "] %3d %%  ", (int)(fraction * 100));
}

void progress_show(progress_t *p, double fraction, uint64_t done, const char *note)
{
    double now = now_s();
    if (!p->on || now - p->drawn_s < 0.1)
        return;
    p->drawn_s = now;
    p->drawn = true;
    double seconds = now - p->start_s;
    (void)fputs("\r\033[K", stderr);
    if (fraction >= 0)
        put_bar(fraction > 1 ? 1 : fraction);
    (void)fprintf(stderr, "%llu %s  %.0f/s", (unsigned long long)done, p->what, seconds > 0 ? (double)done / seconds : 0);
    if (fraction > 0.01 && fraction < 1) {
        long left = (long)(seconds / fraction - seconds + 0.5);
        (void)fprintf(stderr, "  %ld:%02ld left", left / 60, left % 60);
    }
    (void)fprintf(stderr, "%s", note);
    (void)fflush(stderr);
}

void progress_clear(progress_t *p)
{
    if (!p->drawn)
        return;
    (void)fputs("\r\033[K", stderr);
    (void)fflush(stderr);
    p->drawn = false;
}
