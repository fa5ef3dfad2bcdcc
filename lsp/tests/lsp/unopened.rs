//! What is wrong in files that are not open reaches every client, and a file that never evaluated shows what
//! is written in it.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

const PIER: &str = r#"import { sequence } from "@rigkit/sdk";
import { depth } from "./charts/depth";
export const pier = sequence("pier").task("sound", async () => ({ ctx: { depth } }));
//- charts/depth.ts
export { depth } from "./sounding";
//- charts/sounding.ts
export const depth = ;
"#;

fn is_of(file: &'static str, count: usize) -> impl Fn(&Value) -> bool {
    move |sent| {
        let is_of_file = sent["uri"].as_str().unwrap().ends_with(file);
        is_of_file && sent["diagnostics"].as_array().unwrap().len() == count
    }
}

#[test]
fn an_error_in_a_file_that_is_not_open_is_published_and_told_at_the_import() {
    let mut client = TestClient::unopened(PIER, Capabilities::Full, &json!({}));
    client.open("rig.config.ts");
    let told = client.diagnostics("rig.config.ts");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_snapshot!(told[0]["message"].as_str().unwrap(), @"`charts/sounding.ts`: unexpected token");
    assert_eq!(
        told[0]["range"]["start"],
        json!({ "line": 1, "character": 22 })
    );
    client.wait_for_where("textDocument/publishDiagnostics", is_of("sounding.ts", 1));
    // Whoever opens it asks for it.
    client.open("charts/sounding.ts");
    client.wait_for_where("textDocument/publishDiagnostics", is_of("sounding.ts", 0));
    assert_eq!(
        client.diagnostics("charts/sounding.ts")[0]["code"],
        "syntax-error"
    );
    assert_eq!(client.diagnostics("rig.config.ts"), Vec::<Value>::new());
    client.close("charts/sounding.ts");
    client.wait_for_where("textDocument/publishDiagnostics", is_of("sounding.ts", 1));
    std::fs::write(
        client.root().join("charts/sounding.ts"),
        "export const depth = 3;\n",
    )
    .unwrap();
    client.wait_for_where("textDocument/publishDiagnostics", is_of("sounding.ts", 0));
    client.wait_until_so(|client| client.diagnostics("rig.config.ts")[0]["code"] == "never-run");
}

#[test]
fn an_error_in_a_config_that_is_not_open_is_published() {
    let broken = "export const a = ;\n";
    let mut client = TestClient::unopened(broken, Capabilities::Full, &json!({}));
    let folder = json!({ "uri": client.uri("."), "name": "project" });
    client.notify(
        "workspace/didChangeWorkspaceFolders",
        &json!({ "event": { "added": [folder], "removed": [] } }),
    );
    client.wait_for_where("textDocument/publishDiagnostics", is_of("rig.config.ts", 1));
}

const NEVER: &str = r#"import { workflow, sequence } from "@rigkit/sdk";
import "./nowhere";

export const site = workflow("site")
  .sequence("main")
  .task("clone", async () => ({ ctx: { repo: "r" } }))
  .parallel({
    web: sequence("web").task("build", async () => {}),
    api: sequence("api").task("build", async () => {}),
  })
  .workspace({ create: async () => ({}), remove: async () => {} })
  .operation("archive", { run: async () => "archived" });
"#;

#[test]
fn a_file_that_never_evaluated_has_lenses_symbols_and_folds_of_its_syntax() {
    let mut client = TestClient::new(NEVER);
    assert_snapshot!(client.lenses("rig.config.ts"), @r#"
    4: ▶ apply | plan | graph
    6: not evaluated | apply up to here
    8: not evaluated | apply up to here
    9: not evaluated | apply up to here
    11: + create workspace
    12: ▶ run
    "#);
    let symbols = client
        .request(
            "textDocument/documentSymbol",
            &client.document("rig.config.ts"),
        )
        .unwrap();
    assert_eq!(symbols[0]["name"], "site");
    let names: Vec<&str> = symbols[0]["children"]
        .as_array()
        .unwrap()
        .iter()
        .map(|child| child["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["main", "clone", "parallel", "workspace", "archive"]);
    let folds = client
        .request(
            "textDocument/foldingRange",
            &client.document("rig.config.ts"),
        )
        .unwrap();
    assert_ne!(folds, json!([]));
}

#[test]
fn a_file_that_never_evaluated_completes_what_its_syntax_shows() {
    let config = NEVER.replace(
        "async () => ({ ctx: { repo",
        "{ ca }, async () => ({ ctx: { repo",
    );
    let mut client = TestClient::new(&config);
    let mut place = client.at("rig.config.ts", "ca }");
    place["position"]["character"] = json!(place["position"]["character"].as_u64().unwrap() + 2);
    let list = client.request("textDocument/completion", &place).unwrap();
    let labels: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["label"].as_str().unwrap())
        .collect();
    assert!(labels.contains(&"cacheTTL"), "{labels:?}");
}

#[test]
fn who_trusts_nobody_is_told_why_nothing_evaluates() {
    let config = r#"import { workflow } from "@rigkit/sdk";
const name = process.env.SITE ?? (() => { throw new Error("the environment variable `SITE` is not set"); })();
export const site = workflow(name).sequence("main").task("a", async () => {});
"#;
    let mut client = TestClient::with(config, Capabilities::Full, json!({}));
    let told = client.diagnostics("rig.config.ts");
    let message = told[0]["message"].as_str().unwrap();
    assert!(message.contains("nobody trusts"), "{message}");
}

#[test]
fn who_trusts_nobody_gets_a_plan_that_is_marked() {
    let config = r#"import { defineProvider, env, workflow } from "@rigkit/sdk";
const cloud = defineProvider("cloud", { token: env("CLOUD_TOKEN") }, { providerId: "cloud", createProvider: () => ({ providerId: "cloud", runtime: () => ({}) }) });
export const site = workflow("site", { providers: { cloud } }).sequence("main").task("a", async () => {});
"#;
    let mut client = TestClient::with(config, Capabilities::Full, json!({}));
    let told = client.diagnostics("rig.config.ts");
    let messages: Vec<&str> = told
        .iter()
        .map(|told| told["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages, ["pending: never ran"]);
    let lenses = client.lenses("rig.config.ts");
    assert!(lenses.contains("● never ran (provisional)"), "{lenses}");
}
