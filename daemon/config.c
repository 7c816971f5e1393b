#include "config.h"

#include "base/log.h"
#include "config_value.h"
#include "endpoint.h"
#include "zw_error.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef enum { K_TEXT, K_PATH, K_LIST, K_ENDPOINTS, K_NUMBER, K_SIZE, K_DURATION, K_MODE, K_FLAG, K_LEVEL } kind_t;

typedef struct {
    const char *name; /* "section.key" or "key" */
    kind_t kind;
    size_t offset;
    uint64_t least, most;
    const char *standard; /* the default; lists: entries separated by blanks */
} conf_key_t;

#define AT(field) offsetof(zw_config_t, field)
#define SOCKET(name) "ipc:///run/zhiwen/" name ".sock"
#define MiB (1ull << 20)
#define GiB (1ull << 30)
#define SECOND 1000000ull

static const conf_key_t KEYS[] = {
    { "state_dir", K_PATH, AT(state_dir), 0, 0, "/var/lib/zhiwen" },
    { "submit.bind", K_ENDPOINTS, AT(submit_bind), 0, 0, SOCKET("submit") },
    { "submit.mode", K_MODE, AT(submit.mode), 0, 0777, "0" },
    { "submit.group", K_TEXT, AT(submit.group), 0, 0, "" },
    { "feed.bind", K_ENDPOINTS, AT(feed_bind), 0, 0, SOCKET("feed") },
    { "feed.connect", K_ENDPOINTS, AT(feed_connect), 0, 0, "" },
    { "feed.topics", K_LIST, AT(feed_topics), 0, 0, "" },
    { "feed.server_key", K_TEXT, AT(feed_server_key), 0, 0, "" },
    { "feed.mode", K_MODE, AT(feed.mode), 0, 0777, "0" },
    { "feed.group", K_TEXT, AT(feed.group), 0, 0, "" },
    { "facts.bind", K_ENDPOINTS, AT(facts_bind), 0, 0, SOCKET("facts") },
    { "facts.queue", K_NUMBER, AT(facts_queue), 1, 10000000, "10000" },
    { "facts.mode", K_MODE, AT(facts.mode), 0, 0777, "0" },
    { "facts.group", K_TEXT, AT(facts.group), 0, 0, "" },
    { "replay.bind", K_ENDPOINTS, AT(replay_bind), 0, 0, SOCKET("replay") },
    { "replay.mode", K_MODE, AT(replay.mode), 0, 0777, "0" },
    { "replay.group", K_TEXT, AT(replay.group), 0, 0, "" },
    { "sockets.mode", K_MODE, AT(socket_mode), 0600, 0777, "0660" },
    { "sockets.group", K_TEXT, AT(socket_group), 0, 0, "" },
    { "sockets.queue", K_NUMBER, AT(socket_queue), 1, 100000, "64" },
    { "curve.secret_key", K_TEXT, AT(curve_secret_key), 0, 0, "" },
    { "curve.clients", K_TEXT, AT(curve_clients), 0, 0, "" },
    { "workers", K_NUMBER, AT(workers), 0, 256, "0" },
    { "limits.body", K_SIZE, AT(max_body), 1024, 256 * MiB, "4MiB" },
    { "limits.message", K_SIZE, AT(max_message), 1024, 272 * MiB, "4160KiB" },
    { "limits.string", K_SIZE, AT(max_string), 64, 64 << 10, "4KiB" },
    { "limits.depth", K_NUMBER, AT(max_depth), 3, 32, "8" },
    { "limits.elements", K_NUMBER, AT(max_elements), 64, 1000000, "4096" },
    { "limits.in_flight", K_NUMBER, AT(max_in_flight), 1, 65536, "1024" },
    { "limits.in_flight_bytes", K_SIZE, AT(max_in_flight_bytes), 1024, 16 * GiB, "64MiB" },
    { "limits.article_memory", K_SIZE, AT(max_article_memory), MiB, 64 * GiB, "512MiB" },
    { "limits.connections", K_NUMBER, AT(max_connections), 1, 1000000, "1000" },
    { "limits.topic_bytes", K_SIZE, AT(max_topic_bytes), 1024, GiB, "1MiB" },
    { "limits.subscriptions", K_NUMBER, AT(max_subscriptions), 0, 100000, "256" },
    { "commit.articles", K_NUMBER, AT(commit_articles), 1, 65536, "1000" },
    { "commit.bytes", K_SIZE, AT(commit_bytes), 1024, GiB, "16MiB" },
    { "dedup.capacity", K_NUMBER, AT(dedup_capacity), 1000, 1000000000, "1000000" },
    { "dedup.window_days", K_NUMBER, AT(dedup_window_days), 0, 36500, "0" },
    { "dedup.facts", K_NUMBER, AT(facts_capacity), 1000, 1000000000, "4000000" },
    { "store.map", K_SIZE, AT(store_map), 16 * MiB, 64ull << 40, "64GiB" },
    { "store.quarantine", K_SIZE, AT(store_quarantine), MiB, 64 * GiB, "64MiB" },
    { "retention.age", K_DURATION, AT(retention_age_us), 0, 36500 * (86400 * SECOND), "0" },
    { "retention.size", K_SIZE, AT(retention_size), 0, 64ull << 40, "0" },
    { "retention.unconfirmed_age", K_DURATION, AT(retention_unconfirmed_age_us), 0, 36500 * (86400 * SECOND), "0" },
    { "retention.unconfirmed_size", K_SIZE, AT(retention_unconfirmed_size), 0, 64ull << 40, "0" },
    { "cluster.brokers", K_LIST, AT(cluster_brokers), 0, 0, "" },
    { "cluster.name", K_TEXT, AT(cluster_name), 0, 0, "" },
    { "cluster.topics", K_TEXT, AT(cluster_topics), 0, 0, "zhiwen" },
    { "cluster.group", K_TEXT, AT(cluster_group), 0, 0, "" },
    { "cluster.generation", K_NUMBER, AT(cluster_generation), 1, 1000000000, "1" },
    { "cluster.properties", K_LIST, AT(cluster_properties), 0, 0, "" },
    { "cluster.properties_file", K_TEXT, AT(cluster_properties_file), 0, 0, "" },
    { "rules.dirs", K_LIST, AT(rules_dirs), 0, 0, "" },
    { "heartbeat", K_DURATION, AT(heartbeat_us), SECOND / 20, 3600 * SECOND, "1s" },
    { "log.level", K_LEVEL, AT(log_level), 0, 0, "info" },
    { "insecure_plain_tcp", K_FLAG, AT(insecure_plain_tcp), 0, 0, "false" },
};
enum { KEY_COUNT = sizeof(KEYS) / sizeof(KEYS[0]) };

