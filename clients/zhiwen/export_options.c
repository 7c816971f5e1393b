/* The options of zhiwen export. */
#include "export.h"

#include "edtf.h"

#include <stdlib.h>
#include <strings.h>

static const char help[] =
    "usage: zhiwen export [OPTION...]\n"
    "Write facts to a file: one row a fact, with how many articles state it and where the first of them says so. What has\n"
    "been retracted by then is not in it; a file of sqlite loses it the next time.\n\n"
    "      --format FORMAT   jsonl|csv|sqlite; else by the ending of the output (.csv, .db, .sqlite), else jsonl\n"
    "      --json            the same as --format jsonl\n"
    "  -o, --output FILE     where to; jsonl and csv appear there when they are whole (default: standard output)\n"
    "      --type TYPE       only facts of this type, such as award; may be given several times\n"
    "      --region CODE     only facts of this place, by the beginning of its GB/T 2260 code: 33, 3303, 330302\n"
    "      --modality NAME   only asserted|planned|required|negated; may be given several times\n"
    "      --since DATE, --until DATE\n"
    "                        only facts whose time lies in these days, in part at least: 2010, 2010-11, 2010-11-18\n"
    "      --published       these are the days on which their article was published\n"
    "      --from SEQ        only facts first seen at this event or later (not for sqlite)\n"
    "      --bom             csv: begin with a byte order mark, which spreadsheets want\n"
    "      --raw-cells       csv: leave text as it is that a spreadsheet would take for a formula (= + - @);\n"
    "                        else it is put behind a quote (')\n"
    "      --rules FOLDER    take the slots of types from these rule packs too; may be given several times\n"
    "      --timeout S       give up when zhiwend does not answer for S seconds (30)\n"
    "  -q, --quiet           no progress, no summary\n" CLI_WHERE
    "  -h, --help\n\n"
    "csv has the columns of one type, or those of all types; a slot with parts has a column a part, a list is joined by |.\n"
    "sqlite has a view for each type, \"facts\" with what all types have, \"sources\" (each article that states a fact),\n"
    "\"articles\", \"regions\", and \"search\", a full-text index for words of three characters and more:\n"
    "  SELECT award.* FROM search JOIN award ON award.seq = search.rowid WHERE search MATCH '质量奖';\n"
    "Export into the same file again to add what is new; a run that was broken off goes on where it was.\n" CLI_EXITS;

enum { OPT_FORMAT = CLI_OPT_OWN, OPT_TYPE, OPT_REGION, OPT_MODALITY, OPT_SINCE, OPT_UNTIL, OPT_PUBLISHED, OPT_FROM, OPT_BOM, OPT_RAW, OPT_RULES };

static const struct option options[] = {
    CLI_OPTIONS_WHERE,
    { "format", required_argument, NULL, OPT_FORMAT },
    { "output", required_argument, NULL, 'o' },
    { "type", required_argument, NULL, OPT_TYPE },
    { "region", required_argument, NULL, OPT_REGION },
    { "modality", required_argument, NULL, OPT_MODALITY },
    { "since", required_argument, NULL, OPT_SINCE },
    { "until", required_argument, NULL, OPT_UNTIL },
    { "published", no_argument, NULL, OPT_PUBLISHED },
    { "from", required_argument, NULL, OPT_FROM },
    { "bom", no_argument, NULL, OPT_BOM },
    { "raw-cells", no_argument, NULL, OPT_RAW },
    { "rules", required_argument, NULL, OPT_RULES },
    { "quiet", no_argument, NULL, 'q' },
    { 0 },
};

const char *const EXPORT_MODALITIES[EXPORT_MODALITY_COUNT] = { "asserted", "planned", "required", "negated" };
static const char *const FORMATS[] = { "jsonl", "csv", "sqlite" };

int export_name(const char *const *names, size_t count, const char *name)
{
    for (size_t k = 0; k < count; k++)
        if (strcmp(names[k], name) == 0)
            return (int)k;
    return -1;
}

static int take_days(export_how_t *x, const char *option, char *first, char *last)
{
    char unused[11];
    bool good = edtf_days(zw_strz(optarg), first ? first : unused, last ? last : unused) && !strpbrk(optarg, "/~T");
    return good ? -1 : cli_usage(&x->cli, "%s takes a day, month or year as 2010-11-18, not %s", option, optarg);
}

