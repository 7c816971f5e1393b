/* Patterns: what a pack writes → what PCRE2 compiles. */
#include "base/utf8.h"
#include "extract/rules.h"
#include "extract/sentence.h"

#include <stdio.h>

const char *const ZW_SIGNAL_NAMES[ZW_SIGNALS] = { "planned", "required", "negated", "done", "lead", "speaks", "not_time",
                                                     "compared", "topic" };

enum { MAX_DEPTH = 16, MAX_EXPANDED = 32 << 10 };

#define BIT(c) (1u << (c))
#define ORG_CLASSES (BIT(ZW_M_GOV) | BIT(ZW_M_FIRM) | BIT(ZW_M_ASSOC) | BIT(ZW_M_BODY))
#define NUM_CLASSES (BIT(ZW_M_COUNT) | BIT(ZW_M_PERCENT) | BIT(ZW_M_MONEY) | BIT(ZW_M_NUMBER))
#define ALL_CLASSES (BIT(ZW_M_CLASSES) - 1)

static const struct {
    const char *name;
    uint32_t classes;
} UNIONS[] = {
    { "ORG", ORG_CLASSES },
    { "NUM", NUM_CLASSES },
    { "WHO", ORG_CLASSES | BIT(ZW_M_PERSON) | BIT(ZW_M_REGION) },
    { "HONOUR", BIT(ZW_M_AWARD) | BIT(ZW_M_STATUS) | BIT(ZW_M_CERT) },
    { "ANY", ALL_CLASSES },
};

/* Sets of characters beside the classes; `inside` is what stands between the brackets. */
static const struct {
    const char *name, *inside;
    uint32_t classes;
    bool negated;
} SETS[] = {
    { "X", ",;:。!?\\n", 0, true },
    { "W", "\\p{L}\\p{N}·/&\\-", 0, false },
    { "T", "\\p{L}\\p{N}·/&\\-“”‘’《》", ALL_CLASSES & ~(NUM_CLASSES | BIT(ZW_M_TIME) | BIT(ZW_M_RANK)), false },
};

#define SEPARATOR "(?:、|和|与|及|以及|暨)"

int zw_rules_class(zw_str_t name, uint32_t *ret_classes)
{
    for (unsigned i = 0; i < ZW_M_CLASSES; i++)
        if (zw_str_eqz(name, ZW_MENTION_NAMES[i])) {
            *ret_classes = BIT(i);
            return 0;
        }
    for (size_t i = 0; i < sizeof(UNIONS) / sizeof(*UNIONS); i++)
        if (zw_str_eqz(name, UNIONS[i].name)) {
            *ret_classes = UNIONS[i].classes;
            return 0;
        }
    return -1;
}

static void put_class_char(zw_buf_t *out, unsigned cls)
{
    char utf8[4];
    unsigned n = zw_utf8_encode(ZW_PUA + cls, utf8);
    (void)zw_buf_put(out, utf8, n);
}

static void put_classes(zw_buf_t *out, uint32_t classes)
{
    for (unsigned i = 0; i < ZW_M_CLASSES; i++)
        if (classes & BIT(i))
            put_class_char(out, i);
}

typedef struct {
    zw_rules_t *rules;
    const zw_yaml_t *doc;
    const zw_yaml_node_t *node;
    zw_complaints_t *c;
    zw_buf_t *out;
    unsigned depth;
    bool in_set;
} expander_t;

static bool expand(expander_t *x, zw_str_t text);

static zw_macro_t *find_macro(const zw_rules_t *rules, zw_str_t name)
{
    for (zw_macro_t *m = rules->macros; m; m = m->next)
        if (zw_str_eq(m->name, name))
            return m;
    return NULL;
}

