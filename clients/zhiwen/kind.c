#include "kind.h"

#include "gunzip.h"

#include <stdlib.h>
#include <strings.h>

enum { TAR_MAGIC_AT = 257 };

static bool has_ending(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n > m && strcasecmp(path + n - m, ending) == 0;
}

static bool begins(zw_str_t s, const char *with)
{
    return s.n >= strlen(with) && strncasecmp(s.p, with, strlen(with)) == 0;
}

static zw_str_t behind(zw_str_t s, const char *mark)
{
    const char *at = memmem(s.p, s.n, mark, strlen(mark));
    return at ? zw_str(at + strlen(mark), s.n - (size_t)(at + strlen(mark) - s.p)) : zw_str(s.p + s.n, 0);
}

/* A byte order mark, blanks, and what may stand before the root of a document. */
static zw_str_t skip_prolog(zw_str_t s)
{
    if (begins(s, "\xef\xbb\xbf"))
        s = zw_str(s.p + 3, s.n - 3);
    for (;;) {
        while (s.n > 0 && strchr(" \t\r\n", s.p[0]))
            s = zw_str(s.p + 1, s.n - 1);
        if (begins(s, "<!--"))
            s = behind(s, "-->");
        else if (begins(s, "<?"))
            s = behind(s, "?>");
        else if (begins(s, "<!DOCTYPE") && !begins(s, "<!DOCTYPE html"))
            s = behind(s, ">");
        else
            return s;
    }
}

const char *kind_other(zw_str_t head)
{
    static const struct {
        const char *magic;
        size_t n;
        const char *name;
    } kinds[] = { { "%PDF-", 5, "a PDF document" }, { "\x89PNG", 4, "a picture" }, { "\xff\xd8\xff", 3, "a picture" },
                  { "GIF8", 4, "a picture" }, { "RIFF", 4, "a picture, sound or film" }, { "\xd0\xcf\x11\xe0", 4, "an office document" },
                  { "\x7f" "ELF", 4, "a program" }, { "SQLite format 3", 15, "a database" }, { "7z\xbc\xaf\x27\x1c", 6, "a 7z archive" },
                  { "Rar!", 4, "a RAR archive" } };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (head.n >= kinds[k].n && memcmp(head.p, kinds[k].magic, kinds[k].n) == 0)
            return kinds[k].name;
    bool office = begins(head, "PK\3\4") && (memmem(head.p, head.n, "[Content_Types].xml", 19) || memmem(head.p, head.n < 64 ? head.n : 64, "mimetype", 8));
    return office ? "an office document" : NULL;
}

/* The sum over the header of a tar entry, which is written in it. */
static bool is_tar(zw_str_t head)
{
    unsigned sum = 8 * ' ';
    char *end;
    if (head.n < 512 || head.p[0] == '\0')
        return false;
    for (size_t k = 0; k < 512; k++)
        sum += k >= 148 && k < 156 ? 0 : (unsigned char)head.p[k];
    char digits[9] = { 0 };
    memcpy(digits, head.p + 148, 8);
    bool right = strtoul(digits, &end, 8) == sum && end > digits;
    return right || memcmp(head.p + TAR_MAGIC_AT, "ustar", 5) == 0;
}

static bool is_jsonl(zw_str_t head)
{
    head = skip_prolog(head);
    if (!begins(head, "{"))
        return false;
    size_t k = 1;
    while (k < head.n && strchr(" \t", head.p[k]))
        k++;
    return k < head.n && head.p[k] == '"';
}

kind_t kind_of(zw_str_t head, const char *name)
{
    static const char *const PACKED[] = { "\x28\xb5\x2f\xfd", "BZh", "\xfd" "7zXZ", "\x04\x22\x4d\x18" };
    if (gunzip_is(head))
        return IS_GZIP;
    for (size_t k = 0; k < sizeof PACKED / sizeof *PACKED; k++)
        if (zw_str_starts(head, zw_strz(PACKED[k])))
            return IS_PACKED;
    if (kind_other(head))
        return IS_OTHER;
    if (begins(head, "PK\3\4") || is_tar(head))
        return IS_ARCHIVE;
    if (zw_str_starts(head, ZW_STR_LIT("WARC/")))
        return IS_WARC;
    if (has_ending(name, ".jsonl") || has_ending(name, ".ndjson") || is_jsonl(head))
        return IS_JSONL;
    zw_str_t root = skip_prolog(head);
    const char *colon = memchr(root.p, ':', root.n < 10 ? root.n : 10);
    if (begins(root, "<rss") || begins(root, "<feed") || (begins(root, "<") && colon && begins(zw_str(colon + 1, root.n - (size_t)(colon + 1 - root.p)), "RDF")))
        return IS_FEED;
    bool page = has_ending(name, ".html") || has_ending(name, ".htm") || begins(root, "<!DOCTYPE html") || begins(root, "<html");
    return page ? IS_PAGE : IS_TEXT;
}
