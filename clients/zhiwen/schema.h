/* schema: which types of facts there are and which columns a table of each has. One thread.
 *
 * The types of rule packs are known beforehand, so that tables have the same columns whatever the facts fill; types and slots
 * that no pack at hand tells of are learnt from the facts. A slot that is a map gives a column a part: prize_value, prize_unit.
 */
#ifndef ZW_SCHEMA_H
#define ZW_SCHEMA_H

#include "zw_str.h"

#include <jansson.h>

typedef enum { COLUMN_TEXT, COLUMN_NUMBER, COLUMN_BOOL, COLUMN_LIST } column_kind_t;

typedef struct column {
    char *name;
    column_kind_t kind;
} column_t;

typedef struct fact_type {
    char *name;
    column_t *columns;
    size_t count;
} fact_type_t;

typedef struct schema {
    fact_type_t *types; /* those of packs by name, then as they were met */
    size_t count;
} schema_t;

/* Takes in the types of all packs (*.yaml) in a folder. 0, -errno. What cannot be read is left out: the rules' own check tells. */
int schema_load(schema_t *schema, const char *folder);
void schema_done(schema_t *schema);

fact_type_t *schema_type(const schema_t *schema, const char *name); /* NULL: none such */
/* The number of a column, or -1; as in SQL, the case of letters does not tell columns apart. */
int schema_column(const fact_type_t *type, const char *name);

/* Is it the name of a column that all facts have in tables and views? A slot of that name is shown as slot_NAME. */
bool schema_is_reserved(const char *name);

/* Makes sure that the type and a column for everything in the fact are there. 1: something was added, 0, -ENOMEM.
 * *ret_type is valid until the next call. */
int schema_learn(schema_t *schema, const char *type, json_t *fact, fact_type_t **ret_type);
/* Adds a column. 1: added, 0: it was there, -ENOMEM. */
int schema_add(fact_type_t *type, const char *name, column_kind_t kind);

/* Calls `each` for every slot of a fact, or part of one: the name of its column and its value. A negative return ends it. */
int schema_slots(json_t *fact, int (*each)(void *ctx, const char *column, json_t *value), void *ctx);

#endif
