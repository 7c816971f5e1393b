/* Questions to `replay`: where to begin, what lies in a hole, and whether the log is still the one that we know. */
#include "sub_priv.h"
#include "zw_mp.h"

#include <errno.h>
#include <stdlib.h>

enum { MAX_DOUBLINGS = 4, PAUSE_US = 100000 };

/* ---- asking */

static bool has_question(zw_subscriber_t *sub)
{
    if (sub->state == ZW_SUB_SEEKING)
        return !sub->named || zw_named_known(sub->named);
    return sub->state == ZW_SUB_RUNNING && (sub->unsure || (sub->covered < sub->target && !zw_sub_live_follows(sub)));
}

static void seek_question(const zw_subscriber_t *sub, zw_request_t *request)
{
    switch (sub->from.at) {
    case ZW_AT_START:
        request->from = sub->info.oldest > 0 ? sub->info.oldest : 1;
        break;
    case ZW_AT_NOW: /* any answer names the newest seq */
        request->from = request->to = request->limit = 1;
        break;
    case ZW_AT_SEQ:
        request->from = sub->from.seq;
        break;
    case ZW_AT_TIME:
        request->since_us = sub->from.time_us;
        break;
    }
}

static void make_question(zw_subscriber_t *sub, zw_request_t *request)
{
    if (sub->state == ZW_SUB_SEEKING) {
        seek_question(sub, request);
    } else {
        request->from = sub->covered + 1;
        /* The last live event need not be fetched again: only what lies before it is in doubt. */
        uint64_t last = sub->live_count > 0 ? sub->live[(sub->live_first + sub->live_count - 1) % ZW_LIVE_MAX].seq : 0;
        if (!sub->unsure && last > request->from)
            request->to = last - 1;
    }
    request->topic_count = sub->topic_count;
    for (size_t k = 0; k < sub->topic_count; k++)
        request->topics[k] = zw_strz(sub->topics[k]);
}

static int send_question(zw_subscriber_t *sub)
{
    char space[9];
    zw_buf_t out = { 0 };
    zw_request_t *request = calloc(1, sizeof *request);
    if (!request)
        return -ENOMEM;
    request->op = ZW_OP_REPLAY;
    request->req = zw_req_uint(sub->question + 1, space);
    make_question(sub, request);
    int r = zw_request_encode(request, &out);
    if (r == 0 && zmq_send(sub->replay.socket, out.p, out.n, ZMQ_DONTWAIT) < 0)
        r = -errno;
    zw_buf_done(&out);
    free(request);
    return r;
}

bool zw_sub_ask(zw_subscriber_t *sub, int64_t now)
{
    if (sub->asked && now >= sub->answer_by_us && !sub->page_open) {
        sub->asked = false;
        if (sub->unanswered < MAX_DOUBLINGS)
            sub->unanswered++;
    }
    if (sub->asked || now < sub->pause_until_us || !has_question(sub))
        return true;
    if (send_question(sub) < 0)
        return false;
    sub->asked = true;
    sub->question++;
    sub->answer_by_us = now + ((int64_t)sub->client->answer_ms * 1000 << sub->unanswered);
    sub->info.questions++;
    return true;
}

/* ---- answers */

static void set_notice(zw_subscriber_t *sub, zw_item_kind_t kind, uint64_t seq, uint64_t last)
{
    sub->item = (zw_item_t){ .kind = kind, .seq = seq, .last = last, .event = "" };
    sub->notice = true;
}

static void remember_instance(zw_subscriber_t *sub, zw_str_t instance)
{
    if (instance.n == 0 || instance.n >= sizeof sub->instance)
        return;
    memcpy(sub->instance, instance.p, instance.n);
    sub->instance[instance.n] = '\0';
}

/* Another log: what we knew of the old one counts for nothing. */
static void begin_new_log(zw_subscriber_t *sub, const zw_page_t *page)
{
    zw_sub_forget_live(sub);
    sub->instance[0] = '\0';
    remember_instance(sub, page->instance);
    sub->covered = sub->target = 0;
    sub->info.oldest = sub->info.newest = 0;
    sub->from = ZW_FROM_START;
    sub->state = ZW_SUB_SEEKING;
    if (sub->named)
        zw_named_forget_log(sub->named);
    set_notice(sub, ZW_ITEM_RESET, 0, 0);
}

static void fail(zw_subscriber_t *sub, int code)
{
    sub->state = ZW_SUB_FAILED;
    sub->failure = code;
}

static void run_from(zw_subscriber_t *sub, uint64_t covered)
{
    sub->state = ZW_SUB_RUNNING;
    sub->covered = covered;
    sub->unsure = false;
}

static void raise_target(zw_subscriber_t *sub, uint64_t seq)
{
    if (seq > sub->target)
        sub->target = seq;
}

static void take_page(zw_subscriber_t *sub, const zw_page_t *page, int64_t now)
{
    raise_target(sub, page->newest);
    if (sub->state == ZW_SUB_SEEKING && sub->from.at == ZW_AT_NOW) {
        run_from(sub, page->newest);
        return;
    }
    bool before = sub->state == ZW_SUB_RUNNING;
    uint64_t covered = page->next > 0 ? page->next - 1 : 0;
    if (before && covered <= sub->covered && sub->covered < sub->target)
        sub->pause_until_us = now + PAUSE_US; /* no nearer to the end: not again at once */
    if (before && page->event_count > 0 && !sub->unsure)
        sub->info.gaps++;
    sub->page = *page;
    sub->page_at = 0;
    sub->page_open = true;
    run_from(sub, before && covered < sub->covered ? sub->covered : covered);
}

