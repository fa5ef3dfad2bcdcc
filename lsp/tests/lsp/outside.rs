//! What happens outside of the editor shows in it: a terminal's applies, files that are not open,
//! the environment, configs that appear.

use std::{fs, sync::Arc};

use rigkit_engine::{
    ApplyOutcome, ApplyRequest, CancellationToken, Engine, EngineError, EngineOptions, RunSession,
    event::EventRecord,
    host::HeadlessHost,
    project::{Environment, Project},
    sandbox::SandboxLimits,
    trust::{OwnerRule, Trust},
};
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

const SITE: &str = r#"import { workflow } from "@rigkit/sdk";
import { message } from "./message";
export const site = workflow("site").sequence("main").task("greet", async () => ({ ctx: { message } }));
//- message.ts
export const message = "hello";
"#;

/// Is what a terminal has in the same project.
fn terminal(client: &TestClient) -> Engine {
    let host_dir = client.root().with_file_name("home");
    Engine::new(EngineOptions {
        project: Project::find(&client.root()).unwrap(),
        state_path: None,
        environment: Environment::untrusted(),
        trust: Trust::Trusted,
        limits: SandboxLimits::default(),
        evaluator: None,
        loading: rigkit_engine::project::Loading::default(),
        buffers: Arc::default(),
        owners: OwnerRule::default(),
        host_storage_dir: host_dir.join("providers"),
        host_dir,
        who: "tester: rig".to_owned(),
    })
}

fn apply(engine: &Engine) {
    try_apply(engine).unwrap();
}

fn try_apply(engine: &Engine) -> Result<ApplyOutcome, EngineError> {
    let run = RunSession {
        events: Arc::new(|_: &EventRecord| {}),
        host: Arc::new(HeadlessHost),
        cancel: CancellationToken::new(),
    };
    engine.apply(&ApplyRequest::default(), &run)
}

#[test]
fn an_apply_in_a_terminal() {
    let mut client = TestClient::new(SITE);
    assert!(client.lenses("rig.config.ts").contains("never ran"));
    apply(&terminal(&client));
    client.wait_for("workspace/codeLens/refresh");
    client.wait_for("workspace/inlayHint/refresh");
    client.wait_for("workspace/diagnostic/refresh");
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    terminal(&client)
        .invalidate(None, &["greet".to_owned()])
        .unwrap();
    client.wait_for_lenses("rig.config.ts", "● invalidated by tester: rig");
}

#[test]
fn a_failure_in_a_terminal() {
    let config = SITE.replace("({ ctx: { message } })", "{ throw new Error(message); }");
    let mut client = TestClient::new(&config);
    assert!(client.lenses("rig.config.ts").contains("● never ran | "));
    try_apply(&terminal(&client)).unwrap_err();
    client.wait_for_lenses("rig.config.ts", "ago: hello (rig log ");
    let lenses = client.lenses("rig.config.ts");
    assert!(lenses.contains("● never ran; failed "), "{lenses}");
}

#[test]
fn a_client_that_does_not_ask_is_told_of_an_apply_in_a_terminal() {
    let mut client = TestClient::with(SITE, Capabilities::Least, json!({}));
    let is_told = |told: usize| {
        move |sent: &Value| {
            let is_config = sent["uri"].as_str().unwrap().ends_with("rig.config.ts");
            is_config && sent["diagnostics"].as_array().unwrap().len() == told
        }
    };
    client.wait_for_where("textDocument/publishDiagnostics", is_told(1));
    apply(&terminal(&client));
    client.wait_for_where("textDocument/publishDiagnostics", is_told(0));
}

#[test]
fn a_file_that_is_not_open_changes() {
    let mut client = TestClient::unopened(SITE, Capabilities::Full, &json!({}));
    client.open("rig.config.ts");
    apply(&terminal(&client));
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    fs::write(
        client.root().join("message.ts"),
        "export const message = \"bye\";\n",
    )
    .unwrap();
    client.wait_for_lenses("rig.config.ts", "● something the handler uses changed");
}

