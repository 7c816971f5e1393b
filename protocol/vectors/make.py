#!/usr/bin/python3
"""Writes the test vectors of protocol version 1: v1/NAME.msgpack (the bytes) and v1/NAME.json (what they mean).

The files are committed and frozen: a vector is never changed, only added. This script documents how they were made;
run it after adding one, and see with git that no other file has changed. Needs python3-msgpack.
"""
import base64, hashlib, json, pathlib
import msgpack

HERE = pathlib.Path(__file__).parent / "v1"


def meaning(value):
    """The value as JSON: bin becomes {"$bin": base64}."""
    if isinstance(value, bytes):
        return {"$bin": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: meaning(item) for key, item in value.items()}
    if isinstance(value, list):
        return [meaning(item) for item in value]
    return value


def pack(value):
    return msgpack.packb(value, use_bin_type=True)


def write(name, raw, about):
    (HERE / f"{name}.msgpack").write_bytes(raw)
    (HERE / f"{name}.json").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n")


def good(name, kind, note, value, canonical=True, raw=None):
    """canonical: zhiwen's own encoder writes these very bytes."""
    about = {"kind": kind, "ok": True, "note": note, "canonical": canonical, "meaning": meaning(value)}
    write(name, raw or pack(value), about)


def refused(name, note, raw, code, field, req=None):
    """A request that zhiwend refuses. `req`: what the refusal carries, where the message could be read that far."""
    about = {"kind": "request", "ok": False, "note": note, "code": code, "field": field}
    if req is not None:
        about["req"] = req
    write(name, raw if isinstance(raw, bytes) else pack(raw), about)


BODY = "2009年,温州市政府出台了《温州市市长质量奖评审管理办法》。"

# ---- requests
good("request-submit-minimal", "request", "the least that is an article",
     {"v": 1, "op": "submit", "article": {"body": "质量"}})
good("request-submit-full", "request", "every field of an article",
     {"v": 1, "op": "submit", "req": 7, "article": {
         "id": "a-1", "source": "温州日报", "url": "https://example.org/a/1", "title": "市政府出台办法",
         "published": "2010-11-18", "charset": "utf-8", "format": "text", "body": BODY,
         "meta": {"crawler": 3, "tags": ["质量", "政策"]}}})
good("request-submit-bytes", "request", "a body in GBK: bin, with its charset",
     {"v": 1, "op": "submit", "req": "row 17", "article": {"id": "b", "charset": "gbk", "body": BODY.encode("gbk")}})
good("request-submit-html", "request", "a page",
     {"v": 1, "op": "submit", "req": 300, "article": {"format": "html", "body": "<p>质量</p>".encode()}})
good("request-submit-no-op", "request", "without op a message is a submit, as publishers of `feed` may send it",
     {"v": 1, "article": {"body": "质量"}}, canonical=False)
good("request-submit-unknown-keys", "request", "unknown keys are ignored, also unknown types behind them",
     {"v": 1, "op": "submit", "later": [1, {"x": None}], "article": {"body": "质量", "mood": 0.5}}, canonical=False)
good("request-submit-nil", "request", "nil counts as absent",
     {"v": 1, "op": "submit", "req": None, "article": {"id": None, "title": None, "body": "质量"}}, canonical=False)
good("request-submit-long-forms", "request", "the same message in MessagePack's longest forms is the same message",
     {"v": 1, "op": "submit", "req": 7, "article": {"body": "x"}}, canonical=False,
     raw=b"\xdf\0\0\0\x04" + b"\xdb\0\0\0\x01v" + b"\xcf\0\0\0\0\0\0\0\x01" + b"\xda\0\x02op" + b"\xd9\x06submit"
         + b"\xa3req" + b"\xce\0\0\0\x07" + b"\xd9\x07article" + b"\xde\0\x01" + b"\xa4body" + b"\xdb\0\0\0\x01x")
good("request-replay-from", "request", "everything from an event on",
     {"v": 1, "op": "replay", "req": 1, "from": 1})
