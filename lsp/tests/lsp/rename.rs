//! Other names for what is under the cursor, and what they cost.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

/// Renames what is at the cursor, and shows the lines that differ and what a person is told.
fn check(fixture: &str, name: &str) -> String {
    let mut client = TestClient::new(fixture);
    client.diagnostics("rig.config.ts");
    rename(&mut client, name)
}

/// Does the same after everything has run.
fn check_applied(fixture: &str, name: &str) -> String {
    let mut client = TestClient::new(fixture);
    client.execute("rigkit.apply", json!({})).unwrap();
    client.diagnostics("rig.config.ts");
    rename(&mut client, name)
}

fn rename(client: &mut TestClient, name: &str) -> String {
    let mut parameters = client.at_cursor();
    parameters["newName"] = json!(name);
    match client.request("textDocument/rename", &parameters) {
        Ok(Value::Null) => "nothing".to_owned(),
        Ok(edit) => shown(client, &edit),
        Err(error) => format!("{}: {}", error["code"], error["message"].as_str().unwrap()),
    }
}

fn shown(client: &TestClient, edit: &Value) -> String {
    let mut lines = Vec::new();
    for (file, edits) in by_file(client, edit) {
        let after = client.edited(&file, &edits);
        let differs = client.text(&file).lines().zip(after.lines());
        let differs = differs.filter(|(before, after)| before != after);
        lines.extend(differs.map(|(_, after)| format!("{file}: {}", after.trim())));
        let annotated = edits.iter().all(|edit| edit["annotationId"].is_string());
        assert_eq!(annotated, edit["changeAnnotations"].is_object(), "{edit}");
    }
    for annotation in edit["changeAnnotations"]
        .as_object()
        .into_iter()
        .flat_map(|all| all.values())
    {
        assert_eq!(annotation["needsConfirmation"], true);
        lines.push(format!(
            "confirm: {}",
            annotation["label"].as_str().unwrap()
        ));
    }
    lines.join("\n")
}

fn by_file(client: &TestClient, edit: &Value) -> Vec<(String, Vec<Value>)> {
    let file = |uri: &str| uri.strip_prefix(&client.uri("")).unwrap().to_owned();
    let array = |edits: &Value| edits.as_array().unwrap().clone();
    let changes = edit["changes"].as_object().into_iter().flatten();
    let changes = changes.map(|(uri, edits)| (file(uri), array(edits)));
    let documents = edit["documentChanges"].as_array().into_iter().flatten();
    let documents = documents.map(|change| {
        let uri = change["textDocument"]["uri"].as_str().unwrap();
        (file(uri), array(&change["edits"]))
    });
    let mut files: Vec<_> = changes.chain(documents).collect();
    files.sort_by(|one, other| one.0.cmp(&other.0));
    files
}

const SITE: &str = r#"
//- rig.config.ts
import { sequence, task, workflow } from "@rigkit/sdk";
import { check } from "./check";
export const site = workflow("site").sequence("main")
  .task("clone", async () => ({ ctx: { repo: "r" } }))
  .parallel({
    web: sequence("web").task("build", async ({ step }) => ({ ctx: { ...step.ctx, out: step.ctx.repo } })),
    api: task("serve", async () => {}),
  })
  .task("check", check)
  .operation("show", { run: async () => {} })
  .operation("archive", { run: async () => {} })
  .workspaceOperation("open", { run: async () => {} });
//- check.ts
export const check = async ({ step }) => {
  const { repo } = step.ctx;
  if (!repo) return step.invalidate("clone");
  if (!step.ctx.web.out) return step.invalidate("web.build");
};
"#;

fn at(text: &str) -> String {
    SITE.replacen(&text.replace("$0", ""), text, 1)
}

