"""Named subscriptions: the position that zhiwend keeps for a subscriber, through kills of both."""
import json
import os
import signal
import subprocess
import time

from daemon_lib import BIN, Daemon, Sender, article, check, equal, pack, run, unpack

ZHIWEN = os.path.join(BIN, "zhiwen")


def named(d):
    return {s["name"]: s["seq"] for s in d.ask(op="subscriptions")["subscriptions"]["named"]}


def send(d, first, count):
    sender = Sender(d)
    for n in range(first, first + count):
        sender.send(article(n))
    sender.receive(count)
    sender.close()


def positions_are_durable():
    with Daemon("limits: { subscriptions: 3 }").start() as d:
        send(d, 0, 5)
        newest = d.events()[-1][1]["seq"]
        answer = d.ask(op="confirm", name="ledger", seq=3)
        equal((answer["answer"], answer["subscription"]["seq"], answer["subscription"]["behind"]), ("subscription", 3, newest - 3), "made")
        check(answer["subscription"]["time"] > 1700000000000000, "time")
        equal(d.ask(op="confirm", name="ledger", seq=2)["subscription"]["seq"], 3, "a position does not go back")
        instance = d.ask(op="subscriptions")["subscriptions"]["instance"]
        for request, error, field in [(dict(name="ledger", seq=newest + 1), "too_new", "seq"),
                                      (dict(name="ledger", seq=4, instance="x" * 32), "value", "instance"),
                                      (dict(name="no blanks", seq=1), "value", "name"), (dict(name="", seq=1), "value", "name"),
                                      (dict(name="x" * 65, seq=1), "too_large", "name"), (dict(seq=1), "missing", "name"),
                                      (dict(name="ledger"), "missing", "seq")]:
            answer = d.ask(op="confirm", **request)
            equal((answer["answer"], answer["error"], answer["field"]), ("error", error, field), request)
        equal(d.ask(op="confirm", name="ledger", seq=4, instance=instance)["subscription"]["seq"], 4, "of this log")
        for name in ("a", "b"):
            equal(d.ask(op="confirm", name=name, seq=newest)["answer"], "subscription", name)
        answer = d.ask(op="confirm", name="c", seq=1)
        equal((answer["error"], answer["field"]), ("too_many", "name"), "one too many")
        d.stop(signal.SIGKILL)
        d.start()
        equal(named(d), {"a": newest, "b": newest, "ledger": 4}, "after kill -9")
        equal(d.ask(op="forget", name="a")["subscription"]["name"], "a", "forgotten")
        equal(d.ask(op="forget", name="a")["error"], "not_found", "forgotten twice")
        equal(d.ask(op="subscriptions", name="b")["subscription"]["seq"], newest, "one by name")
        equal(d.ask(op="subscriptions", name="a")["error"], "not_found", "none by that name")
        d.stop(signal.SIGKILL)
        d.start()
        equal(named(d), {"b": newest, "ledger": 4}, "still forgotten after kill -9")
        equal(d.stop(), 0, "exit")


def many_at_once():
    """Hundreds of confirmations under way, one write for many; articles go on."""
    with Daemon("limits: { subscriptions: 1000 }").start() as d:
        send(d, 0, 20)
        newest = d.events()[-1][1]["seq"]
        sockets = [d.dealer("replay") for _ in range(20)] # an answer that waits is one of 16 that a client may leave unread
        for n in range(200):
            sockets[n % 20].send(pack(op="confirm", req=n, name="n%d" % (n % 50), seq=1 + n % newest))
        got = {}
        for n in range(200):
            socket = sockets[n % 20]
            check(socket.poll(20000), "an answer is missing")
            answer = unpack(socket.recv())
            got[answer["req"]] = answer
        equal(sorted(got), list(range(200)), "each answered once")
        kept = named(d)
        equal(len(kept), 50, "names")
        for n, answer in got.items():
            check(answer["answer"] == "subscription" and kept["n%d" % (n % 50)] >= 1 + n % newest, "%d: %s" % (n, answer))
        send(d, 100, 20)
        equal(d.stop(), 0, "exit")


def watch(d, *more, count=None, **popen):
    command = [ZHIWEN, "watch", "--json", "--as", "ledger", *more] + (["--count", str(count)] if count else [])
    return subprocess.Popen(command, env=dict(os.environ, ZHIWEN_SOCKETS=d.dir), stdout=subprocess.PIPE, text=True, errors="replace", **popen)


def rows(process):
    return [json.loads(line)["seq"] for line in process.stdout if line.endswith("\n")]


def zhiwen(d, *arguments):
    return subprocess.run([ZHIWEN, *arguments], env=dict(os.environ, ZHIWEN_SOCKETS=d.dir), capture_output=True, text=True, timeout=60)


