//! Edits, and the reason each task gives for running again.

use super::check_edit;
use crate::support::TestProject;

/// Three tasks in modules of their own, two of which share a helper, and a package.
const CHAIN: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { clone } from "./clone";
import { install } from "./tasks/install";
import { build } from "./tasks/build";
export const app = workflow("app").sequence("app").add(clone).add(install).add(build);
//- /clone.ts
import { task } from "@rigkit/sdk";
// Fetches the sources.
const branch: string = "main";
export const clone = task("clone", () => ({ ctx: { branch } }));
//- /tasks/install.ts
import { task } from "@rigkit/sdk";
import { registry } from "../helper.ts";
export const install = task("install", { version: "1" }, ({ step }) => ({ ctx: { ...step.ctx, registry } }));
//- /tasks/build.ts
import { task } from "@rigkit/sdk";
import pack from "packer";
export const build = task("build", async () => { pack(); });
//- /helper.ts
export const registry = "npm";
//- /node_modules/packer/package.json
{ "name": "packer", "version": "1.0.0", "type": "module", "exports": "./index.js" }
//- /node_modules/packer/index.js
export default () => {};
"#;

const ALL_CACHED: &[&str] = &["clone cached", "install cached", "build cached"];

#[test]
fn nothing_has_run_at_first() {
    let project = TestProject::new(CHAIN);
    assert_eq!(
        project.plan_lines(),
        [
            "clone pending never-run",
            "install pending never-run",
            "build pending never-run"
        ]
    );
}

#[test]
fn a_second_plan_finds_everything() {
    check_edit(CHAIN, &[], ALL_CACHED);
}

#[test]
fn comments_formatting_and_types_change_nothing() {
    check_edit(
        CHAIN,
        &[(
            "clone.ts",
            "// Fetches the sources.",
            "/* Gets them. */\n\n",
        )],
        ALL_CACHED,
    );
    check_edit(
        CHAIN,
        &[("clone.ts", "const branch: string", "const   branch")],
        ALL_CACHED,
    );
    check_edit(
        CHAIN,
        &[(
            "tasks/build.ts",
            "async () => { pack(); }",
            "async (): Promise<void> => {\n  pack();\n}",
        )],
        ALL_CACHED,
    );
    check_edit(
        CHAIN,
        &[
            ("rig.config.ts", "import { clone } from \"./clone\";\n", ""),
            (
                "rig.config.ts",
                "import { build }",
                "import { clone } from \"./clone\";\nimport { build }",
            ),
        ],
        ALL_CACHED,
    );
}

#[test]
fn a_task_at_the_end_or_an_operation_changes_nothing_before() {
    check_edit(
        CHAIN,
        &[(
            "rig.config.ts",
            ".add(build)",
            ".add(build).task(\"last\", () => {})",
        )],
        &[
            "clone cached",
            "install cached",
            "build cached",
            "last pending never-run",
        ],
    );
    check_edit(
        CHAIN,
        &[(
            "rig.config.ts",
            ".add(build)",
            ".add(build).operation(\"up\", { run: () => {} })",
        )],
        ALL_CACHED,
    );
}

#[test]
fn moving_a_file_changes_nothing() {
    let project = TestProject::new(CHAIN);
    project.apply();
    std::fs::rename(
        project.path("tasks/build.ts"),
        project.path("tasks/make.ts"),
    )
    .unwrap();
    project.edit("rig.config.ts", "./tasks/build", "./tasks/make");
    assert_eq!(project.plan_lines(), ALL_CACHED);
}

#[test]
fn a_handler_tells_what_of_it_changed() {
    check_edit(
        CHAIN,
        &[("tasks/build.ts", "pack();", "pack(); pack();")],
        &[
            "clone cached",
            "install cached",
            r#"build pending handler-changed {"captures":[],"body":true}"#,
        ],
    );
}

