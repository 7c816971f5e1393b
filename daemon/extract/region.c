#include "extract/region.h"

#include "base/utf8.h"

uint8_t zw_region_level(uint32_t code)
{
    return code == 0 ? 0 : code % 10000 == 0 ? 1 : code % 100 == 0 ? 2 : 3;
}

bool zw_region_within(uint32_t code, uint32_t of)
{
    if (of == 0 || code == of)
        return true;
    return of % 10000 == 0 ? code / 10000 == of / 10000 : of % 100 == 0 && code / 100 == of / 100;
}

uint32_t zw_region_province(uint32_t code)
{
    return code / 10000 * 10000;
}

uint32_t zw_region_prefecture(uint32_t code)
{
    return code % 10000 == 0 ? 0 : code / 100 * 100;
}

static bool in_force(const zw_region_row_t *r, int year)
{
    return year ? (!r->from || year >= r->from) && (!r->to || year <= r->to) : r->to == 0;
}

/* How close two places are: 4 the same or one in the other, 3 one prefecture, 2 one province. */
static int nearness(uint32_t a, uint32_t near)
{
    if (!near)
        return 0;
    if (zw_region_within(a, near) || zw_region_within(near, a))
        return 4;
    if (a / 100 == near / 100)
        return 3;
    return a / 10000 == near / 10000 ? 2 : 0;
}

/* A higher place beats a lower one of the same name, but only one that is far above: 吉林 is the province. */
uint32_t zw_region_pick(const zw_lexicon_t *lexicon, uint32_t first, const zw_region_want_t *want, bool weak,
                        bool *ret_any)
{
    uint32_t best = 0;
    int best_score = -1;
    bool tie = false, any = false;
    for (uint32_t e = first; e; e = zw_lex_entry(lexicon, e)->next) {
        const zw_lex_entry_t *sense = zw_lex_entry(lexicon, e);
        uint32_t code;
        int score = 0;
        if (sense->kind == ZW_L_REGION_NICK) {
            code = sense->value;
        } else if (sense->kind == ZW_L_REGION || sense->kind == ZW_L_REGION_SHORT ||
                   (sense->kind == ZW_L_REGION_WEAK && weak)) {
            const zw_region_row_t *r = zw_lex_region(lexicon, sense->value);
            code = r->code;
            score += in_force(r, want->year) ? 100 : 0;
            score += want->year && r->to && want->year > r->to ? -(want->year - r->to) / 10 : 0;
        } else {
            continue;
        }
        any = true;
        if (!zw_region_within(code, want->within))
            continue;
        score += nearness(code, want->near) * 10 + (3 - zw_region_level(code)) * 4;
        if (score > best_score) {
            best_score = score;
            best = code;
            tie = false;
        } else if (score == best_score && code != best) {
            tie = true;
        }
    }
    if (ret_any)
        *ret_any = any;
    return tie ? 0 : best;
}

zw_str_t zw_region_name(const zw_lexicon_t *lexicon, uint32_t code, int year)
{
    const zw_region_row_t *r = zw_lex_region_of(lexicon, code, year);
    if (!r)
        r = zw_lex_region_of(lexicon, code, 0);
    return r ? r->name : (zw_str_t){ 0 };
}

static bool name_ends(const zw_lexicon_t *lexicon, uint32_t code, int year, const char *suffix)
{
    return code && zw_str_ends(zw_region_name(lexicon, code, year), zw_strz(suffix));
}

uint32_t zw_region_around(const zw_lexicon_t *lexicon, uint32_t place, uint32_t cp, int year)
{
    uint32_t province = zw_region_province(place), prefecture = zw_region_prefecture(place);
    uint32_t county = zw_region_level(place) == 3 ? place : 0;
    switch (cp) {
    case 0x7701: /* 省 */
        return province;
    case 0x5E02: /* 市 */
        if (name_ends(lexicon, county, year, "市"))
            return county;
        if (name_ends(lexicon, prefecture, year, "市"))
            return prefecture;
        return name_ends(lexicon, province, year, "市") ? province : 0;
    case 0x53BF: /* 县 */
        return name_ends(lexicon, county, year, "县") ? county : 0;
    case 0x533A: /* 区, also of an autonomous region */
        if (name_ends(lexicon, county, year, "区"))
            return county;
        return name_ends(lexicon, province, year, "自治区") ? province : 0;
    case 0x5DDE: /* 州 */
        return name_ends(lexicon, prefecture, year, "州") ? prefecture : 0;
    case 0x65D7: /* 旗 */
        return name_ends(lexicon, county, year, "旗") ? county : 0;
    default: return 0;
    }
}

/* The longest place name at the start of `s`: its length, and its senses. */
static size_t longest_place(const zw_lexicon_t *lexicon, zw_str_t s, uint32_t *ret_first)
{
    size_t best = 0;
    uint32_t node = 1, cp;
    for (const char *p = s.p, *end = s.p + s.n; p < end && node;) {
        p += zw_utf8_decode(p, end, &cp);
        node = zw_lex_step(lexicon, node, cp);
        for (uint32_t e = node ? zw_lex_first(lexicon, node) : 0; e; e = zw_lex_entry(lexicon, e)->next) {
            uint8_t kind = zw_lex_entry(lexicon, e)->kind;
            if (kind <= ZW_L_REGION_NICK) {
                best = (size_t)(p - s.p);
                *ret_first = zw_lex_first(lexicon, node);
                break;
            }
        }
    }
    return best;
}

uint32_t zw_region_find(const zw_lexicon_t *lexicon, zw_str_t name, int year, uint32_t within)
{
    uint32_t first = 0, code = 0;
    bool behind = false;
    for (zw_str_t rest = name; rest.n;) {
        size_t n = longest_place(lexicon, rest, &first);
        if (n == 0)
            return 0;
        zw_region_want_t want = { year, behind ? code : within, 0 };
        uint32_t next = zw_region_pick(lexicon, first, &want, true, NULL);
        if (!next)
            return 0;
        code = next;
        behind = true;
        rest = zw_str(rest.p + n, rest.n - n);
    }
    return code;
}

bool zw_region_in_word(zw_str_t name, uint32_t before)
{
    static const char *const kinds[] = { "城区", "郊区", "矿区", "新区", "市区", "东区", "西区", "南区", "北区" };
    static const char leads[] = "的在于到自从往赴至和与及跟同对向给由为是去回进驻离抵原把被让将等即如属报";
    enum { TWO_HAN = 6 };
    for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
        if (zw_str_eqz(name, kinds[k]))
            return true;
    if (name.n != TWO_HAN || !zw_str_ends(name, ZW_STR_LIT("县")) || before < 0x4E00 || before > 0x9FFF)
        return false;
    for (const char *p = leads, *end = leads + sizeof(leads) - 1; p < end;) {
        uint32_t cp;
        p += zw_utf8_decode(p, end, &cp);
        if (cp == before)
            return false;
    }
    return true;
}
