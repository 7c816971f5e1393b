#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <unistd.h>

static bool is_loopback(const struct sockaddr *address)
{
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;
    return address->sa_family == AF_UNIX || (address->sa_family == AF_INET && ntohl(v4->sin_addr.s_addr) >> 24 == 127) ||
           (address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr));
}

bool http_is_loopback(int socket)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    return getsockname(socket, (struct sockaddr *)&address, &n) == 0 && is_loopback((struct sockaddr *)&address);
}

static int open_at(const struct addrinfo *at, int *ret_socket, unsigned *ret_port)
{
    struct sockaddr_storage bound;
    socklen_t n = sizeof bound;
    int yes = 1, fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 || bind(fd, at->ai_addr, at->ai_addrlen) < 0 || listen(fd, 64) < 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &n) < 0) {
        int e = errno;
        (void)close(fd);
        return -e;
    }
    *ret_port = ntohs(bound.ss_family == AF_INET ? ((struct sockaddr_in *)&bound)->sin_port : ((struct sockaddr_in6 *)&bound)->sin6_port);
    *ret_socket = fd;
    return 0;
}

int http_listen(const char *address, bool open, int *ret_socket, unsigned *ret_port)
{
    char host[256];
    const char *colon = strrchr(address, ':');
    size_t n = colon ? (size_t)(colon - address) : 0;
    if (n > 2 && address[0] == '[' && address[n - 1] == ']') {
        address++;
        n -= 2;
    }
    if (n == 0 || n >= sizeof host || !colon[1])
        return -EINVAL;
    memcpy(host, address, n);
    host[n] = '\0';
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found = NULL;
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return -EINVAL;
    int r = open || is_loopback(found->ai_addr) ? open_at(found, ret_socket, ret_port) : -EACCES;
    freeaddrinfo(found);
    return r;
}
