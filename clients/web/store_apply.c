/* Events of the log, applied: one transaction, then the columns. */
#include "fact_json.h"
#include "store_priv.h"
#include "words.h"

#include <errno.h>
#include <stdlib.h>

uint64_t store_position(const store_t *st)
{
    return st->position;
}

const char *store_instance(const store_t *st)
{
    return st->instance;
}

/* ---- one statement */

/* Runs a statement without rows. */
static int run(store_t *st, int which)
{
    sqlite3_stmt *s = st->own[which];
    int r = sqlite3_step(s);
    (void)sqlite3_reset(s);
    return r == SQLITE_DONE ? 0 : sqlite3_errcode(facts_db_handle(st->db)) == SQLITE_NOMEM ? -ENOMEM : -EIO;
}

static int pend(store_t *st, const pending_t *p)
{
    if (st->pending_count == st->pending_capacity) {
        size_t capacity = st->pending_capacity ? st->pending_capacity * 2 : 256;
        pending_t *pending = realloc(st->pending, capacity * sizeof *pending);
        if (!pending)
            return -ENOMEM;
        st->pending = pending;
        st->pending_capacity = capacity;
    }
    st->pending[st->pending_count++] = *p;
    return 0;
}

static uint64_t seq_of(store_t *st, const char *id)
{
    sqlite3_stmt *s = st->own[OWN_SEQ];
    (void)sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
    uint64_t seq = sqlite3_step(s) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
    (void)sqlite3_reset(s);
    return seq;
}

/* The columns of the fact as they are now: 1, 0: it does not stand. */
static int row_of(store_t *st, const char *id, row_t *ret)
{
    sqlite3_stmt *s = st->own[OWN_ROW];
    (void)sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
    int step = sqlite3_step(s), r = step == SQLITE_ROW ? store_row(st, s, ret) : step == SQLITE_DONE ? 0 : -EIO;
    (void)sqlite3_reset(s);
    return r < 0 ? r : step == SQLITE_ROW;
}

static json_t *show_fact(store_t *st, uint64_t seq)
{
    sqlite3_stmt *s;
    json_t *fact = NULL;
    if (sqlite3_prepare_v2(facts_db_handle(st->db), FACT_COLUMNS "WHERE f.seq=?1", -1, &s, NULL) == SQLITE_OK)
        fact = fact_json_at(s, seq, st->places);
    (void)sqlite3_finalize(s);
    return fact;
}

/* ---- facts */

/* The words of a statement, in plain form: its quote, slots and title. */
static int plain_of(store_t *st, const statement_t *s)
{
    zw_buf_t _cleanup_buf_ all = { 0 };
    const char *quote = json_string_value(json_object_get(json_object_get(s->fact, "span"), "quote")), *title = json_string_value(json_object_get(s->article, "title"));
    (void)zw_buf_printf(&all, "%s\n", quote ? quote : "");
    fact_json_words(s->fact, &all);
    (void)zw_buf_puts(&all, zw_strz(title));
    zw_buf_clear(&st->plain);
    return all.failed ? -ENOMEM : words_plain(st->tables, zw_buf_str(&all), &st->plain);
}

static int index_words(store_t *st, uint64_t seq)
{
    zw_buf_clear(&st->words);
    int r = words_index(zw_buf_str(&st->plain), &st->words);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(st->own[OWN_WORDS], 1, (sqlite3_int64)seq);
    (void)sqlite3_bind_text(st->own[OWN_WORDS], 2, st->words.p, (int)st->words.n, SQLITE_STATIC);
    return run(st, OWN_WORDS);
}

