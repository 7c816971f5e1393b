/* Layout: lines, what kind each is, and the result put together without lists and doubled lines. */
#include "text/layout.h"

#include <errno.h>

#include "base/utf8.h"

enum { HEADING_MAX = 30, SHORT_MAX = 60, AD_MAX = 120, HEAD_ROWS = 6, CAPTION_MAX = 60 };

static bool has_any(zw_str_t s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (zw_has(s, words[i]))
            return true;
    return false;
}
static bool begins_any(zw_str_t s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (zw_begins(s, words[i]))
            return true;
    return false;
}
#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A telephone number, a link or a chat number: seven figures with at most a dash between. */
static bool has_contact(zw_str_t s)
{
    static const char *const LINKS[] = { "http://", "https://", "www.", "微信号", "加微信", "QQ:", "QQ群", "qq:" };
    if (has_any(s, LINKS, COUNT(LINKS)))
        return true;
    size_t run = 0;
    for (size_t i = 0; i < s.n; i++) {
        run = s.p[i] >= '0' && s.p[i] <= '9' ? run + 1 : s.p[i] == '-' && run > 0 ? run : 0;
        if (run >= 7)
            return true;
    }
    return false;
}

static bool is_ad(const zw_row_t *row)
{
    static const char *const LABELS[] = { "【广告】", "[广告]", "(广告)", "广告:", "推广:", "【推广】", "分享到", "分享至", "【赞助", "[推广]", "扫一扫", "版权所有", "Copyright", "点击下载",
                                          "打印本页", "关闭窗口", "【打印】", "【关闭】", "上一篇:", "下一篇:", "收藏本站", "设为首页", "返回首页", "本站声明", "免责声明" };
    static const char *const SALES[] = { "咨询", "代办", "办证", "优惠", "促销", "特价", "热线", "扫码", "关注公众号", "免费", "出证", "包过", "下载APP", "点击", "抢购", "贷款", "加盟", "包邮", "订购", "代理" };
    if (begins_any(row->utf8, LABELS, COUNT(LABELS)) || (row->n <= SHORT_MAX && zw_has(row->utf8, "ICP备")))
        return true;
    if (row->n > AD_MAX || !has_contact(row->utf8))
        return false;
    size_t sales = 0;
    for (size_t i = 0; i < COUNT(SALES); i++)
        sales += zw_has(row->utf8, SALES[i]);
    return sales >= 2 || (sales >= 1 && row->n <= SHORT_MAX && !zw_str_ends(row->utf8, ZW_STR_LIT("。")));
}

static bool is_byline(const zw_row_t *row, size_t index)
{
    static const char *const STARTS[] = { "本报记者", "本刊记者", "本网记者", "记者", "通讯员", "来源", "稿源", "信息来源", "文章来源", "编辑", "责任编辑", "责编", "作者", "文/", "图/", "校对", "审核",
                                          "供稿", "撰稿", "摄影", "发布时间", "发布日期", "时间:", "日期:", "浏览", "点击数", "字号", "(记者", "(通讯员", "(本报记者", "(作者", "(责任编辑", "(编辑", "【记者" };
    if (row->n > SHORT_MAX || zw_has(row->utf8, "。"))
        return false;
    if (begins_any(row->utf8, STARTS, COUNT(STARTS)))
        return !zw_has(row->utf8, ",") || zw_has(row->utf8, "记者:");
    static const char *const INSIDE[] = { "来源:", "记者", "作者:", "编辑:" };
    return index < HEAD_ROWS && row->n <= 40 && has_any(row->utf8, INSIDE, COUNT(INSIDE)) && !zw_has(row->utf8, ",") &&
           !zw_has(row->utf8, "?");
}

static bool is_caption(const zw_row_t *row)
{
    static const char *const STARTS[] = { "图为", "上图", "下图", "左图", "右图", "图片说明", "图说", "(图", "资料图", "题图", "图1", "图2", "图3", "图一", "图二", "图三", "附图", "附表", "表1", "表2", "表3", "表一", "表二" };
    return row->n <= CAPTION_MAX && begins_any(row->utf8, STARTS, COUNT(STARTS));
}

static bool is_heading(const zw_row_t *row)
{
    if (row->n > HEADING_MAX || row->n == 0)
        return false;
    uint32_t last = row->u[row->n - 1].cp;
    return !zw_is_final(last) && last != ',' && last != ':' && last != 0x3001 && last != 0x201D && last != ')' && !zw_has(row->utf8, "。") &&
           !zw_has(row->utf8, ",");
}

