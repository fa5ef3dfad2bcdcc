//! Commands, through the engine: with progress, output, and a way to end them.

use insta::assert_json_snapshot;
use serde_json::json;

use crate::support::TestClient;

const SITE: &str = r#"import { host } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";
export const site = workflow("site", { providers: { host: host.provider() } })
  .sequence("main")
  .task("clone", async ({ step }) => { step.log("cloning"); return { ctx: { repo: "r" } }; })
  .task("wait", async ({ host }) => { if (await host.exists("slow")) await host.exec("sleep 600"); })
  .workspace({ create: async ({ workspace }) => ({ at: workspace.name }), remove: async () => {} })
  .workspaceOperation("open", { run: async ({ workspace }) => `opened ${workspace.ctx.at}` })
  .operation("greet", { input: (w) => ({ who: w.string() }), run: async ({ input }) => `hello ${input.who}` });
"#;

#[test]
fn an_apply_has_progress_output_and_a_result() {
    let mut client = TestClient::new(SITE);
    let command = json!({ "command": "rigkit.apply", "arguments": [{ "workflow": "site" }] });
    let applied = client
        .request("workspace/executeCommand", &command)
        .unwrap();
    assert_eq!(applied["context"], json!({ "repo": "r" }));
    let token = client.wait_for("window/workDoneProgress/create")["token"].clone();
    let is_ours = |sent: &serde_json::Value| sent["token"] == token;
    let begun = client.wait_for_where("$/progress", is_ours);
    assert_json_snapshot!(begun["value"], @r#"
    {
      "kind": "begin",
      "title": "Applying `site`",
      "cancellable": true,
      "percentage": 0
    }
    "#);
    client.wait_for_where("$/progress", |sent| {
        is_ours(sent) && sent["value"]["message"] == "clone done"
    });
    client.wait_for_where("$/progress", |sent| {
        is_ours(sent) && sent["value"]["kind"] == "end"
    });
    client.wait_for_where("window/logMessage", |sent| {
        sent["message"] == "[clone] cloning"
    });
}

#[test]
fn a_run_ends_when_its_progress_is_cancelled() {
    let mut client = TestClient::new(SITE);
    std::fs::write(client.root().join("slow"), "").unwrap();
    let command = json!({ "command": "rigkit.apply", "arguments": [{ "workflow": "site" }] });
    let id = client.begin("workspace/executeCommand", &command);
    let token = client.wait_for("window/workDoneProgress/create")["token"].clone();
    client.wait_for_where("window/logMessage", |sent| {
        sent["message"] == "[wait] $ sleep 600"
    });
    client.notify("window/workDoneProgress/cancel", &json!({ "token": token }));
    let error = client.answer(id).unwrap_err();
    assert_eq!(error["code"], -32800, "{error}");
}

#[test]
fn workspaces_and_operations_are_run() {
    let mut client = TestClient::new(SITE);
    let created = client
        .execute("rigkit.createWorkspace", json!({ "workspace": "a" }))
        .unwrap();
    assert_eq!(created["ctx"], json!({ "at": "a" }));
    let opened = client
        .execute(
            "rigkit.runWorkspaceOperation",
            json!({ "workspace": "a", "operation": "open" }),
        )
        .unwrap();
    assert_eq!(opened, json!("opened a"));
    let greeted = client
        .execute(
            "rigkit.runOperation",
            json!({ "operation": "greet", "input": { "who": "you" } }),
        )
        .unwrap();
    assert_eq!(greeted, json!("hello you"));
    client.will_choose("Remove");
    client
        .execute("rigkit.removeWorkspace", json!({ "workspace": "a" }))
        .unwrap();
    let gone = client
        .execute(
            "rigkit.removeWorkspace",
            json!({ "workspace": "a", "confirmed": true }),
        )
        .unwrap_err();
    assert_eq!(gone["data"]["code"], "unknown-workspace");
}

#[test]
fn what_is_left_out_is_offered() {
    let mut client = TestClient::new(SITE);
    client.will_choose("Create `dev`");
    let created = client.execute("rigkit.createWorkspace", json!({})).unwrap();
    assert_eq!(created["name"], "dev");
    client.will_choose("dev");
    client.will_choose("open");
    let opened = client
        .execute("rigkit.runWorkspaceOperation", json!({}))
        .unwrap();
    assert_eq!(opened, json!("opened dev"));
}

#[test]
fn a_goodbye_during_an_apply_ends_it_cleanly() {
    let mut client = TestClient::new(SITE);
    std::fs::write(client.root().join("slow"), "").unwrap();
    let command = json!({ "command": "rigkit.apply", "arguments": [{ "workflow": "site" }] });
    let id = client.begin("workspace/executeCommand", &command);
    client.wait_for_where("window/logMessage", |sent| {
        sent["message"] == "[wait] $ sleep 600"
    });
    client
        .request("shutdown", &serde_json::Value::Null)
        .unwrap();
    assert!(client.answer(id).is_err());
    client.notify("exit", &serde_json::Value::Null);
    assert_eq!(client.ending(), rigkit_lsp::Ending::Orderly);
}
