//! Configs that use the schema libraries as npm installs them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests work in folders of their own"
)]

use std::{fs, path::Path};

use rigkit_tests::{Project, installed_packages};
use serde_json::json;

const CONFIG: &str = r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";

const run = ({ input }) => input;
const output = (port) => () => ({ ctx: { port } });
export const web = sequence("web")
  .task("ark", { output: type({ port: "number" }) }, output(1))
  .task("vali", { output: v.object({ port: v.number() }) }, output(2))
  .task("zod", { output: z.object({ port: z.number() }) }, output(3))
  .operation("ark", { input: type({ name: "string", "port?": "number" }), run })
  .operation("zod", { input: z.object({ name: z.string().min(2), port: z.number().default(3) }), run });
"#;

fn project() -> Project {
    let project = Project::new(CONFIG);
    for entry in fs::read_dir(installed_packages()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        // The compiler is large, and no config imports it.
        if entry.path().is_dir() && name != "typescript" && name != ".bin" {
            copy(&entry.path(), &project.path("node_modules").join(name));
        }
    }
    project
}

fn copy(folder: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Packages elsewhere are none of the project's: nothing behind such a link is looked at.
#[test]
fn packages_behind_a_link_that_leads_out_are_refused() {
    let project = Project::new(CONFIG);
    std::os::unix::fs::symlink(installed_packages(), project.path("node_modules")).unwrap();
    let error = project.rig("plan --json").exits_with(1).error();
    assert_eq!(error["code"], "import-outside-project", "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.starts_with("`arktype` leads out of the project, to "),
        "{message}"
    );
}

#[test]
fn outputs_are_judged_by_schemas_of_libraries() {
    let project = project();
    project.done("apply");
    let plan = project.done("plan --json").document("plan.json");
    assert_eq!(plan["workflows"][0]["cachedNodeCount"], 3, "{plan}");
    project.edit("rig.config.ts", "output(2)", "output(\"two\")");
    let error = project.rig("apply --json").exits_with(1).error();
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("the output does not pass its schema: port"),
        "{message}"
    );
}

#[test]
fn inputs_are_described_and_judged_by_schemas_of_libraries() {
    let project = project();
    let result = |line: &str| project.done(line).document("do.json");
    assert_eq!(
        result("do zod --name web --json"),
        json!({ "name": "web", "port": 3 })
    );
    assert_eq!(
        result("do ark --name web --port 5 --json"),
        json!({ "name": "web", "port": 5 })
    );
    for line in [
        "do zod --name w --json",
        "do ark --port 5 --json",
        r#"do zod --json --input '{ "name": 5 }'"#,
    ] {
        let error = project.rig(line).exits_with(2).error();
        let code = error["code"].as_str().unwrap();
        assert!(
            ["invalid-input", "missing-input"].contains(&code),
            "{line}: {error}"
        );
    }
}
