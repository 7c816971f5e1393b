#include "zw_key.h"

#include "zw_error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ALPHABET[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

bool zw_key_is(zw_str_t text)
{
    if (text.n != ZW_KEY_CHARS)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (!memchr(ALPHABET, text.p[i], sizeof(ALPHABET) - 1))
            return false;
    return true;
}

/* On the open file, so that what is checked is what is read. */
static int check_mode(int fd)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -errno;
    bool ours = st.st_uid == geteuid() || st.st_uid == 0;
    return ours && (st.st_mode & 077) == 0 ? 0 : -ZW_E_KEY_MODE;
}

static int read_line(FILE *in, char *ret)
{
    char line[256];
    while (fgets(line, sizeof(line), in)) {
        size_t n = strcspn(line, "\r\n");
        if (n == 0 || strncmp(line, "# ", 2) == 0)
            continue;
        if (!zw_key_is(zw_str(line, n)))
            return -ZW_E_KEY;
        memcpy(ret, line, ZW_KEY_CHARS);
        ret[ZW_KEY_CHARS] = '\0';
        return 0;
    }
    return ferror(in) ? -EIO : -ZW_E_KEY;
}

int zw_key_read(const char *path, bool secret, char *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    int r = secret ? check_mode(fd) : 0;
    FILE *in = r == 0 ? fdopen(fd, "r") : NULL;
    if (!in) {
        r = r < 0 ? r : -errno;
        (void)close(fd);
        return r;
    }
    r = read_line(in, ret);
    (void)fclose(in);
    return r;
}

int zw_key_write(const char *path, bool secret, const char *key, const char *comment)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, secret ? 0600 : 0644);
    if (fd < 0)
        return -errno;
    int r = fchmod(fd, secret ? 0600 : 0644) < 0 ? -errno : 0; /* whatever the umask */
    if (r == 0 && dprintf(fd, "# %s\n%s\n", comment, key) < 0)
        r = -errno;
    if (r == 0 && fsync(fd) < 0)
        r = -errno;
    if (close(fd) < 0 && r == 0)
        r = -errno;
    if (r < 0)
        (void)unlink(path);
    return r;
}
