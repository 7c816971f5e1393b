#include "extract/rules.h"

size_t zw_rules_key_slots(const zw_rules_t *rules, zw_str_t type, zw_rule_key_t *ret, size_t max)
{
    const zw_type_def_t *def = zw_rules_type(rules, type);
    size_t n = 0;
    for (size_t k = 0; def && k < def->slot_count && n < max; k++)
        if (def->slots[k].key == ZW_KEY_YES || def->slots[k].key == ZW_KEY_EITHER)
            ret[n++] = (zw_rule_key_t){ def->slots[k].name, def->slots[k].key == ZW_KEY_EITHER };
    return n;
}

zw_str_t zw_rules_name(const zw_rules_t *rules, size_t i)
{
    return rules->rules[i].name;
}
