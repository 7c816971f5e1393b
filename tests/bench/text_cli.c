/* text_cli: repairs articles and prints them, for tests/bench/text_table.py and for looking at one file.
 *
 * usage: text_cli --lines < {"text"|"raw_b64", "format"?} a line   → {"text","related","repairs", …} a line
 *        text_cli FILE [html|text]                                  → the repaired text, kinds of lines on stderr
 *        text_cli --speed FILE SECONDS                              → MB/s over that file; of a .jsonl, over the texts in it
 */
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "text/text.h"

static json_t *string(zw_str_t s)
{
    json_t *j = json_stringn(s.p ? s.p : "", s.n);
    return j ? j : json_string("");
}

static void answer(const zw_text_tables_t *tables, zw_arena_t *arena, const char *line, size_t n)
{
    json_t *in = json_loadb(line, n, 0, NULL);
    const char *text = json_string_value(json_object_get(in, "text")), *b64 = json_string_value(json_object_get(in, "raw_b64"));
    unsigned char *bytes = NULL;
    size_t bytes_n = 0;
    zw_raw_t raw = { .format = zw_strz(json_string_value(json_object_get(in, "format"))) };
    if (text) {
        raw.body = zw_strz(text);
        raw.body_is_utf8 = true;
    } else if (b64 && (bytes = malloc(strlen(b64) + 1)) != NULL &&
               sodium_base642bin(bytes, strlen(b64), b64, strlen(b64), NULL, &bytes_n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0)
        raw.body = zw_str((char *)bytes, bytes_n);
    zw_text_t t = { 0 };
    int e = zw_text_repair(tables, &raw, NULL, arena, &t);
    json_t *out = json_object(), *related = json_array(), *kinds = json_array();
    for (size_t i = 0; i < t.related_count; i++)
        json_array_append_new(related, json_pack("{s:o,s:o}", "title", string(t.related[i].title), "date", string(t.related[i].date)));
    for (size_t i = 0; i < t.line_count; i++)
        json_array_append_new(kinds, json_integer(t.lines[i].kind));
    json_object_set_new(out, "error", json_integer(e));
    json_object_set_new(out, "text", string(t.text));
    json_object_set_new(out, "title", string(t.title));
    json_object_set_new(out, "published", string(t.published));
    json_object_set_new(out, "charset", string(t.charset));
    json_object_set_new(out, "related", related);
    json_object_set_new(out, "kinds", kinds);
    json_t *repairs = json_object();
    for (int k = 0; k < ZW_REPAIR_COUNT; k++)
        if (t.repairs[k])
            json_object_set_new(repairs, ZW_REPAIR_NAMES[k], json_integer(t.repairs[k]));
    json_object_set_new(out, "repairs", repairs);
    char *s = json_dumps(out, JSON_COMPACT);
    puts(s ? s : "{}");
    free(s);
    free(bytes);
    json_decref(out);
    json_decref(in);
    zw_arena_reset(arena, 64u << 20);
}

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts); /* the machine may be busy */
    return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

typedef struct bodies {
    zw_str_t *p;
    size_t n, bytes;
} bodies_t;

/* The file as one body, or the text of each of its lines. They live until the program ends. */
static int bodies_of(const char *path, zw_str_t file, bodies_t *ret)
{
    size_t lines = 1;
    for (size_t i = 0; i < file.n; i++)
        lines += file.p[i] == '\n';
    bodies_t b = { .p = calloc(lines, sizeof *b.p) };
    if (!b.p)
        return 1;
    if (!zw_str_ends(zw_strz(path), ZW_STR_LIT(".jsonl"))) {
        b.p[b.n++] = file;
        b.bytes = file.n;
    }
    for (const char *p = file.p, *end = file.p + file.n; b.bytes != file.n && p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        json_t *in = json_loadb(p, (size_t)((stop ? stop : end) - p), 0, NULL);
        const char *text = json_string_value(json_object_get(in, "text"));
        if (text) {
            b.p[b.n] = zw_strz(strdup(text));
            b.bytes += b.p[b.n++].n;
        }
        json_decref(in);
        p = stop ? stop + 1 : end;
    }
    *ret = b;
    return b.n == 0;
}