/* The thing itself, without repetition. */
static bool put_reference(expander_t *x, zw_str_t name)
{
    uint32_t classes;
    if (zw_rules_class(name, &classes) == 0) {
        bool bracket = !x->in_set && (classes & (classes - 1));
        if (bracket)
            zw_buf_putc(x->out, '[');
        put_classes(x->out, classes);
        if (bracket)
            zw_buf_putc(x->out, ']');
        return true;
    }
    for (size_t i = 0; i < sizeof(SETS) / sizeof(*SETS); i++) {
        if (!zw_str_eqz(name, SETS[i].name))
            continue;
        if (x->in_set && SETS[i].negated) {
            zw_complain(x->c, x->doc, x->node, "{%s} cannot stand inside [...]", SETS[i].name);
            return false;
        }
        if (!x->in_set)
            zw_buf_puts(x->out, zw_strz(SETS[i].negated ? "[^" : "["));
        zw_buf_puts(x->out, zw_strz(SETS[i].inside));
        put_classes(x->out, SETS[i].classes);
        if (!x->in_set)
            zw_buf_putc(x->out, ']');
        return true;
    }
    if (zw_str_eqz(name, "SEP") && !x->in_set) {
        zw_buf_puts(x->out, ZW_STR_LIT(SEPARATOR));
        return true;
    }
    zw_macro_t *macro = find_macro(x->rules, name);
    if (!macro) {
        zw_complain(x->c, x->doc, x->node, "{%.*s} is no class of mentions and no macro", ZW_STR_ARGS(name));
        return false;
    }
    if (x->in_set) {
        zw_complain(x->c, x->doc, x->node, "macro {%.*s} cannot stand inside [...]", ZW_STR_ARGS(name));
        return false;
    }
    if (macro->open || x->depth >= MAX_DEPTH) {
        zw_complain(x->c, x->doc, x->node, "macro {%.*s} contains itself", ZW_STR_ARGS(name));
        return false;
    }
    macro->open = true;
    x->depth++;
    zw_buf_puts(x->out, ZW_STR_LIT("(?:"));
    bool good = expand(x, macro->text);
    zw_buf_putc(x->out, ')');
    x->depth--;
    macro->open = false;
    return good;
}

/* {NAME} or {NAME+}, a coordination of NAMEs. `body` is what stands between the braces. */
static bool put_braces(expander_t *x, zw_str_t body)
{
    if (body.p[body.n - 1] != '+')
        return put_reference(x, body);
    body.n--;
    if (x->in_set) {
        zw_complain(x->c, x->doc, x->node, "{%.*s+} cannot stand inside [...]", ZW_STR_ARGS(body));
        return false;
    }
    zw_buf_puts(x->out, ZW_STR_LIT("(?:"));
    bool good = put_reference(x, body);
    zw_buf_puts(x->out, ZW_STR_LIT("(?:" SEPARATOR));
    good = good && put_reference(x, body);
    zw_buf_puts(x->out, ZW_STR_LIT(")*)"));
    return good;
}

/* The bytes from the backslash at `p` on that belong to one escape. */
static size_t escape_length(const char *p, const char *end)
{
    if (p + 1 >= end)
        return 1;
    if (strchr("pPxkgoN", p[1]) && p + 2 < end && p[2] == '{') {
        const char *close = memchr(p, '}', (size_t)(end - p));
        return close ? (size_t)(close - p) + 1 : (size_t)(end - p);
    }
    uint32_t cp;
    return 1 + zw_utf8_decode(p + 1, end, &cp);
}

static bool is_reference(const char *p, const char *end, const char **ret_close)
{
    const char *q = p + 1;
    while (q < end && ((*q >= 'A' && *q <= 'Z') || (*q >= '0' && *q <= '9') || *q == '_' || *q == '+'))
        q++;
    *ret_close = q;
    return q < end && *q == '}' && p[1] >= 'A' && p[1] <= 'Z';
}

/* The start of a set: copies '[', '^' and a first ']'. */
static const char *open_set(expander_t *x, const char *p, const char *end)
{
    x->in_set = true;
    zw_buf_putc(x->out, *p++);
    if (p < end && *p == '^')
        zw_buf_putc(x->out, *p++);
    if (p < end && *p == ']')
        zw_buf_putc(x->out, *p++);
    return p;
}

