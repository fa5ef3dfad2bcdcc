//! Enums, namespaces and classes.

use super::super::{Row, row};

pub const FILES: &str = r#"
//- /types/kinds.ts
export enum Level { Low = 1, High = 2 }
export const enum Mode { Fast = "fast", Slow = "slow" }
export namespace Paths {
  export const root = "/srv";
  const hidden = "log";
  export const log = () => root + hidden;
}
//- /types/classes.ts
const unit = "kg";
export class Base {
  weigh() { return 1 + unit; }
}
export class Parcel extends Base {
  static limit = 20;
  label = "parcel";
  constructor(public weight: number) { super(); }
  get heavy() { return this.weight > Parcel.limit; }
}
export class Other {
  describe() { return "other"; }
}
export const parcel = new Parcel(5);
export const other = new Other();
export const Local = class { size = 1; };
export class Cache extends Map<string, number> {}
export const cache = new Cache([["a", 1]]);
export const derived = Object.create({ inherited: "yes" }, { own: { value: "hidden", enumerable: false } });
//- /types/tasks.ts
import { task } from "@rigkit/sdk";
import { Level, Mode, Paths } from "./kinds";
import { Parcel, Other, Local, parcel, other, cache, derived } from "./classes";

const weigh = parcel.weigh;

export const types = {
  high: task("high", () => void Level.High),
  level: task("level", () => void Level),
  fast: task("fast", () => void Mode.Fast),
  root: task("root", () => void Paths.root),
  log: task("log", () => void Paths.log()),
  makes: task("makes", () => void new Parcel(1)),
  instance: task("instance", () => void parcel),
  method: task("method", () => void weigh()),
  other: task("other", () => void other),
  otherClass: task("otherClass", () => void new Other()),
  local: task("local", () => void new Local()),
  cache: task("cache", () => void cache),
  derived: task("derived", () => void derived),
};
"#;

const KINDS: &str = "types/kinds.ts";
const CLASSES: &str = "types/classes.ts";

pub fn rows() -> Vec<Row> {
    let mut rows = kinds();
    rows.extend(classes());
    rows
}

fn kinds() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(KINDS, from, to);
    vec![
        edit("a member of an enum", "High = 2", "High = 3").reruns(&["high", "level"]),
        edit("a member added to an enum", "High = 2", "High = 2, Top = 3").reruns(&["level"]),
        edit("a member of a const enum", "\"fast\"", "\"quick\"").reruns(&["fast"]),
        edit("another member of a const enum", "\"slow\"", "\"lazy\""),
        edit("a constant of a namespace", "\"/srv\"", "\"/var\"").reruns(&["log", "root"]),
        edit("what a namespace keeps to itself", "\"log\"", "\"logs\"").reruns(&["log"]),
        edit(
            "a comment in a namespace",
            "export const log",
            "// For logs.\nexport const log",
        ),
    ]
}

fn classes() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(CLASSES, from, to);
    let parcels = ["instance", "makes", "method"];
    vec![
        edit(
            "a field of a class",
            "label = \"parcel\"",
            "label = \"box\"",
        )
        .reruns(&["instance", "makes"]),
        edit("a static field", "limit = 20", "limit = 30").reruns(&["instance", "makes"]),
        edit("a getter of a class", "> Parcel.limit", ">= Parcel.limit")
            .reruns(&["instance", "makes"]),
        edit("the class it extends", "1 + unit", "2 + unit").reruns(&parcels),
        edit("what the class it extends captures", "\"kg\"", "\"lb\"").reruns(&parcels),
        edit("the field of an instance", "new Parcel(5)", "new Parcel(6)").reruns(&["instance"]),
        edit("a method of another class", "\"other\"", "\"else\"").reruns(&["other", "otherClass"]),
        edit(
            "a comment in a class",
            "get heavy",
            "/** More than allowed. */ get heavy",
        ),
        edit("a type in a class", "get heavy()", "get heavy(): boolean"),
        row("the name of a class")
            .edit_all(CLASSES, "class Other", "class Another")
            .edit(CLASSES, "new Other()", "new Another()")
            .edit(
                "types/tasks.ts",
                "import { Parcel, Other,",
                "import { Parcel, Another as Other,",
            )
            .reruns(&["other", "otherClass"]),
        edit(
            "the name of what holds a class",
            "export const Local = class {",
            "export { held as Local };\nconst held = class {",
        ),
        edit("a class without a name", "size = 1", "size = 2").reruns(&["local"]),
        edit("an entry of a map with a class", "[\"a\", 1]", "[\"a\", 2]").reruns(&["cache"]),
        edit("a prototype that is no class", "\"yes\"", "\"no\"").reruns(&["derived"]),
        edit(
            "a member that is not enumerable",
            "\"hidden\"",
            "\"secret\"",
        )
        .reruns(&["derived"]),
        edit(
            "a member put on a class",
            "export const other",
            "Object.assign(Other.prototype, { more: () => 1 });\nexport const other",
        )
        .reruns(&["other", "otherClass"]),
    ]
}
