//! How values travel between files.

use super::super::{Row, row};

pub const FILES: &str = r#"
//- /modules/source.ts
export const first = "first";
export const second = "second";
export default { third: "third" };
//- /modules/again.ts
export { first as renamed } from "./source";
export * from "./source";
export * as whole from "./source";
//- /modules/data.json
{ "name": "site", "ports": { "web": 80, "api": 81 } }
//- /modules/ring/left.ts
import { right } from "./right";
export const leftValue = "left";
export const left = (n: number): string => (n > 0 ? right(n - 1) : leftValue);
//- /modules/ring/right.ts
import { left } from "./left";
export const rightValue = "right";
export const right = (n: number): string => (n > 0 ? left(n - 1) : rightValue);
//- /modules/lazy/start.ts
import { detail } from "./detail";
// Is loaded by a handler.
export const start = () => detail;
//- /modules/lazy/detail.ts
export const detail: string = "detail";
//- /modules/legacy.cjs
const part = require("./legacy-part.cjs");
// Is no module of the language.
module.exports = { legacy: part.value };
//- /modules/legacy-part.cjs
exports.value = "part";
//- /linked/shared/package.json
{ "name": "shared", "version": "1.0.0", "type": "module", "exports": "./index.ts" }
//- /linked/shared/index.ts
const unit = "px";
export const width = (n: number) => n + unit;
export const height = (n: number) => `${n}`;
//- /modules/tasks.ts
import { task } from "@rigkit/sdk";
import standard, { second } from "./source";
import { renamed, first, whole } from "./again";
import * as all from "./source";
import data from "./data.json";
import { left } from "./ring/left";
import legacy from "./legacy.cjs";
import { width } from "shared";

export const modules = {
  standard: task("standard", () => void standard.third),
  second: task("second", () => void second),
  renamed: task("renamed", () => void renamed),
  starred: task("starred", () => void first),
  nestedNamespace: task("nestedNamespace", () => void whole.second),
  namespaceMember: task("namespaceMember", () => void all.second),
  namespace: task("namespace", () => void Object.keys(all)),
  json: task("json", () => void data),
  jsonMember: task("jsonMember", () => void data.ports.web),
  ring: task("ring", () => void left(3)),
  lazy: task("lazy", async () => void (await import("./lazy/start"))),
  legacy: task("legacy", () => void legacy),
  shared: task("shared", () => void width(1)),
  here: task("here", () => void import.meta.filename),
};
"#;

const SOURCE: &str = "modules/source.ts";

pub fn rows() -> Vec<Row> {
    let mut rows = exports();
    rows.extend(data());
    rows.extend(lazy());
    rows
}

fn exports() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(SOURCE, from, to);
    vec![
        edit("an export under several names", "\"first\"", "\"1st\"")
            .reruns(&["namespace", "renamed", "starred"])
            .tells(&[
                "namespace: all {\"default\":{\"third\":\"third\"},\"first\":\"first\",\"second\":\"second\"} → {\"default\":{\"third\":\"third\"},\"first\":\"1st\",\"second\":\"second\"}",
                "renamed: renamed \"first\" → \"1st\"",
                "starred: first \"first\" → \"1st\"",
            ]),
        edit("an export of a namespace", "\"second\"", "\"2nd\"")
            .reruns(&["namespace", "namespaceMember", "nestedNamespace", "second"]),
        edit("the default export", "\"third\"", "\"3rd\"").reruns(&["namespace", "standard"]),
        edit("an export more", "export default", "export const more = 1;\nexport default").reruns(&["namespace"]),
        row("another export under a name").edit("modules/again.ts", "first as renamed", "second as renamed").reruns(&["renamed"]),
        row("an export of its own that hides one")
            .edit("modules/again.ts", "export * from", "export const first = \"own\";\nexport * from")
            .reruns(&["starred"]),
        row("another way to the same export")
            .edit("modules/tasks.ts", "import { renamed, first, whole }", "import { first } from \"./source\";\nimport { renamed, whole }"),
        row("a value in a circle of files")
            .edit("modules/ring/right.ts", "= \"right\"", "= \"rechts\"")
            .reruns(&["ring"])
            .tells(&["ring: rightValue \"right\" → \"rechts\""]),
        row("a comment in a circle of files").edit("modules/ring/left.ts", "export const left ", "// Goes right.\nexport const left "),
        row("a function of a linked package").edit("linked/shared/index.ts", "n + unit", "unit + n").reruns(&["shared"]),
        row("a constant of a linked package").edit("linked/shared/index.ts", "\"px\"", "\"em\"").reruns(&["shared"]),
        row("another function of a linked package").edit("linked/shared/index.ts", "`${n}`", "`${n}%`"),
        row("the version of a linked package").edit("linked/shared/package.json", "1.0.0", "2.0.0"),
    ]
}

fn data() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit("modules/data.json", from, to);
    vec![
        edit("a value in a JSON file", "80", "8080").reruns(&["json", "jsonMember"]).tells(&[
            "json: data {\"name\":\"site\",\"ports\":{\"web\":80,\"api\":81}} → {\"name\":\"site\",\"ports\":{\"web\":8080,\"api\":81}}",
            "jsonMember: data.ports.web 80 → 8080",
        ]),
        edit("a value beside it in a JSON file", "\"site\"", "\"page\"").reruns(&["json"]),
        edit("the layout of a JSON file", "{ \"web\": 80,", "{\n\"web\": 80.0,"),
    ]
}

fn lazy() -> Vec<Row> {
    vec![
        row("a file that a handler imports")
            .edit("modules/lazy/start.ts", "() => detail", "() => [detail]")
            .reruns(&["lazy"]),
        row("a file behind a file that a handler imports")
            .edit("modules/lazy/detail.ts", "\"detail\"", "\"details\"")
            .reruns(&["lazy"]),
        row("a comment in a file that a handler imports").edit(
            "modules/lazy/start.ts",
            "// Is loaded by a handler.",
            "/* Is imported late. */",
        ),
        row("a type in a file behind it").edit("modules/lazy/detail.ts", ": string", ""),
        row("a file moved that a handler imports")
            .rename_file("modules/lazy/start.ts", "modules/lazy/begin.ts")
            .edit("modules/tasks.ts", "./lazy/start", "./lazy/begin"),
        row("a CommonJS file")
            .edit("modules/legacy.cjs", "legacy: part", "old: part")
            .reruns(&["legacy"]),
        row("a CommonJS file that another requires")
            .edit("modules/legacy-part.cjs", "\"part\"", "\"piece\"")
            .reruns(&["legacy"]),
        row("a comment in a CommonJS file").edit(
            "modules/legacy.cjs",
            "// Is no module",
            "// Is not a module",
        ),
        row("a handler's own file moved")
            .rename_file("modules/tasks.ts", "modules/all.ts")
            .edit("rig.config.ts", "./modules/tasks", "./modules/all")
            .reruns(&["here"]),
    ]
}
