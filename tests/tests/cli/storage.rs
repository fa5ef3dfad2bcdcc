//! `rig storage`.

use insta::assert_snapshot;
use rigkit_tests::{Key, Project};
use serde_json::json;

/// A provider, known as `meter`, that stores something with the project and on the machine.
const STORING: &str = r#"
//- /rig.config.ts
import { defineProvider, env, workflow } from "@rigkit/sdk";
const gauge = defineProvider("gauge", { token: env.secret("TOKEN") }, {
  providerId: "gauge",
  createProvider: ({ storage, hostStorage }) => ({
    providerId: "gauge",
    runtime: () => ({
      read: () => {
        storage.set("reading", { celsius: 1240 });
        hostStorage.set("login", { token: process.env.TOKEN });
      },
    }),
  }),
});
export const kiln = workflow("kiln", { providers: { meter: gauge } })
  .sequence("kiln")
  .task("fire", ({ meter }) => { meter.read(); });
"#;

fn project() -> Project {
    let project = Project::new(STORING);
    project.write(".env", "TOKEN=hunter2-hunter2\n");
    project
}

#[test]
fn what_a_provider_has_stored_is_shown_without_secrets() {
    let project = project();
    assert_eq!(project.done("storage ls").stderr, "nothing is stored\n");
    project.done("apply");
    assert_snapshot!(project.transcript(&[
        "storage ls",
        "storage ls gauge",
        "storage ls meter",
        "storage ls gouge"
    ]));
    let listed = project
        .done("storage ls gauge --json")
        .document("storage-ls.json");
    let entries: Vec<_> = listed["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| json!([entry["place"], entry["key"], entry["value"]]))
        .collect();
    let expected = [
        json!(["project", "reading", { "celsius": 1240 }]),
        json!(["host", "login", { "token": "***" }]),
    ];
    assert_eq!(entries, expected);
    let error = project.rig("storage ls gouge --json").exits_with(2).error();
    assert_eq!(error["code"], "unknown-provider");
}

#[test]
fn what_a_provider_has_stored_is_forgotten_once_that_is_confirmed() {
    let project = project();
    project.done("apply");
    assert_snapshot!(project.transcript(&["storage clear", "storage clear gauge"]));
    let cleared = project.done("storage clear gauge --yes --json");
    assert_eq!(
        cleared.document("storage-clear.json"),
        json!({ "cleared": 2 })
    );
    assert_eq!(project.done("storage ls").stderr, "nothing is stored\n");
}

#[test]
fn a_terminal_asks_which_provider() {
    let project = project();
    project.done("apply");
    let mut terminal = project.terminal("storage clear");
    terminal.wait_for("Which provider?");
    terminal.press(Key::Enter);
    terminal.wait_for("Forget all that the provider");
    terminal.type_text("y");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert_eq!(project.done("storage ls").stderr, "nothing is stored\n");
}
