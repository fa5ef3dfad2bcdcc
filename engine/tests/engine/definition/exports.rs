//! Which exports are workflows, and configs that have none.

use rigkit_engine::{diagnostic::DiagnosticCode, project::Project};
use serde_json::json;

use super::{check_problems, load, problems};
use crate::support::TestProject;

/// Compares the workflows, sorted, with the paths of their tasks.
#[track_caller]
fn check_workflows(config: &str, expected: &[&str]) {
    for file in ["rig.config.ts", "rigkit/index.ts"] {
        let project = TestProject::new(&format!("//- /{file}\n{config}"));
        let definition = load(&project);
        let mut found: Vec<String> = definition
            .workflows
            .iter()
            .map(|workflow| {
                let tasks: Vec<&str> = workflow.tasks.iter().map(|task| &*task.path).collect();
                format!("{}: {}", workflow.name, tasks.join(" "))
            })
            .collect();
        found.sort();
        assert_eq!(found, expected, "{file}");
    }
}

#[test]
fn both_dialects_work_in_both_files() {
    check_workflows(
        r#"import { defineConfig, workflow } from "@rigkit/sdk";
const web = workflow("web").sequence("x").task("a", () => {});
const api = workflow("api").sequence("y").task("b", () => {});
export default defineConfig({ providers: {}, workflows: { web, api } });"#,
        &["api: b", "web: a"],
    );
    check_workflows(
        r#"import { workflow, sequence } from "@rigkit/sdk";
export const web = workflow("web").sequence("x").task("a", () => {});
export const short = sequence("short").task("b", () => {});
export const helper = () => 1, constant = { kind: "other" }, nothing = null;"#,
        &["short: b", "web: a"],
    );
}

#[test]
fn an_object_of_workflows_counts() {
    check_workflows(
        r#"import { sequence } from "@rigkit/sdk";
export const workflows = { a: sequence("a").task("t", () => {}), b: sequence("b") };"#,
        &["a: t", "b: "],
    );
}

#[test]
fn a_workflow_as_the_default_export_counts() {
    check_workflows(
        r#"import { sequence } from "@rigkit/sdk";
export const ignored = 1;
export default sequence("a").task("t", () => {});"#,
        &["a: t"],
    );
    check_workflows(
        r#"import { workflow } from "@rigkit/sdk";
export default workflow("a").task("t", () => {});"#,
        &["a: t"],
    );
}

#[test]
fn one_node_under_two_names_counts_once() {
    check_workflows(
        r#"import { sequence } from "@rigkit/sdk";
const a = sequence("a").task("t", () => {});
export { a, a as b };"#,
        &["a: t"],
    );
}

#[test]
fn a_config_without_a_workflow_shows_the_smallest_that_works() {
    for config in [
        "",
        "export const x = 1;",
        "export const workflows = {};",
        "import { defineConfig } from \"@rigkit/sdk\"; export default defineConfig({ workflows: {} });",
    ] {
        let project = TestProject::new(config);
        let found = problems(&project);
        assert_eq!(
            (found.len(), found[0].code),
            (1, DiagnosticCode::NoWorkflow),
            "{config}"
        );
        let help = found[0].help.as_deref().unwrap();
        let code = help.split_once(":\n\n").unwrap().1;
        // It does work.
        project.write(code);
        assert_eq!(project.plan_lines(), ["hello pending never-run"]);
        project.apply();
    }
}