/* What it was goes among what was taken back, so that a link to it still says so. */
static int keep_taken(store_t *st, const char *id, uint64_t before, const statement_t *s)
{
    json_t *fact = show_fact(st, before);
    (void)json_object_set_new(fact, "withdrawn", json_true());
    char *text = fact ? json_dumps(fact, JSON_COMPACT) : NULL;
    json_decref(fact);
    if (!text)
        return -ENOMEM;
    sqlite3_stmt *q = st->own[OWN_TAKEN];
    (void)sqlite3_bind_text(q, 1, id, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(q, 2, s->time_us);
    (void)sqlite3_bind_int64(q, 3, (sqlite3_int64)s->seq);
    (void)sqlite3_bind_text(q, 4, text, -1, free);
    return run(st, OWN_TAKEN);
}

static int change_fact(store_t *st, const char *event, const char *id, uint64_t before, const statement_t *s)
{
    if (strcmp(event, "retract") == 0) {
        int r = before ? keep_taken(st, id, before, s) : 0;
        return r < 0 ? r : facts_db_retract(st->db, s);
    }
    if (strcmp(event, "unsupport") == 0)
        return facts_db_unsupport(st->db, s);
    int r = strcmp(event, "support") == 0 ? facts_db_support(st->db, s) : 0;
    /* First sight; or a further one of a fact whose first the log keeps no more. */
    if (r != 0)
        return r;
    (void)sqlite3_bind_text(st->own[OWN_RETURNED], 1, id, -1, SQLITE_STATIC);
    r = run(st, OWN_RETURNED);
    if (r == 0)
        r = plain_of(st, s);
    if (r == 0)
        r = index_words(st, s->seq);
    return r < 0 ? r : facts_db_put(st->db, s);
}

static json_t *show_change(const statement_t *s, const char *id)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json_object_get(s->article, "number")));
    return json_pack("{ss, si, ss, sO?, sO?, sO?}", "id", id, "support", (int)s->support, "article", number, "title", json_object_get(s->article, "title"), "outlet",
                     json_object_get(s->article, "source"), "reason", json_object_get(s->article, "reason"));
}

static int take_fact(store_t *st, const char *event, const statement_t *s, bool show, change_t *ret)
{
    const char *id = json_string_value(json_object_get(s->fact, "id"));
    if (!id)
        return 0; /* no fact that we know how to keep */
    pending_t p = { 0 };
    uint64_t before = seq_of(st, id);
    zw_buf_clear(&st->plain);
    int r = change_fact(st, event, id, before, s);
    if (r >= 0)
        r = row_of(st, id, &p.row);
    if (r < 0)
        return r;
    p.put = r == 1;
    p.remove = before && (!p.put || p.row.seq != before) ? before : 0;
    r = pend(st, &p);
    bool fresh = p.put && p.row.seq == s->seq;
    if (r < 0 || (!p.put && !before))
        return r;
    ret->event = fresh ? "fact" : p.put ? "support" : "retract";
    ret->row = p.row;
    ret->plain = zw_buf_str(&st->plain);
    if (show && !fresh)
        r = plain_of(st, s);
    if (show)
        ret->json = fresh ? show_fact(st, s->seq) : show_change(s, id);
    return r;
}

/* ---- articles */

static json_t *show_article(const statement_t *s)
{
    char number[24];
    json_t *shown = json_deep_copy(s->article), *source = json_object_get(s->article, "source");
    (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json_object_get(s->article, "number")));
    (void)json_object_set_new(shown, "id", json_string(number));
    (void)json_object_set(shown, "outlet", source ? source : json_null());
    (void)json_object_del(shown, "number");
    (void)json_object_del(shown, "source");
    return shown;
}