static int speed(const zw_text_tables_t *tables, zw_arena_t *arena, const bodies_t *b, double seconds)
{
    zw_text_t t;
    double start = now(), spent;
    size_t rounds = 0;
    do {
        for (size_t i = 0; i < b->n; i++) {
            zw_raw_t raw = { .body = b->p[i] };
            if (zw_text_repair(tables, &raw, NULL, arena, &t) < 0)
                return 1;
            zw_arena_reset(arena, 256u << 20);
        }
        rounds++;
        spent = now() - start;
    } while (spent < seconds);
    printf("%.1f MB/s (%zu bodies, %zu bytes, %.1f us)\n", (double)rounds * (double)b->bytes / spent / 1e6, b->n, b->bytes,
           spent / (double)rounds * 1e6);
    return 0;
}

int main(int argc, char **argv)
{
    zw_text_tables_t *tables = NULL;
    _cleanup_arena_ zw_arena_t *arena = zw_arena_new(0);
    if (argc < 2 || zw_text_tables_open(&tables) < 0 || !arena) {
        fprintf(stderr, "usage: text_cli --lines | FILE [FORMAT] | --speed FILE SECONDS (needs text/tables.bin)\n");
        return 2;
    }
    int status = 0;
    if (strcmp(argv[1], "--lines") == 0) {
        char *line = NULL;
        size_t cap = 0;
        ssize_t n;
        while ((n = getline(&line, &cap, stdin)) > 0)
            answer(tables, arena, line, (size_t)n);
        free(line);
    } else {
        bool fast = argc > 2 && strcmp(argv[1], "--speed") == 0;
        _cleanup_buf_ zw_buf_t file = { 0 };
        status = zw_file_read(fast ? argv[2] : argv[1], 0, &file) < 0;
        zw_text_t t = { 0 };
        zw_raw_t raw = { .body = zw_buf_str(&file), .format = zw_strz(argc > 2 ? argv[2] : NULL) };
        zw_text_options_t options = { .notes = true };
        bodies_t bodies;
        if (!status && fast)
            status = bodies_of(argv[2], raw.body, &bodies) || speed(tables, arena, &bodies, argc > 3 ? atof(argv[3]) : 2);
        else if (!status && (status = zw_text_repair(tables, &raw, &options, arena, &t) < 0) == 0) {
            printf("%.*s\n", ZW_STR_ARGS(t.text));
            for (size_t i = 0; i < t.related_count; i++)
                fprintf(stderr, "related: %.*s | %.*s\n", ZW_STR_ARGS(t.related[i].title), ZW_STR_ARGS(t.related[i].date));
            for (size_t i = 0; i < t.line_count; i++)
                fprintf(stderr, "%d", t.lines[i].kind);
            for (int k = 0; k < ZW_REPAIR_COUNT; k++)
                fprintf(stderr, "%s%s %u", k ? ", " : "\n", ZW_REPAIR_NAMES[k], t.repairs[k]);
            fprintf(stderr, "\ntitle %.*s, published %.*s, %.*s %.2f\n", ZW_STR_ARGS(t.title), ZW_STR_ARGS(t.published), ZW_STR_ARGS(t.charset),
                    t.charset_confidence);
            for (size_t i = 0; i < t.note_count && getenv("NOTES"); i++)
                fprintf(stderr, "%s %u-%u [%.*s] [%.*s]\n", ZW_REPAIR_NAMES[t.notes[i].kind], t.notes[i].src.start, t.notes[i].src.end,
                        ZW_STR_ARGS(t.notes[i].before), ZW_STR_ARGS(t.notes[i].after));
        }
    }
    zw_text_tables_free(tables);
    return status;
}
