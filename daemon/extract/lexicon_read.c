/* Reading the word lists: one function a kind of file, told apart by a table. */
#include "extract/lexicon.h"

#include "base/file.h"
#include "base/utf8.h"
#include "zw_error.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct reading {
    zw_lexicon_t *lexicon;
    const char *path;
    zw_lex_kind_t kind;
    char *message;
    size_t size;
    int (*row)(struct reading *r, zw_str_t *fields, size_t n);
} reading_t;

enum { MAX_FIELDS = 8 };

static int row_word(reading_t *r, zw_str_t *f, size_t n)
{
    return zw_lex_add(r->lexicon, f[0], r->kind, 0);
}

/* A scaled unit (万元, 亿千瓦时) is left out: the scale belongs to the number. */
static int row_unit(reading_t *r, zw_str_t *f, size_t n)
{
    static const char *const scales[] = { "十", "百", "千", "万", "亿", "成", "折" };
    static const char *const kept[] = { "千克", "千米", "千瓦", "千焦", "千升", "千卡", "百分点", "成" };
    if (zw_str_eqz(f[0], "月") || zw_str_eqz(f[0], "日") || zw_str_eqz(f[0], "成"))
        return 0;
    bool scaled = false;
    for (size_t i = 0; i < sizeof(scales) / sizeof(*scales); i++)
        scaled |= zw_str_starts(f[0], zw_strz(scales[i]));
    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
        if (zw_str_starts(f[0], zw_strz(kept[i])))
            scaled = false;
    if (scaled)
        return 0;
    uint32_t number;
    int rc = zw_lex_add_word(r->lexicon, f[0], &number);
    return rc < 0 ? rc : zw_lex_add(r->lexicon, f[0], ZW_L_UNIT, number);
}

static int row_status(reading_t *r, zw_str_t *f, size_t n)
{
    bool cert = n > 1 && (zw_str_eqz(f[1], "cert") || zw_str_eqz(f[1], "accredit") || zw_str_eqz(f[1], "licence"));
    return zw_lex_add(r->lexicon, f[0], cert ? ZW_L_CERT : ZW_L_STATUS, 0);
}

static int row_surname(reading_t *r, zw_str_t *f, size_t n)
{
    zw_surname_t use;
    if (n < 3)
        return -ZW_E_DATA;
    if (zw_str_eqz(f[2], "common"))
        use = ZW_SURNAME_COMMON;
    else if (zw_str_eqz(f[2], "rare"))
        use = ZW_SURNAME_RARE;
    else if (zw_str_eqz(f[2], "compound"))
        use = ZW_SURNAME_COMPOUND;
    else if (zw_str_eqz(f[2], "minority"))
        use = ZW_SURNAME_MINORITY;
    else
        return -ZW_E_DATA;
    return zw_lex_add(r->lexicon, f[0], ZW_L_SURNAME, use);
}

static int row_not_name(reading_t *r, zw_str_t *f, size_t n)
{
    return zw_lex_add(r->lexicon, f[0], ZW_L_NOT_NAME, n > 1 && zw_str_eqz(f[1], "exact"));
}

static bool number_of(zw_str_t s, uint32_t max, uint32_t *ret)
{
    uint32_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || v > max / 10)
            return false;
        v = v * 10 + (uint32_t)(s.p[i] - '0');
    }
    *ret = v;
    return true;
}

/* code name short parent from to weak */
static int row_region(reading_t *r, zw_str_t *f, size_t n)
{
    uint32_t code, parent, from = 0, to = 0, row;
    if (n < 3 || !number_of(f[0], 999999, &code) || code < 100000 || (n > 3 && !number_of(f[3], 999999, &parent)) ||
        (n > 4 && !number_of(f[4], 9999, &from)) || (n > 5 && !number_of(f[5], 9999, &to)))
        return -ZW_E_DATA;
    zw_region_row_t made = { code, n > 3 ? parent : 0, zw_lex_keep(r->lexicon, f[1]), zw_lex_keep(r->lexicon, f[2]),
                             (uint16_t)from, (uint16_t)to };
    if (!made.name.p || !made.brief.p)
        return -ENOMEM;
    int rc = zw_lex_add_region(r->lexicon, &made, &row);
    if (rc == 0)
        rc = zw_lex_add(r->lexicon, made.name, ZW_L_REGION, row);
    if (rc == 0 && made.brief.n)
        rc = zw_lex_add(r->lexicon, made.brief, ZW_L_REGION_SHORT, row);
    if (rc == 0 && n > 6 && f[6].n)
        rc = zw_lex_add(r->lexicon, f[6], ZW_L_REGION_WEAK, row);
    return rc;
}

static int row_region_abbr(reading_t *r, zw_str_t *f, size_t n)
{
    uint32_t code = 0;
    if (n < 3)
        return -ZW_E_DATA;
    if (zw_str_eqz(f[2], "compound"))
        return zw_lex_add(r->lexicon, f[0], ZW_L_REGION_MANY, 0);
    if (!number_of(f[1], 999999, &code))
        return -ZW_E_DATA;
    return zw_lex_add(r->lexicon, f[0], zw_str_eqz(f[2], "abbr") ? ZW_L_REGION_ABBR : ZW_L_REGION_NICK, code);
}

