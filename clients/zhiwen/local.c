#include "local.h"

#include <errno.h>

void local_diag(void *ctx, const char *file, unsigned line, unsigned column, const char *message)
{
    const cli_t *cli = ctx;
    if (!cli->json) {
        (void)fflush(stdout);
        (void)fprintf(stderr, "%s:%u:%u: %s\n", file, line, column, message);
        return;
    }
    zw_buf_t _cleanup_buf_ out = { 0 };
    (void)zw_buf_putc(&out, '{');
    cli_json_str(&out, "file", zw_strz(file));
    cli_json_uint(&out, "line", line);
    cli_json_uint(&out, "column", column);
    cli_json_str(&out, "message", zw_strz(message));
    (void)zw_buf_puts(&out, ZW_STR_LIT("}\n"));
    (void)fwrite(out.p, 1, out.n, stdout);
}

static int load_rules(local_t *l, const char *const *dirs, size_t dir_count)
{
    l->extractor = zw_extractor_new();
    if (!l->extractor)
        return -ENOMEM;
    return zw_rules_load(dir_count ? dirs : NULL, dir_count, local_diag, (void *)l->cli, &l->rules);
}

int local_open(local_t *l, const cli_t *cli, bool with_rules, const char *const *dirs, size_t dir_count)
{
    *l = (local_t){ .cli = cli, .arena = zw_arena_new(0) };
    int r = l->arena ? zw_text_tables_open(&l->tables) : -ENOMEM;
    if (r < 0)
        cli_error(cli, "cannot load the tables of text: %s", zw_error_text(r));
    if (r == 0 && with_rules) {
        r = load_rules(l, dirs, dir_count);
        if (r < 0)
            cli_error(cli, "cannot load the rules: %s", zw_error_text(r));
    }
    if (r < 0)
        local_close(l);
    return r == -ZW_E_RULES ? CLI_SOME_FAILED : r < 0 ? CLI_TROUBLE : CLI_OK;
}

void local_close(local_t *l)
{
    zw_extractor_free(l->extractor);
    zw_rules_unref(l->rules);
    zw_text_tables_free(l->tables);
    zw_arena_free(l->arena);
    *l = (local_t){ 0 };
}

zw_raw_t local_raw(const article_t *a)
{
    return (zw_raw_t){ .body = a->body,
                       .body_is_utf8 = a->body_is_text,
                       .charset = a->charset,
                       .format = a->format,
                       .title = a->title,
                       .published = a->published,
                       .url = a->url };
}
