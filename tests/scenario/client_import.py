"""What `zhiwen send` reads: pages, feeds, crawls and archives, recognised by their content, whole and damaged; sent again,
everything is known."""
import base64
import bz2
import gzip
import io
import json
import lzma
import os
import pathlib
import subprocess
import tarfile
import zipfile
import zlib

from daemon_lib import BIN, Daemon, check, equal, run, text

ZHIWEN = os.path.join(BIN, "zhiwen")
PAGE = """<!DOCTYPE html><html><head><meta charset="%s"><title>质量工作通报_温州日报</title>
<link rel="canonical" href="http://www.example.gov.cn/art/%d.html"><meta name="SiteName" content="浙江质量网">
<meta name="PubDate" content="2010-11-18"></head><body><h1>质量工作通报</h1>%s</body></html>"""


def page(n, charset="utf-8"):
    return (PAGE % (charset, n, "".join("<p>%s</p>" % line for line in text(n).splitlines()))).encode(
        {"gb2312": "gb18030"}.get(charset, charset))


def jsonl(numbers):
    return "".join(json.dumps({"text": text(n), "source": "行"}, ensure_ascii=False) + "\n" for n in numbers).encode()


def rss(numbers, head='<?xml version="1.0" encoding="utf-8"?>', encoding="utf-8"):
    items = "".join("<item><title>通报%d</title><link>http://rss.example.com/%d</link><guid>g-%d</guid>"
                    "<pubDate>Wed, 17 Nov 2010 20:30:00 GMT</pubDate><description>摘要</description>"
                    "<content:encoded><![CDATA[<p>%s</p>]]></content:encoded></item>" % (n, n, n, text(n)) for n in numbers)
    return (head + '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>质量要闻</title>'
            '<image><title>图</title></image>%s</channel></rss>' % items).encode(encoding)


def atom(numbers):
    entries = "".join('<entry><title>通报</title><link rel="replies" href="http://x/no"/><link href="http://atom.example.com/%d"/><id>urn:%d</id>'
                      '<updated>2010-11-17T20:00:00.5Z</updated><summary>摘要</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
                      '<p>%s</p></div></content></entry>' % (n, n, text(n)) for n in numbers)
    return ('<feed xmlns="http://www.w3.org/2005/Atom"><title>要闻</title>%s</feed>' % entries).encode()


def rdf(numbers):
    items = "".join('<item rdf:about="http://rdf.example.com/%d"><title>通报</title><link>http://rdf.example.com/%d</link><dc:date>2010-11-18</dc:date>'
                    '<description>%s</description></item>' % (n, n, text(n)) for n in numbers)
    return ('<?xml version="1.0"?>\n<!-- made by hand -->\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>旧式要闻</title></channel>%s</rdf:RDF>' % items).encode()


def record(kind, url, block, content_type):
    head = "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2020-01-01T00:00:00Z\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    return (head % (kind, url, content_type, len(block))).encode() + block + b"\r\n\r\n"


def response(url, body, content_type="text/html", status="200 OK", more=""):
    head = "HTTP/1.1 %s\r\nContent-Type: %s\r\n%s\r\n" % (status, content_type, more)
    return record("response", url, head.encode() + body, "application/http; msgtype=response")


def chunked(data):
    cut = [data[k:k + 700] for k in range(0, len(data), 700)]
    return b"".join(b"%x;x=y\r\n%s\r\n" % (len(part), part) for part in cut) + b"0\r\n\r\n"