#[test]
fn a_task_is_renamed_with_the_targets_that_name_it() {
    assert_snapshot!(check(&at("\"cl$0one\""), "fetch"), @r#"
    check.ts: if (!repo) return step.invalidate("fetch");
    rig.config.ts: .task("fetch", async () => ({ ctx: { repo: "r" } }))
    "#);
    assert_snapshot!(check_applied(&at("\"cl$0one\""), "fetch"), @r#"
    check.ts: if (!repo) return step.invalidate("fetch");
    rig.config.ts: .task("fetch", async () => ({ ctx: { repo: "r" } }))
    confirm: the stored runs of `clone`, `web.build`, `api.serve` and 1 more are lost: the path is part of a task's identity, and so are the runs before it
    "#);
    assert_snapshot!(check_applied(&at("\"che$0ck\""), "verify it"), @r#"
    rig.config.ts: .task("verify it", check)
    confirm: the stored run of `check` is lost: the path is part of a task's identity
    "#);
    assert_snapshot!(check(&at("invalidate(\"web.bu$0ild\""), "it's \"quoted\""), @r#"
    check.ts: if (!step.ctx.web.out) return step.invalidate("web.it's \"quoted\"");
    rig.config.ts: web: sequence("web").task("it's \"quoted\"", async ({ step }) => ({ ctx: { ...step.ctx, out: step.ctx.repo } })),
    "#);
}

#[test]
fn a_branch_is_renamed_in_paths_and_in_the_context() {
    assert_snapshot!(check_applied(&at("w$0eb: sequence"), "site"), @r#"
    check.ts: if (!step.ctx.site.out) return step.invalidate("site.web.build");
    rig.config.ts: site: sequence("web").task("build", async ({ step }) => ({ ctx: { ...step.ctx, out: step.ctx.repo } })),
    confirm: the stored runs of `web.build` and `check` are lost: the path is part of a task's identity, and so are the runs before it
    "#);
    assert_snapshot!(check(&at("ctx.we$0b.out"), "the site"), @r#"
    check.ts: if (!step.ctx["the site"].out) return step.invalidate("the site.web.build");
    rig.config.ts: "the site": sequence("web").task("build", async ({ step }) => ({ ctx: { ...step.ctx, out: step.ctx.repo } })),
    "#);
    assert_snapshot!(check(&at("w$0eb: sequence"), "api"), @"-32803: there is a branch `api` already");
}

#[test]
fn a_sequence_that_a_branch_does_not_repeat_gets_into_the_paths() {
    assert_snapshot!(check(&at("sequence(\"we$0b\")"), "site"), @r#"
    check.ts: if (!step.ctx.web.out) return step.invalidate("web.site.build");
    rig.config.ts: web: sequence("site").task("build", async ({ step }) => ({ ctx: { ...step.ctx, out: step.ctx.repo } })),
    "#);
    assert_snapshot!(check_applied(&at("sequence(\"ma$0in\")"), "other"), @r#"rig.config.ts: export const site = workflow("site").sequence("other")"#);
}

#[test]
fn a_key_of_the_context_is_renamed_where_it_is_made_and_read() {
    assert_snapshot!(check_applied(&at("ctx: { re$0po"), "directory"), @r#"
    check.ts: const { directory: repo } = step.ctx;
    rig.config.ts: .task("clone", async () => ({ ctx: { directory: "r" } }))
    rig.config.ts: web: sequence("web").task("build", async ({ step }) => ({ ctx: { ...step.ctx, out: step.ctx.directory } })),
    confirm: the stored runs of `clone`, `web.build`, `api.serve` and 1 more are lost: the code of the handler is part of a task's identity, and so are the runs before it
    "#);
    assert_snapshot!(check(&at("ctx: { re$0po"), "out"), @"-32803: there is a key `out` in the context already, beside `repo`");
    assert_snapshot!(check(&at("o$0ut: step"), "repo"), @"-32803: there is a key `repo` in the context already, beside `out`");
}

#[test]
fn a_key_of_the_context_is_renamed_in_the_schema_of_the_output() {
    assert_snapshot!(check(
        r#"
import { workflow } from "@rigkit/sdk";
const z = { object: (shape) => ({ parse: (value) => value, shape }) };
export const site = workflow("site").sequence("main")
  .task("a", { output: { type: "object", properties: { row$0s: {} }, required: ["rows"] } as const }, async () => ({ ctx: { rows: 1 } }))
  .task("b", { output: z.object({ rows: z.object({ rows: 1 }) }) }, async ({ step }) => ({ ctx: { ...step.ctx, rows: 2 } }));
"#,
        "lines"
    ), @r#"rig.config.ts: .task("a", { output: { type: "object", properties: { lines: {} }, required: ["lines"] } as const }, async () => ({ ctx: { lines: 1 } }))"#);
    assert_snapshot!(check(
        r#"
import { workflow } from "@rigkit/sdk";
const z = { object: (shape) => ({ parse: (value) => value, shape }) };
export const site = workflow("site").sequence("main")
  .task("b", { output: z.object({ row$0s: z.object({ rows: 1 }) }) }, async ({ step }) => ({ ctx: { ...step.ctx, rows: 2 } }));
"#,
        "lines"
    ), @r#"rig.config.ts: .task("b", { output: z.object({ lines: z.object({ rows: 1 }) }) }, async ({ step }) => ({ ctx: { ...step.ctx, lines: 2 } }));"#);
}

#[test]
fn what_would_not_evaluate_is_refused() {
    assert_snapshot!(check(
        r#"
import { host } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";
const NAME = "machine";
export const site = workflow("site").sequence("main")
  .addProvider("mach$0ine", host.provider())
  .task("a", async ({ machine }) => {})
  .removeProvider(NAME);
"#,
        "other"
    ), @"-32803: with this name the config would be wrong: no provider `machine` is in scope here");
}

#[test]
fn an_operation_costs_nothing() {
    assert_snapshot!(check_applied(&at("\"sh$0ow\""), "print"), @r#"rig.config.ts: .operation("print", { run: async () => {} })"#);
}

const PROVIDERS: &str = r#"
import { host } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";
export const site = workflow("site", { providers: { host: host.provider() } }).sequence("main")
  .task("clone", async ({ host }) => { await host.exec("true"); })
  .task("build", async ({ host: machine, providers }) => { providers.host; providers?.host; })
  .addProvider("other", host.provider())
  .task("check", async ({ other }) => {})
  .removeProvider("host")
  .task("last", async ({ other: host }) => { host; });
"#;

#[test]
fn a_provider_is_renamed_and_variables_keep_their_names() {
    let at = |text: &str| PROVIDERS.replacen(&text.replace("$0", ""), text, 1);
    assert_snapshot!(check_applied(&at("{ ho$0st: host.provider"), "machine"), @r#"
    rig.config.ts: export const site = workflow("site", { providers: { machine: host.provider() } }).sequence("main")
    rig.config.ts: .task("clone", async ({ machine: host }) => { await host.exec("true"); })
    rig.config.ts: .task("build", async ({ machine: machine, providers }) => { providers.machine; providers?.machine; })
    rig.config.ts: .removeProvider("machine")
    confirm: the stored runs of `clone`, `build`, `check` and 1 more are lost: the names of the providers are part of a task's identity, and so are the runs before it
    "#);
    assert_snapshot!(check(&at("removeProvider(\"ho$0st\""), "my host"), @r#"
    rig.config.ts: export const site = workflow("site", { providers: { "my host": host.provider() } }).sequence("main")
    rig.config.ts: .task("clone", async ({ "my host": host }) => { await host.exec("true"); })
    rig.config.ts: .task("build", async ({ "my host": machine, providers }) => { providers["my host"]; providers?.["my host"]; })
    rig.config.ts: .removeProvider("my host")
    "#);
    assert_snapshot!(check(&at("{ ho$0st: host.provider"), "other"), @"-32803: there is a provider `other` already");
    assert_snapshot!(check(&at("{ ho$0st: host.provider"), "ctx"), @"-32803: a provider cannot be named `ctx`: handlers receive something else under it");
    assert_snapshot!(check(&at("clone\", async ({ ho$0st"), "machine"), @"nothing");
}

#[test]
fn names_that_cannot_be_are_refused() {
    assert_snapshot!(check(&at("\"cl$0one\""), ""), @"-32803: a name cannot be empty");
    assert_snapshot!(check(&at("\"cl$0one\""), "check"), @"-32803: two tasks would have the path `check`");
    assert_snapshot!(check(&at("\"sh$0ow\""), "apply"), @"-32803: `apply` cannot be the id of an operation: it is a command of rig");
    assert_snapshot!(check(&at("\"sh$0ow\""), "archive"), @"-32803: there is an operation `archive` already");
    assert_snapshot!(check(&at("\"op$0en\""), "a/b"), @"-32803: the id of a workspace operation cannot have a `/`: `a/b`");
    assert_snapshot!(check(&at("\"cl$0one\""), "clone"), @"");
}

#[test]
fn a_name_that_is_computed_cannot_be_changed() {
    assert_snapshot!(check(r#"
import { workflow } from "@rigkit/sdk";
const NAME = "clone";
export const site = workflow("site").sequence("main")
  .task(NAME, async () => {})
  .task("use", async ({ step }) => step.invalidate("clo$0ne"));
"#, "fetch"), @"-32803: `clone` cannot be renamed: where it gets its name, that is not written as a plain text");
}

#[test]
fn quotes_stay_as_they_are() {
    assert_snapshot!(check(
        r#"
import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task('clo$0ne', async () => {})
  .task("use", async ({ step }) => step.invalidate(`clone`));
"#,
        "it's `new`"
    ), @r#"
    rig.config.ts: .task('it\'s `new`', async () => {})
    rig.config.ts: .task("use", async ({ step }) => step.invalidate(`it's \`new\``));
    "#);
}

#[test]
fn a_shorthand_becomes_a_key_and_a_value() {
    assert_snapshot!(check(r#"
import { task, workflow } from "@rigkit/sdk";
const web = task("build", async () => ({ ctx: { out: "o" } }));
export const site = workflow("site").sequence("main")
  .parallel({ web })
  .task("use", async ({ step }) => { step.ctx.we$0b.out; });
"#, "site"), @r#"
    rig.config.ts: .parallel({ site: web })
    rig.config.ts: .task("use", async ({ step }) => { step.ctx.site.out; });
    "#);
}

#[test]
fn what_can_be_renamed_is_said_before() {
    let prepare = |fixture: &str| {
        let mut client = TestClient::new(fixture);
        client.diagnostics("rig.config.ts");
        let place = client.at_cursor();
        match client.request("textDocument/prepareRename", &place) {
            Ok(Value::Null) => "nothing".to_owned(),
            Ok(prepared) => {
                let file = client.cursor.clone().unwrap().file;
                let range = client.show_range(&file, &prepared["range"]);
                format!("{} at {range}", prepared["placeholder"])
            }
            Err(error) => error.to_string(),
        }
    };
    assert_snapshot!(prepare(&at("invalidate(\"we$0b.build\"")), @r#""web" at 4:50: if (!step.ctx.web.out) return step.invalidate("[web].build");"#);
    assert_snapshot!(prepare(&at("const { re$0po")), @"nothing");
    assert_snapshot!(prepare(&at("const si$0te")), @"nothing");
}

#[test]
fn clients_that_cannot_confirm_are_warned() {
    let mut client = TestClient::with(
        &at("\"cl$0one\""),
        Capabilities::Least,
        json!({ "trusted": true }),
    );
    client.execute("rigkit.apply", json!({})).unwrap();
    assert_snapshot!(rename(&mut client, "fetch"), @r#"
    check.ts: if (!repo) return step.invalidate("fetch");
    rig.config.ts: .task("fetch", async () => ({ ctx: { repo: "r" } }))
    "#);
    let warning = client.wait_for_where("window/showMessage", |sent| sent["type"] == 2);
    assert_snapshot!(warning["message"].as_str().unwrap(), @"the stored runs of `clone`, `web.build`, `api.serve` and 1 more are lost: the path is part of a task's identity, and so are the runs before it");
}

#[test]
fn broken_code_is_renamed_too() {
    let mut client = TestClient::new(&at("\"cl$0one\""));
    client.execute("rigkit.apply", json!({})).unwrap();
    client.diagnostics("rig.config.ts");
    client.replace("rig.config.ts", "export", "const 𝒳 = ; export");
    client.diagnostics("rig.config.ts");
    let place = client.at("rig.config.ts", "clone\"");
    let mut parameters = place;
    parameters["newName"] = json!("fetch");
    let edit = client.request("textDocument/rename", &parameters).unwrap();
    assert_snapshot!(shown(&client, &edit), @r#"
    check.ts: if (!repo) return step.invalidate("fetch");
    rig.config.ts: .task("fetch", async () => ({ ctx: { repo: "r" } }))
    confirm: stored runs may be lost: the path is part of a task's identity
    "#);
}

#[test]
fn lines_may_end_in_any_way() {
    let fixture = at("\"cl$0one\"").replace('\n', "\r\n");
    assert_snapshot!(check(&fixture, "fetch"), @r#"
    check.ts: if (!repo) return step.invalidate("fetch");
    rig.config.ts: .task("fetch", async () => ({ ctx: { repo: "r" } }))
    "#);
}
