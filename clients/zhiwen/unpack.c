#include "unpack.h"

#include "zw_error.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

enum { STEP = 64 << 10 };

static ssize_t give(struct archive *a, void *ctx, const void **ret)
{
    unpack_t *u = ctx;
    zw_str_t bytes;
    stream_skip(u->packed, u->handed);
    u->handed = 0;
    int r = stream_peek(u->packed, STEP, &bytes);
    if (r < 0) {
        archive_set_error(a, EIO, "%s", u->packed->error);
        return -1;
    }
    *ret = bytes.p;
    u->handed = bytes.n;
    return (ssize_t)bytes.n;
}

static int fail(unpack_t *u, stream_t *s)
{
    const char *why = archive_error_string(u->archive);
    return stream_fail(s, archive_errno(u->archive) == ENOMEM ? -ENOMEM : -ZW_E_CORRUPT, "%s", why ? why : "damaged");
}

static ssize_t source(stream_t *s, char *space, size_t size)
{
    unpack_t *u = s->ctx;
    ssize_t n;
    do
        n = archive_read_data(u->archive, space, size);
    while (n == ARCHIVE_RETRY);
    return n < 0 ? fail(u, s) : n;
}

static int begin(unpack_t *u, stream_t *packed, stream_t *ret)
{
    *u = (unpack_t){ .archive = archive_read_new(), .packed = packed };
    *ret = stream_of(source, u);
    if (!u->archive)
        return -ENOMEM;
    (void)archive_read_support_filter_bzip2(u->archive);
    (void)archive_read_support_filter_xz(u->archive);
    (void)archive_read_support_filter_lz4(u->archive);
    (void)archive_read_support_filter_zstd(u->archive);
    return 0;
}

static int opened(unpack_t *u, stream_t *ret)
{
    return archive_read_open(u->archive, u, NULL, give, NULL) == ARCHIVE_OK ? 0 : fail(u, ret);
}

int unpack_open(unpack_t *u, stream_t *packed, stream_t *ret)
{
    struct archive_entry *entry;
    int r = begin(u, packed, ret);
    if (r < 0)
        return r;
    (void)archive_read_support_format_raw(u->archive);
    (void)archive_read_support_format_empty(u->archive);
    r = opened(u, ret);
    if (r < 0)
        return r;
    r = archive_read_next_header(u->archive, &entry);
    return r == ARCHIVE_OK || r == ARCHIVE_EOF || r == ARCHIVE_WARN ? 0 : fail(u, ret);
}

int unpack_archive(unpack_t *u, stream_t *packed, stream_t *ret)
{
    int r = begin(u, packed, ret);
    if (r < 0)
        return r;
    (void)archive_read_support_format_tar(u->archive);
    (void)archive_read_support_format_zip_streamable(u->archive);
    return opened(u, ret);
}

int unpack_next(unpack_t *u, stream_t *s, const char **ret_name)
{
    struct archive_entry *entry;
    for (;;) {
        int r = archive_read_next_header(u->archive, &entry);
        u->entry = (uint64_t)archive_read_header_position(u->archive);
        if (r == ARCHIVE_EOF)
            return 0;
        if (r == ARCHIVE_RETRY) {
            (void)fail(u, s);
            return -EAGAIN;
        }
        if (r < ARCHIVE_WARN)
            return fail(u, s);
        if (archive_entry_filetype(entry) != AE_IFREG)
            continue;
        const char *name = archive_entry_pathname(entry);
        *ret_name = name ? name : "?";
        stream_renew(s);
        s->offset = 0;
        return 1;
    }
}

void unpack_close(unpack_t *u)
{
    (void)archive_read_free(u->archive);
    u->archive = NULL;
}
