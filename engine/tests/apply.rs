//! Applying: what runs, what is stored, what a second time finds.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::json;
use support::{Recording, TestProject};

const CHAIN: &str = r#"
import { workflow } from "@rigkit/sdk";
export const app = workflow("app").sequence("app")
  .task("a", () => ({ ctx: { n: 1 } }))
  .task("b", async ({ step }) => { console.log("hi", step.ctx.n); await null; return { ctx: { ...step.ctx, m: step.ctx.n + 1 } }; })
  .task("c", { version: "1" }, async () => {});
"#;

#[test]
fn a_second_apply_finds_everything_cached() {
    let project = TestProject::new(CHAIN);
    assert_eq!(project.plan_lines(), ["a pending never-run", "b pending never-run", "c pending never-run"]);
    let recording = Recording::default();
    let outcome = project.engine().apply(&rigkit_engine::ApplyRequest::default(), &recording.session()).unwrap();
    assert_eq!(serde_json::Value::Object(outcome.context), json!({ "n": 1, "m": 2 }));
    println!("{:#?}", recording.events());
    assert_eq!(project.plan_lines(), ["a cached", "b cached", "c cached"]);
    project.write(&CHAIN.replace("version: \"1\"", "version: \"2\""));
    println!("{:?}", project.plan());
}
