//! Trust: analysis always works, and nothing of the project runs before it is granted.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Capabilities, TestClient};

const SITE: &str = r#"import { env, workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("clone", async () => ({ ctx: { value: process.env.TEST_VARIABLE ?? "none" } }));
"#;

#[test]
fn nothing_runs_without_trust() {
    let mut client = TestClient::with(SITE, Capabilities::Full, json!({}));
    let error = client.execute("rigkit.apply", json!({})).unwrap_err();
    assert_eq!(error["data"]["code"], "untrusted");
    assert_snapshot!(error["message"].as_str().unwrap(), @r#"this runs code of the project, and the workspace is not trusted: start the server with `initializationOptions: { "trusted": true }`, or set `rigkit.trusted`"#);
    assert!(!client.root().join(".rigkit").exists());
    client.notify(
        "workspace/didChangeConfiguration",
        &json!({ "settings": { "rigkit": { "trusted": true } } }),
    );
    let applied = client.execute("rigkit.apply", json!({})).unwrap();
    assert_eq!(applied["context"], json!({ "value": "set" }));
}
