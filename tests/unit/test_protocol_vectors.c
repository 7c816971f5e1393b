/* The codec against protocol/vectors/v1: every good message is read, means what is written beside it, and is written again
 * as the same bytes; every bad one is refused with the code and field written beside it. */
#include "wire_assert.h"
#include "zw_wire.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct vector {
    const char *path;
    json_t *about;
    zw_buf_t bytes;
} vector_t;

static void read_bytes(const char *json_path, zw_buf_t *out)
{
    char path[4096], block[4096];
    size_t n;
    (void)snprintf(path, sizeof path, "%.*s.msgpack", (int)(strlen(json_path) - 5), json_path);
    FILE *in = fopen(path, "rb");
    if (!in)
        fail_msg("%s cannot be opened", path);
    while ((n = fread(block, 1, sizeof block, in)) > 0)
        assert_int_equal(zw_buf_put(out, block, n), 0);
    (void)fclose(in);
}

static const char *text_of(const vector_t *v, const char *key)
{
    const char *text = json_string_value(json_object_get(v->about, key));
    return text ? text : "";
}

/* {"$bin": s} as zw_mp_to_json writes bin: s. */
static json_t *plain(json_t *value)
{
    const char *key;
    size_t k;
    json_t *item, *bin = json_object_get(value, "$bin");
    if (bin)
        return json_incref(bin);
    if (json_is_object(value)) {
        json_t *copy = json_object();
        json_object_foreach(value, key, item)
            assert_int_equal(json_object_set_new(copy, key, plain(item)), 0);
        return copy;
    }
    if (json_is_array(value)) {
        json_t *copy = json_array();
        json_array_foreach(value, k, item)
            assert_int_equal(json_array_append_new(copy, plain(item)), 0);
        return copy;
    }
    return json_incref(value);
}

static json_t *as_json(const char *path, zw_str_t bytes)
{
    zw_buf_t text = { 0 };
    json_error_t error;
    assert_int_equal(zw_mp_to_json(bytes, &text), 0);
    json_t *json = json_loadb(text.p, text.n, JSON_DECODE_ANY, &error);
    if (!json)
        fail_msg("%s: zw_mp_to_json wrote %.*s: %s", path, (int)text.n, text.p, error.text);
    zw_buf_done(&text);
    return json;
}

static void check_meaning(const vector_t *v)
{
    json_t *expected = plain(json_object_get(v->about, "meaning"));
    json_t *got = as_json(v->path, zw_buf_str(&v->bytes));
    if (!json_equal(expected, got))
        fail_msg("%s means %s", v->path, json_dumps(got, 0));
    json_decref(got);
    json_decref(expected);
}

static void check_same(const vector_t *v, const zw_buf_t *again)
{
    if (!json_is_true(json_object_get(v->about, "canonical")))
        return;
    if (again->n != v->bytes.n || memcmp(again->p, v->bytes.p, again->n) != 0)
        fail_msg("%s is written in other bytes: %zu for %zu", v->path, again->n, v->bytes.n);
}

static void check_string(const vector_t *v, const char *key, zw_str_t got)
{
    json_t *article = json_object_get(json_object_get(v->about, "meaning"), "article");
    const char *expected = json_string_value(json_object_get(article, key));
    if (!zw_str_eqz(got, expected ? expected : ""))
        fail_msg("%s: article.%s is read as \"%.*s\"", v->path, key, ZW_STR_ARGS(got));
}

