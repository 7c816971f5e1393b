/* The stages in their order, for an article and for a line. */
#include "text/stage.h"

#include <errno.h>

#include "base/utf8.h"
#include "zw_error.h"

#define BODY_MAX_BYTES (256u << 20)
enum { ROUNDS_MAX = 3 }; /* references in mojibake in references: nobody damages a text more often */

const char *const ZW_REPAIR_NAMES[ZW_REPAIR_COUNT] = {
    [ZW_REPAIR_CHARSET] = "charset", [ZW_REPAIR_INVALID] = "invalid", [ZW_REPAIR_MOJIBAKE] = "mojibake",
    [ZW_REPAIR_ENTITIES] = "entities", [ZW_REPAIR_HTML] = "html", [ZW_REPAIR_PINYIN] = "pinyin", [ZW_REPAIR_TORN] = "torn",
    [ZW_REPAIR_LOST] = "lost", [ZW_REPAIR_SCRIPT] = "script", [ZW_REPAIR_WIDTH] = "width", [ZW_REPAIR_BLANKS] = "blanks",
    [ZW_REPAIR_WRAP] = "wrap", [ZW_REPAIR_DOUBLED] = "doubled", [ZW_REPAIR_RELATED] = "related",
    [ZW_REPAIR_BOILERPLATE] = "boilerplate",
};

/* Wrong decodings and references, each of which can hide the other. `decoded`: no wrong decoding is left. */
static int unveil(zw_repair_t *r, bool decoded)
{
    int e = 0;
    for (int round = 0; e >= 0 && round < ROUNDS_MAX; round++) {
        uint32_t before = r->counts[ZW_REPAIR_MOJIBAKE] + r->counts[ZW_REPAIR_ENTITIES];
        if (!decoded || round > 0)
            e = zw_mojibake_repair(r);
        if (e >= 0)
            e = zw_entities_resolve(r);
        if (r->counts[ZW_REPAIR_MOJIBAKE] + r->counts[ZW_REPAIR_ENTITIES] == before)
            break;
    }
    return e;
}

static int characters(zw_repair_t *r)
{
    int (*const stages[])(zw_repair_t *) = { zw_chars_blanks, zw_pinyin_remove, zw_chars_normalise, zw_script_simplify };
    int e = 0;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && e >= 0; i++)
        e = stages[i](r);
    return e;
}

static int article(zw_repair_t *r)
{
    int e = zw_charset_decode(r);
    if (e >= 0)
        e = zw_mojibake_repair(r);
    bool page = zw_str_eqz(r->raw->format, "html") || (e >= 0 && r->raw->format.n == 0 && zw_html_likely(r));
    if (e >= 0 && page) {
        e = zw_html_to_text(r);
        r->seen = (uint32_t)ZW_SEEN_ALL;
    }
    if (e >= 0)
        e = unveil(r, !page && r->counts[ZW_REPAIR_MOJIBAKE] == 0);
    if (e >= 0)
        e = zw_wrap_join(r);
    if (e >= 0)
        e = characters(r);
    /* Annotations hide how long the lines were. */
    if (e >= 0 && r->counts[ZW_REPAIR_PINYIN] + r->counts[ZW_REPAIR_BLANKS] > 0)
        e = zw_wrap_join(r);
    return e;
}

int zw_text_repair(const zw_text_tables_t *tables, const zw_raw_t *raw, const zw_text_options_t *options, zw_arena_t *arena,
                   zw_text_t *ret)
{
    if (raw->body.n > BODY_MAX_BYTES)
        return -ZW_E_TOO_LARGE;
    zw_text_t text = { .raw = raw->body, .tables = tables };
    zw_repair_t r = { .tables = tables, .arena = arena, .raw = raw, .want_notes = options && options->notes };
    int e = article(&r);
    if (e < 0)
        return e;
    e = zw_layout_build(&r, &text);
    if (e < 0)
        return e;
    if (text.text.n == 0)
        return -ZW_E_EMPTY;
    if (r.failed_note)
        return -ENOMEM;
    text.decoded = r.decoded;
    text.decoded_is_raw = r.decoded_is_raw;
    text.charset = r.charset;
    text.charset_confidence = r.charset_confidence;
    memcpy(text.repairs, r.counts, sizeof text.repairs);
    text.notes = r.notes.p;
    text.note_count = r.notes.n;
    *ret = text;
    return 0;
}

int zw_text_repair_line(const zw_text_tables_t *tables, zw_str_t line, zw_arena_t *arena, zw_str_t *ret)
{
    if (line.n > BODY_MAX_BYTES)
        return -ZW_E_TOO_LARGE;
    zw_raw_t raw = { .body = line };
    zw_repair_t r = { .tables = tables, .arena = arena, .raw = &raw };
    int e = zw_charset_decode(&r);
    if (e == -ZW_E_ENCODING) { /* a name is what it is, however odd */
        e = zw_units_from_utf8(arena, line, 0, &r.text);
        r.seen = (uint32_t)ZW_SEEN_ALL;
    }
    if (e >= 0)
        e = unveil(&r, false);
    if (e >= 0)
        e = characters(&r);
    if (e < 0)
        return e;
    zw_unit_t *u = r.text.u;
    size_t n = r.text.n;
    while (n && (u->cp == ' ' || u->cp == '\n'))
        u++, n--;
    while (n && (u[n - 1].cp == ' ' || u[n - 1].cp == '\n'))
        n--;
    zw_str_t text = zw_units_utf8(arena, u, n);
    if (!text.p)
        return -ENOMEM;
    *ret = text;
    return 0;
}