def watched_under_a_name():
    """Each run goes on where the one before ended; killed ones may show some events again, never lose one."""
    with Daemon().start() as d:
        send(d, 0, 40)
        facts = [e["seq"] for t, e in d.events() if t.startswith("fact.")]
        first = watch(d, "--from", "start", count=10)
        equal((rows(first), first.wait(20)), (facts[:10], 0), "the first ten")
        check(named(d)["ledger"] >= facts[9], "confirmed at the end")
        second = watch(d, "--from", "now", count=10)
        equal((rows(second), second.wait(20)), (facts[10:20], 0), "goes on, whatever --from says")
        shown = facts[:20]
        for kill in range(4): # of the watcher, of zhiwend, of both, by turns
            process = watch(d)
            got = []
            while len(got) < 5:
                got.append(json.loads(process.stdout.readline())["seq"])
            if kill % 3 != 0:
                d.stop(signal.SIGKILL)
                d.start()
            if kill % 3 != 1:
                process.kill()
                got += rows(process) # what it had written out, and perhaps confirmed
                process.wait()
            else:
                send(d, 100 * (kill + 1), 5)
                time.sleep(1)
                process.terminate()
                got += rows(process)
                process.wait(20)
            missed = [s for t, e in d.events() if t.startswith("fact.") and max(shown) < (s := e["seq"]) < got[0]]
            equal((missed, got), ([], sorted(set(got))), "none is passed over, and in order")
            shown += got
        last = watch(d, "--until-idle", "1")
        shown += rows(last)
        equal(last.wait(30), 0, "exit")
        facts = [e["seq"] for t, e in d.events() if t.startswith("fact.")]
        equal(sorted(set(shown)), facts, "each at least once")
        again = watch(d, "--until-idle", "1")
        equal((rows(again), again.wait(30)), ([], 0), "and not again")
        newest = d.events()[-1][1]["seq"]
        equal(named(d)["ledger"], newest, "what is none of its topics is confirmed along with it")
        listed = zhiwen(d, "subscriptions")
        check(listed.returncode == 0 and "ledger" in listed.stdout and str(newest) in listed.stdout, listed.stdout + listed.stderr)
        equal(zhiwen(d, "subscriptions", "forget", "ledger").returncode, 0, "forget")
        equal(zhiwen(d, "subscriptions", "forget", "ledger").returncode, 1, "forget twice")
        equal(json.loads(zhiwen(d, "subscriptions", "--json").stdout)["named"], [], "none is left")
        equal(zhiwen(d, "watch", "--as", "no blanks").returncode, 2, "a bad name")
        equal(d.stop(), 0, "exit")


def from_a_time_or_a_seq():
    """A date and time give the first event from then on; a seq that is not there is refused with both ends of what is."""
    with Daemon().start() as d:
        send(d, 0, 5)
        time.sleep(2.1)
        at = time.time()
        time.sleep(1.1)
        send(d, 100, 5)
        facts = [(e["seq"], e["time"]) for t, e in d.events() if t.startswith("fact.")]
        newest = d.events()[-1][1]["seq"]
        later = [seq for seq, us in facts if us >= int(at) * 1000000]
        check(0 < len(later) < len(facts), "some are later")

        def seen(*where):
            done = zhiwen(d, "watch", "--json", "--until-idle", "0.3", *where)
            return done.returncode, [json.loads(line)["seq"] for line in done.stdout.splitlines()]
        every = (0, [seq for seq, _ in facts])
        equal(seen("--since", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))), (0, later), "universal time")
        equal(seen("--since", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))), (0, later), "local time")
        equal(seen("--from", time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(at + 8 * 3600))), (0, later), "another zone's")
        equal(seen("--since", "2001-01-01"), every, "before everything")
        equal(seen("--since", time.strftime("%Y-%m-%d", time.localtime(at + 2 * 86400))), (0, []), "tomorrow")
        equal(seen("--from", str(later[0])), (0, later), "a seq")
        equal(seen("--from", str(newest + 1)), (0, []), "the next one")
        refused = zhiwen(d, "watch", "--from", str(newest + 2))
        check(refused.returncode == 1 and "kept are 1 to %d" % newest in refused.stderr, refused.stderr)
        answer = d.ask(op="replay", **{"from": newest + 2})
        equal([answer[k] for k in ("error", "oldest", "newest")], ["too_new", 1, newest], "both ends")
        for bad in ("yesterday", "17"):
            equal(zhiwen(d, "watch", "--since", bad).returncode, 2, bad)
        equal(d.stop(), 0, "exit")


run(positions_are_durable, many_at_once, watched_under_a_name, from_a_time_or_a_seq)
