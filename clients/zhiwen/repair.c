/* zhiwen repair: a damaged text in, the repaired one out. */
#include "local.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "zw_wire.h"

static const char help[] =
    "usage: zhiwen repair [OPTION...] [FILE|-]\n"
    "Repair a text: bytes in any charset in, clean simplified UTF-8 out, by paragraphs.\n\n"
    "      --charset NAME    what the bytes are in (else it is found out)\n"
    "      --html            the file is HTML (else it is found out)\n"
    "      --explain         instead of the text, every single repair: where, what, before and after\n"
    "      --json            {\"text\", \"title\", \"published\", \"charset\", \"repairs\", \"related\"}; with --explain also\n"
    "                        \"notes\": [{\"kind\", \"start\", \"end\", \"before\", \"after\"}]\n"
    "  -h, --help\n\n" CLI_EXITS;

enum { OPT_CHARSET = CLI_OPT_OWN, OPT_HTML, OPT_EXPLAIN, MAX_BYTES = 256 << 20 };

static const struct option options[] = {
    CLI_OPTIONS,
    { "charset", required_argument, NULL, OPT_CHARSET },
    { "html", no_argument, NULL, OPT_HTML },
    { "explain", no_argument, NULL, OPT_EXPLAIN },
    { 0 },
};

static void put_str(zw_buf_t *out, const char *key, zw_str_t value)
{
    zw_mp_key(out, key);
    zw_mp_str(out, value);
}

static void put_notes(zw_buf_t *out, const zw_text_t *text)
{
    zw_mp_key(out, "notes");
    zw_mp_array(out, (uint32_t)text->note_count);
    for (size_t k = 0; k < text->note_count; k++) {
        const zw_repair_note_t *note = &text->notes[k];
        zw_mp_map(out, 5);
        put_str(out, "kind", zw_strz(ZW_REPAIR_NAMES[note->kind]));
        zw_mp_key(out, "start");
        zw_mp_uint(out, note->src.start);
        zw_mp_key(out, "end");
        zw_mp_uint(out, note->src.end);
        put_str(out, "before", note->before);
        put_str(out, "after", note->after);
    }
}

static void put_text(zw_buf_t *out, const zw_text_t *text, bool explain)
{
    uint32_t kinds = 0;
    for (size_t k = 0; k < ZW_REPAIR_COUNT; k++)
        kinds += text->repairs[k] > 0;
    zw_mp_map(out, explain ? 7 : 6);
    put_str(out, "text", text->text);
    put_str(out, "title", text->title);
    put_str(out, "published", text->published);
    put_str(out, "charset", text->charset);
    zw_mp_key(out, "repairs");
    zw_mp_map(out, kinds);
    for (size_t k = 0; k < ZW_REPAIR_COUNT; k++) {
        if (text->repairs[k] == 0)
            continue;
        zw_mp_key(out, ZW_REPAIR_NAMES[k]);
        zw_mp_uint(out, text->repairs[k]);
    }
    zw_mp_key(out, "related");
    zw_mp_array(out, (uint32_t)text->related_count);
    for (size_t k = 0; k < text->related_count; k++) {
        zw_mp_map(out, 2);
        put_str(out, "title", text->related[k].title);
        put_str(out, "date", text->related[k].date);
    }
    if (explain)
        put_notes(out, text);
}

static int print_json(const zw_text_t *text, bool explain)
{
    zw_buf_t _cleanup_buf_ map = { 0 }, json = { 0 };
    put_text(&map, text, explain);
    int r = map.failed ? -ENOMEM : zw_mp_to_json(zw_buf_str(&map), &json);
    if (r == 0) {
        (void)fwrite(json.p, 1, json.n, stdout);
        (void)fputc('\n', stdout);
    }
    zw_buf_done(&json);
    return r;
}

static void print_notes(const zw_text_t *text)
{
    zw_buf_t _cleanup_buf_ out = { 0 };
    for (size_t k = 0; k < text->note_count; k++) {
        const zw_repair_note_t *note = &text->notes[k];
        (void)zw_buf_printf(&out, "%8u-%-8u %-12s ", note->src.start, note->src.end, ZW_REPAIR_NAMES[note->kind]);
        cli_plain(note->before, &out);
        (void)zw_buf_puts(&out, ZW_STR_LIT(" → "));
        cli_plain(note->after, &out);
        (void)zw_buf_putc(&out, '\n');
    }
    (void)zw_buf_printf(&out, "charset %.*s", ZW_STR_ARGS(text->charset));
    for (size_t k = 0; k < ZW_REPAIR_COUNT; k++)
        if (text->repairs[k] > 0)
            (void)zw_buf_printf(&out, ", %s %u", ZW_REPAIR_NAMES[k], text->repairs[k]);
    (void)zw_buf_putc(&out, '\n');
    (void)fwrite(out.p, 1, out.n, stdout);
}

static int repair(local_t *local, const zw_raw_t *raw, bool explain)
{
    zw_text_t text;
    const zw_text_options_t with_notes = { .notes = explain };
    int r = zw_text_repair(local->tables, raw, &with_notes, local->arena, &text);
    if (r < 0)
        return r;
    if (local->cli->json)
        return print_json(&text, explain);
    if (explain) {
        print_notes(&text);
        return 0;
    }
    (void)fwrite(text.text.p, 1, text.text.n, stdout);
    (void)fputc('\n', stdout);
    return 0;
}

int cli_repair(int argc, char **argv)
{
    cli_t cli = { .command = "repair", .help = help };
    zw_raw_t raw = { 0 };
    bool explain = false;
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = -1;
        if (option == OPT_CHARSET)
            raw.charset = zw_strz(optarg);
        else if (option == OPT_HTML)
            raw.format = ZW_STR_LIT("html");
        else if (option == OPT_EXPLAIN)
            explain = true;
        else
            status = cli_option(&cli, option);
        if (status >= 0)
            return status;
    }
    if (argc - optind > 1)
        return cli_usage(&cli, "takes one file, not %d", argc - optind);
    const char *path = optind < argc ? argv[optind] : "-";
    zw_buf_t _cleanup_buf_ body = { 0 };
    int r = zw_file_read(path, MAX_BYTES, &body);
    if (r < 0) {
        cli_error(&cli, "%s: %s", path, zw_error_text(r));
        return CLI_TROUBLE;
    }
    local_t local;
    int status = local_open(&local, &cli, false, NULL, 0);
    if (status != CLI_OK)
        return status;
    raw.body = zw_buf_str(&body);
    r = repair(&local, &raw, explain);
    if (r < 0)
        cli_error(&cli, "%s: %s", path, zw_error_text(r));
    local_close(&local);
    return r == 0 ? CLI_OK : r == -ZW_E_EMPTY || r == -ZW_E_ENCODING ? CLI_SOME_FAILED : CLI_TROUBLE;
}