static void classify(zw_repair_t *r, zw_rows_t *rows)
{
    bool any_body = false;
    size_t index = 0;
    for (size_t i = 0; i < rows->n; i++) {
        zw_row_t *row = &rows->p[i];
        if (row->gone)
            continue;
        unsigned flags = row->n ? row->u[0].flags : 0;
        row->kind = is_ad(row) ? ZW_LINE_AD
                    : flags & ZW_UNIT_HEADING || (!(flags & ZW_UNIT_CELL) && is_heading(row) && !is_byline(row, index)) ? ZW_LINE_HEADING
                    : is_byline(row, index) ? ZW_LINE_BYLINE
                    : flags & ZW_UNIT_CAPTION || is_caption(row) ? ZW_LINE_CAPTION
                                                                 : ZW_LINE_BODY;
        any_body |= row->kind == ZW_LINE_BODY;
        if (row->kind == ZW_LINE_AD)
            zw_note_units(r, ZW_REPAIR_BOILERPLATE, row->u, row->n, NULL, 0);
        index++;
    }
    /* A message of one short line says what it has to say in it. */
    for (size_t i = 0; i < rows->n && !any_body; i++)
        if (!rows->p[i].gone && rows->p[i].kind == ZW_LINE_HEADING)
            rows->p[i].kind = ZW_LINE_BODY;
}

static uint32_t utf8_length(uint32_t cp)
{
    return cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
}

/* The rows of the text: lines that are not empty, trimmed. */
static int cut_rows(zw_repair_t *r, zw_rows_t *ret)
{
    zw_unit_t *u = r->text.u;
    size_t n = r->text.n, count = 1;
    uint32_t *offsets = zw_arena_alloc(r->arena, (n + 1) * sizeof *offsets);
    zw_str_t utf8 = zw_units_utf8(r->arena, u, n);
    if (!offsets || !utf8.p)
        return -ENOMEM;
    uint32_t at = 0;
    for (size_t i = 0; i < n; i++) {
        offsets[i] = at;
        at += utf8_length(u[i].cp);
        count += u[i].cp == '\n';
    }
    offsets[n] = at;
    zw_row_t *p = zw_arena_calloc(r->arena, count, sizeof *p);
    if (!p)
        return -ENOMEM;
    size_t rows = 0;
    for (size_t start = 0; start < n;) {
        size_t end = start;
        while (end < n && u[end].cp != '\n')
            end++;
        size_t a = start, b = end;
        while (a < b && u[a].cp == ' ')
            a++;
        while (b > a && u[b - 1].cp == ' ')
            b--;
        if (b > a)
            p[rows++] = (zw_row_t){ .u = u + a, .n = b - a, .utf8 = zw_str(utf8.p + offsets[a], offsets[b] - offsets[a]) };
        start = end + 1;
    }
    *ret = (zw_rows_t){ p, rows };
    return 0;
}

/* 临江日报 2012-04-19: an outlet's short name and a day with its year, and nothing behind it. */
static bool outlet_and_date(const zw_row_t *row, char edtf[12])
{
    enum { OUTLET_MAX = 14 };
    for (size_t i = 0, name = 0; i < row->utf8.n; i++) {
        unsigned char c = (unsigned char)row->utf8.p[i];
        if (c >= '0' && c <= '9')
            return name > 0 && zw_date_at(zw_str(row->utf8.p + i, row->utf8.n - i), edtf) == row->utf8.n - i && strlen(edtf) == 10;
        name += c >= 0xC0;
        if (name > OUTLET_MAX || (c < 0x80 && c != ' '))
            return false;
    }
    return false;
}

/* The day of publication as the head of the article prints it. */
static void published_from_head(zw_repair_t *r, const zw_rows_t *rows, char edtf[12])
{
    static const char *const WORDS[] = { "来源", "时间", "日期", "发布", "记者", "编辑", "作者" };
    edtf[0] = 0;
    for (size_t i = 0, seen = 0; i < rows->n && seen < HEAD_ROWS && !edtf[0]; i++) {
        const zw_row_t *row = &rows->p[i];
        if (row->gone)
            continue;
        seen++;
        bool bare = row->utf8.n <= 24 && row->utf8.p[0] >= '0' && row->utf8.p[0] <= '9';
        if (row->n <= SHORT_MAX && !zw_has(row->utf8, "。") && (bare || has_any(row->utf8, WORDS, COUNT(WORDS))))
            zw_date_in(row->utf8, edtf);
        else if (!outlet_and_date(row, edtf))
            edtf[0] = 0;
    }
}

static int published(zw_repair_t *r, const zw_rows_t *rows, zw_str_t *ret)
{
    char edtf[12] = "";
    if (r->raw->published.n)
        zw_date_in(r->raw->published, edtf);
    if (!edtf[0] && r->published.n)
        zw_date_in(r->published, edtf);
    if (!edtf[0])
        published_from_head(r, rows, edtf);
    if (!edtf[0])
        zw_date_of_url(r->raw->url, edtf);
    *ret = zw_arena_str(r->arena, zw_strz(edtf));
    return ret->p ? 0 : -ENOMEM;
}

