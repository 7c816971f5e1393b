#include "related.h"

#include "article_name.h"

#include <errno.h>

/* The pairs in `body` as a map. */
static int put_map(zw_buf_t *out, const zw_pairs_out_t *pairs)
{
    zw_mp_map(out, pairs->count);
    if (pairs->out->failed)
        return -ENOMEM;
    return zw_buf_puts(out, zw_buf_str(pairs->out));
}

/* One article of a list; `similar` is NULL for a member of a cluster. 1: listed; 0: not in the store (committed in a
 * moment, or gone a moment ago); negative: error. */
static int put_listed(zw_store_t *store, uint64_t number, const zw_similar_t *similar, zw_article_name_t *name, zw_buf_t *body, zw_buf_t *list)
{
    int r = zw_article_name_find(store, number, name);
    if (r < 0)
        return r == -ZW_E_NOT_FOUND ? 0 : r;
    zw_buf_clear(body);
    zw_pairs_out_t pairs = zw_pairs_start(body);
    zw_article_name_put(&pairs, number, name);
    if (similar) {
        zw_pair_uint(&pairs, "head", similar->head);
        zw_mp_double(zw_pair(&pairs, "similarity"), similar->similarity);
        zw_mp_bool(zw_pair(&pairs, "same_report"), similar->same_report);
    }
    r = put_map(list, &pairs);
    return r < 0 ? r : 1;
}

static size_t bounded(uint32_t limit)
{
    return limit == 0 ? ZW_RELATED_DEFAULT : limit < ZW_RELATED_MAX ? limit : ZW_RELATED_MAX;
}

/* Appends `articles` with what was put into `list`, and writes all pairs out. */
static int finish(zw_pairs_out_t *pairs, const zw_buf_t *list, uint32_t listed, zw_buf_t *out)
{
    zw_mp_array(zw_pair(pairs, "articles"), listed);
    if (list->failed)
        return -ENOMEM;
    (void)zw_buf_puts(pairs->out, zw_buf_str(list));
    return put_map(out, pairs);
}

int zw_related_similar(zw_dedup_t *dedup, zw_store_t *store, uint64_t number, uint32_t limit, zw_buf_t *out)
{
    zw_similar_t found[ZW_RELATED_MAX];
    zw_buf_t _cleanup_buf_ top = { 0 }, _cleanup_buf_ body = { 0 }, _cleanup_buf_ list = { 0 };
    zw_article_name_t name __attribute__((cleanup(zw_article_name_done))) = { 0 };
    uint32_t listed = 0;
    int n = zw_dedup_similar(dedup, number, found, bounded(limit));
    int r = n < 0 ? n : zw_article_name_find(store, number, &name);
    if (r < 0)
        return r;
    zw_pairs_out_t pairs = zw_pairs_start(&top);
    zw_article_name_put(&pairs, number, &name);
    for (int i = 0; i < n; i++) {
        r = put_listed(store, found[i].number, &found[i], &name, &body, &list);
        if (r < 0)
            return r;
        listed += (uint32_t)r;
    }
    return finish(&pairs, &list, listed, out);
}

int zw_related_cluster(zw_dedup_t *dedup, zw_store_t *store, uint64_t number, uint32_t limit, zw_buf_t *out)
{
    uint64_t members[ZW_RELATED_MAX];
    zw_dedup_cluster_t cluster;
    zw_buf_t _cleanup_buf_ top = { 0 }, _cleanup_buf_ body = { 0 }, _cleanup_buf_ list = { 0 };
    zw_article_name_t name __attribute__((cleanup(zw_article_name_done))) = { 0 };
    uint32_t listed = 0;
    int n = zw_dedup_cluster(dedup, number, members, bounded(limit), &cluster);
    int r = n < 0 ? n : zw_article_name_find(store, number, &name);
    if (r < 0)
        return r;
    zw_pairs_out_t pairs = zw_pairs_start(&top);
    zw_article_name_put(&pairs, number, &name);
    zw_pair_uint(&pairs, "head", cluster.head);
    r = zw_article_name_find(store, cluster.head, &name);
    if (r < 0 && r != -ZW_E_NOT_FOUND)
        return r;
    zw_pair_str(&pairs, "head_id", name.id);
    zw_pair_uint(&pairs, "members", cluster.members);
    zw_mp_int(zw_pair(&pairs, "first_seen"), cluster.first_us);
    zw_mp_int(zw_pair(&pairs, "last_seen"), cluster.last_us);
    for (int i = 0; i < n; i++) {
        r = put_listed(store, members[i], NULL, &name, &body, &list);
        if (r < 0)
            return r;
        listed += (uint32_t)r;
    }
    return finish(&pairs, &list, listed, out);
}
