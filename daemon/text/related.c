/* Headline lists: "- title(2011-02-18)", "title(2月16日)", what stands under 相关新闻. */
#include "text/layout.h"

#include <errno.h>

#include "base/utf8.h"

enum { TITLE_MAX = 90, HEADER_MAX = 16, HEADER_MAX_BYTES = 32 };

typedef struct entry {
    zw_str_t title, date;
    bool bullet, dated, bracketed;
} entry_t;

static bool is_bullet(uint32_t cp)
{
    static const uint32_t BULLETS[] = { '-', '*', '>', 0xB7, 0x2022, 0x2013, 0x2014, 0x25A0, 0x25A1, 0x25AA, 0x25B2, 0x25B6, 0x25BA,
                                        0x25C6, 0x25C7, 0x25CF, 0x25CB, 0x3007, 0x203B, 0x2605, 0x2606, 0xBB };
    for (size_t i = 0; i < sizeof BULLETS / sizeof *BULLETS; i++)
        if (cp == BULLETS[i])
            return true;
    return false;
}

static bool is_header(zw_str_t line)
{
    static const char *const WORDS[] = { "相关新闻", "相关阅读", "相关链接", "相关报道", "相关文章", "相关内容", "相关资讯", "推荐阅读", "延伸阅读", "热点新闻", "热门文章",
                                         "更多新闻", "最新文章", "最新新闻", "图片新闻", "新闻链接", "往期回顾", "猜你喜欢", "热点推荐", "精彩推荐", "热门推荐", "新闻排行", "上一篇", "下一篇" };
    for (size_t i = 0; line.n <= HEADER_MAX_BYTES && i < sizeof WORDS / sizeof *WORDS; i++) {
        const char *at = memmem(line.p, line.n, WORDS[i], strlen(WORDS[i]));
        if (at && line.n <= strlen(WORDS[i]) + HEADER_MAX && at - line.p <= 6)
            return true;
    }
    return false;
}

static zw_str_t trim(zw_str_t s)
{
    while (s.n && s.p[0] == ' ')
        s.p++, s.n--;
    while (s.n && s.p[s.n - 1] == ' ')
        s.n--;
    return s;
}

/* The date at the end of s, in brackets or bare; cuts s before it. */
static bool cut_date(zw_str_t *s, zw_str_t *ret_date, bool *ret_bracketed)
{
    zw_str_t t = trim(*s);
    bool bracketed = t.n > 2 && (t.p[t.n - 1] == ')' || t.p[t.n - 1] == ']');
    size_t end = bracketed ? t.n - 1 : t.n, from = end > 24 ? end - 24 : 0;
    for (size_t i = from; i < end; i++) {
        char edtf[12];
        bool open = i > 0 && (t.p[i - 1] == '(' || t.p[i - 1] == '[');
        if (t.p[i] < '0' || t.p[i] > '9' || (i > 0 && t.p[i - 1] >= '0' && t.p[i - 1] <= '9') || (bracketed && !open))
            continue;
        if (zw_date_at(zw_str(t.p + i, end - i), edtf) != end - i)
            continue;
        *ret_date = zw_str(t.p + i, end - i);
        *ret_bracketed = bracketed;
        *s = trim(zw_str(t.p, bracketed ? i - 1 : i));
        return true;
    }
    return false;
}

static entry_t entry_of(zw_str_t line)
{
    entry_t e = { .title = trim(line) };
    while (e.title.n) {
        uint32_t cp;
        unsigned n = zw_utf8_decode(e.title.p, e.title.p + e.title.n, &cp);
        if (!is_bullet(cp))
            break;
        e.bullet = true;
        e.title = trim(zw_str(e.title.p + n, e.title.n - n));
    }
    e.dated = cut_date(&e.title, &e.date, &e.bracketed);
    return e;
}

/* A headline has no end of sentence in it. */
static bool is_headline(const zw_row_t *row, const entry_t *e)
{
    return row->n >= 4 && row->n <= TITLE_MAX && e->title.n >= 6 && !row->stop && !zw_str_ends(e->title, ZW_STR_LIT(";"));
}

static int add(zw_repair_t *r, zw_row_t *row, const entry_t *e, zw_related_t **list, size_t *n, size_t *cap)
{
    if (*n == *cap) {
        size_t more = *cap ? 2 * *cap : 16;
        zw_related_t *p = zw_arena_grow(r->arena, *list, *cap * sizeof *p, more * sizeof *p);
        if (!p)
            return -ENOMEM;
        *list = p;
        *cap = more;
    }
    char edtf[12] = "";
    if (e->dated)
        (void)zw_date_at(e->date, edtf);
    zw_str_t date = zw_arena_str(r->arena, zw_strz(edtf));
    if (!date.p)
        return -ENOMEM;
    for (size_t i = 0; i < *n; i++)
        if (i < 64 && zw_str_eq((*list)[i].title, e->title) && zw_str_eq((*list)[i].date, date))
            goto taken; /* the list of a body that stands twice */
    (*list)[(*n)++] = (zw_related_t){ e->title, date };
taken:
    row->gone = true;
    zw_note_units(r, ZW_REPAIR_RELATED, row->u, row->n, NULL, 0);
    return 0;
}

int zw_related_take(zw_repair_t *r, zw_rows_t *rows, const zw_related_t **ret, size_t *ret_count)
{
    zw_related_t *list = NULL;
    size_t n = 0, cap = 0, tail = rows->n;
    /* Where the run of dated headlines at the very end begins. */
    while (tail > 0) {
        entry_t e = entry_of(rows->p[tail - 1].utf8);
        if (!e.dated || !e.bracketed || !is_headline(&rows->p[tail - 1], &e))
            break;
        tail--;
    }
    bool at_end = rows->n - tail >= 2;
    for (size_t i = 0; i < rows->n;) {
        zw_row_t *row = &rows->p[i];
        size_t k = i;
        if (is_header(row->utf8)) {
            size_t dated = 0, undated = 0, heads = i + 1;
            while (heads < rows->n && is_header(rows->p[heads].utf8))
                heads++;
            for (k = heads; k < rows->n; k++) {
                entry_t e = entry_of(rows->p[k].utf8);
                bool taken = e.dated || e.bullet || (dated == 0 && !rows->p[k].comma && rows->p[k].n <= 40);
                if (!taken || !is_headline(&rows->p[k], &e) || is_header(rows->p[k].utf8))
                    break;
                (e.dated ? &dated : &undated)[0]++;
            }
            /* Undated lines under such a word are headlines only where nothing but headlines follows. */
            if (k > heads && (dated > 0 || k == rows->n)) {
                for (; i < heads; i++) {
                    rows->p[i].gone = true;
                    zw_note_units(r, ZW_REPAIR_BOILERPLATE, rows->p[i].u, rows->p[i].n, NULL, 0);
                }
                for (size_t j = heads; j < k; j++) {
                    entry_t e = entry_of(rows->p[j].utf8);
                    int x = add(r, &rows->p[j], &e, &list, &n, &cap);
                    if (x < 0)
                        return x;
                }
                i = k;
                continue;
            }
            i = heads; /* words over nothing stay lines of the text */
            continue;
        }
        entry_t e = row->n <= TITLE_MAX ? entry_of(row->utf8) : (entry_t){ 0 };
        if (e.dated && is_headline(row, &e) && ((e.bullet && e.bracketed) || (at_end && i >= tail && e.bracketed))) {
            int x = add(r, row, &e, &list, &n, &cap);
            if (x < 0)
                return x;
        }
        i++;
    }
    *ret = list;
    *ret_count = n;
    return 0;
}
