//! While an apply runs, here or in a terminal, each task shows how it stands: that it runs, since when, what
//! it put out last, then its result.

use std::{fs, thread};

use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient, apply, terminal};

/// Each task says something, and ends once there is a file of its name.
const SITE: &str = r#"import { host } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";
const wait = (name: string) => `echo getting ${name}; until [ -e ${name} ]; do sleep 0.02; done`;
export const site = workflow("site", { providers: { host: host.provider() } }).sequence("main")
  .task("clone", async ({ host }) => { await host.exec(wait("clone")); })
  .task("sources", { cacheTTL: 0 }, async ({ host }) => { await host.exec(wait("sources")); })
  .task("build", async () => {});
"#;

/// Lets all tasks end, also where a check has failed: nobody could wait for them any more.
struct Ending(std::path::PathBuf);

impl Drop for Ending {
    fn drop(&mut self) {
        for name in ["clone", "sources"] {
            fs::write(self.0.join(name), "").unwrap();
        }
    }
}

/// Waits for the lenses of each moment of an apply, which some other thread runs.
fn check_is_followed(client: &mut TestClient) {
    let _ending = Ending(client.root());
    let wait_for = |client: &mut TestClient, texts: &[&str]| {
        client.wait_until_so(|client| {
            let lenses = client.lenses("rig.config.ts");
            texts.iter().all(|text| lenses.contains(text))
        });
        client.lenses("rig.config.ts")
    };
    let first = wait_for(
        client,
        &["getting clone", "◌ applying: 0 of 3 done, 1 running"],
    );
    assert!(first.contains("5: ◌ running "), "{first}");
    assert!(!first.contains("pending)"), "{first}");
    let told = client.diagnostics("rig.config.ts");
    let lines: Vec<&Value> = told
        .iter()
        .map(|told| &told["range"]["start"]["line"])
        .collect();
    assert_eq!(lines, [5, 6], "what runs is not pending");
    fs::write(client.root().join("clone"), "").unwrap();
    let second = wait_for(client, &["getting sources", "1 of 3 done, 1 running"]);
    assert!(second.contains("5: ✓ "), "{second}");
    fs::write(client.root().join("sources"), "").unwrap();
    let last = wait_for(client, &["● checks each time", "▶ apply (2 pending)"]);
    assert!(!last.contains("running"), "{last}");
}

#[test]
fn an_apply_of_a_terminal_is_followed() {
    let mut client = TestClient::new(SITE);
    let engine = terminal(&client);
    let run = thread::spawn(move || apply(&engine));
    check_is_followed(&mut client);
    run.join().unwrap();
}

#[test]
fn an_apply_of_the_editor_is_followed() {
    let mut client = TestClient::new(SITE);
    let command = json!({ "command": "rigkit.apply", "arguments": [{}] });
    let id = client.begin("workspace/executeCommand", &command);
    check_is_followed(&mut client);
    client.answer(id).unwrap();
}

#[test]
fn an_apply_that_had_begun_before_the_editor_is_followed() {
    let mut client = TestClient::unopened(SITE, Capabilities::Full, &json!({ "trusted": true }));
    let engine = terminal(&client);
    let run = thread::spawn(move || apply(&engine));
    while !client.root().join(".rigkit/logs").exists() {
        thread::yield_now();
    }
    client.open("rig.config.ts");
    check_is_followed(&mut client);
    run.join().unwrap();
}

#[test]
fn a_failure_in_a_terminal_is_told_until_the_task_has_run() {
    let config = r#"import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("fail", async () => { if (process.env.FAIL !== "0") throw new Error("no power"); });
"#;
    let mut client = TestClient::new(config);
    // The editor has to look at an apply that goes on, and this one is soon over.
    client.execute("rigkit.apply", json!({})).unwrap_err();
    client.wait_for_lenses("rig.config.ts", "✗ failed");
    fs::write(client.root().join(".env"), "FAIL=0\n").unwrap();
    apply(&terminal(&client));
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    assert!(client.lenses("rig.config.ts").contains("✓ cached"));
}
