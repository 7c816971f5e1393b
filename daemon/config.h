/* config: what the person who runs the daemon can set.
 *
 * Purpose. One YAML file, every key optional; an unknown key or a bad value is told as file:line with what is wrong, and
 * nothing is used. The shipped systemd/zhiwend.yaml documents each key with its default.
 * Ownership. Strings belong to the zw_config_t until zw_config_free. Threading: read-only after loading.
 * The table in config.c is the one list of keys: reading, describing and tests go by it.
 */
#ifndef ZW_CONFIG_H
#define ZW_CONFIG_H

#include "base/arena.h"
#include "base/yaml_doc.h"
#include "zw_buf.h"

#include <limits.h>

enum { ZW_CONFIG_LIST = 16 }; /* entries of a list at most */

typedef struct zw_config_list {
    const char *items[ZW_CONFIG_LIST];
    size_t n;
} zw_config_list_t;

typedef struct zw_config_access {
    uint64_t mode;     /* 0: as all sockets */
    const char *group; /* empty: as all sockets */
} zw_config_access_t;

typedef struct zw_config {
    const char *state_dir;
    zw_config_list_t submit_bind, feed_bind, feed_connect, feed_topics, facts_bind, replay_bind;
    uint64_t facts_queue;     /* messages that a subscriber may lag */
    uint64_t socket_mode;     /* and its group: of the ipc sockets that have none of their own */
    const char *socket_group; /* a name; empty: the daemon's own */
    zw_config_access_t submit, feed, facts, replay;
    const char *curve_secret_key, *curve_clients, *feed_server_key; /* a file, a folder, a file; empty: none */
    uint64_t workers;         /* 0: one a core */
    uint64_t max_body, max_message, max_string, max_depth, max_elements, max_in_flight, max_in_flight_bytes;
    uint64_t max_article_memory, socket_queue, max_connections, max_topic_bytes, max_subscriptions;
    uint64_t commit_articles, commit_bytes;
    uint64_t dedup_capacity, dedup_window_days, facts_capacity;
    uint64_t store_map, store_quarantine;
    uint64_t retention_age_us, retention_size, retention_unconfirmed_age_us, retention_unconfirmed_size; /* 0: none */
    zw_config_list_t cluster_brokers, cluster_properties; /* without brokers there is no cluster */
    const char *cluster_name, *cluster_topics, *cluster_group, *cluster_properties_file;
    uint64_t cluster_generation;
    zw_config_list_t rules_dirs;
    uint64_t heartbeat_us;
    uint64_t log_level;       /* a zw_log_level_t */
    bool insecure_plain_tcp;
    zw_arena_t *arena;        /* holds the strings */
} zw_config_t;

/* Fills in the defaults. 0 or -ENOMEM. */
int zw_config_init(zw_config_t *ret);
void zw_config_free(zw_config_t *config); /* leaves it empty; takes NULL and an empty one */

/* Reads the file over what is there. 0; -ZW_E_CONFIG after every mistake has been told to `diag`; -errno. */
int zw_config_load(zw_config_t *config, const char *path, zw_diag_fn diag, void *ctx);

/* Puts all four ipc sockets into `dir`. 0, -ENAMETOOLONG, -ENOMEM. */
int zw_config_socket_dir(zw_config_t *config, const char *dir);

/* Adds the listeners that systemd has made and that no list names yet, each to the list that its name says (submit, feed, facts,
 * replay). 0; -ZW_E_CONFIG when one has another name, is no stream socket, or finds its list full (told to `diag`); -ENOMEM. */
int zw_config_inherit(zw_config_t *config, zw_diag_fn diag, void *ctx);

/* Checks what no single key can tell (endpoints in plain text, sizes against each other), after all is set. Tells `diag`
 * with line 0. 0 or -ZW_E_CONFIG. */
int zw_config_check(const zw_config_t *config, zw_diag_fn diag, void *ctx);

/* Where the secret key for tcp is: the file that is named, else the one among the credentials that systemd hands over. False,
 * with `ret` of no use: there is none, and tcp is in plain text. */
#define ZW_CONFIG_CREDENTIAL "curve.secret"
bool zw_config_curve_path(const zw_config_t *config, char ret[static PATH_MAX]);
/* A tcp endpoint that is in plain text; NULL: there is none. */
const char *zw_config_plain_tcp(const zw_config_t *config);

/* The keys, as "section.key", and the value of each as it would be written in the file. Key is NULL past the last. */
const char *zw_config_key(size_t i);
int zw_config_describe(const zw_config_t *config, size_t i, zw_buf_t *out);

#endif
