/* Which charset the bytes are in: by what is declared, by uchardet, and most of all by what each would make of them. */
#include "text/charset.h"

#include <errno.h>
#include <uchardet/uchardet.h>

#include "base/utf8.h"
#include "text/stage.h"
#include "zw_error.h"

#define UTF16_MIN 0.3
enum { SAMPLE_BYTES = 64 * 1024, META_BYTES = 4096 };

typedef struct verdict {
    zw_cs_t cs;
    double confidence;
} verdict_t;

/* From where the first byte beyond ASCII stands, back to the start of its line. */
static zw_str_t sample_of(zw_str_t body)
{
    size_t at = 0;
    while (at < body.n && (unsigned char)body.p[at] < 0x80)
        at++;
    while (at > 0 && body.p[at - 1] != '\n')
        at--;
    at &= ~(size_t)1; /* two-byte units stay whole */
    return zw_str(body.p + at, body.n - at > SAMPLE_BYTES ? SAMPLE_BYTES : body.n - at);
}

static zw_cs_t ask_uchardet(zw_str_t sample)
{
    uchardet_t u = uchardet_new();
    zw_cs_t cs = ZW_CS_COUNT;
    if (!u)
        return cs;
    if (uchardet_handle_data(u, sample.p, sample.n) == 0) {
        uchardet_data_end(u);
        cs = zw_cs_of(zw_strz(uchardet_get_charset(u)));
    }
    uchardet_delete(u);
    return cs;
}

/* The charset that a page declares in its head, the first of several. */
static zw_cs_t ask_page(zw_str_t body)
{
    zw_str_t head = zw_str(body.p, body.n < META_BYTES ? body.n : META_BYTES);
    for (size_t i = 0; i + 8 < head.n; i++) {
        if (memcmp(head.p + i, "charset=", 8) != 0 && memcmp(head.p + i, "CHARSET=", 8) != 0)
            continue;
        size_t from = i + 8;
        while (from < head.n && (head.p[from] == '"' || head.p[from] == '\'' || head.p[from] == ' '))
            from++;
        size_t to = from;
        while (to < head.n && (zw_is_letter((unsigned char)head.p[to]) || zw_is_digit((unsigned char)head.p[to]) || head.p[to] == '-'))
            to++;
        return zw_cs_of(zw_str(head.p + from, to - from));
    }
    return ZW_CS_COUNT;
}

/* How Chinese the sample reads in `cs`, about -2 to 1. */
static double weigh(const zw_text_tables_t *t, zw_cs_t cs, zw_str_t s)
{
    long sum = 0, count = 0, invalid = 0;
    const char *end = s.p + s.n;
    for (const char *p = s.p; p < end;) {
        uint32_t cp;
        unsigned n = zw_cs_decode(t, cs, p, end, &cp);
        if (cp == 0xFFFD && end - p < 4 && s.n == SAMPLE_BYTES)
            break; /* cut by the sample's end */
        p += n;
        if (cp >= 0x80 || ((cp < 0x20 && cp != '\n' && cp != '\r' && cp != '\t'))) {
            sum += cp < 0x20 ? -32 : zw_chinese_weight(t, cp);
            invalid += cp == 0xFFFD;
            count++;
        }
    }
    return count ? (double)sum / (16.0 * (double)count) - (invalid * 20 > count ? 0.5 : 0) : 0;
}

static verdict_t decide(const zw_repair_t *r, zw_str_t body)
{
    zw_str_t sample = sample_of(body);
    zw_cs_t declared = zw_cs_of(r->raw->charset), page = ask_page(body), guess = ask_uchardet(sample);
    verdict_t best = { ZW_CS_COUNT, 0 };
    double first = -9, second = -9;
    for (zw_cs_t cs = ZW_CS_UTF8; cs < ZW_CS_COUNT; cs++) {
        double w = weigh(r->tables, cs, sample);
        if ((cs == ZW_CS_UTF16LE || cs == ZW_CS_UTF16BE) && w < UTF16_MIN)
            continue; /* any two bytes are a character there: without a mark only good Chinese counts */
        w += (cs == declared ? 0.15 : 0) + (cs == page ? 0.1 : 0) + (cs == guess ? 0.1 : 0);
        if (cs == ZW_CS_UTF8)
            w += 0.2; /* long runs of valid UTF-8 do not come about by chance */
        if (w > first) {
            second = first;
            first = w;
            best.cs = cs;
        } else if (w > second)
            second = w;
    }
    double margin = first - second;
    best.confidence = first < -1.2 ? 0 : margin > 0.6 ? 0.99 : 0.5 + margin * 0.8;
    return best;
}

