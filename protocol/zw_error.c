#include "zw_error.h"

#include <string.h>

static const struct {
    const char *name, *text;
} table[ZW_E_LAST - ZW_E_FIRST] = {
    [ZW_E_MALFORMED - ZW_E_FIRST] = { "malformed", "not one well-formed MessagePack object" },
    [ZW_E_TOO_DEEP - ZW_E_FIRST] = { "too_deep", "nested too deep" },
    [ZW_E_TOO_MANY - ZW_E_FIRST] = { "too_many", "too many elements" },
    [ZW_E_TOO_LARGE - ZW_E_FIRST] = { "too_large", "over the size limit" },
    [ZW_E_TYPE - ZW_E_FIRST] = { "type", "wrong type" },
    [ZW_E_MISSING - ZW_E_FIRST] = { "missing", "required field is missing" },
    [ZW_E_VALUE - ZW_E_FIRST] = { "value", "value not allowed" },
    [ZW_E_VERSION - ZW_E_FIRST] = { "version", "protocol version not supported" },
    [ZW_E_UNKNOWN_OP - ZW_E_FIRST] = { "unknown_op", "operation not known on this socket" },
    [ZW_E_ENCODING - ZW_E_FIRST] = { "encoding", "not valid UTF-8" },
    [ZW_E_EMPTY - ZW_E_FIRST] = { "empty", "no text in it" },
    [ZW_E_BUSY - ZW_E_FIRST] = { "busy", "too much outstanding, try again later" },
    [ZW_E_TOO_OLD - ZW_E_FIRST] = { "too_old", "position is before the oldest event kept" },
    [ZW_E_TOO_NEW - ZW_E_FIRST] = { "too_new", "position is behind the newest event" },
    [ZW_E_NOT_FOUND - ZW_E_FIRST] = { "not_found", "not found" },
    [ZW_E_CONFIG - ZW_E_FIRST] = { "config", "configuration cannot be used" },
    [ZW_E_RULES - ZW_E_FIRST] = { "rules", "rule pack cannot be used" },
    [ZW_E_DATA - ZW_E_FIRST] = { "data", "data table missing or damaged" },
    [ZW_E_CORRUPT - ZW_E_FIRST] = { "corrupt", "stored record is damaged" },
    [ZW_E_SCHEMA - ZW_E_FIRST] = { "schema", "store has another schema version" },
    [ZW_E_LOCKED - ZW_E_FIRST] = { "locked", "state directory is in use by another daemon" },
    [ZW_E_FULL - ZW_E_FIRST] = { "full", "store is full" },
    [ZW_E_LIMIT - ZW_E_FIRST] = { "limit", "budget of time or steps ran out" },
    [ZW_E_CLOSED - ZW_E_FIRST] = { "closed", "the other side is closed" },
    [ZW_E_KEY - ZW_E_FIRST] = { "key", "no key in the form of `zhiwen keygen`" },
    [ZW_E_KEY_MODE - ZW_E_FIRST] = { "key_mode", "a secret key must be readable by its owner alone (mode 0600)" },
    [ZW_E_INSECURE - ZW_E_FIRST] = { "insecure", "tcp needs the daemon's public key, or plain text must be asked for" },
};

const char *zw_error_name(int code)
{
    int k = -code - ZW_E_FIRST;
    if (k > 0 && k < ZW_E_LAST - ZW_E_FIRST && table[k].name)
        return table[k].name;
    return "system";
}

const char *zw_error_text(int code)
{
    int k = -code - ZW_E_FIRST;
    if (k > 0 && k < ZW_E_LAST - ZW_E_FIRST && table[k].text)
        return table[k].text;
    return strerror(code < 0 ? -code : code);
}
