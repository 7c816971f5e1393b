/* WARC: records of a crawl; each response, resource or conversion that is text is an article.
 * https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/ */
#include "articles_priv.h"
#include "http.h"

#include "zw_error.h"

#include <errno.h>
#include <stdlib.h>

enum { MAX_HEADER = 64 << 10, STEP = 64 << 10 };
#define BEGIN ZW_STR_LIT("WARC/")

typedef struct warc {
    articles_reader_t *reader;
    stream_t *stream;
    gunzip_t *members; /* or NULL */
    const char *file;
    place_t place;     /* of the record under way */
    zw_buf_t header, line, block, space[2];
} warc_t;

/* ---- what is in a record */

static bool is_article(zw_str_t type, zw_str_t *ret_format)
{
    bool html = http_is(type, "text/html") || http_is(type, "application/xhtml+xml");
    *ret_format = html ? ZW_STR_LIT("html") : zw_str(NULL, 0);
    return html || http_is(type, "text/plain");
}

static int give(warc_t *w, zw_str_t type, zw_str_t charset, zw_str_t body)
{
    zw_str_t url = http_field(zw_buf_str(&w->header), "WARC-Target-URI");
    if (url.n > 2 && url.p[0] == '<' && url.p[url.n - 1] == '>') /* as some versions of wget write it */
        url = zw_str(url.p + 1, url.n - 2);
    article_t a = { .url = url, .charset = charset, .body = body, .file = w->file, .place = w->place };
    if (body.n == 0 || !is_article(type, &a.format)) {
        w->reader->passed_over++;
        return 0;
    }
    return articles_give(w->reader, &a);
}

static int take_response(warc_t *w)
{
    http_t http;
    zw_str_t why;
    int r = http_read(zw_buf_str(&w->block), w->reader->max_bytes, w->space, &http, &why);
    if (r == -ENOMEM)
        return r;
    if (r == -ZW_E_VERSION)
        return articles_bad(w->reader, w->file, w->place, "a body packed as \"%.*s\" cannot be read", ZW_STR_ARGS(why));
    if (r < 0)
        return articles_bad(w->reader, w->file, w->place, "%s", r == -ZW_E_VALUE ? "holds no HTTP answer" :
                            r == -ZW_E_TOO_LARGE ? "the body unpacks to too much" : "the HTTP body is damaged");
    if (http.status != 200) {
        w->reader->passed_over++;
        return 0;
    }
    return give(w, http.type, http.charset, http.body);
}

static int take_record(warc_t *w)
{
    zw_str_t header = zw_buf_str(&w->header), type = http_field(header, "WARC-Type"), charset;
    zw_str_t content = http_type(http_field(header, "Content-Type"), &charset);
    if (http_is(type, "response") && http_is(content, "application/http"))
        return take_response(w);
    if (http_is(type, "resource") || http_is(type, "response"))
        return give(w, content, charset, zw_buf_str(&w->block));
    if (http_is(type, "conversion")) /* UTF-8 by the practice of those who make them */
        return give(w, content, charset.n > 0 ? charset : ZW_STR_LIT("utf-8"), zw_buf_str(&w->block));
    w->reader->passed_over++;
    return 0;
}

/* ---- one record after the other */

/* 1; 0 at the end; -ZW_E_CORRUPT with the reason in the stream's `error`. */
static int read_header(warc_t *w)
{
    int r;
    zw_buf_clear(&w->header);
    do { /* empty lines before it do no harm */
        w->place.at = w->members ? w->members->member : w->stream->offset;
        r = stream_line(w->stream, MAX_HEADER, &w->line);
        if (r <= 0)
            return r;
    } while (w->line.n == 0 || (w->line.n == 1 && w->line.p[0] == '\r'));
    if (!zw_str_starts(zw_buf_str(&w->line), BEGIN))
        return stream_fail(w->stream, -ZW_E_CORRUPT, "no record begins here");
    while ((r = stream_line(w->stream, MAX_HEADER, &w->line)) == 1) {
        if (w->line.n == 0 || (w->line.n == 1 && w->line.p[0] == '\r'))
            return 1;
        (void)zw_buf_puts(&w->header, zw_buf_str(&w->line));
        if (zw_buf_putc(&w->header, '\n') < 0)
            return -ENOMEM;
        if (w->header.n > MAX_HEADER)
            return stream_fail(w->stream, -ZW_E_CORRUPT, "the header is too long");
    }
    return r < 0 ? r : stream_fail(w->stream, -ZW_E_CORRUPT, "ends within a header");
}