static const struct {
    const char *name;
    zw_log_level_t level;
} LEVELS[] = { { "error", ZW_LOG_ERROR }, { "warning", ZW_LOG_WARNING }, { "notice", ZW_LOG_NOTICE }, { "info", ZW_LOG_INFO },
               { "debug", ZW_LOG_DEBUG } };
enum { LEVEL_COUNT = sizeof(LEVELS) / sizeof(LEVELS[0]) };

typedef struct {
    zw_config_t *config;
    const char *path;
    zw_diag_fn diag;
    void *ctx;
    int result;
} reader_t;

static void *place(const zw_config_t *config, const conf_key_t *key)
{
    return (char *)config + key->offset;
}

static void complain(reader_t *r, const zw_yaml_node_t *node, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void complain(reader_t *r, const zw_yaml_node_t *node, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (r->diag)
        r->diag(r->ctx, r->path, node ? zw_yaml_line(node) : 0, node ? zw_yaml_column(node) : 0, text);
    r->result = -ZW_E_CONFIG;
}

static const char *keep(zw_config_t *config, zw_str_t text)
{
    return zw_arena_str(config->arena, text).p;
}

/* ---- one value. Returns NULL, or what would have been right. */
static const char *read_word(const conf_key_t *key, zw_str_t text, zw_config_t *config)
{
    void *at = place(config, key);
    switch (key->kind) {
    case K_SIZE:
        return zw_parse_size(text, at) ? NULL : "a size such as 4MiB";
    case K_DURATION:
        return zw_parse_duration(text, at) ? NULL : "a duration such as 3s";
    case K_NUMBER:
        return zw_parse_number(text, at) ? NULL : "a whole number";
    case K_MODE:
        return zw_parse_mode(text, at) ? NULL : "permissions in octal, such as 0660";
    case K_FLAG:
        return zw_parse_flag(text, at) ? NULL : "true or false";
    case K_LEVEL:
        for (size_t i = 0; i < LEVEL_COUNT; i++) {
            if (zw_str_eqz(text, LEVELS[i].name)) {
                *(uint64_t *)at = LEVELS[i].level;
                return NULL;
            }
        }
        return "error, warning, notice, info or debug";
    case K_PATH:
        if (text.n == 0)
            return "a path";
        break;
    default:
        break;
    }
    const char *kept = keep(config, text);
    if (!kept)
        return "something shorter (memory ran out)";
    *(const char **)at = kept;
    return NULL;
}

static bool in_range(const conf_key_t *key, const zw_config_t *config)
{
    if (key->most == 0)
        return true;
    uint64_t v = *(const uint64_t *)place(config, key);
    return v >= key->least && v <= key->most;
}

static void format_value(const conf_key_t *key, uint64_t v, zw_buf_t *out)
{
    if (key->kind == K_SIZE)
        zw_format_size(out, v);
    else if (key->kind == K_DURATION)
        zw_format_duration(out, v);
    else
        (void)zw_buf_printf(out, key->kind == K_MODE ? "0%" PRIo64 : "%" PRIu64, v);
}

static void read_scalar(reader_t *r, const conf_key_t *key, const zw_yaml_node_t *node)
{
    const char *wanted = zw_yaml_kind(node) == ZW_YAML_SCALAR ? read_word(key, zw_yaml_text(node), r->config) : "a single value";
    if (wanted) {
        complain(r, node, "%s: %s is expected, not '%.*s'", key->name, wanted, ZW_STR_ARGS(zw_yaml_text(node)));
    } else if (!in_range(key, r->config)) {
        _cleanup_buf_ zw_buf_t range = { 0 };
        format_value(key, key->least, &range);
        (void)zw_buf_printf(&range, " to ");
        format_value(key, key->most, &range);
        complain(r, node, "%s: '%.*s' is not allowed, only %.*s", key->name, ZW_STR_ARGS(zw_yaml_text(node)),
                 ZW_STR_ARGS(zw_buf_str(&range)));
    }
}

static void read_list(reader_t *r, const conf_key_t *key, const zw_yaml_node_t *node)
{
    zw_config_list_t *list = place(r->config, key);
    bool single = zw_yaml_kind(node) == ZW_YAML_SCALAR; /* one entry may stand without brackets */
    size_t n = single ? 1 : zw_yaml_count(node);
    if (zw_yaml_kind(node) == ZW_YAML_MAP) {
        complain(r, node, "%s: a list is expected", key->name);
        return;
    }
    if (n > ZW_CONFIG_LIST) {
        complain(r, node, "%s: more than %d entries", key->name, ZW_CONFIG_LIST);
        return;
    }
    list->n = 0;
    for (size_t i = 0; i < n; i++) {
        const zw_yaml_node_t *item = single ? node : zw_yaml_at(node, i);
        zw_str_t text = zw_yaml_text(item);
        if (zw_yaml_kind(item) != ZW_YAML_SCALAR)
            complain(r, item, "%s: plain words are expected in the list", key->name);
        else if (key->kind == K_ENDPOINTS && zw_endpoint_kind(text) == ZW_ENDPOINT_BAD)
            complain(r, item, "%s: ipc://PATH or tcp://HOST:PORT is expected, not '%.*s'", key->name, ZW_STR_ARGS(text));
        else if (!(list->items[list->n] = keep(r->config, text)))
            complain(r, item, "%s: memory ran out", key->name);
        else
            list->n++;
    }
}

/* ---- the tree */
static const conf_key_t *find_key(const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strcmp(KEYS[i].name, name) == 0)
            return &KEYS[i];
    return NULL;
}

