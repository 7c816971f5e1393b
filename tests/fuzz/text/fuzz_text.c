/* libFuzzer target of the room text: any bytes, as text, page or line. What must hold is what the header promises.
 *
 *   clang -fsanitize=fuzzer,address,undefined … (see fuzz.cmake); the first byte chooses the form.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "text/text.h"

static zw_text_tables_t *tables;
static zw_arena_t *arena;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    arena = zw_arena_new(1u << 30);
    if (!arena || zw_text_tables_open(&tables) < 0)
        abort();
    return 0;
}

static void check(const zw_text_t *t)
{
    uint32_t at = 0;
    if (!zw_utf8_valid(t->text, NULL) || t->text.n == 0)
        abort();
    for (size_t i = 0; i < t->segment_count; i++) {
        const zw_segment_t *s = &t->segments[i];
        if (s->out != at || (uint64_t)s->src + s->src_len > t->raw.n || (s->exact && memcmp(t->text.p + s->out, t->raw.p + s->src, s->out_len) != 0))
            abort();
        at += s->out_len;
    }
    if (at != t->text.n)
        abort();
    for (size_t i = 0; i < t->line_count && i < 16; i++) {
        zw_span_t src = zw_text_source(t, t->lines[i].span.start, t->lines[i].span.end), also[2];
        if (src.end > t->raw.n || src.start > src.end)
            abort();
        (void)zw_text_quote(t, src, arena);
        (void)zw_text_also(t, t->lines[i].span.start, t->lines[i].span.end, also, 2);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    zw_raw_t raw = { .body = zw_str((const char *)data + 1, size - 1) };
    zw_text_options_t options = { .notes = (data[0] & 4) != 0 };
    zw_text_t text;
    zw_str_t line;
    raw.format = data[0] & 1 ? ZW_STR_LIT("html") : data[0] & 2 ? ZW_STR_LIT("text") : (zw_str_t){ 0 };
    if (zw_text_repair(tables, &raw, &options, arena, &text) == 0)
        check(&text);
    (void)zw_text_repair_line(tables, raw.body, arena, &line);
    zw_arena_reset(arena, 1 << 20);
    return 0;
}
