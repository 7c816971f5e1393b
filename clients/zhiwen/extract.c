/* zhiwen extract, zhiwen explain: the way of an article without a daemon. */
#include "local.h"
#include "zw_wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char extract_help[] =
    "usage: zhiwen extract [OPTION...] [FILE|FOLDER|-]...\n"
    "Facts of articles, without a daemon: a JSON object a line, {\"id\", \"text\" (repaired), \"title\", \"published\",\n"
    "\"related\", \"facts\"}. Files are what zhiwen send takes; - is standard input.\n\n"
    "      --jsonl           all files are JSON Lines, one article a line, as for zhiwen send\n"
    "      --published DATE  date of articles that have none\n"
    "      --rules FOLDER    rule packs, instead of the shipped ones; may be given several times\n"
    "      --json            (the output is JSON in any case)\n"
    "  -h, --help\n\n"
    "An article that cannot be read gives {\"id\", \"error\", \"message\", \"facts\": []}.\n" CLI_EXITS;

static const char explain_help[] =
    "usage: zhiwen explain [OPTION...] [FILE|-]...\n"
    "Why an article gives the facts that it gives: sentence by sentence what was found in it and which rules fired.\n\n"
    "      --jsonl           all files are JSON Lines, one article a line, as for zhiwen send\n"
    "      --published DATE  date of articles that have none\n"
    "      --rules FOLDER    rule packs, instead of the shipped ones; may be given several times\n"
    "      --json            as JSON Lines\n"
    "  -h, --help\n\n" CLI_EXITS;

enum { OPT_JSONL = CLI_OPT_OWN, OPT_PUBLISHED, OPT_RULES, MAX_DIRS = 32, MAX_BYTES = 64 << 20, KEEP_BYTES = 16 << 20 };

static const struct option options[] = {
    CLI_OPTIONS,
    { "jsonl", no_argument, NULL, OPT_JSONL },
    { "published", required_argument, NULL, OPT_PUBLISHED },
    { "rules", required_argument, NULL, OPT_RULES },
    { 0 },
};

typedef struct extract {
    cli_t cli;
    local_t local;
    articles_reader_t reader;
    const char *published;
    const char *dirs[MAX_DIRS];
    size_t dir_count;
    bool explain;
    zw_buf_t map, json;
    bool failed;
} extract_t;

/* ---- an article as a MessagePack map, and that as JSON: the same way as the daemon's */

static void put_pair(zw_buf_t *out, const char *key, zw_str_t value)
{
    zw_mp_key(out, key);
    if (value.n > 0)
        zw_mp_str(out, value);
    else
        zw_mp_nil(out);
}

static void put_related(zw_buf_t *out, const zw_text_t *text)
{
    zw_mp_key(out, "related");
    zw_mp_array(out, (uint32_t)text->related_count);
    for (size_t k = 0; k < text->related_count; k++) {
        zw_mp_map(out, 2);
        put_pair(out, "title", text->related[k].title);
        put_pair(out, "date", text->related[k].date);
    }
}

/* Each fact once, as in the daemon: an article cannot support its own statement. */
static bool is_first(const zw_extraction_t *found, size_t k)
{
    for (size_t j = 0; j < k; j++)
        if (memcmp(found->facts[j].id, found->facts[k].id, sizeof found->facts[k].id) == 0)
            return false;
    return true;
}

static void put_facts(zw_buf_t *out, const zw_extraction_t *found)
{
    uint32_t n = 0;
    for (size_t k = 0; k < found->fact_count; k++)
        n += is_first(found, k);
    zw_mp_key(out, "facts");
    zw_mp_array(out, n);
    for (size_t k = 0; k < found->fact_count; k++)
        if (is_first(found, k))
            zw_fact_encode(&found->facts[k], out);
}

static void put_result(zw_buf_t *out, zw_str_t id, const zw_text_t *text, const zw_extraction_t *found)
{
    zw_mp_map(out, 6);
    zw_mp_key(out, "id");
    zw_mp_str(out, id);
    put_pair(out, "text", text->text);
    put_pair(out, "title", text->title);
    put_pair(out, "published", text->published);
    put_related(out, text);
    put_facts(out, found);
}

static void put_failure(zw_buf_t *out, zw_str_t id, const char *error, const char *message)
{
    zw_mp_map(out, 4);
    zw_mp_key(out, "id");
    zw_mp_str(out, id);
    put_pair(out, "error", zw_strz(error));
    put_pair(out, "message", zw_strz(message));
    zw_mp_key(out, "facts");
    zw_mp_array(out, 0);
}

