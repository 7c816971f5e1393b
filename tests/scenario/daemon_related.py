"""What `similar` and `cluster` tell: a copy, a near copy, a report of its own in the same words, and another one."""
import json
import os
import subprocess
import time

from daemon_lib import BIN, Daemon, Sender, check, equal, run, text

REPORT = """{day},温州市质量技术监督局召开新闻发布会,公布了{goods}产品质量监督抽查结果。此次抽查覆盖全市范围内的生产企业和流通领域的销售门店,抽样工作由市质量技术监督检测院承担。
本次共抽查{n}批次产品,其中合格{m}批次,批次合格率为{p}%。不合格项目主要集中在标识标注和耐磨性能等方面,个别企业的产品存在以次充好的问题,已经移交执法部门立案查处。
市局有关负责人表示,将督促不合格产品的生产企业认真查找原因,落实整改措施,并在整改到期后组织复查,复查仍不合格的将依法予以处理。
市局提醒广大消费者,选购时应注意查看产品标识是否齐全,索取并妥善保存购物凭证,发现质量问题及时向当地质监部门投诉举报,共同维护公平竞争的市场秩序。
"""
FIRST = REPORT.format(day="2010年9月1日", goods="皮鞋", n=120, m=108, p="90.0")
NEAR = FIRST.replace("认真查找原因", "仔细查明原因").replace("广大消费者", "消费者朋友").replace("共同维护", "一起维护")
SIBLING = REPORT.format(day="2010年10月8日", goods="童装", n=260, m=221, p="85.0")


def sent(d):
    """The acks of: the report, its copy, its near copy, its sibling, an unrelated one."""
    s = Sender(d)
    bodies = (("first", FIRST), ("copy", FIRST), ("near", NEAR), ("sibling", SIBLING), ("unrelated", text(5)))
    acks = [s.submit({"id": name, "source": "%s日报" % name, "title": "标题" + name, "body": body}) for name, body in bodies]
    equal([a["number"] for a in acks], [1, 2, 3, 4, 5], "numbers")
    equal([a.get("kind") for a in acks], [None, "exact", "near", None, None], "kinds: %s" % acks)
    return acks


def numbers(answer):
    return [a["number"] for a in answer["articles"]]


def check_similar(d):
    for ask in ({"number": 1}, {"source": "first日报", "id": "first"}):
        answer = d.ask(op="similar", **ask)["similar"]
        equal((answer["number"], answer["id"], answer["source"], answer["title"]), (1, "first", "first日报", "标题first"), "asked about")
        others = {a["number"]: a for a in answer["articles"]}
        check(1 not in others and 5 not in others, "itself or the unrelated one is alike: %s" % answer)
        check({2, 3, 4} == set(others), "a copy, a near copy or the sibling is missing: %s" % answer)
        equal({n: (a["id"], a["source"], a["title"], a["head"]) for n, a in others.items()},
              {2: ("copy", "copy日报", "标题copy", 1), 3: ("near", "near日报", "标题near", 1),
               4: ("sibling", "sibling日报", "标题sibling", 4)}, "names and heads")
        equal({n: a["same_report"] for n, a in others.items()}, {2: True, 3: True, 4: False}, "same report: %s" % answer)
        equal(others[2]["similarity"], 1.0, "similarity of the copy")
        check(0.5 < others[3]["similarity"] < 1 and 0.2 < others[4]["similarity"] < 1, "similarities: %s" % answer)
        alike = [a["similarity"] for a in answer["articles"]]
        equal(alike, sorted(alike, reverse=True), "the most alike first")
    equal(numbers(d.ask(op="similar", number=1, limit=1)["similar"]), [2], "the most alike one")
    equal(numbers(d.ask(op="similar", number=5)["similar"]), [], "nothing is like the unrelated one")


