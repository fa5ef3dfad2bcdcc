//! Operations from the editor: what they need is asked, what they give is shown, and nothing runs twice.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

/// Writes a config with one operation.
fn config(input: &str, run: &str) -> String {
    format!(
        r#"import {{ host }} from "@rigkit/provider-host";
import {{ workflow }} from "@rigkit/sdk";
export const site = workflow("site", {{ providers: {{ host: host.provider() }} }})
  .sequence("main")
  .task("clone", async () => ({{ ctx: {{}} }}))
  .workspace({{ create: async () => ({{}}), remove: async () => {{}} }})
  .workspaceOperation("open", {{ input: (w) => ({{ wide: w.boolean() }}), run: async ({{ input }}) => `wide ${{input.wide}}` }})
  .operation("deploy", {{ input: {input}, run: {run} }});
"#
    )
}

const ECHO: &str = "async ({ input }) => JSON.stringify(input)";

const CHOICES: &str = r#"{
  type: "object",
  properties: {
    note: { type: "string" },
    mode: { enum: ["fast", "safe"], description: "how to deploy" },
    level: { enum: [1, 2, 3], default: 2 },
    minify: { type: "boolean" },
    cache: { type: "boolean", default: true },
    retries: { type: "integer", default: 3 },
  },
  required: ["mode", "minify"],
}"#;

fn run(client: &mut TestClient, arguments: Value) -> Result<Value, Value> {
    client.execute("rigkit.runOperation", arguments)
}

fn deploy(client: &mut TestClient) -> Result<Value, Value> {
    run(client, json!({ "operation": "deploy" }))
}

/// Runs an operation that fails, and returns what is said; the person is told the same.
fn refusal(client: &mut TestClient) -> String {
    let error = deploy(client).unwrap_err();
    let message = error["message"].as_str().unwrap().to_owned();
    client.wait_for_where("window/showMessage", |shown| shown["message"] == message);
    message
}

