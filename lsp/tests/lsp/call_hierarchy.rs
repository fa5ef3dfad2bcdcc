//! The tasks before and after a task.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestClient;

fn names(client: &TestClient, items: &Value, at: &str) -> String {
    let items = items.as_array().unwrap().iter();
    let lines = items.map(|item| {
        let item = if at.is_empty() { item } else { &item[at] };
        let file = item["uri"].as_str().unwrap();
        let file = file.strip_prefix(&client.uri("")).unwrap();
        let place = client.show_range(file, &item["selectionRange"]);
        format!(
            "{} ({}) {file}:{place}",
            item["name"].as_str().unwrap(),
            item["detail"].as_str().unwrap()
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn check(fixture: &str) -> String {
    let mut client = TestClient::new(fixture);
    client.close("parts.ts");
    client.diagnostics("rig.config.ts");
    let items = client
        .request("textDocument/prepareCallHierarchy", &client.at_cursor())
        .unwrap();
    if items.is_null() {
        return "nothing".to_owned();
    }
    let mut text = names(&client, &items, "");
    for (method, at) in [("incomingCalls", "from"), ("outgoingCalls", "to")] {
        let asked = json!({ "item": items[0] });
        let calls = client
            .request(&format!("callHierarchy/{method}"), &asked)
            .unwrap();
        text.push_str(&format!("\n{at}:\n{}", names(&client, &calls, at)));
    }
    text
}

const SITE: &str = r#"
//- rig.config.ts
import { sequence, task, workflow } from "@rigkit/sdk";
import { part } from "./parts";
export const site = workflow("site").sequence("main")
  .task("clone", async () => {})
  .parallel({ web: part, api: task("serve", async () => {}), none: sequence("none") })
  .task("check", async ({ step }) => step.invalidate("clone"));
//- parts.ts
import { sequence } from "@rigkit/sdk";
export const part = sequence("web")
  .task("install", async () => {})
  .task("build", async () => {});
"#;

#[test]
fn tasks_are_found_through_joins_and_in_other_files() {
    let at = |text: &str| check(&SITE.replacen(&text.replace("$0", ""), text, 1));
    assert_snapshot!(at("\"che$0ck\""), @r#"
    check (● never ran) rig.config.ts:6:9: .task(["check"], async ({ step }) => step.invalidate("clone"));
    from:
    clone (● never ran) rig.config.ts:4:9: .task(["clone"], async () => {})
    web.build (● never ran) parts.ts:4:9: .task(["build"], async () => {});
    api.serve (● never ran) rig.config.ts:5:36: .parallel({ web: part, api: task(["serve"], async () => {}), none: sequence("none") })
    to:
    "#);
    assert_snapshot!(at(".ta$0sk(\"clone\""), @r#"
    clone (● never ran) rig.config.ts:4:9: .task(["clone"], async () => {})
    from:

    to:
    web.install (● never ran) parts.ts:3:9: .task(["install"], async () => {})
    api.serve (● never ran) rig.config.ts:5:36: .parallel({ web: part, api: task(["serve"], async () => {}), none: sequence("none") })
    check (● never ran) rig.config.ts:6:9: .task(["check"], async ({ step }) => step.invalidate("clone"));
    "#);
    assert_snapshot!(at("invalidate(\"clo$0ne\""), @r#"
    clone (● never ran) rig.config.ts:4:9: .task(["clone"], async () => {})
    from:

    to:
    web.install (● never ran) parts.ts:3:9: .task(["install"], async () => {})
    api.serve (● never ran) rig.config.ts:5:36: .parallel({ web: part, api: task(["serve"], async () => {}), none: sequence("none") })
    check (● never ran) rig.config.ts:6:9: .task(["check"], async ({ step }) => step.invalidate("clone"));
    "#);
    assert_snapshot!(at("async$0 () => {})\n  .par"), @"nothing");
}
