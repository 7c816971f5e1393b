/* export_text: facts out of a database as CSV or JSON Lines. One thread. */
#ifndef ZW_EXPORT_TEXT_H
#define ZW_EXPORT_TEXT_H

#include "facts_db.h"

#include <stdio.h>

typedef struct export_csv {
    const schema_t *schema;
    const char *const *types; /* whose slots are columns; none: all types' */
    size_t type_count;
    bool bom;                 /* a byte order mark first, which spreadsheets want */
    bool raw;                 /* cells that a spreadsheet would take for formulas are left as they are */
} export_csv_t;

/* Each writes the facts in the order of the log. 0, -EIO (`out` failed, or the database), -ENOMEM. */
int export_csv(facts_db_t *db, const export_csv_t *how, FILE *out);
int export_jsonl(facts_db_t *db, FILE *out);

#endif
