//! The workflow as a tree, and what is found by its letters.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

const SITE: &str = r#"
//- rig.config.ts
import { task, workflow } from "@rigkit/sdk";
import { part } from "./parts";
export const site = workflow("site")
  .sequence("main")
  .task("clone", async () => {})
  .parallel({
    web: part,
    api: task("serve", async () => {}),
  })
  .workspace({ create: async () => ({}), remove: async () => {} })
  .operation("show", { title: "Show it", run: async () => {} });
//- parts.ts
import { sequence } from "@rigkit/sdk";
export const part = sequence("web")
  .task("install", async () => {})
  .task("build", async () => {});
"#;

fn tree(client: &mut TestClient, file: &str) -> String {
    let document = client.document(file);
    let symbols = client
        .request("textDocument/documentSymbol", &document)
        .unwrap();
    let mut lines = Vec::new();
    for symbol in symbols.as_array().unwrap() {
        add(symbol, 0, &mut lines);
    }
    lines.join("\n")
}

fn add(symbol: &Value, depth: usize, lines: &mut Vec<String>) {
    let (range, selection) = (&symbol["range"], &symbol["selectionRange"]);
    assert!(
        place(&range["start"]) <= place(&selection["start"]),
        "{symbol}"
    );
    assert!(
        place(&selection["start"]) <= place(&selection["end"]),
        "{symbol}"
    );
    assert!(place(&selection["end"]) <= place(&range["end"]), "{symbol}");
    let detail = symbol["detail"]
        .as_str()
        .map(|detail| format!(" ({detail})"));
    let [start, end] = ["start", "end"].map(|edge| place(&range[edge]).0 + 1);
    lines.push(format!(
        "{}{} {start}-{end}{}",
        "  ".repeat(depth),
        symbol["name"].as_str().unwrap(),
        detail.unwrap_or_default(),
    ));
    for child in symbol["children"].as_array().into_iter().flatten() {
        add(child, depth + 1, lines);
    }
}

fn place(position: &Value) -> (u64, u64) {
    (
        position["line"].as_u64().unwrap(),
        position["character"].as_u64().unwrap(),
    )
}

#[test]
fn a_document_is_a_tree_with_states() {
    let mut client = TestClient::new(SITE);
    client.diagnostics("rig.config.ts");
    assert_snapshot!(tree(&mut client, "rig.config.ts"), @r#"
    site 3-11 (● 4 of 4 pending)
      main 4-9
        clone 5-5 (● never ran)
        parallel 6-9
          web 7-7
          api 8-8
            serve 8-8 (● never ran)
      workspace 10-10 (none)
      show 11-11 (Show it)
    "#);
    assert_snapshot!(tree(&mut client, "parts.ts"), @r#"
    web 2-4
      install 3-3 (● never ran)
      build 4-4 (● never ran)
    "#);
    client
        .execute("rigkit.apply", json!({ "workflow": "site" }))
        .unwrap();
    let after = tree(&mut client, "parts.ts");
    assert_snapshot!(after.replace("0s", "[age]").replace("1s", "[age]"), @r#"
    web 2-4
      install 3-3 (✓ cached [age] ago)
      build 4-4 (✓ cached [age] ago)
    "#);
}

#[test]
fn the_tree_stays_while_the_code_is_broken_and_moves_with_it() {
    let mut client = TestClient::new(SITE);
    client.diagnostics("rig.config.ts");
    client.replace("rig.config.ts", "export", "const x = ;\r\nexport");
    assert_snapshot!(tree(&mut client, "rig.config.ts"), @r#"
    site 4-12 (● 4 of 4 pending)
      main 5-10
        clone 6-6 (● never ran)
        parallel 7-10
          web 8-8
          api 9-9
            serve 9-9 (● never ran)
      workspace 11-11 (none)
      show 12-12 (Show it)
    "#);
    client.change("rig.config.ts", "{");
    assert_snapshot!(tree(&mut client, "rig.config.ts"), @r#"
    site 1-1 (● 4 of 4 pending)
      main 1-1
        clone 1-1 (● never ran)
        parallel 1-1
          web 1-1
          api 1-1
            serve 1-1 (● never ran)
      workspace 1-1 (none)
      show 1-1 (Show it)
    "#);
}

#[test]
fn clients_without_trees_are_given_a_list() {
    let mut client = TestClient::with(SITE, Capabilities::Least, json!({}));
    client.wait_for("textDocument/publishDiagnostics");
    let document = client.document("rig.config.ts");
    let symbols = client
        .request("textDocument/documentSymbol", &document)
        .unwrap();
    let lines = symbols.as_array().unwrap().iter().map(|symbol| {
        let line = symbol["location"]["range"]["start"]["line"]
            .as_u64()
            .unwrap()
            + 1;
        let container = symbol["containerName"].as_str().unwrap_or("-");
        format!(
            "{line}: {} in {container}",
            symbol["name"].as_str().unwrap()
        )
    });
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    3: site in -
    4: main in site
    5: clone in main
    6: parallel in main
    7: web in parallel
    8: api in parallel
    8: serve in api
    10: workspace in site
    11: show in site
    "#);
}

fn found(client: &mut TestClient, query: &str) -> String {
    let found = client
        .request("workspace/symbol", &json!({ "query": query }))
        .unwrap();
    let lines = found.as_array().unwrap().iter().map(|symbol| {
        let container = symbol["containerName"].as_str().unwrap_or("-");
        let location = client.show_locations(&json!([symbol["location"]]));
        format!(
            "{} in {container}: {location}",
            symbol["name"].as_str().unwrap()
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn symbols_are_found_by_their_letters_in_every_project() {
    let other = "\n//- other/rig.config.ts\nimport { workflow } from \"@rigkit/sdk\";\nexport const other = workflow(\"other\").sequence(\"main\").task(\"wbuild\", async () => {});\n";
    let mut client = TestClient::new(&format!("{SITE}{other}"));
    client.diagnostics("rig.config.ts");
    client.diagnostics("other/rig.config.ts");
    assert_snapshot!(found(&mut client, ""), @r#"
    site in -: rig.config.ts:3:30: export const site = workflow(["site"])
    clone in site: rig.config.ts:5:9: .task(["clone"], async () => {})
    web in site: rig.config.ts:7:5: [web]: part,
    web.install in site: parts.ts:3:9: .task(["install"], async () => {})
    web.build in site: parts.ts:4:9: .task(["build"], async () => {});
    api in site: rig.config.ts:8:5: [api]: task("serve", async () => {}),
    api.serve in site: rig.config.ts:8:15: api: task(["serve"], async () => {}),
    show in site: rig.config.ts:11:14: .operation(["show"], { title: "Show it", run: async () => {} });
    other in -: other/rig.config.ts:2:31: export const other = workflow(["other"]).sequence("main").task("wbuild", async () => {});
    wbuild in other: other/rig.config.ts:2:62: export const other = workflow("other").sequence("main").task(["wbuild"], async () => {});
    "#);
    assert_snapshot!(found(&mut client, "WBU"), @r#"
    wbuild in other: other/rig.config.ts:2:62: export const other = workflow("other").sequence("main").task(["wbuild"], async () => {});
    web.build in site: parts.ts:4:9: .task(["build"], async () => {});
    "#);
    assert_snapshot!(found(&mut client, "zz"), @"");
}
