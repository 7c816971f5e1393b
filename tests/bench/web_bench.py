"""Measures, does not test: zhiwen-web with a million facts (web_fill makes them), no daemon needed.

usage: web_bench.py [FACTS] [DIR]    DIR is kept and used again
"""
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

BIN = os.environ.get("ZHIWEN_BIN", "build/release/bin")
ROUNDS = 7
QUESTIONS = [
    ("all, newest", "/api/facts", {}), ("a type", "/api/facts", {"type": "award"}), ("a province", "/api/facts", {"region": "330000"}), ("a county", "/api/facts", {"region": "330302"}),
    ("a year", "/api/facts", {"from": "2010", "to": "2010"}), ("confidence", "/api/facts", {"confidence": "0.9"}), ("an outlet", "/api/facts", {"source": "温州日报"}),
    ("an indicator", "/api/facts", {"indicator": "产品质量合格率"}), ("an article", "/api/facts", {"article": "4711"}),
    ("nothing", "/api/facts", {"type": "recall"}), ("in the middle", "/api/facts", {"before": "500000"}),
    ("text, a common word", "/api/facts", {"q": "质量"}), ("text, one character", "/api/facts", {"q": "质"}), ("text, a phrase", "/api/facts", {"q": "质量提升行动"}),
    ("text, two words", "/api/facts", {"q": "質量 監管"}), ("text, a rare word", "/api/facts", {"q": "乐清市质量标准4711"}), ("everything together", "/api/facts",
     {"q": "质量", "type": "award", "region": "330000", "from": "2005", "to": "2015", "modality": "asserted", "confidence": "0.7"}),
    ("facets", "/api/facets", {}), ("facets, filtered", "/api/facets", {"type": "award", "region": "330000"}), ("facets, text", "/api/facets", {"q": "质量"}),
    ("map", "/api/map", {}), ("map, an indicator", "/api/map", {"level": "prefecture", "parent": "330000", "indicator": "产品质量合格率"}), ("timeline by month", "/api/timeline", {"by": "month"}),
    ("indicators", "/api/indicators", {}), ("series", "/api/series", {"indicator": "产品质量合格率", "region": "330300"}), ("state", "/api/state", {}), ("feed", "/feed.atom", {"q": "奖励"}),
]


def ask(port, path, query):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.perf_counter()
    c.request("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))
    r = c.getresponse()
    size = len(r.read())
    took = (time.perf_counter() - began) * 1000
    c.close()
    return took, size, r.status


def first_paint(port):
    """What the page asks for before it shows anything, all at once."""
    threads = [threading.Thread(target=ask, args=(port, path, {})) for path in ("/", "/api/facts", "/api/facets", "/api/regions", "/api/state")]
    began = time.perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return (time.perf_counter() - began) * 1000


def main():
    facts = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
    folder = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="zw-web-bench-")
    if not os.path.exists(folder + "/facts.db"):
        print(subprocess.run([BIN + "/web_fill", str(facts), folder], check=True, capture_output=True, text=True).stdout, end="")
    log = open(folder + "/log", "w+")
    began = time.perf_counter()
    web = subprocess.Popen([BIN + "/zhiwen-web", "--state-dir", folder, "--socket-dir", folder, "--listen", "127.0.0.1:0"], stderr=log)
    try:
        while "http://" not in open(log.name).read():
            time.sleep(0.05)
        port = int(open(log.name).read().split("http://")[1].split("/")[0].split(":")[1])
        while True:
            try:
                ask(port, "/api/state", {})
                break
            except OSError:
                time.sleep(0.05)
        with open("/proc/%d/status" % web.pid) as f:
            rss = next(int(line.split()[1]) / 1024 for line in f if line.startswith("VmRSS"))
        print("up after %.1f s, %.0f MB of memory, load %.1f" % (time.perf_counter() - began, rss, os.getloadavg()[0]))
        print("%-24s %8s %8s %9s" % ("", "median", "worst", "bytes"))
        for name, path, query in QUESTIONS:
            runs = [ask(port, path, query) for _ in range(ROUNDS)]
            times = [t for t, _, _ in runs]
            print("%-24s %5.0f ms %5.0f ms %9d%s" % (name, statistics.median(times), max(times), runs[0][1], "" if runs[0][2] == 200 else "  status %d" % runs[0][2]))
        paints = [first_paint(port) for _ in range(ROUNDS)]
        print("%-24s %5.0f ms %5.0f ms" % ("first paint's questions", statistics.median(paints), max(paints)))
    finally:
        web.terminate()
        web.wait()


main()
