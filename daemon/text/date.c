/* Dates of publication and of headlines, in the forms that sites print. */
#include "text/layout.h"

#include <stdio.h>

enum { YEAR_MIN = 1949, YEAR_MAX = 2099 };

/* Up to `max` figures at s[*at]; returns their value, -1 if there are none. */
static int figures(zw_str_t s, size_t *at, size_t max)
{
    int value = -1;
    for (size_t k = 0; k < max && *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; k++, (*at)++)
        value = (value < 0 ? 0 : value * 10) + (s.p[*at] - '0');
    return value;
}

static bool word(zw_str_t s, size_t *at, const char *w)
{
    size_t n = strlen(w);
    if (s.n - *at < n || memcmp(s.p + *at, w, n) != 0)
        return false;
    *at += n;
    return true;
}

static bool separator(zw_str_t s, size_t *at, char *ret)
{
    if (*at >= s.n || !strchr("-/.", s.p[*at]))
        return false;
    *ret = s.p[(*at)++];
    return true;
}

static bool is_day(int month, int day)
{
    static const int DAYS[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1];
}

/* A time of day behind the date belongs to it. */
static size_t with_time(zw_str_t s, size_t at)
{
    size_t k = at;
    while (k < s.n && (s.p[k] == ' ' || s.p[k] == 'T'))
        k++;
    size_t start = k;
    int hour = figures(s, &k, 2);
    if (k == start || hour > 24 || !word(s, &k, ":"))
        return at;
    if (figures(s, &k, 2) < 0)
        return at;
    if (word(s, &k, ":") && figures(s, &k, 2) < 0)
        return at;
    return k;
}

size_t zw_date_at(zw_str_t s, char edtf[12])
{
    size_t at = 0;
    char first = 0, second = 0;
    int a = figures(s, &at, 4);
    edtf[0] = 0;
    if (a < 0)
        return 0;
    if (at == 4 && a >= YEAR_MIN && a <= YEAR_MAX) {
        bool words = word(s, &at, "年");
        if (!words && !separator(s, &at, &first))
            return 0;
        int month = figures(s, &at, 2);
        if (month < 1 || month > 12)
            return 0;
        size_t after_month = at;
        bool more = words ? word(s, &at, "月") : separator(s, &at, &second) && second == first;
        int day = more ? figures(s, &at, 2) : -1;
        if (words && !more)
            return 0;
        if (!more || !is_day(month, day)) {
            if (!words && first == '.')
                return 0;
            (void)snprintf(edtf, 12, "%04u-%02u", (unsigned)a % 10000u, (unsigned)month % 100u);
            return words ? after_month + strlen("月") : after_month;
        }
        if (words && !word(s, &at, "日"))
            return 0;
        (void)snprintf(edtf, 12, "%04u-%02u-%02u", (unsigned)a % 10000u, (unsigned)month % 100u, (unsigned)day % 100u);
        return with_time(s, at);
    }
    if (at > 2)
        return 0;
    bool words = word(s, &at, "月");
    if (!words && !separator(s, &at, &first))
        return 0;
    int day = figures(s, &at, 2);
    if (!is_day(a, day) || (words && !word(s, &at, "日")) || first == '.')
        return 0;
    return with_time(s, at);
}

void zw_date_in(zw_str_t s, char edtf[12])
{
    for (size_t i = 0; i + 6 < s.n; i++) {
        bool starts = s.p[i] >= '0' && s.p[i] <= '9' && (i == 0 || s.p[i - 1] < '0' || s.p[i - 1] > '9');
        if (starts && zw_date_at(zw_str(s.p + i, s.n - i), edtf) > 0 && edtf[0])
            return;
    }
    edtf[0] = 0;
}

void zw_date_of_url(zw_str_t url, char edtf[12])
{
    edtf[0] = 0;
    for (size_t i = 0; i + 6 < url.n; i++) {
        zw_str_t rest = zw_str(url.p + i, url.n - i);
        size_t at = 0;
        if (url.p[i] < '0' || url.p[i] > '9' || (i > 0 && url.p[i - 1] >= '0' && url.p[i - 1] <= '9'))
            continue;
        int year = figures(rest, &at, 4);
        if (at < 4 || year < 1995 || year > YEAR_MAX)
            continue;
        /* 2011-02/18, 2011/0218, 2011/02/18 and 20110218 alike: separators are passed over. */
        char c;
        (void)separator(rest, &at, &c);
        size_t before = at;
        int month = figures(rest, &at, 2);
        if (at != before + 2)
            continue;
        (void)separator(rest, &at, &c);
        before = at;
        int day = figures(rest, &at, 2);
        if (at != before + 2 || !is_day(month, day))
            continue;
        (void)snprintf(edtf, 12, "%04u-%02u-%02u", (unsigned)year % 10000u, (unsigned)month % 100u, (unsigned)day % 100u);
        return;
    }
}
