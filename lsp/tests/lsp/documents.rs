//! Documents as they are opened, changed and closed, in every way a client may do that.

use serde_json::{Value, json};

use crate::support::TestClient;

const SITE: &str = r#"import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main").task("clone", async () => {});
"#;

#[test]
fn the_open_text_counts_and_not_the_file() {
    let mut client = TestClient::new(SITE);
    assert!(client.lenses("rig.config.ts").contains("never ran"));
    client.replace("rig.config.ts", "\"site\"", "\"other\"");
    let lenses = client
        .request("textDocument/codeLens", &client.document("rig.config.ts"))
        .unwrap();
    assert_eq!(lenses[0]["command"]["arguments"][0]["workflow"], "other");
}

#[test]
fn a_file_that_was_closed_without_saving_is_what_it_was() {
    let mut client = TestClient::new(
        r#"//- rig.config.ts
import { workflow } from "@rigkit/sdk";
import { clone } from "./clone";
export const site = workflow("site").sequence("main").add(clone).task("use", async ({ step }) => step.invalidate("clo$0ne"));
//- clone.ts
import { task } from "@rigkit/sdk";
export const clone = task("clone", async () => {});
"#,
    );
    let expected = r#"clone.ts:2:28: export const clone = task("[clone]", async () => {});"#;
    let saved = client.text("clone.ts").to_owned();
    client.diagnostics("rig.config.ts");
    // While this does not parse, the last good definition is the one before it.
    client.replace(
        "rig.config.ts",
        "import { clone }",
        "const = ;\nimport { clone }",
    );
    client.replace("clone.ts", "import", "// longer\nimport");
    client.diagnostics("rig.config.ts");
    client.close("clone.ts");
    client.note_text("clone.ts", &saved);
    let place = client.at("rig.config.ts", "clone\"));");
    let found = client.request("textDocument/definition", &place).unwrap();
    assert_eq!(client.show_locations(&found), expected);
}

#[test]
fn a_goodbye_ends_the_server() {
    let client = TestClient::new(SITE);
    assert_eq!(client.shut_down(), rigkit_lsp::Ending::Orderly);
}

#[test]
fn a_client_that_is_gone_ends_the_server() {
    let client = TestClient::new(SITE);
    assert_eq!(client.ending(), rigkit_lsp::Ending::Abrupt);
}

#[test]
fn documents_that_are_no_files_are_none_of_ours() {
    let mut client = TestClient::new(SITE);
    let document = json!({ "uri": "untitled:Untitled-1", "languageId": "typescript", "version": 1, "text": "x" });
    client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    let asked = json!({ "textDocument": { "uri": "untitled:Untitled-1" } });
    assert_eq!(
        client.request("textDocument/codeLens", &asked),
        Ok(Value::Null)
    );
}
