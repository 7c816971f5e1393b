/* zhiwen export: facts as files, for those who want a table. */
#include "edtf.h"
#include "export.h"
#include "export_text.h"
#include "progress.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COMMIT_EVERY = 20000, KIND_COUNT = 4 };
static const char *const KINDS[KIND_COUNT] = { "fact", "support", "retract", "unsupport" }; /* events about facts, and their topics */

typedef struct export {
    export_how_t how;
    schema_t schema;
    places_t *places;
    facts_db_t *db;
    char instance[80];
    uint64_t first, oldest, newest; /* first to newest is exported */
    bool beginning_is_gone;         /* the log no longer keeps its oldest events */
    uint64_t facts, uncommitted;
    progress_t progress;
} export_t;

/* ---- which facts */

static bool in_days(const export_t *x, const char *time)
{
    char first[11], last[11];
    if (!x->how.since[0] && !x->how.until[0])
        return true;
    return edtf_days(zw_strz(time), first, last) && (!x->how.since[0] || strcmp(last, x->how.since) >= 0) &&
           (!x->how.until[0] || strcmp(first, x->how.until) <= 0);
}

static bool is_wanted(const export_t *x, const statement_t *s)
{
    const char *modality = json_string_value(json_object_get(s->fact, "modality"));
    const char *region = json_string_value(json_object_get(s->fact, "region"));
    int k = modality ? export_name(EXPORT_MODALITIES, EXPORT_MODALITY_COUNT, modality) : -1;
    if (x->how.modalities && (k < 0 || !(x->how.modalities & 1u << k)))
        return false;
    if (*x->how.region && strncmp(region ? region : "000000", x->how.region, strlen(x->how.region)) != 0)
        return false;
    return in_days(x, json_string_value(json_object_get(x->how.published ? s->article : s->fact, x->how.published ? "published" : "time")));
}

/* What a file of sqlite must not mix: facts chosen in different ways. */
static char *filter_text(const export_t *x)
{
    json_t *types = json_array();
    for (size_t k = 0; k < x->how.type_count; k++)
        (void)json_array_append_new(types, json_string(x->how.types[k]));
    json_t *filter = json_pack("{so, ss, si, ss, ss, sb}", "types", types, "region", x->how.region, "modalities", (int)x->how.modalities,
                               "since", x->how.since, "until", x->how.until, "published", (int)x->how.published);
    char *text = filter ? json_dumps(filter, JSON_COMPACT) : NULL;
    json_decref(filter);
    return text;
}

/* ---- taking events in */

static int trouble(const export_t *x, int code)
{
    if (code == -EIO && x->how.output)
        cli_error(&x->how.cli, "%s: %s", x->how.output, facts_db_error(x->db));
    else
        cli_error(&x->how.cli, "%s", code == -EIO ? facts_db_error(x->db) : zw_error_text(code));
    return CLI_TROUBLE;
}

static int apply(export_t *x, const zw_item_t *item, const statement_t *s)
{
    bool first = strcmp(item->event, "fact") == 0;
    int r = 0;
    if (strcmp(item->event, "retract") == 0)
        return facts_db_retract(x->db, s);
    if (strcmp(item->event, "unsupport") == 0)
        return facts_db_unsupport(x->db, s);
    if (!first)
        r = facts_db_support(x->db, s);
    /* The first sight of a fact may be among what is no longer kept: then a further one stands for it. */
    if (r != 0 || !(first || x->beginning_is_gone) || !is_wanted(x, s))
        return r;
    x->facts++;
    return facts_db_put(x->db, s);
}

static int take_statement(export_t *x, const zw_item_t *item)
{
    char *fact_text = zw_json(item->fact), *article_text = zw_json(item->article);
    statement_t s = { .seq = item->seq, .time_us = item->time_us, .support = item->support,
                      .fact = fact_text ? json_loads(fact_text, 0, NULL) : NULL,
                      .article = article_text ? json_loads(article_text, 0, NULL) : NULL,
                      .fact_text = fact_text, .article_text = article_text };
    int r = s.fact && s.article ? apply(x, item, &s) : -ENOMEM;
    json_decref(s.fact);
    json_decref(s.article);
    free(fact_text);
    free(article_text);
    return r < 0 ? r : 0;
}

static int save_position(export_t *x, uint64_t position)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)position);
    x->uncommitted = 0;
    int r = facts_db_set_note(x->db, "position", text);
    return r < 0 ? r : facts_db_commit(x->db);
}

static int take_event(export_t *x, const zw_item_t *item)
{
    uint64_t number = 0, of = 0;
    int r = 0;
    if (export_name(KINDS, KIND_COUNT, item->event) >= 0)
        r = take_statement(x, item);
    else if (zw_get_uint(item->article, "number", &number) && zw_get_uint(item->article, "of_number", &of))
        r = facts_db_revision(x->db, (int64_t)number, (int64_t)of);
    if (r == 0 && x->how.format == EXPORT_SQLITE && ++x->uncommitted >= COMMIT_EVERY)
        r = save_position(x, item->seq);
    return r;
}

