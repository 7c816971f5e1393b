/* What a time is worth: calendar, EDTF, and the state that times in a text share. */
#include "extract/time.h"

#include <stdio.h>

long zw_days_of(zw_moment_t t)
{
    /* H. Hinnant's days_from_civil */
    long y = t.y - (t.m <= 2), era = (y >= 0 ? y : y - 399) / 400;
    long yoe = y - era * 400, doy = (153 * (t.m + (t.m > 2 ? -3 : 9)) + 2) / 5 + t.d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

zw_moment_t zw_date_of(long days)
{
    days += 719468;
    long era = (days >= 0 ? days : days - 146096) / 146097, doe = days - era * 146097;
    long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    long doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    zw_moment_t t = { (int)(yoe + era * 400), (int)(mp < 10 ? mp + 3 : mp - 9), (int)(doy - (153 * mp + 2) / 5 + 1) };
    t.y += t.m <= 2;
    return t;
}

static size_t format_moment(zw_moment_t t, char *out, size_t size)
{
    int n;
    if (t.d && t.m)
        n = snprintf(out, size, "%04d-%02d-%02d", t.y, t.m, t.d);
    else if (t.m)
        n = snprintf(out, size, "%04d-%02d", t.y, t.m);
    else
        n = snprintf(out, size, "%04d", t.y);
    return n < 0 || (size_t)n >= size ? 0 : (size_t)n;
}

size_t zw_time_format(const zw_when_t *w, char *out, size_t size)
{
    out[0] = '\0';
    if (w->from.y == 0)
        return 0;
    size_t n = format_moment(w->from, out, size);
    if (w->interval || w->open) {
        out[n++] = '/';
        if (w->open)
            n += (size_t)snprintf(out + n, size - n, "..");
        else
            n += format_moment(w->to, out + n, size - n);
    } else if (w->approximate) {
        out[n++] = '~';
        out[n] = '\0';
    }
    return n;
}

void zw_time_begin(zw_time_state_t *state, const zw_context_t *context)
{
    *state = (zw_time_state_t){ .anchor = { context->year, context->month, context->day } };
    state->last = state->anchor;
    state->day = state->anchor;
}

void zw_time_sentence(zw_time_state_t *state)
{
    state->sentence = (zw_moment_t){ 0 };
}

void zw_time_commit(zw_time_state_t *state, const zw_when_t *w)
{
    if (w->from.y == 0 || w->vague)
        return;
    state->last = w->interval && !w->open ? w->to : w->from;
    state->quarter = w->quarter;
    bool past = !state->anchor.y || !state->anchor.d || !state->last.d || zw_days_of(state->last) <= zw_days_of(state->anchor);
    if (state->last.d && past)
        state->day = state->last;
    if (w->own_year && (!state->anchor.y || w->from.y <= state->anchor.y))
        state->sentence = state->last;
}