static bool is_section(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strncmp(KEYS[i].name, name, n) == 0 && KEYS[i].name[n] == '.')
            return true;
    return false;
}

static void read_map(reader_t *r, const char *prefix, const zw_yaml_node_t *map)
{
    for (size_t i = 0; i < zw_yaml_count(map); i++) {
        const zw_yaml_node_t *node = zw_yaml_at(map, i);
        char name[128];
        (void)snprintf(name, sizeof(name), "%s%.*s", prefix, ZW_STR_ARGS(zw_yaml_text(zw_yaml_key(map, i))));
        const conf_key_t *key = find_key(name);
        if (key && (key->kind == K_LIST || key->kind == K_ENDPOINTS)) {
            read_list(r, key, node);
        } else if (key) {
            read_scalar(r, key, node);
        } else if (prefix[0] == '\0' && is_section(name)) {
            char section[130];
            (void)snprintf(section, sizeof(section), "%s.", name);
            if (zw_yaml_kind(node) == ZW_YAML_MAP)
                read_map(r, section, node);
            else
                complain(r, node, "%s: keys are expected below it", name);
        } else {
            complain(r, zw_yaml_key(map, i), "unknown key '%s'", name);
        }
    }
}

int zw_config_load(zw_config_t *config, const char *path, zw_diag_fn diag, void *ctx)
{
    _cleanup_yaml_ zw_yaml_t *doc = NULL;
    int e = zw_yaml_load(path, diag, ctx, &doc);
    if (e < 0)
        return e;
    reader_t r = { .config = config, .path = path, .diag = diag, .ctx = ctx };
    if (zw_yaml_kind(zw_yaml_root(doc)) != ZW_YAML_MAP)
        complain(&r, zw_yaml_root(doc), "keys with values are expected");
    else
        read_map(&r, "", zw_yaml_root(doc));
    return r.result;
}