static void show_progress(export_t *x, uint64_t position)
{
    double all = (double)(x->newest - x->first + 1), done = position < x->first ? 0 : (double)(position - x->first + 1);
    progress_show(&x->progress, done / all, x->facts, "");
}

/* -1: go on. */
static int take_item(export_t *x, const zw_item_t *item)
{
    if (item->kind == ZW_ITEM_RESET) {
        cli_error(&x->how.cli, "zhiwend has another log than before");
        return CLI_TROUBLE;
    }
    if (item->kind == ZW_ITEM_LOST) {
        cli_error(&x->how.cli, "zhiwend no longer keeps the events from %llu to %llu", (unsigned long long)item->seq, (unsigned long long)item->last);
        return -1;
    }
    int r = item->seq <= x->newest ? take_event(x, item) : 0;
    return r < 0 ? trouble(x, r) : item->seq >= x->newest ? CLI_OK : -1;
}

static int take_all(export_t *x, zw_subscriber_t *sub)
{
    double heard_s = progress_seconds(&x->progress);
    for (int status = -1;;) {
        const zw_item_t *item;
        int r = zw_subscriber_next(sub, 50, &item);
        const zw_subscriber_info_t *info = zw_subscriber_info(sub);
        if (r == 1)
            status = take_item(x, item);
        else if (r < 0 && r != -EINTR)
            status = trouble(x, r);
        else if (info->position >= x->newest)
            status = CLI_OK; /* what is left is of no topic of ours */
        if (r == 1)
            heard_s = progress_seconds(&x->progress);
        if (cli_stop)
            status = CLI_INTERRUPTED;
        else if (status < 0 && progress_seconds(&x->progress) - heard_s > x->how.cli.timeout_s)
            return cli_refused(&x->how.cli, -ETIMEDOUT);
        if (status >= 0) {
            r = x->how.format == EXPORT_SQLITE && (status == CLI_OK || status == CLI_INTERRUPTED) ? save_position(x, status == CLI_OK ? x->newest : info->position) : 0;
            return r < 0 ? trouble(x, r) : status;
        }
        show_progress(x, info->position);
    }
}

/* ---- where to begin */

/* Has a file of sqlite been begun by an export like this one, of this log? CLI_OK: *ret_next is where to go on. */
static int resume(export_t *x, uint64_t *ret_next)
{
    char *instance = facts_db_note(x->db, "instance"), *filter = facts_db_note(x->db, "filter"), *position = facts_db_note(x->db, "position");
    char *wanted = filter_text(x);
    int status = CLI_OK;
    if (instance && strcmp(instance, x->instance) != 0) {
        cli_error(&x->how.cli, "%s is of another log: zhiwend's state has been replaced. Export into a new file", x->how.output);
        status = CLI_SOME_FAILED;
    } else if (filter && wanted && strcmp(filter, wanted) != 0) {
        cli_error(&x->how.cli, "%s holds facts chosen in another way: %s", x->how.output, filter);
        status = CLI_SOME_FAILED;
    } else {
        *ret_next = position ? strtoull(position, NULL, 10) + 1 : 1;
        int r = facts_db_set_note(x->db, "instance", x->instance);
        if (r == 0)
            r = wanted ? facts_db_set_note(x->db, "filter", wanted) : -ENOMEM;
        status = r < 0 ? trouble(x, r) : CLI_OK;
    }
    free(instance);
    free(filter);
    free(position);
    free(wanted);
    return status;
}

static int ask_log(export_t *x, zw_client_t *client)
{
    zw_query_t *query = NULL;
    zw_str_t map, instance = { 0 };
    int r = zw_query_open(client, &query);
    if (r == 0)
        r = zw_query_status(query, (int)(x->how.cli.timeout_s * 1000), &map);
    if (r == 0) {
        (void)zw_get_uint(map, "seq.newest", &x->newest);
        (void)zw_get_uint(map, "seq.oldest", &x->oldest);
        (void)zw_get_str(map, "instance", &instance);
        (void)snprintf(x->instance, sizeof x->instance, "%.*s", ZW_STR_ARGS(instance));
        x->beginning_is_gone = x->oldest > 1 && x->how.from == 0;
    }
    zw_query_close(query);
    return r < 0 ? cli_refused(&x->how.cli, r) : CLI_OK;
}

/* All places: a further article may see a fact in another one. */
static int subscribe(export_t *x, zw_client_t *client, zw_subscriber_t **ret)
{
    char space[KIND_COUNT * EXPORT_MAX_TYPES][128];
    const char *topics[KIND_COUNT * EXPORT_MAX_TYPES + 1];
    size_t n = 0;
    for (size_t kind = 0; kind < KIND_COUNT; kind++) {
        for (size_t k = 0; k < x->how.type_count; k++)
            (void)snprintf(space[n++], sizeof *space, "%s.%s.", KINDS[kind], x->how.types[k]);
        if (x->how.type_count == 0)
            (void)snprintf(space[n++], sizeof *space, "%s.", KINDS[kind]);
    }
    for (size_t k = 0; k < n; k++)
        topics[k] = space[k];
    topics[n++] = "article.revision";
    return zw_subscribe(client, ZW_FROM_SEQ(x->first), topics, n, ret);
}