#[test]
fn a_constant_changes_its_task_and_all_that_follows() {
    check_edit(
        CHAIN,
        &[("clone.ts", "\"main\"", "\"dev\"")],
        &[
            r#"clone pending handler-changed {"captures":[{"name":"branch","old":"\"main\"","new":"\"dev\""}],"body":false}"#,
            r#"install pending upstream-pending {"root":"clone"}"#,
            r#"build pending upstream-pending {"root":"clone"}"#,
        ],
    );
}

#[test]
fn a_helper_in_another_file_changes_the_tasks_that_use_it() {
    check_edit(
        CHAIN,
        &[("helper.ts", "\"npm\"", "\"jsr\"")],
        &[
            "clone cached",
            r#"install pending handler-changed {"captures":[{"name":"registry","old":"\"npm\"","new":"\"jsr\""}],"body":false}"#,
            r#"build pending upstream-pending {"root":"install"}"#,
        ],
    );
}

#[test]
fn another_version_of_a_package_changes_the_tasks_that_reach_it() {
    check_edit(
        CHAIN,
        &[(
            "node_modules/packer/index.js",
            "() => {}",
            "() => { /* rebuilt */ }",
        )],
        ALL_CACHED,
    );
    check_edit(
        CHAIN,
        &[("node_modules/packer/package.json", "1.0.0", "2.0.0")],
        &[
            "clone cached",
            "install cached",
            r#"build pending handler-changed {"captures":[{"name":"pack","old":"packer@1.0.0","new":"packer@2.0.0"}],"body":false}"#,
        ],
    );
}

