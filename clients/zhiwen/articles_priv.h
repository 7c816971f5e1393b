/* articles_priv: what the readers of single formats share with articles.c. One thread.
 *
 * Each returns 0 when it has read what there was (what cannot be read has been told by articles_bad), or the negative code
 * that ended the reading: -ENOMEM, or what the caller's functions returned. */
#ifndef ZW_ARTICLES_PRIV_H
#define ZW_ARTICLES_PRIV_H

#include "articles.h"
#include "gunzip.h"

int articles_bad(articles_reader_t *reader, const char *file, place_t place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Hands an article on; of a web page, what it says of itself in its head is added first. */
int articles_give(articles_reader_t *reader, article_t *article);

int jsonl_read(articles_reader_t *reader, stream_t *stream, const char *file);
/* `members`: what the stream comes from, where that is gzip. */
int warc_read(articles_reader_t *reader, stream_t *stream, gunzip_t *members, const char *file);
int feed_read(articles_reader_t *reader, stream_t *stream, const char *file);

/* What a web page says of itself in its head: `url` and `source` where the article has none, into `space`. */
void page_describe(article_t *article, zw_buf_t *space);

#endif
