#!/usr/bin/python3
"""Publishes each file given as an article to zhiwend's `feed` socket.

    publish.py SOCKET_DIR FILE...      such as: publish.py /run/zhiwen news/*.txt

Needs python3-zmq and python3-msgpack. PUB drops what nobody is there for: who must lose nothing sends to `submit`.
"""
import pathlib
import sys
import time

import msgpack
import zmq


def message(path):
    article = {"id": path.name, "source": "publish.py", "body": path.read_bytes()}  # bytes: the charset is found out
    return msgpack.packb({"v": 1, "article": article}, use_bin_type=True)


def main(folder, *paths):
    socket = zmq.Context.instance().socket(zmq.XPUB)  # a PUB that hears who subscribes
    socket.connect(f"ipc://{folder}/feed.sock")  # or bind, and let zhiwend's feed.connect name it
    if not socket.poll(30000):
        sys.exit("zhiwend does not subscribe")
    socket.recv()
    for path in map(pathlib.Path, paths):
        socket.send_multipart([b"news." + path.suffix[1:].encode(), message(path)])
        print("published", path)
    time.sleep(0.2)  # let the last one leave
    socket.close(linger=2000)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
