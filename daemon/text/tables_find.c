/* The look-ups that take more than an array. */
#include "text/tables.h"

uint32_t zw_gb4_char(const zw_text_tables_t *t, uint32_t linear)
{
    if (linear >= 189000) /* the supplementary planes are one run from 0x90308130 on */
        return linear - 189000 <= 0x10FFFF - 0x10000 ? linear - 189000 + 0x10000 : 0;
    size_t low = 0, high = t->gb4_count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (t->gb4[2 * mid] <= linear)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == 0)
        return 0;
    uint32_t cp = t->gb4[2 * (low - 1) + 1] + (linear - t->gb4[2 * (low - 1)]);
    return cp < 0x10000 && (cp < 0xD800 || cp > 0xDFFF) && linear < 39420 ? cp : 0;
}

uint32_t zw_simplified(const zw_text_tables_t *t, uint32_t cp)
{
    if (cp < 0x10000 && (t->simp[cp] || !(t->kind[cp] & (ZW_IS_TRAD | ZW_IS_AMBIGUOUS))))
        return t->simp[cp] ? t->simp[cp] : cp;
    size_t low = 0, high = t->script_count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (t->script[3 * mid] < cp)
            low = mid + 1;
        else
            high = mid;
    }
    return low < t->script_count && t->script[3 * low] == cp ? t->script[3 * low + 1] : cp;
}

uint16_t zw_syllable_find(const zw_text_tables_t *t, uint64_t packed)
{
    for (size_t slot = zw_syllable_slot(t, packed); t->syllable_hash[slot]; slot = (slot + 1) & t->syllable_mask)
        if (t->syllables[t->syllable_hash[slot] - 1] == packed)
            return (uint16_t)(t->syllable_hash[slot] - 1);
    return ZW_NO_READING;
}

bool zw_has_reading(const zw_text_tables_t *t, unsigned lead, unsigned trail, uint16_t syllable, bool loose)
{
    uint32_t i;
    if (!zw_gbk_index(lead, trail, &i) || syllable >= t->syllable_count)
        return false;
    for (uint32_t k = t->reading_at[i]; k < t->reading_at[i + 1]; k++)
        if (t->readings[k] == syllable || (loose && t->syllables[t->readings[k]] >> 3 == t->syllables[syllable] >> 3))
            return true;
    return false;
}

unsigned zw_word_cost(const zw_text_tables_t *t, uint64_t word)
{
    for (size_t slot = (size_t)(word * 0x9E3779B97F4A7C15u >> t->word_shift); t->word_keys[slot]; slot = (slot + 1) & t->word_mask)
        if (t->word_keys[slot] == word)
            return t->word_costs[slot];
    return 0;
}

unsigned zw_bigram_cost(const zw_text_tables_t *t, uint16_t first, uint16_t second)
{
    const uint16_t *p = t->bigram_second + t->bigram_at[first];
    size_t n = t->bigram_at[first + 1] - t->bigram_at[first];
    while (n > 1) { /* the last that is not greater */
        size_t half = n / 2;
        p += p[half] <= second ? half : 0;
        n -= half;
    }
    return n && *p == second ? t->bigram_costs[p - t->bigram_second] : 0;
}

unsigned zw_entity_find(const zw_text_tables_t *t, zw_str_t name, uint32_t ret[2])
{
    size_t low = 0, high = t->entity_count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const uint32_t *row = t->entities + 4 * mid;
        size_t n = row[1] < name.n ? row[1] : name.n;
        int order = memcmp(t->entity_names + row[0], name.p, n);
        if (order == 0 && row[1] == name.n) {
            ret[0] = row[2];
            ret[1] = row[3];
            return row[3] ? 2 : 1;
        }
        if (order < 0 || (order == 0 && row[1] < name.n))
            low = mid + 1;
        else
            high = mid;
    }
    return 0;
}

uint32_t zw_compose(const zw_text_tables_t *t, uint32_t letter, uint32_t mark)
{
    for (size_t i = 0; i < t->compose_count; i++)
        if (t->compose[3 * i] == letter && t->compose[3 * i + 1] == mark)
            return t->compose[3 * i + 2];
    return 0;
}
