//! How long a plan waits for answers: so long, and then it goes on and says so.

use std::time::Duration;

use rigkit_engine::{
    ApplyRequest, Engine, EngineError, EngineOptions, PlanRequest,
    event::Event,
    plan::{PlanLevel, WorkflowPlan},
    sandbox::SandboxLimits,
};

use crate::support::{Recording, TestProject, lines};

/// Two providers: the members of the first do what the environment says, the second answers.
fn fixture(never: &str) -> String {
    format!(
        r#"
//- /rig.config.ts
import {{ defineProvider, workflow }} from "@rigkit/sdk";
// What is found out while rig runs is no part of the code.
const found = (name) => process.env[name];
const is = (name) => found("SILENT") === name;
const never = async (local) => {{ {never} }};
const provider = (name) => defineProvider(name, {{}}, {{
  providerId: name,
  createProvider: ({{ local }}) => ({{
    providerId: name,
    runtime: () => ({{}}),
    checks: ({{ mode }}) => is(`${{name}} checks`) && mode === "plan" ? never(local) : {{ id: "c", label: "C", status: "ok", value: 1 }},
    validateArtifact: () => is(`${{name}} artifacts`) ? never(local) : true,
  }}),
}});
const schema = {{ "~standard": {{ version: 1, vendor: "own", validate: (value) => is("schema") ? never() : {{ value }} }} }};
const made = (id) => ({{ ctx: {{ made: {{ provider: id, kind: "thing", id }} }} }});
export const app = workflow("app").sequence("app")
  .addProvider("quick", provider("quick"))
  .task("before", () => made("quick"))
  .addProvider("slow", provider("slow"))
  .task("middle", () => made("slow"))
  .removeProvider("slow")
  .task("after", {{ output: schema }}, () => made("quick"));
"#
    )
}

/// The ways in which code gives no answer and can be made to let go of the thread.
const NEVER: &[(&str, &str)] = &[
    ("a loop", "for (;;);"),
    (
        "a promise that never settles",
        "await new Promise(() => {});",
    ),
    (
        "a timer",
        "await new Promise((done) => setTimeout(done, 3_600_000));",
    ),
    (
        "timers without end",
        "for (;;) await new Promise((done) => setTimeout(done, 1));",
    ),
    (
        "a loop that catches everything",
        "for (;;) { try { for (;;); } catch {} finally { await null; } }",
    ),
    (
        "loops that follow each other",
        "const again = () => { for (;;); }; await Promise.reject(1).catch(function next() { return Promise.resolve().then(again).catch(next); });",
    ),
    (
        "a loop after a timer",
        "await new Promise((done) => setTimeout(done, 1)); for (;;);",
    ),
];

/// Time enough for an answer, also on a busy machine.
const ENOUGH: Duration = Duration::from_secs(1);

/// Time enough for nobody.
const TOO_LITTLE: Duration = Duration::from_millis(50);

fn engine(project: &TestProject, question: Duration) -> Engine {
    Engine::new(EngineOptions {
        limits: SandboxLimits {
            question,
            ..SandboxLimits::default()
        },
        ..project.engine().options().clone()
    })
}

fn plan(project: &TestProject, question: Duration) -> (WorkflowPlan, Vec<String>) {
    let recording = Recording::default();
    let request = PlanRequest {
        workflow: None,
        level: PlanLevel::Verified,
    };
    let plans = engine(project, question).plan(&request, &recording.session());
    let unanswered = recording
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::CheckUnanswered { node_path, .. } => Some(node_path),
            _ => None,
        });
    (plans.unwrap().remove(0), unanswered.collect())
}

fn applied(never: &str, silent: &str) -> TestProject {
    let mut project = TestProject::new(&fixture(never));
    project.apply();
    project
        .environment
        .insert("SILENT".to_owned(), silent.to_owned());
    project
}

const SLOW: &str = r#"{"provider":"slow"}"#;

