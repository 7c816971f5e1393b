"""Articles that are withdrawn or superseded: their facts lose a source, and come back when they are stated again."""
import json
import os
import random
import signal
import subprocess

from daemon_lib import BIN, Daemon, Sender, article, check, check_log, equal, run, text

ONE = "2009年,温州市政府出台了《温州市市长质量奖评审管理办法》。\n温州市质监局第3批抽查了120家企业的产品,合格率为93.5%。\n"
TWO = "2009年,温州市政府出台了《温州市市长质量奖评审管理办法》。\n昨日全市召开质量工作会议,部署下一阶段的任务,各县市区负责人参加。\n"


def withdraw(sender, **which):
    from daemon_lib import pack
    sender.socket.send(pack(op="withdraw", req="w", **which))
    sender.receive(1)
    return sender.order[-1]


def of_facts(events, after=0):
    return [(e["event"], e["fact"]["id"], e["support"]) for _, e in events if e["seq"] > after and "fact" in e]


def withdrawn():
    with Daemon().start() as d:
        s = Sender(d)
        first = s.submit({"id": "a", "source": "x", "title": "质量奖", "body": ONE})
        other = s.submit({"id": "b", "source": "y", "body": TWO})
        before = d.events()
        shared = {e["fact"]["id"] for t, e in before if e["event"] == "support"}
        own = {e["fact"]["id"] for t, e in before if "fact" in e and e["article"]["id"] == "a"} - shared
        check(shared and own, "the two articles state something together, and the first something alone: %s" % before)
        for which, error, field in [(dict(number=999), "not_found", "number"), (dict(source="x", id="nobody"), "not_found", "id"),
                                    (dict(), "missing", "number"), (dict(number="1"), "type", "number")]:
            refused = withdraw(s, **which)
            equal((refused["status"], refused["error"], refused["field"], refused["req"]), ("rejected", error, field, "w"), str(which))

        ack = withdraw(s, source="x", id="a", reason="误报")
        after = before[-1][1]["seq"]
        equal((ack["status"], ack["id"], ack["number"], ack["facts"]), ("withdrawn", "a", first["number"], len(shared | own)), "answer")
        log = d.events()
        check_log(log)
        lost = of_facts(log, after)
        equal(sorted(lost), sorted([("retract", f, 0) for f in own] + [("unsupport", f, 1) for f in shared]), "what the facts lost")
        topic, event = log[-1]
        equal((topic, event["event"], event["seq"]), ("article.withdrawn", "withdraw", ack["seq"]), "the withdrawal itself")
        about = event["article"]
        equal([about[k] for k in ("number", "id", "source", "title", "status", "reason", "facts")],
              [first["number"], "a", "x", "质量奖", "withdrawn", "误报", len(lost)], "what it is about")
        topics = {e["fact"]["id"]: t for t, e in log if e["event"] in ("fact", "support")}
        for t, e in log:
            if e["event"] in ("retract", "unsupport"):
                equal(t.split(".")[1:], topics[e["fact"]["id"]].split(".")[1:], "the topic is the fact's own")
                equal((e["article"]["id"], e["article"]["reason"], e["fact"]["type"]), ("a", "误报", t.split(".")[1]), "of whom")
        only = d.ask(op="replay", **{"from": 1, "topics": ["retract."]})["events"]
        equal([t for t, _ in only], [t for t, e in log if e["event"] == "retract"], "filters apply")

        def unchanged(sender):
            again = withdraw(sender, number=first["number"])
            equal((again["status"], again["repeat"], again["number"]), ("withdrawn", True, first["number"]), "withdrawn twice")
            resent = sender.submit({"id": "a", "source": "x", "title": "质量奖", "body": ONE})
            equal((resent["status"], resent["repeat"]), ("new", True), "sent again as it was: it stays withdrawn")
            equal(d.events(), log, "nothing was added")
        unchanged(s)
        equal([d.ask(op="article", number=n)["article"].get("standing") for n in (first["number"], other["number"])], ["withdrawn", None],
              "what has become of them")
        stored = d.ask(op="article", number=about["withdrawal"])["article"]
        equal((stored["status"], stored["number"], stored["reason"]), ("withdrawn", first["number"], "误报"), "what is kept of it")
        equal(withdraw(s, number=about["withdrawal"])["error"], "not_found", "a withdrawal is not withdrawn")
        d.stop(signal.SIGKILL)
        d.start()
        s = Sender(d)
        unchanged(s)

        third = s.submit({"id": "c", "source": "z", "body": "本报讯 " + ONE})
        check_log(d.events())
        stated = {f: (kind, n) for kind, f, n in of_facts(d.events(), log[-1][1]["seq"])}
        for f in own & set(stated):
            equal(stated[f], ("fact", 1), "stated again: a fact anew")
        for f in shared & set(stated):
            equal(stated[f], ("support", 2), "stated again: a source more")
        check(own & set(stated) and shared & set(stated), "the third states both: %s" % stated)
        status = d.status()
        equal(status["articles"]["withdrawn"], 0, "counted since the start")
        equal(withdraw(s, number=third["number"])["status"], "withdrawn", "the third, too")
        equal(withdraw(s, number=other["number"])["status"], "withdrawn", "and the second")
        equal(set(check_log(d.events()).values()), {0}, "nobody states anything any more")
        equal((d.status()["articles"]["withdrawn"], d.stop()), (2, 0), "counted, and exit")


