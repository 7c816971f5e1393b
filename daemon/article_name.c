#include "article_name.h"

#include "mark.h"
#include "zw_mp.h"

#include <errno.h>

void zw_article_name_done(zw_article_name_t *name)
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

void zw_article_name_read(zw_str_t pairs, uint32_t count, zw_article_name_t *name)
{
    zw_tok_t key, value;
    for (uint32_t k = 0; k < count; k++) {
        zw_str_t raw;
        if (zw_tok_next(&pairs, &key) < 0 || zw_tok_skip(&pairs, &raw) < 0 || zw_tok_next(&raw, &value) < 0)
            return;
        if (key.kind != ZW_TOK_STR || value.kind != ZW_TOK_STR)
            continue;
        if (zw_str_eqz(key.bytes, "source"))
            name->source = value.bytes;
        else if (zw_str_eqz(key.bytes, "title"))
            name->title = value.bytes;
    }
}

static void read_event(zw_str_t payload, zw_article_name_t *name)
{
    zw_tok_t head, key, map;
    if (zw_tok_next(&payload, &head) < 0 || head.kind != ZW_TOK_MAP)
        return;
    for (uint32_t k = 0; k < head.count; k++) {
        zw_str_t raw;
        if (zw_tok_next(&payload, &key) < 0 || zw_tok_skip(&payload, &raw) < 0)
            return;
        if (key.kind == ZW_TOK_STR && zw_str_eqz(key.bytes, "article") && zw_tok_next(&raw, &map) == 0 && map.kind == ZW_TOK_MAP)
            zw_article_name_read(raw, map.count, name);
    }
}

int zw_article_name_find(zw_store_t *store, uint64_t number, zw_article_name_t *name)
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

void zw_article_name_put(zw_pairs_out_t *pairs, uint64_t number, const zw_article_name_t *name)
{
    zw_pair_uint(pairs, "number", number);
    zw_pair_str(pairs, "id", name->id);
    zw_pair_str(pairs, "source", name->source);
    zw_pair_str(pairs, "title", name->title);
}
