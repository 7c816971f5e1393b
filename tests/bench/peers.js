// usage: node peers.js ARTICLES.jsonl ROUNDS     microseconds an article of tagging, for each peer that is installed beside this file
const fs = require("fs");
const texts = fs.readFileSync(process.argv[2], "utf8").trim().split("\n").map((line) => JSON.parse(line).text);
const out = {};
function time(name, tag) {
  tag(texts[0]); // loads its dictionary
  out[name] = [];
  for (let round = 0; round < +process.argv[3]; round++) {
    const began = process.cpuUsage();
    for (const text of texts) tag(text);
    const spent = process.cpuUsage(began);
    out[name].push((spent.user + spent.system) / texts.length);
  }
}
try {
  const jieba = require("nodejieba");
  time("nodejieba tag", (text) => jieba.tag(text));
} catch (e) { process.stderr.write("nodejieba: " + e.message + "\n"); }
try {
  const { Jieba } = require("@node-rs/jieba");
  const { dict } = require("@node-rs/jieba/dict");
  const jieba = Jieba.withDict(dict);
  time("@node-rs/jieba tag", (text) => jieba.tag(text));
} catch (e) { process.stderr.write("@node-rs/jieba: " + e.message + "\n"); }
console.log(JSON.stringify(out));
