//! What a handler captures that is no code.

use super::super::{Row, row};

pub const FILES: &str = r#"
//- /values/constants.ts
export const text = "main";
export const whole = 7;
export const flag = true;
export const nothing = null;
export const missing = undefined;
export const zero = 0;
export const notNumber = NaN;
export const big = 10n;
export const mark = Symbol("mark");
export const nested = { first: { list: [1, { deep: "x" }] }, second: 1 };
export const list = ["x", "y"];
export const versions = { node: "22", pnpm: "9", tools: { lint: 1, format: 2 } };
//- /values/objects.ts
export const sizes = new Map<string, unknown>([["small", 1], ["large", { width: 2 }]]);
export const names = new Set(["ada", "bob"]);
export const since = new Date("2024-01-01T00:00:00Z");
export const pattern = /^v\d+$/;
export const bytes = new Uint8Array([1, 2, 3]);
export const link = new URL("https://example.test/a");
export const failure = new Error("no disk");
export const headers = new Headers({ accept: "text/html" });
export const decoder = new TextDecoder("utf-8");
export const sparse = [1, , 3];
export const bare = Object.assign(Object.create(null), { plain: 1 });
export const self: { own?: unknown; label: string } = { label: "round" };
self.own = self;
//- /values/tasks.ts
import { task } from "@rigkit/sdk";
import { text, whole, flag, nothing, missing, zero, notNumber, big, mark, nested, list, versions } from "./constants";
import { sizes, names, since, pattern, bytes, link, failure, headers, decoder, sparse, bare, self } from "./objects";

const merged = { ...versions, extra: 1 };
const { node: destructured } = versions;
const [head, ...tail] = list;
const key = "computed";
const table = { [key]: "by key", other: "not used" };

let mode = "first";
mode = "second";

let settled = "first";
void Promise.resolve().then(() => null).then(() => { settled = "then"; });
const lone = "\ud800 alone";

export const values = {
  settled: task("settled", () => void settled),
  lone: task("lone", () => void lone),
  text: task("text", () => void text),
  whole: task("whole", () => void whole),
  flag: task("flag", () => void flag),
  nothing: task("nothing", () => void nothing),
  missing: task("missing", () => void missing),
  zero: task("zero", () => void zero),
  notNumber: task("notNumber", () => void notNumber),
  big: task("big", () => void big),
  mark: task("mark", () => void mark),
  nested: task("nested", () => void nested),
  deepMember: task("deepMember", () => void nested.first.list[1]),
  list: task("list", () => void list),
  node: task("node", () => void versions.node),
  bracketed: task("bracket", () => void versions["node"]),
  unpacked: task("unpacked", () => {
    const { node, tools: { lint = 0 } } = versions;
    return { ctx: { node, lint } };
  }),
  rest: task("rest", () => {
    const { node, ...rest } = versions;
    return { ctx: { node, rest } };
  }),
  format: task("format", () => void versions.tools.format),
  versions: task("versions", () => void versions),
  merged: task("merged", () => void merged),
  destructured: task("destructured", () => void destructured),
  head: task("head", () => void head),
  tail: task("tail", () => void tail),
  table: task("table", ({ step }) => void table[String(step.ctx.x) as "other"]),
  byKey: task("byKey", () => void table.computed),
  mode: task("mode", () => void mode),
  sizes: task("sizes", () => void sizes),
  names: task("names", () => void names),
  since: task("since", () => void since),
  pattern: task("pattern", () => void pattern),
  bytes: task("bytes", () => void bytes),
  link: task("link", () => void link),
  failure: task("failure", () => void failure),
  headers: task("headers", () => void headers),
  decoder: task("decoder", () => void decoder),
  sparse: task("sparse", () => void sparse),
  bare: task("bare", () => void bare),
  self: task("self", () => void self),
};
"#;

const CONSTANTS: &str = "values/constants.ts";
const OBJECTS: &str = "values/objects.ts";
const TASKS: &str = "values/tasks.ts";

pub fn rows() -> Vec<Row> {
    let mut rows = primitives();
    rows.extend(same_values());
    rows.extend(plain_objects());
    rows.extend(members());
    rows.extend(built_in_objects());
    rows
}

