//! What happens outside of the editor shows in it: a terminal's applies, files that are not open,
//! the environment, configs that appear.

use std::{fs, os::unix::fs::symlink, path::Path};

use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient, apply, terminal, try_apply};

const SITE: &str = r#"import { workflow } from "@rigkit/sdk";
import { message } from "./message";
export const site = workflow("site").sequence("main").task("greet", async () => ({ ctx: { message } }));
//- message.ts
export const message = "hello";
"#;

#[test]
fn an_apply_in_a_terminal() {
    let mut client = TestClient::new(SITE);
    assert!(client.lenses("rig.config.ts").contains("never ran"));
    apply(&terminal(&client));
    client.wait_for("workspace/codeLens/refresh");
    client.wait_for("workspace/inlayHint/refresh");
    client.wait_for("workspace/diagnostic/refresh");
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    terminal(&client)
        .invalidate(None, &["greet".to_owned()])
        .unwrap();
    client.wait_for_lenses("rig.config.ts", "● invalidated by tester: rig");
}

#[test]
fn a_failure_in_a_terminal() {
    let config = SITE.replace("({ ctx: { message } })", "{ throw new Error(message); }");
    let mut client = TestClient::new(&config);
    assert!(client.lenses("rig.config.ts").contains("● never ran | "));
    try_apply(&terminal(&client)).unwrap_err();
    client.wait_for_lenses("rig.config.ts", "ago: hello (rig log ");
    let lenses = client.lenses("rig.config.ts");
    assert!(lenses.contains("● never ran; failed "), "{lenses}");
}

#[test]
fn a_client_that_does_not_ask_is_told_of_an_apply_in_a_terminal() {
    let mut client = TestClient::with(SITE, Capabilities::Least, json!({}));
    let is_told = |told: usize| {
        move |sent: &Value| {
            let is_config = sent["uri"].as_str().unwrap().ends_with("rig.config.ts");
            is_config && sent["diagnostics"].as_array().unwrap().len() == told
        }
    };
    client.wait_for_where("textDocument/publishDiagnostics", is_told(1));
    apply(&terminal(&client));
    client.wait_for_where("textDocument/publishDiagnostics", is_told(0));
}

#[test]
fn a_file_that_is_not_open_changes() {
    let mut client = TestClient::unopened(SITE, Capabilities::Full, &json!({}));
    client.open("rig.config.ts");
    apply(&terminal(&client));
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    fs::write(
        client.root().join("message.ts"),
        "export const message = \"bye\";\n",
    )
    .unwrap();
    client.wait_for_lenses("rig.config.ts", "● something the handler uses changed");
}

#[test]
fn a_file_that_an_import_waits_for_appears() {
    let mut client = TestClient::unopened(SITE, Capabilities::Full, &json!({}));
    fs::remove_file(client.root().join("message.ts")).unwrap();
    client.open("rig.config.ts");
    assert_eq!(
        client.diagnostics("rig.config.ts")[0]["code"],
        "unresolved-import"
    );
    fs::write(
        client.root().join("message.ts"),
        "export const message = \"hello\";\n",
    )
    .unwrap();
    client.wait_for_lenses("rig.config.ts", "never ran");
}

#[test]
fn the_environment_changes() {
    let config = r#"import { workflow } from "@rigkit/sdk";
export const site = workflow(process.env.SITE_NAME ?? "unnamed").sequence("main").task("a", async () => {});
"#;
    let mut client = TestClient::new(config);
    let name = |client: &mut TestClient| {
        let lenses = client.request("textDocument/codeLens", &client.document("rig.config.ts"));
        lenses.unwrap()[0]["command"]["arguments"][0]["workflow"].clone()
    };
    assert_eq!(name(&mut client), "unnamed");
    fs::write(client.root().join(".env"), "SITE_NAME=named\n").unwrap();
    client.wait_for("workspace/codeLens/refresh");
    assert_eq!(name(&mut client), "named");
}

#[test]
fn an_edit_of_one_file_changes_what_is_told_of_another() {
    let mut client = TestClient::new(SITE);
    apply(&terminal(&client));
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    client.replace("message.ts", "hello", "bye");
    client.wait_for_lenses("rig.config.ts", "● something the handler uses changed");
}

