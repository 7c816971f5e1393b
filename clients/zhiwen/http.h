/* http: the answer of a web server, as crawlers keep it. Pure functions. */
#ifndef ZW_HTTP_H
#define ZW_HTTP_H

#include "zw_buf.h"

/* The value of a field in header lines ("Name: value\r\n"…), trimmed; empty when it is not there. Any case. */
zw_str_t http_field(zw_str_t lines, const char *name);
/* Of "text/html; charset=GBK": the type and the charset, trimmed; either may be empty. */
zw_str_t http_type(zw_str_t content_type, zw_str_t *ret_charset);
/* Does it name the type? Any case. */
bool http_is(zw_str_t type, const char *name);

typedef struct http {
    int status;
    zw_str_t type, charset, body; /* borrow the message, or `space` */
} http_t;

/* Takes a response apart; a chunked or packed body is put together in `space` (two buffers). Crawlers that have done so
 * already and left the headers as they were are understood. 0; -ZW_E_VALUE: no HTTP, -ZW_E_CORRUPT: a damaged body,
 * -ZW_E_TOO_LARGE: unpacks to more than `most`, -ZW_E_VERSION: packed in a way that is not known (*ret_why names it). */
int http_read(zw_str_t message, size_t most, zw_buf_t space[2], http_t *ret, zw_str_t *ret_why);

#endif