/* ---- defaults */
static void standard_list(zw_config_t *config, const conf_key_t *key)
{
    zw_config_list_t *list = place(config, key);
    *list = (zw_config_list_t){ 0 };
    if (key->standard[0])
        list->items[list->n++] = key->standard;
}

int zw_config_init(zw_config_t *ret)
{
    zw_config_t config = { .arena = zw_arena_new(16 << 20) };
    if (!config.arena)
        return -ENOMEM;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (KEYS[i].kind == K_LIST || KEYS[i].kind == K_ENDPOINTS)
            standard_list(&config, &KEYS[i]);
        else
            (void)read_word(&KEYS[i], zw_strz(KEYS[i].standard), &config);
    }
    *ret = config;
    return 0;
}

void zw_config_free(zw_config_t *config)
{
    if (!config)
        return;
    zw_arena_free(config->arena);
    *config = (zw_config_t){ 0 };
}

int zw_config_socket_dir(zw_config_t *config, const char *dir)
{
    const struct {
        zw_config_list_t *list;
        const char *name;
    } sockets[] = { { &config->submit_bind, "submit" }, { &config->feed_bind, "feed" }, { &config->facts_bind, "facts" },
                    { &config->replay_bind, "replay" } };
    for (size_t i = 0; i < 4; i++) {
        zw_str_t endpoint = zw_arena_printf(config->arena, "ipc://%s/%s.sock", dir, sockets[i].name);
        if (!endpoint.p)
            return -ENOMEM;
        if (zw_endpoint_kind(endpoint) == ZW_ENDPOINT_BAD)
            return -ENAMETOOLONG;
        *sockets[i].list = (zw_config_list_t){ .items = { endpoint.p }, .n = 1 };
    }
    return 0;
}

