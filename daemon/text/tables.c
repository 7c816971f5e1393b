/* Reads tables.bin and bigrams.bin and builds the direct look-ups over it. */
#include "text/tables.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/utf8.h"
#include "zw_error.h"

#define HEAD_BYTES 16
#define SECTION_BYTES 32
#define MAX_TABLE_BYTES (64u << 20)
enum { FREQUENCY_USUAL = 70 };

typedef struct section {
    const void *p;
    size_t n; /* bytes */
} section_t;

/* Finds a section and checks that it holds whole elements, at least `min` of them. */
static int section_get(const char *blob, size_t size, const char *name, size_t element, size_t min, section_t *ret)
{
    uint32_t count;
    memcpy(&count, blob + 8, sizeof count);
    if (count > (size - HEAD_BYTES) / SECTION_BYTES)
        return -ZW_E_DATA;
    for (uint32_t i = 0; i < count; i++) {
        const char *row = blob + HEAD_BYTES + (size_t)i * SECTION_BYTES;
        uint64_t at, n;
        if (strncmp(row, name, 16) != 0)
            continue;
        memcpy(&at, row + 16, sizeof at);
        memcpy(&n, row + 24, sizeof n);
        if (at > size || n > size - at || at % 8 != 0 || n % element != 0 || n / element < min)
            return -ZW_E_DATA;
        *ret = (section_t){ blob + at, (size_t)n };
        return 0;
    }
    return -ZW_E_DATA;
}

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F ||
           cp == 0x205F || cp == 0x3000 || cp == 0x2800 || cp == 0x3164;
}

