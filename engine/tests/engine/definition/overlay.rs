//! Definitions from the unsaved buffers of an editor.

use std::sync::Arc;

use rigkit_engine::{Engine, EngineOptions, source::Buffers};

use super::{lines, paths};
use crate::support::TestProject;

const FIXTURE: &str = r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
import { name } from "./name";
export const app = sequence("app").task(name, () => {});
//- /name.ts
export const name = "saved";
"#;

fn engine(project: &TestProject, files: &Buffers) -> Engine {
    Engine::new(EngineOptions {
        buffers: Arc::new(files.clone()),
        ..project.engine().options().clone()
    })
}

#[track_caller]
fn check(project: &TestProject, files: &Buffers, expected: &[&str]) {
    let definition = engine(project, files)
        .definition()
        .unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(paths(&definition), expected);
}

#[test]
fn a_buffer_stands_in_for_its_file_until_it_is_removed() {
    let project = TestProject::new(FIXTURE);
    let mut files = Buffers::default();
    check(&project, &files, &["saved"]);
    files.set(project.path("name.ts"), "export const name = \"unsaved\";");
    check(&project, &files, &["unsaved"]);
    files.set(project.path("name.ts"), "export const name = \"again\";");
    check(&project, &files, &["again"]);
    files.remove(&project.path("name.ts"));
    check(&project, &files, &["saved"]);
}

#[test]
fn the_config_itself_may_be_a_buffer() {
    let project = TestProject::new(FIXTURE);
    let mut files = Buffers::default();
    files.set(
        project.path("rig.config.ts"),
        project
            .read("rig.config.ts")
            .replace(".task(name", ".task(\"first\", () => {}).task(name"),
    );
    check(&project, &files, &["first", "saved"]);
}

#[test]
fn a_file_that_was_never_saved_can_be_imported() {
    let project = TestProject::new(FIXTURE);
    let mut files = Buffers::default();
    files.set(project.path("name.ts"), "export { name } from \"./new\";");
    files.set(project.path("new.ts"), "export const name = \"new\";");
    check(&project, &files, &["new"]);
    files.remove(&project.path("new.ts"));
    let error = engine(&project, &files).definition().err().unwrap();
    assert_eq!(
        lines(&project.root(), error.diagnostics()),
        ["name.ts:1:22-1:29 unresolved-import: cannot find the module `./new`"]
    );
}

#[test]
fn a_problem_is_placed_in_the_buffer() {
    let project = TestProject::new(FIXTURE);
    let mut files = Buffers::default();
    files.set(project.path("name.ts"), "\n\nexport const name = \"\";");
    let error = engine(&project, &files).definition().err().unwrap();
    assert_eq!(error.code(), "empty-name");
    files.set(project.path("name.ts"), "\n\nexport const name = ;");
    let error = engine(&project, &files).definition().err().unwrap();
    let range = error.range().unwrap();
    assert_eq!(
        (range.file.clone(), range.start.line),
        (project.path("name.ts"), 3)
    );
}