#[test]
fn a_file_that_an_import_waits_for_appears() {
    let mut client = TestClient::unopened(SITE, Capabilities::Full, &json!({}));
    fs::remove_file(client.root().join("message.ts")).unwrap();
    client.open("rig.config.ts");
    assert_eq!(
        client.diagnostics("rig.config.ts")[0]["code"],
        "unresolved-import"
    );
    fs::write(
        client.root().join("message.ts"),
        "export const message = \"hello\";\n",
    )
    .unwrap();
    client.wait_for_lenses("rig.config.ts", "never ran");
}

#[test]
fn the_environment_changes() {
    let config = r#"import { workflow } from "@rigkit/sdk";
export const site = workflow(process.env.SITE_NAME ?? "unnamed").sequence("main").task("a", async () => {});
"#;
    let mut client = TestClient::new(config);
    let name = |client: &mut TestClient| {
        let lenses = client.request("textDocument/codeLens", &client.document("rig.config.ts"));
        lenses.unwrap()[0]["command"]["arguments"][0]["workflow"].clone()
    };
    assert_eq!(name(&mut client), "unnamed");
    fs::write(client.root().join(".env"), "SITE_NAME=named\n").unwrap();
    client.wait_for("workspace/codeLens/refresh");
    assert_eq!(name(&mut client), "named");
}

#[test]
fn an_edit_of_one_file_changes_what_is_told_of_another() {
    let mut client = TestClient::new(SITE);
    apply(&terminal(&client));
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    client.replace("message.ts", "hello", "bye");
    client.wait_for_lenses("rig.config.ts", "● something the handler uses changed");
}

/// Gives the names of the workflows of all projects.
fn workflows(client: &mut TestClient) -> Vec<String> {
    let projects = client.request("rigkit/projects", &Value::Null).unwrap();
    let workflows = projects
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|project| project["workflows"].as_array().unwrap());
    workflows
        .map(|workflow| workflow["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Waits until the workflows of all projects are some.
fn wait_for_workflows(client: &mut TestClient, wanted: &[&str]) {
    while workflows(client) != wanted {
        client.wait_for("rigkit/stateChanged");
    }
}

fn client_of_folder(project: &str) -> TestClient {
    let mut client = TestClient::unopened("", Capabilities::Full, &json!({ "events": true }));
    let config = client.root().join(project).join("rig.config.ts");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(config, PLAIN).unwrap();
    let folder = json!({ "uri": client.uri("."), "name": "project" });
    client.notify(
        "workspace/didChangeWorkspaceFolders",
        &json!({ "event": { "added": [folder], "removed": [] } }),
    );
    wait_for_workflows(&mut client, &["plain"]);
    client
}

const PLAIN: &str = r#"import { workflow } from "@rigkit/sdk";
export const plain = workflow("plain").sequence("main").task("a", async () => {});
"#;

#[test]
fn a_config_goes_and_comes_back() {
    let mut client = client_of_folder("inner");
    let config = client.root().join("inner/rig.config.ts");
    fs::remove_file(&config).unwrap();
    wait_for_workflows(&mut client, &[]);
    fs::write(&config, PLAIN).unwrap();
    wait_for_workflows(&mut client, &["plain"]);
}

#[test]
fn a_folder_with_a_config_moves() {
    let mut client = client_of_folder("inner");
    let (inner, moved) = (client.root().join("inner"), client.root().join("moved"));
    fs::rename(inner, &moved).unwrap();
    wait_for_workflows(&mut client, &[]);
    wait_for_workflows(&mut client, &["plain"]);
    fs::remove_dir_all(moved).unwrap();
    wait_for_workflows(&mut client, &[]);
}

#[test]
fn a_config_that_is_open_is_there_until_it_is_closed() {
    let mut client = TestClient::with(PLAIN, Capabilities::Full, json!({ "events": true }));
    fs::remove_file(client.root().join("rig.config.ts")).unwrap();
    assert_eq!(workflows(&mut client), ["plain"]);
    client.close("rig.config.ts");
    wait_for_workflows(&mut client, &[]);
}