static bool is_nothing(uint32_t cp)
{
    return (cp < 0x20 && cp != '\n' && cp != '\t' && cp != '\r') || (cp >= 0x7F && cp < 0xA0) || cp == 0xAD ||
           cp == 0x34F || cp == 0x61C || cp == 0x180E || (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF || (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xFFF9 && cp <= 0xFFFB);
}

/* Figures and letters in full width: the blanks between them are those of any figures. */
static bool is_wide_ascii(uint32_t cp)
{
    return cp == 0xFF05 || (cp >= 0xFF10 && cp <= 0xFF19) || (cp >= 0xFF21 && cp <= 0xFF3A) || (cp >= 0xFF41 && cp <= 0xFF5A);
}

static bool is_cjk(uint32_t cp)
{
    return (cp >= 0x2E80 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0xFE30 && cp <= 0xFE4F) ||
           (cp >= 0xFF01 && cp <= 0xFF65 && !is_wide_ascii(cp)) || (cp >= 0xFFE0 && cp <= 0xFFE6) || (cp >= 0xE000 && cp <= 0xE864);
}

static bool is_break(uint32_t cp)
{
    return cp == '\r' || cp == 0x2028 || cp == 0x2029 || cp == '\f' || cp == 0x0B;
}

static uint16_t first_kind(uint32_t cp)
{
    bool odd = (cp >= 0x300 && cp < 0x370) || cp == 0x25CB || cp == 0x25EF;
    bool reading = cp == '(' || cp == ')' || cp == 0xFF08 || cp == 0xFF09 || cp == 0xFFFD;
    return (uint16_t)((is_blank(cp) ? ZW_IS_BLANK : 0) | (is_nothing(cp) ? ZW_IS_NOTHING : 0) | (is_cjk(cp) ? ZW_IS_CJK : 0) |
                      (zw_is_han(cp) ? ZW_IS_HAN : 0) | (odd ? ZW_IS_ODD : 0) | (reading ? ZW_IS_READING : 0) |
                      (cp >= 0x80 && cp < 0x2000 ? ZW_IS_HIGH : 0) | (is_break(cp) ? ZW_IS_BREAK : 0));
}

static int load_script(zw_text_tables_t *t, const section_t *simplified)
{
    for (size_t i = 0; i < t->script_count; i++) {
        const uint32_t *row = t->script + 3 * i;
        if (row[0] >= 0x10000)
            continue;
        if (row[1] < 0x10000)
            t->simp[row[0]] = (uint16_t)row[1];
        t->kind[row[0]] |= row[2] ? ZW_IS_AMBIGUOUS : ZW_IS_TRAD;
    }
    const uint32_t *simp = simplified->p;
    for (size_t i = 0; i < simplified->n / 4; i++) {
        if (simp[i] >= 0x10000)
            return -ZW_E_DATA;
        t->kind[simp[i]] |= ZW_IS_SIMP;
    }
    return 0;
}

static int phrase_order(const void *a, const void *b)
{
    const zw_phrase_t *x = a, *y = b;
    if (x->from[0] != y->from[0])
        return x->from[0] < y->from[0] ? -1 : 1;
    return x->n == y->n ? 0 : x->n > y->n ? -1 : 1;
}

static int load_phrases(zw_text_tables_t *t, const section_t *s)
{
    const uint32_t *p = s->p, *end = p + s->n / 4;
    size_t count = 0;
    for (const uint32_t *q = p; q < end; q += 1 + 2 * (size_t)q[0], count++)
        if (q[0] < 2 || q[0] > 16 || 2 * (size_t)q[0] >= (size_t)(end - q) || q[1] >= 0x10000)
            return -ZW_E_DATA;
    t->phrases = calloc(count + 1, sizeof *t->phrases);
    if (!t->phrases)
        return -ENOMEM;
    for (; p < end; p += 1 + 2 * (size_t)p[0])
        t->phrases[t->phrase_count++] = (zw_phrase_t){ p + 1, p + 1 + p[0], p[0] };
    qsort(t->phrases, t->phrase_count, sizeof *t->phrases, phrase_order);
    for (size_t i = t->phrase_count; i-- > 0;) {
        uint32_t first = t->phrases[i].from[0];
        t->phrase_of[first] = (uint16_t)(i + 1);
        t->kind[first] |= ZW_HAS_PHRASE;
    }
    return t->phrase_count < UINT16_MAX ? 0 : -ZW_E_DATA;
}

static int load_forms(zw_text_tables_t *t, size_t pool_count)
{
    for (size_t i = 0; i < t->form_count; i++) {
        const uint32_t *row = t->forms + 3 * i;
        if (row[2] == 0 || row[2] > 4 || row[1] > pool_count || row[2] > pool_count - row[1] || i >= UINT16_MAX - 1)
            return -ZW_E_DATA;
        if (row[0] < 0x10000) {
            t->form_of[row[0]] = (uint16_t)(i + 1);
            t->kind[row[0]] |= ZW_HAS_FORM | (row[2] > 1 ? ZW_HAS_LONG_FORM : 0);
        }
    }
    return 0;
}

static int load_syllables(zw_text_tables_t *t, size_t reading_count)
{
    if (t->syllable_count >= ZW_NO_READING)
        return -ZW_E_DATA;
    for (size_t i = 0; i < ZW_DBCS_CODES; i++)
        if (t->reading_at[i] > t->reading_at[i + 1] || t->reading_at[i + 1] > reading_count)
            return -ZW_E_DATA;
    for (size_t i = 0; i < reading_count; i++)
        if (t->readings[i] >= t->syllable_count)
            return -ZW_E_DATA;
    t->syllable_mask = 8191;
    if (t->syllable_count * 2 > t->syllable_mask)
        return -ZW_E_DATA;
    t->syllable_hash = calloc(t->syllable_mask + 1, sizeof *t->syllable_hash);
    if (!t->syllable_hash)
        return -ENOMEM;
    for (size_t i = 0; i < t->syllable_count; i++) {
        size_t slot = zw_syllable_slot(t, t->syllables[i]);
        while (t->syllable_hash[slot])
            slot = (slot + 1) & t->syllable_mask;
        t->syllable_hash[slot] = (uint16_t)(i + 1);
    }
    return 0;
}

/* The readings the other way round: from the syllable to its characters. */
static int load_read_so(zw_text_tables_t *t, size_t reading_count)
{
    t->read_so_at = calloc(t->syllable_count + 2, sizeof *t->read_so_at);
    t->read_so = calloc(reading_count + 1, sizeof *t->read_so);
    if (!t->read_so_at || !t->read_so)
        return -ENOMEM;
    for (size_t k = 0; k < reading_count; k++)
        t->read_so_at[t->readings[k] + 2]++;
    for (size_t i = 2; i < t->syllable_count + 2; i++)
        t->read_so_at[i] += t->read_so_at[i - 1];
    for (uint32_t i = 0; i < ZW_DBCS_CODES; i++)
        for (uint32_t k = t->reading_at[i]; k < t->reading_at[i + 1]; k++)
            t->read_so[t->read_so_at[t->readings[k] + 1]++] = (uint16_t)i;
    return 0;
}

/* By its words and by how often it was counted: a character that is nearly always part of a word may be rarer alone. */
static void plain_costs(zw_text_tables_t *t)
{
    for (uint32_t i = 0; i < ZW_DBCS_CODES; i++) {
        if (!t->plain[i])
            continue;
        unsigned word = zw_word_cost(t, t->plain[i]), counted = 84u - t->frequency[i] / 3u;
        t->in_words[i] = (uint8_t)(word ? word : 255);
        t->plain_cost[i] = (uint8_t)(!word ? counted + 16 : word > counted ? word : counted);
    }
}

static int load_words(zw_text_tables_t *t, size_t slots, size_t costs)
{
    size_t free_slots = 0;
    /* A hash table without a free slot would be searched for ever. */
    for (size_t i = 0; i < slots; i++)
        free_slots += t->word_keys[i] == 0;
    if ((slots & (slots - 1)) != 0 || costs != slots || free_slots < slots / 8)
        return -ZW_E_DATA;
    t->word_mask = slots - 1;
    t->word_shift = 64 - (unsigned)__builtin_ctzll(slots);
    t->word_pairs = calloc(1u << (ZW_WORD_PAIR_BITS - 6), sizeof *t->word_pairs);
    t->plain_cost = calloc(ZW_DBCS_CODES, sizeof *t->plain_cost);
    t->in_words = calloc(ZW_DBCS_CODES, sizeof *t->in_words);
    if (!t->word_pairs || !t->plain_cost || !t->in_words)
        return -ENOMEM;
    for (size_t i = 0; i < slots; i++)
        for (uint64_t word = t->word_keys[i]; word >> 16; word >>= 16) {
            uint32_t bit = (uint32_t)((uint32_t)word * 0x9E3779B97F4A7C15u >> (64 - ZW_WORD_PAIR_BITS));
            t->word_pairs[bit / 64] |= UINT64_C(1) << (bit % 64);
        }
    plain_costs(t);
    return 0;
}

static int load_entities(const zw_text_tables_t *t)
{
    for (size_t i = 0; i < t->entity_count; i++) {
        const uint32_t *row = t->entities + 4 * i;
        if (row[0] > t->entity_names_size || row[1] > t->entity_names_size - row[0])
            return -ZW_E_DATA;
    }
    return 0;
}

static int build(zw_text_tables_t *t, size_t size)
{
    section_t gbk, gb18030, big5, gb4, syllables, at, readings, frequency, words, word_costs, plain, rare, script, simplified, phrases, entities, names, forms, pool,
        compose;
    const struct {
        const char *name;
        size_t element, min;
        section_t *to;
    } wanted[] = {
        { "gbk", 2, ZW_DBCS_CODES, &gbk }, { "gb18030-2", 2, ZW_DBCS_CODES, &gb18030 }, { "big5", 4, ZW_DBCS_CODES, &big5 }, { "gb18030-4", 8, 1, &gb4 },
        { "syllables", 8, 1, &syllables }, { "reading-at", 4, ZW_DBCS_CODES + 1, &at }, { "readings", 2, 1, &readings },
        { "frequency", 1, ZW_DBCS_CODES, &frequency }, { "word-keys", 8, 2, &words }, { "word-costs", 1, 2, &word_costs }, { "plain", 2, ZW_DBCS_CODES, &plain }, { "rare", 1, ZW_DBCS_CODES, &rare },
        { "script", 12, 1, &script }, { "simplified", 4, 1, &simplified },
        { "phrases", 4, 1, &phrases }, { "entities", 16, 1, &entities }, { "entity-names", 1, 1, &names },
        { "forms", 12, 1, &forms }, { "form-pool", 4, 1, &pool }, { "compose", 12, 1, &compose },
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        int r = section_get(t->blob, size, wanted[i].name, wanted[i].element, wanted[i].min, wanted[i].to);
        if (r < 0)
            return r;
    }
    t->gbk = gbk.p, t->gb18030 = gb18030.p, t->big5 = big5.p, t->gb4 = gb4.p, t->gb4_count = gb4.n / 8;
    t->syllables = syllables.p, t->syllable_count = syllables.n / 8;
    t->reading_at = at.p, t->readings = readings.p, t->frequency = frequency.p;
    t->script = script.p, t->script_count = script.n / 12;
    t->word_keys = words.p, t->word_costs = word_costs.p, t->plain = plain.p, t->rare = rare.p;
    t->entities = entities.p, t->entity_count = entities.n / 16;
    t->entity_names = names.p, t->entity_names_size = names.n;
    t->forms = forms.p, t->form_count = forms.n / 12, t->form_pool = pool.p;
    t->compose = compose.p, t->compose_count = compose.n / 12;

    t->kind = calloc(0x10000, sizeof *t->kind);
    t->simp = calloc(0x10000, sizeof *t->simp);
    t->gbk_of = calloc(0x10000, sizeof *t->gbk_of);
    t->form_of = calloc(0x10000, sizeof *t->form_of);
    t->phrase_of = calloc(0x10000, sizeof *t->phrase_of);
    if (!t->kind || !t->simp || !t->gbk_of || !t->form_of || !t->phrase_of)
        return -ENOMEM;
    for (uint32_t cp = 0; cp < 0x10000; cp++)
        t->kind[cp] = first_kind(cp);
    for (uint32_t i = ZW_DBCS_CODES; i-- > 0;)
        if (t->gbk[i]) {
            t->kind[t->gbk[i]] |= zw_is_han(t->gbk[i]) && t->frequency[i] >= FREQUENCY_USUAL ? ZW_IS_USUAL : 0;
            t->gbk_of[t->gbk[i]] = (uint16_t)((i / ZW_DBCS_TRAILS + 0x81) << 8 | (i % ZW_DBCS_TRAILS + 0x40));
        }
    for (uint32_t i = 0; i < ZW_DBCS_CODES; i++)
        t->has_holes[i / ZW_DBCS_TRAILS] |= !t->gbk[i] && i % ZW_DBCS_TRAILS >= 0x41;

    int r = load_script(t, &simplified);
    if (r >= 0)
        r = load_phrases(t, &phrases);
    if (r >= 0)
        r = load_forms(t, pool.n / 4);
    if (r >= 0)
        r = load_syllables(t, readings.n / 2);
    if (r >= 0)
        r = load_read_so(t, t->reading_at[ZW_DBCS_CODES]);
    if (r >= 0)
        r = load_words(t, words.n / 8, word_costs.n);
    return r >= 0 ? load_entities(t) : r;
}

static int read_file(const char *name, zw_buf_t *ret)
{
    char path[PATH_MAX];
    int r = zw_data_path(name, path, sizeof path);
    return r >= 0 ? zw_file_read(path, MAX_TABLE_BYTES, ret) : r;
}

static int load_bigrams(zw_text_tables_t *t)
{
    enum { HEAD = 16, FIRSTS = 0x10000 };
    _cleanup_buf_ zw_buf_t file = { 0 };
    uint64_t pairs;
    int r = read_file("text/bigrams.bin", &file);
    if (r < 0)
        return r;
    if (file.n < HEAD || memcmp(file.p, "ZWBIGR02", 8) != 0)
        return -ZW_E_DATA;
    memcpy(&pairs, file.p + 8, sizeof pairs);
    if (pairs > MAX_TABLE_BYTES || file.n != HEAD + (FIRSTS + 1) * sizeof(uint32_t) + 3 * pairs)
        return -ZW_E_DATA;
    t->bigram_blob = file.p;
    t->bigram_at = (const uint32_t *)(const void *)(file.p + HEAD);
    t->bigram_second = (const uint16_t *)(const void *)(t->bigram_at + FIRSTS + 1);
    t->bigram_costs = (const uint8_t *)(t->bigram_second + pairs);
    file = (zw_buf_t){ 0 };
    for (size_t i = 0; i < FIRSTS; i++)
        if (t->bigram_at[i] > t->bigram_at[i + 1] || t->bigram_at[i + 1] > pairs)
            return -ZW_E_DATA;
    return 0;
}

int zw_text_tables_open(zw_text_tables_t **ret)
{
    _cleanup_buf_ zw_buf_t file = { 0 };
    int r = read_file("text/tables.bin", &file);
    if (r < 0)
        return r;
    if (file.n < HEAD_BYTES || memcmp(file.p, "ZWTEXT04", 8) != 0)
        return -ZW_E_DATA;
    zw_text_tables_t *t = calloc(1, sizeof *t);
    if (!t)
        return -ENOMEM;
    t->blob = file.p; /* from malloc, so aligned for every section */
    size_t size = file.n;
    file = (zw_buf_t){ 0 };
    r = build(t, size);
    if (r >= 0)
        r = load_bigrams(t);
    if (r < 0) {
        zw_text_tables_free(t);
        return r;
    }
    *ret = t;
    return 0;
}

void zw_text_tables_free(zw_text_tables_t *t)
{
    if (!t)
        return;
    free(t->blob);
    free(t->bigram_blob);
    free(t->phrases);
    free(t->kind);
    free(t->simp);
    free(t->gbk_of);
    free(t->form_of);
    free(t->phrase_of);
    free(t->word_pairs);
    free(t->plain_cost);
    free(t->in_words);
    free(t->syllable_hash);
    free(t->read_so_at);
    free(t->read_so);
    free(t);
}
