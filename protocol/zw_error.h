/* zw_error: the one list of zhiwen's own error codes.
 *
 * Functions return 0 or a positive count on success, -errno for causes of the system, -ZW_E* for ours. Input
 * problems are data, not errors of the program: they are also told to the sender, by `zw_error_name` (stable, part
 * of the protocol) and a message. Thread-safe.
 */
#ifndef ZW_ERROR_H
#define ZW_ERROR_H

enum {
    ZW_E_FIRST = 1000,
    ZW_E_MALFORMED,     /* not MessagePack, or bytes behind the object */
    ZW_E_TOO_DEEP,      /* nested deeper than the limit */
    ZW_E_TOO_MANY,      /* more elements than the limit, or than bytes that could hold them */
    ZW_E_TOO_LARGE,     /* a message, body or string over its limit */
    ZW_E_TYPE,          /* a field of the wrong type */
    ZW_E_MISSING,       /* a required field is absent */
    ZW_E_VALUE,         /* a field of the right type with a value that cannot be */
    ZW_E_VERSION,       /* a protocol version that this side does not speak */
    ZW_E_UNKNOWN_OP,    /* an operation that this socket does not know */
    ZW_E_ENCODING,      /* a string that is not UTF-8 */
    ZW_E_EMPTY,         /* a body without any text */
    ZW_E_BUSY,          /* over a limit of outstanding work: try again later */
    ZW_E_TOO_OLD,       /* a position before the oldest event kept */
    ZW_E_TOO_NEW,       /* a position behind the newest event */
    ZW_E_NOT_FOUND,     /* no such article, event or name */
    ZW_E_CONFIG,        /* a configuration file that cannot be used (reported with file:line) */
    ZW_E_RULES,         /* a rule pack that cannot be used (reported with file:line) */
    ZW_E_DATA,          /* a data table that is missing or damaged */
    ZW_E_CORRUPT,       /* a stored record whose checksum is wrong */
    ZW_E_SCHEMA,        /* a store written by another schema version */
    ZW_E_LOCKED,        /* the state directory is in use by another daemon */
    ZW_E_FULL,          /* the store's map or disk is full */
    ZW_E_LIMIT,         /* a budget of time or steps ran out */
    ZW_E_CLOSED,        /* the other side is going or gone */
    ZW_E_KEY,           /* a file or value that is no key */
    ZW_E_KEY_MODE,      /* a secret key in a file that others may read */
    ZW_E_INSECURE,      /* tcp in plain text, which was not asked for */
    ZW_E_LAST
};

/* A stable short name ("malformed", "too_large", "missing" …) for a -ZW_E* code; "system" for -errno. Never NULL. */
const char *zw_error_name(int code);

/* A sentence for a person, for -ZW_E* and -errno alike. Never NULL; valid until the next call on the same thread. */
const char *zw_error_text(int code);

#endif
