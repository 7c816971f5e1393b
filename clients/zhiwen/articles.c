#include "articles.h"

#include "base/file.h"
#include "zw_error.h"

#include <errno.h>
#include <fts.h>
#include <jansson.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* ---- JSON Lines */

static int __attribute__((format(printf, 4, 5)))
bad(articles_reader_t *r, const char *file, unsigned line, const char *format, ...)
{
    char message[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return r->bad(r->ctx, file, line, message);
}

/* null counts as absent. False when it is there and no string. */
static bool get_string(json_t *object, const char *key, zw_str_t *ret)
{
    json_t *value = json_object_get(object, key);
    *ret = zw_str(NULL, 0);
    if (!value || json_is_null(value))
        return true;
    if (!json_is_string(value))
        return false;
    *ret = zw_str(json_string_value(value), json_string_length(value));
    return true;
}

static int decode_base64(zw_str_t text, zw_buf_t *out)
{
    size_t n;
    if (zw_buf_reserve(out, text.n / 4 * 3 + 3) < 0)
        return -ENOMEM;
    if (sodium_base642bin((unsigned char *)out->p, out->cap, text.p, text.n, "\r\n ", &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return -ZW_E_VALUE;
    out->n = n;
    return 0;
}

static int take_object(articles_reader_t *r, json_t *object, const char *file, unsigned line)
{
    article_t a = { .file = file, .line = line };
    zw_str_t text, raw;
    zw_buf_t _cleanup_buf_ bytes = { 0 };
    const struct {
        const char *key;
        zw_str_t *to;
    } fields[] = { { "id", &a.id },           { "title", &a.title },     { "source", &a.source }, { "url", &a.url },
                   { "published", &a.published }, { "charset", &a.charset }, { "format", &a.format }, { "text", &text },
                   { "raw_b64", &raw } };
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
        if (!get_string(object, fields[k].key, fields[k].to))
            return bad(r, file, line, "\"%s\" must be a string", fields[k].key);
    if ((text.p != NULL) == (raw.p != NULL))
        return bad(r, file, line, "%s", text.p ? "\"text\" and \"raw_b64\" exclude each other"
                                               : "neither \"text\" nor \"raw_b64\"");
    a.body_is_text = text.p != NULL;
    a.body = text;
    if (raw.p) {
        int e = decode_base64(raw, &bytes);
        if (e < 0)
            return e == -ENOMEM ? e : bad(r, file, line, "\"%s\" is not base64", "raw_b64");
        a.body = zw_buf_str(&bytes);
    }
    return r->article(r->ctx, &a);
}

static int take_line(articles_reader_t *r, const char *text, size_t n, const char *file, unsigned line)
{
    json_error_t error;
    while (n > 0 && strchr("\r\n \t", text[n - 1]))
        n--;
    if (n == 0)
        return 0;
    if (n > r->max_bytes)
        return bad(r, file, line, "%s", "line is too long");
    json_t *object = json_loadb(text, n, 0, &error);
    if (!object)
        return bad(r, file, line, "not JSON: %s", error.text);
    int result = json_is_object(object) ? take_object(r, object, file, line) : bad(r, file, line, "%s", "not a JSON object");
    json_decref(object);
    return result;
}

static int read_lines(articles_reader_t *r, FILE *in, const char *file)
{
    char *text = NULL;
    size_t cap = 0;
    ssize_t n;
    int result = 0;
    uint64_t before = r->bytes_done, at = 0;
    for (unsigned line = 1; result >= 0 && (n = getline(&text, &cap, in)) >= 0; line++) {
        at += (uint64_t)n;
        r->bytes_done = before + at;
        result = take_line(r, text, (size_t)n, file, line);
    }
    if (result >= 0 && ferror(in))
        result = bad(r, file, 0, "cannot be read: %s", strerror(errno));
    free(text);
    return result;
}

static int read_jsonl(articles_reader_t *r, const char *path)
{
    if (strcmp(path, "-") == 0)
        return read_lines(r, stdin, path);
    FILE *in = fopen(path, "re");
    if (!in)
        return bad(r, path, 0, "cannot be opened: %s", strerror(errno));
    int result = read_lines(r, in, path);
    (void)fclose(in);
    return result;
}

/* ---- one article a file */

static bool has_ending(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n > m && strcasecmp(path + n - m, ending) == 0;
}

static int read_text(articles_reader_t *r, const char *path)
{
    zw_buf_t _cleanup_buf_ body = { 0 };
    int e = zw_file_read(path, r->max_bytes, &body);
    if (e == -ENOMEM)
        return e;
    if (e < 0)
        return bad(r, path, 0, "cannot be read: %s", zw_error_text(e));
    article_t a = { .file = path, .body = zw_buf_str(&body) };
    if (has_ending(path, ".html") || has_ending(path, ".htm"))
        a.format = ZW_STR_LIT("html");
    r->bytes_done += body.n;
    return r->article(r->ctx, &a);
}

static int read_file(articles_reader_t *r, const char *path)
{
    return r->jsonl || has_ending(path, ".jsonl") ? read_jsonl(r, path) : read_text(r, path);
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
        return visit == read_file ? bad(r, entry->fts_path, 0, "cannot be read: %s", strerror(entry->fts_errno)) : 0;
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
