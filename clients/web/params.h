/* params: the parameters of a request's query, each taken by whoever understands it; what is left is an error that names it.
 * One thread. Strings are owned by the params. */
#ifndef WEB_PARAMS_H
#define WEB_PARAMS_H

#include "zw_str.h"

enum { PARAMS_MOST = 64, PARAM_BYTES = 4096 };

typedef struct params {
    struct {
        char *key, *value;
        bool taken;
    } list[PARAMS_MOST];
    size_t count;
} params_t;

/* What is wrong with a request; `field` is the parameter. */
typedef struct problem {
    char field[64], message[200];
} problem_t;

int problem_set(problem_t *problem, const char *field, const char *format, ...) __attribute__((format(printf, 3, 4))); /* -EINVAL */

/* -E2BIG: too many, or too long. -ENOMEM. */
int params_add(params_t *params, const char *key, const char *value);
void params_done(params_t *params);

/* The value, NULL when it is not given or empty; -EINVAL when it is given twice. */
int params_one(params_t *params, const char *key, problem_t *problem, const char **ret);
/* A number from low to high; *ret stays as it is when it is not given. */
int params_number(params_t *params, const char *key, int64_t low, int64_t high, problem_t *problem, int64_t *ret);
/* Calls `each` for every value between commas of every parameter of this name. */
int params_each(params_t *params, const char *key, int (*each)(void *ctx, zw_str_t value), void *ctx);
/* -EINVAL for the first that nobody took. */
int params_rest(const params_t *params, problem_t *problem);

#endif