#[test]
fn every_input_is_asked_by_choices() {
    let mut client = TestClient::new(&config(CHOICES, ECHO));
    for title in ["safe", "No", "Leave it out", "1", "Yes", "3"] {
        client.will_choose(title);
    }
    let result = deploy(&mut client).unwrap();
    let result: Value = serde_json::from_str(result.as_str().unwrap()).unwrap();
    assert_eq!(
        result,
        json!({ "mode": "safe", "minify": false, "level": 1, "cache": true, "retries": 3 })
    );
    assert_snapshot!(client.questions(), @r#"
    deploy: mode (how to deploy) [fast] [safe]
    deploy: minify [Yes] [No]
    deploy: note [Leave it out] [Another value…]
    deploy: level [2] [1] [3]
    deploy: cache [Yes] [No]
    deploy: retries [3] [Another value…]
    "#);
}

#[test]
fn what_is_given_is_not_asked() {
    let mut client = TestClient::new(&config(CHOICES, ECHO));
    client.will_choose("Yes");
    let result = run(
        &mut client,
        json!({ "operation": "deploy", "input": { "mode": "fast" } }),
    );
    let result: Value = serde_json::from_str(result.unwrap().as_str().unwrap()).unwrap();
    assert_eq!(
        result,
        json!({ "mode": "fast", "minify": true, "level": 2, "cache": true, "retries": 3 })
    );
    assert_snapshot!(client.questions(), @"deploy: minify [Yes] [No]");
}

#[test]
fn what_cannot_be_asked_is_an_error_with_a_command_line() {
    let mut client = TestClient::new(&config(CHOICES, ECHO));
    for title in ["fast", "No", "Another value…"] {
        client.will_choose(title);
    }
    assert_snapshot!(refusal(&mut client), @r#"
    `deploy` needs `note`, which this editor cannot ask for
    in a terminal: rig do deploy --mode fast --no-minify --note TEXT
    "#);
    let required = "(w) => ({ who: w.string() })";
    let mut client = TestClient::new(&config(required, ECHO));
    assert_snapshot!(refusal(&mut client), @r#"
    `deploy` needs `who`, which this editor cannot ask for
    in a terminal: rig do deploy --who TEXT
    "#);
}

#[test]
fn whoever_does_not_answer_runs_nothing() {
    let mut client = TestClient::new(&config(CHOICES, ECHO));
    client.will_choose("fast");
    client.will_answer(Value::Null);
    assert_snapshot!(refusal(&mut client), @r#"
    `minify` was not given, and nothing ran
    in a terminal: rig do deploy --mode fast --[no-]minify
    "#);
}

#[test]
fn a_client_that_asks_for_texts_is_asked_until_they_are_right() {
    let options = json!({ "trusted": true, "prompts": ["text", "select", "confirm"] });
    let mut client = TestClient::with(&config(CHOICES, ECHO), Capabilities::Full, options);
    let answers = [
        json!(1),
        json!(0),
        json!("a note"),
        json!(0),
        json!(1),
        json!("many"),
        json!("7"),
    ];
    for answer in answers {
        client.will_answer(answer);
    }
    let result = deploy(&mut client).unwrap();
    let result: Value = serde_json::from_str(result.as_str().unwrap()).unwrap();
    assert_eq!(
        result,
        json!({ "mode": "safe", "minify": true, "note": "a note", "level": 2, "cache": false, "retries": 7 })
    );
    assert_snapshot!(client.questions(), @r#"
    {"kind":"select","message":"deploy: mode (how to deploy)","options":[{"label":"fast"},{"label":"safe"}]}
    {"kind":"select","message":"deploy: minify","options":[{"label":"Yes"},{"label":"No"}]}
    {"kind":"text","message":"deploy: note","secret":false}
    {"kind":"select","message":"deploy: level","options":[{"label":"2"},{"label":"1"},{"label":"3"}]}
    {"kind":"select","message":"deploy: cache","options":[{"label":"Yes"},{"label":"No"}]}
    {"kind":"text","message":"deploy: retries","defaultValue":"3","secret":false}
    {"kind":"text","message":"deploy: retries","problem":"not a whole number","defaultValue":"many","secret":false}
    "#);
}

#[test]
fn the_operation_is_asked_too() {
    let mut client = TestClient::new(&config("{}", "async () => 'it ran'"));
    client.will_choose("deploy");
    assert_eq!(run(&mut client, json!({})).unwrap(), "it ran");
}

const PROMPTS: &str = r#"async ({ local }) => {
  await local.prompt.message({ message: "about to ask" });
  const target = await local.prompt.select({ message: "Where to?", defaultValue: "b", options: [{ value: "a", label: "Alpha" }, { value: "b", label: "Beta", description: "the other" }] });
  const sure = await local.prompt.confirm({ message: "Sure?", defaultValue: false });
  const branch = await local.prompt.text({ message: "Branch?", defaultValue: "main" });
  return `${target} ${sure} ${branch}`;
}"#;

#[test]
fn handlers_ask_by_choices() {
    let mut client = TestClient::new(&config("{}", PROMPTS));
    for title in ["Alpha", "Yes", "main"] {
        client.will_choose(title);
    }
    assert_eq!(deploy(&mut client).unwrap(), "a true main");
    assert_snapshot!(client.questions(), @r#"
    Where to?
    Beta: the other [Beta] [Alpha]
    Sure? [No] [Yes]
    Branch? [main] [Another answer…]
    "#);
}

#[test]
fn handlers_ask_as_the_client_does() {
    let options = json!({ "trusted": true, "prompts": ["text", "select", "confirm"] });
    let mut client = TestClient::with(&config("{}", PROMPTS), Capabilities::Full, options);
    for answer in [json!(1), json!(false), json!("next")] {
        client.will_answer(answer);
    }
    assert_eq!(deploy(&mut client).unwrap(), "a false next");
    assert_snapshot!(client.questions(), @r#"
    {"kind":"select","message":"Where to?","options":[{"label":"Beta","description":"the other"},{"label":"Alpha"}]}
    {"kind":"confirm","message":"Sure?","defaultValue":false}
    {"kind":"text","message":"Branch?","defaultValue":"main","secret":false}
    "#);
}

#[test]
fn a_text_that_cannot_be_asked_for_is_an_error_with_a_command_line() {
    let ask = r#"async ({ local }) => await local.prompt.text({ message: "Your name?" })"#;
    let input = "(w) => ({ fast: w.boolean() })";
    let mut client = TestClient::new(&config(input, ask));
    client.will_choose("Yes");
    assert_snapshot!(refusal(&mut client), @r#"
    Running `deploy`: `operation.deploy` failed: this editor cannot ask for a text: Your name?
    answer it in a terminal: rig do deploy --fast
    "#);
}

#[test]
fn a_question_that_is_not_answered_ends_the_operation() {
    let ask = r#"async ({ local }) => await local.prompt.confirm({ message: "Sure?", defaultValue: true })"#;
    let mut client = TestClient::new(&config("{}", ask));
    client.will_answer(Value::Null);
    assert_snapshot!(refusal(&mut client), @"Running `deploy`: `operation.deploy` failed: the question was not answered: Sure?");
}

#[test]
fn a_short_result_is_a_message() {
    let check = |run: &str, expected: &str| {
        let mut client = TestClient::new(&config("{}", run));
        deploy(&mut client).unwrap();
        let shown = client.wait_for("window/showMessage");
        assert_eq!(shown, json!({ "type": 3, "message": expected }));
    };
    check("async () => 'it ran'", "deploy: it ran");
    check("async () => ({ port: 3 })", "deploy: {\"port\":3}");
    check("async () => {}", "deploy: done");
}

const LONG: &str =
    "async () => Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\\n')";

#[test]
fn a_long_result_is_a_document() {
    let mut client = TestClient::new(&config("{}", LONG));
    deploy(&mut client).unwrap();
    let shown = client.wait_for("window/showDocument");
    assert_eq!(shown["external"], false);
    let path = client.root().join(".rigkit/cache/pages/deploy.txt");
    assert_eq!(shown["uri"], format!("file://{}", path.display()));
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(text.lines().count(), 50);
}

#[test]
fn a_client_without_documents_is_told_where_the_result_is() {
    let options = json!({ "trusted": true });
    let mut client = TestClient::with(&config("{}", LONG), Capabilities::Least, options);
    deploy(&mut client).unwrap();
    let shown = client.wait_for_where("window/showMessage", |shown| shown["type"] == 3);
    let root = client.root().display().to_string();
    assert_snapshot!(shown["message"].as_str().unwrap().replace(&root, "ROOT"), @r#"
    deploy: line 0
    line 1
    line 2
    line 3
    line 4
    … the whole is in ROOT/.rigkit/cache/pages/deploy.txt
    "#);
}

#[test]
fn removing_asks_first() {
    let mut client = TestClient::new(&config("{}", ECHO));
    let workspace = json!({ "workspace": "a" });
    client
        .execute("rigkit.createWorkspace", workspace.clone())
        .unwrap();
    client.received();
    client.will_choose("Keep");
    let kept = client
        .execute("rigkit.removeWorkspace", workspace.clone())
        .unwrap_err();
    assert_eq!(kept["data"]["code"], "not-confirmed");
    let remove = json!({ "workspace": "a", "operation": "remove" });
    let kept = client
        .execute("rigkit.runWorkspaceOperation", remove.clone())
        .unwrap_err();
    assert_snapshot!(kept["message"].as_str().unwrap(), @r#"
    the workspace `a` is kept
    to remove it in a terminal: rig rm a
    "#);
    client.will_choose("Remove");
    let removed = client.execute("rigkit.runWorkspaceOperation", remove);
    assert_eq!(removed.unwrap()["name"], "a");
    assert_snapshot!(client.questions(), @r#"
    Remove the workspace `a`? What it made is taken away with it. [Remove] [Keep]
    Remove the workspace `a`? What it made is taken away with it. [Remove] [Keep]
    Remove the workspace `a`? What it made is taken away with it. [Remove] [Keep]
    "#);
}

#[test]
fn a_name_is_proposed_and_can_be_changed() {
    let mut client = TestClient::new(&config("{}", ECHO));
    let create = |client: &mut TestClient| client.execute("rigkit.createWorkspace", json!({}));
    client.will_choose("Create `dev`");
    assert_eq!(create(&mut client).unwrap()["name"], "dev");
    client.will_choose("Another name…");
    let error = create(&mut client).unwrap_err();
    assert_snapshot!(error["message"].as_str().unwrap(), @r#"
    the workspace needs a name
    in a terminal: rig create NAME
    "#);
    assert_snapshot!(client.questions(), @r#"
    Name of the workspace? [Create `dev`] [Create `dev-2`] [Create `dev-3`] [Another name…]
    Name of the workspace? [Create `dev-2`] [Create `dev-3`] [Create `dev-4`] [Another name…]
    "#);
    client.notify(
        "workspace/didChangeConfiguration",
        &json!({ "settings": { "rigkit": { "prompts": ["text"] } } }),
    );
    for name in ["dev", "-x", "mine"] {
        client.will_answer(json!(name));
    }
    assert_eq!(create(&mut client).unwrap()["name"], "mine");
    assert_snapshot!(client.questions(), @r#"
    {"kind":"text","message":"Name of the workspace","defaultValue":"dev-2","secret":false}
    {"kind":"text","message":"Name of the workspace","problem":"there is a workspace `dev` already","defaultValue":"dev","secret":false}
    {"kind":"text","message":"Name of the workspace","problem":"`-x` cannot be the name of a workspace: it starts with `-` or `.`","defaultValue":"-x","secret":false}
    "#);
}

#[test]
fn a_second_click_shows_what_runs() {
    let wait = "async ({ host }) => { while (!(await host.exists('go'))) await new Promise((resolve) => setTimeout(resolve, 5)); return 'went'; }";
    let mut client = TestClient::new(&config("{}", wait));
    let command =
        json!({ "command": "rigkit.runOperation", "arguments": [{ "operation": "deploy" }] });
    let first = client.begin("workspace/executeCommand", &command);
    client.wait_for_where("$/progress", |sent| sent["value"]["kind"] == "begin");
    let second = deploy(&mut client).unwrap();
    assert_eq!(second["alreadyRunning"], "run-0");
    let told = client.wait_for("window/showMessage");
    assert_eq!(told["message"], second["message"]);
    assert_snapshot!(told["message"].as_str().unwrap(), @"Running `deploy`: it runs already");
    std::fs::write(client.root().join("go"), "").unwrap();
    assert_eq!(client.answer(first).unwrap(), "went");
    assert_eq!(deploy(&mut client).unwrap(), "went");
}

#[test]
fn two_clicks_on_apply_are_one_apply() {
    let slow = config("{}", ECHO).replace(
        "async () => ({ ctx: {} })",
        "async ({ host }) => { while (!(await host.exists('go'))) await new Promise((resolve) => setTimeout(resolve, 5)); return { ctx: {} }; }",
    );
    let mut client = TestClient::new(&slow);
    let apply = json!({ "command": "rigkit.apply", "arguments": [{ "workflow": "site" }] });
    let first = client.begin("workspace/executeCommand", &apply);
    client.wait_for_where("$/progress", |sent| sent["value"]["message"] == "clone");
    let until = json!({ "workflow": "site", "task": "clone" });
    for (command, arguments) in [("rigkit.apply", json!({})), ("rigkit.applyUntil", until)] {
        let second = client.execute(command, arguments).unwrap();
        assert_eq!(second["message"], "Applying `site`: it runs already, clone");
    }
    std::fs::write(client.root().join("go"), "").unwrap();
    assert!(client.answer(first).unwrap()["applyId"].is_string());
}

#[test]
fn an_operation_that_waits_for_an_answer_is_not_asked_about_again() {
    let mut client = TestClient::new(&config(CHOICES, ECHO));
    // Nothing answers a question while nobody reads messages.
    let command =
        json!({ "command": "rigkit.runOperation", "arguments": [{ "operation": "deploy" }] });
    let first = client.begin("workspace/executeCommand", &command);
    let second = client.begin("workspace/executeCommand", &command);
    let second = client.answer(second).unwrap();
    assert_snapshot!(second["message"].as_str().unwrap(), @"this waits for an answer to its question already");
    client.answer(first).unwrap_err();
}

#[test]
fn a_goodbye_does_not_wait_for_answers() {
    let client =
        |options: Value| TestClient::with(&config(CHOICES, ECHO), Capabilities::Full, options);
    for options in [json!({ "trusted": true }), json!({ "trusted": "recorded" })] {
        let mut client = client(options);
        client.leaves_questions_unanswered();
        let command =
            json!({ "command": "rigkit.runOperation", "arguments": [{ "operation": "deploy" }] });
        let id = client.begin("workspace/executeCommand", &command);
        client.wait_for("window/showMessageRequest");
        client.request("shutdown", &Value::Null).unwrap();
        client.answer(id).unwrap_err();
    }
}
