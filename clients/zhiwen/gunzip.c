#include "gunzip.h"

#include "zw_error.h"

#include <errno.h>

enum { STEP = 64 << 10, KEEP_MOST = 4 << 20, WINDOW_GZIP = 15 + 16, WINDOW_EITHER = 15 + 32, WINDOW_RAW = -15 };

bool gunzip_is(zw_str_t head)
{
    return head.n >= 4 && memcmp(head.p, "\x1f\x8b\x08", 3) == 0 && ((unsigned char)head.p[3] & 0xe0) == 0;
}

static void begin_member(gunzip_t *g)
{
    (void)inflateReset2(&g->z, WINDOW_GZIP);
    g->at_end = false;
    g->keeps = g->by_member;
    g->used = 0;
    g->member = g->packed->offset;
}

/* The next of members that follow each other. 1; 0 when there is none; zeros may fill up a last block. */
static ssize_t follow(gunzip_t *g, stream_t *s)
{
    zw_str_t head;
    int r;
    while ((r = stream_peek(g->packed, STEP, &head)) == 0 && head.n > 0) {
        if (gunzip_is(head)) {
            begin_member(g);
            return 1;
        }
        for (size_t k = 0; k < head.n; k++)
            if (head.p[k])
                return stream_fail(s, -ZW_E_CORRUPT, "what follows at byte %llu is no gzip", (unsigned long long)g->packed->offset + k);
        stream_skip(g->packed, head.n);
    }
    return r;
}

/* Unpacks a piece: how many bytes came out of it (0 also within the member), or a negative code. */
static ssize_t unpack(gunzip_t *g, stream_t *s, char *space, size_t size)
{
    zw_str_t in;
    int r = stream_peek(g->packed, g->used + STEP, &in);
    if (r < 0)
        return stream_fail(s, r, "%s", g->packed->error);
    if (in.n == g->used)
        return stream_fail(s, -ZW_E_CORRUPT, "the gzip data end too soon");
    g->z.next_in = (Bytef *)(in.p + g->used);
    g->z.avail_in = (uInt)(in.n - g->used);
    g->z.next_out = (Bytef *)space;
    g->z.avail_out = (uInt)size;
    int z = inflate(&g->z, Z_NO_FLUSH);
    if (z == Z_MEM_ERROR)
        return -ENOMEM;
    if (z != Z_OK && z != Z_STREAM_END && z != Z_BUF_ERROR)
        return stream_fail(s, -ZW_E_CORRUPT, "damaged gzip data (%s)", g->z.msg ? g->z.msg : "unknown");
    g->used = in.n - g->z.avail_in;
    g->at_end = z == Z_STREAM_END;
    g->keeps = g->keeps && g->used < KEEP_MOST;
    if (!g->keeps || g->at_end) {
        stream_skip(g->packed, g->used);
        g->used = 0;
    }
    return (ssize_t)(size - g->z.avail_out);
}

static ssize_t source(stream_t *s, char *space, size_t size)
{
    gunzip_t *g = s->ctx;
    ssize_t r = 0;
    size = size < STEP ? size : STEP;
    while (r == 0) {
        if (g->at_end && g->by_member)
            return 0;
        if (g->at_end && (r = follow(g, s)) <= 0)
            return r;
        r = unpack(g, s, space, size);
    }
    return r;
}

int gunzip_open(gunzip_t *g, stream_t *packed, bool by_member, stream_t *ret)
{
    *g = (gunzip_t){ .packed = packed, .by_member = by_member };
    if (inflateInit2(&g->z, WINDOW_GZIP) != Z_OK)
        return -ENOMEM;
    g->open = true;
    begin_member(g);
    *ret = stream_of(source, g);
    return 0;
}

void gunzip_close(gunzip_t *g)
{
    if (g->open)
        (void)inflateEnd(&g->z);
    g->open = false;
}

/* Does a member begin here, and unpack to `begin`? */
static bool begins(zw_str_t in, zw_str_t begin)
{
    z_stream z = { .next_in = (Bytef *)in.p, .avail_in = (uInt)in.n };
    char out[16];
    if (!gunzip_is(in) || begin.n > sizeof out || inflateInit2(&z, WINDOW_GZIP) != Z_OK)
        return false;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)begin.n;
    (void)inflate(&z, Z_SYNC_FLUSH);
    (void)inflateEnd(&z);
    return z.avail_out == 0 && memcmp(out, begin.p, begin.n) == 0;
}

int gunzip_next(gunzip_t *g, stream_t *s, zw_str_t begin)
{
    zw_str_t in;
    int r;
    bool ended_well = g->at_end;
    uint64_t from = g->packed->offset;
    if (!ended_well) /* the member itself must not be found again */
        stream_skip(g->packed, g->keeps ? 1 : g->used);
    g->at_end = true;
    g->passed = g->used = 0;
    while ((r = stream_peek(g->packed, 2 * STEP, &in)) == 0 && in.n > 0) {
        const char *at = memmem(in.p, in.n, "\x1f\x8b\x08", 3);
        size_t skip = at ? (size_t)(at - in.p) : in.n > STEP ? in.n - 2 : in.n;
        stream_skip(g->packed, skip);
        if (!at)
            continue;
        r = stream_peek(g->packed, STEP, &in);
        if (r == 0 && begins(in, begin))
            break;
        stream_skip(g->packed, 1);
    }
    g->passed = ended_well ? g->packed->offset - from : 0;
    if (r < 0 || in.n == 0)
        return r;
    begin_member(g);
    stream_renew(s);
    return 1;
}

static int inflate_to(zw_str_t packed, int window, size_t most, zw_buf_t *out)
{
    z_stream z = { .next_in = (Bytef *)packed.p, .avail_in = (uInt)packed.n };
    int r = inflateInit2(&z, window) == Z_OK ? 0 : -ENOMEM, status = Z_OK;
    while (r == 0 && status == Z_OK) {
        r = zw_buf_reserve(out, STEP);
        if (r < 0)
            break;
        z.next_out = (Bytef *)(out->p + out->n);
        z.avail_out = STEP;
        status = inflate(&z, Z_NO_FLUSH);
        out->n += STEP - z.avail_out;
        if (out->n > most)
            r = -ZW_E_TOO_LARGE;
    }
    (void)inflateEnd(&z);
    return r < 0 ? r : status == Z_STREAM_END ? 0 : -ZW_E_CORRUPT;
}

int gunzip_all(zw_str_t packed, size_t most, zw_buf_t *out)
{
    size_t before = out->n;
    int r = inflate_to(packed, WINDOW_EITHER, most, out);
    if (r != -ZW_E_CORRUPT || out->n > before)
        return r;
    zw_buf_clear(out);
    return inflate_to(packed, WINDOW_RAW, most, out);
}