static void check_request(const vector_t *v)
{
    static zw_request_t request;
    zw_reject_t why = { 0 };
    zw_buf_t again = { 0 };
    zw_wire_t *wire = zw_wire_new();
    assert_non_null(wire);
    int r = zw_request_decode(wire, zw_buf_str(&v->bytes), &ZW_WIRE_DEFAULTS, &request, &why);
    if (!json_is_true(json_object_get(v->about, "ok"))) {
        json_t *req = json_object_get(v->about, "req");
        if (r >= 0 || strcmp(zw_error_name(r), text_of(v, "code")) != 0 || strcmp(why.field, text_of(v, "field")) != 0)
            fail_msg("%s: refused as %s, \"%s\"", v->path, r < 0 ? zw_error_name(r) : "nothing", why.field);
        bool addressed = json_is_integer(req) && request.req.n == 1 && request.req.p[0] == (char)json_integer_value(req);
        if (req && !addressed)
            fail_msg("%s: the refusal is not addressed", v->path);
        zw_wire_free(wire);
        return;
    }
    if (r < 0)
        fail_msg("%s: refused as %s, \"%s\": %s", v->path, zw_error_name(r), why.field, why.message);
    check_meaning(v);
    if (request.op == ZW_OP_SUBMIT) {
        check_string(v, "id", request.article.id);
        check_string(v, "source", request.article.source);
        check_string(v, "title", request.article.title);
        check_string(v, "published", request.article.published);
        check_string(v, "charset", request.article.charset);
        check_string(v, "format", request.article.format);
        assert_true(request.article.body.n > 0);
        if (request.article.body_is_text)
            check_string(v, "body", request.article.body);
    }
    assert_int_equal(zw_request_encode(&request, &again), 0);
    check_same(v, &again);
    zw_buf_done(&again);
    zw_wire_free(wire);
}

static int rewrite(const vector_t *v, zw_wire_t *wire, zw_buf_t *again)
{
    zw_str_t bytes = zw_buf_str(&v->bytes);
    int r;
    if (strcmp(text_of(v, "kind"), "ack") == 0) {
        zw_ack_t ack;
        r = zw_ack_decode(wire, bytes, &ack);
        return r < 0 ? r : zw_ack_encode(&ack, again);
    }
    if (strcmp(text_of(v, "kind"), "event") == 0) {
        zw_event_t event;
        r = zw_event_decode(wire, bytes, &event);
        return r < 0 ? r : zw_event_encode(&event, again);
    }
    zw_answer_t answer;
    r = zw_answer_decode(wire, bytes, &answer);
    if (r < 0)
        return r;
    return answer.kind == ZW_ANSWER_PAGE ? zw_page_encode(&answer.page, again) : zw_answer_encode(&answer, again);
}

static void check_other(const vector_t *v)
{
    zw_buf_t again = { 0 };
    zw_wire_t *wire = zw_wire_new();
    assert_non_null(wire);
    check_meaning(v);
    int r = rewrite(v, wire, &again);
    if (r < 0)
        fail_msg("%s: %s", v->path, zw_error_name(r));
    check_same(v, &again);
    zw_buf_done(&again);
    zw_wire_free(wire);
}

/* The first n bytes alone, for every n: refused, and read no further than they go. */
static void check_prefixes(const vector_t *v)
{
    static zw_request_t request;
    zw_reject_t why;
    zw_event_t event;
    zw_ack_t ack;
    zw_answer_t answer;
    zw_wire_t *wire = zw_wire_new();
    assert_non_null(wire);
    for (size_t n = 0; n < v->bytes.n; n += 1 + n / 200) {
        char *copy = malloc(n ? n : 1);
        assert_non_null(copy);
        memcpy(copy, v->bytes.p, n);
        zw_str_t bytes = zw_str(copy, n);
        assert_true(zw_request_decode(wire, bytes, &ZW_WIRE_DEFAULTS, &request, &why) < 0);
        assert_true(zw_event_decode(wire, bytes, &event) < 0);
        assert_true(zw_ack_decode(wire, bytes, &ack) < 0);
        assert_true(zw_answer_decode(wire, bytes, &answer) < 0);
        free(copy);
    }
    zw_wire_free(wire);
}

static void all_vectors(void **state)
{
    glob_t found;
    assert_int_equal(glob(ZW_SOURCE "/protocol/vectors/v1/*.json", 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 60);
    for (size_t k = 0; k < found.gl_pathc; k++) {
        vector_t v = { .path = found.gl_pathv[k], .about = json_load_file(found.gl_pathv[k], 0, NULL) };
        if (!v.about)
            fail_msg("%s is not JSON", v.path);
        read_bytes(v.path, &v.bytes);
        if (strcmp(text_of(&v, "kind"), "request") == 0)
            check_request(&v);
        else
            check_other(&v);
        if (json_is_true(json_object_get(v.about, "ok")))
            check_prefixes(&v);
        zw_buf_done(&v.bytes);
        json_decref(v.about);
    }
    globfree(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(all_vectors) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
