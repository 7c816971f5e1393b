/* What stands once behind a row of places and counts for each: 温州、台州两市质监局 are two bodies. */
#include "extract/engine.h"

static uint32_t one_of(const zw_paragraph_t *p, uint32_t at, uint32_t end, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(words[i]);
        if (end - at >= n && memcmp(p->skeleton.p + at, words[i], n) == 0)
            return (uint32_t)n;
    }
    return 0;
}

/* Past the mention of the classes that begins at `at`, else `at`. */
static uint32_t past(const zw_run_t *run, const zw_paragraph_t *p, uint32_t at, uint32_t end, uint32_t classes)
{
    if (at >= end || !zw_is_class(run, p->mention[at], classes))
        return at;
    int mention = p->mention[at];
    while (at < end && p->mention[at] == mention)
        at++;
    return at;
}

int zw_shared_body(const zw_run_t *run, const zw_paragraph_t *p, uint32_t at)
{
    static const char *const numerals[] = { "两", "二", "三", "四", "五", "六", "七", "八", "九", "十" };
    static const char *const kinds[] = { "省会城市", "省区", "省市", "地市", "地", "省", "市", "县", "区", "州", "盟", "旗", "家" };
    uint32_t end = (uint32_t)p->skeleton.n, start = at;
    uint32_t n = one_of(p, at, end, numerals, sizeof(numerals) / sizeof(*numerals));
    at = n ? at + n : past(run, p, at, end, ZW_CLASS_BIT(ZW_M_COUNT));
    if (at > start)
        at += one_of(p, at, end, kinds, sizeof(kinds) / sizeof(*kinds));
    static const char *const of[] = { "的" };
    at += one_of(p, at, end, of, 1);
    if (at == start || at >= end || !zw_is_class(run, p->mention[at], ZW_ORG_CLASSES))
        return -1;
    const zw_mention_t *m = &run->mentions[p->mention[at]];
    return m->region == 0 || m->region_by_context ? p->mention[at] : -1;
}

/* 市场监管局 of 安徽市场监管局, 安徽省市场监管局. Empty: it does not begin with its place. */
static zw_str_t without_place(const zw_run_t *run, const zw_mention_t *m)
{
    enum { HAN = 3 };
    zw_str_t place = zw_frame_place_name(run, m->region), name = m->canonical;
    if (m->region_by_context || place.n <= HAN)
        return zw_str("", 0);
    if (!zw_str_starts(name, place))
        place.n -= HAN;
    if (place.n < 2 * HAN || !zw_str_starts(name, place) || name.n < place.n + 2 * HAN)
        return zw_str("", 0);
    return zw_str(name.p + place.n, name.n - place.n);
}

zw_str_t zw_shared_rest(const zw_run_t *run, const zw_piece_t *pieces, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (!zw_is_class(run, pieces[i].mention, ZW_CLASS_BIT(ZW_M_REGION)))
            return zw_str("", 0);
    bool body = n > 1 && zw_is_class(run, pieces[n - 1].mention, ZW_CLASS_BIT(ZW_M_GOV) | ZW_CLASS_BIT(ZW_M_ASSOC));
    return body ? without_place(run, &run->mentions[pieces[n - 1].mention]) : zw_str("", 0);
}

zw_str_t zw_shared_name(zw_run_t *run, int place, zw_str_t b)
{
    zw_str_t a = zw_frame_name(run, place);
    enum { HAN = 3 }; /* 天津市 and 市质监局: one 市 */
    /* 三|省区质监局, 三|州市政府: the levels are those of the places, each of its own */
    static const char *const levels[] = { "省区", "省市", "州市", "县市", "市县", "地市", "区县", "县区" };
    for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
        if (b.n > 3 * HAN && zw_str_starts(b, zw_strz(levels[i])) && !zw_str_starts(zw_str(b.p + HAN, b.n - HAN), ZW_STR_LIT("市场"))) {
            b = zw_str(b.p + 2 * HAN, b.n - 2 * HAN);
            break;
        }
    if (a.n > HAN && b.n > HAN && memcmp(a.p + a.n - HAN, b.p, HAN) == 0)
        a.n -= HAN;
    zw_str_t name = zw_arena_printf(run->arena, "%.*s%.*s", ZW_STR_ARGS(a), ZW_STR_ARGS(b));
    run->no_memory = run->no_memory || !name.p;
    return name;
}