static void put_char(expander_t *x, uint32_t cp, const char *p, unsigned n)
{
    uint32_t plain = zw_skeleton_char(cp);
    if (plain == cp) {
        zw_buf_put(x->out, p, n);
        return;
    }
    char utf8[4];
    unsigned m = zw_utf8_encode(plain, utf8);
    if (!x->in_set && m == 1 && strchr("()?", utf8[0]))
        zw_buf_putc(x->out, '\\');
    zw_buf_put(x->out, utf8, m);
}

static bool expand(expander_t *x, zw_str_t text)
{
    bool good = true;
    const char *p = text.p, *end = text.p + text.n, *close;
    while (p < end && x->out->n <= MAX_EXPANDED) {
        uint32_t cp;
        unsigned n = zw_utf8_decode(p, end, &cp);
        if (*p == '\\') {
            n = (unsigned)escape_length(p, end);
            zw_buf_put(x->out, p, n);
        } else if (*p == '{' && is_reference(p, end, &close)) {
            good = put_braces(x, zw_str(p + 1, (size_t)(close - p - 1))) && good;
            n = (unsigned)(close - p) + 1;
        } else if (*p == '[' && !x->in_set) {
            p = open_set(x, p, end);
            continue;
        } else if (*p == ']' && x->in_set) {
            x->in_set = false;
            zw_buf_putc(x->out, ']');
        } else if (!x->in_set && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')) {
            ; /* blanks only make patterns readable */
        } else {
            put_char(x, cp, p, n);
        }
        p += n;
    }
    if (x->out->n > MAX_EXPANDED) {
        zw_complain(x->c, x->doc, x->node, "the pattern is too long when its macros are expanded");
        return false;
    }
    return good;
}

bool zw_pattern_expand(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *node, zw_str_t text, zw_buf_t *out,
                       zw_complaints_t *c)
{
    expander_t x = { .rules = rules, .doc = doc, .node = node, .c = c, .out = out };
    bool good = expand(&x, text);
    if (out->failed)
        c->no_memory = true;
    return good && !out->failed;
}

/* The text around the place where PCRE2 stopped, so that the writer finds it. */
static zw_str_t around(zw_str_t s, size_t at)
{
    const char *from = s.p + (at > s.n ? s.n : at), *begin = from;
    for (int i = 0; i < 12 && begin > s.p; i++)
        begin = zw_utf8_back(begin, s.p);
    return zw_str(begin, (size_t)(from - begin));
}

static bool expand_node(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *node, zw_buf_t *out, zw_complaints_t *c)
{
    if (zw_yaml_kind(node) == ZW_YAML_SCALAR && zw_yaml_text(node).n > 0)
        return zw_pattern_expand(rules, doc, node, zw_yaml_text(node), out, c);
    zw_complain(c, doc, node, "a pattern is expected here");
    return false;
}

static pcre2_code *compile(const zw_yaml_t *doc, const zw_yaml_node_t *node, zw_str_t text, uint32_t options, zw_complaints_t *c)
{
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text.p, text.n, PCRE2_UTF | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C | options,
                                     &error, &at, NULL);
    if (!code) {
        char why[160];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)why, sizeof(why));
        zw_str_t where = around(text, at);
        zw_complain(c, doc, node, "%s, behind \"%.*s\"", why, ZW_STR_ARGS(where));
        return NULL;
    }
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without JIT it runs slower, with the same result */
    return code;
}

pcre2_code *zw_pattern_compile(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *node, uint32_t options,
                               zw_complaints_t *c)
{
    _cleanup_buf_ zw_buf_t out = { 0 };
    return expand_node(rules, doc, node, &out, c) ? compile(doc, node, zw_buf_str(&out), options, c) : NULL;
}

bool zw_pattern_read(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *node, bool search, zw_pattern_t *ret,
                     zw_complaints_t *c)
{
    _cleanup_buf_ zw_buf_t out = { 0 };
    if (!expand_node(rules, doc, node, &out, c))
        return false;
    ret->expanded = zw_arena_str(rules->arena, zw_buf_str(&out));
    if (!ret->expanded.p) {
        c->no_memory = true;
        return false;
    }
    if (search)
        zw_pattern_literals(rules->arena, ret->expanded, ret);
    ret->code = compile(doc, node, ret->expanded, ret->start ? PCRE2_ANCHORED : 0, c);
    return ret->code != NULL;
}

