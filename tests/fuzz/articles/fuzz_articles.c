/* Files that `zhiwen send` is given: whatever they hold, reading ends, stays within its limits, and says where. */
#include "articles.h"
#include "zw_error.h"

#include <errno.h>
#include <libxml/xmlerror.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_BYTES = 64 << 10, MAX_TOLD = 100000 };

typedef struct told {
    size_t articles, bad;
} told_t;

static int on_article(void *ctx, const article_t *a)
{
    told_t *told = ctx;
    char id[33];
    article_make_id(a, id);
    /* A body is bounded; what comes with it is part of the same bytes. */
    if (!a->file || a->body.n > 2 * MAX_BYTES || strlen(id) != 32 || ++told->articles > MAX_TOLD)
        abort();
    return 0;
}

static int on_bad(void *ctx, const char *file, place_t place, const char *message)
{
    told_t *told = ctx;
    zw_buf_t _cleanup_buf_ where = { 0 };
    place_put(file, place, &where);
    if (where.n < strlen(file) || !*message || ++told->bad > MAX_TOLD)
        abort();
    return 0;
}

static void quiet(void *ctx, const char *format, ...)
{
    (void)ctx;
    (void)format;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    xmlSetGenericErrorFunc(NULL, quiet);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    told_t told = { 0 };
    articles_reader_t reader = { .max_bytes = MAX_BYTES, .article = on_article, .bad = on_bad, .ctx = &told };
    char path[64];
    int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    char *const paths[] = { path };
    int r = articles_read(&reader, paths, 1);
    if (r < 0 && r != -ENOMEM)
        abort();
    (void)close(fd);
    return 0;
}
