/* The decoders. */
#include "text/charset.h"

#include <strings.h>

#include "base/utf8.h"

static const uint16_t HIGH_1252[32] = {
    0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F,
    0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178,
};

uint32_t zw_1252_char(unsigned char byte)
{
    return byte >= 0x80 && byte < 0xA0 ? HIGH_1252[byte - 0x80] : byte;
}

int zw_1252_byte(uint32_t cp)
{
    if (cp < 0x100)
        return (int)cp;
    if (cp < 0x152 || cp > 0x2122)
        return -1;
    for (int i = 0; i < 32; i++)
        if (HIGH_1252[i] == cp)
            return 0x80 + i;
    return -1;
}

static unsigned decode_gb18030(const zw_text_tables_t *t, const unsigned char *s, size_t left, uint32_t *ret)
{
    if (s[0] < 0x80) {
        *ret = s[0];
        return 1;
    }
    if (s[0] == 0x80) {
        *ret = 0x20AC;
        return 1;
    }
    uint32_t i;
    if (left >= 2 && zw_gbk_index(s[0], s[1], &i) && s[1] != 0x7F && t->gb18030[i]) {
        *ret = t->gb18030[i];
        return 2;
    }
    if (left >= 4 && s[0] <= 0xFE && s[0] >= 0x81 && s[1] >= 0x30 && s[1] <= 0x39 && s[2] >= 0x81 && s[2] <= 0xFE && s[3] >= 0x30 && s[3] <= 0x39) {
        uint32_t cp = zw_gb4_char(t, ((s[0] - 0x81u) * 10 + s[1] - 0x30u) * 1260 + (s[2] - 0x81u) * 10 + s[3] - 0x30u);
        if (cp) {
            *ret = cp;
            return 4;
        }
    }
    *ret = 0xFFFD;
    return 1;
}

static unsigned decode_big5(const zw_text_tables_t *t, const unsigned char *s, size_t left, uint32_t *ret)
{
    uint32_t i;
    if (s[0] < 0x80) {
        *ret = s[0];
        return 1;
    }
    if (left >= 2 && zw_gbk_index(s[0], s[1], &i) && t->big5[i]) {
        *ret = t->big5[i];
        return 2;
    }
    *ret = 0xFFFD;
    return 1;
}

static unsigned decode_utf16(const unsigned char *s, size_t left, bool big, uint32_t *ret)
{
    if (left < 2) {
        *ret = 0xFFFD;
        return 1;
    }
    uint32_t a = big ? (uint32_t)s[0] << 8 | s[1] : (uint32_t)s[1] << 8 | s[0];
    if (a < 0xD800 || a > 0xDFFF) {
        *ret = a;
        return 2;
    }
    if (a < 0xDC00 && left >= 4) {
        uint32_t b = big ? (uint32_t)s[2] << 8 | s[3] : (uint32_t)s[3] << 8 | s[2];
        if (b >= 0xDC00 && b <= 0xDFFF) {
            *ret = 0x10000 + ((a - 0xD800) << 10 | (b - 0xDC00));
            return 4;
        }
    }
    *ret = 0xFFFD;
    return 2;
}

unsigned zw_cs_decode(const zw_text_tables_t *t, zw_cs_t cs, const char *p, const char *end, uint32_t *ret_cp)
{
    const unsigned char *s = (const unsigned char *)p;
    size_t left = (size_t)(end - p);
    switch (cs) {
    case ZW_CS_GB18030:
        return decode_gb18030(t, s, left, ret_cp);
    case ZW_CS_BIG5:
        return decode_big5(t, s, left, ret_cp);
    case ZW_CS_UTF16LE:
        return decode_utf16(s, left, false, ret_cp);
    case ZW_CS_UTF16BE:
        return decode_utf16(s, left, true, ret_cp);
    case ZW_CS_1252:
        *ret_cp = zw_1252_char(s[0]);
        return 1;
    case ZW_CS_UTF8:
    case ZW_CS_COUNT:
        break;
    }
    return zw_utf8_decode(p, end, ret_cp);
}

zw_cs_t zw_cs_of(zw_str_t label)
{
    static const struct {
        const char *name;
        zw_cs_t cs;
    } NAMES[] = {
        { "utf-8", ZW_CS_UTF8 },         { "utf8", ZW_CS_UTF8 },          { "gb2312", ZW_CS_GB18030 },   { "gbk", ZW_CS_GB18030 },
        { "gb18030", ZW_CS_GB18030 },    { "gb-18030", ZW_CS_GB18030 },   { "x-gbk", ZW_CS_GB18030 },    { "cp936", ZW_CS_GB18030 },
        { "windows-936", ZW_CS_GB18030 }, { "ms936", ZW_CS_GB18030 },     { "euc-cn", ZW_CS_GB18030 },   { "hz-gb-2312", ZW_CS_GB18030 },
        { "big5", ZW_CS_BIG5 },          { "big-5", ZW_CS_BIG5 },         { "big5-hkscs", ZW_CS_BIG5 },  { "x-x-big5", ZW_CS_BIG5 },
        { "cp950", ZW_CS_BIG5 },         { "utf-16", ZW_CS_UTF16LE },     { "utf-16le", ZW_CS_UTF16LE }, { "utf-16be", ZW_CS_UTF16BE },
        { "windows-1252", ZW_CS_1252 },  { "cp1252", ZW_CS_1252 },        { "iso-8859-1", ZW_CS_1252 },  { "latin1", ZW_CS_1252 },
        { "iso-8859-15", ZW_CS_1252 },
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strlen(NAMES[i].name) == label.n && strncasecmp(NAMES[i].name, label.p, label.n) == 0)
            return NAMES[i].cs;
    return ZW_CS_COUNT;
}

const char *zw_cs_name(zw_cs_t cs)
{
    static const char *const NAMES[ZW_CS_COUNT] = { "utf-8", "gb18030", "big5", "utf-16le", "utf-16be", "windows-1252" };
    return cs < ZW_CS_COUNT ? NAMES[cs] : "";
}

int zw_chinese_weight(const zw_text_tables_t *t, uint32_t cp)
{
    if (cp < 0x80)
        return 0;
    if (cp == 0xFFFD || (cp >= 0x80 && cp < 0xA0))
        return -32;
    if (zw_is_han(cp)) {
        uint16_t code = zw_gbk_bytes(t, cp);
        uint32_t i;
        if (!code || !zw_gbk_index(code >> 8, code & 0xFF, &i))
            return -8;
        uint8_t f = t->frequency[i];
        return f >= 100 ? 16 : f >= 70 ? 12 : f >= 40 ? 4 : f > 0 ? -4 : -8;
    }
    if ((cp >= 0x3001 && cp <= 0x3017) || cp == 0x3000)
        return 12;
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        return 10;
    if (cp == 0x2014 || cp == 0x2026 || (cp >= 0x2018 && cp <= 0x201D) || cp == 0xB7 || cp == 0xA0 || cp == 0x2103)
        return 4;
    if (cp >= 0xE000 && cp <= 0xF8FF)
        return -16;
    if (cp < 0x250)
        return -6;
    return -4;
}
