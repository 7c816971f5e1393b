"""Articles are decided in the order in which they arrive, whatever the number of workers, of senders, and of articles a commit."""
import random

from daemon_lib import Daemon, Sender, check, check_log, equal, run

CHARS = ("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发动同工也能下过子说产种面而方后多定行学法所民得经"
         "进着等部度家电力里如水化高自理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政那社义事平形相全表间样")
CITIES = "温州 杭州 宁波 绍兴 台州 金华".split()
GOODS = "皮鞋 童装 阀门 家具 眼镜 茶叶".split()
SENDERS = 5


def paragraph(r):
    return "。".join("".join(r.choice(CHARS) for _ in range(r.randrange(14, 30))) for _ in range(4)) + "。"


def report(n):
    """Paragraphs of the n-th report: the first is a bulletin in which only the facts are its own."""
    r = random.Random("report %d" % n)
    lead = "%s市质量技术监督局公布了%s产品质量监督抽查结果,共抽查%d批次,合格%d批次,不合格产品的生产企业已被责令停产整改。" % (
        r.choice(CITIES), r.choice(GOODS), 300 + n, 200 + n)
    return [lead] + [paragraph(r) for _ in range(4)]


def edited(r, lines):
    """A near copy: here and there another character in the wording; the lead, which has the facts, stays."""
    return lines[:1] + ["".join(r.choice(CHARS) if c in CHARS and r.random() < 0.04 else c for c in line) for line in lines[1:]]


def variants(n):
    """The report as others tell it: a copy, a near one, an excerpt, one with another lead; a revision, a resend."""
    r, lines, own = random.Random("variants %d" % n), report(n), {"source": "s%d" % (n % 7), "id": "r-%d" % n}

    def other(what):
        return {"source": "t%d" % (n % 5), "id": "%s-%d" % (what, n)}
    return [dict(own, body=lines), dict(other("copy"), body=lines), dict(other("near"), body=edited(r, lines)),
            dict(other("cut"), body=lines[:3]), dict(other("head"), body=[paragraph(r)] + lines),
            dict(own, body=lines + [paragraph(r)]), dict(own, body=lines)]


def stream(count, seed):
    """Every report once, a variant or two of most; neighbours of one report stand close, as in life and in one batch."""
    r, articles = random.Random(seed), []
    for n in range(count):
        for a in r.sample(variants(n), r.randrange(1, 5)):
            articles.append((n + r.random() * 6, len(articles), dict(a, body="\n".join(a["body"]) + "\n")))
    return [a for _, _, a in sorted(articles, key=lambda x: x[:2])]


def without_time(events):
    check_log(events)
    for _, event in events:
        del event["time"]
    return events


def outcome(articles, workers, commit, senders=1):
    """Events, acks by place in `articles`, and the daemon's counters; sent without waiting."""
    with Daemon("commit: { articles: %d }\n" % commit, workers=workers).start() as d:
        all_senders = [Sender(d) for _ in range(senders)]
        for k, a in enumerate(articles):
            all_senders[k % senders].send(a, req=k)
        acks = {}
        for i, s in enumerate(all_senders):
            s.receive(len(range(i, len(articles), senders)))
            acks.update(s.acks)
        status, events = d.status(), without_time(d.events())
        equal(d.stop(), 0, "exit")
        return events, [acks[k] for k in range(len(articles))], status


def check_mixed(acks, least):
    """All ways to be alike occur: else the comparison shows nothing."""
    for kind in ("exact", "near", "contained", "revision"):
        check(sum(a.get("kind") == kind for a in acks) >= least, "only few are %s" % kind)
    check(sum(a.get("repeat", False) for a in acks) >= least, "only few are repeats")
    check(sum(a["status"] == "new" and "kind" not in a for a in acks) >= least, "only few are new")


def same_with_any_workers_and_batches():
    articles = stream(120, "workers and batches")
    events, acks, status = outcome(articles, workers=1, commit=1)
    check_mixed(acks, 8)
    taken = sum(not a.get("repeat", False) for a in acks)
    check(status["store"]["commits"] >= taken, "%d commits of one article" % status["store"]["commits"])
    for workers, commit in ((1, 1000), (8, 1), (8, 7), (8, 1000)):
        more_events, more_acks, more_status = outcome(articles, workers, commit)
        equal(more_acks, acks, "acks with %d workers, %d a commit" % (workers, commit))
        check(commit == 1 or more_status["store"]["commits"] < taken, "no commit of several articles")
        equal(more_events, events, "events with %d workers, %d a commit" % (workers, commit))
        equal(more_status["duplicates"], status["duplicates"], "duplicates with %d workers, %d a commit" % (workers, commit))


def same_as_one_after_the_other():
    """What several senders get is what one would who sent in the order in which the articles were numbered."""
    articles = stream(120, "senders")
    events, acks, _ = outcome(articles, workers=8, commit=1000, senders=SENDERS)
    check_mixed(acks, 8)
    order = sorted((k for k, a in enumerate(acks) if not a.get("repeat")), key=lambda k: acks[k]["number"])
    equal([acks[k]["number"] for k in order], list(range(1, len(order) + 1)), "numbers")
    for sender in range(SENDERS):
        own = [k for k in order if k % SENDERS == sender]
        equal(own, sorted(own), "order of sender %d" % sender)
    serial_events, serial_acks, _ = outcome([articles[k] for k in order], workers=1, commit=1)
    equal([dict(a, req=0) for a in serial_acks], [dict(acks[k], req=0) for k in order], "acks, one after the other")
    equal(serial_events, events, "events, one after the other")


if __name__ == "__main__":
    run(same_with_any_workers_and_batches, same_as_one_after_the_other)
