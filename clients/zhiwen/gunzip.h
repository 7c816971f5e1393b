/* gunzip: what is in a gzip file, as one stream or member by member. One thread.
 *
 * Member by member is for WARC, where each record is one: behind a damaged member the next good one is found. For that the
 * packed bytes of the member under way are kept, up to 4 MiB; of a longer one that is damaged, some that follow may be lost.
 */
#ifndef ZW_GUNZIP_H
#define ZW_GUNZIP_H

#include "stream.h"

#include <zlib.h>

typedef struct gunzip {
    stream_t *packed; /* borrowed */
    z_stream z;
    size_t used;      /* of what is kept of `packed` */
    uint64_t member;  /* where the member under way begins in `packed` */
    uint64_t passed;  /* bytes that gunzip_next passed over where a member should have begun */
    bool open, by_member, keeps, at_end;
} gunzip_t;

/* Does it begin like gzip? */
bool gunzip_is(zw_str_t head);
/* `packed` must begin like gzip. -ENOMEM. */
int gunzip_open(gunzip_t *gunzip, stream_t *packed, bool by_member, stream_t *ret);
void gunzip_close(gunzip_t *gunzip);

/* Goes to the next member, wherever the stream is in the one under way; passes over damaged ones. `begin` is what a member
 * unpacks to at its beginning. 1; 0 when there is none. Negative: -ENOMEM, or the
 * error of `packed`. */
int gunzip_next(gunzip_t *gunzip, stream_t *stream, zw_str_t begin);

/* For a body in memory: gzip, zlib or raw deflate. 0, -ZW_E_CORRUPT, -ZW_E_TOO_LARGE, -ENOMEM. */
int gunzip_all(zw_str_t packed, size_t most, zw_buf_t *out);

#endif
