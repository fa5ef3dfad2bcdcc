//! What handlers ask of the host.

use std::sync::Arc;

use rigkit_engine::host::HeadlessHost;
use serde_json::{Value, json};

use super::run_recorded;
use crate::support::{FakeHost, Recording, TestProject};

fn project(body: &str) -> TestProject {
    TestProject::new(&format!(
        "import {{ sequence }} from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").operation(\"op\", {{ run: async ({{ local }}) => {{ {body} }} }});\n"
    ))
}

#[track_caller]
fn check(body: &str, answers: &[Value], result: &Value, requests: &[&str]) {
    let host = Arc::new(FakeHost::answering(answers));
    let found = run_recorded(
        &project(body),
        "op",
        Value::Null,
        &Recording::with_host(host.clone()),
    );
    assert_eq!(
        (&found.unwrap(), host.requests()),
        (result, requests.iter().map(ToString::to_string).collect())
    );
}

#[test]
fn prompts_go_to_the_host_and_answers_come_back() {
    check(
        "await local.prompt.message(\"hello\"); return [await local.prompt.text({ message: \"Name?\", defaultValue: \"x\" }), await local.prompt.confirm({ message: \"Sure?\" }), await local.prompt.select({ message: \"Which?\", options: [{ value: 1, label: \"one\" }] })];",
        &[Value::Null, json!("ada"), json!(true), json!(1)],
        &json!(["ada", true, 1]),
        &[
            r#"prompt {"kind":"message","message":"hello"}"#,
            r#"prompt {"kind":"text","message":"Name?","defaultValue":"x","placeholder":null,"secret":false}"#,
            r#"prompt {"kind":"confirm","message":"Sure?","defaultValue":null}"#,
            r#"prompt {"kind":"select","message":"Which?","options":[{"value":1,"label":"one","description":null}],"defaultValue":null}"#,
        ],
    );
}

#[test]
fn a_person_sees_no_secret_and_the_handler_gets_it_all_the_same() {
    let project = TestProject::new(
        r#"
import { env, sequence } from "@rigkit/sdk";
const token = env.secret("TOKEN");
export const app = sequence("app").operation("op", { run: async ({ local }) => {
  const text = await local.prompt.text({ message: `Use ${token()}?`, defaultValue: token(), placeholder: `x${token()}` });
  const choice = await local.prompt.select({ message: "Which?", options: [{ value: token(), description: token() }] });
  await local.command({ argv: ["vi"], mode: "interactive", reason: `edit ${token()}` });
  return [text === token(), choice === token(), `${token()}!`];
} });
"#,
    )
    .with_env("TOKEN", "hunter2");
    let host = Arc::new(FakeHost::answering(&[json!("***"), json!("hunter2")]));
    let recording = Recording::with_host(host.clone());
    let result = run_recorded(&project, "op", Value::Null, &recording).unwrap();
    assert_eq!(result, json!([true, true, "***!"]));
    assert_eq!(
        host.requests(),
        [
            r#"prompt {"kind":"text","message":"Use ***?","defaultValue":"***","placeholder":"x***","secret":false}"#,
            r#"prompt {"kind":"select","message":"Which?","options":[{"value":"hunter2","label":"***","description":"***"}],"defaultValue":null}"#,
            "interactive vi (edit ***)",
        ]
    );
}

#[test]
fn a_secret_can_be_a_variable_of_a_command() {
    let project = TestProject::new(
        r#"
import { env, sequence } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
const token = env.secret("TOKEN");
export const app = sequence("app").addProvider("host", host.provider()).operation("op", {
  run: async ({ host }) => (await host.exec("echo ${#TOKEN}", { env: { TOKEN: token } })).stdout,
});
"#,
    )
    .with_env("TOKEN", "hunter2-and-more");
    let result = run_recorded(&project, "op", Value::Null, &Recording::default()).unwrap();
    assert_eq!(result, json!("16\n"));
}

#[test]
fn what_only_a_host_can_do_goes_to_the_host() {
    check(
        "await local.open(\"https://x.y\");",
        &[],
        &Value::Null,
        &["open https://x.y"],
    );
    check(
        "return local.command({ argv: [\"vi\", \"a\"], mode: \"interactive\", reason: \"edit\" });",
        &[],
        &json!({ "exitCode": 3, "stdout": null, "stderr": null }),
        &["interactive vi a (edit)"],
    );
    check(
        "return [await local.requestCapability(\"echo\", { a: 1 }), (await local.requestCapabilitySession(\"echo\", {}, { nodePath: \"n\" })).result];",
        &[],
        &json!([{ "echo": { "a": 1 } }, { "echo": {} }]),
        &[
            r#"capability echo {"a":1} operation.op"#,
            "capability echo {} n",
        ],
    );
}

#[test]
fn a_command_is_run_in_the_project_with_its_environment() {
    let project = project(
        "const { exitCode, stdout, stderr } = await local.command({ argv: [\"sh\", \"-c\", \"pwd; echo $A $B; cat; echo e >&2; exit 3\"], env: { B: \"b\" }, stdin: \"in\" }); return { exitCode, stdout, stderr };",
    )
    .with_env("A", "a");
    let result = run_recorded(&project, "op", Value::Null, &Recording::default()).unwrap();
    assert_eq!(
        result,
        json!({ "exitCode": 3, "stdout": format!("{}\na b\nin", project.root().display()), "stderr": "e\n" })
    );
}