static int gather(export_t *x, zw_client_t *client)
{
    zw_subscriber_t *sub;
    if (x->newest == 0 || x->first > x->newest)
        return CLI_OK;
    int r = subscribe(x, client, &sub);
    if (r < 0) {
        cli_error(&x->how.cli, "cannot subscribe: %s", zw_error_text(r));
        return CLI_TROUBLE;
    }
    int status = take_all(x, sub);
    zw_subscriber_close(sub);
    return status;
}

/* ---- files */

static int write_to(export_t *x, FILE *out)
{
    export_csv_t csv = { .schema = &x->schema, .types = x->how.types, .type_count = x->how.type_count, .bom = x->how.bom, .raw = x->how.raw };
    int r = x->how.format == EXPORT_CSV ? export_csv(x->db, &csv, out) : export_jsonl(x->db, out);
    if (r == 0 && fflush(out) != 0)
        r = -EIO;
    if (r == 0)
        return CLI_OK;
    if (ferror(out))
        cli_error(&x->how.cli, "cannot write %s: %s", x->how.output ? x->how.output : "to standard output", strerror(errno));
    else
        return trouble(x, r);
    return CLI_TROUBLE;
}

/* Under another name first: whoever finds the file finds all of it. */
static int write_file(export_t *x)
{
    char *path = NULL;
    if (asprintf(&path, "%s.XXXXXX", x->how.output) < 0)
        return trouble(x, -ENOMEM);
    mode_t mask = umask(0);
    (void)umask(mask);
    int fd = mkostemp(path, O_CLOEXEC), status = CLI_TROUBLE;
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!out) {
        cli_error(&x->how.cli, "cannot write beside %s: %s", x->how.output, strerror(errno));
    } else {
        status = write_to(x, out);
        bool good = status == CLI_OK && fchmod(fd, 0666 & ~mask) == 0 && fsync(fd) == 0;
        good = fclose(out) == 0 && good && rename(path, x->how.output) == 0;
        if (!good && status == CLI_OK) {
            cli_error(&x->how.cli, "cannot write %s: %s", x->how.output, strerror(errno));
            status = CLI_TROUBLE;
        }
    }
    if (status != CLI_OK && fd >= 0)
        (void)unlink(path);
    free(path);
    return status;
}

static int load_schema(export_t *x)
{
    char shipped[4096];
    int r = zw_data_path("rules", shipped, sizeof shipped);
    if (r == 0)
        (void)schema_load(&x->schema, shipped);
    for (size_t k = 0; k < x->how.folder_count; k++) {
        r = schema_load(&x->schema, x->how.folders[k]);
        if (r < 0) {
            cli_error(&x->how.cli, "--rules %s: %s", x->how.folders[k], zw_error_text(r));
            return CLI_TROUBLE;
        }
    }
    x->places = places_load();
    return x->places ? CLI_OK : trouble(x, -ENOMEM);
}

static int run(export_t *x, zw_client_t *client)
{
    uint64_t next = x->how.from;
    int status = load_schema(x);
    if (status == CLI_OK)
        status = ask_log(x, client);
    if (status != CLI_OK)
        return status;
    int r = facts_db_open(x->how.format == EXPORT_SQLITE ? x->how.output : NULL, x->how.format == EXPORT_SQLITE ? FACTS_DB_TYPED | FACTS_DB_SEARCH : 0, &x->schema, x->places, &x->db);
    if (r < 0)
        return trouble(x, r);
    if (x->how.format == EXPORT_SQLITE)
        status = resume(x, &next);
    if (next > 1 && next < x->oldest)
        cli_error(&x->how.cli, "zhiwend no longer keeps the events from %llu to %llu", (unsigned long long)next, (unsigned long long)x->oldest - 1);
    x->first = next > x->oldest ? next : x->oldest;
    progress_begin(&x->progress, !x->how.quiet, "facts");
    if (status == CLI_OK)
        status = gather(x, client);
    progress_clear(&x->progress);
    if (status == CLI_OK && x->how.format == EXPORT_SQLITE)
        status = (r = facts_db_commit(x->db)) < 0 ? trouble(x, r) : CLI_OK;
    else if (status == CLI_OK)
        status = x->how.output ? write_file(x) : write_to(x, stdout);
    if (status == CLI_OK && !x->how.quiet && x->how.output)
        (void)fprintf(stderr, "%lld facts in %s; events up to %llu\n", (long long)facts_db_count(x->db), x->how.output,
                      (unsigned long long)x->newest);
    return status;
}

int cli_export(int argc, char **argv)
{
    export_t x = { 0 };
    zw_client_t *client;
    int status = export_options(argc, argv, &x.how);
    if (status >= 0)
        return status;
    status = cli_connect(&x.how.cli, &client);
    if (status != CLI_OK)
        return status;
    cli_catch_signals();
    status = run(&x, client);
    zw_client_close(client);
    facts_db_close(x.db);
    schema_done(&x.schema);
    places_free(x.places);
    return status;
}
