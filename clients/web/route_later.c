#include "evidence.h"
#define LATER(name) void name(request_t *r) { web_error(r, MHD_HTTP_NOT_IMPLEMENTED, "", "not yet"); }
LATER(route_article) LATER(route_facets) LATER(route_regions) LATER(route_map) LATER(route_timeline) LATER(route_indicators) LATER(route_series)
LATER(route_try) LATER(route_csv) LATER(route_atom)
void evidence_answer(request_t *r, const char *fact_id) { web_error(r, MHD_HTTP_NOT_IMPLEMENTED, "", "not yet"); }