fn primitives() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(CONSTANTS, from, to);
    vec![
        edit("a text", "\"main\"", "\"dev\"")
            .reruns(&["text"])
            .tells(&["text: text \"main\" → \"dev\""]),
        edit("a number", "whole = 7", "whole = 8")
            .reruns(&["whole"])
            .tells(&["whole: whole 7 → 8"]),
        edit("a number as a text", "whole = 7", "whole = \"7\"")
            .reruns(&["whole"])
            .tells(&["whole: whole 7 → \"7\""]),
        edit("a boolean", "flag = true", "flag = false").reruns(&["flag"]),
        edit(
            "null becomes undefined",
            "nothing = null",
            "nothing = undefined",
        )
        .reruns(&["nothing"])
        .tells(&["nothing: nothing null → undefined"]),
        edit(
            "undefined becomes null",
            "missing = undefined",
            "missing = null",
        )
        .reruns(&["missing"]),
        edit("zero becomes minus zero", "zero = 0", "zero = -0").reruns(&["zero"]),
        edit("no number becomes one", "notNumber = NaN", "notNumber = 0").reruns(&["notNumber"]),
        edit("a bigint", "10n", "11n")
            .reruns(&["big"])
            .tells(&["big: big 10 → 11"]),
        edit("a bigint becomes a number", "10n", "10").reruns(&["big"]),
        edit(
            "the description of a symbol",
            "Symbol(\"mark\")",
            "Symbol(\"other\")",
        )
        .reruns(&["mark"]),
        row("a variable at the end of loading")
            .edit(TASKS, "mode = \"second\"", "mode = \"third\"")
            .reruns(&["mode"])
            .tells(&["mode: mode \"second\" → \"third\""]),
        row("a variable that a promise sets")
            .edit(TASKS, "settled = \"then\"", "settled = \"later\"")
            .reruns(&["settled"])
            .tells(&["settled: settled \"then\" → \"later\""]),
        row("half a character")
            .edit(TASKS, "\\ud800 alone", "\\ud801 alone")
            .reruns(&["lone"]),
        row("a value that a variable had before").edit(
            TASKS,
            "mode = \"first\"",
            "mode = \"zeroth\"",
        ),
    ]
}

fn same_values() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(CONSTANTS, from, to);
    vec![
        edit(
            "a constant computed otherwise",
            "whole = 7",
            "whole = 3 + 4",
        ),
        edit(
            "a text put together",
            "text = \"main\"",
            "text = [\"ma\", \"in\"].join(\"\")",
        ),
        edit("a boolean computed", "flag = true", "flag = !0"),
        edit("no number computed", "notNumber = NaN", "notNumber = 0 / 0"),
        edit("a bigint spelled otherwise", "10n", "0xAn"),
        edit(
            "an array made by a call",
            "[\"x\", \"y\"]",
            "\"x,y\".split(\",\")",
        ),
        edit(
            "a constant that nobody captures",
            "export const text",
            "export const unused = 1;\nexport const text",
        ),
        row("a date written otherwise").edit(
            OBJECTS,
            "new Date(\"2024-01-01T00:00:00Z\")",
            "new Date(Date.UTC(2024, 0, 1))",
        ),
    ]
}

fn plain_objects() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(CONSTANTS, from, to);
    vec![
        edit("a nested value", "deep: \"x\"", "deep: \"y\"").reruns(&["deepMember", "nested"]),
        edit("a member added", "second: 1", "second: 1, third: undefined").reruns(&["nested"]),
        edit("a member renamed", "second: 1", "other: 1").reruns(&["nested"]),
        edit(
            "the order of keys",
            "{ first: { list: [1, { deep: \"x\" }] }, second: 1 }",
            "{ second: 1, first: { list: [1, { deep: \"x\" }] } }",
        ),
        edit("the order of items", "[\"x\", \"y\"]", "[\"y\", \"x\"]")
            .reruns(&["head", "list", "tail"]),
        edit("an item added", "[\"x\", \"y\"]", "[\"x\", \"y\", \"z\"]").reruns(&["list", "tail"]),
        row("a member that is spread")
            .edit(TASKS, "extra: 1", "extra: 2")
            .reruns(&["merged"]),
        row("a computed key")
            .edit(TASKS, "key = \"computed\"", "key = \"renamed\"")
            .reruns(&["byKey", "table"]),
        row("a member under a computed key")
            .edit(TASKS, "\"by key\"", "\"by name\"")
            .reruns(&["byKey", "table"]),
        row("a member beside it")
            .edit(TASKS, "\"not used\"", "\"unused\"")
            .reruns(&["table"]),
        row("a hole filled")
            .edit(OBJECTS, "[1, , 3]", "[1, undefined, 3]")
            .reruns(&["sparse"]),
        row("an object without a prototype")
            .edit(OBJECTS, "{ plain: 1 }", "{ plain: 2 }")
            .reruns(&["bare"]),
        row("an object that holds itself")
            .edit(OBJECTS, "\"round\"", "\"square\"")
            .reruns(&["self"]),
    ]
}

