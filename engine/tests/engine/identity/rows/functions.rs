//! Functions that handlers reach, however they get to them.

use super::super::{Row, row};

pub const FILES: &str = r#"
//- /functions/deep/one.ts
import { two } from "./two";
export const one = () => two() + 1;
//- /functions/deep/two.ts
import three from "./three";
export function two() { return three() + 2; }
//- /functions/deep/three.ts
import * as next from "./four";
export default () => next.four() + 3;
//- /functions/deep/four.ts
export { five as four } from "./five";
//- /functions/deep/five.ts
const depth = 5;
export const five = (add = depth) => add;
//- /functions/tools.ts
const strength = 3;
const side = 4;
export const tools = {
  pack() { return "pack"; },
  unpack() { return "un" + this.pack(); },
  press: () => strength,
  other: () => "other",
};
export const box = { get area() { return side * side; }, label: "box" };
export const counter = (() => {
  let count = 10;
  return { next: () => count };
})();
export const labelled = Object.assign(() => 1, { label: "one" });
export const tagged = Object.assign(() => 2, { [Symbol.for("tag")]: "two" });
export function Old() {}
Old.prototype.greet = () => "old";
export const method = "called";
export const byName = { [method]() { return "by name"; }, [`${method}2`]: () => "second" };
export const overridden = { run() { return "first"; }, ...{ run() { return "last"; } } };
export const parse = JSON.parse;
export const bound = ((greeting: string, name: string) => greeting + name).bind(null, "hi");
//- /functions/recursion.ts
const base = 0;
export function isEven(n: number): boolean { return n === base ? true : isOdd(n - 1); }
export function isOdd(n: number): boolean { return n === base ? false : isEven(n - 1); }
export const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
//- /functions/tasks.ts
import { task } from "@rigkit/sdk";
import { one } from "./deep/one";
import { two } from "./deep/two";
import { five } from "./deep/five";
import { tools, box, counter, labelled, tagged, Old, byName, overridden, parse, bound } from "./tools";
import { isEven, factorial } from "./recursion";

const fetched = (name: string, url: string) => task(name, () => void url);

const perSize: Record<string, unknown> = {};
for (const [name, size] of Object.entries({ small: 1, large: 2 })) {
  perSize[name] = task(name, () => void size);
}

const limit = 10;
const sql = (parts: TemplateStringsArray, ...values: unknown[]) => parts.join("?") + values.length;
function* numbers() { yield limit; }
const wait = async () => { await null; return "waited"; };
const { press: pressed } = tools;
const compose = (...steps: ((text: string) => string)[]) => (text: string) => steps.reduce((done, step) => step(done), text);
const loud = compose((text) => text.toUpperCase(), (text) => text + "!");

const named = async () => void "named";
class Runner {
  constructor(readonly speed: number) {}
  run = () => void this.speed;
}
const runner = new Runner(1);

export const functions = {
  deepOne: task("deepOne", () => void one()),
  deepTwo: task("deepTwo", () => void two()),
  deepFive: task("deepFive", () => void five()),
  packs: task("packs", () => void tools.pack()),
  unpacks: task("unpacks", () => void tools.unpack()),
  presses: task("presses", () => void tools.press()),
  pressed: task("pressed", () => void pressed()),
  area: task("area", () => void box.area),
  label: task("label", () => void box.label),
  counts: task("counts", () => void counter.next),
  labelled: task("labelled", () => void labelled),
  tagged: task("tagged", () => void tagged),
  old: task("old", () => void new (Old as never)()),
  byName: task("byName", () => void byName.called()),
  overridden: task("overridden", () => void overridden.run()),
  parse: task("parse", () => void parse("1")),
  bound: task("bound", () => void bound("you")),
  even: task("even", () => void isEven(4)),
  factorial: task("factorial", () => void factorial(4)),
  fetchedA: fetched("fetchedA", "https://a.test"),
  fetchedB: fetched("fetchedB", "https://b.test"),
  ...perSize,
  query: task("query", () => void sql`select ${limit}`),
  numbers: task("numbers", () => void [...numbers()]),
  waits: task("waits", async () => void (await wait())),
  loud: task("loud", () => void loud("hey")),
  named: task("named", named),
  runner: task("runner", runner.run),
  defaulted: task("defaulted", (_: unknown, most = limit) => void most),
};
"#;

const TASKS: &str = "functions/tasks.ts";
const TOOLS: &str = "functions/tools.ts";

pub fn rows() -> Vec<Row> {
    let mut rows = deep();
    rows.extend(methods());
    rows.extend(made());
    rows.extend(kinds());
    rows
}

