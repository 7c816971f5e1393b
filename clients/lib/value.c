/* Looking into MessagePack maps, and positions in words. */
#include "client_priv.h"
#include "zw_mp.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* ---- maps */

static bool find_key(zw_str_t map, zw_str_t key, zw_str_t *ret)
{
    zw_tok_t head, name;
    if (zw_tok_next(&map, &head) < 0 || head.kind != ZW_TOK_MAP)
        return false;
    for (uint32_t k = 0; k < head.count; k++) {
        zw_str_t at = map, raw;
        bool here = zw_tok_next(&at, &name) == 0 && name.kind == ZW_TOK_STR && zw_str_eq(name.bytes, key);
        if (zw_tok_skip(&map, &raw) < 0 || zw_tok_skip(&map, &raw) < 0)
            return false;
        if (here) {
            *ret = raw;
            return true;
        }
    }
    return false;
}

static bool find(zw_str_t map, const char *path, zw_tok_t *ret)
{
    zw_str_t at = map;
    while (*path) {
        size_t n = strcspn(path, ".");
        if (!find_key(at, zw_str(path, n), &at))
            return false;
        path += n + (path[n] == '.');
    }
    return zw_tok_next(&at, ret) == 0;
}

int zw_get_str(zw_str_t map, const char *path, zw_str_t *ret)
{
    zw_tok_t tok;
    if (!find(map, path, &tok) || tok.kind != ZW_TOK_STR)
        return 0;
    *ret = tok.bytes;
    return 1;
}

int zw_get_num(zw_str_t map, const char *path, double *ret)
{
    zw_tok_t tok;
    if (!find(map, path, &tok))
        return 0;
    if (tok.kind == ZW_TOK_DOUBLE)
        *ret = tok.d;
    else if (tok.kind == ZW_TOK_UINT)
        *ret = (double)tok.u;
    else if (tok.kind == ZW_TOK_INT)
        *ret = (double)tok.i;
    else
        return 0;
    return 1;
}

int zw_get_uint(zw_str_t map, const char *path, uint64_t *ret)
{
    zw_tok_t tok;
    if (!find(map, path, &tok) || tok.kind != ZW_TOK_UINT)
        return 0;
    *ret = tok.u;
    return 1;
}

int zw_get_bin(zw_str_t map, const char *path, zw_str_t *ret)
{
    zw_tok_t tok;
    if (!find(map, path, &tok) || tok.kind != ZW_TOK_BIN)
        return 0;
    *ret = tok.bytes;
    return 1;
}

int zw_get_bool(zw_str_t map, const char *path, bool *ret)
{
    zw_tok_t tok;
    if (!find(map, path, &tok) || tok.kind != ZW_TOK_BOOL)
        return 0;
    *ret = tok.flag;
    return 1;
}

char *zw_json(zw_str_t object)
{
    zw_buf_t out = { 0 };
    if (zw_mp_to_json(object, &out) < 0 || zw_buf_putc(&out, '\0') < 0) {
        zw_buf_done(&out);
        return NULL;
    }
    return out.p;
}

/* ---- positions */

static bool parse_seq(const char *text, uint64_t *ret)
{
    char *end;
    if (strspn(text, "0123456789") != strlen(text) || !*text)
        return false;
    errno = 0;
    *ret = strtoull(text, &end, 10);
    return errno == 0;
}

/* What follows the time: nothing (local time), 'Z', or an offset as +08:00. */
static bool apply_zone(const char *zone, struct tm *t, int64_t *ret_s)
{
    int hours, minutes, n = 0;
    char sign;
    if (!*zone) {
        t->tm_isdst = -1;
        *ret_s = mktime(t);
        return true;
    }
    if (strcmp(zone, "Z") == 0) {
        *ret_s = timegm(t);
        return true;
    }
    if (sscanf(zone, "%c%2d:%2d%n", &sign, &hours, &minutes, &n) != 3 || zone[n] || (sign != '+' && sign != '-'))
        return false;
    int offset = (hours * 60 + minutes) * 60;
    *ret_s = timegm(t) - (sign == '+' ? offset : -offset);
    return true;
}

static bool parse_time(const char *text, int64_t *ret_us)
{
    static const char *const formats[] = { "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
                                           "%Y-%m-%d" };
    for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
        struct tm t = { 0 };
        int64_t s;
        const char *rest = strptime(text, formats[k], &t);
        if (rest && apply_zone(rest, &t, &s) && s > 0) {
            *ret_us = s * 1000000;
            return true;
        }
    }
    return false;
}

int zw_position_parse(const char *text, zw_position_t *ret)
{
    uint64_t seq;
    int64_t us;
    if (strcmp(text, "start") == 0)
        *ret = ZW_FROM_START;
    else if (strcmp(text, "now") == 0)
        *ret = ZW_FROM_NOW;
    else if (parse_seq(text, &seq))
        *ret = ZW_FROM_SEQ(seq);
    else if (parse_time(text, &us))
        *ret = ZW_FROM_TIME(us);
    else
        return -EINVAL;
    return 0;
}
