/* zhiwen status --check: is all well? In the form of monitoring plugins: one line, exit status 0 to 3. */
#include "health.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

typedef struct {
    int worst;
    zw_buf_t why;
} finding_t;

static void find(finding_t *f, int how_bad, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void find(finding_t *f, int how_bad, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (how_bad > f->worst)
        f->worst = how_bad;
    (void)zw_buf_printf(&f->why, "%s%s", f->why.n ? "; " : "", text);
}

static double number(json_t *status, const char *section, const char *key)
{
    return json_number_value(json_object_get(section ? json_object_get(status, section) : status, key));
}

/* Of a daemon that shares the work with others. */
static void look_at_cluster(json_t *cluster, finding_t *f)
{
    const char *state = json_string_value(json_object_get(cluster, "state"));
    if (state && strcmp(state, "waiting for brokers") == 0)
        find(f, HEALTH_CRITICAL, "no Kafka broker has acknowledged anything for %.0f s, senders wait", number(cluster, NULL, "waiting_s"));
    else if (state && strcmp(state, "following") != 0)
        find(f, HEALTH_WARNING, "cluster: %s, %.0f results behind", state, number(cluster, NULL, "behind"));
    if (json_is_true(json_object_get(cluster, "diverged")))
        find(f, HEALTH_CRITICAL, "another instance of the cluster has decided otherwise than this one");
    if (json_is_true(json_object_get(cluster, "rules_differ")))
        find(f, HEALTH_WARNING, "instances of the cluster have different rule packs");
}

static void look(json_t *status, finding_t *f)
{
    const char *trouble = json_string_value(json_object_get(json_object_get(status, "store"), "trouble"));
    if (trouble && *trouble)
        find(f, HEALTH_CRITICAL, "nothing can be committed: %s", trouble);
    double used = number(status, "store", "bytes_used"), map = number(status, "store", "bytes_map");
    if (map > 0 && used > map * 0.9)
        find(f, used > map * 0.98 ? HEALTH_CRITICAL : HEALTH_WARNING, "%.0f %% of store.map is used", used * 100 / map);
    if (json_is_true(json_object_get(json_object_get(status, "rules"), "reload_failed")))
        find(f, HEALTH_WARNING, "the last reload of the rules failed, older ones are in force");
    if (number(status, "queue", "max_in_flight") > 0 && number(status, "queue", "in_flight") >= number(status, "queue", "max_in_flight"))
        find(f, HEALTH_WARNING, "the queue is full, senders wait");
    if (json_object_get(status, "cluster"))
        look_at_cluster(json_object_get(status, "cluster"), f);
}

int cli_health(json_t *status, const char *no_answer)
{
    static const char *const names[] = { "OK", "WARNING", "CRITICAL" };
    finding_t f = { 0 };
    if (status)
        look(status, &f);
    else
        find(&f, HEALTH_CRITICAL, "%s", no_answer);
    if (f.worst == HEALTH_OK)
        find(&f, HEALTH_OK, "%.0f articles and %.0f facts since the start, %.1f articles/s", number(status, "articles", "new"),
             number(status, NULL, "facts"), number(status, "rates", "articles_per_s"));
    (void)zw_buf_putc(&f.why, '\0');
    (void)printf("ZHIWEN %s: %s\n", names[f.worst], f.why.failed ? "out of memory" : f.why.p);
    if (f.why.failed)
        f.worst = HEALTH_UNKNOWN;
    zw_buf_done(&f.why);
    return f.worst;
}
