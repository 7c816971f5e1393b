/* zhiwen send: articles to zhiwend, many under way at once, outcomes in the order of the input. */
#include "articles.h"
#include "cli.h"
#include "progress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: zhiwen send [OPTION...] [FILE|FOLDER|-]...\n"
    "Send articles. Folders are walked, - is standard input. What a file is shows in its content:\n"
    "  text, or a web page         one article; a page's url and source are read from its head\n"
    "  JSON Lines                  an article a line: {\"id\", \"title\", \"source\", \"url\", \"published\", \"charset\",\n"
    "                              \"format\", and \"text\" or \"raw_b64\"}\n"
    "  RSS, RDF, Atom              an article an item\n"
    "  WARC                        an article a response (status 200), resource or conversion that is text or a page;\n"
    "                              when it was fetched is not taken for when it was published\n"
    "  tar, zip                    archives of such files\n"
    "  gzip, zstd, bzip2, xz, lz4  any of these, packed\n"
    "What cannot be read is told with its place, and the rest goes on.\n\n"
    "Each is told done only when zhiwend has it on disk. A lost connection is made again and what was under way\n"
    "is sent again, without making doubles. A run that was broken off can be repeated, too: an article without an id\n"
    "is given one made from its content, so that it is known again.\n\n"
    "      --jsonl           files are JSON Lines even if they do not look like it\n"
    "      --source NAME     source of articles that name none (else the host of their url)\n"
    "      --published DATE  date of articles that have none\n"
    "      --charset NAME    charset of articles that name none (else it is found out)\n"
    "      --window N        articles under way at once (1000)\n"
    "      --timeout S       give up when zhiwend does not answer for S seconds (30)\n"
    "  -q, --quiet           no lines for single articles, no progress\n"
    "      --json            an outcome a line, in input order: {\"file\", \"line\", \"item\" or \"offset\" (byte), \"id\",\n"
    "                        \"status\", \"number\", \"seq\", \"facts\", \"repeat\", \"kind\", \"of\", \"similarity\",\n"
    "                        \"error\", \"field\", \"message\"}; status is new, duplicate, rejected, failed (no article\n"
    "                        to send) or unsent\n" CLI_WHERE
    "  -h, --help\n\n"
    "Without --json, a line each for up to 50 articles, and for what is rejected or fails.\n" CLI_EXITS;

enum { OPT_JSONL = CLI_OPT_OWN, OPT_SOURCE, OPT_PUBLISHED, OPT_CHARSET, OPT_WINDOW, FEW_FILES = 50, MAX_BYTES = 64 << 20 };

static const struct option options[] = {
    CLI_OPTIONS_WHERE,
    { "jsonl", no_argument, NULL, OPT_JSONL },
    { "source", required_argument, NULL, OPT_SOURCE },
    { "published", required_argument, NULL, OPT_PUBLISHED },
    { "charset", required_argument, NULL, OPT_CHARSET },
    { "window", required_argument, NULL, OPT_WINDOW },
    { "quiet", no_argument, NULL, 'q' },
    { 0 },
};

/* A place in the output, held until all before it are known. */
typedef struct slot {
    char *file, *id;
    place_t place;
    bool done, failed;
    zw_buf_t text; /* what is printed */
} slot_t;

typedef struct send {
    cli_t cli;
    articles_reader_t reader;
    const char *source, *published, *charset, *window;
    bool quiet;
    zw_sender_t *sender;
    progress_t progress;
    slot_t *slots; /* a ring: base <= tag < next */
    size_t cap;
    uint64_t base, next;
    uint64_t fresh, duplicate, rejected, failed, unsent, facts;
    double answered_s; /* when zhiwend was last heard of */
    int give_up;       /* exit status that ended it early, or 0 */
} send_t;

static slot_t *slot_of(send_t *s, uint64_t tag)
{
    return &s->slots[tag % s->cap];
}

/* ---- output in order */

