//! What comes from installed packages.

use super::super::{Row, row};

pub const FILES: &str = r#"
//- /node_modules/text-tools/package.json
{ "name": "text-tools", "version": "1.0.0", "type": "module", "exports": { ".": "./index.js", "./pad": "./pad.js", "./trim": "./trim.js" } }
//- /node_modules/text-tools/index.js
import { chars } from "char-base";
export { default as pad } from "./pad.js";
export const upper = (text) => chars(text).join("").toUpperCase();
export const lower = (text) => text.toLowerCase();
export const settings = { width: 80 };
//- /node_modules/text-tools/pad.js
export default (text) => text + " ";
//- /node_modules/text-tools/trim.js
export default (text) => text.trim();
//- /node_modules/char-base/package.json
{ "name": "char-base", "version": "3.1.0", "type": "module", "exports": "./index.js" }
//- /node_modules/char-base/index.js
export const chars = (text) => [...text];
//- /node_modules/common/package.json
{ "name": "common", "version": "2.0.0", "main": "index.js" }
//- /node_modules/common/index.js
const { join } = require("common-base");
exports.glue = (parts) => join(parts);
exports.plain = () => "plain";
//- /node_modules/common-base/package.json
{ "name": "common-base", "version": "0.1.0" }
//- /node_modules/common-base/index.js
exports.join = (parts) => parts.join("");
//- /node_modules/alone/package.json
{ "name": "alone", "version": "1.0.0", "type": "module", "exports": "./index.js" }
//- /node_modules/alone/index.js
export const alone = () => "alone";
//- /packages/tasks.ts
import { task } from "@rigkit/sdk";
import * as texts from "text-tools";
import { upper, settings } from "text-tools";
import pad from "text-tools/pad";
import { glue } from "common";
import { alone } from "alone";

const shout = (text: string) => upper(text) + "!";
const kept = upper;
const { width } = settings;

export const packages = {
  upper: task("upper", () => void upper("a")),
  shout: task("shout", () => void shout("a")),
  kept: task("kept", () => void kept("a")),
  width: task("width", () => void width),
  texts: task("texts", () => void texts.lower("A")),
  pad: task("pad", () => void pad("a")),
  glue: task("glue", () => void glue(["a"])),
  alone: task("alone", () => void alone()),
  lateAlone: task("lateAlone", async () => void (await import("alone"))),
};
"#;

const TASKS: &str = "packages/tasks.ts";

pub fn rows() -> Vec<Row> {
    let version = |package, from, to| row(package).edit(package, from, to);
    vec![
        version("node_modules/text-tools/package.json", "1.0.0", "1.0.1")
            .reruns(&["kept", "pad", "shout", "texts", "upper"])
            .tells(&[
                "kept: kept # → #",
                "pad: pad text-tools@1.0.0 → text-tools@1.0.1",
                "shout: upper text-tools@1.0.0 → text-tools@1.0.1",
                "texts: texts text-tools@1.0.0 → text-tools@1.0.1",
                "upper: upper text-tools@1.0.0 → text-tools@1.0.1",
            ]),
        version("node_modules/char-base/package.json", "3.1.0", "4.0.0")
            .reruns(&["kept", "shout", "texts", "upper"]),
        version("node_modules/common/package.json", "2.0.0", "2.1.0").reruns(&["glue"]),
        version("node_modules/common-base/package.json", "0.1.0", "0.2.0").reruns(&["glue"]),
        version("node_modules/alone/package.json", "1.0.0", "2.0.0")
            .reruns(&["alone", "lateAlone"]),
        row("a file of a package of the same version").edit(
            "node_modules/alone/index.js",
            "() => \"alone\"",
            "() => /* rebuilt */ \"alone\"",
        ),
        row("a value from a package")
            .edit(
                "node_modules/text-tools/index.js",
                "width: 80",
                "width: 100",
            )
            .reruns(&["width"]),
        row("another export of a package")
            .edit(
                TASKS,
                "import { upper, settings }",
                "import { lower as upper, settings }",
            )
            .reruns(&["kept", "shout", "upper"]),
        row("another file of a package")
            .edit(TASKS, "text-tools/pad", "text-tools/trim")
            .reruns(&["pad"]),
        row("another package")
            .edit(
                TASKS,
                "import { alone } from \"alone\"",
                "import { plain as alone } from \"common\"",
            )
            .reruns(&["alone"]),
        row("a package imported under another name")
            .edit(TASKS, "import { alone }", "import { alone as lonely }")
            .edit(TASKS, "void alone()", "void lonely()"),
        row("a package that nobody uses")
            .write(
                "node_modules/extra/package.json",
                "{ \"name\": \"extra\", \"version\": \"1.0.0\", \"main\": \"i.js\" }",
            )
            .write("node_modules/extra/i.js", "exports.extra = 1;")
            .edit(
                TASKS,
                "import { alone }",
                "import { extra } from \"extra\";\nvoid extra;\nimport { alone }",
            ),
    ]
}
