/* The map "cluster" of `status` (PROTOCOL.md). */
#include "cluster/cluster.h"

enum { RECENT_US = 3600000000 };

/* True: an instance that wrote in the last hour had other rule packs than this one has. */
static bool put_peers(const zw_cluster_info_t *info, const char *rules, zw_buf_t *out)
{
    bool differ = false;
    int64_t now = zw_now_us();
    zw_mp_array(out, (uint32_t)info->peer_count);
    for (size_t i = 0; i < info->peer_count; i++) {
        const zw_cluster_peer_t *peer = &info->peers[i];
        zw_mp_map(out, 3);
        zw_mp_key(out, "name");
        zw_mp_str(out, zw_strz(peer->name));
        zw_mp_key(out, "rules");
        zw_mp_str(out, zw_strz(peer->rules));
        zw_mp_key(out, "seen");
        zw_mp_int(out, peer->seen_us);
        differ = differ || (now - peer->seen_us < RECENT_US && peer->rules[0] && strcmp(peer->rules, rules) != 0);
    }
    return differ;
}

void zw_cluster_status(zw_cluster_t *cluster, const char *rules, zw_pairs_out_t *top)
{
    zw_cluster_info_t info;
    _cleanup_buf_ zw_buf_t own = { 0 };
    zw_pairs_out_t p = zw_pairs_start(&own);
    zw_cluster_info(cluster, &info);
    zw_pair_str(&p, "name", zw_strz(info.name));
    zw_pair_str(&p, "topics", zw_strz(info.topics));
    zw_pair_str(&p, "state", zw_strz(info.state));
    zw_pair_str(&p, "trouble", zw_strz(info.trouble));
    zw_pair_uint(&p, "generation", info.generation);
    zw_pair_uint(&p, "partitions", info.partitions);
    zw_mp_int(zw_pair(&p, "next"), info.next);
    zw_mp_int(zw_pair(&p, "behind"), info.behind);
    zw_mp_double(zw_pair(&p, "waiting_s"), info.waiting_s);
    zw_pair_uint(&p, "unanswered", info.unanswered);
    zw_pair_uint(&p, "sent", info.sent);
    zw_pair_uint(&p, "reported", info.reported);
    zw_pair_uint(&p, "read", info.read);
    zw_pair_uint(&p, "uncounted", info.uncounted);
    zw_pair_uint(&p, "gone_back", info.gone_back);
    zw_mp_bool(zw_pair(&p, "diverged"), info.diverged);
    bool differ = put_peers(&info, rules, zw_pair(&p, "instances"));
    zw_mp_bool(zw_pair(&p, "rules_differ"), differ);
    zw_mp_map(zw_pair(top, "cluster"), p.count);
    (void)zw_buf_puts(top->out, zw_buf_str(&own));
}
