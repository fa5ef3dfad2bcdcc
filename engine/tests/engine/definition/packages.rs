//! Packages from `node_modules`.

use super::{check_paths, check_problems};
use crate::support::{TestProject, failure_lines};

/// Makes a task of what is imported.
fn importing(import: &str, files: &str) -> String {
    format!(
        "//- /rig.config.ts\nimport {{ sequence }} from \"@rigkit/sdk\";\n{import}\nexport const app = sequence(\"app\").task(name, () => {{}});\n{files}"
    )
}

#[test]
fn a_package_is_found_as_node_finds_it() {
    let check = |import: &str, files: &str| check_paths(&importing(import, files), &["x"]);
    check(
        "import { name } from \"p\";",
        "//- /node_modules/p/package.json\n{\"name\":\"p\",\"version\":\"1.0.0\",\"type\":\"module\",\"exports\":{\".\":{\"require\":\"./no.cjs\",\"import\":\"./yes.js\"}}}\n//- /node_modules/p/yes.js\nexport const name = \"x\";\n",
    );
    check(
        "import { name } from \"p/sub\";",
        "//- /node_modules/p/package.json\n{\"name\":\"p\",\"version\":\"1.0.0\",\"exports\":{\"./sub\":{\"types\":\"./s.d.ts\",\"node\":\"./no.mjs\",\"default\":\"./s.mjs\"}}}\n//- /node_modules/p/s.mjs\nexport const name = \"x\";\n",
    );
    check(
        "import { name } from \"p/lib/a\";",
        "//- /node_modules/p/package.json\n{\"name\":\"p\",\"version\":\"1.0.0\",\"type\":\"module\",\"exports\":{\"./lib/*\":\"./src/*.ts\"}}\n//- /node_modules/p/src/a.ts\nexport const name: string = \"x\";\n",
    );
    check(
        "import name from \"@scope/p\";",
        "//- /node_modules/@scope/p/package.json\n{\"name\":\"@scope/p\",\"version\":\"1.0.0\",\"module\":\"m.mjs\",\"main\":\"index.js\"}\n//- /node_modules/@scope/p/index.js\nmodule.exports = \"x\";\n",
    );
    check(
        "import name from \"p\";",
        "//- /node_modules/p/package.json\n{\"name\":\"p\",\"version\":\"1.0.0\",\"type\":\"module\",\"imports\":{\"#inner\":\"./inner.js\"},\"exports\":\"./index.js\"}\n//- /node_modules/p/index.js\nimport inner from \"#inner\"; import { q } from \"q\"; export default inner + q;\n//- /node_modules/p/inner.js\nexport default \"\";\n//- /node_modules/p/node_modules/q/package.json\n{\"name\":\"q\",\"version\":\"1.0.0\",\"type\":\"module\"}\n//- /node_modules/p/node_modules/q/index.js\nexport const q = \"x\";\n",
    );
}

#[test]
fn what_a_package_does_not_export_cannot_be_imported() {
    check_problems(
        &importing(
            "import { name } from \"p/private.js\";",
            "//- /node_modules/p/package.json\n{\"name\":\"p\",\"version\":\"1.0.0\",\"exports\":{\".\":\"./index.js\"}}\n//- /node_modules/p/private.js\nexport const name = 1;\n",
        ),
        &[
            "rig.config.ts:2:22-2:36 unresolved-import: cannot resolve `p/private.js`: \"./private.js\" is not exported under the conditions [\"import\", \"default\"] from package ROOT/node_modules/p (see exports field in ROOT/node_modules/p/package.json)",
        ],
    );
}

/// A package as npm has many: modules in a circle, exports assigned in every way.
const COMMON_JS: &str = r#"
//- /node_modules/versions/package.json
{ "name": "versions", "version": "7.1.0", "main": "index.js" }
//- /node_modules/versions/index.js
const compare = require("./functions/compare");
module.exports = { compare, major: require("./functions/major.js"), internal: require("./internal"), data: require("./data.json") };
//- /node_modules/versions/functions/compare.js
"use strict";
const major = require("./major");
exports = module.exports = (a, b) => Math.sign(major(a) - major(b));
exports.helper = true;
//- /node_modules/versions/functions/major.js
#!/usr/bin/env node
const { debug } = require("../internal");
module.exports = function major(text) { debug(text); return Number(text.split(".")[0]); };
//- /node_modules/versions/internal/index.js
const circle = require("../functions/compare");
exports.early = typeof circle;
exports.debug = typeof process === "object" && process.env && process.env.NODE_DEBUG ? console.error : () => {};
exports.place = [typeof __filename, typeof __dirname, typeof require, typeof module, this === exports].join();
//- /node_modules/versions/data.json
{ "x": 1 }
"#;