/* Bytes that are no text: mostly control characters however they are read. */
static bool is_binary(zw_str_t s)
{
    size_t control = 0, n = s.n < SAMPLE_BYTES ? s.n : SAMPLE_BYTES;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        control += c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1B;
    }
    return control * 10 > n;
}

/* Bytes that begin a character: all but those of the form 10xxxxxx. Eight at a time. */
static size_t count_chars(const char *p, const char *end)
{
    const uint64_t ONES = 0x0101010101010101u;
    size_t n = 0;
    for (; end - p >= 8; p += 8) {
        uint64_t eight;
        memcpy(&eight, p, 8);
        n += (((~eight >> 7 | eight >> 6) & ONES) * ONES) >> 56;
    }
    for (; p < end; p++)
        n += ((unsigned char)*p & 0xC0) != 0x80;
    return n;
}

static uint32_t seen_of_ascii(const zw_text_tables_t *t, unsigned char c)
{
    bool control = c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1B;
    return t->kind[c] | (uint32_t)(c == '<' ? ZW_SEEN_MARKUP : c == '&' ? ZW_SEEN_REFERENCE : control ? ZW_SEEN_CONTROLS : 0);
}

/* UTF-8 from begin + skip on, the usual case, in one pass that also tells what there is. Returns 1; 0 if it is not
 * valid; -ENOMEM. */
static int decode_utf8(zw_repair_t *r, size_t skip)
{
    const zw_text_tables_t *t = r->tables;
    const char *begin = r->raw->body.p, *end = begin + r->raw->body.n;
    uint32_t ascii[0x80], seen = 0;
    for (unsigned c = 0; c < 0x80; c++)
        ascii[c] = seen_of_ascii(t, (unsigned char)c);
    zw_unit_t *u = zw_arena_alloc(r->arena, (count_chars(begin + skip, end) + 1) * sizeof *u);
    if (!u)
        return -ENOMEM;
    zw_unit_t *out = u;
    const uint16_t *kind = t->kind;
    for (const char *p = begin + skip; p < end;) {
        const unsigned char *s = (const unsigned char *)p;
        uint32_t cp = s[0];
        unsigned len = 1;
        if (cp < 0x80)
            seen |= ascii[cp];
        else if (end - p >= 3 && (cp & 0xF0) == 0xE0 && (s[1] & 0xC0) == 0x80 && (s[2] & 0xC0) == 0x80 && cp != 0xE0 && cp != 0xED) {
            cp = (cp & 15) << 12 | (uint32_t)(s[1] & 63) << 6 | (s[2] & 63);
            seen |= kind[cp];
            len = 3;
        } else {
            len = zw_utf8_decode(p, end, &cp);
            if (len == 1)
                return 0;
            seen |= cp < 0x10000 ? kind[cp] : ZW_SEEN_FAR;
        }
        *out++ = (zw_unit_t){ .cp = cp & 0x1FFFFF, .src = (uint32_t)(p - begin), .src_len = len };
        p += len;
    }
    r->text = (zw_units_t){ u, (size_t)(out - u) };
    r->seen = seen;
    return 1;
}

static int decode_all(zw_repair_t *r, zw_cs_t cs, size_t skip)
{
    zw_str_t body = r->raw->body;
    const char *begin = body.p, *end = body.p + body.n;
    size_t count = 0;
    for (const char *p = begin + skip; p < end; count++) {
        uint32_t cp;
        p += zw_cs_decode(r->tables, cs, p, end, &cp);
    }
    zw_unit_t *u = zw_arena_alloc(r->arena, (count + 1) * sizeof *u);
    if (!u)
        return -ENOMEM;
    size_t n = 0;
    for (const char *p = begin + skip; p < end;) {
        uint32_t cp;
        unsigned len = zw_cs_decode(r->tables, cs, p, end, &cp);
        zw_unit_t unit = { .cp = cp, .src = (uint32_t)(p - begin), .src_len = len };
        p += len;
        if (cp == 0xFFFD && !(cs == ZW_CS_UTF8 && len == 3))
            zw_note_units(r, ZW_REPAIR_INVALID, &unit, 1, NULL, 0);
        u[n++] = unit;
    }
    r->text = (zw_units_t){ u, n };
    return 0;
}

