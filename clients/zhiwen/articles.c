#include "articles_priv.h"

#include "kind.h"
#include "unpack.h"
#include "zw_error.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 6 };
static const place_t WHOLE = { PLACE_FILE, 0 };

int articles_bad(articles_reader_t *r, const char *file, place_t place, const char *format, ...)
{
    char message[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return r->bad(r->ctx, file, place, message);
}

int articles_give(articles_reader_t *r, article_t *article)
{
    zw_buf_t _cleanup_buf_ space = { 0 };
    if (zw_str_eqz(article->format, "html"))
        page_describe(article, &space);
    return r->article(r->ctx, article);
}

const char *place_name(place_t place)
{
    static const char *const NAMES[] = { NULL, "line", "offset", "item" };
    return NAMES[place.in];
}

void place_put(const char *file, place_t place, zw_buf_t *out)
{
    static const char MARKS[] = " :@#";
    (void)zw_buf_puts(out, zw_strz(file));
    if (place.in != PLACE_FILE)
        (void)zw_buf_printf(out, "%c%llu", MARKS[place.in], (unsigned long long)place.at);
}

void article_make_id(const article_t *a, char out[33])
{
    unsigned char hash[16];
    crypto_generichash_state state;
    const zw_str_t parts[] = { a->url, a->title, a->published, a->body };
    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        uint64_t n = parts[k].n;
        (void)crypto_generichash_update(&state, (const unsigned char *)&n, sizeof n);
        (void)crypto_generichash_update(&state, (const unsigned char *)parts[k].p, n);
    }
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    (void)sodium_bin2hex(out, 33, hash, sizeof hash);
}

/* ---- reading one */

static int read_stream(articles_reader_t *r, stream_t *s, const char *name, unsigned depth);

static int read_text(articles_reader_t *r, stream_t *s, const char *name, bool page)
{
    zw_buf_t _cleanup_buf_ body = { 0 };
    int e = stream_rest(s, r->max_bytes, &body);
    if (e == -ENOMEM)
        return e;
    if (e < 0)
        return articles_bad(r, name, WHOLE, "%s", e == -ZW_E_TOO_LARGE ? "too large for an article" : s->error);
    article_t a = { .file = name, .body = zw_buf_str(&body) };
    if (page)
        a.format = ZW_STR_LIT("html");
    return articles_give(r, &a);
}

static int read_gzip(articles_reader_t *r, stream_t *packed, const char *name, unsigned depth)
{
    gunzip_t g;
    stream_t s;
    zw_str_t head = { 0 };
    int result = gunzip_open(&g, packed, true, &s);
    if (result < 0)
        return result;
    (void)stream_peek(&s, 5, &head); /* damaged at its very beginning: read_stream tells */
    if (zw_str_starts(head, ZW_STR_LIT("WARC/"))) {
        result = warc_read(r, &s, &g, name);
    } else {
        g.by_member = g.keeps = false;
        s.ended = s.code < 0;
        result = read_stream(r, &s, name, depth + 1);
    }
    stream_done(&s);
    gunzip_close(&g);
    return result;
}

static int read_packed(articles_reader_t *r, stream_t *packed, const char *name, unsigned depth)
{
    unpack_t u;
    stream_t s;
    int result = unpack_open(&u, packed, &s);
    if (result == 0)
        result = read_stream(r, &s, name, depth + 1);
    else if (result != -ENOMEM)
        result = articles_bad(r, name, WHOLE, "%s", s.error);
    stream_done(&s);
    unpack_close(&u);
    return result;
}

static int read_entry(articles_reader_t *r, stream_t *s, const char *archive, const char *entry, unsigned depth)
{
    const char *base = strrchr(entry, '/');
    if ((base ? base + 1 : entry)[0] == '.') /* as in folders */
        return 0;
    char *name = NULL;
    if (asprintf(&name, "%s:%s", archive, entry) < 0)
        return -ENOMEM;
    int result = read_stream(r, s, name, depth + 1);
    free(name);
    return result;
}

