"""Monitoring: `zhiwen status --check` and `zhiwen metrics`, as a monitor would read them."""
import http.client
import os
import signal
import socket
import subprocess
import time

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from client_cli import ZHIWEN, zhiwen
from daemon_lib import Daemon, Sender, article, check, equal, run


def samples(text):
    """By name and labels; the parser refuses what is not OpenMetrics."""
    check(text.endswith("# EOF\n"), "no # EOF")
    found = {}
    for family in text_string_to_metric_families(text):
        for s in family.samples:
            key = (s.name, tuple(sorted(s.labels.items())))
            check(key not in found, "twice: %s" % (key,))
            found[key] = s.value
    return found


def metrics_are_openmetrics():
    with Daemon().start() as d:
        s = Sender(d)
        for n in (1, 2, 1):
            s.submit(article(n))
        s.submit(dict(article(3), body=""))
        m = samples(zhiwen("metrics", where=d.dir).stdout.decode())
        equal(m[("zhiwen_up", ())], 1, "up")
        equal(m[("zhiwen_articles_total", (("outcome", "new"),))], 2, "new articles")
        equal(m[("zhiwen_articles_total", (("outcome", "rejected"),))], 1, "refused articles")
        check(m[("zhiwen_facts_total", ())] > 0, "facts")
        check(m[("zhiwen_store_commit_seconds_total", ())] > 0, "seconds of commits")
        equal(m[("zhiwen_queue_in_flight", ())], 0, "in flight")
        check(any(name == "zhiwen_build_info" for name, _ in m), "no build info")
        status = d.status()
        numbers = [(a, b) for a in status for b in (status[a] if isinstance(status[a], dict) else [None])]
        check(len(m) > len(numbers) * 3 // 4, "%d samples of %d numbers" % (len(m), len(numbers)))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(port, path, method="GET"):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    c.request(method, path)
    r = c.getresponse()
    body = r.read().decode()
    c.close()
    return r, body


def served_over_http():
    port = free_port()
    with Daemon().start() as d:
        serving = subprocess.Popen([ZHIWEN, "metrics", "--socket-dir", d.dir, "--timeout", "2", "--listen", "127.0.0.1:%d" % port])
        try:
            for _ in range(200):
                try:
                    r, body = get(port, "/metrics")
                    break
                except ConnectionRefusedError:
                    time.sleep(0.1)
            equal(r.status, 200, "status")
            check(r.getheader("Content-Type").startswith("application/openmetrics-text"), "content type")
            equal(samples(body)[("zhiwen_up", ())], 1, "up")
            equal(get(port, "/")[0].status, 404, "another path")
            equal(get(port, "/metrics", "POST")[0].status, 405, "another method")
            d.stop()
            equal(samples(get(port, "/metrics")[1]), {("zhiwen_up", ()): 0}, "while the daemon is down")
            d.start()
            equal(samples(get(port, "/metrics")[1])[("zhiwen_up", ())], 1, "when it is back")
        finally:
            serving.send_signal(signal.SIGTERM)
        equal(serving.wait(20), 0, "exit")
        done = zhiwen("metrics", "--listen", "0.0.0.0:%d" % port, where=d.dir, status=2)
        check(b"anyone on the network" in done.stderr, "refusal of a public address")
    zhiwen("metrics", "--timeout", "0.3", status=3)


def health():
    with Daemon() as d:
        rules = os.path.join(d.dir, "rules")
        os.mkdir(rules)
        pack = os.path.join(rules, "a.yaml")
        d.configure("rules: { dirs: [%s] }\n" % rules)
        open(pack, "w").write("rules: []\n")
        d.start()
        check(b"ZHIWEN OK: " in zhiwen("status", "--check", where=d.dir).stdout, "all well")
        open(pack, "w").write("rules: [{ rule: x }]\n")
        d.process.send_signal(signal.SIGHUP)
        for _ in range(200):
            if d.status()["rules"]["reload_failed"]:
                break
            time.sleep(0.1)
        check(b"WARNING: the last reload" in zhiwen("status", "--check", where=d.dir, status=1).stdout, "a failed reload")
        open(pack, "w").write("rules: []\n")
        d.process.send_signal(signal.SIGHUP)
        for _ in range(200):
            if not d.status()["rules"]["reload_failed"]:
                break
            time.sleep(0.1)
        zhiwen("status", "--check", where=d.dir)
    check(b"CRITICAL: zhiwend does not answer" in zhiwen("status", "--check", "--timeout", "0.3", status=2).stdout, "nobody there")
    zhiwen("status", "--check", "--wrong", status=3)


if __name__ == "__main__":
    run(metrics_are_openmetrics, served_over_http, health)
