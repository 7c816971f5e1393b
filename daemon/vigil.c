#include "vigil.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { SPARE_PARTS = 20, SPARE_AT_LEAST = 4 }; /* short of descriptors: less than a twentieth of them is free, or four */

static void note_sockets(zw_vigil_t *v, const zw_config_list_t *endpoints)
{
    static const char ipc[] = "ipc://";
    for (size_t i = 0; i < endpoints->n; i++) {
        struct stat st;
        const char *endpoint = endpoints->items[i];
        if (strncmp(endpoint, ipc, sizeof(ipc) - 1) != 0 || stat(endpoint + sizeof(ipc) - 1, &st) < 0)
            continue; /* not a file, or of an abstract name */
        v->sockets[v->socket_count].path = endpoint + sizeof(ipc) - 1;
        v->sockets[v->socket_count].dev = st.st_dev;
        v->sockets[v->socket_count++].ino = st.st_ino;
    }
}

void zw_vigil_begin(zw_vigil_t *ret, const zw_config_t *config)
{
    struct rlimit limit;
    *ret = (zw_vigil_t){ 0 };
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit); /* what there was must do then */
    }
    const zw_config_list_t *lists[] = { &config->submit_bind, &config->feed_bind, &config->facts_bind, &config->replay_bind };
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        note_sockets(ret, lists[i]);
}

static void look_at_sockets(zw_vigil_t *v)
{
    for (size_t i = 0; i < v->socket_count; i++) {
        struct stat st;
        bool gone = stat(v->sockets[i].path, &st) < 0 || st.st_dev != v->sockets[i].dev || st.st_ino != v->sockets[i].ino;
        if (gone && !v->sockets[i].gone)
            zw_log(ZW_LOG_ERROR, "%s was removed or replaced: whoever is connected stays so, but nobody else comes in by it until zhiwend is "
                                 "restarted", v->sockets[i].path);
        v->sockets[i].gone = gone;
    }
}

/* How many are open; negative when not even one is left to look with. */
static long count_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    if (!dir)
        return errno == EMFILE || errno == ENFILE ? -1 : 0;
    long n = 0;
    while (readdir(dir))
        n++;
    (void)closedir(dir);
    return n - 3; /* . and .. and the one that we look with */
}

static void look_at_descriptors(zw_vigil_t *v)
{
    struct rlimit limit;
    long open = count_descriptors();
    if (open == 0 || getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    rlim_t spare = limit.rlim_cur / SPARE_PARTS > SPARE_AT_LEAST ? limit.rlim_cur / SPARE_PARTS : SPARE_AT_LEAST;
    bool is_short = open < 0 || (rlim_t)open + spare >= limit.rlim_cur;
    if (is_short && !v->short_of_descriptors)
        zw_log(ZW_LOG_ERROR, "%s of %llu descriptors are in use: new connections wait until others end (LimitNOFILE=, limits.connections)",
               open < 0 ? "all" : "nearly all", (unsigned long long)limit.rlim_cur);
    else if (!is_short && v->short_of_descriptors)
        zw_log(ZW_LOG_NOTICE, "there are descriptors again: %ld of %llu are in use", open, (unsigned long long)limit.rlim_cur);
    v->short_of_descriptors = is_short;
}

void zw_vigil_look(zw_vigil_t *v)
{
    look_at_sockets(v);
    look_at_descriptors(v);
}