static int take_modality(export_how_t *x)
{
    int k = export_name(EXPORT_MODALITIES, EXPORT_MODALITY_COUNT, optarg);
    if (k < 0)
        return cli_usage(&x->cli, "--modality is asserted, planned, required or negated, not %s", optarg);
    x->modalities |= 1u << k;
    return -1;
}

static int take_option(export_how_t *x, int option)
{
    char *end;
    int k;
    switch (option) {
    case OPT_FORMAT:
        k = export_name(FORMATS, 3, optarg);
        x->format = (export_format_t)k;
        return k >= 0 ? -1 : cli_usage(&x->cli, "--format is jsonl, csv or sqlite, not %s", optarg);
    case 'o': x->output = optarg; return -1;
    case 'q': x->quiet = true; return -1;
    case OPT_TYPE:
        if (x->type_count == EXPORT_MAX_TYPES || !*optarg || strpbrk(optarg, ". "))
            return cli_usage(&x->cli, "--type takes the name of a type, at most %d times", EXPORT_MAX_TYPES);
        x->types[x->type_count++] = optarg;
        return -1;
    case OPT_REGION:
        x->region = optarg;
        return strlen(optarg) <= 6 && strspn(optarg, "0123456789") == strlen(optarg)
                   ? -1 : cli_usage(&x->cli, "--region takes the beginning of a code of six digits, not %s", optarg);
    case OPT_MODALITY: return take_modality(x);
    case OPT_SINCE: return take_days(x, "--since", x->since, NULL);
    case OPT_UNTIL: return take_days(x, "--until", NULL, x->until);
    case OPT_PUBLISHED: x->published = true; return -1;
    case OPT_FROM:
        x->from = strtoull(optarg, &end, 10);
        return x->from > 0 && !*end ? -1 : cli_usage(&x->cli, "--from takes a seq from 1 on, not %s", optarg);
    case OPT_BOM: x->bom = true; return -1;
    case OPT_RAW: x->raw = true; return -1;
    case OPT_RULES:
        if (x->folder_count == EXPORT_MAX_FOLDERS)
            return cli_usage(&x->cli, "--rules can be given %d times", EXPORT_MAX_FOLDERS);
        x->folders[x->folder_count++] = optarg;
        return -1;
    default: return cli_option(&x->cli, option);
    }
}

static export_format_t format_by_name(const char *output)
{
    static const struct {
        const char *ending;
        export_format_t format;
    } endings[] = { { ".csv", EXPORT_CSV }, { ".db", EXPORT_SQLITE }, { ".sqlite", EXPORT_SQLITE }, { ".sqlite3", EXPORT_SQLITE } };
    const char *dot = output ? strrchr(output, '.') : NULL;
    for (size_t k = 0; dot && k < sizeof endings / sizeof *endings; k++)
        if (strcasecmp(dot, endings[k].ending) == 0)
            return endings[k].format;
    return EXPORT_JSONL;
}

static int check_options(export_how_t *x)
{
    if (x->output && strcmp(x->output, "-") == 0)
        x->output = NULL;
    if (x->cli.json && x->format != EXPORT_BY_NAME && x->format != EXPORT_JSONL)
        return cli_usage(&x->cli, "--json is --format jsonl");
    if (x->format == EXPORT_BY_NAME)
        x->format = x->cli.json ? EXPORT_JSONL : format_by_name(x->output);
    if (x->format == EXPORT_SQLITE && !x->output)
        return cli_usage(&x->cli, "sqlite needs a file: --output FILE");
    if (x->format == EXPORT_SQLITE && x->from)
        return cli_usage(&x->cli, "a file of sqlite knows by itself from where to go on, --from is for jsonl and csv");
    if (x->format != EXPORT_CSV && (x->bom || x->raw))
        return cli_usage(&x->cli, "--bom and --raw-cells are for csv");
    if (x->published && !x->since[0] && !x->until[0])
        return cli_usage(&x->cli, "--published says what --since and --until mean");
    return CLI_OK;
}

int export_options(int argc, char **argv, export_how_t *x)
{
    *x = (export_how_t){ .cli = { .command = "export", .help = help, .timeout_s = 30 }, .format = EXPORT_BY_NAME, .region = "" };
    for (int option; (option = getopt_long(argc, argv, "ho:q", options, NULL)) != -1;) {
        int status = take_option(x, option);
        if (status >= 0)
            return status;
    }
    if (optind < argc)
        return cli_usage(&x->cli, "takes no argument \"%s\"", argv[optind]);
    int status = check_options(x);
    return status == CLI_OK ? -1 : status;
}
