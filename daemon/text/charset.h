/* charset: one character after the other out of bytes in any charset that Chinese news comes in. Internal to text. */
#ifndef ZW_TEXT_CHARSET_H
#define ZW_TEXT_CHARSET_H

#include "text/tables.h"

typedef enum { ZW_CS_UTF8, ZW_CS_GB18030, ZW_CS_BIG5, ZW_CS_UTF16LE, ZW_CS_UTF16BE, ZW_CS_1252, ZW_CS_COUNT } zw_cs_t;

/* Decodes one character at p (p < end): how many bytes it took (at least 1); U+FFFD where they are none. */
unsigned zw_cs_decode(const zw_text_tables_t *t, zw_cs_t cs, const char *p, const char *end, uint32_t *ret_cp);

/* The charset that a label names (any of its usual names, any case); ZW_CS_COUNT if unknown. */
zw_cs_t zw_cs_of(zw_str_t label);

/* The stable name, lower case. */
const char *zw_cs_name(zw_cs_t cs);

/* The code point of a byte in Windows-1252 (those that it lacks as in Latin-1), and the byte of a code point, -1. */
uint32_t zw_1252_char(unsigned char byte);
int zw_1252_byte(uint32_t cp);

/* How Chinese a character is, in sixteenths: up to 16 for common Han, below 0 for what does not occur in news. */
int zw_chinese_weight(const zw_text_tables_t *t, uint32_t cp);

#endif