#[test]
fn what_is_exported_has_to_be_a_workflow() {
    check_problems(
        "export default 1;",
        &[
            "rig.config.ts:1:16-1:17 no-workflow: the default export is neither a config nor a workflow but `1`",
        ],
    );
    check_problems(
        "export default function make() {}",
        &[
            "rig.config.ts:1:16-1:34 no-workflow: the default export is neither a config nor a workflow but a function",
        ],
    );
    check_problems(
        "export default null;",
        &[
            "rig.config.ts:1:16-1:20 no-workflow: the default export is neither a config nor a workflow but `null`",
        ],
    );
    check_problems(
        "export default { workflows: {} };",
        &[
            "rig.config.ts:1:16-1:33 no-workflow: the default export is neither a config nor a workflow but an object",
        ],
    );
    check_problems(
        "import { defineConfig } from \"@rigkit/sdk\";\nexport default defineConfig({\n  workflows: {\n    web: 1,\n    api: () => {},\n  },\n});",
        &[
            "rig.config.ts:4:10-4:11 not-a-node: `workflows.web` is not a workflow but `1`",
            "rig.config.ts:5:10-5:18 not-a-node: `workflows.api` is not a workflow but a function",
        ],
    );
    check_problems(
        "import { defineConfig } from \"@rigkit/sdk\";\nexport default defineConfig({ providers: {} });",
        &["rig.config.ts:2:16-2:47 no-workflow: the config names no workflows"],
    );
    check_problems(
        "import { defineConfig } from \"@rigkit/sdk\";\nexport default defineConfig();",
        &["rig.config.ts:2:16-2:28 no-workflow: the config names no workflows"],
    );
}

#[test]
fn two_workflows_of_one_name_are_refused() {
    check_problems(
        r#"import { workflow } from "@rigkit/sdk";
export const a = workflow("web").sequence("a");
export const b = workflow("web").sequence("b");"#,
        &[
            "rig.config.ts:3:27-3:32 duplicate-workflow: two workflows are named `web`",
            "  rig.config.ts:2:27-2:32: the first one",
        ],
    );
    check_problems(
        r#"import { sequence } from "@rigkit/sdk";
const base = sequence("web").task("a", () => {});
export const first = base;
export const more = base.task("b", () => {});"#,
        &[
            "rig.config.ts:2:23-2:28 duplicate-workflow: two workflows are named `web`",
            "  rig.config.ts:2:23-2:28: the first one",
        ],
    );
}

#[test]
fn two_configs_in_one_directory_are_refused() {
    let project = TestProject::new("//- /rig.config.ts\n//- /rigkit/index.ts\n");
    let error = Project::find(&project.root()).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "`{}` has two configs: `rig.config.ts` and `rigkit/index.ts`",
            project.root().display()
        )
    );
}

#[test]
fn no_config_at_all_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let error = Project::find(directory.path()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("no `rig.config.ts` or `rigkit/index.ts` in ")
    );
}

#[test]
fn providers_of_a_config_reach_every_workflow_and_a_workflow_s_own_wins() {
    let project = TestProject::new(
        r#"import { defineConfig, defineProvider, workflow } from "@rigkit/sdk";
const give = (text) => defineProvider(text, {}, { providerId: text, createProvider: () => ({ providerId: text, runtime: () => text }) });
const see = ({ p, q, providers }) => ({ ctx: { p, q: q ?? null, all: Object.keys(providers).sort() } });
const one = workflow("one").sequence("one").task("t", see);
const two = workflow("two", { providers: { p: give("own"), q: give("q") } }).sequence("two").task("t", see);
const three = workflow("three").sequence("three").addProvider("p", give("inner")).task("t", see).removeProvider("p").task("u", ({ p, step }) => ({ ctx: { ...step.ctx, gone: p === undefined } }));
export default defineConfig({ providers: { p: give("outer") }, workflows: { one, two, three } });"#,
    );
    let context = |name: &str| {
        let request = rigkit_engine::ApplyRequest {
            workflow: Some(name.to_owned()),
            ..rigkit_engine::ApplyRequest::default()
        };
        serde_json::Value::Object(project.apply_with(&request).0.unwrap().context)
    };
    assert_eq!(
        context("one"),
        json!({ "p": "outer", "q": null, "all": ["p"] })
    );
    assert_eq!(
        context("two"),
        json!({ "p": "own", "q": "q", "all": ["p", "q"] })
    );
    assert_eq!(
        context("three"),
        json!({ "p": "inner", "q": null, "all": ["p"], "gone": true })
    );
}
