#include "config_value.h"

#include <inttypes.h>

typedef struct {
    const char *name;
    uint64_t factor;
} unit_t;

static const unit_t SIZES[] = { { "TiB", 1ull << 40 }, { "GiB", 1ull << 30 }, { "MiB", 1ull << 20 }, { "KiB", 1ull << 10 }, { "", 1 },
                                { "B", 1 } };
static const unit_t TIMES[] = { { "d", 86400000000 }, { "h", 3600000000 }, { "min", 60000000 }, { "s", 1000000 }, { "ms", 1000 },
                                { "us", 1 } };

/* The digits at the start of `text`, '_' between them allowed; moves `text` behind them. */
static bool digits(zw_str_t *text, uint64_t *ret)
{
    uint64_t v = 0;
    size_t i = 0, n = 0;
    for (; i < text->n; i++) {
        char c = text->p[i];
        if (c == '_' && n > 0)
            continue;
        if (c < '0' || c > '9')
            break;
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, (uint64_t)(c - '0'), &v))
            return false;
        n++;
    }
    *text = zw_str(text->p + i, text->n - i);
    *ret = v;
    return n > 0;
}

static bool with_unit(zw_str_t text, const unit_t *units, size_t n, uint64_t *ret)
{
    uint64_t v;
    if (!digits(&text, &v))
        return false;
    if (v == 0 && text.n == 0) { /* nothing of any unit */
        *ret = 0;
        return true;
    }
    while (text.n > 0 && text.p[0] == ' ')
        text = zw_str(text.p + 1, text.n - 1);
    for (size_t i = 0; i < n; i++)
        if (zw_str_eqz(text, units[i].name))
            return !__builtin_mul_overflow(v, units[i].factor, ret);
    return false;
}

bool zw_parse_size(zw_str_t text, uint64_t *ret)
{
    return with_unit(text, SIZES, sizeof(SIZES) / sizeof(SIZES[0]), ret);
}

bool zw_parse_duration(zw_str_t text, uint64_t *ret_us)
{
    return with_unit(text, TIMES, sizeof(TIMES) / sizeof(TIMES[0]), ret_us);
}

bool zw_parse_number(zw_str_t text, uint64_t *ret)
{
    return digits(&text, ret) && text.n == 0;
}

bool zw_parse_mode(zw_str_t text, uint64_t *ret)
{
    uint64_t v = 0;
    if (text.n == 0 || text.n > 5)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '7')
            return false;
        v = v * 8 + (uint64_t)(text.p[i] - '0');
    }
    *ret = v;
    return true;
}

bool zw_parse_flag(zw_str_t text, bool *ret)
{
    static const char *const yes[] = { "true", "yes", "on" }, *const no[] = { "false", "no", "off" };
    for (size_t i = 0; i < 3; i++) {
        if (zw_str_eqz(text, yes[i]) || zw_str_eqz(text, no[i])) {
            *ret = zw_str_eqz(text, yes[i]);
            return true;
        }
    }
    return false;
}

static void format(zw_buf_t *out, uint64_t v, const unit_t *units, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (v >= units[i].factor && v % units[i].factor == 0) {
            (void)zw_buf_printf(out, "%" PRIu64 "%s", v / units[i].factor, units[i].name);
            return;
        }
    }
    (void)zw_buf_printf(out, "0");
}

void zw_format_size(zw_buf_t *out, uint64_t bytes)
{
    format(out, bytes, SIZES, sizeof(SIZES) / sizeof(SIZES[0]));
}

void zw_format_duration(zw_buf_t *out, uint64_t us)
{
    format(out, us, TIMES, sizeof(TIMES) / sizeof(TIMES[0]));
}
