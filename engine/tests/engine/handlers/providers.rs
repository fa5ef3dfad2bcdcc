//! How providers are configured and how often they are made.

use rigkit_engine::ApplyRequest;
use serde_json::{Value, json};

use crate::support::{Recording, TestProject};
use crate::{operations, workspaces};

/// A provider that shows its configuration.
fn configured(config: &str) -> TestProject {
    TestProject::new(&format!(
        r#"
//- /show.ts
import {{ defineProvider }} from "@rigkit/sdk";
export const show = (config) => defineProvider("show", config, {{
  providerId: "show",
  createProvider: ({{ provider }}) => ({{ providerId: "show", runtime: () => ({{ config: provider.config }}) }}),
}});
//- /rig.config.ts
import {{ env, sequence }} from "@rigkit/sdk";
import {{ show }} from "./show";
export const app = sequence("app").addProvider("show", show({config}))
  .task("a", ({{ show }}) => ({{ ctx: {{ config: show.config }} }}));
"#
    ))
}

#[test]
fn functions_in_a_configuration_are_resolved_at_any_depth() {
    let check = |config: &str, expected: Value| {
        let project = configured(config);
        assert_eq!(project.apply().context["config"], expected, "{config}");
        assert_eq!(project.plan_lines(), ["a cached"], "{config}");
    };
    check("{ a: () => 1 }", json!({ "a": 1 }));
    check("{ a: async () => 1 }", json!({ "a": 1 }));
    check(
        "{ a: { b: [1, () => 2, async () => ({ c: () => 3 })] } }",
        json!({ "a": { "b": [1, 2, { "c": 3 }] } }),
    );
    check("{ a: () => async () => () => 1 }", json!({ "a": 1 }));
    check("() => ({ a: 1 })", json!({ "a": 1 }));
    check("async () => ({ a: async () => 1 })", json!({ "a": 1 }));
    check(
        "{ a: env(\"NONE\", \"x\"), b: undefined }",
        json!({ "a": "x" }),
    );
}

#[test]
fn what_a_function_gives_is_part_of_the_identity() {
    let project = configured("{ a: async () => process.env.A }").with_env("A", "1");
    project.apply();
    let project = project.with_env("A", "2");
    assert_eq!(
        project.plan_lines(),
        [r#"a pending provider-changed {"name":"show","what":"config"}"#]
    );
}

#[test]
fn a_configuration_that_is_no_object_is_refused() {
    let check = |config: &str, problem: &str| {
        let error = configured(config).try_plan().unwrap_err();
        assert_eq!(error.code(), "provider-config", "{config}");
        assert_eq!(
            error.to_string(),
            format!("the provider `show` cannot be configured: {problem}"),
            "{config}"
        );
    };
    check("() => 1", "config is a number, which is not JSON");
    check("async () => [1]", "config is an array, which is not JSON");
    check("() => undefined", "config is undefined, which is not JSON");
    check(
        "{ a: () => () => Symbol() }",
        "config.a is a symbol, which is not JSON",
    );
    check("{ a: async () => { throw new Error(\"no\"); } }", "no");
    check(
        "{ a: () => new Promise(() => {}) }",
        "a value of the configuration never resolves: a definition has no timers and no network",
    );
}

/// A provider that counts, in tasks, a workspace and an operation.
const COUNTING: &str = r#"
import { defineProvider, sequence } from "@rigkit/sdk";
const counter = (name) => defineProvider(name, {}, {
  providerId: name,
  createProvider: () => {
    console.log(`controller ${name}`);
    return {
      providerId: name,
      runtime: ({ nodePath }) => { console.log(`runtime ${name} ${nodePath}`); return {}; },
      checks: () => [],
      validateArtifact: () => true,
    };
  },
});
export const app = sequence("app").addProvider("one", counter("one"))
  .task("a", () => {})
  .parallel({ b: sequence("b").task("b", () => {}), c: sequence("c").addProvider("two", counter("two")).task("c", () => {}) })
  .workspace({ create: () => ({}), remove: () => {} })
  .operation("op", { run: () => {} });
"#;

fn counted(recording: &Recording) -> Vec<String> {
    let logs = recording.logs().into_iter();
    let mut counted: Vec<String> = logs
        .map(|log| log.split_once(" info ").unwrap().1.to_owned())
        .collect();
    counted.sort();
    counted
}

#[test]
fn a_controller_is_made_once_a_walk_and_a_runtime_once_a_call() {
    let project = TestProject::new(COUNTING);
    let (result, recording) = project.apply_with(&ApplyRequest::default());
    result.unwrap();
    assert_eq!(
        counted(&recording),
        [
            "controller one",
            "controller two",
            "runtime one a",
            "runtime one b.b",
            "runtime one c.c",
            "runtime two c.c",
        ]
    );

    let recording = Recording::default();
    workspaces::create_recorded(&project, "w", &recording).unwrap();
    assert_eq!(
        counted(&recording),
        [
            "controller one",
            "controller two",
            "runtime one workspace.w.create",
        ]
    );

    let recording = Recording::default();
    operations::run_recorded(&project, "op", Value::Null, &recording).unwrap();
    assert_eq!(
        counted(&recording),
        ["controller one", "runtime one operation.op"]
    );
}

#[test]
fn a_walk_that_begins_again_makes_its_controllers_anew() {
    let fixture = COUNTING
        .replace(
            "export const app",
            "let tries = 0;\nexport const app",
        )
        .replace(
            ".workspace(",
            ".task(\"back\", ({ step }) => { tries += 1; if (tries === 1) return step.invalidate(\"a\"); })\n  .workspace(",
        );
    let project = TestProject::new(&fixture);
    let (result, recording) = project.apply_with(&ApplyRequest::default());
    result.unwrap();
    let mut controllers = counted(&recording);
    controllers.retain(|line| line.starts_with("controller"));
    assert_eq!(
        controllers,
        [
            "controller one",
            "controller one",
            "controller two",
            "controller two"
        ]
    );
}
