/* JSON Lines: an article a line. */
#include "articles_priv.h"

#include "zw_error.h"

#include <errno.h>
#include <jansson.h>
#include <sodium.h>

/* null counts as absent. False when it is there and no string. */
static bool get_string(json_t *object, const char *key, zw_str_t *ret)
{
    json_t *value = json_object_get(object, key);
    *ret = zw_str(NULL, 0);
    if (!value || json_is_null(value))
        return true;
    if (!json_is_string(value))
        return false;
    *ret = zw_str(json_string_value(value), json_string_length(value));
    return true;
}

static int decode_base64(zw_str_t text, zw_buf_t *out)
{
    size_t n;
    if (zw_buf_reserve(out, text.n / 4 * 3 + 3) < 0)
        return -ENOMEM;
    if (sodium_base642bin((unsigned char *)out->p, out->cap, text.p, text.n, "\r\n ", &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return -ZW_E_VALUE;
    out->n = n;
    return 0;
}

static int take_object(articles_reader_t *r, json_t *object, const char *file, place_t place)
{
    article_t a = { .file = file, .place = place };
    zw_str_t text, raw;
    zw_buf_t _cleanup_buf_ bytes = { 0 };
    const struct {
        const char *key;
        zw_str_t *to;
    } fields[] = { { "id", &a.id },           { "title", &a.title },     { "source", &a.source }, { "url", &a.url },
                   { "published", &a.published }, { "charset", &a.charset }, { "format", &a.format }, { "text", &text },
                   { "raw_b64", &raw } };
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
        if (!get_string(object, fields[k].key, fields[k].to))
            return articles_bad(r, file, place, "\"%s\" must be a string", fields[k].key);
    if ((text.p != NULL) == (raw.p != NULL))
        return articles_bad(r, file, place, "%s", text.p ? "\"text\" and \"raw_b64\" exclude each other"
                                                         : "neither \"text\" nor \"raw_b64\"");
    a.body_is_text = text.p != NULL;
    a.body = text;
    if (raw.p) {
        int e = decode_base64(raw, &bytes);
        if (e < 0)
            return e == -ENOMEM ? e : articles_bad(r, file, place, "\"%s\" is not base64", "raw_b64");
        a.body = zw_buf_str(&bytes);
    }
    return articles_give(r, &a);
}

static int take_line(articles_reader_t *r, zw_str_t text, const char *file, place_t place)
{
    json_error_t error;
    if (place.at == 1 && zw_str_starts(text, ZW_STR_LIT("\xef\xbb\xbf")))
        text = zw_str(text.p + 3, text.n - 3);
    while (text.n > 0 && strchr("\r \t", text.p[text.n - 1]))
        text.n--;
    if (text.n == 0)
        return 0;
    json_t *object = json_loadb(text.p, text.n, 0, &error);
    if (!object)
        return articles_bad(r, file, place, "not JSON: %s", error.text);
    int result = json_is_object(object) ? take_object(r, object, file, place) : articles_bad(r, file, place, "%s", "not a JSON object");
    json_decref(object);
    return result;
}

int jsonl_read(articles_reader_t *r, stream_t *s, const char *file)
{
    zw_buf_t _cleanup_buf_ line = { 0 };
    place_t place = { PLACE_LINE, 1 };
    int result = 0;
    for (; result >= 0; place.at++) {
        int got = stream_line(s, r->max_bytes, &line);
        if (got == 0)
            break;
        if (got == -ZW_E_TOO_LARGE) {
            result = articles_bad(r, file, place, "line is too long");
            continue;
        }
        if (got < 0)
            return got == -ENOMEM ? got : articles_bad(r, file, place, "%s", s->error);
        result = take_line(r, zw_buf_str(&line), file, place);
    }
    return result;
}
