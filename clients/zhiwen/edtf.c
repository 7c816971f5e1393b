#include "edtf.h"

#include <stdio.h>

static bool digits(zw_str_t s, size_t at, size_t n, unsigned *ret)
{
    *ret = 0;
    for (size_t k = at; k < at + n; k++) {
        if (k >= s.n || s.p[k] < '0' || s.p[k] > '9')
            return false;
        *ret = *ret * 10 + (unsigned)(s.p[k] - '0');
    }
    return true;
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const unsigned DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : DAYS[month - 1];
}

/* A year, month or day, perhaps with a mark of doubt; what follows it (a time of day) is not looked at. */
static bool point(zw_str_t s, bool last, char ret[11])
{
    unsigned year, month = last ? 12 : 1, day = 0;
    if (!digits(s, 0, 4, &year))
        return false;
    bool has_month = s.n > 4 && s.p[4] == '-';
    if (has_month && (!digits(s, 5, 2, &month) || month < 1 || month > 12))
        return false;
    bool has_day = has_month && s.n > 7 && s.p[7] == '-';
    if (has_day && (!digits(s, 8, 2, &day) || day < 1 || day > days_of(year, month)))
        return false;
    if (!has_day)
        day = last ? days_of(year, month) : 1;
    (void)snprintf(ret, 11, "%04u-%02u-%02u", year % 10000, month % 100, day % 100);
    return true;
}

bool edtf_days(zw_str_t edtf, char ret_first[11], char ret_last[11])
{
    const char *slash = edtf.n > 0 ? memchr(edtf.p, '/', edtf.n) : NULL;
    zw_str_t from = slash ? zw_str(edtf.p, (size_t)(slash - edtf.p)) : edtf;
    zw_str_t to = slash ? zw_str(slash + 1, edtf.n - from.n - 1) : edtf;
    bool open_from = slash && (from.n == 0 || zw_str_eqz(from, "..")), open_to = slash && (to.n == 0 || zw_str_eqz(to, ".."));
    if (open_from)
        (void)snprintf(ret_first, 11, "0000-01-01");
    if (open_to)
        (void)snprintf(ret_last, 11, "9999-12-31");
    return (open_from || point(from, false, ret_first)) && (open_to || point(to, true, ret_last)) && !(open_from && open_to);
}
