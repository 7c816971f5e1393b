/* cli: what the commands of `zhiwen` share. One thread. */
#ifndef ZW_CLI_H
#define ZW_CLI_H

#include "zhiwen.h"
#include "zw_buf.h"

#include <getopt.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>

/* Exit statuses, as --help tells them. */
enum {
    CLI_OK = 0,
    CLI_SOME_FAILED = 1,
    CLI_USAGE = 2,
    CLI_NO_CONNECTION = 3,
    CLI_TROUBLE = 4,
    CLI_INTERRUPTED = 130
};

#define CLI_EXITS \
    "Exit status: 0 all well; 1 some articles, rules or questions failed; 2 wrong usage; 3 no connection to\n" \
    "zhiwend; 4 other trouble (files, memory); 130 interrupted.\n"

#define CLI_STATE_DIR "/var/lib/zhiwen"

#define CLI_WHERE \
    "      --socket-dir DIR  where zhiwend's sockets are (default $ZHIWEN_SOCKETS, else /run/zhiwen)\n" \
    "      --submit ENDPOINT, --facts ENDPOINT, --replay ENDPOINT\n" \
    "                        use these, in ZeroMQ's form (ipc:///path, tcp://host:port)\n" \
    "      --server-key KEY  for tcp: zhiwend's public key, or a file with it (default $ZHIWEN_SERVER_KEY)\n" \
    "      --key FILE        for tcp: our secret key, made by zhiwen keygen (default $ZHIWEN_KEY)\n" \
    "      --insecure-plain-tcp  use tcp without keys\n"

typedef struct cli {
    const char *program; /* NULL: a command of zhiwen */
    const char *command;
    const char *help;
    const char *socket_dir, *submit, *facts, *replay, *server_key, *key;
    bool insecure_plain_tcp;
    bool json;
    bool colour;     /* stdout is a terminal that shows colours */
    double timeout_s;
} cli_t;

/* Values of the options that all commands know; a command's own begin at CLI_OPT_OWN, or are letters. */
enum { CLI_OPT_SOCKET_DIR = 1000, CLI_OPT_SUBMIT, CLI_OPT_FACTS, CLI_OPT_REPLAY, CLI_OPT_JSON, CLI_OPT_TIMEOUT, CLI_OPT_SERVER_KEY,
       CLI_OPT_KEY, CLI_OPT_INSECURE, CLI_OPT_OWN };
#define CLI_OPTION_HELP { "help", no_argument, NULL, 'h' }
#define CLI_OPTIONS CLI_OPTION_HELP, { "json", no_argument, NULL, CLI_OPT_JSON }
#define CLI_OPTIONS_WHERE CLI_OPTIONS, CLI_OPTIONS_PLACE
#define CLI_OPTIONS_PLACE \
    { "socket-dir", required_argument, NULL, CLI_OPT_SOCKET_DIR }, \
        { "submit", required_argument, NULL, CLI_OPT_SUBMIT }, { "facts", required_argument, NULL, CLI_OPT_FACTS }, \
        { "replay", required_argument, NULL, CLI_OPT_REPLAY }, { "timeout", required_argument, NULL, CLI_OPT_TIMEOUT }, \
        { "server-key", required_argument, NULL, CLI_OPT_SERVER_KEY }, { "key", required_argument, NULL, CLI_OPT_KEY }, \
        { "insecure-plain-tcp", no_argument, NULL, CLI_OPT_INSECURE }

/* Takes an option that all commands know. -1: go on; else exit with this status (--help, wrong usage). */
int cli_option(cli_t *cli, int option);
/* A line to stderr, after "zhiwen COMMAND: ". */
void cli_error(const cli_t *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same, and how to get help. Returns CLI_USAGE. */
int cli_usage(const cli_t *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Opens the client as the options say. CLI_OK, or the exit status after having complained. */
int cli_connect(cli_t *cli, zw_client_t **ret);
/* Tells why a question has no answer (code of zw_query_*), and returns the exit status. */
int cli_refused(const cli_t *cli, int code);
/* A MessagePack map, to be released with json_decref; NULL when it is empty or cannot be read. */
json_t *cli_map(zw_str_t map);
/* Shows an answer (a MessagePack map): as JSON where that was asked for, else by `print`. Returns the exit status. */
int cli_answer(const cli_t *cli, zw_str_t map, void (*print)(json_t *answer));
/* A number of seconds in `text`, not negative. */
bool cli_seconds(const char *text, double *ret);

/* SIGINT and SIGTERM set this, and interrupt waiting. */
extern volatile sig_atomic_t cli_stop;
void cli_catch_signals(void);

/* Puts "key":"value" pairs together for a JSON line; strings are escaped, invalid UTF-8 becomes U+FFFD. */
void cli_json_str(zw_buf_t *out, const char *key, zw_str_t value);
void cli_json_uint(zw_buf_t *out, const char *key, uint64_t value);
void cli_json_num(zw_buf_t *out, const char *key, double value);
void cli_json_raw(zw_buf_t *out, const char *key, const char *json);

/* A copy of the text in which what would play tricks on a terminal (control characters) is made visible. */
void cli_plain(zw_str_t text, zw_buf_t *out);

/* The commands; each returns the exit status. */
int cli_send(int argc, char **argv);
int cli_watch(int argc, char **argv);
int cli_subscriptions(int argc, char **argv);
int cli_withdraw(int argc, char **argv);
int cli_keygen(int argc, char **argv);
int cli_export(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_ping(int argc, char **argv);
int cli_metrics(int argc, char **argv);
int cli_similar(int argc, char **argv);
int cli_cluster(int argc, char **argv);
int cli_store(int argc, char **argv);
int cli_quarantine(int argc, char **argv);
int cli_extract(int argc, char **argv);
int cli_repair(int argc, char **argv);
int cli_rules(int argc, char **argv);
int cli_calibrate(int argc, char **argv); /* rules calibrate; argv[0] is "calibrate" */
int cli_explain(int argc, char **argv);

#endif
