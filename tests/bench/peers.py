"""What others need for the nearest of what zhiwen does, on the same articles in the same run."""
import json
import os
import random
import shutil
import subprocess
import time
import zlib


def jieba_posseg(texts, rounds):
    try:
        import jieba
        import jieba.posseg
    except ImportError:
        return None
    jieba.setLogLevel(60)
    list(jieba.posseg.cut(texts[0][:50]))
    out = []
    for _ in range(rounds):
        began = time.process_time()
        for text in texts:
            for _word in jieba.posseg.cut(text):
                pass
        out.append(1e6 * (time.process_time() - began) / len(texts))
    return out


def minhash(texts, rounds, functions=128):
    """Plain Python: runs of five characters, 128 hash functions modulo a prime, the smallest of each."""
    r, prime = random.Random(1), (1 << 61) - 1
    both = [(r.randrange(1, prime), r.randrange(prime)) for _ in range(functions)]
    out = []
    for _ in range(rounds):
        began = time.process_time()
        for text in texts:
            runs = {zlib.crc32(text[i:i + 5].encode()) for i in range(len(text) - 4)}
            [min((a * x + b) % prime for x in runs) for a, b in both]
        out.append(1e6 * (time.process_time() - began) / len(texts))
    return out


def opencc(texts, rounds, folder):
    if not shutil.which("opencc"):
        return None
    path, once, out = os.path.join(folder, "opencc.txt"), os.path.join(folder, "opencc-empty.txt"), []

    def spent(name):
        before = os.times()
        subprocess.run(["opencc", "-c", "t2s.json", "-i", name, "-o", os.devnull], check=True)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system
    with open(path, "w", encoding="utf-8") as f:
        f.write("".join(texts) * 20)
    with open(once, "w", encoding="utf-8") as f:
        f.write("质\n")
    for _ in range(rounds):
        out.append(1e6 * (spent(path) - spent(once)) / (20 * len(texts)))
    return out


def node(articles, rounds, folder, here):
    """Installed into the build folder; None where there is no npm or no network."""
    if not shutil.which("npm"):
        return {}
    os.makedirs(folder, exist_ok=True)
    shutil.copy(os.path.join(here, "peers.js"), folder)
    with open(os.path.join(folder, "package.json"), "w") as f:
        f.write('{"name": "peers", "private": true}\n')
    for package in ("@node-rs/jieba@2.0.3", "nodejieba@3.5.8"): # one by one: the second is compiled, which may fail
        if os.path.isdir(os.path.join(folder, "node_modules", package[:package.rindex("@")])):
            continue
        done = subprocess.run(["npm", "install", "--yes", "--no-audit", "--no-fund", package], cwd=folder, capture_output=True,
                              text=True)
        if done.returncode != 0:
            print("npm install %s failed: it is left out" % package)
    done = subprocess.run(["node", "peers.js", articles, str(rounds)], cwd=folder, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else {}


def measure(path, folder, here, rounds, few):
    with open(path, encoding="utf-8") as f:
        texts = [json.loads(line)["text"] for line in f]
    out = {"jieba posseg": jieba_posseg(texts[:few], min(rounds, 3)), "Python MinHash 128": minhash(texts[:few], min(rounds, 3)),
           "opencc t2s": opencc(texts, rounds, folder)}
    out.update(node(path, rounds, os.path.join(folder, "npm"), here))
    return {name: us for name, us in out.items() if us}
