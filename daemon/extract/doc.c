/* Documents in 《》, and the numbers of documents (浙政发〔2010〕12号) and standards (GB/T 19001-2016). */
#include "extract/mention_scan.h"

enum { DOC_MAX = 160 };

/* 〈意见〉, <<意见>>, <意见>: how sources write 《》 that cannot or do not want to. */
static uint32_t other_marks(const zw_chars_t *s, uint32_t i, uint32_t *ret_inner_start, uint32_t *ret_inner_end)
{
    enum { LEAST = 4, MOST = 60 };
    uint32_t open = zw_char(s, i), close = open == 0x3008 ? 0x3009 : '>';
    if (open != 0x3008 && open != '<')
        return 0;
    uint32_t width = open == '<' && zw_char(s, i + 1) == '<' ? 2 : 1, from = i + width, k = from;
    while (k < s->n && k - from < MOST && (zw_is_han(s->cp[k]) || zw_is_ascii_alnum(s->cp[k]) || s->cp[k] == 0x201C ||
                                           s->cp[k] == 0x201D || s->cp[k] == 0x3001 || zw_is_dash(s->cp[k])))
        k++;
    if (k - from < LEAST || zw_char(s, k) != close || (width == 2 && zw_char(s, k + 1) != close) || !zw_is_han(s->cp[from]))
        return 0;
    *ret_inner_start = from;
    *ret_inner_end = k;
    return k + width - i;
}

uint32_t zw_doc_scan(const zw_chars_t *s, uint32_t i, uint32_t *ret_inner_start, uint32_t *ret_inner_end)
{
    if (zw_char(s, i) != 0x300A)
        return other_marks(s, i, ret_inner_start, ret_inner_end);
    int depth = 0;
    for (uint32_t k = i; k < s->n && k - i < DOC_MAX; k++) {
        if (s->cp[k] == 0x300A)
            depth++;
        else if (s->cp[k] == 0x300B && --depth == 0) {
            if (k == i + 1)
                return 0;
            *ret_inner_start = i + 1;
            *ret_inner_end = k;
            return k + 1 - i;
        }
    }
    return 0;
}

bool zw_doc_is_periodical(zw_str_t inner)
{
    static const char *const ends[] = { "日报", "晚报", "早报", "晨报", "周报", "时报", "商报", "都市报", "快报", "导报", "学报", "电视报",
                                        "法制报", "质量报", "消费报", "青年报", "周刊", "杂志", "期刊", "月刊", "新闻联播", "新闻网" };
    for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++)
        if (zw_str_ends(inner, zw_strz(ends[k])))
            return true;
    return false;
}

static bool is_opening(uint32_t cp)
{
    return cp == 0x3014 || cp == '[' || cp == '(' || cp == 0x3010 || cp == 0xFF08 || cp == 0xFF3B;
}

static bool is_closing(uint32_t cp)
{
    return cp == 0x3015 || cp == ']' || cp == ')' || cp == 0x3011 || cp == 0xFF09 || cp == 0xFF3D;
}

/* [year]N号 at i; the characters used. */
static uint32_t numbered_tail(const zw_chars_t *s, uint32_t i)
{
    uint32_t k = i;
    bool bracket = is_opening(zw_char(s, k));
    k += bracket;
    uint32_t digits = 0;
    while (zw_is_digit(zw_char(s, k + digits)))
        digits++;
    if (bracket) {
        if (digits != 4 || !is_closing(zw_char(s, k + 4)))
            return 0;
        k += 5;
        k += zw_char(s, k) == 0x7B2C ? 1 : 0; /* 第 */
        digits = 0;
        while (zw_is_digit(zw_char(s, k + digits)))
            digits++;
    }
    if (digits == 0 || digits > 5 || zw_char(s, k + digits) != 0x53F7) /* 号 */
        return 0;
    return k + digits + 1 - i;
}

uint32_t zw_docnum_scan(const zw_chars_t *s, uint32_t i)
{
    static const char *const orders[] = { "国务院令第", "总局令第", "主席令第", "省政府令第", "市政府令第", "政府令第", "部令第", "国家质检总局令第",
                                          "人民政府令第", "委令第", "局令第" };
    uint32_t n = ZW_CHARS_ANY(s, i, orders, NULL);
    if (n) {
        uint32_t k = i + n;
        while (zw_is_digit(zw_char(s, k)))
            k++;
        return k > i + n && zw_char(s, k) == 0x53F7 ? k + 1 - i : 0;
    }
    /* 2010年第12号公告 */
    uint32_t year = 0;
    while (zw_is_digit(zw_char(s, i + year)))
        year++;
    if (year == 4 && (n = zw_chars_at(s, i + 4, "年第")) > 0) {
        uint32_t k = i + 4 + n;
        while (zw_is_digit(zw_char(s, k)))
            k++;
        static const char *const kinds[] = { "号公告", "号令", "号通告", "号文" };
        uint32_t m = k > i + 4 + n ? ZW_CHARS_ANY(s, k, kinds, NULL) : 0;
        return m ? k + m - i : 0;
    }
    /* the letters of the office, then the bracket */
    uint32_t k = i;
    while (k - i <= 14 && (zw_is_han(zw_char(s, k)) || (zw_char(s, k) >= 'A' && zw_char(s, k) <= 'Z')))
        k++;
    if (k - i < 2 || k - i > 14 || !is_opening(zw_char(s, k)))
        return 0;
    uint32_t tail = numbered_tail(s, k);
    if (!tail)
        return 0;
    /* the letters end in a kind of paper: 发 办 函 质 监 … and hold no ordinary word; 12 at most */
    return k - i <= 12 ? k + tail - i : 0;
}