def warc(first):
    """The records, and which of them are articles."""
    raw = zlib.compressobj(wbits=-15)
    deflated = raw.compress(page(first + 4)) + raw.flush()
    return [record("warcinfo", "", b"software: test\r\n", "application/warc-fields"),
            response("http://w.example.com/0", page(first)),
            record("request", "http://w.example.com/0", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
            response("http://w.example.com/1", page(first + 1, "gb2312"), "text/html; charset=gb2312"),
            response("http://w.example.com/2", chunked(page(first + 2)), more="Transfer-Encoding: chunked\r\n"),
            response("http://w.example.com/3", chunked(gzip.compress(page(first + 3))), more="Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n"),
            response("http://w.example.com/4", deflated, more="Content-Encoding: deflate\r\n"),
            response("http://w.example.com/p", b"\x89PNG", "image/png"),
            response("http://w.example.com/r", b"", status="301 Moved"),
            record("resource", "<http://w.example.com/5>", text(first + 5).encode(), "text/plain; charset=utf-8"),
            record("conversion", "http://w.example.com/6", text(first + 6).encode(), "text/plain")], 7


def tar(files, mode="w:"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout


def send(d, *args, status=0, stdin=None):
    done = subprocess.run([ZHIWEN, "send", "--json", *map(str, args)], env=dict(os.environ, ZHIWEN_SOCKETS=d.dir), input=stdin,
                          capture_output=True, timeout=120)
    check(b"Sanitizer" not in done.stderr, done.stderr[-4000:].decode(errors="replace"))
    equal(done.returncode, status, "exit of send %s: %s %s" % (args, done.stdout.decode(), done.stderr.decode()))
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def article(d, outcome):
    return d.ask(op="article", number=outcome["number"])["article"]


def put(d, name, data):
    path = pathlib.Path(d.dir, "in", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def every_format():
    records, good = warc(100)
    files = [("a.txt", text(1).encode(), 1), ("b.html", page(2), 1), ("page-without-name", page(3, "gb2312"), 1), ("c.jsonl", jsonl([4, 5]), 2),
             ("lines", b"\xef\xbb\xbf" + jsonl([6, 7]), 2), ("d.rss", rss([8, 9]), 2), ("e.xml", atom([10, 11]), 2), ("f.rdf", rdf([12]), 1),
             ("gbk.xml", rss([13], '<?xml version="1.0" encoding="gb2312"?>', "gb18030"), 1),
             ("g.warc", b"".join(records), good), ("h.jsonl.gz", gzip.compress(jsonl([14])) + gzip.compress(jsonl([15])), 2),
             ("i.txt.zst", zstd(text(16).encode()), 1), ("j.bz2", bz2.compress(text(17).encode()), 1), ("k.xz", lzma.compress(page(18)), 1),
             ("l.tar", tar([("x/a.txt", text(19).encode()), ("x/.hidden", b"no"), ("x/b.jsonl.gz", gzip.compress(jsonl([20, 21])))]), 3),
             ("m.tar.gz", tar([("a.txt", text(22).encode())], "w:gz"), 1), ("n", zstd(tar([("a.xml", rss([23]))])), 1),
             ("o.warc.gz", b"".join(gzip.compress(r) for r in warc(200)[0]), good), ("q.tgz", gzip.compress(tar([("old.tar.xz", lzma.compress(tar([("t", text(24).encode())])))])), 1)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("in/a.html", page(25))
    files.append(("r.zip", out.getvalue(), 1))
    with Daemon().start() as d:
        for name, data, _ in files:
            put(d, name, data)
        folder = pathlib.Path(d.dir, "in")
        outcomes = send(d, folder)
        for name, _, count in files:
            mine = [o for o in outcomes if o["file"].startswith(str(folder / name))]
            equal([o["status"] for o in mine], ["new"] * count, name)
        check(all(o["facts"] > 0 for o in outcomes), "articles without facts: %s" % [o for o in outcomes if not o["facts"]])
        again = send(d, folder)
        check(all(o["repeat"] for o in again), "not known again: %s" % [o for o in again if not o["repeat"]])
        equal([o["number"] for o in again], [o["number"] for o in outcomes], "the first answers")

        def of(name, k=0):
            return article(d, [o for o in outcomes if o["file"].startswith(str(folder / name))][k])
        gbk = of("page-without-name")
        equal((gbk["url"], gbk["source"], gbk["published"], gbk["title"]),
              ("http://www.example.gov.cn/art/3.html", "浙江质量网", "2010-11-18", "质量工作通报"), "what a page says of itself")
        item = of("d.rss")
        equal((item["id"], item["url"], item["source"], item["published"], item["title"]),
              ("g-8", "http://rss.example.com/8", "质量要闻", "2010-11-18", "通报8"), "an item of RSS")
        check("摘要" not in item["text"], "the summary of an item that is whole")
        equal((of("e.xml")["url"], of("e.xml")["source"], of("e.xml")["id"]), ("http://atom.example.com/10", "要闻", "urn:10"), "an Atom entry")
        equal(of("e.xml")["published"], "2010-11-18", "the day in China")
        equal((of("f.rdf")["url"], of("f.rdf")["published"]), ("http://rdf.example.com/12", "2010-11-18"), "an RDF item")
        equal(of("gbk.xml")["source"], "质量要闻", "a feed in GBK")
        equal([(of("g.warc", k)["url"], of("g.warc", k)["source"]) for k in range(7)],
              [("http://w.example.com/%d" % k, "浙江质量网" if k < 5 else "w.example.com") for k in range(7)], "records of WARC")
        for k in range(5):
            equal(of("g.warc", k)["text"], of("b.html")["text"].replace(text(2).strip(), text(100 + k).strip()), "text of record %d" % k)
        crawl = [o for o in outcomes if o["file"].endswith("o.warc.gz")]
        data = (folder / "o.warc.gz").read_bytes()
        check(all(data[o["offset"]:o["offset"] + 3] == b"\x1f\x8b\x08" for o in crawl), "offsets of records")
        equal([o["item"] for o in outcomes if o["file"].endswith("d.rss")], [1, 2], "items")
        piped = send(d, "-", stdin=(folder / "m.tar.gz").read_bytes())
        equal((piped[0]["file"], piped[0]["repeat"]), ("-:a.txt", True), "standard input")
        equal(d.stop(), 0, "exit")


def damage_is_told_and_passed():
    """Of everything damaged, the place is told and what is whole arrives."""
    records = [response("http://w.example.com/%d" % n, page(n)) for n in range(8)]
    packed = [gzip.compress(r, mtime=0) for r in records]

    def flipped(data, at):
        return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1:]

    def with_length(r, length):
        head, rest = r.split(b"Content-Length: ", 1)
        return head + b"Content-Length: " + length + rest[rest.index(b"\r\n"):]
    at3 = sum(map(len, packed[:3]))
    three = packed[3]
    with Daemon().start() as d:
        def sent(name, data, bad, good, offset=None):
            out = send(d, put(d, name, data), status=1)
            failed = [o for o in out if o["status"] == "failed"]
            check(len(failed) >= bad, "%s: %s" % (name, out))
            check(all(o["message"] for o in failed), "%s without a reason" % name)
            if offset is not None:
                equal(failed[0].get("offset"), offset, "%s: place of the damage: %s" % (name, failed))
            equal(len([o for o in out if o["status"] in ("new", "duplicate")]), good, "%s: articles: %s" % (name, out))
        for k in (0, 12, len(three) // 2, len(three) - 5):
            sent("flip%d.warc.gz" % k, b"".join(packed[:3]) + flipped(three, k) + b"".join(packed[4:]), 1, 7, at3)
        sent("cut.warc.gz", b"".join(packed)[:-40], 1, 7)
        sent("noise.warc.gz", b"".join(packed[:3]) + os.urandom(500) + b"".join(packed[3:]), 1, 8, at3)
        plain = sum(map(len, records[:3]))
        for name, length in [("short", b"60"), ("long", b"9000"), ("huge", b"99999999999"), ("none", b"x")]:
            sent(name + ".warc", b"".join(records[:3]) + with_length(records[3], length) + b"".join(records[4:]), 1, 7, plain)
        sent("one-member.warc.gz", gzip.compress(b"".join(records[:3]) + with_length(records[3], b"60") + b"".join(records[4:])), 1, 7)
        sent("cut.warc", b"".join(records)[:-40], 1, 7, sum(map(len, records[:7])))
        sent("brotli.warc", response("http://w.example.com/b", b"\x0b\x02", more="Content-Encoding: br\r\n") + records[0], 1, 1, 0)
        sent("chunks.warc", response("http://w.example.com/b", b"5\r\nabcde\r\n99\r\nx", more="Transfer-Encoding: chunked\r\n") + records[0], 1, 1, 0)

        whole = tar([("%d.txt" % n, text(20 + n).encode()) for n in range(6)])
        second = whole.index(b"1.txt")
        sent("header.tar", flipped(whole, second + 150), 1, 5)
        sent("cut.tar", whole[:second + 600], 1, 1)
        sent("cut.tar.gz", gzip.compress(whole)[:-2000], 1, 0) if len(gzip.compress(whole)) > 4000 else None
        sent("cut.zst", zstd(text(30).encode())[:-20], 1, 0)
        sent("crc.txt.gz", flipped(gzip.compress(text(31).encode()), -6), 1, 0)
        long = jsonl(range(40, 60))
        sent("bad.jsonl", long.replace(b'{"text"', b'{"text', 1), 1, 19)
        sent("feed.xml", rss([70, 71]).replace(b"<title>\xe9\x80\x9a\xe6\x8a\xa571</title>", b"<title>A & B &nbsp; </title>"), 1, 2)
        sent("empty-item.xml", rss([72, 73]) .replace(b"<description>", b"<x>").replace(b"</description>", b"</x>").replace(b"content:encoded", b"y", 2), 1, 1)
        sent("cut.xml", rss([74, 75])[:-300], 1, 1)
        sent("picture.png", b"\x89PNG\r\n\x1a\n", 1, 0)
        bomb = text(80).encode()
        for _ in range(12):
            bomb = gzip.compress(bomb)
        sent("deep.gz", bomb, 1, 0)
        sent("large.gz", gzip.compress(b"a" * (65 << 20)), 1, 0)
        out = send(d, "--jsonl", put(d, "x.txt", b"[1]\n"), status=1)
        equal((out[0]["status"], out[0]["line"]), ("failed", 1), "--jsonl")
        equal(d.stop(), 0, "exit")


def a_broken_run_is_repeated():
    """A run that is killed in its midst and repeated: each article is there once."""
    with Daemon().start() as d:
        path = put(d, "many.jsonl", jsonl(range(600)))
        process = subprocess.Popen([ZHIWEN, "send", "-q", "--window", "20", str(path)], env=dict(os.environ, ZHIWEN_SOCKETS=d.dir))
        while d.status()["articles"]["new"] < 50:
            pass
        process.kill()
        process.wait()
        before = d.status()["articles"]["new"]
        out = send(d, path)
        check(before < 600 and any(o["repeat"] for o in out), "it was done before it was killed")
        equal(sorted({o["number"] for o in out}), list(range(1, 601)), "numbers")
        equal(d.status()["articles"]["new"], 600, "articles")


run(every_format, damage_is_told_and_passed, a_broken_run_is_repeated)
