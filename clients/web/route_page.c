/* The built page: files of one folder. What the page shows stands behind the # of its address, so it has one address. */
#include "web.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *type_of(const char *path)
{
    static const char *const TYPES[][2] = {
        { ".html", "text/html; charset=utf-8" }, { ".js", "text/javascript; charset=utf-8" }, { ".css", "text/css; charset=utf-8" },
        { ".svg", "image/svg+xml" }, { ".png", "image/png" }, { ".ico", "image/x-icon" }, { ".woff2", "font/woff2" },
        { ".json", "application/json; charset=utf-8" }, { ".webmanifest", "application/manifest+json" }, { ".txt", "text/plain; charset=utf-8" },
    };
    const char *dot = strrchr(path, '.');
    for (size_t k = 0; dot && k < sizeof TYPES / sizeof *TYPES; k++)
        if (strcmp(dot, TYPES[k][0]) == 0)
            return TYPES[k][1];
    return "application/octet-stream";
}

/* Letters, digits, and no part that begins with a dot: so nothing leads out of the folder. */
static bool is_plain(const char *path)
{
    for (size_t k = 0; path[k]; k++)
        if (!(isalnum((unsigned char)path[k]) || strchr("/._-", path[k])) || (path[k] == '.' && (k == 0 || path[k - 1] == '/')))
            return false;
    return true;
}

static int open_file(const char *folder, const char *path, struct stat *ret)
{
    int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = dir < 0 ? -1 : openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (dir >= 0)
        (void)close(dir);
    if (fd >= 0 && (fstat(fd, ret) < 0 || !S_ISREG(ret->st_mode))) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

void route_page(request_t *r)
{
    struct stat file;
    bool start = strcmp(r->path, "/") == 0;
    const char *path = start ? "index.html" : r->path + strspn(r->path, "/");
    int fd = r->web->page && is_plain(path) ? open_file(r->web->page, path, &file) : -1;
    if (fd < 0 && start) {
        web_error(r, MHD_HTTP_NOT_FOUND, "page", "the page is not installed (--page says where it is); the addresses under /api work");
    } else if (fd < 0) {
        web_failed(r, -ENOENT);
    } else {
        struct MHD_Response *response = MHD_create_response_from_fd((uint64_t)file.st_size, fd);
        if (!response)
            (void)close(fd);
        else /* Vite puts a hash into the names of assets */
            (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, strncmp(path, "assets/", 7) == 0 ? "private, max-age=31536000, immutable" : "no-cache");
        web_response(r, MHD_HTTP_OK, type_of(path), response);
    }
}