good("request-replay-range", "request", "what may lie in a gap, for two prefixes of topics",
     {"v": 1, "op": "replay", "req": 2, "from": 1042, "to": 1043, "limit": 100,
      "topics": ["fact.indicator.3303", "article."]})
good("request-replay-since", "request", "from a time on: microseconds since 1970 (2026-11-01T00:00:00Z)",
     {"v": 1, "op": "replay", "req": 3, "since": 1793491200000000})
good("request-status", "request", "counters", {"v": 1, "op": "status", "req": 4})
good("request-article-number", "request", "a stored article, by its number", {"v": 1, "op": "article", "req": 5, "number": 12})
good("request-article-id", "request", "a stored article, by its sender's source and id",
     {"v": 1, "op": "article", "req": 6, "source": "温州日报", "id": "a-1"})
good("request-similar-number", "request", "articles with wording like that of one, by its number",
     {"v": 1, "op": "similar", "req": 11, "number": 12, "limit": 50})
good("request-similar-id", "request", "the same, by its sender's source and id",
     {"v": 1, "op": "similar", "req": 12, "source": "温州日报", "id": "a-1"})
good("request-cluster-number", "request", "the articles that are one report with it",
     {"v": 1, "op": "cluster", "req": 13, "number": 12})
good("request-cluster-id", "request", "the same, by its sender's source and id",
     {"v": 1, "op": "cluster", "req": 14, "source": "温州日报", "id": "a-1", "limit": 2})
good("request-quarantine", "request", "the newest messages that were refused", {"v": 1, "op": "quarantine", "req": 21, "limit": 2})
good("request-quarantine-plain", "request", "the same, as many as zhiwend sees fit", {"v": 1, "op": "quarantine"})
good("request-withdraw", "request", "an article is taken back, by its sender's source and id",
     {"v": 1, "op": "withdraw", "req": 15, "source": "温州日报", "id": "a-1", "reason": "误报"})
good("request-withdraw-number", "request", "the same, by its number", {"v": 1, "op": "withdraw", "req": 16, "number": 12})
good("request-confirm", "request", "a named subscription has handled everything up to 1042",
     {"v": 1, "op": "confirm", "req": 17, "name": "ledger", "seq": 1042, "instance": "8c1f3a5e7b9d02468ace13579bdf0246"})
good("request-confirm-start", "request", "a named subscription before everything, of whatever log",
     {"v": 1, "op": "confirm", "req": 18, "name": "a.b_c-d@9", "seq": 0})
good("request-subscriptions", "request", "all named subscriptions", {"v": 1, "op": "subscriptions", "req": 19})
good("request-subscriptions-name", "request", "one of them", {"v": 1, "op": "subscriptions", "req": 20, "name": "ledger"})
good("request-forget", "request", "the end of a named subscription", {"v": 1, "op": "forget", "req": 21, "name": "ledger"})
good("request-ping", "request", "is anyone there?", {"v": 1, "op": "ping", "req": 4294967296})

# ---- answers of `submit`
good("ack-new", "ack", "taken, and on disk",
     {"v": 1, "req": 7, "id": "a-1", "status": "new", "number": 12, "seq": 1044, "facts": 3})
good("ack-repeat", "ack", "the same article of the same sender again: the first answer again",
     {"v": 1, "req": 9, "id": "a-1", "status": "new", "number": 12, "seq": 1044, "facts": 3, "repeat": True})
good("ack-duplicate", "ack", "taken, but the same report as a known one",
     {"v": 1, "req": "row 17", "id": "b", "status": "duplicate", "number": 13, "seq": 1046, "facts": 1, "kind": "near",
      "of": "a-1", "similarity": 0.9375})
good("ack-revision", "ack", "a new version of a known article",
     {"v": 1, "req": 10, "id": "c", "status": "new", "number": 14, "seq": 1050, "facts": 2, "kind": "revision",
      "of": "a-1", "similarity": 0.75})
good("ack-withdrawn", "ack", "taken back; three facts lost it as a source",
     {"v": 1, "req": 15, "id": "a-1", "status": "withdrawn", "number": 12, "seq": 1054, "facts": 3})
