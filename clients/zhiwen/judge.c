#include "judge.h"

#include "base/utf8.h"
#include "extract/value.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_KEYS = 8, MAX_ITEMS = 64 };

static bool value_match(const char *slot, const json_t *want, const json_t *got, zw_arena_t *arena);

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The bigrams of `s` in ascending order; returns how many. */
static size_t bigrams(zw_str_t s, zw_arena_t *arena, uint64_t **ret)
{
    uint64_t *grams = zw_arena_alloc(arena, (s.n + 1) * sizeof *grams);
    size_t n = 0;
    uint32_t before = 0, cp;
    for (const char *p = s.p, *end = s.p + s.n; grams && p < end; before = cp) {
        p += zw_utf8_decode(p, end, &cp);
        if (before)
            grams[n++] = (uint64_t)before << 32 | cp;
    }
    if (n)
        qsort(grams, n, sizeof *grams, by_value);
    *ret = grams;
    return n;
}

static double dice(zw_str_t a, zw_str_t b, zw_arena_t *arena)
{
    uint64_t *x, *y;
    if (zw_str_eq(a, b))
        return 1;
    size_t n = bigrams(a, arena, &x), m = bigrams(b, arena, &y), both = 0;
    for (size_t i = 0, j = 0; i < n && j < m;) {
        if (x[i] == y[j]) {
            both++;
            i++;
            j++;
        } else if (x[i] < y[j]) {
            i++;
        } else {
            j++;
        }
    }
    return n && m ? 2.0 * (double)both / (double)(n + m) : 0;
}

/* The last two characters. */
static zw_str_t ending(zw_str_t s)
{
    const char *p = s.p + s.n;
    for (int k = 0; k < 2 && p > s.p; k++)
        p = zw_utf8_back(p, s.p);
    return zw_str(p, (size_t)(s.p + s.n - p));
}

static bool string_match(const char *slot, zw_str_t want, zw_str_t got, zw_arena_t *arena)
{
    bool ends_alike = strcmp(slot, "title") == 0 || strcmp(slot, "award") == 0;
    double least = strcmp(slot, "content") == 0 ? 0.6 : 0.7;
    zw_str_t b = zw_value_normal(got, arena);
    for (const char *p = want.p, *end = want.p + want.n; p <= end;) {
        const char *bar = memchr(p, '|', (size_t)(end - p));
        zw_str_t a = zw_value_normal(zw_str(p, (size_t)((bar ? bar : end) - p)), arena);
        if (zw_str_eq(a, b) || (dice(a, b, arena) >= least && (!ends_alike || zw_str_eq(ending(a), ending(b)))))
            return true;
        p = bar ? bar + 1 : end + 1;
    }
    return false;
}

static bool number_match(double want, double got)
{
    double slack = fabs(want) >= 1 ? 0.005 : 0, relative = 1e-9 * fabs(want);
    return fabs(want - got) <= (slack > relative ? slack : relative);
}

static bool list_match(const char *slot, const json_t *want, const json_t *got, zw_arena_t *arena)
{
    size_t n = json_array_size(want);
    bool taken[MAX_ITEMS] = { false };
    if (!json_is_array(got) || json_array_size(got) != n || n > MAX_ITEMS)
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t j = 0;
        while (j < n && (taken[j] || !value_match(slot, json_array_get(want, i), json_array_get(got, j), arena)))
            j++;
        if (j == n)
            return false;
        taken[j] = true;
    }
    return true;
}

static bool value_match(const char *slot, const json_t *want, const json_t *got, zw_arena_t *arena)
{
    if (json_is_string(want))
        return json_is_string(got) && string_match(slot, zw_strz(json_string_value(want)), zw_strz(json_string_value(got)), arena);
    if (json_is_number(want))
        return json_is_number(got) && number_match(json_number_value(want), json_number_value(got));
    if (json_is_array(want))
        return list_match(slot, want, got, arena);
    if (json_is_object(want)) {
        const char *key;
        json_t *part;
        json_object_foreach((json_t *)want, key, part)
            if (!value_match(key, part, json_object_get(got, key), arena))
                return false;
        return json_is_object(got);
    }
    return json_equal(want, got);
}

bool judge_match(const zw_rules_t *rules, const json_t *annotated, const json_t *found, zw_arena_t *arena)
{
    zw_rule_key_t keys[MAX_KEYS];
    const char *type = json_string_value(json_object_get(annotated, "type"));
    if (!type || !json_equal(json_object_get(annotated, "type"), json_object_get(found, "type")))
        return false;
    size_t n = zw_rules_key_slots(rules, zw_strz(type), keys, MAX_KEYS);
    bool any_either = false, either = false;
    for (size_t k = 0; k < n; k++) {
        const char *slot = keys[k].slot.p;
        const json_t *want = json_object_getn(annotated, slot, keys[k].slot.n);
        const json_t *got = json_object_getn(found, slot, keys[k].slot.n);
        if (!want || json_is_null(want))
            continue;
        zw_str_t name = zw_arena_str(arena, keys[k].slot);
        bool match = name.p && got && value_match(name.p, want, got, arena);
        any_either |= keys[k].either;
        either |= keys[k].either && match;
        if (!match && !keys[k].either)
            return false;
    }
    return n > 0 && (either || !any_either);
}
