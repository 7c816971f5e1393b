/* unpack: what libarchive takes apart: compressed streams (zstd, bzip2, xz, lz4) and archives (tar, zip). One thread.
 *
 * Nothing is held but what libarchive buffers; entries are streams that are read while the archive is. */
#ifndef ZW_UNPACK_H
#define ZW_UNPACK_H

#include "stream.h"

struct archive; /* of libarchive */
typedef struct unpack {
    struct archive *archive;
    stream_t *packed; /* borrowed */
    size_t handed;    /* of what libarchive was given last */
    uint64_t entry;   /* where the entry under way begins in `packed`, about */
} unpack_t;

/* The contents of a compressed stream as a stream. 0 or negative; `ret->error` then tells why. */
int unpack_open(unpack_t *unpack, stream_t *packed, stream_t *ret);
/* An archive, entry by entry. */
int unpack_archive(unpack_t *unpack, stream_t *packed, stream_t *ret);
/* The next file in it, as the stream; *ret_name is borrowed until the next call. 1; 0 at the end; -EAGAIN: an entry is
 * damaged, go on; other negative codes end it. `stream->error` tells why. */
int unpack_next(unpack_t *unpack, stream_t *stream, const char **ret_name);
void unpack_close(unpack_t *unpack);

#endif
