//! Scopes: what a name stands for where it is used.

use super::super::{Row, row};

pub const FILES: &str = r#"
//- /closures/made.ts
import { task } from "@rigkit/sdk";
const prefix = "run ";
export const named = ({ name, url: address }: { name: string; url: string }, ...flags: string[]) =>
  task(name, () => void [prefix, address, ...flags]);
export const curried = (a: number) => (b: number) => (c: number) => a + b + c;
//- /closures/values.ts
export const outer = "outer";
export const inner = "inner";
export const settings = { retries: 3, [Symbol.for("mode")]: "fast", deep: { list: [1] } };
const base = 10;
export enum Computed { First = base, Second = First * 2 }
export const text = `${outer} and ${inner}`;
export const handlers = new Map([["first", () => void "first"], ["second", () => void "second"]]);
export const pair = {
  stored: "stored",
  get value() { return this.stored + inner; },
  set value(next) { this.stored = next; },
};
const field = "label";
export class Shape {
  static sides: number;
  static { Shape.sides = base; }
  #secretName() { return "secret"; }
  [field]() { return this.#secretName(); }
  static of = (...sizes: number[]) => sizes.length;
}
export function overloaded(value: string): string;
export function overloaded(value: unknown) { return value; }
//- /closures/tasks.ts
import { task } from "@rigkit/sdk";
import { named, curried } from "./made";
import { outer, inner, settings, Computed, text, handlers, pair, Shape, overloaded } from "./values";
import * as values from "./values";

const sum = curried(1)(2);
const collected: Record<string, unknown> = {};
let index = 0;
while (index < 2) {
  const turn = index;
  collected[`turn${turn}`] = task(`turn${turn}`, () => void turn);
  index += 1;
}
const everything = { ...values, only: 1 };

export const closures = {
  shadowed: task("shadowed", () => {
    const outer = inner;
    return { ctx: { outer } };
  }),
  caught: task("caught", () => {
    try { return { ctx: { inner } }; } catch (outer) { throw outer; }
  }),
  nestedFunctions: task("nestedFunctions", () => void [1].map(() => () => [2].map(() => outer))),
  optional: task("optional", () => void settings?.retries),
  optionalDeep: task("optionalDeep", () => void settings.deep?.list?.[0]),
  asked: task("asked", () => void ("retries" in settings)),
  symbolic: task("symbolic", () => void settings[Symbol.for("mode") as never]),
  computedEnum: task("computedEnum", () => void Computed.Second),
  joined: task("joined", () => void text),
  fromMap: task("fromMap", handlers.get("first") as never),
  allHandlers: task("allHandlers", () => void handlers),
  pair: task("pair", () => void pair.value),
  shape: task("shape", () => void new Shape()),
  shapeStatic: task("shapeStatic", () => void Shape.of(1)),
  overloaded: task("overloaded", () => void overloaded("a")),
  sum: task("sum", () => void sum(3)),
  site: named({ name: "site", url: "https://site.test" }, "--fast"),
  page: named({ name: "page", url: "https://page.test" }),
  ...collected,
  everything: task("everything", () => void everything.outer),
  hoisted: task("hoisted", () => void later()),
};

function later() { return helper; }
const helper = "helper";
"#;

const VALUES: &str = "closures/values.ts";
const TASKS: &str = "closures/tasks.ts";

pub fn rows() -> Vec<Row> {
    let mut rows = scopes();
    rows.extend(values());
    rows.extend(classes());
    rows
}

fn scopes() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(TASKS, from, to);
    let made = |name, from, to| row(name).edit("closures/made.ts", from, to);
    vec![
        row("a name that local variables hide")
            .edit(VALUES, "outer = \"outer\"", "outer = \"other\"")
            .reruns(&["everything", "joined", "nestedFunctions"]),
        row("a name that is used beside it")
            .edit(VALUES, "inner = \"inner\"", "inner = \"other\"")
            .reruns(&["caught", "joined", "pair", "shadowed"]),
        edit("the value of a turn", "index < 2", "index < 3"),
        edit("where a loop begins", "let index = 0", "let index = 1 - 1"),
        edit(
            "the first argument of several calls",
            "curried(1)(2)",
            "curried(4)(2)",
        )
        .reruns(&["sum"]),
        edit(
            "the second argument of several calls",
            "curried(1)(2)",
            "curried(1)(5)",
        )
        .reruns(&["sum"]),
        edit(
            "arguments that change places",
            "curried(1)(2)",
            "curried(2)(1)",
        )
        .reruns(&["sum"]),
        edit(
            "a destructured argument",
            "https://site.test",
            "https://site.example",
        )
        .reruns(&["site"]),
        edit(
            "one of the rest of the arguments",
            "\"--fast\"",
            "\"--slow\"",
        )
        .reruns(&["site"]),
        edit(
            "one argument more",
            "\"https://page.test\" }",
            "\"https://page.test\" }, \"--fast\"",
        )
        .reruns(&["page"]),
        made("a constant beside a factory", "\"run \"", "\"go \"").reruns(&["page", "site"]),
        made(
            "an argument of a factory renamed",
            "url: address",
            "url: place",
        )
        .edit("closures/made.ts", "[prefix, address,", "[prefix, place,"),
        made(
            "a type of a factory",
            "url: string }",
            "url: string; note?: string }",
        ),
        edit(
            "a constant behind its use",
            "helper = \"helper\"",
            "helper = \"help\"",
        )
        .reruns(&["hoisted"]),
        edit(
            "a local variable that hides another name",
            "const outer = inner",
            "const outer = [inner][0]",
        )
        .reruns(&["shadowed"]),
    ]
}