#[test]
fn commonjs_packages_work() {
    let project = TestProject::new(&importing(
        "import versions, { compare, major } from \"versions\";\nimport * as all from \"versions\";\nconst name = [compare(\"2.0.0\", \"10.1.1\"), major(\"3.1\"), versions.compare === compare, all.default === versions, versions.internal.early, versions.internal.place, versions.data.x].join(\" \");",
        COMMON_JS,
    ));
    assert_eq!(
        super::paths(&super::load(&project)),
        ["-1 3 true true object string,string,function,object,true 1"]
    );
}

#[test]
fn a_commonjs_package_that_throws_is_placed_at_the_import() {
    let project = TestProject::new(&importing(
        "import broken from \"broken\"; const name = broken;",
        "//- /node_modules/broken/package.json\n{\"name\":\"broken\",\"version\":\"1.0.0\"}\n//- /node_modules/broken/index.js\nrequire(\"./gone\");\n",
    ));
    let found = super::problems(&project);
    assert_eq!(
        (found.len(), found[0].code.as_str()),
        (1, "definition-threw")
    );
    assert!(
        found[0]
            .message
            .starts_with("cannot find the module `./gone` from `"),
        "{}",
        found[0].message
    );
}

#[test]
fn z_without_zod_says_what_to_install() {
    let config = "import { sequence, z } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"a\", {\n  output: z.object({ x: z.string() }),\n}, () => ({ ctx: { x: \"1\" } }));\n";
    check_problems(
        config,
        &[
            "rig.config.ts:3:11-3:12 definition-threw: `z` is the project's own zod, and none is installed: npm install zod",
        ],
    );
    check_problems(
        "import { z } from \"@rigkit/sdk\";\nz();",
        &[
            "rig.config.ts:2:1-2:2 definition-threw: `z` is the project's own zod, and none is installed: npm install zod",
        ],
    );
    check_paths(
        "import { sequence, z } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"unused\", () => { z; });\n",
        &["unused"],
    );
}

#[test]
fn z_is_the_project_s_own_zod() {
    check_paths(
        &importing(
            "import { z } from \"@rigkit/sdk\"; const name = z.name();",
            "//- /node_modules/zod/package.json\n{\"name\":\"zod\",\"version\":\"4.0.0\",\"type\":\"module\"}\n//- /node_modules/zod/index.js\nexport const z = { name: () => \"x\" };\n",
        ),
        &["x"],
    );
}

/// Imports modules of Node.js in every way.
const NODE: &str = r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
import fs, { readFileSync } from "node:fs";
import * as path from "path";
import { join } from "node:path/posix";
export const app = sequence("app").task("a", () => ({ ctx: { text: readFileSync("x", "utf8") } }))
  .task(typeof fs.existsSync + typeof path.join + typeof join, () => {});
"#;

#[test]
fn node_modules_define_but_do_not_apply() {
    let project = TestProject::new(NODE);
    assert_eq!(
        project.plan_lines(),
        [
            "a pending never-run",
            "functionfunctionfunction pending never-run"
        ]
    );
    let error = project.try_apply().unwrap_err();
    assert_eq!(error.code(), "node-required");
    assert_eq!(
        error.to_string(),
        "the handlers need Node.js, which rig cannot run yet: `node:fs` is imported"
    );
    let range = error.range().unwrap();
    assert_eq!(
        (range.start.line, range.start.column, range.end.column),
        (2, 34, 43)
    );
    let health = project.engine().health();
    let because = "node:fs".to_owned();
    assert_eq!(
        health.runtime,
        Some(rigkit_engine::RuntimeKind::Node { because })
    );
    let [problem] = health.definition_problems.as_slice() else {
        panic!("{health:?}");
    };
    assert_eq!(
        problem.message,
        format!("the config plans, but it cannot be applied yet: {error}")
    );
    let position = problem.position.as_ref().unwrap();
    assert_eq!((position.line, position.column), (2, 34));
    assert_eq!(problem.help, error.help());
}

