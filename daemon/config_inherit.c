#include "base/listen.h"
#include "config.h"
#include "zw_error.h"

#include <errno.h>
#include <string.h>

typedef struct {
    zw_config_t *config;
    zw_diag_fn diag;
    void *ctx;
    int result;
} inherit_t;

static void complain(inherit_t *in, size_t i, const char *name, const char *what)
{
    _cleanup_buf_ zw_buf_t message = { 0 };
    in->result = -ZW_E_CONFIG;
    if (zw_buf_printf(&message, "listener %zu, '%s': %s", i, name, what) == 0 && zw_buf_putc(&message, '\0') == 0)
        in->diag(in->ctx, "systemd", 0, 0, message.p);
}

static bool is_in(const zw_config_list_t *list, const char *endpoint)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->items[i], endpoint) == 0)
            return true;
    return false;
}

static int add(inherit_t *in, size_t i, const char *name, const char *endpoint)
{
    zw_config_t *c = in->config;
    const struct {
        const char *name;
        zw_config_list_t *list;
    } known[] = { { "submit", &c->submit_bind }, { "feed", &c->feed_bind }, { "facts", &c->facts_bind }, { "replay", &c->replay_bind } };
    zw_config_list_t *list = NULL;
    for (size_t k = 0; k < 4; k++) {
        if (is_in(known[k].list, endpoint))
            return 0;
        if (strcmp(known[k].name, name) == 0)
            list = known[k].list;
    }
    if (!list)
        complain(in, i, name, "it is at no endpoint of the configuration, and FileDescriptorName= is not submit, feed, facts or replay");
    else if (list->n == ZW_CONFIG_LIST)
        complain(in, i, name, "there are too many endpoints");
    if (!list || list->n == ZW_CONFIG_LIST)
        return 0;
    zw_str_t copy = zw_arena_printf(c->arena, "%s", endpoint);
    if (!copy.p)
        return -ENOMEM;
    list->items[list->n++] = copy.p;
    return 0;
}

int zw_config_inherit(zw_config_t *config, zw_diag_fn diag, void *ctx)
{
    inherit_t in = { .config = config, .diag = diag, .ctx = ctx };
    int e = 0;
    for (size_t i = 0; e >= 0; i++) {
        _cleanup_buf_ zw_buf_t name = { 0 }, endpoint = { 0 };
        e = zw_listen_inherited(i, &name, &endpoint);
        if (e == -ENOTSUP) {
            complain(&in, i, name.p, "not a stream socket that listens");
            e = 0;
        } else if (e == 0)
            e = add(&in, i, name.p, endpoint.p);
    }
    return e == -ENOENT ? in.result : e;
}