static void read_macro(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *key, const zw_yaml_node_t *value,
                       zw_complaints_t *c)
{
    zw_str_t name = zw_yaml_text(key);
    uint32_t classes;
    bool upper = name.n > 0 && name.p[0] >= 'A' && name.p[0] <= 'Z';
    for (size_t i = 0; i < name.n; i++)
        upper = upper && ((name.p[i] >= 'A' && name.p[i] <= 'Z') || (name.p[i] >= '0' && name.p[i] <= '9') || name.p[i] == '_');
    bool taken = zw_rules_class(name, &classes) == 0 || zw_str_eqz(name, "SEP");
    for (size_t i = 0; i < sizeof(SETS) / sizeof(*SETS); i++)
        taken = taken || zw_str_eqz(name, SETS[i].name);
    zw_macro_t *other = find_macro(rules, name);
    if (!upper)
        zw_complain(c, doc, key, "a macro's name is written in capitals, digits and _");
    else if (taken)
        zw_complain(c, doc, key, "{%.*s} is built in", ZW_STR_ARGS(name));
    else if (other)
        zw_complain(c, doc, key, "macro {%.*s} is already defined in %s:%u", ZW_STR_ARGS(name), zw_yaml_path(other->doc),
                    zw_yaml_line(other->node));
    else if (zw_yaml_kind(value) != ZW_YAML_SCALAR || zw_yaml_text(value).n == 0)
        zw_complain(c, doc, value, "a macro's text is expected here");
    else {
        zw_macro_t *m = zw_arena_calloc(rules->arena, 1, sizeof(*m));
        if (!m) {
            c->no_memory = true;
            return;
        }
        *m = (zw_macro_t){ .name = name, .text = zw_yaml_text(value), .doc = doc, .node = value, .next = rules->macros };
        rules->macros = m;
    }
}

/* Signals that hold only at the start of what they are given. */
static bool anchored(unsigned signal)
{
    return signal == ZW_SIG_LEAD || signal == ZW_SIG_NOT_TIME;
}

static void read_signal(zw_rules_t *rules, const zw_yaml_t *doc, const zw_yaml_node_t *key, const zw_yaml_node_t *value,
                        zw_complaints_t *c)
{
    for (unsigned i = 0; i < ZW_SIGNALS; i++) {
        if (!zw_str_eqz(zw_yaml_text(key), ZW_SIGNAL_NAMES[i]))
            continue;
        if (rules->signals[i])
            zw_complain(c, doc, key, "signal '%s' is already defined", ZW_SIGNAL_NAMES[i]);
        else
            rules->signals[i] = zw_pattern_compile(rules, doc, value, anchored(i) ? PCRE2_ANCHORED : 0, c);
        return;
    }
    zw_complain(c, doc, key, "no signal '%.*s'", ZW_STR_ARGS(zw_yaml_text(key)));
}

void zw_rules_read_macros(zw_rules_t *rules, zw_complaints_t *c)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t d = 0; d < rules->doc_count; d++) {
            const zw_yaml_t *doc = rules->docs[d];
            const zw_yaml_node_t *map = zw_yaml_get(zw_yaml_root(doc), pass == 0 ? "macros" : "signals");
            if (map && zw_yaml_kind(map) != ZW_YAML_MAP)
                zw_complain(c, doc, map, "names with patterns are expected here");
            else if (map)
                for (size_t i = 0; i < zw_yaml_count(map); i++)
                    (pass == 0 ? read_macro : read_signal)(rules, doc, zw_yaml_key(map, i), zw_yaml_at(map, i), c);
        }
    /* A macro that no rule uses yet is checked too. */
    for (zw_macro_t *m = rules->macros; m; m = m->next) {
        m->open = true;
        m->code = zw_pattern_compile(rules, m->doc, m->node, 0, c);
        m->open = false;
    }
}
