#include "text/stage.h"
int zw_wrap_join(zw_repair_t *r) { return 0; }
bool zw_html_likely(const zw_repair_t *r) { return false; }
int zw_html_to_text(zw_repair_t *r) { return 0; }
