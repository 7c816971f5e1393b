/* fact: one statement of an article, as design paper "facts" defines it, and its value tree.
 *
 * Ownership. Everything lives in the article's arena (strings may borrow the text or the rule pack, which outlive it).
 * Slots of user-defined types are equal citizens: nothing here knows a type's slots. Pure data; any thread.
 */
#ifndef ZW_FACT_H
#define ZW_FACT_H

#include "text/text.h"
#include "zw_buf.h"

typedef enum { ZW_V_NULL, ZW_V_STR, ZW_V_NUM, ZW_V_BOOL, ZW_V_LIST, ZW_V_MAP } zw_value_kind_t;

typedef struct zw_value {
    zw_value_kind_t kind;
    union {
        zw_str_t str;
        double num;
        bool flag;
        struct {
            struct zw_value *items;
            size_t n;
        } list;
        struct {
            struct zw_slot *slots;
            size_t n;
        } map;
    };
} zw_value_t;

typedef struct zw_slot {
    zw_str_t name;
    zw_value_t value;
} zw_slot_t;

typedef enum { ZW_ASSERTED, ZW_PLANNED, ZW_REQUIRED, ZW_NEGATED } zw_modality_t;
extern const char *const ZW_MODALITY_NAMES[]; /* "asserted" … */

typedef struct zw_fact {
    zw_str_t type;
    uint8_t id[16];
    zw_str_t time;    /* EDTF; empty: null */
    uint32_t region;  /* GB/T 2260 code; 0: null */
    zw_modality_t modality;
    double confidence;
    zw_span_t span;   /* in the repaired text */
    zw_span_t src;    /* in the bytes received */
    zw_str_t quote;   /* what stands at src */
    const zw_span_t *also; /* further places in the bytes received */
    size_t also_count;
    zw_str_t rule;
    zw_slot_t *slots; /* the type's own slots, in the type's order; absent ones are not there */
    size_t slot_count;
} zw_fact_t;

/* The slot's value, or NULL. */
const zw_value_t *zw_fact_slot(const zw_fact_t *fact, const char *name);

/* Appends the fact as a MessagePack map (PROTOCOL.md, "fact"). Numbers that are whole are written as integers.
 * Errors are sticky in `out`. */
void zw_fact_encode(const zw_fact_t *fact, zw_buf_t *out);

#endif
