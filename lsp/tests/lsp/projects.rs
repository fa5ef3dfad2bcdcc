//! What clients are told that draw something of their own.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

const SITE: &str = r#"import { workflow } from "@rigkit/sdk";
import { build } from "./build";
export const site = workflow("site").sequence("main")
  .task("clone", async () => ({ ctx: { a: 1 } }))
  .add(build)
  .workspace({ create: async () => ({}), remove: async () => {} })
  .workspaceOperation("open", { description: "Opens it", run: async () => 1 });
//- build.ts
import { task } from "@rigkit/sdk";
export const build = task("build", async () => {});
"#;

#[test]
fn everything_that_is_known_of_a_project() {
    let mut client = TestClient::unopened(
        SITE,
        Capabilities::Full,
        &json!({ "trusted": true, "events": true }),
    );
    client.open("rig.config.ts");
    client
        .execute("rigkit.createWorkspace", json!({ "workspace": "a" }))
        .unwrap();
    let mut told = client.request("rigkit/projects", &Value::Null).unwrap();
    let workflow = &mut told[0]["workflows"][0];
    for task in workflow["tasks"].as_array_mut().unwrap() {
        task["text"] = json!(
            task["text"]
                .as_str()
                .unwrap()
                .replace(char::is_numeric, "N")
        );
    }
    workflow.as_object_mut().unwrap().remove("graph").unwrap();
    workflow["operations"]
        .as_array_mut()
        .unwrap()
        .retain(|operation| operation["source"] == "config");
    let root = client.root().display().to_string();
    let told: Value = serde_json::from_str(&told.to_string().replace(&root, "/project")).unwrap();
    assert_json_snapshot!(told);
    client.wait_for("rigkit/event");
    client.wait_for("rigkit/stateChanged");
}

#[test]
fn a_client_that_draws_explains_by_itself() {
    for (draws, shown) in [(false, "window/showDocument"), (true, "window/showMessage")] {
        let options = json!({ "trusted": true, "events": draws });
        let mut client = TestClient::unopened(SITE, Capabilities::Full, &options);
        client.open("rig.config.ts");
        client.lenses("rig.config.ts");
        client.execute("rigkit.explain", json!({})).unwrap();
        client.execute("rigkit.plan", json!({})).unwrap();
        client.wait_for(shown);
        let received = client.received();
        let is_document = |message: &Value| message["method"] == "window/showDocument";
        assert!(!draws || !received.iter().any(is_document));
    }
}

#[test]
fn a_config_that_was_named_stands_for_that_of_its_folder() {
    let fixture = r#"import { name } from "./name";
throw new Error(name);
//- site.config.ts
import { workflow } from "@rigkit/sdk";
import { name } from "./name";
export const site = workflow(name).sequence("main").task("clone", async () => {});
//- name.ts
export const name = "site";
"#;
    for first in ["site.config.ts", "name.ts"] {
        let mut client = TestClient::with_config(fixture, "site.config.ts");
        client.open(first);
        client.open("site.config.ts");
        let told = client.diagnostics("site.config.ts");
        assert_eq!(told[0]["code"], "never-run", "{told:?}");
        let projects = client.request("rigkit/projects", &Value::Null).unwrap();
        let config = projects[0]["config"].as_str().unwrap();
        assert!(config.ends_with("/site.config.ts"), "{projects}");
    }
}