static int take_article(store_t *st, const char *event, const statement_t *s, bool show, change_t *ret)
{
    json_int_t number = json_integer_value(json_object_get(s->article, "number"));
    json_t *of = json_object_get(s->article, "of_number"), *reason = json_object_get(s->article, "reason");
    const char *kind = json_string_value(json_object_get(s->article, "kind"));
    bool withdraw = strcmp(event, "withdraw") == 0;
    sqlite3_stmt *q = st->own[withdraw ? OWN_WITHDRAWN : OWN_RECEIVED];
    (void)sqlite3_bind_int64(q, 1, number);
    if (withdraw) {
        (void)sqlite3_bind_text(q, 2, json_is_string(reason) ? json_string_value(reason) : "", -1, SQLITE_STATIC);
    } else {
        (void)sqlite3_bind_int64(q, 2, s->time_us);
        (void)sqlite3_bind_text(q, 3, s->article_text, -1, SQLITE_STATIC);
    }
    int r = run(st, withdraw ? OWN_WITHDRAWN : OWN_RECEIVED);
    if (r == 0 && !withdraw && number > st->newest_article) { /* they are numbered as they come */
        st->newest_article = number;
        (void)atomic_fetch_add(&st->articles, 1);
    }
    if (r == 0 && !withdraw && json_is_integer(of) && kind && strcmp(kind, "revision") == 0)
        r = facts_db_revision(st->db, number, json_integer_value(of));
    ret->event = withdraw ? "withdraw" : "article";
    ret->json = show ? show_article(s) : NULL;
    return r;
}

/* ---- */

static bool is_of(const char *event, const char *const *names, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (strcmp(event, names[k]) == 0)
            return true;
    return false;
}

int store_apply(store_t *st, const zw_item_t *item, bool show, change_t *ret)
{
    static const char *const FACTS[] = { "fact", "support", "retract", "unsupport" }, *const ARTICLES[] = { "article", "withdraw" };
    *ret = (change_t){ .seq = item->seq };
    bool fact = is_of(item->event, FACTS, 4);
    if (!fact && !is_of(item->event, ARTICLES, 2))
        return 0;
    char *fact_text = zw_json(item->fact), *article_text = zw_json(item->article);
    statement_t s = { .seq = item->seq, .time_us = item->time_us, .support = item->support, .fact = fact_text ? json_loads(fact_text, JSON_ALLOW_NUL, NULL) : NULL,
                      .article = article_text ? json_loads(article_text, JSON_ALLOW_NUL, NULL) : NULL, .fact_text = fact_text, .article_text = article_text };
    int r = !s.article || (fact && !s.fact) ? -ENOMEM : fact ? take_fact(st, item->event, &s, show, ret) : take_article(st, item->event, &s, show, ret);
    json_decref(s.fact);
    json_decref(s.article);
    free(fact_text);
    free(article_text);
    return r;
}

static int set_position(store_t *st, uint64_t position, const char *instance)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)position);
    int r = facts_db_set_note(st->db, "position", text);
    return r == 0 ? facts_db_set_note(st->db, "instance", instance) : r;
}

int store_commit(store_t *st, uint64_t position)
{
    int r = set_position(st, position, st->instance);
    if (r == 0)
        r = facts_db_commit(st->db);
    if (r < 0)
        return r;
    st->position = position;
    for (size_t k = 0; k < st->pending_count && r == 0; k++) {
        if (st->pending[k].remove)
            columns_remove(st->columns, st->pending[k].remove);
        if (st->pending[k].put)
            r = columns_put(st->columns, &st->pending[k].row);
    }
    st->pending_count = 0;
    return r;
}

int store_reset(store_t *st, const char *instance)
{
    static const char FORGET[] = "DELETE FROM facts; DELETE FROM sources; DELETE FROM articles; DELETE FROM revisions; DELETE FROM received;"
                                 "DELETE FROM taken_back; INSERT INTO words(words) VALUES('delete-all')";
    if (sqlite3_exec(facts_db_handle(st->db), FORGET, NULL, NULL, NULL) != SQLITE_OK)
        return -EIO;
    st->pending_count = 0;
    st->newest_article = 0;
    atomic_store(&st->articles, 0);
    (void)snprintf(st->instance, sizeof st->instance, "%s", instance);
    int r = store_commit(st, 0);
    if (r == 0)
        columns_clear(st->columns);
    return r;
}