def revised():
    with Daemon().start() as d:
        s = Sender(d)
        first = s.submit({"id": "a", "source": "x", "body": ONE})
        states = {e["fact"]["id"] for _, e in d.events() if "fact" in e}
        after = d.events()[-1][1]["seq"]
        second = s.submit({"id": "a", "source": "x", "body": TWO})
        equal((second["status"], second["kind"], second["of"]), ("new", "revision", "a"), "a later version")
        log = d.events()
        check_log(log)
        now = {f for f in states} - {f for kind, f, n in of_facts(log, after) if kind == "retract"}
        check(now and now < states, "the later version keeps some, not all")
        lost = [e for _, e in log if e["event"] == "retract"]
        for e in lost:
            equal([e["article"][k] for k in ("number", "id", "kind", "of", "of_number")],
                  [second["number"], "a", "revision", "a", first["number"]], "why")
        equal(log[-1][0], "article.revision", "its own event comes last")
        equal(d.ask(op="article", number=first["number"])["article"]["standing"], "superseded", "what has become of the one before")
        refused = withdraw(s, number=first["number"])
        equal((refused["status"], refused["error"]), ("rejected", "value"), "the version before holds nothing any more")

        after = log[-1][1]["seq"]
        d.stop(signal.SIGKILL)
        d.start()
        s = Sender(d)
        s.submit({"id": "a", "source": "x", "body": ONE + "各地要认真贯彻执行。\n"})
        log = d.events()
        check_log(log)
        equal({f for kind, f, n in of_facts(log, after) if kind == "fact"} >= states - now, True, "what comes back is a fact anew")
        ack = withdraw(s, source="x", id="a")
        equal(ack["status"], "withdrawn", "the newest version is meant")
        log = d.events()
        equal(set(check_log(log).values()), {0}, "all lost")
        after = log[-1][1]["seq"]
        s.submit({"id": "a", "source": "x", "body": TWO + "会议还要求加强监督。\n"})
        log = d.events()
        check_log(log)
        kinds = {kind for kind, f, n in of_facts(log, after)}
        equal(kinds, {"fact"}, "a version after the withdrawal states its facts anew")
        equal(d.stop(), 0, "exit")


def withdrawals_in_any_order():
    """Articles, later versions and withdrawals, killed in between: supports are what the log says, before and after."""
    r = random.Random(11)
    with Daemon("commit: { articles: 7 }").start() as d:
        ids = list(range(30))
        for part in range(3):
            s = Sender(d)
            sent = 0
            for _ in range(60):
                n = r.choice(ids)
                if r.random() < 0.3:
                    from daemon_lib import pack
                    s.socket.send(pack(op="withdraw", req=sent, source="test", id="a-%d" % n))
                else:
                    s.send(article(n, body=text(n % 10 * 1000 + r.randrange(3))), req=sent)
                sent += 1
            s.receive(sent)
            for ack in s.order:
                check(ack["status"] != "rejected" or ack["error"] == "not_found", "an answer: %s" % ack)
            check_log(d.events())
            d.stop(signal.SIGKILL)
            d.start()
        counts = check_log(d.events())
        check(0 in counts.values() and max(counts.values()) > 1, "some are stated no more, some by several")
        equal(d.stop(), 0, "exit")


def command_line():
    def zhiwen(d, *arguments, code=0):
        done = subprocess.run([os.path.join(BIN, "zhiwen"), *arguments], env=dict(os.environ, ZHIWEN_SOCKETS=d.dir),
                              capture_output=True, text=True, timeout=60)
        equal(done.returncode, code, "%s: %s" % (arguments, done.stderr))
        return done.stdout
    with Daemon().start() as d:
        s = Sender(d)
        s.submit({"id": "a", "source": "x", "body": ONE})
        s.submit({"id": "7", "source": "x", "body": TWO})
        told = [json.loads(line) for line in zhiwen(d, "withdraw", "--json", "--source", "x", "--reason", "误报", "7", "a").splitlines()]
        equal([(t["asked"], t["status"], t["number"], t["repeat"]) for t in told], [("7", "withdrawn", 2, False), ("a", "withdrawn", 1, False)],
              "two of them")
        check("was withdrawn before" in zhiwen(d, "withdraw", "1"), "by number, again")
        zhiwen(d, "withdraw", "99", code=1)
        zhiwen(d, "withdraw", code=2)
        shown = zhiwen(d, "watch", "--from", "start", "--supports", "--articles", "--until-idle", "0.5")
        check("stated no more" in shown and "误报" in shown and "withdrawn" in shown and "stated by 1" in shown, shown)
        events = [json.loads(line) for line in zhiwen(d, "watch", "--json", "--from", "start", "--until-idle", "0.5").splitlines()]
        equal({e["event"] for e in events}, {"fact", "retract"}, "facts, and what is stated no more")
        equal(d.stop(), 0, "exit")


run(withdrawn, revised, withdrawals_in_any_order, command_line)
