//! Trust: analysis always works, and nothing of the project runs before it is granted.

use std::path::PathBuf;

use insta::assert_snapshot;
use rigkit_engine::trust::TrustStore;
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

const SITE: &str = r#"import { env, workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("clone", async () => ({ ctx: { value: process.env.TEST_VARIABLE ?? "none" } }));
"#;

/// What is said where the client does not follow the person's decisions.
const NOT_TRUSTED: &str = r#"this runs code of the project, and the workspace is not trusted: start the server with `initializationOptions: { "trusted": "recorded" }` or `true`, or set `rigkit.trusted`"#;

/// Gives a client in whose project nobody has decided anything.
fn client(trusted: &Value) -> TestClient {
    TestClient::with(SITE, Capabilities::Full, json!({ "trusted": trusted }))
}

/// Gives the person's decisions, as a terminal on the same machine knows them.
fn terminal(client: &TestClient) -> TrustStore {
    TrustStore::new(client.host_dir())
}

fn is_recorded(client: &TestClient) -> bool {
    let record = terminal(client).read().unwrap();
    record.trust_in(&client.root()).is_some()
}

fn apply(client: &mut TestClient) -> Result<Value, Value> {
    client.execute("rigkit.apply", json!({}))
}

/// Applies in a project that is not trusted, and gives what is said.
fn refusal(client: &mut TestClient) -> String {
    let error = apply(client).unwrap_err();
    assert_eq!(error["data"]["code"], "untrusted");
    assert!(!client.root().join(".rigkit").exists());
    let root = client.root().display().to_string();
    error["message"].as_str().unwrap().replace(&root, "ROOT")
}

#[test]
fn nothing_runs_without_trust() {
    for mut client in [
        TestClient::with(SITE, Capabilities::Full, json!({})),
        client(&json!(false)),
        client(&json!("sometimes")),
    ] {
        assert_eq!(refusal(&mut client), NOT_TRUSTED);
        assert!(!is_recorded(&client));
        client.notify(
            "workspace/didChangeConfiguration",
            &json!({ "settings": { "rigkit": { "trusted": true } } }),
        );
        let applied = apply(&mut client).unwrap();
        assert_eq!(applied["context"], json!({ "value": "set" }));
    }
}

#[test]
fn a_client_that_refuses_does_not_follow_the_record() {
    let mut client = client(&json!(false));
    terminal(&client)
        .trust(&client.root(), "rig trust")
        .unwrap();
    refusal(&mut client);
}

#[test]
fn what_runs_in_a_trusted_session_is_recorded() {
    let mut client = client(&json!(true));
    client.execute("rigkit.plan", json!({})).unwrap();
    client.execute("rigkit.explain", json!({})).unwrap();
    assert!(!is_recorded(&client), "reading is no decision");
    apply(&mut client).unwrap();
    let record = terminal(&client).read().unwrap();
    assert_eq!(record.trust_in(&client.root()).unwrap().by, "rigkit.apply");
}

#[test]
fn the_person_is_asked_once_and_the_command_goes_on() {
    let mut client = client(&json!("recorded"));
    client.will_choose("Trust this folder");
    let applied = apply(&mut client).unwrap();
    assert_eq!(applied["context"], json!({ "value": "set" }));
    assert!(is_recorded(&client));
    // Nothing is left to choose from: a second question would never be answered.
    apply(&mut client).unwrap();
}

#[test]
fn who_does_not_trust_the_folder_is_told_what_to_type() {
    let mut client = client(&json!("recorded"));
    client.will_choose("Something else");
    assert_snapshot!(refusal(&mut client), @"this runs code of the project, and nobody has decided that it may: if you trust it, run `rig trust` in `ROOT`");
    assert!(!is_recorded(&client));
}