static int grow(send_t *s)
{
    size_t cap = s->cap ? 2 * s->cap : 256;
    slot_t *slots = calloc(cap, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    for (uint64_t tag = s->base; tag < s->next; tag++)
        slots[tag % cap] = *slot_of(s, tag);
    free(s->slots);
    s->slots = slots;
    s->cap = cap;
    return 0;
}

static int new_slot(send_t *s, const char *file, place_t place, zw_str_t id, uint64_t *ret_tag)
{
    if (s->next - s->base == s->cap && grow(s) < 0)
        return -ENOMEM;
    slot_t *slot = slot_of(s, s->next);
    *slot = (slot_t){ .file = strdup(file), .place = place, .id = id.n ? strndup(id.p, id.n) : NULL };
    if (!slot->file || (id.n && !slot->id)) {
        free(slot->file);
        return -ENOMEM;
    }
    *ret_tag = s->next++;
    return 0;
}

static void print_ready(send_t *s)
{
    while (s->base < s->next && slot_of(s, s->base)->done) {
        slot_t *slot = slot_of(s, s->base++);
        if (slot->text.n > 0) {
            progress_clear(&s->progress);
            FILE *to = slot->failed && !s->cli.json ? stderr : stdout;
            (void)fwrite(slot->text.p, 1, slot->text.n, to);
        }
        zw_buf_done(&slot->text);
        free(slot->file);
        free(slot->id);
    }
}

static void put_where(const slot_t *slot, zw_buf_t *out)
{
    zw_buf_t _cleanup_buf_ where = { 0 };
    place_put(slot->file, slot->place, &where);
    cli_plain(zw_buf_str(&where), out);
}

static void put_place_json(const slot_t *slot, zw_buf_t *out)
{
    cli_json_str(out, "file", zw_strz(slot->file));
    if (place_name(slot->place))
        cli_json_uint(out, place_name(slot->place), slot->place.at);
}

static bool has_lines(const send_t *s, const slot_t *slot)
{
    return !s->quiet && slot->place.in == PLACE_FILE && s->reader.files <= FEW_FILES && s->next <= FEW_FILES;
}

/* An article that came to nothing here: status "failed" or "unsent". */
static void finish_failed(send_t *s, uint64_t tag, const char *status, const char *error, const char *message)
{
    slot_t *slot = slot_of(s, tag);
    bool unsent = strcmp(status, "unsent") == 0;
    slot->done = slot->failed = true;
    *(unsent ? &s->unsent : &s->failed) += 1;
    zw_buf_t *out = &slot->text;
    if (!s->cli.json && unsent && !has_lines(s, slot))
        return; /* the summary tells how many */
    if (s->cli.json) {
        (void)zw_buf_putc(out, '{');
        put_place_json(slot, out);
        if (slot->id)
            cli_json_str(out, "id", zw_strz(slot->id));
        cli_json_str(out, "status", zw_strz(status));
        cli_json_str(out, "error", zw_strz(error));
        cli_json_str(out, "message", zw_strz(message));
        (void)zw_buf_puts(out, ZW_STR_LIT("}\n"));
    } else {
        put_where(slot, out);
        (void)zw_buf_printf(out, ": %s\n", message);
    }
}

static void outcome_json(const slot_t *slot, const zw_outcome_t *o, zw_buf_t *out)
{
    (void)zw_buf_putc(out, '{');
    put_place_json(slot, out);
    cli_json_str(out, "id", o->id);
    cli_json_str(out, "status", zw_strz(o->status_name));
    if (o->status == ZW_OUTCOME_REJECTED) {
        cli_json_str(out, "error", o->error);
        cli_json_str(out, "field", o->field);
        cli_json_str(out, "message", o->message);
    } else {
        cli_json_uint(out, "number", o->number);
        cli_json_uint(out, "seq", o->seq);
        cli_json_uint(out, "facts", o->facts);
        cli_json_raw(out, "repeat", o->repeat ? "true" : "false");
    }
    if (o->kind[0]) {
        cli_json_str(out, "kind", zw_strz(o->kind));
        cli_json_str(out, "of", o->of);
        cli_json_num(out, "similarity", o->similarity);
    }
    (void)zw_buf_puts(out, ZW_STR_LIT("}\n"));
}

static void outcome_line(const send_t *s, const slot_t *slot, const zw_outcome_t *o, zw_buf_t *out)
{
    bool rejected = o->status == ZW_OUTCOME_REJECTED;
    if (s->quiet || (!rejected && !has_lines(s, slot)))
        return;
    if (rejected) {
        put_where(slot, out);
        (void)zw_buf_printf(out, ": rejected: %.*s", ZW_STR_ARGS(o->error));
        if (o->field.n > 0)
            (void)zw_buf_printf(out, " (%.*s)", ZW_STR_ARGS(o->field));
        (void)zw_buf_puts(out, ZW_STR_LIT(": "));
        cli_plain(o->message, out);
        (void)zw_buf_putc(out, '\n');
        return;
    }
    (void)zw_buf_printf(out, "%-9s  ", o->status_name);
    put_where(slot, out);
    (void)zw_buf_printf(out, "  %u facts", o->facts);
    if (o->kind[0]) {
        (void)zw_buf_printf(out, "  %s of ", o->kind);
        cli_plain(o->of, out);
        (void)zw_buf_printf(out, " (%.0f %%)", o->similarity * 100);
    }
    if (o->repeat)
        (void)zw_buf_puts(out, ZW_STR_LIT("  (sent before)"));
    (void)zw_buf_putc(out, '\n');
}

static void finish(send_t *s, const zw_outcome_t *o)
{
    slot_t *slot = slot_of(s, o->tag);
    s->fresh += o->status == ZW_OUTCOME_NEW;
    s->duplicate += o->status == ZW_OUTCOME_DUPLICATE;
    s->rejected += o->status == ZW_OUTCOME_REJECTED;
    s->facts += o->facts;
    if (s->cli.json)
        outcome_json(slot, o, &slot->text);
    else
        outcome_line(s, slot, o, &slot->text);
    slot->failed = o->status == ZW_OUTCOME_REJECTED;
    slot->done = true;
}

/* ---- sending */

static void show_progress(send_t *s)
{
    char note[80];
    uint64_t answered = s->fresh + s->duplicate + s->rejected;
    uint64_t known = answered + (uint64_t)zw_sender_info(s->sender)->outstanding;
    double fraction = -1;
    if (s->reader.bytes_total > 0 && known > 0)
        fraction = (double)s->reader.bytes_done / (double)s->reader.bytes_total * (double)answered / (double)known;
    (void)snprintf(note, sizeof note, "  %llu duplicates  %llu rejected", (unsigned long long)s->duplicate,
                   (unsigned long long)(s->rejected + s->failed));
    progress_show(&s->progress, fraction, answered, note);
}

/* Takes what is answered, waiting at most timeout_ms for the first. Negative when it is time to give up. */
static int take_outcomes(send_t *s, int timeout_ms)
{
    const zw_outcome_t *outcome;
    int r;
    while ((r = zw_sender_next(s->sender, timeout_ms, &outcome)) == 1) {
        finish(s, outcome);
        s->answered_s = progress_seconds(&s->progress);
        timeout_ms = 0;
    }
    print_ready(s);
    show_progress(s);
    if (cli_stop || r == -EINTR) {
        s->give_up = CLI_INTERRUPTED;
    } else if (r < 0) {
        cli_error(&s->cli, "%s", zw_error_text(r));
        s->give_up = CLI_TROUBLE;
    } else if (progress_seconds(&s->progress) - s->answered_s > s->cli.timeout_s && zw_sender_info(s->sender)->outstanding) {
        progress_clear(&s->progress);
        cli_error(&s->cli, zw_sender_info(s->sender)->connected ? "zhiwend does not answer" : "no connection to zhiwend");
        s->give_up = CLI_NO_CONNECTION;
    }
    return s->give_up ? -ECANCELED : 0;
}

static int on_bad(void *ctx, const char *file, place_t place, const char *message)
{
    send_t *s = ctx;
    uint64_t tag;
    if (new_slot(s, file, place, zw_str(NULL, 0), &tag) < 0)
        return -ENOMEM;
    finish_failed(s, tag, "failed", "value", message);
    print_ready(s);
    return 0;
}

static zw_str_t or_default(zw_str_t value, const char *otherwise)
{
    return value.n > 0 ? value : zw_strz(otherwise);
}

/* "www.example.gov.cn" of "https://www.example.gov.cn/a/1.html": whoever names no outlet is known by the site. */
static zw_str_t host_of(zw_str_t url)
{
    const char *at = url.n > 0 ? memmem(url.p, url.n, "://", 3) : NULL;
    if (!at)
        return zw_str(NULL, 0);
    at += 3;
    size_t n = 0, left = (size_t)(url.p + url.n - at);
    while (n < left && !strchr("/:?#", at[n]))
        n++;
    return zw_str(at, n);
}

static int on_article(void *ctx, const article_t *a)
{
    send_t *s = ctx;
    char made[33];
    article_make_id(a, made);
    zw_submission_t submission = { .size = sizeof submission,
                                   .id = or_default(a->id, made),
                                   .source = a->source.n > 0 || s->source ? or_default(a->source, s->source) : host_of(a->url),
                                   .url = a->url,
                                   .title = a->title,
                                   .published = or_default(a->published, s->published),
                                   .charset = or_default(a->charset, a->body_is_text ? NULL : s->charset),
                                   .format = a->format,
                                   .body = a->body,
                                   .body_is_text = a->body_is_text };
    if (new_slot(s, a->file, a->place, a->id, &submission.tag) < 0)
        return -ENOMEM;
    if (zw_sender_info(s->sender)->outstanding == 0) /* the clock runs while something is waited for */
        s->answered_s = progress_seconds(&s->progress);
    int r;
    while ((r = zw_sender_submit(s->sender, &submission)) == -EAGAIN) {
        r = take_outcomes(s, 100);
        if (r < 0) {
            finish_failed(s, submission.tag, "unsent", "closed", "not sent");
            return r;
        }
    }
    if (r == -ENOMEM)
        return r;
    if (r < 0)
        finish_failed(s, submission.tag, "failed", zw_error_name(r), zw_error_text(r));
    return take_outcomes(s, 0);
}

static void summary(send_t *s)
{
    progress_clear(&s->progress);
    (void)fflush(stdout);
    if (s->quiet || s->cli.json)
        return;
    uint64_t sent = s->fresh + s->duplicate + s->rejected;
    double seconds = progress_seconds(&s->progress);
    (void)fprintf(stderr, "%llu sent: %llu new, %llu duplicate, %llu rejected", (unsigned long long)sent,
                  (unsigned long long)s->fresh, (unsigned long long)s->duplicate, (unsigned long long)s->rejected);
    if (s->failed > 0)
        (void)fprintf(stderr, "; %llu failed", (unsigned long long)s->failed);
    if (s->reader.passed_over > 0)
        (void)fprintf(stderr, "; %llu other records passed over", (unsigned long long)s->reader.passed_over);
    if (s->unsent > 0)
        (void)fprintf(stderr, "; %llu without an answer", (unsigned long long)s->unsent);
    (void)fprintf(stderr, "; %llu facts; %.1f s", (unsigned long long)s->facts, seconds);
    if (sent > 100 && seconds > 0)
        (void)fprintf(stderr, ", %.0f/s", (double)sent / seconds);
    (void)fputc('\n', stderr);
}

static int run(send_t *s, char *const *paths, size_t count)
{
    progress_begin(&s->progress, !s->quiet, "articles");
    int r = articles_read(&s->reader, paths, count);
    while (r >= 0 && zw_sender_info(s->sender)->outstanding > 0)
        r = take_outcomes(s, 100);
    for (uint64_t tag = s->base; tag < s->next; tag++)
        if (!slot_of(s, tag)->done)
            finish_failed(s, tag, "unsent", "closed", "sent or not: no answer came");
    print_ready(s);
    summary(s);
    if (s->give_up)
        return s->give_up;
    if (r < 0) {
        cli_error(&s->cli, "%s", zw_error_text(r));
        return CLI_TROUBLE;
    }
    return s->rejected + s->failed > 0 ? CLI_SOME_FAILED : CLI_OK;
}

static int open_and_run(send_t *s, char *const *paths, size_t count)
{
    zw_client_t *client;
    int status = cli_connect(&s->cli, &client);
    if (status != CLI_OK)
        return status;
    if (s->window && zw_client_set(client, "window", s->window) < 0) {
        zw_client_close(client);
        return cli_usage(&s->cli, "--window takes a number from 1 to 100000, not %s", s->window);
    }
    (void)zw_client_set(client, "body-bytes", "67108864"); /* the limit is zhiwend's, and so is the refusal */
    int r = zw_sender_open(client, &s->sender);
    if (r < 0) {
        cli_error(&s->cli, "%s", zw_error_text(r));
        zw_client_close(client);
        return CLI_TROUBLE;
    }
    cli_catch_signals();
    status = run(s, paths, count);
    zw_sender_close(s->sender);
    zw_client_close(client);
    free(s->slots);
    return status;
}

int cli_send(int argc, char **argv)
{
    send_t s = { .cli = { .command = "send", .help = help, .timeout_s = 30 } };
    s.reader = (articles_reader_t){ .max_bytes = MAX_BYTES, .article = on_article, .bad = on_bad, .ctx = &s };
    for (int option; (option = getopt_long(argc, argv, "hq", options, NULL)) != -1;) {
        int status = -1;
        switch (option) {
        case OPT_JSONL:
            s.reader.jsonl = true;
            break;
        case OPT_SOURCE:
            s.source = optarg;
            break;
        case OPT_PUBLISHED:
            s.published = optarg;
            break;
        case OPT_CHARSET:
            s.charset = optarg;
            break;
        case OPT_WINDOW:
            s.window = optarg;
            break;
        case 'q':
            s.quiet = true;
            break;
        default:
            status = cli_option(&s.cli, option);
        }
        if (status >= 0)
            return status;
    }
    return open_and_run(&s, argv + optind, (size_t)(argc - optind));
}
