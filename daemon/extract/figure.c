#include "extract/figure.h"

#include <math.h>

double zw_figure_scale(uint32_t cp)
{
    switch (cp) {
    case 0x5341: return 10;  /* 十 */
    case 0x767E: return 100; /* 百 */
    case 0x5343: return 1e3; /* 千 */
    case 0x4E07: return 1e4; /* 万 */
    case 0x4EBF: return 1e8; /* 亿 */
    default: return 0;
    }
}

static bool is_vague(uint32_t cp)
{
    return cp == 0x591A || cp == 0x4F59 || cp == 0x51E0; /* 多 余 几 */
}

/* 千 that belongs to the unit, 万 that begins a word. */
bool zw_figure_scale_is_word(const zw_chars_t *s, uint32_t i)
{
    static const char *const words[] = { "千克", "千米", "千瓦", "千伏", "千焦", "千升", "千卡", "百分", "千分", "万分",
                                         "百货", "百姓", "百强", "万元户", "万科", "亿利" };
    return ZW_CHARS_ANY(s, i, words, NULL) > 0;
}

bool zw_figure_separates(uint32_t cp)
{
    return cp == ',' || cp == ' ' || cp == 0xFF0C || cp == 0xA0 || cp == 0x2009 || cp == 0x202F;
}

/* 3616, 1 862, 4,056, 0.59, and what follows of 万 and 亿: 1.2亿, 4万1377. */
static uint32_t parse_digits(const zw_chars_t *s, uint32_t i, zw_figure_t *f)
{
    uint32_t k = i, decimals = 0;
    double v = 0;
    while (zw_is_digit(zw_char(s, k)))
        v = v * 10 + (s->cp[k++] - '0');
    if (k == i)
        return 0;
    f->digits = true;
    f->digit_run = k - i;
    f->leading_zero = k - i > 1 && s->cp[i] == '0';
    while (k - i >= 1 && f->digit_run <= 3 && zw_figure_separates(zw_char(s, k)) && zw_is_digit(zw_char(s, k + 1)) &&
           zw_is_digit(zw_char(s, k + 2)) && zw_is_digit(zw_char(s, k + 3)) && !zw_is_digit(zw_char(s, k + 4))) {
        for (uint32_t d = 1; d <= 3; d++)
            v = v * 10 + (s->cp[k + d] - '0');
        k += 4;
    }
    if (zw_char(s, k) == '.' && zw_is_digit(zw_char(s, k + 1))) {
        double fraction = 0, unit = 1;
        for (k++; zw_is_digit(zw_char(s, k)); k++, decimals++) {
            fraction = fraction * 10 + (s->cp[k] - '0');
            unit *= 10;
        }
        v += fraction / unit;
    }
    f->value = v;
    f->scale = 1;
    return k - i;
}

/* 多万, 余亿, 万: moves on over them. */
static uint32_t parse_scale(const zw_chars_t *s, uint32_t i, zw_figure_t *f)
{
    uint32_t k = i;
    if (is_vague(zw_char(s, k)) && zw_figure_scale(zw_char(s, k + 1)) >= 1e3) {
        f->vague = true;
        k++;
    }
    while (zw_figure_scale(zw_char(s, k)) >= 100 && !zw_figure_scale_is_word(s, k)) {
        f->scale *= zw_figure_scale(s->cp[k]);
        f->value *= zw_figure_scale(s->cp[k]);
        k++;
    }
    /* 4万1377, 1亿2000万 */
    if (k > i && f->digits && f->scale >= 1e4 && zw_is_digit(zw_char(s, k))) {
        zw_figure_t rest = { .scale = 1 };
        uint32_t n = parse_digits(s, k, &rest);
        uint32_t m = n ? parse_scale(s, k + n, &rest) : 0;
        if (n && rest.value < f->scale && zw_char(s, k + n + m) != 0x5E74) {
            f->value += rest.value;
            k += n + m;
            f->vague |= rest.vague;
        }
    }
    if (zw_char(s, k) == 0x591A || zw_char(s, k) == 0x4F59) { /* 多 余 behind: 30多, 2400余 */
        static const char *const words[] = { "多数", "多次", "多种", "多项", "多元", "余下", "余名牌" };
        uint32_t w = f->scale > 1 || f->digits ? 0 : ZW_CHARS_ANY(s, k, words, NULL);
        if (!w) {
            f->vague = true;
            k++;
        }
    }
    return k - i;
}

/* 三千六百一十六, 百余, 数十, 几百, 两, 十几. */
static uint32_t parse_han(const zw_chars_t *s, uint32_t i, zw_figure_t *f)
{
    double total = 0, section = 0, digit = -1;
    uint32_t k = i, numerals = 0;
    bool any_scale = false;
    if ((zw_char(s, k) == 0x6570 || zw_char(s, k) == 0x51E0) && zw_figure_scale(zw_char(s, k + 1)) > 0) { /* 数 几 */
        f->vague = true;
        digit = 1;
        k++;
    }
    for (;; k++) {
        uint32_t cp = zw_char(s, k);
        int d = zw_han_digit(cp);
        double scale = zw_figure_scale(cp);
        if (d >= 0) {
            if (digit > 0 && d > 0)
                break; /* 三四, 二〇一〇: no plain number */
            digit = d;
            numerals++;
        } else if (scale >= 1e4 && !zw_figure_scale_is_word(s, k)) {
            double part = section + (digit > 0 ? digit : 0);
            if (part == 0 && numerals == 0 && !f->vague && k == i)
                part = 1;
            total = (total + part) * scale;
            section = 0;
            digit = -1;
            numerals++;
            any_scale = true;
        } else if (scale > 0 && !zw_figure_scale_is_word(s, k)) {
            section += (digit > 0 ? digit : 1) * scale;
            digit = -1;
            numerals++;
            any_scale = true;
        } else {
            break;
        }
    }
    if (numerals == 0 || (k - i == 1 && digit == 0)) /* 零 of 零部件 */
        return 0;
    f->value = total + section + (digit > 0 ? digit : 0);
    f->scale = any_scale ? 10 : 1;
    f->single = numerals == 1 && !any_scale;
    if (any_scale && is_vague(zw_char(s, k))) { /* 十余 十几 百多 */
        f->vague = true;
        k++;
        if (zw_figure_scale(zw_char(s, k)) >= 1e4 && !zw_figure_scale_is_word(s, k)) { /* 十余万 */
            f->value *= zw_figure_scale(s->cp[k]);
            k++;
        }
    }
    return k - i;
}

/* 1.13万 is 11300, whatever 1.13 is in binary: six decimals are more than any figure has. */
static double in_decimals(double v)
{
    return fabs(v) < 1e9 ? round(v * 1e6) / 1e6 : round(v * 100) / 100;
}

uint32_t zw_figure_scan(const zw_chars_t *s, uint32_t i, zw_figure_t *ret)
{
    *ret = (zw_figure_t){ .scale = 1 };
    uint32_t n = parse_digits(s, i, ret);
    n = n ? n + parse_scale(s, i + n, ret) : parse_han(s, i, ret);
    ret->value = in_decimals(ret->value);
    return n;
}
