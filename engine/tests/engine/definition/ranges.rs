//! Where the parts of a definition that is right were written.

use rigkit_engine::definition::{Definition, Place};

use super::load;
use crate::support::TestProject;

/// Writes a place as `file:line:column-line:column`, and the text that is there.
fn shown(project: &TestProject, definition: &Definition, place: &Place) -> String {
    let range = definition.range(place).unwrap();
    let file = range.file.strip_prefix(project.root()).unwrap();
    let text = project.read(&file.to_string_lossy());
    format!(
        "{}:{}:{}-{}:{} {}",
        file.display(),
        range.start.line,
        range.start.column,
        range.end.line,
        range.end.column,
        &text[range.bytes.start as usize..range.bytes.end as usize]
    )
}

const FIXTURE: &str = r#"
//- /rig.config.ts
import { sequence, workflow } from "@rigkit/sdk";
import { addTask, cloud, hooks } from "./lib/parts";
let app = workflow("app").sequence("root")
  .addProvider("cloud", cloud("eu"))
  .task("plain", () => {});
for (const name of ["one", "two"]) {
  app = app.task(`loop-${name}`,
    () => {});
}
app = addTask(app, "made")
  .add(sequence("nested").task("inner", () => {}))
  .parallel({ left: sequence("left").task("branch", () => {}) })
  .workspace(hooks)
  .operation("op", { run: () => {} })
  .workspaceOperation("wop", { run: () => {} });
export { app };
export const short = sequence("short");
//- /lib/parts.ts
import { defineProvider } from "@rigkit/sdk";
export const addTask = (start, name: string) => start.task(name, () => {});
export const cloud = (region: string) =>
  defineProvider("cloud", { region }, { createProvider: () => ({ providerId: "cloud", runtime: () => ({}) }) });
export const hooks = { create: () => ({}), remove: () => {} };
"#;

#[test]
fn every_part_knows_where_it_was_written() {
    let project = TestProject::new(&FIXTURE[1..]);
    let definition = load(&project);
    let app = definition.workflow("app").unwrap();
    let at = |place: &Place| shown(&project, &definition, place);
    let tasks: Vec<String> = app.tasks.iter().map(|task| at(&task.place)).collect();
    assert_eq!(
        tasks,
        [
            "rig.config.ts:5:4-5:27 task(\"plain\", () => {})",
            "rig.config.ts:7:13-8:14 task(`loop-${name}`,\n    () => {})",
            "rig.config.ts:7:13-8:14 task(`loop-${name}`,\n    () => {})",
            "lib/parts.ts:2:55-2:75 task(name, () => {})",
            "rig.config.ts:11:27-11:50 task(\"inner\", () => {})",
            "rig.config.ts:12:38-12:62 task(\"branch\", () => {})",
        ]
    );
    assert_eq!(
        [
            at(&app.place),
            at(&definition.workflow("short").unwrap().place),
            at(&app.workspace.as_ref().unwrap().place),
            at(&app.operations[0].place),
            at(&app.workspace_operations[0].place),
        ],
        [
            "rig.config.ts:3:11-3:26 workflow(\"app\")",
            "rig.config.ts:17:22-17:39 sequence(\"short\")",
            "rig.config.ts:13:4-13:20 workspace(hooks)",
            "rig.config.ts:14:4-14:38 operation(\"op\", { run: () => {} })",
            "rig.config.ts:15:4-15:48 workspaceOperation(\"wop\", { run: () => {} })",
        ]
    );
    let provider = at(&definition.providers[0].place);
    assert!(
        provider.starts_with("lib/parts.ts:4:3-4:112 defineProvider(\"cloud\", { region }"),
        "{provider}"
    );
}

#[test]
fn columns_count_characters() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nexport const app = /* ä💾 */ sequence(\"→\").task(\"é\", () => {});\n",
    );
    let definition = load(&project);
    let app = &definition.workflows[0];
    assert_eq!(
        [
            shown(&project, &definition, &app.place),
            shown(&project, &definition, &app.tasks[0].place)
        ],
        [
            "rig.config.ts:2:29-2:42 sequence(\"→\")",
            "rig.config.ts:2:43-2:62 task(\"é\", () => {})"
        ]
    );
}