static int read_block(warc_t *w)
{
    zw_str_t length = http_field(zw_buf_str(&w->header), "Content-Length"), end;
    zw_buf_clear(&w->block);
    if (length.n == 0 || length.n > 15 || strspn(length.p, "0123456789") < length.n)
        return stream_fail(w->stream, -ZW_E_CORRUPT, "the record has no length");
    uint64_t n = strtoull(length.p, NULL, 10);
    if (n > w->reader->max_bytes)
        return -ZW_E_TOO_LARGE;
    int r = stream_take(w->stream, (size_t)n, &w->block);
    if (r == 0)
        r = stream_peek(w->stream, 4, &end);
    if (r < 0)
        return r;
    if (!zw_str_eq(end, ZW_STR_LIT("\r\n\r\n")) && !zw_str_starts(end, ZW_STR_LIT("\n\n")))
        return stream_fail(w->stream, -ZW_E_CORRUPT, "the record does not end where it says");
    stream_skip(w->stream, end.p[0] == '\r' ? 4 : 2);
    return stream_peek(w->stream, 1, &end); /* the check sum of a packed record is behind its last byte */
}

/* A packed record is behind. 1; 0 at the end. */
static int next_member(warc_t *w)
{
    w->place.at = w->members->packed->offset;
    int r = gunzip_next(w->members, w->stream, BEGIN);
    if (r < 0 || w->members->passed == 0)
        return r;
    int told = articles_bad(w->reader, w->file, w->place, "%llu damaged bytes", (unsigned long long)w->members->passed);
    return told < 0 ? told : r;
}

/* To where the next record may begin, behind a damaged one. 1; 0 at the end. */
static int find_next(warc_t *w)
{
    zw_str_t bytes, taken = zw_buf_str(&w->block);
    /* A length that is too great has swallowed records. */
    const char *at = taken.n > 0 ? memmem(taken.p, taken.n, "\nWARC/1.", 8) : NULL;
    if (at) {
        int r = stream_put_back(w->stream, zw_str(at + 1, taken.n - (size_t)(at + 1 - taken.p)));
        return r < 0 ? r : 1;
    }
    while (stream_peek(w->stream, STEP, &bytes) == 0 && bytes.n > 0) {
        at = memmem(bytes.p, bytes.n, "WARC/1.", 7);
        stream_skip(w->stream, at ? (size_t)(at - bytes.p) : bytes.n > 6 ? bytes.n - 6 : bytes.n);
        if (at)
            return 1;
    }
    return w->stream->code == -ENOMEM ? -ENOMEM : w->members ? next_member(w) : 0;
}

static int tell_damage(warc_t *w, int code)
{
    int r = code == -ZW_E_TOO_LARGE ? articles_bad(w->reader, w->file, w->place, "the record is too large")
                                    : articles_bad(w->reader, w->file, w->place, "damaged record: %s", w->stream->error);
    return r < 0 ? r : find_next(w);
}

static int read_records(warc_t *w)
{
    int more = 1;
    while (more > 0) {
        zw_buf_clear(&w->block);
        int r = read_header(w);
        if (r == 0) { /* the end of the file, or of a member of it */
            more = w->members ? next_member(w) : 0;
            continue;
        }
        if (r == 1)
            r = read_block(w);
        if (r == -ENOMEM)
            return r;
        if (r < 0)
            more = tell_damage(w, r);
        else if ((r = take_record(w)) < 0)
            return r;
    }
    return more;
}

int warc_read(articles_reader_t *r, stream_t *s, gunzip_t *members, const char *file)
{
    warc_t w = { .reader = r, .stream = s, .members = members, .file = file, .place = { .in = PLACE_OFFSET } };
    int result = read_records(&w);
    zw_buf_t *buffers[] = { &w.header, &w.line, &w.block, &w.space[0], &w.space[1] };
    for (size_t k = 0; k < sizeof buffers / sizeof *buffers; k++)
        zw_buf_done(buffers[k]);
    return result;
}
