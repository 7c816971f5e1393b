/* fact_json: facts as the page gets them (API.md). Any thread, each with its own connection. */
#ifndef WEB_FACT_JSON_H
#define WEB_FACT_JSON_H

#include "places.h"
#include "zw_buf.h"

#include <jansson.h>
#include <sqlite3.h>

/* The query that facts are read by; end it with WHERE. */
#define FACT_COLUMNS \
    "SELECT f.seq, f.support, f.added, s.json, a.number, a.title, a.source, a.url, a.published" \
    " FROM facts f JOIN sources s ON s.fact=f.seq AND s.article=f.article JOIN articles a ON a.number=f.article "

/* The fact that a statement of that query stands at; NULL without memory, or when what is stored is no fact. */
json_t *fact_json(sqlite3_stmt *s, const places_t *places);
/* The fact with this seq; NULL: none, or trouble. `s` is FACT_COLUMNS "WHERE f.seq=?1". */
json_t *fact_json_at(sqlite3_stmt *s, uint64_t seq, const places_t *places);
/* A fact of the wire or of an extraction without the store around it: type, slots, time, region, summary, quote, rule. */
json_t *fact_json_bare(json_t *fact, const places_t *places);

/* {"code", "name"}, or null. */
json_t *fact_json_region(const char *code, const places_t *places);
/* A string, or null when the column is. */
json_t *fact_json_column(sqlite3_stmt *s, int column);
/* What of a fact the full-text index holds besides its quote: all strings of its slots. */
void fact_json_words(json_t *fact, zw_buf_t *out);

#endif
