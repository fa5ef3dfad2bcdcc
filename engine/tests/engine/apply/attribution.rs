//! Whose output it is, when branches take turns.

use rigkit_engine::ApplyRequest;

use crate::support::{TOOLS, TestProject};

#[test]
fn logs_belong_to_the_task_that_writes_them() {
    let project = TestProject::new(&format!(
        r#"{TOOLS}
//- /rig.config.ts
import {{ sequence, task }} from "@rigkit/sdk";
import {{ tools }} from "./tools";
const talk = (name) => task("t", async ({{ tools, step }}) => {{
  for (let round = 0; round < 5; round += 1) {{
    console.log(name, round);
    await tools.command({{ argv: ["echo", name] }});
    step.log(`${{name}} ${{round}}`, {{ stream: "stdout", label: name }});
    await new Promise((resolve) => setTimeout(resolve, 0));
  }}
  step.metadata({{ name }});
}});
export const app = sequence("app").addProvider("tools", tools)
  .parallel({{ a: talk("a"), b: talk("b"), c: talk("c") }});
"#
    ));
    let (outcome, recording) = project.apply_with(&ApplyRequest::default());
    outcome.unwrap();
    for name in ["a", "b", "c"] {
        let path = format!("{name}.t");
        let mine: Vec<String> = recording
            .logs()
            .into_iter()
            .filter(|log| log.starts_with(&path))
            .collect();
        let expected: Vec<String> = (0..5)
            .flat_map(|round| {
                [
                    format!("{path} info {name} {round}"),
                    format!("{path} stdout [{name}] {name} {round}"),
                ]
            })
            .collect();
        assert_eq!(mine, expected);
        assert_eq!(
            recording
                .outline_of(&[&format!("command.started {path}")])
                .len(),
            5
        );
        assert_eq!(
            recording
                .outline_of(&[&format!("command.completed {path}")])
                .len(),
            5
        );
    }
    for run in project.engine().cached_runs(None).unwrap() {
        assert_eq!(run.metadata["name"], run.node_path.trim_end_matches(".t"));
    }
}

#[test]
fn a_label_and_a_stream_are_kept() {
    let project = TestProject::new(
        r#"
import { sequence } from "@rigkit/sdk";
export const app = sequence("app").task("t", ({ step }) => {
  step.log("plain");
  for (const stream of ["stdout", "stderr", "debug", "info", "warn", "error"]) step.log("x", { stream });
  console.debug("d"); console.info("i"); console.warn("w"); console.error("e");
});
"#,
    );
    let (_, recording) = project.apply_with(&ApplyRequest::default());
    let kinds: Vec<String> = recording
        .logs()
        .iter()
        .map(|log| log.split(' ').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(
        kinds,
        [
            "info", "stdout", "stderr", "debug", "info", "warn", "error", "debug", "info", "warn",
            "error"
        ]
    );
}

#[test]
fn what_a_config_prints_while_it_is_read_is_logged_as_the_definitions() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nconsole.log(\"reading\");\nexport const app = sequence(\"app\").task(\"t\", () => {});\n",
    );
    let (_, recording) = project.apply_with(&ApplyRequest::default());
    assert_eq!(recording.logs(), ["definition info reading"]);
}
