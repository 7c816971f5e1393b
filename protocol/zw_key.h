/* zw_key: CURVE keys in files, as `zhiwen keygen` writes them. For daemon and clients; blocks on the disk; any thread.
 *
 * A file holds one line of 40 characters, the key in ZeroMQ's Z85; lines that begin with "# " are comments. A secret key is
 * only read from a file that no one but its owner may read, and whose owner is the reader or root.
 */
#ifndef ZW_KEY_H
#define ZW_KEY_H

#include "zw_str.h"

enum { ZW_KEY_CHARS = 40 };

/* Writes the key, NUL-terminated, to `ret` (41 bytes). -ZW_E_KEY_MODE for a secret that others may read, -ZW_E_KEY when there is
 * no key in it, -errno. */
int zw_key_read(const char *path, bool secret, char *ret);

/* Makes a file that did not exist, mode 0600 for a secret, else 0644; `comment` is one line. Synced. -EEXIST, -errno. */
int zw_key_write(const char *path, bool secret, const char *key, const char *comment);

/* 40 characters of Z85? */
bool zw_key_is(zw_str_t text);

#endif