/* The key of a list with a tcp endpoint that nothing protects; NULL: there is none. */
static const char *plain_tcp(const zw_config_t *config, const char **ret_endpoint)
{
    char path[PATH_MAX];
    const bool curve = zw_config_curve_path(config, path);
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const zw_config_list_t *list = place(config, &KEYS[i]);
        bool protected = curve && (list != &config->feed_connect || config->feed_server_key[0]);
        for (size_t k = 0; KEYS[i].kind == K_ENDPOINTS && k < list->n && !protected; k++)
            if (zw_endpoint_kind(zw_strz(list->items[k])) == ZW_ENDPOINT_TCP) {
                *ret_endpoint = list->items[k];
                return KEYS[i].name;
            }
    }
    return NULL;
}

bool zw_config_curve_path(const zw_config_t *config, char ret[static PATH_MAX])
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    if (config->curve_secret_key[0])
        return snprintf(ret, PATH_MAX, "%s", config->curve_secret_key) < PATH_MAX;
    return credentials && snprintf(ret, PATH_MAX, "%s/" ZW_CONFIG_CREDENTIAL, credentials) < PATH_MAX && access(ret, F_OK) == 0;
}

const char *zw_config_plain_tcp(const zw_config_t *config)
{
    const char *endpoint = NULL;
    return plain_tcp(config, &endpoint) ? endpoint : NULL;
}

int zw_config_check(const zw_config_t *config, zw_diag_fn diag, void *ctx)
{
    reader_t r = { .path = "configuration", .diag = diag, .ctx = ctx };
    const char *endpoint, *key = plain_tcp(config, &endpoint);
    if (key && !config->insecure_plain_tcp)
        complain(&r, NULL, "%s: %s would be in plain text, open to whoever reaches the port; use ipc://, give keys (curve.secret_key, "
                           "for feed.connect also feed.server_key), or set insecure_plain_tcp: true", key, endpoint);
    if (config->submit_bind.n == 0 && config->feed_bind.n == 0 && config->feed_connect.n == 0)
        complain(&r, NULL, "neither submit nor feed has an endpoint: no article could come in");
    uint64_t most = config->store_map / 16 * 15; /* a store that may fill up before it is trimmed stops */
    if (config->retention_size > most || config->retention_unconfirmed_size > most)
        complain(&r, NULL, "retention.size and retention.unconfirmed_size must be below 15/16 of store.map");
    if (config->max_message < config->max_body)
        complain(&r, NULL, "limits.message is below limits.body");
    return r.result;
}

const char *zw_config_key(size_t i)
{
    return i < KEY_COUNT ? KEYS[i].name : NULL;
}

int zw_config_describe(const zw_config_t *config, size_t i, zw_buf_t *out)
{
    const conf_key_t *key = &KEYS[i];
    const void *at = place(config, key);
    const zw_config_list_t *list = at;
    switch (key->kind) {
    case K_LIST:
    case K_ENDPOINTS:
        (void)zw_buf_putc(out, '[');
        for (size_t k = 0; k < list->n; k++)
            (void)zw_buf_printf(out, "%s\"%s\"", k ? ", " : "", list->items[k]);
        (void)zw_buf_putc(out, ']');
        break;
    case K_TEXT:
    case K_PATH:
        (void)zw_buf_printf(out, "\"%s\"", *(const char *const *)at);
        break;
    case K_FLAG:
        (void)zw_buf_printf(out, "%s", *(const bool *)at ? "true" : "false");
        break;
    case K_LEVEL:
        for (size_t k = 0; k < LEVEL_COUNT; k++)
            if (LEVELS[k].level == *(const uint64_t *)at)
                (void)zw_buf_printf(out, "%s", LEVELS[k].name);
        break;
    default:
        format_value(key, *(const uint64_t *)at, out);
    }
    return out->failed ? -ENOMEM : 0;
}
