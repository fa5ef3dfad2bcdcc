//! Configs that cannot be used: a clear error with a position, and nothing runs.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::json;

/// What makes a config that adds to `ran.log` as soon as anything of it runs.
const TASK: &str = r#"
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .task("run", ({ host }) => host.writeFile("ran.log", "run\n"));
"#;

/// Applies a config that is wrong and gives what is told, as text and as a document.
fn refused(fixture: &str) -> String {
    let project = Project::new(fixture);
    let told = project.transcript(&["apply"]);
    let output = project.rig("apply --json").exits_with(1);
    let error = output.error();
    assert!(error["position"].is_object(), "{error:#}");
    assert!(error["problems"][0].is_object(), "{error:#}");
    assert!(!project.path("ran.log").exists(), "something ran");
    let log = project.done("log --json").document("log.json");
    assert_eq!(log, json!({ "applies": [] }), "it is recorded as an apply");
    format!("{told}--- code\n{}\n", error["code"].as_str().unwrap())
}

#[test]
fn syntax_errors() {
    assert_snapshot!(refused(&format!(
        "//- /rig.config.ts\n{TASK}\nconst broken = {{ a: ;\n"
    )));
}

#[test]
fn syntax_errors_of_an_imported_file() {
    assert_snapshot!(refused(&format!(
        "//- /rig.config.ts\nimport './lib/broken.ts';\n{TASK}\n//- /lib/broken.ts\nexport function () {{}}\n"
    )));
}

#[test]
fn a_config_that_throws() {
    assert_snapshot!(refused(&format!(
        "//- /rig.config.ts\nimport {{ check }} from './check.ts';\n{TASK}\ncheck(5);\n\
         //- /check.ts\nexport function check(value: number) {{\n  throw new Error(`no use for ${{value}}`);\n}}\n"
    )));
}

#[test]
fn a_config_that_throws_no_error() {
    assert_snapshot!(refused(&format!(
        "//- /rig.config.ts\n{TASK}\nthrow 'just a text';\n"
    )));
}

#[test]
fn an_endless_loop() {
    let project = Project::new(&format!(
        "//- /rig.config.ts\n{TASK}\nlet n = 0;\nfor (;;) {{\n  n = Math.max(n, 1);\n}}\n"
    ));
    let output = project
        .command("apply --json")
        .env("RIGKIT_CPU_LIMIT_MS", "200")
        .run()
        .exits_with(1);
    let error = output.error();
    let line = error["position"]["line"].as_u64().unwrap();
    assert!((9..=11).contains(&line), "{error:#}");
    assert_snapshot!(error["message"].as_str().unwrap());
    assert!(!project.path("ran.log").exists());
}

#[test]
fn an_endless_promise() {
    assert_snapshot!(refused(&format!(
        "//- /rig.config.ts\n{TASK}\nawait new Promise(() => {{}});\n"
    )));
}

#[test]
fn too_much_memory() {
    let hungry =
        "const all: string[] = [];\nfor (;;) all.push('x'.repeat(1 << 20) + all.length);\n";
    let project = Project::new(&format!("//- /rig.config.ts\n{TASK}\n{hungry}"));
    let output = project
        .command("apply --json")
        .env("RIGKIT_MEMORY_LIMIT_MIB", "16")
        .run()
        .exits_with(1);
    let error = output.error();
    assert_eq!(error["position"]["line"], 9, "{error:#}");
    assert_snapshot!(error["message"].as_str().unwrap());
    assert!(!project.path("ran.log").exists());
}

#[test]
fn endless_recursion() {
    assert_snapshot!(refused(&format!(
        "//- /rig.config.ts\n{TASK}\nconst deep = (n: number): number => deep(n + 1) + 1;\ndeep(0);\n"
    )));
}

/// Modules may import each other; using what is not there yet is an error of its own.
#[test]
fn import_cycles() {
    assert_snapshot!(refused(&format!(
        "//- /rig.config.ts\nimport {{ a }} from './a.ts';\n{TASK}\nexport const used = a;\n\
         //- /a.ts\nimport {{ b }} from './b.ts';\nexport const a = b + 1;\n\
         //- /b.ts\nimport {{ a }} from './a.ts';\nexport const b = a + 1;\n"
    )));
}

#[test]
fn missing_modules() {
    assert_snapshot!(refused(&format!(
        "//- /rig.config.ts\nimport {{ a }} from './missing.ts';\nimport b from 'no-such-package';\n{TASK}\nexport const both = [a, b];\n"
    )));
}

#[test]
fn missing_exports() {
    assert_snapshot!(refused(&format!(
        "//- /rig.config.ts\nimport {{ wrong }} from './lib.ts';\n{TASK}\nexport {{ wrong }};\n\
         //- /lib.ts\nexport const right = 1;\n"
    )));
}

#[test]
fn files_outside_the_project() {
    assert_snapshot!(refused(&format!(
        "//- /rig.config.ts\nimport '../outside.ts';\n{TASK}\n//- /../outside.ts\nexport {{}};\n"
    )));
}

#[test]
fn no_workflow() {
    let project = Project::new("//- /rig.config.ts\nexport const nothing = 1;\n");
    assert_snapshot!(project.transcript(&["plan"]));
    assert_eq!(project.rig("plan").code, 1);
}

#[test]
fn refused_builder_calls() {
    assert_snapshot!(refused(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
export const web = workflow("web")
  .sequence("web")
  .task("one", { cacheTTL: "soon" }, () => {})
  .task("two", () => {});
"#
    ));
}

#[test]
fn a_config_that_is_not_text() {
    let project = Project::new("");
    project.write("rig.config.ts", b"export const a = \"\xff\xfe\";\n");
    assert_snapshot!(project.transcript(&["plan", "plan --json"]));
}

#[test]
fn handlers_that_need_node() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { readFileSync } from "node:fs";
import { workflow } from "@rigkit/sdk";
export const web = workflow("web").sequence("web").task("read", () => ({ ctx: { text: readFileSync("x", "utf8") } }));
"#,
    );
    assert_eq!(project.rig("plan").code, 0);
    assert_snapshot!(project.transcript(&["apply"]));
    assert_eq!(
        project.rig("apply --json").exits_with(1).error()["code"],
        "node-required"
    );
}