#[test]
fn without_a_host_prompts_give_their_default_or_fail() {
    let run = |body: &str| {
        let recording = Recording::with_host(Arc::new(HeadlessHost));
        run_recorded(&project(body), "op", Value::Null, &recording)
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        run(
            "await local.prompt.message(\"hi\"); return local.prompt.text({ message: \"Name?\", defaultValue: \"x\" });"
        ),
        Ok(json!("x"))
    );
    assert_eq!(
        run("return local.prompt.confirm({ message: \"Sure?\", defaultValue: true });"),
        Ok(json!(true))
    );
    assert_eq!(
        run("return local.prompt.text(\"Name?\");"),
        Err("`operation.op` failed: nobody can be asked here: Name?".to_owned())
    );
    assert_eq!(
        run("return local.requestCapability(\"x.y\");"),
        Err("`operation.op` failed: this host has no capability `x.y`".to_owned())
    );
    assert_eq!(
        run("try { await local.prompt.text(\"Name?\"); } catch (error) { return error.message; }"),
        Ok(json!("nobody can be asked here: Name?"))
    );
}

/// Makes an operation that opens a file, where this script is the platform's only opener.
#[cfg(target_os = "linux")]
fn with_opener(script: &str) -> TestProject {
    use std::os::unix::fs::PermissionsExt;
    let project = project("await local.open(\"docs/a.html\");");
    project.write(&format!("//- /bin/xdg-open\n#!/bin/sh\n{script}\n"));
    let opener = project.path("bin/xdg-open");
    std::fs::set_permissions(opener, std::fs::Permissions::from_mode(0o755)).unwrap();
    let bin = project.path("bin").display().to_string();
    project.with_env("PATH", &bin)
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_host_the_platform_s_opener_is_used_in_the_project() {
    let open = |script: &str| {
        let project = with_opener(script);
        let recording = Recording::with_host(Arc::new(HeadlessHost));
        let result = run_recorded(&project, "op", Value::Null, &recording);
        (project, result.map_err(|error| error.to_string()))
    };
    let (project, opened) = open("echo \"$1\" > opened");
    assert_eq!(opened, Ok(Value::Null));
    assert_eq!(project.read("opened"), "docs/a.html\n");
    let (_, refused) = open("exit 3");
    assert_eq!(
        refused,
        Err(
            "`operation.op` failed: failed to open \"docs/a.html\": `xdg-open` ended with exit status: 3"
                .to_owned()
        )
    );
}

/// A provider that shows the person where to go.
const INTERACTION: &str = r#"
import { defineProvider, sequence } from "@rigkit/sdk";
const login = defineProvider("login", {}, {
  providerId: "login",
  createProvider: () => ({
    providerId: "login",
    runtime: ({ interaction }) => ({
      ask: (completed) => interaction.present({
        id: "i1", title: "Sign in", url: "https://x.y", instructions: "click", completed: completed(), stop: () => console.log("stopped"),
      }),
    }),
  }),
});
export const app = sequence("app").addProvider("login", login)
  .operation("fine", { run: ({ login }) => login.ask(() => new Promise((resolve) => setTimeout(() => resolve({ user: "ada" }), 1))) })
  .operation("fails", { run: ({ login }) => login.ask(() => Promise.reject(new Error("denied"))) });
"#;

#[test]
fn an_interaction_is_announced_presented_awaited_and_always_stopped() {
    let project = TestProject::new(INTERACTION);
    let host = Arc::new(FakeHost::default());
    let recording = Recording::with_host(host.clone());
    assert_eq!(
        run_recorded(&project, "fine", Value::Null, &recording).unwrap(),
        json!({ "user": "ada" })
    );
    assert_eq!(host.requests(), ["present Sign in https://x.y"]);
    assert_eq!(
        recording.outline()[1..5],
        [
            "interaction.awaiting_user operation.fine",
            "interaction.completed operation.fine",
            "log.output operation.fine",
            "operation.completed fine",
        ]
    );
    let awaiting = serde_json::to_value(&recording.events()[1]).unwrap();
    assert_eq!(
        awaiting,
        json!({
            "type": "interaction.awaiting_user", "nodePath": "operation.fine", "interactionId": "i1", "label": "Sign in",
            "title": "Sign in", "url": "https://x.y", "instructions": "click",
        })
    );

    let recording = Recording::with_host(host);
    let error = run_recorded(&project, "fails", Value::Null, &recording).unwrap_err();
    assert_eq!(error.to_string(), "`operation.fails` failed: denied");
    assert_eq!(recording.logs(), ["operation.fails info stopped"]);
    assert!(recording.outline_of(&["interaction.completed"]).is_empty());
}

#[test]
fn an_interaction_nobody_sees_is_stopped_too() {
    let recording = Recording::default();
    let error = run_recorded(
        &TestProject::new(INTERACTION),
        "fine",
        Value::Null,
        &recording,
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`operation.fine` failed: nobody can be asked here: Sign in: https://x.y"
    );
    assert_eq!(recording.logs(), ["operation.fine info stopped"]);
}

#[test]
fn interactions_without_an_id_are_told_apart() {
    let fixture = INTERACTION.replace("id: \"i1\", ", "").replace(
        "run: ({ login }) => login.ask(() => new Promise((resolve) => setTimeout(() => resolve({ user: \"ada\" }), 1)))",
        "run: async ({ login }) => [await login.ask(() => 1), await login.ask(() => 2)]",
    );
    let recording = Recording::with_host(Arc::new(FakeHost::default()));
    let result = run_recorded(&TestProject::new(&fixture), "fine", Value::Null, &recording);
    assert_eq!(result.unwrap(), json!([1, 2]));
    let ids: Vec<String> = recording
        .events()
        .iter()
        .map(|event| json!(event))
        .filter_map(|event| Some(event.get("interactionId")?.as_str()?.to_owned()))
        .collect();
    let [first, first_again, second, second_again] = ids.as_slice() else {
        panic!("{ids:?}");
    };
    assert_eq!((first, second), (first_again, second_again));
    assert_ne!(first, second);
    assert!(first.starts_with("operation.fine"), "{first}");
}
