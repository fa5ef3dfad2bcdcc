//! Context keys come from where a task is in the walk, and not from what is written before it.

use serde_json::Value;

use crate::support::TestClient;

/// Types something that does not parse into a config that did, and returns the keys that are offered after
/// it.
fn keys(config: &str, at: &str, typed: &str) -> Vec<String> {
    let mut client = TestClient::new(config);
    client.replace("rig.config.ts", at, &format!("{at}{typed}"));
    let mut place = client.at("rig.config.ts", typed);
    let length = u64::try_from(typed.encode_utf16().count()).unwrap();
    let start = place["position"]["character"].as_u64().unwrap();
    place["position"]["character"] = Value::from(start + length);
    let list = client.request("textDocument/completion", &place).unwrap();
    let items = list["items"].as_array().cloned().unwrap_or_default();
    let mut labels: Vec<String> = items
        .iter()
        .map(|item| item["label"].as_str().unwrap().to_owned())
        .collect();
    labels.sort();
    labels
}

const TYPED: &str = r#".task("new", async ({ step }) => { const x = step.ctx."#;

#[test]
fn a_branch_knows_nothing_of_the_one_before_it() {
    let config = r#"import { sequence, workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("first", async () => ({ ctx: { before: 1 } }))
  .parallel({
    left: sequence("left").task("l", async () => ({ ctx: { onlyLeft: 1 } })),
    right: sequence("right").task("r", async () => ({ ctx: { onlyRight: 1 } })),
    empty: sequence("empty"),
  });
"#;
    assert_eq!(keys(config, "sequence(\"empty\")", TYPED), ["before"]);
    assert_eq!(keys(config, "onlyRight: 1 } }))", TYPED), ["onlyRight"]);
}

#[test]
fn a_workflow_knows_nothing_of_the_one_before_it() {
    let config = r#"import { workflow } from "@rigkit/sdk";
export const one = workflow("one").sequence("main")
  .task("a", async () => ({ ctx: { ofOne: 1 } }));
export const other = workflow("other");
"#;
    assert_eq!(
        keys(
            config,
            "workflow(\"other\")",
            &format!(".sequence(\"s\"){TYPED}")
        ),
        [""; 0]
    );
}
