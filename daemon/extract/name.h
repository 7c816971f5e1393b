/* name: how far to the left a name reaches whose right end is known. Internal to extract. */
#ifndef ZW_EXTRACT_NAME_H
#define ZW_EXTRACT_NAME_H

#include "extract/mention_scan.h"

typedef struct zw_reach {
    uint32_t start;
    uint32_t place;     /* characters of the place or organ at its left end, 0: none */
    int32_t owner;      /* candidate that is that place or organ, or -1 */
    bool quoted;        /* holds a quotation */
    bool ran_out;       /* no boundary within the limit */
} zw_reach_t;

/* The left end of a name of class `cls` whose head begins at `head`; `alone`: the head is a name by itself. */
zw_reach_t zw_name_reach(const zw_scan_t *scan, uint32_t head, zw_mention_class_t cls, bool alone);

/* The opening quotation mark of the quotation that ends right before `i`; UINT32_MAX: none. */
uint32_t zw_quote_open(const zw_chars_t *s, uint32_t i);

static inline bool zw_is_open_quote(uint32_t cp)
{
    return cp == 0x201C || cp == 0x300C || cp == 0x300E;
}

static inline bool zw_is_close_quote(uint32_t cp)
{
    return cp == 0x201D || cp == 0x300D || cp == 0x300F;
}

/* Short forms of a firm named in full (name_firm.c): introduces them. */
void zw_firm_introduce(zw_scan_t *scan, const zw_found_t *firm, uint32_t place);
/* Whether a name that ends in a weak suffix (电器, 食品) is a firm here. */
bool zw_firm_is_shown(const zw_scan_t *scan, const zw_reach_t *reach, uint32_t head, uint32_t end);
/* 亿龙丰电器、北滘新宝精机两家企业: what is counted as firms behind a list is a firm. */
void zw_firm_lists(zw_scan_t *scan);
/* Words before 公司 that make a kind of firm, no name: 上市公司. */
bool zw_firm_is_kind(const zw_scan_t *scan, uint32_t start, uint32_t head);

#endif
