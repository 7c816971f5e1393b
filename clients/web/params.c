#include "params.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int problem_set(problem_t *p, const char *field, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)snprintf(p->field, sizeof p->field, "%s", field);
    (void)vsnprintf(p->message, sizeof p->message, format, args);
    va_end(args);
    return -EINVAL;
}

int params_add(params_t *p, const char *key, const char *value)
{
    if (p->count == PARAMS_MOST || strlen(key) + strlen(value ? value : "") > PARAM_BYTES)
        return -E2BIG;
    char *k = strdup(key), *v = strdup(value ? value : "");
    if (!k || !v) {
        free(k);
        free(v);
        return -ENOMEM;
    }
    p->list[p->count].key = k;
    p->list[p->count].value = v;
    p->list[p->count++].taken = false;
    return 0;
}

void params_done(params_t *p)
{
    for (size_t k = 0; k < p->count; k++) {
        free(p->list[k].key);
        free(p->list[k].value);
    }
    p->count = 0;
}

int params_one(params_t *p, const char *key, problem_t *problem, const char **ret)
{
    bool found = false;
    *ret = NULL;
    for (size_t k = 0; k < p->count; k++) {
        if (strcmp(p->list[k].key, key) != 0)
            continue;
        if (found)
            return problem_set(problem, key, "may be given once only");
        found = p->list[k].taken = true;
        *ret = p->list[k].value[0] ? p->list[k].value : NULL;
    }
    return 0;
}

int params_number(params_t *p, const char *key, int64_t low, int64_t high, problem_t *problem, int64_t *ret)
{
    const char *text;
    char *end;
    int r = params_one(p, key, problem, &text);
    if (r < 0 || !text)
        return r;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (errno || *end || n < low || n > high)
        return problem_set(problem, key, "must be a number from %lld to %lld", (long long)low, (long long)high);
    *ret = n;
    return 0;
}

int params_each(params_t *p, const char *key, int (*each)(void *ctx, zw_str_t value), void *ctx)
{
    int r = 0;
    for (size_t k = 0; k < p->count && r >= 0; k++) {
        if (strcmp(p->list[k].key, key) != 0)
            continue;
        p->list[k].taken = true;
        for (const char *at = p->list[k].value; r >= 0 && *at;) {
            size_t n = strcspn(at, ",");
            if (n > 0)
                r = each(ctx, zw_str(at, n));
            at += n + (at[n] == ',');
        }
    }
    return r < 0 ? r : 0;
}

int params_rest(const params_t *p, problem_t *problem)
{
    for (size_t k = 0; k < p->count; k++)
        if (!p->list[k].taken)
            return problem_set(problem, p->list[k].key, "is not a parameter of this address");
    return 0;
}
