/* Runs a fuzz target without libFuzzer: every file given as it is, then ROUNDS changed copies of each (bytes flipped,
 * runs doubled, moved, cut, and taken from the other files), from a fixed seed so that a failure comes again.
 *
 * usage: fuzz_X_replay ROUNDS FILE...     With FUZZ_SAVE set, each input is written there before it runs. A target whose first
 * byte chooses among N forms is built with FUZZ_FORMS=N: each file then gets each of them in front.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifndef FUZZ_FORMS
#define FUZZ_FORMS 0
#endif
enum { SIZE_MAX_BYTES = 8192, FORMS = FUZZ_FORMS, AS_IT_IS = FORMS ? FORMS : 1 };

static uint64_t state = 42;
static size_t pick(size_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return n ? (size_t)(state >> 33) % n : 0;
}

static void run(const char *bytes, size_t n)
{
    const char *save = getenv("FUZZ_SAVE");
    FILE *f = save ? fopen(save, "wb") : NULL;
    if (f) {
        (void)fwrite(bytes, 1, n, f);
        (void)fclose(f);
    }
    (void)LLVMFuzzerTestOneInput((const uint8_t *)bytes, n);
}

static size_t mutate(char *b, size_t n, const zw_buf_t *other)
{
    for (size_t k = 1 + pick(6); k-- > 0 && n > 8;) {
        size_t at = 1 + pick(n - 1), len = 1 + pick(n - at < 64 ? n - at : 64), to = 1 + pick(n - 1);
        switch (pick(5)) {
        case 0:
            b[at] = (char)pick(256);
            break;
        case 1: /* cut */
            memmove(b + at, b + at + len, n - at - len);
            n -= len;
            break;
        case 2: /* double */
            if (n + len <= SIZE_MAX_BYTES) {
                memmove(b + at + len, b + at, n - at);
                n += len;
            }
            break;
        case 3: /* overwrite with a run of its own */
            memmove(b + to, b + at, len < n - to ? len : n - to);
            break;
        default: { /* … of another file */
            size_t from = pick(other->n), m = other->n - from < len ? other->n - from : len;
            memcpy(b + to, other->p + from, m < n - to ? m : n - to);
        }
        }
    }
    return n;
}

int main(int argc, char **argv)
{
    if (argc < 3 || LLVMFuzzerInitialize(&argc, &argv) != 0)
        return 2;
    unsigned long rounds = strtoul(argv[1], NULL, 10);
    size_t files = (size_t)argc - 2;
    zw_buf_t *file = calloc(files, sizeof *file);
    char *work = malloc(2 * SIZE_MAX_BYTES);
    int status = !file || !work;
    for (size_t i = 0; i < files && !status; i++)
        status = zw_file_read(argv[2 + i], 0, &file[i]) < 0;
    for (size_t i = 0; i < files && !status; i++) {
        for (unsigned long k = 0; k < rounds + AS_IT_IS; k++) {
            size_t n = file[i].n < SIZE_MAX_BYTES - 1 ? file[i].n : SIZE_MAX_BYTES - 1, front = FORMS != 0;
            work[0] = (char)(k % AS_IT_IS);
            memcpy(work + front, file[i].p, n);
            n += front;
            if (k >= AS_IT_IS)
                n = mutate(work, n, &file[pick(files)]);
            run(work, n);
        }
    }
    for (size_t i = 0; i < files && file; i++)
        zw_buf_done(&file[i]);
    free(file);
    free(work);
    return status;
}
