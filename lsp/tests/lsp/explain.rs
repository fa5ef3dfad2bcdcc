//! The page that explains tasks: two screens with headings, and the whole under a link.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Capabilities, TestClient};

/// Writes a config whose tasks use many values.
fn config(value: &str, tasks: usize) -> String {
    let values: String = (0..VALUES)
        .map(|index| {
            format!(
                "const value{index} = \"{value} {index} {}\";\n",
                "x".repeat(300)
            )
        })
        .collect();
    let names: Vec<String> = (0..VALUES).map(|index| format!("value{index}")).collect();
    let uses = names.join(", ");
    let tasks: String = (0..tasks)
        .map(|index| {
            format!("\n  .task(\"part-{index}\", async () => ({{ ctx: {{ all: [{uses}] }} }}))")
        })
        .collect();
    format!(
        "import {{ workflow }} from \"@rigkit/sdk\";
{values}export const site = workflow(\"site\").sequence(\"main\"){tasks};
"
    )
}

const VALUES: usize = 80;

/// Returns the text of the document that the client is asked to open, and its name.
fn shown_page(client: &mut TestClient) -> (String, String) {
    let shown = client.wait_for("window/showDocument");
    let uri = shown["uri"].as_str().unwrap();
    let path = uri.strip_prefix("file://").unwrap().to_owned();
    let text = std::fs::read_to_string(&path).unwrap();
    (text, path)
}

fn check_size(page: &str) {
    let rows: usize = page
        .lines()
        .map(|line| 1 + line.chars().count() / 100)
        .sum();
    assert!(rows <= 80, "{rows} rows: {page}");
}

#[test]
fn a_task_is_explained_on_two_screens() {
    let mut client = TestClient::new(&config("old", 1));
    client.execute("rigkit.apply", json!({})).unwrap();
    client.change("rig.config.ts", &config("new", 1));
    client.diagnostics("rig.config.ts");
    let explained = client.execute("rigkit.explain", json!({ "task": "part-0" }));
    assert_eq!(explained.unwrap()["tasks"][0]["node"]["path"], "part-0");
    let (page, path) = shown_page(&mut client);
    check_size(&page);
    let is_steady = |line: &&str| !line.contains(" ago: stale, took ");
    let page: Vec<&str> = page.lines().filter(is_steady).collect();
    assert_snapshot!(page.join("\n"), @r#"
    # `part-0`

    Workflow `site`

    ## Why

    80 things the handler uses changed

    - `value0: "old 0 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… → "new 0 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
    - `value1: "old 1 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… → "new 1 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
    - `value10: "old 10 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… → "new 10 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
    - `value11: "old 11 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… → "new 11 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
    - `value12: "old 12 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… → "new 12 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
    - `value13: "old 13 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… → "new 13 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
    - `value14: "old 14 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… → "new 14 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
    - `value15: "old 15 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… → "new 15 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
    - `value16: "old 16 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… → "new 16 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
    - `value17: "old 17 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… → "new 17 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
    - and 70 more

    ## What it is told apart by

    - format: the same
    - path: the same
    - version: the same
    - handler: changed
    - config: the same
    - output: the same
    - providers: the same
    - upstream: the same

    ## Its last runs


    [Everything that is known](whole-part-0.md)
    "#);
    let whole = path.replace("explain-part-0", "whole-part-0");
    let whole = std::fs::read_to_string(whole).unwrap();
    assert!(whole.len() > 40_000, "{}", whole.len());
}

#[test]
fn many_tasks_are_explained_on_two_screens() {
    let mut client = TestClient::new(&config("old", 300));
    client.execute("rigkit.explain", json!({})).unwrap();
    let (page, _) = shown_page(&mut client);
    check_size(&page);
    assert_snapshot!(page.lines().take(6).collect::<Vec<_>>().join("\n"), @r#"
    # 300 tasks are not cached

    ## `part-0`

    Never ran
    "#);
}

#[test]
fn a_client_without_documents_is_told_what_matters() {
    let options = json!({ "trusted": true });
    let mut client = TestClient::with(&config("old", 40), Capabilities::Least, options);
    client.wait_for("textDocument/publishDiagnostics");
    client.execute("rigkit.explain", json!({})).unwrap();
    let shown = client.wait_for("window/showMessage");
    let root = client.root().display().to_string();
    assert_snapshot!(shown["message"].as_str().unwrap().replace(&root, "ROOT"), @r#"
    part-0: never ran
    part-1: never ran
    part-2: never ran
    part-3: never ran
    part-4: never ran
    part-5: never ran
    part-6: never ran
    part-7: never ran
    part-8: never ran
    part-9: never ran
    part-10: never ran
    part-11: never ran
    and 28 more
    the whole is in ROOT/.rigkit/cache/pages/whole-tasks.md
    "#);
}

const SMALL: &str = r#"import { workflow } from "@rigkit/sdk";
const text = "a|b *c* `d`";
export const site = workflow("site").sequence("main").task("clone", { version: "1" }, async () => ({ ctx: { text } }));
"#;

#[test]
fn a_client_that_shows_pages_gets_them_and_no_file_is_written() {
    let options = json!({ "events": true });
    let mut client = TestClient::with(SMALL, Capabilities::Full, options);
    let explained = client
        .execute("rigkit.explain", json!({ "task": "clone" }))
        .unwrap();
    assert_snapshot!(explained["page"].as_str().unwrap(), @r#"
    # `clone`

    Workflow `site`

    ## Why

    Never ran

    ## What it is told apart by

    - format: nothing to compare with
    - path: nothing to compare with
    - version: nothing to compare with
    - handler: nothing to compare with
    - config: nothing to compare with
    - output: nothing to compare with
    - providers: nothing to compare with
    - upstream: nothing to compare with

    [Everything that is known](whole-clone.md)
    "#);
    let whole = explained["whole"].as_str().unwrap();
    let headings: Vec<&str> = whole.lines().filter(|line| line.starts_with('#')).collect();
    assert_snapshot!(headings.join("\n"), @r#"
    # `clone`
    ## Why
    ## format: nothing to compare with
    ## path: nothing to compare with
    ## version: nothing to compare with
    ## handler: nothing to compare with
    ## config: nothing to compare with
    ## output: nothing to compare with
    ## providers: nothing to compare with
    ## upstream: nothing to compare with
    "#);
    assert!(!client.root().join(".rigkit").exists());
}
