/* mentions_cli: what the mention scanner finds in articles, without rules.
 *
 * usage: mentions_cli [--list] [--time N] < articles.jsonl
 *        mentions_cli --text [--list] < text.txt
 * Reads JSON lines with text and, where there, title, source, published. Writes the context and the text with each
 * mention as [CLASS:text|canonical]; --list gives one mention a line with all of its fields. --time N scans everything
 * N times and prints only how long that took.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "extract/mention.h"
#include "zw_buf.h"
#include "base/file.h"
#include "zw_error.h"

typedef struct run {
    zw_lexicon_t *lexicon;
    zw_text_tables_t *tables;
    zw_arena_t *arena;
    bool list;
    int times;
    double us;
    size_t bytes, mentions;
} run_t;

static zw_str_t field(json_t *row, const char *name)
{
    json_t *v = json_object_get(row, name);
    return json_is_string(v) ? zw_str(json_string_value(v), json_string_length(v)) : (zw_str_t){ 0 };
}

static void print_mention(const zw_text_t *text, const zw_mention_t *m)
{
    printf("%-9s %-30.*s %.*s", ZW_MENTION_NAMES[m->cls], (int)(m->span.end - m->span.start), text->text.p + m->span.start,
           ZW_STR_ARGS(m->canonical));
    if (m->identity.n)
        printf(" id=%.*s", ZW_STR_ARGS(m->identity));
    if (m->region || m->level)
        printf(" region=%u level=%u%s", m->region, m->level, m->region_by_context ? " by-context" : "");
    if (m->approximate || m->vague)
        printf("%s%s", m->approximate ? " approximate" : "", m->vague ? " vague" : "");
    if (m->cls == ZW_M_COUNT || m->cls == ZW_M_PERCENT || m->cls == ZW_M_MONEY || m->cls == ZW_M_NUMBER || m->cls == ZW_M_RANK) {
        printf(" %.10g", m->quantity.value);
        if (!isnan(m->quantity.value_max))
            printf("..%.10g", m->quantity.value_max);
        printf("%.*s %s", ZW_STR_ARGS(m->quantity.unit), ZW_COMPARATOR_NAMES[m->quantity.comparator]);
    }
    putchar('\n');
}

static void print_inline(const zw_text_t *text, const zw_mention_t *mentions, size_t count)
{
    uint32_t at = 0;
    for (size_t k = 0; k < count; k++) {
        const zw_mention_t *m = &mentions[k];
        zw_str_t written = { text->text.p + m->span.start, m->span.end - m->span.start };
        printf("%.*s[%s:%.*s", (int)(m->span.start - at), text->text.p + at, ZW_MENTION_NAMES[m->cls], ZW_STR_ARGS(written));
        if (!zw_str_eq(written, m->canonical))
            printf("|%.*s", ZW_STR_ARGS(m->canonical));
        if (m->cls == ZW_M_REGION)
            printf("|%u", m->region);
        putchar(']');
        at = m->span.end;
    }
    printf("%.*s\n", (int)(text->text.n - at), text->text.p + at);
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int one(run_t *run, zw_raw_t *raw, zw_str_t source, zw_str_t id)
{
    zw_text_t text;
    int r = zw_text_repair(run->tables, raw, NULL, run->arena, &text);
    if (r < 0)
        return r;
    zw_context_t context;
    zw_mention_t *mentions = NULL;
    size_t count = 0;
    for (int k = 0; k < run->times; k++) {
        double start = now_us();
        r = zw_context_make(run->lexicon, &text, source, run->arena, &context);
        if (r == 0)
            r = zw_mentions_scan(run->lexicon, &context, run->arena, &mentions, &count);
        if (r < 0)
            return r;
        run->us += now_us() - start;
        run->bytes += text.text.n;
        run->mentions += count;
    }
    if (run->times > 1)
        return 0;
    printf("=== %.*s date=%.*s region=%u self=%.*s\n", ZW_STR_ARGS(id), ZW_STR_ARGS(context.published), context.region,
           ZW_STR_ARGS(context.self));
    for (size_t k = 0; k < context.abbreviation_count; k++)
        printf("    %.*s = %.*s\n", ZW_STR_ARGS(context.abbreviations[k].brief), ZW_STR_ARGS(context.abbreviations[k].full));
    if (run->list)
        for (size_t k = 0; k < count; k++)
            print_mention(&text, &mentions[k]);
    else
        print_inline(&text, mentions, count);
    return 0;
}

static int all(run_t *run, const zw_buf_t *input, bool plain)
{
    if (plain) {
        zw_raw_t raw = { .body = zw_buf_str(input), .body_is_utf8 = true };
        return one(run, &raw, (zw_str_t){ 0 }, ZW_STR_LIT("text"));
    }
    for (const char *p = input->p, *end = input->p + input->n; p < end;) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        size_t n = (size_t)((nl ? nl : end) - p);
        json_error_t error;
        json_t *row = json_loadb(p, n, 0, &error);
        p += n + 1;
        if (!row)
            continue;
        zw_raw_t raw = { .body = field(row, "text"), .body_is_utf8 = true, .title = field(row, "title"),
                         .published = field(row, "published"), .url = field(row, "url") };
        int r = one(run, &raw, field(row, "source"), field(row, "id"));
        json_decref(row);
        if (r < 0)
            return r;
        zw_arena_reset(run->arena, 8u << 20);
    }
    return 0;
}

int main(int argc, char **argv)
{
    run_t run = { .times = 1 };
    bool plain = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0)
            run.list = true;
        else if (strcmp(argv[i], "--text") == 0)
            plain = true;
        else if (strcmp(argv[i], "--time") == 0 && i + 1 < argc)
            run.times = atoi(argv[++i]);
        else
            return fprintf(stderr, "usage: mentions_cli [--text] [--list] [--time N] < input\n"), 2;
    }
    char message[512] = "";
    _cleanup_buf_ zw_buf_t input = { 0 };
    int r = zw_lexicon_open(&run.lexicon, message, sizeof(message));
    if (r < 0)
        return fprintf(stderr, "%s\n", message), 1;
    r = zw_text_tables_open(&run.tables);
    run.arena = zw_arena_new(0);
    if (r == 0)
        r = zw_file_read("-", 0, &input);
    if (r == 0)
        r = run.arena ? all(&run, &input, plain) : -1;
    if (run.times > 1 && r == 0)
        printf("%.1f MB/s, %.0f mentions a pass, %.1f us a pass\n", (double)run.bytes / run.us,
               (double)run.mentions / run.times, run.us / run.times);
    if (r < 0)
        fprintf(stderr, "%s\n", zw_error_text(r));
    zw_arena_free(run.arena);
    zw_text_tables_free(run.tables);
    zw_lexicon_free(run.lexicon);
    return r < 0;
}