/* Every kind of line break is one '\n'. In place; decoded text keeps the original ones. */
static void line_breaks(zw_repair_t *r)
{
    zw_unit_t *u = r->text.u;
    size_t w = 0;
    for (size_t i = 0; i < r->text.n; i++) {
        uint32_t cp = u[i].cp;
        if (zw_kind(r->tables, cp) & ZW_IS_BREAK) {
            if (cp == '\r' && i + 1 < r->text.n && u[i + 1].cp == '\n')
                continue;
            u[i].cp = '\n';
        }
        u[w++] = u[i];
    }
    r->text.n = w;
}

/* What the bytes are in when they are no UTF-8; *ret_skip: the mark that says so. */
static verdict_t decide_other(const zw_repair_t *r, size_t *ret_skip)
{
    zw_str_t body = r->raw->body;
    const unsigned char *s = (const unsigned char *)body.p;
    *ret_skip = 0;
    if (body.n >= 2 && ((s[0] == 0xFF && s[1] == 0xFE) || (s[0] == 0xFE && s[1] == 0xFF))) {
        *ret_skip = 2;
        return (verdict_t){ s[0] == 0xFF ? ZW_CS_UTF16LE : ZW_CS_UTF16BE, 1 };
    }
    if (body.n >= 4 && memcmp(s, "\x84\x31\x95\x33", 4) == 0) {
        *ret_skip = 4;
        return (verdict_t){ ZW_CS_GB18030, 1 };
    }
    return decide(r, body);
}

int zw_charset_decode(zw_repair_t *r)
{
    zw_str_t body = r->raw->body;
    verdict_t v = { ZW_CS_UTF8, 1 };
    bool mark = body.n >= 3 && memcmp(body.p, "\xEF\xBB\xBF", 3) == 0;
    size_t skip = mark ? 3 : 0;
    int e = decode_utf8(r, skip);
    if (e < 0)
        return e;
    bool valid = e > 0;
    if (!valid && !mark)
        v = decide_other(r, &skip);
    else if (valid && !r->raw->body_is_utf8 && memchr(body.p, 0, body.n < SAMPLE_BYTES ? body.n : SAMPLE_BYTES))
        v = decide(r, body); /* ASCII with zero bytes may be UTF-16 */
    bool wide = v.cs == ZW_CS_UTF16LE || v.cs == ZW_CS_UTF16BE;
    if (v.cs == ZW_CS_COUNT || v.confidence <= 0 || (!wide && (!valid || r->seen & ZW_SEEN_CONTROLS) && is_binary(body)))
        return -ZW_E_ENCODING;
    r->charset = zw_strz(zw_cs_name(v.cs));
    r->charset_confidence = v.confidence;
    if (!valid || v.cs != ZW_CS_UTF8) {
        e = decode_all(r, v.cs, skip);
        if (e < 0)
            return e;
        r->seen = (uint32_t)ZW_SEEN_ALL;
    }
    r->decoded_is_raw = v.cs == ZW_CS_UTF8 && r->counts[ZW_REPAIR_INVALID] == 0;
    r->decoded = r->decoded_is_raw ? body : zw_units_utf8(r->arena, r->text.u, r->text.n);
    if (!r->decoded_is_raw && !r->decoded.p)
        return -ENOMEM;
    if (v.cs != ZW_CS_UTF8)
        r->counts[ZW_REPAIR_CHARSET]++;
    if (r->seen & ZW_IS_BREAK)
        line_breaks(r);
    return 0;
}

zw_str_t zw_text_quote(const zw_text_t *text, zw_span_t src, zw_arena_t *arena)
{
    if (src.start > src.end || src.end > text->raw.n)
        return (zw_str_t){ 0 };
    zw_str_t run = zw_str(text->raw.p + src.start, src.end - src.start);
    if (text->decoded_is_raw)
        return run;
    zw_cs_t cs = zw_cs_of(text->charset);
    char *out = zw_arena_alloc(arena, 3 * run.n + 4); /* no byte gives more than three in UTF-8 */
    size_t w = 0;
    if (!out)
        return (zw_str_t){ 0 };
    for (const char *p = run.p; p < run.p + run.n;) {
        uint32_t cp;
        p += zw_cs_decode(text->tables, cs, p, run.p + run.n, &cp);
        w += zw_utf8_encode(cp, out + w);
    }
    return zw_str(out, w);
}
