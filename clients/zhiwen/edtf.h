/* edtf: the days that a time in EDTF, as facts have it, covers. Pure functions. */
#ifndef ZW_EDTF_H
#define ZW_EDTF_H

#include "zw_str.h"

/* "2010-11~" covers 2010-11-01 to 2010-11-30; "1993/.." 1993-01-01 to 9999-12-31. Days compare as strings. False when it is
 * no such time. */
bool edtf_days(zw_str_t edtf, char ret_first[11], char ret_last[11]);

#endif
