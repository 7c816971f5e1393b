"""How cost grows: a pack of many rules to measure with, and the curves."""
import os
import shutil


def write_pack(folder, shipped, count):
    """The shipped rules and `count` more, each with a verb of its own out of two characters."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("lexicon", "*.md"))
    if not count:
        return
    with open(os.path.join(folder, "generated.yaml"), "w", encoding="utf-8") as f:
        f.write("rules:\n")
        for i in range(count):
            verb = chr(0x4E00 + i % 97 * 31) + chr(0x6000 + i // 97 * 17)
            f.write("  - rule: generated-%d\n    type: policy_document\n"
                    "    when: '(?<issuers>{GOV})[^,。]{0,6}%s(?:了|过)?(?<title>{DOC})'\n    set: { action: issue }\n" % (i, verb))


def draw(scaling, folder):
    try:
        import matplotlib
    except ImportError:
        print("python3-matplotlib is not there: no curves")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot
    for name, x, y, log in (("text", "bytes of text", "µs an article", True), ("rules", "rules beside the shipped ones", "µs an article", False),
                            ("articles", "articles in the index", "µs to decide and insert", True),
                            ("subscribers", "subscribers", "articles/s", True)):
        figure, axes = pyplot.subplots(figsize=(5, 3.2))
        axes.plot(*zip(*scaling[name]), marker="o")
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.set_ylim(bottom=0 if name != "text" else None)
        if log:
            axes.set_xscale("log")
        if name == "text":
            axes.set_yscale("log")
        axes.grid(True, alpha=0.3)
        figure.tight_layout()
        figure.savefig(os.path.join(folder, "%s.svg" % name), metadata={"Date": None})
        pyplot.close(figure)
