#include "child_priv.h"
#include "zw_error.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AT_ONCE = 3 };
extern char **environ;

typedef struct child {
    pid_t pid; /* 0: none */
    int in, out;
    unsigned asked;
} child_t;

struct child_pool {
    pthread_mutex_t lock;
    char *program;
    child_t spare;
    unsigned busy;
};

/* ---- one process */

static void end_child(child_t *c)
{
    if (c->pid <= 0)
        return;
    (void)close(c->in);
    (void)close(c->out);
    (void)kill(c->pid, SIGKILL);
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *c = (child_t){ 0 };
}

/* Its standard input and output are the pipes; nothing else of ours is open in it, for all that we open is closed on exec. */
static int spawn(const char *program, int stdin_fd, int stdout_fd, pid_t *ret)
{
    char *const argv[] = { (char *)(uintptr_t)program, (char *)(uintptr_t)"--read-article", NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t how;
    sigset_t none;
    (void)sigemptyset(&none);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&how);
    (void)posix_spawnattr_setsigmask(&how, &none);
    (void)posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
    int e = posix_spawn_file_actions_adddup2(&actions, stdin_fd, 0);
    if (e == 0)
        e = posix_spawn_file_actions_adddup2(&actions, stdout_fd, 1);
    if (e == 0)
        e = posix_spawn(ret, program, &actions, &how, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&how);
    return -e;
}

static int start_child(const char *program, child_t *ret)
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) < 0)
        return -errno;
    if (pipe2(out, O_CLOEXEC) < 0) {
        int e = errno;
        (void)close(in[0]);
        (void)close(in[1]);
        return -e;
    }
    *ret = (child_t){ .in = in[1], .out = out[0] };
    int r = spawn(program, in[0], out[1], &ret->pid);
    (void)close(in[0]);
    (void)close(out[1]);
    if (r < 0) {
        (void)close(in[1]);
        (void)close(out[0]);
        ret->pid = 0;
    }
    return r;
}

static int converse(const child_t *c, const child_question_t *q, zw_buf_t *out)
{
    const zw_str_t strings[CHILD_STRINGS] = { q->body, q->charset, q->format, q->title, q->published, q->url, q->source, q->fact };
    child_head_t head = { .task = q->task, .body_is_text = q->body_is_text };
    child_answer_t answer;
    int64_t until = child_now_us() + CHILD_LOAD_S * INT64_C(1000000);
    for (int k = 0; k < CHILD_STRINGS; k++)
        head.lengths[k] = (uint32_t)strings[k].n;
    int r = c->asked ? 0 : child_read(c->out, &answer, sizeof answer, until); /* that it has loaded its data */
    if (r == 0 && !c->asked && answer.code < 0)
        r = answer.code;
    until = child_now_us() + CHILD_S * INT64_C(1000000);
    if (r == 0)
        r = child_write(c->in, &head, sizeof head, until);
    for (int k = 0; k < CHILD_STRINGS && r == 0; k++)
        r = child_write(c->in, strings[k].p, strings[k].n, until);
    if (r == 0)
        r = child_read(c->out, &answer, sizeof answer, until);
    if (r == 0 && (answer.code < 0 || answer.length > CHILD_ANSWER_BYTES))
        return answer.code < 0 ? answer.code : -ECHILD;
    if (r == 0)
        r = zw_buf_reserve(out, answer.length);
    if (r == 0)
        r = child_read(c->out, out->p + out->n, answer.length, until);
    if (r == 0)
        out->n += answer.length;
    return r == -EPIPE ? -ECHILD : r;
}

/* ---- the pool */

int child_pool_new(const char *program, child_pool_t **ret)
{
    child_pool_t *pool = calloc(1, sizeof *pool);
    if (!pool || !program)
        return free(pool), pool ? -ENOENT : -ENOMEM;
    (void)pthread_mutex_init(&pool->lock, NULL);
    pool->program = strdup(program);
    int r = pool->program ? start_child(program, &pool->spare) : -ENOMEM;
    if (r == 0)
        *ret = pool;
    else
        child_pool_free(pool);
    return r;
}

void child_pool_free(child_pool_t *pool)
{
    if (!pool)
        return;
    end_child(&pool->spare);
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool->program);
    free(pool);
}

int child_ask(child_pool_t *pool, const child_question_t *q, zw_buf_t *out)
{
    child_t mine = { 0 };
    (void)pthread_mutex_lock(&pool->lock);
    int r = pool->busy < AT_ONCE ? 0 : -EBUSY;
    if (r == 0) {
        pool->busy++;
        mine = pool->spare;
        pool->spare = (child_t){ 0 };
        if (mine.pid <= 0)
            r = start_child(pool->program, &mine);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    if (r == -EBUSY)
        return r;
    if (r == 0)
        r = converse(&mine, q, out);
    bool again = (r == 0 || r < -ZW_E_FIRST) && ++mine.asked < CHILD_QUESTIONS; /* it has answered, if only that this is no text */
    if (!again)
        end_child(&mine);
    (void)pthread_mutex_lock(&pool->lock);
    pool->busy--;
    if (again && pool->spare.pid <= 0) {
        pool->spare = mine;
        mine = (child_t){ 0 };
    }
    if (pool->spare.pid <= 0)
        (void)start_child(pool->program, &pool->spare);
    (void)pthread_mutex_unlock(&pool->lock);
    end_child(&mine);
    return r;
}
