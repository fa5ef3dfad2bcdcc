//! Actions: what can be done at a place, and how what is wrong there is mended.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

/// Asks for actions between two positions of a file.
fn ask(
    client: &mut TestClient,
    file: &str,
    start: &Value,
    end: &Value,
    context: Value,
) -> Vec<Value> {
    // Whoever asks for actions has seen the diagnostics.
    client.diagnostics(file);
    let parameters = json!({
        "textDocument": { "uri": client.uri(file) },
        "range": { "start": start, "end": end },
        "context": context,
    });
    let answer = client.request("textDocument/codeAction", &parameters);
    answer.unwrap().as_array().cloned().unwrap_or_default()
}

fn at_cursor(client: &mut TestClient, context: Value) -> Vec<Value> {
    let file = client.cursor.as_ref().unwrap().file.clone();
    let position = client.at_cursor()["position"].clone();
    ask(client, &file, &position, &position, context)
}

/// Gives the titles of actions, each after its kind.
fn titles(actions: &[Value]) -> String {
    let lines = actions.iter().map(|action| {
        let preferred = if action["isPreferred"] == true {
            " (preferred)"
        } else {
            ""
        };
        format!(
            "{}: {}{preferred}",
            action["kind"].as_str().unwrap(),
            action["title"].as_str().unwrap(),
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn commands(client: &mut TestClient) -> String {
    let context = json!({ "diagnostics": [], "only": ["rigkit"] });
    titles(&at_cursor(client, context))
}

/// Says what fixes there are at the cursor, and what the preferred or else first one makes of the
/// text.
#[track_caller]
fn check_fix(fixture: &str, expected_titles: &str, edits: &[(&str, &str)]) {
    let mut client = TestClient::new(fixture);
    let mut expected = client.text("rig.config.ts").to_owned();
    for (old, new) in edits {
        assert!(expected.contains(old), "no {old:?} in {expected}");
        expected = expected.replacen(old, new, 1);
    }
    let fixes = fixes(&mut client);
    assert_eq!(titles(&fixes), expected_titles);
    if let Some(fix) = fixes.first() {
        assert_eq!(applied(&client, &fix["edit"], "rig.config.ts"), expected);
    }
}

fn fixes(client: &mut TestClient) -> Vec<Value> {
    at_cursor(client, json!({ "diagnostics": [], "only": ["quickfix"] }))
}

/// Gives a file as it is after an edit, which has to be of the version that the client shows.
fn applied(client: &TestClient, edit: &Value, file: &str) -> String {
    let documents = edit["documentChanges"].as_array().unwrap();
    let changed = documents
        .iter()
        .find(|change| change["textDocument"]["uri"] == client.uri(file))
        .unwrap_or_else(|| panic!("{edit}"));
    let mut text = client.text(file).to_owned();
    let mut edits = changed["edits"].as_array().unwrap().clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(offset(&text, &edit["range"]["start"])));
    for edit in edits {
        let range = offset(&text, &edit["range"]["start"])..offset(&text, &edit["range"]["end"]);
        text.replace_range(range, edit["newText"].as_str().unwrap());
    }
    text
}

fn offset(text: &str, position: &Value) -> usize {
    let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
    let character = usize::try_from(position["character"].as_u64().unwrap()).unwrap();
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let units = text[start..]
        .char_indices()
        .scan(0, |units, (byte, letter)| {
            let at = *units;
            *units += letter.len_utf16();
            Some((at, byte))
        });
    let found = units.into_iter().find(|(at, _)| *at == character);
    start + found.map_or(text.len() - start, |(_, byte)| byte)
}

const SITE: &str = r#"import { task, workflow } from "@rigkit/sdk";

export const site = workflow("site")
  .sequence("main")
  .task("clone", async () => ({ ctx: { repo: "r" } }))
  .parallel({
    web: task("build", async ({ step }) => {
      return { ctx: { ...step.ctx, out: "o" } };
    }),
  })
  .task("test", async () => {})
  .workspace({ create: async () => ({}), remove: async () => {} })
  .workspaceOperation("open", { run: async () => "opened" })
  .operation("archive", { run: async () => "archived" });
"#;

fn with_cursor_at(text: &str) -> String {
    SITE.replacen(text, &format!("$0{text}"), 1)
}

#[test]
fn a_task_that_has_not_run_can_be_applied_and_explained() {
    let mut client = TestClient::new(&with_cursor_at("clone"));
    assert_snapshot!(commands(&mut client), @r#"
    rigkit.applyUntil: Apply up to `clone`
    rigkit.explain: Explain why `clone` has to run
    rigkit.apply: Apply `site` (3 pending)
    "#);
    let mut client = TestClient::new(&with_cursor_at("return"));
    assert_snapshot!(commands(&mut client), @r#"
    rigkit.applyUntil: Apply up to `web.build`
    rigkit.explain: Explain why `web.build` has to run
    rigkit.apply: Apply `site` (3 pending)
    "#);
}

#[test]
fn a_task_that_has_run_can_be_invalidated_with_all_that_descends_from_it() {
    let mut client = TestClient::new(&with_cursor_at("clone"));
    client.execute("rigkit.apply", json!({})).unwrap();
    assert_snapshot!(commands(&mut client), @r#"
    rigkit.invalidate: Invalidate `clone` and the 2 tasks that descend from it
    rigkit.explain: Explain why `clone` is cached
    "#);
    let actions = at_cursor(
        &mut client,
        json!({ "diagnostics": [], "only": ["rigkit.invalidate"] }),
    );
    let command = &actions[0]["command"];
    assert_eq!(command["command"], "rigkit.invalidate");
    assert_eq!(
        command["arguments"],
        json!([{ "config": client.uri("rig.config.ts"), "workflow": "site", "task": "clone" }])
    );
    let invalidated = client
        .execute("rigkit.invalidate", command["arguments"][0].clone())
        .unwrap();
    assert_eq!(invalidated["invalidated"].as_array().unwrap().len(), 3);
    let mut client = TestClient::new(&with_cursor_at("test"));
    client.execute("rigkit.apply", json!({})).unwrap();
    assert_snapshot!(commands(&mut client), @r#"
    rigkit.invalidate: Invalidate `test`
    rigkit.explain: Explain why `test` is cached
    "#);
}

#[test]
fn a_workflow_can_be_applied() {
    let mut client = TestClient::new(&with_cursor_at("site\")"));
    assert_snapshot!(commands(&mut client), @r#"
    rigkit.apply: Apply `site` (3 pending)
    rigkit.explain: Explain what is pending in `site`
    rigkit.createWorkspace: Create a workspace of `site`
    "#);
    client.execute("rigkit.apply", json!({})).unwrap();
    assert_snapshot!(commands(&mut client), @"rigkit.createWorkspace: Create a workspace of `site`");
}

#[test]
fn workspaces_are_made_removed_and_worked_on() {
    let mut client = TestClient::new(&with_cursor_at("workspace("));
    assert_snapshot!(commands(&mut client), @"rigkit.createWorkspace: Create a workspace of `site`");
    for name in ["feature", "fix"] {
        client
            .execute("rigkit.createWorkspace", json!({ "workspace": name }))
            .unwrap();
    }
    assert_snapshot!(commands(&mut client), @r#"
    rigkit.createWorkspace: Create a workspace of `site`
    rigkit.runWorkspaceOperation: Run an operation on the workspace `feature`…
    rigkit.removeWorkspace: Remove the workspace `feature`
    rigkit.runWorkspaceOperation: Run an operation on the workspace `fix`…
    rigkit.removeWorkspace: Remove the workspace `fix`
    "#);
}

#[test]
fn operations_are_run() {
    let mut client = TestClient::new(&with_cursor_at("archive"));
    assert_snapshot!(commands(&mut client), @"rigkit.runOperation: Run `archive`");
    let mut client = TestClient::new(&with_cursor_at("open\""));
    assert_snapshot!(commands(&mut client), @"rigkit.createWorkspace: Create a workspace of `site`");
    client
        .execute("rigkit.createWorkspace", json!({ "workspace": "feature" }))
        .unwrap();
    assert_snapshot!(commands(&mut client), @"rigkit.runWorkspaceOperation: Run `open` on the workspace `feature`");
}

#[test]
fn elsewhere_there_is_nothing_to_do() {
    let mut client = TestClient::new(&with_cursor_at("import"));
    assert_eq!(
        at_cursor(&mut client, json!({ "diagnostics": [] })),
        [Value::Null; 0]
    );
}

#[test]
fn a_selection_offers_what_is_in_it() {
    let mut client = TestClient::new(SITE);
    let (start, end) = (
        json!({ "line": 4, "character": 0 }),
        json!({ "line": 6, "character": 9 }),
    );
    let context = json!({ "diagnostics": [], "only": ["rigkit.applyUntil"] });
    let actions = ask(&mut client, "rig.config.ts", &start, &end, context);
    assert_snapshot!(titles(&actions), @r#"
    rigkit.applyUntil: Apply up to `clone`
    rigkit.applyUntil: Apply up to `web.build`
    "#);
}

#[test]
fn an_editor_that_asks_by_itself_is_offered_nothing_inside_of_handlers() {
    let automatic = || json!({ "diagnostics": [], "triggerKind": 2 });
    let mut client = TestClient::new(&with_cursor_at("return"));
    assert_eq!(at_cursor(&mut client, automatic()), [Value::Null; 0]);
    let mut client = TestClient::new(&with_cursor_at("build"));
    assert_eq!(at_cursor(&mut client, automatic()).len(), 3);
}

#[test]
fn a_task_of_several_workflows_is_told_apart() {
    let mut client = TestClient::new(
        r#"import { task, workflow } from "@rigkit/sdk";
const clone = task("clo$0ne", () => {});
export const web = workflow("web").sequence("main").add(clone);
export const api = workflow("api").sequence("main").add(clone);
"#,
    );
    assert_snapshot!(commands(&mut client), @r#"
    rigkit.applyUntil: Apply up to `clone` of `api`
    rigkit.explain: Explain why `clone` of `api` has to run
    rigkit.applyUntil: Apply up to `clone` of `web`
    rigkit.explain: Explain why `clone` of `web` has to run
    rigkit.apply: Apply `api` (1 pending)
    rigkit.apply: Apply `web` (1 pending)
    "#);
}

#[test]
fn actions_stay_while_the_code_is_broken() {
    let mut client = TestClient::new(&with_cursor_at("clone"));
    let before = commands(&mut client);
    client.replace("rig.config.ts", "async () => {})", "async () => {");
    assert_eq!(commands(&mut client), before);
}

#[test]
fn only_what_is_asked_for_is_given() {
    let mut client = TestClient::new(&with_cursor_at("clone"));
    let mut kinds = |only: Value| {
        let actions = at_cursor(&mut client, json!({ "diagnostics": [], "only": only }));
        titles(&actions)
    };
    assert_eq!(kinds(json!(["source.fixAll"])), "");
    assert_eq!(kinds(json!(["quickfix"])), "");
    assert_snapshot!(kinds(json!(["rigkit.apply"])), @"rigkit.apply: Apply `site` (3 pending)");
    assert_snapshot!(kinds(json!([""])), @r#"
    rigkit.applyUntil: Apply up to `clone`
    rigkit.explain: Explain why `clone` has to run
    rigkit.apply: Apply `site` (3 pending)
    "#);
}

#[test]
fn a_client_that_knows_only_commands_is_given_those() {
    let trusted = json!({ "trusted": true });
    let mut client = TestClient::with(&with_cursor_at("clone"), Capabilities::Least, trusted);
    client.wait_for("textDocument/publishDiagnostics");
    let position = client.at_cursor()["position"].clone();
    let parameters = json!({
        "textDocument": { "uri": client.uri("rig.config.ts") },
        "range": { "start": position, "end": position },
        "context": { "diagnostics": [] },
    });
    let actions = client
        .request("textDocument/codeAction", &parameters)
        .unwrap();
    let actions = actions.as_array().unwrap().clone();
    assert_eq!(actions.len(), 3);
    assert_eq!(actions[0]["title"], "Apply up to `clone`");
    assert_eq!(actions[0]["command"], "rigkit.applyUntil");
}

#[test]
fn a_duplicate_is_renamed_to_the_next_free_name() {
    check_fix(
        r#"import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("clone", () => {})
  .task("clone-2", () => {})
  .task('cl$0one', () => {});
"#,
        "quickfix: Rename to `clone-3` (preferred)",
        &[("'clone'", "'clone-3'")],
    );
    check_fix(
        r#"import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main").task("a", () => {})
  .operation("up", { run: () => {} })
  .operation("u$0p", { run: () => {} });
"#,
        "quickfix: Rename to `up-2` (preferred)",
        &[(
            ".operation(\"up\", { run: () => {} });",
            ".operation(\"up-2\", { run: () => {} });",
        )],
    );
    check_fix(
        r#"import { workflow } from "@rigkit/sdk";
export const a = workflow("site").sequence("main").task("a", () => {});
export const b = workflow("s$0ite").sequence("main").task("b", () => {});
"#,
        "quickfix: Rename to `site-2` (preferred)",
        &[("b = workflow(\"site\")", "b = workflow(\"site-2\")")],
    );
}

#[test]
fn a_duplicate_that_is_written_once_is_left() {
    check_fix(
        r#"import { sequence } from "@rigkit/sdk";
let site = sequence("site");
for (const _ of [1, 2]) site = site.task("cl$0one", () => {});
export { site };
"#,
        "",
        &[],
    );
}

#[test]
fn a_fix_says_what_it_mends() {
    let mut client = TestClient::new(
        r#"import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("clone", () => {})
  .task("cl$0one", () => {});
"#,
    );
    let told = client.diagnostics("rig.config.ts");
    let duplicate = told.iter().find(|told| told["code"] == "duplicate-task");
    let fixes = fixes(&mut client);
    assert_eq!(fixes[0]["diagnostics"], json!([duplicate]));
    let document = &fixes[0]["edit"]["documentChanges"][0]["textDocument"];
    assert_eq!(document["version"], 1);
}

#[test]
fn a_duration_is_put_right() {
    let check = |written: &str, titles: &str, right: &str| {
        let fixture = format!(
            "import {{ sequence }} from \"@rigkit/sdk\";\nexport const site = sequence(\"site\")\n  .task(\"a\", {{ cacheTTL: {written} }}, () => {{}});\n",
        );
        check_fix(&fixture, titles, &[(&written.replace("$0", ""), right)]);
    };
    check(
        "\"$03 hours\"",
        "quickfix: Change to `3h` (preferred)",
        "\"3h\"",
    );
    check(
        "'$010sec'",
        "quickfix: Change to `10s` (preferred)",
        "'10s'",
    );
    check(
        "\"$010\"",
        "quickfix: Change to `10s`\nquickfix: Change to `10m`\nquickfix: Change to `10h`",
        "\"10s\"",
    );
    check(
        "{ $0hrs: 2 }",
        "quickfix: Change to `hours` (preferred)",
        "{ hours: 2 }",
    );
    check("{ days: 1, $0weeks: 2 }", "", "{ days: 1, weeks: 2 }");
    check(
        "{ $0weeks: 2, hour: 1 }",
        "quickfix: Change to `days`, `hours` (preferred)",
        "{ days: 14, hours: 1 }",
    );
    check("{ $0weeks: 2 * 3 }", "", "{ weeks: 2 * 3 }");
    check("\"$0soon\"", "", "\"soon\"");
    check("$0-1", "", "-1");
}

#[test]
fn a_target_is_one_that_runs_before() {
    check_fix(
        r#"import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("login", () => {})
  .task("clone", () => {})
  .task("use", ({ step }) => step.invalidate('lo$0gn'));
"#,
        "quickfix: Invalidate `login` here (preferred)\nquickfix: Invalidate `clone` here",
        &[("'logn'", "'login'")],
    );
    check_fix(
        r#"import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("use", ({ step }) => step.invalidate("lo$0gn"));
"#,
        "",
        &[],
    );
}

#[test]
fn a_name_that_leads_nowhere_becomes_the_nearest_one() {
    check_fix(
        r#"import { host } from "@rigkit/provider-host";
import { sequence } from "@rigkit/sdk";
export const site = sequence("site").addProvider("docker", host.provider())
  .removeProvider("do$0cer").task("a", () => {});
"#,
        "quickfix: Change to `docker` (preferred)",
        &[("\"docer\"", "\"docker\"")],
    );
    check_fix(
        r#"import { sequence } from "@rigkit/sdk";
const verson = "1";
export const site = sequence("site").task("a", { $0verson }, () => {});
"#,
        "quickfix: Change to `version` (preferred)",
        &[("{ verson }", "{ version: verson }")],
    );
    check_fix(
        r#"import { sequence } from "@rigkit/sdk";
export const site = sequence("site").task("a", { $0colour: 1 }, () => {});
"#,
        "quickfix: Remove `colour`",
        &[("{ colour: 1 }", "{  }")],
    );
}

#[test]
fn a_reserved_name_gets_another_one_beside_it() {
    check_fix(
        r#"import { host } from "@rigkit/provider-host";
import { sequence } from "@rigkit/sdk";
export const site = sequence("site").addProvider('st$0ep', host.provider()).task("a", () => {});
"#,
        "quickfix: Rename to `stepProvider`",
        &[("'step'", "'stepProvider'")],
    );
    check_fix(
        r#"import { host } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";
export const site = workflow("site", { providers: { con$0fig: host.provider() } }).sequence("site").task("a", () => {});
"#,
        "quickfix: Rename to `configProvider`",
        &[("config:", "configProvider:")],
    );
}

/// Checks the only fix of a chain on a sequence.
#[track_caller]
fn check_chain(chain: &str, title: &str, mended: &str) {
    let fixture = format!(
        "import {{ host }} from \"@rigkit/provider-host\";\nimport {{ defineProvider, sequence, task, workflow }} from \"@rigkit/sdk\";\nconst run = async () => {{}};\nexport const site = sequence(\"site\").task(\"t\", run)\n  {chain};\n"
    );
    let title = format!("quickfix: {title}");
    check_fix(&fixture, &title, &[(&chain.replace("$0", ""), mended)]);
}

#[test]
fn a_function_that_is_missing_is_added() {
    check_chain(
        ".ta$0sk(\"a\")",
        "Add a handler (preferred)",
        ".task(\"a\", async () => {})",
    );
    check_chain(
        ".ta$0sk(\"a\", { version: \"1\" })",
        "Add a handler (preferred)",
        ".task(\"a\", { version: \"1\" }, async () => {})",
    );
    check_chain(
        ".oper$0ation(\"up\")",
        "Add `run` (preferred)",
        ".operation(\"up\", { run: async () => {} })",
    );
    check_chain(
        ".oper$0ation(\"up\", { title: \"Up\" })",
        "Add `run` (preferred)",
        ".operation(\"up\", { run: async () => {}, title: \"Up\" })",
    );
    check_chain(
        ".workspaceOper$0ation(\"up\", run)",
        "Give it as `run` (preferred)",
        ".workspaceOperation(\"up\", { run })",
    );
    check_chain(
        ".work$0space({ create: run })",
        "Add `remove` (preferred)",
        ".workspace({ remove: async () => {}, create: run })",
    );
    check_chain(
        ".work$0space({ remove: run })",
        "Add `create` (preferred)",
        ".workspace({ create: async () => ({}), remove: run })",
    );
    check_chain(
        ".work$0space()",
        "Add `create` and `remove` (preferred)",
        ".workspace({ create: async () => ({}), remove: async () => {} })",
    );
}

#[test]
fn what_makes_something_is_called() {
    check_chain(
        ".addProvider(\"host\", ho$0st)",
        "Change to `host.provider()` (preferred)",
        ".addProvider(\"host\", host.provider())",
    );
    check_chain(
        ".addProvider(\"host\", host.prov$0ider)",
        "Change to `host.provider()` (preferred)",
        ".addProvider(\"host\", host.provider())",
    );
    check_fix(
        r#"import { host } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";
export const site = workflow("site", { providers: { ho$0st } }).sequence("a").task("b", () => {});
"#,
        "quickfix: Change to `host.provider()` (preferred)",
        &[("{ host } }", "{ host: host.provider() } }")],
    );
    check_fix(
        r#"import { sequence, task } from "@rigkit/sdk";
const make = () => task("made", () => {});
export const site = sequence("a").add(ma$0ke);
"#,
        "quickfix: Change to `make()` (preferred)",
        &[("add(make)", "add(make())")],
    );
}

#[test]
fn a_name_that_cannot_be_one_is_changed_to_the_nearest_that_can() {
    check_chain(
        ".operation(\"ap$0ply\", { run })",
        "Rename to `run-apply`",
        ".operation(\"run-apply\", { run })",
    );
    check_chain(
        ".workspaceOperation('db/$0reset', { run })",
        "Rename to `db-reset` (preferred)",
        ".workspaceOperation('db-reset', { run })",
    );
    check_chain(
        ".task(\"$0\", run)",
        "Rename to `task-2` (preferred)",
        ".task(\"task-2\", run)",
    );
    check_chain(
        ".task(\"bu$0ild\\u001b[2J\", run)",
        "Rename to `build[2J` (preferred)",
        ".task(\"build[2J\", run)",
    );
}

#[test]
fn an_option_is_put_right_or_taken_away() {
    check_chain(
        ".operation(\"up\", { ti$0tel: \"Up\", run })",
        "Change to `title` (preferred)",
        ".operation(\"up\", { title: \"Up\", run })",
    );
    check_chain(
        ".operation(\"up\", { run, col$0our: 1 })",
        "Remove `colour`",
        ".operation(\"up\", { run })",
    );
    check_chain(
        ".operation(\"up\", { col$0our: 1, run })",
        "Remove `colour`",
        ".operation(\"up\", { run })",
    );
    check_chain(
        ".workspace({ crea$0t: run, remove: run })",
        "Change to `create` (preferred)",
        ".workspace({ create: run, remove: run })",
    );
    check_chain(
        ".task(\"a\", { version: $01 }, run)",
        "Change to `\"1\"` (preferred)",
        ".task(\"a\", { version: \"1\" }, run)",
    );
    check_chain(
        ".task(\"a\", { cutoff: \"$0true\" }, run)",
        "Change to `true` (preferred)",
        ".task(\"a\", { cutoff: true }, run)",
    );
}

#[test]
fn a_call_that_has_no_place_is_taken_away() {
    check_chain(
        ".workspace({ create: run, remove: run }).works$0pace({ create: run, remove: run })",
        "Remove `workspace` here",
        ".workspace({ create: run, remove: run })",
    );
    check_chain(
        ".add(sequence(\"s\").task(\"x\", run).oper$0ation(\"up\", { run }))",
        "Remove `operation` here",
        ".add(sequence(\"s\").task(\"x\", run))",
    );
    check_chain(
        ".configure({}).removeProvider(\"not$0hing\")",
        "Remove `removeProvider` here",
        ".configure({})",
    );
}

#[test]
fn a_plugin_is_added() {
    check_chain(
        ".addProvider(\"cloud\", defineProvider(\"clo$0ud\", { region: \"eu\" }))",
        "Add a plugin (preferred)",
        ".addProvider(\"cloud\", defineProvider(\"cloud\", { region: \"eu\" }, {\n  providerId: \"cloud\",\n  createProvider: () => ({ providerId: \"cloud\", runtime: () => ({}) }),\n}))",
    );
}

/// Puts a config beside a file that it imports.
fn importing(import: &str, imported: &str) -> String {
    format!(
        "//- rig.config.ts\n{import}\nimport {{ sequence }} from \"@rigkit/sdk\";\nexport const site = sequence(\"site\").add(clone);\n//- clone.ts\nimport {{ task }} from \"@rigkit/sdk\";\n{imported}\n"
    )
}

#[test]
fn an_import_leads_to_what_was_meant() {
    const CLONE: &str = "export const clone = task(\"clone\", () => {});";
    let check = |import: &str, title: &str, mended: &str| {
        let title = format!("quickfix: {title} (preferred)");
        let written = import.replace("$0", "");
        let used = if import.contains("clo$0n }") {
            "add(clon)"
        } else {
            "add(clone)"
        };
        let fixture = importing(import, CLONE).replace("add(clone)", used);
        check_fix(&fixture, &title, &[(&written, mended)]);
    };
    check(
        "import { cl$0on as clone } from \"./clone\";",
        "Import `clone`",
        "import { clone as clone } from \"./clone\";",
    );
    check(
        "import { clo$0n } from \"./clone\";",
        "Import `clone`",
        "import { clone as clon } from \"./clone\";",
    );
    check(
        "import { clone } from './clo$0n';",
        "Change to `./clone`",
        "import { clone } from './clone';",
    );
}

#[test]
fn what_is_only_declared_is_exported() {
    let hidden = "const clone = task(\"clone\", () => {});";
    let fixture = importing("import { cl$0one } from \"./clone\";", hidden);
    for is_open in [true, false] {
        let mut client = TestClient::new(&fixture);
        if !is_open {
            client.close("clone.ts");
        }
        let fixes = fixes(&mut client);
        assert_eq!(titles(&fixes), "quickfix: Export `clone` there (preferred)");
        let mended = applied(&client, &fixes[0]["edit"], "clone.ts");
        assert!(
            mended.ends_with(&format!("\nexport {hidden}\n")),
            "{mended}"
        );
    }
}

#[test]
fn a_workflow_is_exported_or_written() {
    check_fix(
        r#"$0import { workflow } from "@rigkit/sdk";
const other = 1;
const site = workflow("site").sequence("site").task("clone", () => {});
"#,
        "quickfix: Export `site` (preferred)",
        &[("const site", "export const site")],
    );
    let mut client = TestClient::new("// nothing yet$0\n");
    client.cursor = Some(crate::support::Place {
        file: "rig.config.ts".to_owned(),
        line: 0,
        character: 0,
    });
    let fixes = fixes(&mut client);
    assert_eq!(
        titles(&fixes),
        "quickfix: Write the smallest config (preferred)"
    );
    let written = applied(&client, &fixes[0]["edit"], "rig.config.ts");
    client.change("rig.config.ts", &written);
    let told = client.diagnostics("rig.config.ts");
    assert!(told.iter().all(|told| told["severity"] != 1), "{told:?}");
}

#[test]
fn a_variable_that_is_not_set_is_given_a_default() {
    check_fix(
        r#"import { defineProvider, env, workflow } from "@rigkit/sdk";
const cloud = defineProvider("cl$0oud", { token: env.secret("CLOUD_TOKEN") }, { providerId: "cloud", createProvider: () => ({ providerId: "cloud", runtime: () => ({}) }) });
export const site = workflow("site", { providers: { cloud } }).sequence("site").task("clone", () => {});
"#,
        "quickfix: Give `CLOUD_TOKEN` an empty default",
        &[("\"CLOUD_TOKEN\")", "\"CLOUD_TOKEN\", \"\")")],
    );
}

#[test]
fn a_version_takes_the_place_of_what_cannot_be_seen() {
    let check = |task: &str, titles: &str, mended: &str| {
        let fixture = format!(
            "import {{ sequence }} from \"@rigkit/sdk\";\nconst seen = new WeakSet();\nconst options = {{}};\nexport const site = sequence(\"site\")\n  .task({task});\n",
        );
        check_fix(&fixture, titles, &[(&task.replace("$0", ""), mended)]);
    };
    let added = "quickfix: Add a `version` to `a` (preferred)";
    check(
        "\"a\", () => void se$0en",
        added,
        "\"a\", { version: \"1\" }, () => void seen",
    );
    check(
        "'a', () => void se$0en",
        added,
        "'a', { version: '1' }, () => void seen",
    );
    check(
        "\"a\", { cutoff: true }, () => void se$0en",
        added,
        "\"a\", { version: \"1\", cutoff: true }, () => void seen",
    );
    check(
        "\"a\", {}, () => void se$0en",
        added,
        "\"a\", { version: \"1\" }, () => void seen",
    );
    check(
        "\"a\", {\r\n    cutoff: true,\r\n  }, () => void se$0en",
        added,
        "\"a\", {\r\n    version: \"1\",\r\n    cutoff: true,\r\n  }, () => void seen",
    );
    check(
        "\"a\", options, () => void se$0en",
        added,
        "\"a\", { ...options, version: \"1\" }, () => void seen",
    );
    check(
        "\"a\", { version: \"1\" }, () => void se$0en",
        "",
        "\"a\", { version: \"1\" }, () => void seen",
    );
}

#[test]
fn a_version_is_added_in_the_file_of_the_task() {
    let mut client = TestClient::new(
        r#"//- rig.config.ts
import { sequence } from "@rigkit/sdk";
import { read } from "./read";
export const site = sequence("site")
  .task("😀", () => void read()).task("b", () => void read());
//- read.ts
const seen = new WeakSet();
export const read = () => se$0en;
"#,
    );
    let fixes = fixes(&mut client);
    assert_snapshot!(titles(&fixes), @r#"
    quickfix: Add a `version` to `😀`
    quickfix: Add a `version` to `b`
    "#);
    assert_snapshot!(applied(&client, &fixes[1]["edit"], "rig.config.ts"), @r#"
    import { sequence } from "@rigkit/sdk";
    import { read } from "./read";
    export const site = sequence("site")
      .task("😀", () => void read()).task("b", { version: "1" }, () => void read());
    "#);
}

#[test]
fn a_fix_is_not_made_for_a_text_that_is_gone() {
    let mut client = TestClient::new(
        r#"import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("clone", () => {})
  .task("cl$0one", () => {});
"#,
    );
    let old = client.diagnostics("rig.config.ts");
    client.replace(
        "rig.config.ts",
        "\"clone\", () => {});",
        "\"other\", () => {});",
    );
    let context = json!({ "diagnostics": old, "only": ["quickfix"] });
    assert_eq!(at_cursor(&mut client, context), [Value::Null; 0]);
}

/// Puts handlers into a workflow: one that makes `repo`, one that may drop it, one that reads it.
fn chain(middle: &str, last: &str) -> String {
    format!(
        "import {{ workflow }} from \"@rigkit/sdk\";\r\nexport const site = workflow(\"site\").sequence(\"main\")\r\n  .task(\"clone\", () => ({{ ctx: {{ repo: \"r\" }} }}))\r\n  .task(\"build\", {middle})\r\n  .task(\"test\", {last});\r\n"
    )
}

const READS_REPO: &str = "({ step }) => void step.ctx.repo";

#[track_caller]
fn check_spread(middle: &str, title: &str, mended: &str) {
    let title = if title.is_empty() {
        String::new()
    } else {
        format!("quickfix: {title}")
    };
    let edit = (&*middle.replace("$0", ""), mended);
    check_fix(&chain(middle, READS_REPO), &title, &[edit]);
}

#[test]
fn a_context_that_is_read_later_is_kept() {
    let title = "Keep the context with `...step.ctx`: `test` reads `repo`";
    check_spread(
        "async ({ step }) => ({ ctx: { o$0ut: 1 } })",
        title,
        "async ({ step }) => ({ ctx: { ...step.ctx, out: 1 } })",
    );
    check_spread(
        "({ host }) => ({ ctx: {$0} })",
        title,
        "({ step, host }) => ({ ctx: { ...step.ctx } })",
    );
    check_spread(
        "() => { return { ctx: {$0} }; }",
        title,
        "({ step }) => { return { ctx: { ...step.ctx } }; }",
    );
    check_spread(
        "function ({ step: { ctx } }) { return { c$0tx: { a: ctx.a } }; }",
        "Keep the context with `...ctx`: `test` reads `repo`",
        "function ({ step: { ctx } }) { return { ctx: { ...ctx, a: ctx.a } }; }",
    );
    check_spread(
        "(given) => ({ ctx: {\r\n    o$0ut: 1,\r\n  } })",
        "Keep the context with `...given.step.ctx`: `test` reads `repo`",
        "(given) => ({ ctx: {\r\n    ...given.step.ctx,\r\n    out: 1,\r\n  } })",
    );
}

#[test]
fn a_context_that_nobody_misses_is_left() {
    let is_left = |middle: &str| check_spread(middle, "", &middle.replace("$0", ""));
    is_left("({ step }) => ({ ctx: { ...step.ctx, o$0ut: 1 } })");
    is_left("() => ({ ctx: { re$0po: 1 } })");
    is_left("() => { $0 }");
    is_left("() => make($0)");
    let nobody_reads = chain(
        "() => ({ ctx: { o$0ut: 1 } })",
        "({ step }) => void step.ctx.out",
    );
    check_fix(&nobody_reads, "", &[]);
    let nobody_makes = chain(
        "() => ({ ctx: { o$0ut: 1 } })",
        "({ step }) => void step.ctx.other",
    );
    check_fix(&nobody_makes, "", &[]);
}

#[test]
fn every_way_to_read_a_context_counts() {
    for last in [
        "({ step }) => { const { repo } = step.ctx; }",
        "({ step: { ctx } }) => void ctx.repo",
        "({ step: { ctx: { repo } } }) => void repo",
        "async function (given) { await given.step.ctx?.repo; }",
    ] {
        let mut client = TestClient::new(&chain("({ step }) => ({ ctx: {$0} })", last));
        assert_eq!(fixes(&mut client).len(), 1, "{last}");
    }
}

#[test]
fn what_was_recorded_counts_where_code_does_not_show_it() {
    let fixture = r#"import { workflow } from "@rigkit/sdk";
const made = () => ({ ctx: Object.fromEntries([["repo", "r"]]) });
export const site = workflow("site").sequence("main")
  .task("clone", made)
  .task("build", ({ step }) => ({ ctx: { o$0ut: 1 } }))
  .workspace({ create: ({ workflow }) => ({ at: workflow.ctx.repo }), remove: () => {} });
"#;
    let mut client = TestClient::new(fixture);
    assert_eq!(titles(&fixes(&mut client)), "");
    client.execute("rigkit.apply", json!({})).unwrap();
    assert_snapshot!(titles(&fixes(&mut client)), @"quickfix: Keep the context with `...step.ctx`: the workspace reads `repo`");
}

#[test]
fn a_handler_in_another_file_is_mended_there() {
    let mut client = TestClient::new(
        r#"//- rig.config.ts
import { workflow } from "@rigkit/sdk";
import { build } from "./build";
export const site = workflow("site").sequence("main")
  .task("clone", () => ({ ctx: { repo: "r" } }))
  .task("bu$0ild", build)
  .task("test", ({ step }) => void step.ctx.repo);
//- build.ts
export const build = () => ({ ctx: { "😀": 1 } });
"#,
    );
    client.close("build.ts");
    let fixes = fixes(&mut client);
    assert_snapshot!(titles(&fixes), @"quickfix: Keep the context with `...step.ctx`: `test` reads `repo`");
    assert_snapshot!(applied(&client, &fixes[0]["edit"], "build.ts"), @r#"export const build = ({ step }) => ({ ctx: { ...step.ctx, "😀": 1 } });"#);
    let document = &fixes[0]["edit"]["documentChanges"][0]["textDocument"];
    assert_eq!(document["version"], Value::Null);
}

#[test]
fn a_task_is_found_in_the_file_it_is_written_in() {
    let mut client = TestClient::new(
        r#"//- rig.config.ts
import { workflow } from "@rigkit/sdk";
import { clone } from "./clone";
export const site = workflow("site").sequence("main").add(clone);
//- clone.ts
import { task } from "@rigkit/sdk";
export const clone = task("cl$0one", () => {});
"#,
    );
    assert_snapshot!(commands(&mut client), @r#"
    rigkit.applyUntil: Apply up to `clone`
    rigkit.explain: Explain why `clone` has to run
    rigkit.apply: Apply `site` (1 pending)
    "#);
    let actions = at_cursor(&mut client, json!({ "diagnostics": [] }));
    let arguments = &actions[0]["command"]["arguments"][0];
    assert_eq!(arguments["config"], client.uri("rig.config.ts"));
}

#[test]
fn a_client_without_versions_is_given_changes() {
    let fixture = r#"import { sequence } from "@rigkit/sdk";
export const site = sequence("site").task("a", { cacheTTL: "$02 hours" }, () => {});
"#;
    let mut client = TestClient::uninitialized(fixture);
    let actions = json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } });
    let capabilities = json!({ "textDocument": { "codeAction": actions } });
    let parameters = json!({ "processId": null, "capabilities": capabilities });
    client.request("initialize", &parameters).unwrap();
    client.notify("initialized", &json!({}));
    client.open("rig.config.ts");
    let fixes = fixes(&mut client);
    let changes = &fixes[0]["edit"]["changes"][client.uri("rig.config.ts")];
    assert_eq!(changes[0]["newText"], "2h");
}
