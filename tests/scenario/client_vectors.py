"""The vectors of protocol/vectors/v1, read by MessagePack's Python implementation and put to a running zhiwend."""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys

import msgpack

from daemon_lib import Daemon, check, equal, run, unpack

SOURCE = pathlib.Path(os.environ.get("ZHIWEN_SOURCE", "."))
V1 = SOURCE / "protocol" / "vectors" / "v1"


def vectors():
    found = sorted(V1.glob("*.json"))
    check(len(found) >= 70, "only %d vectors in %s" % (len(found), V1))
    for path in found:
        yield path.stem, json.loads(path.read_text()), path.with_suffix(".msgpack").read_bytes()


def value(meaning):
    """The JSON meaning as MessagePack's value: {"$bin": base64} is bytes."""
    if isinstance(meaning, dict):
        if set(meaning) == {"$bin"}:
            return base64.b64decode(meaning["$bin"])
        return {key: value(item) for key, item in meaning.items()}
    if isinstance(meaning, list):
        return [value(item) for item in meaning]
    return meaning


def read_and_written():
    """Good ones mean what is written beside them; canonical ones are what any packer that uses shortest forms writes."""
    for name, about, raw in vectors():
        if not about["ok"]:
            check({"code", "field"} <= set(about), "%s lacks code or field" % name)
            continue
        equal(unpack(raw), value(about["meaning"]), name)
        if about["canonical"]:
            equal(msgpack.packb(value(about["meaning"]), use_bin_type=True), raw, name)


def frozen():
    """No vector has changed or gone since it was written; each is listed."""
    lines = (V1 / "SHA256SUMS").read_text().splitlines()
    check(len(lines) >= 200, "only %d files are listed" % len(lines))
    listed = dict(reversed(line.split("  ")) for line in lines)
    for path in sorted(V1.glob("*.msgpack")) + sorted(V1.glob("*.json")):
        equal(listed.pop(path.name, None), hashlib.sha256(path.read_bytes()).hexdigest(), path.name)
    equal(listed, {}, "vectors that have gone")


def page_shows_their_bytes():
    result = subprocess.run([sys.executable, str(SOURCE / "protocol" / "vectors" / "hex.py"), "--check"])
    equal(result.returncode, 0, "hex.py --check")


def socket_of(about, name):
    op = about.get("meaning", {}).get("op") if about["ok"] else None
    if op in ("replay", "status", "article", "similar", "cluster", "confirm", "subscriptions", "forget", "quarantine") or name.startswith(
            ("refused-replay", "refused-article-nowhere", "refused-similar", "refused-cluster", "refused-confirm", "refused-forget", "refused-quarantine")):
        return "replay"
    return "submit"


def put_to_a_daemon():
    """Today's zhiwend takes every good request and refuses every bad one, by code, field and req."""
    with Daemon().start() as d:
        sockets = {name: d.dealer(name) for name in ("submit", "replay")}
        for name, about, raw in vectors():
            if about["kind"] != "request":
                continue
            where = socket_of(about, name)
            sockets[where].send(raw)
            check(sockets[where].poll(20000), "%s is not answered" % name)
            answer = unpack(sockets[where].recv())
            if not about["ok"]:
                equal(answer.get("status", answer.get("answer")), "rejected" if where == "submit" else "error", name)
                equal((answer["error"], answer.get("field", "")), (about["code"], about["field"]), name)
                equal(answer.get("req"), about.get("req"), "req of the refusal of " + name)
                continue
            request = about["meaning"]
            equal(answer.get("req"), request.get("req"), "req of " + name)
            if request.get("op") == "ping":
                equal(answer["answer"], "pong", name)
            elif request.get("op") == "withdraw":
                check(answer["status"] == "withdrawn" or answer["error"] == "not_found", "%s: %s" % (name, answer))
            elif where == "submit":
                check(answer["status"] in ("new", "duplicate"), "%s: %s" % (name, answer))
            elif "instance" in request: # of another log than this one
                equal((answer["error"], answer["field"]), ("value", "instance"), name)
            else:
                check(answer["answer"] in ("page", "status", "article", "similar", "cluster", "subscription", "subscriptions", "quarantine") or
                      answer["error"] in ("too_new", "not_found"), "%s: %s" % (name, answer))
        equal(d.stop(), 0, "exit")


run(read_and_written, frozen, page_shows_their_bytes, put_to_a_daemon)