static uint8_t levels_of(zw_str_t s)
{
    uint8_t bits = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *at = strchr("npcd", s.p[i]);
        if (at)
            bits |= (uint8_t)(1 << (at - "npcd"));
    }
    return bits;
}

/* kind canonical forms levels years successor */
static int row_organ(reading_t *r, zw_str_t *f, size_t n)
{
    if (n < 4)
        return -ZW_E_DATA;
    zw_organ_row_t made = { zw_lex_keep(r->lexicon, f[0]), zw_lex_keep(r->lexicon, f[1]), levels_of(f[3]) };
    uint32_t row;
    if (!made.kind.p || !made.canonical.p)
        return -ENOMEM;
    int rc = zw_lex_add_organ(r->lexicon, &made, &row);
    if (rc == 0)
        rc = zw_lex_add(r->lexicon, made.canonical, ZW_L_ORGAN, row);
    for (zw_str_t rest = f[2]; rc == 0 && rest.n;) {
        const char *bar = memchr(rest.p, '|', rest.n);
        zw_str_t form = { rest.p, bar ? (size_t)(bar - rest.p) : rest.n };
        rest = zw_str(rest.p + form.n + (bar != NULL), rest.n - form.n - (bar != NULL));
        rc = zw_lex_add(r->lexicon, form, ZW_L_ORGAN, row);
    }
    return rc;
}

/* Of the firms' suffixes, those that name a trade or ware as well. */
static int row_firm(reading_t *r, zw_str_t *f, size_t n)
{
    bool weak = n > 1 && zw_str_eqz(f[1], "weak");
    return zw_lex_add(r->lexicon, f[0], weak ? ZW_L_FIRM_WEAK : ZW_L_FIRM, 0);
}

static int line_fn(void *ctx, unsigned number, zw_str_t line)
{
    reading_t *r = ctx;
    zw_str_t fields[MAX_FIELDS] = { 0 };
    size_t n = zw_split_tabs(line, fields, MAX_FIELDS), at;
    int rc = fields[0].n && zw_utf8_valid(line, &at) ? r->row(r, fields, n) : -ZW_E_DATA;
    if (rc < 0) {
        (void)snprintf(r->message, r->size, "%s:%u: %s", r->path, number, zw_error_text(rc));
        return rc;
    }
    zw_lex_hash_more(r->lexicon, line);
    return 0;
}

static const struct {
    const char *file;
    zw_lex_kind_t kind;
    int (*row)(reading_t *r, zw_str_t *fields, size_t n);
} FILES[] = {
    { "regions.tsv", ZW_L_REGION, row_region },
    { "region_abbr.tsv", ZW_L_REGION_ABBR, row_region_abbr },
    { "organs.tsv", ZW_L_ORGAN, row_organ },
    { "organ_fields.txt", ZW_L_FIELD, row_word },
    { "posts.txt", ZW_L_POST, row_word },
    { "awards.tsv", ZW_L_AWARD, row_word },
    { "statuses.tsv", ZW_L_STATUS, row_status },
    { "firm_suffix.txt", ZW_L_FIRM, row_firm },
    { "assoc_suffix.txt", ZW_L_ASSOC, row_word },
    { "body_suffix.txt", ZW_L_BODY, row_word },
    { "meeting_suffix.txt", ZW_L_MEETING, row_word },
    { "initiative_suffix.txt", ZW_L_INIT, row_word },
    { "agreement_suffix.txt", ZW_L_AGREEMENT, row_word },
    { "document_suffix.txt", ZW_L_DOC, row_word },
    { "laws.txt", ZW_L_LAW, row_word },
    { "units.txt", ZW_L_UNIT, row_unit },
    { "name_stop.txt", ZW_L_STOP, row_word },
    { "name_soft.txt", ZW_L_SOFT, row_word },
    { "name_word.txt", ZW_L_WORD, row_word },
    { "name_generic.txt", ZW_L_GENERIC, row_word },
    { "head_goes_on.txt", ZW_L_GOES_ON, row_word },
    { "person_verb.txt", ZW_L_SAY, row_word },
    { "surnames.txt", ZW_L_SURNAME, row_surname },
    { "given_stop.txt", ZW_L_NOT_NAME, row_not_name },
};

int zw_lex_read(zw_lexicon_t *lexicon, const char *folder, char *message, size_t size)
{
    for (size_t i = 0; i < sizeof(FILES) / sizeof(*FILES); i++) {
        char path[PATH_MAX + 64];
        (void)snprintf(path, sizeof(path), "%s/%s", folder, FILES[i].file);
        reading_t r = { lexicon, path, FILES[i].kind, message, size, FILES[i].row };
        message[0] = '\0';
        int rc = zw_file_lines(path, line_fn, &r);
        if (rc < 0) {
            if (!message[0])
                (void)snprintf(message, size, "%s: %s", path, zw_error_text(rc));
            return rc == -ENOMEM ? rc : rc == -ENOENT ? -ZW_E_DATA : rc;
        }
    }
    return 0;
}
