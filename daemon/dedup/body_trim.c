/* What newspapers write around a report on its own lines: 本报讯(记者 …) before it, (责任编辑:…) behind it. */
#include "base/utf8.h"
#include "dedup/tokens.h"

enum { MARK_CHARACTERS = 40 };

static const char *const CREDITS[] = { "责任编辑", "责编", "编辑", "记者", "本报记者", "通讯员", "特约", "实习", "作者", "来源", "稿源",
                                       "摄影", "文/", "图/", "文图", "供稿", "审核", "校对", "见习", "原标题", "本文来源", "转自" };
static const char *const AGENCIES[] = { "本报", "本网", "本站", "本刊", "本台", "新华社", "新华网", "中新社", "中新网", "人民网", "中国质量报", "中国质量新闻网", "央视网", "据新华社" };

static bool starts_with_one(const char *p, const char *end, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (zw_str_starts(zw_str(p, (size_t)(end - p)), zw_strz(words[i])))
            return true;
    return false;
}
#define STARTS_WITH_ONE(p, end, words) starts_with_one(p, end, words, sizeof(words) / sizeof *(words))

/* Length of the opening or closing bracket at p, 0: none. */
static size_t bracket(const char *p, const char *end, char ascii, const char *wide)
{
    if (p < end && *p == ascii)
        return 1;
    return zw_str_starts(zw_str(p, (size_t)(end - p)), zw_strz(wide)) ? 3 : 0;
}

static const char *skip_blanks(const char *p, const char *end)
{
    for (;;) {
        if (p < end && (*p == ' ' || *p == '\t' || *p == ':'))
            p++;
        else if (end - p >= 3 && (memcmp(p, "\u3000", 3) == 0 || memcmp(p, "：", 3) == 0))
            p += 3;
        else
            return p;
    }
}

/* Behind the bracketed credit at p, or NULL. */
static const char *skip_credit(const char *p, const char *end)
{
    size_t n = bracket(p, end, '(', "（");
    if (!n)
        n = bracket(p, end, '[', "【");
    if (!n || !STARTS_WITH_ONE(skip_blanks(p + n, end), end, CREDITS))
        return NULL;
    p += n;
    for (unsigned i = 0; i < MARK_CHARACTERS && p < end; i++) {
        n = bracket(p, end, ')', "）");
        if (!n)
            n = bracket(p, end, ']', "】");
        if (n)
            return p + n;
        uint32_t cp;
        p += zw_utf8_decode(p, end, &cp);
    }
    return NULL;
}

/* Behind 本报讯, 新华社北京5月3日电; NULL: there is none at p. */
static const char *skip_dateline(const char *p, const char *end)
{
    if (!STARTS_WITH_ONE(p, end, AGENCIES))
        return NULL;
    for (unsigned i = 0; i < 24 && end - p >= 3; i++) {
        uint32_t cp;
        if (memcmp(p, "讯", 3) == 0 || memcmp(p, "电", 3) == 0)
            return p + 3;
        unsigned n = zw_utf8_decode(p, end, &cp);
        if (cp == ',' || cp == 0xFF0C || cp == 0x3002 || cp == 0x300A)
            return NULL;
        p += n;
    }
    return NULL;
}

/* The start of the bracketed credit that ends the line, or `end`. */
static const char *credit_at_end(const char *begin, const char *end)
{
    const char *p = zw_utf8_back(end, begin);
    if (!bracket(p, end, ')', "）") && !bracket(p, end, ']', "】"))
        return end;
    for (unsigned i = 0; i < MARK_CHARACTERS && p > begin; i++) {
        p = zw_utf8_back(p, begin);
        if (bracket(p, end, '(', "（") || bracket(p, end, '[', "【"))
            return skip_credit(p, end) == end ? p : end;
    }
    return end;
}

zw_span_t zw_body_trim(zw_str_t text, zw_span_t line, bool first_lines)
{
    const char *p = text.p + line.start, *end = text.p + line.end, *q;
    p = skip_blanks(p, end);
    if (first_lines) {
        if ((q = skip_dateline(p, end)))
            p = skip_blanks(q, end);
        if ((q = skip_credit(p, end)))
            p = skip_blanks(q, end);
    }
    for (;;) {
        while (end > p && end[-1] == ' ')
            end--;
        q = end > p ? credit_at_end(p, end) : end;
        if (q == end)
            break;
        end = q;
    }
    return (zw_span_t){ (uint32_t)(p - text.p), (uint32_t)(end - text.p) };
}