static int aliases(zw_repair_t *r, const zw_doubles_t *d, const uint32_t *out_at, zw_text_t *text)
{
    /* A match is cut where the text does not go on byte by byte: at each line break of the first place. */
    size_t cap = d->again_count, n = 0;
    for (size_t i = 0; i < d->again_count; i++)
        for (uint32_t k = d->again[i].first + 1; k < d->again[i].first + d->again[i].n; k++)
            cap += out_at[k] != out_at[k - 1] + utf8_length(d->all[k - 1].cp);
    zw_text_alias_t *a = zw_arena_alloc(r->arena, cap * sizeof *a);
    if (!a)
        return -ENOMEM;
    uint32_t order = 0, first_end = 0, second_end = 0;
    for (size_t i = 0; i < d->again_count; i++) {
        zw_again_t g = d->again[i];
        bool follows = n > 0 && g.first >= first_end && g.first - first_end < 64 && g.second - second_end < 64;
        order += follows ? 1 : 2;
        first_end = g.first + g.n;
        second_end = g.second + g.n;
        for (uint32_t from = 0; from < g.n;) {
            if (out_at[g.first + from] == UINT32_MAX) {
                from++;
                continue;
            }
            uint32_t k = from, at = out_at[g.first + from], end = at;
            while (k < g.n && out_at[g.first + k] == end) {
                end += utf8_length(d->all[g.first + k].cp);
                k++;
            }
            a[n++] = (zw_text_alias_t){ at, end, d->all + g.second + from, k - from, order++ };
            from = k;
        }
        order--;
    }
    text->aliases = a;
    text->alias_count = n;
    return 0;
}

/* Puts the rows that stay together, one line break between two, and tells where each unit of `d` went. */
static int assemble(zw_repair_t *r, const zw_rows_t *rows, const zw_doubles_t *d, zw_text_t *text)
{
    size_t n = 0, count = 0;
    for (size_t i = 0; i < rows->n; i++)
        if (!rows->p[i].gone) {
            n += rows->p[i].n + 1;
            count++;
        }
    zw_unit_t *u = zw_arena_alloc(r->arena, (n + 1) * sizeof *u);
    uint32_t *offsets = zw_arena_alloc(r->arena, (n + 2) * sizeof *offsets);
    zw_line_t *lines = zw_arena_alloc(r->arena, (count + 1) * sizeof *lines);
    uint32_t *out_at = d->again_count ? zw_arena_alloc(r->arena, ((size_t)d->row_start[rows->n] + 1) * sizeof *out_at) : NULL;
    if (!u || !offsets || !lines || (d->again_count && !out_at))
        return -ENOMEM;
    size_t w = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const zw_row_t *row = &rows->p[i];
        if (row->gone)
            continue;
        if (w > 0)
            u[w] = (zw_unit_t){ .cp = '\n', .src = u[w - 1].src + u[w - 1].src_len }, w++;
        memcpy(u + w, row->u, row->n * sizeof *u);
        w += row->n;
    }
    int e = zw_map_build(r, u, w, &text->text, &text->segments, &text->segment_count, offsets);
    if (e < 0)
        return e;
    size_t at = 0, line = 0;
    if (out_at)
        memset(out_at, 0xFF, (size_t)d->row_start[rows->n] * sizeof *out_at);
    for (size_t i = 0; i < rows->n; i++) {
        const zw_row_t *row = &rows->p[i];
        if (row->gone)
            continue;
        lines[line++] = (zw_line_t){ { offsets[at], offsets[at + row->n] }, row->kind };
        if (out_at)
            memcpy(out_at + d->row_start[i], offsets + at, row->n * sizeof *out_at);
        at += row->n + 1;
    }
    text->lines = lines;
    text->line_count = line;
    return out_at ? aliases(r, d, out_at, text) : 0;
}

static int title(zw_repair_t *r, const zw_rows_t *rows, zw_text_t *text)
{
    zw_str_t from = r->raw->title.n ? r->raw->title : r->page_title;
    if (from.n)
        return zw_text_repair_line(r->tables, from, r->arena, &text->title);
    for (size_t i = 0; i < rows->n; i++) {
        const zw_row_t *row = &rows->p[i];
        if (row->gone)
            continue;
        uint32_t last = row->u[row->n - 1].cp;
        if (row->n <= SHORT_MAX && row->n >= 4 && !zw_is_final(last) && !zw_has(row->utf8, "。") && row->kind != ZW_LINE_BYLINE &&
            row->kind != ZW_LINE_AD && last != ',' && last != ':')
            text->title = row->utf8;
        return 0;
    }
    return 0;
}

int zw_layout_build(zw_repair_t *r, zw_text_t *text)
{
    zw_rows_t rows;
    zw_doubles_t doubles;
    int e = cut_rows(r, &rows);
    if (e >= 0)
        e = zw_related_take(r, &rows, &text->related, &text->related_count);
    if (e >= 0)
        e = zw_doubles_take(r, &rows, &doubles);
    if (e < 0)
        return e;
    classify(r, &rows);
    e = published(r, &rows, &text->published);
    if (e >= 0)
        e = title(r, &rows, text);
    return e >= 0 ? assemble(r, &rows, &doubles, text) : e;
}
