"""What the cluster brings and costs: articles/s with one machine and with 1, 2, 3 instances that each have a fixed share of a core, the CPU time
of an article at instances and at brokers, and the bytes of a result. As root, against real brokers.

usage: ZW_BROKERS=real ZHIWEN_BIN=build/release/bin bench.py [SHARE] [SECONDS]     SHARE of a core for each instance (0.25)
"""
import glob
import os
import sys
import time

from cluster_lib import Cluster, Daemon, Sender
from daemon_lib import article

SHARE = float(sys.argv[1]) if len(sys.argv) > 1 else 0.25
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 30
GROUPS = "/sys/fs/cgroup/cpu"
AHEAD = 200  # articles that each instance has at hand


def limit(d, share):
    """The process gets so much of a core and no more."""
    if os.path.isdir(GROUPS):
        group, quota, procs = "%s/zw-%d" % (GROUPS, d.process.pid), "cpu.cfs_quota_us", "%d"
    else:
        group, quota, procs = "/sys/fs/cgroup/zw-%d" % d.process.pid, "cpu.max", "%d 100000"
    os.mkdir(group)
    with open(os.path.join(group, quota), "w") as f:
        f.write(procs % (share * 100000))
    with open(os.path.join(group, "cgroup.procs"), "w") as f:
        f.write("%d" % d.process.pid)
    return group


def cpu(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def broker_pids():
    pids = []
    for path in glob.glob(os.path.join(os.environ.get("ZW_BROKERS_DIR", "/none"), "[123]", "pid")):
        with open(path) as f:
            pids.append(int(f.read()))
    return pids


def drive(instances, first):
    """Keeps AHEAD articles at each instance for SECONDS. Articles/s, and CPU seconds an article of each instance and of all brokers."""
    senders = [Sender(d) for d in instances]
    n, done = first, 0
    for s in senders:
        for _ in range(AHEAD):
            s.send(article(n), req=n)
            n += 1
    def turn(until):
        nonlocal n, done
        while time.time() < until:
            for s in senders:
                if s.socket.poll(5):
                    s.take()
                    done += 1
                    s.send(article(n), req=n)
                    n += 1
    turn(time.time() + 5)  # until all is in its stride
    done, began = 0, time.time()
    before = [cpu(d.process.pid) for d in instances], sum(map(cpu, broker_pids()))
    turn(began + SECONDS)
    seconds = time.time() - began
    spent = [cpu(d.process.pid) - b for d, b in zip(instances, before[0])]
    brokers = sum(map(cpu, broker_pids())) - before[1]
    for s in senders:
        s.close()
    return done / seconds, sum(spent) / done, brokers / done, n


def row(what, rate, each, brokers):
    print("| %s | %.1f | %.2f | %s |" % (what, rate, each * 1e3, "%.2f" % (brokers * 1e3) if brokers else ""), flush=True)


print("Each daemon has %.2f of a core; articles of 1,400 bytes with about 9 facts.\n" % SHARE)
print("| | articles/s | CPU ms an article, all daemons together | CPU ms an article, all brokers |\n| --- | --- | --- | --- |")
groups, first = [], 0
with Daemon(workers=1).start() as one:
    groups.append(limit(one, SHARE))
    rate, each, _, first = drive([one], first)
    row("one machine, no Kafka", rate, each, 0)
for count in (1, 2, 3):
    with Cluster(count, "bench%d" % count) as c:
        c.share()
        groups += [limit(d, SHARE) for d in c.instances]
        rate, each, brokers, first = drive(c.instances, first)
        row("%d instance%s" % (count, "s" if count > 1 else ""), rate, each, brokers)
for group in groups:
    try:
        os.rmdir(group)
    except OSError:
        pass