#[test]
fn a_package_that_reaches_node_does_not_apply_either() {
    for (format, text) in [
        ("module", "import \"node:os\"; export const name = \"x\";"),
        ("commonjs", "require(\"os\"); exports.name = \"x\";"),
    ] {
        let project = TestProject::new(&importing(
            "import { name } from \"p\";",
            &format!(
                "//- /node_modules/p/package.json\n{{\"name\":\"p\",\"version\":\"1.0.0\",\"type\":\"{format}\"}}\n//- /node_modules/p/index.js\n{text}\n"
            ),
        ));
        assert_eq!(project.plan_lines(), ["x pending never-run"]);
        assert_eq!(
            project.try_apply().unwrap_err().code(),
            "node-required",
            "{format}"
        );
    }
}

#[test]
fn calling_into_node_while_defining_says_why_it_cannot_be() {
    check_problems(
        "import { readFileSync } from \"node:fs\";\n  readFileSync(\"/etc/passwd\");",
        &[
            "rig.config.ts:2:3-2:15 definition-threw: node:fs readFileSync() cannot be called while the workflow is being defined: definitions are evaluated in a sandbox without files, processes or network; call it inside a task handler",
        ],
    );
}

#[test]
fn a_linked_package_counts_with_its_content() {
    let project = TestProject::new(&importing(
        "import { name } from \"p\";",
        "//- /packages/p/package.json\n{\"name\":\"p\",\"version\":\"1.0.0\",\"type\":\"module\",\"exports\":\"./index.ts\"}\n//- /packages/p/index.ts\nexport const name: string = \"x\";\n",
    )
    .replace("task(name, () => {})", "task(\"x\", () => ({ ctx: { name } }))"));
    std::fs::create_dir(project.path("node_modules")).unwrap();
    std::os::unix::fs::symlink("../packages/p", project.path("node_modules/p")).unwrap();
    project.apply();
    assert_eq!(project.plan_lines(), ["x cached"]);
    project.edit(
        "packages/p/index.ts",
        "\"x\";",
        "\"x\"; export const more = 1;",
    );
    assert_eq!(project.plan_lines(), ["x cached"]);
    project.edit("packages/p/index.ts", "\"x\";", "\"y\";");
    assert!(project.plan_lines()[0].starts_with("x pending handler-changed"));
}

#[test]
fn a_handler_may_throw_from_a_package() {
    let project = TestProject::new(
        "//- /rig.config.ts\nimport { sequence } from \"@rigkit/sdk\";\nimport { fail } from \"p\";\nexport const app = sequence(\"app\").task(\"a\", () => {\n  fail();\n});\n//- /node_modules/p/package.json\n{\"name\":\"p\",\"version\":\"1.0.0\",\"type\":\"module\"}\n//- /node_modules/p/index.js\nexport function fail() { throw new Error(\"inside\"); }\n",
    );
    let error = project.try_apply().unwrap_err();
    assert_eq!(
        failure_lines(&project.root(), &error),
        ["a @ rig.config.ts:4: inside"]
    );
}

#[test]
fn a_package_may_name_the_classes_of_the_platform_when_it_is_imported() {
    // As libraries do that describe values of every kind.
    check_paths(
        &importing(
            "import { name } from \"kinds\";",
            "//- /node_modules/kinds/package.json\n{\"name\":\"kinds\",\"version\":\"1.0.0\",\"type\":\"module\",\"exports\":\"./index.js\"}\n//- /node_modules/kinds/index.js\nconst kinds = { ArrayBuffer, Blob, File: globalThis.File ?? Blob, FormData, Headers, Request, Response, URL };\nexport const name = Object.entries(kinds).map(([key, kind]) => key === kind.name && typeof kind.prototype).join();\n",
        ),
        &["object,object,object,object,object,object,object,object"],
    );
}

#[test]
fn an_error_in_a_package_is_told_at_the_call_and_where_it_was_thrown_once_each() {
    check_problems(
        r#"
//- /rig.config.ts
import { form } from "forms";
const make = () => form("leave");
make();
//- /node_modules/forms/package.json
{ "name": "forms", "version": "1.0.0", "type": "module" }
//- /node_modules/forms/index.js
export const form = (name) => {
  throw new Error(`no ${name}`);
};
"#,
        &[
            "rig.config.ts:2:20-2:24 definition-threw: no leave",
            "  node_modules/forms/index.js:2:25-2:29: thrown here, in a package",
            "  rig.config.ts:3:1-3:5: called from here",
        ],
    );
}
