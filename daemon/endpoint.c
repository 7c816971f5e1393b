#include "endpoint.h"


static const zw_str_t IPC = { "ipc://", 6 }, TCP = { "tcp://", 6 };

static bool is_port(zw_str_t s)
{
    if (s.n == 0 || s.n > 5)
        return false;
    unsigned port = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        port = port * 10 + (unsigned)(s.p[i] - '0');
    }
    return port > 0 && port <= 65535;
}

zw_endpoint_kind_t zw_endpoint_kind(zw_str_t e)
{
    enum { PATH_MOST = 107 }; /* sun_path, with its NUL */
    if (zw_str_starts(e, IPC))
        return e.n > IPC.n && e.n - IPC.n <= PATH_MOST ? ZW_ENDPOINT_IPC : ZW_ENDPOINT_BAD;
    if (!zw_str_starts(e, TCP))
        return ZW_ENDPOINT_BAD;
    zw_str_t rest = zw_str(e.p + TCP.n, e.n - TCP.n);
    size_t colon = rest.n;
    while (colon > 0 && rest.p[colon - 1] != ':')
        colon--;
    if (colon < 2 || !is_port(zw_str(rest.p + colon, rest.n - colon)))
        return ZW_ENDPOINT_BAD;
    return ZW_ENDPOINT_TCP;
}
