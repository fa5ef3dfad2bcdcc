//! Texts of the language that hold half of a surrogate pair, wherever they go.

use rigkit_engine::event::Event;

use crate::support::{Recording, TOOLS, TestProject, failure_lines};

/// A task that does this.
fn project(statements: &str) -> TestProject {
    TestProject::new(&format!(
        r#"{TOOLS}
//- /rig.config.ts
import {{ defineProvider, sequence }} from "@rigkit/sdk";
import {{ host }} from "@rigkit/provider-host";
const emitter = defineProvider("emitter", {{}}, {{
  providerId: "emitter",
  createProvider: ({{ storage }}) => ({{ providerId: "emitter", runtime: ({{ emit }}) => ({{ emit, storage }}) }}),
}});
export const app = sequence("app").addProvider("host", host.provider()).addProvider("emitter", emitter)
  .task("t", async ({{ host, emitter, step }}) => {{ {statements} }});
"#
    ))
}

#[test]
fn the_message_of_an_error_is_shown_with_only_the_half_replaced() {
    let check = |thrown: &str, expected: &str| {
        let project = project(&format!("throw {thrown};"));
        let error = project.try_apply().unwrap_err();
        let line = failure_lines(&project.root(), &error).remove(0);
        let (_, message) = line.split_once(": ").unwrap();
        assert_eq!(message, expected, "{thrown}");
    };
    check(r#"new Error("a \ud83d b")"#, "a \u{fffd} b");
    check(r#"new Error("\ude00\ud83d")"#, "\u{fffd}\u{fffd}");
    check(r#"new Error("whole \ud83d\ude00")"#, "whole \u{1f600}");
    check(
        r#"Object.assign(new Error("m"), { name: "N\ud83d" })"#,
        "N\u{fffd}: m",
    );
    check(r#""a \udfff b""#, "thrown: a \u{fffd} b");
    check(
        r#"{ toString: () => "\ud800" }"#,
        "thrown: { toString: [Function: toString] }",
    );
}

#[test]
fn logs_and_events_are_told_with_only_the_half_replaced() {
    let project = project(
        r#"
    step.log("a \ud83d b", { label: "l\ud83d" });
    console.log("c \ud83d d", { e: "\ud83d" });
    emitter.emit({ type: "log.output", nodePath: "t", stream: "info", data: "f \ud83d \\ud83d g" });"#,
    );
    let (result, recording) = project.apply_with(&rigkit_engine::ApplyRequest::default());
    result.unwrap();
    assert_eq!(
        logs(&recording),
        [
            "l\u{fffd}: a \u{fffd} b",
            "c \u{fffd} d { e: '\\uD83D' }",
            "f \u{fffd} \\ud83d g"
        ]
    );
}

fn logs(recording: &Recording) -> Vec<String> {
    let events = recording.events().into_iter();
    let logs = events.filter_map(|event| match event {
        Event::LogOutput { label, data, .. } => {
            Some(label.map(|label| format!("{label}: ")).unwrap_or_default() + &data)
        }
        _ => None,
    });
    logs.collect()
}

#[test]
fn files_commands_and_storage_get_only_the_half_replaced() {
    let project = project(
        r#"
    await host.writeFile("a\ud83d.txt", "b \ud83d \\ud83d c");
    const { stdout } = await host.exec(["printf", "%s", "d \udc00"], { env: { A: "\ud83d" } });
    emitter.storage.set("k\ud83d", { v: "\ud83d" });
    const stored = emitter.storage.get("k\ufffd").value;
    return { ctx: { stdout, stored } };"#,
    );
    let context = serde_json::Value::Object(project.apply().context);
    let half = "\u{fffd}";
    assert_eq!(
        context,
        serde_json::json!({ "stdout": format!("d {half}"), "stored": { "v": half } })
    );
    assert_eq!(project.read("a\u{fffd}.txt"), "b \u{fffd} \\ud83d c");
}

#[test]
fn a_key_of_a_context_is_refused() {
    let project = project(r#"return { ctx: { a: { "k\ud83d": 1 } } };"#);
    let error = project.try_apply().unwrap_err();
    let expected = "TypeError: `t` returned half a surrogate pair in the key \"k\u{fffd}\" at `ctx.a`, which is not JSON";
    assert!(error.to_string().ends_with(expected), "{error}");
}

#[test]
fn a_name_is_refused() {
    let check = |calls: &str, expected: &str| {
        let project = TestProject::new(&format!(
            "import {{ sequence, task, workflow }} from \"@rigkit/sdk\";\nimport {{ host }} from \"@rigkit/provider-host\";\nexport const app = {calls};\n"
        ));
        let error = project.try_plan().unwrap_err();
        assert_eq!(
            (error.code(), error.to_string()),
            (
                "invalid-name",
                format!("{expected} has a name with half a surrogate pair, which cannot be shown")
            )
        );
    };
    check(r#"sequence("app").task("t\ud83d", () => {})"#, "a task");
    check(
        r#"sequence("app").parallel({ "b\ud83d": task("t", () => {}) })"#,
        "a branch",
    );
    check(
        r#"sequence("app").addProvider("p\ud83d", host.provider())"#,
        "a provider",
    );
    check(
        r#"workflow("app", { providers: { "p\ud83d": host.provider() } }).sequence("app")"#,
        "a provider",
    );
    check(
        r#"sequence("app").operation("o\ud83d", { run: () => {} })"#,
        "an operation",
    );
}