good("ack-withdrawn-repeat", "ack", "it had been taken back before",
     {"v": 1, "req": 16, "id": "a-1", "status": "withdrawn", "number": 12, "seq": 0, "facts": 0, "repeat": True})
good("ack-rejected", "ack", "refused: nothing is kept but a copy in quarantine",
     {"v": 1, "req": 8, "id": "d", "status": "rejected", "error": "missing", "field": "article.body",
      "message": "is required"})

# ---- events
ARTICLE = {"number": 12, "id": "a-1", "source": "温州日报", "url": "https://example.org/a/1", "title": "市政府出台办法",
           "published": "2010-11-18"}
FACT = {"type": "policy_document", "id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "time": "2009", "region": "330300",
        "modality": "asserted", "confidence": 0.95,
        "span": {"start": 0, "end": len(BODY.encode()), "quote": BODY}, "also": [], "rule": "issue-by-agency",
        "title": "温州市市长质量奖评审管理办法", "action": "issue", "issuers": ["温州市政府"]}
EVENTS = {
    "fact": {"v": 1, "seq": 1042, "prev": 1007, "event": "fact", "time": 1793520000000001, "support": 1,
             "article": ARTICLE, "fact": FACT},
    "support": {"v": 1, "seq": 1045, "prev": 0, "event": "support", "time": 1793520000500000, "support": 2,
                "article": {**ARTICLE, "number": 13, "id": "b"}, "fact": FACT},
    "article": {"v": 1, "seq": 1044, "prev": 1041, "event": "article", "time": 1793520000000001, "article": {
        **ARTICLE, "status": "new", "head": 12, "facts": 3, "charset": "utf-8", "rules": "5d41402abc4b2a76",
        "region": "330300", "repairs": {"pinyin": 117, "torn": 9},
        "related": [{"title": "质量月活动启动", "date": "2010-09-01"}, {"title": "质量兴市"}]}},
    "retract": {"v": 1, "seq": 1051, "prev": 0, "event": "retract", "time": 1793520003000000, "support": 0,
                "article": {"number": 12, "id": "a-1", "source": "温州日报", "title": "市政府出台办法", "status": "withdrawn",
                            "reason": "误报", "withdrawal": 15},
                "fact": {"type": "policy_document", "id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "region": "330300"}},
    "unsupport": {"v": 1, "seq": 1052, "prev": 0, "event": "unsupport", "time": 1793520004000000, "support": 1,
                  "article": {"number": 14, "id": "c", "kind": "revision", "of": "c", "of_number": 13, "source": "温州日报"},
                  "fact": {"type": "award", "id": "101e2d3c4b5a69788796a5b4c3d2e1f0"}},
    "withdraw": {"v": 1, "seq": 1054, "prev": 0, "event": "withdraw", "time": 1793520003000000,
                 "article": {"number": 12, "id": "a-1", "source": "温州日报", "title": "市政府出台办法", "status": "withdrawn",
                             "reason": "误报", "withdrawal": 15, "facts": 3}},
    "heartbeat": {"v": 1, "seq": 1046, "prev": 0, "event": "heartbeat", "time": 1793520001000000,
                  "instance": "8c1f3a5e7b9d02468ace13579bdf0246"},
}
for event, value in EVENTS.items():
    good(f"event-{event}", "event", f"an event of kind {event}", value)
good("event-later", "event", "an event that a later version may bring: its seq counts, its meaning is skipped",
     {"v": 1, "seq": 1047, "prev": 0, "event": "retract", "time": 1793520002000000, "article": {"number": 12}}, canonical=False)

# ---- answers of `replay`
good("answer-page", "answer", "events as they were published: topic, and the payload's bytes",
     {"v": 1, "req": 2, "answer": "page", "next": 1045, "oldest": 3, "newest": 1046,
      "instance": "8c1f3a5e7b9d02468ace13579bdf0246",
      "events": [["fact.policy_document.330300", pack(EVENTS["fact"])], ["article.new", pack(EVENTS["article"])]]})
good("answer-page-empty", "answer", "nothing of these topics up to `next`",
     {"v": 1, "req": 2, "answer": "page", "next": 1047, "oldest": 3, "newest": 1046,
      "instance": "8c1f3a5e7b9d02468ace13579bdf0246", "events": []})
good("answer-status", "answer", "counters; their keys may grow",
     {"v": 1, "req": 4, "answer": "status", "status": {"articles": {"new": 12, "duplicate": 1}, "facts": 40}})
good("answer-article", "answer", "a stored article",
     {"v": 1, "req": 5, "answer": "article",
      "article": {**ARTICLE, "status": "new", "text": BODY, "facts": [FACT], "body_is_text": False, "body": BODY.encode("gbk")}})
good("answer-similar", "answer", "a near copy of it, and a report of its own in the same words",
     {"v": 1, "req": 11, "answer": "similar", "similar": {"number": 12, "id": "a-1", "source": "温州日报", "articles": [
         {"number": 13, "id": "b", "head": 12, "similarity": 0.9375, "same_report": True},
         {"number": 9, "id": "z-7", "source": "宁波日报", "head": 9, "similarity": 0.5, "same_report": False}]}})
good("answer-cluster", "answer", "three articles, one report; two are listed",
     {"v": 1, "req": 14, "answer": "cluster", "cluster": {
         "number": 12, "id": "a-1", "source": "温州日报", "head": 12, "head_id": "a-1", "members": 3,
         "first_seen": 1793520000000000, "last_seen": 1793523600000000,
         "articles": [{"number": 12, "id": "a-1", "source": "温州日报"}, {"number": 13, "id": "b"}]}})
good("answer-quarantine", "answer", "two of three messages that were refused",
     {"v": 1, "req": 21, "answer": "quarantine", "quarantine": {"count": 3, "messages": [
         {"number": 9, "time": 1793520000000000, "origin": "submit", "error": "missing", "field": "article.body", "message": "is required", "bytes": 30},
         {"number": 7, "time": 1793519000000000, "origin": "feed", "error": "malformed", "field": "", "message": "not one MessagePack object", "bytes": 2}]}})
good("answer-not-found", "answer", "an article that is not known, or not held any more",
     {"v": 1, "req": 12, "answer": "error", "error": "not_found", "field": "id", "message": "no such article"})
SUBSCRIPTION = {"name": "ledger", "seq": 1042, "time": 1793520001000000, "behind": 4}
good("answer-subscription", "answer", "where a named subscription stands",
     {"v": 1, "req": 17, "answer": "subscription", "subscription": SUBSCRIPTION})
good("answer-subscriptions", "answer", "all of them",
     {"v": 1, "req": 19, "answer": "subscriptions", "subscriptions": {
         "named": [{"name": "a.b_c-d@9", "seq": 0, "time": 1793520000000000, "behind": 1046}, SUBSCRIPTION], "most": 256,
         "oldest": 3, "newest": 1046, "instance": "8c1f3a5e7b9d02468ace13579bdf0246"}})
good("answer-too-new", "answer", "a position behind the next one; both ends of what is kept",
     {"v": 1, "req": 22, "answer": "error", "error": "too_new", "field": "from",
      "message": "position is behind the newest event", "oldest": 3, "newest": 1046,
      "instance": "8c1f3a5e7b9d02468ace13579bdf0246"})
good("answer-pong", "answer", "yes", {"v": 1, "req": 4294967296, "answer": "pong"})
good("answer-too-old", "answer", "a position that is not kept any more; both ends of what is",
     {"v": 1, "req": 1, "answer": "error", "error": "too_old", "field": "from",
      "message": "position is before the oldest event kept", "oldest": 3, "newest": 1046,
      "instance": "8c1f3a5e7b9d02468ace13579bdf0246"})

# ---- refusals
V = {"v": 1}
A = {"v": 1, "op": "submit", "req": 7}


def article(**fields):
    return {**A, "article": {"id": "x", **fields}}


def raw_article(pairs):
    """A submit whose article holds pairs given as bytes."""
    return b"\x84\xa1v\x01\xa2op\xa6submit\xa3req\x07\xa7article" + bytes([0x80 | len(pairs)]) + b"".join(pairs)


refused("refused-empty", "no bytes", b"", "malformed", "")
refused("refused-nothing", "the one byte that MessagePack does not use", b"\xc1", "malformed", "")
refused("refused-text", "not MessagePack at all", b"GET / HTTP/1.1\r\n", "malformed", "")
refused("refused-cut-off", "the end is missing", pack(article(body=BODY))[:-5], "malformed", "", req=7)
refused("refused-behind", "a byte behind the object", pack(article(body=BODY)) + b"\0", "malformed", "", req=7)
refused("refused-huge-array", "an array header that promises four billion", b"\xdd\xff\xff\xff\xff", "too_many", "")
refused("refused-huge-map", "a map header that promises four billion", b"\xdf\xff\xff\xff\xff\xa1v\x01", "too_many", "")
refused("refused-huge-str", "a str header that promises four gigabytes", b"\xdb\xff\xff\xff\xff", "malformed", "")
refused("refused-elements", "more than 4096 elements in all", {**A, "x": [0] * 4100, "article": {"body": "x"}}, "too_many", "", req=7)
refused("refused-nested-promises", "arrays that each promise little and together more than there is",
        b"\xdc\x00\x40" * 7 + b"\x01" * 64, "too_many", "")
refused("refused-too-deep", "nested nine deep", {**A, "x": [[[[[[[[0]]]]]]]], "article": {"body": "x"}}, "too_deep", "", req=7)
refused("refused-not-a-map", "a list", [1, 2], "type", "")
refused("refused-no-version", "no v", {"op": "submit", "req": 7, "article": {"body": "x"}}, "missing", "v", req=7)
refused("refused-version-2", "another version", {"v": 2, "op": "submit", "req": 7, "article": {"body": "x"}}, "version", "v", req=7)
refused("refused-version-str", "v of the wrong type", {"v": "1", "op": "submit", "req": 7}, "type", "v", req=7)
refused("refused-op", "no such operation", {"v": 1, "op": "delete", "req": 7}, "unknown_op", "op", req=7)
refused("refused-req", "req must be an unsigned integer or a str", {"v": 1, "op": "submit", "req": [1], "article": {"body": "x"}}, "type", "req")
refused("refused-req-long", "req of more than 64 bytes", {"v": 1, "op": "submit", "req": "r" * 65, "article": {"body": "x"}},
        "too_large", "req")
refused("refused-key", "a key that is no str", {"v": 1, "req": 7, 3: 4}, "type", "", req=7)
refused("refused-no-article", "nothing submitted", A, "missing", "article", req=7)
refused("refused-article-type", "an article that is no map", {**A, "article": "x"}, "type", "article", req=7)
refused("refused-no-body", "no body", article(), "missing", "article.body", req=7)
refused("refused-empty-body", "an empty body", article(body=""), "empty", "article.body", req=7)
refused("refused-body-type", "a body that is no str or bin", article(body=5), "type", "article.body", req=7)
refused("refused-body-utf8", "a str body that is not UTF-8", raw_article([b"\xa4body\xa2\xff\xfe"]), "encoding", "article.body", req=7)
refused("refused-title-utf8", "a title that is not UTF-8", raw_article([b"\xa4body\xa1x", b"\xa5title\xa1\xff"]),
        "encoding", "article.title", req=7)
refused("refused-title-type", "a title that is a list", article(body="x", title=["a"]), "type", "article.title", req=7)
refused("refused-title-long", "a title of more than 4096 bytes", article(body="x", title="t" * 4097), "too_large", "article.title", req=7)
refused("refused-id-control", "an id with a line break", {**A, "article": {"id": "a\nb", "body": "x"}}, "value", "article.id", req=7)
refused("refused-id-twice", "a key given twice", raw_article([b"\xa2id\xa1a", b"\xa2id\xa1b", b"\xa4body\xa1x"]), "value", "article.id", req=7)
refused("refused-format", "no such format", article(body="x", format="pdf"), "value", "article.format", req=7)
refused("refused-meta", "meta that is no map", article(body="x", meta=[1]), "type", "article.meta", req=7)
R = {"v": 1, "op": "replay", "req": 7}
refused("refused-replay-nowhere", "neither from nor since", R, "missing", "from", req=7)
refused("refused-replay-both", "from and since", {**R, "from": 1, "since": 1}, "value", "since", req=7)
refused("refused-replay-backwards", "to before from", {**R, "from": 3, "to": 2}, "value", "to", req=7)
refused("refused-replay-from-type", "from that is a str", {**R, "from": "1"}, "type", "from", req=7)
refused("refused-replay-from-negative", "from that is negative", {**R, "from": -1}, "value", "from", req=7)
refused("refused-replay-topics-type", "topics that are no list", {**R, "from": 1, "topics": "fact."}, "type", "topics", req=7)
refused("refused-replay-topics-many", "more than 256 topics", {**R, "from": 1, "topics": ["a"] * 257}, "too_many", "topics", req=7)
refused("refused-replay-topic-long", "a topic of more than 127 bytes", {**R, "from": 1, "topics": ["a" * 128]}, "too_large", "topics", req=7)
refused("refused-article-nowhere", "an article by nothing", {"v": 1, "op": "article", "req": 7}, "missing", "number", req=7)
refused("refused-similar-nowhere", "articles like none", {"v": 1, "op": "similar", "req": 7}, "missing", "number", req=7)
refused("refused-cluster-nowhere", "a source without an id", {"v": 1, "op": "cluster", "req": 7, "source": "x"}, "missing", "number", req=7)
refused("refused-quarantine-limit", "limit that is a str", {"v": 1, "op": "quarantine", "req": 7, "limit": "2"}, "type", "limit", req=7)
refused("refused-cluster-limit", "limit that is a str", {"v": 1, "op": "cluster", "req": 7, "number": 1, "limit": "2"}, "type", "limit", req=7)
refused("refused-withdraw-nowhere", "a withdrawal of nothing", {"v": 1, "op": "withdraw", "req": 7}, "missing", "number", req=7)
refused("refused-withdraw-id-control", "an id with a line break", {"v": 1, "op": "withdraw", "req": 7, "id": "a\nb"}, "value", "id", req=7)
refused("refused-confirm-no-name", "no name", {"v": 1, "op": "confirm", "req": 7, "seq": 1}, "missing", "name", req=7)
refused("refused-confirm-no-seq", "no position", {"v": 1, "op": "confirm", "req": 7, "name": "x"}, "missing", "seq", req=7)
refused("refused-confirm-name", "a name with a blank", {"v": 1, "op": "confirm", "req": 7, "name": "a b", "seq": 1}, "value", "name", req=7)
refused("refused-confirm-name-long", "a name of more than 64 bytes", {"v": 1, "op": "confirm", "req": 7, "name": "n" * 65, "seq": 1},
        "too_large", "name", req=7)
refused("refused-confirm-seq-negative", "a position that is negative", {"v": 1, "op": "confirm", "req": 7, "name": "x", "seq": -1},
        "value", "seq", req=7)
refused("refused-forget-no-name", "the end of nothing", {"v": 1, "op": "forget", "req": 7}, "missing", "name", req=7)

# ---- what is frozen: a line for each file, which only grows
SUMS = HERE / "SHA256SUMS"
known = dict(reversed(line.split("  ")) for line in SUMS.read_text().splitlines()) if SUMS.exists() else {}
for path in sorted(HERE.glob("*.msgpack")) + sorted(HERE.glob("*.json")):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert known.setdefault(path.name, digest) == digest, f"{path.name} has changed: it is frozen"
SUMS.write_text("".join(f"{digest}  {name}\n" for name, digest in known.items()))
