/* The process that reads articles. */
#include "child_priv.h"
#include "reading.h"

#include <errno.h>
#include <unistd.h>

enum { STRING_BYTES = 64 << 20, ARENA_BYTES = 512 << 20, KEEP_BYTES = 16 << 20 };

static void no_diag(void *ctx, const char *file, unsigned line, unsigned column, const char *message)
{
    (void)ctx, (void)file, (void)line, (void)column, (void)message;
}

static int load(reading_t *r)
{
    int e = zw_text_tables_open(&r->tables);
    if (e == 0)
        e = zw_rules_load(NULL, 0, no_diag, NULL, &r->rules);
    r->extractor = e == 0 ? zw_extractor_new() : NULL;
    r->arena = zw_arena_new(ARENA_BYTES);
    return e < 0 ? e : r->extractor && r->arena ? reading_places(r) : -ENOMEM;
}

static int read_question(zw_arena_t *arena, child_question_t *q)
{
    child_head_t head;
    zw_str_t *const strings[CHILD_STRINGS] = { &q->body, &q->charset, &q->format, &q->title, &q->published, &q->url, &q->source, &q->fact };
    int e = child_read(STDIN_FILENO, &head, sizeof head, 0);
    for (int k = 0; k < CHILD_STRINGS && e == 0; k++) {
        char *p = head.lengths[k] <= STRING_BYTES ? zw_arena_alloc(arena, head.lengths[k]) : NULL;
        if (!p)
            return -ENOMEM;
        e = child_read(STDIN_FILENO, p, head.lengths[k], 0);
        *strings[k] = zw_str(p, head.lengths[k]);
    }
    q->task = head.task == CHILD_EVIDENCE ? CHILD_EVIDENCE : CHILD_TRY;
    q->body_is_text = head.body_is_text;
    return e;
}

static int answer(int code, const zw_buf_t *out)
{
    child_answer_t a = { .code = code, .length = code < 0 ? 0 : (uint32_t)out->n };
    int e = child_write(STDOUT_FILENO, &a, sizeof a, 0);
    return e == 0 && code >= 0 ? child_write(STDOUT_FILENO, out->p, out->n, 0) : e;
}

int child_main(void)
{
    reading_t r = { 0 };
    zw_buf_t out = { 0 };
    int e = load(&r);
    if (e == 0)
        e = child_lock_in();
    int told = answer(e, &out); /* whether it can begin */
    e = e == 0 ? told : e;
    for (int k = 0; e == 0 && k < CHILD_QUESTIONS; k++) {
        child_question_t q = { 0 };
        zw_arena_reset(r.arena, KEEP_BYTES);
        zw_buf_clear(&out);
        e = read_question(r.arena, &q);
        if (e == 0)
            e = answer(reading_answer(&r, &q, &out), &out);
    }
    _exit(e < 0);
}
