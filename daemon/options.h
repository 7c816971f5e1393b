/* options: the command line of zhiwend and the configuration that it names. Main's thread; writes to stdout and stderr. */
#ifndef ZW_OPTIONS_H
#define ZW_OPTIONS_H

#include "config.h"

/* Where the configuration is looked for without --config; it need not exist there. */
#define ZW_CONFIG_PATH "/etc/zhiwen/zhiwend.yaml"

enum { ZW_EXIT_OK = 0, ZW_EXIT_FAILURE = 1, ZW_EXIT_USAGE = 2 };

/* Reads flags and configuration into *ret. Returns true to go on; else the program ends with *ret_exit (--help, --version,
 * --check, or a mistake that has been told). */
bool zw_options_read(int argc, char **argv, zw_config_t *ret, int *ret_exit);

#endif
