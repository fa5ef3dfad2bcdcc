import assert from "node:assert/strict";
import { test } from "node:test";
import { escape } from "../src/explain/text";
import { output } from "../src/show/output";
import { label, line, lines, message } from "../src/show/text";

const HOSTILE = "a\u001b[2J\r\n\u009b2Jb\u202e";

test("everything that would not be seen is written out", () => {
  const cases: [text: string, shown: string][] = [
    ["Größe 漢字 ❤️ 👍🏽", "Größe 漢字 ❤️ 👍🏽"],
    [HOSTILE, "a\\u{1b}[2J\\r\\n\\u{9b}2Jb\\u{202e}"],
    ["👨\u200d👩\u3164\u{e0041}", "👨\\u{200d}👩\\u{3164}\\u{e0041}"],
    ["e\u0301\u0302\u0303\u0304\u0305", "e\u0301\u0302\u0303\u0304\\u{305}"],
    ["x".repeat(1_002), `${"x".repeat(1_000)}… 2 more`],
  ];
  for (const [text, shown] of cases) {
    assert.equal(line(text), shown);
  }
});

test("no character of an unseen category passes", () => {
  const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/u;
  for (let code = 0; code <= 0x10_ffff; code += 1) {
    const character = String.fromCodePoint(code);
    if (unseen.test(character)) {
      assert.doesNotMatch(line(character) + label(character), unseen);
    }
  }
});

test("lines stay lines where they may, and links and pictures are text", () => {
  assert.equal(lines(HOSTILE), "a\\u{1b}[2J\n\\u{9b}2Jb\\u{202e}");
  assert.equal(label("$(zap) a"), "\\$(zap) a");
  assert.equal(message("[a](command:rigkit.apply)"), "[a] (command:rigkit.apply)");
});

test("output is the last state of each line", () => {
  assert.deepEqual(output("10%\r20%\r\n\u001b[31mred\u001b[0m\u001b]0;t\u0007\tb\n\u0008"), [
    "20%",
    "red        b",
    "\\u{8}",
  ]);
});

test("no Markdown of a text is obeyed", () => {
  const cases: [text: string, shown: string][] = [
    ["<b> &lt; [a](command:x)", "\\<b\\> \\&lt; \\[a\\]\\(command:x\\)"],
    ["see https://a.b www.c.d\n# e", "see https\\://a.b www\\.c.d \\# e"],
  ];
  for (const [text, shown] of cases) {
    assert.equal(escape(text), shown);
  }
});
