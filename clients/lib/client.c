#include "client_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char default_dir[] = "/run/zhiwen";

const char *zw_client_version(void)
{
    return ZW_VERSION;
}

int64_t zw_now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int zw_error_code(zw_str_t name)
{
    for (int code = ZW_E_FIRST + 1; code < ZW_E_LAST; code++)
        if (zw_str_eqz(name, zw_error_name(-code)))
            return -code;
    return -ZW_E_CLOSED;
}

static char *endpoint_in(const char *dir, const char *name)
{
    char *endpoint;
    return asprintf(&endpoint, "ipc://%s/%s.sock", dir, name) < 0 ? NULL : endpoint;
}

/* A key itself, or a file that holds it. */
static int set_server_key(zw_client_t *client, const char *value)
{
    if (!zw_key_is(zw_strz(value)))
        return zw_key_read(value, false, client->server_key);
    memcpy(client->server_key, value, sizeof client->server_key);
    return 0;
}

static int set_key(zw_client_t *client, const char *file)
{
    int r = zw_key_read(file, true, client->secret_key);
    if (r == 0 && zmq_curve_public(client->public_key, client->secret_key) < 0)
        r = -errno;
    return r;
}

static int keys_of_environment(zw_client_t *client)
{
    const char *server = getenv("ZHIWEN_SERVER_KEY"), *key = getenv("ZHIWEN_KEY");
    int r = server && *server ? set_server_key(client, server) : 0;
    return r == 0 && key && *key ? set_key(client, key) : r;
}

int zw_client_open(const char *socket_dir, zw_client_t **ret)
{
    const char *dir = socket_dir ? socket_dir : getenv("ZHIWEN_SOCKETS");
    if (!dir || !*dir)
        dir = default_dir;
    if (strlen(dir) + sizeof "/submit.sock" > 107) /* sun_path */
        return -ENAMETOOLONG;
    zw_client_t *client = calloc(1, sizeof *client);
    if (!client)
        return -ENOMEM;
    *client = (zw_client_t){ .zmq = zmq_ctx_new(),
                             .submit = endpoint_in(dir, "submit"),
                             .facts = endpoint_in(dir, "facts"),
                             .replay = endpoint_in(dir, "replay"),
                             .window = 1000,
                             .window_bytes = 64 << 20,
                             .body_bytes = 4 << 20,
                             .resend_ms = 10000,
                             .stall_ms = 5000,
                             .answer_ms = 2000,
                             .confirm_ms = 200 };
    int r = client->zmq && client->submit && client->facts && client->replay ? 0 : -ENOMEM;
    if (r == 0)
        r = keys_of_environment(client);
    if (r < 0) {
        zw_client_close(client);
        return r;
    }
    *ret = client;
    return 0;
}

static int set_endpoint(char **endpoint, const char *value)
{
    if (!strstr(value, "://"))
        return -EINVAL;
    char *copy = strdup(value);
    if (!copy)
        return -ENOMEM;
    free(*endpoint);
    *endpoint = copy;
    return 0;
}

int zw_client_set(zw_client_t *client, const char *name, const char *value)
{
    const struct {
        const char *name;
        char **endpoint;
        long *number, min, max;
    } settings[] = {
        { "submit", &client->submit, NULL, 0, 0 },
        { "facts", &client->facts, NULL, 0, 0 },
        { "replay", &client->replay, NULL, 0, 0 },
        { "window", NULL, &client->window, 1, 100000 },
        { "window-bytes", NULL, &client->window_bytes, 1, 1l << 40 },
        { "body-bytes", NULL, &client->body_bytes, 1, 1l << 30 },
        { "resend-ms", NULL, &client->resend_ms, 10, 86400000 },
        { "stall-ms", NULL, &client->stall_ms, 10, 86400000 },
        { "answer-ms", NULL, &client->answer_ms, 10, 86400000 },
        { "confirm-ms", NULL, &client->confirm_ms, 0, 86400000 },
    };
    if (strcmp(name, "server-key") == 0)
        return set_server_key(client, value);
    if (strcmp(name, "key") == 0)
        return set_key(client, value);
    if (strcmp(name, "insecure-plain-tcp") == 0) {
        client->insecure_plain_tcp = strcmp(value, "1") == 0;
        return client->insecure_plain_tcp || strcmp(value, "0") == 0 ? 0 : -EINVAL;
    }
    for (size_t k = 0; k < sizeof settings / sizeof *settings; k++) {
        if (strcmp(settings[k].name, name) != 0)
            continue;
        if (settings[k].endpoint)
            return set_endpoint(settings[k].endpoint, value);
        char *end;
        errno = 0;
        long v = strtol(value, &end, 10);
        if (errno || end == value || *end || v < settings[k].min || v > settings[k].max)
            return -EINVAL;
        *settings[k].number = v;
        return 0;
    }
    return -ENOENT;
}

void zw_client_close(zw_client_t *client)
{
    if (!client)
        return;
    if (client->zmq)
        while (zmq_ctx_term(client->zmq) < 0 && errno == EINTR)
            ;
    explicit_bzero(client->secret_key, sizeof client->secret_key);
    free(client->submit);
    free(client->facts);
    free(client->replay);
    free(client);
}
