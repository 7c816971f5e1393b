/* libFuzzer target of the codec and of what answers `replay`: any bytes, as a request to either socket and as whatever a
 * client may be sent. What is taken must be written down and read back as the same; nothing points out of the message. */
#include "publish/publish_answer.h"
#include "unit/store_help.h"

static zw_wire_t *wire, *again;
static zw_answerer_t *answerer;
static zw_publish_options_t options;
static zw_publish_counters_t counters;
static zw_buf_t out;
static help_t *help;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void remove_store(void)
{
    void *h = help;
    zw_answerer_free(answerer);
    zw_subscriptions_close(options.subscriptions);
    zw_wire_free(wire);
    zw_wire_free(again);
    zw_buf_done(&out);
    (void)help_teardown(&h);
}

/* Articles whose records are maps, as those of the daemon are. */
static void fill(zw_store_t *store)
{
    enum { ARTICLES = 40, EACH = 2 };
    zw_store_event_t events[ARTICLES * EACH];
    zw_store_article_t articles[ARTICLES];
    for (size_t i = 0; i < ARTICLES; i++) {
        for (size_t k = i * EACH; k < (i + 1) * EACH; k++)
            events[k] = (zw_store_event_t){ .seq = k + 1, .topic = help_topic(k), .payload = ZW_STR_LIT("\x80"), .time_us = help_time(k) };
        articles[i] = (zw_store_article_t){ .number = i + 1, .record = ZW_STR_LIT("\x81\xa2id\xa1x"), .mark = ZW_STR_LIT("m"),
                                            .events = &events[i * EACH], .event_count = EACH };
    }
    if (zw_store_commit(store, articles, ARTICLES, NULL, 0) < 0)
        abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    void *state;
    (void)argc, (void)argv;
    wire = zw_wire_new();
    again = zw_wire_new();
    if (!wire || !again || help_setup(&state) < 0)
        abort();
    help = state;
    if (zw_store_open(&help->options, &help->store) < 0)
        abort();
    fill(help->store);
    options.store = help->store;
    if (zw_subscriptions_open(help->store, 8, &options.subscriptions) < 0)
        abort();
    answerer = zw_answerer_new(&options, &counters);
    if (!answerer || atexit(remove_store) != 0)
        abort();
    return 0;
}

static void inside(zw_str_t part, zw_str_t whole)
{
    if (part.n && (part.p < whole.p || part.p + part.n > whole.p + whole.n))
        abort();
}

static void request(zw_str_t message, const zw_wire_limits_t *limits)
{
    static zw_request_t a, b;
    zw_reject_t why = { 0 };
    if (zw_request_decode(wire, message, limits, &a, &why) < 0) {
        if (why.code >= 0)
            abort();
        return;
    }
    const zw_str_t parts[] = { a.req, a.article.id, a.article.source, a.article.url, a.article.title, a.article.published,
                               a.article.charset, a.article.format, a.article.body, a.article.meta, a.source, a.id };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        inside(parts[i], message);
    zw_buf_clear(&out);
    if (zw_request_encode(&a, &out) < 0)
        abort();
    zw_wire_limits_t wide = *limits; /* what it writes may be a little longer than what was sent: it has no `nil`, but names all */
    wide.message_bytes += 4096;
    if (zw_request_decode(again, zw_buf_str(&out), &wide, &b, &why) < 0)
        abort();
    if (a.op != b.op || a.from != b.from || a.to != b.to || a.limit != b.limit || a.number != b.number ||
        a.topic_count != b.topic_count || !zw_str_eq(a.req, b.req) || !zw_str_eq(a.article.body, b.article.body) ||
        !zw_str_eq(a.article.id, b.article.id) || !zw_str_eq(a.article.meta, b.article.meta))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const zw_wire_limits_t narrow = { .message_bytes = 65536, .body_bytes = 65536, .string_bytes = 4096, .depth = 8, .elements = 1024 };
    static zw_ack_t ack;
    static zw_event_t event;
    static zw_answer_t answer;
    zw_str_t message = zw_str((const char *)data, size);
    request(message, &ZW_WIRE_DEFAULTS);
    request(message, &narrow);
    (void)zw_ack_decode(wire, message, &ack);
    (void)zw_event_decode(wire, message, &event);
    (void)zw_answer_decode(wire, message, &answer);
    zw_buf_clear(&out);
    (void)zw_mp_to_json(message, &out);
    static zw_answer_later_t later;
    zw_str_t said = zw_answerer_answer(answerer, message, &later);
    if (later.change) { /* as the replay thread does once the committer has written it */
        if (zw_subscriptions_write(options.subscriptions) < 0)
            abort();
        said = zw_answerer_answer_later(answerer, &later);
    }
    if (said.n == 0 || zw_answer_decode(wire, said, &answer) < 0)
        abort(); /* whatever was asked, the answer is one that a client can read */
    return 0;
}
