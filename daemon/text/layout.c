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

/* A telephone number, a link or a chat number. */
static bool has_contact(const zw_row_t *row)
{
    static const char *const LINKS[] = { "http://", "https://", "www.", "微信号", "加微信", "QQ:", "QQ群", "qq:" };
    return row->phone || (row->link && has_any(row->utf8, LINKS, COUNT(LINKS)));
}

static bool is_ad(const zw_row_t *row)
{
    static const char *const LABELS[] = { "【广告】", "[广告]", "(广告)", "广告:", "推广:", "【推广】", "分享到", "分享至", "【赞助", "[推广]", "扫一扫", "版权所有", "Copyright", "点击下载",
                                          "打印本页", "关闭窗口", "【打印】", "【关闭】", "上一篇:", "下一篇:", "收藏本站", "设为首页", "返回首页", "本站声明", "免责声明" };
    static const char *const SALES[] = { "咨询", "代办", "办证", "优惠", "促销", "特价", "热线", "扫码", "关注公众号", "免费", "出证", "包过", "下载APP", "点击", "抢购", "贷款", "加盟", "包邮", "订购", "代理" };
    if (begins_any(row->utf8, LABELS, COUNT(LABELS)) || (row->n <= SHORT_MAX && zw_has(row->utf8, "ICP备")))
        return true;
    if (row->n > AD_MAX || !has_contact(row))
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
    if (row->n > SHORT_MAX || row->stop)
        return false;
    if (begins_any(row->utf8, STARTS, COUNT(STARTS)))
        return !row->comma || zw_has(row->utf8, "记者:");
    static const char *const INSIDE[] = { "来源:", "记者", "作者:", "编辑:" };
    return index < HEAD_ROWS && row->n <= 40 && has_any(row->utf8, INSIDE, COUNT(INSIDE)) && !row->comma &&
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
    return !zw_is_final(last) && last != ',' && last != ':' && last != 0x3001 && last != 0x201D && last != ')' && !row->stop &&
           !row->comma;
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

/* The row of u[a, b), its text put at `at`. */
static zw_row_t row_of(zw_unit_t *u, size_t a, size_t b, char *at)
{
    enum { FULL_STOP = 0x3002, WEI = 0x5FAE /* of 微信 */, PHONE = 7 };
    bool stop = false, comma = false, link = false;
    unsigned run = 0, longest = 0;
    char *p = at;
    for (size_t i = a; i < b; i++) {
        uint32_t cp = u[i].cp;
        if (cp < 0x80) {
            run = zw_is_digit(cp) ? run + 1 : cp == '-' && run > 0 ? run : 0;
            longest = run > longest ? run : longest;
            comma |= cp == ',';
            link |= cp == '/' || cp == 'w' || cp == 'Q' || cp == 'q';
            *p++ = (char)cp;
            continue;
        }
        run = 0;
        stop |= cp == FULL_STOP;
        link |= cp == WEI;
        p += zw_utf8_encode(cp, p);
    }
    zw_row_t row = { .u = u + a, .n = b - a, .stop = stop, .comma = comma, .link = link, .phone = longest >= PHONE };
    row.utf8 = zw_str(at, (size_t)(p - at));
    return row;
}

/* The rows of the text: lines that are not empty, trimmed. */
static int cut_rows(zw_repair_t *r, zw_rows_t *ret)
{
    zw_unit_t *u = r->text.u;
    size_t n = r->text.n, rows = 0, cap = 64;
    char *utf8 = zw_arena_alloc(r->arena, 4 * n + 1); /* no character is longer: cheaper than to ask each */
    zw_row_t *p = zw_arena_alloc(r->arena, cap * sizeof *p);
    if (!utf8 || !p)
        return -ENOMEM;
    for (size_t start = 0; start < n;) {
        size_t end = start;
        while (end < n && u[end].cp != '\n')
            end++;
        size_t a = start, b = end;
        while (a < b && u[a].cp == ' ')
            a++;
        while (b > a && u[b - 1].cp == ' ')
            b--;
        if (b > a) {
            if (rows == cap) {
                p = zw_arena_grow(r->arena, p, cap * sizeof *p, 2 * cap * sizeof *p);
                if (!p)
                    return -ENOMEM;
                cap *= 2;
            }
            p[rows] = row_of(u, a, b, utf8);
            utf8 += p[rows++].utf8.n;
        }
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
        if (row->n <= SHORT_MAX && !row->stop && (bare || has_any(row->utf8, WORDS, COUNT(WORDS))))
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
            cap += out_at[k] != out_at[k - 1] + zw_utf8_length(d->all[k - 1].cp);
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
                end += zw_utf8_length(d->all[g.first + k].cp);
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

/* Where each unit of `d` went, UINT32_MAX for those that went nowhere. */
static uint32_t *places(zw_repair_t *r, const zw_rows_t *rows, const zw_doubles_t *d, const zw_line_t *lines)
{
    uint32_t *at = zw_arena_alloc(r->arena, ((size_t)d->row_start[rows->n] + 1) * sizeof *at);
    if (!at)
        return NULL;
    memset(at, 0xFF, (size_t)d->row_start[rows->n] * sizeof *at);
    for (size_t i = 0, line = 0; i < rows->n; i++) {
        const zw_row_t *row = &rows->p[i];
        if (row->gone)
            continue;
        uint32_t offset = lines[line++].span.start;
        for (size_t k = 0; k < row->n; k++) {
            at[d->row_start[i] + k] = offset;
            offset += zw_utf8_length(row->u[k].cp);
        }
    }
    return at;
}

/* Puts the rows that stay together, one line break between two. */
static int assemble(zw_repair_t *r, const zw_rows_t *rows, const zw_doubles_t *d, zw_text_t *text)
{
    size_t bytes = 1, count = 0;
    for (size_t i = 0; i < rows->n; i++)
        if (!rows->p[i].gone) {
            bytes += rows->p[i].utf8.n + 1;
            count++;
        }
    char *out = zw_arena_alloc(r->arena, bytes);
    zw_line_t *lines = zw_arena_alloc(r->arena, (count + 1) * sizeof *lines);
    zw_map_t map;
    int e = zw_map_open(r, &map);
    if (!out || !lines || e < 0)
        return -ENOMEM;
    size_t line = 0;
    uint32_t at = 0;
    const zw_unit_t *last = NULL;
    for (size_t i = 0; i < rows->n; i++) {
        const zw_row_t *row = &rows->p[i];
        if (row->gone)
            continue;
        if (last) {
            zw_unit_t between = { .cp = '\n', .src = last->src + last->src_len };
            out[at] = '\n';
            e = zw_map_add(&map, &between, 1, ZW_STR_LIT("\n"));
            at++;
        }
        memcpy(out + at, row->utf8.p, row->utf8.n);
        if (e >= 0)
            e = zw_map_add(&map, row->u, row->n, row->utf8);
        if (e < 0)
            return e;
        lines[line++] = (zw_line_t){ { at, at + (uint32_t)row->utf8.n }, row->kind };
        at += (uint32_t)row->utf8.n;
        last = &row->u[row->n - 1];
    }
    out[at] = 0;
    text->text = zw_str(out, at);
    text->segments = map.segments;
    text->segment_count = map.n;
    text->lines = lines;
    text->line_count = line;
    if (!d->again_count)
        return 0;
    uint32_t *out_at = places(r, rows, d, lines);
    return out_at ? aliases(r, d, out_at, text) : -ENOMEM;
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
        if (row->n <= SHORT_MAX && row->n >= 4 && !zw_is_final(last) && !row->stop && row->kind != ZW_LINE_BYLINE &&
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
