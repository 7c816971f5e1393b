/* An LD_PRELOAD shim that lets things fail on demand: writes and syncs of the store's file, the n-th allocation, the clock. What
 * is to fail stands in a file that the test maps too: $ZW_SHIM_CONTROL. Compiled by the test (shim.py), never installed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

typedef struct control {
    _Atomic int64_t sync_fails, write_fails; /* so many of the next ones; -1: all */
    _Atomic int64_t io_errno;
    _Atomic int64_t io_failed;              /* how many have */
    _Atomic int64_t alloc_armed, alloc_nth; /* when armed, the nth allocation from now on fails */
    _Atomic int64_t alloc_count, alloc_failed;
    _Atomic int64_t clock_us;               /* added to the time of day */
} control_t;

static control_t none, *control = &none;

__attribute__((constructor)) static void attach(void)
{
    const char *path = getenv("ZW_SHIM_CONTROL");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *p = (void *)syscall(SYS_mmap, NULL, sizeof(control_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (p != MAP_FAILED)
        control = p;
}

/* ---- the store's file */

static int is_store(int fd)
{
    char link[64], name[4096];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, name, sizeof(name));
    return n > 10 && memcmp(name + n - 10, "zhiwen.mdb", 10) == 0;
}

static int fails(_Atomic int64_t *left, int fd)
{
    int64_t n = atomic_load(left);
    if (n == 0 || !is_store(fd))
        return 0;
    if (n > 0)
        atomic_fetch_sub(left, 1);
    atomic_fetch_add(&control->io_failed, 1);
    errno = (int)atomic_load(&control->io_errno);
    return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int fd) { return fails(&control->sync_fails, fd) ? -1 : NEXT(fsync)(fd); }
int fdatasync(int fd) { return fails(&control->sync_fails, fd) ? -1 : NEXT(fdatasync)(fd); }
ssize_t write(int fd, const void *p, size_t n) { return fails(&control->write_fails, fd) ? -1 : syscall(SYS_write, fd, p, n); }
ssize_t pwrite(int fd, const void *p, size_t n, off_t at) { return fails(&control->write_fails, fd) ? -1 : syscall(SYS_pwrite64, fd, p, n, at); }
ssize_t pwrite64(int fd, const void *p, size_t n, off_t at) { return pwrite(fd, p, n, at); }
ssize_t writev(int fd, const struct iovec *v, int n) { return fails(&control->write_fails, fd) ? -1 : syscall(SYS_writev, fd, v, n); }
ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at)
{
    return fails(&control->write_fails, fd) ? -1 : syscall(SYS_pwritev, fd, v, n, (long)at, 0L);
}
ssize_t pwritev64(int fd, const struct iovec *v, int n, off_t at) { return pwritev(fd, v, n, at); }

/* ---- allocation */
#ifdef SHIM_ALLOC
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t m);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t a, size_t n);

static int runs_out(void)
{
    if (!atomic_load_explicit(&control->alloc_armed, memory_order_relaxed))
        return 0;
    if (atomic_fetch_add(&control->alloc_count, 1) + 1 != atomic_load(&control->alloc_nth))
        return 0;
    atomic_fetch_add(&control->alloc_failed, 1);
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n) { return runs_out() ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t m) { return runs_out() ? NULL : __libc_calloc(n, m); }
void *realloc(void *p, size_t n) { return runs_out() ? NULL : __libc_realloc(p, n); }
void *memalign(size_t a, size_t n) { return runs_out() ? NULL : __libc_memalign(a, n); }
void *aligned_alloc(size_t a, size_t n) { return runs_out() ? NULL : __libc_memalign(a, n); }
int posix_memalign(void **ret, size_t a, size_t n)
{
    void *p = runs_out() ? NULL : __libc_memalign(a, n);
    if (p)
        *ret = p;
    return p ? 0 : ENOMEM;
}
void *mmap(void *at, size_t n, int prot, int flags, int fd, off_t offset)
{
    return runs_out() ? MAP_FAILED : (void *)syscall(SYS_mmap, at, n, prot, flags, fd, offset);
}
#endif

/* ---- the clock */

int clock_gettime(clockid_t clock, struct timespec *ret)
{
    int r = (int)syscall(SYS_clock_gettime, clock, ret);
    int64_t us = atomic_load_explicit(&control->clock_us, memory_order_relaxed);
    if (r == 0 && clock == CLOCK_REALTIME && us) {
        int64_t ns = ret->tv_nsec + us % 1000000 * 1000;
        ret->tv_sec += us / 1000000 + (ns >= 1000000000) - (ns < 0);
        ret->tv_nsec = ns + (ns < 0 ? 1000000000 : 0) - (ns >= 1000000000 ? 1000000000 : 0);
    }
    return r;
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    tv->tv_sec = now.tv_sec;
    tv->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *ret)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (ret)
        *ret = now.tv_sec;
    return now.tv_sec;
}