static int read_archive(articles_reader_t *r, stream_t *packed, const char *name, unsigned depth)
{
    unpack_t u;
    stream_t s;
    const char *entry;
    bool told = false;
    int result = unpack_archive(&u, packed, &s), more = result == 0 ? 1 : result;
    result = result == -ENOMEM ? result : 0;
    while (more == 1 && result >= 0) {
        more = unpack_next(&u, &s, &entry);
        if (more == 1) {
            result = read_entry(r, &s, name, entry, depth);
            told = false;
        } else if (more == -EAGAIN) { /* block after block, until an entry begins */
            more = 1;
            if (!told)
                result = articles_bad(r, name, (place_t){ PLACE_OFFSET, u.entry }, "%s", s.error);
            told = true;
        }
    }
    if (result == 0 && more < 0)
        result = more == -ENOMEM ? more : articles_bad(r, name, (place_t){ PLACE_OFFSET, packed->offset }, "%s", s.error);
    stream_done(&s);
    unpack_close(&u);
    return result;
}

static int read_stream(articles_reader_t *r, stream_t *s, const char *name, unsigned depth)
{
    zw_str_t head;
    int e = stream_peek(s, KIND_HEAD, &head);
    if (e < 0)
        return e == -ENOMEM ? e : articles_bad(r, name, WHOLE, "%s", s->error);
    if (depth > MAX_DEPTH)
        return articles_bad(r, name, WHOLE, "packed too deep");
    kind_t kind = r->jsonl ? kind_of(head, "-.jsonl") : kind_of(head, name);
    switch (kind) {
    case IS_GZIP: return read_gzip(r, s, name, depth);
    case IS_PACKED: return read_packed(r, s, name, depth);
    case IS_ARCHIVE: return read_archive(r, s, name, depth);
    case IS_WARC: return warc_read(r, s, NULL, name);
    case IS_JSONL: return jsonl_read(r, s, name);
    case IS_FEED: return feed_read(r, s, name);
    case IS_OTHER: return articles_bad(r, name, WHOLE, "%s, no text", kind_other(head));
    default: return read_text(r, s, name, kind == IS_PAGE);
    }
}

static int read_file(articles_reader_t *r, const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    stream_file_t file = { standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), &r->bytes_done };
    if (file.fd < 0)
        return articles_bad(r, path, WHOLE, "cannot be opened: %s", strerror(errno));
    stream_t s = stream_of_file(&file);
    int result = read_stream(r, &s, path, 0);
    stream_done(&s);
    if (!standard)
        (void)close(file.fd);
    return result;
}

/* ---- files and folders */

typedef int (*visit_fn)(articles_reader_t *r, const char *path);

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int visit_entry(articles_reader_t *r, const FTSENT *entry, visit_fn visit)
{
    switch (entry->fts_info) {
    case FTS_F:
        return visit(r, entry->fts_path);
    case FTS_DEFAULT: /* a pipe, as of <(command) */
        return entry->fts_level == 0 ? visit(r, entry->fts_path) : 0;
    case FTS_NS:
    case FTS_DNR:
    case FTS_ERR:
        return visit == read_file ? articles_bad(r, entry->fts_path, WHOLE, "cannot be read: %s", strerror(entry->fts_errno)) : 0;
    default:
        return 0;
    }
}

static int walk(articles_reader_t *r, const char *path, visit_fn visit)
{
    if (strcmp(path, "-") == 0)
        return visit(r, path);
    char *const roots[] = { (char *)path, NULL };
    FTS *tree = fts_open(roots, FTS_COMFOLLOW | FTS_LOGICAL | FTS_NOCHDIR, by_name);
    if (!tree)
        return -errno;
    int result = 0;
    for (FTSENT *entry; result >= 0 && (entry = fts_read(tree));) {
        if (entry->fts_level > 0 && entry->fts_name[0] == '.')
            (void)fts_set(tree, entry, FTS_SKIP);
        else
            result = visit_entry(r, entry, visit);
    }
    (void)fts_close(tree);
    return result;
}

static int add_size(articles_reader_t *r, const char *path)
{
    struct stat s;
    r->files++;
    if (strcmp(path, "-") == 0 || stat(path, &s) < 0 || !S_ISREG(s.st_mode))
        return -ENOENT; /* its size is not known, and so no total is */
    r->bytes_total += (uint64_t)s.st_size;
    return 0;
}

int articles_read(articles_reader_t *r, char *const *paths, size_t count)
{
    static char standard_input[] = "-";
    char *const only[] = { standard_input };
    if (sodium_init() < 0)
        return -ENOSYS;
    if (count == 0) {
        paths = only;
        count = 1;
    }
    bool known = true;
    for (size_t k = 0; k < count; k++)
        known = walk(r, paths[k], add_size) >= 0 && known;
    if (!known)
        r->bytes_total = 0;
    int result = 0;
    for (size_t k = 0; k < count && result >= 0; k++)
        result = walk(r, paths[k], read_file);
    return result < 0 ? result : 0;
}
