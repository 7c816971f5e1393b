/* topic_index: topic → seq of its newest event, for `prev`.
 *
 * There are as many topics as types times regions that occurred; each costs 16 bytes, by a 64-bit hash of its name.
 * Threading. One thread.
 */
#ifndef ZW_TOPIC_INDEX_H
#define ZW_TOPIC_INDEX_H

#include "zw_str.h"

typedef struct zw_topic_index zw_topic_index_t;

zw_topic_index_t *zw_topic_index_new(void); /* NULL without memory */
void zw_topic_index_free(zw_topic_index_t *index); /* takes NULL */

/* Makes room for `count` further topics, so that as many calls of zw_topic_index_set cannot fail. 0 or -ENOMEM. */
int zw_topic_index_reserve(zw_topic_index_t *index, size_t count);

/* Sets the newest seq of the topic and returns the one before it; 0: none. */
uint64_t zw_topic_index_set(zw_topic_index_t *index, zw_str_t topic, uint64_t seq);

#endif
