/* zhiwen keygen: a pair of CURVE keys in two files. */
#include "cli.h"
#include "zw_key.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

static const char help[] =
    "usage: zhiwen keygen [OPTION...] FILE\n"
    "Make a pair of keys for tcp: FILE.secret, which only its owner may read, and FILE.pub, which is for the other side.\n\n"
    "For zhiwend: name FILE.secret as curve.secret_key in its configuration, or hand it over as the credential curve.secret; its\n"
    "clients get FILE.pub (--server-key). For a client: it keeps FILE.secret (--key); put FILE.pub into senders/ (submit, feed) or\n"
    "subscribers/ (facts, replay) below zhiwend's curve.clients, and reload zhiwend.\n\n"
    "      --public          only write FILE.pub again, from FILE.secret\n"
    "      --json            print the public key and the files as one JSON object\n"
    "  -h, --help\n\n" CLI_EXITS;

enum { OPT_PUBLIC = CLI_OPT_OWN };
static const struct option options[] = { CLI_OPTIONS, { "public", no_argument, NULL, OPT_PUBLIC }, { 0 } };

static int write_key(const cli_t *cli, const char *path, bool secret, const char *key)
{
    int r = zw_key_write(path, secret, key, secret ? "zhiwen secret key: keep it to yourself" : "zhiwen public key: for the other side");
    if (r < 0)
        cli_error(cli, "%s: %s", path, zw_error_text(r));
    return r;
}

static int make(const cli_t *cli, const char *name, bool only_public)
{
    char public_key[ZW_KEY_CHARS + 1], secret_key[ZW_KEY_CHARS + 1];
    zw_buf_t _cleanup_buf_ secret = { 0 }, public_file = { 0 }, json = { 0 };
    if (zw_buf_printf(&secret, "%s.secret", name) < 0 || zw_buf_putc(&secret, '\0') < 0 || zw_buf_printf(&public_file, "%s.pub", name) < 0 ||
        zw_buf_putc(&public_file, '\0') < 0)
        return CLI_TROUBLE;
    int r = only_public ? zw_key_read(secret.p, true, secret_key) : 0;
    if (r < 0)
        cli_error(cli, "%s: %s", secret.p, zw_error_text(r));
    else if (only_public ? zmq_curve_public(public_key, secret_key) : zmq_curve_keypair(public_key, secret_key))
        r = -errno;
    if (r == 0 && !only_public)
        r = write_key(cli, secret.p, true, secret_key);
    if (r == 0 && (r = write_key(cli, public_file.p, false, public_key)) < 0 && !only_public)
        (void)unlink(secret.p); /* half a pair is none */
    explicit_bzero(secret_key, sizeof secret_key);
    if (r < 0)
        return CLI_TROUBLE;
    if (!cli->json) {
        (void)printf("%s\n", public_key);
        return CLI_OK;
    }
    (void)zw_buf_putc(&json, '{');
    cli_json_str(&json, "public_key", zw_strz(public_key));
    cli_json_str(&json, "public", zw_strz(public_file.p));
    cli_json_str(&json, "secret", zw_strz(secret.p));
    (void)printf("%.*s}\n", (int)json.n, json.p);
    return CLI_OK;
}

int cli_keygen(int argc, char **argv)
{
    cli_t cli = { .command = "keygen", .help = help };
    bool only_public = false;
    for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        int status = -1;
        if (option == OPT_PUBLIC)
            only_public = true;
        else
            status = cli_option(&cli, option);
        if (status >= 0)
            return status;
    }
    if (optind + 1 != argc)
        return cli_usage(&cli, "takes one name for the files");
    return make(&cli, argv[optind], only_public);
}
