/* child: articles are read again (repaired, looked through for facts) in a process of little power and a short life.
 *
 * Purpose. What an article brings is read by much code; here by a process that can do nothing but compute: its data is loaded, then
 * it may no longer open, connect, start or write anything, and has a limit of time and memory. It answers a few questions, so that
 * what one article might do to it is not kept for long. One is kept waiting, since to load rules takes a second.
 * Threading. Any thread; child_ask blocks.
 */
#ifndef WEB_CHILD_H
#define WEB_CHILD_H

#include "zw_buf.h"

typedef struct child_pool child_pool_t;

/* Seconds of the clock on the wall that loading and a question may take, on a machine that is busy; of the processor a question has CHILD_CPU_S. */
enum { CHILD_LOAD_S = 120, CHILD_S = 60, CHILD_CPU_S = 15, CHILD_QUESTIONS = 16, CHILD_ANSWER_BYTES = 64 << 20 };

typedef enum { CHILD_TRY, CHILD_EVIDENCE } child_task_t;

/* An article as zhiwend has it, or as it was pasted; and the fact (JSON, as on the wire) whose place is wanted. */
typedef struct child_question {
    child_task_t task;
    bool body_is_text;
    zw_str_t body, charset, format, title, published, url, source, fact;
} child_question_t;
enum { CHILD_STRINGS = 8 };

/* `program` is started as `program --read-article`. */
int child_pool_new(const char *program, child_pool_t **ret);
void child_pool_free(child_pool_t *pool); /* takes NULL */

/* Appends JSON. 0; -ZW_E_* as zw_text_repair refuses the article; -ETIME, -ECHILD (it died), -EBUSY, -ENOMEM, -errno. */
int child_ask(child_pool_t *pool, const child_question_t *question, zw_buf_t *ret_json);

/* What the process does: for main. Never returns before its end; the exit status. */
int child_main(void);

#endif
