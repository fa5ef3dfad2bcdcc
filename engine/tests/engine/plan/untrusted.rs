//! A project that nobody trusts: a plan reads it, and nothing of it runs.

use std::net::TcpListener;

use rigkit_engine::{
    ApplyRequest, CreateWorkspaceRequest, Engine, EngineError, EngineOptions, OperationRequest,
    PlanRequest,
    plan::{ChecksAsked, PlanLevel, WorkflowPlan},
    trust::Trust,
};
use serde_json::json;

use crate::support::{Recording, TestProject, lines};

/// A provider whose members, and a schema, do what the body says once somebody asks them.
fn fixture(body: &str) -> String {
    format!(
        r#"
//- /rig.config.ts
import {{ defineProvider, workflow }} from "@rigkit/sdk";
import {{ address }} from "./address";
const state = {{ local: undefined }};
const found = (name) => process.env[name];
const act = async (local) => {{ {body} }};
const bell = defineProvider("bell", {{}}, {{
  providerId: "bell",
  createProvider: ({{ local }}) => {{
    state.local = local;
    return {{
      providerId: "bell",
      runtime: () => ({{}}),
      checks: ({{ mode }}) => mode === "plan" ? act(local) : [],
      validateArtifact: () => found("LOUD") ? act(local) : true,
    }};
  }},
}});
const schema = {{ "~standard": {{ version: 1, vendor: "own", validate: (value) => found("LOUD") ? act(state.local).then(() => ({{ value }})) : {{ value }} }} }};
export const tower = workflow("tower", {{ providers: {{ bell }} }})
  .sequence("tower")
  .task("climb", async () => ({{ ctx: {{ bell: {{ provider: "bell", kind: "bell", id: "1" }} }} }}))
  .task("ring", {{ output: schema }}, async ({{ step }}) => ({{ ctx: step.ctx }}));
//- /address.ts
export const address = "http://127.0.0.1:1/";
"#
    )
}

/// All that a check can do.
const DEEDS: &[(&str, &str)] = &[
    (
        "a command",
        r#"await local.command({ argv: ["sh", "-c", "echo rung >> rung.txt"] }); return [];"#,
    ),
    (
        "a shell",
        r#"await local.command({ shell: "echo rung >> rung.txt" }); return [];"#,
    ),
    ("a request", "await fetch(address); return [];"),
    ("a loop", "for (;;);"),
    (
        "a promise that never settles",
        "await new Promise(() => {}); return [];",
    ),
    (
        "a timer",
        "await new Promise((done) => setTimeout(done, 3_600_000)); return [];",
    ),
    (
        "timers without end",
        "for (;;) await new Promise((done) => setTimeout(done, 1));",
    ),
    ("jobs without end", "for (;;) await null;"),
    (
        "much memory",
        "const all = []; for (;;) all.push(new Uint8Array(1 << 20));",
    ),
    ("an error", r#"throw new Error("asked");"#),
];

fn untrusted(project: &TestProject) -> Engine {
    Engine::new(EngineOptions {
        trust: Trust::Untrusted,
        ..project.engine().options().clone()
    })
}

fn plan(engine: &Engine) -> (WorkflowPlan, Recording) {
    let recording = Recording::default();
    let request = PlanRequest {
        workflow: None,
        level: PlanLevel::Verified,
    };
    let plan = engine.plan(&request, &recording.session()).unwrap();
    (plan.into_iter().next().unwrap(), recording)
}

#[test]
fn nothing_is_asked() {
    for (name, deed) in DEEDS {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let project = TestProject::new(&fixture(deed));
        let address = listener.local_addr().unwrap();
        project.edit("address.ts", "127.0.0.1:1", &address.to_string());
        let engine = untrusted(&project);
        let (plan, recording) = plan(&engine);
        assert_eq!(
            lines(&plan),
            ["climb pending never-run", "ring pending never-run"],
            "{name}"
        );
        assert_eq!(plan.checks_asked, ChecksAsked::NotAsked, "{name}");
        assert_eq!(
            recording.outline_of(&["checks."]),
            ["checks.skipped"],
            "{name}"
        );
        let saved = engine.save_plan(None, &Recording::default().session());
        assert_eq!(saved.unwrap().workflows, [plan], "{name}");
        assert!(!project.exists("rung.txt"), "{name}");
        assert!(listener.accept().is_err(), "{name}");
        assert!(!project.exists(".rigkit"), "{name}");
    }
}

#[test]
fn stored_runs_are_taken_as_they_are() {
    let (_, command) = DEEDS[0];
    let mut project = TestProject::new(&fixture(command));
    project.apply();
    project
        .environment
        .insert("LOUD".to_owned(), "1".to_owned());
    let (unasked, _) = plan(&untrusted(&project));
    assert_eq!(lines(&unasked), ["climb cached", "ring cached"]);
    assert_eq!(unasked.checks_asked, ChecksAsked::NotAsked);
    assert!(!project.exists("rung.txt"));
    let (asked, _) = plan(&project.engine());
    assert_eq!(asked.checks_asked, ChecksAsked::Asked);
    let rings = project.read("rung.txt").lines().count();
    assert_eq!(rings, 3, "the checks, the artifact, the schema");
}

#[test]
fn a_project_without_providers_has_nothing_to_ask() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"t\", () => {});\n",
    );
    let (plan, recording) = plan(&untrusted(&project));
    assert_eq!(plan.checks_asked, ChecksAsked::Nothing);
    assert!(recording.outline_of(&["checks."]).is_empty());
    let document = serde_json::to_value(plan).unwrap();
    assert!(document.get("checksAsked").is_none());
}

#[test]
fn no_request_runs_code() {
    let project = TestProject::new(&fixture("return [];"));
    let engine = untrusted(&project);
    let session = Recording::default().session();
    let check = |error: EngineError| {
        assert_eq!(error.code(), "untrusted");
        assert!(error.help().unwrap().ends_with("rig trust"));
    };
    check(
        engine
            .apply(&ApplyRequest::default(), &session)
            .unwrap_err(),
    );
    let create = CreateWorkspaceRequest {
        workflow: None,
        name: "one".to_owned(),
        jobs: None,
        lock: rigkit_engine::LockBehaviour::Wait,
    };
    check(engine.create_workspace(&create, &session).unwrap_err());
    for operation in ["apply", "create", "own", "one/remove", "one/own"] {
        let request = OperationRequest {
            workflow: None,
            operation: operation.to_owned(),
            input: json!(if operation == "create" {
                json!({ "name": "one" })
            } else {
                json!({})
            }),
        };
        check(engine.run_operation(&request, &session).unwrap_err());
    }
    assert!(!project.exists(".rigkit"));
}