static const char *const PREFIXES[] = {
    "GB", "GB/T", "GB/Z", "GBZ", "GBJ", "GSB", "JJG", "JJF", "DB", "ISO", "IEC", "ISO/IEC", "ISO/TS", "IATF", "CNS", "EN",
    "ASTM", "JIS", "AQ", "BB", "CB", "CH", "CJ", "CJ/T", "DL", "DL/T", "DZ", "FZ", "FZ/T", "GA", "GA/T", "GH", "HG", "HG/T", "HJ",
    "HY", "JB", "JB/T", "JC", "JC/T", "JG", "JG/T", "JT", "JT/T", "JR/T", "JY", "LB", "LB/T", "LD", "LS", "LS/T", "LY", "LY/T",
    "MH", "MT", "MT/T", "NB", "NB/T", "NY", "NY/T", "QB", "QB/T", "QC", "QC/T", "RB/T", "SB", "SB/T", "SC", "SC/T", "SH", "SH/T",
    "SJ", "SJ/T", "SL", "SN", "SN/T", "SY", "SY/T", "TB", "TB/T", "TSG", "WB/T", "WH", "WM/T", "WS", "WS/T", "XB", "YB", "YB/T",
    "YC", "YC/T", "YD", "YD/T", "YS", "YS/T", "YY", "YY/T", "ZB", "CCGF", "SA", "OHSAS", "TS", "HACCP", "NYT",
};

/* A number of a standard behind its prefix: 19001-2016, 9000, 19001:2008, 1.1—2020. */
static uint32_t standard_tail(const zw_chars_t *s, uint32_t i)
{
    uint32_t k = i;
    k += zw_char(s, k) == ' ' ? 1 : 0;
    uint32_t first = k;
    while (zw_is_digit(zw_char(s, k)) && k - first < 7)
        k++;
    if (k == first)
        return 0;
    while (zw_char(s, k) == '.' && zw_is_digit(zw_char(s, k + 1)))
        for (k++; zw_is_digit(zw_char(s, k)); k++)
            ;
    for (int part = 0; part < 3; part++) {
        uint32_t sep = zw_char(s, k);
        uint32_t dash = zw_is_dash(sep) || sep == ':' || sep == 0xFF1A ? 1 : 0;
        if (dash && zw_is_dash(zw_char(s, k + 1)))
            dash = 2;
        if (!dash || !zw_is_digit(zw_char(s, k + dash)))
            break;
        for (k += dash; zw_is_digit(zw_char(s, k)); k++)
            ;
    }
    static const char *const parts[] = { "修订版", "系列" };
    return k - i + (ZW_CHARS_ANY(s, k, parts, NULL) && zw_chars_at(s, k, "系列") ? 2 : 0);
}

uint32_t zw_stdnum_scan(const zw_chars_t *s, uint32_t i)
{
    uint32_t cp = zw_char(s, i);
    if (!(cp >= 'A' && cp <= 'Z') || (i && (zw_is_ascii_alnum(s->cp[i - 1]) || s->cp[i - 1] == '/')))
        return 0;
    uint32_t k = i;
    if (cp == 'T' && (zw_char(s, i + 1) == '/')) { /* T/ZZB 0123—2018 */
        k = i + 2;
        while (zw_char(s, k) >= 'A' && zw_char(s, k) <= 'Z')
            k++;
        uint32_t tail = k > i + 3 ? standard_tail(s, k) : 0;
        return tail ? k + tail - i : 0;
    }
    if (cp == 'D' && zw_char(s, i + 1) == 'B') { /* DB33/T 912—2020, DB 33/T 912—2020, DBS45/034—2016 */
        k = i + 2;
        k += zw_char(s, k) == ' ' || zw_char(s, k) == 'S' || zw_char(s, k) == 'J' ? 1 : 0;
        if (!zw_is_digit(zw_char(s, k)))
            return 0;
        while (zw_is_digit(zw_char(s, k)) && k - i < 8)
            k++;
        if (zw_char(s, k) == '/' && zw_char(s, k + 1) == 'T')
            k += 2;
        else if (zw_char(s, k) == '/')
            k++;
        uint32_t tail = standard_tail(s, k);
        return tail ? k + tail - i : 0;
    }
    if (cp == 'Q' && zw_char(s, i + 1) == '/') { /* Q/ABC 001-2010 */
        k = i + 2;
        while (zw_char(s, k) >= 'A' && zw_char(s, k) <= 'Z')
            k++;
        uint32_t tail = k > i + 2 ? standard_tail(s, k) : 0;
        return tail ? k + tail - i : 0;
    }
    uint32_t n = ZW_CHARS_ANY(s, i, PREFIXES, NULL);
    uint32_t tail = n && !(zw_char(s, i + n) >= 'A' && zw_char(s, i + n) <= 'Z') ? standard_tail(s, i + n) : 0;
    uint32_t end = i + n + tail;
    if (!tail || (zw_char(s, end) >= 'A' && zw_char(s, end) <= 'Z'))
        return 0;
    return end - i;
}
