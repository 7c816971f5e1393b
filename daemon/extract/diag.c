#include "extract/diag.h"

#include <stdarg.h>
#include <stdio.h>

static void tell(zw_complaints_t *c, const zw_yaml_t *doc, const zw_yaml_node_t *node, const char *message)
{
    if (c->fn)
        c->fn(c->ctx, zw_yaml_path(doc), node ? zw_yaml_line(node) : 1, node ? zw_yaml_column(node) : 1, message);
}

void zw_complain(zw_complaints_t *c, const zw_yaml_t *doc, const zw_yaml_node_t *node, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    c->errors++;
    tell(c, doc, node, message);
}

void zw_warn(zw_complaints_t *c, const zw_yaml_t *doc, const zw_yaml_node_t *node, const char *format, ...)
{
    char message[512] = "warning: ";
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message + 9, sizeof(message) - 9, format, args);
    va_end(args);
    c->warnings++;
    tell(c, doc, node, message);
}