/// Gives the names of the workflows of all projects.
fn workflows(client: &mut TestClient) -> Vec<String> {
    let projects = client.request("rigkit/projects", &Value::Null).unwrap();
    let workflows = projects
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|project| project["workflows"].as_array().unwrap());
    workflows
        .map(|workflow| workflow["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Waits until the workflows of all projects are some.
fn wait_for_workflows(client: &mut TestClient, wanted: &[&str]) {
    while workflows(client) != wanted {
        client.wait_for("rigkit/stateChanged");
    }
}

fn client_of_folder(project: &str) -> TestClient {
    let mut client = TestClient::unopened("", Capabilities::Full, &json!({ "events": true }));
    let config = client.root().join(project).join("rig.config.ts");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(config, PLAIN).unwrap();
    let folder = json!({ "uri": client.uri("."), "name": "project" });
    client.notify(
        "workspace/didChangeWorkspaceFolders",
        &json!({ "event": { "added": [folder], "removed": [] } }),
    );
    wait_for_workflows(&mut client, &["plain"]);
    client
}

const PLAIN: &str = r#"import { workflow } from "@rigkit/sdk";
export const plain = workflow("plain").sequence("main").task("a", async () => {});
"#;

#[test]
fn a_config_goes_and_comes_back() {
    let mut client = client_of_folder("inner");
    let config = client.root().join("inner/rig.config.ts");
    fs::remove_file(&config).unwrap();
    wait_for_workflows(&mut client, &[]);
    fs::write(&config, PLAIN).unwrap();
    wait_for_workflows(&mut client, &["plain"]);
}

#[test]
fn a_folder_with_a_config_moves() {
    let mut client = client_of_folder("inner");
    let (inner, moved) = (client.root().join("inner"), client.root().join("moved"));
    fs::rename(inner, &moved).unwrap();
    wait_for_workflows(&mut client, &[]);
    wait_for_workflows(&mut client, &["plain"]);
    fs::remove_dir_all(moved).unwrap();
    wait_for_workflows(&mut client, &[]);
}

#[test]
fn a_config_that_is_open_is_there_until_it_is_closed() {
    let mut client = TestClient::with(PLAIN, Capabilities::Full, json!({ "events": true }));
    fs::remove_file(client.root().join("rig.config.ts")).unwrap();
    assert_eq!(workflows(&mut client), ["plain"]);
    client.close("rig.config.ts");
    wait_for_workflows(&mut client, &[]);
}

/// Writes files, each into its folder.
fn write(client: &TestClient, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = client.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Opens the config of a project, changes something on the disk, and waits for what the lenses say then.
fn check_recovers(files: &[(&str, &str)], before: &str, change: impl FnOnce(&Path), after: &str) {
    let mut client = TestClient::unopened("", Capabilities::Full, &json!({ "trusted": true }));
    write(&client, files);
    let (_, config) = files[0];
    client.open_with("rig.config.ts", config);
    let told = client.diagnostics("rig.config.ts");
    assert_eq!(told[0]["code"], before, "{told:?}");
    change(&client.root());
    client.wait_until_so(|client| {
        let told = client.diagnostics("rig.config.ts");
        told.first().is_some_and(|told| told["code"] == after)
    });
}

const NEEDS_ROPE: &str = r#"import { workflow } from "@rigkit/sdk";
import { rope } from "./lib/deep/rope";
export const pier = workflow("pier").sequence("main").task("moor", async () => ({ ctx: { rope } }));
"#;

const NEEDS_PACKAGE: &str = r#"import { workflow } from "@rigkit/sdk";
import { rope } from "ropes";
export const pier = workflow("pier").sequence("main").task("moor", async () => ({ ctx: { rope: rope() } }));
"#;

#[test]
fn whatever_a_load_looked_for_in_vain_is_waited_for() {
    let rope = "export const rope = \"hemp\";\n";
    let folder = |root: &Path| {
        fs::create_dir_all(root.join("lib/deep")).unwrap();
        fs::write(root.join("lib/deep/rope.ts"), rope).unwrap();
    };
    check_recovers(
        &[("rig.config.ts", NEEDS_ROPE)],
        "unresolved-import",
        folder,
        "never-run",
    );
    let link = |root: &Path| {
        fs::create_dir_all(root.join("elsewhere/deep")).unwrap();
        fs::write(root.join("elsewhere/deep/rope.ts"), rope).unwrap();
        symlink("elsewhere", root.join("lib")).unwrap();
    };
    check_recovers(
        &[("rig.config.ts", NEEDS_ROPE)],
        "unresolved-import",
        link,
        "never-run",
    );
    let package = |root: &Path| {
        let folder = root.join("node_modules/ropes");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("index.js"), "export const rope = () => 1;\n").unwrap();
        fs::write(folder.join("package.json"), PACKAGE).unwrap();
    };
    check_recovers(
        &[("rig.config.ts", NEEDS_PACKAGE)],
        "unresolved-import",
        package,
        "never-run",
    );
    let mended = |root: &Path| fs::write(root.join("lib/deep/rope.ts"), rope).unwrap();
    let broken = [
        ("rig.config.ts", NEEDS_ROPE),
        ("lib/deep/rope.ts", "export const rope = ;\n"),
    ];
    check_recovers(&broken, "syntax-error", mended, "never-run");
}

const PACKAGE: &str =
    r#"{ "name": "ropes", "version": "1.0.0", "type": "module", "main": "index.js" }"#;

#[test]
fn an_upgraded_package_is_noticed() {
    let files = [
        ("rig.config.ts", NEEDS_PACKAGE),
        ("node_modules/ropes/package.json", PACKAGE),
        (
            "node_modules/ropes/index.js",
            "export const rope = () => 1;\n",
        ),
    ];
    let mut client = TestClient::unopened("", Capabilities::Full, &json!({ "trusted": true }));
    write(&client, &files);
    client.open_with("rig.config.ts", NEEDS_PACKAGE);
    apply(&terminal(&client));
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    // As package managers do: another folder takes the place of the old one.
    let modules = client.root().join("node_modules");
    let upgraded = PACKAGE.replace("1.0.0", "2.0.0");
    write(
        &client,
        &[
            ("node_modules/.ropes-new/package.json", &upgraded),
            (
                "node_modules/.ropes-new/index.js",
                "export const rope = () => 2;\n",
            ),
        ],
    );
    fs::rename(modules.join("ropes"), modules.join(".ropes-old")).unwrap();
    fs::rename(modules.join(".ropes-new"), modules.join("ropes")).unwrap();
    client.wait_for_lenses("rig.config.ts", "● ");
    apply(&terminal(&client));
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    // What is watched now is the new folder.
    write(
        &client,
        &[(
            "node_modules/ropes/package.json",
            &PACKAGE.replace("1.0.0", "3.0.0"),
        )],
    );
    client.wait_for_lenses("rig.config.ts", "● ");
}

#[test]
fn the_data_folder_goes_and_comes_back() {
    let mut client = TestClient::new(SITE);
    for _ in 0..2 {
        apply(&terminal(&client));
        client.wait_for_lenses("rig.config.ts", "✓ up to date");
        fs::remove_dir_all(client.root().join(".rigkit")).unwrap();
        client.wait_for_lenses("rig.config.ts", "● never ran");
    }
}

#[test]
fn a_helper_that_is_closed_without_being_saved_is_what_it_was() {
    let mut client = TestClient::new(SITE);
    apply(&terminal(&client));
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    client.replace("message.ts", "hello", "bye");
    client.wait_for_lenses("rig.config.ts", "● something the handler uses changed");
    client.close("message.ts");
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
}

#[test]
fn a_setting_that_changes_shows_at_once() {
    let mut client = TestClient::new(SITE);
    assert!(client.lenses("rig.config.ts").contains("apply"));
    client.received();
    client.notify(
        "workspace/didChangeConfiguration",
        &json!({ "settings": { "rigkit": { "codeLens": false } } }),
    );
    client.wait_until_so(|client| client.lenses("rig.config.ts").is_empty());
}

#[test]
fn a_secret_of_a_stored_run_is_the_same_secret_in_the_editor() {
    let config = r#"import { env, workflow } from "@rigkit/sdk";
const token = env.secret("TOKEN");
export const site = workflow("site").sequence("main").task("a", async () => { if (token() === "") throw new Error(); });
"#;
    let mut client = TestClient::unopened(config, Capabilities::Full, &json!({ "trusted": true }));
    fs::write(client.root().join(".env"), "TOKEN=gull-5560-harbour\n").unwrap();
    client.open("rig.config.ts");
    client.execute("rigkit.apply", json!({})).unwrap();
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    // The plan of a state that changes again evaluates nothing.
    client
        .execute("rigkit.invalidate", json!({ "task": "a" }))
        .unwrap();
    client.wait_for_lenses("rig.config.ts", "● invalidated");
    client.execute("rigkit.apply", json!({})).unwrap();
    client.wait_for_lenses("rig.config.ts", "✓ up to date");
    fs::write(client.root().join(".env"), "TOKEN=other-7781-harbour\n").unwrap();
    client.wait_for_lenses("rig.config.ts", "● ");
}

const LINKED: &str = r#"import { sequence } from "@rigkit/sdk";
export const pier = sequence("pier").task("moor", async () => {});
"#;

/// Opens a config behind a link by one of its paths, and returns its lenses as it is left by some edits.
fn lenses_behind_a_link(opened: &str) -> String {
    let mut client = TestClient::unopened("", Capabilities::Full, &json!({ "trusted": true }));
    write(&client, &[("configs/pier.ts", LINKED)]);
    let _ = fs::remove_file(client.root().join("rig.config.ts"));
    symlink("configs/pier.ts", client.root().join("rig.config.ts")).unwrap();
    client.open_with(opened, LINKED);
    let symbols = client
        .request("textDocument/documentSymbol", &client.document(opened))
        .unwrap();
    assert_eq!(symbols[0]["name"], "pier");
    assert_eq!(client.diagnostics(opened)[0]["code"], "never-run");
    client.replace(opened, "moor", "anchor");
    client.execute("rigkit.apply", json!({})).unwrap();
    client.wait_for_lenses(opened, "✓ up to date");
    // Another file takes the place of the one that the link led to.
    client.close(opened);
    write(
        &client,
        &[("configs/other.ts", &LINKED.replace("moor", "sail"))],
    );
    fs::remove_file(client.root().join("rig.config.ts")).unwrap();
    symlink("configs/other.ts", client.root().join("rig.config.ts")).unwrap();
    let other = LINKED.replace("moor", "sail");
    let reopened = if opened == "rig.config.ts" {
        opened
    } else {
        "configs/other.ts"
    };
    client.open_with(reopened, &other);
    client.wait_until_so(|client| client.lenses(reopened).contains("never ran"));
    client.lenses(reopened)
}

#[test]
fn a_config_behind_a_link_is_one_by_either_path() {
    let by_link = lenses_behind_a_link("rig.config.ts");
    assert_eq!(lenses_behind_a_link("configs/pier.ts"), by_link);
}
