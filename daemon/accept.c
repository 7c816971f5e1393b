/* accept4 for libzmq. Its listener of ipc sockets (4.3.4, ipc_listener.cpp) takes EMFILE for a mistake of its own and aborts, so that
 * whoever may connect could end the daemon with connections alone; ENFILE it takes as it should. The program's symbol comes before
 * libc's. With no descriptor left the connection waits in the kernel; the nap keeps libzmq's thread from asking without pause,
 * while it still serves those who are in. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NAP_NS = 5000000 };

__attribute__((visibility("default"), used)) int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict size, int flags)
{
    long r = syscall(SYS_accept4, fd, address, size, flags);
    if (r < 0 && errno == EMFILE) {
        (void)nanosleep(&(struct timespec){ .tv_nsec = NAP_NS }, NULL);
        errno = ENFILE;
    }
    return (int)r;
}
