/* The store of zhiwen-web: readers can only read, and not for ever; words and diffs. */
#include "diff.h"
#include "filter.h"
#include "store.h"
#include "wire_assert.h"
#include "words.h"
#include "zw_wire.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct fixture {
    zw_text_tables_t *tables;
    places_t *places;
    store_t *store;
    char dir[64], path[80];
} fixture_t;

static int set_up(void **state)
{
    fixture_t *f = calloc(1, sizeof *f);
    (void)strcpy(f->dir, "/tmp/zw-web-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    (void)snprintf(f->path, sizeof f->path, "%s/facts.db", f->dir);
    assert_int_equal(zw_text_tables_open(&f->tables), 0);
    f->places = places_load();
    assert_int_equal(store_open(f->path, f->tables, f->places, &f->store), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_t *f = *state;
    char command[128];
    store_close(f->store);
    places_free(f->places);
    zw_text_tables_free(f->tables);
    (void)snprintf(command, sizeof command, "rm -r '%s'", f->dir);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

static void put(zw_buf_t *out, const char *key, const char *value)
{
    zw_mp_key(out, key);
    zw_mp_str(out, zw_strz(value));
}

static void add_fact(store_t *store, uint64_t seq, const char *event, const char *name, uint32_t support)
{
    zw_buf_t fact = { 0 }, article = { 0 };
    change_t change;
    zw_mp_map(&fact, 5);
    put(&fact, "type", "award");
    put(&fact, "id", name);
    put(&fact, "region", "330300");
    put(&fact, "time", "2010-11");
    put(&fact, "recipient", "正泰集團");
    zw_mp_map(&article, 2);
    zw_mp_key(&article, "number");
    zw_mp_uint(&article, seq);
    put(&article, "source", "温州日报");
    const zw_item_t item = { .seq = seq, .event = event, .support = support, .fact = zw_buf_str(&fact), .article = zw_buf_str(&article) };
    assert_int_equal(store_apply(store, &item, true, &change), 0);
    json_decref(change.json);
    zw_buf_done(&fact);
    zw_buf_done(&article);
}

static int run_sql(reader_t *reader, const char *sql)
{
    sqlite3_stmt *s;
    int r = sqlite3_prepare_v2(reader_sql(reader), sql, -1, &s, NULL);
    while (r == SQLITE_OK || r == SQLITE_ROW)
        r = sqlite3_step(s);
    if (r == SQLITE_ERROR)
        print_message("%s: %s\n", sql, sqlite3_errmsg(reader_sql(reader)));
    (void)sqlite3_finalize(s);
    return r;
}

static void readers_only_read(void **state)
{
    fixture_t *f = *state;
    static const char *const FORBIDDEN[] = {
        "INSERT INTO received VALUES(1, 2, 'x', NULL)", "DELETE FROM facts", "UPDATE facts SET type='x'", "DROP TABLE facts", "CREATE TABLE x(y)",
        "ATTACH '/tmp/zw-elsewhere' AS x", "PRAGMA query_only=0", "PRAGMA writable_schema=1", "INSERT INTO words(words) VALUES('delete-all')", "VACUUM INTO '/tmp/zw-elsewhere'",
        "BEGIN IMMEDIATE",
    };
    reader_t *reader = store_reader(f->store, 10000);
    assert_non_null(reader);
    for (size_t k = 0; k < sizeof FORBIDDEN / sizeof *FORBIDDEN; k++)
        if (run_sql(reader, FORBIDDEN[k]) == SQLITE_DONE)
            fail_msg("%s is done", FORBIDDEN[k]);
    assert_int_equal(run_sql(reader, "SELECT count(*) FROM facts"), SQLITE_DONE);
    assert_int_equal(run_sql(reader, "SELECT rowid FROM words WHERE words MATCH '\"质量\"'"), SQLITE_DONE);
    store_reader_done(reader);
}

static void readers_stop(void **state)
{
    fixture_t *f = *state;
    reader_t *reader = store_reader(f->store, 50), *all[64] = { 0 };
    assert_int_equal(run_sql(reader, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n) SELECT count(*) FROM n"), SQLITE_INTERRUPT);
    store_reader_done(reader);
    size_t count = 0;
    while (count < 64 && (all[count] = store_reader(f->store, 50)))
        count++;
    assert_in_range(count, 1, 63); /* there are only so many */
    while (count-- > 0)
        store_reader_done(all[count]);
}

static size_t standing(store_t *store)
{
    size_t n = columns_read(store_columns(store)).standing;
    columns_done(store_columns(store));
    return n;
}

static void columns_follow(void **state)
{
    fixture_t *f = *state;
    add_fact(f->store, 1, "fact", "aa", 1);
    add_fact(f->store, 2, "fact", "bb", 1);
    assert_int_equal(standing(f->store), 0); /* not before it is committed */
    assert_int_equal(store_commit(f->store, 2), 0);
    assert_int_equal(standing(f->store), 2);
    add_fact(f->store, 3, "support", "aa", 2);
    add_fact(f->store, 4, "fact", "bb", 1); /* again, as after a restart in between: the same fact */
    assert_int_equal(store_commit(f->store, 4), 0);
    assert_int_equal(standing(f->store), 2);
    add_fact(f->store, 5, "retract", "bb", 0);
    assert_int_equal(store_commit(f->store, 5), 0);
    assert_int_equal(standing(f->store), 1);
    store_close(f->store);
    assert_int_equal(store_open(f->path, f->tables, f->places, &f->store), 0);
    assert_int_equal(store_position(f->store), 5);
    view_t v = columns_read(store_columns(f->store));
    assert_int_equal(v.count, 1);
    assert_int_equal(v.rows[0].seq, 1);
    assert_int_equal(v.rows[0].region, 330300);
    assert_int_equal(v.rows[0].first_day, 20101101);
    assert_int_equal(v.rows[0].last_day, 20101130);
    assert_str("温州日报", columns_name(store_columns(f->store), NAME_OUTLET, v.rows[0].outlet));
    columns_done(store_columns(f->store));
    assert_int_equal(store_reset(f->store, "another"), 0);
    assert_int_equal(standing(f->store), 0);
    assert_string_equal(store_instance(f->store), "another");
}

static void many_are_squeezed(void **state)
{
    columns_t *c = columns_new();
    for (uint64_t k = 1; k <= 5000; k++)
        assert_int_equal(columns_put(c, &(row_t){ .seq = k }), 0);
    for (uint64_t k = 1; k <= 5000; k += 2)
        columns_remove(c, k);
    view_t v = columns_read(c);
    assert_int_equal(v.standing, 2500);
    assert_true(v.count < 5000);
    assert_int_equal(v.rows[view_lower(&v, 4001)].seq, v.rows[view_lower(&v, 4001)].gone ? 4001 : 4002);
    columns_done(c);
    columns_free(c);
}

static void words_in_pairs(void **state)
{
    static const struct {
        const char *plain, *index, *query;
    } cases[] = {
        { "质量奖", "质量 量奖 奖 ", "\"质量 量奖 \" " },
        { "质", "质 ", "\"质\"* " },
        { "质量", "质量 量 ", "\"质量 \" " },
        { "iso9001认证", "iso 9001 认证 证 ", "\"iso\"* \"9001\"* \"认证 \" " },
        { "a\" or b*", "a or b ", "\"a\"* \"or\"* \"b\"* " },
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        zw_buf_t index = { 0 }, query = { 0 };
        assert_int_equal(words_index(zw_strz(cases[k].plain), &index), 0);
        assert_int_equal(words_query(zw_strz(cases[k].plain), &query), 0);
        assert_str(cases[k].index, zw_buf_str(&index));
        assert_str(cases[k].query, zw_buf_str(&query));
        zw_buf_done(&index);
        zw_buf_done(&query);
    }
    zw_buf_t none = { 0 };
    assert_int_equal(words_query(zw_strz(" !? "), &none), -EINVAL);
    assert_int_equal(words_query(zw_strz("a b c d e f g h i"), &none), -EINVAL);
    zw_buf_done(&none);
    assert_true(words_match(zw_strz("首届浙江省政府质量奖"), zw_strz("质量 浙江")));
    assert_false(words_match(zw_strz("首届浙江省政府质量奖"), zw_strz("质量 江苏")));
}

static void typed_in_either_script(void **state)
{
    fixture_t *f = *state;
    static const char *const SAME[] = { "質量獎 浙江", "质量奖 浙江", "质量奖　浙江" };
    for (size_t k = 0; k < sizeof SAME / sizeof *SAME; k++) {
        zw_buf_t plain = { 0 };
        assert_int_equal(words_plain_query(f->tables, zw_strz(SAME[k]), &plain), 0);
        assert_str("质量奖 浙江", zw_buf_str(&plain));
        zw_buf_done(&plain);
    }
}

static void check_diff(const char *head, const char *member, const char *wanted)
{
    json_t *parts = diff_parts(zw_strz(head), zw_strz(member));
    zw_buf_t got = { 0 }, first = { 0 }, second = { 0 };
    size_t k;
    json_t *part;
    json_array_foreach(parts, k, part) {
        const char *op = json_string_value(json_object_get(part, "op")), *text = json_string_value(json_object_get(part, "text"));
        char mark = strcmp(op, "same") == 0 ? '=' : strcmp(op, "only_head") == 0 ? '-' : '+';
        (void)zw_buf_printf(&got, "%c%s|", mark, text);
        if (mark != '+')
            (void)zw_buf_puts(&first, zw_strz(text));
        if (mark != '-')
            (void)zw_buf_puts(&second, zw_strz(text));
    }
    if (wanted)
        assert_str(wanted, zw_buf_str(&got));
    assert_str(head, zw_buf_str(&first));
    assert_str(member, zw_buf_str(&second));
    json_decref(parts);
    zw_buf_done(&got);
    zw_buf_done(&first);
    zw_buf_done(&second);
}

static void what_differs(void **state)
{
    check_diff("", "", "");
    check_diff("质量", "质量", "=质量|");
    check_diff("合格率81%。", "合格率85%。", "=合格率8|-1|+5|=%。|");
    check_diff("质量", "", "-质量|");
    check_diff("", "质量", "+质量|");
    check_diff("甲乙丙丁", "甲丙丁戊", "=甲|-乙|=丙丁|+戊|");
    char *a = calloc(60001, 1), *b = calloc(60001, 1); /* too long and too different: as a whole */
    memset(a, 'a', 60000);
    memset(b, 'b', 60000);
    check_diff(a, b, NULL);
    a[3000] = b[3000] = '\0';
    check_diff(a, b, NULL);
    srand(7);
    for (int round = 0; round < 300; round++) {
        int n = rand() % 40, m = rand() % 40;
        for (int k = 0; k < n; k++)
            a[k] = (char)('a' + rand() % 3);
        for (int k = 0; k < m; k++)
            b[k] = (char)('a' + rand() % 3);
        a[n] = b[m] = '\0';
        check_diff(a, b, NULL);
    }
    free(a);
    free(b);
}

static void regions_hold_what_lies_in_them(void **state)
{
    int32_t low, high;
    region_range(330000, &low, &high);
    assert_int_equal(low * 1000000L + high, 330000 * 1000000L + 339999);
    region_range(330300, &low, &high);
    assert_int_equal(low * 1000000L + high, 330300 * 1000000L + 330399);
    region_range(330302, &low, &high);
    assert_int_equal(low * 1000000L + high, 330302 * 1000000L + 330302);
    region_range(0, &low, &high);
    assert_int_equal(low * 1000000L + high, 999999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(readers_only_read, set_up, tear_down), cmocka_unit_test_setup_teardown(readers_stop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_follow, set_up, tear_down), cmocka_unit_test(many_are_squeezed), cmocka_unit_test(words_in_pairs),
        cmocka_unit_test_setup_teardown(typed_in_either_script, set_up, tear_down), cmocka_unit_test(what_differs), cmocka_unit_test(regions_hold_what_lies_in_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
