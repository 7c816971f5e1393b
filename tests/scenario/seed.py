#!/usr/bin/env python3
"""The real article that bears every damage: what must be read right in it. Needs $ZHIWEN_EVAL (seed.txt), else skips (77)."""
import json, os, re, subprocess, sys

folder = os.environ.get("ZHIWEN_EVAL")
if not folder or not os.path.exists(os.path.join(folder, "seed.txt")):
    print("skipped: no measuring tools ($ZHIWEN_EVAL)")
    sys.exit(77)
seed = os.path.join(folder, "seed.txt")
raw = open(seed, "rb").read()
zhiwen = os.path.join(os.environ["ZHIWEN_BIN"], "zhiwen")


def run(*arguments):
    return subprocess.run([zhiwen, *arguments], capture_output=True, text=True, check=True).stdout


text = run("repair", seed)
assert "?" not in text and not re.search(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+\)", text), "annotations are left"
for words in ("浙江省政府质量奖颁奖大会", "质量两个字的分量", "向质量优势企业倾斜", "县(市、区)", "(2006-2020)", "乡镇(街道)"):
    assert words in text, words
assert text.count("支树平") == 1, "the body stands once"

article = json.loads(run("extract", seed))
facts = article["facts"]
assert len(article["related"]) == 5 and all(r["date"].startswith("2011-02-") for r in article["related"]), article["related"]
assert len({f["id"] for f in facts}) == len(facts), "each fact once"
for f in facts:
    assert raw[f["span"]["start"]:f["span"]["end"]].decode() == f["span"]["quote"], f["span"]
    assert f["also"], ("the body stands twice", f)

documents = {f["title"]: f["time"] for f in facts if f["type"] == "policy_document" and f["action"] == "issue"}
for title, year in (("温州市质量与品牌发展规划(2006-2020)", "2006"), ("温州市千家企业名牌培育工程(2006-2010)", "2006"),
                    ("关于深化名牌发展战略创建区域品牌的指导意见", "2008"), ("温州市市长质量奖评审管理办法", "2009"),
                    ("温州市质量与品牌工作考核办法", "2010"), ("深化温州市农产品品牌建设的实施意见", "2010")):
    assert documents.get(title, "").startswith(year), (title, documents)
awards = {(f["recipient"], f["award"], f.get("edition"), f["time"]) for f in facts if f["type"] == "award"}
for firm in ("正泰集团", "康奈集团"):
    assert (firm, "浙江省政府质量奖", "首届", "2010-11-18") in awards, awards
values = {f["value"] for f in facts if f["type"] == "indicator"}
assert {3616, 597, 85, 38, 5, 2, 4, 249} <= values, values