#[test]
fn the_server_follows_what_a_terminal_decides() {
    let mut client = client(&json!("recorded"));
    let hover = |client: &mut TestClient| {
        let place = client.at("rig.config.ts", "TEST_VARIABLE");
        let hover = client.request("textDocument/hover", &place).unwrap();
        hover["contents"]["value"].as_str().unwrap().to_owned()
    };
    assert!(hover(&mut client).ends_with("not read: the workspace is not trusted"));
    terminal(&client)
        .trust(&client.root(), "rig trust")
        .unwrap();
    client.wait_until_so(|client| hover(client).ends_with(": set"));
    apply(&mut client).unwrap();
    terminal(&client).revoke(&client.root()).unwrap();
    client.wait_until_so(|client| hover(client).ends_with("not trusted"));
    client.will_choose("Something else");
    assert_eq!(apply(&mut client).unwrap_err()["data"]["code"], "untrusted");
}

#[test]
fn a_damaged_record_trusts_nothing_and_is_told() {
    let mut client = client(&json!("recorded"));
    terminal(&client)
        .trust(&client.root(), "rig trust")
        .unwrap();
    let record: PathBuf = client.host_dir().join("trusted");
    std::fs::write(record, "nonsense").unwrap();
    let told = client.wait_for_where("window/showMessage", |message| {
        message["message"].as_str().unwrap().contains("is damaged")
    });
    assert_eq!(told["type"], 2);
    client.will_choose("Trust this folder");
    assert_eq!(apply(&mut client).unwrap_err()["data"]["code"], "untrusted");
}

#[test]
fn a_plan_says_what_it_did_not_ask() {
    let config = SITE.replace(
        "export const site = workflow(\"site\")",
        "import { defineProvider } from \"@rigkit/sdk\";\nconst bell = defineProvider(\"bell\", {}, { providerId: \"bell\", createProvider: () => ({ providerId: \"bell\", runtime: () => ({}), checks: () => { throw new Error(\"asked\"); } }) });\nexport const site = workflow(\"site\", { providers: { bell } })",
    );
    let mut client = TestClient::with(&config, Capabilities::Full, json!({}));
    let planned = client.execute("rigkit.plan", json!({})).unwrap();
    assert_eq!(planned["workflows"][0]["checksAsked"], "not-asked");
    let provisional = &planned["workflows"][0]["provisional"];
    assert_eq!(*provisional, json!(["TEST_VARIABLE"]));
    let told = client.wait_for("window/showMessage");
    assert_snapshot!(told["message"].as_str().unwrap(), @"site: 1 of 1 tasks pending; checks not asked, for nobody trusts the project; provisional: made without `TEST_VARIABLE`, for nobody trusts the project");
}

#[test]
fn a_plan_without_the_variables_it_needs_is_provisional() {
    let config = r#"import { env, workflow } from "@rigkit/sdk";
const name = env("TEST_VARIABLE");
const { OTHER = "none" } = process.env;
export const site = workflow("site").sequence("main")
  .task(`clone ${name || "nothing"} ${env("THIRD", "third")} ${OTHER}`, async () => {});
"#;
    let told = |client: &mut TestClient| {
        let planned = client.execute("rigkit.plan", json!({})).unwrap();
        let plan = &planned["workflows"][0];
        let lenses = client.request("textDocument/codeLens", &client.document("rig.config.ts"));
        let lenses = lenses.unwrap();
        let lenses = lenses.as_array().unwrap().iter();
        let mut titles = lenses.filter_map(|lens| lens["command"]["title"].as_str());
        let state = titles
            .find(|title| title.contains("never ran"))
            .unwrap()
            .to_owned();
        let task = plan["nodes"][0]["name"].as_str().unwrap();
        format!("{task}\n{}\n{}", plan["provisional"], state)
    };
    let mut client = TestClient::with(config, Capabilities::Full, json!({}));
    assert_snapshot!(told(&mut client), @r#"
    clone nothing third none
    ["OTHER","TEST_VARIABLE","THIRD"]
    ● never ran (provisional)
    "#);
    let mut client = TestClient::with(config, Capabilities::Full, json!({ "trusted": true }));
    assert_snapshot!(told(&mut client), @"
    clone set third none
    null
    ● never ran
    ");
}
