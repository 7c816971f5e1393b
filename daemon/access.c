#include "access.h"

#include "base/log.h"
#include "zw_error.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static int failed(int e, const char *what, const char *name)
{
    zw_log_with(ZW_LOG_ERROR, &(zw_log_fields_t){ .reason = zw_error_name(e) }, "%s %s: %s", what, name, zw_error_text(e));
    return e;
}

static int find_group(const char *name, gid_t *ret)
{
    *ret = (gid_t)-1;
    if (!name[0])
        return 0;
    errno = 0;
    struct group *group = getgrnam(name);
    if (!group)
        return failed(errno ? -errno : -ENOENT, "group", name);
    *ret = group->gr_gid;
    return 0;
}

/* From the file that is configured, else from what systemd hands over. */
static int read_secret(const zw_config_t *config, char *ret)
{
    char path[PATH_MAX];
    if (!zw_config_curve_path(config, path))
        return 0;
    /* systemd's own folder is for us alone; its files are shared with us by an ACL, which looks like a group's right. */
    int e = zw_key_read(path, config->curve_secret_key[0] != '\0', ret);
    return e < 0 ? failed(e, "secret key", path) : 0;
}

static int terms(const zw_config_t *config, const zw_config_access_t *own, const char *domain, const zw_access_t *access,
                 zw_listen_terms_t *ret)
{
    ret->mode = (mode_t)(own->mode ? own->mode : config->socket_mode);
    ret->curve_secret = access->curve_secret[0] ? access->curve_secret : NULL;
    ret->zap_domain = domain;
    return find_group(own->group[0] ? own->group : config->socket_group, &ret->group);
}

int zw_access_open(const zw_config_t *config, void *zmq, zw_access_t *ret)
{
    int e = read_secret(config, ret->curve_secret);
    if (e == 0 && config->feed_server_key[0] && (e = zw_key_read(config->feed_server_key, false, ret->feed_server_key)) < 0)
        return failed(e, "public key", config->feed_server_key);
    if (e == 0)
        e = terms(config, &config->submit, ZW_ZAP_SUBMIT, ret, &ret->submit);
    if (e == 0)
        e = terms(config, &config->feed, ZW_ZAP_FEED, ret, &ret->feed);
    if (e == 0)
        e = terms(config, &config->facts, ZW_ZAP_FACTS, ret, &ret->facts);
    if (e == 0)
        e = terms(config, &config->replay, ZW_ZAP_REPLAY, ret, &ret->replay);
    if (e < 0)
        return e;
    const char *plain = zw_config_plain_tcp(config);
    if (plain)
        zw_log(ZW_LOG_WARNING, "%s is in plain text: whoever reaches it can read everything and send articles (insecure_plain_tcp)", plain);
    e = zw_zap_open(zmq, config->curve_clients, config->max_connections, &ret->zap);
    return e < 0 ? failed(e, "the keys of clients in", config->curve_clients) : 0;
}

void zw_access_close(zw_access_t *access)
{
    zw_zap_close(access->zap);
    explicit_bzero(access->curve_secret, sizeof(access->curve_secret));
    access->zap = NULL;
}
