/* dedup_cli: what dedup makes of a stream, without a daemon.
 *
 * usage: dedup_cli [--plain] [--explain] [--capacity N] < stream.jsonl > results.jsonl
 * Reads JSON lines with id, text and, where there, source, url, title; writes {"id","status","of","kind","similarity"}
 * a line. --plain leaves out the repair of the text (for streams that are clean simplified text already).
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "dedup/dedup.h"

static const char *const KINDS[] = { "", "exact", "near", "contained", "revision" };

typedef struct {
    bool plain;
    zw_text_tables_t *tables;
    zw_arena_t *arena;
    zw_dedup_t *dedup;
    char **ids; /* by article number */
    size_t count, room;
    double fingerprint_us, decide_us;
} run_t;

static zw_str_t field(json_t *row, const char *name)
{
    json_t *v = json_object_get(row, name);
    return json_is_string(v) ? zw_str(json_string_value(v), json_string_length(v)) : (zw_str_t){ 0 };
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int make_text(run_t *run, json_t *row, zw_text_t *ret)
{
    if (run->plain) {
        *ret = (zw_text_t){ .text = field(row, "text"), .title = field(row, "title") };
        return 0;
    }
    zw_raw_t raw = { .body = field(row, "text"), .body_is_utf8 = true, .title = field(row, "title"),
                     .url = field(row, "url"), .published = field(row, "published") };
    return zw_text_repair(run->tables, &raw, NULL, run->arena, ret);
}

static int one(run_t *run, json_t *row)
{
    zw_text_t text;
    const zw_fingerprint_t *print;
    zw_decision_t d;
    int r = make_text(run, row, &text);
    if (r < 0)
        return r;
    double t0 = now_us();
    r = zw_fingerprint_make(&text, NULL, 0, field(row, "source"), field(row, "source").n ? field(row, "id") : (zw_str_t){ 0 },
                            field(row, "url"), run->arena, &print);
    if (r < 0)
        return r;
    double t1 = now_us();
    zw_dedup_decide(run->dedup, print, &d);
    if (run->count + 1 >= run->room) {
        run->room = run->room ? 2 * run->room : 1024;
        run->ids = realloc(run->ids, run->room * sizeof *run->ids);
        if (!run->ids)
            abort();
    }
    run->ids[++run->count] = strndup(field(row, "id").p, field(row, "id").n);
    zw_dedup_insert(run->dedup, run->count, print, &d, 0);
    run->fingerprint_us += t1 - t0;
    run->decide_us += now_us() - t1;
    printf("{\"id\":\"%s\",\"status\":\"%s\"", run->ids[run->count], d.status == ZW_ST_NEW ? "new" : "duplicate");
    if (d.of)
        printf(",\"of\":\"%s\",\"kind\":\"%s\",\"similarity\":%.3f", run->ids[d.of], KINDS[d.dup], d.similarity);
    printf("}\n");
    return 0;
}

int main(int argc, char **argv)
{
    run_t run = { .arena = zw_arena_new(0) };
    zw_dedup_options_t options = { .capacity = 100000 };
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--plain") == 0)
            run.plain = true;
        else if (strcmp(argv[i], "--capacity") == 0 && i + 1 < argc)
            options.capacity = (uint32_t)strtoul(argv[++i], NULL, 10);
    }
    if (!run.arena || zw_dedup_open(&options, &run.dedup) < 0 || (!run.plain && zw_text_tables_open(&run.tables) < 0))
        return fprintf(stderr, "dedup_cli: cannot open\n"), 1;
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while ((n = getline(&line, &room, stdin)) > 0) {
        json_t *row = json_loadb(line, (size_t)n, 0, NULL);
        int r = row ? one(&run, row) : -ZW_E_MALFORMED;
        if (r < 0)
            fprintf(stderr, "dedup_cli: line skipped: %s\n", zw_error_name(r));
        json_decref(row);
        zw_arena_reset(run.arena, 1 << 20);
    }
    fprintf(stderr, "%zu articles, fingerprint %.1f us, decide and insert %.1f us each\n", run.count,
            run.fingerprint_us / (double)run.count, run.decide_us / (double)run.count);
    for (size_t i = 1; i <= run.count; i++)
        free(run.ids[i]);
    free(run.ids);
    free(line);
    zw_text_tables_free(run.tables);
    zw_dedup_close(run.dedup);
    zw_arena_free(run.arena);
    return 0;
}