fn deep() -> Vec<Row> {
    vec![
        row("a constant five files away")
            .edit("functions/deep/five.ts", "depth = 5", "depth = 6")
            .reruns(&["deepFive", "deepOne", "deepTwo"])
            .tells(&[
                "deepFive: depth 5 → 6",
                "deepOne: depth 5 → 6",
                "deepTwo: depth 5 → 6",
            ]),
        row("a helper three files away")
            .edit("functions/deep/three.ts", "+ 3", "+ 4")
            .reruns(&["deepOne", "deepTwo"])
            .tells(&[
                "deepOne: three # → # at functions/deep/three.ts:2",
                "deepTwo: three # → # at functions/deep/three.ts:2",
            ]),
        row("a helper one file away")
            .edit("functions/deep/one.ts", "+ 1", "+ 0")
            .reruns(&["deepOne"]),
        row("a default argument")
            .edit("functions/deep/five.ts", "add = depth", "add = depth + 1")
            .reruns(&["deepFive", "deepOne", "deepTwo"]),
        row("a comment five files away").edit(
            "functions/deep/five.ts",
            "const depth",
            "// So deep.\nconst depth",
        ),
        row("a type four files away").edit("functions/deep/two.ts", "two()", "two(): number"),
        row("a helper renamed on the way")
            .edit_all("functions/deep/two.ts", "three", "third")
            .edit("functions/deep/two.ts", "./third", "./three"),
        row("a helper that another replaces")
            .edit(
                "functions/deep/four.ts",
                "{ five as four }",
                "{ other as four }",
            )
            .edit(
                "functions/deep/five.ts",
                "export const five",
                "export const other = () => 0;\nexport const five",
            )
            .reruns(&["deepOne", "deepTwo"]),
        row("a constant that both functions of a circle use")
            .edit("functions/recursion.ts", "base = 0", "base = 1 - 1 + 1")
            .reruns(&["even"]),
        row("the other function of a circle")
            .edit(
                "functions/recursion.ts",
                "? false : isEven",
                "? !1 : isEven",
            )
            .reruns(&["even"]),
        row("a function that calls itself")
            .edit("functions/recursion.ts", "n < 2", "n < 3")
            .reruns(&["factorial"]),
        row("a comment in a circle").edit("functions/recursion.ts", "? true", "/* yes */ ? true"),
    ]
}

fn methods() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(TOOLS, from, to);
    vec![
        edit("a method", "return \"pack\"", "return \"packed\"").reruns(&["packs", "unpacks"]),
        edit("a method that calls another", "\"un\" +", "\"re\" +").reruns(&["unpacks"]),
        edit(
            "what a function in an object captures",
            "strength = 3",
            "strength = 4",
        )
        .reruns(&["pressed", "presses", "unpacks"]),
        edit(
            "a function beside those that are called",
            "\"other\"",
            "\"another\"",
        )
        .reruns(&["unpacks"]),
        edit("a getter", "side * side", "side + side").reruns(&["area"]),
        edit("what a getter captures", "side = 4", "side = 5").reruns(&["area"]),
        edit(
            "a value beside a getter",
            "label: \"box\"",
            "label: \"case\"",
        )
        .reruns(&["area", "label"]),
        edit(
            "a variable that a function keeps",
            "count = 10",
            "count = 11",
        )
        .reruns(&["counts"]),
        edit(
            "a property of a function",
            "label: \"one\"",
            "label: \"uno\"",
        )
        .reruns(&["labelled"]),
        edit("a symbol property of a function", "\"two\"", "\"due\"").reruns(&["tagged"]),
        edit("a function on a prototype", "\"old\"", "\"new\"").reruns(&["old"]),
        edit(
            "a method under a computed name",
            "\"by name\"",
            "\"by number\"",
        )
        .reruns(&["byName"]),
        edit(
            "the name of a method",
            "method = \"called\"",
            "method = \"call\" + \"ed\"",
        ),
        edit("a method that another overrides", "\"first\"", "\"1st\""),
        edit("the method that overrides it", "\"last\"", "\"final\"").reruns(&["overridden"]),
        edit(
            "another function of the language",
            "parse = JSON.parse",
            "parse = Date.parse",
        )
        .reruns(&["parse"]),
    ]
}

fn made() -> Vec<Row> {
    vec![
        row("what a factory is given")
            .edit(TASKS, "\"https://a.test\"", "\"https://c.test\"")
            .reruns(&["fetchedA"])
            .tells(&["fetchedA: url \"https://a.test\" → \"https://c.test\""]),
        row("what a factory makes")
            .edit(TASKS, "() => void url", "() => void [url]")
            .reruns(&["fetchedA", "fetchedB"]),
        row("what else a factory does").edit(
            TASKS,
            "=> task(name, () => void url)",
            "=> { const made = task(name, () => void url); return made; }",
        ),
        row("one value of a loop")
            .edit(TASKS, "large: 2", "large: 3")
            .reruns(&["large"])
            .tells(&["large: size 2 → 3"]),
        row("a turn more of a loop").edit(TASKS, "large: 2", "large: 2, huge: 3"),
        row("a bound argument")
            .edit(TOOLS, "bind(null, \"hi\")", "bind(null, \"ho\")")
            .reruns(&["bound"]),
        row("a bound function")
            .edit(TOOLS, "=> greeting + name", "=> name + greeting")
            .reruns(&["bound"]),
        row("a function handed to another")
            .edit(TASKS, "text + \"!\"", "text + \"?\"")
            .reruns(&["loud"]),
        row("a function that keeps functions")
            .edit(TASKS, "step(done), text)", "step(done), text + text)")
            .reruns(&["loud"]),
        row("a handler with a name")
            .edit(TASKS, "void \"named\"", "void \"renamed\"")
            .reruns(&["named"]),
        row("the name of a handler")
            .edit_all(TASKS, "named =", "titled =")
            .edit(TASKS, "\"named\", named)", "\"named\", titled)"),
        row("what a handler finds in its object")
            .edit(TASKS, "new Runner(1)", "new Runner(2)")
            .reruns(&["runner"]),
    ]
}

fn kinds() -> Vec<Row> {
    let edit = |name, from, to, task| row(name).edit(TASKS, from, to).reruns(&[task]);
    vec![
        row("a constant that generators, templates and defaults use")
            .edit(TASKS, "limit = 10", "limit = 11")
            .reruns(&["defaulted", "numbers", "query"]),
        edit("the text of a template", "select ${", "delete ${", "query"),
        edit(
            "the function of a template",
            "join(\"?\")",
            "join(\"$\")",
            "query",
        ),
        edit("a generator", "yield limit", "yield -limit", "numbers"),
        edit("an async helper", "\"waited\"", "\"done\"", "waits"),
        edit(
            "a helper no longer async",
            "async () => { await null; return",
            "() => { return",
            "waits",
        ),
    ]
}
