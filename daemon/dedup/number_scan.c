/* Numbers in digits and in Chinese numerals, by value: 3,000 = 3000.0 = 三千 = 0.3万. */
#include "base/utf8.h"
#include "dedup/sketch.h"
#include "dedup/tokens.h"

/* mantissa × 10^exponent, without trailing zeros, so that equal values are equal pairs. Digits beyond the eighteenth
 * go into the mantissa as a hash: such a number is a code, not a quantity. */
typedef struct {
    uint64_t mantissa;
    int exponent;
    unsigned digits;
} value_t;

static void add_digit(value_t *v, unsigned digit, bool fraction)
{
    if (v->digits >= 18) {
        v->mantissa = zw_mix64(v->mantissa + digit);
    } else {
        v->mantissa = v->mantissa * 10 + digit;
        v->digits += v->mantissa != 0;
        v->exponent -= fraction;
    }
}

static uint32_t value_hash(value_t v)
{
    if (v.mantissa == 0)
        v.exponent = 0;
    while (v.mantissa && v.mantissa % 10 == 0) {
        v.mantissa /= 10;
        v.exponent++;
    }
    return (uint32_t)(zw_mix64(v.mantissa * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)(int64_t)v.exponent) >> 33);
}

static bool is_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}

/* The power of ten of 百 千 万 亿 behind a number in digits, 0 for anything else; 百分点 is no hundred. */
static unsigned multiplier(const char *p, const char *end, unsigned *ret_power)
{
    uint32_t cp, next = 0;
    if (p >= end)
        return 0;
    unsigned n = zw_utf8_decode(p, end, &cp);
    if (cp == 0x767E && p + n < end)
        zw_utf8_decode(p + n, end, &next);
    switch (cp) {
    case 0x767E: *ret_power = 2; return next == 0x5206 ? 0 : n;
    case 0x5343: *ret_power = 3; return n;
    case 0x4E07: *ret_power = 4; return n;
    case 0x4EBF: *ret_power = 8; return n;
    default: return 0;
    }
}

/* Three digits and no fourth behind a comma: a separator of thousands. */
static bool thousands(const char *p, const char *end)
{
    return p < end && *p == ',' && is_digit(p + 1, end) && is_digit(p + 2, end) && is_digit(p + 3, end) && !is_digit(p + 4, end);
}

static size_t scan_digits(const char *text, const char *begin, const char *end, uint32_t *ret_value)
{
    value_t v = { 0 };
    const char *p = begin;
    for (; is_digit(p, end); p++)
        add_digit(&v, (unsigned)(*p - '0'), false);
    if (p - begin <= 3)
        while (thousands(p, end))
            for (p++; is_digit(p, end); p++)
                add_digit(&v, (unsigned)(*p - '0'), false);
    if (p < end && *p == '.' && is_digit(p + 1, end)) {
        const char *q = p + 1;
        while (is_digit(q, end))
            q++;
        bool dotted = q < end && *q == '.' && is_digit(q + 1, end); /* 2009.5.3 is no fraction */
        bool inside = begin > text && begin[-1] == '.';
        if (!dotted && !inside)
            for (p++; p < q; p++)
                add_digit(&v, (unsigned)(*p - '0'), true);
    }
    unsigned n, power;
    while ((n = multiplier(p, end, &power))) {
        v.exponent += (int)power;
        p += n;
    }
    *ret_value = value_hash(v);
    return (size_t)(p - begin);
}

/* 0-9; 10, 100, 1000: within a section; 10000, 100000000: closes one; -1: no numeral. */
static int64_t numeral(uint32_t cp)
{
    if (cp > 0x56DB && cp != 0x767E && cp != 0x96F6)
        return -1;
    switch (cp) {
    case 0x5341: return 10;
    case 0x767E: return 100;
    case 0x5343: return 1000;
    case 0x4E07: return 10000;
    case 0x4EBF: return 100000000;
    default: return zw_han_digit(cp);
    }
}

static size_t scan_numerals(const char *begin, const char *end, uint32_t *ret_value, unsigned *ret_numerals)
{
    uint64_t total = 0, section = 0, digit = 0;
    value_t row = { 0 };
    unsigned count = 0;
    bool units = false;
    const char *p = begin;
    while (p < end && count < 18) {
        uint32_t cp;
        unsigned n = zw_utf8_decode(p, end, &cp);
        int64_t x = numeral(cp);
        if (x < 0 || (count == 0 && x > 10))
            break;
        if (x < 10) {
            add_digit(&row, (unsigned)x, false);
            digit = (uint64_t)x;
        } else if (x < 10000) {
            section += (digit ? digit : 1) * (uint64_t)x;
            digit = 0;
            units = true;
        } else {
            total = (total + section + digit) * (uint64_t)x;
            section = digit = 0;
            units = true;
        }
        count++;
        p += n;
    }
    if (count == 0)
        return 0;
    if (units)
        row = (value_t){ .mantissa = total + section + digit };
    *ret_value = value_hash(row);
    *ret_numerals = count;
    return (size_t)(p - begin);
}

size_t zw_dedup_number(const char *text, const char *p, const char *end, uint32_t *ret_value, unsigned *ret_numerals)
{
    *ret_numerals = 0;
    if (is_digit(p, end))
        return scan_digits(text, p, end, ret_value);
    return scan_numerals(p, end, ret_value, ret_numerals);
}

bool zw_is_counter(const char *p, const char *end)
{
    uint32_t cp = 0;
    if (p < end)
        zw_utf8_decode(p, end, &cp);
    switch (cp) {
    case 0x4E2A: case 0x5BB6: case 0x9879: case 0x6B21: case 0x4EBA: case 0x540D: case 0x4F4D: case 0x5E74: case 0x6708: /* 个家项次人名位年月 */
    case 0x65E5: case 0x5929: case 0x6279: case 0x4EF6: case 0x8D77: case 0x5143: case 0x500D: case 0x6210: case 0x5C42: /* 日天批件起元倍成层 */
    case 0x53F0: case 0x8F86: case 0x79CD: case 0x6761: case 0x6B3E: case 0x5904: case 0x6240: case 0x5EA7: case 0x6237: /* 台辆种条款处所座户 */
    case 0x5428: case 0x7C73: case 0x5C4A: case 0x671F: case 0x7EA7: case 0x7C7B: case 0x8F6E: case 0x90E8: case 0x4E07: /* 吨米届期级类轮部万 */
    case 0x4EBF: /* 亿 */
        return true;
    default:
        return false;
    }
}
