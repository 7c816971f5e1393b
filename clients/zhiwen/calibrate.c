/* zhiwen rules calibrate: how often each rule is right, measured on annotated articles. */
#include "judge.h"
#include "local.h"
#include "zw_wire.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: zhiwen rules calibrate [OPTION...] ANNOTATED.jsonl...\n"
    "Measure how often each rule is right and print it as a pack, confidence: {RULE: SHARE}. Put beside the rules (as\n"
    "confidence.yaml) it stands in place of the rules' own figures.\n"
    "A line is an article as for zhiwen send --jsonl, with \"facts\": what an annotator found in it.\n\n"
    "      --rules FOLDER    rule packs, instead of the shipped ones; may be given several times\n"
    "      --prior P         what is taken for right of a rule never seen at work (0.85)\n"
    "      --weight N        how many facts that counts for (8): a rule seen n times with r right gets (r + N P) / (n + N)\n"
    "      --json            JSON Lines instead, {\"rule\", \"right\", \"found\", \"confidence\"}\n"
    "  -h, --help\n\n" CLI_EXITS;

enum { OPT_RULES = CLI_OPT_OWN, OPT_PRIOR, OPT_WEIGHT, MAX_DIRS = 32, MAX_FACTS = 4096 };

static const struct option options[] = {
    CLI_OPTIONS,
    { "rules", required_argument, NULL, OPT_RULES },
    { "prior", required_argument, NULL, OPT_PRIOR },
    { "weight", required_argument, NULL, OPT_WEIGHT },
    { 0 },
};

typedef struct tally {
    unsigned right, found;
} tally_t;

typedef struct calibrate {
    cli_t cli;
    local_t local;
    double prior, weight;
    const char *dirs[MAX_DIRS];
    size_t dir_count;
    tally_t *tallies; /* by number of the rule */
    zw_buf_t map, json;
} calibrate_t;

static int count_fact(calibrate_t *c, const zw_fact_t *fact, json_t *annotated, bool *taken)
{
    zw_buf_clear(&c->map);
    zw_buf_clear(&c->json);
    zw_fact_encode(fact, &c->map);
    int r = c->map.failed ? -ENOMEM : zw_mp_to_json(zw_buf_str(&c->map), &c->json);
    json_t *found = r < 0 ? NULL : json_loadb(c->json.p, c->json.n, 0, NULL);
    if (!found)
        return r < 0 ? r : -ENOMEM;
    size_t rule = 0, count = zw_rules_count(c->local.rules);
    while (rule < count && !zw_str_eq(zw_rules_name(c->local.rules, rule), fact->rule))
        rule++;
    size_t n = json_array_size(annotated);
    bool right = false;
    for (size_t k = 0; k < n && k < MAX_FACTS && !right; k++)
        if (!taken[k] && judge_match(c->local.rules, json_array_get(annotated, k), found, c->local.arena))
            right = taken[k] = true;
    json_decref(found);
    if (rule < count) {
        c->tallies[rule].found++;
        c->tallies[rule].right += right;
    }
    return 0;
}

static zw_str_t member(const json_t *line, const char *key)
{
    return zw_strz(json_string_value(json_object_get(line, key)));
}

static int count_article(calibrate_t *c, const json_t *line)
{
    zw_raw_t raw = { .body = member(line, "text"), .body_is_utf8 = true, .format = member(line, "format"),
                     .title = member(line, "title"), .published = member(line, "published"), .url = member(line, "url") };
    json_t *annotated = json_object_get(line, "facts");
    zw_text_t text;
    zw_extraction_t found;
    if (raw.body.n == 0 || !json_is_array(annotated))
        return -ZW_E_MISSING;
    zw_arena_reset(c->local.arena, 16 << 20);
    int r = zw_text_repair(c->local.tables, &raw, NULL, c->local.arena, &text);
    if (r == 0)
        r = zw_extract(c->local.extractor, c->local.rules, &text, member(line, "source"), c->local.arena, &found);
    bool *taken = r == 0 ? zw_arena_calloc(c->local.arena, MAX_FACTS, sizeof *taken) : NULL;
    if (r == 0 && !taken)
        r = -ENOMEM;
    for (size_t k = 0; r == 0 && k < found.fact_count; k++)
        r = count_fact(c, &found.facts[k], annotated, taken);
    return r;
}