fn members() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(CONSTANTS, from, to);
    vec![
        edit("a member that is used", "node: \"22\"", "node: \"24\"")
            .reruns(&["bracket", "destructured", "merged", "node", "rest", "unpacked", "versions"])
            .tells(&[
                "bracket: versions.node \"22\" → \"24\"",
                "destructured: destructured \"22\" → \"24\"",
                "merged: merged {\"node\":\"22\",\"pnpm\":\"9\",\"tools\":{\"lint\":1,\"format\":2},\"extra\":1} → {\"node\":\"24\",\"pnpm\":\"9\",\"tools\":{\"lint\":1,\"format\":2},\"extra\":1}",
                "node: versions.node \"22\" → \"24\"",
                "rest: versions {\"node\":\"22\",\"pnpm\":\"9\",\"tools\":{\"lint\":1,\"format\":2}} → {\"node\":\"24\",\"pnpm\":\"9\",\"tools\":{\"lint\":1,\"format\":2}}",
                "unpacked: versions.node \"22\" → \"24\"",
                "versions: versions {\"node\":\"22\",\"pnpm\":\"9\",\"tools\":{\"lint\":1,\"format\":2}} → {\"node\":\"24\",\"pnpm\":\"9\",\"tools\":{\"lint\":1,\"format\":2}}",
            ]),
        edit("a member that few use", "pnpm: \"9\"", "pnpm: \"10\"").reruns(&["merged", "rest", "versions"]),
        edit("a member of a member", "format: 2", "format: 3").reruns(&["format", "merged", "rest", "versions"]),
        edit("a member that is taken out", "lint: 1", "lint: 2").reruns(&["merged", "rest", "unpacked", "versions"]),
    ]
}

fn built_in_objects() -> Vec<Row> {
    let edit = |name, from, to, task| row(name).edit(OBJECTS, from, to).reruns(&[task]);
    vec![
        edit("a value in a map", "width: 2", "width: 3", "sizes"),
        edit("a key of a map", "\"small\"", "\"tiny\"", "sizes"),
        edit("an item of a set", "\"bob\"", "\"eve\"", "names"),
        edit("a date", "2024-01-01", "2024-01-02", "since"),
        edit("a regular expression", "\\d+$/", "\\d*$/", "pattern"),
        edit(
            "the flag of a regular expression",
            "\\d+$/",
            "\\d+$/i",
            "pattern",
        ),
        edit("a byte", "[1, 2, 3]", "[1, 2, 4]", "bytes"),
        edit(
            "the kind of bytes",
            "new Uint8Array",
            "new Int8Array",
            "bytes",
        ),
        edit("a URL", "example.test/a", "example.test/b", "link"),
        edit(
            "the message of an error",
            "\"no disk\"",
            "\"no room\"",
            "failure",
        ),
        edit(
            "the kind of an error",
            "new Error(",
            "new TypeError(",
            "failure",
        ),
        edit(
            "the headers of a request",
            "text/html",
            "text/plain",
            "headers",
        ),
        edit(
            "the encoding of a decoder",
            "\"utf-8\"",
            "\"utf-16le\"",
            "decoder",
        ),
        row("the line on which an error is made").edit(
            OBJECTS,
            "export const failure",
            "\n\n  export const failure",
        ),
    ]
}
