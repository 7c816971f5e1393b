#include "base/file.h"

#include "zw_error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int zw_file_read(const char *path, size_t max_bytes, zw_buf_t *b)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = 0;
    size_t start = b->n;
    for (;;) {
        if (zw_buf_reserve(b, 64 * 1024) < 0) {
            r = -ENOMEM;
            break;
        }
        ssize_t n = read(fd, b->p + b->n, b->cap - b->n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            r = -errno;
        if (n <= 0)
            break;
        b->n += (size_t)n;
        if (max_bytes && b->n - start > max_bytes) {
            r = -ZW_E_TOO_LARGE;
            break;
        }
    }
    if (fd != STDIN_FILENO)
        (void)close(fd);
    return r;
}

static int try_path(const char *dir, const char *name, char *out, size_t out_size)
{
    int n = snprintf(out, out_size, "%s/%s", dir, name);
    if (n < 0 || (size_t)n >= out_size)
        return -ENAMETOOLONG;
    return access(out, R_OK) == 0 ? 0 : -ENOENT;
}

int zw_data_path(const char *name, char *out, size_t out_size)
{
    const char *env = getenv("ZHIWEN_DATA_DIR");
    if (env && *env && try_path(env, name, out, out_size) == 0)
        return 0;
    char exe[PATH_MAX], dir[PATH_MAX + 32];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    if (n > 0) {
        exe[n] = '\0';
        char *slash = strrchr(exe, '/');
        if (slash) {
            *slash = '\0';
            (void)snprintf(dir, sizeof(dir), "%s/../share/zhiwen", exe);
            if (try_path(dir, name, out, out_size) == 0)
                return 0;
        }
    }
    return try_path(ZW_INSTALLED_SHARE, name, out, out_size);
}

int zw_file_lines(const char *path, int (*line)(void *ctx, unsigned number, zw_str_t line), void *ctx)
{
    _cleanup_buf_ zw_buf_t b = { 0 };
    int r = zw_file_read(path, 256u << 20, &b);
    if (r < 0)
        return r;
    unsigned number = 0;
    for (const char *p = b.p, *end = b.p + b.n; p < end;) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        zw_str_t s = { p, (size_t)((nl ? nl : end) - p) };
        p = nl ? nl + 1 : end;
        number++;
        if (s.n && s.p[s.n - 1] == '\r')
            s.n--;
        if (s.n == 0 || s.p[0] == '#')
            continue;
        r = line(ctx, number, s);
        if (r < 0)
            return r;
    }
    return 0;
}

size_t zw_split_tabs(zw_str_t line, zw_str_t *fields, size_t max)
{
    size_t n = 0;
    const char *p = line.p, *end = line.p + line.n;
    while (n < max) {
        const char *tab = memchr(p, '\t', (size_t)(end - p));
        fields[n++] = zw_str(p, (size_t)((tab ? tab : end) - p));
        if (!tab)
            break;
        p = tab + 1;
    }
    return n;
}