static int print_map(extract_t *x)
{
    zw_buf_clear(&x->json);
    int r = x->map.failed ? -ENOMEM : zw_mp_to_json(zw_buf_str(&x->map), &x->json);
    if (r < 0)
        return r;
    (void)zw_buf_putc(&x->json, '\n');
    (void)fwrite(x->json.p, 1, x->json.n, stdout);
    return ferror(stdout) ? -EIO : 0;
}

/* ---- an article */

static zw_str_t id_of(const article_t *a, zw_buf_t *space)
{
    if (a->id.n > 0)
        return a->id;
    place_put(a->file, a->place, space);
    return zw_buf_str(space);
}

static int fail_article(extract_t *x, zw_str_t id, int code)
{
    x->failed = true;
    cli_error(&x->cli, "%.*s: %s", ZW_STR_ARGS(id), zw_error_text(code));
    if (x->explain)
        return 0;
    zw_buf_clear(&x->map);
    put_failure(&x->map, id, zw_error_name(code), zw_error_text(code));
    return print_map(x);
}

static int explain_article(extract_t *x, const article_t *a, const zw_text_t *text)
{
    zw_buf_clear(&x->json);
    int r = zw_extract_explain(x->local.extractor, x->local.rules, text, a->source, x->local.arena, x->cli.json, &x->json);
    if (r < 0)
        return r;
    (void)fwrite(x->json.p, 1, x->json.n, stdout);
    return ferror(stdout) ? -EIO : 0;
}

static int extract_article(extract_t *x, const article_t *a, zw_str_t id, const zw_text_t *text)
{
    zw_extraction_t found;
    int r = zw_extract(x->local.extractor, x->local.rules, text, a->source, x->local.arena, &found);
    if (r < 0)
        return r;
    zw_buf_clear(&x->map);
    put_result(&x->map, id, text, &found);
    return print_map(x);
}

static int on_article(void *ctx, const article_t *a)
{
    extract_t *x = ctx;
    zw_buf_t _cleanup_buf_ space = { 0 };
    zw_str_t id = id_of(a, &space);
    zw_raw_t raw = local_raw(a);
    zw_text_t text;
    if (cli_stop)
        return -EINTR;
    if (raw.published.n == 0)
        raw.published = zw_strz(x->published);
    zw_arena_reset(x->local.arena, KEEP_BYTES);
    int r = zw_text_repair(x->local.tables, &raw, NULL, x->local.arena, &text);
    if (r == -ENOMEM)
        return r;
    if (r < 0)
        return fail_article(x, id, r);
    return x->explain ? explain_article(x, a, &text) : extract_article(x, a, id, &text);
}

static int on_bad(void *ctx, const char *file, place_t place, const char *message)
{
    extract_t *x = ctx;
    zw_buf_t _cleanup_buf_ id = { 0 };
    x->failed = true;
    place_put(file, place, &id);
    cli_error(&x->cli, "%.*s: %s", ZW_STR_ARGS(zw_buf_str(&id)), message);
    if (x->explain)
        return 0;
    zw_buf_clear(&x->map);
    put_failure(&x->map, zw_buf_str(&id), "value", message);
    return print_map(x);
}

/* ---- the commands */

static int run(extract_t *x, int argc, char **argv)
{
    x->reader.max_bytes = MAX_BYTES;
    x->reader.article = on_article;
    x->reader.bad = on_bad;
    x->reader.ctx = x;
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = -1;
        if (option == OPT_JSONL)
            x->reader.jsonl = true;
        else if (option == OPT_PUBLISHED)
            x->published = optarg;
        else if (option == OPT_RULES && x->dir_count < MAX_DIRS)
            x->dirs[x->dir_count++] = optarg;
        else
            status = cli_option(&x->cli, option);
        if (status >= 0)
            return status;
    }
    int status = local_open(&x->local, &x->cli, true, x->dirs, x->dir_count);
    if (status != CLI_OK)
        return status;
    cli_catch_signals();
    int r = articles_read(&x->reader, argv + optind, (size_t)(argc - optind));
    local_close(&x->local);
    zw_buf_done(&x->map);
    zw_buf_done(&x->json);
    if (r == -EINTR)
        return CLI_INTERRUPTED;
    if (r < 0) {
        cli_error(&x->cli, "%s", zw_error_text(r));
        return CLI_TROUBLE;
    }
    return x->failed ? CLI_SOME_FAILED : CLI_OK;
}

int cli_extract(int argc, char **argv)
{
    extract_t x = { .cli = { .command = "extract", .help = extract_help } };
    return run(&x, argc, argv);
}

int cli_explain(int argc, char **argv)
{
    extract_t x = { .cli = { .command = "explain", .help = explain_help }, .explain = true };
    return run(&x, argc, argv);
}