def check_cluster(d, began):
    for ask in ({"number": 1}, {"number": 3}, {"source": "copy日报", "id": "copy"}):
        answer = d.ask(op="cluster", **ask)["cluster"]
        equal((answer["head"], answer["head_id"], answer["members"]), (1, "first", 3), "cluster")
        equal(answer["articles"], [{"number": n, "id": name, "source": name + "日报", "title": "标题" + name}
                                   for n, name in ((1, "first"), (2, "copy"), (3, "near"))], "members")
        check((began - 1) * 1e6 <= answer["first_seen"] <= answer["last_seen"] <= (time.time() + 1) * 1e6, "times: %s" % answer)
    two = d.ask(op="cluster", number=1, limit=2)["cluster"]
    equal((two["members"], numbers(two)), (3, [1, 2]), "two of three")
    for n, name in ((4, "sibling"), (5, "unrelated")):
        own = d.ask(op="cluster", number=n)["cluster"]
        equal((own["head"], own["head_id"], own["members"], numbers(own)), (n, name, 1, [n]), "a cluster of one")


def similar_and_cluster():
    began = time.time()
    with Daemon().start() as d:
        sent(d)
        check_similar(d)
        check_cluster(d, began)
        for op in ("similar", "cluster"):
            for ask, field in (({"number": 6}, "number"), ({"source": "first日报", "id": "copy"}, "id"), ({"id": "zw-77"}, "id"),
                               ({"number": 1 << 63}, "number")):
                answer = d.ask(op=op, **ask)
                equal((answer["answer"], answer["error"], answer["field"]), ("error", "not_found", field), "%s of %s" % (op, ask))
        equal(d.stop(), 0, "exit")
        d.start()
        check_similar(d)
        check_cluster(d, began)


def too_old():
    """What the index does not hold any more is not found, though the article itself is; a head may be gone."""
    with Daemon() as d:
        with open(d.config, "w") as f:
            f.write("workers: 2\ndedup: { capacity: 1000, facts: 100000 }\nstore: { map: 2GiB }\n")
        d.start()
        s = Sender(d)
        for i in range(1, 1011):
            body = FIRST if i in (1, 1005) else text(i)
            s.send({"id": "a-%d" % i, "source": "test", "body": body if i != 900 else FIRST})
        s.receive(1010)
        check(s.acks["a-1005"]["kind"] == "exact", "the copy: %s" % s.acks["a-1005"])
        equal(d.ask(op="article", number=1)["answer"], "article", "the article is kept")
        for op in ("similar", "cluster"):
            equal(d.ask(op=op, number=1).get("error"), "not_found", op + " of one that has left the index")
        cluster = d.ask(op="cluster", number=1005)["cluster"]
        equal((cluster["head"], cluster["head_id"], cluster["members"], numbers(cluster)), (1, "a-1", 2, [900, 1005]), "cluster")


def zhiwen(d, *args, status=0):
    done = subprocess.run([os.path.join(BIN, "zhiwen"), *args], env=dict(os.environ, ZHIWEN_SOCKETS=d.dir), capture_output=True, timeout=60)
    equal(done.returncode, status, "exit of %s: %s" % (args, done.stderr.decode()))
    return done.stdout.decode()


def command_line():
    with Daemon().start() as d:
        sent(d)
        for op in ("similar", "cluster"):
            right = d.ask(op=op, number=1)[op]
            for ask in (["1"], ["first", "--source", "first日报"], ["--source", "first日报", "--id", "first"]):
                equal(json.loads(zhiwen(d, op, "--json", *ask)), right, "%s %s" % (op, ask))
            equal(numbers(json.loads(zhiwen(d, op, "--json", "--limit", "1", "1"))), numbers(right)[:1], op + " --limit")
            zhiwen(d, op, "99", status=1)
            zhiwen(d, op, "--source", "x", "--id", "1", status=1)
        table = [line.split() for line in zhiwen(d, "similar", "1").splitlines()]
        equal([line[1:5] for line in table], [["=", "2", "copy", "copy日报"], ["=", "3", "near", "near日报"],
                                              ["-", "4", "sibling", "sibling日报"]], "the table of similar")
        table = zhiwen(d, "cluster", "3").splitlines()
        equal([table[0].split(), table[1].split()], [["head", "1", "first"], ["members", "3"]], "the table of cluster")
        equal([line.split()[0] for line in table[4:]], ["1", "2", "3"], "members in the table")


if __name__ == "__main__":
    run(similar_and_cluster, too_old, command_line)
