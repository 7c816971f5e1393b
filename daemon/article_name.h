/* article_name: what a stored article is called, from its mark and its event. Reads the store; any thread. */
#ifndef ZW_ARTICLE_NAME_H
#define ZW_ARTICLE_NAME_H

#include "pairs.h"
#include "store/store.h"

/* Zeroed before the first use; strings live until the next find or zw_article_name_done. `source` and `title` are empty where the
 * article's event is not kept any more. */
typedef struct zw_article_name {
    zw_buf_t mark, space, event;
    zw_str_t id, source, title;
} zw_article_name_t;

/* 0, -ZW_E_NOT_FOUND when the store has not (or no longer) got the article, or the store's error. */
int zw_article_name_find(zw_store_t *store, uint64_t number, zw_article_name_t *name);
/* `source` and `title`, from the pairs of an article's map; they borrow from it. */
void zw_article_name_read(zw_str_t pairs, uint32_t count, zw_article_name_t *name);
void zw_article_name_done(zw_article_name_t *name);

/* Its pairs: number, id, source, title. */
void zw_article_name_put(zw_pairs_out_t *pairs, uint64_t number, const zw_article_name_t *name);

#endif