static void take_too_old(zw_subscriber_t *sub, const zw_page_t *page, int64_t now)
{
    if (page->oldest == 0) {
        sub->pause_until_us = now + PAUSE_US;
        return;
    }
    if (sub->state == ZW_SUB_SEEKING && sub->tolerant)
        run_from(sub, sub->from.seq - 1);
    if (sub->state == ZW_SUB_RUNNING) {
        set_notice(sub, ZW_ITEM_LOST, sub->covered + 1, page->oldest - 1);
        run_from(sub, page->oldest - 1);
        raise_target(sub, page->newest);
    } else if (sub->from.at == ZW_AT_NOW) {
        run_from(sub, page->newest);
    } else if (sub->from.at == ZW_AT_SEQ) {
        fail(sub, -ZW_E_TOO_OLD);
    } /* ZW_AT_START: asked again from the oldest, which info has now */
}

static void take_too_new(zw_subscriber_t *sub, const zw_page_t *page)
{
    if (sub->state == ZW_SUB_RUNNING) {
        if (page->newest < sub->covered)
            begin_new_log(sub, page); /* put back to an older state */
        else
            run_from(sub, sub->covered);
    } else if (sub->from.at == ZW_AT_SEQ) {
        fail(sub, -ZW_E_TOO_NEW);
    } else {
        run_from(sub, page->newest);
    }
}

static void take_refusal(zw_subscriber_t *sub, const zw_answer_t *answer, int64_t now)
{
    int code = zw_error_code(answer->error);
    switch (code) {
    case -ZW_E_TOO_OLD:
        take_too_old(sub, &answer->page, now);
        break;
    case -ZW_E_TOO_NEW:
        take_too_new(sub, &answer->page);
        break;
    case -ZW_E_VERSION:
    case -ZW_E_UNKNOWN_OP:
    case -ZW_E_TYPE:
    case -ZW_E_VALUE:
    case -ZW_E_MISSING:
    case -ZW_E_TOO_MANY:
    case -ZW_E_ENCODING:
        fail(sub, code); /* the same question would be refused again */
        break;
    default: /* busy, closing */
        sub->pause_until_us = now + 5 * PAUSE_US;
    }
}

static void take(zw_subscriber_t *sub, const zw_answer_t *answer, int64_t now)
{
    const zw_page_t *page = &answer->page;
    sub->asked = false;
    sub->unanswered = 0;
    if (sub->state == ZW_SUB_FAILED)
        return;
    bool other_log = sub->instance[0] && page->instance.n > 0 && !zw_str_eqz(page->instance, sub->instance);
    if (other_log) {
        begin_new_log(sub, page);
        return;
    }
    remember_instance(sub, page->instance);
    if (page->oldest > 0)
        sub->info.oldest = page->oldest;
    if (page->newest > 0)
        sub->info.newest = page->newest;
    if (answer->kind == ZW_ANSWER_PAGE)
        take_page(sub, page, now);
    else if (answer->kind == ZW_ANSWER_ERROR)
        take_refusal(sub, answer, now);
}

static bool answers_us(const zw_subscriber_t *sub, const zw_answer_t *answer)
{
    zw_str_t raw = answer->req;
    zw_tok_t req;
    return sub->asked && zw_tok_next(&raw, &req) == 0 && req.kind == ZW_TOK_UINT && req.u == sub->question;
}

int zw_sub_take_answer(zw_subscriber_t *sub, int64_t now)
{
    if (zw_conn_watch(&sub->replay) & ZW_CONN_LOST)
        sub->asked = false;
    for (;;) {
        int r = zw_conn_take(&sub->replay, &sub->page_bytes);
        if (r <= 0)
            return r;
        bool whole = true;
        while (zmq_msg_more(&sub->page_bytes)) { /* an answer is one frame */
            whole = false;
            if (zw_conn_take(&sub->replay, &sub->page_bytes) <= 0)
                break;
        }
        zw_answer_t answer;
        zw_str_t bytes = zw_str(zmq_msg_data(&sub->page_bytes), zmq_msg_size(&sub->page_bytes));
        if (!whole || zw_answer_decode(sub->page_wire, bytes, &answer) < 0 || !answers_us(sub, &answer))
            continue;
        take(sub, &answer, now);
        return 1;
    }
}

/* ---- handing out */

void zw_sub_close_page(zw_subscriber_t *sub)
{
    sub->page_open = false;
    sub->page.event_count = 0;
}

int zw_sub_next_of_page(zw_subscriber_t *sub)
{
    while (sub->page_at < sub->page.event_count) {
        const zw_page_event_t *e = &sub->page.events[sub->page_at++];
        if (!zw_sub_wants(sub, e->topic))
            continue;
        if (!zw_sub_make_item(sub, e->topic, e->payload, true))
            return -ZW_E_CORRUPT;
        if (sub->item.seq <= sub->info.position)
            continue;
        return 1;
    }
    zw_sub_close_page(sub);
    return 0;
}
