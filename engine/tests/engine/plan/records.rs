//! What plans and stored runs tell programs beside what is cached and why.

use rigkit_engine::{
    ApplyRequest, CachedRun, PlanRequest,
    plan::{PlanLevel, WorkflowPlan},
};
use serde_json::{Map, Value, json};

use crate::support::{Recording, TestProject};

const FIXTURE: &str = r#"
//- /cloud.ts
import { defineProvider } from "@rigkit/sdk";
export const cloud = (config) => defineProvider("cloud", config, {
  providerId: "cloud",
  createProvider: () => ({
    providerId: "cloud", runtime: () => ({}),
    checks: () => ({ id: "login", label: "Login", status: "ok", value: process.env.LOGIN ?? "me" }),
  }),
});
//- /rig.config.ts
import { env, task, sequence } from "@rigkit/sdk";
import { cloud } from "./cloud";
export const other = sequence("other").addProvider("cloud", cloud({ token: env.secret("TOKEN", "none") })).task("o", () => {});
export const app = sequence("app").addProvider("cloud", cloud({ region: "eu" }))
  .task("base", ({ step }) => { step.metadata({ size: 3 }); return { ctx: { base: 1 } }; })
  .parallel({
    left: sequence("left").task("l", () => ({ ctx: { machine: { provider: "cloud", kind: "vm", id: 7 } } })),
    right: sequence("right").task("r", () => ({ ctx: { right: true } })),
  });
"#;

fn apply(project: &TestProject) -> Map<String, Value> {
    let request = ApplyRequest {
        workflow: Some("app".to_owned()),
        ..ApplyRequest::default()
    };
    project.apply_with(&request).0.unwrap().context
}

fn plan(project: &TestProject, level: PlanLevel) -> WorkflowPlan {
    let request = PlanRequest {
        workflow: Some("app".to_owned()),
        level,
    };
    let session = Recording::default().session();
    project.engine().plan(&request, &session).unwrap().remove(0)
}

#[test]
fn a_plan_gives_the_final_context_once_all_of_it_is_known() {
    let project = TestProject::new(FIXTURE);
    assert_eq!(plan(&project, PlanLevel::Verified).final_context, None);
    let context = apply(&project);
    assert_eq!(
        json!(context),
        json!({
            "base": 1,
            "left": { "machine": { "provider": "cloud", "kind": "vm", "id": 7 } },
            "right": { "right": true },
        })
    );
    for level in [PlanLevel::AtRest, PlanLevel::Verified] {
        let plan = plan(&project, level);
        assert_eq!(plan.final_context.as_ref(), Some(&context));
    }
    project.edit("rig.config.ts", "right: true", "right: false");
    assert_eq!(plan(&project, PlanLevel::Verified).final_context, None);
}

#[test]
fn what_has_become_a_secret_is_not_shown() {
    let project = TestProject::new(FIXTURE);
    apply(&project);
    let project = project.with_env("TOKEN", "vm");
    for shown in [
        json!(project.engine().cached_runs(Some("app")).unwrap()),
        json!(plan(&project, PlanLevel::Verified).final_context.unwrap()),
    ] {
        assert!(shown.to_string().contains("\"***\""), "{shown}");
        assert!(!shown.to_string().contains("\"vm\""), "{shown}");
    }
}

#[test]
fn the_provider_fingerprint_moves_with_what_tasks_see_of_providers() {
    let project = TestProject::new(FIXTURE);
    let fingerprint =
        |project: &TestProject| plan(project, PlanLevel::Verified).provider_fingerprint;
    let first = fingerprint(&project);
    project.edit("rig.config.ts", "{ base: 1 }", "{ base: 2 }");
    assert_eq!(fingerprint(&project), first);
    project.edit("rig.config.ts", "\"eu\"", "\"us\"");
    let second = fingerprint(&project);
    assert_ne!(second, first);
    let project = project.with_env("LOGIN", "you");
    assert_ne!(fingerprint(&project), second);
}

fn run_of(runs: &[CachedRun], path: &str) -> CachedRun {
    let mut found = runs.iter().filter(|run| run.node_path == path);
    found.next().unwrap().clone()
}

#[test]
fn a_stored_run_tells_all_that_is_known_of_it() {
    let project = TestProject::new(FIXTURE);
    apply(&project);
    let runs = project.engine().cached_runs(Some("app")).unwrap();
    let (base, left) = (run_of(&runs, "base"), run_of(&runs, "left.l"));
    assert_eq!(json!(base.output), json!({ "base": 1 }));
    assert_eq!(json!(base.metadata), json!({ "size": 3 }));
    assert_eq!(base.upstream_run_ids, []);
    assert_eq!(left.upstream_run_ids, std::slice::from_ref(&base.id));
    assert_eq!(left.provider_fingerprint, base.provider_fingerprint);
    assert_ne!(left.node_key, base.node_key);
    assert_eq!(json!(left.node_kind), json!("task"));
    assert_eq!(
        json!(left.artifacts),
        json!([{ "providerId": "cloud", "kind": "vm", "ref": { "provider": "cloud", "kind": "vm", "id": 7 } }])
    );
    let explained = project
        .engine()
        .explain(None, Some("base"))
        .unwrap()
        .remove(0);
    assert_eq!(explained.history, [base]);
}
