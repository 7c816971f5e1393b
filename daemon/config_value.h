/* config_value: one scalar of the configuration to and from text. Pure. */
#ifndef ZW_CONFIG_VALUE_H
#define ZW_CONFIG_VALUE_H

#include "zw_buf.h"

/* "4MiB", "64 KiB", "512" (bytes); units B, KiB, MiB, GiB, TiB. False when malformed or too large. */
bool zw_parse_size(zw_str_t text, uint64_t *ret);
/* "3s", "250ms", "2min", "1h", "7d" → microseconds; the unit is needed. */
bool zw_parse_duration(zw_str_t text, uint64_t *ret_us);
/* "1000", "1_000_000" */
bool zw_parse_number(zw_str_t text, uint64_t *ret);
/* "0660" */
bool zw_parse_mode(zw_str_t text, uint64_t *ret);
/* "true" "false" "yes" "no" "on" "off" */
bool zw_parse_flag(zw_str_t text, bool *ret);

void zw_format_size(zw_buf_t *out, uint64_t bytes);
void zw_format_duration(zw_buf_t *out, uint64_t us);

#endif