static int count_file(calibrate_t *c, const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    unsigned number = 0;
    int status = CLI_OK;
    if (!file) {
        cli_error(&c->cli, "%s: %s", path, zw_error_text(-errno));
        return CLI_TROUBLE;
    }
    for (ssize_t n; status != CLI_TROUBLE && (n = getline(&line, &size, file)) > 0;) {
        json_error_t error;
        json_t *article = json_loadb(line, (size_t)n, 0, &error);
        int r = article ? count_article(c, article) : -ZW_E_VALUE;
        number++;
        if (r < 0) {
            cli_error(&c->cli, "%s:%u: %s", path, number,
                      r == -ZW_E_MISSING ? "\"text\" and \"facts\" are needed" : article ? zw_error_text(r) : error.text);
            status = r == -ENOMEM ? CLI_TROUBLE : CLI_SOME_FAILED;
        }
        json_decref(article);
    }
    free(line);
    (void)fclose(file);
    return status;
}

static void print(const calibrate_t *c)
{
    if (!c->cli.json)
        (void)puts("# How often each rule was right on annotated articles, smoothed; made by zhiwen rules calibrate.\nconfidence:");
    for (size_t k = 0; k < zw_rules_count(c->local.rules); k++) {
        const tally_t *t = &c->tallies[k];
        double share = (t->right + c->weight * c->prior) / (t->found + c->weight);
        zw_str_t name = zw_rules_name(c->local.rules, k);
        if (c->cli.json)
            (void)printf("{\"rule\":\"%.*s\",\"right\":%u,\"found\":%u,\"confidence\":%.2f}\n", ZW_STR_ARGS(name), t->right, t->found, share);
        else
            (void)printf("  %.*s: %.2f\n", ZW_STR_ARGS(name), share);
    }
}

static int run(calibrate_t *c, char *const *paths, size_t count)
{
    int status = local_open(&c->local, &c->cli, true, c->dirs, c->dir_count);
    if (status != CLI_OK)
        return status;
    c->tallies = calloc(zw_rules_count(c->local.rules) + 1, sizeof *c->tallies);
    for (size_t k = 0; c->tallies && k < count && status != CLI_TROUBLE; k++) {
        int s = count_file(c, paths[k]);
        status = s != CLI_OK ? s : status;
    }
    if (!c->tallies)
        status = CLI_TROUBLE;
    if (status != CLI_TROUBLE)
        print(c);
    free(c->tallies);
    zw_buf_done(&c->map);
    zw_buf_done(&c->json);
    local_close(&c->local);
    return status;
}

int cli_calibrate(int argc, char **argv)
{
    calibrate_t c = { .cli = { .command = "rules calibrate", .help = help }, .prior = 0.85, .weight = 8 };
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        if (option == OPT_RULES) {
            if (c.dir_count == MAX_DIRS)
                return cli_usage(&c.cli, "at most %d folders", MAX_DIRS);
            c.dirs[c.dir_count++] = optarg;
        } else if (option == OPT_PRIOR) {
            if (!cli_seconds(optarg, &c.prior) || c.prior > 1)
                return cli_usage(&c.cli, "--prior takes a share from 0 to 1");
        } else if (option == OPT_WEIGHT) {
            if (!cli_seconds(optarg, &c.weight) || !(c.weight > 0))
                return cli_usage(&c.cli, "--weight takes a number over 0");
        } else {
            int status = cli_option(&c.cli, option);
            if (status >= 0)
                return status;
        }
    }
    if (optind == argc)
        return cli_usage(&c.cli, "annotated articles are needed");
    return run(&c, argv + optind, (size_t)(argc - optind));
}
