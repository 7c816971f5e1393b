/* progress: one line on a terminal's stderr that tells how far it is. One thread. */
#ifndef ZW_PROGRESS_H
#define ZW_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
    bool on;         /* stderr is a terminal */
    double start_s, drawn_s;
    bool drawn;
    const char *what;
} progress_t;

/* `what` is counted: "articles". Kept. */
void progress_begin(progress_t *progress, bool wanted, const char *what);
/* Draws at most ten times a second. fraction: 0..1, negative where the end is not known. */
void progress_show(progress_t *progress, double fraction, uint64_t done, const char *note);
/* Takes the line away, before something else is written. */
void progress_clear(progress_t *progress);
double progress_seconds(const progress_t *progress);

#endif