#[test]
fn the_option_version_is_told_with_both_values() {
    let after = |new: &str, reason: &str| {
        let install = format!("install pending version-changed {reason}");
        check_edit(
            INLINE,
            &[("rig.config.ts", "{ version: \"1\" }", new)],
            &[
                "clone cached",
                &install,
                r#"build pending upstream-pending {"root":"install"}"#,
            ],
        );
    };
    after("{ version: \"2\" }", r#"{"old":"1","new":"2"}"#);
    after("{}", r#"{"old":"1","new":null}"#);
    check_edit(
        INLINE,
        &[(
            "rig.config.ts",
            "\"build\", {}",
            "\"build\", { version: \"x\" }",
        )],
        &[
            "clone cached",
            "install cached",
            r#"build pending version-changed {"old":null,"new":"x"}"#,
        ],
    );
}

/// Has its options in the config and its handlers elsewhere, so that an edit of the one is
/// none of the other.
const INLINE: &str = r#"
//- /rig.config.ts
import { app } from "./handlers";
export default app({ version: "1" }, { a: { b: [1, 2] }, c: 1 }, { c: 2 }, "build", {});
//- /handlers.ts
import { workflow } from "@rigkit/sdk";
export const app = (install, outer, inner, last, options) => workflow("app").sequence("app")
  .configure(outer)
  .task("clone", () => {})
  .configure(inner)
  .task("install", install, ({ config }) => ({ ctx: { config } }))
  .task(last, options, () => {});
"#;

#[test]
fn a_configuration_is_told_by_the_value_that_changed() {
    check_edit(
        INLINE,
        &[("rig.config.ts", "b: [1, 2]", "b: [1, 3]")],
        &[
            r#"clone pending config-changed {"path":"a.b[1]","old":2,"new":3}"#,
            r#"install pending upstream-pending {"root":"clone"}"#,
            r#"build pending upstream-pending {"root":"clone"}"#,
        ],
    );
    check_edit(
        INLINE,
        &[("rig.config.ts", "b: [1, 2]", "b: [1, 2], n: null")],
        &[
            r#"clone pending config-changed {"path":"a.n","old":null,"new":null}"#,
            r#"install pending upstream-pending {"root":"clone"}"#,
            r#"build pending upstream-pending {"root":"clone"}"#,
        ],
    );
    check_edit(
        INLINE,
        &[(
            "rig.config.ts",
            "{ a: { b: [1, 2] }, c: 1 }",
            "{ c: 1.0, a: { b: [1, 2] } }",
        )],
        ALL_CACHED,
    );
}

#[test]
fn an_inner_configuration_hides_the_outer_key() {
    let project = check_edit(
        INLINE,
        &[("rig.config.ts", "{ c: 2 }", "{ c: 5, d: 1 }")],
        &[
            "clone cached",
            r#"install pending config-changed {"path":"c","old":2,"new":5}"#,
            r#"build pending upstream-pending {"root":"install"}"#,
        ],
    );
    let context = serde_json::Value::Object(project.apply().context);
    assert_eq!(
        context,
        serde_json::json!({ "config": { "a": { "b": [1, 2] }, "c": 5, "d": 1 } })
    );
}

#[test]
fn a_renamed_task_has_never_run() {
    check_edit(
        INLINE,
        &[("rig.config.ts", "\"build\", {}", "\"bundle\", {}")],
        &["clone cached", "install cached", "bundle pending never-run"],
    );
}

#[test]
fn a_task_between_two_changes_what_is_upstream_of_the_second() {
    let project = TestProject::new(CHAIN);
    project.apply();
    project.edit("rig.config.ts", ".add(clone).add(install)", ".add(clone)");
    assert_eq!(
        project.plan_lines(),
        [
            "clone cached",
            r#"build pending upstream-changed {"paths":["clone","install"]}"#
        ]
    );
    project.edit(
        "rig.config.ts",
        ".add(clone).add(build)",
        ".add(clone).task(\"new\", () => {}).add(build)",
    );
    assert_eq!(
        project.plan_lines(),
        [
            "clone cached",
            "new pending never-run",
            r#"build pending upstream-pending {"root":"new"}"#
        ]
    );
}

#[test]
fn the_root_of_a_cascade_is_the_first_cause_and_not_the_neighbour() {
    let project = TestProject::new(CHAIN);
    project.apply();
    project.edit("clone.ts", "\"main\"", "\"dev\"");
    project.edit("tasks/build.ts", "pack();", "pack(1);");
    let explained = project
        .engine()
        .explain(None, Some("build"))
        .unwrap()
        .remove(0);
    let cause = explained.cause.unwrap();
    assert_eq!(
        (&*cause.path, cause.reason.code()),
        ("clone", "handler-changed")
    );
    let changed: Vec<String> = explained
        .components
        .iter()
        .map(|component| {
            format!(
                "{} {}",
                component.name,
                serde_json::to_value(component.status).unwrap()
            )
        })
        .collect();
    assert_eq!(
        changed,
        [
            "format \"same\"",
            "path \"same\"",
            "version \"same\"",
            "handler \"changed\"",
            "config \"same\"",
            "output \"same\"",
            "providers \"same\"",
            "upstream \"unknown\"",
        ]
    );
}

#[test]
fn a_person_invalidates_a_task_and_all_that_descends_from_it() {
    let project = TestProject::new(CHAIN);
    project.apply();
    let invalidated = project
        .engine_named("ada")
        .invalidate(None, &["install".to_owned()])
        .unwrap();
    let paths: Vec<&str> = invalidated
        .iter()
        .map(|run| run.node_path.as_str())
        .collect();
    assert_eq!(paths, ["install", "build"]);
    assert_eq!(
        project.plan_lines(),
        [
            "clone cached",
            r#"install pending invalidated {"by":"ada","at":"now"}"#,
            r#"build pending upstream-pending {"root":"install"}"#,
        ]
    );
    project.apply();
    assert_eq!(project.plan_lines(), ALL_CACHED);
}

#[test]
fn an_identity_of_another_format_is_told_as_such() {
    let project = TestProject::new(INLINE);
    project.apply();
    project.sql("UPDATE node_runs SET identity = zeroblob(32) WHERE node_path = 'build'");
    project.sql("UPDATE identity_components SET hash = zeroblob(32) WHERE name = 'format'");
    assert_eq!(
        project.plan_lines(),
        [
            "clone cached",
            "install cached",
            "build pending format-changed"
        ]
    );
}
