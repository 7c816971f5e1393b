#include "related.h"

#include "mark.h"
#include "pairs.h"
#include "zw_mp.h"

#include <errno.h>

/* What an article is called; `source` and `title` are empty where its event is not kept any more. */
typedef struct name {
    zw_buf_t mark, space, event;
    zw_str_t id, source, title;
} name_t;

static void free_name(name_t *name)
{
    zw_buf_done(&name->mark);
    zw_buf_done(&name->space);
    zw_buf_done(&name->event);
}

typedef struct wanted {
    uint64_t number;
    zw_buf_t *out;
    bool found;
} wanted_t;

static int take_mark(void *ctx, uint64_t number, zw_str_t mark)
{
    wanted_t *w = ctx;
    if (number == w->number && zw_buf_puts(w->out, mark) == 0)
        w->found = true;
    return -ECANCELED; /* one is enough */
}

static int take_event(void *ctx, const zw_store_event_t *event)
{
    int r = zw_buf_puts(ctx, event->payload);
    return r < 0 ? r : 1;
}

/* The string values of `source` and `title` in the `article` map of an event. */
static void read_article(zw_str_t map, name_t *name)
{
    zw_tok_t head, key, value;
    if (zw_tok_next(&map, &head) < 0 || head.kind != ZW_TOK_MAP)
        return;
    for (uint32_t k = 0; k < head.count; k++) {
        zw_str_t raw;
        if (zw_tok_next(&map, &key) < 0 || zw_tok_skip(&map, &raw) < 0 || zw_tok_next(&raw, &value) < 0)
            return;
        if (key.kind != ZW_TOK_STR || value.kind != ZW_TOK_STR)
            continue;
        if (zw_str_eqz(key.bytes, "source"))
            name->source = value.bytes;
        else if (zw_str_eqz(key.bytes, "title"))
            name->title = value.bytes;
    }
}

static void read_event(zw_str_t payload, name_t *name)
{
    zw_tok_t head, key;
    if (zw_tok_next(&payload, &head) < 0 || head.kind != ZW_TOK_MAP)
        return;
    for (uint32_t k = 0; k < head.count; k++) {
        zw_str_t raw;
        if (zw_tok_next(&payload, &key) < 0 || zw_tok_skip(&payload, &raw) < 0)
            return;
        if (key.kind == ZW_TOK_STR && zw_str_eqz(key.bytes, "article"))
            read_article(raw, name);
    }
}

/* 0, -ZW_E_NOT_FOUND when the store has not (or no longer) got the article, or the store's error. */
static int find_name(zw_store_t *store, uint64_t number, name_t *name)
{
    wanted_t w = { .number = number, .out = &name->mark };
    zw_mark_t mark;
    uint64_t next;
    zw_buf_clear(&name->mark);
    zw_buf_clear(&name->event);
    name->id = name->source = name->title = (zw_str_t){ 0 };
    int r = zw_store_marks(store, number, take_mark, &w);
    if (r < 0 && r != -ECANCELED)
        return r;
    if (!w.found)
        return name->mark.failed ? -ENOMEM : -ZW_E_NOT_FOUND;
    r = zw_mark_decode(zw_buf_str(&name->mark), &name->space, &mark);
    if (r < 0)
        return r;
    name->id = mark.id;
    r = zw_store_events(store, mark.seq, mark.seq, take_event, &name->event, &next);
    if (r == 0)
        read_event(zw_buf_str(&name->event), name);
    return r == -ZW_E_TOO_OLD ? 0 : r;
}

static void put_name(zw_pairs_out_t *pairs, uint64_t number, const name_t *name)
{
    zw_pair_uint(pairs, "number", number);
    zw_pair_str(pairs, "id", name->id);
    zw_pair_str(pairs, "source", name->source);
    zw_pair_str(pairs, "title", name->title);
}

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
static int put_listed(zw_store_t *store, uint64_t number, const zw_similar_t *similar, name_t *name, zw_buf_t *body, zw_buf_t *list)
{
    int r = find_name(store, number, name);
    if (r < 0)
        return r == -ZW_E_NOT_FOUND ? 0 : r;
    zw_buf_clear(body);
    zw_pairs_out_t pairs = zw_pairs_start(body);
    put_name(&pairs, number, name);
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
    name_t name __attribute__((cleanup(free_name))) = { 0 };
    uint32_t listed = 0;
    int n = zw_dedup_similar(dedup, number, found, bounded(limit));
    int r = n < 0 ? n : find_name(store, number, &name);
    if (r < 0)
        return r;
    zw_pairs_out_t pairs = zw_pairs_start(&top);
    put_name(&pairs, number, &name);
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
    zw_cluster_t cluster;
    zw_buf_t _cleanup_buf_ top = { 0 }, _cleanup_buf_ body = { 0 }, _cleanup_buf_ list = { 0 };
    name_t name __attribute__((cleanup(free_name))) = { 0 };
    uint32_t listed = 0;
    int n = zw_dedup_cluster(dedup, number, members, bounded(limit), &cluster);
    int r = n < 0 ? n : find_name(store, number, &name);
    if (r < 0)
        return r;
    zw_pairs_out_t pairs = zw_pairs_start(&top);
    put_name(&pairs, number, &name);
    zw_pair_uint(&pairs, "head", cluster.head);
    r = find_name(store, cluster.head, &name);
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