fn values() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(VALUES, from, to);
    vec![
        edit(
            "a member behind a question mark",
            "retries: 3",
            "retries: 4",
        )
        .reruns(&["asked", "optional", "symbolic"]),
        edit(
            "a member behind two question marks",
            "list: [1]",
            "list: [2]",
        )
        .reruns(&["asked", "optionalDeep", "symbolic"]),
        edit("a member under a symbol", "\"fast\"", "\"slow\"").reruns(&["asked", "symbolic"]),
        edit(
            "a constant that an enum is computed from",
            "base = 10",
            "base = 11",
        )
        .reruns(&["computedEnum", "shape", "shapeStatic"]),
        edit(
            "a constant put together from others",
            "${outer} and",
            "${outer} or",
        )
        .reruns(&["joined"]),
        edit(
            "a handler in a map",
            "() => void \"first\"",
            "() => void \"1st\"",
        )
        .reruns(&["allHandlers", "fromMap"]),
        edit(
            "a handler beside it in a map",
            "() => void \"second\"",
            "() => void \"2nd\"",
        )
        .reruns(&["allHandlers"]),
        edit(
            "a setter beside a getter",
            "this.stored = next",
            "this.stored = next + \"\"",
        )
        .reruns(&["pair"]),
        edit(
            "a value that a getter uses",
            "stored: \"stored\"",
            "stored: \"kept\"",
        )
        .reruns(&["pair"]),
        edit(
            "an assertion of a type",
            "deep: { list: [1] } }",
            "deep: { list: [1] } } as const",
        ),
        edit(
            "an overload",
            "(value: string): string;",
            "(value: string): string;\nexport function overloaded(value: number): number;",
        ),
        edit(
            "a function with overloads",
            "{ return value; }",
            "{ return [value]; }",
        )
        .reruns(&["overloaded"]),
    ]
}

fn classes() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(VALUES, from, to);
    let shapes = ["shape", "shapeStatic"];
    vec![
        edit("a private method", "return \"secret\"", "return \"hidden\"").reruns(&shapes),
        edit(
            "the computed name of a method",
            "field = \"label\"",
            "field = \"title\"",
        )
        .reruns(&shapes),
        edit(
            "a static block",
            "Shape.sides = base",
            "Shape.sides = base + 1",
        )
        .reruns(&shapes),
        edit("a static function", "=> sizes.length", "=> sizes.at(0)").reruns(&shapes),
        edit(
            "a type of a field",
            "static sides: number",
            "static sides: 10 | 11",
        ),
    ]
}
