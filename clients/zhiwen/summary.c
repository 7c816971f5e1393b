#include "summary.h"

static const char *const common_slots[] = { "type", "id", "time",   "region",     "modality", "confidence",
                                            "span", "also", "rule", "comparator", "unit",     "value_max" };

static bool is_common(const char *key)
{
    for (size_t k = 0; k < sizeof common_slots / sizeof *common_slots; k++)
        if (strcmp(common_slots[k], key) == 0)
            return true;
    return false;
}

static const char *sign_of(const char *comparator)
{
    static const struct {
        const char *name, *sign;
    } signs[] = { { "ge", "≥" }, { "le", "≤" }, { "gt", ">" }, { "lt", "<" }, { "approx", "≈" } };
    for (size_t k = 0; comparator && k < sizeof signs / sizeof *signs; k++)
        if (strcmp(signs[k].name, comparator) == 0)
            return signs[k].sign;
    return "";
}

static void put_number(double v, zw_buf_t *out)
{
    if (v >= 1e8 && v < 1e15 && v / 1e8 == (double)(long long)(v / 1e6) / 100)
        (void)zw_buf_printf(out, "%.15g亿", v / 1e8);
    else if (v >= 1e4 && v < 1e8 && v / 1e4 == (double)(long long)(v / 1e2) / 100)
        (void)zw_buf_printf(out, "%.15g万", v / 1e4);
    else
        (void)zw_buf_printf(out, "%.15g", v);
}

/* `value` of `map` with its comparator, upper bound and unit: "≥80%". */
static void put_measure(json_t *map, json_t *value, zw_buf_t *out)
{
    (void)zw_buf_puts(out, zw_strz(sign_of(json_string_value(json_object_get(map, "comparator")))));
    put_number(json_number_value(value), out);
    json_t *max = json_object_get(map, "value_max");
    if (json_is_number(max)) {
        (void)zw_buf_puts(out, ZW_STR_LIT("~"));
        put_number(json_number_value(max), out);
    }
    (void)zw_buf_puts(out, zw_strz(json_string_value(json_object_get(map, "unit"))));
}

static void put_value(json_t *value, zw_buf_t *out)
{
    size_t k;
    json_t *item;
    const char *key;
    bool first = true;
    if (json_is_string(value)) {
        (void)zw_buf_puts(out, zw_strz(json_string_value(value)));
    } else if (json_is_number(value)) {
        put_number(json_number_value(value), out);
    } else if (json_is_array(value)) {
        json_array_foreach(value, k, item) {
            if (k > 0)
                (void)zw_buf_puts(out, ZW_STR_LIT("、"));
            put_value(item, out);
        }
    } else if (json_is_object(value) && json_is_number(json_object_get(value, "value"))) {
        put_measure(value, json_object_get(value, "value"), out);
    } else if (json_is_object(value)) {
        json_object_foreach(value, key, item) {
            if (!first)
                (void)zw_buf_putc(out, ' ');
            first = false;
            put_value(item, out);
        }
    }
}

void summary_put(json_t *fact, zw_buf_t *out)
{
    const char *key, *modality = json_string_value(json_object_get(fact, "modality"));
    json_t *value;
    bool first = true;
    if (modality && strcmp(modality, "asserted") != 0)
        (void)zw_buf_printf(out, "(%s) ", modality);
    json_object_foreach(fact, key, value) {
        if (is_common(key) || json_is_boolean(value) || json_is_null(value))
            continue;
        if (!first)
            (void)zw_buf_puts(out, ZW_STR_LIT(" · "));
        first = false;
        if (strcmp(key, "value") == 0 && json_is_number(value))
            put_measure(fact, value, out);
        else
            put_value(value, out);
    }
}