#[test]
fn a_plan_goes_on_without_checks_that_never_end() {
    for (name, never) in NEVER {
        let project = applied(never, "slow checks");
        let (plan, unanswered) = plan(&project, ENOUGH);
        assert_eq!(
            lines(&plan),
            [
                "before cached".to_owned(),
                format!("middle pending check-unanswered {SLOW}"),
                r#"after pending upstream-pending {"root":"middle"}"#.to_owned(),
            ],
            "{name}"
        );
        assert_eq!(plan.unanswered_providers, ["slow"], "{name}");
        assert_eq!(unanswered, ["provider.slow"], "{name}");
    }
}

#[test]
fn a_plan_goes_on_without_word_of_an_artifact() {
    let project = applied("for (;;);", "slow artifacts");
    let (plan, unanswered) = plan(&project, ENOUGH);
    assert_eq!(
        lines(&plan)[..2],
        [
            "before cached".to_owned(),
            format!("middle pending check-unanswered {SLOW}"),
        ]
    );
    assert!(
        plan.unanswered_providers.is_empty(),
        "its checks were answered"
    );
    assert_eq!(unanswered, ["provider.slow"]);
}

#[test]
fn an_output_that_a_schema_says_nothing_of_is_not_reused() {
    let project = applied("for (;;);", "schema");
    let (plan, unanswered) = plan(&project, ENOUGH);
    assert_eq!(
        lines(&plan)[2],
        r#"after pending output-invalid {"message":"the schema gave no answer in time"}"#
    );
    assert_eq!(unanswered, ["after"]);
}

/// Nothing interrupts the library of the language: the plan goes on all the same, without asking
/// anything else.
#[test]
fn what_cannot_be_interrupted_is_left_behind() {
    let never = "Array.prototype.reverse.call({ length: 4e7 });";
    let (plan, unanswered) = plan(&applied(never, "quick checks"), TOO_LITTLE);
    assert_eq!(plan.unanswered_providers, ["quick", "slow"]);
    assert_eq!(plan.cached_node_count, 0);
    assert_eq!(unanswered, ["provider.quick", "provider.slow", "after"],);
}

/// Jobs that always make new ones are interrupted at some time, before or after the next question.
#[test]
fn jobs_without_end_are_given_up() {
    let (plan, unanswered) = plan(&applied("for (;;) await null;", "quick checks"), TOO_LITTLE);
    assert_eq!(plan.unanswered_providers[0], "quick");
    assert_eq!(unanswered[0], "provider.quick");
}

#[test]
fn an_apply_waits_for_as_long_as_it_takes() {
    let project = TestProject::new(&fixture("").replace(
        r#"&& mode === "plan" ? never(local)"#,
        r#"&& mode === "require" ? new Promise((done) => setTimeout(done, 100)).then(() => [])"#,
    ))
    .with_env("SILENT", "slow checks");
    let outcome = engine(&project, TOO_LITTLE)
        .apply(&ApplyRequest::default(), &Recording::default().session());
    assert!(outcome.unwrap().plan.unanswered_providers.is_empty());
}

#[test]
fn a_check_has_the_memory_of_a_definition() {
    let project = applied(
        "const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1));",
        "slow checks",
    );
    let engine = Engine::new(EngineOptions {
        limits: SandboxLimits {
            memory: 32 << 20,
            question: Duration::from_mins(1),
            ..SandboxLimits::default()
        },
        ..project.engine().options().clone()
    });
    let request = PlanRequest {
        workflow: None,
        level: PlanLevel::Verified,
    };
    let error = engine.plan(&request, &Recording::default().session());
    let error = error.unwrap_err();
    assert!(matches!(error, EngineError::Failed { .. }), "{error}");
    assert!(error.to_string().contains("out of memory"), "{error}");
    assert!(error.help().unwrap().contains("RIGKIT_MEMORY_LIMIT_MIB"));
}
